/* Ways to misbehave, for the tests: to die, to be deaf, to print behind R's back. */
#include "worker.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <R.h>
#include <Rinternals.h>

SEXP farside_test_signal(SEXP sig) {
  volatile uintptr_t nowhere = 8;
  if (Rf_asInteger(sig) == SIGSEGV) *(volatile int *)nowhere = 1;
  raise(Rf_asInteger(sig));
  return R_NilValue;
}

/* C code that takes all the memory it can get and does not cope with the end of it. */
SEXP farside_test_exhaust(void) {
  for (size_t size = (size_t)16 << 20; size >= 4096; size /= 2)
    while (malloc(size)) {
    }
  raise(SIGABRT); /* what abort() does, which R CMD check takes for an end of R by mistake */
  return R_NilValue;
}

/* A C loop that never looks for interrupts, and C-level printf. */
SEXP farside_test_spin(SEXP seconds) {
  int64_t end = clock_ms() + (int64_t)(Rf_asReal(seconds) * 1000);
  volatile double x = 0;
  while (clock_ms() < end)
    for (int i = 0; i < 100000; i++) x += i;
  return R_NilValue;
}

SEXP farside_test_print(SEXP n) {
  for (int i = 0; i < Rf_asInteger(n); i++) {
    /* On purpose not R's: what a C library prints. */
    dprintf(1, "c%d\n", i);
  }
  return R_NilValue;
}
