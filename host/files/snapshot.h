/* The cells at a moment, as a file for other programs and for later: DIR/snapshots/cells_NNNNNN.hdf.
 *
 * A snapshot holds all agents, or a fair sample of them, and says how many real cells each one stands for, so
 * that sums over it are sums over the patient. The sample is chosen by identity: the same cells are in every
 * snapshot as long as they live. Equal populations give equal bytes, whatever computed them.
 *
 *   snapshot_take (the simulation's thread: a copy) -> snapshot_finish -> snapshot_write (any thread)
 *
 * docs/interface.md lists what is in the file; host/files/snapshot_read.h reads it. */
#ifndef MARROW_SNAPSHOT_H
#define MARROW_SNAPSHOT_H

#include "files/run_folder.h"
#include "sim/agents.h"
#include "sim/classes.h"
#include "sim/sim.h"

enum { SNAPSHOT_LABEL = 64 };

/* One class of cells, as the whole population has it. */
typedef struct SnapshotClass {
    char label[SNAPSHOT_LABEL]; /* "blast_marrow:main", "blast_blood:main", "b_precursor", "b_mature" */
    CellKind kind;
    int clone;         /* number in cells.blast.clones; -1: healthy */
    bool in_vessel;    /* drawn inside a vessel (kernels/section.h): blasts in blood, mature B cells */
    i64 weight;        /* real cells an agent stands for */
    i64 living, dying; /* agents: uncommitted, and committed to apoptosis */
} SnapshotClass;

/* Starts zeroed; destroy accepts any state. */
typedef struct Snapshot {
    int number; /* NNNNNN */
    double time_h, normal_marrow_cells;
    int class_count;
    SnapshotClass cls[MAX_CLASSES];
    Agents agents;  /* in order of class and identity */
    double *weight; /* of each: real cells it stands for, here */
    i64 seed;
    char version[32], git[32], config_hash[17];
    char *config; /* the complete effective config, as text */
} Snapshot;

/* A copy of the agents now: all (`agents` 0), or a sample of about `agents` of the whole population. Half of
 * it goes to every class alike and half by size, the living and the dying of each apart, so that few cells
 * are seen too. On several processes all make the call, and rank 0 gets the agents. STATUS_FAILED: memory, or
 * the device. */
Status snapshot_take(Snapshot *out, Sim *sim, Backend *backend, const Config *config, i64 agents, int number);

/* Puts the sample in order and to its exact size, at most `agents` as given to snapshot_take, and gives each
 * agent its weight. STATUS_FAILED: memory. */
Status snapshot_finish(Snapshot *snapshot, i64 agents);

/* Whole or not at all, as FOLDER/snapshots/cells_NNNNNN.hdf. STATUS_FAILED: memory, or the disk. */
Status snapshot_write(const Snapshot *snapshot, const RunFolder *folder, int compression);

/* The bytes of that file; what cannot be written shows in `out`. STATUS_FAILED: memory. */
Status snapshot_put(const Snapshot *snapshot, int compression, FILE *out);

void snapshot_destroy(Snapshot *snapshot);

/* Cells of a class that agents of the snapshot stand for. */
double snapshot_cells(const Snapshot *snapshot, int cls, bool dying);

#endif
