/* Looks through an object for what only lives in this process. Nothing is forced, called or changed by it. */
#include <stdint.h>
#include <stdlib.h>
#include <R.h>
#include <Rinternals.h>

enum { POINTER = 1, CONNECTION = 2, WEAK = 4 };

struct search {
  SEXP *waiting;
  size_t count, room;
  /* What was looked at: an open hash of addresses. */
  SEXP *seen;
  size_t seen_count, seen_room;
  double left;
  int found;
};

static size_t slot_of(const struct search *s, SEXP x) {
  size_t at = ((uintptr_t)x >> 4) * 0x9e3779b97f4a7c15u >> 8;
  for (at &= s->seen_room - 1; s->seen[at] && s->seen[at] != x;) at = (at + 1) & (s->seen_room - 1);
  return at;
}

/* 1 the first time. */
static int note(struct search *s, SEXP x) {
  if (2 * (s->seen_count + 1) > s->seen_room) {
    struct search bigger = *s;
    bigger.seen_room = s->seen_room ? 2 * s->seen_room : 1024;
    bigger.seen = calloc(bigger.seen_room, sizeof *bigger.seen);
    if (!bigger.seen) return 0;
    for (size_t i = 0; i < s->seen_room; i++)
      if (s->seen[i]) bigger.seen[slot_of(&bigger, s->seen[i])] = s->seen[i];
    free(s->seen);
    *s = bigger;
  }
  size_t at = slot_of(s, x);
  if (s->seen[at]) return 0;
  s->seen[at] = x;
  s->seen_count++;
  return 1;
}

static int worth_looking(SEXP x) {
  switch (TYPEOF(x)) {
  case VECSXP: case EXPRSXP: case ENVSXP: case CLOSXP: case EXTPTRSXP: case WEAKREFSXP: case S4SXP: return 1;
  case LISTSXP: case DOTSXP: return 1;
  default: return ATTRIB(x) != R_NilValue;
  }
}

static void push(struct search *s, SEXP x) {
  if (!worth_looking(x)) return;
  if (s->count == s->room) {
    size_t room = s->room ? 2 * s->room : 256;
    SEXP *more = realloc(s->waiting, room * sizeof *more);
    if (!more) return;
    s->waiting = more;
    s->room = room;
  }
  s->waiting[s->count++] = x;
}

/* Everything an environment holds, but for promises and active bindings, which would have to run. */
static void push_environment(struct search *s, SEXP env) {
  if (env == R_GlobalEnv || env == R_BaseEnv || env == R_BaseNamespace || env == R_EmptyEnv) return;
  if (R_IsPackageEnv(env) || R_IsNamespaceEnv(env) || Rf_inherits(env, "UserDefinedDatabase")) return;
  SEXP names = PROTECT(R_lsInternal3(env, TRUE, FALSE));
  for (R_xlen_t i = 0; i < XLENGTH(names); i++) {
    SEXP name = Rf_installChar(STRING_ELT(names, i));
    if (!R_BindingIsActive(name, env)) push(s, Rf_findVarInFrame(env, name));
  }
  UNPROTECT(1);
  push(s, ENCLOS(env));
}

static void push_attributes(struct search *s, SEXP x) {
  static SEXP own = NULL; /* of a data.table: made again when it is used */
  if (!own) own = Rf_install(".internal.selfref");
  for (SEXP a = ATTRIB(x); a != R_NilValue; a = CDR(a))
    if (TAG(a) != own) push(s, CAR(a));
}

static void look_at(struct search *s, SEXP x) {
  if (Rf_inherits(x, "connection")) {
    s->found |= CONNECTION;
    return;
  }
  switch (TYPEOF(x)) {
  case EXTPTRSXP: s->found |= POINTER; break;
  case WEAKREFSXP: s->found |= WEAK; break;
  case VECSXP: case EXPRSXP:
    for (R_xlen_t i = 0; i < XLENGTH(x); i++) push(s, VECTOR_ELT(x, i));
    break;
  case LISTSXP: case DOTSXP:
    for (; x != R_NilValue && (TYPEOF(x) == LISTSXP || TYPEOF(x) == DOTSXP); x = CDR(x)) push(s, CAR(x));
    return;
  case ENVSXP: push_environment(s, x); break;
  case CLOSXP: push(s, CLOENV(x)); break;
  default: break;
  }
  push_attributes(s, x);
}

/* A sum of 1: an external pointer, 2: a connection, 4: a weak reference. `most`: objects that are looked at. */
SEXP farside_find_lost(SEXP object, SEXP most) {
  struct search s = {.left = Rf_asReal(most)};
  push(&s, object);
  while (s.count > 0 && s.left-- > 0) {
    SEXP x = s.waiting[--s.count];
    if (note(&s, x)) look_at(&s, x);
  }
  free(s.waiting);
  free(s.seen);
  return Rf_ScalarInteger(s.found);
}
