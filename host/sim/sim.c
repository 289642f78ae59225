#include "sim/sim_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 602.214 molecules x 1e12 per nmol */
static const double MOLECULES_PER_NMOL = 6.022e14;

enum { RESYNC_EVERY = 24 }; /* intervals; fixed, so that output intervals never touch results */

double molecules_nmol(double molecules, double weight) {
    return molecules * weight / MOLECULES_PER_NMOL;
}

double sim_nmol(const Sim *sim, int cls, double molecules) {
    return molecules_nmol(molecules, (double)sim->classes.group[sim->classes.cls[cls].group].weight);
}

double sim_class_cells(const Sim *sim, int cls, i64 agents) {
    return (double)(agents * sim->classes.group[sim->classes.cls[cls].group].weight);
}

double sim_marrow_blasts(const Sim *sim) {
    double sum = 0;
    for (int c = 0; c < sim->classes.count; c++)
        if (sim->classes.cls[c].marrow) sum += sim_class_cells(sim, c, sim->state[c].cells);
    return sum;
}

double sim_marrow_committed(const Sim *sim) {
    double sum = 0;
    for (int c = 0; c < sim->classes.count; c++)
        if (sim->classes.cls[c].marrow) sum += sim_class_cells(sim, c, sim->state[c].dying);
    return sum;
}

double sim_marrow_fraction(const Sim *sim) {
    double blasts = sim_marrow_blasts(sim), all = blasts + sim->drug.normal.cells;
    return all > 0 ? blasts / all : 0;
}

Trend trend_steady(double value) {
    return (Trend){value, value, value};
}

double trend_middle(Trend t) {
    return fmax(0, t.last + 0.5 * (t.last - t.before));
}

double trend_ahead(Trend t, double intervals) {
    double slope = t.last - t.before, bend = slope - (t.before - t.earlier);
    return fmax(0, t.last + intervals * slope + 0.5 * intervals * (intervals + 1) * bend);
}

/* Change an hour of a loss rate over the coming interval. */
static double loss_slope(const Sim *sim, Trend t) {
    return (trend_ahead(t, 1.5) - trend_ahead(t, 0.5)) / sim->dt_h;
}

Status sim_launch(Sim *sim, KernelId kernel) {
    return backend_launch(sim->backend, kernel, (u32)sim->classes.count);
}

Status sim_frame_send(Sim *sim, u32 mode) {
    sim->frame.mode = mode;
    return backend_write(sim->backend, POOL_FRAME, 0, sizeof sim->frame, &sim->frame);
}

static Status sim_fill(Sim *sim) {
    TRY(classes_create(&sim->classes, sim->config));
    TRY(patient_plasma(sim->config, &sim->params));
    TRY(drugs_create(&sim->others, sim->config));
    drugs_start(sim->others, &sim->others_course);
    TRY(plasma_create(&sim->plasma, &sim->params));
    TRY(sim_pool_create(sim));
    sim->frame.seed_low = (u32)sim->config->simulation.seed;
    sim->frame.seed_high = (u32)((u64)sim->config->simulation.seed >> 32);
    sim->frame.classes = (u32)sim->classes.count;
    sim->room = (MarrowRoom){
        .cells = sim->config->patient.nucleated_marrow_cells * sim->config->patient.marrow_room_factor,
        .regrowth_per_h = sim->config->patient.normal_regrowth_per_d / 24,
        .suppression = sim->config->patient.normal_suppression,
        .suppression_from = sim->config->patient.normal_suppression_from,
        .rest_per_h = sim->config->patient.normal_rest_per_d / 24,
        .lag_h = sim->config->patient.normal_lag_d * 24,
    };
    sim_founders_count(sim);
    sim->blasts = trend_steady(sim_marrow_blasts(sim));
    sim->drug.normal.cells =
        sim->config->patient.nucleated_marrow_cells * (1 - sim->config->patient.marrow_blast_fraction);
    sim->drug.normal.competition = 1;
    sim->competing = trend_steady(sim->drug.normal.cells * sim->drug.normal.competition);
    return sim_founders_create(sim);
}

Status sim_create(Sim **out, const Config *config, Dosing *dosing, Backend *backend) {
    *out = NULL;
    Sim *sim = calloc(1, sizeof *sim);
    REQUIRE(sim, STATUS_FAILED, "simulation: out of memory");
    sim->config = config;
    sim->dosing = dosing;
    sim->backend = backend;
    sim->dt_h = config->simulation.dt_h;
    sim->steps = llround(ceil(config->simulation.until_days * 24 / sim->dt_h - 1e-9));
    sim->output_steps = llround(fmax(1, config->simulation.output_every_h / sim->dt_h));
    Status status = sim_fill(sim);
    if (status != STATUS_OK) {
        sim_destroy(sim);
        return status;
    }
    *out = sim;
    return STATUS_OK;
}

/* Rates are taken anew; what the simulation itself has made of the classes stays. */
static void classes_configure(CellClasses *classes, const CellClasses *fresh) {
    for (int c = 0; c < classes->count; c++) {
        double initial_cells = classes->cls[c].initial_cells;
        classes->cls[c] = fresh->cls[c];
        classes->cls[c].initial_cells = initial_cells;
    }
}

Status sim_configure(Sim *sim) {
    CellClasses fresh;
    PlasmaParams params;
    Plasma *plasma;
    TRY(classes_create(&fresh, sim->config));
    REQUIRE(fresh.count == sim->classes.count, STATUS_BAD_INPUT,
            "simulation: other classes of cells; change only keys that are live");
    TRY(patient_plasma(sim->config, &params));
    TRY(plasma_create(&plasma, &params));
    plasma_destroy(sim->plasma);
    sim->plasma = plasma;
    sim->params = params;
    classes_configure(&sim->classes, &fresh);
    return STATUS_OK;
}

const CellClasses *sim_classes(const Sim *sim) {
    return &sim->classes;
}

void sim_destroy(Sim *sim) {
    if (!sim) return;
    plasma_destroy(sim->plasma);
    drugs_destroy(sim->others);
    free(sim);
}

double sim_time_h(const Sim *sim) {
    return (double)sim->step * sim->dt_h;
}

bool sim_done(const Sim *sim) {
    return sim->step >= sim->steps;
}

bool sim_output_regular(const Sim *sim) {
    return sim->step % sim->output_steps == 0;
}

bool sim_output_due(const Sim *sim) {
    return sim_output_regular(sim) || sim_done(sim);
}

void sim_harm(Sim *sim, SimHarm harm) {
    sim->harm = harm;
}

DrugAction sim_drug_action(const Sim *sim) {
    return sim->action;
}

const OtherDrugs *sim_other_drugs(const Sim *sim) {
    return sim->others;
}

DrugsCourse *sim_other_course(Sim *sim) {
    return &sim->others_course;
}

SimCost sim_cost(const Sim *sim) {
    return sim->cost;
}

/* Cells that exchange drug with plasma or marrow, as class totals. */
static int exchanges_of(const Sim *sim, PlasmaExchange exchanges[PLASMA_EXCHANGES]) {
    int count = 0;
    for (int c = 0; c < sim->classes.count; c++) {
        const CellClass *cls = &sim->classes.cls[c];
        const ClassState *s = &sim->state[c];
        if (!cls->sink) continue;
        exchanges[count++] = (PlasmaExchange){
            .place = cls->rates.place,
            .exposure = cls->rates.exposure,
            .kon_per_nm_h = cls->rates.kon_per_nm_h,
            .koff_per_h = cls->rates.koff_per_h,
            .kturn_per_h = cls->rates.kturn_per_h,
            .removal_per_h = (1 - cls->rates.recycled_fraction) * cls->rates.kint_per_h,
            .free_nmol = sim_nmol(sim, c, s->cd22),
            .bound_nmol = sim_nmol(sim, c, s->bound),
            .setpoint_nmol = sim_nmol(sim, c, s->setpoint),
            .free_loss_per_h = trend_ahead(s->cd22_loss, 0.5),
            .bound_loss_per_h = trend_ahead(s->bound_loss, 0.5),
            .free_loss_slope = loss_slope(sim, s->cd22_loss),
            .bound_loss_slope = loss_slope(sim, s->bound_loss),
            .setpoint_growth_per_h = 2 * s->setpoint_growth.last - s->setpoint_growth.before,
        };
    }
    return count;
}

static Status drug_advance(Sim *sim, PlasmaPath *path) {
    PlasmaExchange exchanges[PLASMA_EXCHANGES];
    int count = exchanges_of(sim, exchanges);
    const PlasmaMarrow marrow = {
        .blasts_cells = sim->blasts.last,
        .blasts_slope_per_h = (sim->blasts.last - sim->blasts.before) / sim->dt_h,
        .room = sim->room,
    };
    double dt_h = (double)(sim->step + 1) * sim->dt_h - sim->drug.time_h; /* keeps time a multiple of dt */
    return plasma_advance(sim->plasma, &sim->drug, sim->dosing, sim_marrow_fraction(sim), exchanges, count,
                          &marrow, dt_h, path);
}

/* The interval's kernels, in order. */
static const KernelId interval_kernels[] = {KERNEL_advance, KERNEL_total,  KERNEL_plan,
                                            KERNEL_place,   KERNEL_arrive, KERNEL_settle};

static Status cells_advance(Sim *sim) {
    sim->frame.interval = (u32)sim->step;
    TRY(sim_frame_send(sim, PLAN_ARRIVALS));
    for (size_t k = 0; k < sizeof interval_kernels / sizeof interval_kernels[0]; k++)
        TRY(sim_launch(sim, interval_kernels[k]));
    return backend_read(sim->backend, POOL_TOTALS, 0, sizeof sim->totals, &sim->totals);
}

Status sim_advance(Sim *sim) {
    PlasmaPath path;
    TRY(sim_resample(sim));
    sim->cost.agent_steps += sim->cost.agents;
    sim->cost.place_steps += (int64_t)sim->totals.pages_used * PAGE_SLOTS;
    TRY(drug_advance(sim, &path));
    double from_h = sim_time_h(sim);
    drugs_begin(sim->others, &sim->others_course, from_h + sim->dt_h);
    sim->action = drugs_action(sim->others, &sim->others_course, from_h, from_h + sim->dt_h);
    sim_classes_step(sim, &path);
    TRY(cells_advance(sim));
    sim->step++;
    sim->cost.steps++;
    TRY(sim_bookkeeping(sim));
    return sim->step % RESYNC_EVERY == 0 ? sim_resync(sim) : STATUS_OK;
}
