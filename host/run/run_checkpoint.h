/* When a run writes checkpoints, and how it finds itself in one again. All ranks make the same calls. */
#ifndef MARROW_RUN_CHECKPOINT_H
#define MARROW_RUN_CHECKPOINT_H

#include "run/run.h"

/* Before an interval: whether rank 0's clock asks for one after it. None is asked for while the one before
 * or a snapshot is being written. */
bool run_checkpoint_wanted(Run *run);

/* After the interval, where all have agreed: the moment is kept, and written down while the run goes on. One
 * that cannot be is no reason to stop, for the one before is still there: it says so on stderr. */
Status run_checkpoint_by_clock(Run *run);

/* Everything up to now, on disk when it returns. STATUS_FAILED: memory, or the disk. */
Status run_checkpoint_last(Run *run);

/* Says how the one being written ended if it has; with `wait`, waits for it. */
void run_checkpoint_settle(Run *run, bool wait);

/* Puts run->sim, fresh from sim_create, where the newest whole checkpoint of the folder stands, and fills
 * run->resumed. One that is damaged is passed over for the one before, saying so on stderr. Where there is
 * none yet the run stays at its beginning, and run->going_on false. STATUS_BAD_INPUT: none is whole, it is of
 * another version or config, or the folder is not this run's. */
Status run_restore(Run *run);

#endif
