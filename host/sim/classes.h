/* The classes of cells a config asks for: which kind, where, which clone; their rates, and the groups that
 * share a weight.
 *
 * A class is what a page holds. Blasts of one clone have two classes, marrow and blood, and one weight;
 * healthy B cells have two, precursor and mature, and one weight. */
#ifndef MARROW_CLASSES_H
#define MARROW_CLASSES_H

#include <stdbool.h>

#include "config/config.h"
#include "dosing/flow.h"
#include "kernels/types.h"

typedef enum CellKind { KIND_BLAST, KIND_PRECURSOR, KIND_MATURE } CellKind;

typedef struct CellClass {
    CellKind kind;
    bool marrow; /* takes room in the marrow */
    int group;   /* whose weight it has */
    int move_to; /* class of leaving cells; -1: nobody leaves */
    int clone;   /* -1 for healthy cells */
    FlowRates rates;
    CellTraits traits; /* with the clone's own values in place */
    double niche;      /* factor on the hazard here */
    double natural_per_h, move_per_h;
    double birth_per_h,
        death_per_h;      /* of the division hazard d0 + (b - d0) max(0, 1 - Ntot/K); b = 0: never divides */
    double move_gain;     /* set-point on arrival over set-point here */
    double initial_cells; /* at time zero */
    double inflow_cells_per_h; /* from stem cells */
    bool sink;                 /* its uptake is taken out of plasma */
    bool mutant;               /* receives the CD22-loss mutants of all other blasts */
} CellClass;

typedef struct CellGroup {
    double agents; /* how many agents it may have */
    i64 weight;    /* real cells per agent: a power of two */
} CellGroup;

typedef struct CellClasses {
    int count, group_count;
    CellClass cls[MAX_CLASSES];
    CellGroup group[CONFIG_CLONES + 1];
} CellClasses;

/* Where the class is drawn: blasts in blood and mature B cells inside vessels, all others between them. */
bool class_in_vessel(const CellClass *cls);

/* "blast_marrow:NAME", "blast_blood:NAME" (of the clone), "b_precursor" or "b_mature". */
void class_label(const CellClass *cls, const Config *config, char *out, size_t room);

/* Fills the table from the config. Errors: STATUS_BAD_INPUT when clone fractions are impossible. */
Status classes_create(CellClasses *out, const Config *config);

/* The smallest power of two that makes `cells` at most `agents` agents. */
i64 weight_for(double cells, double agents);

#endif
