/* The journal on disk and the text that is not in it yet. [locked] */
#ifndef FARSIDE_JOURNAL_H
#define FARSIDE_JOURNAL_H

#include "record.h"

/* bound: bytes on disk, 0 for the default. */
int journal_open(const char *dir, uint64_t bound);
/* Nothing more is written. */
void journal_close(void);
uint64_t journal_seq(void);
/* Appends a record and pushes it to readers. 0, or -1 when the disk did not take it. */
int journal_append(char type, uint8_t flag, uint32_t aux, const struct slice *parts, int count);
int journal_note(char type, uint8_t flag, uint32_t aux, const void *bytes, size_t size);
/* Console text of R: kind 'o' or 'e'. */
void journal_text(char kind, const char *bytes, size_t size);
void journal_flush_text(void);
int journal_has_text(void);
/* Tries to write again after the disk was full; 1 when the journal works. */
int journal_recover(void);
int journal_is_full(void);
/* Whether so much would fit, as far as the file system can tell. */
int journal_has_room(size_t bytes);

#endif
