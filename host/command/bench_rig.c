#include "command/bench.h"

#include <stdlib.h>

void bench_rig_destroy(BenchRig *rig) {
    sim_destroy(rig->sim);
    backend_close(&rig->backend);
    dosing_destroy(rig->dosing);
}

Status bench_rig_create(BenchRig *rig, const BackendOptions *options, int64_t agents) {
    const double weight = 524288, blasts_per_marrow_cell = 0.7 * 1.004;
    config_default(&rig->config);
    rig->config.simulation.agents = agents;
    rig->config.patient.nucleated_marrow_cells =
        (double)agents * (1 - rig->config.simulation.b_agent_share) * weight / blasts_per_marrow_cell;
    TRY(dosing_create(&rig->dosing, &rig->config));
    TRY(backend_open(&rig->backend, options));
    return sim_create(&rig->sim, &rig->config, rig->dosing, &rig->backend);
}

double bench_seconds(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

Status bench_advance(BenchRig *rig, int intervals) {
    Observation o;
    for (int i = 0; i < intervals; i++) {
        TRY(sim_advance(rig->sim));
        if (sim_output_due(rig->sim)) TRY(sim_observe(rig->sim, &o));
    }
    return STATUS_OK;
}

Status bench_best_launch(BenchRig *rig, KernelId kernel, int tries, double *best_s) {
    *best_s = 1e30;
    for (int i = 0; i < tries; i++) {
        double start = bench_seconds(CLOCK_MONOTONIC);
        TRY(backend_launch(&rig->backend, kernel, MAX_CLASSES));
        TRY(backend_finish(&rig->backend));
        double taken = bench_seconds(CLOCK_MONOTONIC) - start;
        if (taken < *best_s) *best_s = taken;
    }
    return STATUS_OK;
}

Status bench_places(BenchRig *rig, double *places) {
    Totals *totals = malloc(sizeof *totals);
    REQUIRE(totals, STATUS_FAILED, "bench: out of memory");
    Status status = backend_launch(&rig->backend, KERNEL_plan, MAX_CLASSES);
    if (status == STATUS_OK) status = backend_read(&rig->backend, POOL_TOTALS, 0, sizeof *totals, totals);
    *places = status == STATUS_OK ? (double)totals->pages_used * PAGE_SLOTS : 0;
    free(totals);
    return status;
}
