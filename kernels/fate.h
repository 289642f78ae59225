/* What happens to a cell whose budget has run out: commitment to apoptosis, natural death, leaving for
 * another class, division, or (already committed) disappearance.
 *
 * Fates are thresholds, not dice: the accumulated hazard reaches the budget looked up at birth. Which
 * of the competing risks it was is one more look-up, weighted by their shares. The moment inside the
 * interval is the linear interpolation of the budget, which keeps the whole step second order in dt. */
#ifndef MARROW_FATE_H
#define MARROW_FATE_H

#include "receptor.h"

typedef struct Agent {
    f32 cd22, bound, inside, payload, breaks, fate, clock, setpoint, sensitivity;
    Who who;
} Agent;

enum { EVENT_NONE, EVENT_FREED, EVENT_MOVED, EVENT_BORN };

DEVICE_FN Agent agent_read(GLOBAL_MEM const f32 *real, GLOBAL_MEM const u32 *word, u32 page, u32 slot) {
    GLOBAL_MEM const f32 *x = real + (u64)page * REAL_FIELDS * PAGE_SLOTS + slot;
    GLOBAL_MEM const u32 *w = word + ((u64)page * PAGE_SLOTS + slot) * WORD_FIELDS;
    Agent a;
    a.cd22 = x[REAL_CD22 * PAGE_SLOTS];
    a.bound = x[REAL_BOUND * PAGE_SLOTS];
    a.inside = x[REAL_INSIDE * PAGE_SLOTS];
    a.payload = x[REAL_PAYLOAD * PAGE_SLOTS];
    a.breaks = x[REAL_BREAKS * PAGE_SLOTS];
    a.fate = x[REAL_FATE * PAGE_SLOTS];
    a.clock = x[REAL_CLOCK * PAGE_SLOTS];
    a.setpoint = x[REAL_SETPOINT * PAGE_SLOTS];
    a.sensitivity = x[REAL_SENSITIVITY * PAGE_SLOTS];
    a.who.low = w[WORD_ID_LOW];
    a.who.high = w[WORD_ID_HIGH];
    a.who.events = w[WORD_EVENTS];
    return a;
}

DEVICE_FN void agent_write(GLOBAL_MEM f32 *real, GLOBAL_MEM u32 *word, u32 page, u32 slot, Agent a) {
    GLOBAL_MEM f32 *x = real + (u64)page * REAL_FIELDS * PAGE_SLOTS + slot;
    GLOBAL_MEM u32 *w = word_of(word, page, slot);
    x[REAL_CD22 * PAGE_SLOTS] = a.cd22;
    x[REAL_BOUND * PAGE_SLOTS] = a.bound;
    x[REAL_INSIDE * PAGE_SLOTS] = a.inside;
    x[REAL_PAYLOAD * PAGE_SLOTS] = a.payload;
    x[REAL_BREAKS * PAGE_SLOTS] = a.breaks;
    x[REAL_FATE * PAGE_SLOTS] = a.fate;
    x[REAL_CLOCK * PAGE_SLOTS] = a.clock;
    x[REAL_SETPOINT * PAGE_SLOTS] = a.setpoint;
    x[REAL_SENSITIVITY * PAGE_SLOTS] = a.sensitivity;
    w[WORD_ID_LOW] = a.who.low;
    w[WORD_ID_HIGH] = a.who.high;
    w[WORD_EVENTS] = a.who.events;
}

/* A place nobody holds: zeros that step to zeros, budgets that never run out. */
DEVICE_FN Agent agent_nobody(void) {
    Agent a;
    a.cd22 = a.bound = a.inside = a.payload = a.breaks = a.setpoint = a.sensitivity = 0.0f;
    a.fate = a.clock = FOREVER;
    a.who.low = a.who.high = a.who.events = 0u;
    return a;
}

/* Leaves a place to nobody. The identity that stood there stays unread until somebody else's replaces it. */
DEVICE_FN void place_clear(GLOBAL_MEM f32 *real, u32 page, u32 slot) {
    GLOBAL_MEM f32 *x = real + (u64)page * REAL_FIELDS * PAGE_SLOTS + slot;
    for (u32 field = 0; field < REAL_FIELDS; field++) x[field * PAGE_SLOTS] = 0.0f;
    x[REAL_FATE * PAGE_SLOTS] = x[REAL_CLOCK * PAGE_SLOTS] = FOREVER;
}

DEVICE_FN u32 agent_dying(Agent a) {
    return a.fate >= 0.5f * FOREVER && a.clock < 0.5f * FOREVER;
}

DEVICE_FN i64 fixed_point(f32 x) {
    return (i64)fused(x, FIXED, x < 0.0f ? -0.5f : 0.5f);
}

/* When in the interval (0-1) a budget that ended at `left` ran out, having been spent evenly. */
DEVICE_FN f32 event_moment(f32 left, f32 spent) {
    f32 moment = spent > 0.0f ? 1.0f + left / spent : 0.0f;
    return moment < 0.0f ? 0.0f : (moment > 1.0f ? 1.0f : moment);
}

/* Hazard of drug-induced commitment over the whole interval, at the damage of its end. */
DEVICE_FN f32 drug_hazard(f32 breaks, f32 sensitivity, GLOBAL_MEM const ClassStep *m) {
    return 2.0f * m->hill_half * hill(breaks * sensitivity, m->hill_power, m->hill_square);
}

/* The cell's breaks at the interval's start; the map has no negative entry, so breaks alone bound them. */
DEVICE_FN f32 breaks_before(Agent a, GLOBAL_MEM const ClassStep *m) {
    f32 most = m->back_d * a.breaks;
    f32 d = fused(m->back_p, a.payload, fused(m->back_inflow, a.setpoint, most));
    d = fused(m->back_r, a.cd22, fused(m->back_c, a.bound, fused(m->back_e, a.inside, d)));
    return d < 0.0f ? 0.0f : (d > most ? most : d);
}

/* All that spends a fate budget, over the whole interval. */
DEVICE_FN f32 fate_hazard(f32 breaks, f32 sensitivity, GLOBAL_MEM const ClassStep *m) {
    return m->natural + m->move + drug_hazard(breaks, sensitivity, m);
}

/* When in the interval (0-1) the fate budget that ended at `left` ran out, the hazard going straight from h0
 * to h1 (both times dt). */
DEVICE_FN f32 fate_moment(f32 left, f32 h0, f32 h1) {
    f32 budget = fused(0.5f, h0 + h1, left);
    f32 below = h0 + square_root(fused(2.0f * (h1 - h0), budget < 0.0f ? 0.0f : budget, h0 * h0));
    f32 moment = budget > 0.0f && below > 0.0f ? 2.0f * budget / below : 0.0f;
    return moment > 1.0f ? 1.0f : moment;
}

/* What leaves the living with a cell that died at `moment`: its molecules, and the uptake that the flow
 * map counted for the rest of the interval though the cell was no longer there to do it. */
DEVICE_FN void tally_loss(Agent a, f32 moment, GLOBAL_MEM const ClassStep *m, i64 *t) {
    f32 rest = 1.0f - moment, uptake = fused(m->binding, a.cd22, -(m->unbinding * a.bound));
    t[TALLY_LOST_CD22] += fixed_point(a.cd22);
    t[TALLY_LOST_BOUND] += fixed_point(a.bound);
    t[TALLY_LOST_INSIDE] += fixed_point(a.inside);
    t[TALLY_LOST_SETPOINT] += fixed_point(a.setpoint);
    t[TALLY_UNTAKEN] += fixed_point(rest * uptake * fused(rest, m->uptake_excess, 1.0f));
}

/* Commitment to apoptosis: the cell keeps its place, does nothing more, and counts down to disappearance. */
DEVICE_FN Agent agent_commit(Agent a, f32 moment, Luck luck, GLOBAL_MEM const ClassStep *m) {
    Agent dead = agent_nobody();
    Luck rest;
    rest.a = luck.b;
    rest.b = luck.c;
    rest.c = rest.d = luck.d;
    dead.clock = luck_stages(rest, m->dying_stages) / (f32)m->dying_stages - (1.0f - moment) * m->dying;
    dead.who = a.who;
    dead.who.events++;
    return dead;
}

/* Resolves one due place. Deaths are carried out; a division or a departure is only announced, since where
 * the newborn or the leaver goes depends on its rank among them. */
DEVICE_FN u32 fate_resolve(GLOBAL_MEM f32 *real, GLOBAL_MEM u32 *word, u32 page, u32 slot,
                           GLOBAL_MEM const Frame *frame, GLOBAL_MEM const ClassStep *m, i64 *t) {
    if (real_field(real, page, REAL_FATE)[slot] >=
        0.5f * FOREVER) { /* dying: no luck to look up, nothing to read */
        place_clear(real, page, slot);
        t[TALLY_VANISHED]++;
        return EVENT_FREED;
    }
    Agent a = agent_read(real, word, page, slot);
    f32 h0 = fate_hazard(breaks_before(a, m), a.sensitivity, m), h1 = fate_hazard(a.breaks, a.sensitivity, m);
    f32 all = 0.5f * (h0 + h1), moment = fate_moment(a.fate, h0, h1);
    u32 divides = a.clock <= 0.0f, ends = a.fate <= 0.0f;
    if (divides && (!ends || event_moment(a.clock, m->division) <= moment)) return EVENT_BORN;
    Luck luck = luck_of(frame, a.who, PURPOSE_FATE);
    f32 share = luck_unit(luck.a) * all;
    if (share < m->move) return EVENT_MOVED;
    tally_loss(a, moment, m, t);
    if (share < m->move + m->natural) {
        place_clear(real, page, slot);
        t[TALLY_NATURAL_DEATHS]++;
        return EVENT_FREED;
    }
    agent_write(real, word, page, slot, agent_commit(a, moment, luck, m));
    t[TALLY_DRUG_DEATHS]++;
    return EVENT_NONE;
}

/* A trait passed on with noise: set-point of CD22 or sensitivity (payload efflux is folded into it). */
DEVICE_FN f32 inherit(f32 trait, f32 sd, u32 bits) {
    return sd > 0.0f ? trait * num_exp(sd * num_normal(luck_unit(bits))) : trait;
}

DEVICE_FN Agent agent_inherits(Agent a, GLOBAL_MEM const Frame *frame, GLOBAL_MEM const ClassStep *m) {
    Luck luck = luck_of(frame, a.who, PURPOSE_TRAITS);
    f32 setpoint = inherit(a.setpoint, m->inherit_sd, luck.a);
    a.setpoint = setpoint > SETPOINT_MAX ? SETPOINT_MAX : setpoint;
    a.sensitivity = inherit(a.sensitivity, m->inherit_sd, luck.b);
    a.clock += luck_cycle(frame, a.who, m->stages, m->stages);
    return a;
}

/* One daughter's molecules at the interval's end: half of the mother's at the moment of division, and since
 * then supply from the daughter's own set-point instead of half the mother's. Of supply over part of the
 * interval, R has the slope kturn at its start; C and E, fed by R and C, begin as its square and cube. */
DEVICE_FN Agent agent_shares(Agent mother, f32 setpoint, f32 rest, GLOBAL_MEM const ClassStep *m) {
    Agent a = mother;
    f32 own = rest * (setpoint - 0.5f * mother.setpoint);
    f32 cd22 = fused(0.5f, mother.cd22, fused(rest, m->ri - m->renewal, m->renewal) * own);
    f32 bound = fused(0.5f, mother.bound, rest * m->ci * own);
    f32 inside = fused(0.5f, mother.inside, rest * rest * m->ei * own);
    a.cd22 = cd22 > 0.0f ? cd22 : 0.0f;
    a.bound = bound > 0.0f ? bound : 0.0f;
    a.inside = inside > 0.0f ? inside : 0.0f;
    a.payload = 0.5f * mother.payload;
    a.breaks = 0.5f * mother.breaks;
    a.setpoint = setpoint;
    return a;
}

/* Divides `mother` in place and returns the other daughter. The first keeps the mother's identity and what is
 * left of her fate budget (memoryless), the second has new ones; both get their own traits and cycle. */
DEVICE_FN Agent agent_divide(Agent *mother, GLOBAL_MEM const Frame *frame, GLOBAL_MEM const ClassStep *m,
                             i64 *t) {
    Agent before = *mother;
    f32 rest = 1.0f - event_moment(before.clock, m->division);
    Luck name = luck_of(frame, before.who, PURPOSE_DAUGHTER);
    Agent first = before, second = before;
    first.who.events++;
    second.who.low = name.a;
    second.who.high = name.b;
    second.who.events = 0u;
    first = agent_inherits(first, frame, m);
    second = agent_inherits(second, frame, m);
    f32 k1 = first.clock, k2 = second.clock, s1 = first.sensitivity, s2 = second.sensitivity;
    first = agent_shares(before, first.setpoint, rest, m);
    first.who = before.who;
    first.who.events++;
    first.clock = k1;
    first.sensitivity = s1;
    f32 whole = drug_hazard(before.breaks, before.sensitivity, m);
    first.fate = before.fate + rest * (whole - drug_hazard(first.breaks, s1, m));
    Agent other = agent_shares(before, second.setpoint, rest, m);
    other.who = second.who;
    other.clock = k2;
    other.sensitivity = s2;
    Luck budget = luck_of(frame, other.who, PURPOSE_FATE_BUDGET);
    other.fate =
        luck_exponential(budget.a) - rest * (drug_hazard(other.breaks, s2, m) + m->natural + m->move);
    t[TALLY_BIRTHS]++;
    t[TALLY_BORN_CD22] += fixed_point(first.cd22) + fixed_point(other.cd22) - fixed_point(before.cd22);
    t[TALLY_BORN_BOUND] += fixed_point(first.bound) + fixed_point(other.bound) - fixed_point(before.bound);
    t[TALLY_BORN_INSIDE] +=
        fixed_point(first.inside) + fixed_point(other.inside) - fixed_point(before.inside);
    t[TALLY_BORN_SETPOINT] +=
        fixed_point(first.setpoint) + fixed_point(other.setpoint) - fixed_point(before.setpoint);
    *mother = first;
    return other;
}

/* The agent as it arrives in the class it moves to, at the interval's end: from the moment it left on, cycle
 * and hazards were the other class's. */
DEVICE_FN Agent agent_leave(Agent a, GLOBAL_MEM const Frame *frame, GLOBAL_MEM const ClassStep *m, i64 *t) {
    t[TALLY_MOVED]++;
    t[TALLY_MOVED_CD22] += fixed_point(a.cd22);
    t[TALLY_MOVED_BOUND] += fixed_point(a.bound);
    t[TALLY_MOVED_INSIDE] += fixed_point(a.inside);
    t[TALLY_MOVED_SETPOINT] += fixed_point(a.setpoint);
    GLOBAL_MEM const ClassStep *to = &frame->cls[m->move_class];
    f32 before = fate_hazard(breaks_before(a, m), a.sensitivity, m);
    f32 rest = 1.0f - fate_moment(a.fate, before, fate_hazard(a.breaks, a.sensitivity, m));
    a.who.events++;
    f32 setpoint = a.setpoint * m->move_gain;
    a.setpoint = setpoint > SETPOINT_MAX ? SETPOINT_MAX : setpoint;
    f32 budget = luck_exponential(luck_of(frame, a.who, PURPOSE_FATE_BUDGET).a);
    a.fate = fused(-rest, fate_hazard(a.breaks, a.sensitivity, to), budget);
    a.clock = fused(rest, m->division - to->division, a.clock);
    return a;
}

/* A cell seen for the first time: a founder at time zero or a newcomer from outside. Free of drug, traits and
 * luck its own, in any stage of its cycle with equal chance. */
DEVICE_FN Agent agent_new(Who who, GLOBAL_MEM const Frame *frame, GLOBAL_MEM const ClassStep *m) {
    Agent a = agent_nobody();
    a.who = who;
    Luck luck = luck_of(frame, who, PURPOSE_TRAITS);
    f32 setpoint = m->setpoint_median * num_exp(m->setpoint_sd * num_normal(luck_unit(luck.a)));
    a.setpoint = setpoint > SETPOINT_MAX ? SETPOINT_MAX : setpoint;
    a.cd22 = a.setpoint;
    a.sensitivity = m->sensitivity_median * num_exp(m->sensitivity_sd * num_normal(luck_unit(luck.b)));
    a.fate = luck_exponential(luck.c);
    u32 passed = (u32)((f32)m->stages * luck_unit(luck.d));
    a.clock = luck_cycle(frame, who, m->stages - (passed < m->stages ? passed : m->stages - 1u), m->stages);
    return a;
}

#endif
