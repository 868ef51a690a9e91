/* Copies a directory tree. Nothing outside of either tree is read or written, whatever links are in them, and nothing
   is waited for: sockets, FIFOs and devices are named and left out. */
#define _GNU_SOURCE
#include "copy_tree.h"
#include "copy_file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two descriptors a level. */
#define MAX_DEPTH 100

struct place {
  int from, to, depth;
  /* Relative to the root; "" for the root itself. */
  const char *path;
};
struct walk {
  struct copying *c;
  /* Where the tree to copy really is. */
  char root[PATH_MAX];
};

static void leave(struct copying *c, const char *path, const char *reason) {
  struct left_out *more = realloc(c->left, (c->left_count + 1) * sizeof *more);
  if (!more) return;
  c->left = more;
  more[c->left_count++] = (struct left_out){strdup(path), strdup(reason)};
}

static int fail(struct copying *c, const char *path, int why) {
  c->failure = why;
  c->failed_at = strdup(path);
  return -1;
}

static int is_utf8(const char *text) {
  const unsigned char *s = (const unsigned char *)text;
  while (*s) {
    int more = *s < 0x80 ? 0 : *s >= 0xc2 && *s < 0xe0 ? 1 : *s >= 0xe0 && *s < 0xf0 ? 2 : *s >= 0xf0 && *s < 0xf5 ? 3 : -1;
    if (more < 0) return 0;
    if (*s == 0xe0 && s[1] < 0xa0) return 0;
    if (*s == 0xed && s[1] > 0x9f) return 0;
    if ((*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f)) return 0;
    for (s++; more > 0; more--, s++)
      if ((*s & 0xc0) != 0x80) return 0;
  }
  return 1;
}

/* What became of a file; 0: go on. */
static int told(struct walk *w, const char *path, int result) {
  if (result == COPY_STOPPED) return fail(w->c, path, EINTR);
  if (result == COPY_FAILED) return fail(w->c, path, errno);
  if (result == PLACE_TAKEN) leave(w->c, path, "a folder is in its place");
  return 0;
}

static int copy_open_file(struct walk *w, int fd, const struct place *p, const char *name, const char *path) {
  struct stat about;
  if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode)) {
    leave(w->c, path, "it is not a regular file any more");
    return 0;
  }
  int result = copy_file(fd, &about, p->to, name, w->c->stop);
  if (result == COPIED) {
    w->c->files++;
    w->c->bytes += (double)about.st_size;
  }
  return told(w, path, result);
}

static int copy_regular(struct walk *w, const struct place *p, const char *name, const char *path) {
  int fd = openat(p->from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    if (errno != ENOENT) leave(w->c, path, strerror(errno));
    return 0;
  }
  int result = copy_open_file(w, fd, p, name, path);
  close(fd);
  return result;
}

/* Leading "..", at most to the root, and none behind a name: then no link of the tree leads out of it. */
static int stays_inside(const char *target, int depth) {
  if (*target == '/') return 0;
  int named = 0;
  while (*target) {
    size_t n = strcspn(target, "/");
    int up = n == 2 && target[0] == '.' && target[1] == '.';
    if (up && (named || --depth < 0)) return 0;
    if (!up && n > 0 && !(n == 1 && *target == '.')) named = 1;
    target += n;
    while (*target == '/') target++;
  }
  return 1;
}

/* The file a link leads to, when that is one of the tree; else -1. */
static int open_inside(struct walk *w, int dir, const char *name) {
  char link[64], real[PATH_MAX];
  int found = openat(dir, name, O_PATH | O_CLOEXEC);
  if (found < 0) return -1;
  snprintf(link, sizeof link, "/proc/self/fd/%d", found);
  ssize_t n = readlink(link, real, sizeof real - 1);
  size_t root = strlen(w->root);
  struct stat about;
  int fd = -1;
  if (n > 0) {
    real[n] = '\0';
    int inside = strncmp(real, w->root, root) == 0 && real[root] == '/';
    if (inside && fstat(found, &about) == 0 && S_ISREG(about.st_mode)) fd = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  close(found);
  return fd;
}

static int copy_symlink(struct walk *w, const struct place *p, const char *name, const char *path) {
  char target[PATH_MAX];
  ssize_t n = readlinkat(p->from, name, target, sizeof target - 1);
  if (n < 0) return 0;
  target[n] = '\0';
  if (stays_inside(target, p->depth)) {
    int result = copy_link(target, p->to, name);
    if (result == COPIED) w->c->files++;
    return told(w, path, result);
  }
  int fd = open_inside(w, p->from, name);
  if (fd < 0) {
    leave(w->c, path, "it is a link that leads out of the working directory");
    return 0;
  }
  int result = copy_open_file(w, fd, p, name, path);
  close(fd);
  return result;
}

static int copy_entries(struct walk *w, const struct place *p);

static int copy_folder(struct walk *w, const struct place *p, const char *name, const char *path) {
  if (p->depth >= MAX_DEPTH) {
    leave(w->c, path, "folders are nested too deeply");
    return 0;
  }
  int from = openat(p->from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (from < 0) {
    if (errno != ENOENT) leave(w->c, path, strerror(errno));
    return 0;
  }
  int result = 0;
  if (mkdirat(p->to, name, 0700) < 0 && errno != EEXIST) {
    result = fail(w->c, path, errno);
  } else {
    int to = openat(p->to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (to < 0) leave(w->c, path, "a file or a link is in its place");
    else result = copy_entries(w, &(struct place){from, to, p->depth + 1, path});
    if (to >= 0) close(to);
  }
  close(from);
  return result;
}

static int copy_entry(struct walk *w, const struct place *p, const char *name, const char *path) {
  struct stat about;
  if (!is_utf8(name)) {
    leave(w->c, path, "its name is not UTF-8");
    return 0;
  }
  if (fstatat(p->from, name, &about, AT_SYMLINK_NOFOLLOW) < 0) return 0; /* gone meanwhile */
  switch (about.st_mode & S_IFMT) {
  case S_IFDIR: return copy_folder(w, p, name, path);
  case S_IFREG: return copy_regular(w, p, name, path);
  case S_IFLNK: return copy_symlink(w, p, name, path);
  case S_IFSOCK: leave(w->c, path, "it is a socket"); return 0;
  case S_IFIFO: leave(w->c, path, "it is a named pipe"); return 0;
  default: leave(w->c, path, "it is a device"); return 0;
  }
}

static int copy_entries(struct walk *w, const struct place *p) {
  int own = dup(p->from);
  DIR *dir = own < 0 ? NULL : fdopendir(own);
  if (!dir) {
    if (own >= 0) close(own);
    leave(w->c, p->path, strerror(errno));
    return 0;
  }
  int result = 0;
  for (struct dirent *e; result == 0 && (e = readdir(dir));) {
    const char *name = e->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    if (strncmp(name, UNFINISHED_PREFIX, strlen(UNFINISHED_PREFIX)) == 0) continue;
    char *path = NULL;
    if (asprintf(&path, "%s%s%s", p->path, *p->path ? "/" : "", name) < 0) path = NULL;
    if (!path) result = fail(w->c, name, ENOMEM);
    else result = w->c->stop() ? fail(w->c, path, EINTR) : copy_entry(w, p, name, path);
    free(path);
  }
  closedir(dir);
  return result;
}

int copy_tree(struct copying *c, const char *from, const char *to) {
  struct walk w = {.c = c};
  struct place p = {.depth = 0, .path = ""};
  if (!realpath(from, w.root)) return fail(c, from, errno);
  p.from = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  p.to = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int result = p.from < 0 || p.to < 0 ? fail(c, p.from < 0 ? from : to, errno) : copy_entries(&w, &p);
  if (p.from >= 0) close(p.from);
  if (p.to >= 0) close(p.to);
  return result;
}

void copy_tree_free(struct copying *c) {
  for (size_t i = 0; i < c->left_count; i++) {
    free(c->left[i].path);
    free(c->left[i].reason);
  }
  free(c->left);
  free(c->failed_at);
}
