/* The grammar of the stream: every item is read by the one function that knows its type. */
#include "stream.h"
#include <stdlib.h>
#include <string.h>
#include <R.h>
#include <Rinternals.h>

/* What the C stack that R usually has takes without danger: on the side that loads, where somebody else decides what is
   in the value, and on that which looks at its own. R itself writes more than it can read again. */
#define DEEPEST 5000
#define DEEPEST_OWN 11000

void enter(stream *s) {
  int most = s->lenient ? DEEPEST_OWN : DEEPEST;
  if (++s->depth > most) refuse("it is nested more than %d levels deep", most);
  if (s->depth > s->levels) s->levels = s->depth;
  if (s->depth > s->deepest) s->deepest = s->depth;
  if (s->depth % 64 == 0) R_CheckStack();
}

void leave(stream *s) { s->depth--; }

/* What can be a legitimate value but is not let in; the sending side only reports it. */
void policy(stream *s, const char *what, const char *why) {
  if (!s->lenient) refuse("%s", why);
  if (s->quiet) return;
  if (s->n_found && s->found[s->n_found - 1].element == s->element && s->found[s->n_found - 1].what == what) return;
  s->found = grow(s->found, &s->room_found, s->n_found + 1, sizeof(finding));
  s->found[s->n_found++] = (finding){s->element, what};
}

static void note(stream *s, const char *what) {
  if (s->lenient) policy(s, what, what);
}

reference *add_reference(stream *s, uint64_t at, int type) {
  s->refs = grow(s->refs, &s->room_refs, s->n_refs + 1, sizeof(reference));
  reference *ref = &s->refs[s->n_refs++];
  memset(ref, 0, sizeof *ref);
  ref->at = at;
  ref->end = at;
  ref->type = type;
  return ref;
}

edit *add_edit(stream *s, uint64_t at, edit_kind kind) {
  s->edits = grow(s->edits, &s->room_edits, s->n_edits + 1, sizeof(edit));
  edit *e = &s->edits[s->n_edits++];
  memset(e, 0, sizeof *e);
  e->at = at;
  e->kind = kind;
  return e;
}

item scan_reference(stream *s, int flags) {
  int64_t index = (unsigned)flags >> 8;
  if (index == 0) index = take_int(&s->in);
  if (index < 1 || index > s->n_refs) refuse("it refers to something that is not in it");
  int type = s->refs[index - 1].type;
  if (type == NAMESPACE_ITEM || type == PACKAGE_ITEM) type = ENVSXP;
  if (type == EXTPTRSXP) note(s, "pointer");
  return (item){.type = type, .ref = index, .rows = -1};
}

static item scan_pointer(stream *s, int flags, uint64_t at) {
  add_reference(s, at, EXTPTRSXP);
  item self = {.type = EXTPTRSXP, .ref = s->n_refs, .rows = -1};
  note(s, "pointer");
  s->quiet++;
  scan_item(s, IN_DATA);
  scan_item(s, IN_DATA);
  if (flags & HAS_ATTR) scan_attributes(s, &self);
  s->quiet--;
  s->refs[self.ref - 1].end = s->in.at;
  return self;
}

static item scan_weak(stream *s, int flags, uint64_t at) {
  add_reference(s, at, WEAKREFSXP);
  item self = {.type = WEAKREFSXP, .ref = s->n_refs, .rows = -1};
  note(s, "weak reference");
  if (flags & HAS_ATTR) scan_attributes(s, &self);
  s->refs[self.ref - 1].end = s->in.at;
  return self;
}

static item scan_s4(stream *s, int flags) {
  item self = {.type = S4SXP, .rows = -1};
  if (flags & HAS_ATTR) scan_attributes(s, &self);
  return self;
}

static item scan_fixed(int type, place where) {
  item out = {.type = type, .rows = -1};
  switch (type) {
  case NIL_ITEM: out.type = NILSXP; break;
  case MISSINGARG_ITEM: out.type = SYMSXP; break;
  case UNBOUND_ITEM:
    if (where != IN_BINDING) refuse("R's mark for no value is where a value must be");
    out.type = SYMSXP;
    break;
  default: out.type = ENVSXP;
  }
  return out;
}

item scan_flagged(stream *s, int flags, place where) {
  uint64_t at = s->in.at - 4;
  int type = flags & 0xff;
  item out = {.type = type, .rows = -1};
  switch (type) {
  case NIL_ITEM: case MISSINGARG_ITEM: case UNBOUND_ITEM:
  case GLOBALENV_ITEM: case BASEENV_ITEM: case EMPTYENV_ITEM: case BASENAMESPACE_ITEM:
    return scan_fixed(type, where);
  case REF_ITEM: return scan_reference(s, flags);
  case SYMSXP: return scan_symbol(s);
  case NAMESPACE_ITEM: case PACKAGE_ITEM: scan_package(s, type, at, &out); return out;
  case LISTSXP: case LANGSXP: case DOTSXP: return scan_cells(s, flags, where);
  case CLOSXP: return scan_closure(s, flags);
  case PROMSXP: return scan_promise(s, flags, at, where);
  case ENVSXP: return scan_environment(s, at);
  case EXTPTRSXP: return scan_pointer(s, flags, at);
  case WEAKREFSXP: return scan_weak(s, flags, at);
  case SPECIALSXP: case BUILTINSXP: scan_primitive(s, flags); return out;
  case LGLSXP: case INTSXP: case REALSXP: case CPLXSXP: case STRSXP: case RAWSXP: case VECSXP: case EXPRSXP:
    return scan_vector(s, flags);
  case S4SXP: return scan_s4(s, flags);
  case BCODESXP: return scan_bytecode(s, flags, at);
  case ALTREP_ITEM: return scan_altrep(s, at);
  case PERSIST_ITEM: refuse("it asks for an object by a name that only its writer knows");
  default: refuse("it holds an item of type %d, which R values do not have", type);
  }
}

item scan_item(stream *s, place where) {
  enter(s);
  item out = scan_flagged(s, take_int(&s->in), where);
  leave(s);
  return out;
}

static int plausible(uint32_t version) { return version == 2 || version == 3; }

static void scan_header(stream *s) {
  source *in = &s->in;
  if (in->size >= 5) {
    const unsigned char *magic = take(in, 5);
    s->rdata = memcmp(magic, "RDX2\n", 5) == 0 || memcmp(magic, "RDX3\n", 5) == 0;
    if (memcmp(magic, "RDA", 3) == 0 || memcmp(magic, "RDB", 3) == 0)
      refuse("it is in R's text format or an old one; only the binary formats of save() and serialize() are read");
    if (!s->rdata) in->at = 0;
  }
  const unsigned char *format = take(in, 2);
  if (format[1] == '\n' && format[0] == 'A') refuse("it is in R's text format; only the binary formats are read");
  if (format[1] != '\n' || (format[0] != 'X' && format[0] != 'B')) refuse("it does not begin as R's values do");
  int native = format[0] == 'B';
  in->big = !native;
  uint32_t version = (uint32_t)peek_int(in);
  if (native && !plausible(version)) in->big = 1;
  version = (uint32_t)take_int(in);
  if (!plausible(version)) refuse("it is in version %u of R's format; 2 and 3 are read", version);
  /* R reads XDR, or the byte order of its machine. */
  const uint16_t one = 1;
  int machine_big = *(const unsigned char *)&one == 0;
  if (!in->big && machine_big) refuse("it is in a byte order that this machine does not have");
  s->header[0] = in->big ? 'X' : 'B';
  s->header[1] = '\n';
  s->start = in->at - 4;
  take(in, 8);
  if (version == 3) {
    int length = take_int(in);
    if (length < 0 || length > 63) refuse("its encoding has no possible name");
    check_encoding(take(in, (size_t)length), length);
  }
}

void stream_scan(stream *s) {
  scan_header(s);
  int type = peek_int(&s->in) & 0xff;
  if (s->rdata && type != LISTSXP && type != NIL_ITEM) refuse("it is not a set of named objects");
  s->element = type == VECSXP || type == LISTSXP ? 0 : 1;
  scan_item(s, IN_DATA);
  if (s->in.at != s->in.size) refuse("%.0f bytes follow its end", (double)(s->in.size - s->in.at));
  check_enclosures(s);
}

void stream_free(stream *s) {
  for (int64_t i = 0; i < s->n_refs; i++) free(s->refs[i].package);
  free(s->refs);
  free(s->edits);
  free(s->found);
  source_close(&s->in);
  free(s);
}
