/* What R keeps in cells: pairlists, calls, functions, promises, environments. */
#include "stream.h"
#include <stdlib.h>
#include <string.h>
#include <Rinternals.h>

item scan_tag(stream *s) {
  item tag = scan_item(s, IN_DATA);
  if (tag.type != NILSXP && (tag.type != SYMSXP || !tag.ref)) refuse("the name of a cell is not a symbol");
  return tag;
}

static void check_levels(stream *s, int flags) {
  if (!(LEVELS(flags) & ACTIVE_LEVEL)) return;
  policy(s, "active binding", "it holds an active binding: a variable that runs code each time it is looked at");
}

/* Cell after cell; R reads them by recursion, so `cells` counts towards its depth. */
void scan_rest(stream *s, int flags, place where, int64_t *cells) {
  int depth = s->depth;
  for (;;) {
    int type = flags & 0xff;
    if (type == NIL_ITEM) break;
    if (type != LISTSXP && type != LANGSXP && type != DOTSXP) refuse("a list of cells ends in something else");
    check_levels(s, flags);
    item self = {.type = type, .rows = -1};
    if (flags & HAS_ATTR) scan_attributes(s, &self);
    item tag = {.type = NILSXP};
    if (flags & HAS_TAG) tag = scan_tag(s);
    if (where == IN_BINDING && tag.type != SYMSXP) refuse("a variable has no name");
    if (s->depth == 1 && s->lenient) s->element = *cells + 1;
    scan_item(s, where);
    ++*cells;
    if (depth + *cells > s->deepest) s->deepest = (int)(depth + *cells);
    if (*cells > 10000000) refuse("a list of cells is longer than R can read");
    flags = take_int(&s->in);
  }
}

item scan_cells(stream *s, int flags, place where) {
  item self = {.type = flags & 0xff, .rows = -1};
  scan_rest(s, flags, self.type == LISTSXP && where != IN_CODE ? IN_DATA : IN_CODE, &self.length);
  return self;
}

static item scan_formals(stream *s) {
  int flags = take_int(&s->in);
  item self = {.type = NILSXP};
  if ((flags & 0xff) == NIL_ITEM) return self;
  if ((flags & 0xff) != LISTSXP) refuse("the arguments of a function are not a list");
  scan_rest(s, flags, IN_BINDING, &self.length);
  return self;
}

item scan_closure(stream *s, int flags) {
  item self = {.type = CLOSXP, .rows = -1};
  check_levels(s, flags);
  if (flags & HAS_ATTR) scan_attributes(s, &self);
  if (flags & HAS_TAG) {
    int type = scan_item(s, IN_DATA).type;
    if (type != ENVSXP && type != NILSXP) refuse("the environment of a function is not one");
  }
  enter(s);
  scan_formals(s);
  leave(s);
  scan_item(s, IN_CODE);
  return self;
}

/* Attributes, environment, value, expression: only the value is kept, if there is one. */
item scan_promise(stream *s, int flags, uint64_t at, place where) {
  int64_t mine = s->n_edits;
  add_edit(s, at, A_PROMISE);
  item self = {.type = PROMSXP, .rows = -1};
  if (flags & HAS_ATTR) scan_attributes(s, &self);
  if (flags & HAS_TAG) {
    int type = scan_item(s, IN_DATA).type;
    if (type != ENVSXP && type != NILSXP) refuse("the environment of a promise is not one");
  }
  s->edits[mine].inner = s->in.at;
  int forced = (peek_int(&s->in) & 0xff) != UNBOUND_ITEM;
  item value = scan_item(s, forced ? where : IN_BINDING);
  uint64_t code_at = s->in.at;
  s->quiet++;
  item code = scan_item(s, IN_CODE);
  s->quiet--;
  s->edits[mine].end = s->in.at;
  /* A constant is its own value: nothing has to be evaluated. */
  if (!forced && (code.type == NILSXP || (is_vector(code.type) && code.type != EXPRSXP))) {
    s->edits[mine].inner = code_at;
    value = code;
    forced = 1;
  }
  s->edits[mine].forced = forced;
  if (!forced && s->lenient) policy(s, "promise", "");
  return forced ? value : self;
}

static void scan_bindings(stream *s) {
  int flags = take_int(&s->in);
  int type = flags & 0xff;
  if (type == NIL_ITEM) return;
  if (type != LISTSXP) refuse("the variables of an environment are not a list");
  int64_t cells = 0;
  enter(s);
  scan_rest(s, flags, IN_BINDING, &cells);
  leave(s);
}

static void scan_table(stream *s) {
  int flags = take_int(&s->in);
  int type = flags & 0xff;
  if (type == NIL_ITEM) return;
  if (type != VECSXP || flags & (HAS_ATTR | IS_OBJECT)) refuse("the table of an environment is malformed");
  int64_t length = take_length(&s->in, 4);
  if (length < 1) refuse("the table of an environment is empty, which would make R divide by zero");
  enter(s);
  for (int64_t i = 0; i < length; i++) scan_bindings(s);
  leave(s);
}

item scan_environment(stream *s, uint64_t at) {
  add_reference(s, at, ENVSXP);
  int64_t index = s->n_refs;
  item self = {.type = ENVSXP, .ref = index, .rows = -1};
  take_int(&s->in);
  item parent = scan_item(s, IN_DATA);
  if (parent.type != ENVSXP && parent.type != NILSXP) refuse("what encloses an environment is not one");
  s->refs[index - 1].parent = parent.type == ENVSXP ? parent.ref : 0;
  scan_bindings(s);
  scan_table(s);
  int flags = take_int(&s->in);
  if ((flags & 0xff) != NIL_ITEM) scan_attributes_flagged(s, flags, &self);
  s->refs[index - 1].end = s->in.at;
  return self;
}

/* A circle of enclosing environments would let R search for a variable for ever. */
void check_enclosures(stream *s) {
  for (int64_t i = 1; i <= s->n_refs; i++) s->refs[i - 1].written = 0;
  for (int64_t i = 1; i <= s->n_refs; i++) {
    int64_t k = i;
    while (k && s->refs[k - 1].written == 0) {
      s->refs[k - 1].written = i;
      k = s->refs[k - 1].type == ENVSXP ? s->refs[k - 1].parent : 0;
    }
    if (k && s->refs[k - 1].written == i) refuse("environments enclose each other in a circle");
  }
  for (int64_t i = 1; i <= s->n_refs; i++) s->refs[i - 1].written = 0;
}
