/* Agents between pages: who belongs to this pool, newcomers, placing by rank.
 *
 * `plan` has given every agent that needs a place a rank, and every page the range of ranks it takes in. The
 * kernels that write then touch distinct places, and `settle` marks them taken afterwards, so nobody reads
 * what another writes. */
#ifndef MARROW_POOL_H
#define MARROW_POOL_H

#include "plan.h"

/* Agents of a word and before it. */
DEVICE_FN u32 live_rank(GLOBAL_MEM const u32 *taken, u32 word) {
    u32 sum = 0u;
    for (u32 w = 0; w < word; w++) sum += count_bits(taken[w]);
    return sum;
}

/* Where the class's next place is: a walk over the pages on offer, word by word. Ranks must not fall between
 * calls. */
typedef struct Cursor {
    u32 offered;    /* index into `offer`; 0xffffffff before the first place */
    u32 word, rank; /* the word reached, and the rank of its first free place */
} Cursor;

DEVICE_FN Cursor cursor_start(void) {
    Cursor cursor;
    cursor.offered = 0xffffffffu;
    cursor.word = cursor.rank = 0u;
    return cursor;
}

/* The page on offer that holds the place of this rank. */
DEVICE_FN u32 offer_find(GLOBAL_MEM const PageRow *rows, GLOBAL_MEM const u32 *offer,
                         GLOBAL_MEM const ClassPlan *plan, u32 rank) {
    u32 low = plan->first, high = plan->last - 1u;
    while (low < high) {
        u32 middle = (low + high + 1u) / 2u;
        if (rows[offer[middle]].free_rank <= rank)
            low = middle;
        else
            high = middle - 1u;
    }
    return low;
}

/* Gives an agent the place that its rank among the class's incoming agents entitles it to. */
DEVICE_FN void pool_place(GLOBAL_MEM f32 *real, GLOBAL_MEM u32 *word, GLOBAL_MEM const u32 *live,
                          GLOBAL_MEM const PageRow *rows, GLOBAL_MEM const u32 *offer,
                          GLOBAL_MEM const ClassPlan *plan, Cursor *at, u32 rank, Agent a) {
    if (rank >= plan->offered) return; /* the pool is full: `plan` has said so, the host stops */
    u32 found = at->offered;
    if (found == 0xffffffffu || rank >= rows[offer[found]].free_rank + rows[offer[found]].arrivals) {
        found = offer_find(rows, offer, plan, rank);
        at->offered = found;
        at->word = 0u;
        at->rank = rows[offer[found]].free_rank;
    }
    GLOBAL_MEM const u32 *taken = live + offer[found] * PAGE_WORDS;
    u32 open = count_bits(~taken[at->word]);
    while (rank - at->rank >= open) {
        at->rank += open;
        open = count_bits(~taken[++at->word]);
    }
    agent_write(real, word, offer[found], 32u * at->word + zero_bit(taken[at->word], rank - at->rank), a);
}

/* Takes the agents out of the pages' boxes. */
KERNEL void place(POOL) {
    (void)tally, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 cls = rows[page].cls, moved = rows[page].out_moved, born = rows[page].out_born;
        if (cls == NO_CLASS) continue;
        Cursor to = cursor_start();
        FOR_LANES(k, moved)
        pool_place(real, word, live, rows, offer, &totals->plan[frame->cls[cls].move_class], &to,
                   rows[page].moved_rank + k, box_read(box, page, k));
        to = cursor_start();
        FOR_LANES(k, born)
        pool_place(real, word, live, rows, offer, &totals->plan[cls], &to, rows[page].born_rank + k,
                   box_read(box, page, moved + k));
    }
}

/* Brings in agents from outside: stem-cell inflow, mutants. */
KERNEL void arrive(POOL) {
    (void)box, (void)tally, (void)view, (void)picture;
    for (u32 c = GROUP_ID; c < frame->classes; c += GROUP_COUNT) {
        GLOBAL_MEM const ClassStep *m = &frame->cls[c];
        Cursor to = cursor_start();
        FOR_LANES(k, member_share(frame, m->newcomer_base, m->newcomers)) {
            u32 serial = member_serial(frame, m->newcomer_base, k);
            Luck name = philox(frame->seed_low, frame->seed_high, serial, c, 0u, PURPOSE_NEWCOMER);
            Who who;
            who.low = name.a;
            who.high = name.b;
            who.events = 0u;
            pool_place(real, word, live, rows, offer, &totals->plan[c], &to,
                       totals->plan[c].newcomer_rank + k, agent_new(who, frame, m));
        }
    }
}

/* Marks the places taken since `plan`, and gives back pages left empty. */
KERNEL void settle(POOL) {
    (void)real, (void)word, (void)box, (void)tally, (void)offer, (void)totals, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        if (LANE_ID != 0u || rows[page].cls == NO_CLASS) continue;
        GLOBAL_MEM u32 *taken = live + page * PAGE_WORDS;
        u32 left = rows[page].arrivals;
        for (u32 w = 0; w < PAGE_WORDS && (left || rows[page].leaving); w++) {
            u32 open = count_bits(~taken[w]), take = left < open ? left : open;
            taken[w] = rows[page].leaving ? 0u : word_take(taken[w], take);
            left -= take;
        }
        rows[page].used = rows[page].leaving ? 0u : rows[page].used + rows[page].arrivals;
        rows[page].arrivals = rows[page].leaving = rows[page].out_born = rows[page].out_moved = 0u;
        if (rows[page].used == 0u) rows[page].cls = NO_CLASS;
    }
}

#endif
