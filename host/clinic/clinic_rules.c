/* Rules at work: what they see, and what follows when one is met. */
#include <math.h>
#include <stdio.h>

#include "clinic/clinic_state.h"

static void facts_course(Clinic *c, double *f) {
    const ClinicCourse *course = &c->s.course;
    bool due = clinic_dose_due(c), starts = clinic_starts_cycle(c);
    f[FACT_CYCLE] = !due ? course->cycle : c->view.next_cycle ? c->view.next_cycle : course->cycle + starts;
    f[FACT_DAY_OF_CYCLE] = c->s.labs.day_of_cycle;
    f[FACT_NEXT_DAY] = c->view.next_day ? c->view.next_day
                       : starts         ? 1
                                        : 1 + round(clinic_days(c->view.next_h - course->cycle_h));
    f[FACT_DOSES_GIVEN] = course->doses;
    f[FACT_CYCLES_GIVEN] = course->cycles;
    f[FACT_DOSE_DAYS] = clinic_days_since(c, course->last_dose_h);
    f[FACT_HELD_D] = isnan(course->held_h) ? 0 : clinic_days_since(c, course->held_h);
    f[FACT_DELAYED_D] = isnan(course->delayed_h) ? 0 : clinic_days_since(c, course->delayed_h);
    f[FACT_LONGEST_HOLD_D] = course->longest_hold_d;
    f[FACT_HOLD_OMITTED] = course->hold_omitted;
    f[FACT_REDUCTIONS] = course->reductions;
    f[FACT_COMING] = c->view.coming && !c->view.next_asked;
    f[FACT_TREATMENT_ENDED] = c->s.visits.ended;
    f[FACT_NEXT_THERAPY] = !isnan(c->s.outcome.next_therapy_day);
}

static void facts_disease(Clinic *c, double *f) {
    const Labs *labs = &c->s.labs;
    f[FACT_RESPONSE] = labs->response;
    f[FACT_BEST_RESPONSE] = labs->best_response;
    f[FACT_RESPONSE_CYCLE] = labs->response_cycle;
    f[FACT_RELAPSED] = labs->relapsed;
    f[FACT_PROGRESSED] = labs->progressed;
    f[FACT_FAILED] = !isnan(c->s.outcome.failure_day);
    f[FACT_DISEASE_STABLE] = labs->disease_stable;
    f[FACT_MARROW_DAYS] = clinic_days_since(c, c->s.visits.marrow_h);
    f[FACT_MARROW_CYCLE] = c->s.visits.marrow_cycle;
    f[FACT_MRD_NEGATIVE] = labs->mrd_negative;
    f[FACT_TRANSPLANTED] = labs->transplanted;
    f[FACT_TRANSPLANT_PLANNED] = c->s.transplant.planned;
}

static void facts_events(Clinic *c, double *f) {
    const Labs *labs = &c->s.labs;
    f[FACT_PLATELET_TRANSFUSION_DAYS] = clinic_days_since(c, labs->platelets_transfused_h);
    f[FACT_RED_CELL_TRANSFUSION_DAYS] = clinic_days_since(c, labs->red_cells_transfused_h);
    f[FACT_G_CSF_DAYS] = clinic_days_since(c, labs->g_csf_given_h);
    f[FACT_INFUSION_REACTION] = labs->infusion_reaction_grade;
    f[FACT_OTHER_GRADE] = labs->other_grade;
    f[FACT_OTHER_BASELINE_GRADE] = labs->other_baseline_grade;
    f[FACT_VOD_GRADE] = labs->vod_grade;
    f[FACT_VOD_EVER] = labs->vod_ever;
    f[FACT_INFECTION_GRADE] = labs->infection_grade;
    f[FACT_FEBRILE_NEUTROPENIA] = labs->febrile_neutropenia;
    f[FACT_HAEMORRHAGE_GRADE] = labs->haemorrhage_grade;
    f[FACT_G_CSF] = c->s.support.g_csf;
    f[FACT_URSODIOL] = c->s.support.ursodiol;
}

static void facts_patient(Clinic *c, double *f) {
    const Config *config = c->config;
    f[FACT_AGE_YEARS] = config->patient.age_years;
    f[FACT_SALVAGE_LINE] = (double)config->patient.salvage_line;
    f[FACT_FIRST_REMISSION_MONTHS] = config->patient.first_remission_months;
    f[FACT_PRIOR_TRANSPLANT] = config->patient.prior_transplant;
    f[FACT_MONTHS_SINCE_TRANSPLANT] =
        config->patient.prior_transplant ? config->patient.months_since_transplant : INFINITY;
    f[FACT_PH_POSITIVE] = config->patient.ph_positive;
    f[FACT_PRIOR_TKI] = config->patient.prior_tki;
    f[FACT_ECOG] = (double)config->patient.ecog;
    f[FACT_CD22_POSITIVE_PERCENT] = config->patient.cd22_positive_percent;
    f[FACT_GILBERT] = config->patient.gilbert;
    f[FACT_PRIOR_VOD] = config->patient.prior_vod;
    f[FACT_LIVER_DISEASE] = config->patient.liver_disease;
    f[FACT_ACTIVE_GVHD] = config->patient.active_gvhd;
    f[FACT_CNS_DISEASE] = config->patient.cns_disease;
    f[FACT_TRANSPLANT_CANDIDATE] = config->patient.transplant_candidate;
}

void clinic_facts(Clinic *c) {
    c->facts.labs = &c->s.labs;
    facts_course(c, c->facts.fact);
    clinic_chemo_facts(c, c->facts.fact);
    facts_disease(c, c->facts.fact);
    facts_events(c, c->facts.fact);
    facts_patient(c, c->facts.fact);
}

static void note(Clinic *c, const char *kind, const char *code, double value, const char *detail) {
    chart_note(&c->chart, c->now.time_h, kind, code, value, "%s", detail);
}

/* --- the disease --- */

/* A response is the best since the last relapse: counts that fall again under treatment do not undo it. */
static void respond(Clinic *c, const PolicyRule *rule, const char *reason) {
    Labs *labs = &c->s.labs;
    Outcome *o = &c->s.outcome;
    int response = (int)rule->amount;
    bool first = c->responded;
    c->responded = true;
    if (first || (response <= labs->response && response != RESPONSE_NR)) return;
    if (response == RESPONSE_NR && !c->marrow_done) return;
    labs->response = response;
    note(c, "response", response_name(response), c->s.course.cycle, reason);
    if (!isnan(o->next_therapy_day)) return; /* the next treatment's, not this one's */
    if (response > labs->best_response) labs->best_response = o->best_response = response;
    if (response == RESPONSE_CR && isnan(o->cr_day)) o->cr_day = clinic_days(c->now.time_h);
    if (response == RESPONSE_NR || !isnan(labs->response_time_h)) return;
    labs->response_time_h = c->now.time_h;
    labs->response_cycle = o->response_cycle = c->s.course.cycle;
    o->response_day = clinic_days(c->now.time_h);
}

/* The first day counts. */
static void mark(Clinic *c, double *day, const char *kind, const PolicyRule *rule, const char *reason) {
    if (isnan(*day)) *day = clinic_days(c->now.time_h);
    note(c, kind, rule->name, c->s.course.cycle, reason);
}

static void relapse(Clinic *c, const PolicyRule *rule, const char *reason) {
    c->s.labs.relapsed = 1;
    c->s.labs.response = RESPONSE_NR;
    c->s.labs.mrd_negative = 0;
    mark(c, &c->s.outcome.relapse_day, "relapse", rule, reason);
}

static void progress(Clinic *c, const PolicyRule *rule, const char *reason) {
    c->s.labs.progressed = 1;
    mark(c, &c->s.outcome.progression_day, "progression", rule, reason);
}

/* --- screening and support --- */

static void exclude(Clinic *c, int index, const PolicyRule *rule, const char *reason) {
    c->s.outcome.eligible = 0;
    c->s.outcome.reasons |= (int64_t)1 << index;
    note(c, "eligibility", rule->name, NAN, reason);
}

static void transfuse_platelets(Clinic *c, const PolicyRule *rule, const char *reason) {
    systemic_transfuse_platelets(&c->rates, rule->amount, &c->s.body);
    c->s.labs.platelets_transfused_h = c->now.time_h;
    c->s.outcome.platelets_given += (int)rule->amount;
    note(c, "support", rule->name, rule->amount, reason);
}

static void transfuse_red_cells(Clinic *c, const PolicyRule *rule, const char *reason) {
    systemic_transfuse_red_cells(&c->rates, rule->amount, &c->s.body);
    c->s.labs.red_cells_transfused_h = c->now.time_h;
    c->s.outcome.red_cells_given += (int)rule->amount;
    note(c, "support", rule->name, rule->amount, reason);
}

static void turn(Clinic *c, int *on, const PolicyRule *rule, const char *reason) {
    *on = rule->amount > 0;
    note(c, "support", rule->name, rule->amount, reason);
}

static Status act(Clinic *c, int index, const PolicyRule *rule, const char *reason) {
    if (rule->moment == MOMENT_CHEMO_CYCLE || rule->moment == MOMENT_CHEMO_GIVING)
        return clinic_chemo_act(c, index, reason);
    switch (rule->action) {
    case ACTION_EXCLUDE: exclude(c, index, rule, reason); break;
    case ACTION_WARN: note(c, "warning", rule->name, NAN, reason); break;
    case ACTION_HOLD:
    case ACTION_DELAY: return clinic_wait(c, index, reason);
    case ACTION_OMIT: return clinic_omit(c, rule, reason);
    case ACTION_REDUCE:
    case ACTION_DOSES: return clinic_reduce(c, rule, reason);
    case ACTION_STOP: return clinic_stop(c, rule->name, reason);
    case ACTION_INTERRUPT:
        note(c, "support", rule->name, c->s.labs.infusion_reaction_grade, reason);
        return clinic_interrupt(c, rule, reason);
    case ACTION_GIVE: note(c, "given_although", rule->name, c->s.course.cycle, reason); break;
    case ACTION_RESPOND: respond(c, rule, reason); break;
    case ACTION_RELAPSE: relapse(c, rule, reason); break;
    case ACTION_PROGRESSION: progress(c, rule, reason); break;
    case ACTION_FAILURE: mark(c, &c->s.outcome.failure_day, "treatment_failure", rule, reason); break;
    case ACTION_MARROW: c->marrow_asked = rule->name; break;
    case ACTION_TRANSPLANT: clinic_plan_transplant(c, reason); return clinic_stop(c, rule->name, reason);
    case ACTION_PLATELETS: transfuse_platelets(c, rule, reason); break;
    case ACTION_RED_CELLS: transfuse_red_cells(c, rule, reason); break;
    case ACTION_G_CSF: turn(c, &c->s.support.g_csf, rule, reason); break;
    case ACTION_URSODIOL: turn(c, &c->s.support.ursodiol, rule, reason); break;
    case ACTION_PREMEDICATE:
        c->s.support.premedicated_h = c->now.time_h;
        note(c, "support", rule->name, NAN, reason);
        break;
    case ACTION_CYTOREDUCE:
        c->s.support.cytoreduced_h = c->now.time_h;
        note(c, "support", rule->name, NAN, reason);
        break;
    case ACTION_NEXT: clinic_next_therapy(c, rule, reason); break;
    case ACTION_DETERIORATION:
        mark(c, &c->s.outcome.deterioration_day, "deterioration", rule, reason);
        return clinic_stop(c, rule->name, reason);
    case ACTIONS: break;
    }
    return STATUS_OK;
}

/* Facts are taken anew after each rule that fires: the next one sees what it did. */
static Status ask(Clinic *c, const Policy *policy, PolicyMoment moment) {
    char reason[EXPR_DETAIL];
    clinic_facts(c);
    for (int i = policy_next(policy, moment, &c->facts, 0); i >= 0;
         i = policy_next(policy, moment, &c->facts, i + 1)) {
        policy_reason(&policy->rule[i], &c->facts, reason);
        TRY(act(c, i, &policy->rule[i], reason));
        clinic_look(c);
        clinic_facts(c);
    }
    return STATUS_OK;
}

Status clinic_ask(Clinic *c, PolicyMoment moment) {
    if (moment == MOMENT_SCREENING) return ask(c, &c->eligibility, moment);
    TRY(ask(c, &c->response, moment));
    TRY(ask(c, &c->rules, moment));
    return ask(c, &c->supportive, moment);
}
