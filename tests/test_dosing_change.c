/* Changes of the coming doses: what they do, what they leave in the records, and that the realised doses
 * alone give the same run. */
#include "dosing_case.h"

#include "dosing/dosing_change.h"

enum { LUCKY_COURSES = 300 };

static const DosingReason because = {"test-rule", "bilirubin 2.1 > 1.5 ULN"};
static const double bsa_m2 = 1.84;

static Dosing *dosing_by(const char *regimen, const char *file) {
    const Config config = config_for(regimen, file);
    return dosing_of(&config);
}

static void ok(Status status) {
    if (status != STATUS_OK) print_error("%s\n", status_message());
    assert_int_equal(status, STATUS_OK);
}

/* --- walking, interval by interval as a simulation does --- */

typedef struct Walk {
    DoseSegment *segments;
    size_t count;
    double now_h;
    int step; /* intervals so far: they end at multiples, whatever happens in them */
} Walk;

/* The interval's stretches. */
static void walk_step(Walk *walk, Dosing *dosing, double interval_h, double blasts) {
    if (!walk->segments) walk->segments = calloc(SEGMENTS, sizeof *walk->segments);
    assert_non_null(walk->segments);
    for (double end_h = ++walk->step * interval_h; walk->now_h < end_h;) {
        assert_true(walk->count < SEGMENTS);
        DoseSegment *segment = &walk->segments[walk->count++];
        ok(dosing_segment(dosing, walk->now_h, end_h, blasts, segment));
        walk->now_h = segment->end_h;
    }
}

static void walk_to(Walk *walk, Dosing *dosing, double until_h, double interval_h, double blasts) {
    while (walk->now_h < until_h) walk_step(walk, dosing, interval_h, blasts);
}

static void go(Dosing *dosing, Walk *walk, double until_h) {
    walk_to(walk, dosing, until_h, 2, 0.6);
}

static void expect_same_walks(const Walk *a, const Walk *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const DoseSegment *s = &a->segments[i], *t = &b->segments[i];
        bool same = s->start_h == t->start_h && s->end_h == t->end_h && s->reset == t->reset &&
                    s->bolus_mg == t->bolus_mg && s->rate_mg_per_h == t->rate_mg_per_h;
        if (!same)
            print_error("segment %zu: %.17g-%.17g h at %.17g mg/h, read back %.17g-%.17g h at %.17g mg/h\n",
                        i, s->start_h, s->end_h, s->rate_mg_per_h, t->start_h, t->end_h, t->rate_mg_per_h);
        assert_true(same);
    }
}

/* The realised table gives the same stretches, bit for bit, when it is walked by itself. */
static void expect_read_back(const Dosing *dosing, const Walk *walk, double interval_h) {
    FILE *file = fopen(table_path, "wb");
    assert_non_null(file);
    ok(dosing_write(dosing, file));
    assert_int_equal(fclose(file), 0);
    Dosing *again = dosing_by("label", table_path);
    Walk other = {0};
    walk_to(&other, again, walk->now_h, interval_h, 0.6);
    expect_same_walks(walk, &other);
    free(other.segments);
    dosing_destroy(again);
}

/* --- what was given and what was changed --- */

static size_t doses_of(const Dosing *dosing, double times_h[], double mg[], size_t room) {
    const DoseRecord *records;
    size_t count = dosing_records(dosing, &records), doses = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0) assert_true(records[i].time_h >= records[i - 1].time_h);
        if (records[i].kind != DOSE_GIVEN) continue;
        assert_true(doses < room);
        times_h[doses] = records[i].time_h;
        mg[doses++] = records[i].amount_mg;
    }
    return doses;
}

typedef struct Given {
    double time_h, mg_per_m2;
} Given;

static void expect_given(const Dosing *dosing, const Given *given, size_t count) {
    double times_h[64], mg[64];
    size_t doses = doses_of(dosing, times_h, mg, 64);
    for (size_t i = 0; i < doses; i++) print_message("    %g h %g mg/m2\n", times_h[i], mg[i] / bsa_m2);
    assert_int_equal(doses, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(times_h[i] == given[i].time_h);
        assert_true(fabs(mg[i] / bsa_m2 - given[i].mg_per_m2) < 1e-12);
    }
}

static void expect_change(const Dosing *dosing, DoseKind kind, double time_h, double value) {
    const DoseRecord *records;
    size_t count = dosing_records(dosing, &records), i = 0;
    while (i < count && records[i].kind != kind) i++;
    assert_true(i < count);
    assert_true(records[i].time_h == time_h);
    assert_true(isnan(value) ? isnan(records[i].observed) : fabs(records[i].observed - value) < 1e-12);
    assert_string_equal(records[i].code, because.code);
    assert_string_equal(records[i].note, because.detail);
}

static void finish(Dosing *dosing, Walk *walk, double interval_h) {
    expect_read_back(dosing, walk, interval_h);
    free(walk->segments);
    dosing_destroy(dosing);
}

static void added(void **state) {
    (void)state;
    print_message("  0.5 mg/m2 asked for at day 3, at once and for day 10: given beside the label's\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    go(dosing, &walk, 72);
    ok(dosing_add(dosing, 72, 0.5 * bsa_m2, 0.5 * bsa_m2, because));
    ok(dosing_add(dosing, 240, 0.3 * bsa_m2, 0, because));
    go(dosing, &walk, 400);
    const Given given[] = {{0, 0.8}, {72, 0.5}, {168, 0.5}, {240, 0.3}, {336, 0.5}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_ASKED, 72, 0.5 * bsa_m2);
    finish(dosing, &walk, 2);
}

static void skipped(void **state) {
    (void)state;
    print_message("  day 8 omitted, then day 1 of cycle 2 before that cycle is planned\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    go(dosing, &walk, 24);
    ok(dosing_skip(dosing, because));
    go(dosing, &walk, 400);
    ok(dosing_skip(dosing, because));
    go(dosing, &walk, 900);
    const Given given[] = {{0, 0.8}, {336, 0.5}, {672, 0.5}, {840, 0.5}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_OMITTED, 24, 0.5 * bsa_m2);
    finish(dosing, &walk, 2);
}

static void skipped_cycle(void **state) {
    (void)state;
    print_message(
        "  all three doses of cycle 2 omitted before it starts: cycle 3 comes when it would have\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    go(dosing, &walk, 400);
    for (int i = 0; i < 3; i++) ok(dosing_skip(dosing, because));
    go(dosing, &walk, 1200);
    const Given given[] = {{0, 0.8}, {168, 0.5}, {336, 0.5}, {1176, 0.8}};
    expect_given(dosing, given, COUNT(given));
    finish(dosing, &walk, 2);
}

static void held_for_hours(void **state) {
    (void)state;
    print_message("  held for 60 h on day 2: day 8 and everything after 60 h later, cycle 2 with it\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    go(dosing, &walk, 24);
    ok(dosing_hold(dosing, 60, because));
    go(dosing, &walk, 700);
    const Given given[] = {{0, 0.8}, {228, 0.5}, {396, 0.5}, {564, 0.8}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_HELD, 24, 60);
    finish(dosing, &walk, 2);
}

static void held_until_released(void **state) {
    (void)state;
    print_message(
        "  held from day 7 to day 17: day 8 is given on release, 9 days late, as is all that follows\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    DosingView view;
    go(dosing, &walk, 150);
    ok(dosing_hold(dosing, INFINITY, because));
    go(dosing, &walk, 384);
    dosing_view(dosing, 0.6, &view);
    assert_true(view.held_since_h == 150 && view.next_h == 168 && view.given == 1 && view.coming);
    ok(dosing_release(dosing, because));
    go(dosing, &walk, 1000);
    const Given given[] = {{0, 0.8}, {384, 0.5}, {552, 0.5}, {720, 0.8}, {888, 0.5}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_HELD, 150, NAN);
    expect_change(dosing, DOSE_RESUMED, 384, 234);
    finish(dosing, &walk, 2);
}

static void released_in_time(void **state) {
    (void)state;
    print_message("  held and released before a dose was due: nothing moves\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    go(dosing, &walk, 24);
    ok(dosing_hold(dosing, INFINITY, because));
    go(dosing, &walk, 72);
    ok(dosing_release(dosing, because));
    go(dosing, &walk, 200);
    const Given given[] = {{0, 0.8}, {168, 0.5}};
    expect_given(dosing, given, COUNT(given));
    finish(dosing, &walk, 2);
}

static void held_before_a_cycle(void **state) {
    (void)state;
    print_message(
        "  held over the start of cycle 2: response is asked when it starts (day 30, 1 %% blasts)\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    walk_to(&walk, dosing, 480, 2, 0.6);
    ok(dosing_hold(dosing, INFINITY, because));
    walk_to(&walk, dosing, 720, 2, 0.6);
    ok(dosing_release(dosing, because));
    walk_to(&walk, dosing, 800, 2, 0.01);
    const Given given[] = {{0, 0.8}, {168, 0.5}, {336, 0.5}, {720, 0.5}};
    expect_given(dosing, given, COUNT(given));
    finish(dosing, &walk, 2);
}

static void reduced(void **state) {
    (void)state;
    print_message(
        "  reduced by a quarter on day 2, then cycles of two doses: 0.375 and cycle 2 of 0.6, 0.375\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    DosingView view;
    go(dosing, &walk, 24);
    ok(dosing_scale(dosing, 0.75, because));
    ok(dosing_cycle_doses(dosing, 2, because));
    dosing_view(dosing, 0.6, &view);
    assert_true(view.scale == 0.75 && view.cycle_doses == 2 && fabs(view.next_mg - 0.375 * bsa_m2) < 1e-12);
    assert_true(fabs(view.next_rate_mg_per_h - 0.375 * bsa_m2) < 1e-12);
    go(dosing, &walk, 1180);
    const Given given[] = {{0, 0.8}, {168, 0.375}, {336, 0.375}, {504, 0.6}, {672, 0.375}, {1176, 0.6}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_REDUCED, 24, 0.75);
    finish(dosing, &walk, 2);
}

static void raised(void **state) {
    (void)state;
    print_message("  doubled: kept apart from reductions by its kind\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    go(dosing, &walk, 24);
    ok(dosing_scale(dosing, 2, because));
    go(dosing, &walk, 180);
    const Given given[] = {{0, 0.8}, {168, 1.0}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_RAISED, 24, 2);
    finish(dosing, &walk, 2);
}

static void stopped(void **state) {
    (void)state;
    print_message("  discontinued on day 10: two doses in all; what is asked for later is still given\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    DosingView view;
    go(dosing, &walk, 216);
    ok(dosing_stop(dosing, because));
    dosing_view(dosing, 0.6, &view);
    assert_true(view.discontinued && !view.coming);
    assert_int_equal(dosing_skip(dosing, because), STATUS_BAD_INPUT);
    assert_int_equal(dosing_stop(dosing, because), STATUS_BAD_INPUT);
    go(dosing, &walk, 1000);
    ok(dosing_add(dosing, 1000, 1, 1, because));
    go(dosing, &walk, 2000);
    const Given given[] = {{0, 0.8}, {168, 0.5}, {1000, 1 / 1.84}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_DISCONTINUED, 216, NAN);
    finish(dosing, &walk, 2);
}

static void interrupted(void **state) {
    (void)state;
    print_message("  interrupted after a quarter of an hour: a quarter of the dose is what was given\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    walk_to(&walk, dosing, 168.25, 0.25, 0.6);
    ok(dosing_interrupt(dosing, because));
    walk_to(&walk, dosing, 340, 0.25, 0.6);
    const Given given[] = {{0, 0.8}, {168, 0.125}, {336, 0.5}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_INTERRUPTED, 168.25, 0.125 * bsa_m2);
    finish(dosing, &walk, 0.25);
}

static void tables(void **state) {
    (void)state;
    print_message(
        "  a table: held over a reset and an observation, which stay; EVID 4 omitted leaves its reset\n");
    table_save(
        "ID,TIME,AMT,RATE,EVID,CMT,II,ADDL,DV\n"
        "1,0,1.84,1.84,1,1,0,0,.\n1,100,0.92,0.92,1,1,100,2,.\n1,150,0,0,0,1,0,0,7\n1,160,0,0,3,1,0,0,.\n"
        "1,500,1.84,1.84,4,1,0,0,.\n1,600,0.92,0.92,1,1,0,0,.\n");
    Dosing *dosing = dosing_by("label", table_path);
    Walk walk = {0};
    go(dosing, &walk, 60);
    ok(dosing_hold(dosing, INFINITY, because));
    go(dosing, &walk, 180);
    ok(dosing_release(dosing, because));
    go(dosing, &walk, 400);
    ok(dosing_skip(dosing, because));
    go(dosing, &walk, 700);
    const Given given[] = {{0, 1}, {180, 0.5}, {680, 0.5}};
    expect_given(dosing, given, COUNT(given));
    expect_change(dosing, DOSE_OMITTED, 400, 1.84);
    const DoseRecord *records;
    size_t count = dosing_records(dosing, &records), resets = 0, seen = 0;
    for (size_t i = 0; i < count; i++) {
        resets += records[i].kind == DOSE_RESET;
        seen += records[i].kind == DOSE_OBSERVATION && records[i].time_h == 150 && records[i].observed == 7;
    }
    assert_int_equal(resets, 2);
    assert_int_equal(seen, 1);
    finish(dosing, &walk, 2);
}

static void refused(void **state) {
    (void)state;
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    go(dosing, &walk, 30);
    const Status all[] = {
        dosing_add(dosing, 29, 1, 1, because),  dosing_add(dosing, NAN, 1, 1, because),
        dosing_add(dosing, 40, 0, 1, because),  dosing_add(dosing, 40, INFINITY, 1, because),
        dosing_add(dosing, 40, 1, -1, because), dosing_add(dosing, 40, 1, 1e-9, because),
        dosing_hold(dosing, -1, because),       dosing_hold(dosing, NAN, because),
        dosing_release(dosing, because),        dosing_scale(dosing, 0, because),
        dosing_scale(dosing, NAN, because),     dosing_scale(dosing, 101, because),
        dosing_cycle_doses(dosing, 0, because), dosing_cycle_doses(dosing, 4, because),
        dosing_interrupt(dosing, because),
    };
    for (size_t i = 0; i < COUNT(all); i++) assert_int_equal(all[i], STATUS_BAD_INPUT);
    print_message("  %zu senseless changes refused, the last with: %s\n", COUNT(all), status_message());
    const DoseRecord *records;
    assert_int_equal(dosing_records(dosing, &records), 1);
    free(walk.segments);
    dosing_destroy(dosing);
}

static void fields_fit_a_csv(void **state) {
    (void)state;
    print_message("  commas, quotes and line ends in a reason become blanks\n");
    Dosing *dosing = dosing_by("label", "");
    Walk walk = {0};
    go(dosing, &walk, 6);
    ok(dosing_hold(dosing, 1, (DosingReason){"a,b", "one, \"two\"\nthree"}));
    const DoseRecord *records;
    assert_int_equal(dosing_records(dosing, &records), 2);
    assert_string_equal(records[1].code, "a b");
    assert_string_equal(records[1].note, "one   two  three");
    free(walk.segments);
    dosing_destroy(dosing);
}

/* --- any changes at all --- */

/* One change of any kind; that some are refused is part of the game. */
static void lucky_change(Dosing *dosing, double now_h, uint64_t *seed) {
    double u = luck(seed);
    switch ((int)(luck(seed) * 10)) {
    case 0:
        (void)dosing_add(dosing, now_h + (u < 0.5 ? 0 : 100 * u), 0.1 + u, u < 0.2 ? 0 : 0.3 + u, because);
        break;
    case 1: (void)dosing_skip(dosing, because); break;
    case 2: (void)dosing_hold(dosing, 100 * u, because); break;
    case 3: (void)dosing_hold(dosing, INFINITY, because); break;
    case 4:
    case 5:
    case 6: (void)dosing_release(dosing, because); break;
    case 7: (void)dosing_scale(dosing, 0.5 + u, because); break;
    case 8: (void)dosing_cycle_doses(dosing, 1 + (int)(3 * u), because); break;
    default: (void)dosing_interrupt(dosing, because); break;
    }
}

static void lucky_walk(Walk *walk, Dosing *dosing, double until_h, uint64_t *seed) {
    while (walk->now_h < until_h) {
        walk_step(walk, dosing, 0.7, luck(seed) < 0.5 ? 0.6 : 0.01);
        if (luck(seed) < 0.03) lucky_change(dosing, walk->now_h, seed);
    }
}

static void any_changes(void **state) {
    (void)state;
    size_t changes = 0, doses = 0;
    for (uint64_t course = 0; course < LUCKY_COURSES; course++) {
        uint64_t seed = 77 + course;
        Dosing *dosing = dosing_by(course % 3 ? "label" : "configs/regimens/fixed-1.8.csv", "");
        Walk walk = {0};
        lucky_walk(&walk, dosing, 1500, &seed);
        const DoseRecord *records;
        size_t count = dosing_records(dosing, &records);
        for (size_t i = 0; i < count; i++) {
            changes += dose_is_change(records[i].kind);
            doses += records[i].kind == DOSE_GIVEN;
        }
        finish(dosing, &walk, 0.7);
    }
    print_message(
        "  %d courses with %zu changes and %zu doses: each realised table gives the same stretches\n",
        LUCKY_COURSES, changes, doses);
    assert_true(changes > 5000 && doses > 1000);
}

static void saved_while_held(void **state) {
    (void)state;
    print_message("  saved in the middle of a held course and gone back to: the same future\n");
    uint64_t seed = 5, again = 5;
    Dosing *dosing = dosing_by("label", ""), *saved = NULL;
    Walk walk = {0}, first = {0}, second = {0};
    walk_to(&walk, dosing, 150, 0.7, 0.6);
    ok(dosing_scale(dosing, 0.75, because));
    ok(dosing_skip(dosing, because));
    ok(dosing_hold(dosing, INFINITY, because));
    ok(dosing_add(dosing, 201.5, 1, 0.1, because));
    walk_to(&walk, dosing, 203, 0.7, 0.6);
    ok(dosing_save(dosing, &saved));
    first.now_h = second.now_h = walk.now_h;
    first.step = second.step = walk.step;
    lucky_walk(&first, dosing, 1500, &seed);
    ok(dosing_restore(dosing, saved));
    lucky_walk(&second, dosing, 1500, &again);
    expect_same_walks(&first, &second);
    assert_true(first.count > 100);
    free(walk.segments), free(first.segments), free(second.segments);
    dosing_destroy(saved);
    dosing_destroy(dosing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(added),
        cmocka_unit_test(skipped),
        cmocka_unit_test(skipped_cycle),
        cmocka_unit_test(held_for_hours),
        cmocka_unit_test(held_until_released),
        cmocka_unit_test(released_in_time),
        cmocka_unit_test(held_before_a_cycle),
        cmocka_unit_test(reduced),
        cmocka_unit_test(raised),
        cmocka_unit_test(stopped),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(tables),
        cmocka_unit_test(refused),
        cmocka_unit_test(fields_fit_a_csv),
        cmocka_unit_test(any_changes),
        cmocka_unit_test(saved_while_held),
    };
    return cmocka_run_group_tests(tests, open_table, close_table);
}
