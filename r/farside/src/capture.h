/* File descriptors 1 and 2. */
#ifndef FARSIDE_CAPTURE_H
#define FARSIDE_CAPTURE_H

int capture_start(void);
int capture_fd(void);
void capture_drain(void); /* [locked] */

#endif
