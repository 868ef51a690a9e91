/* Every way a session ends. */
#ifndef FARSIDE_ENDING_H
#define FARSIDE_ENDING_H

#include <stdint.h>

void ending_install(void);
int ending_started(void);
int ending_eof(void);
void ending_set_eof(void); /* [locked] */
/* R saw the end of input at top level. */
void ending_eof_taken(void);
void ending_begin(const char *cause, const char *message, int grace_ms); /* [locked] */
void ending_check_terminated(void);                                      /* [locked] */
/* R asks for input: an end that was only under way is not. */
void ending_at_prompt(void);
void ending_deadline(int64_t at, const char *cause, const char *message);
int64_t ending_deadline_at(void);
/* The end of the ladder: never returns. */
void ending_kill(void);
/* Writes the last record; 1: written. */
int ending_final(const char *cause, const char *message, int status, const char *signal, const char *calls);

#endif
