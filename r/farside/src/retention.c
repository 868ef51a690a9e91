/* The journal's bound. Closed segments lose their output, oldest first. What stays of a segment is merged into the
   compacted one before it, so that neither files nor tombstones pile up. A kill between any two steps leaves a journal
   that reads the same: the merged file is put in place whole, then the segment it covers too is removed. */
#define _GNU_SOURCE
#include "compact.h"
#include "helper.h"
#include "retention.h"
#include "segment.h"
#include "worker.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DEFAULT_BOUND (1ULL << 30)
#define MIN_BOUND (1ULL << 20)
#define MAX_SEGMENT_BYTES (16ULL << 20)
/* A segment is at most this part of the bound: what is cut is the oldest, not nearly all. */
#define SEGMENTS_A_BOUND 8
/* A compacted file grows up to this part of a segment; rewriting it must not cost more than the output it replaces. */
#define MERGE_PART 4
/* After a failure, which is a full disk most likely. */
#define RETRY_MS 5000

struct segment {
  uint64_t first, bytes;
  /* Without output, or damaged: a reader names the damage, so it stays. */
  int done, damaged;
};

static int dir = -1;
static uint64_t bound = 0, segment_bytes = MAX_SEGMENT_BYTES, total = 0;
static struct segment *all = NULL;
static int count = 0, room = 0;
static int64_t not_before = 0;

uint64_t retention_start(int session_dir, uint64_t wanted) {
  dir = session_dir;
  bound = wanted == 0 ? DEFAULT_BOUND : wanted < MIN_BOUND ? MIN_BOUND : wanted;
  segment_bytes = bound / SEGMENTS_A_BOUND;
  if (segment_bytes > MAX_SEGMENT_BYTES) segment_bytes = MAX_SEGMENT_BYTES;
  return segment_bytes;
}

void retention_closed(uint64_t first, uint64_t bytes, uint64_t output) {
  if (count == room) {
    int more = room ? room * 2 : 64;
    struct segment *grown = realloc(all, (size_t)more * sizeof *grown);
    if (grown == NULL) return; /* it is kept */
    all = grown;
    room = more;
  }
  all[count++] = (struct segment){.first = first, .bytes = bytes, .done = output == 0};
  total += bytes;
  if (total + segment_bytes > bound) helper_wake();
}

/* The oldest segment with output, -1 when nothing has to go. The one that is being written counts as full. */
static int victim(void) {
  if (total + segment_bytes <= bound) return -1;
  for (int i = 0; i < count; i++)
    if (!all[i].done) return i;
  return -1;
}

int64_t retention_at(void) {
  if (victim() < 0) return 0;
  int64_t now = clock_ms();
  return now > not_before ? now : not_before;
}

static int merges(int i) {
  return i > 0 && all[i - 1].done && !all[i - 1].damaged && all[i - 1].bytes <= segment_bytes / MERGE_PART;
}

/* Puts the new file in the place of the first of `n` segments and removes the second. */
static int replace(const uint64_t *firsts, int n) {
  char name[SEGMENT_NAME_BYTES];
  segment_name(name, firsts[0]);
  if (renameat(dir, COMPACT_FILE, dir, name) < 0) return -1;
  if (n == 2) {
    segment_name(name, firsts[1]);
    unlinkat(dir, name, 0); /* should it stay, readers pass over what they have */
  }
  return 0;
}

/* [locked] */
static void settle(int i, int n, int result, uint64_t size) {
  if (result == COMPACT_DAMAGED) {
    all[i].done = all[i].damaged = 1;
    return;
  }
  if (result == COMPACT_FAILED) {
    not_before = clock_ms() + RETRY_MS;
    return;
  }
  int kept = i - n + 1;
  for (int k = kept; k <= i; k++) total -= all[k].bytes;
  total += size;
  all[kept].bytes = size;
  all[kept].done = 1;
  if (n == 1) return;
  for (int k = i; k + 1 < count; k++) all[k] = all[k + 1];
  count--;
}

void retention_turn(void) {
  uint64_t firsts[2], size = 0;
  worker_lock();
  int i = clock_ms() >= not_before ? victim() : -1;
  int n = i >= 0 && merges(i) ? 2 : 1;
  for (int k = 0; i >= 0 && k < n; k++) firsts[k] = all[i - n + 1 + k].first;
  worker_unlock();
  if (i < 0) return;
  int result = compact_segments(dir, firsts, n, &size);
  if (result == COMPACTED && replace(firsts, n) < 0) result = COMPACT_FAILED;
  worker_lock();
  settle(i, n, result, size); /* others only append */
  worker_unlock();
}
