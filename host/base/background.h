/* Work beside the simulation: one thread that does jobs in the order they came, for what takes long and
 * touches nothing of the simulation: putting checkpoints and snapshots together, and writing them down.
 *
 * Who hands over a job owns it, and asks later how it ended. A few jobs may wait; beyond that handing over
 * waits too, so that what they hold stays bounded in memory. */
#ifndef MARROW_BACKGROUND_H
#define MARROW_BACKGROUND_H

#include <stdbool.h>

#include "base/status.h"

enum { BACKGROUND_PENDING = 2 }; /* jobs handed over and not done: one at work, one that waits */

typedef struct Background Background;
typedef Status (*BackgroundWork)(void *data);

/* Starts zeroed, and stays where it is in memory until it is collected. */
typedef struct BackgroundJob {
    BackgroundWork work;
    void *data;
    struct BackgroundJob *next;
    enum { JOB_NONE, JOB_PENDING, JOB_DONE } state; /* the thread's until it is done: ask background_busy */
    Status status;
    char message[1024]; /* status messages are kept per thread, so it comes along */
} BackgroundJob;

/* Hands over work(data). `*background` is NULL before the first job and starts then; where the system gives
 * no thread, the work is done here and now. The job must not be under way. `data` is the work's to free. */
void background_do(Background **background, BackgroundJob *job, BackgroundWork work, void *data);

/* Whether a job handed over is still to be done. Does not wait. */
bool background_busy(Background *background, const BackgroundJob *job);

/* Waits for the job if need be; how it ended, its message now this thread's. STATUS_OK where there was none
 * to collect. It can be handed over again. */
Status background_collect(Background *background, BackgroundJob *job);

/* Returns when all jobs are done. Accepts NULL. */
void background_wait(Background *background);

/* The same, and ends the thread. Accepts NULL. */
void background_destroy(Background *background);

#endif
