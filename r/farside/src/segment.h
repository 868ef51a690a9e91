/* Segments of the journal are named by their first sequence number, 16 hex digits. */
#ifndef FARSIDE_SEGMENT_H
#define FARSIDE_SEGMENT_H

#include <stdint.h>
#include <stdio.h>

#define SEGMENT_NAME_BYTES 32

/* Relative to the session directory. */
static inline void segment_name(char name[SEGMENT_NAME_BYTES], uint64_t first) {
  snprintf(name, SEGMENT_NAME_BYTES, "journal/%016llx", (unsigned long long)first);
}

#endif
