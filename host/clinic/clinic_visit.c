/* A visit, from the blood sample to the decision, and when the next one is. */
#include <math.h>

#include "clinic/clinic_state.h"

static const double judged_d = 14;                 /* a marrow speaks for the disease so long */
static const double end_marrow_d = 28;             /* after the last dose, and after a transplant */
static const double closely_d = 30, weekly_d = 60; /* after a transplant (docs/clinic.md) */

bool clinic_visit_due(const Clinic *c) {
    bool visited = c->s.visits.latest_h == c->now.time_h, waits = dosing_is_held(c->dosing);
    return !visited && (c->now.time_h >= c->s.visits.next_h - 1e-9 || (clinic_dose_due(c) && !waits) ||
                        clinic_chemo_begins(c));
}

/* A marrow on one day of cycles 1, 2, 3, 5, …; at the end of treatment, after a transplant, then now and
 * then. */
static double marrow_due_h(const Clinic *c) {
    const ClinicCourse *course = &c->s.course;
    const ClinicVisits *v = &c->s.visits;
    double transplant_h = 24 * c->s.outcome.transplant_day,
           later_h = 24 * c->config->clinic.follow_up_marrow_every_d;
    if (v->marrow_h < transplant_h) return transplant_h + 24 * end_marrow_d;
    if (!isnan(transplant_h)) return v->marrow_h + later_h;
    bool scheduled = course->cycle > 0 && (course->cycle <= 3 || (course->cycle - 3) % 2 == 0);
    if (scheduled && v->marrow_cycle != course->cycle)
        return course->cycle_h + 24 * (double)(c->config->clinic.marrow_day - 1);
    if (clinic_treated(c)) return course->cycle > 0 ? INFINITY : v->marrow_h + later_h;
    double last_h = fmax(course->last_dose_h, course->other_h); /* of a number and NaN: the number */
    return v->marrow_h < last_h + 24 * (end_marrow_d - 7) ? last_h + 24 * end_marrow_d
                                                          : v->marrow_h + later_h;
}

/* Days to the next visit. */
static double interval_d(const Clinic *c) {
    const Labs *labs = &c->s.labs;
    double grafted_d = clinic_days_since(c, 24 * c->s.outcome.transplant_day);
    bool low = labs->test[LAB_ANC].value < 0.5 || labs->test[LAB_PLATELETS].value < 20 ||
               labs->test[LAB_HB].value < 8;
    bool ill = labs->infection_grade >= 3 || labs->febrile_neutropenia || labs->vod_grade > 0;
    double last_h = fmax(c->s.course.last_dose_h, c->s.course.other_h);
    if (c->s.course.holding || clinic_chemo_waits(c) || low || ill || clinic_in_hospital(c) ||
        grafted_d < closely_d)
        return c->config->clinic.close_visit_every_d;
    if (clinic_treated(c) || clinic_days_since(c, last_h) < end_marrow_d || grafted_d < weekly_d)
        return c->config->clinic.visit_every_d;
    return c->config->clinic.follow_up_visit_every_d;
}

static void next_visit(Clinic *c) {
    double marrow_h = marrow_due_h(c);
    c->s.visits.next_h = c->now.time_h + 24 * interval_d(c);
    if (marrow_h > c->now.time_h) c->s.visits.next_h = fmin(c->s.visits.next_h, marrow_h);
}

/* What is seen and heard at the bedside. */
static void examine(Clinic *c) {
    static const HazardKind related[] = {HAZARD_QT, HAZARD_FATIGUE, HAZARD_NAUSEA, HAZARD_FEVER,
                                         HAZARD_HEADACHE};
    Labs *labs = &c->s.labs;
    const HazardState *h = &c->s.hazards;
    double now_h = c->now.time_h;
    labs->infection_grade = hazards_grade_now(h, HAZARD_INFECTION, now_h);
    labs->febrile_neutropenia = hazards_grade_now(h, HAZARD_FEBRILE_NEUTROPENIA, now_h) > 0;
    labs->haemorrhage_grade = hazards_grade_now(h, HAZARD_HAEMORRHAGE, now_h);
    labs->other_grade = 0;
    for (unsigned i = 0; i < sizeof related / sizeof related[0]; i++) {
        int grade = hazards_grade_now(h, related[i], now_h);
        if (grade > labs->other_grade) labs->other_grade = grade;
    }
    if (c->s.course.doses == 0) labs->other_baseline_grade = labs->other_grade;
}

static void calendar(Clinic *c) {
    Labs *labs = &c->s.labs;
    labs->time_h = c->now.time_h;
    labs->cycle = c->s.course.cycle;
    labs->day_of_cycle =
        c->s.course.cycle ? 1 + (int)floor(clinic_days_since(c, c->s.course.cycle_h) + 1e-9) : 0;
}

static Status screen(Clinic *c) {
    c->s.visits.screened = 1;
    TRY(clinic_ask(c, MOMENT_SCREENING));
    if (c->s.outcome.eligible)
        chart_note(&c->chart, c->now.time_h, "eligibility", "eligible", NAN, "no reason against treatment");
    return STATUS_OK;
}

/* A dose is due: rules may hold it, change it, or let it be given. Those of a new cycle are asked once no
 * hold is left that began within the last one, for they count how long it was. */
static Status decide_dose(Clinic *c) {
    if (clinic_dose_due(c)) TRY(clinic_ask(c, MOMENT_DOSE));
    if (clinic_dose_due(c) && !clinic_starts_cycle(c)) TRY(clinic_ask(c, MOMENT_WITHIN_CYCLE));
    TRY(clinic_recover(c));
    if (clinic_dose_due(c) && clinic_starts_cycle(c) && !clinic_holds(c)) TRY(clinic_ask(c, MOMENT_CYCLE));
    if (!clinic_dose_due(c) || dosing_is_held(c->dosing)) return STATUS_OK;
    c->s.labs.infusion_reaction_grade = 0;
    return clinic_ask(c, MOMENT_GIVING);
}

/* Once, when no dose is left. */
static void treatment_end(Clinic *c) {
    Outcome *o = &c->s.outcome;
    if (c->s.visits.ended || clinic_treated(c)) return;
    c->s.visits.ended = 1;
    chart_note(&c->chart, c->now.time_h, "follow_up", o->stop_reason[0] ? "stopped" : "completed", o->doses,
               "%d dose%s in %d cycle%s; best response %s", o->doses, o->doses == 1 ? "" : "s", o->cycles,
               o->cycles == 1 ? "" : "s", response_name(o->best_response));
}

Status clinic_visit(Clinic *c) {
    c->marrow_asked = NULL;
    c->marrow_done = c->responded = false;
    c->s.visits.latest_h = c->now.time_h;
    calendar(c);
    clinic_measure_panel(c);
    examine(c);
    clinic_grades(c);
    clinic_vod(c);
    clinic_engraftment(c);
    if (!c->s.visits.screened || c->now.time_h >= marrow_due_h(c) - 1e-9) clinic_measure_marrow(c);
    if (!c->s.visits.screened) TRY(screen(c));
    TRY(clinic_ask(c, MOMENT_VISIT));
    if (c->marrow_asked && !c->marrow_done) clinic_measure_marrow(c);
    if (c->s.visits.marrow_cycle > 0 && clinic_days_since(c, c->s.visits.marrow_h) <= judged_d)
        TRY(clinic_ask(c, MOMENT_RESPONSE));
    dosing_responded(c->dosing, c->s.labs.response >= RESPONSE_CRI);
    TRY(clinic_chemo_decide(c));
    TRY(decide_dose(c));
    treatment_end(c);
    c->s.outcome.last_visit_day = clinic_days(c->now.time_h);
    next_visit(c);
    return STATUS_OK;
}
