/* The clinic around the cells: blood counts and liver, adverse events, visits, rules, response, transplant,
 * death (docs/clinic.md). Off by default (clinic.enabled).
 *
 *   clinic_create, then clinic_step at time zero and after every interval, until the simulation is done or
 *   clinic_over; after each step the lines of the chart and the results are taken by whoever writes them.
 *
 * Decisions read the Labs (labs.h), never the simulation's truth. Luck is looked up by (seed, time or event,
 * purpose), so the same patient keeps it under another treatment. On several processes all make the same
 * calls and know the same. */
#ifndef MARROW_CLINIC_H
#define MARROW_CLINIC_H

#include "clinic/chart.h"
#include "clinic/labs.h"
#include "sim/observe.h"
#include "sim/sim.h"

typedef struct Clinic Clinic;

/* One result of a visit, for labs.csv. */
typedef struct LabResult {
    double time_h, value, lower, upper;
    LabId test;
    int grade;     /* CTCAE; -1: not graded */
    char flag[16]; /* "<LOD", "<LOQ" or "" */
} LabResult;

enum { CLINIC_RESULTS = 64 };
typedef struct LabResults {
    int count; /* not yet taken; whoever takes them sets it to 0 */
    LabResult result[CLINIC_RESULTS];
} LabResults;

/* Errors: STATUS_BAD_INPUT for what the config asks and cannot be; STATUS_FAILED for memory. With
 * clinic.enabled false *out is NULL, which every call below accepts and does nothing for. */
Status clinic_create(Clinic **out, const Config *config, Dosing *dosing, Sim *sim);
void clinic_destroy(Clinic *clinic);

/* Time zero, or what follows an interval: the body moves on to the simulation's time; what was to happen
 * there happens, visits before the dose that is due at the same moment. STATUS_FAILED when the chart was not
 * taken. */
Status clinic_step(Clinic *clinic);

/* The patient has died: nothing follows. */
bool clinic_over(const Clinic *clinic);

/* Lines and results not yet taken; NULL when the clinic is off. */
Chart *clinic_chart(Clinic *clinic);
LabResults *clinic_results(Clinic *clinic);

/* What is measured so far; NULL when the clinic is off. */
const Labs *clinic_labs(const Clinic *clinic);

/* Blood counts and liver as they are, into a row of timeseries.csv. */
void clinic_observe(const Clinic *clinic, Observation *row);

/* outcome.json: what became of the patient so far, as one flat object (docs/interface.md). */
Status clinic_outcome_write(const Clinic *clinic, FILE *out);

/* The whole state as one block without pointers, for checkpoints. */
void *clinic_state(Clinic *clinic, size_t *bytes);
/* After sim_restore. STATUS_FAILED: another size; STATUS_BAD_INPUT: made under other rules. */
Status clinic_restore(Clinic *clinic, const void *state, size_t bytes);

#endif
