/* One reader: shared by connections.c (who is there), send.c and receive.c. [locked] */
#ifndef FARSIDE_CONNECTION_H
#define FARSIDE_CONNECTION_H

#include "connections.h"

enum { MODE_NONE = 0, MODE_CONTROL = 1, MODE_ALL = 2 };
enum { FOLLOWS = 0, LAG_TO_TELL = 1, LAG_TOLD = 2 };

struct connection {
  int fd;
  int mode;
  int lag;
  /* To be closed when nobody works on it any more. */
  int doomed;
  uint32_t generation;
  uint8_t *in;
  size_t in_size, in_room;
  /* Bytes not sent yet: out_size of them from out + out_at. */
  uint8_t *out;
  size_t out_at, out_size, out_room;
  /* Of these, answers to frames since the last time all was sent. */
  size_t unread_answers;
};

struct connection *connection_at(int i);
/* Sends what is waiting, as far as the socket takes it. */
void connection_drain(struct connection *c);

#endif
