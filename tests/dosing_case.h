/* Courses of doses for tests: a table in a file of its own, walked as the simulation does. */
#ifndef MARROW_DOSING_CASE_H
#define MARROW_DOSING_CASE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <cmocka.h>

#include "dosing/dosing.h"

#define HEADER "ID,TIME,AMT,RATE,EVID,CMT,II,ADDL,SS,MDV\n"
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { SEGMENTS = 400000 };

typedef struct Course {
    DoseSegment *segments;
    size_t count;
    double delivered_mg;
} Course;

static char table_path[CONFIG_TEXT];

static inline int open_table(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    snprintf(table_path, sizeof table_path, "%s/marrow-dosing-XXXXXX", folder && folder[0] ? folder : "/tmp");
    int file = mkstemp(table_path);
    return file < 0 ? -1 : close(file);
}

static inline int close_table(void **state) {
    (void)state;
    return unlink(table_path);
}

static inline Config config_for(const char *regimen, const char *file) {
    Config config;
    memset(&config, 0, sizeof config);
    config.patient.bsa_m2 = 1.84;
    config.dosing.mg_per_m2 = NAN;
    snprintf(config.dosing.regimen, sizeof config.dosing.regimen, "%s", regimen);
    snprintf(config.dosing.file, sizeof config.dosing.file, "%s", file);
    return config;
}

static inline void table_save(const char *text) {
    FILE *file = fopen(table_path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline Dosing *dosing_of(const Config *config) {
    Dosing *dosing = NULL;
    Status status = dosing_create(&dosing, config);
    if (status != STATUS_OK) print_error("%s\n", status_message());
    assert_int_equal(status, STATUS_OK);
    return dosing;
}

static inline Dosing *dosing_of_table(const char *text) {
    Config config = config_for("label", table_path);
    table_save(text);
    return dosing_of(&config);
}

static inline DoseSegment next_segment(Dosing *dosing, double from_h, double until_h, double blasts) {
    DoseSegment segment;
    assert_int_equal(dosing_segment(dosing, from_h, until_h, blasts, &segment), STATUS_OK);
    assert_true(segment.start_h == from_h);
    assert_true(segment.end_h > from_h && segment.end_h <= until_h);
    return segment;
}

/* A number in 0 to 1, the same in every run. */
static inline double luck(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

/* Walks from 0 to `until_h`, asking for at most `cut_h` (times luck, if given) at once. */
static inline Course course_walk(Dosing *dosing, double until_h, double cut_h, uint64_t *seed,
                                 double blasts) {
    Course course = {.segments = calloc(SEGMENTS, sizeof(DoseSegment))};
    assert_non_null(course.segments);
    for (double now_h = 0; now_h < until_h;) {
        double ask_h = fmin(until_h, now_h + cut_h * (seed ? 0.001 + luck(seed) : 1));
        DoseSegment segment = next_segment(dosing, now_h, ask_h, blasts);
        assert_true(course.count < SEGMENTS);
        course.segments[course.count++] = segment;
        course.delivered_mg += segment.bolus_mg + segment.rate_mg_per_h * (segment.end_h - segment.start_h);
        now_h = segment.end_h;
    }
    return course;
}

static inline void walk_and_forget(Dosing *dosing, double until_h, double blasts) {
    free(course_walk(dosing, until_h, INFINITY, NULL, blasts).segments);
}

static inline void expect_record(const DoseRecord *record, double time_h, double amount_mg,
                                 double rate_mg_per_h, DoseKind kind, const char *note) {
    print_message("    %8g h %8g mg at %g mg/h, kind %d, %s\n", record->time_h, record->amount_mg,
                  record->rate_mg_per_h, (int)record->kind, record->note);
    assert_true(record->time_h == time_h);
    assert_true(fabs(record->amount_mg - amount_mg) <= 1e-12);
    assert_true(fabs(record->rate_mg_per_h - rate_mg_per_h) <= 1e-12);
    assert_int_equal(record->kind, kind);
    assert_string_equal(record->note, note);
}

static inline void expect_refused(const Config *config, const char *place, const char *what) {
    Dosing *dosing = (Dosing *)&dosing;
    assert_int_equal(dosing_create(&dosing, config), STATUS_BAD_INPUT);
    assert_null(dosing);
    print_message("    %s\n", status_message());
    assert_int_equal(strncmp(status_message(), place, strlen(place)), 0);
    assert_non_null(strstr(status_message(), what));
    assert_null(strchr(status_message(), '\n'));
}

static inline void write_table(const Dosing *dosing) {
    FILE *file = fopen(table_path, "wb");
    assert_non_null(file);
    assert_int_equal(dosing_write(dosing, file), STATUS_OK);
    assert_int_equal(fclose(file), 0);
}

static inline void expect_same(Dosing *first, const Course *was) {
    Config config = config_for("none", table_path);
    Dosing *second = dosing_of(&config);
    Course is = course_walk(second, 4000, INFINITY, NULL, 0.5);
    const DoseRecord *a, *b;
    size_t count = dosing_records(first, &a);
    assert_int_equal(is.count, was->count);
    assert_int_equal(dosing_records(second, &b), count);
    for (size_t i = 0; i < is.count; i++) {
        const DoseSegment *s = &was->segments[i], *t = &is.segments[i];
        assert_true(s->start_h == t->start_h && s->end_h == t->end_h && s->reset == t->reset);
        assert_true(s->bolus_mg == t->bolus_mg && s->rate_mg_per_h == t->rate_mg_per_h);
    }
    for (size_t i = 0; i < count; i++) {
        assert_true(a[i].time_h == b[i].time_h && a[i].amount_mg == b[i].amount_mg);
        assert_true(a[i].rate_mg_per_h == b[i].rate_mg_per_h && a[i].kind == b[i].kind &&
                    a[i].evid == b[i].evid);
        assert_true(a[i].observed == b[i].observed || (isnan(a[i].observed) && isnan(b[i].observed)));
    }
    free(is.segments);
    dosing_destroy(second);
}

static inline void check_round_trip(const Config *config) {
    Dosing *dosing = dosing_of(config);
    Course course = course_walk(dosing, 4000, INFINITY, NULL, 0.03);
    write_table(dosing);
    expect_same(dosing, &course);
    free(course.segments);
    dosing_destroy(dosing);
}

#endif
