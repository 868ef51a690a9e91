/* All that is not R's API, behind names of our own. */
#ifndef FARSIDE_RINTERNALS_H
#define FARSIDE_RINTERNALS_H

#include <Rinternals.h>

void r_set_console(int (*read)(const char *, unsigned char *, int, int), void (*write)(const char *, int, int),
                   void (*message)(const char *), void (*flush)(void), void (*reset)(void));
void r_set_cleanup(void (*cleanup)(int, int, int));
void r_old_cleanup(int save, int status, int run_last);
int r_no_save(void);
int r_wants_save(int save);
int r_is_suicide(int save);
/* Whether it is the prompt for the rest of an expression. */
int r_continuation(const char *prompt);
void r_set_interrupt(int pending);
/* Whether R has an interrupt to act upon; any thread may ask. */
int r_interrupt_pending(void);
void r_wait_activity(volatile int *waiting);
void r_add_input_handler(int fd, void (*handler)(void *), int id);
void r_remove_input_handler(int fd);
void r_no_stack_check(void);
int r_stack_overflow(const void *address);
/* What R asks a front-end for: show files (number, paths, headers, title, whether to remove them), edit files, show a
   table (columns, title), edit one (columns, modes). A choice of a file is a question in the console. */
void r_set_frontend(int (*show)(int, const char **, const char **, const char *, int),
                    int (*edit)(int, const char **), SEXP (*table)(SEXP, SEXP), SEXP (*entry)(SEXP, SEXP));

#endif
