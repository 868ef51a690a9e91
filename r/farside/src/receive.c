/* Receiving from readers: cuts their bytes into frames. */
#define _GNU_SOURCE
#include "connection.h"
#include "frames.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define READ_BYTES 65536
#define FRAME_HEADER_BYTES 5

static int room_to_read(struct connection *c) {
  if (c->in_room - c->in_size >= READ_BYTES) return 0;
  size_t room = c->in_room * 2 + READ_BYTES * 2;
  uint8_t *grown = realloc(c->in, room);
  if (grown == NULL) return -1;
  c->in = grown;
  c->in_room = room;
  return 0;
}

/* Handles the whole frames that are there; -1 when the peer is not one of ours. */
static int take_frames(int i) {
  struct connection *c = connection_at(i);
  size_t at = 0;
  while (c->in_size - at >= FRAME_HEADER_BYTES) {
    uint32_t size;
    memcpy(&size, c->in + at, sizeof size);
    if (size > MAX_FRAME_PAYLOAD) return -1;
    if (c->in_size - at < FRAME_HEADER_BYTES + (size_t)size) break;
    if (frame_handle(i, (char)c->in[at + 4], c->in + at + FRAME_HEADER_BYTES, size) < 0 || c->doomed) return -1;
    at += FRAME_HEADER_BYTES + (size_t)size;
  }
  memmove(c->in, c->in + at, c->in_size - at);
  c->in_size -= at;
  if (c->in_size == 0 && c->in_room > 4 * READ_BYTES) { /* a large input is done: give its memory back */
    free(c->in);
    c->in = NULL;
    c->in_room = 0;
  }
  return 0;
}

void connections_read(int i) {
  struct connection *c = connection_at(i);
  for (;;) {
    if (room_to_read(c) < 0) break;
    ssize_t k = recv(c->fd, c->in + c->in_size, c->in_room - c->in_size, MSG_DONTWAIT);
    if (k < 0 && errno == EINTR) continue;
    if (k < 0 && errno == EAGAIN) return;
    if (k <= 0) break;
    c->in_size += (size_t)k;
    if (take_frames(i) < 0) break;
    if (k < READ_BYTES) return;
  }
  connections_close(i);
}
