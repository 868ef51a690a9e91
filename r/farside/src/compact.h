/* What is kept of segments whose output goes. */
#ifndef FARSIDE_COMPACT_H
#define FARSIDE_COMPACT_H

#include <stdint.h>

/* The file it writes, beside the segments and ignored by readers. */
#define COMPACT_FILE "journal/retention.new"

enum { COMPACTED = 0, COMPACT_FAILED = -1, COMPACT_DAMAGED = -2 };

/* Writes what is kept of adjacent segments, named by their first numbers, to COMPACT_FILE; its size goes to *size.
   Only files are touched: no lock is needed. */
int compact_segments(int dir, const uint64_t *firsts, int count, uint64_t *size);

#endif
