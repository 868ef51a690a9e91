/* A record, on disk and on the socket: protocol/src/record.ts. */
#ifndef FARSIDE_RECORD_H
#define FARSIDE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define RECORD_VERSION 1
#define MAX_PAYLOAD (256u * 1024u)
/* Client u64 and counter u32 at the start of an input: protocol/src/payloads.ts. */
#define INPUT_ID_BYTES 12

struct record_header {
  uint32_t len, crc;
  uint64_t seq, time;
  uint8_t type, flag;
  uint16_t version;
  uint32_t aux;
} __attribute__((packed));

/* A part of a payload. */
struct slice {
  const void *bytes;
  size_t size;
};

/* Text of R and of its children: the only records that are ever cut, and those a control reader does not want. */
static inline int record_is_output(uint8_t type) { return type == 'o' || type == 'e' || type == 'c' || type == 'd'; }

uint32_t crc32_update(uint32_t crc, const void *bytes, size_t size);

#endif
