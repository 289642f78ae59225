/* The population as a list on the host, for what is kept or shown of every cell: checkpoints, snapshots,
 * exports. The list depends on who the agents are and never on where they sit: equal populations give equal
 * lists, on any back end, list of devices or number of processes. */
#ifndef MARROW_AGENTS_H
#define MARROW_AGENTS_H

#include "backend.h"

/* One column a field, `count` long, ordered by class, then identity, then events. Starts zeroed. */
typedef struct Agents {
    size_t count, room;
    u32 *cls;               /* index into CellClasses */
    f32 *real[REAL_FIELDS]; /* REAL_…: molecules, breaks, budgets; kernels/types.h */
    u32 *word[WORD_FIELDS]; /* WORD_…: identity and events */
} Agents;

/* A cell committed to apoptosis: nothing more can befall it, and its clock runs down to its disappearance. */
bool agent_dying(const Agents *agents, size_t i);

/* Every agent there is now. The old content goes; memory is kept. Errors: STATUS_FAILED for memory or the
 * device. */
Status agents_read(Backend *b, Agents *out);

void agents_destroy(Agents *agents); /* accepts a zeroed one */

#endif
