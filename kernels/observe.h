/* What is looked at: sums over cells in fixed point, and a digest of the whole state. */
#ifndef MARROW_OBSERVE_H
#define MARROW_OBSERVE_H

#include "resample.h"

DEVICE_FN i64 pack_sum(GLOBAL_MEM const f32 *p) {
    const Pack x = pack_read(p);
    i64 sum = 0;
    EACH_OF_PACK(k) sum += fixed_point(x.v[k]);
    return sum;
}

/* Sums over the uncommitted cells of each page, and how many of its agents are dying. */
KERNEL void observe(POOL) {
    SHARED PageWork work;
    (void)word, (void)live, (void)box, (void)offer, (void)totals, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        if (rows[page].cls != NO_CLASS) {
            i64 t[OBSERVED];
            for (u32 i = 0; i < OBSERVED; i++) t[i] = 0;
            FOR_LANES(i, 2u * TALLIES) work.sums[i] = 0u;
            BARRIER();
            GLOBAL_MEM const f32 *x = real_field(real, page, 0u);
            FOR_PACKS(i, PAGE_SLOTS) {
                const Pack fate = pack_read(x + REAL_FATE * PAGE_SLOTS + i);
                const Pack clock = pack_read(x + REAL_CLOCK * PAGE_SLOTS + i);
                EACH_OF_PACK(k) {
                    u32 fated = fate.v[k] < 0.5f * FOREVER, timed = clock.v[k] < 0.5f * FOREVER;
                    t[OBSERVED_CELLS] += fated;
                    t[OBSERVED_DYING] += timed - fated;
                }
                t[OBSERVED_CD22] += pack_sum(x + REAL_CD22 * PAGE_SLOTS + i);
                t[OBSERVED_BOUND] += pack_sum(x + REAL_BOUND * PAGE_SLOTS + i);
                t[OBSERVED_INSIDE] += pack_sum(x + REAL_INSIDE * PAGE_SLOTS + i);
                t[OBSERVED_PAYLOAD] += pack_sum(x + REAL_PAYLOAD * PAGE_SLOTS + i);
                t[OBSERVED_BREAKS] += pack_sum(x + REAL_BREAKS * PAGE_SLOTS + i);
                t[OBSERVED_SETPOINT] += pack_sum(x + REAL_SETPOINT * PAGE_SLOTS + i);
            }
            for (u32 i = 0; i < OBSERVED; i++) sum_into(work.sums, i, t[i]);
            BARRIER();
            FOR_LANES(i, TALLIES) tally[page * TALLIES + i] = sum_read(work.sums, i);
            BARRIER();
        }
    }
}

DEVICE_FN u64 digest_mix(u64 h, u32 value) {
    h = (h ^ value) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
}

/* A digest of one agent: every bit of its state, its class, nothing of where it sits. */
DEVICE_FN u64 agent_digest(Agent a, u32 cls) {
    u64 h = digest_mix(0xcbf29ce484222325u, cls);
    h = digest_mix(digest_mix(digest_mix(h, a.who.low), a.who.high), a.who.events);
    h = digest_mix(digest_mix(digest_mix(h, bits_of(a.cd22)), bits_of(a.bound)), bits_of(a.inside));
    h = digest_mix(digest_mix(digest_mix(h, bits_of(a.payload)), bits_of(a.breaks)), bits_of(a.fate));
    return digest_mix(digest_mix(digest_mix(h, bits_of(a.clock)), bits_of(a.setpoint)),
                      bits_of(a.sensitivity));
}

/* Per page, the sum of its agents' digests (mod 2^64): equal for equal populations, wherever each agent sits.
 */
KERNEL void digest(POOL) {
    SHARED PageWork work;
    (void)box, (void)offer, (void)totals, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        if (rows[page].cls != NO_CLASS) {
            FOR_LANES(i, 2u * TALLIES) work.sums[i] = 0u;
            BARRIER();
            FOR_LANES(w, PAGE_WORDS)
            for (u32 bits = live[page * PAGE_WORDS + w]; bits != 0u; bits &= bits - 1u) {
                u32 slot = 32u * w + count_bits((bits & (0u - bits)) - 1u);
                sum_into(work.sums, 0u,
                         (i64)agent_digest(agent_read(real, word, page, slot), rows[page].cls));
            }
            BARRIER();
            FOR_LANES(i, TALLIES) tally[page * TALLIES + i] = sum_read(work.sums, i);
            BARRIER();
        }
    }
}

/* Adds a stretch's sums to the class's. */
DEVICE_FN void total_flush(LOCAL_MEM u32 *sums, i64 *t) {
    for (u32 i = 0; i < TALLIES; i++) {
        if (t[i] != 0) sum_into(sums, i, t[i]);
        t[i] = 0;
    }
}

/* Adds the pages' tallies up by class. Lanes take stretches of pages, most of which are of one class. */
KERNEL void total(POOL) {
    SHARED u32 sums[2u * TALLIES * MAX_CLASSES];
    (void)real, (void)word, (void)live, (void)box, (void)offer, (void)view, (void)picture;
    if (GROUP_ID != 0u) return;
    FOR_LANES(i, 2u * TALLIES * MAX_CLASSES) sums[i] = 0u;
    BARRIER();
    FOR_LANES(k, CHUNKS) {
        i64 t[TALLIES];
        u32 cls = 0u;
        for (u32 i = 0; i < TALLIES; i++) t[i] = 0;
        for (u32 page = chunk_start(frame, k); page < chunk_start(frame, k + 1u); page++) {
            if (rows[page].cls == NO_CLASS) continue;
            if (rows[page].cls != cls) total_flush(sums + 2u * TALLIES * cls, t);
            cls = rows[page].cls;
            for (u32 i = 0; i < TALLIES; i++) /* unsigned: digests wrap round */
                t[i] = (i64)((u64)t[i] + (u64)tally[page * TALLIES + i]);
        }
        total_flush(sums + 2u * TALLIES * cls, t);
    }
    BARRIER();
    FOR_LANES(i, MAX_CLASSES * TALLIES) totals->tally[i / TALLIES][i % TALLIES] = sum_read(sums, i);
}

DEVICE_FN void pack_add(GLOBAL_MEM f32 *p, Pack s) {
    Pack x = pack_read(p);
    EACH_OF_PACK(k) x.v[k] += s.v[k];
    pack_write(p, x);
}

/* The yardstick of the benchmark: the same arrays updated in place with next to no arithmetic. */
KERNEL void stream(POOL) {
    (void)word, (void)live, (void)box, (void)tally, (void)offer, (void)totals, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT) {
        if (rows[page].cls == NO_CLASS) continue;
        GLOBAL_MEM f32 *RESTRICT x = real_field(real, page, 0u);
        VECTOR_LOOP
        FOR_PACKS(i, PAGE_SLOTS) {
            Pack s = pack_read(x + REAL_SETPOINT * PAGE_SLOTS + i);
            const Pack more = pack_read(x + REAL_SENSITIVITY * PAGE_SLOTS + i);
            EACH_OF_PACK(k) s.v[k] += more.v[k];
            pack_add(x + REAL_CD22 * PAGE_SLOTS + i, s);
            pack_add(x + REAL_BOUND * PAGE_SLOTS + i, s);
            pack_add(x + REAL_INSIDE * PAGE_SLOTS + i, s);
            pack_add(x + REAL_PAYLOAD * PAGE_SLOTS + i, s);
            pack_add(x + REAL_BREAKS * PAGE_SLOTS + i, s);
            pack_add(x + REAL_FATE * PAGE_SLOTS + i, s);
            pack_add(x + REAL_CLOCK * PAGE_SLOTS + i, s);
        }
    }
}

#endif
