/* The inside of a kept moment, shared by sim_save.c and sim_pieces.c only. */
#ifndef MARROW_SIM_SAVED_H
#define MARROW_SIM_SAVED_H

#include <stddef.h>

#include "sim/agents.h"
#include "sim/sim_state.h"

struct SimSaved {
    i64 step;
    int classes;
    ClassState state[MAX_CLASSES];
    ClassStep steps[MAX_CLASSES];
    CellGroup group[CONFIG_CLONES + 1];
    PlasmaState drug;
    Trend blasts, committed, competing;
    i64 initial_cells, births_cells, drug_deaths_cells, natural_deaths_cells, resampled_cells;
    double degraded_nmol, lost_nmol;
    SimHarm harm;
    DrugsCourse others;
    double other_deaths_cells;
    SimCost cost;
    /* above: numbers alone; below: what they belong to */
    Dosing *dosing;
    Agents agents;
};

enum { SIM_NUMBERS = offsetof(SimSaved, dosing) };

/* Puts the simulation there; dosing is restored already. */
Status sim_state_restore(Sim *sim, const SimSaved *saved);

#endif
