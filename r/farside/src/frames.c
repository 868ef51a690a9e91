/* Frames from readers: protocol/src/worker.ts. A frame that makes no sense closes its connection, nothing else. */
#include "calls.h"
#include "connections.h"
#include "ending.h"
#include "frames.h"
#include "group.h"
#include "inputs.h"
#include "journal.h"
#include "record.h"
#include "workspace.h"
#include <string.h>

/* More is taken for this: a day. */
#define MAX_GRACE_MS (24 * 60 * 60 * 1000)
#define END_SAVE_WORKSPACE 1

static uint32_t u32(const uint8_t *p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static int grace(uint32_t ms) { return ms < MAX_GRACE_MS ? (int)ms : MAX_GRACE_MS; }

static int attach(int connection, const uint8_t *p, size_t size) {
  uint64_t cursor;
  if (size != 9 || p[0] > 2) return -1;
  memcpy(&cursor, p + 1, sizeof cursor);
  connections_attach(connection, p[0], cursor);
  return 0;
}

int frame_handle(int connection, char type, const uint8_t *p, size_t size) {
  switch (type) {
  case 'A':
    return attach(connection, p, size);
  case 'L':
    if (size < INPUT_ID_BYTES + 5 || u32(p + INPUT_ID_BYTES + 1) > size - INPUT_ID_BYTES - 5) return -1;
    inputs_accept(connection, p, size);
    return 0;
  case 'I':
    if (size != 1 || p[0] < 1 || p[0] > 2) return -1;
    journal_flush_text();
    inputs_discard('i');
    group_interrupt(p[0]);
    return 0;
  case 'Z':
    ending_set_eof();
    return 0;
  case 'E':
    /* Flags since protocol 2; unknown ones are for later workers. */
    if (size != 4 && size != 5) return -1;
    if (size == 5 && (p[4] & END_SAVE_WORKSPACE)) workspace_want();
    ending_begin("asked", "The session was ended on request.", grace(u32(p)));
    return 0;
  case 'X':
    if (size < 8) return -1;
    calls_add(connection, p, size);
    return 0;
  default:
    return -1;
  }
}
