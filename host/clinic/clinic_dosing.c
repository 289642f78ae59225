/* The course as the clinic sees it, and what rules do to it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "clinic/clinic_state.h"

static const double cycle_gap_h = 13 * 24; /* a table's dose that comes later than this starts a cycle (A) */

static const double pause_h = 1, rest_within_h = 6; /* of an interrupted infusion (A) */

static bool starts_cycle(const ClinicCourse *course, const DoseRecord *record) {
    if (record->cycle > 0) return record->cycle != course->cycle;
    return course->doses == 0 || record->time_h - course->last_dose_h > cycle_gap_h;
}

/* What was measured last is the baseline of the cycle that starts. */
static void cycle_begins(Clinic *c, const DoseRecord *record) {
    ClinicCourse *course = &c->s.course;
    course->cycle = record->cycle > 0 ? record->cycle : course->cycle + 1;
    course->cycle_h = record->time_h;
    course->longest_hold_d = 0;
    course->cycles++;
    c->s.outcome.cycles = course->cycles;
    labs_cycle_starts(&c->s.labs);
}

/* The rest of an interrupted infusion is no dose of its own. */
static void dose_given(Clinic *c, const DoseRecord *record) {
    ClinicCourse *course = &c->s.course;
    c->s.outcome.total_mg += record->amount_mg;
    if (record->asked && record->time_h - course->last_dose_h < rest_within_h) return;
    if (starts_cycle(course, record)) cycle_begins(c, record);
    course->doses++;
    course->last_dose_h = record->time_h;
    c->s.outcome.doses = course->doses;
}

void clinic_look(Clinic *c) {
    const DoseRecord *records;
    size_t count = dosing_records(c->dosing, &records);
    for (; c->s.course.seen < count; c->s.course.seen++)
        if (records[c->s.course.seen].kind == DOSE_GIVEN) dose_given(c, &records[c->s.course.seen]);
    c->chart.after = count;
    dosing_view(c->dosing, c->now.marrow_blast_fraction, &c->view);
}

/* Begins before the next visit could be made: now, or before the coming interval ends. */
bool clinic_dose_due(const Clinic *c) {
    return c->view.coming && !c->view.next_asked &&
           c->view.next_h < c->now.time_h + c->config->simulation.dt_h - 1e-9;
}

bool clinic_starts_cycle(const Clinic *c) {
    const ClinicCourse *course = &c->s.course;
    if (!c->view.coming) return false;
    if (c->view.next_cycle > 0) return c->view.next_starts_cycle || c->view.next_cycle != course->cycle;
    return course->doses == 0 || c->view.next_h - course->last_dose_h > cycle_gap_h;
}

static DosingReason because(const PolicyRule *rule, const char *reason) {
    return (DosingReason){rule->name, reason};
}

Status clinic_wait(Clinic *c, int index, const char *reason) {
    ClinicCourse *course = &c->s.course;
    const PolicyRule *rule = &c->rules.rule[index];
    uint64_t bit = (uint64_t)1 << index;
    if ((course->holding & bit) || !c->view.coming) return STATUS_OK;
    bool delay = rule->action == ACTION_DELAY;
    double *since_h = delay ? &course->delayed_h : &course->held_h;
    if (isnan(*since_h)) *since_h = c->now.time_h;
    c->s.outcome.held += !delay && !course->holding;
    c->s.outcome.delayed += delay && !course->holding;
    course->holding |= bit;
    return dosing_hold(c->dosing, INFINITY, because(rule, reason));
}

static double latest_wait_h(const ClinicCourse *course) {
    return fmin(isnan(course->held_h) ? INFINITY : course->held_h,
                isnan(course->delayed_h) ? INFINITY : course->delayed_h);
}

static void wait_ends(Clinic *c) {
    ClinicCourse *course = &c->s.course;
    c->s.outcome.held_days += clinic_days(c->now.time_h - latest_wait_h(course));
    if (!isnan(course->held_h))
        course->longest_hold_d = fmax(course->longest_hold_d, clinic_days_since(c, course->held_h));
    course->held_h = course->delayed_h = NAN;
    course->hold_omitted = 0;
    course->holding = 0;
}

/* Rules that wait no longer; returns the last of them, or -1. */
static int rules_recovered(Clinic *c) {
    int last = -1;
    clinic_facts(c);
    for (int i = 0; i < c->rules.count; i++) {
        uint64_t bit = (uint64_t)1 << i;
        if (!(c->s.course.holding & bit) || !policy_recovered(&c->rules, i, &c->facts)) continue;
        c->s.course.holding &= ~bit;
        last = i;
    }
    return last;
}

bool clinic_holds(const Clinic *c) {
    for (int i = 0; i < c->rules.count; i++)
        if ((c->s.course.holding >> i & 1) && c->rules.rule[i].action == ACTION_HOLD) return true;
    return false;
}

Status clinic_recover(Clinic *c) {
    char reason[EXPR_DETAIL];
    if (!c->s.course.holding || !dosing_is_held(c->dosing)) return STATUS_OK;
    if (!c->view.coming) { /* all were omitted: nothing to go on with */
        wait_ends(c);
        return STATUS_OK;
    }
    int last = rules_recovered(c);
    if (last < 0 || c->s.course.holding) return STATUS_OK;
    const PolicyRule *rule = &c->rules.rule[last];
    expr_values(rule->until.count ? &rule->until : &rule->when, &c->facts, reason);
    wait_ends(c);
    TRY(clinic_ask(c, MOMENT_RECOVERY));
    if (!dosing_is_held(c->dosing) || clinic_chemo_waits(c)) return STATUS_OK; /* stopped, or not alone */
    clinic_chemo_shift(c, fmax(0, c->now.time_h - c->view.next_h));
    TRY(dosing_release(c->dosing, because(rule, reason)));
    clinic_look(c);
    return STATUS_OK;
}

Status clinic_omit(Clinic *c, const PolicyRule *rule, const char *reason) {
    if (!c->view.coming) return STATUS_OK;
    c->s.course.hold_omitted++;
    c->s.outcome.omitted++;
    return dosing_skip(c->dosing, because(rule, reason));
}

/* A step down is paid for by the long hold that asked for it. Tables know no cycles: their doses are omitted
 * one by one, so that two a cycle cannot be asked of them. */
Status clinic_reduce(Clinic *c, const PolicyRule *rule, const char *reason) {
    ClinicCourse *course = &c->s.course;
    if (!c->view.coming) return STATUS_OK;
    bool label = c->view.next_cycle > 0;
    course->reductions++;
    course->longest_hold_d = 0;
    c->s.outcome.reduced++;
    if (rule->action == ACTION_REDUCE) return dosing_scale(c->dosing, rule->amount, because(rule, reason));
    if (label) return dosing_cycle_doses(c->dosing, (int)rule->amount, because(rule, reason));
    return STATUS_OK;
}

/* The latest dose, if it still runs. */
static const DoseRecord *running(const Clinic *c) {
    const DoseRecord *records;
    size_t count = dosing_records(c->dosing, &records);
    while (count > 0 && records[count - 1].kind != DOSE_GIVEN) count--;
    const DoseRecord *r = count ? &records[count - 1] : NULL;
    bool runs =
        r && r->rate_mg_per_h > 0 && r->time_h + r->amount_mg / r->rate_mg_per_h > c->now.time_h + 1e-9;
    return runs ? r : NULL;
}

/* What had not run in is given after a pause, unless a rule stops the course; with intervals as long as the
 * infusion it is over before its reaction is seen. */
Status clinic_interrupt(Clinic *c, const PolicyRule *rule, const char *reason) {
    const DoseRecord *record = running(c);
    if (!record) return STATUS_OK;
    double planned_mg = record->amount_mg, rate = record->rate_mg_per_h;
    TRY(dosing_interrupt(c->dosing, because(rule, reason)));
    double rest_mg = rate * (record->time_h + planned_mg / rate - c->now.time_h);
    c->s.outcome.total_mg -= rest_mg;
    return dosing_add(c->dosing, c->now.time_h + pause_h, rest_mg, rate,
                      (DosingReason){rule->name, "the rest after a pause"});
}

Status clinic_stop(Clinic *c, const char *code, const char *reason) {
    bool others = drugs_coming(sim_other_drugs(c->sim), sim_other_course(c->sim), c->now.time_h);
    clinic_chemo_stop(c, -1);
    if (!c->view.coming && !others) return STATUS_OK;
    if (c->s.course.holding) wait_ends(c);
    c->s.outcome.stop_day = clinic_days(c->now.time_h);
    snprintf(c->s.outcome.stop_reason, sizeof c->s.outcome.stop_reason, "%s", code);
    if (!c->view.coming) {
        chart_note(&c->chart, c->now.time_h, "stop", code, NAN, "%s", reason);
        return STATUS_OK;
    }
    return dosing_stop(c->dosing, (DosingReason){code, reason});
}
