/* Vectors. Payloads of numbers are skipped, not read. */
#include "stream.h"
#include <string.h>
#include <R.h>
#include <Rinternals.h>

int is_vector(int type) {
  return type == LGLSXP || type == INTSXP || type == REALSXP || type == CPLXSXP || type == STRSXP || type == RAWSXP ||
         type == VECSXP || type == EXPRSXP;
}

static unsigned size_of(int type) {
  switch (type) {
  case RAWSXP: return 1;
  case REALSXP: case STRSXP: return 8;
  case CPLXSXP: return 16;
  default: return 4;
  }
}

static void scan_strings(stream *s, int64_t length) {
  for (int64_t i = 0; i < length; i++) {
    scan_string(&s->in, NULL, 0);
    if ((i & 0xfffff) == 0xfffff) R_CheckUserInterrupt();
  }
}

/* The number of rows if it is a data frame: that of its columns, -1 if nothing is known, -2 if they differ. */
static int64_t scan_elements(stream *s, int64_t length) {
  int64_t rows = -1;
  int outermost = s->depth == 1 && s->lenient;
  for (int64_t i = 0; i < length; i++) {
    if (outermost) s->element = i + 1;
    int64_t own = scan_item(s, IN_DATA).rows;
    if (own >= 0) rows = rows == -1 || rows == own ? own : -2;
    if ((i & 0xffff) == 0xffff) R_CheckUserInterrupt();
  }
  return rows;
}

item scan_vector(stream *s, int flags) {
  int type = flags & 0xff;
  item self = {.type = type, .rows = -1};
  self.length = take_length(&s->in, size_of(type));
  self.data = s->in.at;
  if (type == STRSXP) {
    scan_strings(s, self.length);
    self.rows = self.length;
  } else if (type == VECSXP || type == EXPRSXP) {
    self.rows = scan_elements(s, self.length);
  } else {
    skip(&s->in, (uint64_t)self.length * size_of(type));
    self.rows = self.length;
  }
  /* From here `rows` of a list is about its columns; scan_attributes makes it that of the item itself. */
  if (flags & HAS_ATTR) scan_attributes(s, &self);
  else self.rows = self.length;
  return self;
}
