/* The thread that serves readers, and the bells between it and R's thread. */
#ifndef FARSIDE_HELPER_H
#define FARSIDE_HELPER_H

#include <stdint.h>

int helper_bells(void);
/* lease: ms without a reader after which the session ends; 0: never. */
int helper_start(int64_t lease);
void helper_wake(void);
void main_wake(void);
int main_wake_fd(void);

#endif
