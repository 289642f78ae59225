/* Transplant of stem cells: decided by a rule, then donor, conditioning, graft, engraftment, and what the
 * graft does to leukaemic cells that are left (docs/clinic.md). */
#include <math.h>

#include "clinic/body_luck.h"
#include "clinic/clinic_state.h"

static const double conditioning_h = 6 * 24;  /* before the graft: 4-7 days */
static const double ursodiol_share = 0.75;    /* of conditioning's injury to sinusoids that is left (A) */
static const double injury_after_h = 20 * 24; /* of sinusoids, from the graft on (A) */
static const double homing_h = 3 * 24;        /* of the graft (A) */
static const double shortest_notice_h = 7 * 24;
static const double toxicity = 0.98;              /* of conditioning on blood formation */
static const double lymphocyte_kill_per_h = 0.03; /* of conditioning (A) */
static const double b_cell_kill_per_h = 0.03;     /* of conditioning (A) */
static const double engrafted_anc = 0.5;          /* 1e9/L, at two visits running (definition) */
static const double death_fades_h = 100 * 24;     /* of deaths by the transplant (A) */

static uint64_t seed_of(const Clinic *c) {
    return (uint64_t)c->config->simulation.seed;
}

static double lognormal(const Clinic *c, Decision decision, double median, double ln_sd) {
    return median * exp(ln_sd * body_luck_normal(seed_of(c), 0, (uint32_t)decision, BODY_DECISION));
}

/* The donor's luck is the patient's: the same under another treatment. */
void clinic_plan_transplant(Clinic *c, const char *reason) {
    ClinicTransplant *t = &c->s.transplant;
    double delay_h = 7 * 24 *
                     lognormal(c, DECISION_TRANSPLANT_DELAY, c->config->transplant.delay_weeks,
                               c->config->transplant.delay_ln_sd);
    double last_h = c->s.course.doses ? c->s.course.last_dose_h : c->now.time_h;
    double graft_h =
        fmax(c->now.time_h + shortest_notice_h, last_h + fmin(fmax(delay_h, 7 * 24), 25 * 7 * 24));
    t->graft_h = 24 * ceil(graft_h / 24);
    t->planned = 1;
    t->alkylators = body_luck_unit(seed_of(c), 0, DECISION_ALKYLATORS, BODY_DECISION) <
                    c->config->transplant.two_alkylators;
    chart_note(&c->chart, c->now.time_h, "transplant", "planned", clinic_days(t->graft_h), "for day %.0f: %s",
               clinic_days(t->graft_h), reason);
}

static void cancel(Clinic *c, const char *why) {
    c->s.transplant.planned = 0;
    chart_note(&c->chart, c->now.time_h, "transplant", "cancelled", NAN, "%s", why);
}

static void condition(Clinic *c) {
    ClinicTransplant *t = &c->s.transplant;
    t->conditioned_h = c->now.time_h;
    clinic_chemo_stop(c, -1);
    t->log_kill = lognormal(c, DECISION_CONDITIONING, c->config->transplant.log_kill,
                            c->config->transplant.log_kill_ln_sd);
    c->s.outcome.alkylators = t->alkylators;
    c->s.visits.next_h = fmin(c->s.visits.next_h, c->now.time_h); /* in hospital from now on */
    chart_note(&c->chart, c->now.time_h, "transplant", "conditioning", t->alkylators,
               "%s alkylator%s; %.0f days after the last dose", t->alkylators ? "two" : "one",
               t->alkylators ? "s" : "", clinic_days_since(c, c->s.course.last_dose_h));
}

static void graft(Clinic *c) {
    ClinicTransplant *t = &c->s.transplant;
    t->planned = 0;
    t->grafted_h = c->now.time_h;
    t->graft_kill_per_h = lognormal(c, DECISION_GRAFT, c->config->transplant.graft_kill_per_d,
                                    c->config->transplant.graft_kill_ln_sd) /
                          24;
    c->s.labs.transplanted = 1;
    c->s.outcome.transplant_day = clinic_days(c->now.time_h);
    chart_note(&c->chart, c->now.time_h, "transplant", "graft", NAN, "day 0; %d cycle%s before",
               c->s.course.cycles, c->s.course.cycles == 1 ? "" : "s");
}

static bool conditioning_now(const Clinic *c) {
    const ClinicTransplant *t = &c->s.transplant;
    return t->planned && !isnan(t->conditioned_h) && c->now.time_h < t->graft_h - 1e-9;
}

void clinic_transplant_step(Clinic *c) {
    ClinicTransplant *t = &c->s.transplant;
    if (t->planned && isnan(t->conditioned_h) && c->s.labs.response < RESPONSE_CRI)
        cancel(c, "no remission any more");
    if (t->planned && isnan(t->conditioned_h) && c->now.time_h >= t->graft_h - conditioning_h - 1e-9)
        condition(c);
    if (t->planned && c->now.time_h >= t->graft_h - 1e-9) graft(c);
}

SimHarm clinic_transplant_harm(const Clinic *c) {
    const ClinicTransplant *t = &c->s.transplant;
    if (conditioning_now(c))
        return (SimHarm){.blast_per_h = t->log_kill * log(10) / conditioning_h,
                         .b_cell_per_h = b_cell_kill_per_h};
    return (SimHarm){.blast_per_h = isnan(t->engrafted_h) ? 0 : t->graft_kill_per_h};
}

bool clinic_in_hospital(const Clinic *c) {
    const ClinicTransplant *t = &c->s.transplant;
    return conditioning_now(c) || (!isnan(t->grafted_h) && isnan(t->engrafted_h));
}

/* What conditioning does to sinusoids comes out over weeks: VOD has its median on day +15. */
static double sinusoid_injury_per_h(const Clinic *c) {
    bool late = c->now.time_h - c->s.transplant.grafted_h < injury_after_h;
    if (!conditioning_now(c) && !late) return 0;
    return c->config->transplant.liver_injury * systemic_conditioning(c->s.transplant.alkylators) *
           (c->s.support.ursodiol ? ursodiol_share : 1);
}

/* Stem cells make no blood at once. */
void clinic_transplant_drive(const Clinic *c, SystemicDrive *drive) {
    bool homing = c->now.time_h - c->s.transplant.grafted_h < homing_h;
    if (conditioning_now(c) || homing) drive->toxicity = toxicity;
    if (conditioning_now(c)) drive->lymphocyte_kill_per_h = lymphocyte_kill_per_h;
    drive->conditioning_per_h = sinusoid_injury_per_h(c);
}

/* At a visit: neutrophils twice running at 0.5 after they had been below. */
void clinic_engraftment(Clinic *c) {
    ClinicTransplant *t = &c->s.transplant;
    if (isnan(t->grafted_h) || !isnan(t->engrafted_h)) return;
    double anc = c->s.labs.test[LAB_ANC].value;
    t->visits_above = anc >= engrafted_anc && t->below ? t->visits_above + 1 : 0;
    t->below |= anc < engrafted_anc;
    if (t->visits_above < 2) return;
    t->engrafted_h = c->now.time_h;
    c->s.outcome.engraftment_day = clinic_days(c->now.time_h);
    chart_note(&c->chart, c->now.time_h, "transplant", "engraftment", anc, "neutrophils on day %+.0f",
               clinic_days_since(c, t->grafted_h));
}

/* Infections and VOD apart, which have hazards of their own: graft-versus-host disease, organ failure. */
double clinic_transplant_death_per_h(const Clinic *c) {
    const ClinicTransplant *t = &c->s.transplant;
    if (isnan(t->grafted_h)) return 0;
    double frailty = 1 + 0.6 * (c->config->patient.age_years >= 55) + 0.5 * t->alkylators +
                     0.5 * c->config->patient.prior_transplant;
    return c->config->transplant.death_per_d / 24 * frailty *
           exp(-(c->now.time_h - t->grafted_h) / death_fades_h);
}
