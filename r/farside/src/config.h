/* Made by configure. */
#define HAVE_SYS_SELECT_H 1
#define HAVE_SYS_TIME_H 1
