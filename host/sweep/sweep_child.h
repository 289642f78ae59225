/* One run of a sweep: a `marrow run` of its own, so that one that crashes takes no other with it. */
#ifndef MARROW_SWEEP_CHILD_H
#define MARROW_SWEEP_CHILD_H

#include <sys/types.h>

#include "sweep/sweep_folder.h"

/* What all children of a sweep are told alike. */
typedef struct SweepCommand {
    const SweepPlan *plan;
    const Options *options; /* backend, --force, --resume, --keep-checkpoints */
    const char *dir;
    const char *backend; /* cpu, opencl or cuda: `auto` is asked for once, not by each child */
    int threads;
} SweepCommand;

/* Starts zeroed. */
typedef struct SweepChild {
    pid_t process; /* 0: none */
    int run, log;
    bool resumed;
} SweepChild;

typedef enum SweepStart {
    SWEEP_STARTED,
    SWEEP_DONE_BEFORE, /* the same run is finished already */
    SWEEP_ELSEWHERE    /* somebody else is at it */
} SweepStart;

/* Takes the run for this process and starts it, unless it is finished or taken. What it says on stderr goes
 * to its log, whose lock it keeps as long as it lives. STATUS_FAILED: no process can be made. */
Status sweep_child_start(SweepChild *child, const SweepCommand *command, int run, SweepStart *how);

/* The run, once it has ended (`result` of waitpid): the log goes if it says nothing worth keeping. `again`:
 * its checkpoint was refused, and it has been started anew. Its exit status comes back, 1 for a signal. */
Status sweep_child_end(SweepChild *child, const SweepCommand *command, int result, bool *again, int *status);

#endif
