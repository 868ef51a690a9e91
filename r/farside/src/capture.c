/* File descriptors 1 and 2: what child processes and C code print, live and in order with R's own text. */
#define _GNU_SOURCE
#include "farside.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20)
/* Bounds one turn, so that a flooding child does not keep the lock. */
#define READS_A_TURN 32

static int ends[2] = {-1, -1};

static int capture(int fd) {
  int p[2];
  if (pipe2(p, O_CLOEXEC) < 0) return -1;
  fcntl(p[1], F_SETPIPE_SZ, PIPE_BYTES);
  /* Only our end must not block: children expect an ordinary pipe. */
  if (fcntl(p[0], F_SETFL, O_NONBLOCK) < 0 || dup2(p[1], fd) < 0) return -1;
  close(p[1]);
  return p[0];
}

int capture_start(void) {
  fflush(stdout);
  fflush(stderr);
  ends[0] = capture(1);
  ends[1] = capture(2);
  setvbuf(stdout, NULL, _IOLBF, 0);
  return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

int capture_fd(int which) { return ends[which]; }

static void drain(int fd, char kind) {
  static char bytes[65536];
  for (int i = 0; i < READS_A_TURN; i++) {
    ssize_t k = read(fd, bytes, sizeof bytes);
    if (k <= 0) return;
    journal_note(kind, 0, 0, bytes, (size_t)k);
    if ((size_t)k < sizeof bytes) return;
  }
}

void capture_drain(void) {
  drain(ends[0], 'c');
  drain(ends[1], 'd');
}
