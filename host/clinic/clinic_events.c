/* What befalls the patient between visits, and how results are graded: adverse events apart from the
 * laboratory's truth, VOD by its definitions, death and its cause. */
#include <math.h>
#include <stdio.h>

#include "clinic/clinic_state.h"

static const char *const cause_name[DEATH_CAUSES] = {"",        "infection",  "haemorrhage", "VOD",
                                                     "disease", "transplant", "other"};

static void die(Clinic *c, DeathCause cause, const char *detail) {
    c->s.over = 1;
    c->s.outcome.death_day = clinic_days(c->now.time_h);
    c->s.events.death_cause = cause;
    chart_note(&c->chart, c->now.time_h, "death", cause_name[cause], NAN, "%s", detail);
}

/* --- hazards --- */

/* Share of the interval in which conjugate ran in. */
static double infusing_share(const Clinic *c, double from_h) {
    const DoseRecord *records;
    size_t count = dosing_records(c->dosing, &records);
    double hours = 0, until_h = c->now.time_h;
    for (size_t i = count; i > 0 && records[i - 1].time_h > from_h - 24; i--) {
        const DoseRecord *r = &records[i - 1];
        if (r->kind != DOSE_GIVEN || r->rate_mg_per_h == 0) continue;
        double end_h = r->time_h + r->amount_mg / r->rate_mg_per_h;
        hours += fmax(0, fmin(end_h, until_h) - fmax(r->time_h, from_h));
    }
    return fmin(1, hours / (until_h - from_h));
}

static HazardDrive drive_of(const Clinic *c, double from_h) {
    const SystemicState *body = &c->s.body;
    double infusing = infusing_share(c, from_h);
    return (HazardDrive){.anc = systemic_anc(body),
                         .lymphocytes = systemic_lymphocytes(body, c->now.b_mature_per_ul),
                         .platelets = systemic_platelets(body),
                         .hb = systemic_hb(body),
                         .adc_ng_ml = c->now.adc_ng_ml,
                         .infusing = infusing,
                         .mucosa = sim_drug_action(c->sim).mucosa,
                         .infusions_before = c->s.course.doses - (infusing > 0),
                         .days_after_transplant = c->s.labs.transplanted
                                                      ? clinic_days_since(c, c->s.transplant.grafted_h)
                                                      : (double)NAN,
                         .premedicated = clinic_days_since(c, c->s.support.premedicated_h) < 1,
                         .prophylaxis = c->config->policy.supportive_care,
                         .prior_transplant = c->config->patient.prior_transplant};
}

static DeathCause cause_of(HazardKind kind) {
    if (kind == HAZARD_INFECTION || kind == HAZARD_FEBRILE_NEUTROPENIA) return DEATH_INFECTION;
    return kind == HAZARD_HAEMORRHAGE ? DEATH_HAEMORRHAGE : DEATH_OTHER;
}

static Status befall(Clinic *c, const HazardEvent *e) {
    int *worst = &c->s.outcome.worst_event[e->kind];
    if (e->grade > *worst) *worst = e->grade;
    chart_note(&c->chart, c->now.time_h, "adverse_event", hazard_name(e->kind), e->grade,
               "grade %d for %.3g days", e->grade, e->days);
    if (e->grade == 5 && isnan(c->s.events.death_h)) {
        c->s.events.death_h = e->time_h + 24 * e->days;
        c->s.events.death_cause = cause_of(e->kind);
    }
    if (e->kind == HAZARD_INFUSION_REACTION) {
        c->s.labs.infusion_reaction_grade = e->grade;
        return clinic_ask(c, MOMENT_INFUSION);
    }
    if (e->grade >= 3) c->s.visits.next_h = fmin(c->s.visits.next_h, c->now.time_h); /* is seen at once */
    return STATUS_OK;
}

/* Above half a marrow of blasts, organs begin to fail (A). */
static double disease_death_per_h(const Clinic *c) {
    double excess = fmax(0, (c->now.marrow_blast_fraction - 0.5) / 0.5);
    return c->config->clinic.progression_death_per_d / 24 * excess * excess;
}

/* VOD of severe and very severe grade kills four in five (Mohty 2016; M): at these rates half within weeks.
 */
static double vod_death_per_h(const Clinic *c) {
    if (c->s.labs.vod_grade < VOD_SEVERE) return 0;
    return (c->s.labs.vod_grade == VOD_VERY_SEVERE ? 0.08 : 0.03) / 24;
}

static bool spent(double *left, double hazard) {
    *left -= hazard;
    return *left <= 0;
}

static void deaths(Clinic *c, double from_h) {
    double dt_h = c->now.time_h - from_h;
    ClinicEvents *e = &c->s.events;
    if (e->death_h <= c->now.time_h)
        die(c, (DeathCause)e->death_cause, "of an adverse event of grade 5");
    else if (spent(&e->vod_left, dt_h * vod_death_per_h(c)))
        die(c, DEATH_VOD, "multiple organ failure");
    else if (spent(&e->transplant_left, dt_h * clinic_transplant_death_per_h(c)))
        die(c, DEATH_TRANSPLANT, "complication of the transplant");
    else if (spent(&e->disease_left, dt_h * disease_death_per_h(c)))
        die(c, DEATH_DISEASE, "marrow full of blasts");
}

Status clinic_events(Clinic *c, double from_h) {
    HazardEvent events[HAZARDS];
    const HazardDrive drive = drive_of(c, from_h);
    int count =
        hazards_advance(&c->hazard_rates, &drive, from_h, c->now.time_h - from_h, &c->s.hazards, events);
    for (int i = 0; i < count; i++) TRY(befall(c, &events[i]));
    deaths(c, from_h);
    return STATUS_OK;
}

/* --- grades of what was measured --- */

/* As investigators call it. */
static const char *const reported_as[CTCAE_TERMS] = {[CTCAE_ANC] = "neutropenia",
                                                     [CTCAE_PLATELETS] = "thrombocytopenia",
                                                     [CTCAE_WBC] = "leukopenia",
                                                     [CTCAE_LYMPHOCYTES] = "lymphopenia",
                                                     [CTCAE_HB] = "anaemia",
                                                     [CTCAE_ALT] = "ALT increased",
                                                     [CTCAE_AST] = "AST increased",
                                                     [CTCAE_ALP] = "alkaline phosphatase increased",
                                                     [CTCAE_GGT] = "GGT increased",
                                                     [CTCAE_BILIRUBIN] = "bilirubin increased",
                                                     [CTCAE_CREATININE] = "creatinine increased",
                                                     [CTCAE_QTC] = "QTc prolonged",
                                                     [CTCAE_WEIGHT_GAIN] = "weight increased"};

/* An episode goes from the first grade above 0 to three results without one: a value at a limit of normal is
 * on either side by the assay's noise alone. */
static void grade_one(Clinic *c, CtcaeTerm term, LabId test, int grade) {
    ClinicEvents *e = &c->s.events;
    const Lab *lab = &c->s.labs.test[test];
    const char *unit = lab_unit(test);
    Outcome *o = &c->s.outcome;
    e->calm[term] = grade == 0 ? e->calm[term] + 1 : 0;
    if (e->calm[term] >= 3 && e->grade[term] > 0) e->grade[term] = 0, e->episode[term]++;
    if (c->s.course.doses > 0 && grade > o->worst_grade[term]) o->worst_grade[term] = grade;
    if (grade <= e->grade[term]) return;
    e->grade[term] = grade;
    if (grade >= 3)
        chart_note(&c->chart, c->now.time_h, "lab_grade", ctcae_name(term), grade, "%.3g %s", lab->value,
                   unit);
    if (c->s.course.doses == 0 || !hazards_reports(&c->hazard_rates, term, grade, e->episode[term])) return;
    if (grade > o->reported[term]) o->reported[term] = grade;
    chart_note(&c->chart, c->now.time_h, "adverse_event", ctcae_name(term), grade, "%s of grade %d: %.3g %s",
               reported_as[term], grade, lab->value, unit);
}

void clinic_grades(Clinic *c) {
    for (int term = 0; term < CTCAE_TERMS; term++) {
        int test = lab_find(ctcae_name((CtcaeTerm)term));
        if (test < 0) continue;
        const Lab *lab = &c->s.labs.test[test];
        int grade = ctcae_grade((CtcaeVersion)c->config->hazards.ctcae, (CtcaeTerm)term, lab->value,
                                lab->lower, lab->upper, lab->baseline);
        grade_one(c, (CtcaeTerm)term, (LabId)test, grade);
    }
}

/* --- VOD --- */

static int vod_risks(const Clinic *c) {
    return c->config->patient.prior_transplant + c->config->patient.liver_disease +
           c->config->patient.prior_vod + (c->config->patient.salvage_line >= 2) + c->s.outcome.alkylators;
}

/* The value of about two days ago, for its doubling. */
static double bilirubin_before(Clinic *c) {
    ClinicVisits *v = &c->s.visits;
    double age_d = clinic_days_since(c, v->bilirubin_h),
           before = age_d <= 3 ? v->bilirubin_before : (double)NAN;
    if (isnan(v->bilirubin_h) || age_d >= 2) {
        v->bilirubin_h = c->now.time_h;
        v->bilirubin_before = c->s.labs.test[LAB_BILIRUBIN].value;
    }
    return before;
}

static VodFindings findings(Clinic *c) {
    const Labs *labs = &c->s.labs;
    const Lab *test = labs->test;
    VodFindings f = {.days_after_transplant = labs->transplanted
                                                  ? clinic_days(c->now.time_h) - c->s.outcome.transplant_day
                                                  : (double)NAN,
                     .bilirubin_mg_per_dl = test[LAB_BILIRUBIN].value,
                     .bilirubin_before_mg_per_dl = bilirubin_before(c),
                     .weight_gain_percent = test[LAB_WEIGHT_GAIN].value,
                     .hepatomegaly = labs->hepatomegaly,
                     .ascites = labs->ascites,
                     .reversed_flow = systemic_reversed_flow(&c->rates, &c->s.body),
                     .transaminases_by_uln = fmax(test[LAB_ALT].value / test[LAB_ALT].upper,
                                                  test[LAB_AST].value / test[LAB_AST].upper),
                     .creatinine_ratio = test[LAB_CREATININE].value / test[LAB_CREATININE].baseline,
                     .risk_factors = vod_risks(c)};
    bool any = f.bilirubin_mg_per_dl >= 2 || f.weight_gain_percent > 5 || f.hepatomegaly || f.ascites;
    if (!any) c->s.visits.symptoms_h = NAN;
    if (any && isnan(c->s.visits.symptoms_h)) c->s.visits.symptoms_h = c->now.time_h;
    f.symptom_days = any ? clinic_days_since(c, c->s.visits.symptoms_h) : (double)NAN;
    return f;
}

static void diagnose(Clinic *c, const VodFindings *f, VodKind kind) {
    Outcome *o = &c->s.outcome;
    if (!c->s.labs.vod_ever) {
        o->vod_day = clinic_days(c->now.time_h);
        o->vod_after_transplant = c->s.labs.transplanted;
    }
    c->s.labs.vod_ever = 1;
    chart_note(&c->chart, c->now.time_h, "vod", vod_grade_name((VodGrade)c->s.labs.vod_grade),
               c->s.labs.vod_grade, "%s by EBMT; bilirubin %.3g mg/dL; weight %+.2g %%%s%s%s",
               kind == VOD_LATE ? "late" : "classical", f->bilirubin_mg_per_dl, f->weight_gain_percent,
               f->hepatomegaly ? "; hepatomegaly" : "", f->ascites ? "; ascites" : "",
               f->days_after_transplant >= 0 ? "" : "; without transplant");
}

/* Its grade rises with the findings and is not taken back until they are gone. */
void clinic_vod(Clinic *c) {
    Labs *labs = &c->s.labs;
    VodFindings f = findings(c);
    VodKind kind = vod_ebmt(&f);
    if (labs->vod_grade > 0 && isnan(c->s.visits.symptoms_h)) {
        labs->vod_grade = 0;
        chart_note(&c->chart, c->now.time_h, "vod", "resolved", 0, "no finding is left");
    }
    if (kind == VOD_NONE && labs->vod_grade == 0) return;
    int grade = vod_severity(&f);
    if (grade <= labs->vod_grade) return;
    labs->vod_grade = grade;
    if (grade > c->s.outcome.worst_vod_grade) c->s.outcome.worst_vod_grade = grade;
    diagnose(c, &f, kind);
}
