/*
 * While there is a remote session, pasted lines must come one by one: a pasted block may switch between the two R, and
 * what the line editor hands over as a whole would all go to one of them. GNU readline does that unless its bracketed
 * paste is off. It is asked for by name: R may have been built without it, and this package does not link to it.
 */
#ifndef _WIN32
#define _GNU_SOURCE
#include <dlfcn.h>
#endif
#include <Rinternals.h>

/* on: whether a pasted block comes as a whole. Gives whether it did before, or NA where nobody knows. */
SEXP terminal_paste(SEXP on) {
#ifndef _WIN32
  typedef char *(*Value)(const char *);
  typedef int (*Bind)(const char *, const char *);
  void *all = dlopen(NULL, RTLD_LAZY);
  if (all == NULL) return ScalarLogical(NA_LOGICAL);
  /* A pointer to a function can not be converted from one to data in plain C: copied instead. */
  Value value = NULL;
  Bind bind = NULL;
  *(void **)&value = dlsym(all, "rl_variable_value");
  *(void **)&bind = dlsym(all, "rl_variable_bind");
  const char *before = value == NULL ? NULL : value("enable-bracketed-paste");
  SEXP was = ScalarLogical(before == NULL ? NA_LOGICAL : before[0] == 'o' && before[1] == 'n');
  if (before != NULL && bind != NULL) bind("enable-bracketed-paste", asLogical(on) == TRUE ? "on" : "off");
  dlclose(all);
  return was;
#else
  return ScalarLogical(NA_LOGICAL);
#endif
}
