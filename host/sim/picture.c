#include "sim/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"
#include "kernels/section.h"

const char *const picture_kind_names[PICTURE_KINDS] = {"blast_marrow", "blast_blood", "precursor", "mature",
                                                       "dying"};

const QuantityInfo picture_quantities[QUANTITIES] = {
    [QUANTITY_KIND] = {"kind", "kind of cell", "", 0, PICTURE_KINDS - 1, false, true},
    [QUANTITY_CLONE] = {"clone", "clone", "", 0, CONFIG_CLONES, false, true},
    [QUANTITY_CD22] = {"cd22", "free CD22 on the surface", "molecules", 10, 1e6, true, false},
    [QUANTITY_BOUND] = {"bound", "CD22 with conjugate", "molecules", 10, 1e6, true, false},
    [QUANTITY_SURFACE] = {"surface", "CD22 on the surface", "molecules", 10, 1e6, true, false},
    [QUANTITY_OCCUPANCY] = {"occupancy", "CD22 occupied", "", 0, 1, false, false},
    [QUANTITY_INSIDE] = {"inside", "conjugate inside", "molecules", 10, 1e6, true, false},
    [QUANTITY_PAYLOAD] = {"payload", "free calicheamicin", "molecules", 10, 1e6, true, false},
    [QUANTITY_DAMAGE] = {"damage", "DNA double-strand breaks", "breaks", 0.1, 1e4, true, false},
    [QUANTITY_CYCLE] = {"cycle", "left of the cycle", "mean cycles", 0, 2, false, false},
    [QUANTITY_FSC] = {"fsc", "forward scatter (proxy)", "", 0, 262144, false, false},
    [QUANTITY_SSC] = {"ssc", "side scatter (proxy)", "", 100, 262144, true, false},
};

Quantity picture_quantity(const char *name) {
    int i = 0;
    while (i < QUANTITIES && strcmp(picture_quantities[i].name, name) != 0) i++;
    return (Quantity)i;
}

void picture_view(PictureView *view, PictureMode mode, int width, int height) {
    int least = width < height ? width : height;
    *view = (PictureView){.mode = mode,
                          .width = width,
                          .height = height,
                          .x_um = 0.5 * SECTION_UM,
                          .y_um = 0.5 * SECTION_UM,
                          .pixels_per_um = (double)least / SECTION_UM,
                          .colour = QUANTITY_KIND,
                          .lo = NAN,
                          .hi = NAN,
                          .cell_um = NAN,
                          .kinds = PICTURE_ALL,
                          .across = QUANTITY_CD22,
                          .up = QUANTITY_BOUND};
}

static Status section_check(const PictureView *view) {
    REQUIRE(view->pixels_per_um > 0 && view->pixels_per_um <= 1e5, STATUS_BAD_INPUT,
            "picture: zoom %g pixels per um; takes numbers above 0, to 1e5", view->pixels_per_um);
    REQUIRE(fabs(view->x_um) <= 1e5 && fabs(view->y_um) <= 1e5, STATUS_BAD_INPUT,
            "picture: (%g, %g) um is far out of the section, which is %g um wide", view->x_um, view->y_um,
            (double)SECTION_UM);
    REQUIRE(view->colour < QUANTITIES, STATUS_BAD_INPUT, "picture: no such quantity to colour by");
    REQUIRE(isnan(view->cell_um) || (view->cell_um >= 0 && view->cell_um <= 100), STATUS_BAD_INPUT,
            "picture: cells of radius %g um; takes 0 to 100", view->cell_um);
    const QuantityInfo *q = &picture_quantities[view->colour];
    double lo = isnan(view->lo) ? q->lo : view->lo, hi = isnan(view->hi) ? q->hi : view->hi;
    REQUIRE(lo < hi && (lo > 0 || !q->log) && isfinite(hi), STATUS_BAD_INPUT,
            "picture: colours from %g to %g; give a lower and a higher number%s", lo, hi,
            q->log ? ", above 0" : "");
    return STATUS_OK;
}

Status picture_view_check(const PictureView *view) {
    REQUIRE(view->width >= 1 && view->height >= 1 && view->width <= PICTURE_WIDEST &&
                view->height <= PICTURE_WIDEST,
            STATUS_BAD_INPUT, "picture: %d by %d pixels; takes 1 to %d", view->width, view->height,
            (int)PICTURE_WIDEST);
    REQUIRE(view->mode <= PICTURE_FLOW, STATUS_BAD_INPUT, "picture: there is no mode %d", (int)view->mode);
    if (view->mode != PICTURE_FLOW) return section_check(view);
    REQUIRE(view->across < QUANTITIES && !picture_quantities[view->across].label && view->up < QUANTITIES &&
                !picture_quantities[view->up].label,
            STATUS_BAD_INPUT, "picture: an axis of the cytometer needs a quantity that is a number");
    return STATUS_OK;
}

void picture_to_section(const PictureView *view, double pixel_x, double pixel_y, double *x_um, double *y_um) {
    *x_um = view->x_um + (pixel_x - 0.5 * view->width) / view->pixels_per_um;
    *y_um = view->y_um + (pixel_y - 0.5 * view->height) / view->pixels_per_um;
}

void picture_from_section(const PictureView *view, double x_um, double y_um, double *pixel_x,
                          double *pixel_y) {
    *pixel_x = (x_um - view->x_um) * view->pixels_per_um + 0.5 * view->width;
    *pixel_y = (y_um - view->y_um) * view->pixels_per_um + 0.5 * view->height;
}

void picture_destroy(Picture *picture) {
    free(picture->pixel);
    *picture = (Picture){0};
}

/* ---- what the kernels are told ---- */

PictureKind picture_kind(const CellClass *cls) {
    if (cls->kind == KIND_PRECURSOR) return PICTURE_PRECURSOR;
    if (cls->kind == KIND_MATURE) return PICTURE_MATURE;
    return cls->marrow ? PICTURE_BLAST_MARROW : PICTURE_BLAST_BLOOD;
}

static Axis axis_of(Quantity quantity, double lo, double hi, int steps) {
    const QuantityInfo *q = &picture_quantities[quantity];
    lo = isnan(lo) ? q->lo : lo, hi = isnan(hi) ? q->hi : hi;
    double from = q->log ? log(lo) : lo, to = q->log ? log(hi) : hi, scale = steps / (to - from);
    return (Axis){quantity, q->log, (f32)scale, (f32)(-from * scale), (u32)steps};
}

/* Half the mean distance between neighbours, if all agents lay on a sheet. */
static double usual_cell_um(int64_t agents) {
    double each_um2 = (double)SECTION_UM * SECTION_UM / (double)(agents > 0 ? agents : 1);
    return fmin(6, 0.5 * sqrt(each_um2));
}

static void section_fill(View *v, const PictureView *view, int64_t agents) {
    double scale = view->pixels_per_um;
    double cell_um = isnan(view->cell_um) ? usual_cell_um(agents) : view->cell_um;
    v->density = view->mode == PICTURE_DENSITY;
    v->width = (u32)view->width, v->height = (u32)view->height;
    v->scale = (f32)scale;
    v->offset_x = (f32)(0.5 * view->width - view->x_um * scale);
    v->offset_y = (f32)(0.5 * view->height - view->y_um * scale);
    v->radius = v->density ? 0 : (f32)fmin(cell_um * scale, 4 * PICTURE_WIDEST);
    v->colour = axis_of(view->colour, view->lo, view->hi, KEY_COLOURS);
    v->words = v->width * v->height;
    v->blank = v->density ? 0 : PICTURE_NOBODY;
}

/* As a cytometer stops after so many events: a fixed share of the cells, by identity. */
enum { FLOW_EVENTS = 100000 };

static void flow_fill(View *v, const PictureView *view, int64_t agents) {
    v->across = axis_of(view->across, NAN, NAN, view->width);
    v->up = axis_of(view->up, NAN, NAN, view->height);
    for (int64_t share = agents; share > FLOW_EVENTS; share /= 2) v->sample = 2 * v->sample + 1;
    v->words = (u32)view->width * (u32)view->height * PICTURE_KINDS;
    v->blank = 0;
}

void picture_view_fill(View *out, const PictureView *view, const CellClasses *classes, int64_t agents) {
    *out = (View){.kinds = view->kinds};
    for (int c = 0; c < classes->count; c++) out->kind[c] = picture_kind(&classes->cls[c]);
    if (view->mode == PICTURE_FLOW)
        flow_fill(out, view, agents);
    else
        section_fill(out, view, agents);
}

/* ---- from one device or several ---- */

enum { POOLS = 16 };

/* Memory for one pool's numbers, kept from picture to picture. */
typedef struct Pixels {
    u32 *number;
    size_t room;
} Pixels;

struct PictureJob {
    Backend *backend;
    Picture picture; /* what is known already; its pixels are of the first pool */
    Pixels pool[POOLS];
    Fetch fetch[POOLS];
};

static void picture_describe(Picture *p, const PictureView *view, const View *v, const CellClasses *classes,
                             int64_t agents) {
    p->view = *view;
    p->agents = agents;
    p->cell_um = v->radius / view->pixels_per_um;
    p->sample_of = v->sample + 1;
    for (int c = 0; c < classes->count; c++) {
        p->kind[c] = (uint8_t)picture_kind(&classes->cls[c]);
        p->clone[c] = (uint8_t)(classes->cls[c].clone < 0 ? CONFIG_CLONES : classes->cls[c].clone);
    }
    p->pixels = v->words;
}

static Status pixels_room(Pixels *pixels, size_t room) {
    if (room <= pixels->room) return STATUS_OK;
    free(pixels->number);
    *pixels = (Pixels){malloc(room * sizeof(u32)), room};
    REQUIRE(pixels->number, STATUS_FAILED, "picture: no memory for %zu numbers; make it smaller", room);
    return STATUS_OK;
}

/* As many as there are threads, while that is no more than half a gigabyte. */
enum { COPIES_MOST = 64, COPY_STEP = 1024, COPY_WORDS_MOST = 1 << 27 };

Status picture_make(Backend *pool, View *v, bool flow) {
    v->copy_words = (v->width * v->height + COPY_STEP - 1) / COPY_STEP * COPY_STEP;
    bool copies = !flow && pool->workers > 1 && pool->workers <= COPIES_MOST &&
                  (u64)pool->workers * v->copy_words <= COPY_WORDS_MOST;
    v->copies = copies ? (u32)pool->workers : 1;
    if (copies) v->words = v->copies * v->copy_words;
    TRY(backend_picture(pool, v->words * sizeof(u32)));
    TRY(backend_write(pool, POOL_VIEW, 0, sizeof *v, v));
    TRY(backend_launch(pool, KERNEL_blank, 1));
    TRY(backend_launch(pool, flow ? KERNEL_cytometer : KERNEL_section, 1));
    return copies ? backend_launch(pool, KERNEL_join, 1) : STATUS_OK;
}

static Status pool_ask(PictureJob *job, int i, View *v) {
    Backend *pool = backend_pool_of(job->backend, i);
    size_t bytes = job->picture.pixels * sizeof(u32);
    TRY(pixels_room(&job->pool[i], job->picture.pixels));
    TRY(picture_make(pool, v, job->picture.view.mode == PICTURE_FLOW));
    return backend_fetch(pool, POOL_PICTURE, 0, bytes, job->pool[i].number, &job->fetch[i]);
}

Status picture_ask(PictureJob **out, Backend *backend, const CellClasses *classes, int64_t agents,
                   const PictureView *view) {
    View v;
    TRY(picture_view_check(view));
    REQUIRE(ranks_count() == 1, STATUS_UNAVAILABLE,
            "picture: not built for several processes; run without mpirun");
    PictureJob *job = *out ? *out : calloc(1, sizeof *job);
    REQUIRE(job, STATUS_FAILED, "picture: out of memory");
    *out = job;
    job->backend = backend;
    picture_view_fill(&v, view, classes, agents);
    picture_describe(&job->picture, view, &v, classes, agents);
    for (int i = 0; i < backend_pools(backend); i++) TRY(pool_ask(job, i, &v));
    return STATUS_OK;
}

/* Of keys the least stays, counts add up. */
static void pixels_join(u32 *to, const u32 *from, size_t count, PictureMode mode) {
    if (mode == PICTURE_DOTS)
        for (size_t i = 0; i < count; i++) to[i] = from[i] < to[i] ? from[i] : to[i];
    else
        for (size_t i = 0; i < count; i++) to[i] += from[i];
}

Status picture_take(PictureJob *job, Picture *out) {
    Picture taken = job->picture;
    int pools = backend_pools(job->backend);
    for (int i = 0; i < pools; i++) TRY(backend_fetched(backend_pool_of(job->backend, i), &job->fetch[i]));
    for (int i = 1; i < pools; i++)
        pixels_join(job->pool[0].number, job->pool[i].number, taken.pixels, taken.view.mode);
    taken.pixel = job->pool[0].number;
    taken.room = job->pool[0].room;
    job->pool[0] = (Pixels){out->pixel, out->room}; /* for the next picture */
    *out = taken;
    return STATUS_OK;
}

void picture_job_destroy(PictureJob *job) {
    if (!job) return;
    for (int i = 0; i < POOLS && i < backend_pools(job->backend); i++) {
        backend_forget(backend_pool_of(job->backend, i), &job->fetch[i]);
        free(job->pool[i].number);
    }
    free(job);
}
