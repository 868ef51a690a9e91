/* What front-ends show in windows. */
#ifndef FARSIDE_FRONTEND_H
#define FARSIDE_FRONTEND_H

#include <Rinternals.h>

SEXP farside_show(SEXP json);
SEXP farside_frontend(SEXP functions);

#endif
