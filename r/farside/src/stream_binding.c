/* How a variable is bound, found out without evaluating anything. */
#include <R.h>
#include <Rinternals.h>
#include <Rversion.h>

enum { VALUE, PROMISE, ACTIVE };

/* 0: it has a value, 1: it is a promise that was not evaluated, 2: it is an active binding. */
SEXP stream_binding(SEXP name, SEXP env) {
  if (R_BindingIsActive(name, env)) return Rf_ScalarInteger(ACTIVE);
  SEXP value = Rf_findVarInFrame(env, name);
  int waits = TYPEOF(value) == PROMSXP;
#if R_VERSION < R_Version(4, 5, 0) /* a newer R does not say whether it was: not taken is safe */
  waits = waits && PRVALUE(value) == R_UnboundValue;
#endif
  return Rf_ScalarInteger(waits ? PROMISE : VALUE);
}
