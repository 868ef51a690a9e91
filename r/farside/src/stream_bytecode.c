/* Bytecode. R's machine trusts every byte of it, so it is never passed on: the expression that it was made of is its
   first constant and takes its place; R compiles it again when it is used. */
#include "stream.h"
#include <string.h>
#include <R.h>
#include <Rinternals.h>

enum { NOT_YET, BEING_READ, READ };

static void scan_shared(stream *s, int type);

static int is_shared(int type) {
  return type == LANGSXP || type == LISTSXP || type == BCREPDEF_ITEM || type == BCREPREF_ITEM ||
         type == ATTRLANG_ITEM || type == ATTRLIST_ITEM;
}

static int take_rep(stream *s) {
  int index = take_int(&s->in);
  if (index < 0 || index >= s->n_reps) refuse("bytecode refers to something that is not in it");
  return index;
}

/* One cell, and those that follow it. */
static void scan_shared_cells(stream *s, int type) {
  int64_t cells = 0;
  int open = -1;
  enter(s);
  for (;;) {
    if (type == BCREPDEF_ITEM) {
      int index = take_rep(s);
      if (s->reps[index].state != NOT_YET) refuse("bytecode defines the same expression twice");
      s->reps[index].state = BEING_READ;
      s->reps[index].next = open;
      open = index;
      type = take_int(&s->in);
    }
    if (type != LANGSXP && type != LISTSXP && type != ATTRLANG_ITEM && type != ATTRLIST_ITEM)
      refuse("bytecode holds a malformed expression");
    item self = {.type = type == LANGSXP || type == ATTRLANG_ITEM ? LANGSXP : LISTSXP, .rows = -1};
    if (type == ATTRLANG_ITEM || type == ATTRLIST_ITEM) scan_attributes(s, &self);
    scan_tag(s);
    scan_shared(s, take_int(&s->in));
    if (s->depth + ++cells > s->deepest) s->deepest = (int)(s->depth + cells);
    type = take_int(&s->in);
    if (type == BCREPREF_ITEM || !is_shared(type)) break;
  }
  if (type == BCREPREF_ITEM) scan_shared(s, type);
  else if (scan_item(s, IN_CODE).type != NILSXP) refuse("a list of cells ends in something else");
  for (; open >= 0; open = s->reps[open].next) s->reps[open].state = READ;
  leave(s);
}

static void scan_shared(stream *s, int type) {
  if (type == BCREPREF_ITEM) {
    if (s->reps[take_rep(s)].state != READ) refuse("bytecode refers to an expression before its end");
  } else if (is_shared(type)) {
    scan_shared_cells(s, type);
  } else {
    scan_item(s, IN_CODE);
  }
}

static void scan_code(stream *s, int64_t outermost) {
  enter(s);
  item code = scan_item(s, IN_DATA);
  if (code.type != INTSXP || !code.data) refuse("bytecode is malformed");
  int n = take_int(&s->in);
  if (n < 1) refuse("bytecode is without the expression it was made of");
  for (int i = 0; i < n; i++) {
    int type = take_int(&s->in);
    if (i == 0 && outermost >= 0) {
      if (type == BCODESXP) refuse("bytecode is without the expression it was made of");
      s->edits[outermost].inner = s->in.at;
      s->edits[outermost].type = type;
    }
    if (type == BCODESXP) scan_code(s, -1);
    else scan_shared(s, type);
  }
  leave(s);
}

item scan_bytecode(stream *s, int flags, uint64_t at) {
  int64_t mine = s->n_edits;
  add_edit(s, at, A_BYTECODE);
  shared_cell *outer = s->reps;
  const void *memory = vmaxget();
  int n_outer = s->n_reps;
  int n = take_int(&s->in);
  if (n < 0 || (uint64_t)n > (s->in.size - s->in.at) / 4 + 1) refuse("bytecode is malformed");
  s->edits[mine].reps = n;
  s->reps = (shared_cell *)R_alloc((size_t)n + 1, sizeof(shared_cell));
  memset(s->reps, 0, ((size_t)n + 1) * sizeof(shared_cell));
  s->n_reps = n;
  scan_code(s, mine);
  vmaxset(memory);
  s->reps = outer;
  s->n_reps = n_outer;
  item self = {.type = LANGSXP, .rows = -1};
  if (flags & HAS_ATTR) scan_attributes(s, &self);
  s->edits[mine].end = s->in.at;
  return self;
}
