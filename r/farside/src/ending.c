/* Every way a session ends. Ending never hangs: no lock is kept at exit, and the helper thread has a deadline. */
#define _GNU_SOURCE
#include "capture.h"
#include "connections.h"
#include "console.h"
#include "ending.h"
#include "group.h"
#include "helper.h"
#include "inputs.h"
#include "journal.h"
#include "json.h"
#include "rinternals.h"
#include "worker.h"
#include "workspace.h"
#include "plot.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For .Last and finalizers after q(); then for exit handlers. */
#define QUIT_GRACE_MS 30000
#define EXIT_GRACE_MS 2000
#define TERM_GRACE_MS 1500
#define FINAL_LOCK_MS 500
#define KILL_LOCK_MS 100
/* Exit status of a worker that did not end by itself. */
#define STATUS_FORCED 75

static volatile sig_atomic_t started = 0, exiting = 0, eof = 0, quitting = 0, terminating = 0;
static volatile int64_t deadline = 0;
static const char *end_cause = "quit", *end_message = "R was quit.";
static int final_written = 0;

int ending_started(void) { return started; }
int ending_eof(void) { return eof; }
int64_t ending_deadline_at(void) { return deadline; }

void ending_set_eof(void) {
  eof = 1;
  main_wake();
}

void ending_eof_taken(void) {
  if (started) return;
  end_cause = "eof";
  end_message = "The input ended.";
}

void ending_deadline(int64_t at, const char *cause, const char *message) {
  if (cause) {
    end_cause = cause;
    end_message = message;
  }
  if (!deadline || at < deadline) deadline = at;
  helper_wake();
}

void ending_begin(const char *cause, const char *message, int grace_ms) {
  int64_t at = clock_ms() + grace_ms;
  if (started) { /* asked again: at most sooner */
    if (at < deadline) deadline = at;
    helper_wake();
    return;
  }
  started = 1;
  end_cause = cause;
  end_message = message;
  deadline = at;
  inputs_discard('e');
  journal_note('S', 0, (uint32_t)grace_ms, message, strlen(message));
  connections_cork(0);
  helper_wake();
  /* At a prompt for code the end of input is enough, and nothing is printed. */
  if (console_is_idle()) main_wake();
  else group_interrupt(1);
}

/* From the helper: what the signal handler only took note of. */
void ending_check_terminated(void) {
  if (terminating && !started)
    ending_begin("terminated", "The worker was asked to terminate (SIGTERM).", TERM_GRACE_MS);
}

/* R asks for input again: an error in .Last has stopped q(), or .Last asks something itself. */
void ending_at_prompt(void) {
  if (!quitting || started) return;
  quitting = 0;
  deadline = 0;
}

int ending_final(const char *cause, const char *message, int status, const char *signal, const char *calls) {
  char text[8192], escaped[512];
  if (final_written) return 0;
  json_string(escaped, sizeof escaped, message);
  int n = snprintf(text, sizeof text, "{\"cause\":\"%s\",\"message\":%s,\"status\":%d", cause, escaped, status);
  if (signal) n += snprintf(text + n, sizeof text - (size_t)n, ",\"signal\":\"%s\"", signal);
  if (calls && strlen(calls) < sizeof text - (size_t)n - 16)
    n += snprintf(text + n, sizeof text - (size_t)n, ",\"calls\":%s", calls);
  n += snprintf(text + n, sizeof text - (size_t)n, "}");
  int written = journal_note('Q', 0, (uint32_t)status, text, (size_t)n) == 0;
  journal_close();
  final_written = 1;
  connections_cork(0);
  return written;
}

void ending_kill(void) {
  int locked = worker_lock_within(KILL_LOCK_MS);
  if (!exiting && locked) {
    capture_drain();
    inputs_discard('e');
    ending_final(end_cause, end_message, STATUS_FORCED, NULL, NULL);
  }
  group_signal(SIGKILL);
  for (;;) pause(); /* for the signal */
}

static void store_plots(void *unused) {
  (void)unused;
  plots_at_end();
}

/* An error in .Last leads back to the prompt, where the input has still ended: it is not run for ever. */
static int run_last_again(int run_last) {
  static int was_run = 0;
  if (!eof && !started) return run_last;
  if (was_run) return 0;
  was_run = 1;
  return run_last;
}

/* q() or the end of input. A session never saves its workspace by itself; q("yes") keeps it with the session. */
static void cleanup(int save, int status, int run_last) {
  if (getpid() == worker_pid) {
    run_last = run_last_again(run_last);
    console_sync();
    if (r_wants_save(save)) workspace_insist();
    workspace_save();
    R_ToplevelExec(store_plots, NULL);
    quitting = 1;
    if (!deadline) ending_deadline(clock_ms() + QUIT_GRACE_MS, NULL, NULL);
    if (r_is_suicide(save)) ending_deadline(clock_ms() + EXIT_GRACE_MS, "crash", "R gave up.");
    else save = r_no_save();
  }
  r_old_cleanup(save, status, run_last);
}

/* The last exit handler to be registered runs first: later ones may still print, the helper serves on. */
static void at_exit(int status, void *unused) {
  (void)unused;
  if (getpid() != worker_pid) return;
  deadline = clock_ms() + EXIT_GRACE_MS;
  helper_wake();
  fflush(stdout);
  group_end_children();
  int locked = worker_lock_within(FINAL_LOCK_MS);
  if (locked) {
    capture_drain();
    inputs_discard('e');
  }
  ending_final(end_cause, end_message, status, NULL, NULL);
  exiting = 1;
  if (locked) worker_unlock();
}

/* Only flags: the helper begins the end, R's thread returns at its next prompt, else the helper ends the process. */
static void on_terminate(int sig) {
  (void)sig;
  terminating = 1;
  helper_wake();
}

/* Not SIG_IGN, which programs that R starts would inherit. */
static void on_unwanted(int sig) { (void)sig; }

static void on(int sig, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigaction(sig, &action, NULL);
}

void ending_install(void) {
  r_set_cleanup(cleanup);
  on_exit(at_exit, NULL);
  on(SIGTERM, on_terminate);
  on(SIGHUP, on_unwanted);
  /* R saves and quits on these two; a session is not ended by accident. */
  on(SIGUSR1, on_unwanted);
  on(SIGUSR2, on_unwanted);
}
