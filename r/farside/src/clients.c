/* The highest counter of each client that ever sent an input: a repeat is known as long as the session lives, however
   many clients came and went. Without a bound of its own, since an entry is smaller than the record of its client's
   first input, which the journal keeps, too. */
#include "clients.h"
#include <stdlib.h>

#define FIRST_ROOM 64
/* Refusals still to be told from inputs that were taken, when their answer was lost and they come again. */
#define REFUSALS 256

struct client {
  uint64_t id;
  uint32_t counter; /* 0: a free place */
};

/* Open addressing; `room` is a power of two. */
static struct client *table = NULL;
static size_t room = 0, count = 0;
static struct client refusals[REFUSALS];
static unsigned next_refusal = 0;

static struct client *place(struct client *in, size_t size, uint64_t id) {
  size_t at = (size_t)((id * 0x9E3779B97F4A7C15ULL) >> 32) & (size - 1);
  while (in[at].counter != 0 && in[at].id != id) at = (at + 1) & (size - 1);
  return &in[at];
}

int clients_reserve(void) {
  if (2 * (count + 1) <= room) return 0;
  size_t more = room ? room * 2 : FIRST_ROOM;
  struct client *grown = calloc(more, sizeof *grown);
  if (grown == NULL) return -1;
  for (size_t i = 0; i < room; i++)
    if (table[i].counter) *place(grown, more, table[i].id) = table[i];
  free(table);
  table = grown;
  room = more;
  return 0;
}

static struct client *refusal(uint64_t client, uint32_t counter) {
  for (int i = 0; i < REFUSALS; i++)
    if (refusals[i].counter == counter && refusals[i].id == client) return &refusals[i];
  return NULL;
}

int clients_look(uint64_t client, uint32_t counter) {
  if (counter == 0) return INPUT_REFUSED; /* they count from 1 */
  if (room == 0 || place(table, room, client)->counter < counter) return INPUT_NEW;
  return refusal(client, counter) ? INPUT_REFUSED : INPUT_TAKEN;
}

void clients_note_taken(uint64_t client, uint32_t counter) {
  struct client *c = place(table, room, client), *refused = refusal(client, counter);
  if (c->counter == 0) count++;
  *c = (struct client){client, counter};
  if (refused) refused->counter = 0;
}

void clients_note_refused(uint64_t client, uint32_t counter) {
  if (counter == 0 || refusal(client, counter)) return;
  refusals[next_refusal++ % REFUSALS] = (struct client){client, counter};
}
