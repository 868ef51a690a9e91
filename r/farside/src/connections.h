/* Readers of the journal; nothing here ever blocks. [locked] */
#ifndef FARSIDE_CONNECTIONS_H
#define FARSIDE_CONNECTIONS_H

#include "record.h"

#define MAX_CONNECTIONS 32

/* ---- connections.c ---- */
int connections_listen(const char *dir);
int connections_listener(void);
int connections_epoll(void);
void connections_accept(void);
/* Makes the socket's name again when somebody removed it; looks whenever the helper is awake, which the lease sees to. */
void connections_keep_socket(int64_t now);

void connections_close(int i);
/* In a forked child. */
void connections_abandon(void);
int connections_count(void);
int64_t connections_last_seen(void);
int connections_fd(int i);
/* Tells a connection from a later one in the same slot. */
uint32_t connections_generation(int i);
void connections_attach(int i, int mode, uint64_t cursor);
int connections_wants_write(int i);
void connections_write(int i);

/* ---- receive.c ---- */
void connections_read(int i);

/* ---- send.c ---- */
void connections_push(const struct record_header *header, const struct slice *parts, int count);
/* A transient record to one reader. */
void connections_reply(int i, char type, uint32_t aux, const struct slice *parts, int count);
/* While corked, small records are gathered and go out in one send. */
void connections_cork(int on);
int connections_corked(void);

#endif
