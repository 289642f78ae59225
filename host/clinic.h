/* The clinic around the cells: blood counts and liver, visits, adverse events, response, transplant, death
 * (docs/clinic.md). Off by default (clinic.enabled).
 *
 *   clinic_create, then clinic_step after time zero's cells and after every interval.
 *
 * Decisions read the Labs (labs.h), never the simulation's truth. Luck is looked up by (seed, event,
 * purpose), so the same patient keeps it under another treatment. */
#ifndef MARROW_CLINIC_H
#define MARROW_CLINIC_H

#include "chart.h"
#include "labs.h"
#include "sim.h"
#include "systemic.h"

typedef struct Clinic Clinic;

/* Errors: STATUS_BAD_INPUT for what the config asks and cannot be; STATUS_FAILED for memory. With
 * clinic.enabled false *out is NULL, which every call below accepts and does nothing for. */
Status clinic_create(Clinic **out, const Config *config, Dosing *dosing, Sim *sim);
void clinic_destroy(Clinic *clinic);

/* Time zero, or what follows an interval: the body moves on to the simulation's time; what was to happen
 * there happens, visits before the dose that is due at the same moment. Notes go to the chart. */
Status clinic_step(Clinic *clinic);

/* Results so far, and the lines not yet taken to events.csv. NULL when the clinic is off. */
const Labs *clinic_labs(const Clinic *clinic);
Chart *clinic_chart(Clinic *clinic);

/* Blood counts and liver as they are, into a row of timeseries.csv. */
void clinic_observe(const Clinic *clinic, Observation *row);

/* The whole state as one block without pointers, for checkpoints: take it out, put it back. */
void *clinic_state(Clinic *clinic, size_t *bytes);

#endif
