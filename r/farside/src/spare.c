/* What a launcher does before it executes R, for an R that runs already. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <R.h>
#include <Rinternals.h>

#define KIB 1024

/* Soft and hard, in whole KiB like the shell's ulimit. A limit that could not be applied is an error. */
SEXP farside_limit_memory(SEXP bytes) {
  rlim_t wanted = (rlim_t)(Rf_asReal(bytes) / KIB) * KIB;
  struct rlimit limit = {wanted, wanted};
  if (setrlimit(RLIMIT_AS, &limit) != 0) Rf_error("the memory limit can not be applied: %s", strerror(errno));
  return R_NilValue;
}
