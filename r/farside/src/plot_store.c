/*
 * The store of plot pages: `<session dir>/plots/<page>.rds`, uncompressed, written under another name and
 * renamed; `pages.jsonl` beside them has the line that was announced. Bounded: the oldest pages go first.
 */
#include "plot.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JSON_BYTES 128
/* One write for most pages. */
#define BUFFER_BYTES (64 * 1024)

static struct {
    int fd;             /* of the directory; -1: nothing is stored */
    int index;          /* pages.jsonl */
    pid_t owner;        /* forked children must not write pages of their parent */
    double limit, total;
    double *sizes;      /* bytes by page, from page 1; 0 once removed */
    int pages, room, oldest;
    SEXP record;        /* closure: makes a recorded plot of a snapshot */
    plot_announce announce;
    int complained;
} plots = { .fd = -1, .index = -1 };

void plots_announce_to(plot_announce announce)
{
    plots.announce = announce;
}

int plot_store_open(void)
{
    return plots.fd >= 0 && plots.owner == getpid();
}

static void close_store(void)
{
    if (plots.index >= 0) close(plots.index);
    if (plots.fd >= 0) close(plots.fd);
    plots.index = plots.fd = -1;
}

void plots_at_end(void)
{
    plots_at_prompt();
    close_store();
}

/* Says once why pages are not kept: a loop of plots should not repeat it. */
static void complain(const char *what)
{
    if (plots.complained) return;
    plots.complained = 1;
    REprintf("The plot was not kept: %s: %s\n", what, strerror(errno));
}

static void announce(int page, int revision, double operations, int removed)
{
    char json[JSON_BYTES];
    int n = snprintf(json, sizeof json, "{\"page\":%d,\"revision\":%d,\"operations\":%.0f%s}", page, revision, operations,
                     removed ? ",\"removed\":true" : "");
    if (dprintf(plots.index, "%s\n", json) != n + 1) complain("pages.jsonl");
    if (plots.announce) plots.announce(json);
}

static int note_size(int page, double bytes)
{
    if (page > plots.room) {
        int room = page + plots.room + 64;
        double *sizes = realloc(plots.sizes, room * sizeof *sizes);
        if (!sizes) return 0;
        memset(sizes + plots.room, 0, (room - plots.room) * sizeof *sizes);
        plots.sizes = sizes;
        plots.room = room;
    }
    plots.total += bytes - plots.sizes[page - 1];
    plots.sizes[page - 1] = bytes;
    if (page > plots.pages) plots.pages = page;
    return 1;
}

/* The newest page always stays, and so does the one just written. */
static void remove_oldest(int written)
{
    while (plots.total > plots.limit && plots.oldest + 1 < plots.pages && plots.oldest + 1 != written) {
        int page = ++plots.oldest;
        if (plots.sizes[page - 1] == 0) continue;
        char name[32];
        snprintf(name, sizeof name, "%d.rds", page);
        unlinkat(plots.fd, name, 0);
        note_size(page, 0);
        announce(page, 0, 0, 1);
    }
}

struct write_job {
    SEXP snapshot;
    FILE *file;
};

/* A copy of the list itself: the engine keeps the snapshot, and R may change its argument in place. */
static SEXP recorded(SEXP snapshot)
{
    SEXP call = PROTECT(lang2(plots.record, R_NilValue));
    SETCADR(call, shallow_duplicate(snapshot));
    SEXP plot = eval(call, R_BaseEnv);
    UNPROTECT(1);
    return plot;
}

static SEXP write_snapshot(void *data)
{
    struct write_job *job = data;
    struct R_outpstream_st stream;
    SEXP plot = PROTECT(recorded(job->snapshot));
    R_InitFileOutPStream(&stream, job->file, R_pstream_xdr_format, 2, NULL, R_NilValue);
    R_Serialize(plot, &stream);
    UNPROTECT(1);
    return R_NilValue;
}

static SEXP not_written(SEXP condition, void *data)
{
    errno = EIO;
    *(int *)data = 1;
    return R_NilValue;
}

/* Bytes written, or -1 with errno. */
static double write_page(SEXP snapshot, const char *name)
{
    int failed = 0;
    struct stat info;
    int fd = openat(plots.fd, ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!file) {
        if (fd >= 0) close(fd);
        return -1;
    }
    setvbuf(file, NULL, _IOFBF, BUFFER_BYTES);
    struct write_job job = { snapshot, file };
    R_tryCatchError(write_snapshot, &job, not_written, &failed);
    if (fflush(file) != 0 || ferror(file) || fstat(fd, &info) != 0) failed = 1;
    if (fclose(file) != 0) failed = 1;
    if (failed || renameat(plots.fd, ".new", plots.fd, name) != 0) return -1;
    return (double)info.st_size;
}

/* Returns the page's number, or 0 when it could not be kept. */
int plot_store_put(SEXP snapshot, int page, int revision, double operations)
{
    if (!plot_store_open()) return 0;
    if (page < 1) page = plots.pages + 1;
    char name[32];
    snprintf(name, sizeof name, "%d.rds", page);
    double bytes = write_page(snapshot, name);
    if (bytes < 0 || !note_size(page, bytes)) {
        complain(name);
        return 0;
    }
    announce(page, revision, operations, 0);
    remove_oldest(page);
    return page;
}

SEXP farside_plot_store(SEXP directory, SEXP limit, SEXP record)
{
    const char *name = translateChar(STRING_ELT(directory, 0));
    if (mkdir(name, 0700) != 0 && errno != EEXIST) error("can not make %s: %s", name, strerror(errno));
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) error("can not open %s: %s", name, strerror(errno));
    close_store();
    if (!plots.record) R_PreserveObject(plots.record = record);
    plots.fd = fd;
    plots.index = openat(fd, "pages.jsonl", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    plots.owner = getpid();
    plots.limit = asReal(limit);
    free(plots.sizes);
    plots.sizes = NULL;
    plots.pages = plots.room = plots.oldest = plots.complained = 0;
    plots.total = 0;
    return R_NilValue;
}
