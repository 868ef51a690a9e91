/* What can not leave this R: looked for in lists, without their methods. Environments and attributes are not looked
   into: packages keep pointers there that they know how to do without. */
#include <R.h>
#include <Rinternals.h>

#define DEEPEST 64

static const char *problem(SEXP value, int depth) {
  if (Rf_inherits(value, "connection")) return depth ? "a connection is in it" : "it is a connection";
  switch (TYPEOF(value)) {
  case EXTPTRSXP:
    return depth ? "a pointer into the memory of its R is in it" : "it is a pointer into the memory of its R";
  case WEAKREFSXP:
    return depth ? "a weak reference is in it" : "it is a weak reference";
  case VECSXP:
    break;
  default:
    return NULL;
  }
  if (depth >= DEEPEST) return NULL;
  R_xlen_t n = XLENGTH(value);
  for (R_xlen_t i = 0; i < n; i++) {
    SEXP item = VECTOR_ELT(value, i);
    const char *why = OBJECT(item) || TYPEOF(item) == VECSXP || TYPEOF(item) == EXTPTRSXP || TYPEOF(item) == WEAKREFSXP
                          ? problem(item, depth + 1)
                          : NULL;
    if (why) return why;
  }
  return NULL;
}

/* Why a value can not travel; NA when it can. */
SEXP farside_travel_problem(SEXP value) {
  const char *why = problem(value, 0);
  return Rf_ScalarString(why ? Rf_mkChar(why) : NA_STRING);
}
