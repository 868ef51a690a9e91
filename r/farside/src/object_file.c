/* Objects in files, in R's own serialization: written and read in large pieces, so that many small strings cost what
   they are and not a call into the kernel or R's connections each. */
#include "object_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <R.h>
#include <Rinternals.h>

#define BUFFER_BYTES (1 << 20)
/* Said when the disk is full; the server knows this sentence. */
#define DISK_FULL "The server's disk is full."

struct object_file {
  int fd;
  char *buffer;
  size_t at, size;
  double total, limit;
  SEXP value;
};

static void close_file(void *data) {
  struct object_file *f = data;
  if (f->fd >= 0) close(f->fd);
  free(f->buffer);
  f->fd = -1;
  f->buffer = NULL;
}

static void open_file(struct object_file *f, SEXP path, int flags) {
  f->buffer = malloc(BUFFER_BYTES);
  if (f->buffer == NULL) Rf_error("There is no memory for it.");
  f->fd = open(Rf_translateChar(STRING_ELT(path, 0)), flags | O_CLOEXEC, 0600);
  if (f->fd < 0) {
    int why = errno;
    close_file(f);
    if (why == ENOSPC || why == EDQUOT) Rf_error("%s", DISK_FULL);
    Rf_error("The file could not be opened: %s.", strerror(why));
  }
}

static void put(struct object_file *f, const char *bytes, size_t size) {
  f->total += (double)size;
  if (f->total > f->limit) Rf_error("The objects are larger than %.0f bytes.", f->limit);
  while (size > 0) {
    ssize_t k = write(f->fd, bytes, size);
    if (k < 0 && errno == EINTR) {
      R_CheckUserInterrupt();
      continue;
    }
    if (k < 0 && (errno == ENOSPC || errno == EDQUOT)) Rf_error("%s", DISK_FULL);
    if (k < 0) Rf_error("The file could not be written: %s.", strerror(errno));
    bytes += k;
    size -= (size_t)k;
  }
}

static void flush(struct object_file *f) {
  size_t size = f->at;
  f->at = 0;
  put(f, f->buffer, size);
  R_CheckUserInterrupt();
}

static void out_bytes(R_outpstream_t stream, void *bytes, int size) {
  struct object_file *f = (struct object_file *)stream->data;
  size_t n = (size_t)size;
  if (n > BUFFER_BYTES - f->at) flush(f);
  if (n >= BUFFER_BYTES) {
    put(f, bytes, n);
    return;
  }
  memcpy(f->buffer + f->at, bytes, n);
  f->at += n;
}

static void out_char(R_outpstream_t stream, int c) {
  char byte = (char)c;
  out_bytes(stream, &byte, 1);
}

static SEXP write_it(void *data) {
  struct object_file *f = data;
  struct R_outpstream_st stream;
  R_InitOutPStream(&stream, (R_pstream_data_t)f, R_pstream_binary_format, 3, out_char, out_bytes, NULL, R_NilValue);
  R_Serialize(f->value, &stream);
  flush(f);
  return Rf_ScalarReal(f->total);
}

/* Writes a new file; its size in bytes. Stops on a full disk, beyond `limit` bytes, and when interrupted. */
SEXP farside_write_object(SEXP path, SEXP value, SEXP limit) {
  struct object_file f = {.fd = -1, .limit = Rf_asReal(limit), .value = value};
  open_file(&f, path, O_WRONLY | O_CREAT | O_EXCL);
  return R_ExecWithCleanup(write_it, &f, close_file, &f);
}

/* At least one byte more is in the buffer. */
static size_t fill(struct object_file *f, char *into, size_t room) {
  for (;;) {
    R_CheckUserInterrupt();
    ssize_t k = read(f->fd, into, room);
    if (k > 0) return (size_t)k;
    if (k == 0) Rf_error("It ends too early.");
    if (errno != EINTR) Rf_error("The file could not be read: %s.", strerror(errno));
  }
}

static void in_bytes(R_inpstream_t stream, void *bytes, int size) {
  struct object_file *f = (struct object_file *)stream->data;
  char *to = bytes;
  size_t left = (size_t)size;
  while (left > 0) {
    size_t k = f->size - f->at;
    if (k == 0 && left >= BUFFER_BYTES) {
      size_t got = fill(f, to, left);
      to += got;
      left -= got;
      continue;
    }
    if (k == 0) {
      f->size = fill(f, f->buffer, BUFFER_BYTES);
      f->at = 0;
      k = f->size;
    }
    if (k > left) k = left;
    memcpy(to, f->buffer + f->at, k);
    f->at += k;
    to += k;
    left -= k;
  }
}

static int in_char(R_inpstream_t stream) {
  unsigned char byte;
  in_bytes(stream, &byte, 1);
  return byte;
}

static SEXP read_it(void *data) {
  struct R_inpstream_st stream;
  R_InitInPStream(&stream, (R_pstream_data_t)data, R_pstream_any_format, in_char, in_bytes, NULL, R_NilValue);
  return R_Unserialize(&stream);
}

/* What serialize() or the function above wrote. */
SEXP farside_read_object(SEXP path) {
  struct object_file f = {.fd = -1};
  open_file(&f, path, O_RDONLY);
  return R_ExecWithCleanup(read_it, &f, close_file, &f);
}
