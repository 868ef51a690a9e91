/* Readers of the journal, on a Unix socket. A reader that does not keep up is told "lag" and goes on from the file:
   the worker never waits for anybody and keeps at most one partly sent message for each. */
#define _GNU_SOURCE
#include "farside.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define SEND_BUFFER (1 << 20)
/* Small records of one evaluation are gathered up to this size and go out in one send. */
#define CORK_BYTES 65536
#define CORK_RECORD_BYTES 8192
#define READ_BYTES 65536

enum { MODE_NONE = 0, MODE_CONTROL = 1, MODE_ALL = 2 };
enum { FOLLOWS = 0, LAG_TO_TELL = 1, LAG_TOLD = 2 };

struct connection {
  int fd;
  int mode;
  int lag;
  uint32_t generation;
  uint8_t *in;
  size_t in_size, in_room;
  uint8_t *out;
  size_t out_size, out_room;
};

static struct connection all[MAX_CONNECTIONS];
static int listener = -1, epoll = -1, corked = 0;
static uint32_t generations = 0;
static int64_t last_seen = 0;

int connections_listener(void) { return listener; }
int connections_epoll(void) { return epoll; }
int connections_fd(int i) { return all[i].fd; }
int connections_wants_write(int i) { return all[i].out_size > 0; }
uint32_t connections_generation(int i) { return all[i].generation; }
int64_t connections_last_seen(void) { return last_seen; }
int connections_corked(void) { return corked; }

int connections_count(void) {
  int n = 0;
  for (int i = 0; i < MAX_CONNECTIONS; i++) n += all[i].fd >= 0;
  return n;
}

int connections_listen(const char *dir) {
  for (int i = 0; i < MAX_CONNECTIONS; i++) all[i].fd = -1;
  last_seen = clock_ms();
  epoll = epoll_create1(EPOLL_CLOEXEC);
  listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int d = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (epoll < 0 || listener < 0 || d < 0) return -1;
  /* Through /proc, so that the 107 bytes a socket's path may have are always enough. */
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/ctl.sock", d);
  unlinkat(d, "ctl.sock", 0);
  int ok = bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, MAX_CONNECTIONS) == 0;
  close(d);
  return ok ? 0 : -1;
}

void connections_accept(void) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  struct ucred peer;
  socklen_t size = sizeof peer;
  /* The directory's rights keep others out; this holds also if they were changed. */
  int known = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == geteuid() || peer.uid == 0);
  int i = 0;
  while (i < MAX_CONNECTIONS && all[i].fd >= 0) i++;
  if (!known || i == MAX_CONNECTIONS) {
    close(fd);
    return;
  }
  int buffer = SEND_BUFFER;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  all[i].fd = fd;
  all[i].generation = ++generations;
  struct epoll_event e = {.events = EPOLLIN};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

void connections_close(int i) {
  struct connection *c = &all[i];
  if (c->fd >= 0) close(c->fd);
  free(c->in);
  free(c->out);
  memset(c, 0, sizeof *c);
  c->fd = -1;
  last_seen = clock_ms();
}

/* ---- sending ---- */

static int stash(struct connection *c, const void *bytes, size_t size) {
  if (c->out_size + size > c->out_room) {
    size_t room = (c->out_size + size) * 2;
    uint8_t *grown = realloc(c->out, room);
    if (grown == NULL) return -1;
    c->out = grown;
    c->out_room = room;
  }
  memcpy(c->out + c->out_size, bytes, size);
  c->out_size += size;
  return 0;
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

static void drain_out(struct connection *c) {
  while (c->out_size > 0) {
    ssize_t k = send(c->fd, c->out, c->out_size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) break;
    memmove(c->out, c->out + k, c->out_size - (size_t)k);
    c->out_size -= (size_t)k;
  }
}

static int is_output(uint8_t type) { return type == 'o' || type == 'e' || type == 'c' || type == 'd'; }

static void push_one(struct connection *c, struct iovec *v, int count, size_t total) {
  if (corked && total < CORK_RECORD_BYTES && c->out_size + total < CORK_BYTES) {
    stash_parts(c, v, count, 0);
    return;
  }
  if (c->out_size > 0) drain_out(c);
  if (c->out_size > 0 || !send_parts(c, v, count) || c->out_size > 0) {
    c->lag = LAG_TO_TELL;
    helper_wake();
  }
}

void connections_push(const struct record_header *header, const struct slice *parts, int count) {
  struct iovec v[5] = {{(void *)header, sizeof *header}};
  size_t total = sizeof *header;
  for (int i = 0; i < count; i++) {
    v[i + 1].iov_base = (void *)parts[i].bytes;
    v[i + 1].iov_len = parts[i].size;
    total += parts[i].size;
  }
  for (int i = 0; i < MAX_CONNECTIONS; i++) {
    struct connection *c = &all[i];
    if (c->fd < 0 || c->mode == MODE_NONE || c->lag != FOLLOWS) continue;
    if (c->mode == MODE_CONTROL && is_output(header->type)) continue;
    push_one(c, v, count + 1, total);
  }
}

void connections_cork(int on) {
  corked = on;
  if (on) return;
  for (int i = 0; i < MAX_CONNECTIONS; i++)
    if (all[i].fd >= 0 && all[i].out_size > 0) {
      drain_out(&all[i]);
      if (all[i].out_size > 0) helper_wake();
    }
}

void connections_reply(int i, char type, uint32_t aux, const struct slice *parts, int count) {
  struct connection *c = &all[i];
  if (c->fd < 0) return;
  struct record_header h = {.type = (uint8_t)type, .aux = aux, .version = RECORD_VERSION, .time = clock_wall_us()};
  struct iovec v[5] = {{&h, sizeof h}};
  for (int k = 0; k < count; k++) {
    h.len += (uint32_t)parts[k].size;
    v[k + 1].iov_base = (void *)parts[k].bytes;
    v[k + 1].iov_len = parts[k].size;
  }
  if (c->out_size > 0 || !send_parts(c, v, count + 1)) {
    stash_parts(c, v, count + 1, 0);
    helper_wake();
  }
}

static void tell(int i, char type) {
  uint64_t last = journal_seq();
  struct slice s = {&last, sizeof last};
  connections_reply(i, type, 0, &s, 1);
}

void connections_attach(int i, int mode, uint64_t cursor) {
  journal_flush_text();
  all[i].mode = mode;
  /* Live only when the reader has everything; otherwise it reads the file and asks again. */
  all[i].lag = mode == MODE_ALL && cursor != journal_seq() ? LAG_TOLD : FOLLOWS;
  tell(i, all[i].lag == FOLLOWS ? 'v' : 'l');
}

void connections_write(int i) {
  drain_out(&all[i]);
  if (all[i].out_size == 0 && all[i].lag == LAG_TO_TELL) {
    all[i].lag = LAG_TOLD;
    tell(i, 'l');
  }
}

/* ---- receiving ---- */

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
  struct connection *c = &all[i];
  size_t at = 0;
  while (c->in_size - at >= 5) {
    uint32_t size;
    memcpy(&size, c->in + at, 4);
    if (size > MAX_FRAME_PAYLOAD) return -1;
    if (c->in_size - at < 5 + (size_t)size) break;
    if (frame_handle(i, (char)c->in[at + 4], c->in + at + 5, size) < 0) return -1;
    at += 5 + (size_t)size;
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
  struct connection *c = &all[i];
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
