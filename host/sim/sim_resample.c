/* Weights that follow the burden (docs/model.md section 6), and pages kept well filled. All of it happens
 * between intervals and is decided from counts alone, so it is the same on every backend. */
#include <math.h>

#include "sim/sim_state.h"

static const double THIN_ABOVE = 1.1;  /* of a group's target */
static const double PACK_BELOW = 0.80; /* of the places in a class's pages */

static i64 group_agents(const Sim *sim, int group) {
    i64 sum = 0;
    for (int c = 0; c < sim->classes.count; c++)
        if (sim->classes.cls[c].group == group) sum += sim->state[c].cells + sim->state[c].dying;
    return sum;
}

static void select_group(Sim *sim, int group) {
    for (int c = 0; c < sim->classes.count; c++)
        sim->frame.cls[c].selected = sim->classes.cls[c].group == group;
}

static Status run(Sim *sim, u32 mode, const KernelId *kernels, int count) {
    sim->frame.mode = mode;
    sim->frame.interval = (u32)sim->step;
    TRY(backend_write(sim->backend, POOL_FRAME, 0, sizeof sim->frame, &sim->frame));
    for (int k = 0; k < count; k++) TRY(backend_launch(sim->backend, kernels[k], (u32)sim->classes.count));
    sim->frame.round++;
    return backend_read(sim->backend, POOL_TOTALS, 0, sizeof sim->totals, &sim->totals);
}

/* Every agent of the group becomes two of half the weight: counts double, cells and molecules in the patient
 * stay. */
static Status group_split(Sim *sim, int group) {
    const KernelId kernels[] = {KERNEL_plan, KERNEL_spread, KERNEL_settle};
    select_group(sim, group);
    sim->classes.group[group].weight /= 2;
    TRY(run(sim, PLAN_SPLIT, kernels, 3));
    for (int c = 0; c < sim->classes.count; c++) {
        if (sim->classes.cls[c].group != group) continue;
        ClassState *s = &sim->state[c];
        s->cells *= 2, s->dying *= 2, s->births *= 2;
        s->cd22 *= 2, s->bound *= 2, s->inside *= 2, s->setpoint *= 2;
        s->newcomer_debt *= 2;
        REQUIRE(s->cells + s->dying == sim->totals.plan[c].used, STATUS_FAILED,
                "day %.2f: no room to split agents; raise simulation.capacity", sim_time_h(sim) / 24);
    }
    return STATUS_OK;
}

/* Uptake that cells no longer carry because their agents were thinned away (or gained by doubled ones). */
static double group_carried_nmol(const Sim *sim, int group) {
    double sum = 0;
    for (int c = 0; c < sim->classes.count; c++)
        if (sim->classes.cls[c].group == group && sim->classes.cls[c].sink)
            sum += sim_nmol(sim, c, sim->state[c].bound + sim->state[c].inside);
    return sum;
}

static Status group_thin(Sim *sim, int group) {
    const KernelId kernels[] = {KERNEL_thin, KERNEL_total};
    double carried_nmol = group_carried_nmol(sim, group);
    i64 weight = sim->classes.group[group].weight;
    select_group(sim, group);
    TRY(run(sim, PLAN_ARRIVALS, kernels, 2));
    sim->classes.group[group].weight *= 2;
    for (int c = 0; c < sim->classes.count; c++) {
        if (sim->classes.cls[c].group != group) continue;
        ClassState *s = &sim->state[c];
        i64 before = s->cells;
        s->cells -= sim->totals.tally[c][TALLY_THINNED];
        s->dying -= sim->totals.tally[c][TALLY_VANISHED];
        s->births /= 2;
        s->newcomer_debt /= 2;
        if (sim->classes.cls[c].kind == KIND_BLAST) sim->resampled_cells += weight * (2 * s->cells - before);
    }
    TRY(sim_resync(sim));
    sim->lost_nmol += carried_nmol - group_carried_nmol(sim, group);
    return STATUS_OK;
}

static Status group_resample(Sim *sim, int group) {
    const CellGroup *g = &sim->classes.group[group];
    while (group_agents(sim, group) > THIN_ABOVE * g->agents) TRY(group_thin(sim, group));
    while (sim->config->simulation.split && g->weight > 1 && group_agents(sim, group) > 0 &&
           (double)(2 * group_agents(sim, group)) <= g->agents)
        TRY(group_split(sim, group));
    return STATUS_OK;
}

static bool class_sparse(const Sim *sim, int c) {
    const ClassPlan *plan = &sim->totals.plan[c];
    return plan->used < PACK_BELOW * PAGE_SLOTS * plan->pages &&
           plan->used + PAGE_FILL <= PAGE_FILL * plan->pages;
}

/* Empties the last pages of classes whose pages have grown sparse into the free places of their others. */
static Status pages_pack(Sim *sim) {
    const KernelId kernels[] = {KERNEL_plan, KERNEL_spread, KERNEL_settle};
    bool any = false;
    for (int c = 0; c < sim->classes.count; c++) {
        sim->frame.cls[c].selected = class_sparse(sim, c);
        sim->frame.cls[c].pack_fill = PAGE_FILL;
        any = any || sim->frame.cls[c].selected;
    }
    return any ? run(sim, PLAN_PACK, kernels, 3) : STATUS_OK;
}

Status sim_resample(Sim *sim) {
    sim->frame.round = 0;
    for (int g = 0; g < sim->classes.group_count; g++) TRY(group_resample(sim, g));
    return pages_pack(sim);
}
