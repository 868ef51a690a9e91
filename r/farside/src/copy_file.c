/* One file copied into another directory: shared by the file system where it can, else copied within the kernel. */
#define _GNU_SOURCE
#include "copy_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <linux/fs.h>

#define PIECE (64 * 1024 * 1024)
#define BUFFER (1024 * 1024)

/* Of this process alone, so one number makes it unique in a directory. */
static void unfinished_name(char *name, size_t size) {
  static unsigned long count = 0;
  snprintf(name, size, UNFINISHED_PREFIX "%ld-%lu", (long)getpid(), count++);
}

static int write_all(int to, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t n = write(to, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return COPY_FAILED;
    bytes += n;
    size -= (size_t)n;
  }
  return COPIED;
}

static int copy_by_hand(int from, int to, int (*stop)(void)) {
  char *buffer = malloc(BUFFER);
  int result = buffer ? COPIED : COPY_FAILED;
  ssize_t n = 0;
  while (result == COPIED && (n = read(from, buffer, BUFFER)) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (stop()) result = COPY_STOPPED;
    else result = n < 0 ? COPY_FAILED : write_all(to, buffer, (size_t)n);
  }
  free(buffer);
  return result;
}

static int copy_bytes(int from, int to, int (*stop)(void)) {
#ifdef FICLONE
  if (ioctl(to, FICLONE, from) == 0) return COPIED;
#endif
  for (;;) {
    if (stop()) return COPY_STOPPED;
    ssize_t n = copy_file_range(from, NULL, to, NULL, PIECE, 0);
    /* Some file systems say 0 for files that have a content: read() knows. */
    if (n == 0) return copy_by_hand(from, to, stop);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP || errno == EBADF))
      return copy_by_hand(from, to, stop);
    if (n < 0) return COPY_FAILED;
  }
}

/* The new one takes the place of what was there, but not of a folder. */
static int put_in_place(int to, const char *made, const char *name) {
  if (renameat(to, made, to, name) == 0) return COPIED;
  int why = errno;
  unlinkat(to, made, 0);
  errno = why;
  return why == EISDIR || why == ENOTEMPTY || why == EEXIST ? PLACE_TAKEN : COPY_FAILED;
}

int copy_file(int fd, const struct stat *about, int to, const char *name, int (*stop)(void)) {
  char made[64];
  unfinished_name(made, sizeof made);
  int out = openat(to, made, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (out < 0) return COPY_FAILED;
  int result = copy_bytes(fd, out, stop);
  struct timespec times[2] = {about->st_atim, about->st_mtim};
  if (result == COPIED && (fchmod(out, about->st_mode & 0777) < 0 || futimens(out, times) < 0)) result = COPY_FAILED;
  int why = errno;
  if (close(out) < 0 && result == COPIED) {
    result = COPY_FAILED;
    why = errno;
  }
  if (result == COPIED) return put_in_place(to, made, name);
  unlinkat(to, made, 0);
  errno = why;
  return result;
}

int copy_link(const char *target, int to, const char *name) {
  char made[64];
  unfinished_name(made, sizeof made);
  if (symlinkat(target, to, made) < 0) return COPY_FAILED;
  return put_in_place(to, made, name);
}
