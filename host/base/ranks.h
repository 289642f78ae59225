/* Processes that share one population: MPI where the program was built with it and started by mpirun, else
 * one.
 *
 * Every rank runs the same host code on the same integers, so nothing but sums crosses the network: one
 * all-reduce of the totals per interval; agents do for a checkpoint only. Rank 0 alone writes. A sweep's
 * ranks share runs instead, which they take by counters. */
#ifndef MARROW_RANKS_H
#define MARROW_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Starts MPI if mpirun started us. Errors: STATUS_UNAVAILABLE when it did and the program was built without
 * MPI. */
Status ranks_start(int *argc, char ***argv);

int ranks_count(void);           /* 1 without MPI */
int ranks_index(void);           /* 0 without MPI */
const char *ranks_library(void); /* "Open MPI v4.1.4", or "none" */

/* Sums `count` integers over all ranks, in place; the order does not matter, so neither does who comes when.
 */
void ranks_sum(int64_t *values, int count);

/* Bytes from one rank to another, whatever their number: called by these two (others may call, and do
 * nothing). */
void ranks_pass(void *bytes, size_t length, int from, int to);

/* Bytes of rank 0 to all. */
void ranks_share(void *bytes, size_t length);

/* A checkpoint that rank 0's clock wants: the wish travels with the next sum of totals, so that all hear of
 * it in the same interval. On one process it is heard at once. */
void ranks_wish(bool checkpoint);
bool ranks_wished(void);           /* by this process */
void ranks_agree(bool checkpoint); /* for who makes that sum */
bool ranks_agreed(bool wished);    /* `wished` by this process, for this interval */

/* While alone, this process is the only one there is: for comparing. The others wait in ranks_wait meanwhile.
 */
void ranks_alone(bool alone);
void ranks_wait(void);

/* How many processors this rank may call its own: what it may run on, shared among the ranks of its machine.
 */
int ranks_processors(void);

/* Numbers all ranks count with: for work handed out one by one. All ranks open and close them together. Adds
 * `n` and returns what it was before. Rank 0 keeps them, and must call ranks_poll often while it waits for
 * something else. */
enum { RANKS_COUNTERS = 4 };
Status ranks_counters_open(void);
int64_t ranks_count_on(int counter, int64_t n);
void ranks_poll(void);
void ranks_counters_close(void);

/* All ranks have come to the same status, and none waits for another: ranks_finish lets each end in peace,
 * and one message is enough. */
void ranks_settle(void);
bool ranks_settled(void);

/* Waits for all ranks when `status` is STATUS_OK or STATUS_STOPPED; else ends them all with that exit status,
 * since they would wait for this one for ever. */
void ranks_finish(Status status);

#endif
