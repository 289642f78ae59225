/* Structs shared by host and device, and how agents lie in memory. All fields are 4 or 8 bytes wide.
 *
 * Agents live in pages of PAGE_SLOTS places, each page of one class (kind of cell, place, clone), so
 * that a page's coefficients are uniform. A page's fields lie one after the other:
 *   real  f32 [page][REAL_FIELDS][PAGE_SLOTS]   states and budgets
 *   word  u32 [page][PAGE_SLOTS][WORD_FIELDS]   identity and event count, one agent's side by side: read at
 *                                               events only, so one cache line, not three
 *   live  u32 [page][PAGE_WORDS]                one bit a place: taken
 *   box   u32 [page][BOX_FIELDS][BOX_SLOTS]     agents on their way to another page
 *   tally i64 [page][TALLIES]                   what happened in the page in this interval
 * A free place holds zeros and budgets of FOREVER; it can be stepped like any other and nothing
 * happens. A cell committed to apoptosis has a fate budget of FOREVER and a clock that counts down
 * to its disappearance. */
#ifndef MARROW_TYPES_H
#define MARROW_TYPES_H

#include "dialect.h"

#define PAGE_SLOTS 4096u
#define PAGE_WORDS 128u
#define BOX_SLOTS 1024u
#define PAGE_FILL 3686u /* 90 %: founders and packed agents leave room for births */
#define MAX_CLASSES 20u
#define NO_CLASS 0xffffffffu
#define FOREVER 1e30f
#define SETPOINT_MAX 131071.0f /* keeps page sums within 64-bit fixed point with room to spare */
#define FIXED 64.0f            /* fixed-point sums count 1/64 of a molecule */

/* REAL_CD22 … REAL_BREAKS: molecules or breaks per cell; FATE: what is left of the hazard the cell can bear,
 * Exp(1) at birth; CLOCK: what is left of the cycle, Erlang(k) of mean 1 at birth, or of dying. */
enum {
    REAL_CD22,
    REAL_BOUND,
    REAL_INSIDE,
    REAL_PAYLOAD,
    REAL_BREAKS,
    REAL_FATE,
    REAL_CLOCK,
    REAL_SETPOINT,
    REAL_SENSITIVITY,
    REAL_FIELDS
};
enum { WORD_ID_LOW, WORD_ID_HIGH, WORD_EVENTS, WORD_FIELDS };

/* What a picture tells cells apart by. */
typedef enum PictureKind {
    PICTURE_BLAST_MARROW,
    PICTURE_BLAST_BLOOD,
    PICTURE_PRECURSOR,
    PICTURE_MATURE,
    PICTURE_DYING, /* of any kind: committed to apoptosis */
    PICTURE_KINDS
} PictureKind;

/* What cells are coloured by, and the channels of the cytometer. The first two are labels. */
typedef enum Quantity {
    QUANTITY_KIND,      /* PictureKind (host/sim/picture.h) */
    QUANTITY_CLONE,     /* number of the clone; healthy cells apart */
    QUANTITY_CD22,      /* free CD22 on the surface, molecules per cell */
    QUANTITY_BOUND,     /* CD22 with conjugate on the surface */
    QUANTITY_SURFACE,   /* both: what an antibody against another epitope would stain */
    QUANTITY_OCCUPANCY, /* bound over both, 0 to 1 */
    QUANTITY_INSIDE,    /* conjugate inside, molecules */
    QUANTITY_PAYLOAD,   /* free calicheamicin inside, molecules */
    QUANTITY_DAMAGE,    /* DNA double-strand breaks */
    QUANTITY_CYCLE,     /* what is left of the cycle, in mean cycles */
    QUANTITY_FSC,       /* forward scatter, a proxy: size */
    QUANTITY_SSC,       /* side scatter, a proxy: granularity */
    QUANTITIES
} Quantity;
#define BOX_FIELDS (REAL_FIELDS + WORD_FIELDS)

/* Integer sums of one page, then of one class. From TALLY_LOST_CD22 on in 1/64 molecules. */
enum {
    TALLY_BIRTHS,
    TALLY_DRUG_DEATHS,
    TALLY_NATURAL_DEATHS,
    TALLY_MOVED,
    TALLY_VANISHED,
    TALLY_THINNED,
    TALLY_LOST_CD22,
    TALLY_LOST_BOUND,
    TALLY_LOST_INSIDE,
    TALLY_LOST_SETPOINT,
    TALLY_UNTAKEN, /* drug the flow map counted for cells that died earlier in the interval */
    TALLY_BORN_CD22,
    TALLY_BORN_BOUND,
    TALLY_BORN_INSIDE,
    TALLY_BORN_SETPOINT,
    TALLY_MOVED_CD22,
    TALLY_MOVED_BOUND,
    TALLY_MOVED_INSIDE,
    TALLY_MOVED_SETPOINT,
    TALLIES
};
/* The same row when `observe` or `digest` fills it. */
enum {
    OBSERVED_CELLS,
    OBSERVED_CD22,
    OBSERVED_BOUND,
    OBSERVED_INSIDE,
    OBSERVED_PAYLOAD,
    OBSERVED_BREAKS,
    OBSERVED_SETPOINT,
    OBSERVED_DYING,
    OBSERVED
};

/* One class in one interval: the flow map and the hazards, all uniform over its pages. */
typedef struct ClassStep {
    f32 rr, rc, cr, cc, er, ec, ee, pr, pc, pe, pp, dr, dc, de, dp, dd; /* rows of phi */
    f32 ri, ci, ei, pi, di;                                             /* inflow per unit of set-point */
    f32 hill_half;          /* 0.5 dt niche hmax: the trapezoid over the interval */
    f32 hill_power;         /* n */
    f32 natural, move;      /* hazards of natural death and of leaving, times dt */
    f32 division;           /* division rate, times dt */
    f32 dying;              /* dt over mean time to disappear */
    f32 binding, unbinding; /* kon c dt and koff dt, at the interval's end */
    f32 back_r, back_c, back_e, back_p, back_d, back_inflow; /* breaks at the start from states at the end */
    f32 renewal;       /* kturn dt: how inflow of free CD22 begins, per unit of set-point */
    f32 uptake_excess; /* mean uptake over the interval, over that at its end, less 1 */
    f32 move_gain;     /* factor on the set-point on arrival in move_class */
    f32 setpoint_median, setpoint_sd, sensitivity_median, sensitivity_sd, inherit_sd;
    u32 hill_square;          /* n is 2: no powers needed */
    u32 move_class;           /* where leaving cells go; NO_CLASS: nowhere */
    u32 stages, dying_stages; /* Erlang stages of cycle (1-64) and of dying (1-3) */
    u32 newcomers;            /* agents entering from outside this interval */
    u32 newcomer_base;        /* serial number of the first of them */
    u32 selected;             /* this class takes part in a split, thinning or packing */
    u32 pack_fill;            /* packing: places to fill per page kept */
} ClassStep;

typedef struct Frame {
    u32 seed_low, seed_high;
    u32 pages;    /* pages in the pool */
    u32 interval; /* number of the interval, for look-ups that belong to no cell */
    u32 mode;     /* what `plan` plans: PLAN_… */
    u32 classes;
    u32 round;           /* number of the split, thinning or packing between two intervals, for the same */
    u32 member, members; /* the share of the population this pool holds, of how many: by serial number */
    ClassStep cls[MAX_CLASSES];
} Frame;

enum { PLAN_ARRIVALS, PLAN_SPLIT, PLAN_PACK };

/* A page's row. Ranks number the agents that change place, class by class, in page order: the k-th
 * of them takes the k-th free place of the class. */
typedef struct PageRow {
    u32 cls;       /* NO_CLASS: unused */
    u32 used;      /* places taken, dying cells included */
    u32 out_moved; /* records in the box bound for the move class, then … */
    u32 out_born;  /* … records bound for this page's own class */
    u32 moved_rank, born_rank, free_rank;
    u32 arrivals; /* places that `settle` marks as taken */
    u32 leaving;  /* packing: the page is being emptied */
    u32 held;     /* events that found no room in the box and wait an interval: the host refuses such a dt */
    u32 unused0, unused1;
} PageRow;

typedef struct ClassPlan {
    u32 incoming;      /* agents that need a place */
    u32 offered;       /* places on offer to them, at most `incoming` are used */
    u32 first, last;   /* the class's range of `offer` */
    u32 newcomer_rank; /* rank of the first newcomer */
    u32 used;          /* places taken once all have arrived */
    u32 pages;         /* pages of the class */
    u32 kept_pages;    /* packing: pages left to the class */
} ClassPlan;

/* Written by `plan` and `total`, read back by the host once per interval. */
typedef struct Totals {
    u32 full; /* not zero: this many agents found no place */
    u32 pages_used;
    u32 held; /* sum over the pages */
    u32 unused0;
    ClassPlan plan[MAX_CLASSES];
    i64 tally[MAX_CLASSES][TALLIES];
} Totals;

/* A quantity laid out in steps: scale * q + offset, or of its logarithm, cut off at both ends. */
typedef struct Axis {
    u32 quantity; /* Quantity */
    u32 by_log;
    f32 scale, offset;
    u32 steps;
} Axis;

enum { FIND_NOTHING, FIND_PIXEL, FIND_CELLS, FIND_PLACES };
#define FIND_MOST 64u /* cells looked for or found at a time */

/* What a picture shows of the pool (host/sim/picture.h); nothing of it reaches the cells. Point (x, y) of the
 * section falls to pixel scale * (x, y) + (offset_x, offset_y), counted from a corner that (left, top) is in
 * turn counted from. */
typedef struct View {
    u32 density; /* counts instead of keys */
    u32 width, height;
    i32 left, top;
    f32 scale, offset_x, offset_y;
    f32 radius;             /* of a cell, in pixels; below 0.75 a cell is one pixel */
    u32 kinds;              /* shown: a bit each, 1 << PICTURE_… */
    u32 kind[MAX_CLASSES];  /* of a class's living cells */
    Axis colour;            /* 256 steps */
    Axis across, up;        /* of the cytometer */
    u32 sample;             /* the cytometer takes cells whose identity has these bits zero */
    u32 copies, copy_words; /* of the picture, one a worker, and how far apart; 1: all write to one */
    u32 words, blank;       /* of the picture, and what an empty one is filled with */
    u32 find, find_x, find_y, find_key; /* FIND_PIXEL: cells with this key that cover this pixel */
    u32 find_count, find_low[FIND_MOST], find_high[FIND_MOST]; /* FIND_CELLS: by identity */
    u32 find_filter[32];       /* a bit for the lowest ten bits of each identity */
    u32 find_place[FIND_MOST]; /* FIND_PLACES: where each was seen last, page * PAGE_SLOTS + place */
} View;

/* A cell that was found. The first word of the picture counts them, from the second on they lie one after the
 * other. */
typedef struct Found {
    u32 low, high, events, cls;
    u32 place; /* page * PAGE_SLOTS + place: no part of any result, but where to look first the next time */
    f32 real[REAL_FIELDS];
} Found;
#define FOUND_WORDS (sizeof(Found) / 4u)

/* A pixel of a picture of keys: living cells behind dying ones, then by depth; class and colour with it. Of
 * the cells that cover a pixel the least key is kept. */
#define PICTURE_NOBODY 0xffffffffu
#define KEY_LIVING 0x80000000u
#define KEY_DEPTH_SHIFT 13u
#define KEY_DEPTHS 262144.0f /* 18 bits */
#define KEY_CLASS_SHIFT 8u
#define KEY_CLASSES 31u
#define KEY_COLOURS 256u

/* The buffers every kernel gets, in this order. `offer` lists pages with free places, class by class. */
#define POOL                                                                                             \
    GLOBAL_MEM f32 *RESTRICT real, GLOBAL_MEM u32 *RESTRICT word, GLOBAL_MEM u32 *RESTRICT live,         \
        GLOBAL_MEM u32 *RESTRICT box, GLOBAL_MEM i64 *RESTRICT tally, GLOBAL_MEM PageRow *RESTRICT rows, \
        GLOBAL_MEM u32 *RESTRICT offer, GLOBAL_MEM Totals *RESTRICT totals,                              \
        GLOBAL_MEM const Frame *RESTRICT frame, GLOBAL_MEM const View *RESTRICT view,                    \
        GLOBAL_MEM u32 *RESTRICT picture

#if defined(TARGET_C)
_Static_assert(sizeof(ClassStep) == 51 * 4, "ClassStep has no padding");
_Static_assert(sizeof(Frame) == 9 * 4 + MAX_CLASSES * sizeof(ClassStep), "Frame has no padding");
_Static_assert(sizeof(Axis) == 20, "Axis has no padding");
_Static_assert(sizeof(View) == (10 + MAX_CLASSES + 15 + 5 + 5 + 3 * FIND_MOST + 32) * 4,
               "View has no padding");
_Static_assert(sizeof(Found) == 14 * 4, "Found has no padding");
_Static_assert(sizeof(PageRow) == 48, "PageRow has no padding");
_Static_assert(sizeof(ClassPlan) == 32, "ClassPlan has no padding");
_Static_assert(sizeof(Totals) == 16 + MAX_CLASSES * (32 + 8 * TALLIES), "Totals has no padding");
#endif

#endif
