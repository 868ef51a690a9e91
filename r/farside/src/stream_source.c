/* The bytes: in memory, or in a file of which a window is kept. Nothing is read past the end. */
#include "stream.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <R.h>
#include <Rinternals.h>

#define WINDOW ((size_t)1 << 18)

#ifdef _WIN32
#define seek_to(file, at, whence) _fseeki64(file, (long long)(at), whence)
#define where_is(file) _ftelli64(file)
#else
#define seek_to(file, at, whence) fseeko(file, (off_t)(at), whence)
#define where_is(file) ftello(file)
#endif

void refuse(const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  Rf_errorcall(R_NilValue, "%s", text);
}

void source_open(source *in, const unsigned char *memory, uint64_t size, const char *path) {
  in->memory = memory;
  in->size = size;
  in->at = 0;
  if (memory || !path) return;
  in->file = fopen(path, "rb");
  if (!in->file) refuse("the file can not be opened");
  setvbuf(in->file, NULL, _IONBF, 0);
  if (seek_to(in->file, 0, SEEK_END) != 0) refuse("the file can not be read");
  in->size = (uint64_t)where_is(in->file);
  in->window = malloc(WINDOW);
  if (!in->window) refuse("there is no memory to read the file");
}

void source_close(source *in) {
  if (in->file) fclose(in->file);
  free(in->window);
  in->file = NULL;
  in->window = NULL;
  in->memory = NULL;
}

static void fill(source *in, size_t n) {
  size_t want = in->size - in->at < WINDOW ? (size_t)(in->size - in->at) : WINDOW;
  in->window_size = 0;
  if (!in->file || seek_to(in->file, in->at, SEEK_SET) != 0) refuse("the file can not be read");
  in->window_size = fread(in->window, 1, want, in->file);
  in->window_at = in->at;
  if (in->window_size < n) refuse("the file became shorter while it was read");
}

/* The next n bytes, n at most a window; they stay valid until the next call. */
const unsigned char *take(source *in, size_t n) {
  if (n > in->size - in->at) refuse("it is cut off: %.0f more bytes should follow", (double)n);
  const unsigned char *bytes;
  if (in->memory) {
    bytes = in->memory + in->at;
  } else {
    if (in->at < in->window_at || in->at + n > in->window_at + in->window_size) fill(in, n);
    bytes = in->window + (in->at - in->window_at);
  }
  in->at += n;
  return bytes;
}

void skip(source *in, uint64_t n) {
  if (n > in->size - in->at) refuse("it is cut off: %.0f more bytes should follow", (double)n);
  in->at += n;
}

int take_int(source *in) {
  const unsigned char *b = take(in, 4);
  uint32_t u = in->big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                       : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
  return (int)u;
}

int peek_int(source *in) {
  uint64_t at = in->at;
  int value = take_int(in);
  in->at = at;
  return value;
}

/* The length of a vector, of which each element takes so many bytes at least. */
int64_t take_length(source *in, unsigned element_size) {
  int64_t length = take_int(in);
  if (length == -1) {
    uint64_t high = (uint32_t)take_int(in);
    if (high > 65536) refuse("a vector has an impossible length");
    length = (int64_t)(high << 32 | (uint32_t)take_int(in));
  }
  if (length < 0) refuse("a vector has a negative length");
  if ((uint64_t)length > (in->size - in->at) / element_size)
    refuse("it is cut off: a vector of %.0f elements does not fit", (double)length);
  return length;
}

void *grow(void *array, int64_t *room, int64_t needed, size_t each) {
  if (needed <= *room) return array;
  int64_t more = *room ? *room * 2 : 64;
  while (more < needed) more *= 2;
  void *bigger = realloc(array, (size_t)more * each);
  if (!bigger) refuse("there is no memory to check it");
  *room = more;
  return bigger;
}
