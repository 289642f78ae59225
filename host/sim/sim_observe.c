/* From agents to numbers: sums over the pool, and one Observation. */
#include <math.h>

#include "sim/sim_state.h"

static const double MATURE_B_IN_BLOOD =
    0.01; /* share of mature B cells that circulate; A: 200/uL of 1e11 in 5 L */
static const double MICROLITRES_PER_LITRE = 1e6;

Status sim_sums(Sim *sim) {
    TRY(backend_write(sim->backend, POOL_FRAME, 0, sizeof sim->frame, &sim->frame));
    TRY(backend_launch(sim->backend, KERNEL_observe, (u32)sim->classes.count));
    return backend_launch(sim->backend, KERNEL_total, (u32)sim->classes.count);
}

Status sim_resync(Sim *sim) {
    TRY(sim_sums(sim));
    TRY(backend_read(sim->backend, POOL_TOTALS, 0, sizeof sim->totals, &sim->totals));
    for (int c = 0; c < sim->classes.count; c++) {
        const i64 *sum = sim->totals.tally[c];
        ClassState *s = &sim->state[c];
        REQUIRE(sum[OBSERVED_CELLS] == s->cells && sum[OBSERVED_DYING] == s->dying, STATUS_FAILED,
                "day %.2f: class %d has %lld living and %lld dying agents where %lld and %lld were counted; "
                "report this as a bug",
                sim_time_h(sim) / 24, c, (long long)sum[OBSERVED_CELLS], (long long)sum[OBSERVED_DYING],
                (long long)s->cells, (long long)s->dying);
        s->cd22 = (double)sum[OBSERVED_CD22] / FIXED;
        s->bound = (double)sum[OBSERVED_BOUND] / FIXED;
        s->inside = (double)sum[OBSERVED_INSIDE] / FIXED;
        s->setpoint = (double)sum[OBSERVED_SETPOINT] / FIXED;
    }
    return STATUS_OK;
}

Status sim_digest(Sim *sim, uint64_t *digest) {
    TRY(backend_launch(sim->backend, KERNEL_digest, (u32)sim->classes.count));
    TRY(backend_launch(sim->backend, KERNEL_total, (u32)sim->classes.count));
    TRY(backend_read(sim->backend, POOL_TOTALS, 0, sizeof sim->totals, &sim->totals));
    *digest = 0;
    for (int c = 0; c < sim->classes.count; c++)
        *digest +=
            (uint64_t)sim->totals.tally[c][0] *
            (2 * (uint64_t)sim->classes.group[sim->classes.cls[c].group].weight + 1); /* odd: loses no bits */
    return STATUS_OK;
}

/* Sums over all blasts, in molecules. */
typedef struct BlastSums {
    double cells, cd22, bound, payload, breaks;
} BlastSums;

/* What the host knows of a class at once … */
static void count_class(const Sim *sim, int c, SimRow *row) {
    const CellClass *cls = &sim->classes.cls[c];
    const ClassState *s = &sim->state[c];
    Observation *o = &row->seen;
    i64 weight = sim->classes.group[cls->group].weight, cells = s->cells * weight;
    row->weight[c] = weight;
    row->cells[c] = cells;
    o->agents += s->cells + s->dying;
    if (cls->kind == KIND_PRECURSOR) o->b_precursor_cells += cells;
    if (cls->kind == KIND_MATURE) o->b_mature_cells += cells;
    if (cls->kind != KIND_BLAST) return;
    if (cls->marrow)
        o->blasts_marrow_cells += cells;
    else
        o->blasts_blood_cells += cells;
    o->blasts_committed_cells += s->dying * weight;
    o->blast_agents += s->cells;
}

/* … and what the device has summed up of it, by the weight it had then. */
static void sum_class(const Sim *sim, int c, SimRow *row, BlastSums *sums) {
    const CellClass *cls = &sim->classes.cls[c];
    const i64 *sum = row->totals.tally[c];
    double weight = (double)row->weight[c], w = weight / FIXED;
    if (cls->sink) {
        row->seen.drug_bound_nmol += molecules_nmol((double)sum[OBSERVED_BOUND] / FIXED, weight);
        row->seen.drug_internal_nmol += molecules_nmol((double)sum[OBSERVED_INSIDE] / FIXED, weight);
    }
    if (cls->kind != KIND_BLAST) return;
    sums->cells += (double)row->cells[c];
    sums->cd22 += w * (double)sum[OBSERVED_CD22];
    sums->bound += w * (double)sum[OBSERVED_BOUND];
    sums->payload += w * (double)sum[OBSERVED_PAYLOAD];
    sums->breaks += w * (double)sum[OBSERVED_BREAKS];
}

static void blast_means(Observation *o, const BlastSums *sums) {
    double surface = sums->cd22 + sums->bound;
    o->cd22_free_per_blast = sums->cells > 0 ? sums->cd22 / sums->cells : NAN;
    o->cd22_bound_per_blast = sums->cells > 0 ? sums->bound / sums->cells : NAN;
    o->cd22_occupancy = surface > 0 ? sums->bound / surface : NAN;
    o->payload_per_blast = sums->cells > 0 ? sums->payload / sums->cells : NAN;
    o->damage_per_blast = sums->cells > 0 ? sums->breaks / sums->cells : NAN;
}

static double marrow_nm(const Sim *sim) {
    PlasmaExchange exchanges[PLASMA_EXCHANGES];
    int count = 0;
    for (int c = 0; c < sim->classes.count; c++)
        if (sim->classes.cls[c].marrow)
            exchanges[count++] = (PlasmaExchange){.place = PLACE_MARROW,
                                                  .exposure = sim->classes.cls[c].rates.exposure,
                                                  .kon_per_nm_h = sim->classes.cls[c].rates.kon_per_nm_h,
                                                  .koff_per_h = sim->classes.cls[c].rates.koff_per_h,
                                                  .free_nmol = sim_nmol(sim, c, sim->state[c].cd22),
                                                  .bound_nmol = sim_nmol(sim, c, sim->state[c].bound)};
    return plasma_marrow_nm(sim->plasma, &sim->drug, exchanges, count);
}

static double plasma_ng_ml(const Sim *sim) {
    bool constant = sim->params.model == PK_CONSTANT;
    return sim->params.molar_mass_kda *
           (constant ? sim->params.constant_nm : sim->drug.central_nmol / sim->params.v1_l);
}

static void observe_drug(const Sim *sim, Observation *o) {
    double ng_ml_per_nm = sim->params.molar_mass_kda;
    bool constant = sim->params.model == PK_CONSTANT;
    o->adc_central_ng_ml = plasma_ng_ml(sim);
    o->adc_peripheral_ng_ml = constant ? NAN : ng_ml_per_nm * sim->drug.peripheral_nmol / sim->params.v2_l;
    o->adc_marrow_ng_ml = ng_ml_per_nm * marrow_nm(sim);
    o->drug_given_nmol = sim->drug.given_nmol;
    o->drug_plasma_nmol = sim->drug.central_nmol + sim->drug.peripheral_nmol;
    o->drug_cleared_nmol = sim->drug.cleared_nmol;
    o->drug_reset_nmol = sim->drug.reset_nmol;
    o->drug_taken_nmol = sim->drug.taken_nmol;
    o->drug_degraded_nmol = sim->degraded_nmol;
    o->drug_lost_nmol = sim->lost_nmol;
}

SimGlance sim_glance(const Sim *sim) {
    double mature = 0, blood = 0, blood_ul = sim->config->patient.blood_volume_l * MICROLITRES_PER_LITRE;
    double now_h = sim_time_h(sim), marrow = sim_marrow_blasts(sim);
    for (int c = 0; c < sim->classes.count; c++) {
        const CellClass *cls = &sim->classes.cls[c];
        double cells = sim_class_cells(sim, c, sim->state[c].cells);
        if (cls->kind == KIND_MATURE) mature += cells;
        if (cls->kind == KIND_BLAST && !cls->marrow) blood += cells;
    }
    bool constant = sim->params.model == PK_CONSTANT;
    return (SimGlance){.time_h = now_h,
                       .marrow_blasts_cells = marrow,
                       .blood_blasts_cells = blood,
                       .normal_marrow_cells = sim->drug.normal.cells,
                       .marrow_blast_fraction = sim_marrow_fraction(sim),
                       .blasts_blood_per_ul = blood / blood_ul,
                       .b_mature_per_ul = mature * MATURE_B_IN_BLOOD / blood_ul,
                       .adc_ng_ml = plasma_ng_ml(sim),
                       .adc_auc_ng_h_ml = sim->params.molar_mass_kda *
                                          (constant ? sim->params.constant_nm * now_h : sim->drug.auc_nm_h)};
}

static void observe_counts(const Sim *sim, Observation *o) {
    double blood_ul = sim->config->patient.blood_volume_l * MICROLITRES_PER_LITRE;
    o->time_h = sim_time_h(sim);
    o->marrow_blast_fraction = sim_marrow_fraction(sim);
    o->blasts_blood_per_ul = (double)o->blasts_blood_cells / blood_ul;
    o->b_mature_per_ul = (double)o->b_mature_cells * MATURE_B_IN_BLOOD / blood_ul;
    o->blasts_initial_cells = sim->initial_cells;
    o->blast_births_cells = sim->births_cells;
    o->blast_deaths_drug_cells = sim->drug_deaths_cells;
    o->blast_deaths_natural_cells = sim->natural_deaths_cells;
    o->blast_resampled_cells = sim->resampled_cells;
    o->blast_deaths_other_cells = sim->other_deaths_cells;
    o->blast_weight = sim->classes.group[0].weight;
    o->normal_marrow_cells = sim->drug.normal.cells;
    o->anc_1e9_per_l = o->platelets_1e9_per_l = o->hb_g_per_dl = NAN;
    o->alt_u_per_l = o->bilirubin_mg_per_dl = o->sinusoid_injury = NAN;
}

Status sim_row_start(Sim *sim, SimRow *row) {
    *row = (SimRow){0};
    TRY(sim_sums(sim));
    TRY(backend_fetch(sim->backend, POOL_TOTALS, 0, sizeof row->totals, &row->totals, &row->fetch));
    row->under_way = true;
    for (int c = 0; c < sim->classes.count; c++) count_class(sim, c, row);
    observe_drug(sim, &row->seen);
    observe_counts(sim, &row->seen);
    return STATUS_OK;
}

Status sim_row_finish(Sim *sim, SimRow *row, Observation *out) {
    BlastSums sums = {0};
    row->under_way = false; /* one that fails is not asked for again */
    TRY(backend_fetched(sim->backend, &row->fetch));
    for (int c = 0; c < sim->classes.count; c++) sum_class(sim, c, row, &sums);
    blast_means(&row->seen, &sums);
    *out = row->seen;
    return STATUS_OK;
}

Status sim_observe(Sim *sim, Observation *out) {
    SimRow row;
    Status status = sim_row_start(sim, &row);
    if (status == STATUS_OK) status = sim_row_finish(sim, &row, out);
    if (status != STATUS_OK) backend_forget(sim->backend, &row.fetch);
    return status;
}

void sim_census(const Sim *sim, SimCensus *out) {
    *out = (SimCensus){.classes = &sim->classes, .normal_marrow_cells = sim->drug.normal.cells};
    for (int c = 0; c < sim->classes.count; c++) {
        out->living[c] = sim->state[c].cells;
        out->dying[c] = sim->state[c].dying;
    }
}
