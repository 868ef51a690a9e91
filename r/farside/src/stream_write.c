/* What is handed to R or written to a file: pieces of the source, which are not copied, and bytes of our own. */
#include "stream.h"
#include <stdlib.h>
#include <string.h>
#include <R.h>
#include <Rinternals.h>

static void add_piece(writer *w, uint64_t at, uint64_t size, int own) {
  if (size == 0) return;
  if (w->n_pieces) {
    piece *last = &w->pieces[w->n_pieces - 1];
    if (last->own == own && last->at + last->size == at) {
      last->size += size;
      return;
    }
  }
  w->pieces = grow(w->pieces, &w->room_pieces, w->n_pieces + 1, sizeof(piece));
  w->pieces[w->n_pieces++] = (piece){at, size, own};
}

void copy_source(writer *w, uint64_t from, uint64_t to) { add_piece(w, from, to - from, 0); }

void put_own(writer *w, const void *bytes, size_t n) {
  w->own = grow(w->own, &w->room_own, w->n_own + (int64_t)n, 1);
  memcpy(w->own + w->n_own, bytes, n);
  add_piece(w, (uint64_t)w->n_own, n, 1);
  w->n_own += (int64_t)n;
}

void put_int(writer *w, int value) {
  uint32_t u = (uint32_t)value;
  unsigned char b[4];
  for (int i = 0; i < 4; i++) b[w->s->in.big ? 3 - i : i] = (unsigned char)(u >> 8 * i);
  put_own(w, b, 4);
}

/* The header, in a byte order that R takes for its own. */
void writer_start(writer *w) {
  put_own(w, w->s->header, 2);
  source *in = &w->s->in;
  in->at = w->s->start;
  int version = take_int(in);
  take(in, 8);
  if (version == 3) {
    int length = take_int(in);
    skip(in, (uint64_t)length);
  }
  copy_source(w, w->s->start, in->at);
}

void writer_read(writer *w, unsigned char *into, uint64_t n) {
  while (n > 0) {
    if (w->next >= w->n_pieces) refuse("R asked for more than there is");
    piece *p = &w->pieces[w->next];
    uint64_t some = p->size - w->done < n ? p->size - w->done : n;
    if (p->own) {
      memcpy(into, w->own + p->at + w->done, (size_t)some);
    } else {
      if (some > 65536) some = 65536;
      w->s->in.at = p->at + w->done;
      memcpy(into, take(&w->s->in, (size_t)some), (size_t)some);
    }
    into += some;
    n -= some;
    w->done += some;
    if (w->done == p->size) w->next++, w->done = 0;
  }
}

void writer_free(writer *w) {
  free(w->pieces);
  free(w->own);
  free(w);
}
