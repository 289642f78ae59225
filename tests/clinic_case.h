/* Driving a patient through the clinic from a test: a config as settings, and everything that was written
 * down. */
#ifndef MARROW_TEST_CLINIC_CASE_H
#define MARROW_TEST_CLINIC_CASE_H

#include "patient_case.h"

#include "clinic/clinic.h"
#include "dosing/dosing_change.h"

enum { COURSE_LINES = 4096, COURSE_RESULTS = 16384 };

typedef struct ClinicCase {
    SimCase sim;
    Clinic *clinic;
    ChartLine line[COURSE_LINES];
    LabResult result[COURSE_RESULTS];
    int lines, results;
} ClinicCase;

static inline void clinic_take(ClinicCase *c) {
    Chart *chart = clinic_chart(c->clinic);
    LabResults *results = clinic_results(c->clinic);
    for (int i = 0; i < chart->count && c->lines < COURSE_LINES; i++) c->line[c->lines++] = chart->line[i];
    for (int i = 0; i < results->count && c->results < COURSE_RESULTS; i++)
        c->result[c->results++] = results->result[i];
    chart->count = results->count = 0;
}

/* Few agents and long intervals: it is the clinic that is looked at. */
static inline Config clinic_config(const char *settings) {
    char all[2048];
    snprintf(all, sizeof all,
             "simulation.agents=2000 simulation.dt_h=4 simulation.output_every_h=24 clinic.enabled=true %s",
             settings);
    return patient("label", all);
}

/* Zero the case first. */
static inline void clinic_start(ClinicCase *c, const Config *config, Backend *backend) {
    case_start(&c->sim, config, backend);
    assert_ok(clinic_create(&c->clinic, &c->sim.config, c->sim.dosing, c->sim.sim));
    assert_ok(clinic_step(c->clinic));
    if (c->clinic) clinic_take(c);
}

static inline void clinic_until(ClinicCase *c, double days) {
    while (sim_time_h(c->sim.sim) < 24 * days - 1e-9 && !clinic_over(c->clinic)) {
        assert_ok(sim_advance(c->sim.sim));
        assert_ok(clinic_step(c->clinic));
        if (c->clinic) clinic_take(c);
    }
}

static inline void clinic_stop_case(ClinicCase *c) {
    clinic_destroy(c->clinic);
    case_stop(&c->sim);
    c->clinic = NULL;
}

static inline int lines_of(const ClinicCase *c, const char *kind, const char *code) {
    int count = 0;
    for (int i = 0; i < c->lines; i++)
        count += strcmp(c->line[i].kind, kind) == 0 && (!code || strcmp(c->line[i].code, code) == 0);
    return count;
}

/* The number-th dose or change of this kind, or NULL. */
static inline const DoseRecord *record_of(const ClinicCase *c, DoseKind kind, int number) {
    const DoseRecord *records;
    size_t count = dosing_records(c->sim.dosing, &records);
    for (size_t i = 0; i < count; i++)
        if (records[i].kind == kind && number-- == 0) return &records[i];
    return NULL;
}

/* The latest result of a test at or before this hour; NaN: none. */
static inline double result_at(const ClinicCase *c, LabId test, double time_h) {
    double value = NAN;
    for (int i = 0; i < c->results && c->result[i].time_h <= time_h; i++)
        if (c->result[i].test == test) value = c->result[i].value;
    return value;
}

#endif
