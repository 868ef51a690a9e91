/* A directory tree copied into another one: the files of a session into a snapshot, and back. */
#ifndef FARSIDE_COPY_TREE_H
#define FARSIDE_COPY_TREE_H
#include <stddef.h>

/* What could not come along, with the reason. */
struct left_out {
  char *path;
  char *reason;
};

struct copying {
  /* Asked now and then; not 0: give up. */
  int (*stop)(void);
  double files, bytes;
  struct left_out *left;
  size_t left_count;
  /* Why it was given up: errno, and the path it was about. */
  int failure;
  char *failed_at;
};

/* 0, or -1 when it was given up: a file that could not be written, or `stop`. */
int copy_tree(struct copying *c, const char *from, const char *to);
void copy_tree_free(struct copying *c);

#endif
