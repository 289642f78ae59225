/* What the parts of `marrow bench` share. */
#ifndef MARROW_BENCH_H
#define MARROW_BENCH_H

#include <time.h>

#include "sim/sim.h"

/* One patient whose agents fill the pool, ready to be stepped. Starts zeroed. */
typedef struct BenchRig {
    Config config;
    Dosing *dosing;
    Backend backend;
    Sim *sim;
} BenchRig;

Status bench_rig_create(BenchRig *rig, const BackendOptions *options, int64_t agents);
void bench_rig_destroy(BenchRig *rig); /* any state */

double bench_seconds(clockid_t id);

/* Intervals, with the rows that are due. */
Status bench_advance(BenchRig *rig, int intervals);

/* Seconds of one launch of a kernel: the best of `tries`. */
Status bench_best_launch(BenchRig *rig, KernelId kernel, int tries, double *best_s);

/* Places in pages that hold agents: what a pass over memory touches. */
Status bench_places(BenchRig *rig, double *places);

/* What keeping one moment on disk costs, while the run goes on beside it. */
typedef struct BenchKept {
    const char *name, *backend;
    int64_t agents;       /* in the population */
    double thread_s;      /* the simulation's thread stands still */
    double wall_s, cpu_s; /* until it is on disk; of all threads */
    double bytes;
} BenchKept;

/* A checkpoint and a snapshot of the usual size, of so many agents, on the disk of TMPDIR: of a few each the
 * one that took the least processor time. */
Status bench_disk(const BackendOptions *options, int64_t agents, BenchKept out[2]);

#endif
