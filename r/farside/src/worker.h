/* Process-wide: who we are, the one lock, the clocks. What other headers mark [locked] is called with worker_lock()
   held. No R function that can jump runs under it. */
#ifndef FARSIDE_WORKER_H
#define FARSIDE_WORKER_H

#include <stdint.h>
#include <sys/types.h>

extern pid_t worker_pid;
void worker_lock(void);
void worker_unlock(void);
/* For the last moments of the process, where waiting for a lock must not hang. */
int worker_lock_within(int ms);
int worker_is_main_thread(void);
int64_t clock_ms(void);
uint64_t clock_wall_us(void);

#endif
