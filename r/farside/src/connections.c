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
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SEND_BUFFER (1 << 20)
/* Connections that may wait while the helper has other things to do: one more would be refused. */
#define BACKLOG 512
/* A cleaner of old temporary files may remove the socket's name, and nobody finds us any more. */
#define LOOK_MS 3000

static struct connection all[MAX_CONNECTIONS];
static int listener = -1, epoll = -1, directory = -1;
/* The socket's file, to see whether it is still there; and when to look. */
static ino_t socket_file = 0;
static int64_t look_at = 0;
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

/* A listening socket under its name; -1 with errno. */
static int make_listener(void) {
  struct stat info;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  /* Through /proc, so that the 107 bytes a socket's path may have are always enough. */
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/ctl.sock.new", directory);
  unlinkat(directory, "ctl.sock.new", 0);
  /* Under its name only when it listens: whoever sees it can connect. */
  if (bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, BACKLOG) == 0 &&
      renameat(directory, "ctl.sock.new", directory, "ctl.sock") == 0 &&
      fstatat(directory, "ctl.sock", &info, AT_SYMLINK_NOFOLLOW) == 0) {
    socket_file = info.st_ino;
    return fd;
  }
  close(fd);
  return -1;
}

int connections_listen(const char *dir) {
  for (int i = 0; i < MAX_CONNECTIONS; i++) all[i].fd = -1;
  last_seen = clock_ms();
  look_at = last_seen + LOOK_MS;
  epoll = epoll_create1(EPOLL_CLOEXEC);
  directory = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (epoll < 0 || directory < 0) return -1;
  listener = make_listener();
  return listener < 0 ? -1 : 0;
}

void connections_keep_socket(int64_t now) {
  struct stat info;
  if (now < look_at) return;
  look_at = now + LOOK_MS;
  if (fstatat(directory, "ctl.sock", &info, AT_SYMLINK_NOFOLLOW) == 0 && info.st_ino == socket_file) return;
  connections_accept(); /* who came before it was gone */
  int fd = make_listener();
  if (fd < 0) return; /* the directory is gone or full: tried again */
  close(listener);
  listener = fd;
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
