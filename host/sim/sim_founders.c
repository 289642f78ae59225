/* Time zero: room for the agents, and founders in it. */
#include <math.h>

#include "sim/sim_state.h"

/* Pages for the groups at their fullest: thinning starts 10 % above the target, pages may be 90 % full. */
static u32 pages_needed(const CellClasses *classes, int members) {
    double pages = 4;
    for (int g = 0; g < classes->group_count; g++)
        pages += classes->group[g].agents * 1.1 / PAGE_FILL / members;
    return (u32)ceil(pages) + 2u * (u32)classes->count;
}

Status sim_pool_create(Sim *sim) {
    u32 least = pages_needed(&sim->classes, sim->backend->members), pages = least;
    if (sim->config->simulation.capacity)
        pages =
            (u32)((sim->config->simulation.capacity / sim->backend->members + PAGE_SLOTS - 1) / PAGE_SLOTS);
    REQUIRE(pages >= least, STATUS_BAD_INPUT,
            "simulation.capacity: %lld places are too few for %lld agents; give at least %lld, or 0",
            (long long)sim->config->simulation.capacity, (long long)sim->config->simulation.agents,
            (long long)least * PAGE_SLOTS * sim->backend->members);
    TRY(backend_pool(sim->backend, pages));
    sim->frame.pages = pages;
    sim->frame.members = (u32)sim->backend->members;
    sim->cost.bytes = pool_bytes(pages) * (size_t)sim->backend->members;
    return STATUS_OK;
}

void sim_founders_count(Sim *sim) {
    for (int c = 0; c < sim->classes.count; c++) {
        const CellClass *cls = &sim->classes.cls[c];
        i64 weight = sim->classes.group[cls->group].weight;
        sim->state[c].cells = llround(cls->initial_cells / (double)weight);
        sim->cost.agents += sim->state[c].cells;
        if (cls->kind == KIND_BLAST) sim->initial_cells += sim->state[c].cells * weight;
    }
    sim->cost.peak_agents = sim->cost.agents;
}

/* Before anything has been measured: natural death and division as they will be. */
static void trends_start(Sim *sim, int c) {
    ClassState *s = &sim->state[c];
    double natural = sim->classes.cls[c].natural_per_h,
           growth = sim->frame.cls[c].division / sim->dt_h - natural;
    s->cd22_loss = s->bound_loss = trend_steady(natural);
    s->setpoint_growth = trend_steady(growth);
}

Status sim_founders_create(Sim *sim) {
    const PlasmaPath none = {.count = 1, .steps = {{.length_h = sim->dt_h}}};
    FlowMap map;
    for (int c = 0; c < sim->classes.count; c++) {
        flow_map(&sim->classes.cls[c].rates, &none, &map);
        sim_class_step(sim, c, &map, &none, &sim->frame.cls[c]);
    }
    for (int c = 0; c < sim->classes.count; c++) trends_start(sim, c);
    for (int c = 0; c < sim->classes.count; c++) sim->frame.cls[c].newcomers = (u32)sim->state[c].cells;
    TRY(sim_frame_send(sim, PLAN_ARRIVALS));
    TRY(sim_launch(sim, KERNEL_lay));
    TRY(sim_launch(sim, KERNEL_found));
    return sim_resync(sim);
}
