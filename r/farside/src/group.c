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
#define LOOKS 250
/* A shell that is about to become, or to start, another program can swallow an interrupt (dash, between vfork and exec):
   what was this young when it was interrupted, and is still there, hears it again, at intervals that double. */
#define YOUNG_MS 1000
#define YOUNG_LOOKS 6

static volatile sig_atomic_t interrupted = 0;
/* Of the last interrupt [locked]: when to look again, how often still, whether a child was there to get it, and whether
   one that R has pending in system() has not been given to the child. */
static int64_t look_at = 0;
static int looks = 0, heard = 0, pending_is_theirs = 0;
/* When children last got it, and how often still to look for young ones that may have missed it. */
static int64_t sent_at = 0;
static int young_looks = 0;

static int is_leader(void) { return getpgrp() == getpid(); }

void group_signal(int sig) { kill(is_leader() ? -getpid() : getpid(), sig); }

int group_interrupt_taken(void) {
  int was = interrupted;
  interrupted = 0;
  return was;
}

int group_interrupted(void) { return interrupted; }

typedef struct {
  pid_t parent;
  int64_t started; /* ms on the clock of boottime_ms(); the kernel counts in steps of 10 ms */
} Member;

static int64_t boottime_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether a living process is in our group, with fields 4 and 22 of its stat, behind the name. */
static int is_in_group(pid_t pid, Member *member) {
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
  unsigned long long ticks;
  if (!behind || sscanf(behind + 1,
                        " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state,
                        &parent, &group, &ticks) != 4)
    return 0;
  member->parent = (pid_t)parent;
  member->started = (int64_t)(ticks * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
  return state != 'Z' && group == getpgrp();
}

/* Sends each a signal (0: none) and counts them; only our own children, or theirs as well; only those started since. */
static int members(int sig, int only_children, int64_t since) {
  int count = 0;
  Member member;
  DIR *all = opendir("/proc");
  if (all == NULL) return 0;
  for (struct dirent *e; (e = readdir(all));) {
    pid_t pid = isdigit((unsigned char)e->d_name[0]) ? (pid_t)atoi(e->d_name) : 0;
    if (pid == 0 || pid == getpid() || !is_in_group(pid, &member)) continue;
    if ((only_children && member.parent != getpid()) || member.started < since) continue;
    if (sig) kill(pid, sig);
    count++;
  }
  closedir(all);
  return count;
}

static int others(int sig) { return members(sig, 0, 0); }

/* While system() runs, R's thread ignores interrupts: they are its child's. */
static int in_system(void) {
  struct sigaction now;
  return sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void sent(void) {
  sent_at = boottime_ms();
  young_looks = YOUNG_LOOKS;
}

/* Sent one by one: a signal to the group is R's as well, and ignoring it for the moment is not enough, since it waits
   while R has signals blocked to start a process. */
void group_interrupt(int level) {
  interrupted = 1;
  heard = is_leader() && members(0, 1, 0) > 0;
  group_signal(SIGINT);
  if (level > 1 && is_leader()) others(SIGTERM);
  sent();
  pending_is_theirs = 1;
  looks = is_leader() ? LOOKS : 0;
  look_at = looks ? clock_ms() + LOOK_AGAIN_MS : 0;
}

int64_t group_next_look(void) { return look_at; }

/* R's thread has not come to it yet: the signal waits for that thread, or R for its next look at interrupts. Threads
   but R's block SIGINT, so that one which is pending for the process is seen from there; R's own takes it on its way
   back from the system call. In this order: taken in between, it is R's. */
static int on_its_way(void) {
  sigset_t waiting;
  int for_process = sigpending(&waiting) == 0 && sigismember(&waiting, SIGINT) == 1;
  return for_process || r_interrupt_pending();
}

void group_at_prompt(void) {
  if (!on_its_way()) interrupted = 0;
}

/* system() runs: the interrupt was lost when R took it right before, or when there was no child yet. The child has it
   instead of R then, as if it had come a moment later. When to look again, in ms; 0: no more. */
static int look_at_children(void) {
  int is_theirs = pending_is_theirs && r_interrupt_pending();
  if (!heard || is_theirs) {
    if (others(SIGINT) == 0) return LOOK_AGAIN_MS;
    if (is_theirs) r_set_interrupt(0); /* R's thread, which ignores SIGINT now, can not be setting it */
    heard = 1;
    pending_is_theirs = 0;
    sent();
    return LOOK_AGAIN_MS;
  }
  if (young_looks == 0 || members(SIGINT, 0, sent_at - YOUNG_MS) == 0) return 0;
  return LOOK_AGAIN_MS << (YOUNG_LOOKS - young_looks--);
}

/* As long as it is on its way it may still meet system(): on a crowded machine much later than it was sent. */
void group_look_again(int64_t now) {
  if (look_at == 0 || now < look_at) return;
  int wait = in_system() ? look_at_children() : on_its_way() ? LOOK_AGAIN_MS : 0;
  look_at = wait && --looks > 0 ? now + wait : 0;
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
