/* One interval of every page: the step, then births, deaths and departures while the page is in cache.
 *
 * Order never matters: the k-th newborn of a page takes the page's k-th free place; those that find
 * none, and cells that change class, leave through the page's box (placed by pool.h). No slot or
 * order ever comes from an atomic. */
#ifndef MARROW_POPULATION_H
#define MARROW_POPULATION_H

#include "fate.h"

/* A page while its events are worked on. Ranks are sums over the words before. */
typedef struct PageWork {
    u32 taken[PAGE_WORDS], born[PAGE_WORDS], moved[PAGE_WORDS];
    u32 free_rank[PAGE_WORDS], born_rank[PAGE_WORDS], moved_rank[PAGE_WORDS];
    u32 births, moves, frees, held;
    u32 sums[2 * TALLIES];
} PageWork;

/* 64-bit sums over lanes from 32-bit atomics: the carry is seen from the old value, so the total is exact. */
DEVICE_FN void sum_into(LOCAL_MEM u32 *sums, u32 which, i64 value) {
    u32 low = (u32)value;
    u32 old = shared_add(&sums[2u * which], low);
    u32 carry = (u32)(old + low) < old ? 1u : 0u;
    shared_add(&sums[2u * which + 1u], (u32)((u64)value >> 32) + carry);
}

DEVICE_FN i64 sum_read(LOCAL_MEM const u32 *sums, u32 which) {
    return (i64)(((u64)sums[2u * which + 1u] << 32) | sums[2u * which]);
}

/* Position of the k-th zero bit of a word (k counts from 0). */
DEVICE_FN u32 zero_bit(u32 bits, u32 k) {
    u32 open = ~bits;
    for (u32 i = 0; i < k; i++) open &= open - 1u;
    return count_bits((open & (0u - open)) - 1u);
}

/* The k-th free place of a page, from words' ranks. */
DEVICE_FN u32 page_free_place(LOCAL_MEM const PageWork *w, u32 k) {
    u32 low = 0u, high = PAGE_WORDS - 1u;
    while (low < high) {
        u32 middle = (low + high + 1u) / 2u;
        if (w->free_rank[middle] <= k)
            low = middle;
        else
            high = middle - 1u;
    }
    return 32u * low + zero_bit(w->taken[low], k - w->free_rank[low]);
}

/* Marks the lowest `count` free places as taken. */
DEVICE_FN u32 word_take(u32 bits, u32 count) {
    for (u32 i = 0; i < count; i++) bits |= bits + 1u;
    return bits;
}

DEVICE_FN void box_write(GLOBAL_MEM u32 *box, u32 page, u32 k, Agent a) {
    GLOBAL_MEM u32 *x = box + (u64)page * BOX_FIELDS * BOX_SLOTS + k;
    x[REAL_CD22 * BOX_SLOTS] = bits_of(a.cd22);
    x[REAL_BOUND * BOX_SLOTS] = bits_of(a.bound);
    x[REAL_INSIDE * BOX_SLOTS] = bits_of(a.inside);
    x[REAL_PAYLOAD * BOX_SLOTS] = bits_of(a.payload);
    x[REAL_BREAKS * BOX_SLOTS] = bits_of(a.breaks);
    x[REAL_FATE * BOX_SLOTS] = bits_of(a.fate);
    x[REAL_CLOCK * BOX_SLOTS] = bits_of(a.clock);
    x[REAL_SETPOINT * BOX_SLOTS] = bits_of(a.setpoint);
    x[REAL_SENSITIVITY * BOX_SLOTS] = bits_of(a.sensitivity);
    x[(REAL_FIELDS + WORD_ID_LOW) * BOX_SLOTS] = a.who.low;
    x[(REAL_FIELDS + WORD_ID_HIGH) * BOX_SLOTS] = a.who.high;
    x[(REAL_FIELDS + WORD_EVENTS) * BOX_SLOTS] = a.who.events;
}

DEVICE_FN Agent box_read(GLOBAL_MEM const u32 *box, u32 page, u32 k) {
    GLOBAL_MEM const u32 *x = box + (u64)page * BOX_FIELDS * BOX_SLOTS + k;
    Agent a;
    a.cd22 = float_of(x[REAL_CD22 * BOX_SLOTS]);
    a.bound = float_of(x[REAL_BOUND * BOX_SLOTS]);
    a.inside = float_of(x[REAL_INSIDE * BOX_SLOTS]);
    a.payload = float_of(x[REAL_PAYLOAD * BOX_SLOTS]);
    a.breaks = float_of(x[REAL_BREAKS * BOX_SLOTS]);
    a.fate = float_of(x[REAL_FATE * BOX_SLOTS]);
    a.clock = float_of(x[REAL_CLOCK * BOX_SLOTS]);
    a.setpoint = float_of(x[REAL_SETPOINT * BOX_SLOTS]);
    a.sensitivity = float_of(x[REAL_SENSITIVITY * BOX_SLOTS]);
    a.who.low = x[(REAL_FIELDS + WORD_ID_LOW) * BOX_SLOTS];
    a.who.high = x[(REAL_FIELDS + WORD_ID_HIGH) * BOX_SLOTS];
    a.who.events = x[(REAL_FIELDS + WORD_EVENTS) * BOX_SLOTS];
    return a;
}

/* Collects the due places of word w, and asks for their identities, which the step has not touched, before
 * they are needed. */
DEVICE_FN void page_collect_word(GLOBAL_MEM f32 *real, GLOBAL_MEM u32 *word, u32 page, u32 w,
                                 LOCAL_MEM const u64 *due, LOCAL_MEM PageWork *work) {
    u32 places = 0u;
    for (u32 q = 0; q < 4u; q++) /* the bytes' lowest bits, gathered in the top eight, in order */
        places |= (u32)((due[4u * w + q] * 0x0102040810204080u) >> 56) << (8u * q);
    GLOBAL_MEM const f32 *fate = real_field(real, page, REAL_FATE) + 32u * w;
    for (u32 bits = places; bits != 0u; bits &= bits - 1u) {
        u32 place = count_bits((bits & (0u - bits)) - 1u);
        if (fate[place] < 0.5f * FOREVER) fetch_ahead(word_of(word, page, 32u * w + place));
    }
    work->born[w] = places;
}

/* Resolves the due places of word w (left in `born`): who is born, who moves, who is gone. */
DEVICE_FN void page_resolve_word(GLOBAL_MEM f32 *real, GLOBAL_MEM u32 *word, u32 page, u32 w,
                                 LOCAL_MEM PageWork *work, GLOBAL_MEM const Frame *frame,
                                 GLOBAL_MEM const ClassStep *m, i64 *t) {
    u32 born = 0u, moved = 0u, freed = 0u;
    for (u32 bits = work->born[w]; bits != 0u; bits &= bits - 1u) {
        u32 bit = bits & (0u - bits), place = count_bits(bit - 1u);
        u32 event = fate_resolve(real, word, page, 32u * w + place, frame, m, t);
        if (event == EVENT_BORN) born |= bit;
        if (event == EVENT_MOVED) moved |= bit;
        if (event == EVENT_FREED) freed |= bit;
    }
    work->born[w] = born;
    work->moved[w] = moved;
    work->taken[w] &= ~freed;
}

/* Boxes the leavers of word w. A leaver past the box's end stays; its budget is spent, so it leaves next
 * interval. */
DEVICE_FN void page_move_word(GLOBAL_MEM f32 *real, GLOBAL_MEM u32 *word, GLOBAL_MEM u32 *box, u32 page,
                              u32 w, LOCAL_MEM PageWork *work, GLOBAL_MEM const Frame *frame,
                              GLOBAL_MEM const ClassStep *m, i64 *t) {
    u32 k = work->moved_rank[w];
    for (u32 bits = work->moved[w]; bits != 0u; bits &= bits - 1u, k++) {
        u32 bit = count_bits((bits & (0u - bits)) - 1u);
        if (k >= BOX_SLOTS) return;
        Agent a = agent_read(real, word, page, 32u * w + bit);
        box_write(box, page, k, agent_leave(a, frame, m, t));
        place_clear(real, page, 32u * w + bit);
        work->taken[w] &= ~(1u << bit);
    }
}

/* Divides the mothers of word w: the daughter into the page while it has room, then into the box, else the
 * division waits for the next interval (its clock stays spent). */
DEVICE_FN void page_divide_word(GLOBAL_MEM f32 *real, GLOBAL_MEM u32 *word, GLOBAL_MEM u32 *box, u32 page,
                                u32 w, LOCAL_MEM const PageWork *work, GLOBAL_MEM const Frame *frame,
                                GLOBAL_MEM const ClassStep *m, i64 *t) {
    u32 k = work->born_rank[w], room = BOX_SLOTS - work->moves;
    for (u32 bits = work->born[w]; bits != 0u; bits &= bits - 1u, k++) {
        u32 slot = 32u * w + count_bits((bits & (0u - bits)) - 1u);
        if (k >= work->frees + room) return;
        Agent mother = agent_read(real, word, page, slot);
        Agent daughter = agent_divide(&mother, frame, m, t);
        agent_write(real, word, page, slot, mother);
        if (k < work->frees)
            agent_write(real, word, page, page_free_place(work, k), daughter);
        else
            box_write(box, page, work->moves + k - work->frees, daughter);
    }
}

/* Sums over the words before; one lane does it, 128 words are few. */
DEVICE_FN u32 rank_words(LOCAL_MEM const u32 *bits, u32 flip, LOCAL_MEM u32 *rank) {
    u32 sum = 0u;
    for (u32 w = 0; w < PAGE_WORDS; w++) {
        rank[w] = sum;
        sum += count_bits(bits[w] ^ flip);
    }
    return sum;
}

/* The interval of every cell: states, hazards, and all that falls due, page by page while the page is in
 * cache. */
KERNEL void advance(POOL) {
    SHARED u64 due[PAGE_SLOTS / 8u];
    SHARED PageWork work;
    (void)offer, (void)totals, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        u32 cls = rows[page].cls;
        if (cls != NO_CLASS) {
            GLOBAL_MEM const ClassStep *m = &frame->cls[cls];
            i64 t[TALLIES];
            for (u32 i = 0; i < TALLIES; i++) t[i] = 0;
            step_page(real, page, m, (LOCAL_MEM u8 *)due);
            FOR_LANES(w, PAGE_WORDS) work.taken[w] = live[page * PAGE_WORDS + w];
            FOR_LANES(i, 2u * TALLIES) work.sums[i] = 0u;
            BARRIER();
            FOR_LANES(w, PAGE_WORDS) page_collect_word(real, word, page, w, due, &work);
            FOR_LANES(w, PAGE_WORDS) page_resolve_word(real, word, page, w, &work, frame, m, t);
            BARRIER();
            if (LANE_ID == 0u) {
                u32 moves = rank_words(work.moved, 0u, work.moved_rank);
                work.moves = moves < BOX_SLOTS ? moves : BOX_SLOTS;
                work.held = moves - work.moves;
            }
            BARRIER();
            FOR_LANES(w, PAGE_WORDS) page_move_word(real, word, box, page, w, &work, frame, m, t);
            BARRIER();
            if (LANE_ID == 0u) {
                work.births = rank_words(work.born, 0u, work.born_rank);
                work.frees = rank_words(work.taken, 0xffffffffu, work.free_rank);
            }
            BARRIER();
            FOR_LANES(w, PAGE_WORDS) page_divide_word(real, word, box, page, w, &work, frame, m, t);
            BARRIER(); /* PoCL 3.1 miscompiles the two in one region when lanes outnumber words */
            for (u32 i = 0; i < TALLIES; i++)
                if (t[i] != 0) sum_into(work.sums, i, t[i]);
            BARRIER();
            u32 kept = work.births < work.frees ? work.births : work.frees;
            FOR_LANES(w, PAGE_WORDS) {
                u32 open = count_bits(~work.taken[w]), rank = work.free_rank[w];
                u32 take = kept > rank ? kept - rank : 0u;
                live[page * PAGE_WORDS + w] = word_take(work.taken[w], take < open ? take : open);
            }
            FOR_LANES(i, TALLIES) tally[page * TALLIES + i] = sum_read(work.sums, i);
            if (LANE_ID == 0u) {
                u32 over = work.births - kept, room = BOX_SLOTS - work.moves;
                rows[page].used = PAGE_SLOTS - work.frees + kept;
                rows[page].out_moved = work.moves;
                rows[page].out_born = over < room ? over : room;
                rows[page].held = work.held + over - rows[page].out_born;
            }
            BARRIER();
        }
    }
}

#endif
