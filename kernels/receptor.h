/* CD22, conjugate, payload, DNA damage and the hazard that follows: one page through one interval.
 *
 * The five equations are linear, so the host's flow map is exact for any dt (docs/model.md section 5): some
 * twenty fused multiply-adds a cell. Every entry of the map is >= 0, so states never turn negative; values
 * below TINY are flushed in the code itself, so that no device meets subnormals. */
#ifndef MARROW_RECEPTOR_H
#define MARROW_RECEPTOR_H

#include "rng.h"

#define TINY 1e-18f

DEVICE_FN f32 flush(f32 x) {
    return x < TINY ? 0.0f : x;
}

/* Where one field of one page begins. */
DEVICE_FN GLOBAL_MEM f32 *real_field(GLOBAL_MEM f32 *real, u32 page, u32 field) {
    return real + ((u64)page * REAL_FIELDS + field) * PAGE_SLOTS;
}

DEVICE_FN GLOBAL_MEM u32 *word_of(GLOBAL_MEM u32 *word, u32 page, u32 slot) {
    return word + ((u64)page * PAGE_SLOTS + slot) * WORD_FIELDS;
}

/* Hazard over its largest value: q^n / (1 + q^n), q = breaks / D50. */
DEVICE_FN f32 hill(f32 q, f32 power, u32 square) {
    f32 t = square ? q * q : num_power(q, power);
    return t / (1.0f + t);
}

/* Budgets spent: a due event is one whose budget has run out. The trapezoid needs the hazard at both ends:
 * with n = 2 both come from one division. */
DEVICE_FN f32 hill_both(f32 before, f32 after, f32 power, u32 square) {
    if (!square) return hill(before, power, 0u) + hill(after, power, 0u);
    f32 a = before * before, b = after * after;
    f32 below = (1.0f + a) * (1.0f + b);
    return fused(2.0f * a, b, a + b) / below;
}

/* One page through one interval. `due` says of each place whether a budget has run out, fate or clock.
 * `square` is a constant at every call. */
DEVICE_FN void step_places(GLOBAL_MEM f32 *real, u32 page, const ClassStep *m, LOCAL_MEM u8 *due,
                           u32 square) {
    GLOBAL_MEM f32 *RESTRICT cd22 = real_field(real, page, REAL_CD22);
    GLOBAL_MEM f32 *RESTRICT bound = real_field(real, page, REAL_BOUND);
    GLOBAL_MEM f32 *RESTRICT inside = real_field(real, page, REAL_INSIDE);
    GLOBAL_MEM f32 *RESTRICT payload = real_field(real, page, REAL_PAYLOAD);
    GLOBAL_MEM f32 *RESTRICT breaks = real_field(real, page, REAL_BREAKS);
    GLOBAL_MEM f32 *RESTRICT fate = real_field(real, page, REAL_FATE);
    GLOBAL_MEM f32 *RESTRICT clock = real_field(real, page, REAL_CLOCK);
    GLOBAL_MEM const f32 *RESTRICT setpoint = real_field(real, page, REAL_SETPOINT);
    GLOBAL_MEM const f32 *RESTRICT sensitivity = real_field(real, page, REAL_SENSITIVITY);
    const f32 rr = m->rr, rc = m->rc, cr = m->cr, cc = m->cc, er = m->er, ec = m->ec, ee = m->ee;
    const f32 pr = m->pr, pc = m->pc, pe = m->pe, pp = m->pp;
    const f32 dr = m->dr, dc = m->dc, de = m->de, dp = m->dp, dd = m->dd;
    const f32 ri = m->ri, ci = m->ci, ei = m->ei, pi = m->pi, di = m->di;
    const f32 hill_half = m->hill_half, power = m->hill_power, risk = m->natural + m->move;
    const f32 division = m->division, dying = m->dying;
    VECTOR_LOOP
    FOR_PACKS(i, PAGE_SLOTS) {
        const Pack r0 = pack_read(setpoint + i), s = pack_read(sensitivity + i);
        Pack r = pack_read(cd22 + i), c = pack_read(bound + i), e = pack_read(inside + i);
        Pack p = pack_read(payload + i), d = pack_read(breaks + i), f = pack_read(fate + i),
             t = pack_read(clock + i);
        EACH_OF_PACK(k) {
            f32 r1 = fused(rr, r.v[k], fused(rc, c.v[k], ri * r0.v[k]));
            f32 c1 = fused(cr, r.v[k], fused(cc, c.v[k], ci * r0.v[k]));
            f32 e1 = fused(er, r.v[k], fused(ec, c.v[k], fused(ee, e.v[k], ei * r0.v[k])));
            f32 p1 = fused(pp, p.v[k], pi * r0.v[k]);
            p1 = fused(pr, r.v[k], fused(pc, c.v[k], fused(pe, e.v[k], p1)));
            f32 d1 = fused(dp, p.v[k], fused(dd, d.v[k], di * r0.v[k]));
            d1 = flush(fused(dr, r.v[k], fused(dc, c.v[k], fused(de, e.v[k], d1))));
            f32 hills = hill_both(d.v[k] * s.v[k], d1 * s.v[k], power, square);
            f32 f1 = f.v[k] - fused(hill_half, hills, risk);
            f32 t1 = t.v[k] - (f.v[k] < 0.5f * FOREVER ? division : dying);
            r.v[k] = flush(r1), c.v[k] = flush(c1), e.v[k] = flush(e1), p.v[k] = flush(p1), d.v[k] = d1;
            f.v[k] = f1, t.v[k] = t1;
            due[i + k] = (u8)((f1 < t1 ? f1 : t1) <= 0.0f);
        }
        pack_write(cd22 + i, r);
        pack_write(bound + i, c);
        pack_write(inside + i, e);
        pack_write(payload + i, p);
        pack_write(breaks + i, d);
        pack_write(fate + i, f);
        pack_write(clock + i, t);
    }
}

DEVICE_FN void step_page(GLOBAL_MEM f32 *real, u32 page, GLOBAL_MEM const ClassStep *cls, LOCAL_MEM u8 *due) {
    const ClassStep m = *cls;
    if (m.hill_square)
        step_places(real, page, &m, due, 1u);
    else
        step_places(real, page, &m, due, 0u);
}

/* The cells' part of the interval alone, for measuring. */
KERNEL void cells_only(POOL) {
    SHARED u64 due[PAGE_SLOTS / 8u];
    (void)word, (void)live, (void)box, (void)tally, (void)offer, (void)totals, (void)view, (void)picture;
    for (u32 page = GROUP_ID; page < frame->pages; page += GROUP_COUNT)
        if (rows[page].cls != NO_CLASS)
            step_page(real, page, &frame->cls[rows[page].cls], (LOCAL_MEM u8 *)due);
}

#endif
