/* The process group: R and the children of system(). */
#ifndef FARSIDE_GROUP_H
#define FARSIDE_GROUP_H

void group_signal(int sig);
/* Level 2: children are terminated as well. */
void group_interrupt(int level);
/* Whether there was one since the last time. */
int group_interrupt_taken(void);
void group_end_children(void);

#endif
