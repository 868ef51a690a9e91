/* Fatal signals. */
#ifndef FARSIDE_CRASH_H
#define FARSIDE_CRASH_H

void crash_install(void);

#endif
