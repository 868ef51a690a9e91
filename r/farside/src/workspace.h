/* A session that ends with its workspace saved. */
#ifndef FARSIDE_WORKSPACE_H
#define FARSIDE_WORKSPACE_H

/* Asked for; from any thread. */
void workspace_want(void);
/* R is quit with the wish to save. R's thread. */
void workspace_insist(void);
/* R ends: saves when it was asked for. R's thread. */
void workspace_save(void);

#endif
