/* Compacting segments: every record that is not output stays as it is, each run of output becomes one tombstone. */
#define _GNU_SOURCE
#include "compact.h"
#include "record.h"
#include "segment.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (MAX_PAYLOAD + 65536)
#define TOMBSTONE "{\"from\":%llu,\"to\":%llu,\"bytes\":%llu,\"reason\":\"retention\"}"
#define TOMBSTONE_BYTES 160

/* A file read in pieces: bytes[at, size) is what was read and not used, `next` the offset behind it. */
struct source {
  int fd;
  uint64_t length, next;
  size_t at, size;
  uint8_t *bytes;
};

struct target {
  FILE *file;
  /* The number the next record must have. */
  uint64_t seq;
  /* Output since the last record that stays; count 0: none. */
  uint64_t from, to, count, time;
};

static uint64_t position(const struct source *s) { return s->next - (s->size - s->at); }

static int have(struct source *s, size_t wanted) {
  if (s->size - s->at >= wanted) return 1;
  memmove(s->bytes, s->bytes + s->at, s->size - s->at);
  s->size -= s->at;
  s->at = 0;
  while (s->size < wanted) {
    ssize_t k = pread(s->fd, s->bytes + s->size, BUFFER_BYTES - s->size, (off_t)s->next);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return 0;
    s->size += (size_t)k;
    s->next += (uint64_t)k;
  }
  return 1;
}

/* Output is not even read when it is not in the buffer yet. */
static void skip(struct source *s, size_t bytes) {
  size_t here = s->size - s->at;
  if (bytes <= here) {
    s->at += bytes;
    return;
  }
  s->next += bytes - here;
  s->at = s->size = 0;
}

static int put(struct target *t, const struct record_header *h, const void *payload) {
  if (fwrite(h, sizeof *h, 1, t->file) != 1) return -1;
  return h->len == 0 || fwrite(payload, h->len, 1, t->file) == 1 ? 0 : -1;
}

static int end_run(struct target *t) {
  if (t->from == 0) return 0;
  char text[TOMBSTONE_BYTES];
  int n = snprintf(text, sizeof text, TOMBSTONE, (unsigned long long)t->from, (unsigned long long)t->to,
                   (unsigned long long)t->count);
  struct record_header h = {.len = (uint32_t)n, .seq = t->to, .time = t->time, .type = 'T', .version = RECORD_VERSION};
  h.crc = crc32_update(crc32_update(0, &h.seq, sizeof h - 8), text, (size_t)n);
  t->from = 0;
  return put(t, &h, text);
}

static void extend_run(struct target *t, uint64_t from, uint64_t to, uint64_t bytes, uint64_t time) {
  if (t->from == 0) {
    t->from = from;
    t->count = 0;
  }
  t->to = to;
  t->count += bytes;
  t->time = time;
  t->seq = to + 1;
}

/* 1 when the record is a tombstone of ours: it goes on growing. */
static int is_run(const struct record_header *h, const uint8_t *payload, unsigned long long run[3]) {
  char text[TOMBSTONE_BYTES];
  int end = 0;
  if (h->type != 'T' || h->len >= sizeof text) return 0;
  memcpy(text, payload, h->len);
  text[h->len] = 0;
  return sscanf(text, TOMBSTONE "%n", &run[0], &run[1], &run[2], &end) == 3 && end == (int)h->len;
}

/* One record that is not output. */
static int keep(struct source *s, struct target *t, const struct record_header *h) {
  unsigned long long run[3];
  if (!have(s, sizeof *h + h->len)) return COMPACT_DAMAGED;
  const uint8_t *bytes = s->bytes + s->at, *payload = bytes + sizeof *h;
  if (crc32_update(0, bytes + 8, sizeof *h - 8 + h->len) != h->crc) return COMPACT_DAMAGED;
  if (is_run(h, payload, run)) {
    if (run[0] != t->seq || run[1] != h->seq) return COMPACT_DAMAGED;
    extend_run(t, run[0], run[1], run[2], h->time);
  } else {
    if (h->seq != t->seq) return COMPACT_DAMAGED;
    if (end_run(t) < 0 || put(t, h, payload) < 0) return COMPACT_FAILED;
    t->seq = h->seq + 1;
  }
  skip(s, sizeof *h + h->len);
  return COMPACTED;
}

static int filter(struct source *s, struct target *t) {
  struct record_header h;
  while (position(s) < s->length) {
    if (!have(s, sizeof h)) return COMPACT_DAMAGED;
    memcpy(&h, s->bytes + s->at, sizeof h);
    if (h.version != RECORD_VERSION || h.len > MAX_PAYLOAD) return COMPACT_DAMAGED;
    if (record_is_output(h.type)) {
      if (h.seq != t->seq) return COMPACT_DAMAGED;
      extend_run(t, h.seq, h.seq, h.len, h.time);
      skip(s, sizeof h + h.len);
    } else {
      int kept = keep(s, t, &h);
      if (kept != COMPACTED) return kept;
    }
  }
  return position(s) == s->length ? COMPACTED : COMPACT_DAMAGED;
}

static int add_segment(int dir, uint64_t first, uint8_t *buffer, struct target *t) {
  char name[SEGMENT_NAME_BYTES];
  struct stat info;
  segment_name(name, first);
  struct source s = {.fd = openat(dir, name, O_RDONLY | O_CLOEXEC), .bytes = buffer};
  if (s.fd < 0) return errno == ENOENT ? COMPACT_DAMAGED : COMPACT_FAILED;
  int result = COMPACT_FAILED;
  if (fstat(s.fd, &info) == 0) {
    s.length = (uint64_t)info.st_size;
    result = filter(&s, t);
  }
  close(s.fd);
  return result;
}

int compact_segments(int dir, const uint64_t *firsts, int count, uint64_t *size) {
  int fd = openat(dir, COMPACT_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
  uint8_t *buffer = malloc(BUFFER_BYTES);
  int result = file && buffer ? COMPACTED : COMPACT_FAILED;
  struct target t = {.file = file, .seq = firsts[0]};
  for (int i = 0; i < count && result == COMPACTED; i++) result = add_segment(dir, firsts[i], buffer, &t);
  if (result == COMPACTED && (end_run(&t) < 0 || fflush(file) != 0)) result = COMPACT_FAILED;
  if (result == COMPACTED) *size = (uint64_t)ftello(file);
  free(buffer);
  if (file && fclose(file) != 0) result = COMPACT_FAILED;
  else if (!file && fd >= 0) close(fd);
  if (result != COMPACTED) unlinkat(dir, COMPACT_FILE, 0);
  return result;
}
