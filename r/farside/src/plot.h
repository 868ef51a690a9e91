/* Plots: a graphics device that draws nothing, and the store of its pages beside the journal. */
#ifndef FARSIDE_PLOT_H
#define FARSIDE_PLOT_H

#include <R.h>
#include <Rinternals.h>

/* Tells readers about a page: one JSON object, not kept after the call. */
typedef void (*plot_announce)(const char *json);

/* Called once by the worker's start, before R code runs: who is told about pages. NULL tells nobody. */
void plots_announce_to(plot_announce announce);
/* Right before R waits for input: open pages that were drawn on are stored. */
void plots_at_prompt(void);
/* Before the session's last record: the same, and nothing is stored afterwards. */
void plots_at_end(void);

/* The store (plot_store.c). A page number below 1 asks for the next free one. */
int plot_store_open(void);
int plot_store_put(SEXP snapshot, int page, int revision, double operations);

/* .Call entries: see R/plots.R. */
SEXP farside_plot_store(SEXP directory, SEXP limit, SEXP record);
SEXP farside_plot_adopt(void);
SEXP farside_plot_flush(void);

#endif
