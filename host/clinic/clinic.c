#include "clinic/clinic_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clinic/body_luck.h"

double clinic_days_since(const Clinic *c, double time_h) {
    return isnan(time_h) ? INFINITY : clinic_days(c->now.time_h - time_h);
}

/* One policy with the label's, so that a rule has one number. */
static Status chemo_rules_read(Clinic *c) {
    Policy *more = malloc(sizeof *more);
    REQUIRE(more, STATUS_FAILED, "clinic: out of memory");
    Status status = policy_read(more, c->config->policy.chemo_rules);
    if (status == STATUS_OK) status = policy_append(&c->rules, more);
    free(more);
    return status;
}

static Status policies_read(Clinic *c) {
    TRY(policy_read(&c->eligibility, "eligibility"));
    TRY(policy_read(&c->response, "response"));
    TRY(policy_read(&c->rules, c->config->policy.rules));
    if (strcmp(c->config->policy.chemo_rules, "none") != 0) TRY(chemo_rules_read(c));
    if (c->config->policy.supportive_care) TRY(policy_read(&c->supportive, "supportive"));
    c->s.rules = c->eligibility.hash ^ 3 * c->response.hash ^ 5 * c->rules.hash ^ 7 * c->supportive.hash;
    return STATUS_OK;
}

/* Normal marrow over a healthy person's: what makes blood. */
static double room_of(const Clinic *c) {
    return fmin(1, c->now.normal_marrow_cells / c->config->patient.nucleated_marrow_cells);
}

static double budget(const Clinic *c, Decision decision) {
    return body_luck_exponential((uint64_t)c->config->simulation.seed, 0, (uint32_t)decision, BODY_DECISION);
}

static void outcome_start(Outcome *o) {
    *o = (Outcome){.eligible = 1,
                   .response_day = NAN,
                   .cr_day = NAN,
                   .mrd_negative_day = NAN,
                   .relapse_day = NAN,
                   .progression_day = NAN,
                   .failure_day = NAN,
                   .next_therapy_day = NAN,
                   .deterioration_day = NAN,
                   .stop_day = NAN,
                   .vod_day = NAN,
                   .transplant_day = NAN,
                   .engraftment_day = NAN,
                   .death_day = NAN,
                   .last_visit_day = NAN,
                   .lowest_mrd = NAN};
}

static void state_start(Clinic *c) {
    ClinicState *s = &c->s;
    systemic_rates(c->config, &c->rates);
    hazards_rates(c->config, &c->hazard_rates);
    systemic_start(&c->rates, room_of(c), &s->body);
    hazards_start(&c->hazard_rates, &s->hazards);
    labs_start(&s->labs, c->config);
    outcome_start(&s->outcome);
    s->course.cycle_h = s->course.last_dose_h = s->course.held_h = s->course.delayed_h = s->course.other_h =
        NAN;
    s->visits.latest_h = s->visits.marrow_h = s->visits.marrow_before = NAN;
    s->visits.bilirubin_h = s->visits.bilirubin_before = s->visits.symptoms_h = NAN;
    s->events.disease_left = budget(c, DECISION_DEATH_BY_DISEASE);
    s->events.vod_left = budget(c, DECISION_DEATH_BY_VOD);
    s->events.transplant_left = budget(c, DECISION_DEATH_BY_TRANSPLANT);
    s->events.death_h = s->support.premedicated_h = s->support.cytoreduced_h = NAN;
    s->transplant.conditioned_h = s->transplant.grafted_h = s->transplant.engrafted_h = NAN;
}

Status clinic_create(Clinic **out, const Config *config, Dosing *dosing, Sim *sim) {
    *out = NULL;
    if (!config->clinic.enabled) return STATUS_OK;
    Clinic *c = calloc(1, sizeof *c);
    REQUIRE(c, STATUS_FAILED, "clinic: out of memory");
    c->config = config;
    c->dosing = dosing;
    c->sim = sim;
    c->now = sim_glance(sim);
    Status status = policies_read(c);
    if (status == STATUS_OK) {
        state_start(c);
        *out = c;
    } else {
        clinic_destroy(c);
    }
    return status;
}

void clinic_destroy(Clinic *c) {
    free(c);
}

/* Blood counts and liver, under the mean concentration since the last step. */
static void body_advance(Clinic *c, double dt_h) {
    SystemicDrive drive = {.adc_ng_ml = (c->now.adc_auc_ng_h_ml - c->s.auc_ng_h_ml) / dt_h,
                           .room = room_of(c),
                           .g_csf = c->s.support.g_csf,
                           .hepatocyte_toxicity = 0};
    clinic_transplant_drive(c, &drive);
    clinic_drugs_drive(c, &drive);
    systemic_advance(&c->rates, &drive, dt_h, &c->s.body);
    if (c->s.support.g_csf) c->s.labs.g_csf_given_h = c->now.time_h;
}

/* Hydroxyurea and corticosteroid empty the blood and hardly touch the marrow; an order lasts to the next
 * visit while a dose waits (A). */
static SimHarm cytoreduction(const Clinic *c) {
    bool given = clinic_days_since(c, c->s.support.cytoreduced_h) < c->config->clinic.close_visit_every_d;
    return given ? (SimHarm){.blast_per_h = 0.002, .blood_blast_per_h = 0.02} : (SimHarm){0};
}

/* What the cells feel besides the drug until the next step. */
static void harm_cells(Clinic *c) {
    SimHarm harm = clinic_transplant_harm(c), blood = cytoreduction(c);
    harm.blast_per_h += blood.blast_per_h;
    harm.blood_blast_per_h += blood.blood_blast_per_h;
    sim_harm(c->sim, harm);
}

static Status chart_has_room(const Clinic *c) {
    REQUIRE(c->chart.lost == 0, STATUS_FAILED,
            "clinic: %d lines of the chart had no room on day %.2f; report this as a bug", c->chart.lost,
            clinic_days(c->now.time_h));
    return STATUS_OK;
}

Status clinic_step(Clinic *c) {
    if (!c || c->s.over) return STATUS_OK;
    double from_h = c->s.time_h;
    c->now = sim_glance(c->sim);
    clinic_look(c);
    if (c->now.time_h > from_h) {
        body_advance(c, c->now.time_h - from_h);
        TRY(clinic_events(c, from_h));
    }
    if (!c->s.over) clinic_transplant_step(c);
    c->s.time_h = c->now.time_h;
    c->s.auc_ng_h_ml = c->now.adc_auc_ng_h_ml;
    if (!c->s.over && clinic_visit_due(c)) TRY(clinic_visit(c));
    if (!c->s.over) clinic_drugs_look(c);
    harm_cells(c);
    return chart_has_room(c);
}

bool clinic_over(const Clinic *c) {
    return c && c->s.over;
}

Chart *clinic_chart(Clinic *c) {
    return c ? &c->chart : NULL;
}

LabResults *clinic_results(Clinic *c) {
    return c ? &c->results : NULL;
}

const Labs *clinic_labs(const Clinic *c) {
    return c ? &c->s.labs : NULL;
}

void clinic_observe(const Clinic *c, Observation *row) {
    if (!c) return;
    const SystemicState *body = &c->s.body;
    row->anc_1e9_per_l = systemic_anc(body);
    row->platelets_1e9_per_l = systemic_platelets(body);
    row->hb_g_per_dl = systemic_hb(body);
    row->alt_u_per_l = body->alt_u_per_l;
    row->bilirubin_mg_per_dl = body->bilirubin_mg_per_dl;
    row->sinusoid_injury = body->sinusoid_injury;
}

void *clinic_state(Clinic *c, size_t *bytes) {
    *bytes = c ? sizeof c->s : 0;
    return c ? &c->s : NULL;
}

Status clinic_restore(Clinic *c, const void *state, size_t bytes) {
    if (!c && bytes == 0) return STATUS_OK;
    uint64_t rules = c ? c->s.rules : 0;
    REQUIRE(c && bytes == sizeof c->s, STATUS_FAILED,
            "clinic: saved by another version or config; start anew");
    memcpy(&c->s, state, bytes);
    REQUIRE(c->s.rules == rules, STATUS_BAD_INPUT,
            "policy.rules: %s is not what it was when the run stopped; give the same rules or start anew "
            "with --force",
            c->config->policy.rules);
    c->now = sim_glance(c->sim); /* the simulation is there already */
    return STATUS_OK;
}
