/* What R has to do once before it next asks for code. */
#ifndef FARSIDE_DUTIES_H
#define FARSIDE_DUTIES_H

void duties_run(void);

#endif
