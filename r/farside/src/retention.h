/* The journal's bound: the oldest output goes when the segments are larger together. */
#ifndef FARSIDE_RETENTION_H
#define FARSIDE_RETENTION_H

#include <stdint.h>

/* Bytes; 0: none. Gives the size at which a segment is closed. */
uint64_t retention_start(int dir, uint64_t bound);
/* A segment was closed, with so much output among its bytes. [locked] */
void retention_closed(uint64_t first, uint64_t bytes, uint64_t output);
/* When there is something to do, in the clock of clock_ms(); 0: nothing. [locked] */
int64_t retention_at(void);
/* Compacts one segment when it is time. Of the helper thread; not locked, since it reads and writes files. */
void retention_turn(void);

#endif
