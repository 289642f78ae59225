/* What one interval asks of the cells: each class's flow map, hazards and newcomers, and what becomes of the
 * class's sums. */
#include <math.h>

#include "kernels/rng.h"
#include "sim/sim_state.h"

/* Division hazard at which an Erlang(k) cycle just makes good deaths at rate d: a cycle of mean 1/h
 * multiplies cells at rate k h (2^(1/k) - 1), which is h only for k = 1. */
static double balancing_per_h(const CellClass *cls) {
    double k = (double)cls->traits.cycle_stages;
    return cls->death_per_h / (k * (pow(2, 1 / k) - 1));
}

/* Room for blasts at the interval's middle. */
static double room_now(const Sim *sim) {
    return room_left(&sim->room,
                     trend_middle(sim->blasts) + trend_middle(sim->committed) + trend_middle(sim->competing));
}

/* Division hazard (1/h): b with all room free, and with none what balances natural death. For k = 1 this is
 * d0
 * + (b - d0) times the room. */
static double division_per_h(const Sim *sim, const CellClass *cls) {
    if (cls->birth_per_h == 0) return 0;
    double full = balancing_per_h(cls);
    return full + (cls->birth_per_h - full) * room_now(sim);
}

static void flow_copy(const FlowMap *map, ClassStep *out) {
    const double(*phi)[FLOW_STATES] = map->phi;
    out->rr = (f32)phi[FLOW_R][FLOW_R], out->rc = (f32)phi[FLOW_R][FLOW_C];
    out->cr = (f32)phi[FLOW_C][FLOW_R], out->cc = (f32)phi[FLOW_C][FLOW_C];
    out->er = (f32)phi[FLOW_E][FLOW_R], out->ec = (f32)phi[FLOW_E][FLOW_C],
    out->ee = (f32)phi[FLOW_E][FLOW_E];
    out->pr = (f32)phi[FLOW_P][FLOW_R], out->pc = (f32)phi[FLOW_P][FLOW_C];
    out->pe = (f32)phi[FLOW_P][FLOW_E], out->pp = (f32)phi[FLOW_P][FLOW_P];
    out->dr = (f32)phi[FLOW_D][FLOW_R], out->dc = (f32)phi[FLOW_D][FLOW_C],
    out->de = (f32)phi[FLOW_D][FLOW_E];
    out->dp = (f32)phi[FLOW_D][FLOW_P], out->dd = (f32)phi[FLOW_D][FLOW_D];
    out->ri = (f32)map->inflow[FLOW_R], out->ci = (f32)map->inflow[FLOW_C],
    out->ei = (f32)map->inflow[FLOW_E];
    out->pi = (f32)map->inflow[FLOW_P], out->di = (f32)map->inflow[FLOW_D];
}

/* The map run backwards, for breaks alone: from the states at the interval's end those at its start. The row
 * solves back * phi = (0, 0, 0, 0, 1), phi being triangular but for its corner of R and C. Where the interval
 * is too long for the end to tell of the start (in single precision), the breaks are taken for constant. */
static void flow_back(const FlowMap *map, ClassStep *out) {
    const double(*phi)[FLOW_STATES] = map->phi;
    double back[FLOW_STATES] = {0}, r = 0, c = 0, inflow = 0, size = 0;
    back[FLOW_D] = 1 / phi[FLOW_D][FLOW_D];
    back[FLOW_P] = -back[FLOW_D] * phi[FLOW_D][FLOW_P] / phi[FLOW_P][FLOW_P];
    back[FLOW_E] =
        -(back[FLOW_D] * phi[FLOW_D][FLOW_E] + back[FLOW_P] * phi[FLOW_P][FLOW_E]) / phi[FLOW_E][FLOW_E];
    for (int i = FLOW_E; i <= FLOW_D; i++) r -= back[i] * phi[i][FLOW_R], c -= back[i] * phi[i][FLOW_C];
    double corner = phi[FLOW_R][FLOW_R] * phi[FLOW_C][FLOW_C] - phi[FLOW_R][FLOW_C] * phi[FLOW_C][FLOW_R];
    back[FLOW_R] = (r * phi[FLOW_C][FLOW_C] - c * phi[FLOW_C][FLOW_R]) / corner;
    back[FLOW_C] = (c * phi[FLOW_R][FLOW_R] - r * phi[FLOW_R][FLOW_C]) / corner;
    for (int i = 0; i < FLOW_STATES; i++) inflow -= back[i] * map->inflow[i], size += fabs(back[i]);
    if (!(size < 1e4)) {
        out->back_d = 1;
        return;
    }
    out->back_r = (f32)back[FLOW_R], out->back_c = (f32)back[FLOW_C], out->back_e = (f32)back[FLOW_E];
    out->back_p = (f32)back[FLOW_P], out->back_d = (f32)back[FLOW_D], out->back_inflow = (f32)inflow;
}

/* Straight on from a step's two Gauss nodes to its end. */
static double end_value(const double node[2]) {
    return fmax(0, node[1] + (node[1] - node[0]) * 0.5 * (sqrt(3.0) - 1));
}

/* How often blasts divide, over how often they would with all room free; in blood as where they come from. */
static double cycling(const Sim *sim, const CellClass *cls) {
    const CellClass *home = cls->marrow ? cls : &sim->classes.cls[cls->move_to];
    return home->birth_per_h > 0 ? division_per_h(sim, home) / home->birth_per_h : 0;
}

double sim_harm_per_h(const Sim *sim, const CellClass *cls) {
    const SimHarm *harm = &sim->harm;
    const DrugAction *drugs = &sim->action;
    if (cls->kind != KIND_BLAST) return harm->b_cell_per_h + drugs->b_cell_kill_per_h;
    double sum = harm->blast_per_h + drugs->kill_per_h + cycling(sim, cls) * drugs->cycling_kill_per_h;
    return cls->marrow ? sum : sum + harm->blood_blast_per_h + drugs->blood_kill_per_h;
}

void sim_class_step(const Sim *sim, int c, const FlowMap *map, const PlasmaPath *path, ClassStep *out) {
    const CellClass *cls = &sim->classes.cls[c];
    const CellTraits *t = &cls->traits;
    const PlasmaStep *last = &path->steps[path->count - 1];
    double seen =
        cls->rates.exposure * end_value(cls->rates.place == PLACE_MARROW ? last->marrow_nm : last->plasma_nm);
    double dt_h = sim->dt_h;
    *out = (ClassStep){
        .hill_half = (f32)(0.5 * dt_h * cls->niche * t->hmax_per_h),
        .hill_power = (f32)t->hill_n,
        .hill_square = t->hill_n == 2,
        .natural = (f32)(dt_h * (cls->natural_per_h + sim_harm_per_h(sim, cls))),
        .move = (f32)(dt_h * cls->move_per_h),
        .division = (f32)(dt_h * division_per_h(sim, cls)),
        .dying = (f32)(dt_h / sim->config->cells.apoptosis_mean_h),
        .renewal = (f32)(dt_h * t->kturn_per_h),
        .binding = (f32)(dt_h * cls->rates.kon_per_nm_h * seen),
        .unbinding = (f32)(dt_h * cls->rates.koff_per_h),
        .move_gain = (f32)cls->move_gain,
        .setpoint_median = (f32)t->cd22_per_cell,
        .setpoint_sd = (f32)t->cd22_ln_sd,
        .sensitivity_median = (f32)(1 / t->d50_breaks),
        .sensitivity_sd = (f32)t->d50_ln_sd,
        .inherit_sd = (f32)t->inherit_ln_sd,
        .move_class = cls->move_to < 0 ? NO_CLASS : (u32)cls->move_to,
        .stages = cls->kind == KIND_BLAST ? (u32)t->cycle_stages : 1u,
        .dying_stages = (u32)sim->config->cells.apoptosis_stages,
    };
    flow_copy(map, out);
    flow_back(map, out);
}

/* Mutants of this interval, in cells: Poisson around the divisions of the last one times the chance. Above 30
 * expected, the normal law serves. */
static double mutants_of(const Sim *sim, int c) {
    double expected = 0;
    for (int other = 0; other < sim->classes.count; other++) {
        const CellClass *o = &sim->classes.cls[other];
        if (o->marrow && !o->mutant)
            expected +=
                sim_class_cells(sim, other, sim->state[other].births) * o->traits.cd22_loss_per_division;
    }
    if (expected <= 0) return 0;
    const Who who = {(u32)sim->step, (u32)c, 0};
    double u = luck_unit(luck_of(&sim->frame, who, PURPOSE_MUTANT).a);
    if (expected > 30) return fmax(0, round(expected + sqrt(expected) * num_normal((f32)u)));
    double term = exp(-expected), below = term;
    int count = 0;
    for (; u > below && count < 200; below += term) term *= expected / ++count;
    return count;
}

/* Whole agents from real cells; the fraction is carried over, so that none is lost. */
static void newcomers_count(Sim *sim, int c) {
    const CellClass *cls = &sim->classes.cls[c];
    ClassState *s = &sim->state[c];
    double cells = cls->inflow_cells_per_h * sim->dt_h;
    if (cls->mutant && cls->marrow) cells += mutants_of(sim, c);
    s->newcomer_debt += cells / (double)sim->classes.group[cls->group].weight;
    double whole = floor(s->newcomer_debt);
    s->newcomer_debt -= whole;
    s->newcomers = (u32)whole;
    sim->frame.cls[c].newcomers = s->newcomers;
    sim->frame.cls[c].newcomer_base = s->newcomer_serial;
    s->newcomer_serial += s->newcomers;
}

/* How much more the class takes up on average over the interval than at its end, as a share of the latter;
 * the uptake of cells that die on the way is corrected with it. */
static double uptake_excess(double before, double after, double degraded, double at_end) {
    double mean = after - before + degraded;
    double excess = at_end > 0 ? mean / at_end - 1 : 0;
    return fmin(fmax(excess, -1), 4);
}

/* What the class's sums will be once every agent has taken the map, and what it degrades on the way. */
static void class_flow(Sim *sim, int c, const FlowMap *m) {
    ClassState *s = &sim->state[c];
    double r = s->cd22, b = s->bound, i = s->inside, r0 = s->setpoint;
    double degraded =
        m->degraded[FLOW_R] * r + m->degraded[FLOW_C] * b + m->degraded[FLOW_E] * i + m->degraded_inflow * r0;
    s->cd22 = m->phi[FLOW_R][FLOW_R] * r + m->phi[FLOW_R][FLOW_C] * b + m->inflow[FLOW_R] * r0;
    s->bound = m->phi[FLOW_C][FLOW_R] * r + m->phi[FLOW_C][FLOW_C] * b + m->inflow[FLOW_C] * r0;
    s->inside = m->phi[FLOW_E][FLOW_R] * r + m->phi[FLOW_E][FLOW_C] * b + m->phi[FLOW_E][FLOW_E] * i +
                m->inflow[FLOW_E] * r0;
    if (sim->classes.cls[c].sink) sim->degraded_nmol += sim_nmol(sim, c, degraded);
    ClassStep *step = &sim->frame.cls[c];
    double at_end = step->binding * s->cd22 - step->unbinding * s->bound;
    step->uptake_excess = (f32)uptake_excess(b + i, s->bound + s->inside, degraded, at_end);
}

void sim_classes_step(Sim *sim, const PlasmaPath *path) {
    FlowMap map;
    for (int c = 0; c < sim->classes.count; c++) {
        flow_map(&sim->classes.cls[c].rates, path, &map);
        sim_class_step(sim, c, &map, path, &sim->frame.cls[c]);
        newcomers_count(sim, c);
        class_flow(sim, c, &map);
    }
}
