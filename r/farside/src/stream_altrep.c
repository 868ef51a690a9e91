/* Vectors in a form of their own (ALTREP). R's sequences and strings of numbers are let in when what they say is
   possible; a wrapper is taken off; all others would run the code of a package, or read a file. */
#include "stream.h"
#include <limits.h>
#include <string.h>
#include <Rinternals.h>

static double take_double(source *in) {
  const unsigned char *b = take(in, 8);
  uint64_t u = 0;
  for (int i = 0; i < 8; i++) u = u << 8 | b[in->big ? i : 7 - i];
  double d;
  memcpy(&d, &u, 8);
  return d;
}

/* A symbol, by name. */
static void take_name(stream *s, char *name, size_t room) {
  item tag = scan_tag(s);
  if (!tag.ref) refuse("the class of a vector has no name");
  uint64_t at = s->in.at;
  s->in.at = s->refs[tag.ref - 1].at + 4;
  scan_string(&s->in, name, room);
  s->in.at = at;
}

static void take_cell(stream *s) {
  int flags = take_int(&s->in);
  if ((flags & 0xff) != LISTSXP || flags & (HAS_ATTR | HAS_TAG)) refuse("the class of a vector is malformed");
}

static int int_at(stream *s, uint64_t at) {
  uint64_t back = s->in.at;
  s->in.at = at;
  int value = take_int(&s->in);
  s->in.at = back;
  return value;
}

static int is_whole(double x, double low, double high) { return x >= low && x <= high && x == (double)(int64_t)x; }

/* Length, first element, step: 1 or -1. */
static item scan_sequence(stream *s, int type) {
  item state = scan_item(s, IN_DATA);
  if (state.type != REALSXP || state.length != 3 || !state.data) refuse("a sequence is malformed");
  uint64_t at = s->in.at;
  s->in.at = state.data;
  double n = take_double(&s->in), first = take_double(&s->in), step = take_double(&s->in);
  s->in.at = at;
  if (!is_whole(n, 1, 4503599627370496.0) || (step != 1 && step != -1)) refuse("a sequence is malformed");
  double last = first + step * (n - 1);
  if (type == INTSXP && !(is_whole(first, -INT_MAX, INT_MAX) && is_whole(last, -INT_MAX, INT_MAX)))
    refuse("a sequence is malformed");
  if (type == REALSXP && !(first >= -1e300 && first <= 1e300)) refuse("a sequence is malformed");
  return (item){.type = type, .length = (int64_t)n, .first = first, .step = step};
}

/* Numbers that are written as text when they are looked at, and the option scipen. */
static item scan_deferred(stream *s) {
  take_cell(s);
  item numbers = scan_item(s, IN_DATA);
  if (numbers.type != INTSXP && numbers.type != REALSXP) refuse("a vector of text is malformed");
  item scipen = scan_item(s, IN_DATA);
  if (scipen.type != INTSXP || scipen.length != 1 || !scipen.data) refuse("a vector of text is malformed");
  int value = int_at(s, scipen.data);
  if (value < -100000 || value > 100000) refuse("a vector of text is malformed");
  return (item){.type = STRSXP, .length = numbers.length};
}

/* A vector and what is known of its order, which is not believed. */
static item scan_wrapped(stream *s, int type, uint64_t at) {
  int64_t mine = s->n_edits;
  add_edit(s, at, A_WRAPPER);
  take_cell(s);
  s->edits[mine].inner = s->in.at;
  item inner = scan_item(s, IN_DATA);
  if (inner.type != type) refuse("a vector is malformed");
  int flags = take_int(&s->in);
  if ((flags & 0xff) == LISTSXP) s->in.at -= 4, take_cell(s), flags = take_int(&s->in);
  item about = scan_flagged(s, flags, IN_DATA);
  if (about.type != INTSXP && about.type != VECSXP) refuse("a vector is malformed");
  s->edits[mine].attr = s->in.at;
  return inner;
}

static int wrapped_type(const char *class) {
  static const struct { const char *name; int type; } known[] = {
      {"wrap_integer", INTSXP}, {"wrap_real", REALSXP}, {"wrap_logical", LGLSXP}, {"wrap_complex", CPLXSXP},
      {"wrap_raw", RAWSXP}, {"wrap_string", STRSXP}, {"wrap_list", VECSXP}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].name, class) == 0) return known[i].type;
  return 0;
}

static item scan_state(stream *s, const char *class, const char *package, uint64_t at) {
  if (strcmp(package, "base") == 0) {
    if (strcmp(class, "compact_intseq") == 0) return scan_sequence(s, INTSXP);
    if (strcmp(class, "compact_realseq") == 0) return scan_sequence(s, REALSXP);
    if (strcmp(class, "deferred_string") == 0) return scan_deferred(s);
    int type = wrapped_type(class);
    if (type) return scan_wrapped(s, type, at);
  }
  char why[256];
  snprintf(why, sizeof why, "it holds a vector of class \"%.40s\" of package \"%.40s\", which only code of that "
           "package can read; make an ordinary vector of it there", class, package);
  policy(s, "foreign vector", why);
  scan_item(s, IN_DATA);
  return (item){.type = ANYSXP, .rows = -1};
}

item scan_altrep(stream *s, uint64_t at) {
  char class[64], package[64];
  int64_t first_edit = s->n_edits;
  enter(s);
  take_cell(s);
  take_name(s, class, sizeof class);
  take_cell(s);
  take_name(s, package, sizeof package);
  take_cell(s);
  item type = scan_item(s, IN_DATA);
  if (type.type != INTSXP || type.length != 1 || !type.data || take_int(&s->in) != NIL_ITEM)
    refuse("the class of a vector is malformed");
  int declared = int_at(s, type.data);
  item self = scan_state(s, class, package, at);
  /* R looks the name of the type up without asking whether it has one. */
  if (declared != self.type && self.type != ANYSXP) refuse("the class of a vector is malformed");
  self.rows = self.type == VECSXP ? -1 : self.length;
  int attr = take_int(&s->in);
  if ((attr & 0xff) != NIL_ITEM) scan_attributes_flagged(s, attr, &self);
  if (first_edit < s->n_edits && s->edits[first_edit].at == at) s->edits[first_edit].end = s->in.at;
  leave(s);
  return self;
}
