/* What somebody does to a run, from its list to the simulation and into its table. */
#ifndef MARROW_RUN_ACTIONS_H
#define MARROW_RUN_ACTIONS_H

#include "run/run.h"

/* --resume without a list: what was done by hand is in the folder's events.csv, before it is cut back or
 * cleared. What was done after the checkpoint, or without any, will be done again at its time, and stderr
 * says so. */
Status run_actions_find(Run *run);

/* Once the tables stand as at the checkpoint: what was done before it counts as done, and keys that were set
 * are set again. STATUS_BAD_INPUT: a list that was given does not begin with the same. */
Status run_actions_continue(Run *run);

/* What is to be done at the very end is done too: hands may have acted there. */
Status run_actions_at_end(Run *run);

/* Says how many of --actions come after the end. */
void run_actions_warn(const Run *run);

#endif
