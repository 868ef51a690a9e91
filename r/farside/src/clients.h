/* Which inputs of which client were taken. [locked] */
#ifndef FARSIDE_CLIENTS_H
#define FARSIDE_CLIENTS_H

#include <stdint.h>

enum { INPUT_NEW, INPUT_TAKEN, INPUT_REFUSED };

/* Whether an input came before, and what became of it. */
int clients_look(uint64_t client, uint32_t counter);
/* Makes sure that the next note has room; -1 when there is no memory. */
int clients_reserve(void);
void clients_note_taken(uint64_t client, uint32_t counter);
/* A refusal is final once a later input of the client was taken. */
void clients_note_refused(uint64_t client, uint32_t counter);

#endif
