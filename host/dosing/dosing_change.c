#include "dosing/dosing_change.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dosing/dosing_rows.h"
#include "dosing/dosing_state.h"
#include "dosing/dosing_table.h"

bool dosing_is_held(const Dosing *dosing) {
    return !isnan(dosing->held_since_h);
}

/* --- records --- */

/* Fit for one field of a CSV. */
static void field_copy(char *out, size_t size, const char *text) {
    snprintf(out, size, "%s", text);
    for (char *c = out; *c; c++)
        if (*c == ',' || *c == '"' || (unsigned char)*c < ' ' || *c == 127) *c = ' ';
}

/* A change happens now: after all that has happened, before all that comes. */
static Status note(Dosing *dosing, DoseKind kind, double value, const DoseRecord *about,
                   DosingReason reason) {
    DoseRecord record = {.time_h = dosing->now_h, .kind = kind, .observed = value};
    record.cycle = about ? about->cycle : 0;
    record.day = about ? about->day : 0;
    field_copy(record.code, sizeof record.code, reason.code);
    field_copy(record.note, sizeof record.note, reason.detail);
    TRY(plan_reserve(dosing, 1));
    dosing->plan[dosing->planned++] = record;
    plan_take(dosing, dosing->planned - 1);
    return STATUS_OK;
}

/* --- what is coming --- */

/* The next dose in the plan, of the course or any; `planned` when there is none. */
static size_t next_planned(const Dosing *dosing, bool course) {
    size_t i = dosing->done;
    while (i < dosing->planned && (dosing->plan[i].kind != DOSE_GIVEN || (course && dosing->plan[i].asked)))
        i++;
    return i;
}

/* The next dose, and where it is: in the plan, or (index `planned`) of a cycle that has not started. */
static bool next_dose(const Dosing *dosing, bool course, double blast_fraction, DoseRecord *dose,
                      size_t *index) {
    double cycle_h = label_due_h(dosing);
    *index = next_planned(dosing, course);
    bool planned = *index < dosing->planned && dosing->plan[*index].time_h <= cycle_h;
    if (!planned && isinf(cycle_h)) return false;
    *dose = planned ? dosing->plan[*index] : label_dose(dosing, dosing->omitted, blast_fraction);
    if (!planned) *index = dosing->planned;
    return true;
}

static Status require_next(const Dosing *dosing, bool course, DosingReason reason, DoseRecord *dose,
                           size_t *index) {
    REQUIRE(next_dose(dosing, course, NAN, dose, index), STATUS_BAD_INPUT,
            "dosing: %s: no dose is coming at hour %.10g; add one first", reason.code, dosing->now_h);
    return STATUS_OK;
}

static bool was_discontinued(const Dosing *dosing) {
    bool stopped = false;
    for (size_t i = 0; i < dosing->done; i++) stopped |= dosing->plan[i].kind == DOSE_DISCONTINUED;
    return stopped;
}

static void view_past(const Dosing *dosing, DosingView *view) {
    view->first_h = view->last_h = NAN;
    for (size_t i = 0; i < dosing->done; i++) {
        const DoseRecord *record = &dosing->plan[i];
        if (record->kind != DOSE_GIVEN) continue;
        if (view->given++ == 0) view->first_h = record->time_h;
        view->last_h = record->time_h;
    }
}

void dosing_view(const Dosing *dosing, double blast_fraction, DosingView *view) {
    DoseRecord dose = {0};
    size_t index;
    *view = (DosingView){.now_h = dosing->now_h,
                         .cycles = dosing->cycle,
                         .running_mg_per_h = dosing->rate_mg_per_h,
                         .held_since_h = dosing->held_since_h,
                         .scale = dosing->scale,
                         .cycle_doses = dosing->cycle_doses,
                         .discontinued = was_discontinued(dosing)};
    view_past(dosing, view);
    view->coming = next_dose(dosing, false, blast_fraction, &dose, &index);
    if (!view->coming) return;
    view->next_h = dose.time_h;
    view->next_mg = dose.amount_mg;
    view->next_rate_mg_per_h = dose.rate_mg_per_h;
    view->next_cycle = dose.cycle;
    view->next_day = dose.day;
    view->next_starts_cycle = dose.cycle > dosing->cycle;
    view->next_asked = dose.asked;
}

/* --- changes --- */

Status dosing_add(Dosing *dosing, double time_h, double amount_mg, double rate_mg_per_h,
                  DosingReason reason) {
    REQUIRE(time_h >= dosing->now_h && isfinite(time_h), STATUS_BAD_INPUT,
            "dosing: %s: a dose at hour %.10g, but it is hour %.10g; give a time to come", reason.code,
            time_h, dosing->now_h);
    REQUIRE(amount_mg > 0 && isfinite(amount_mg), STATUS_BAD_INPUT,
            "dosing: %s: a dose of %.10g mg; give more than 0", reason.code, amount_mg);
    REQUIRE(rate_mg_per_h >= 0 && isfinite(rate_mg_per_h) &&
                (rate_mg_per_h == 0 || amount_mg / rate_mg_per_h <= DOSING_INFUSION_H_MAX),
            STATUS_BAD_INPUT, "dosing: %s: a rate of %.10g mg/h; give 0 for a bolus or one that ends in %d h",
            reason.code, rate_mg_per_h, DOSING_INFUSION_H_MAX);
    DoseRecord dose = {.time_h = time_h,
                       .amount_mg = amount_mg,
                       .rate_mg_per_h = dosing_rate(time_h, amount_mg, rate_mg_per_h),
                       .kind = DOSE_GIVEN,
                       .evid = 1,
                       .asked = true,
                       .observed = NAN};
    snprintf(dose.note, sizeof dose.note, "asked for at %.10g h", dosing->now_h);
    TRY(note(dosing, DOSE_ASKED, amount_mg, NULL, reason));
    TRY(plan_reserve(dosing, 1));
    plan_insert(dosing, &dose);
    return STATUS_OK;
}

/* What is left of a planned dose that is not given: nothing, or the reset of an EVID 4. */
static void planned_omit(Dosing *dosing, size_t index) {
    DoseRecord *record = &dosing->plan[index];
    if (record->evid != 4) {
        plan_remove(dosing, index);
        return;
    }
    record->kind = DOSE_RESET;
    record->evid = 3;
    record->amount_mg = record->rate_mg_per_h = 0;
}

Status dosing_skip(Dosing *dosing, DosingReason reason) {
    DoseRecord dose = {0};
    size_t index;
    TRY(require_next(dosing, false, reason, &dose, &index));
    bool planned = index < dosing->planned;
    if (planned)
        planned_omit(dosing, index);
    else if (++dosing->omitted == dosing->cycle_doses)
        label_skip_cycle(dosing);
    return note(dosing, DOSE_OMITTED, planned ? dose.amount_mg : NAN, &dose, reason);
}

/* All that is to come of the course. */
static Status course_shift(Dosing *dosing, double hours) {
    if (hours == 0) return STATUS_OK;
    for (size_t i = dosing->done; i < dosing->planned; i++)
        if (plan_is_course(&dosing->plan[i])) dosing->plan[i].time_h += hours;
    dosing->cycle_start_h += hours;
    return plan_sort(dosing);
}

Status dosing_hold(Dosing *dosing, double hours, DosingReason reason) {
    DoseRecord dose = {0};
    size_t index;
    REQUIRE(hours >= 0, STATUS_BAD_INPUT, "dosing: %s: held for %.10g h; give 0 or more", reason.code, hours);
    TRY(require_next(dosing, true, reason, &dose, &index));
    TRY(note(dosing, DOSE_HELD, isinf(hours) ? NAN : hours, &dose, reason));
    if (!isinf(hours)) return course_shift(dosing, hours);
    if (!dosing_is_held(dosing)) dosing->held_since_h = dosing->now_h;
    return STATUS_OK;
}

Status dosing_release(Dosing *dosing, DosingReason reason) {
    DoseRecord dose = {0};
    size_t index;
    REQUIRE(dosing_is_held(dosing), STATUS_BAD_INPUT, "dosing: %s: released, but not held; hold it first",
            reason.code);
    bool coming = next_dose(dosing, true, NAN, &dose, &index);
    double late_h = coming ? fmax(0, dosing->now_h - dose.time_h) : 0;
    TRY(note(dosing, DOSE_RESUMED, dosing->now_h - dosing->held_since_h, coming ? &dose : NULL, reason));
    dosing->held_since_h = NAN;
    TRY(course_shift(dosing, late_h));
    return STATUS_OK;
}

Status dosing_scale(Dosing *dosing, double factor, DosingReason reason) {
    DoseRecord dose = {0};
    size_t index;
    REQUIRE(factor > 0 && factor <= 100, STATUS_BAD_INPUT,
            "dosing: %s: doses times %.10g; give a factor above 0 and at most 100", reason.code, factor);
    TRY(require_next(dosing, true, reason, &dose, &index));
    for (size_t i = dosing->done; i < dosing->planned; i++) {
        if (!plan_is_course(&dosing->plan[i])) continue;
        dosing->plan[i].amount_mg *= factor;
        dosing->plan[i].rate_mg_per_h *= factor;
    }
    dosing->scale *= factor;
    return note(dosing, factor > 1 ? DOSE_RAISED : DOSE_REDUCED, factor, &dose, reason);
}

void dosing_responded(Dosing *dosing, bool response) {
    dosing->responded = response;
}

Status dosing_cycle_doses(Dosing *dosing, int doses, DosingReason reason) {
    DoseRecord dose = {0};
    size_t index;
    REQUIRE(doses >= 1 && doses <= CYCLE_DOSES, STATUS_BAD_INPUT,
            "dosing: %s: %d doses a cycle; give 1 to %d", reason.code, doses, CYCLE_DOSES);
    REQUIRE(dosing->cycle < dosing->cycles, STATUS_BAD_INPUT,
            "dosing: %s: no cycle of the label is yet to start at hour %.10g; omit doses one by one",
            reason.code, dosing->now_h);
    TRY(require_next(dosing, true, reason, &dose, &index));
    double share = (double)doses / dosing->cycle_doses;
    dosing->cycle_doses = doses;
    if (dosing->omitted >= doses) label_skip_cycle(dosing);
    return note(dosing, share > 1 ? DOSE_RAISED : DOSE_REDUCED, share, &dose, reason);
}

/* The amount that has run in by now. Read back, it must end at the same moment: where rounding lets no amount
 * do that, the infusion ends one unit in the last place later, here as there. */
static double amount_until(const DoseRecord *record, double now_h) {
    double amount_mg = record->rate_mg_per_h * (now_h - record->time_h);
    while (record->time_h + amount_mg / record->rate_mg_per_h < now_h)
        amount_mg = nextafter(amount_mg, INFINITY);
    return amount_mg;
}

static Status interrupt_one(Dosing *dosing, Infusion *infusion, DosingReason reason) {
    DoseRecord *record = &dosing->plan[infusion->record];
    record->amount_mg = amount_until(record, dosing->now_h);
    infusion->end_h = record->time_h + record->amount_mg / record->rate_mg_per_h;
    DoseRecord about = *record;
    return note(dosing, DOSE_INTERRUPTED, about.amount_mg, &about, reason);
}

static int infusion_compare(const void *left, const void *right) {
    const Infusion *a = left, *b = right;
    return (a->end_h > b->end_h) - (a->end_h < b->end_h);
}

Status dosing_interrupt(Dosing *dosing, DosingReason reason) {
    size_t count = 0;
    for (size_t i = 0; i < dosing->running_count; i++) {
        if (dosing->running[i].end_h <= dosing->now_h) continue; /* ends now anyway */
        TRY(interrupt_one(dosing, &dosing->running[i], reason));
        count++;
    }
    REQUIRE(count > 0, STATUS_BAD_INPUT,
            "dosing: %s: no infusion is running at hour %.10g; nothing to interrupt", reason.code,
            dosing->now_h);
    qsort(dosing->running, dosing->running_count, sizeof *dosing->running, infusion_compare); /* is a heap */
    return STATUS_OK;
}

Status dosing_stop(Dosing *dosing, DosingReason reason) {
    DoseRecord dose = {0};
    size_t index;
    TRY(require_next(dosing, false, reason, &dose, &index));
    for (size_t i = next_planned(dosing, false); i < dosing->planned; i = next_planned(dosing, false))
        planned_omit(dosing, i);
    dosing->cycles = dosing->cycle;
    dosing->omitted = 0;
    dosing->held_since_h = NAN;
    return note(dosing, DOSE_DISCONTINUED, NAN, &dose, reason);
}
