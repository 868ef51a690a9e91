/* Sending to readers. Nothing here ever blocks: a reader that does not keep up is told "lag" and goes on from the
   file, so that the worker keeps at most one partly sent record for it. */
#define _GNU_SOURCE
#include "connection.h"
#include "helper.h"
#include "worker.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Small records of one evaluation are gathered up to this size and go out in one send. */
#define CORK_BYTES 65536
#define CORK_RECORD_BYTES 8192
/* A peer that asks on and on without reading the answers is closed. */
#define MAX_UNREAD_ANSWERS (4u << 20)
#define MAX_PARTS 5

static int corked = 0;

int connections_corked(void) { return corked; }

static void make_room(struct connection *c, size_t size) {
  if (c->out_at + c->out_size + size <= c->out_room) return;
  if (c->out_at > c->out_room / 2) { /* mostly sent: move the rest to the front */
    memmove(c->out, c->out + c->out_at, c->out_size);
    c->out_at = 0;
    if (c->out_size + size <= c->out_room) return;
  }
  size_t room = (c->out_at + c->out_size + size) * 2;
  uint8_t *grown = realloc(c->out, room);
  if (grown == NULL) {
    c->doomed = 1; /* a hole in the stream would be worse than its end */
    return;
  }
  c->out = grown;
  c->out_room = room;
}

static void stash(struct connection *c, const void *bytes, size_t size) {
  make_room(c, size);
  if (c->doomed) return;
  memcpy(c->out + c->out_at + c->out_size, bytes, size);
  c->out_size += size;
}

static void stash_parts(struct connection *c, const struct iovec *v, int count, size_t skip) {
  for (int i = 0; i < count; i++) {
    if (skip >= v[i].iov_len) {
      skip -= v[i].iov_len;
      continue;
    }
    stash(c, (const char *)v[i].iov_base + skip, v[i].iov_len - skip);
    skip = 0;
  }
}

/* 1 when all was sent or a started message was stashed, 0 when nothing was sent. */
static int send_parts(struct connection *c, struct iovec *v, int count) {
  struct msghdr m = {.msg_iov = v, .msg_iovlen = (size_t)count};
  size_t total = 0;
  for (int i = 0; i < count; i++) total += v[i].iov_len;
  ssize_t k;
  do k = sendmsg(c->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (k < 0 && errno == EINTR);
  if (k <= 0) return 0;
  if ((size_t)k < total) {
    stash_parts(c, v, count, (size_t)k);
    helper_wake();
  }
  return 1;
}

void connection_drain(struct connection *c) {
  while (c->out_size > 0) {
    ssize_t k = send(c->fd, c->out + c->out_at, c->out_size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return;
    c->out_at += (size_t)k;
    c->out_size -= (size_t)k;
  }
  c->out_at = 0;
  c->unread_answers = 0;
  if (c->out_room > CORK_BYTES * 2) { /* a large reply is done: give its memory back */
    free(c->out);
    c->out = NULL;
    c->out_room = 0;
  }
}

static void push_one(struct connection *c, struct iovec *v, int count, size_t total) {
  if (corked && total < CORK_RECORD_BYTES && c->out_size + total < CORK_BYTES) {
    stash_parts(c, v, count, 0);
    return;
  }
  if (c->out_size > 0) connection_drain(c);
  if (c->out_size > 0 || !send_parts(c, v, count) || c->out_size > 0) {
    c->lag = LAG_TO_TELL;
    helper_wake();
  }
}

void connections_push(const struct record_header *header, const struct slice *parts, int count) {
  struct iovec v[MAX_PARTS] = {{(void *)header, sizeof *header}};
  size_t total = sizeof *header;
  for (int i = 0; i < count; i++) {
    v[i + 1].iov_base = (void *)parts[i].bytes;
    v[i + 1].iov_len = parts[i].size;
    total += parts[i].size;
  }
  for (int i = 0; i < MAX_CONNECTIONS; i++) {
    struct connection *c = connection_at(i);
    if (c->fd < 0 || c->doomed || c->mode == MODE_NONE || c->lag != FOLLOWS) continue;
    if (c->mode == MODE_CONTROL && record_is_output(header->type)) continue;
    push_one(c, v, count + 1, total);
  }
}

void connections_cork(int on) {
  corked = on;
  if (on) return;
  for (int i = 0; i < MAX_CONNECTIONS; i++) {
    struct connection *c = connection_at(i);
    if (c->fd < 0 || c->out_size == 0) continue;
    connection_drain(c);
    if (c->out_size > 0) helper_wake();
  }
}

void connections_reply(int i, char type, uint32_t aux, const struct slice *parts, int count) {
  struct connection *c = connection_at(i);
  if (c->fd < 0 || c->doomed) return;
  struct record_header h = {.type = (uint8_t)type, .aux = aux, .version = RECORD_VERSION, .time = clock_wall_us()};
  struct iovec v[MAX_PARTS] = {{&h, sizeof h}};
  for (int k = 0; k < count; k++) {
    h.len += (uint32_t)parts[k].size;
    v[k + 1].iov_base = (void *)parts[k].bytes;
    v[k + 1].iov_len = parts[k].size;
  }
  if (!corked && c->out_size == 0 && send_parts(c, v, count + 1)) return;
  stash_parts(c, v, count + 1, 0);
  if (type != 'R') c->unread_answers += sizeof h + h.len;
  if (c->unread_answers > MAX_UNREAD_ANSWERS) c->doomed = 1;
  if (!corked || c->doomed) helper_wake();
}
