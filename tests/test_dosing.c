/* Dosing: the label's schedule and its window, tables in NONMEM form, what happens at one time. */
#include "dosing_case.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(label_without_response),
        cmocka_unit_test(label_with_response),
        cmocka_unit_test(label_asks_when_a_cycle_starts),
        cmocka_unit_test(label_amount_overridden),
        cmocka_unit_test(window_of_two_days),
        cmocka_unit_test(no_regimen),
        cmocka_unit_test(example_table),
        cmocka_unit_test(regimen_file),
        cmocka_unit_test(tolerated_forms),
        cmocka_unit_test(order_at_one_time),
        cmocka_unit_test(overlapping_infusions),
        cmocka_unit_test(boluses),
        cmocka_unit_test(resets),
        cmocka_unit_test(observations),
    };
    return cmocka_run_group_tests_name("dosing", tests, open_table, close_table);
}
