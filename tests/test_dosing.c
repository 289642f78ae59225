/* Dosing: the label's schedule, tables in NONMEM form, what they must refuse, segments and writing back. */
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

#include "dosing/dosing.h"

#define HEADER "ID,TIME,AMT,RATE,EVID,CMT,II,ADDL,SS,MDV\n"
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { SEGMENTS = 400000 };

typedef struct Course {
    DoseSegment *segments;
    size_t count;
    double delivered_mg;
} Course;

static char table_path[] = "/tmp/marrow-dosing-XXXXXX";

static int open_table(void **state) {
    (void)state;
    int file = mkstemp(table_path);
    return file < 0 ? -1 : close(file);
}

static int close_table(void **state) {
    (void)state;
    return unlink(table_path);
}

static Config config_for(const char *regimen, const char *file) {
    Config config;
    memset(&config, 0, sizeof config);
    config.patient.bsa_m2 = 1.84;
    config.dosing.mg_per_m2 = NAN;
    snprintf(config.dosing.regimen, sizeof config.dosing.regimen, "%s", regimen);
    snprintf(config.dosing.file, sizeof config.dosing.file, "%s", file);
    return config;
}

static void table_save(const char *text) {
    FILE *file = fopen(table_path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static Dosing *dosing_of(const Config *config) {
    Dosing *dosing = NULL;
    Status status = dosing_create(&dosing, config);
    if (status != STATUS_OK) print_error("%s\n", status_message());
    assert_int_equal(status, STATUS_OK);
    return dosing;
}

static Dosing *dosing_of_table(const char *text) {
    Config config = config_for("label", table_path);
    table_save(text);
    return dosing_of(&config);
}

static DoseSegment next_segment(Dosing *dosing, double from_h, double until_h, double blasts) {
    DoseSegment segment;
    assert_int_equal(dosing_segment(dosing, from_h, until_h, blasts, &segment), STATUS_OK);
    assert_true(segment.start_h == from_h);
    assert_true(segment.end_h > from_h && segment.end_h <= until_h);
    return segment;
}

/* A number in 0 to 1, the same in every run. */
static double luck(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

/* Walks from 0 to `until_h`, asking for at most `cut_h` (times luck, if given) at once. */
static Course course_walk(Dosing *dosing, double until_h, double cut_h, uint64_t *seed, double blasts) {
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

static void walk_and_forget(Dosing *dosing, double until_h, double blasts) {
    free(course_walk(dosing, until_h, INFINITY, NULL, blasts).segments);
}

static void expect_record(const DoseRecord *record, double time_h, double amount_mg, double rate_mg_per_h,
                          DoseKind kind, const char *note) {
    print_message("    %8g h %8g mg at %g mg/h, kind %d, %s\n", record->time_h, record->amount_mg,
                  record->rate_mg_per_h, (int)record->kind, record->note);
    assert_true(record->time_h == time_h);
    assert_true(fabs(record->amount_mg - amount_mg) <= 1e-12);
    assert_true(fabs(record->rate_mg_per_h - rate_mg_per_h) <= 1e-12);
    assert_int_equal(record->kind, kind);
    assert_string_equal(record->note, note);
}

static const double label_times_h[18] = {0,    168,  336,  504,  672,  840,  1176, 1344, 1512,
                                         1848, 2016, 2184, 2520, 2688, 2856, 3192, 3360, 3528};

static void check_label(double blasts, double first_mg_per_m2) {
    Config config = config_for("label", "");
    Dosing *dosing = dosing_of(&config);
    const DoseRecord *records;
    walk_and_forget(dosing, 6000, blasts);
    assert_int_equal(dosing_records(dosing, &records), 18);
    for (int i = 0; i < 18; i++) {
        double mg_per_m2 = i == 0 ? 0.8 : i % 3 == 0 ? first_mg_per_m2 : 0.5;
        char note[48];
        snprintf(note, sizeof note, "cycle %d day %d", i / 3 + 1, 7 * (i % 3) + 1);
        expect_record(&records[i], label_times_h[i], mg_per_m2 * 1.84, mg_per_m2 * 1.84, DOSE_GIVEN, note);
    }
    dosing_destroy(dosing);
}

static void label_without_response(void **state) {
    (void)state;
    print_message("  label, marrow blasts stay at 60 %%, BSA 1.84: 0.8 0.5 0.5 in all six cycles\n");
    check_label(0.6, 0.8);
}

static void label_with_response(void **state) {
    (void)state;
    print_message("  label, marrow blasts at 1 %%, BSA 1.84: 0.8 only on the first day of all\n");
    check_label(0.01, 0.5);
}

static void label_asks_when_a_cycle_starts(void **state) {
    (void)state;
    print_message("  label: a response in cycle 1, lost in cycle 2; exactly 5 %% is no response\n");
    Config config = config_for("label", "");
    Dosing *dosing = dosing_of(&config);
    const DoseRecord *records;
    for (double now_h = 0; now_h < 1900;) {
        double blasts = now_h < 504 ? 0.9 : now_h < 1000 ? 0.049 : now_h < 1800 ? 0.2 : 0.05;
        now_h = next_segment(dosing, now_h, 2000, blasts).end_h;
    }
    assert_int_equal(dosing_records(dosing, &records), 10);
    expect_record(&records[3], 504, 0.5 * 1.84, 0.5 * 1.84, DOSE_GIVEN, "cycle 2 day 1");
    expect_record(&records[6], 1176, 0.8 * 1.84, 0.8 * 1.84, DOSE_GIVEN, "cycle 3 day 1");
    expect_record(&records[9], 1848, 0.8 * 1.84, 0.8 * 1.84, DOSE_GIVEN, "cycle 4 day 1");
    dosing_destroy(dosing);
}

static void label_amount_overridden(void **state) {
    (void)state;
    print_message("  mg_per_m2 1.2 replaces every amount of the label; 0 gives nothing\n");
    const DoseRecord *records;
    Config config = config_for("label", "");
    config.dosing.mg_per_m2 = 1.2;
    Dosing *dosing = dosing_of(&config);
    walk_and_forget(dosing, 6000, 0.01);
    assert_int_equal(dosing_records(dosing, &records), 18);
    for (int i = 0; i < 18; i++) assert_true(fabs(records[i].amount_mg - 1.2 * 1.84) < 1e-12);
    dosing_destroy(dosing);
    config.dosing.mg_per_m2 = 0;
    dosing = dosing_of(&config);
    walk_and_forget(dosing, 6000, 0.01);
    assert_int_equal(dosing_records(dosing, &records), 0);
    dosing_destroy(dosing);
}

static void no_regimen(void **state) {
    (void)state;
    print_message("  none: one stretch without input, as long as asked\n");
    Config config = config_for("none", "");
    Dosing *dosing = dosing_of(&config);
    DoseSegment segment = next_segment(dosing, 0, 5000, 0.5);
    assert_true(segment.end_h == 5000 && segment.rate_mg_per_h == 0 && segment.bolus_mg == 0);
    dosing_destroy(dosing);
    dosing_destroy(NULL);
}

static void example_table(void **state) {
    (void)state;
    print_message("  a course in mg: days 1, 8, 15 of three cycles by ADDL\n");
    Dosing *dosing = dosing_of_table(HEADER "1,0,1.480,1.480,1,1,0,0,0,1\n"
                                            "1,168,0.925,0.925,1,1,168,1,0,1\n"
                                            "1,504,0.925,0.925,1,1,168,2,0,1\n"
                                            "1,1176,0.925,0.925,1,1,168,2,0,1\n");
    const char *notes[] = {"row 1",        "row 2", "row 2 ADDL 1", "row 3",       "row 3 ADDL 1",
                           "row 3 ADDL 2", "row 4", "row 4 ADDL 1", "row 4 ADDL 2"};
    const DoseRecord *records;
    walk_and_forget(dosing, 3000, 0.5);
    assert_int_equal(dosing_records(dosing, &records), 9);
    for (int i = 0; i < 9; i++)
        expect_record(&records[i], label_times_h[i], i ? 0.925 : 1.48, i ? 0.925 : 1.48, DOSE_GIVEN,
                      notes[i]);
    dosing_destroy(dosing);
}

static void regimen_file(void **state) {
    (void)state;
    const char *path = "configs/regimens/fixed-1.8.csv";
    if (access(path, R_OK) != 0) {
        print_message("  %s is not below the current folder: not checked\n", path);
        skip();
    }
    print_message("  %s is the label without response\n", path);
    Config config = config_for(path, "");
    Dosing *dosing = dosing_of(&config);
    const DoseRecord *records;
    walk_and_forget(dosing, 6000, 0.01);
    assert_int_equal(dosing_records(dosing, &records), 18);
    for (int i = 0; i < 18; i++) {
        double mg = (i % 3 ? 0.5 : 0.8) * 1.84;
        assert_true(records[i].time_h == label_times_h[i]);
        assert_true(records[i].amount_mg == mg && records[i].rate_mg_per_h == mg);
    }
    dosing_destroy(dosing);
}

static void tolerated_forms(void **state) {
    (void)state;
    print_message(
        "  case, CRLF, byte order mark, comments, blanks, '.', no EVID, TINF, DOSEUNIT, no last newline\n");
    Dosing *dosing = dosing_of_table("\xEF\xBB\xBF# a comment, with \"quotes\"\r\n\r\n"
                                     "id, time ,Amt,tinf,DoseUnit,addl\r\n"
                                     "7,0,.,,,\r\n"
                                     " 7 , 1 , 2 , 4 , mg , . \r\n"
                                     "#7,2,1,1,mg,0\n"
                                     "7,2.5e0,1,0.5,MG/M2,0");
    const DoseRecord *records;
    walk_and_forget(dosing, 10, 0.5);
    assert_int_equal(dosing_records(dosing, &records), 3);
    expect_record(&records[0], 0, 0, 0, DOSE_OBSERVATION, "row 1");
    expect_record(&records[1], 1, 2, 0.5, DOSE_GIVEN, "row 2");
    expect_record(&records[2], 2.5, 1.84, 3.68, DOSE_GIVEN, "row 3");
    assert_true(isnan(records[0].observed));
    dosing_destroy(dosing);
}

static void order_at_one_time(void **state) {
    (void)state;
    print_message("  at one time: ADDL doses first, then rows as in the file\n");
    Dosing *dosing =
        dosing_of_table(HEADER "1,0,1,0,1,1,24,2,0,1\n1,0,2,0,1,1,12,2,0,1\n"
                               "1,24,0,0,0,1,0,0,0,0\n1,24,3,0,1,1,0,0,0,1\n1,24,0,0,2,0,0,0,0,1\n");
    const DoseRecord *records;
    walk_and_forget(dosing, 24.5, 0.5);
    assert_int_equal(dosing_records(dosing, &records), 8);
    const char *notes[] = {"row 1",        "row 2", "row 2 ADDL 1", "row 1 ADDL 1",
                           "row 2 ADDL 2", "row 3", "row 4",        "row 5"};
    for (int i = 0; i < 8; i++) assert_string_equal(records[i].note, notes[i]);
    assert_int_equal(records[7].kind, DOSE_OTHER);
    dosing_destroy(dosing);
}

static void overlapping_infusions(void **state) {
    (void)state;
    print_message("  infusions of 0-4 h at 2, 1-3 h at 3, 2-3 h at 0.1 mg/h: 2, 5, 5.1, 2, 0\n");
    Dosing *dosing =
        dosing_of_table(HEADER "1,0,8,2,1,1,0,0,0,1\n1,1,6,3,1,1,0,0,0,1\n1,2,0.1,0.1,1,1,0,0,0,1\n");
    const double rates[] = {2, 5, 5.1, 2, 0}, ends_h[] = {1, 2, 3, 4, 9};
    double now_h = 0;
    for (size_t i = 0; i < COUNT(rates); i++) {
        DoseSegment segment = next_segment(dosing, now_h, 9, 0.5);
        print_message("    to %g h: %.17g mg/h\n", segment.end_h, segment.rate_mg_per_h);
        assert_true(segment.rate_mg_per_h == rates[i] && segment.end_h == ends_h[i]);
        now_h = segment.end_h;
    }
    dosing_destroy(dosing);
}

static void boluses(void **state) {
    (void)state;
    print_message("  boluses at one time add up; an infusion of 1e-12 h is a bolus\n");
    Dosing *dosing =
        dosing_of_table(HEADER "1,1,2,0,1,1,0,0,0,1\n1,1,3,0,1,1,0,0,0,1\n1,1,1,1e12,1,1,0,0,0,1\n");
    const DoseRecord *records;
    assert_true(next_segment(dosing, 0, 5, 0.5).end_h == 1);
    DoseSegment segment = next_segment(dosing, 1, 5, 0.5);
    assert_true(segment.bolus_mg == 6 && segment.rate_mg_per_h == 0 && segment.end_h == 5);
    assert_int_equal(dosing_records(dosing, &records), 3);
    expect_record(&records[2], 1, 1, 0, DOSE_GIVEN, "row 3");
    dosing_destroy(dosing);
}

static void resets(void **state) {
    (void)state;
    print_message(
        "  EVID 3 and 4 stop infusions, take what came before at their time, cancel ADDL still due\n");
    Dosing *dosing = dosing_of_table(HEADER "1,0,10,1,1,1,2,9,0,1\n"
                                            "1,4,5,0,1,1,0,0,0,1\n1,4,0,0,3,1,0,0,0,1\n1,4,7,0,1,1,0,0,0,1\n"
                                            "1,5,6,2,4,1,10,1,0,1\n");
    const DoseRecord *records;
    DoseSegment segment = next_segment(dosing, 0, 99, 0.5);
    segment = next_segment(dosing, 2, 99, 0.5);
    assert_true(segment.rate_mg_per_h == 2 && segment.end_h == 4);
    segment = next_segment(dosing, 4, 99, 0.5);
    assert_true(segment.reset && segment.bolus_mg == 7 && segment.rate_mg_per_h == 0 && segment.end_h == 5);
    segment = next_segment(dosing, 5, 99, 0.5);
    assert_true(segment.reset && segment.bolus_mg == 0 && segment.rate_mg_per_h == 2 && segment.end_h == 8);
    segment = next_segment(dosing, 8, 99, 0.5);
    segment = next_segment(dosing, 15, 99, 0.5);
    assert_true(!segment.reset && segment.rate_mg_per_h == 2);
    assert_int_equal(dosing_records(dosing, &records), 7);
    expect_record(&records[3], 4, 0, 0, DOSE_RESET, "row 3");
    expect_record(&records[5], 5, 6, 2, DOSE_GIVEN, "row 5");
    expect_record(&records[6], 15, 6, 2, DOSE_GIVEN, "row 5 ADDL 1");
    assert_int_equal(records[5].evid, 4);
    assert_int_equal(records[6].evid, 1);
    dosing_destroy(dosing);
}

static void observations(void **state) {
    (void)state;
    print_message("  observations keep DV (MDV 1: none), do not cut a stretch, and wait for their time\n");
    Dosing *dosing = dosing_of_table("ID,TIME,AMT,DV,MDV\n1,1,0,3.5,0\n1,2,0,4.5,1\n1,3,0,.,0\n1,9,0,1,0\n");
    const DoseRecord *records;
    assert_true(next_segment(dosing, 0, 3, 0.5).end_h == 3);
    assert_int_equal(dosing_records(dosing, &records), 2);
    assert_true(next_segment(dosing, 3, 8, 0.5).end_h == 8);
    assert_int_equal(dosing_records(dosing, &records), 3);
    assert_true(records[0].observed == 3.5);
    assert_true(isnan(records[1].observed) && isnan(records[2].observed));
    dosing_destroy(dosing);
}

static void calls_must_advance(void **state) {
    (void)state;
    print_message("  a gap, a step back or an empty stretch is refused\n");
    Config config = config_for("label", "");
    Dosing *dosing = dosing_of(&config);
    DoseSegment segment;
    assert_int_equal(dosing_segment(dosing, 1, 2, 0.5, &segment), STATUS_FAILED);
    assert_int_equal(dosing_segment(dosing, 0, 0, 0.5, &segment), STATUS_FAILED);
    assert_int_equal(dosing_segment(dosing, 0, NAN, 0.5, &segment), STATUS_FAILED);
    next_segment(dosing, 0, 0.5, 0.5);
    assert_int_equal(dosing_segment(dosing, 0, 1, 0.5, &segment), STATUS_FAILED);
    print_message("    %s\n", status_message());
    dosing_destroy(dosing);
}

typedef struct Refusal {
    const char *text;
    int line;
    const char *what;
} Refusal;

#define ROWS(rows) HEADER rows
#define HEADED(header, rows) header "\n" rows

static const Refusal refusals[] = {
    {"", 1, "no rows"},
    {HEADER, 1, "no rows"},
    {"# only a comment\n", 1, "no rows"},
    {HEADED("TIME,AMT,RATE", "0,1,0\n"), 1, "no ID column"},
    {HEADED("# first\nID,AMT,RATE", "1,1,0\n"), 2, "no TIME column"},
    {HEADED("ID,TIME,RATE", "1,0,0\n"), 1, "no AMT column"},
    {HEADED("ID,TIME,AMT", "1,0,0\n1,1,2\n"), 3, "no RATE column"},
    {HEADED("ID,TIME,AMT,RATE,AMT", "1,0,1,1,1\n"), 1, "column AMT is given twice"},
    {HEADED("ID,TIME,AMT,RATE,amt", "1,0,1,1,1\n"), 1, "column amt is given twice"},
    {HEADED("ID,TIME,AMT,DUR,TINF", "1,0,1,1,1\n"), 1, "column TINF is given twice"},
    {HEADED("ID,TIME,AMT,RATE,BSA", "1,0,1,1,1.8\n"), 1,
     "'BSA' is not known: covariate columns are not supported"},
    {HEADED("ID,TIME,AMT,RATE,", "1,0,1,1,\n"), 1, "column '' is not known"},
    {HEADED("ID;TIME;AMT;RATE", "1;0;1;1\n"), 1, "column 'ID;TIME;AMT;RATE' is not known"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,\"1\",1\n"), 2, "quoted fields"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,1\n"), 2, "3 fields, but the header names 4"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,1,1,\n"), 2, "5 fields, but the header names 4"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,1,1\n\n1,1 0,1,1\n"), 4, "TIME '1 0' is not a finite decimal number"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,1x,1\n"), 2, "AMT '1x' is not"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,0x10,1\n"), 2, "AMT '0x10' is not"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,nan,1\n"), 2, "AMT 'nan' is not"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,1,inf\n"), 2, "RATE 'inf' is not"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,1e999,1\n"), 2, "AMT '1e999' is not"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,-,1\n"), 2, "AMT '-' is not"},
    {HEADED("ID,TIME,AMT,RATE", "1,08:30,1,1\n"), 2, "TIME '08:30' is a clock time"},
    {ROWS("1,0,1,1,1,1,12:00,1,0,1\n"), 2, "II '12:00' is a clock time"},
    {HEADED("ID,TIME,AMT,RATE", "1,0,1,1\001\n"), 2, "byte 1 is not text"},
    {HEADED("ID,TIME,AMT,RATE\r1,0,1,1\r", ""), 1, "byte 13 is not text"},
    {ROWS("1,0,1,1,1,1,0,0,0,1\n2,1,1,1,1,1,0,0,0,1\n"), 3, "several IDs are not supported"},
    {ROWS("1,-1,1,1,1,1,0,0,0,1\n"), 2, "TIME -1 is negative"},
    {ROWS("1,5,1,1,1,1,0,0,0,1\n1,4,1,1,1,1,0,0,0,1\n"), 3, "TIME 4 after 5: time must not go back"},
    {ROWS("1,5,1,1,1,1,0,0,0,1\n1,0,0,0,3,1,0,0,0,1\n"), 3, "restart at EVID 3 or 4 is not supported"},
    {ROWS("1,0,-1,0,1,1,0,0,0,1\n"), 2, "AMT -1 is negative"},
    {ROWS("1,0,1,-1,1,1,0,0,0,1\n"), 2, "RATE -1 (rate or length from the model) is not supported"},
    {ROWS("1,0,1,-2,1,1,0,0,0,1\n"), 2, "RATE -2 (rate or length from the model) is not supported"},
    {ROWS("1,0,1,-3,1,1,0,0,0,1\n"), 2, "RATE -3 is negative"},
    {ROWS("1,0,0,1,1,1,0,0,0,1\n"), 2, "RATE 1 with AMT 0"},
    {HEADED("ID,TIME,AMT,DUR", "1,0,0,2\n"), 2, "DUR 2 with AMT 0"},
    {HEADED("ID,TIME,AMT,DUR", "1,0,1,-2\n"), 2, "DUR -2 is negative"},
    {HEADED("ID,TIME,AMT,DUR,RATE", "1,0,1,2,3\n"), 2, "RATE and DUR are both given"},
    {ROWS("1,0,1,1e-9,1,1,0,0,0,1\n"), 2, "longer than any run"},
    {ROWS("1,0,1,0,1,1,0,2,0,1\n"), 2, "ADDL 2 with II 0"},
    {ROWS("1,0,1,0,1,1,-24,2,0,1\n"), 2, "II -24 is negative"},
    {ROWS("1,0,1,0,1,1,24,0,0,1\n"), 2, "II 24 without ADDL"},
    {ROWS("1,0,1,0,1,1,24,-1,0,1\n"), 2, "ADDL -1: a negative number"},
    {ROWS("1,0,1,0,1,1,24,1.5,0,1\n"), 2, "ADDL 1.5 is not a whole number"},
    {ROWS("1,0,1,0,1,1,24,1e9,0,1\n"), 2, "makes more than 1000000 doses"},
    {ROWS("1,0,1,0,1,1,1,600000,0,1\n1,0,1,0,1,1,1,600000,0,1\n"), 2, "more than 1000000 doses and rows"},
    {ROWS("1,0,1,0,1,1,24,1,1,1\n"), 2, "SS 1 is not supported"},
    {ROWS("1,0,1,0,1,1,24,1,2,1\n"), 2, "SS 2 is not supported"},
    {ROWS("1,0,1,0,0,1,0,0,0,1\n"), 2, "EVID 0 is not a dose, but AMT is 1"},
    {ROWS("1,0,1,1,2,1,0,0,0,1\n"), 2, "EVID 2 is not a dose, but AMT is 1"},
    {ROWS("1,0,0,0,3,1,24,1,0,1\n"), 2, "EVID 3 is not a dose, but II is 24"},
    {ROWS("1,0,0,0,1,1,0,0,0,1\n"), 2, "EVID 1 with AMT 0"},
    {ROWS("1,0,0,0,4,1,0,0,0,1\n"), 2, "EVID 4 with AMT 0"},
    {ROWS("1,0,1,0,5,1,0,0,0,1\n"), 2,
     "EVID 5 is not supported (replacing the amount is 8 in mrgsolve, 5 in rxode2"},
    {ROWS("1,0,1,0,8,1,0,0,0,1\n"), 2, "EVID 8 is not supported"},
    {ROWS("1,0,1,0,1.5,1,0,0,0,1\n"), 2, "EVID 1.5 is not supported"},
    {ROWS("1,0,1,0,-1,1,0,0,0,1\n"), 2, "EVID -1 is not supported"},
    {ROWS("1,0,1,0,1,2,0,0,0,1\n"), 2, "CMT 2 is not supported"},
    {ROWS("1,0,0,0,2,-1,0,0,0,1\n"), 2, "CMT -1 is not supported"},
    {ROWS("1,0,1,0,1,1,0,0,0,2\n"), 2, "MDV 2 is neither 0 nor 1"},
    {HEADED("ID,TIME,AMT,RATE,DOSEUNIT", "1,0,1,1,ug\n"), 2, "DOSEUNIT 'ug' is not known"},
};

static void expect_refused(const Config *config, const char *place, const char *what) {
    Dosing *dosing = (Dosing *)&dosing;
    assert_int_equal(dosing_create(&dosing, config), STATUS_BAD_INPUT);
    assert_null(dosing);
    print_message("    %s\n", status_message());
    assert_int_equal(strncmp(status_message(), place, strlen(place)), 0);
    assert_non_null(strstr(status_message(), what));
    assert_null(strchr(status_message(), '\n'));
}

static void bad_tables(void **state) {
    (void)state;
    print_message("  %zu bad tables, each refused at its line:\n", COUNT(refusals));
    Config config = config_for("none", table_path);
    for (size_t i = 0; i < COUNT(refusals); i++) {
        char place[64];
        snprintf(place, sizeof place, "%s:%d: ", table_path, refusals[i].line);
        table_save(refusals[i].text);
        expect_refused(&config, place, refusals[i].what);
    }
}

static void bad_files(void **state) {
    (void)state;
    print_message(
        "  files that are missing, not files, too large; unknown regimens; an amount beside a table\n");
    Config config = config_for("none", "/nonexistent/doses.csv");
    expect_refused(&config, "/nonexistent/doses.csv: ", "cannot be opened");
    config = config_for("none", "/");
    expect_refused(&config, "/: ", "cannot be read");
    config = config_for("none", table_path);
    assert_int_equal(truncate(table_path, (16 << 20) + 1), 0);
    expect_refused(&config, table_path, "larger than 16 MiB");
    config = config_for("weekly", "");
    expect_refused(&config, "dosing.regimen: ", "'weekly' is not known");
    config = config_for("none", table_path);
    config.dosing.mg_per_m2 = 1;
    expect_refused(&config, "dosing.mg_per_m2: ", "changes the label regimen only");
}

/* A table of luck: infusions, boluses, series and observations; with resets if asked. */
static void table_of_luck(uint64_t *seed, bool with_resets) {
    FILE *file = fopen(table_path, "wb");
    assert_non_null(file);
    fputs("ID,TIME,AMT,RATE,EVID,CMT,II,ADDL,DV\n", file);
    double time_h = 0;
    for (int i = 0; i < 60; i++) {
        double pick = luck(seed), amount_mg = 0.1 + luck(seed);
        if (luck(seed) < 0.7) time_h += 5 * luck(seed);
        if (pick < 0.5)
            fprintf(file, "1,%.17g,%.17g,%.17g,1,1,0,0,.\n", time_h, amount_mg, luck(seed) + 0.01);
        else if (pick < 0.6)
            fprintf(file, "1,%.17g,%.17g,0,1,1,0,0,.\n", time_h, amount_mg);
        else if (pick < 0.8)
            fprintf(file, "1,%.17g,1,0.3,1,1,%.17g,5,.\n", time_h, 0.1 + 9 * luck(seed));
        else if (pick < 0.9 || !with_resets)
            fprintf(file, "1,%.17g,0,0,0,1,0,0,%.17g\n", time_h, luck(seed));
        else if (pick < 0.95)
            fprintf(file, "1,%.17g,0,0,3,1,0,0,.\n", time_h);
        else
            fprintf(file, "1,%.17g,2,1,4,1,3,4,.\n", time_h);
    }
    assert_int_equal(fclose(file), 0);
}

static double given_mg(const Dosing *dosing) {
    const DoseRecord *records;
    size_t count = dosing_records(dosing, &records);
    double sum_mg = 0;
    for (size_t i = 0; i < count; i++) sum_mg += records[i].amount_mg;
    return sum_mg;
}

static void any_cut_delivers_the_same(void **state) {
    (void)state;
    double worst = 0;
    uint64_t seed = 1;
    for (int i = 0; i < 40; i++) {
        bool with_resets = i % 2;
        table_of_luck(&seed, with_resets);
        Config config = config_for("none", table_path);
        Dosing *whole = dosing_of(&config), *cut = dosing_of(&config);
        Course once = course_walk(whole, 1000, INFINITY, NULL, 0.5);
        Course often = course_walk(cut, 1000, 3, &seed, 0.5);
        double expected_mg = with_resets ? once.delivered_mg : given_mg(whole);
        worst = fmax(worst, fabs(once.delivered_mg / expected_mg - 1));
        worst = fmax(worst, fabs(often.delivered_mg / expected_mg - 1));
        assert_true(once.segments[once.count - 1].rate_mg_per_h == 0);
        free(once.segments);
        free(often.segments);
        dosing_destroy(whole);
        dosing_destroy(cut);
    }
    print_message("  40 tables of luck, whole and cut at random: total mg differs by at most %.1e\n", worst);
    assert_true(worst < 1e-12);
}

static void many_infusions(void **state) {
    (void)state;
    Dosing *dosing = dosing_of_table("ID,TIME,AMT,DUR,II,ADDL\n1,0,0.1,100,0.01,99999\n");
    Course course = course_walk(dosing, 2000, INFINITY, NULL, 0.5);
    print_message("  100000 infusions, 10000 at once: %zu stretches, %.12g mg, %g mg/h at the end\n",
                  course.count, course.delivered_mg, course.segments[course.count - 1].rate_mg_per_h);
    assert_true(fabs(course.delivered_mg / 10000 - 1) < 1e-11);
    assert_true(course.segments[course.count - 1].rate_mg_per_h == 0);
    free(course.segments);
    dosing_destroy(dosing);
}

static void write_table(const Dosing *dosing) {
    FILE *file = fopen(table_path, "wb");
    assert_non_null(file);
    assert_int_equal(dosing_write(dosing, file), STATUS_OK);
    assert_int_equal(fclose(file), 0);
}

static void expect_same(Dosing *first, const Course *was) {
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

static void check_round_trip(const Config *config) {
    Dosing *dosing = dosing_of(config);
    Course course = course_walk(dosing, 4000, INFINITY, NULL, 0.03);
    write_table(dosing);
    expect_same(dosing, &course);
    free(course.segments);
    dosing_destroy(dosing);
}

/* Where a dose falls with a window of two days. */
static void window_walk(uint64_t seed, double time_h[18]) {
    const DoseRecord *records;
    Config config = config_for("label", "");
    config.dosing.window_d = 2;
    config.simulation.seed = (int64_t)seed;
    Dosing *dosing = dosing_of(&config);
    walk_and_forget(dosing, 4000, 0.5);
    size_t count = dosing_records(dosing, &records);
    assert_int_equal(count, 18);
    for (size_t i = 0; i < count; i++) time_h[i] = records[i].time_h;
    dosing_destroy(dosing);
}

/* Within two days, six days apart, whole days, by the seed alone; most of them on the day. */
static void window_of_two_days(void **state) {
    (void)state;
    int on_time = 0, early = 0, late = 0, differ = 0;
    double before[18] = {0}, time_h[18], again[18];
    for (uint64_t seed = 1; seed <= 200; seed++) {
        window_walk(seed, time_h);
        window_walk(seed, again);
        assert_memory_equal(time_h, again, sizeof time_h);
        assert_true(time_h[0] == 0);
        for (int i = 1; i < 18; i++) {
            double off = time_h[i] - label_times_h[i];
            assert_true(fabs(off) <= 48 && fmod(off, 24) == 0 && time_h[i] - time_h[i - 1] >= 144);
            on_time += off == 0, early += off<0, late += off> 0;
        }
        differ += memcmp(before, time_h, sizeof before) != 0;
        memcpy(before, time_h, sizeof before);
    }
    print_message("  200 courses: %d doses on the day, %d early, %d late\n", on_time, early, late);
    assert_int_equal(differ, 200);
    assert_true(on_time > 2000 && on_time < 2600 && early > 300 && late > 300);
    Config config = config_for("label", "");
    config.dosing.window_d = 2;
    config.simulation.seed = 3;
    check_round_trip(&config);
    config = config_for("configs/regimens/single.csv", "");
    config.dosing.window_d = 1;
    expect_refused(&config, "dosing.window_d", "moves doses of the label regimen only");
}

static void realised_reads_back(void **state) {
    (void)state;
    print_message(
        "  realised dosing read back gives the same stretches, bit for bit: label, 40 tables of luck\n");
    uint64_t seed = 7;
    Config config = config_for("label", "");
    check_round_trip(&config);
    config = config_for("none", table_path);
    for (int i = 0; i < 40; i++) {
        table_of_luck(&seed, true);
        check_round_trip(&config);
    }
}

static void expect_written(const char *expected) {
    char text[512] = "";
    FILE *file = fopen(table_path, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    print_message("%s", text);
    assert_string_equal(text, expected);
}

static void realised_is_what_happened(void **state) {
    (void)state;
    print_message("  realised dosing holds what has happened, an untreated run a row that does nothing\n");
    Config config = config_for("label", "");
    Dosing *dosing = dosing_of(&config);
    write_table(dosing);
    expect_written("ID,TIME,AMT,RATE,EVID,CMT,II,ADDL\n1,0,0,0,2,1,0,0\n");
    Config nothing = config_for("none", table_path);
    Dosing *untreated = dosing_of(&nothing);
    walk_and_forget(untreated, 100, 0.5);
    write_table(untreated);
    expect_written("ID,TIME,AMT,RATE,EVID,CMT,II,ADDL\n1,0,0,0,2,1,0,0\n");
    dosing_destroy(untreated);
    walk_and_forget(dosing, 168.5, 0.5);
    write_table(dosing);
    expect_written("ID,TIME,AMT,RATE,EVID,CMT,II,ADDL\n1,0,1.4720000000000002,1.4720000000000002,1,1,0,0\n"
                   "1,168,0.92,0.92,1,1,0,0\n");
    dosing_destroy(dosing);
}

static void realised_on_a_full_disk(void **state) {
    (void)state;
    print_message("  a table that cannot be written is a failure\n");
    FILE *full = fopen("/dev/full", "wb");
    if (!full) skip();
    Config config = config_for("label", "");
    Dosing *dosing = dosing_of(&config);
    assert_int_equal(dosing_write(dosing, full), STATUS_FAILED);
    fclose(full);
    dosing_destroy(dosing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(label_without_response),
        cmocka_unit_test(label_with_response),
        cmocka_unit_test(label_asks_when_a_cycle_starts),
        cmocka_unit_test(label_amount_overridden),
        cmocka_unit_test(no_regimen),
        cmocka_unit_test(example_table),
        cmocka_unit_test(regimen_file),
        cmocka_unit_test(tolerated_forms),
        cmocka_unit_test(order_at_one_time),
        cmocka_unit_test(overlapping_infusions),
        cmocka_unit_test(boluses),
        cmocka_unit_test(resets),
        cmocka_unit_test(observations),
        cmocka_unit_test(calls_must_advance),
        cmocka_unit_test(bad_tables),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(any_cut_delivers_the_same),
        cmocka_unit_test(many_infusions),
        cmocka_unit_test(realised_reads_back),
        cmocka_unit_test(window_of_two_days),
        cmocka_unit_test(realised_is_what_happened),
        cmocka_unit_test(realised_on_a_full_disk),
    };
    return cmocka_run_group_tests_name("dosing", tests, open_table, close_table);
}
