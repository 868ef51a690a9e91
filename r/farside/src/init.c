/* The .Call table. */
#include "frontend.h"
#include "object_file.h"
#include "plot.h"
#include <R.h>
#include <Rinternals.h>
#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

SEXP farside_start(SEXP, SEXP, SEXP, SEXP);
SEXP farside_is_worker(void);
SEXP farside_memory_limit(void);
SEXP farside_limit_memory(SEXP);
SEXP farside_before_prompt(SEXP);
SEXP farside_continue_file(SEXP, SEXP);
SEXP farside_set_menu_test(SEXP);
SEXP farside_set_evaluator(SEXP);
SEXP farside_set_describer(SEXP);
SEXP farside_set_args(SEXP);
SEXP farside_set_saver(SEXP);
SEXP farside_is_promise(SEXP, SEXP);
SEXP farside_watch_libraries(SEXP, SEXP);
SEXP farside_copy_tree(SEXP, SEXP);
SEXP farside_find_lost(SEXP, SEXP);
SEXP stream_open(SEXP, SEXP, SEXP);
SEXP stream_close(SEXP);
SEXP stream_about(SEXP);
SEXP stream_value(SEXP, SEXP);
SEXP stream_save(SEXP, SEXP, SEXP);
SEXP stream_binding(SEXP, SEXP);
SEXP farside_test_signal(SEXP);
SEXP farside_test_exhaust(void);
SEXP farside_test_spin(SEXP);
SEXP farside_test_print(SEXP);

#define ENTRY(name, args) {#name, (DL_FUNC) & name, args}
static const R_CallMethodDef entries[] = {
    ENTRY(farside_start, 4),
    ENTRY(farside_continue_file, 2),
    ENTRY(farside_memory_limit, 0),
    ENTRY(farside_limit_memory, 1),
    ENTRY(farside_is_worker, 0),
    ENTRY(farside_set_menu_test, 1),
    ENTRY(farside_set_evaluator, 1),
    ENTRY(farside_set_describer, 1),
    ENTRY(farside_before_prompt, 1),
    ENTRY(farside_set_args, 1),
    ENTRY(farside_set_saver, 1),
    ENTRY(farside_is_promise, 2),
    ENTRY(farside_show, 1),
    ENTRY(farside_frontend, 1),
    ENTRY(farside_watch_libraries, 2),
    ENTRY(farside_copy_tree, 2),
    ENTRY(farside_find_lost, 2),
    ENTRY(farside_write_object, 3),
    ENTRY(farside_read_object, 1),
    ENTRY(farside_plot_store, 3),
    ENTRY(farside_plot_adopt, 0),
    ENTRY(farside_plot_flush, 0),
    ENTRY(stream_open, 3),
    ENTRY(stream_close, 1),
    ENTRY(stream_about, 1),
    ENTRY(stream_value, 2),
    ENTRY(stream_save, 3),
    ENTRY(stream_binding, 2),
    ENTRY(farside_test_signal, 1),
    ENTRY(farside_test_exhaust, 0),
    ENTRY(farside_test_spin, 1),
    ENTRY(farside_test_print, 1),
    {NULL, NULL, 0},
};

attribute_visible void R_init_farside(DllInfo *dll) {
  R_registerRoutines(dll, NULL, entries, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
}
