/* A sweep: many runs, some at once, each a process of its own; over MPI ranks, slices of a job array, or
 * several calls, as they come. What has been done is read from the folder, so that nothing need be told to
 * anybody. */
#ifndef MARROW_SWEEP_H
#define MARROW_SWEEP_H

#include "run/progress.h"
#include "sweep/sweep_child.h"

/* What is shown while it runs. */
typedef struct SweepProgress {
    ProgressStyle style;
    bool colour;
    double started_s, shown_s;
    int64_t before; /* runs that were finished already */
} SweepProgress;

/* Starts zeroed; destroy accepts any state. */
typedef struct Sweep {
    Options options;
    int argc; /* the command as typed, without the program's own name */
    char **argv;
    char config_path[RUN_PATH],
        table_path[RUN_PATH]; /* of a sweep that is gone on with by its folder alone */
    SweepPlan plan;
    SweepCommand command;
    char backend[16];
    int jobs;             /* runs at once, in this process */
    int own;              /* runs of this slice: index, index + of, … */
    int index, of;        /* the slice; 0, 1: everything */
    SweepChild *children; /* `jobs` of them */
    int active;
    int *elsewhere, elsewhere_count; /* runs somebody else is at: looked at again */
    bool queue_empty, told;          /* children have been told to stop */
    char unavailable[512];           /* why none of the runs can be made on this machine; "" */
    int session;                     /* of sweep.json */
    char started[32];
    SweepProgress progress;
} Sweep;

/* From sweep->options to a plan that is written down. */
Status sweep_prepare(Sweep *sweep);

/* Until all runs of the slice are done or it is told to stop. Runs that fail are no failure here. */
Status sweep_work(Sweep *sweep);

/* Tables of what came of it, on rank 0; the same status on all ranks: STATUS_FAILED if a run failed,
 * STATUS_STOPPED if not all are finished, STATUS_UNAVAILABLE. */
Status sweep_end(Sweep *sweep, Status status);

/* --merge: the tables of what is there. */
Status sweep_merge(Sweep *sweep);
void sweep_destroy(Sweep *sweep);

/* sweep_setup.c: threads, jobs, slice and back end. */
Status sweep_setup(Sweep *sweep);

/* sweep_record.c: sweep.json. A session is one call; begin gives it a number. */
Status sweep_record_begin(Sweep *sweep);
Status sweep_record_end(const Sweep *sweep, const int *counts, Status status, const char *message);

/* sweep_progress.c */
void sweep_progress_start(Sweep *sweep);
void sweep_progress_step(Sweep *sweep);
void sweep_progress_run(const Sweep *sweep, int run, const SweepRun *found);
void sweep_progress_end(const Sweep *sweep, const int *counts);

/* The counters of ranks.h. */
enum { SWEEP_NEXT, SWEEP_DONE, SWEEP_BROKEN };

#endif
