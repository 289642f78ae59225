/* A patient's plasma parameters: both population models, values set by hand, and what is refused. */
#include "config/patient.h"
#include "plasma_checks.h"

static void test_child(void **state) {
    (void)state;
    Config config;
    config_default(&config);
    config.drug.pk = PK_EMPIRICAL;
    config.patient.age_years = 10.0;
    config.patient.lbm_kg = 26.35;
    PlasmaParams p;
    assert_ok(patient_plasma(&config, &p));
    check("child CL1, L/h", p.cl1_l_per_h, 0.03029 * 0.48297, 1e-4);
    check("child CL2, L/h", p.cl2_l_per_h, 0.363022 * 0.62114, 1e-4);
    check("child V1, L", p.v1_l, 6.49 * 0.50804, 1e-4);
    check("child kdes, 1/h", p.kdes_per_h, 0.0043852 * 1.69955, 1e-4);
    assert_true(p.q_l_per_h == 0.0437 && p.v2_l == 4.74);
}

static void test_adult_and_overrides(void **state) {
    (void)state;
    Config config;
    config_default(&config);
    config.drug.pk = PK_EMPIRICAL;
    PlasmaParams p;
    assert_ok(patient_plasma(&config, &p));
    check("adult CL1, L/h", p.cl1_l_per_h, 0.0333, 1e-12);
    check("adult CL2, L/h", p.cl2_l_per_h, 0.369, 1e-12);
    check("adult V1, L", p.v1_l, 6.70, 1e-12);
    check("adult kdes, 1/h", p.kdes_per_h, 0.00472, 1e-12);
    config.drug.pk = PK_MECHANISTIC;
    config.drug.cl1_l_per_h = 0.05;
    assert_ok(patient_plasma(&config, &p));
    assert_true(p.cl1_l_per_h == 0.05 && p.cl2_l_per_h == 0.0);
    config.patient.bsa_m2 = 0.5;
    assert_int_equal(patient_plasma(&config, &p), STATUS_BAD_INPUT);
    print_message("  %s\n", status_message());
    config.drug.v1_l = 2.0;
    assert_ok(patient_plasma(&config, &p));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_child),
        cmocka_unit_test(test_adult_and_overrides),
    };
    return cmocka_run_group_tests_name("patient", tests, NULL, NULL);
}
