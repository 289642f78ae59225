/* A whole patient on the cpu backend: a config file, settings over it, and someone who watches every row. */
#ifndef MARROW_TEST_PATIENT_CASE_H
#define MARROW_TEST_PATIENT_CASE_H

#include "sim_case.h"

#include <math.h>

static Backend patient_backend;

static inline int patient_backend_open(void **state) {
    (void)state;
    open_cpu(&patient_backend, 2, "");
    return 0;
}

static inline int patient_backend_close(void **state) {
    (void)state;
    backend_close(&patient_backend);
    return 0;
}

/* Assignments as after --set, with blanks between them. */
static inline void patient_set(Config *config, const char *settings) {
    char words[1024], *rest;
    assert_true(strlen(settings) < sizeof words);
    snprintf(words, sizeof words, "%s", settings);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        assert_ok(config_set(config, word));
}

/* The patient of configs/NAME.yaml, with settings. */
static inline Config patient(const char *name, const char *settings) {
    Config config;
    char path[64];
    snprintf(path, sizeof path, "configs/%s.yaml", name);
    config_default(&config);
    assert_ok(config_load(&config, path));
    patient_set(&config, settings);
    return config;
}

/* Gets every row; returns whether to go on. */
typedef bool PatientWatch(const Observation *row, void *user);

/* Runs to the end, or until the watcher has seen enough. Fails with the simulation's own words. */
static inline void patient_run(const Config *config, PatientWatch *watch, void *user) {
    SimCase c = {0};
    case_start(&c, config, &patient_backend);
    bool more = true;
    while (more) {
        if (sim_output_due(c.sim)) {
            Observation row = case_observe(&c);
            more = watch(&row, user);
        }
        more = more && !sim_done(c.sim);
        if (more) assert_ok(sim_advance(c.sim));
    }
    case_stop(&c);
}

static inline bool patient_keep_last(const Observation *row, void *last) {
    *(Observation *)last = *row;
    return true;
}

/* The last row of a run. */
static inline Observation patient_end(const Config *config) {
    Observation last;
    patient_run(config, patient_keep_last, &last);
    return last;
}

/* How many decades of the blasts are gone. */
static inline double log_kill(const Observation *row) {
    return log10((double)row->blasts_initial_cells /
                 (double)(row->blasts_marrow_cells + row->blasts_blood_cells));
}

static inline void check_between(const char *what, double value, double reference, double least,
                                 double most) {
    print_message("  %-36s %10.5g   reference %-8.5g (%g to %g)\n", what, value, reference, least, most);
    assert_true(value >= least && value <= most);
}

#endif
