#ifndef FARSIDE_OBJECT_FILE_H
#define FARSIDE_OBJECT_FILE_H

#include <R.h>
#include <Rinternals.h>

SEXP farside_write_object(SEXP path, SEXP value, SEXP limit);
SEXP farside_read_object(SEXP path);

#endif
