/* Out-of-band calls. */
#ifndef FARSIDE_CALLS_H
#define FARSIDE_CALLS_H

#include <stddef.h>
#include <stdint.h>

void calls_add(int connection, const uint8_t *payload, size_t size); /* [locked] */
int64_t calls_next_deadline(void);                                   /* [locked]; 0: none */
void calls_expire(int64_t now);                                      /* [locked] */
/* An interrupt goes first: it is the prompt's, and would stop one call after the other. */
int calls_waiting(void);
/* On R's thread, at a prompt, not locked. */
void calls_run(void);
/* A call runs: what R prints is nobody's. */
int calls_capturing(void);

#endif
