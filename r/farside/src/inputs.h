/* The queue of inputs. [locked] */
#ifndef FARSIDE_INPUTS_H
#define FARSIDE_INPUTS_H

#include <stddef.h>
#include <stdint.h>

void inputs_accept(int connection, const uint8_t *payload, size_t size);
/* reason: 'i' interrupt, 'e' the session ended. */
void inputs_discard(char reason);
/* Journals what was discarded while the disk was full; 0 when all is. */
int inputs_settle(void);
int inputs_waiting(void);
/* Copies the next line or chunk into buf as R's own console would, and journals that it was read. 1: it did; 0: the end
   of input; -1: not while the disk is full. */
int inputs_take(const char *prompt, int prompt_shown, char kind, char *buf, int len);

#endif
