/* Process-wide state: the one lock, the clocks, and the start of a worker. */
#define _GNU_SOURCE
#include "farside.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <R.h>
#include <Rinternals.h>

pid_t worker_pid = 0;
static pthread_t main_thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void worker_lock(void) { pthread_mutex_lock(&lock); }
void worker_unlock(void) { pthread_mutex_unlock(&lock); }

/* For the last moments of the process, where waiting for a lock must not hang. */
int worker_lock_within(int ms) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += (long)ms * 1000000L;
  t.tv_sec += t.tv_nsec / 1000000000L;
  t.tv_nsec %= 1000000000L;
  return pthread_mutex_timedlock(&lock, &t) == 0;
}

int worker_is_main_thread(void) { return pthread_equal(pthread_self(), main_thread); }

int64_t clock_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

uint64_t clock_wall_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (uint64_t)t.tv_sec * 1000000ULL + (uint64_t)t.tv_nsec / 1000;
}

static void fail(const char *what) { Rf_error("farside: %s: %s (%s)", what, strerror(errno), __FILE__); }

/* R's own standard input must not be the server's: nothing is to be read from it. */
static void detach_stdin(void) {
  int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null < 0) return;
  dup2(null, 0);
  if (null > 2) close(null);
}

static void ignore(int sig) { (void)sig; }

/* A forked child (parallel::mclapply) must not take the worker's bells and readers. */
static void in_child(void) {
  r_remove_input_handler(main_wake_fd());
  r_remove_input_handler(connections_epoll());
  connections_abandon();
}

SEXP farside_start(SEXP dir, SEXP hello) {
  if (worker_pid != 0) Rf_error("farside: this process is a worker already");
  const char *path = CHAR(STRING_ELT(dir, 0));
  const char *text = CHAR(STRING_ELT(hello, 0));
  /* Children of system() are interrupted with the worker: it leads a process group. */
  if (getpgrp() != getpid()) setpgid(0, 0);
  /* Handlers, not SIG_IGN: programs that R starts would inherit that. A full quota is an error of write(). */
  signal(SIGXFSZ, ignore);
  pthread_atfork(NULL, NULL, in_child);
  main_thread = pthread_self();
  worker_pid = getpid();
  if (journal_open(path) < 0) fail("the journal can not be opened");
  if (helper_bells() < 0) fail("no event descriptors");
  if (connections_listen(path) < 0) fail("the control socket can not be made");
  if (capture_start() < 0) fail("the standard output can not be captured");
  detach_stdin();
  worker_lock();
  int written = journal_note('H', 0, 0, text, strlen(text));
  worker_unlock();
  if (written < 0) fail("the journal can not be written");
  console_install();
  ending_install();
  crash_install();
  if (helper_start() < 0) fail("the helper thread can not be started");
  return R_NilValue;
}

/* The limit of the address space in bytes, NULL when there is none. */
SEXP farside_memory_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return R_NilValue;
  return Rf_ScalarReal((double)limit.rlim_cur);
}

SEXP farside_is_worker(void) { return Rf_ScalarLogical(worker_pid != 0 && worker_pid == getpid()); }
