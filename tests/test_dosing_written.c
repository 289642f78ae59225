/* Dosing: any cut of the time delivers the same, and what was given is written as a table that gives it
 * again. */
#include "dosing_case.h"

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
        cmocka_unit_test(any_cut_delivers_the_same), cmocka_unit_test(many_infusions),
        cmocka_unit_test(realised_reads_back),       cmocka_unit_test(realised_is_what_happened),
        cmocka_unit_test(realised_on_a_full_disk),
    };
    return cmocka_run_group_tests_name("dosing written", tests, open_table, close_table);
}
