/* JSON without allocating. */
#ifndef FARSIDE_JSON_H
#define FARSIDE_JSON_H

#include <stddef.h>

/* With quotes, cut when room is short. */
size_t json_string(char *out, size_t room, const char *text);

#endif
