/* What a visit measures: the truth with each assay's error, which belongs to the hour and the test, so that
 * two treatments of one patient are measured with the same luck. */
#include <math.h>
#include <stdio.h>

#include "clinic/body_luck.h"
#include "clinic/clinic_state.h"
#include "clinic/mrd_assay.h"

/* Relative error of one measurement, biological noise within days included (A). */
static const double error_of[LABS] = {
    [LAB_ANC] = 0.10, [LAB_PLATELETS] = 0.06, [LAB_HB] = 0.02,        [LAB_LYMPHOCYTES] = 0.1,
    [LAB_WBC] = 0.04, [LAB_ALT] = 0.08,       [LAB_AST] = 0.08,       [LAB_BILIRUBIN] = 0.08,
    [LAB_ALP] = 0.05, [LAB_GGT] = 0.05,       [LAB_CREATININE] = 0.05};
enum { DIFFERENTIAL = 200, SMEAR = 500 };   /* cells counted in blood and marrow */
static const double other_leukocytes = 0.1; /* monocytes and the like, over neutrophils (A) */
static const double weight_error_percent = 0.5, qtc_error_ms = 5; /* A */

/* Never that of another use of the same purpose, which has event 0 (hazards.c). */
static uint32_t hour_of(const Clinic *c) {
    return 1 + (uint32_t)c->now.time_h;
}

static double luck_normal(const Clinic *c, LabId test) {
    return c->config->clinic.assay_noise *
           body_luck_normal((uint64_t)c->config->simulation.seed, hour_of(c), (uint32_t)test, BODY_VISIT);
}

/* Cells of a kind among `count` looked at: the binomial's quantile at this test's luck. */
static int cells_counted(const Clinic *c, LabId test, int count, double share) {
    double u = body_luck_unit((uint64_t)c->config->simulation.seed, hour_of(c), (uint32_t)test, BODY_VISIT);
    if (share >= 1) return count;
    double term = pow(1 - share, count), below = term;
    int k = 0;
    if (share <= 0) return 0;
    if (share > 0.5) { /* counts the others, so that the first term is no underflow */
        term = below = pow(share, count);
        for (; u > below && k < count; below += term, k++)
            term *= (count - k) / (k + 1.0) * (1 - share) / share;
        return count - k;
    }
    for (; u > below && k < count; below += term, k++) term *= (count - k) / (k + 1.0) * share / (1 - share);
    return k;
}

static void result(Clinic *c, LabId test, double value, const char *flag) {
    const Lab *lab = &c->s.labs.test[test];
    int term = ctcae_find(lab_name(test));
    labs_result(&c->s.labs, test, value, c->now.time_h, c->s.course.doses > 0);
    if (c->results.count == CLINIC_RESULTS) {
        c->chart.lost++;
        return;
    }
    LabResult *r = &c->results.result[c->results.count++];
    *r = (LabResult){c->now.time_h, value, lab->lower, lab->upper, test, -1, ""};
    if (term >= 0)
        r->grade = ctcae_grade((CtcaeVersion)c->config->hazards.ctcae, (CtcaeTerm)term, value, lab->lower,
                               lab->upper, lab->baseline);
    snprintf(r->flag, sizeof r->flag, "%s", flag);
}

static double measured(const Clinic *c, LabId test, double truth) {
    return fmax(0, truth * (1 + error_of[test] * luck_normal(c, test)));
}

static void measure(Clinic *c, LabId test, double truth) {
    result(c, test, measured(c, test, truth), "");
}

static void measure_blood(Clinic *c) {
    const SystemicState *body = &c->s.body;
    double blasts = c->now.blasts_blood_per_ul / 1000, anc = systemic_anc(body);
    double lymphocytes = systemic_lymphocytes(body, c->now.b_mature_per_ul);
    double leukocytes = anc * (1 + other_leukocytes) + lymphocytes + blasts;
    double wbc = measured(c, LAB_WBC, leukocytes);
    int seen =
        cells_counted(c, LAB_BLOOD_BLAST_PERCENT, DIFFERENTIAL, leukocytes > 0 ? blasts / leukocytes : 0);
    measure(c, LAB_ANC, anc);
    measure(c, LAB_PLATELETS, systemic_platelets(body));
    measure(c, LAB_HB, systemic_hb(body));
    measure(c, LAB_LYMPHOCYTES, lymphocytes);
    result(c, LAB_WBC, wbc, "");
    result(c, LAB_BLOOD_BLAST_PERCENT, 100.0 * seen / DIFFERENTIAL, "");
    result(c, LAB_BLOOD_BLASTS, wbc * seen / DIFFERENTIAL, "");
}

static void measure_liver(Clinic *c) {
    const SystemicState *body = &c->s.body;
    measure(c, LAB_ALT, body->alt_u_per_l);
    measure(c, LAB_AST, body->ast_u_per_l);
    measure(c, LAB_BILIRUBIN, body->bilirubin_mg_per_dl);
    measure(c, LAB_ALP, body->alp_u_per_l);
    measure(c, LAB_GGT, body->ggt_u_per_l);
}

void clinic_measure_panel(Clinic *c) {
    const SystemicState *body = &c->s.body;
    measure_blood(c);
    measure_liver(c);
    measure(c, LAB_CREATININE, c->config->patient.creatinine_mg_per_dl * systemic_creatinine_ratio(body));
    result(c, LAB_QTC,
           hazards_qtc_ms(&c->hazard_rates, c->now.adc_ng_ml) + qtc_error_ms * luck_normal(c, LAB_QTC), "");
    result(c, LAB_WEIGHT_GAIN,
           systemic_weight_gain(&c->rates, body) + weight_error_percent * luck_normal(c, LAB_WEIGHT_GAIN),
           "");
    c->s.labs.hepatomegaly = systemic_hepatomegaly(&c->rates, body);
    c->s.labs.ascites = systemic_ascites(&c->rates, body);
}

static void note_marrow(Clinic *c, double share, const MrdResult *mrd) {
    char text[16], when[48] = "screening";
    if (c->s.visits.ended)
        snprintf(when, sizeof when, "day %.0f", clinic_days(c->now.time_h));
    else if (c->s.course.cycle > 0)
        snprintf(when, sizeof when, "cycle %d day %d", c->s.course.cycle, c->s.labs.day_of_cycle);
    chart_note(&c->chart, c->now.time_h, "assessment", "marrow", share,
               "%s: %.3g %% blasts of %d cells; flow %s of %.0f cells%s%s", when, 100 * share, SMEAR,
               mrd_text(mrd, text), (double)mrd->events, c->marrow_asked ? "; for " : "",
               c->marrow_asked ? c->marrow_asked : "");
}

void clinic_measure_marrow(Clinic *c) {
    Labs *labs = &c->s.labs;
    const Lab *lab = &labs->test[LAB_MARROW_BLAST_FRACTION];
    MrdAssay assay = mrd_assay_usual;
    assay.events = c->config->clinic.mrd_events;
    double before = lab->value, truth = c->now.marrow_blast_fraction;
    double share = (double)cells_counted(c, LAB_MARROW_BLAST_FRACTION, SMEAR, truth) / SMEAR;
    MrdResult mrd =
        mrd_measure(&assay, truth, (MrdSample){(uint64_t)c->config->simulation.seed, 0, hour_of(c)});
    result(c, LAB_MARROW_BLAST_FRACTION, share, "");
    result(c, LAB_MRD, mrd.detected ? mrd.fraction : 0, mrd.quantified ? "" : mrd.detected ? "<LOQ" : "<LOD");
    labs->mrd_lod = mrd.lod;
    labs->mrd_detected = mrd.detected;
    labs->mrd_negative = share < 0.05 && mrd_negative(&mrd);
    labs->disease_stable = share <= before;
    c->s.visits.marrow_before = before;
    c->s.visits.marrow_h = c->now.time_h;
    c->s.visits.marrow_cycle = c->s.course.cycle;
    c->marrow_done = true;
    note_marrow(c, share, &mrd);
    Outcome *o = &c->s.outcome;
    if (c->s.course.doses > 0 && isnan(o->next_therapy_day))
        o->lowest_mrd = fmin(o->lowest_mrd, mrd.detected ? mrd.fraction : 0);
    if (labs->mrd_negative && isnan(o->mrd_negative_day) && isnan(o->next_therapy_day)) {
        o->mrd_negative_day = clinic_days(c->now.time_h);
        chart_note(&c->chart, c->now.time_h, "response", "MRD-negative", mrd.fraction,
                   "below 1e-4 by flow cytometry; limit of detection %.2g", mrd.lod);
    }
}
