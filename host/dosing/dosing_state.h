/* Inside the dosing module: what there is to know about a course. Private to dosing*.c and to whoever stores
 * it.
 *
 * Two arrays and numbers: nothing else points anywhere, so that a copy of all of it has the same future. */
#ifndef MARROW_DOSING_STATE_H
#define MARROW_DOSING_STATE_H

#include "dosing/dosing.h"

enum { CYCLE_DOSES = 3, LABEL_CYCLES = 6 };

typedef struct Infusion {
    double end_h, rate_mg_per_h;
    size_t record; /* in the plan */
} Infusion;

struct Dosing {
    /* Everything known to be coming, in order of time; the first `done` have happened. */
    DoseRecord *plan;
    size_t planned, done, plan_room;
    size_t opened; /* planned when the course was opened */
    /* Running infusions, a heap with the first to end on top; room for all of the plan. */
    Infusion *running;
    size_t running_count, running_room;
    double rate_mg_per_h, rate_error_mg_per_h; /* their sum, and what rounding took from it */
    /* The label's cycles are planned when their first dose is due. */
    int cycle, cycles; /* next, and how many there are: 0 for a table */
    int cycle_doses;   /* doses in a cycle yet to be planned */
    int omitted;       /* of the next cycle, counted from its first dose */
    int responded;     /* what is known of the response (dosing_responded); -1: ask the marrow */
    double cycle_start_h;
    double bsa_m2, mg_per_m2; /* mg_per_m2 NaN: as the label says */
    double scale;             /* of doses yet to be planned */
    uint64_t seed;            /* whose luck it is by which doses are early or late */
    int64_t window_d;         /* by so many days at most */
    double held_since_h;      /* NaN: not held */
    double now_h;
};

/* dosing_label.c */

/* When the next cycle's first dose is due; infinite when there is none. */
double label_due_h(const Dosing *dosing);

/* The next cycle's dose number `dose` (0 to 2) as it would be with this marrow. */
DoseRecord label_dose(const Dosing *dosing, int dose, double blast_fraction);

/* Plans the next cycle, or the one after without it. */
Status label_plan(Dosing *dosing, double blast_fraction);
void label_skip_cycle(Dosing *dosing);

/* dosing_plan.c: the plan as a list */

/* A dose of the course: what holding and scaling act on. */
bool plan_is_course(const DoseRecord *record);

/* Makes room for `need` records in all and as many infusions, or for `more`. */
Status plan_fit(Dosing *dosing, size_t need);
Status plan_reserve(Dosing *dosing, size_t more);

/* After all that come at its time or earlier. Room must be there. */
void plan_insert(Dosing *dosing, const DoseRecord *record);
void plan_remove(Dosing *dosing, size_t index);

/* The first record that may happen: none of the course while it is held. `planned` when there is none. */
size_t plan_next(const Dosing *dosing);

/* Record `index` has happened; those before it that have not stay in their order. */
DoseRecord *plan_take(Dosing *dosing, size_t index);

/* Puts the records to come in order of time again; those of one time keep theirs. */
Status plan_sort(Dosing *dosing);

#endif
