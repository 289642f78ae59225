/* A moment of a simulation, kept and gone back to. The solver keeps nothing from interval to interval, and
 * where agents sit is no part of any result, so neither is saved. */
#include "sim/sim_saved.h"

#include <stdlib.h>
#include <string.h>

static void numbers_save(const Sim *sim, SimSaved *s) {
    s->step = sim->step;
    s->classes = sim->classes.count;
    memcpy(s->state, sim->state, sizeof s->state);
    memcpy(s->steps, sim->frame.cls, sizeof s->steps);
    memcpy(s->group, sim->classes.group, sizeof s->group);
    s->drug = sim->drug;
    s->blasts = sim->blasts, s->committed = sim->committed, s->competing = sim->competing;
    s->initial_cells = sim->initial_cells, s->births_cells = sim->births_cells;
    s->drug_deaths_cells = sim->drug_deaths_cells, s->natural_deaths_cells = sim->natural_deaths_cells;
    s->resampled_cells = sim->resampled_cells;
    s->degraded_nmol = sim->degraded_nmol, s->lost_nmol = sim->lost_nmol;
    s->harm = sim->harm;
    s->others = sim->others_course, s->other_deaths_cells = sim->other_deaths_cells;
    s->cost = sim->cost;
}

static void numbers_restore(Sim *sim, const SimSaved *s) {
    size_t bytes = sim->cost.bytes;
    sim->step = s->step;
    memcpy(sim->state, s->state, sizeof s->state);
    memcpy(sim->frame.cls, s->steps, sizeof s->steps);
    memcpy(sim->classes.group, s->group, sizeof s->group);
    sim->drug = s->drug;
    sim->blasts = s->blasts, sim->committed = s->committed, sim->competing = s->competing;
    sim->initial_cells = s->initial_cells, sim->births_cells = s->births_cells;
    sim->drug_deaths_cells = s->drug_deaths_cells, sim->natural_deaths_cells = s->natural_deaths_cells;
    sim->resampled_cells = s->resampled_cells;
    sim->degraded_nmol = s->degraded_nmol, sim->lost_nmol = s->lost_nmol;
    sim->harm = s->harm;
    sim->others_course = s->others, sim->other_deaths_cells = s->other_deaths_cells;
    sim->cost = s->cost;
    sim->cost.bytes = bytes; /* of this simulation's own pool */
}

Status sim_save(Sim *sim, SimSaved **out) {
    *out = NULL;
    SimSaved *saved = calloc(1, sizeof *saved);
    REQUIRE(saved, STATUS_FAILED, "simulation: no memory to keep this moment");
    numbers_save(sim, saved);
    Status status = dosing_save(sim->dosing, &saved->dosing);
    if (status == STATUS_OK) status = agents_read(sim->backend, &saved->agents);
    if (status == STATUS_OK)
        *out = saved;
    else
        sim_saved_destroy(saved);
    return status;
}

/* The device holds who was counted: on many ranks, all of them together. */
static Status counts_check(Sim *sim, Totals *now) {
    bool same = true;
    TRY(sim_sums(sim));
    TRY(backend_read(sim->backend, POOL_TOTALS, 0, sizeof *now, now));
    for (int c = 0; c < sim->classes.count; c++)
        same = same && now->tally[c][OBSERVED_CELLS] == sim->state[c].cells &&
               now->tally[c][OBSERVED_DYING] == sim->state[c].dying;
    REQUIRE(same, STATUS_FAILED, "simulation: the agents kept are not those that were counted");
    return STATUS_OK;
}

static Status agents_restore(Sim *sim, const Agents *agents) {
    memset(&sim->totals, 0, sizeof sim->totals); /* how full pages are is counted anew in the next interval */
    TRY(backend_finish(sim->backend));
    return agents_write(sim->backend, agents, &sim->totals.pages_used);
}

Status sim_state_restore(Sim *sim, const SimSaved *saved) {
    numbers_restore(sim, saved);
    Totals *now = malloc(sizeof *now);
    Status status = now ? agents_restore(sim, &saved->agents)
                        : status_set(STATUS_FAILED, "simulation: no memory to go back to a moment");
    status = backend_together(sim->backend, status);
    if (status == STATUS_OK && now) status = counts_check(sim, now);
    free(now);
    return status;
}

Status sim_restore(Sim *sim, const SimSaved *saved) {
    REQUIRE(
        saved->classes == sim->classes.count, STATUS_FAILED,
        "simulation: a moment with %d classes of cells does not fit one with %d; use the config it came from",
        saved->classes, sim->classes.count);
    TRY(dosing_restore(sim->dosing, saved->dosing));
    return sim_state_restore(sim, saved);
}

void sim_saved_destroy(SimSaved *saved) {
    if (!saved) return;
    dosing_destroy(saved->dosing);
    agents_destroy(&saved->agents);
    free(saved);
}

size_t sim_saved_bytes(const SimSaved *saved) {
    return sizeof *saved + saved->agents.room * sizeof(u32) * (1 + REAL_FIELDS + WORD_FIELDS);
}
