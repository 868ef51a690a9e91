/* Attributes. R's own code believes what they say about sizes, so that is checked here. */
#include "stream.h"
#include <limits.h>
#include <string.h>
#include <Rinternals.h>

#define MOST_DIMS 64

typedef struct {
  int seen[NAME_SELFREF + 1];
  item value[NAME_SELFREF + 1];
  int n_dims, n_named;
  int64_t dims[MOST_DIMS], named[MOST_DIMS];
  int factor, data_frame, classed;
} known;

static void read_dims(stream *s, known *k, const item *value) {
  if (value->type != INTSXP || (!value->data && !value->step) || value->length < 1 || value->length > MOST_DIMS)
    refuse("the dimensions of an array are malformed");
  uint64_t at = s->in.at;
  s->in.at = value->data;
  k->n_dims = (int)value->length;
  for (int i = 0; i < k->n_dims; i++) {
    int n = value->step ? (int)(value->first + value->step * i) : take_int(&s->in);
    if (n < 0) refuse("an array has a negative dimension");
    k->dims[i] = n;
  }
  s->in.at = at;
}

static void read_class(stream *s, known *k, const item *value) {
  if (value->type == NILSXP) return;
  if (value->type != STRSXP) refuse("the class of an object is not text");
  k->classed = value->length > 0;
  if (!value->data) return;
  uint64_t at = s->in.at;
  s->in.at = value->data;
  char name[24];
  for (int64_t i = 0; i < value->length; i++) {
    if (scan_string(&s->in, name, sizeof name) < 0) continue;
    if (strcmp(name, "factor") == 0) k->factor = 1;
    if (strcmp(name, "data.frame") == 0) k->data_frame = 1;
    if (s->lenient && strcmp(name, "connection") == 0) policy(s, "connection", "");
  }
  s->in.at = at;
}

/* A list of names for each dimension; the attributes of that list come behind it. */
static item scan_dimnames(stream *s, known *k) {
  int flags = take_int(&s->in);
  int type = flags & 0xff;
  if (type == NIL_ITEM) return (item){.type = NILSXP};
  if (type != VECSXP) {
    s->in.at -= 4;
    return scan_item(s, IN_DATA);
  }
  item self = {.type = VECSXP, .rows = -1};
  self.length = take_length(&s->in, 4);
  k->n_named = self.length > MOST_DIMS ? MOST_DIMS + 1 : (int)self.length;
  for (int64_t i = 0; i < self.length; i++) {
    item one = scan_item(s, IN_DATA);
    if (i < MOST_DIMS) k->named[i] = one.type == NILSXP ? -1 : one.type == STRSXP ? one.length : -2;
  }
  if (flags & HAS_ATTR) scan_attributes(s, &self);
  return self;
}

static name_kind name_of(stream *s, const item *tag) { return s->refs[tag->ref - 1].name; }

static void scan_attribute(stream *s, known *k, const item *tag) {
  name_kind name = name_of(s, tag);
  if (name == NAME_SELFREF) s->quiet++;
  item value = name == NAME_DIMNAMES ? scan_dimnames(s, k) : scan_item(s, IN_DATA);
  if (name == NAME_SELFREF) s->quiet--;
  if (name == NAME_CLASS) read_class(s, k, &value);
  if (name == NAME_OTHER) return;
  if (k->seen[name]) refuse("an object has the same attribute twice");
  k->seen[name] = 1;
  k->value[name] = value;
}

static void check_dims(stream *s, known *k, const item *owner) {
  if (k->seen[NAME_DIM]) {
    read_dims(s, k, &k->value[NAME_DIM]);
    int64_t product = 1;
    for (int i = 0; i < k->n_dims; i++) {
      if (k->dims[i] && product > INT64_MAX / k->dims[i]) refuse("the dimensions of an array are malformed");
      product *= k->dims[i];
    }
    if (product != owner->length) refuse("the dimensions of an array are not those of its data");
  }
  if (!k->seen[NAME_DIMNAMES] || k->value[NAME_DIMNAMES].type == NILSXP) return;
  if (k->value[NAME_DIMNAMES].type != VECSXP || k->n_named != k->n_dims)
    refuse("the names of the dimensions of an array are malformed");
  for (int i = 0; i < k->n_dims; i++)
    if (k->named[i] != -1 && k->named[i] != k->dims[i]) refuse("an array has more or fewer names than elements");
}

static void check_codes(stream *s, const item *owner, int64_t levels) {
  double last = owner->first + owner->step * (double)(owner->length - 1);
  if (owner->step && (owner->first < 1 || last < 1 || owner->first > (double)levels || last > (double)levels))
    refuse("a factor has a code that is none of its levels");
  if (!owner->data) return;
  uint64_t at = s->in.at;
  s->in.at = owner->data;
  for (int64_t left = owner->length; left > 0;) {
    size_t n = left < 16384 ? (size_t)left : 16384;
    const unsigned char *b = take(&s->in, n * 4);
    for (size_t i = 0; i < n; i++, b += 4) {
      uint32_t u = s->in.big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                             : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
      if (u != 0x80000000u && (u < 1 || (int64_t)u > levels)) refuse("a factor has a code that is none of its levels");
    }
    left -= (int64_t)n;
  }
  s->in.at = at;
}

/* The short form is c(NA, n). The number of rows, -1 when there are none to compare. */
static int64_t row_count(stream *s, const item *names) {
  if (names->type == STRSXP || names->type == REALSXP) return names->length;
  if (names->type == NILSXP) return -1;
  if (names->type != INTSXP) refuse("the names of the rows of a data frame are malformed");
  if (names->length != 2 || !names->data) return names->length;
  uint64_t at = s->in.at;
  s->in.at = names->data;
  int first = take_int(&s->in), n = take_int(&s->in);
  s->in.at = at;
  if (first != INT_MIN) return 2;
  if (n == INT_MIN) refuse("the names of the rows of a data frame are malformed");
  return n < 0 ? -(int64_t)n : n;
}

static void check_frame(stream *s, known *k, item *owner) {
  int64_t rows = k->seen[NAME_ROWNAMES] ? row_count(s, &k->value[NAME_ROWNAMES]) : -1;
  if (owner->rows == -2) refuse("the columns of a data frame are of different lengths");
  if (owner->rows >= 0 && rows >= 0 && rows != owner->rows)
    refuse("a data frame has %.0f rows by name and %.0f in its columns", (double)rows, (double)owner->rows);
  owner->rows = owner->rows >= 0 ? owner->rows : rows;
}

static void check_vector(stream *s, known *k, item *owner) {
  const item *names = &k->value[NAME_NAMES], *levels = &k->value[NAME_LEVELS], *tsp = &k->value[NAME_TSP];
  if (k->seen[NAME_NAMES] && names->type != NILSXP && (names->type != STRSXP || names->length != owner->length))
    refuse("an object has more or fewer names than elements");
  check_dims(s, k, owner);
  if (k->seen[NAME_TSP] && tsp->type != NILSXP && ((tsp->type != REALSXP && tsp->type != INTSXP) || tsp->length != 3))
    refuse("the times of a time series are malformed");
  if (k->factor && owner->type == INTSXP) {
    if (k->seen[NAME_LEVELS] && levels->type != STRSXP && levels->type != NILSXP)
      refuse("the levels of a factor are not text");
    check_codes(s, owner, k->seen[NAME_LEVELS] && levels->type == STRSXP ? levels->length : 0);
  }
  if (k->data_frame && owner->type == VECSXP) check_frame(s, k, owner);
  else if (owner->type == VECSXP && k->classed) owner->rows = -1;
  else owner->rows = k->n_dims ? k->dims[0] : owner->length;
}

void scan_attributes_flagged(stream *s, int flags, item *owner) {
  known k = {.n_named = -1};
  int64_t cells = 0;
  enter(s);
  for (; (flags & 0xff) != NIL_ITEM; flags = take_int(&s->in)) {
    if ((flags & 0xff) != LISTSXP || !(flags & HAS_TAG)) refuse("the attributes of an object are not a list of names");
    if (flags & HAS_ATTR || LEVELS(flags) & ACTIVE_LEVEL) refuse("the attributes of an object are malformed");
    item tag = scan_tag(s);
    if (tag.type != SYMSXP) refuse("an attribute has no name");
    scan_attribute(s, &k, &tag);
    if (++cells > 100000) refuse("an object has more than 100000 attributes");
    if (s->depth + cells > s->deepest) s->deepest = (int)(s->depth + cells);
  }
  leave(s);
  if (is_vector(owner->type)) check_vector(s, &k, owner);
  else if (owner->type != S4SXP && owner->type != ENVSXP && (k.seen[NAME_DIM] || k.seen[NAME_DIMNAMES]))
    refuse("something that is no vector has dimensions");
}

void scan_attributes(stream *s, item *owner) { scan_attributes_flagged(s, take_int(&s->in), owner); }
