/* Out-of-band calls: R code asked by the server, run at a prompt, without a trace in the console. */
#include "calls.h"
#include "connections.h"
#include "group.h"
#include "helper.h"
#include "record.h"
#include "rinternals.h"
#include "worker.h"
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <pthread.h>
#include <sched.h>
#include <R.h>
#include <Rinternals.h>

enum { STATUS_ERROR = 0, STATUS_OK = 1, STATUS_BUSY = 2, STATUS_TIMEOUT = 3 };
#define TOO_LONG "R took too long"
#define INTERRUPTED "interrupted"
#define REPLY_PART (MAX_PAYLOAD - 8)

struct call {
  struct call *next;
  uint32_t id;
  int connection;
  uint32_t generation;
  int64_t deadline;
  char code[];
};
static struct call *first = NULL, *last = NULL, *running = NULL;
static int capturing = 0, timed_out = 0;
static pthread_t main_thread;
static SEXP evaluator = NULL;

int calls_capturing(void) { return capturing; }
int calls_waiting(void) { return first != NULL && !r_interrupt_pending(); }

/* The R function that evaluates code text and gives list(ok, raw or character). */
SEXP farside_set_evaluator(SEXP f) {
  R_PreserveObject(f);
  evaluator = f;
  main_thread = pthread_self();
  return R_NilValue;
}

static void reply_part(const struct call *c, uint8_t status, int more, const void *bytes, size_t size) {
  struct slice s[3] = {{&c->id, 4}, {&status, 1}, {bytes, size}};
  if (connections_fd(c->connection) >= 0 && connections_generation(c->connection) == c->generation)
    connections_reply(c->connection, 'R', (uint32_t)more, s, 3);
}

static void reply(const struct call *c, uint8_t status, const char *bytes, size_t size) {
  while (size > REPLY_PART) {
    reply_part(c, status, 1, bytes, REPLY_PART);
    bytes += REPLY_PART;
    size -= REPLY_PART;
  }
  reply_part(c, status, 0, bytes, size);
}

void calls_add(int connection, const uint8_t *payload, size_t size) {
  uint32_t budget;
  struct call *c = calloc(1, sizeof *c + size - 8 + 1);
  if (c == NULL) return;
  memcpy(&c->id, payload, 4);
  memcpy(&budget, payload + 4, 4);
  memcpy(c->code, payload + 8, size - 8);
  c->connection = connection;
  c->generation = connections_generation(connection);
  c->deadline = clock_ms() + budget;
  if (last) last->next = c;
  else first = c;
  last = c;
  main_wake();
  helper_wake(); /* it keeps the deadline */
}

int64_t calls_next_deadline(void) {
  int64_t at = running ? running->deadline : 0;
  for (struct call *c = first; c; c = c->next)
    if (!at || c->deadline < at) at = c->deadline;
  return at;
}

void calls_expire(int64_t now) {
  if (running && now >= running->deadline) {
    reply(running, STATUS_TIMEOUT, TOO_LONG, sizeof TOO_LONG - 1);
    running = NULL;
    timed_out = 1;
    /* R's thread alone: the session's child processes are not the call's. */
    pthread_kill(main_thread, SIGINT);
  }
  struct call **at = &first, *previous = NULL;
  while (*at) {
    struct call *c = *at;
    if (now < c->deadline) {
      previous = c;
      at = &c->next;
      continue;
    }
    *at = c->next;
    if (last == c) last = previous;
    reply(c, STATUS_BUSY, "R is busy", 9);
    free(c);
  }
}

static void evaluate(void *data) {
  struct call *c = data;
  SEXP text = PROTECT(Rf_mkString(c->code));
  SEXP language = PROTECT(Rf_lang2(evaluator, text));
  SEXP result = PROTECT(Rf_eval(language, R_GlobalEnv));
  int ok = Rf_asLogical(VECTOR_ELT(result, 0)) == TRUE;
  SEXP value = VECTOR_ELT(result, 1);
  const char *bytes = TYPEOF(value) == RAWSXP ? (const char *)RAW(value) : Rf_translateCharUTF8(STRING_ELT(value, 0));
  size_t size = TYPEOF(value) == RAWSXP ? (size_t)XLENGTH(value) : strlen(bytes);
  worker_lock();
  /* A reply may be large: the rest of an unsent one waits in the connection, never in this thread. */
  if (running) reply(c, ok ? STATUS_OK : STATUS_ERROR, bytes, size);
  running = NULL;
  worker_unlock();
  UNPROTECT(3);
}

static struct call *take(void) {
  worker_lock();
  struct call *c = first;
  if (c) {
    first = c->next;
    if (first == NULL) last = NULL;
    timed_out = 0;
    running = c;
  }
  worker_unlock();
  if (c) helper_wake();
  return c;
}

/* What interrupted the call was the user's and meant for the prompt, or the call's alone. */
static void settle_interrupt(int late) {
  if (late) sched_yield(); /* the signal is delivered at the latest on the way back from the kernel */
  if (group_interrupted()) r_set_interrupt(1);
  else if (late) r_set_interrupt(0);
}

void calls_run(void) {
  struct call *c;
  while (calls_waiting() && (c = take())) {
    const void *memory = vmaxget();
    capturing = 1;
    R_ToplevelExec(evaluate, c);
    capturing = 0;
    vmaxset(memory);
    worker_lock();
    if (running) { /* interrupted by somebody */
      reply(c, STATUS_ERROR, INTERRUPTED, sizeof INTERRUPTED - 1);
      running = NULL;
    }
    settle_interrupt(timed_out);
    worker_unlock();
    free(c);
  }
}
