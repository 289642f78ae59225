/* Dosing: what tables, files and callers must not do. */
#include "dosing_case.h"

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

static void bad_tables(void **state) {
    (void)state;
    print_message("  %zu bad tables, each refused at its line:\n", COUNT(refusals));
    Config config = config_for("none", table_path);
    for (size_t i = 0; i < COUNT(refusals); i++) {
        char place[CONFIG_TEXT + 16];
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_must_advance),
        cmocka_unit_test(bad_tables),
        cmocka_unit_test(bad_files),
    };
    return cmocka_run_group_tests_name("dosing refused", tests, open_table, close_table);
}
