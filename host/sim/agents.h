/* The population as a list on the host, for what is kept or shown of every cell. A list can be put back into
 * any pools: what an agent does depends on who it is and never on where it sits. */
#ifndef MARROW_AGENTS_H
#define MARROW_AGENTS_H

#include "device/backend.h"

/* One column a field, `count` long. Starts zeroed. */
typedef struct Agents {
    size_t count, room;
    u32 *cls;               /* index into CellClasses */
    f32 *real[REAL_FIELDS]; /* REAL_…: molecules, breaks, budgets; kernels/types.h */
    u32 *word[WORD_FIELDS]; /* WORD_…: identity and events */
    void *memory;           /* that holds all columns */
} Agents;

/* A cell committed to apoptosis: nothing more can befall it, and its clock runs down to its disappearance. */
bool agent_dying(const Agents *agents, size_t i);

/* Every agent in this process's pools now, in the order of pages. The old content goes; memory is kept.
 * Errors: STATUS_FAILED for memory or the device. */
Status agents_read(Backend *b, Agents *out);

/* An agent's lot, the same at every moment and for every run: those with the lowest lots make a fair sample.
 */
u64 agent_lot(u32 id_low, u32 id_high);

/* Up to which lot agents are wanted: of each class the living, and the dying. */
typedef struct AgentLimits {
    u64 lot[MAX_CLASSES][2];
} AgentLimits;

/* As agents_read, of those within the limits only. */
Status agents_read_sample(Backend *b, Agents *out, const AgentLimits *limits);

/* Puts the agents in class, identity and events in order: equal populations then are equal lists, whatever
 * computed them. STATUS_FAILED: out of memory. */
Status agents_sort(Agents *agents);

/* Agent `from` takes the place of agent `to`, for who keeps some of a list. */
void agents_move(Agents *agents, size_t from, size_t to);

/* Makes the list the whole content of this process's pools, spread evenly over them; `used` gets the number
 * of pages taken. STATUS_FAILED: the pools are too small, out of memory, or the device. */
Status agents_write(Backend *b, const Agents *agents, u32 *used);

/* Memory for so many. STATUS_FAILED: there is not enough. */
Status agents_room(Agents *agents, size_t room);

void agents_destroy(Agents *agents); /* accepts a zeroed one */

#endif
