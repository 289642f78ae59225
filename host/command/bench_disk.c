/* The price of checkpoints and snapshots: a copy on the simulation's thread, then work and writing on
 * another. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/background.h"
#include "command/bench.h"
#include "files/checkpoint.h"
#include "files/snapshot.h"

/* A folder that goes with what is in it. */
typedef struct Scratch {
    char path[RUN_PATH];
    RunFolder folder;
} Scratch;

static const char *const leftovers[] = {"snapshots/cells_000000.hdf", "snapshots", "checkpoint.hdf",
                                        "checkpoint-previous.hdf"};

static Status scratch_open(Scratch *scratch) {
    const char *where = getenv("TMPDIR");
    snprintf(scratch->path, sizeof scratch->path, "%s/marrow-bench-XXXXXX", where && *where ? where : "/tmp");
    REQUIRE(mkdtemp(scratch->path), STATUS_FAILED,
            "bench: %s: cannot be made; set TMPDIR to a folder with room", scratch->path);
    return run_folder_open(&scratch->folder, scratch->path);
}

static void scratch_remove(Scratch *scratch) {
    for (size_t i = 0; scratch->folder.path && i < sizeof leftovers / sizeof leftovers[0]; i++)
        if (unlinkat(scratch->folder.handle, leftovers[i], 0) != 0)
            (void)unlinkat(scratch->folder.handle, leftovers[i], AT_REMOVEDIR);
    run_folder_close(&scratch->folder);
    (void)rmdir(scratch->path);
}

static double bytes_of(const Scratch *scratch, const char *name) {
    struct stat about;
    return fstatat(scratch->folder.handle, name, &about, 0) == 0 ? (double)about.st_size : 0;
}

/* One moment: taken here, written by the background. */
typedef struct Moment {
    const RunFolder *folder;
    const Config *config;
    SimSaved *saved;
    Pieces pieces;
    Snapshot snapshot;
} Moment;

static Status checkpoint_take(Moment *m, BenchRig *rig) {
    TRY(sim_save(rig->sim, &m->saved));
    TRY(checkpoint_sign(&m->pieces, &rig->config));
    return sim_saved_pieces(m->saved, &m->pieces);
}

static Status checkpoint_work(void *data) {
    Moment *m = data;
    return checkpoint_write(m->folder, &m->pieces);
}

static Status one_snapshot_take(Moment *m, BenchRig *rig) {
    return snapshot_take(&m->snapshot, rig->sim, &rig->backend, &rig->config,
                         rig->config.output.snapshot_agents, 0);
}

static Status snapshot_work(void *data) {
    Moment *m = data;
    TRY(snapshot_finish(&m->snapshot, m->config->output.snapshot_agents));
    return snapshot_write(&m->snapshot, m->folder, (int)m->config->output.snapshot_compression);
}

static void moment_free(Moment *m) {
    pieces_free(&m->pieces);
    sim_saved_destroy(m->saved);
    snapshot_destroy(&m->snapshot);
}

static const struct Way {
    const char *name, *file;
    Status (*take)(Moment *m, BenchRig *rig);
    BackgroundWork work;
} ways[] = {{"checkpoint", "checkpoint.hdf", checkpoint_take, checkpoint_work},
            {"snapshot", "snapshots/cells_000000.hdf", one_snapshot_take, snapshot_work}};

static Status keep_once(const struct Way *way, BenchRig *rig, Background **background, const Scratch *scratch,
                        BenchKept *out) {
    BackgroundJob job = {0};
    Moment moment = {.folder = &scratch->folder, .config = &rig->config};
    double cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), wall = bench_seconds(CLOCK_MONOTONIC);
    Status status = way->take(&moment, rig);
    double taken = bench_seconds(CLOCK_MONOTONIC);
    if (status == STATUS_OK) {
        background_do(background, &job, way->work, &moment);
        status = background_collect(*background, &job);
    }
    moment_free(&moment);
    *out = (BenchKept){.name = way->name,
                       .backend = rig->backend.calls->name,
                       .agents = sim_cost(rig->sim).agents,
                       .thread_s = taken - wall,
                       .wall_s = bench_seconds(CLOCK_MONOTONIC) - wall,
                       .cpu_s = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
                       .bytes = bytes_of(scratch, way->file)};
    return status;
}

static Status keep_best(const struct Way *way, BenchRig *rig, Background **background, const Scratch *scratch,
                        BenchKept *best) {
    enum { TRIES = 5 };
    for (int i = 0; i < TRIES; i++) {
        BenchKept kept;
        TRY(keep_once(way, rig, background, scratch, &kept));
        if (i == 0 || kept.cpu_s < best->cpu_s) *best = kept;
    }
    return STATUS_OK;
}

Status bench_disk(const BackendOptions *options, int64_t agents, BenchKept out[2]) {
    BenchRig rig = {0};
    Scratch scratch = {0};
    Background *background = NULL;
    Status status = scratch_open(&scratch);
    if (status == STATUS_OK) status = bench_rig_create(&rig, options, agents);
    if (status == STATUS_OK) status = bench_advance(&rig, 2);
    for (int i = 0; status == STATUS_OK && i < 2; i++)
        status = keep_best(&ways[i], &rig, &background, &scratch, &out[i]);
    background_destroy(background);
    bench_rig_destroy(&rig);
    scratch_remove(&scratch);
    return status;
}
