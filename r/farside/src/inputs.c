/* Inputs: journaled and acknowledged before R reads them, never taken twice, handed to R line by line. */
#include "clients.h"
#include "connections.h"
#include "ending.h"
#include "frames.h"
#include "helper.h"
#include "inputs.h"
#include "journal.h"
#include "record.h"
#include "worker.h"
#include <stdlib.h>
#include <string.h>

/* Not read yet, of all clients together. */
#define MAX_QUEUED_BYTES (4 * (size_t)MAX_INPUT_BYTES)

#define INPUT_FIXED (INPUT_ID_BYTES + 5)
struct input {
  struct input *next;
  uint8_t id[INPUT_ID_BYTES];
  uint8_t flag;
  char dropped; /* not 0: R does not read it; it goes when the journal has taken that, with this reason */
  char *display; /* shown instead of the text, with a newline; may be NULL */
  size_t display_size;
  size_t size, taken;
  char text[];
};
static struct input *first = NULL, *last = NULL;
static size_t queued_bytes = 0;

static void answer(int connection, char type, uint32_t aux, const uint8_t *id, const char *reason) {
  struct slice s[2] = {{id, INPUT_ID_BYTES}, {reason, strlen(reason)}};
  connections_reply(connection, type, aux, s, 2);
}

/* Parts of at most MAX_PAYLOAD; aux 1: more parts follow. *begun: some of them were written. */
static int journal_input(const uint8_t *payload, size_t size, int *begun) {
  uint32_t display;
  memcpy(&display, payload + INPUT_ID_BYTES + 1, sizeof display);
  if (size <= MAX_PAYLOAD) return journal_note('A', payload[INPUT_ID_BYTES], 0, payload, size);
  if (!journal_has_room(size)) return -1;
  uint8_t head[INPUT_FIXED] = {0};
  memcpy(head, payload, INPUT_ID_BYTES + 1);
  size_t at = INPUT_FIXED + display, room = MAX_PAYLOAD - INPUT_FIXED;
  while (at < size) {
    size_t k = size - at < room ? size - at : room;
    struct slice s[2] = {{head, INPUT_FIXED}, {payload + at, k}};
    at += k;
    if (journal_append('A', head[INPUT_ID_BYTES], at < size, s, 2) < 0) return -1;
    *begun = 1;
  }
  return 0;
}

static struct input *make(const uint8_t *p, size_t size) {
  uint32_t display;
  memcpy(&display, p + INPUT_ID_BYTES + 1, sizeof display);
  size_t text = size - INPUT_FIXED - display;
  struct input *in = calloc(1, sizeof *in + text + 1);
  char *shown = display ? malloc(display + 1) : NULL;
  if (in == NULL || (display && shown == NULL)) {
    free(in);
    free(shown);
    return NULL;
  }
  memcpy(in->id, p, INPUT_ID_BYTES);
  in->flag = p[INPUT_ID_BYTES];
  if (display) {
    memcpy(shown, p + INPUT_FIXED, display);
    shown[display] = '\n';
    in->display = shown;
    in->display_size = display + 1;
  }
  memcpy(in->text, p + INPUT_FIXED + display, text);
  in->size = text;
  return in;
}

static void enqueue(struct input *in) {
  if (last) last->next = in;
  else first = in;
  last = in;
  queued_bytes += in->size;
}

/* Why an input can not be taken now; NULL when it can. */
static const char *objection(size_t size) {
  if (size - INPUT_FIXED > MAX_INPUT_BYTES) return "too large: an input may have 16 MiB";
  if (queued_bytes + size > MAX_QUEUED_BYTES) return "too large: R has not read what was sent before";
  if (ending_started() || ending_eof()) return "the session is ending";
  if (clients_reserve() < 0) return "the server's memory is full";
  return NULL;
}

/* Journals and queues it; otherwise says why not. */
static const char *take_in(const uint8_t *payload, size_t size) {
  const char *reason = objection(size);
  if (reason) return reason;
  struct input *in = make(payload, size);
  int begun = 0;
  if (in == NULL) return "the server's memory is full";
  if (journal_input(payload, size, &begun) < 0) {
    if (begun) { /* the journal has a part of it: and it will say that R never reads it */
      in->dropped = 'i';
      enqueue(in);
    } else {
      free(in->display);
      free(in);
    }
    return "the server's disk is full";
  }
  enqueue(in);
  return NULL;
}

void inputs_accept(int connection, const uint8_t *payload, size_t size) {
  uint64_t client;
  uint32_t counter;
  memcpy(&client, payload, sizeof client);
  memcpy(&counter, payload + 8, sizeof counter);
  int before = clients_look(client, counter);
  if (before == INPUT_TAKEN) {
    answer(connection, 'a', 1, payload, "");
    return;
  }
  const char *reason = before == INPUT_REFUSED ? "it was refused before" : take_in(payload, size);
  if (reason) {
    clients_note_refused(client, counter);
    answer(connection, 'n', 0, payload, reason);
    return;
  }
  clients_note_taken(client, counter);
  answer(connection, 'a', 0, payload, "");
  if (!worker_is_main_thread()) main_wake();
}

static void drop_first(void) {
  struct input *in = first;
  first = in->next;
  if (first == NULL) last = NULL;
  queued_bytes -= in->size;
  free(in->display);
  free(in);
}

void inputs_discard(char reason) {
  for (struct input *in = first; in; in = in->next)
    if (!in->dropped) in->dropped = reason;
  inputs_settle();
}

int inputs_settle(void) {
  while (first && first->dropped) {
    if (journal_note('D', (uint8_t)first->dropped, 0, first->id, INPUT_ID_BYTES) < 0) return -1;
    drop_first();
  }
  return 0;
}

/* A line may be in several inputs: the pieces of a file sent in blocks. A last one without newline waits for the
   next, or for the end of input. */
int inputs_waiting(void) {
  if (inputs_settle() < 0) return 0;
  if (first && ending_eof()) return 1;
  for (struct input *in = first; in; in = in->next)
    if (!in->dropped && memchr(in->text + in->taken, '\n', in->size - in->taken)) return 1;
  return 0;
}

static int journal_taken(const struct input *in, const char *prompt, char kind, size_t size, int is_last) {
  uint8_t head[INPUT_FIXED];
  uint32_t prompt_size = (uint32_t)strlen(prompt);
  memcpy(head, in->id, INPUT_ID_BYTES);
  head[INPUT_ID_BYTES] = in->flag;
  memcpy(head + INPUT_ID_BYTES + 1, &prompt_size, sizeof prompt_size);
  struct slice text = {in->text + in->taken, size};
  if (in->display && in->taken == 0) text = (struct slice){in->display, in->display_size};
  else if (in->display) text.size = 0; /* one text is shown for all its lines */
  struct slice s[3] = {{head, sizeof head}, {prompt, prompt_size}, text};
  return journal_append('I', (uint8_t)kind, (uint32_t)is_last, s, 3);
}

/* Takes from the first input up to a newline or `room`; the number of bytes, 0 when the journal can not have it: what
   R reads is written down before. */
static size_t take_piece(const char *prompt, char kind, char *buf, size_t room) {
  struct input *in = first;
  size_t left = in->size - in->taken;
  char *newline = memchr(in->text + in->taken, '\n', left);
  size_t size = newline ? (size_t)(newline - (in->text + in->taken)) + 1 : left;
  if (size > room) size = room;
  if (journal_taken(in, prompt, kind, size, in->taken + size >= in->size) < 0) return 0;
  memcpy(buf, in->text + in->taken, size);
  in->taken += size;
  if (in->taken >= in->size) drop_first();
  return size;
}

int inputs_take(const char *prompt, int prompt_shown, char kind, char *buf, int len) {
  /* As fgets() in R's own console: a longer line arrives in pieces, each with its prompt. */
  size_t room = (size_t)len - 1, size = 0;
  const char *show = prompt_shown ? "" : prompt;
  int full = 0;
  while (!full && inputs_settle() == 0 && first && size < room && (size == 0 || buf[size - 1] != '\n')) {
    size_t piece = take_piece(show, kind, buf + size, room - size);
    full = piece == 0;
    size += piece;
    show = "";
  }
  buf[size] = 0;
  return size > 0 ? 1 : full ? -1 : 0;
}
