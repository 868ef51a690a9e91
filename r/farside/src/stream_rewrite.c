/* The stream written again without what is replaced. Items that others refer to may have been inside what is left out,
   so each is written where it is first needed, and all references are counted anew. What was scanned is believed. */
#include "stream.h"
#include <string.h>
#include <R.h>
#include <Rinternals.h>

edit *find_edit(stream *s, uint64_t at) {
  int64_t low = 0, high = s->n_edits;
  while (low < high) {
    int64_t middle = (low + high) / 2;
    if (s->edits[middle].at < at) low = middle + 1;
    else high = middle;
  }
  return low < s->n_edits && s->edits[low].at == at ? &s->edits[low] : NULL;
}

static reference *find_reference(stream *s, uint64_t at) {
  int64_t low = 0, high = s->n_refs;
  while (low < high) {
    int64_t middle = (low + high) / 2;
    if (s->refs[middle].at < at) low = middle + 1;
    else high = middle;
  }
  return low < s->n_refs && s->refs[low].at == at ? &s->refs[low] : NULL;
}

static void put_reference(writer *w, int64_t index) {
  if (index < 1 << 23) {
    put_int(w, (int)((uint32_t)index << 8 | REF_ITEM));
  } else {
    put_int(w, REF_ITEM);
    put_int(w, (int)index);
  }
}

/* Copies flags and whatever follows them up to here. */
static void copied(writer *w, uint64_t from) { copy_source(w, from, w->s->in.at); }

void write_attributes(writer *w, int flags) {
  if (flags & HAS_ATTR) write_item(w, IN_DATA);
}

static void write_bindings(writer *w) {
  source *in = &w->s->in;
  if ((peek_int(in) & 0xff) == NIL_ITEM) {
    put_int(w, take_int(in));
    return;
  }
  write_item(w, IN_BINDING);
}

static void write_environment(writer *w, uint64_t at, reference *ref) {
  source *in = &w->s->in;
  ref->written = ++w->n_refs;
  take_int(in);
  copied(w, at);
  write_item(w, IN_DATA);
  write_bindings(w);
  uint64_t table = in->at;
  if ((take_int(in) & 0xff) == VECSXP) {
    int64_t length = take_length(in, 4);
    copied(w, table);
    for (int64_t i = 0; i < length; i++) write_bindings(w);
  } else {
    copied(w, table);
  }
  write_item(w, IN_DATA);
}

/* An item that others can refer to: written the first time, referred to later. */
static void write_definition(writer *w, int flags, uint64_t at, reference *ref) {
  source *in = &w->s->in;
  if (ref->absent) {
    put_int(w, GLOBALENV_ITEM);
    in->at = ref->end;
  } else if (ref->written) {
    put_reference(w, ref->written);
    in->at = ref->end;
  } else if (ref->type == ENVSXP) {
    write_environment(w, at, ref);
  } else if (ref->type == EXTPTRSXP || ref->type == WEAKREFSXP) {
    ref->written = ++w->n_refs;
    copied(w, at);
    if (ref->type == EXTPTRSXP) {
      write_item(w, IN_DATA);
      write_item(w, IN_DATA);
    }
    write_attributes(w, flags);
  } else {
    in->at = ref->end;
    copied(w, at);
    ref->written = ++w->n_refs;
  }
}

static void write_referred(writer *w, int flags) {
  int64_t index = (unsigned)flags >> 8;
  if (index == 0) index = take_int(&w->s->in);
  reference *ref = &w->s->refs[index - 1];
  uint64_t back = w->s->in.at;
  w->s->in.at = ref->at;
  int type = take_int(&w->s->in);
  write_definition(w, type, ref->at, ref);
  w->s->in.at = back;
}

static void write_cells(writer *w, int flags, place where) {
  source *in = &w->s->in;
  int64_t cells = 0;
  if (where != IN_BINDING) where = (flags & 0xff) == LISTSXP && where != IN_CODE ? IN_DATA : IN_CODE;
  for (; (flags & 0xff) != NIL_ITEM; flags = take_int(in)) {
    put_int(w, flags);
    write_attributes(w, flags);
    if (flags & HAS_TAG) write_item(w, IN_DATA);
    write_item(w, where);
    if (w->s->depth + ++cells > w->s->deepest) w->s->deepest = (int)(w->s->depth + cells);
    /* What follows in the strings of numbers is no cell. */
    int type = peek_int(in) & 0xff;
    if (type != NIL_ITEM && type != LISTSXP && type != LANGSXP && type != DOTSXP) {
      write_item(w, IN_DATA);
      return;
    }
  }
  put_int(w, NIL_ITEM);
}

static void write_closure(writer *w, int flags) {
  put_int(w, flags);
  write_attributes(w, flags);
  if (flags & HAS_TAG) write_item(w, IN_DATA);
  write_bindings(w);
  write_item(w, IN_CODE);
}

static void write_vector(writer *w, int flags, uint64_t at) {
  source *in = &w->s->in;
  int type = flags & 0xff;
  int64_t length = take_length(in, 1);
  if (type == VECSXP || type == EXPRSXP) {
    copied(w, at);
    for (int64_t i = 0; i < length; i++) write_item(w, IN_DATA);
  } else {
    if (type == STRSXP) for (int64_t i = 0; i < length; i++) scan_string(in, NULL, 0);
    else skip(in, (uint64_t)length * (type == RAWSXP ? 1 : type == REALSXP ? 8 : type == CPLXSXP ? 16 : 4));
    copied(w, at);
  }
  write_attributes(w, flags);
}

static void write_plain(writer *w, int flags, uint64_t at) {
  if ((flags & 0xff) == SPECIALSXP || (flags & 0xff) == BUILTINSXP) skip(&w->s->in, (uint64_t)take_int(&w->s->in));
  copied(w, at);
  if ((flags & 0xff) == S4SXP) write_attributes(w, flags);
}

void write_flagged(writer *w, int flags, place where) {
  stream *s = w->s;
  uint64_t at = s->in.at - 4;
  int type = flags & 0xff;
  reference *ref;
  edit *e;
  switch (type) {
  case REF_ITEM: write_referred(w, flags); return;
  case SYMSXP: case ENVSXP: case NAMESPACE_ITEM: case PACKAGE_ITEM: case EXTPTRSXP: case WEAKREFSXP:
    ref = find_reference(s, at);
    if (!ref) refuse("it can not be written again");
    write_definition(w, flags, at, ref);
    return;
  case LISTSXP: case LANGSXP: case DOTSXP: write_cells(w, flags, where); return;
  case CLOSXP: write_closure(w, flags); return;
  case LGLSXP: case INTSXP: case REALSXP: case CPLXSXP: case STRSXP: case RAWSXP: case VECSXP: case EXPRSXP:
    write_vector(w, flags, at);
    return;
  case PROMSXP: case BCODESXP: case ALTREP_ITEM:
    e = find_edit(s, at);
    if (e && type == PROMSXP) write_promise(w, e, where);
    else if (e && type == BCODESXP) write_bytecode(w, e);
    else if (e) write_wrapper(w, e, flags, where);
    else {
      put_int(w, flags);
      for (int i = 0; i < 3; i++) write_item(w, IN_DATA);
    }
    if (e) s->in.at = e->end;
    return;
  default: write_plain(w, flags, at);
  }
}

void write_item(writer *w, place where) {
  enter(w->s);
  write_flagged(w, take_int(&w->s->in), where);
  leave(w->s);
}

void write_stream(writer *w) {
  stream *s = w->s;
  s->depth = s->deepest = 0;
  writer_start(w);
  write_item(w, IN_DATA);
}
