/* Every way a session ends. Ending never hangs: no lock is kept at exit, and the helper thread has a deadline. */
#define _GNU_SOURCE
#include "farside.h"
#include "plot.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* For .Last and finalizers after q(); then for exit handlers. */
#define QUIT_GRACE_MS 30000
#define EXIT_GRACE_MS 2000
#define TERM_GRACE_MS 1500
#define FINAL_LOCK_MS 500

static volatile sig_atomic_t started = 0, exiting = 0, eof = 0, interrupted = 0;
static volatile int64_t deadline = 0;
static const char *end_cause = "quit", *end_message = "R was quit.";
static int final_written = 0;

int ending_started(void) { return started; }
int ending_eof(void) { return eof; }
int64_t ending_deadline_at(void) { return deadline; }

void ending_set_eof(void) {
  eof = 1;
  if (!started) {
    end_cause = "eof";
    end_message = "The input ended.";
  }
  main_wake();
}

void ending_deadline(int64_t at, const char *cause, const char *message) {
  if (cause) {
    end_cause = cause;
    end_message = message;
  }
  if (!deadline || at < deadline) deadline = at;
  helper_wake();
}

/* ---- interrupts ---- */

/* Children of system() are in the group and stop as well. */
static void signal_group(int sig) { kill(getpgrp() == getpid() ? -getpid() : getpid(), sig); }

void interrupt_group(int level) {
  interrupted = 1;
  signal_group(SIGINT);
  if (level < 2) return;
  /* Stronger: children that ignore an interrupt are terminated; R itself ignores this SIGTERM. */
  struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
  sigaction(SIGTERM, &ignore, &old);
  signal_group(SIGTERM);
  sigaction(SIGTERM, &old, NULL);
}

int interrupt_taken(void) {
  int was = interrupted;
  interrupted = 0;
  return was;
}

/* ---- the end ---- */

void ending_begin(const char *cause, const char *message, int grace_ms) {
  if (started) {
    int64_t at = clock_ms() + grace_ms; /* asked again: sooner */
    if (at < deadline) deadline = at;
    helper_wake();
    return;
  }
  started = 1;
  end_cause = cause;
  end_message = message;
  deadline = clock_ms() + grace_ms;
  inputs_discard('e');
  journal_note('S', 0, (uint32_t)grace_ms, message, strlen(message));
  connections_cork(0);
  main_wake();
  helper_wake();
  interrupted = 1;
  signal_group(SIGINT);
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
  final_written = 1;
  int written = journal_note('Q', 0, (uint32_t)status, text, (size_t)n) == 0;
  connections_cork(0);
  return written;
}

void ending_kill(void) {
  int locked = worker_lock_within(100);
  if (!exiting && locked) {
    capture_drain();
    inputs_discard('e');
    ending_final(end_cause, end_message, 75, NULL, NULL);
  }
  signal_group(SIGKILL);
  _exit(75);
}

static void cleanup(int save, int status, int run_last) {
  if (getpid() == worker_pid) {
    console_sync();
    plots_at_end();
    if (!deadline) ending_deadline(clock_ms() + QUIT_GRACE_MS, NULL, NULL);
    if (r_is_suicide(save)) ending_deadline(clock_ms() + EXIT_GRACE_MS, "crash", "R gave up.");
  }
  r_old_cleanup(save, status, run_last);
}

/* The last exit handler to be registered runs first: later ones may still print, the helper serves on. */
static void at_exit(int status, void *unused) {
  (void)unused;
  if (getpid() != worker_pid) return;
  ending_deadline(clock_ms() + EXIT_GRACE_MS, NULL, NULL);
  fflush(stdout);
  fflush(stderr);
  int locked = worker_lock_within(FINAL_LOCK_MS);
  if (locked) {
    capture_drain();
    inputs_discard('e');
  }
  ending_final(end_cause, end_message, status, NULL, NULL);
  exiting = 1;
  if (getpgrp() == getpid()) { /* children of system("... &") */
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal_group(SIGTERM);
    signal_group(SIGHUP);
  }
  if (locked) worker_unlock();
}

/* Only flags: R's thread returns 0 at its next prompt, else the helper ends the process. */
static void on_terminate(int sig) {
  (void)sig;
  if (!started) {
    started = 1;
    end_cause = "terminated";
    end_message = "The worker was asked to terminate (SIGTERM).";
    deadline = clock_ms() + TERM_GRACE_MS;
  }
  r_set_interrupt(1);
  helper_wake();
  main_wake();
}

static void on(int sig, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  sigaction(sig, &action, NULL);
}

void ending_install(void) {
  r_set_console(NULL, NULL, NULL, NULL, NULL, cleanup);
  on_exit(at_exit, NULL);
  on(SIGTERM, on_terminate);
  on(SIGHUP, SIG_IGN);
  /* R saves and quits on these two; a session is not ended by accident. */
  on(SIGUSR1, SIG_IGN);
  on(SIGUSR2, SIG_IGN);
}
