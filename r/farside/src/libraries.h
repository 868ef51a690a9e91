/* The session's library paths, for others to know while it is busy. */
#ifndef FARSIDE_LIBRARIES_H
#define FARSIDE_LIBRARIES_H

/* At R's prompt: tells R's side when they were changed. */
void libraries_check(void);

#endif
