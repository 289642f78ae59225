/* run.json: what was run, where, how long it took, and how it ended. */
#ifndef MARROW_WRITER_RUN_H
#define MARROW_WRITER_RUN_H

#include "device/backend.h"
#include "files/run_folder.h"
#include "sim/sim.h"

typedef struct RunRecord {
    int argc; /* the command as typed, without the program's own name */
    char **argv;
    const Config *config;
    const Backend *backend;
    char started[32]; /* ISO 8601, UTC */
    double wall_s;    /* of the simulation's loop, its writing included */
    double time_h;    /* reached */
    SimCost cost;
    double resumed_from_h;      /* 0: not resumed */
    int64_t agent_steps_before; /* of sessions before this one */
    int64_t imbalance_cells;    /* observation_imbalance_cells at the last row: 0 */
    uint64_t state_hash;        /* sim_digest at the end; 0 before */
    const char *result;         /* running, finished, stopped, failed */
    const char *message;        /* why it stopped or failed; "" */
} RunRecord;

/* Sets `started` to now. */
void run_record_start(RunRecord *record);

/* Replaces DIR/run.json. */
Status run_record_write(const RunRecord *record, const RunFolder *folder);

#endif
