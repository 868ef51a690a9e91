/* What other front-ends of R show in windows: files, tables, a choice of a file, an editor. R's own functions come here
   by R's own pointers, so none of them is replaced and utils::View is R's. R/frontend.R answers. */
#include "calls.h"
#include "console.h"
#include "frontend.h"
#include "journal.h"
#include "rinternals.h"
#include "worker.h"
#include <string.h>
#include <unistd.h>
#include <R.h>
#include <Rinternals.h>

/* What a client is to show is described, not contained: larger content is kept as a document. */
#define MAX_SHOWN_BYTES 16384

/* list(files =, edit =, table =, entry =), functions. */
static SEXP answers = NULL;

/* Tells clients that what is printed until the end has a better form than text. NULL: the end. */
SEXP farside_show(SEXP json) {
  if (worker_pid == 0 || worker_pid != getpid() || calls_capturing()) return R_NilValue;
  int begins = json != R_NilValue;
  const char *text = begins ? CHAR(STRING_ELT(json, 0)) : "";
  if (strlen(text) > MAX_SHOWN_BYTES) Rf_error("too long a description of what is shown");
  console_sync();
  worker_lock();
  journal_note('V', begins ? 's' : 'e', 0, text, strlen(text));
  worker_unlock();
  return R_NilValue;
}

static SEXP answer(const char *name) {
  SEXP names = Rf_getAttrib(answers, R_NamesSymbol);
  for (int i = 0; i < LENGTH(answers); i++)
    if (strcmp(CHAR(STRING_ELT(names, i)), name) == 0) return VECTOR_ELT(answers, i);
  Rf_error("farside: nothing answers %s", name);
}

static SEXP strings(const char **all, int n) {
  SEXP made = PROTECT(Rf_allocVector(STRSXP, n));
  for (int i = 0; i < n; i++) SET_STRING_ELT(made, i, Rf_mkChar(all && all[i] ? all[i] : ""));
  UNPROTECT(1);
  return made;
}

static int show_files(int n, const char **files, const char **headers, const char *title, int remove) {
  SEXP a = PROTECT(strings(files, n)), b = PROTECT(strings(headers, n)), c = PROTECT(Rf_mkString(title ? title : ""));
  SEXP call = PROTECT(Rf_lang5(answer("files"), a, b, c, PROTECT(Rf_ScalarLogical(remove))));
  Rf_eval(call, R_BaseEnv);
  UNPROTECT(5);
  return 0;
}

static int edit_files(int n, const char **files) {
  SEXP call = PROTECT(Rf_lang2(answer("edit"), PROTECT(strings(files, n))));
  Rf_eval(call, R_BaseEnv);
  UNPROTECT(2);
  return 0;
}

/* args: what View() and data.entry() give. */
static SEXP with_arguments(const char *name, SEXP first, SEXP second) {
  SEXP call = PROTECT(Rf_lang3(answer(name), first, second));
  SEXP value = Rf_eval(call, R_BaseEnv);
  UNPROTECT(1);
  return value;
}
static SEXP table(SEXP columns, SEXP title) { return with_arguments("table", columns, title); }
static SEXP entry(SEXP columns, SEXP modes) { return with_arguments("entry", columns, modes); }

SEXP farside_frontend(SEXP functions) {
  R_PreserveObject(functions);
  answers = functions;
  r_set_frontend(show_files, edit_files, table, entry);
  return R_NilValue;
}
