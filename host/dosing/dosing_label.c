/* The label regimen: cycles of three doses, planned when they start because they ask for the response. */
#include <math.h>
#include <stdio.h>

#include "dosing/dosing_state.h"
#include "kernels/rng.h"

static const int label_day[CYCLE_DOSES] = {1, 8, 15};
static const double label_infusion_h = 1;
/* Marrow blasts below this when a cycle starts: it is given as after a response. */
static const double label_response_fraction = 0.05;

/* One cycle of the label, mg/m2 (inotuzumab ozogamicin prescribing information, section 2.2). */
typedef struct LabelCycle {
    double length_d;
    double without_response[CYCLE_DOSES], after_response[CYCLE_DOSES];
} LabelCycle;

static const LabelCycle label_cycles[LABEL_CYCLES] = {
    {21, {0.8, 0.5, 0.5}, {0.8, 0.5, 0.5}}, /* response is not asked before the first cycle */
    {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}}, {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}},
    {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}}, {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}},
    {28, {0.8, 0.5, 0.5}, {0.5, 0.5, 0.5}},
};

static const double on_time = 0.7;        /* share of doses given on the day, where there is a window (A) */
static const double shortest_gap_h = 144; /* between two doses: 6 days */

/* How much later than planned this dose would be given, were there no other; negative: earlier. The first one
 * makes the calendar. */
static double appointment_h(const Dosing *dosing, int number) {
    const Luck luck =
        philox((u32)dosing->seed, (u32)(dosing->seed >> 32), (u32)number, 0, 0, PURPOSE_APPOINTMENT);
    if (number == 0 || luck.a < on_time * 0x1p32) return 0;
    int64_t days = (int64_t)(luck.b % (u32)(2 * dosing->window_d)) - dosing->window_d; /* none is 0 … */
    return 24 * (double)(days < 0 ? days : days + 1); /* … but on the day */
}

/* The same with the gap to those before, which makes a dose a day late at most after one that is two. A
 * function of the seed alone: what holds a dose moves all that follow. */
static double moved_h(const Dosing *dosing, int cycle, int dose) {
    double start_h = 0, given_h = -INFINITY;
    if (dosing->window_d == 0) return 0;
    for (int c = 0; c <= cycle; start_h += 24 * label_cycles[c++].length_d)
        for (int i = 0; i < CYCLE_DOSES; i++) {
            double planned_h = start_h + 24 * (label_day[i] - 1);
            given_h = fmax(planned_h + appointment_h(dosing, c * CYCLE_DOSES + i), given_h + shortest_gap_h);
            if (c == cycle && i == dose) return given_h - planned_h;
        }
    return 0;
}

static double label_time_h(const Dosing *dosing, int dose) {
    return dosing->cycle_start_h + 24 * (label_day[dose] - 1) + moved_h(dosing, dosing->cycle, dose);
}

/* The first dose that is given: where nothing is, nothing may divide the solver's stretches, or the realised
 * table would not give the same run. */
double label_due_h(const Dosing *dosing) {
    if (dosing->cycle >= dosing->cycles) return INFINITY;
    return label_time_h(dosing, dosing->omitted);
}

static double dose_mg(const Dosing *dosing, int dose, bool response) {
    const LabelCycle *cycle = &label_cycles[dosing->cycle];
    double label_mg_per_m2 = (response ? cycle->after_response : cycle->without_response)[dose];
    double mg_per_m2 = isnan(dosing->mg_per_m2) ? label_mg_per_m2 : dosing->mg_per_m2;
    return mg_per_m2 * dosing->bsa_m2 * dosing->scale;
}

DoseRecord label_dose(const Dosing *dosing, int dose, double blast_fraction) {
    bool response = dosing->responded < 0 ? blast_fraction < label_response_fraction : dosing->responded > 0;
    double amount_mg = dose_mg(dosing, dose, response);
    DoseRecord record = {.time_h = label_time_h(dosing, dose),
                         .amount_mg = amount_mg,
                         .rate_mg_per_h = amount_mg / label_infusion_h,
                         .kind = DOSE_GIVEN,
                         .evid = 1,
                         .cycle = dosing->cycle + 1,
                         .day = label_day[dose],
                         .observed = NAN};
    double days = moved_h(dosing, dosing->cycle, dose) / 24;
    int length = snprintf(record.note, sizeof record.note, "cycle %d day %d", record.cycle, record.day);
    if (days != 0)
        snprintf(record.note + length, sizeof record.note - (size_t)length, "; %g day%s %s", fabs(days),
                 fabs(days) == 1 ? "" : "s", days < 0 ? "early" : "late");
    return record;
}

void label_skip_cycle(Dosing *dosing) {
    dosing->omitted = 0;
    dosing->cycle_start_h += 24 * label_cycles[dosing->cycle++].length_d;
}

Status label_plan(Dosing *dosing, double blast_fraction) {
    TRY(plan_reserve(dosing, CYCLE_DOSES));
    for (int i = dosing->omitted; i < dosing->cycle_doses && i < CYCLE_DOSES; i++) {
        DoseRecord record = label_dose(dosing, i, blast_fraction);
        plan_insert(dosing, &record);
    }
    label_skip_cycle(dosing);
    return STATUS_OK;
}
