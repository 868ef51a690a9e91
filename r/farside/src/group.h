/* The process group: R and the children of system(). */
#ifndef FARSIDE_GROUP_H
#define FARSIDE_GROUP_H

#include <stdint.h>

void group_signal(int sig);
/* Level 2: children are terminated as well. [locked] */
void group_interrupt(int level);
/* When to see whether the interrupt arrived; 0: never. [locked] */
int64_t group_next_look(void);
void group_look_again(int64_t now);
/* Whether there was one since R was last at a prompt; the first forgets it. [locked] */
int group_interrupt_taken(void);
int group_interrupted(void);
/* On R's thread: what did not stop R, since a child or a handler had it, is over. [locked] */
void group_at_prompt(void);
void group_end_children(void);

#endif
