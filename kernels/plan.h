/* Who belongs to this pool, and the ranks by which agents find places.
 *
 * `plan` counts, page by page, the agents of each class that need a place and the places each page offers;
 * the k-th agent takes the k-th place. Pages are counted in CHUNKS stretches, each by one lane, so that a GPU
 * does not walk thousands of rows in single file; ranks follow page order, whatever the number of lanes. */
#ifndef MARROW_PLAN_H
#define MARROW_PLAN_H

#include "population.h"

#define CHUNKS 32u

/* Counts by stretch and class; then, summed over the stretches before, where the stretch's next one stands.
 */
typedef struct PlanWork {
    u32 used[CHUNKS][MAX_CLASSES], pages[CHUNKS][MAX_CLASSES], incoming[CHUNKS][MAX_CLASSES];
    u32 places[CHUNKS][MAX_CLASSES], offers[CHUNKS][MAX_CLASSES];
    u32 held[CHUNKS];
} PlanWork;

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

/* First page of stretch k. */
DEVICE_FN u32 chunk_start(GLOBAL_MEM const Frame *frame, u32 k) {
    return (u32)((u64)frame->pages * k / CHUNKS);
}

/* Turns counts into what stands before; returns the whole. */
DEVICE_FN u32 chunk_sums(LOCAL_MEM u32 (*counts)[MAX_CLASSES], u32 cls) {
    u32 sum = 0u;
    for (u32 k = 0; k < CHUNKS; k++) {
        u32 count = counts[k][cls];
        counts[k][cls] = sum;
        sum += count;
    }
    return sum;
}

/* Agents of a page that need a place in the page's own class, by what is planned. */
DEVICE_FN u32 plan_own(GLOBAL_MEM const PageRow *row, GLOBAL_MEM const Frame *frame) {
    if (frame->mode == PLAN_ARRIVALS) return row->out_born;
    if (!frame->cls[row->cls].selected) return 0u;
    return frame->mode == PLAN_SPLIT || row->leaving ? row->used : 0u;
}

DEVICE_FN void plan_count(GLOBAL_MEM const PageRow *rows, LOCAL_MEM PlanWork *w, u32 k,
                          GLOBAL_MEM const Frame *frame) {
    for (u32 c = 0; c < MAX_CLASSES; c++)
        w->used[k][c] = w->pages[k][c] = w->incoming[k][c] = w->places[k][c] = w->offers[k][c] = 0u;
    w->held[k] = 0u;
    for (u32 page = chunk_start(frame, k); page < chunk_start(frame, k + 1u); page++) {
        if (rows[page].cls == NO_CLASS) continue;
        w->used[k][rows[page].cls] += rows[page].used;
        w->pages[k][rows[page].cls]++;
    }
}

/* Packing keeps as many pages as hold the class's agents at the wanted fill. */
DEVICE_FN void plan_keep(LOCAL_MEM PlanWork *w, GLOBAL_MEM ClassPlan *plan, GLOBAL_MEM const Frame *frame) {
    for (u32 c = 0; c < MAX_CLASSES; c++) {
        u32 fill = c < frame->classes ? frame->cls[c].pack_fill : 0u;
        plan[c].used = chunk_sums(w->used, c);
        plan[c].pages = chunk_sums(w->pages, c);
        plan[c].kept_pages = fill ? (plan[c].used + fill - 1u) / fill : 0xffffffffu;
    }
}

/* What a stretch's pages ask for and offer. */
DEVICE_FN void plan_demand(GLOBAL_MEM PageRow *rows, LOCAL_MEM PlanWork *w, u32 k,
                           GLOBAL_MEM const ClassPlan *plan, GLOBAL_MEM const Frame *frame) {
    for (u32 page = chunk_start(frame, k); page < chunk_start(frame, k + 1u); page++) {
        GLOBAL_MEM PageRow *row = &rows[page];
        u32 c = row->cls;
        if (c == NO_CLASS) continue;
        u32 seen = w->pages[k][c]++;
        row->leaving =
            frame->mode == PLAN_PACK && frame->cls[c].selected && seen >= plan[c].kept_pages ? 1u : 0u;
        w->incoming[k][c] += plan_own(row, frame);
        w->places[k][c] += row->leaving ? 0u : PAGE_SLOTS - row->used;
        if (frame->mode != PLAN_ARRIVALS) continue;
        if (row->out_moved) w->incoming[k][frame->cls[c].move_class] += row->out_moved;
        w->held[k] += row->held;
    }
}

/* All classes' demand, newcomers last, and what existing pages can give of it. */
DEVICE_FN void plan_balance(LOCAL_MEM PlanWork *w, GLOBAL_MEM Totals *totals, GLOBAL_MEM const Frame *frame) {
    totals->held = 0u;
    for (u32 k = 0; k < CHUNKS; k++) totals->held += w->held[k];
    for (u32 c = 0; c < MAX_CLASSES; c++) {
        GLOBAL_MEM ClassPlan *plan = &totals->plan[c];
        u32 places = chunk_sums(w->places, c);
        plan->incoming = plan->newcomer_rank = chunk_sums(w->incoming, c);
        if (c < frame->classes && frame->mode == PLAN_ARRIVALS)
            plan->incoming += member_share(frame, frame->cls[c].newcomer_base, frame->cls[c].newcomers);
        plan->offered = plan->incoming < places ? plan->incoming : places;
    }
}

/* Ranks of a stretch's agents and of its free places. */
DEVICE_FN void plan_rank(GLOBAL_MEM PageRow *rows, LOCAL_MEM PlanWork *w, u32 k,
                         GLOBAL_MEM const ClassPlan *plan, GLOBAL_MEM const Frame *frame) {
    for (u32 page = chunk_start(frame, k); page < chunk_start(frame, k + 1u); page++) {
        GLOBAL_MEM PageRow *row = &rows[page];
        u32 c = row->cls;
        if (c == NO_CLASS) continue;
        if (frame->mode == PLAN_ARRIVALS && row->out_moved) {
            row->moved_rank = w->incoming[k][frame->cls[c].move_class];
            w->incoming[k][frame->cls[c].move_class] += row->out_moved;
        }
        row->born_rank = w->incoming[k][c];
        w->incoming[k][c] += plan_own(row, frame);
        u32 before = w->places[k][c], free = row->leaving ? 0u : PAGE_SLOTS - row->used;
        u32 need = plan[c].offered > before ? plan[c].offered - before : 0u;
        row->free_rank = before;
        row->arrivals = free < need ? free : need;
        w->places[k][c] += free;
        w->offers[k][c] += row->arrivals ? 1u : 0u;
    }
}

/* Each class's range of `offer`: its own pages, then as many unused ones as it still needs and there are. */
DEVICE_FN void plan_ranges(LOCAL_MEM PlanWork *w, GLOBAL_MEM Totals *totals, GLOBAL_MEM const Frame *frame) {
    u32 start = 0u, unused = frame->pages;
    for (u32 c = 0; c < frame->classes; c++) unused -= totals->plan[c].pages;
    for (u32 c = 0; c < frame->classes; c++) {
        GLOBAL_MEM ClassPlan *plan = &totals->plan[c];
        u32 wanted = (plan->incoming - plan->offered + PAGE_SLOTS - 1u) / PAGE_SLOTS;
        wanted = wanted < unused ? wanted : unused;
        unused -= wanted;
        plan->first = start;
        plan->last = start + chunk_sums(w->offers, c);
        for (u32 k = 0; k < CHUNKS; k++) w->offers[k][c] += start;
        start = plan->last + wanted;
    }
}

/* Opens unused pages, lowest first, for what the class's own pages cannot take in. */
DEVICE_FN void plan_open(GLOBAL_MEM PageRow *rows, GLOBAL_MEM u32 *offer, GLOBAL_MEM Totals *totals,
                         GLOBAL_MEM const Frame *frame) {
    u32 page = 0u;
    totals->full = totals->pages_used = 0u;
    for (u32 c = 0; c < frame->classes; c++) {
        GLOBAL_MEM ClassPlan *plan = &totals->plan[c];
        u32 left = 0u;
        for (; plan->offered < plan->incoming; plan->offered += left) {
            while (page < frame->pages && rows[page].cls != NO_CLASS) page++;
            if (page == frame->pages) break;
            left = plan->incoming - plan->offered;
            left = left < PAGE_SLOTS ? left : PAGE_SLOTS;
            rows[page].cls = c;
            rows[page].used = rows[page].out_moved = rows[page].out_born = rows[page].leaving =
                rows[page].held = 0u;
            rows[page].free_rank = plan->offered;
            rows[page].arrivals = left;
            offer[plan->last++] = page;
            plan->pages++;
        }
        totals->full += plan->incoming - plan->offered;
        if (frame->mode != PLAN_PACK) plan->used += plan->offered; /* packed agents were there before */
        totals->pages_used += plan->pages;
    }
}

KERNEL void plan(POOL) {
    SHARED PlanWork work;
    (void)real, (void)word, (void)live, (void)box, (void)tally, (void)view, (void)picture;
    if (GROUP_ID != 0u) return;
    GLOBAL_MEM ClassPlan *plans = totals->plan;
    FOR_LANES(k, CHUNKS) plan_count(rows, &work, k, frame);
    BARRIER();
    if (LANE_ID == 0u) plan_keep(&work, plans, frame);
    BARRIER();
    FOR_LANES(k, CHUNKS) plan_demand(rows, &work, k, plans, frame);
    BARRIER();
    if (LANE_ID == 0u) plan_balance(&work, totals, frame);
    BARRIER();
    FOR_LANES(k, CHUNKS) plan_rank(rows, &work, k, plans, frame);
    BARRIER();
    if (LANE_ID == 0u) plan_ranges(&work, totals, frame);
    BARRIER();
    FOR_LANES(k, CHUNKS)
    for (u32 page = chunk_start(frame, k); page < chunk_start(frame, k + 1u); page++)
        if (rows[page].cls != NO_CLASS && rows[page].arrivals) offer[work.offers[k][rows[page].cls]++] = page;
    BARRIER();
    if (LANE_ID == 0u) plan_open(rows, offer, totals, frame);
    BARRIER(); /* without it PoCL 3.1 lets every lane do the line above */
}

#endif
