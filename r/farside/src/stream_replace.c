/* What is written instead of promises, wrappers and bytecode. */
#include "stream.h"
#include <string.h>
#include <R.h>
#include <Rinternals.h>

#define REASON "This value was an unevaluated promise in the remote session, so it did not travel. Evaluate it there, " \
               "for example with force(), and fetch it again."
/* Bytes: bytecode may use an expression many times over; more would be an attempt to fill the memory. */
#define MOST_SHARED (1 << 26)

static void put_text(writer *w, const char *text) {
  put_int(w, CHARSXP | 64 << 12);
  put_int(w, (int)strlen(text));
  put_own(w, text, strlen(text));
}

static void put_texts(writer *w, int n, const char *const *texts) {
  put_int(w, STRSXP);
  put_int(w, n);
  for (int i = 0; i < n; i++) put_text(w, texts[i]);
}

static void put_symbol(writer *w, const char *name) {
  put_int(w, SYMSXP);
  put_text(w, name);
  w->n_refs++;
}

/* list(message = , call = NULL) of some classes. */
static void put_marker(writer *w, int n_classes, const char *const *classes) {
  static const char *const names[] = {"message", "call"};
  static const char *const message[] = {REASON};
  put_int(w, VECSXP | IS_OBJECT | HAS_ATTR);
  put_int(w, 2);
  put_texts(w, 1, message);
  put_int(w, NIL_ITEM);
  put_int(w, LISTSXP | HAS_TAG);
  put_symbol(w, "names");
  put_texts(w, 2, names);
  put_int(w, LISTSXP | HAS_TAG);
  put_symbol(w, "class");
  put_texts(w, n_classes, classes);
  put_int(w, NIL_ITEM);
}

/* A promise of ours, to stop() with that error: it looks, and is looked at, like the one it replaces. Where R has no
   promises (elements of lists, attributes) an object stands whose methods stop. */
static void put_unevaluated(writer *w, place where) {
  static const char *const object[] = {"mrsdeploy_promise"};
  static const char *const error[] = {"mrsdeploy_unevaluated", "error", "condition"};
  w->replaced++;
  if (where == IN_DATA) {
    put_marker(w, 1, object);
    return;
  }
  put_int(w, PROMSXP | HAS_TAG);
  put_int(w, BASEENV_ITEM);
  put_int(w, UNBOUND_ITEM);
  put_int(w, LANGSXP);
  put_symbol(w, "stop");
  put_int(w, LISTSXP);
  put_marker(w, 3, error);
  put_int(w, NIL_ITEM);
}

/* The sending side leaves promises that were not forced to the receiver. */
static void copy_promise(writer *w, const edit *e) {
  source *in = &w->s->in;
  in->at = e->at;
  int flags = take_int(in);
  put_int(w, flags);
  write_attributes(w, flags);
  if (flags & HAS_TAG) write_item(w, IN_DATA);
  write_item(w, IN_BINDING);
  write_item(w, IN_CODE);
}

void write_promise(writer *w, const edit *e, place where) {
  if (e->forced) {
    w->s->in.at = e->inner;
    write_item(w, where);
  } else if (w->s->lenient) {
    copy_promise(w, e);
  } else {
    put_unevaluated(w, where);
  }
}

/* The innermost vector, with the attributes of the outermost wrapper. */
void write_wrapper(writer *w, const edit *e, int flags, place where) {
  source *in = &w->s->in;
  uint64_t inner = e->inner;
  const edit *next;
  while ((next = find_edit(w->s, inner)) && next->kind == A_WRAPPER) inner = next->inner;
  in->at = e->attr;
  int attr = (peek_int(in) & 0xff) != NIL_ITEM ? HAS_ATTR : 0;
  in->at = inner;
  int own = take_int(in);
  int type = own & 0xff;
  if (type == ALTREP_ITEM) {
    put_int(w, flags);
    write_item(w, IN_DATA);
    write_item(w, IN_DATA);
    in->at = e->attr;
    write_item(w, IN_DATA);
    return;
  }
  put_int(w, type | (flags & (IS_OBJECT | ~0xfff)) | attr);
  uint64_t from = in->at;
  int64_t length = take_length(in, 1);
  if (type == VECSXP) {
    copy_source(w, from, in->at);
    for (int64_t i = 0; i < length; i++) write_item(w, IN_DATA);
  } else {
    if (type == STRSXP) for (int64_t i = 0; i < length; i++) scan_string(in, NULL, 0);
    else skip(in, (uint64_t)length * (type == RAWSXP ? 1 : type == REALSXP ? 8 : type == CPLXSXP ? 16 : 4));
    copy_source(w, from, in->at);
  }
  in->at = e->attr;
  if (attr) write_item(w, IN_DATA);
  (void)where;
}

static void write_shared(writer *w, int type);

static void write_shared_cells(writer *w, int type) {
  source *in = &w->s->in;
  enter(w->s);
  for (;;) {
    if (type == BCREPDEF_ITEM) {
      int index = take_int(in);
      w->reps[index].at = in->at;
      type = take_int(in);
    }
    int attr = type == ATTRLANG_ITEM || type == ATTRLIST_ITEM;
    int plain = type == LANGSXP || type == ATTRLANG_ITEM ? LANGSXP : LISTSXP;
    put_int(w, plain | HAS_TAG | (attr ? HAS_ATTR : 0));
    if (attr) write_item(w, IN_DATA);
    write_item(w, IN_DATA);
    write_shared(w, take_int(in));
    type = take_int(in);
    if (type == BCREPREF_ITEM || !(type == LANGSXP || type == LISTSXP || type == BCREPDEF_ITEM ||
                                   type == ATTRLANG_ITEM || type == ATTRLIST_ITEM)) break;
  }
  if (type == BCREPREF_ITEM) write_shared(w, type);
  else write_item(w, IN_CODE);
  leave(w->s);
}

static void write_shared(writer *w, int type) {
  source *in = &w->s->in;
  if (type == BCREPREF_ITEM) {
    uint64_t cell = w->reps[take_int(in)].at;
    uint64_t back = in->at;
    if (w->n_own - w->spent > MOST_SHARED) refuse("its bytecode repeats itself without end");
    in->at = cell;
    write_shared(w, take_int(in));
    in->at = back;
  } else if (type == LANGSXP || type == LISTSXP || type == BCREPDEF_ITEM || type == ATTRLANG_ITEM ||
             type == ATTRLIST_ITEM) {
    write_shared_cells(w, type);
  } else {
    write_item(w, IN_CODE);
  }
}

void write_bytecode(writer *w, const edit *e) {
  shared_cell *outer = w->reps;
  const void *memory = vmaxget();
  w->reps = (shared_cell *)R_alloc((size_t)e->reps + 1, sizeof(shared_cell));
  memset(w->reps, 0, ((size_t)e->reps + 1) * sizeof(shared_cell));
  if (!outer) w->spent = w->n_own;
  w->s->in.at = e->inner;
  write_shared(w, e->type);
  vmaxset(memory);
  w->reps = outer;
}
