/* Without drug a small leukaemia grows back and a large one fills the marrow (docs/model.md section 3). */
#include "patient_case.h"

#include "dosing/room.h"

static const MarrowRoom room = {1.2e12, 0.005, 3, 0.5, 0.002 / 24, 72};
static const MarrowRoom before = {1.2e12, 0.005, 0, 0.5, 0, 72}; /* normal marrow always competes */

/* What competition tends to. */
static double competition_of(const MarrowRoom *r, double normal, double blasts) {
    return r->lag_h *
           room_normal_slope(r, (NormalMarrow){normal * r->cells, 0}, blasts * r->cells).competition;
}

static double growth_of(const MarrowRoom *r, double normal, double blasts) {
    return room_normal_slope(r, (NormalMarrow){normal * r->cells, 0}, blasts * r->cells).cells;
}

static void who_yields(void **state) {
    (void)state;
    print_message("  competition of half a regrowing marrow: %.4f\n", competition_of(&room, 0.5, 1e-3));
    assert_true(competition_of(&room, 0.5, 1e-3) > 0.998);
    assert_true(competition_of(&room, 1, 0) == 0 && growth_of(&room, 1, 0) == 0);
    assert_true(competition_of(&before, 1, 0) == 1 && growth_of(&before, 1, 0) == 0);
    assert_true(growth_of(&room, 0.2, 0.75) < 0 && growth_of(&before, 0.2, 0.75) > 0);
    assert_true(room_left(&room, 0) == 1 && room_left(&room, room.cells) == 0 && room_left(&room, 2e12) == 0);
    NormalMarrow rested = {room.cells, 1};
    assert_true(fabs(room_normal_slope(&room, rested, 0).competition + 1.0 / 72) < 1e-15);
}

/* The first day at which blasts are this share of the marrow. */
typedef struct Rise {
    double limit, day;
} Rise;

static bool rise_watch(const Observation *row, void *user) {
    Rise *r = user;
    if (row->marrow_blast_fraction >= r->limit) r->day = row->time_h / 24;
    return r->day < 0;
}

static double day_above(double limit, const char *settings) {
    Config config =
        patient("untreated", "simulation.agents=20000 simulation.dt_h=4 simulation.output_every_h=24 "
                             "simulation.until_days=400");
    patient_set(&config, settings);
    Rise rise = {limit, -1};
    patient_run(&config, rise_watch, &rise);
    return rise.day;
}

static void untreated_fills_the_marrow(void **state) {
    (void)state;
    check_between("70 % to 90 %, days", day_above(0.9, "patient.marrow_blast_fraction=0.7"), 21, 14, 35);
    check_between("50 % to 90 %, days", day_above(0.9, "patient.marrow_blast_fraction=0.5"), 60, 35, 75);
    check_between("5 % to 90 %, days", day_above(0.9, "patient.marrow_blast_fraction=0.05"), 120, 60, 180);
}

/* As at 1e-5 after treatment: months to 5 %. The net growth alone takes ln(5000)/0.0435 = 196 days. */
static void small_grows_back(void **state) {
    (void)state;
    check_between("1e-5 to 5 %, days", day_above(0.05, "patient.marrow_blast_fraction=1e-5"), 220, 196, 260);
}

/* With the equation before neither happened: what does it is this and nothing else. */
static void not_without_it(void **state) {
    (void)state;
#define BEFORE " patient.normal_rest_per_d=0 patient.normal_suppression=0"
    assert_true(day_above(0.9, "patient.marrow_blast_fraction=0.7" BEFORE) < 0);
    assert_true(day_above(0.05, "patient.marrow_blast_fraction=1e-5" BEFORE) < 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_yields),
        cmocka_unit_test(untreated_fills_the_marrow),
        cmocka_unit_test(small_grows_back),
        cmocka_unit_test(not_without_it),
    };
    return cmocka_run_group_tests(tests, patient_backend_open, patient_backend_close);
}
