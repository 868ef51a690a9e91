/* The .Call table. */
#include <R.h>
#include <Rinternals.h>
#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

SEXP stream_open(SEXP, SEXP, SEXP);
SEXP stream_close(SEXP);
SEXP stream_about(SEXP);
SEXP stream_value(SEXP, SEXP);
SEXP stream_save(SEXP, SEXP, SEXP);
SEXP stream_binding(SEXP, SEXP);
SEXP terminal_paste(SEXP);

#define ENTRY(name, args) {#name, (DL_FUNC) & name, args}
static const R_CallMethodDef entries[] = {
    ENTRY(stream_open, 3), ENTRY(stream_close, 1), ENTRY(stream_about, 1),
    ENTRY(stream_value, 2), ENTRY(stream_save, 3), ENTRY(terminal_paste, 1),
    ENTRY(stream_binding, 2),
    {NULL, NULL, 0},
};

attribute_visible void R_init_mrsdeploy(DllInfo *dll) {
  R_registerRoutines(dll, NULL, entries, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
}
