/* Something R has to do once, right before it next asks for code: after an error R has stored its traceback only
   then. */
#include "duties.h"
#include <R.h>
#include <Rinternals.h>

static SEXP duty = NULL;

SEXP farside_before_prompt(SEXP f) {
  if (duty) R_ReleaseObject(duty);
  R_PreserveObject(f);
  duty = f;
  return R_NilValue;
}

void duties_run(void) {
  if (duty == NULL) return;
  SEXP f = duty;
  int failed;
  duty = NULL;
  SEXP call = PROTECT(Rf_lang1(f));
  R_tryEvalSilent(call, R_GlobalEnv, &failed);
  UNPROTECT(1);
  R_ReleaseObject(f);
}
