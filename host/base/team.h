/* A team of threads that shares out numbered items of work.
 *
 * Items are claimed one by one, so a thread the system holds up does not hold up the others. Between
 * jobs threads watch for a few microseconds, then sleep: a run beside another busy program must not burn the
 * processor waiting (which OpenMP's default does, and its policy cannot be set from inside a program). */
#ifndef MARROW_TEAM_H
#define MARROW_TEAM_H

#include <stdint.h>

#include "base/status.h"

typedef struct Team Team;
typedef void (*TeamWork)(uint32_t item, uint32_t items, const void *data);

/* `threads` >= 1 counts the caller. STATUS_FAILED when the system gives no more threads. */
Status team_create(Team **out, int threads);
void team_destroy(Team *team); /* accepts NULL */

/* Which of the team this thread is, from 0 (the caller of team_run) to threads - 1. */
uint32_t team_member(void);

/* Runs work(0 … items - 1) on all threads and returns when every item is done. One caller at a time. */
void team_run(Team *team, TeamWork work, uint32_t items, const void *data);

#endif
