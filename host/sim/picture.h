/* Pictures of the population, made by the simulation's own kernels (kernels/picture.h) on the device that
 * runs it: the same bytes on every backend, and nothing of them reaches a result.
 *
 *   PictureView -> picture_ask -> (the next interval runs) -> picture_take -> Picture -> picture_rgba
 *
 * What comes over is one number a pixel; colours are a matter of the viewer's side (picture_rgba), so that
 * another palette needs no new picture. None of this needs a window: picture_write_png makes files.
 *
 * The section is scenery (kernels/section.h): SECTION_UM wide and high, sinusoids running through it from
 * left to right. Cells of the marrow, precursors too, lie between them; blasts in blood and mature B cells
 * inside. An agent's place hangs on its identity alone, so it stays where it is from picture to picture. */
#ifndef MARROW_HOST_PICTURE_H
#define MARROW_HOST_PICTURE_H

#include "device/backend.h"
#include "sim/classes.h"

/* The quantities of kernels/types.h. The first two are labels, the others numbers. */
typedef struct QuantityInfo {
    const char *name; /* as commands and files call it: "cd22" */
    const char *text, *unit;
    double lo, hi; /* usual range */
    bool log;      /* axis and colours go by the logarithm; what is below lo counts as lo */
    bool label;    /* no number: QUANTITY_KIND, QUANTITY_CLONE */
} QuantityInfo;
extern const QuantityInfo picture_quantities[QUANTITIES];

/* By name; QUANTITIES if there is none. */
Quantity picture_quantity(const char *name);

extern const char *const picture_kind_names[PICTURE_KINDS]; /* "blast_marrow" … */

typedef enum PictureMode {
    PICTURE_DOTS,    /* each pixel one cell of those there: a fair sample, dying ones in front; discs when
                        zoomed in */
    PICTURE_DENSITY, /* each pixel the number of agents */
    PICTURE_FLOW,    /* the cytometer: agents by two quantities, counted by kind */
} PictureMode;

enum { PICTURE_WIDEST = 8192 };

/* What is asked for. picture_view fills one in that shows everything. */
typedef struct PictureView {
    PictureMode mode;
    int width, height;    /* pixels, 1 to PICTURE_WIDEST; of PICTURE_FLOW: bins across and up */
    double x_um, y_um;    /* the point of the section in the picture's middle; y downwards */
    double pixels_per_um; /* zoom; beyond 1000 nothing gets finer */
    Quantity colour;      /* of PICTURE_DOTS */
    double lo, hi;        /* its range; NaN: the usual one */
    double cell_um;       /* radius of a disc; NaN: so that cells hardly cover each other */
    unsigned kinds;       /* which are shown: a bit each, 1 << PICTURE_BLAST_MARROW … ; PICTURE_ALL */
    Quantity across, up;  /* of PICTURE_FLOW; numbers only, by their usual ranges */
} PictureView;
enum { PICTURE_ALL = (1 << PICTURE_KINDS) - 1 };

/* The whole section, all cells, by kind. */
void picture_view(PictureView *view, PictureMode mode, int width, int height);

/* STATUS_BAD_INPUT names what is out of range. */
Status picture_view_check(const PictureView *view);

/* Where a pixel's middle is in the section, and which pixel a point falls to (may lie outside). */
void picture_to_section(const PictureView *view, double pixel_x, double pixel_y, double *x_um, double *y_um);
void picture_from_section(const PictureView *view, double x_um, double y_um, double *pixel_x,
                          double *pixel_y);

/* A picture that came over. Starts zeroed; picture_destroy accepts any state.
 *   PICTURE_DOTS     pixel[y * width + x]: a key, PICTURE_NOBODY where nobody is
 *   PICTURE_DENSITY  pixel[y * width + x]: agents
 *   PICTURE_FLOW     pixel[(kind * height + y) * width + x]: agents of the kind; y = 0 is the top */
typedef struct Picture {
    PictureView view;
    double time_h;
    double cell_um;                                /* radius drawn */
    int64_t agents;                                /* in the pool */
    uint8_t kind[MAX_CLASSES], clone[MAX_CLASSES]; /* PictureKind and clone of each class, for keys; clone
                                                      CONFIG_CLONES: healthy */
    u32 *pixel;
    size_t pixels, room; /* of `pixel`, and what there is memory for */
    unsigned sample_of;  /* PICTURE_FLOW: one cell of so many was taken */
} Picture;
void picture_destroy(Picture *picture);

/* A picture on its way, and the memory for the next. */
typedef struct PictureJob PictureJob;

/* Asks for a picture of the agents (`agents` of them) as they are now; waits for nothing. `*job` is NULL at
 * first, and can be used again once its picture was taken. On several devices each makes its own and
 * picture_take puts them together. STATUS_BAD_INPUT: the view; STATUS_UNAVAILABLE: several processes;
 * STATUS_FAILED: memory or the device. */
Status picture_ask(PictureJob **job, Backend *backend, const CellClasses *classes, int64_t agents,
                   const PictureView *view);

/* The picture that was asked for, however many intervals ago, into `out`; the memory of what was there before
 * goes to the job. */
Status picture_take(PictureJob *job, Picture *out);
void picture_job_destroy(PictureJob *job); /* accepts NULL; before the backend is closed */

/* The cell a pixel of that view shows, or the one nearest to it within some pixels; exactly the one, however
 * many lie there. Reads every agent and waits: some milliseconds a million. `found` false: nobody is near. */
Status picture_pick(Backend *backend, const CellClasses *classes, int64_t agents, const PictureView *view,
                    double pixel_x, double pixel_y, Found *out, bool *found);

/* Cells by identity (high word first), at most FIND_MOST: those of them that are there, in order of identity.
 */
Status picture_find(Backend *backend, const uint64_t *identity, int count, Found *out, int *found);

/* The same, looking first where they were seen last (Found.place; on several devices each looks there), which
 * costs next to nothing; only for cells that are elsewhere now, or nowhere, all are gone through. */
Status picture_find_again(Backend *backend, const uint64_t *identity, const u32 *place, int count, Found *out,
                          int *found);

/* What kernels are told of a view (kernels/types.h); and of which kind living cells of a class are. */
void picture_view_fill(View *out, const PictureView *view, const CellClasses *classes, int64_t agents);
PictureKind picture_kind(const CellClass *cls);

/* Launches what makes such a picture in one pool; its first words then hold it. */
Status picture_make(Backend *pool, View *view, bool flow);

/* ---- colours ---- */

/* Colours are 0xAABBGGRR in memory order R, G, B, A on little-endian machines (SDL_PIXELFORMAT_ABGR8888).
 * Labels are Okabe and Ito's colours, numbers go along viridis; both tell apart with every kind of colour
 * vision. */
typedef struct PicturePalette {
    u32 background, kind[PICTURE_KINDS], clone[CONFIG_CLONES + 1]; /* the last: healthy cells */
    u32 ramp[256];                                                 /* lowest to highest */
} PicturePalette;
void picture_palette(PicturePalette *palette);

/* Paints the picture into `rgba`, `pitch` pixels a row, width x height of the view. DENSITY goes along the
 * ramp by the logarithm of the count up to the fullest pixel, FLOW mixes the kinds by their share. */
void picture_rgba(const Picture *picture, const PicturePalette *palette, u32 *rgba, size_t pitch);

/* The same as a file. STATUS_FAILED: "PATH: cannot be written: …". */
Status picture_write_png(const Picture *picture, const PicturePalette *palette, const char *path);

#endif
