/* The worker's process group: R and the children of system(), which are interrupted and ended with it. */
#define _GNU_SOURCE
#include "group.h"
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

static volatile sig_atomic_t interrupted = 0;

static int is_leader(void) { return getpgrp() == getpid(); }

void group_signal(int sig) { kill(is_leader() ? -getpid() : getpid(), sig); }

int group_interrupt_taken(void) {
  int was = interrupted;
  interrupted = 0;
  return was;
}

/* Whether a living process is in our group: fields 3 and 5 of its stat, behind the name in parentheses. */
static int is_in_group(pid_t pid) {
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
  return behind && sscanf(behind + 1, " %c %d %d", &state, &parent, &group) == 3 && state != 'Z' && group == getpgrp();
}

/* Sends each a signal (0: none) and counts them. */
static int others(int sig) {
  int count = 0;
  DIR *all = opendir("/proc");
  if (all == NULL) return 0;
  for (struct dirent *e; (e = readdir(all));) {
    pid_t pid = isdigit((unsigned char)e->d_name[0]) ? (pid_t)atoi(e->d_name) : 0;
    if (pid == 0 || pid == getpid() || !is_in_group(pid)) continue;
    if (sig) kill(pid, sig);
    count++;
  }
  closedir(all);
  return count;
}

/* Sent one by one: a signal to the group is R's as well, and ignoring it for the moment is not enough, since it waits
   while R has signals blocked to start a process. */
void group_interrupt(int level) {
  interrupted = 1;
  group_signal(SIGINT);
  if (level > 1 && is_leader()) others(SIGTERM);
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
