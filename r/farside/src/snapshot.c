/* What R asks for snapshots: trees of files copied, and objects searched for what only lives in this process. */
#include "copy_tree.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <R.h>
#include <Rinternals.h>

static void check_interrupt(void *unused) {
  (void)unused;
  R_CheckUserInterrupt();
}
/* Files are open: no jump out of the middle. */
static int interrupted(void) { return !R_ToplevelExec(check_interrupt, NULL); }

static SEXP strings(const struct copying *c, int reasons) {
  SEXP all = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)c->left_count));
  for (size_t i = 0; i < c->left_count; i++) {
    const char *text = reasons ? c->left[i].reason : c->left[i].path;
    SET_STRING_ELT(all, (R_xlen_t)i, Rf_mkCharCE(text ? text : "", CE_UTF8));
  }
  UNPROTECT(1);
  return all;
}

/* list(files, bytes, names, reasons, problem, full): `problem` is "" when all went well; `full`: for lack of space. */
SEXP farside_copy_tree(SEXP from, SEXP to) {
  struct copying c = {.stop = interrupted};
  int failed = copy_tree(&c, Rf_translateChar(STRING_ELT(from, 0)), Rf_translateChar(STRING_ELT(to, 0)));
  int full = failed && (c.failure == ENOSPC || c.failure == EDQUOT || c.failure == EFBIG);
  SEXP result = PROTECT(Rf_allocVector(VECSXP, 6));
  SET_VECTOR_ELT(result, 0, Rf_ScalarReal(c.files));
  SET_VECTOR_ELT(result, 1, Rf_ScalarReal(c.bytes));
  SET_VECTOR_ELT(result, 2, strings(&c, 0));
  SET_VECTOR_ELT(result, 3, strings(&c, 1));
  char problem[4096] = "";
  if (failed) snprintf(problem, sizeof problem, "%s: %s", c.failed_at ? c.failed_at : "", strerror(c.failure));
  SET_VECTOR_ELT(result, 4, Rf_mkString(problem));
  SET_VECTOR_ELT(result, 5, Rf_ScalarLogical(full));
  copy_tree_free(&c);
  UNPROTECT(1);
  return result;
}
