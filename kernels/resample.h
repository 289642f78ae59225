/* Where agents come from and how many stand for the cells: founders at time zero, splitting in two, thinning
 * to half, and packing into fewer pages. Between intervals, decided by the host from counts alone
 * (host/sim/sim_resample.c). */
#ifndef MARROW_RESAMPLE_H
#define MARROW_RESAMPLE_H

#include "pool.h"

/* Time zero: gives each class the pages its founders (`newcomers` of the frame) need, one class after the
 * other. */
KERNEL void lay(POOL) {
    (void)real, (void)word, (void)live, (void)box, (void)tally, (void)offer, (void)view, (void)picture;
    if (GROUP_ID != 0u || LANE_ID != 0u) return;
    u32 page = 0u;
    totals->full = totals->held = 0u;
    for (u32 c = 0; c < MAX_CLASSES; c++) totals->plan[c].used = totals->plan[c].pages = 0u;
    for (u32 c = 0; c < frame->classes; c++) {
        u32 count = member_share(frame, 0u, frame->cls[c].newcomers);
        for (u32 first = 0; first < count && page < frame->pages; first += PAGE_FILL, page++) {
            rows[page].cls = c;
            rows[page].used = count - first < PAGE_FILL ? count - first : PAGE_FILL;
            rows[page].free_rank = first;
        }
    }
    totals->pages_used = page;
    for (u32 p = 0; p < frame->pages; p++) {
        if (p >= page) rows[p].cls = NO_CLASS;
        rows[p].out_moved = rows[p].out_born = rows[p].arrivals = rows[p].leaving = rows[p].held = 0u;
    }
}

/* Fills each page's first `used` places with the pool's founders number free_rank … of the page's class. */
KERNEL void found(POOL) {
    (void)box, (void)tally, (void)offer, (void)totals, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 cls = rows[page].cls, used = cls == NO_CLASS ? 0u : rows[page].used;
        FOR_LANES(slot, PAGE_SLOTS) {
            Agent a = agent_nobody();
            if (slot < used) {
                u32 serial = member_serial(frame, 0u, rows[page].free_rank + slot);
                Luck name = philox(frame->seed_low, frame->seed_high, serial, cls, 0u, PURPOSE_FOUNDER);
                a.who.low = name.a;
                a.who.high = name.b;
                a = agent_new(a.who, frame, &frame->cls[cls]);
            }
            agent_write(real, word, page, slot, a);
        }
        FOR_LANES(w, PAGE_WORDS) {
            u32 above = used > 32u * w ? used - 32u * w : 0u;
            live[page * PAGE_WORDS + w] = above >= 32u ? 0xffffffffu : (1u << above) - 1u;
        }
    }
}

/* A purpose of its own for every split and thinning: a cell may go through several, even between two
 * intervals. */
DEVICE_FN u32 resample_purpose(u32 purpose, GLOBAL_MEM const Frame *frame) {
    return purpose + (frame->round << 9) + (frame->interval << 16);
}

/* The other half of a split agent: the same cell, with a name and a future of its own. What is left of the
 * fate budget is memoryless and looked up anew; a cycle of several stages is not, so both keep what is left
 * of it. */
DEVICE_FN Agent agent_copy(Agent a, GLOBAL_MEM const Frame *frame, GLOBAL_MEM const ClassStep *m) {
    Luck name = luck_of(frame, a.who, resample_purpose(PURPOSE_COPY, frame));
    Agent copy = a;
    copy.who.low = name.a;
    copy.who.high = name.b;
    if (agent_dying(a)) return copy;
    copy.fate = luck_exponential(luck_of(frame, copy.who, PURPOSE_FATE_BUDGET).a);
    if (m->stages == 1u) copy.clock = luck_exponential(luck_of(frame, copy.who, PURPOSE_CYCLE).a);
    return copy;
}

/* Splitting: every agent of the selected classes gets a copy. Packing: the agents of pages being left move.
 */
KERNEL void spread(POOL) {
    (void)box, (void)tally, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 cls = rows[page].cls, moving = rows[page].leaving;
        if (cls == NO_CLASS || !(moving || (frame->mode == PLAN_SPLIT && frame->cls[cls].selected))) continue;
        Cursor to = cursor_start();
        FOR_LANES(w, PAGE_WORDS) {
            u32 rank = rows[page].born_rank + live_rank(live + page * PAGE_WORDS, w);
            for (u32 bits = live[page * PAGE_WORDS + w]; bits != 0u; bits &= bits - 1u, rank++) {
                u32 slot = 32u * w + count_bits((bits & (0u - bits)) - 1u);
                Agent a = agent_read(real, word, page, slot);
                if (!moving) a = agent_copy(a, frame, &frame->cls[cls]);
                pool_place(real, word, live, rows, offer, &totals->plan[cls], &to, rank, a);
                if (moving) place_clear(real, page, slot);
            }
        }
    }
}

/* Thinning: each agent is kept or dropped by a coin of its own, and the host doubles the weight. Pairs of
 * neighbours would be a little less noisy, but then who survives would hang on where an agent happens to sit.
 */
DEVICE_FN u32 thin_keeps(Agent a, GLOBAL_MEM const Frame *frame) {
    return luck_of(frame, a.who, resample_purpose(PURPOSE_THIN, frame)).a & 1u;
}

KERNEL void thin(POOL) {
    SHARED PageWork work;
    (void)box, (void)offer, (void)totals, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 cls = rows[page].cls;
        if (cls != NO_CLASS && frame->cls[cls].selected) {
            FOR_LANES(i, 2u * TALLIES) work.sums[i] = 0u;
            BARRIER();
            FOR_LANES(w, PAGE_WORDS) {
                u32 kept = live[page * PAGE_WORDS + w];
                for (u32 bits = kept; bits != 0u; bits &= bits - 1u) {
                    u32 slot = 32u * w + count_bits((bits & (0u - bits)) - 1u);
                    Agent a = agent_read(real, word, page, slot);
                    if (thin_keeps(a, frame)) continue;
                    sum_into(work.sums, agent_dying(a) ? TALLY_VANISHED : TALLY_THINNED, 1);
                    place_clear(real, page, slot);
                    kept &= ~(bits & (0u - bits));
                }
                live[page * PAGE_WORDS + w] = kept;
            }
            BARRIER();
            FOR_LANES(i, TALLIES) tally[page * TALLIES + i] = sum_read(work.sums, i);
            if (LANE_ID == 0u)
                rows[page].used -=
                    (u32)(sum_read(work.sums, TALLY_VANISHED) + sum_read(work.sums, TALLY_THINNED));
            BARRIER();
        }
    }
}

#endif
