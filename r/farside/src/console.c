/* R's console callbacks: its own read-eval-print loop runs, with the journal in the place of a terminal. */
#include "calls.h"
#include "capture.h"
#include "connections.h"
#include "console.h"
#include "duties.h"
#include "ending.h"
#include "group.h"
#include "helper.h"
#include "inputs.h"
#include "journal.h"
#include "libraries.h"
#include "rinternals.h"
#include "worker.h"
#include "plot.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <R.h>
#include <Rinternals.h>

/* A prompt is whole in its record: a longer one is cut before it gets there. */
#define MAX_PROMPT_BYTES 16384

/* 1 while R's thread asks for input, finds none and runs no code of others, and what it asks for. */
static volatile int waiting = 0;
static char waiting_for = 't';
/* Its wait may also be interrupted to serve readers: from there it goes straight back. */
static volatile int at_prompt = 0, serving = 0;
int console_is_idle(void) {
  return (waiting || (serving && at_prompt)) && (waiting_for == 't' || waiting_for == '+');
}

static int in_worker(void) { return getpid() == worker_pid; }

/* A forked child (parallel::mclapply) writes to the captured descriptors; the lock it inherited is never touched. */
static void write_from_child(const char *bytes, int size, int is_error) {
  while (size > 0) {
    ssize_t k = write(is_error ? 2 : 1, bytes, (size_t)size);
    if (k <= 0) return;
    bytes += k;
    size -= (int)k;
  }
}

static void write_console(const char *bytes, int size, int is_error) {
  if (size <= 0) return;
  if (!in_worker()) {
    write_from_child(bytes, size, is_error);
    return;
  }
  if (calls_capturing()) return;
  fflush(stdout); /* C-level printf and what a child printed before stand before */
  worker_lock();
  capture_drain();
  int had_text = journal_has_text();
  journal_text(is_error ? 'e' : 'o', bytes, (size_t)size);
  int wake = !had_text && journal_has_text();
  worker_unlock();
  if (wake) helper_wake(); /* it flushes in FLUSH_MS */
}

void console_sync(void) {
  if (!in_worker()) return;
  fflush(stdout);
  worker_lock();
  capture_drain();
  journal_flush_text();
  worker_unlock();
}

static void show_message(const char *text) {
  write_console(text, (int)strlen(text), 1);
  write_console("\n", 1, 1);
}

static void flush_console(void) {
  if (!calls_capturing()) console_sync();
}

/* R jumped to top level. */
static void reset_console(void) {
  at_prompt = waiting = 0;
  if (!in_worker() || calls_capturing()) return;
  console_sync();
  worker_lock();
  journal_note('E', group_interrupt_taken() ? 'i' : 'e', 0, "", 0);
  worker_unlock();
}

/* The R function that tells whether menu() is what reads. */
static SEXP menu_test = NULL;
SEXP farside_set_menu_test(SEXP f) {
  R_PreserveObject(f);
  menu_test = f;
  return R_NilValue;
}

/* scan() asks once a line, as "1: ": too often to ask R about. */
static int is_scan(const char *prompt) {
  size_t digits = strspn(prompt, "0123456789");
  return strcmp(prompt + digits, ": ") == 0 || *prompt == 0;
}

static int is_menu(const char *prompt) {
  if (menu_test == NULL || is_scan(prompt)) return 0;
  int failed = 0;
  SEXP call = PROTECT(Rf_lang1(menu_test));
  SEXP answer = R_tryEvalSilent(call, R_GlobalEnv, &failed);
  int menu = !failed && Rf_asLogical(answer) == TRUE;
  UNPROTECT(1);
  return menu;
}

static char prompt_kind(const char *prompt, int history) {
  if (!history) return is_menu(prompt) ? 'm' : 'r';
  if (strncmp(prompt, "Browse[", 7) == 0) return 'b';
  return r_continuation(prompt) ? '+' : 't';
}

/* Waits until there is input, an end, or something for R to do. Not locked; may jump out on an interrupt. */
static void wait_for_work(void) {
  at_prompt = 1;
  r_wait_activity(&waiting);
  at_prompt = 0;
  worker_lock();
  capture_drain();
  journal_flush_text();
  worker_unlock();
}

/* 1: a line is in buf; 0: end of input; -1: nothing yet. */
static int try_input(const char *prompt, int *shown, char kind, char *buf, int len) {
  int result = -1;
  worker_lock();
  if (ending_started()) result = 0;
  else if (inputs_waiting()) {
    result = inputs_take(prompt, *shown, kind, buf, len);
    connections_cork(1); /* the pushes of this evaluation go out together, at its prompt or in FLUSH_MS */
    helper_wake();
  } else {
    if (!*shown && journal_note('P', (uint8_t)kind, 0, prompt, strlen(prompt)) == 0) *shown = 1;
    connections_cork(0);
    if (ending_eof()) result = 0;
  }
  waiting = result < 0; /* from here on an end needs no interrupt, which R would answer with an empty line */
  worker_unlock();
  return result;
}

static const char *bounded(const char *prompt) {
  static char cut[MAX_PROMPT_BYTES + 1];
  size_t size = strlen(prompt);
  if (size <= MAX_PROMPT_BYTES) return prompt;
  size = MAX_PROMPT_BYTES;
  while (size > 0 && ((unsigned char)prompt[size] & 0xC0) == 0x80) size--; /* not inside a character */
  memcpy(cut, prompt, size);
  cut[size] = 0;
  return cut;
}

/* An error in them must not end in a prompt that brings it again. */
static void store_plots(void *unused) {
  (void)unused;
  plots_at_prompt();
}

static int read_console(const char *prompt, unsigned char *buf, int len, int history) {
  if (!in_worker() || calls_capturing()) return 0; /* a call has nobody to ask */
  char kind = prompt_kind(prompt, history);
  prompt = bounded(prompt);
  waiting_for = kind;
  ending_at_prompt();
  if (kind == 't') duties_run();
  if (kind == 't') libraries_check();
  R_ToplevelExec(store_plots, NULL);
  console_sync();
  worker_lock();
  group_at_prompt();
  worker_unlock();
  int shown = 0;
  for (;;) {
    int got = try_input(prompt, &shown, kind, (char *)buf, len);
    if (got == 0 && kind == 't' && ending_eof()) ending_eof_taken();
    if (got >= 0) return got;
    if (!calls_waiting()) wait_for_work();
    else {
      waiting = 0;
      calls_run();
    }
  }
}

/* At a prompt R's thread reads the sockets itself: one hop less for each evaluation. */
static void on_sockets(void *unused) {
  (void)unused;
  if (!in_worker()) return;
  worker_lock();
  serving = 1;
  connections_cork(1); /* acknowledgement, echo, output and prompt of a short evaluation go out in one send */
  for (int i = 0; i < MAX_CONNECTIONS; i++)
    if (connections_fd(i) >= 0) connections_read(i);
  serving = 0;
  helper_wake(); /* it uncorks in FLUSH_MS: R may be in Sys.sleep(), not at a prompt */
  worker_unlock();
}

static void on_wake(void *unused) {
  (void)unused;
  char count[8];
  if (read(main_wake_fd(), count, sizeof count) < 0) { /* it was for somebody else */
  }
}

static void announce_plot(const char *json) {
  worker_lock();
  journal_note('G', 0, 0, json, strlen(json));
  worker_unlock();
}

void console_install(void) {
  plots_announce_to(announce_plot);
  r_set_console(read_console, write_console, show_message, flush_console, reset_console);
  r_add_input_handler(main_wake_fd(), on_wake, 31);
  r_add_input_handler(connections_epoll(), on_sockets, 32);
}
