/* Process-wide state: the one lock, the clocks, and the start of a worker. */
#define _GNU_SOURCE
#include "capture.h"
#include "connections.h"
#include "console.h"
#include "crash.h"
#include "ending.h"
#include "helper.h"
#include "journal.h"
#include "lease.h"
#include "rinternals.h"
#include "worker.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <R.h>
#include <Rinternals.h>

#define MAX_SCANNED_FD 256

pid_t worker_pid = 0;
static pthread_t main_thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void worker_lock(void) { pthread_mutex_lock(&lock); }
void worker_unlock(void) { pthread_mutex_unlock(&lock); }

/* The wall clock may jump by hours while somebody waits: older C libraries know nothing better. */
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 30)
#define LOCK_CLOCK CLOCK_MONOTONIC
static int lock_until(const struct timespec *t) { return pthread_mutex_clocklock(&lock, CLOCK_MONOTONIC, t); }
#else
#define LOCK_CLOCK CLOCK_REALTIME
static int lock_until(const struct timespec *t) { return pthread_mutex_timedlock(&lock, t); }
#endif

/* For the last moments of the process, where waiting for a lock must not hang. */
int worker_lock_within(int ms) {
  struct timespec t;
  clock_gettime(LOCK_CLOCK, &t);
  t.tv_nsec += (long)ms * 1000000L;
  t.tv_sec += t.tv_nsec / 1000000000L;
  t.tv_nsec %= 1000000000L;
  return lock_until(&t) == 0;
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

static void fail(const char *what, const char *dir) { Rf_error("%s in %s: %s", what, dir, strerror(errno)); }

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

SEXP farside_start(SEXP dir, SEXP hello, SEXP lease, SEXP bound) {
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
  if (journal_open(path, (uint64_t)Rf_asReal(bound)) < 0) fail("the journal can not be opened", path);
  if (helper_bells() < 0) fail("no event descriptors", path);
  if (lease_begin(path) < 0) fail("the session's directory can not be opened", path);
  if (connections_listen(path) < 0) fail("the control socket can not be made", path);
  if (capture_start() < 0) fail("the standard output can not be captured", path);
  detach_stdin();
  worker_lock();
  int written = journal_note('H', 0, 0, text, strlen(text));
  worker_unlock();
  if (written < 0) fail("the journal can not be written", path);
  console_install();
  ending_install();
  crash_install();
  if (helper_start((int64_t)Rf_asReal(lease)) < 0) fail("the helper thread can not be started", path);
  return R_NilValue;
}

/* Whoever reads the file `own` and has it all in a buffer by now reads `next` where `own` ends. TRUE when it does. */
SEXP farside_continue_file(SEXP own, SEXP next) {
  struct stat wanted, here;
  if (stat(CHAR(STRING_ELT(own, 0)), &wanted) != 0) return Rf_ScalarLogical(FALSE);
  int file = open(CHAR(STRING_ELT(next, 0)), O_RDONLY | O_CLOEXEC), found = 0;
  for (int fd = 3; file >= 0 && fd < MAX_SCANNED_FD && !found; fd++) {
    if (fd == file || fstat(fd, &here) != 0 || here.st_ino != wanted.st_ino || here.st_dev != wanted.st_dev) continue;
    found = lseek(fd, 0, SEEK_CUR) == here.st_size && dup3(file, fd, O_CLOEXEC) == fd;
  }
  if (file >= 0) close(file);
  return Rf_ScalarLogical(found);
}

/* The limit of the address space in bytes, NULL when there is none. */
SEXP farside_memory_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return R_NilValue;
  return Rf_ScalarReal((double)limit.rlim_cur);
}

SEXP farside_is_worker(void) { return Rf_ScalarLogical(worker_pid != 0 && worker_pid == getpid()); }
