/* A sweep's folder: the plan written down before anything runs, and what became of each run, read from what
 * the runs left. Any number of processes may share one folder. */
#ifndef MARROW_SWEEP_FOLDER_H
#define MARROW_SWEEP_FOLDER_H

#include "files/run_folder.h"
#include "sweep/sweep_plan.h"

/* How far a run has come; all of it is read from files. */
typedef enum SweepState {
    SWEEP_WAITING,    /* not begun */
    SWEEP_UNFINISHED, /* at work, or killed with the sweep */
    SWEEP_STOPPED,    /* by a signal, at a checkpoint */
    SWEEP_FAILED,
    SWEEP_FINISHED,
    SWEEP_STATES
} SweepState;

extern const char *const sweep_state_names[SWEEP_STATES]; /* "waiting", … */

typedef struct SweepRun {
    SweepState state;
    char message[512]; /* why it failed; "" */
    char state_hash[17], git_id[64];
    double wall_s;
} SweepRun;

/* "DIR/runs/000001" for run 0, and what it said on stderr, if it failed: "DIR/logs/000001.log". */
Status sweep_run_path(char out[RUN_PATH], const char *dir, int run);
Status sweep_log_path(char out[RUN_PATH], const char *dir, int run);

/* `hash`: of the config the plan gives it. What another config left there counts as nothing. */
Status sweep_run_read(SweepRun *out, const char *dir, int run, const char hash[17]);

/* Counts by state; `counts` has room for SWEEP_STATES. */
Status sweep_runs_count(const SweepPlan *plan, const char *dir, int *counts);

/* The folder, and plan.csv and config.yaml in it; found there already, they must be the same, or replaced
 * with `force`. STATUS_BAD_INPUT says what is there instead. */
Status sweep_folder_begin(const SweepPlan *plan, const char *dir, bool force);

/* Whether anything is there of the run. */
Status sweep_run_begun(const char *dir, int run, bool *begun);

/* Held while files of the whole sweep are written, since slices share them. Waits for it; close() lets go. */
Status sweep_lock(const char *dir, int *handle);

/* Writes FOLDER/NAME whole. */
Status sweep_file_write(const char *dir, const char *name, Status (*write)(const void *from, FILE *out),
                        const void *from);

#endif
