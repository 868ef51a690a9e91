/* A session that ends with its workspace saved: asked for by the helper, done by R's thread once R is at top level
   for good. */
#include "rinternals.h"
#include "workspace.h"
#include <R.h>
#include <Rinternals.h>

static volatile int wanted = 0;
/* q("yes") asks for it itself. */
static int insisted = 0;
static SEXP saver = NULL;

/* The R function that saves, unless some other q() ends R; it says itself what went wrong. */
SEXP farside_set_saver(SEXP f) {
  R_PreserveObject(f);
  saver = f;
  return R_NilValue;
}

void workspace_want(void) { wanted = 1; }

void workspace_insist(void) { wanted = insisted = 1; }

static void save(void *unused) {
  (void)unused;
  SEXP call = PROTECT(Rf_lang2(saver, PROTECT(Rf_ScalarLogical(insisted))));
  Rf_eval(call, R_GlobalEnv);
  UNPROTECT(2);
}

void workspace_save(void) {
  if (!wanted || saver == NULL) return;
  wanted = 0;
  r_set_interrupt(0); /* it was for what ran before the end */
  R_ToplevelExec(save, NULL);
}
