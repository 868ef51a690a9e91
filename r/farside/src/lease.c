/* The lease of a worker on its session: it ends when the session's directory was removed, or a supervisor that took
   the worker for dead has marked the session as over. That no server runs, for however long, is no reason. */
#define _GNU_SOURCE
#include "ending.h"
#include "journal.h"
#include "lease.h"
#include "worker.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_MS 5000
/* For .Last and finalizers; nothing they print is kept. */
#define GRACE_MS 10000

static int dirfd = -1;
static int64_t next_look = 0;

int lease_begin(const char *dir) {
  dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dirfd < 0) return -1;
  next_look = clock_ms() + LOOK_MS;
  return 0;
}

int64_t lease_next_look(void) { return next_look; }

/* By the descriptor, so that a directory that was moved is still the one. An error that says nothing is no verdict. */
static int session_is_over(void) {
  struct stat here;
  if (fstat(dirfd, &here) != 0) return errno == ESTALE;
  return here.st_nlink == 0 || faccessat(dirfd, "ended", F_OK, 0) == 0;
}

void lease_look(int64_t now) {
  if (!next_look || now < next_look) return;
  next_look = now + LOOK_MS;
  if (!session_is_over()) return;
  next_look = 0;
  /* The journal has its final record, or is gone. */
  journal_close();
  ending_begin("lease", "The session was ended elsewhere.", GRACE_MS);
}
