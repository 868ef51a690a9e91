/* The helper thread: accepts readers, takes their frames, drains captured descriptors and keeps deadlines, also while
   R is busy. It never calls R. */
#define _GNU_SOURCE
#include "calls.h"
#include "capture.h"
#include "connections.h"
#include "ending.h"
#include "group.h"
#include "helper.h"
#include "inputs.h"
#include "journal.h"
#include "lease.h"
#include "retention.h"
#include "worker.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/* How long text and small records are gathered. */
#define FLUSH_MS 5

#define STACK_BYTES (256 * 1024)
/* After a full disk, how often writing is tried again. */
#define RECOVER_MS 500

enum { P_CAPTURE, P_WAKE, P_LISTEN, P_FIXED };

static int wake_helper = -1, wake_main = -1;
static int64_t lease_ms = 0, flush_at = 0;

static void ring(int fd) {
  uint64_t one = 1;
  if (write(fd, &one, sizeof one) < 0) { /* the counter is full: the other side is awake */
  }
}
static void hush(int fd) {
  uint64_t count;
  if (read(fd, &count, sizeof count) < 0) { /* nothing rang */
  }
}
void helper_wake(void) { ring(wake_helper); }
void main_wake(void) { ring(wake_main); }
int main_wake_fd(void) { return wake_main; }

static int64_t sooner(int64_t a, int64_t b) { return b && (!a || b < a) ? b : a; }

static int timeout_for(int64_t now) {
  int64_t at = sooner(sooner(flush_at, ending_deadline_at()), calls_next_deadline());
  at = sooner(at, group_next_look());
  at = sooner(at, retention_at());
  at = sooner(at, lease_next_look());
  if (lease_ms && connections_count() == 0) at = sooner(at, connections_last_seen() + lease_ms);
  if (at == 0) return -1;
  return at > now ? (int)(at - now) : 0;
}

static void serve_connections(struct pollfd *p) {
  for (int i = 0; i < MAX_CONNECTIONS; i++) {
    int fd = connections_fd(i);
    if (fd < 0) continue;
    /* The slot may have been closed and taken again since poll(). */
    if (fd == p[P_FIXED + i].fd && (p[P_FIXED + i].revents & (POLLIN | POLLHUP | POLLERR))) connections_read(i);
    if (connections_fd(i) >= 0) connections_write(i);
  }
}

static void keep_times(int64_t now) {
  if (flush_at && now >= flush_at) {
    capture_drain();
    journal_flush_text();
    connections_cork(0);
    int was_full = journal_is_full();
    int works = journal_recover() && inputs_settle() == 0;
    flush_at = works ? 0 : now + RECOVER_MS;
    if (was_full && works) main_wake(); /* its prompt may not be written yet */
  }
  calls_expire(now);
  group_look_again(now);
  ending_check_terminated();
  lease_look(now);
  if (!ending_started()) connections_keep_socket(now);
  if (lease_ms && connections_count() == 0 && now - connections_last_seen() >= lease_ms)
    ending_begin("lease", "Nobody was attached for the agreed time.", 1500);
}

static void turn(struct pollfd *p) {
  if (p[P_WAKE].revents & POLLIN) hush(wake_helper);
  if (p[P_LISTEN].revents & POLLIN) connections_accept();
  if (p[P_CAPTURE].revents & POLLIN) capture_drain();
  serve_connections(p);
  int64_t now = clock_ms();
  keep_times(now);
  if (!flush_at && (journal_has_text() || connections_corked() || journal_is_full()))
    flush_at = now + (journal_is_full() ? RECOVER_MS : FLUSH_MS);
}

static void *helper_main(void *unused) {
  struct pollfd p[P_FIXED + MAX_CONNECTIONS];
  prctl(PR_SET_NAME, "farside-io");
  for (;;) {
    worker_lock();
    p[P_CAPTURE] = (struct pollfd){capture_fd(), POLLIN, 0};
    p[P_WAKE] = (struct pollfd){wake_helper, POLLIN, 0};
    p[P_LISTEN] = (struct pollfd){connections_listener(), POLLIN, 0};
    for (int i = 0; i < MAX_CONNECTIONS; i++) {
      short events = connections_wants_write(i) ? POLLIN | POLLOUT : POLLIN;
      p[P_FIXED + i] = (struct pollfd){connections_fd(i), events, 0};
    }
    int wait = timeout_for(clock_ms());
    worker_unlock();
    if (poll(p, P_FIXED + MAX_CONNECTIONS, wait) < 0) continue;
    int64_t deadline = ending_deadline_at();
    if (deadline && clock_ms() >= deadline) ending_kill();
    if (!worker_lock_within(5000)) continue;
    turn(p);
    worker_unlock();
    retention_turn();
  }
  return unused;
}

int helper_start(int64_t lease) {
  lease_ms = lease;
  sigset_t all, old;
  pthread_attr_t attributes;
  pthread_t thread;
  sigfillset(&all);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  /* Signals are R's: its thread takes them all. */
  pthread_sigmask(SIG_SETMASK, &all, &old);
  int failed = pthread_create(&thread, &attributes, helper_main, NULL);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  pthread_attr_destroy(&attributes);
  return failed ? -1 : 0;
}

/* Made before anything can ring. */
int helper_bells(void) {
  wake_helper = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  wake_main = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return wake_helper < 0 || wake_main < 0 ? -1 : 0;
}
