/* One file copied into another directory. */
#ifndef FARSIDE_COPY_FILE_H
#define FARSIDE_COPY_FILE_H
#include <sys/stat.h>

/* What we write under this prefix is not there yet: such names are never copied. */
#define UNFINISHED_PREFIX ".farside-"

/* Results below 0: errno says why nothing can be written there. */
enum { COPIED = 0, COPY_FAILED = -1, COPY_STOPPED = -2, PLACE_TAKEN = 1 };

/* Puts what `fd` holds under `name` into the directory `to`: the whole or nothing, with times and rights. */
int copy_file(int fd, const struct stat *about, int to, const char *name, int (*stop)(void));
/* The same for a symbolic link. */
int copy_link(const char *target, int to, const char *name);

#endif
