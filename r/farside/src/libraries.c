/* Where the session finds packages: written down whenever it changed, so that help needs no question to R. */
#include "libraries.h"
#include <R.h>
#include <Rinternals.h>

/* Of .libPaths(): it keeps them in its own environment. */
static SEXP home = NULL, told = NULL, tell = NULL;

SEXP farside_watch_libraries(SEXP env, SEXP f) {
  R_PreserveObject(env);
  R_PreserveObject(f);
  home = env;
  tell = f;
  return R_NilValue;
}

/* A pointer is compared at each prompt; R is called only after .libPaths("...") was. */
void libraries_check(void) {
  if (home == NULL) return;
  SEXP now = Rf_findVarInFrame(home, Rf_install(".lib.loc"));
  if (now == told || TYPEOF(now) != STRSXP) return;
  if (told) R_ReleaseObject(told);
  R_PreserveObject(now);
  told = now;
  int failed;
  SEXP call = PROTECT(Rf_lang2(tell, now));
  R_tryEvalSilent(call, R_GlobalEnv, &failed);
  UNPROTECT(1);
}
