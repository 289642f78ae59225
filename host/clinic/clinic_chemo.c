/* What rules do to other drugs: a cycle that is due waits, is reduced, or is the end of them. Combined with
 * conjugate, what makes one late makes the other as late. */
#include <math.h>

#include "clinic/clinic_state.h"

static bool view(const Clinic *c, DrugView *out) {
    return drugs_view(sim_other_drugs(c->sim), sim_other_course(c->sim), c->regimen, out);
}

void clinic_chemo_facts(const Clinic *c, double *f) {
    DrugView v = {0};
    bool due = view(c, &v) && clinic_chemo_due(c, c->regimen);
    f[FACT_CHEMO_CYCLE] = v.begun + due;
    f[FACT_CHEMO_DELAYED_D] = due ? fmax(0, clinic_days_since(c, v.due_h)) : 0;
    f[FACT_CHEMO_REDUCED] = __builtin_popcountll(c->s.chemo[c->regimen].reduced);
    f[FACT_CYTARABINE] = v.cytarabine_g_m2;
}

static void note(Clinic *c, const char *kind, const PolicyRule *rule, double value, const char *what,
                 const char *reason) {
    DrugView v = {.name = ""};
    view(c, &v);
    chart_note(&c->chart, c->now.time_h, kind, rule->name, value, "%s cycle %d%s%s: %s", v.name, v.begun + 1,
               *what ? " " : "", what, reason);
}

static const DosingReason waits_too = {"with-other-drugs", "while the other drugs wait"},
                          stays_with = {"with-other-drugs", "as late as the other drugs"},
                          goes_on_too = {"with-other-drugs", "the other drugs go on"};

static bool conjugate_coming(const Clinic *c) {
    return c->view.coming && !c->view.next_asked;
}

static Status wait_for(Clinic *c, int index, const PolicyRule *rule, const char *reason) {
    ClinicChemo *chemo = &c->s.chemo[c->regimen];
    uint64_t bit = (uint64_t)1 << index;
    if (chemo->holding & bit) return STATUS_OK;
    c->s.outcome.chemo_delays += !chemo->holding;
    chemo->holding |= bit;
    drugs_hold(sim_other_course(c->sim), c->regimen);
    note(c, "other_held", rule, NAN, "waits", reason);
    bool waits = !conjugate_coming(c) || dosing_is_held(c->dosing);
    return waits ? STATUS_OK : dosing_hold(c->dosing, INFINITY, waits_too);
}

/* The conjugate goes on, `late_h` later, unless it has reasons of its own to wait. */
static Status conjugate_resumes(Clinic *c, double late_h) {
    if (!conjugate_coming(c)) return STATUS_OK;
    if (late_h > 0) TRY(dosing_hold(c->dosing, late_h, stays_with));
    bool waits = c->s.course.holding || clinic_chemo_waits(c) || !dosing_is_held(c->dosing);
    if (!waits) TRY(dosing_release(c->dosing, goes_on_too));
    clinic_look(c);
    return STATUS_OK;
}

/* Once by each rule: what is reduced stays so. */
static void reduce(Clinic *c, int index, const PolicyRule *rule, const char *reason) {
    ClinicChemo *chemo = &c->s.chemo[c->regimen];
    uint64_t bit = (uint64_t)1 << index;
    char what[POLICY_NAME + 16];
    if ((chemo->reduced & bit) || !drugs_scale(sim_other_drugs(c->sim), sim_other_course(c->sim), c->regimen,
                                               rule->agent, rule->amount))
        return;
    chemo->reduced |= bit;
    c->s.outcome.chemo_reductions++;
    snprintf(what, sizeof what, "%s times %g", *rule->agent ? rule->agent : "all drugs", rule->amount);
    note(c, "other_reduced", rule, rule->amount, what, reason);
}

static Status stop(Clinic *c, const PolicyRule *rule, const char *reason) {
    note(c, "other_stopped", rule, NAN, "is not given, nor a later one", reason);
    clinic_chemo_stop(c, c->regimen);
    if (clinic_treated(c)) return conjugate_resumes(c, 0);
    c->s.outcome.stop_day = clinic_days(c->now.time_h);
    snprintf(c->s.outcome.stop_reason, sizeof c->s.outcome.stop_reason, "%s", rule->name);
    return STATUS_OK;
}

Status clinic_chemo_act(Clinic *c, int index, const char *reason) {
    const PolicyRule *rule = &c->rules.rule[index];
    switch (rule->action) {
    case ACTION_HOLD:
    case ACTION_DELAY: return wait_for(c, index, rule, reason);
    case ACTION_REDUCE: reduce(c, index, rule, reason); break;
    case ACTION_STOP: return stop(c, rule, reason);
    case ACTION_GIVE: note(c, "given_although", rule, NAN, "", reason); break;
    default: note(c, "warning", rule, NAN, "", reason);
    }
    return STATUS_OK;
}

/* The conjugate of a combination waits as long. */
static Status resume(Clinic *c, const PolicyRule *rule, const char *reason) {
    DrugView v = {0};
    view(c, &v);
    double late_h = fmax(0, c->now.time_h - v.due_h);
    c->s.outcome.chemo_days_delayed += clinic_days(late_h);
    note(c, "other_resumed", rule, clinic_days(late_h), "goes on", reason);
    drugs_release(sim_other_course(c->sim), c->regimen, c->now.time_h);
    return conjugate_resumes(c, late_h);
}

/* Each rule waits for its own recovery. Returns the last that has waited, or -1. */
static int recovered(Clinic *c) {
    ClinicChemo *chemo = &c->s.chemo[c->regimen];
    int last = -1;
    clinic_facts(c);
    for (int i = 0; i < c->rules.count; i++) {
        uint64_t bit = (uint64_t)1 << i;
        if (!(chemo->holding & bit) || !policy_recovered(&c->rules, i, &c->facts)) continue;
        chemo->holding &= ~bit;
        last = i;
    }
    return last;
}

/* How late the cycle is counts for what is given, so that it is asked before the cycle goes on. */
static Status decide(Clinic *c) {
    char reason[EXPR_DETAIL];
    TRY(clinic_ask(c, MOMENT_CHEMO_CYCLE));
    int last = recovered(c);
    if (c->s.chemo[c->regimen].holding || !clinic_chemo_due(c, c->regimen)) return STATUS_OK;
    const PolicyRule *rule = last >= 0 ? &c->rules.rule[last] : NULL;
    if (rule) expr_values(rule->until.count ? &rule->until : &rule->when, &c->facts, reason);
    TRY(clinic_ask(c, MOMENT_CHEMO_GIVING));
    return rule ? resume(c, rule, reason) : STATUS_OK;
}

/* Facts are about the regimen at hand, and about the first one elsewhere. */
Status clinic_chemo_decide(Clinic *c) {
    DrugView v;
    for (c->regimen = 0; view(c, &v); c->regimen++)
        if (clinic_chemo_due(c, c->regimen)) TRY(decide(c));
    c->regimen = 0;
    return STATUS_OK;
}

void clinic_next_therapy(Clinic *c, const PolicyRule *rule, const char *reason) {
    Labs *labs = &c->s.labs;
    bool given = drugs_call(sim_other_drugs(c->sim), sim_other_course(c->sim), c->now.time_h);
    c->s.outcome.next_therapy_day = clinic_days(c->now.time_h);
    labs->relapsed = labs->progressed = labs->mrd_negative = 0;
    labs->response = RESPONSE_NR;
    chart_note(&c->chart, c->now.time_h, "next_therapy", rule->name, c->s.course.cycle, "%s%s", reason,
               given ? "" : "; what it does is not simulated");
}
