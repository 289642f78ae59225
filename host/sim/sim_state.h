/* The inside of a simulation, shared by the sim_*.c files only. */
#ifndef MARROW_SIM_STATE_H
#define MARROW_SIM_STATE_H

#include "dosing/plasma.h"
#include "sim/classes.h"
#include "sim/sim.h"

/* A quantity's last three values, one interval apart, from which the next are extrapolated. */
typedef struct Trend {
    double last, before, earlier;
} Trend;

/* One class: agents counted in whole numbers; molecules summed over uncommitted agents (not weighted). */
typedef struct ClassState {
    i64 cells, dying;                             /* agents, uncommitted and committed */
    double cd22, bound, inside, setpoint;         /* molecules */
    Trend cd22_loss, bound_loss, setpoint_growth; /* per hour */
    double newcomer_debt;                         /* fraction of an agent still owed by the inflow */
    u32 newcomers, newcomer_serial;               /* this interval's, and how many there ever were */
    i64 births;                                   /* of the last interval, agents */
} ClassState;

struct Sim {
    const Config *config;
    Dosing *dosing;
    Backend *backend;
    CellClasses classes;
    ClassState state[MAX_CLASSES];
    Plasma *plasma;
    PlasmaState drug;
    PlasmaParams params;
    Frame frame;
    Totals totals;
    i64 step, steps, output_steps;
    double dt_h;
    MarrowRoom room;
    Trend blasts, committed, competing; /* cells in marrow, the last of normal marrow; now and before */
    /* running totals in real cells, and the books of the drug in nmol */
    i64 initial_cells, births_cells, drug_deaths_cells, natural_deaths_cells, resampled_cells;
    double degraded_nmol, lost_nmol;
    SimHarm harm;
    OtherDrugs *others;
    DrugsCourse others_course;
    DrugAction action; /* of other drugs, over the interval at hand */
    double other_deaths_cells;
    SimCost cost;
};

double molecules_nmol(double molecules, double weight); /* of agents that stand for `weight` cells each */
/* Molecules summed over a class's agents, as nmol in the patient. */
double sim_nmol(const Sim *sim, int cls, double molecules);
double sim_marrow_blasts(const Sim *sim);                    /* uncommitted, cells */
double sim_class_cells(const Sim *sim, int cls, i64 agents); /* agents as real cells */
double sim_marrow_committed(const Sim *sim);                 /* dying blasts, cells */

/* What has always been. */
Trend trend_steady(double value);
/* Half an interval past the last value, straight on: cells known now, at the next interval's middle. */
double trend_middle(Trend t);
/* So many intervals past the last value, on a parabola: loss rates, known at the last interval's middle, at
 * both ends of the next. They grow as the eighth power of time when drug begins to act. */
double trend_ahead(Trend t, double intervals);

Status sim_launch(Sim *sim, KernelId kernel);
Status sim_frame_send(Sim *sim, u32 mode); /* coefficients and what `plan` plans */

/* Hazard of dying by other treatment than the conjugate, over the interval at hand (sim_step.c). */
double sim_harm_per_h(const Sim *sim, const CellClass *cls);

/* Founders: counts by class, the pool, the agents (sim_founders.c). */
void sim_founders_count(Sim *sim);
Status sim_pool_create(Sim *sim);
Status sim_founders_create(Sim *sim);

/* Every class's coefficients along the path just solved, into the frame (sim_step.c). */
void sim_classes_step(Sim *sim, const PlasmaPath *path);

/* Counts, sums and books after an interval, from the totals read back (sim_books.c). Errors: STATUS_FAILED
 * when agents found no place or are not accounted for. */
Status sim_bookkeeping(Sim *sim);

/* Weights follow the burden: split, thin and pack where due, between intervals. */
Status sim_resample(Sim *sim);

/* Asks the device for sums over agents, totals.tally (OBSERVED_…), to be read or fetched. */
Status sim_sums(Sim *sim);

/* Takes the classes' molecule sums from the agents themselves, dropping rounding that the running sums have
 * gathered. */
Status sim_resync(Sim *sim);

/* One class's coefficients over the path just solved. */
void sim_class_step(const Sim *sim, int cls, const FlowMap *map, const PlasmaPath *path, ClassStep *out);

#endif
