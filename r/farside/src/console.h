/* R's console. */
#ifndef FARSIDE_CONSOLE_H
#define FARSIDE_CONSOLE_H

void console_install(void);
/* Everything printed so far is in the journal. */
void console_sync(void);
/* R waits for code. [locked] */
int console_is_idle(void);

#endif
