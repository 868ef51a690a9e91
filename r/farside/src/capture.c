/* File descriptors 1 and 2: what child processes and C code print, live and in order with R's own text. Both lead to
   one pipe, as with 2>&1: two pipes would tell the streams apart but lose their order, which is what people see. */
#define _GNU_SOURCE
#include "capture.h"
#include "journal.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20)
/* Bounds one turn, so that a flooding child does not keep the lock. */
#define READS_A_TURN 32

static int end = -1;

int capture_start(void) {
  int p[2];
  fflush(stdout);
  if (pipe2(p, O_CLOEXEC) < 0) return -1;
  fcntl(p[1], F_SETPIPE_SZ, PIPE_BYTES);
  /* Only our end must not block: children expect an ordinary pipe. */
  if (fcntl(p[0], F_SETFL, O_NONBLOCK) < 0 || dup2(p[1], 1) < 0 || dup2(p[1], 2) < 0) return -1;
  close(p[1]);
  end = p[0];
  setvbuf(stdout, NULL, _IOLBF, 0);
  return 0;
}

int capture_fd(void) { return end; }

void capture_drain(void) {
  static char bytes[65536];
  for (int i = 0; i < READS_A_TURN; i++) {
    ssize_t k = read(end, bytes, sizeof bytes);
    if (k <= 0) return;
    journal_note('c', 0, 0, bytes, (size_t)k);
    if ((size_t)k < sizeof bytes) return;
  }
}
