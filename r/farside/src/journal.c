/* The journal: append-only segments of numbered records, named by their first sequence number. */
#define _GNU_SOURCE
#include "connections.h"
#include "helper.h"
#include "journal.h"
#include "record.h"
#include "retention.h"
#include "segment.h"
#include "worker.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Text that R prints is gathered up to this size or for FLUSH_MS of helper.c, whichever comes first. */
#define PENDING_BYTES 65536

#define MAX_PARTS 4

/* Console text not yet in the journal, in a file mapped and shared: it survives a SIGKILL of R, and the supervisor
   appends it when `seq` is greater than the journal's last. */
struct tail {
  uint64_t seq;
  uint32_t size;
  uint32_t is_error; /* 0 standard output, 1 standard error */
  char bytes[PENDING_BYTES];
};

static int dirfd = -1, segment = -1, closed = 0;
static uint64_t seq = 0;
/* Of the segment that is written: its name, its size, and how much of that is output. */
static uint64_t segment_first = 0, offset = 0, output = 0;
static uint64_t segment_bytes = 0;
/* The disk did not take the last record. */
static int full = 0;
/* Records and bytes that went nowhere then; a tombstone names them once writing works again. */
static uint64_t lost_records = 0, lost = 0;
static struct tail *tail = NULL;

uint64_t journal_seq(void) { return seq; }
int journal_has_text(void) { return tail != NULL && tail->size > 0; }

static int open_segment(uint64_t first) {
  char name[SEGMENT_NAME_BYTES];
  segment_name(name, first);
  int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  if (segment >= 0) {
    close(segment);
    retention_closed(segment_first, offset, output);
  }
  segment = fd;
  segment_first = first;
  offset = output = 0;
  return 0;
}

/* Late exit handlers may still print; the final record stays the last. */
void journal_close(void) {
  if (segment >= 0) close(segment);
  segment = -1;
  closed = 1;
}

static struct tail *map_tail(void) {
  int fd = openat(dirfd, "tail", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return NULL;
  void *p = MAP_FAILED;
  /* Written out, not only extended: a hole would be a SIGBUS on a full disk. */
  if (posix_fallocate(fd, 0, sizeof(struct tail)) == 0 || ftruncate(fd, sizeof(struct tail)) == 0)
    p = mmap(NULL, sizeof(struct tail), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return p == MAP_FAILED ? NULL : p;
}

int journal_open(const char *dir, uint64_t bound) {
  dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dirfd < 0) return -1;
  if (mkdirat(dirfd, "journal", 0700) < 0 && errno != EEXIST) return -1;
  segment_bytes = retention_start(dirfd, bound);
  tail = map_tail();
  if (tail == NULL) return -1;
  tail->size = 0;
  tail->seq = 1;
  return open_segment(1);
}

/* The whole record or nothing: a torn one is cut off again. */
static int write_all(struct iovec *v, int count, size_t total) {
  size_t done = 0;
  while (done < total) {
    ssize_t k = writev(segment, v, count);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) {
      if (done > 0 && ftruncate(segment, (off_t)offset) < 0) { /* the next attempt fails as well */
      }
      return -1;
    }
    done += (size_t)k;
    while (count > 0 && (size_t)k >= v->iov_len) {
      k -= (ssize_t)v->iov_len;
      v++;
      count--;
    }
    if (count > 0) {
      v->iov_base = (char *)v->iov_base + k;
      v->iov_len -= (size_t)k;
    }
  }
  offset += total;
  return 0;
}

static int append(char type, uint8_t flag, uint32_t aux, const struct slice *parts, int count) {
  struct record_header h = {0};
  size_t size = 0;
  for (int i = 0; i < count; i++) size += parts[i].size;
  h.len = (uint32_t)size;
  h.seq = seq + 1;
  h.time = clock_wall_us();
  h.type = (uint8_t)type;
  h.flag = flag;
  h.version = RECORD_VERSION;
  h.aux = aux;
  uint32_t crc = crc32_update(0, &h.seq, sizeof h - 8);
  struct iovec v[MAX_PARTS + 1] = {{&h, sizeof h}};
  for (int i = 0; i < count; i++) {
    crc = crc32_update(crc, parts[i].bytes, parts[i].size);
    v[i + 1].iov_base = (void *)parts[i].bytes;
    v[i + 1].iov_len = parts[i].size;
  }
  h.crc = crc;
  if (offset > 0 && offset + sizeof h + size > segment_bytes && open_segment(seq + 1) < 0) return -1;
  if (write_all(v, count + 1, sizeof h + size) < 0) return -1;
  seq++;
  if (record_is_output(h.type)) output += size;
  connections_push(&h, parts, count);
  return 0;
}

int journal_is_full(void) { return full; }

int journal_has_room(size_t bytes) {
  if (fallocate(segment, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)bytes) == 0)
    return ftruncate(segment, (off_t)offset) == 0; /* only a question */
  return errno != ENOSPC && errno != EDQUOT && errno != EFBIG;
}

/* Inputs are refused, and what R reads or waits for is written later: nothing of these is lost. */
static int comes_again(char type) { return type == 'A' || type == 'I' || type == 'D' || type == 'P'; }

static void note_full(char type, size_t size) {
  full = 1;
  helper_wake(); /* it tries again */
  if (comes_again(type)) return;
  lost_records++;
  lost += size;
}

int journal_recover(void) {
  if (lost_records == 0) {
    full = 0;
    return 1;
  }
  char text[160];
  unsigned long long here = seq + 1, bytes = lost;
  const char *format = "{\"from\":%llu,\"to\":%llu,\"bytes\":%llu,\"reason\":\"disk full\"}";
  int n = snprintf(text, sizeof text, format, here, here, bytes);
  struct slice s = {text, (size_t)n};
  if (append('T', 0, 0, &s, 1) < 0) return 0;
  lost_records = lost = 0;
  full = 0;
  return 1;
}

int journal_append(char type, uint8_t flag, uint32_t aux, const struct slice *parts, int count) {
  if (closed) return -1;
  journal_flush_text();
  if (journal_recover() && append(type, flag, aux, parts, count) == 0) return 0;
  size_t size = 0;
  for (int i = 0; i < count; i++) size += parts[i].size;
  note_full(type, size);
  return -1;
}

int journal_note(char type, uint8_t flag, uint32_t aux, const void *bytes, size_t size) {
  struct slice s = {bytes, size};
  return journal_append(type, flag, aux, &s, 1);
}

void journal_flush_text(void) {
  if (tail == NULL || tail->size == 0) return;
  struct slice s = {tail->bytes, tail->size};
  char kind = tail->is_error ? 'e' : 'o';
  uint32_t size = tail->size;
  if (!journal_recover() || append(kind, 0, 0, &s, 1) < 0) note_full(kind, size);
  /* In this order: a kill in between leaves tail->seq at a number the journal has, so nothing is doubled. */
  __atomic_store_n(&tail->size, 0, __ATOMIC_RELEASE);
  tail->seq = seq + 1;
}

static void append_large(char kind, const char *bytes, size_t size) {
  while (size > 0) {
    size_t k = size > MAX_PAYLOAD ? MAX_PAYLOAD : size;
    struct slice s = {bytes, k};
    journal_append(kind, 0, 0, &s, 1);
    bytes += k;
    size -= k;
  }
}

void journal_text(char kind, const char *bytes, size_t size) {
  if (closed) return;
  if (tail->size > 0 && tail->is_error != (kind == 'e')) journal_flush_text();
  if (size >= PENDING_BYTES / 2) {
    journal_flush_text();
    append_large(kind, bytes, size);
    return;
  }
  if (tail->size + size > PENDING_BYTES) journal_flush_text();
  tail->seq = seq + 1;
  tail->is_error = kind == 'e';
  memcpy(tail->bytes + tail->size, bytes, size);
  __atomic_store_n(&tail->size, tail->size + (uint32_t)size, __ATOMIC_RELEASE);
}
