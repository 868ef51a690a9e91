/* Who reads the journal, on a Unix socket: accepting, attaching, closing. */
#define _GNU_SOURCE
#include "connection.h"
#include "journal.h"
#include "worker.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SEND_BUFFER (1 << 20)
/* Connections that may wait while the helper has other things to do: one more would be refused. */
#define BACKLOG 512

static struct connection all[MAX_CONNECTIONS];
static int listener = -1, epoll = -1;
static uint32_t generations = 0;
static int64_t last_seen = 0;

struct connection *connection_at(int i) { return &all[i]; }
int connections_listener(void) { return listener; }
int connections_epoll(void) { return epoll; }
int connections_fd(int i) { return all[i].fd; }
int connections_wants_write(int i) { return all[i].out_size > 0; }
uint32_t connections_generation(int i) { return all[i].generation; }
int64_t connections_last_seen(void) { return last_seen; }

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
  snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/ctl.sock.new", d);
  unlinkat(d, "ctl.sock.new", 0);
  /* Under its name only when it listens: whoever sees it can connect. */
  int ok = bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, BACKLOG) == 0 &&
           renameat(d, "ctl.sock.new", d, "ctl.sock") == 0;
  close(d);
  return ok ? 0 : -1;
}

/* The directory's rights keep others out; this holds also if they were changed. */
static int is_allowed(int fd) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return 0;
  return peer.uid == geteuid() || peer.uid == 0;
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

/* Closes those whose peer has gone: nothing was read from them since. */
static void reap(void) {
  char byte;
  for (int i = 0; i < MAX_CONNECTIONS; i++)
    if (all[i].fd >= 0 && recv(all[i].fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) connections_close(i);
}

static int free_slot(void) {
  for (int i = 0; i < MAX_CONNECTIONS; i++)
    if (all[i].fd < 0) return i;
  return -1;
}

static int accept_one(void) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return 0;
  if (free_slot() < 0) reap();
  int i = free_slot();
  if (i < 0 || !is_allowed(fd)) {
    close(fd);
    return 1;
  }
  int buffer = SEND_BUFFER;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  all[i].fd = fd;
  all[i].generation = ++generations;
  struct epoll_event e = {.events = EPOLLIN};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
  return 1;
}

void connections_accept(void) {
  while (accept_one()) {
  }
}

/* A child must not keep them open when the worker is gone; nothing is unregistered, that is the worker's. */
void connections_abandon(void) {
  for (int i = 0; i < MAX_CONNECTIONS; i++) {
    if (all[i].fd >= 0) close(all[i].fd);
    all[i].fd = -1;
  }
  close(listener);
  close(epoll);
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
  connection_drain(&all[i]);
  if (all[i].out_size == 0 && all[i].lag == LAG_TO_TELL) {
    all[i].lag = LAG_TOLD;
    tell(i, 'l');
  }
  if (all[i].doomed) connections_close(i);
}
