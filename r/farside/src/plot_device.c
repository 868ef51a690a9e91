/*
 * The session's graphics device: a Cairo bitmap device whose text metrics are kept and whose drawing is
 * replaced by counting. R's display list holds what was drawn. A finished page is R's own `savedSnapshot`
 * when the next page begins; the open page is snapshotted at a prompt when something was drawn since.
 */
#include "plot.h"
#include <R_ext/GraphicsEngine.h>
#include <stdlib.h>

/* A polygon or path counts as one operation for so many points: markup grows with points, not with calls. */
#define POINTS_PER_OPERATION 4.0
/* Viewers smooth images inside an SVG, so a page with a raster that must stay sharp counts as a large one. */
#define SHARP_RASTER_OPERATIONS 10000.0

typedef struct plot_device {
    pDevDesc dev;
    pGEDevDesc engine;
    int page;            /* 0: the open page was never stored */
    int revision;
    int begun;           /* a page is open */
    long drawn, stored;  /* grows with each operation; its value when the page was last stored */
    double operations;
    SEXP replayed;       /* a replayed page as it began: the display list it replaces it is gone by then */
    void (*close)(pDevDesc);
    struct plot_device *next;
} plot_device;

static plot_device *devices;

static plot_device *device_of(pDevDesc dev)
{
    for (plot_device *d = devices; d; d = d->next)
        if (d->dev == dev) return d;
    return NULL;
}

static void count(pDevDesc dev, double operations)
{
    plot_device *d = device_of(dev);
    if (!d) return;
    d->begun = 1;
    d->drawn++;
    d->operations += operations;
}

static int is_empty(SEXP snapshot)
{
    return TYPEOF(snapshot) != VECSXP || LENGTH(snapshot) == 0 || VECTOR_ELT(snapshot, 0) == R_NilValue;
}

static void store(plot_device *d, SEXP snapshot)
{
    if (is_empty(snapshot)) return;
    int page = plot_store_put(snapshot, d->page, d->revision + 1, d->operations);
    if (page > 0) {
        d->page = page;
        d->revision++;
    }
    d->stored = d->drawn;
}

static void keep_replayed(plot_device *d, SEXP snapshot)
{
    if (d->replayed != R_NilValue) R_ReleaseObject(d->replayed);
    d->replayed = snapshot;
    if (snapshot != R_NilValue) R_PreserveObject(snapshot);
}

/* What is on the device now, when it differs from what is stored. */
static void store_open_page(plot_device *d)
{
    if (!d->begun || d->drawn == d->stored || !plot_store_open()) return;
    SEXP snapshot = PROTECT(GEcreateSnapshot(d->engine));
    store(d, snapshot);
    UNPROTECT(1);
}

/*
 * At the start of an ordinary page the display list is empty and savedSnapshot is the page before. While a
 * recorded plot is replayed the list is already that of the new page, and the page before is known only by
 * what was kept when it began.
 */
static void new_page(const pGEcontext gc, pDevDesc dev)
{
    plot_device *d = device_of(dev);
    if (!d) return;
    int replay = d->engine->displayList != R_NilValue;
    if (d->begun && d->drawn != d->stored && plot_store_open())
        store(d, replay ? d->replayed : d->engine->savedSnapshot);
    d->page = d->revision = 0;
    d->begun = 1;
    d->drawn++;
    d->operations = 0;
    keep_replayed(d, replay ? GEcreateSnapshot(d->engine) : R_NilValue);
}

static void close_device(pDevDesc dev)
{
    plot_device *d = device_of(dev);
    if (!d) return;
    void (*close)(pDevDesc) = d->close;
    store_open_page(d);
    keep_replayed(d, R_NilValue);
    for (plot_device **link = &devices; *link; link = &(*link)->next)
        if (*link == d) {
            *link = d->next;
            break;
        }
    free(d);
    close(dev);
}

static void line(double x0, double y0, double x1, double y1, const pGEcontext gc, pDevDesc dev)
{
    count(dev, 1);
}
static void circle(double x, double y, double r, const pGEcontext gc, pDevDesc dev)
{
    count(dev, 1);
}
static void rect(double x0, double y0, double x1, double y1, const pGEcontext gc, pDevDesc dev)
{
    count(dev, 1);
}
static void poly(int n, double *x, double *y, const pGEcontext gc, pDevDesc dev)
{
    count(dev, 1 + n / POINTS_PER_OPERATION);
}
static void path(double *x, double *y, int parts, int *points, Rboolean winding, const pGEcontext gc, pDevDesc dev)
{
    double all = 0;
    for (int i = 0; i < parts; i++) all += points[i];
    count(dev, 1 + all / POINTS_PER_OPERATION);
}
static void raster(unsigned int *pixels, int w, int h, double x, double y, double width, double height, double rot,
                   Rboolean interpolate, const pGEcontext gc, pDevDesc dev)
{
    count(dev, interpolate ? 1 : SHARP_RASTER_OPERATIONS);
}
static void text(double x, double y, const char *s, double rot, double hadj, const pGEcontext gc, pDevDesc dev)
{
    count(dev, 1);
}
static void clip(double x0, double x1, double y0, double y1, pDevDesc dev) {}

/* Every graphics system announces drawing by mode 1: catches operations without a callback here. */
static void mode(int mode, pDevDesc dev)
{
    if (mode == 1) count(dev, 0);
}

static Rboolean locator(double *x, double *y, pDevDesc dev)
{
    warning("locator() and identify() need a mouse on the graphics device, which a remote session does not have");
    return FALSE;
}

/* Asked with "Hit <Return> to see next plot": people must see this one first. The engine does the asking. */
static Rboolean confirm_new_frame(pDevDesc dev)
{
    plot_device *d = device_of(dev);
    if (d) store_open_page(d);
    return FALSE;
}

static void replace_callbacks(pDevDesc dev)
{
    dev->line = line;
    dev->circle = circle;
    dev->rect = rect;
    dev->polyline = poly;
    dev->polygon = poly;
    dev->path = path;
    dev->raster = raster;
    dev->text = text;
    dev->textUTF8 = text;
    dev->clip = clip;
    dev->mode = mode;
    dev->locator = locator;
    dev->newPage = new_page;
    dev->newFrameConfirm = confirm_new_frame;
    dev->close = close_device;
}

/* Lists of devices should not call it a PNG file. */
static void name_device(int number)
{
    SEXP name = PROTECT(mkString("farside"));
    SEXP cell = PROTECT(eval(install(".Devices"), R_BaseEnv));
    for (int i = 0; i < number && cell != R_NilValue; i++) cell = CDR(cell);
    if (cell != R_NilValue) SETCAR(cell, name);
    defineVar(install(".Device"), name, R_BaseEnv);
    UNPROTECT(2);
}

/* Takes over the current device, which R/plots.R has just opened. */
SEXP farside_plot_adopt(void)
{
    pGEDevDesc engine = GEcurrentDevice();
    plot_device *d = calloc(1, sizeof *d);
    if (!d) error("no memory for a graphics device");
    d->engine = engine;
    d->dev = engine->dev;
    d->replayed = R_NilValue;
    d->close = d->dev->close;
    plot_device **last = &devices; /* pages are numbered in the order of their devices */
    while (*last) last = &(*last)->next;
    *last = d;
    replace_callbacks(d->dev);
    d->dev->displayListOn = TRUE;
    engine->displayListOn = TRUE;
    name_device(curDevice());
    return R_NilValue;
}

void plots_at_prompt(void)
{
    for (plot_device *d = devices; d; d = d->next) store_open_page(d);
}

SEXP farside_plot_flush(void)
{
    plots_at_prompt();
    return R_NilValue;
}
