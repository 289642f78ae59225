/* Agents between pages: who belongs to this pool, newcomers, placing by rank.
 *
 * `plan` counts, page by page, the agents of each class that need a place and the places each page
 * offers; the k-th agent takes the k-th place. The kernels that write then touch distinct places, and
 * `settle` marks them taken afterwards, so nobody reads what another writes. */
#ifndef MARROW_POOL_H
#define MARROW_POOL_H

#include "population.h"

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

/* How many of `count` agents numbered from `base` belong to this pool: those whose number is `member` modulo
 * `members`. Who belongs where is no part of any result. */
DEVICE_FN u32 member_share(GLOBAL_MEM const Frame *frame, u32 base, u32 count) {
    u32 ahead = frame->members - 1u - frame->member;
    return (base + count + ahead) / frame->members - (base + ahead) / frame->members;
}

/* The number of the k-th of them. */
DEVICE_FN u32 member_serial(GLOBAL_MEM const Frame *frame, u32 base, u32 k) {
    u32 ahead = frame->members - 1u - frame->member;
    return ((base + ahead) / frame->members + k) * frame->members + frame->member;
}

/* Agents of a page that need a place in the page's own class, by what is planned. */
DEVICE_FN u32 plan_own(GLOBAL_MEM PageRow *row, GLOBAL_MEM const Frame *frame,
                       GLOBAL_MEM const ClassPlan *plan) {
    GLOBAL_MEM const ClassStep *m = &frame->cls[row->cls];
    if (frame->mode == PLAN_ARRIVALS) return row->out_born;
    if (!m->selected) return 0u;
    if (frame->mode == PLAN_SPLIT) return row->used;
    row->leaving = plan->pages >= plan->kept_pages ? 1u : 0u;
    return row->leaving ? row->used : 0u;
}

/* Packing keeps as many pages as hold the class's agents at the wanted fill. */
DEVICE_FN void plan_keep(GLOBAL_MEM const PageRow *rows, GLOBAL_MEM ClassPlan *plan,
                         GLOBAL_MEM const Frame *frame) {
    for (u32 page = 0; page < frame->pages; page++)
        if (rows[page].cls != NO_CLASS) plan[rows[page].cls].kept_pages += rows[page].used;
    for (u32 c = 0; c < frame->classes; c++) {
        u32 fill = frame->cls[c].pack_fill;
        plan[c].kept_pages = fill ? (plan[c].kept_pages + fill - 1u) / fill : 0xffffffffu;
    }
}

/* Ranks of all that need a place, class by class in page order. */
DEVICE_FN void plan_incoming(GLOBAL_MEM PageRow *rows, GLOBAL_MEM Totals *totals,
                             GLOBAL_MEM const Frame *frame) {
    GLOBAL_MEM ClassPlan *plan = totals->plan;
    for (u32 page = 0; page < frame->pages; page++) {
        GLOBAL_MEM PageRow *row = &rows[page];
        if (row->cls == NO_CLASS) continue;
        u32 target = frame->cls[row->cls].move_class;
        u32 own = plan_own(row, frame, &plan[row->cls]);
        if (frame->mode == PLAN_ARRIVALS && row->out_moved) {
            row->moved_rank = plan[target].incoming;
            plan[target].incoming += row->out_moved;
        }
        row->born_rank = plan[row->cls].incoming;
        plan[row->cls].incoming += own;
        plan[row->cls].used += row->leaving ? 0u : row->used;
        plan[row->cls].pages++;
        totals->held += frame->mode == PLAN_ARRIVALS ? row->held : 0u;
    }
    for (u32 c = 0; c < frame->classes && frame->mode == PLAN_ARRIVALS; c++) {
        plan[c].newcomer_rank = plan[c].incoming;
        plan[c].incoming += member_share(frame, frame->cls[c].newcomer_base, frame->cls[c].newcomers);
    }
}

/* Lets a page offer its free places to its class while there is need; 1 if it does. */
DEVICE_FN u32 plan_offer(GLOBAL_MEM PageRow *row, GLOBAL_MEM ClassPlan *plan) {
    u32 need = plan->incoming - plan->offered, free = PAGE_SLOTS - row->used;
    row->free_rank = plan->offered;
    row->arrivals = row->leaving ? 0u : (free < need ? free : need);
    plan->offered += row->arrivals;
    return row->arrivals > 0u ? 1u : 0u;
}

/* Free places, existing pages first, then unused pages opened in index order. Written by one item: some
 * thousand rows of 48 bytes. */
KERNEL void plan(POOL) {
    (void)real, (void)word, (void)live, (void)box, (void)tally;
    if (GROUP_ID != 0u || LANE_ID != 0u) return;
    GLOBAL_MEM ClassPlan *plans = totals->plan;
    totals->full = totals->pages_used = totals->held = 0u;
    for (u32 c = 0; c < MAX_CLASSES; c++)
        plans[c].incoming = plans[c].offered = plans[c].first = plans[c].last = plans[c].newcomer_rank =
            plans[c].used = plans[c].pages = plans[c].kept_pages = 0u;
    if (frame->mode == PLAN_PACK) plan_keep(rows, plans, frame);
    plan_incoming(rows, totals, frame);
    for (u32 page = 0; page < frame->pages; page++)
        if (rows[page].cls != NO_CLASS)
            plans[rows[page].cls].last += plan_offer(&rows[page], &plans[rows[page].cls]);
    u32 start = 0u, unused = 0u;
    for (u32 c = 0; c < frame->classes; c++) {
        plans[c].first = start;
        start += plans[c].last;
        plans[c].last = plans[c].first;
        for (; plans[c].offered < plans[c].incoming; start++) {
            while (unused < frame->pages && rows[unused].cls != NO_CLASS) unused++;
            if (unused == frame->pages) break;
            rows[unused].cls = c;
            rows[unused].used = rows[unused].out_moved = rows[unused].out_born = rows[unused].leaving =
                rows[unused].held = 0u;
            plan_offer(&rows[unused], &plans[c]);
            plans[c].pages++;
        }
        totals->full += plans[c].incoming - plans[c].offered;
        plans[c].used += plans[c].offered;
        totals->pages_used += plans[c].pages;
    }
    for (u32 page = 0; page < frame->pages; page++)
        if (rows[page].cls != NO_CLASS && rows[page].arrivals) {
            u32 c = rows[page].cls, at = plans[c].last++;
            while (at > plans[c].first && rows[offer[at - 1u]].free_rank > rows[page].free_rank) {
                offer[at] = offer[at - 1u];
                at--;
            }
            offer[at] = page;
        }
}

/* Takes the agents out of the pages' boxes. */
KERNEL void place(POOL) {
    (void)tally;
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
    (void)box, (void)tally;
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
    (void)real, (void)word, (void)box, (void)tally, (void)offer, (void)totals;
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
