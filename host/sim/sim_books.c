/* After an interval: who was born, died, moved; where the drug went; and whether every agent is accounted
 * for. */
#include <math.h>

#include "sim/sim_state.h"

static void trend_push(Trend *t, double value) {
    t->earlier = t->before;
    t->before = t->last;
    t->last = value;
}

static double molecules(const i64 *tally, int which) {
    return (double)tally[which] / FIXED;
}

/* Rate at which `part` of `whole` goes in an interval. */
static double rate_of(double part, double whole, double dt_h) {
    return whole > 0 && part < whole ? -log(1 - part / whole) / dt_h : 0;
}

static void trends_update(Sim *sim, ClassState *s, const i64 *t) {
    double born = molecules(t, TALLY_BORN_SETPOINT) - molecules(t, TALLY_LOST_SETPOINT);
    trend_push(&s->cd22_loss, rate_of(molecules(t, TALLY_LOST_CD22), s->cd22, sim->dt_h));
    trend_push(&s->bound_loss, rate_of(molecules(t, TALLY_LOST_BOUND), s->bound, sim->dt_h));
    trend_push(&s->setpoint_growth, -rate_of(-born, s->setpoint, sim->dt_h));
}

static void class_molecules(ClassState *s, const i64 *t) {
    s->cd22 += molecules(t, TALLY_BORN_CD22) - molecules(t, TALLY_LOST_CD22) - molecules(t, TALLY_MOVED_CD22);
    s->bound +=
        molecules(t, TALLY_BORN_BOUND) - molecules(t, TALLY_LOST_BOUND) - molecules(t, TALLY_MOVED_BOUND);
    s->inside +=
        molecules(t, TALLY_BORN_INSIDE) - molecules(t, TALLY_LOST_INSIDE) - molecules(t, TALLY_MOVED_INSIDE);
    s->setpoint += molecules(t, TALLY_BORN_SETPOINT) - molecules(t, TALLY_LOST_SETPOINT) -
                   molecules(t, TALLY_MOVED_SETPOINT);
}

static void class_arrivals(Sim *sim, int c, const i64 *t) {
    int to = sim->classes.cls[c].move_to;
    if (to < 0) return;
    ClassState *s = &sim->state[to];
    s->cells += t[TALLY_MOVED];
    s->cd22 += molecules(t, TALLY_MOVED_CD22);
    s->bound += molecules(t, TALLY_MOVED_BOUND);
    s->inside += molecules(t, TALLY_MOVED_INSIDE);
    s->setpoint += molecules(t, TALLY_MOVED_SETPOINT) * sim->classes.cls[c].move_gain;
}

/* A newcomer's molecules: the class median's, spread as configured. */
static void class_newcomers(Sim *sim, int c) {
    const CellTraits *t = &sim->classes.cls[c].traits;
    ClassState *s = &sim->state[c];
    double setpoint = s->newcomers * t->cd22_per_cell * exp(0.5 * t->cd22_ln_sd * t->cd22_ln_sd);
    s->cells += s->newcomers;
    s->cd22 += setpoint;
    s->setpoint += setpoint;
    if (sim->classes.cls[c].kind == KIND_BLAST)
        sim->resampled_cells += s->newcomers * sim->classes.group[sim->classes.cls[c].group].weight;
}

/* Running totals in real cells, and drug that left the living with the dead. */
static void books_update(Sim *sim, int c, const i64 *t) {
    const CellClass *cls = &sim->classes.cls[c];
    i64 weight = sim->classes.group[cls->group].weight;
    if (cls->kind == KIND_BLAST) {
        sim->births_cells += t[TALLY_BIRTHS] * weight;
        sim->drug_deaths_cells += t[TALLY_DRUG_DEATHS] * weight;
        sim->natural_deaths_cells += t[TALLY_NATURAL_DEATHS] * weight;
        double harm = sim_harm_per_h(sim, cls), all = harm + cls->natural_per_h;
        if (harm > 0) sim->other_deaths_cells += harm / all * (double)(t[TALLY_NATURAL_DEATHS] * weight);
    }
    double lost =
        molecules(t, TALLY_LOST_BOUND) + molecules(t, TALLY_LOST_INSIDE) - molecules(t, TALLY_UNTAKEN);
    if (cls->sink) sim->lost_nmol += sim_nmol(sim, c, lost);
}

static void class_update(Sim *sim, int c) {
    const i64 *t = sim->totals.tally[c];
    ClassState *s = &sim->state[c];
    trends_update(sim, s, t);
    class_molecules(s, t);
    s->cells += t[TALLY_BIRTHS] - t[TALLY_DRUG_DEATHS] - t[TALLY_NATURAL_DEATHS] - t[TALLY_MOVED];
    s->dying += t[TALLY_DRUG_DEATHS] - t[TALLY_VANISHED];
    s->births = t[TALLY_BIRTHS];
    books_update(sim, c, t);
}

/* Every agent is accounted for: what the pages hold is what births, deaths and moves leave. */
static Status conservation_check(Sim *sim) {
    REQUIRE(sim->totals.full == 0, STATUS_FAILED,
            "day %.2f: no place for %u agents; raise simulation.capacity (now %lld places)",
            sim_time_h(sim) / 24, sim->totals.full, (long long)sim->frame.pages * PAGE_SLOTS);
    REQUIRE(
        sim->totals.held == 0, STATUS_FAILED,
        "day %.2f: %u cells that divide or move have to wait, more than pages pass on in an interval; lower "
        "simulation.dt_h (now %g)",
        sim_time_h(sim) / 24, sim->totals.held, sim->dt_h);
    for (int c = 0; c < sim->classes.count; c++) {
        i64 counted = sim->state[c].cells + sim->state[c].dying;
        REQUIRE(counted == sim->totals.plan[c].used, STATUS_FAILED,
                "day %.2f: class %d holds %u agents where %lld were counted; report this as a bug",
                sim_time_h(sim) / 24, c, sim->totals.plan[c].used, (long long)counted);
    }
    return STATUS_OK;
}

Status sim_bookkeeping(Sim *sim) {
    for (int c = 0; c < sim->classes.count; c++) class_update(sim, c);
    sim->cost.agents = 0;
    for (int c = 0; c < sim->classes.count; c++) {
        class_arrivals(sim, c, sim->totals.tally[c]);
        class_newcomers(sim, c);
    }
    for (int c = 0; c < sim->classes.count; c++) {
        ClassState *s = &sim->state[c];
        sim->cost.agents += s->cells + s->dying;
        if (s->cells == 0) s->cd22 = s->bound = s->inside = s->setpoint = 0;
    }
    if (sim->cost.agents > sim->cost.peak_agents) sim->cost.peak_agents = sim->cost.agents;
    trend_push(&sim->blasts, sim_marrow_blasts(sim));
    trend_push(&sim->committed, sim_marrow_committed(sim));
    trend_push(&sim->competing, sim->drug.normal.cells * sim->drug.normal.competition);
    return conservation_check(sim);
}
