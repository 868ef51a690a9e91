/* The end of a worker whose session is no more. */
#ifndef FARSIDE_LEASE_H
#define FARSIDE_LEASE_H

#include <stdint.h>

int lease_begin(const char *dir);
/* When to look next; 0: never. */
int64_t lease_next_look(void);
void lease_look(int64_t now); /* [locked] */

#endif
