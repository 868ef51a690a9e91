/* Everything that is not R's API, in one place: names, meanings and the R versions they were seen in.
   4.0 to 4.5: ptr_R_* of Rinterface.h, R_interrupts_pending, R_PolledEvents and R_wait_usec of R_ext/eventloop.h,
   R_CStackLimit, R_CStackStart, R_CStackDir, ptr_do_* of Rinterface.h. configure checks that they are there. */
#define _GNU_SOURCE
#define R_INTERFACE_PTRS 1
#define CSTACK_DEFNS 1
#include "config.h"
#include <sys/select.h>
#include <sys/time.h>
#include <stdio.h>
#include <string.h>
#include <R.h>
#include <Rinternals.h>
#include <Rinterface.h>
#include <R_ext/eventloop.h>
#include <R_ext/RStartup.h>
#include "rinternals.h"

extern int R_interrupts_pending;
extern SEXP Rf_GetOption1(SEXP);
extern int R_CStackDir;
#ifdef HAVE_PRVALUE
extern SEXP PRVALUE(SEXP);
#endif
/* As in R's own handler: how far below the stack's limit an overflow may land. */
#define STACK_SLACK 0x1000000

static void (*old_cleanup)(SA_TYPE, int, int);
static void (*new_cleanup)(int, int, int);

static void nothing(void) {}
static void cleanup(SA_TYPE save, int status, int run_last) { new_cleanup((int)save, status, run_last); }
static int (*reader)(const char *, unsigned char *, int, int);
static int read_console(const char *prompt, unsigned char *buf, int len, int history) {
  return reader(prompt, buf, len, history);
}

/* R cuts messages at 8 kB unless it has a file for them, so it gets one that leads to the console. */
static void (*writer)(const char *, int, int);
static ssize_t write_message(void *unused, const char *bytes, size_t size) {
  (void)unused;
  writer(bytes, (int)size, 1);
  return (ssize_t)size;
}
static FILE *message_file(void) {
  FILE *f = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_message});
  if (f) setvbuf(f, NULL, _IONBF, 0);
  return f;
}

void r_set_console(int (*read)(const char *, unsigned char *, int, int), void (*write)(const char *, int, int),
                   void (*message)(const char *), void (*flush)(void), void (*reset)(void)) {
  reader = read;
  writer = write;
  R_Outputfile = NULL; /* with a file here R would write to it itself */
  R_Consolefile = message_file();
  ptr_R_WriteConsole = NULL;
  ptr_R_WriteConsoleEx = write;
  ptr_R_ReadConsole = read_console;
  ptr_R_ShowMessage = message;
  ptr_R_FlushConsole = flush;
  ptr_R_ResetConsole = reset;
  ptr_R_ClearerrConsole = nothing;
}

void r_set_cleanup(void (*end)(int, int, int)) {
  new_cleanup = end;
  old_cleanup = ptr_R_CleanUp;
  ptr_R_CleanUp = cleanup;
}

int r_wants_save(int save) { return save == (int)SA_SAVE; }
int r_no_save(void) { return (int)SA_NOSAVE; }
void r_old_cleanup(int save, int status, int run_last) { old_cleanup((SA_TYPE)save, status, run_last); }
int r_is_suicide(int save) { return save == (int)SA_SUICIDE; }

int r_continuation(const char *prompt) {
  SEXP option = Rf_GetOption1(Rf_install("continue"));
  return TYPEOF(option) == STRSXP && LENGTH(option) > 0 && strcmp(CHAR(STRING_ELT(option, 0)), prompt) == 0;
}

int r_interrupt_pending(void) { return *(volatile int *)&R_interrupts_pending; }

void r_set_interrupt(int pending) { R_interrupts_pending = pending; }

static volatile int *wait_flag;
static void interrupted_wait(void) {
  *wait_flag = 0;
  Rf_onintr();
}

static int own[2], own_count = 0;

static int is_own(int fd) {
  for (int i = 0; i < own_count; i++)
    if (own[i] == fd) return 1;
  return 0;
}

/* Whether code of others will run: their events, or what polls now and then. */
static int for_others(fd_set *ready) {
  if (ready == NULL) return 1;
  for (InputHandler *h = R_InputHandlers; h; h = h->next)
    if (h->fileDescriptor > 0 && !is_own(h->fileDescriptor) && FD_ISSET(h->fileDescriptor, ready)) return 1;
  return 0;
}

/* As in R's own console: event loops (later, httpuv, tcltk) are served while it waits. `waiting` is 1 except while
   they are. May jump, on an interrupt or out of a handler. */
void r_wait_activity(volatile int *waiting) {
  wait_flag = waiting;
  *waiting = 1;
  /* Without descriptor 0: it is /dev/null, which is always ready. */
  fd_set *ready = R_checkActivityEx(R_wait_usec > 0 ? R_wait_usec : -1, 1, interrupted_wait);
  if (for_others(ready)) *waiting = 0;
  R_runHandlers(R_InputHandlers, ready);
  *waiting = 1;
}

/* One of ours: it runs no code of others. */
void r_add_input_handler(int fd, void (*handler)(void *), int id) {
  if (own_count < (int)(sizeof own / sizeof *own)) own[own_count++] = fd;
  addInputHandler(R_InputHandlers, fd, handler, id);
}

void r_remove_input_handler(int fd) {
  InputHandler *handler = getInputHandler(R_InputHandlers, fd);
  if (handler) removeInputHandler(&R_InputHandlers, handler);
}

void r_no_stack_check(void) { R_CStackLimit = (uintptr_t)-1; }

int r_stack_overflow(const void *address) {
  if (R_CStackLimit == (uintptr_t)-1) return 0;
  uintptr_t a = (uintptr_t)address;
  intptr_t below = R_CStackDir > 0 ? (intptr_t)(R_CStackStart - a) : (intptr_t)(a - R_CStackStart);
  return below > 0 && (uintptr_t)below < R_CStackLimit + STACK_SLACK;
}

/* commandArgs() shows these from now on. */
SEXP farside_set_args(SEXP args) {
  int n = LENGTH(args);
  char **argv = (char **)R_alloc((size_t)n + 1, sizeof(char *));
  for (int i = 0; i < n; i++) argv[i] = (char *)Rf_translateChar(STRING_ELT(args, i));
  argv[n] = NULL;
  R_set_command_line_arguments(n, argv);
  return R_NilValue;
}

/* A promise that nobody has forced; looking at its binding does not. */
SEXP farside_is_promise(SEXP name, SEXP env) {
  SEXP value = Rf_findVarInFrame(env, name);
  int waits = TYPEOF(value) == PROMSXP;
#ifdef HAVE_PRVALUE
  waits = waits && PRVALUE(value) == R_UnboundValue;
#endif
  return Rf_ScalarLogical(waits);
}

static int (*files_shower)(int, const char **, const char **, const char *, int);
static int (*files_editor)(int, const char **);
static SEXP (*table_shower)(SEXP, SEXP);
static SEXP (*table_editor)(SEXP, SEXP);

static int show_files(int n, const char **files, const char **headers, const char *title, Rboolean remove,
                      const char *pager) {
  (void)pager;
  return files_shower(n, files, headers, title, remove == TRUE);
}

static int edit_files(int n, const char **files, const char **titles, const char *editor) {
  (void)titles;
  (void)editor;
  return files_editor(n, files);
}

static int edit_file(const char *file) { return files_editor(1, &file); }

/* As R's own, but an end of input leaves no garbage. */
static int choose_file(int new_file, char *buf, int len) {
  (void)new_file;
  *buf = 0;
  if (reader("Enter file name: ", (unsigned char *)buf, len, 0) <= 0) *buf = 0;
  size_t n = strlen(buf);
  while (n > 0 && strchr(" \t\r\n", buf[n - 1])) buf[--n] = 0;
  size_t from = strspn(buf, " \t");
  memmove(buf, buf + from, n - from + 1);
  return (int)(n - from);
}

/* Both come by .External2: with its own arguments behind the routine's, or without. */
static SEXP beside_routine(SEXP args) { return TYPEOF(CAR(args)) == VECSXP ? args : CDR(args); }
static SEXP show_table(SEXP call, SEXP op, SEXP args, SEXP env) {
  (void)call, (void)op, (void)env;
  args = beside_routine(args);
  return table_shower(CAR(args), CADR(args));
}
static SEXP edit_table(SEXP call, SEXP op, SEXP args, SEXP env) {
  (void)call, (void)op, (void)env;
  args = beside_routine(args);
  return table_editor(CAR(args), CADR(args));
}

void r_set_frontend(int (*show)(int, const char **, const char **, const char *, int),
                    int (*edit)(int, const char **), SEXP (*table)(SEXP, SEXP), SEXP (*entry)(SEXP, SEXP)) {
  files_shower = show;
  files_editor = edit;
  table_shower = table;
  table_editor = entry;
  ptr_R_ShowFiles = show_files;
  ptr_R_ChooseFile = choose_file;
  ptr_R_EditFile = edit_file;
  ptr_R_EditFiles = edit_files;
  ptr_do_dataviewer = show_table;
  ptr_do_dataentry = edit_table;
}
