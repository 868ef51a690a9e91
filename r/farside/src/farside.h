/* What the parts of the worker share. The wire is declared in protocol/src/record.ts, payloads.ts and worker.ts.
   Locking: everything marked [locked] is called with worker_lock() held. No R function that can jump runs under it. */
#ifndef FARSIDE_H
#define FARSIDE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RECORD_VERSION 1
#define WORKER_PROTOCOL 1
#define MAX_PAYLOAD (256u * 1024u)
#define SEGMENT_BYTES (16u << 20)
#define MAX_INPUT_BYTES (16u << 20)
#define MAX_FRAME_PAYLOAD (MAX_INPUT_BYTES + 64u * 1024u)
#define INPUT_ID_BYTES 12
/* Text that R prints is gathered up to this size or FLUSH_MS, whichever comes first. */
#define PENDING_BYTES 65536
#define FLUSH_MS 5

/* ---- worker.c: who and where we are ---- */
extern pid_t worker_pid;
void worker_lock(void);
int worker_lock_within(int ms);
void worker_unlock(void);
int worker_is_main_thread(void);
int64_t clock_ms(void);
uint64_t clock_wall_us(void);

/* ---- journal.c ---- */
struct slice {
  const void *bytes;
  size_t size;
};
int journal_open(const char *dir);
void journal_close(void); /* nothing more is written: [locked] */
int journal_dirfd(void);
uint64_t journal_seq(void);
/* Appends a record and pushes it to readers. 0, or -1 when the disk did not take it. [locked] */
int journal_append(char type, uint8_t flag, uint32_t aux, const struct slice *parts, int count);
int journal_note(char type, uint8_t flag, uint32_t aux, const void *bytes, size_t size);
/* Console text of R: kind 'o' or 'e'. [locked] */
void journal_text(char kind, const char *bytes, size_t size);
void journal_flush_text(void);
int journal_has_text(void);
/* Tries to write again after the disk was full; 1 when the journal works. [locked] */
int journal_recover(void);
int journal_is_full(void);
uint32_t crc32_update(uint32_t crc, const void *bytes, size_t size);

/* ---- record.c ---- */
struct record_header {
  uint32_t len, crc;
  uint64_t seq, time;
  uint8_t type, flag;
  uint16_t version;
  uint32_t aux;
} __attribute__((packed));

/* ---- connections.c: readers; nothing here ever blocks. [locked] ---- */
#define MAX_CONNECTIONS 32
int connections_listen(const char *dir);
int connections_listener(void);
void connections_accept(void);
int connections_count(void);
int connections_fd(int i);
int connections_wants_write(int i);
void connections_read(int i);
void connections_write(int i);
void connections_push(const struct record_header *header, const struct slice *parts, int count);
/* generation tells a connection from a later one in the same slot */
uint32_t connections_generation(int i);
void connections_reply(int i, char type, uint32_t aux, const struct slice *parts, int count);
void connections_attach(int i, int mode, uint64_t cursor);
void connections_close(int i);
void connections_cork(int on);
void connections_abandon(void); /* in a forked child */
int connections_corked(void);
int connections_epoll(void);
int64_t connections_last_seen(void);

/* ---- frames.c ---- */
/* Handles one frame; -1: the connection is hostile or broken and has to be closed. [locked] */
int frame_handle(int connection, char type, const uint8_t *payload, size_t size);

/* ---- inputs.c [locked] ---- */
void inputs_accept(int connection, const uint8_t *payload, size_t size);
void inputs_discard(char reason);
int inputs_waiting(void);
/* Copies the next line or chunk into buf as R's own console would, and journals that it was read. */
int inputs_take(const char *prompt, int prompt_shown, char kind, char *buf, int len);

/* ---- calls.c: out-of-band calls ---- */
void calls_add(int connection, const uint8_t *payload, size_t size); /* [locked] */
int calls_waiting(void);
void calls_run(void);                  /* main thread, at a prompt, not locked */
int64_t calls_next_deadline(void);     /* [locked]; 0: none */
void calls_expire(int64_t now);        /* [locked] */
int calls_capturing(void);
void calls_send(const void *bytes, size_t size); /* streams a part of the running call's reply */

/* ---- capture.c: file descriptors 1 and 2 ---- */
int capture_start(void);
int capture_fd(void);
void capture_drain(void); /* [locked] */

/* ---- helper.c: the thread that serves readers ---- */
int helper_bells(void);
int helper_start(int64_t lease); /* ms without a reader after which the session ends; 0: never */
void helper_wake(void);
void main_wake(void);
int main_wake_fd(void);

/* ---- console.c ---- */
void console_install(void);
void console_sync(void);
int console_is_idle(void); /* R waits for code; [locked] */

/* ---- duties.c ---- */
void duties_run(void);

/* ---- ending.c ---- */
int ending_started(void);
int ending_eof(void);
void ending_set_eof(void); /* [locked] */
void ending_eof_taken(void); /* R saw the end of input at top level */
void ending_begin(const char *cause, const char *message, int grace_ms); /* [locked] */
void ending_check_terminated(void); /* [locked] */
void ending_at_prompt(void);
void ending_deadline(int64_t at, const char *cause, const char *message);
int64_t ending_deadline_at(void);
void ending_kill(void); /* the end of the ladder: never returns */
void ending_install(void);
int ending_final(const char *cause, const char *message, int status, const char *signal, const char *calls); /* 1: written */

/* ---- group.c: the process group ---- */
void group_signal(int sig);
void group_interrupt(int level); /* 2: children are terminated as well */
int group_interrupt_taken(void); /* whether there was one since the last time */
void group_end_children(void);

/* ---- crash.c ---- */
void crash_install(void);
int crash_seen(void);

/* ---- rinternals.c: all that is not R's API ---- */
void r_set_console(int (*read)(const char *, unsigned char *, int, int), void (*write)(const char *, int, int),
                   void (*message)(const char *), void (*flush)(void), void (*reset)(void));
void r_set_cleanup(void (*cleanup)(int, int, int));
int r_no_save(void);
void r_old_cleanup(int save, int status, int run_last);
int r_is_suicide(int save);
int r_continuation(const char *prompt);
void r_set_interrupt(int pending);
int r_interrupt_pending(void);
void r_wait_activity(volatile int *waiting);
void r_add_input_handler(int fd, void (*handler)(void *), int id);
void r_remove_input_handler(int fd);
void r_no_stack_check(void);
int r_stack_overflow(const void *address);
void r_set_args(int argc, char **argv);

/* ---- json.c ---- */
size_t json_string(char *out, size_t room, const char *text); /* with quotes, cut when room is short */

#endif
