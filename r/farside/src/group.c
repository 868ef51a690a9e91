/* The worker's process group: R and the children of system(), which are interrupted and ended with it. */
#define _GNU_SOURCE
#include "group.h"
#include "rinternals.h"
#include "worker.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long children may take to end by themselves, in steps. */
#define CHILDREN_STEPS 20
#define STEP_NS 10000000L

/* An interrupt may meet system() between ignoring it and starting its child: looked at again after this long. */
#define LOOK_AGAIN_MS 20
#define LOOKS 50

static volatile sig_atomic_t interrupted = 0;
/* Of the last interrupt [locked]: when to look again, how often still, and whether a child of ours was there to get it. */
static int64_t look_at = 0;
static int looks = 0, had_child = 0;

static int is_leader(void) { return getpgrp() == getpid(); }

void group_signal(int sig) { kill(is_leader() ? -getpid() : getpid(), sig); }

int group_interrupt_taken(void) {
  int was = interrupted;
  interrupted = 0;
  return was;
}

/* Whether a living process is in our group, and whose child it is: fields 3 to 5 of its stat, behind the name. */
static int is_in_group(pid_t pid, pid_t *parent_of) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t k = read(fd, text, sizeof text - 1);
  close(fd);
  if (k <= 0) return 0;
  text[k] = 0;
  char *behind = strrchr(text, ')'), state;
  int parent, group;
  if (!behind || sscanf(behind + 1, " %c %d %d", &state, &parent, &group) != 3) return 0;
  *parent_of = (pid_t)parent;
  return state != 'Z' && group == getpgrp();
}

/* Sends each a signal (0: none) and counts them; only our own children, or theirs as well. */
static int members(int sig, int only_children) {
  int count = 0;
  pid_t parent;
  DIR *all = opendir("/proc");
  if (all == NULL) return 0;
  for (struct dirent *e; (e = readdir(all));) {
    pid_t pid = isdigit((unsigned char)e->d_name[0]) ? (pid_t)atoi(e->d_name) : 0;
    if (pid == 0 || pid == getpid() || !is_in_group(pid, &parent)) continue;
    if (only_children && parent != getpid()) continue;
    if (sig) kill(pid, sig);
    count++;
  }
  closedir(all);
  return count;
}

static int others(int sig) { return members(sig, 0); }

/* While system() runs, R's thread ignores interrupts: they are its child's. */
static int in_system(void) {
  struct sigaction now;
  return sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* Sent one by one: a signal to the group is R's as well, and ignoring it for the moment is not enough, since it waits
   while R has signals blocked to start a process. */
void group_interrupt(int level) {
  interrupted = 1;
  had_child = is_leader() && members(0, 1) > 0;
  group_signal(SIGINT);
  if (level > 1 && is_leader()) others(SIGTERM);
  looks = is_leader() ? LOOKS : 0;
  look_at = looks ? clock_ms() + LOOK_AGAIN_MS : 0;
}

int64_t group_next_look(void) { return look_at; }

/* The interrupt was lost when R took it right before system(), or when system() ignored it and had no child yet. */
void group_look_again(int64_t now) {
  if (look_at == 0 || now < look_at) return;
  int lost = in_system() && (r_interrupt_pending() || !had_child);
  if (lost && others(SIGINT) > 0) lost = 0;
  look_at = lost && --looks > 0 ? now + LOOK_AGAIN_MS : 0;
}

/* Children of system("... &"): asked first, then killed. */
void group_end_children(void) {
  if (!is_leader() || others(SIGTERM) == 0) return;
  others(SIGHUP);
  struct timespec step = {0, STEP_NS};
  for (int i = 0; i < CHILDREN_STEPS; i++) {
    if (others(0) == 0) return;
    nanosleep(&step, NULL);
  }
  others(SIGKILL);
}
