/* The label regimen: cycles of three doses, planned when they start because they ask for the response. */
#include <math.h>
#include <stdio.h>

#include "dosing/dosing_state.h"

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

/* The first dose that is given: where nothing is, nothing may divide the solver's stretches, or the realised
 * table would not give the same run. */
double label_due_h(const Dosing *dosing) {
    if (dosing->cycle >= dosing->cycles) return INFINITY;
    return dosing->cycle_start_h + 24 * (label_day[dosing->omitted] - 1);
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
    DoseRecord record = {.time_h = dosing->cycle_start_h + 24 * (label_day[dose] - 1),
                         .amount_mg = amount_mg,
                         .rate_mg_per_h = amount_mg / label_infusion_h,
                         .kind = DOSE_GIVEN,
                         .evid = 1,
                         .cycle = dosing->cycle + 1,
                         .day = label_day[dose],
                         .observed = NAN};
    snprintf(record.note, sizeof record.note, "cycle %d day %d", record.cycle, record.day);
    return record;
}

void label_skip_cycle(Dosing *dosing) {
    dosing->omitted = 0;
    dosing->cycle_start_h += 24 * label_cycles[dosing->cycle++].length_d;
}

Status label_plan(Dosing *dosing, double blast_fraction) {
    TRY(plan_reserve(dosing, CYCLE_DOSES));
    for (int i = dosing->omitted; i < dosing->cycle_doses; i++) {
        DoseRecord record = label_dose(dosing, i, blast_fraction);
        plan_insert(dosing, &record);
    }
    label_skip_cycle(dosing);
    return STATUS_OK;
}
