/* What R calls: scan a raw vector or a file, then make the value of it or write it to another file. */
#include "stream.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <R.h>
#include <Rinternals.h>

/* Stack that R takes for each level of a value that it reads. */
#define STACK_A_LEVEL 640

typedef struct {
  stream *s;
  writer *w;
  FILE *out;
} handle;

static void release(SEXP pointer) {
  handle *h = R_ExternalPtrAddr(pointer);
  if (!h) return;
  R_ClearExternalPtr(pointer);
  if (h->w) writer_free(h->w);
  if (h->s) stream_free(h->s);
  if (h->out) fclose(h->out);
  free(h);
}

static handle *handle_of(SEXP pointer) {
  handle *h = R_ExternalPtrAddr(pointer);
  if (!h) refuse("it was closed");
  return h;
}

static const char *const *names_of(SEXP names) {
  R_xlen_t n = XLENGTH(names);
  const char **all = (const char **)R_alloc((size_t)n + 1, sizeof(char *));
  for (R_xlen_t i = 0; i < n; i++) all[i] = CHAR(STRING_ELT(names, i));
  all[n] = NULL;
  return all;
}

/* from: a raw vector or a path. functions: names of R's builtin, then of its special functions. */
SEXP stream_open(SEXP from, SEXP functions, SEXP lenient) {
  SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, from));
  R_RegisterCFinalizerEx(pointer, release, TRUE);
  handle *h = calloc(1, sizeof *h);
  if (!h) refuse("there is no memory to check it");
  R_SetExternalPtrAddr(pointer, h);
  h->s = calloc(1, sizeof *h->s);
  if (!h->s) refuse("there is no memory to check it");
  h->s->lenient = Rf_asLogical(lenient) == TRUE;
  h->s->builtins = names_of(VECTOR_ELT(functions, 0));
  h->s->specials = names_of(VECTOR_ELT(functions, 1));
  if (TYPEOF(from) == RAWSXP) source_open(&h->s->in, RAW(from), (uint64_t)XLENGTH(from), NULL);
  else source_open(&h->s->in, NULL, 0, R_ExpandFileName(Rf_translateChar(STRING_ELT(from, 0))));
  stream_scan(h->s);
  UNPROTECT(1);
  return pointer;
}

SEXP stream_close(SEXP pointer) {
  release(pointer);
  return R_NilValue;
}

static SEXP packages_of(const stream *s) {
  R_xlen_t n = 0;
  for (int64_t i = 0; i < s->n_refs; i++) n += s->refs[i].package != NULL;
  SEXP names = PROTECT(Rf_allocVector(STRSXP, n));
  n = 0;
  for (int64_t i = 0; i < s->n_refs; i++)
    if (s->refs[i].package) {
      SEXP name = Rf_mkChar(s->refs[i].package);
      if (s->refs[i].type == PACKAGE_ITEM && strncmp(CHAR(name), "package:", 8) != 0) name = Rf_mkChar("package:");
      SET_STRING_ELT(names, n++, name);
    }
  UNPROTECT(1);
  return names;
}

/* list(rdata, packages, element, what, rewrite, levels, deepest): what is to be known before the value is made. */
SEXP stream_about(SEXP pointer) {
  const stream *s = handle_of(pointer)->s;
  SEXP about = PROTECT(Rf_allocVector(VECSXP, 7));
  SET_VECTOR_ELT(about, 0, Rf_ScalarLogical(s->rdata));
  SET_VECTOR_ELT(about, 1, packages_of(s));
  SEXP element = Rf_allocVector(REALSXP, (R_xlen_t)s->n_found);
  SET_VECTOR_ELT(about, 2, element);
  SEXP what = Rf_allocVector(STRSXP, (R_xlen_t)s->n_found);
  SET_VECTOR_ELT(about, 3, what);
  for (int64_t i = 0; i < s->n_found; i++) {
    REAL(element)[i] = (double)s->found[i].element;
    SET_STRING_ELT(what, (R_xlen_t)i, Rf_mkChar(s->found[i].what));
  }
  int forced = 0;
  for (int64_t i = 0; i < s->n_edits; i++) forced |= s->edits[i].kind == A_PROMISE && s->edits[i].forced;
  SET_VECTOR_ELT(about, 4, Rf_ScalarLogical(forced));
  SET_VECTOR_ELT(about, 5, Rf_ScalarInteger(s->levels));
  SET_VECTOR_ELT(about, 6, Rf_ScalarInteger(s->deepest));
  UNPROTECT(1);
  return about;
}

static void mark_absent(stream *s, SEXP absent) {
  for (int64_t i = 0; i < s->n_refs; i++) {
    s->refs[i].written = s->refs[i].absent = 0;
    for (R_xlen_t k = 0; s->refs[i].package && k < XLENGTH(absent); k++)
      if (strcmp(s->refs[i].package, CHAR(STRING_ELT(absent, k))) == 0) s->refs[i].absent = 1;
  }
}

/* The pieces of what R is to read: the source as it is when nothing has to be replaced. */
static writer *prepare(handle *h, SEXP absent) {
  if (h->w) writer_free(h->w);
  h->w = calloc(1, sizeof *h->w);
  if (!h->w) refuse("there is no memory to read it");
  h->w->s = h->s;
  mark_absent(h->s, absent);
  if (h->s->n_edits > 0 || XLENGTH(absent) > 0) {
    write_stream(h->w);
  } else {
    writer_start(h->w);
    copy_source(h->w, h->s->in.at, h->s->in.size);
  }
  return h->w;
}

static void in_bytes(R_inpstream_t in, void *into, int n) { writer_read(in->data, into, n < 0 ? 0 : (uint64_t)n); }

static int in_char(R_inpstream_t in) {
  (void)in;
  refuse("it is in R's text format");
}

/* list(value, number of promises that were replaced) */
SEXP stream_value(SEXP pointer, SEXP absent) {
  handle *h = handle_of(pointer);
  writer *w = prepare(h, absent);
  R_CheckStack2((size_t)h->s->deepest * STACK_A_LEVEL);
  struct R_inpstream_st in;
  R_InitInPStream(&in, (R_pstream_data_t)w, R_pstream_any_format, in_char, in_bytes, NULL, R_NilValue);
  SEXP out = PROTECT(Rf_allocVector(VECSXP, 2));
  SET_VECTOR_ELT(out, 0, R_Unserialize(&in));
  SET_VECTOR_ELT(out, 1, Rf_ScalarReal((double)w->replaced));
  UNPROTECT(1);
  return out;
}

static void stop_writing(const char *name) {
  if (errno == ENOSPC) Rf_error("The disk is full: %s could not be written.", name);
  Rf_error("%s: %s", name, strerror(errno));
}

/* Writes it to a file; its size. */
SEXP stream_save(SEXP pointer, SEXP path, SEXP absent) {
  handle *h = handle_of(pointer);
  writer *w = prepare(h, absent);
  const char *name = R_ExpandFileName(Rf_translateChar(STRING_ELT(path, 0)));
  h->out = fopen(name, "wb");
  if (!h->out) Rf_error("%s: %s", name, strerror(errno));
  unsigned char *buffer = (unsigned char *)R_alloc(1 << 16, 1);
  double size = 0;
  while (w->next < w->n_pieces) {
    uint64_t n = w->pieces[w->next].size - w->done;
    if (n > 1 << 16) n = 1 << 16;
    writer_read(w, buffer, n);
    if (fwrite(buffer, 1, (size_t)n, h->out) != n) stop_writing(name);
    size += (double)n;
  }
  FILE *out = h->out;
  h->out = NULL;
  if (fclose(out) != 0) stop_writing(name);
  return Rf_ScalarReal(size);
}
