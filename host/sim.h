/* The simulation: its clock, its pool of agents, and one interval as an ordered list of kernels.
 *
 *   sim_create, then sim_advance until sim_done, with sim_observe wherever numbers are wanted.
 *
 * Everything here is a function of (config, dosing): the backend only makes it faster. */
#ifndef MARROW_SIM_H
#define MARROW_SIM_H

#include "backend.h"
#include "config.h"
#include "dosing.h"
#include "observe.h"

typedef struct Sim Sim;

/* What a run cost, for run.json and the progress line. */
typedef struct SimCost {
    int64_t steps;       /* intervals */
    int64_t agent_steps; /* agents in the pool, dying ones included, summed over intervals */
    int64_t place_steps; /* the same for places of pages in use: what a pass over memory touches */
    int64_t agents, peak_agents;
    size_t bytes; /* of the pool */
} SimCost;

/* Founders in place, time zero. `config`, `dosing` and `backend` must outlive the simulation. Errors:
 * STATUS_BAD_INPUT for a config that cannot be (fractions, capacity too small), STATUS_FAILED for memory or
 * solver. */
Status sim_create(Sim **out, const Config *config, Dosing *dosing, Backend *backend);
void sim_destroy(Sim *sim); /* accepts NULL */

/* One interval of dt_h. STATUS_FAILED: solver, or no place left for agents (message names
 * simulation.capacity). */
Status sim_advance(Sim *sim);

double sim_time_h(const Sim *sim);
bool sim_done(const Sim *sim);       /* until_days reached */
bool sim_output_due(const Sim *sim); /* a row of timeseries.csv is due now (time zero and the end included) */

/* Sums over all agents now. */
Status sim_observe(Sim *sim, Observation *out);

/* Digest of every agent's every bit, independent of where it sits: equal digests, equal populations. */
Status sim_digest(Sim *sim, uint64_t *digest);

SimCost sim_cost(const Sim *sim);

#endif
