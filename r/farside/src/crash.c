/* Fatal signals: the cause and R's call stack go to the journal and the process ends. R's own handler would show a
   menu ("Possible actions") and wait for ever. */
#define _GNU_SOURCE
#include "capture.h"
#include "crash.h"
#include "ending.h"
#include "group.h"
#include "inputs.h"
#include "journal.h"
#include "rinternals.h"
#include "worker.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <R.h>
#include <Rinternals.h>

#define STACK_BYTES (1 << 20)
#define CALLS_BYTES 6144
#define CRASH_GRACE_MS 1500
#define CRASH_LOCK_MS 300
/* Less address space than this left: C code that got no memory is why R died. */
#define MEMORY_SLACK ((rlim_t)64 << 20)

static const struct {
  int sig;
  const char *name, *what;
} kinds[] = {{SIGSEGV, "SIGSEGV", "R crashed: an invalid memory access (SIGSEGV)."},
             {SIGBUS, "SIGBUS", "R crashed: a bus error (SIGBUS)."},
             {SIGILL, "SIGILL", "R crashed: an illegal instruction (SIGILL)."},
             {SIGFPE, "SIGFPE", "R crashed: an arithmetic error (SIGFPE)."},
             {SIGABRT, "SIGABRT", "R crashed: it aborted (SIGABRT)."}};
#define KINDS ((int)(sizeof kinds / sizeof kinds[0]))

static struct sigaction old[KINDS];
static volatile sig_atomic_t crashing = 0;
static char calls[CALLS_BYTES] = "[]";
static SEXP describe = NULL;

/* The R function that gives the calls as one string of JSON. */
SEXP farside_set_describer(SEXP f) {
  R_PreserveObject(f);
  describe = f;
  return R_NilValue;
}

static void ask_r(void *unused) {
  (void)unused;
  SEXP call = PROTECT(Rf_lang1(describe));
  SEXP text = PROTECT(Rf_eval(call, R_GlobalEnv));
  const char *s = CHAR(STRING_ELT(text, 0));
  if (strlen(s) < sizeof calls) strcpy(calls, s);
  UNPROTECT(2);
}

/* Whether the limit set by the server (RLIMIT_AS) is used up. Only calls that a signal handler may make. */
static int at_memory_limit(void) {
  struct rlimit limit;
  char text[64];
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
  int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (n <= 0) return 0;
  text[n] = 0;
  rlim_t used = (rlim_t)strtoull(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
  return used + MEMORY_SLACK >= limit.rlim_cur;
}

static void note_crash(int k) {
  char text[256];
  int limit = at_memory_limit();
  const char *what = limit ? "R reached its memory limit and crashed." : kinds[k].what;
  int n = snprintf(text, sizeof text, "\n *** %s\n", what);
  int locked = worker_lock_within(CRASH_LOCK_MS);
  capture_drain();
  journal_text('e', text, (size_t)n);
  inputs_discard('e');
  ending_final(limit ? "memory-limit" : "crash", what, 128 + kinds[k].sig, kinds[k].name, calls);
  if (locked) worker_unlock();
}

static void die_of(int sig) {
  struct sigaction normal = {.sa_handler = SIG_DFL};
  sigaction(sig, &normal, NULL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, sig);
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  kill(getpid(), sig);
  kill(getpid(), SIGKILL); /* should somebody ignore the first */
}

static void on_crash(int sig, siginfo_t *info, void *context) {
  int k = 0;
  while (k < KINDS && kinds[k].sig != sig) k++;
  if (k == KINDS || getpid() != worker_pid) die_of(sig);
  if (sig == SIGSEGV && !crashing && info && r_stack_overflow(info->si_addr) && (old[k].sa_flags & SA_SIGINFO)) {
    old[k].sa_sigaction(sig, info, context); /* endless recursion in C: R makes an error of it */
    return;
  }
  /* A crash while the crash is described: what is known is written, without R. */
  if (!crashing) {
    crashing = 1;
    /* The helper ends the process if what follows hangs. */
    ending_deadline(clock_ms() + CRASH_GRACE_MS, "crash", kinds[k].what);
    r_no_stack_check(); /* we are on another stack */
    sigset_t again;
    sigemptyset(&again);
    for (int i = 0; i < KINDS; i++) sigaddset(&again, kinds[i].sig);
    sigprocmask(SIG_UNBLOCK, &again, NULL);
    if (describe && worker_is_main_thread()) R_ToplevelExec(ask_r, NULL);
  }
  note_crash(k);
  group_end_children();
  die_of(sig);
}

void crash_install(void) {
  stack_t stack = {.ss_sp = malloc(STACK_BYTES), .ss_size = STACK_BYTES};
  if (stack.ss_sp) sigaltstack(&stack, NULL);
  struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  for (int k = 0; k < KINDS; k++) sigaction(kinds[k].sig, &action, &old[k]);
}
