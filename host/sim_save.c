/* A moment of a simulation, kept and gone back to. The solver keeps nothing from interval to interval, and
 * where agents sit is no part of any result, so neither is saved. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "agents.h"
#include "sim_state.h"

struct SimSaved {
    i64 step;
    int classes;
    ClassState state[MAX_CLASSES];
    ClassStep steps[MAX_CLASSES];
    CellGroup group[CONFIG_CLONES + 1];
    PlasmaState drug;
    Trend blasts, committed, normal;
    i64 initial_cells, births_cells, drug_deaths_cells, natural_deaths_cells, resampled_cells;
    double degraded_nmol, lost_nmol;
    SimCost cost;
    /* above: numbers alone; below: what they belong to */
    Dosing *dosing;
    Agents agents;
};

enum { NUMBERS = offsetof(SimSaved, dosing) };

static void numbers_save(const Sim *sim, SimSaved *s) {
    s->step = sim->step;
    s->classes = sim->classes.count;
    memcpy(s->state, sim->state, sizeof s->state);
    memcpy(s->steps, sim->frame.cls, sizeof s->steps);
    memcpy(s->group, sim->classes.group, sizeof s->group);
    s->drug = sim->drug;
    s->blasts = sim->blasts, s->committed = sim->committed, s->normal = sim->normal;
    s->initial_cells = sim->initial_cells, s->births_cells = sim->births_cells;
    s->drug_deaths_cells = sim->drug_deaths_cells, s->natural_deaths_cells = sim->natural_deaths_cells;
    s->resampled_cells = sim->resampled_cells;
    s->degraded_nmol = sim->degraded_nmol, s->lost_nmol = sim->lost_nmol;
    s->cost = sim->cost;
}

static void numbers_restore(Sim *sim, const SimSaved *s) {
    size_t bytes = sim->cost.bytes;
    sim->step = s->step;
    memcpy(sim->state, s->state, sizeof s->state);
    memcpy(sim->frame.cls, s->steps, sizeof s->steps);
    memcpy(sim->classes.group, s->group, sizeof s->group);
    sim->drug = s->drug;
    sim->blasts = s->blasts, sim->committed = s->committed, sim->normal = s->normal;
    sim->initial_cells = s->initial_cells, sim->births_cells = s->births_cells;
    sim->drug_deaths_cells = s->drug_deaths_cells, sim->natural_deaths_cells = s->natural_deaths_cells;
    sim->resampled_cells = s->resampled_cells;
    sim->degraded_nmol = s->degraded_nmol, sim->lost_nmol = s->lost_nmol;
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

static Status state_restore(Sim *sim, const SimSaved *saved) {
    numbers_restore(sim, saved);
    memset(&sim->totals, 0, sizeof sim->totals); /* how full pages are is counted anew in the next interval */
    TRY(backend_finish(sim->backend));
    return agents_write(sim->backend, &saved->agents, &sim->totals.pages_used);
}

Status sim_restore(Sim *sim, const SimSaved *saved) {
    REQUIRE(
        saved->classes == sim->classes.count, STATUS_FAILED,
        "simulation: a moment with %d classes of cells does not fit one with %d; use the config it came from",
        saved->classes, sim->classes.count);
    TRY(dosing_restore(sim->dosing, saved->dosing));
    return state_restore(sim, saved);
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

/* Agents as one piece a column, after the numbers and the doses. */
static void columns(const Agents *a, SimBytes *out) {
    out->piece[4] = a->cls;
    for (int f = 0; f < REAL_FIELDS; f++) out->piece[5 + f] = a->real[f];
    for (int f = 0; f < WORD_FIELDS; f++) out->piece[5 + REAL_FIELDS + f] = a->word[f];
    for (int i = 4; i < SIM_PIECES; i++) out->bytes[i] = a->count * sizeof(u32);
}

void sim_saved_pieces(const SimSaved *saved, SimBytes *out) {
    DosingBytes dosing;
    dosing_bytes(saved->dosing, &dosing);
    out->piece[0] = (void *)saved;
    out->bytes[0] = NUMBERS;
    for (int i = 0; i < 3; i++) out->piece[1 + i] = dosing.piece[i], out->bytes[1 + i] = dosing.bytes[i];
    columns(&saved->agents, out);
}

static bool classes_known(const Sim *sim, const u32 *cls, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (cls[i] >= (u32)sim->classes.count) return false;
    return true;
}

static Status pieces_check(const Sim *sim, const SimBytes *in) {
    REQUIRE(in->bytes[0] == NUMBERS, STATUS_FAILED, "simulation: saved by another version; start anew");
    for (int i = 5; i < SIM_PIECES; i++)
        REQUIRE(in->bytes[i] == in->bytes[4], STATUS_FAILED,
                "simulation: saved agents lack some of their fields; start anew");
    REQUIRE(classes_known(sim, in->piece[4], in->bytes[4] / sizeof(u32)), STATUS_FAILED,
            "simulation: saved agents of a class that this config has not; use the config they came from");
    return STATUS_OK;
}

Status sim_restore_pieces(Sim *sim, const SimBytes *in) {
    TRY(pieces_check(sim, in));
    DosingBytes dosing = {{in->piece[1], in->piece[2], in->piece[3]},
                          {in->bytes[1], in->bytes[2], in->bytes[3]}};
    SimSaved saved = {0};
    memcpy(&saved, in->piece[0], NUMBERS);
    saved.agents.count = in->bytes[4] / sizeof(u32);
    saved.agents.cls = in->piece[4];
    for (int f = 0; f < REAL_FIELDS; f++) saved.agents.real[f] = in->piece[5 + f];
    for (int f = 0; f < WORD_FIELDS; f++) saved.agents.word[f] = in->piece[5 + REAL_FIELDS + f];
    TRY(dosing_from_bytes(sim->dosing, &dosing));
    return state_restore(sim, &saved);
}
