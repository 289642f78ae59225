/* What befalls a patient: hazards against their closed form, luck that stays the patient's, grades and
 * reports. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clinic/hazards.h"

enum { PATIENTS = 4000 };

static const HazardDrive healthy = {.anc = 5,
                                    .lymphocytes = 1.8,
                                    .platelets = 250,
                                    .hb = 14,
                                    .days_after_transplant = NAN,
                                    .premedicated = true};
static const HazardDrive bare = {.anc = 0.05,
                                 .lymphocytes = 0.2,
                                 .platelets = 8,
                                 .hb = 7,
                                 .days_after_transplant = NAN,
                                 .premedicated = true};

static HazardRates rates_of(int64_t seed) {
    Config config;
    HazardRates rates;
    config_default(&config);
    config.simulation.seed = seed;
    hazards_rates(&config, &rates);
    return rates;
}

/* Time of the first event of each kind under a constant drive, NaN without one; its grade. */
typedef struct First {
    double time_h[HAZARDS];
    int grade[HAZARDS];
} First;

static First first_events(int64_t seed, const HazardDrive *drive, double days, double dt_h) {
    const HazardRates rates = rates_of(seed);
    HazardState state;
    HazardEvent events[HAZARDS];
    First first;
    for (int k = 0; k < HAZARDS; k++) first.time_h[k] = NAN, first.grade[k] = 0;
    hazards_start(&rates, &state);
    for (double t = 0; t < 24 * days - 1e-9; t += dt_h) {
        int count = hazards_advance(&rates, drive, t, dt_h, &state, events);
        for (int i = 0; i < count; i++) {
            assert_true(events[i].time_h >= t && events[i].time_h <= t + dt_h && events[i].days > 0);
            assert_true(i == 0 || events[i].time_h >= events[i - 1].time_h);
            assert_true(events[i].grade >= 1 && events[i].grade <= 5);
            if (!isnan(first.time_h[events[i].kind])) continue;
            first.time_h[events[i].kind] = events[i].time_h;
            first.grade[events[i].kind] = events[i].grade;
        }
    }
    return first;
}

/* Of many patients the share 1 - exp(-h t) has had one. */
static void shares_are_exponential(void **state) {
    (void)state;
    const double days = 20;
    HazardDrive drive = bare;
    drive.infusing = 0.01;
    int had[HAZARDS] = {0};
    for (int seed = 1; seed <= PATIENTS; seed++) {
        First first = first_events(seed, &drive, days, 24);
        for (int k = 0; k < HAZARDS; k++) had[k] += !isnan(first.time_h[k]);
    }
    for (int k = 0; k < HAZARDS; k++) {
        double expected = 1 - exp(-days * hazard_per_d((HazardKind)k, &drive)),
               share = (double)had[k] / PATIENTS;
        double error = sqrt(expected * (1 - expected) / PATIENTS);
        print_message("  %-20s %.4f, expected %.4f (%+.1f SE)\n", hazard_name((HazardKind)k), share, expected,
                      (share - expected) / error);
        assert_true(expected > 0 && fabs(share - expected) < 4 * error);
    }
}

/* One drive in steps of an hour or a day: the same moments. */
static void steps_do_not_matter(void **state) {
    (void)state;
    for (int seed = 1; seed <= 50; seed++) {
        First fine = first_events(seed, &bare, 60, 1), coarse = first_events(seed, &bare, 60, 24);
        for (int k = 0; k < HAZARDS; k++) {
            assert_int_equal(isnan(fine.time_h[k]), isnan(coarse.time_h[k]));
            assert_true(isnan(fine.time_h[k]) || fabs(fine.time_h[k] - coarse.time_h[k]) < 1e-6);
            assert_int_equal(fine.grade[k], coarse.grade[k]);
        }
    }
}

/* The same patient under a worse treatment has the same events sooner and no milder. */
static void luck_stays_the_patients(void **state) {
    (void)state;
    int sooner = 0, worse = 0;
    for (int seed = 1; seed <= 500; seed++) {
        First good = first_events(seed, &healthy, 100, 24), bad = first_events(seed, &bare, 100, 24);
        for (int k = HAZARD_INFECTION; k <= HAZARD_HAEMORRHAGE; k++) {
            if (isnan(good.time_h[k])) continue;
            double ratio = hazard_per_d((HazardKind)k, &healthy) / hazard_per_d((HazardKind)k, &bare);
            assert_true(fabs(bad.time_h[k] / (good.time_h[k] * ratio) - 1) < 1e-9);
            assert_true(bad.grade[k] >= good.grade[k]);
            sooner++, worse += bad.grade[k] > good.grade[k];
        }
    }
    print_message("  %d events sooner under low counts, %d of them worse\n", sooner, worse);
    assert_true(sooner > 100 && worse > 10);
}

static void hazards_follow_the_state(void **state) {
    (void)state;
    HazardDrive d = healthy;
    double before = 0;
    for (d.anc = 5; d.anc > 0.01; d.anc *= 0.9) {
        double now = hazard_per_d(HAZARD_INFECTION, &d);
        assert_true(now > before);
        before = now;
    }
    before = 0;
    for (d.platelets = 250; d.platelets > 1; d.platelets *= 0.9) {
        double now = hazard_per_d(HAZARD_HAEMORRHAGE, &d);
        assert_true(now > before);
        before = now;
    }
    d = healthy;
    assert_true(hazard_per_d(HAZARD_FEBRILE_NEUTROPENIA, &d) == 0); /* by definition below 1.0 */
    assert_true(hazard_per_d(HAZARD_INFUSION_REACTION, &d) == 0);
    d.infusing = 1;
    double first = hazard_per_d(HAZARD_INFUSION_REACTION, &d);
    d.premedicated = false;
    assert_true(hazard_per_d(HAZARD_INFUSION_REACTION, &d) > 2 * first);
    d.premedicated = true, d.infusions_before = 3;
    assert_true(hazard_per_d(HAZARD_INFUSION_REACTION, &d) < first / 2);
    d = bare, d.prophylaxis = true;
    assert_true(hazard_per_d(HAZARD_INFECTION, &d) < hazard_per_d(HAZARD_INFECTION, &bare));
    d = bare, d.days_after_transplant = 5;
    assert_true(hazard_per_d(HAZARD_INFECTION, &d) > hazard_per_d(HAZARD_INFECTION, &bare));
}

/* While one lasts there is no second; a factor of zero takes the kind away. */
static void one_at_a_time(void **state) {
    (void)state;
    Config config;
    HazardRates rates;
    HazardState s;
    HazardEvent events[HAZARDS];
    config_default(&config);
    config.hazards.factor[HAZARD_NAUSEA] = 0;
    hazards_rates(&config, &rates);
    hazards_start(&rates, &s);
    double until_h = -1;
    int infections = 0;
    for (double t = 0; t < 24 * 400; t += 1) {
        int count = hazards_advance(&rates, &bare, t, 1, &s, events);
        for (int i = 0; i < count; i++) {
            assert_int_not_equal(events[i].kind, HAZARD_NAUSEA);
            if (events[i].kind != HAZARD_INFECTION) continue;
            assert_true(events[i].time_h >= until_h);
            until_h = events[i].time_h + 24 * events[i].days;
            assert_int_equal(hazards_grade_now(&s, HAZARD_INFECTION, events[i].time_h), events[i].grade);
            assert_int_equal(hazards_grade_now(&s, HAZARD_INFECTION, until_h), 0);
            infections++;
        }
    }
    print_message("  %d infections in 400 days without neutrophils\n", infections);
    assert_true(infections >= 3);
}

/* Half of what the laboratory sees is reported. */
static void reports(void **state) {
    (void)state;
    int severe = 0, mild = 0;
    for (int seed = 1; seed <= PATIENTS; seed++) {
        const HazardRates rates = rates_of(seed);
        severe += hazards_reports(&rates, CTCAE_ANC, 4, 0);
        mild += hazards_reports(&rates, CTCAE_ANC, 1, 0);
        assert_true(!hazards_reports(&rates, CTCAE_ANC, 0, 0));
        assert_true(hazards_reports(&rates, CTCAE_ANC, 4, 0) >= hazards_reports(&rates, CTCAE_ANC, 1, 0));
    }
    print_message("  neutropenia reported: grade 4 %.3f, grade 1 %.3f\n", (double)severe / PATIENTS,
                  (double)mild / PATIENTS);
    assert_true(fabs((double)severe / PATIENTS - 0.56) < 0.03 && fabs((double)mild / PATIENTS - 0.12) < 0.02);
}

static void qtc(void **state) {
    (void)state;
    const HazardRates rates = rates_of(7);
    assert_true(fabs(hazards_qtc_ms(&rates, 300) - hazards_qtc_ms(&rates, 0) - 2.5) < 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_exponential),
        cmocka_unit_test(steps_do_not_matter),
        cmocka_unit_test(luck_stays_the_patients),
        cmocka_unit_test(hazards_follow_the_state),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(reports),
        cmocka_unit_test(qtc),
    };
    return cmocka_run_group_tests_name("hazards", tests, NULL, NULL);
}
