/* Plasma against the published reference points, closed forms and its own balances (docs/model.md sections 2,
 * 3).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dosing/flow.h"
#include "plasma_checks.h"

/* 1e12 blasts of 3470 CD22. */
static const double burden_nmol = 1e12 * 3470.0 / 6.022e14;
static const PlasmaMarrow marrow = {
    7e11, 0.0, {.cells = 1.2e12, .regrowth_per_h = 0.12 / 24.0, .suppression_from = 1, .lag_h = 72}};

typedef struct Run {
    Config config;
    PlasmaParams params;
    Dosing *dosing;
    Plasma *plasma;
    PlasmaState state;
    PlasmaPath path;
} Run;

/* A typical adult on `rows` (NULL: nothing is given). */
static void run_start(Run *run, PkModel pk, const char *rows) {
    memset(run, 0, sizeof *run);
    config_default(&run->config);
    run->config.drug.pk = pk;
    assert_ok(patient_plasma(&run->config, &run->params));
    assert_ok(plasma_create(&run->plasma, &run->params));
    if (rows) run->dosing = dose_table(&run->config, rows);
    run->state.normal.cells = 3e11;
}

static void run_end(Run *run) {
    plasma_destroy(run->plasma);
    dosing_destroy(run->dosing);
}

static Status run_step(Run *run, const PlasmaExchange *exchanges, int count, double dt_h) {
    return plasma_advance(run->plasma, &run->state, run->dosing, 0.7, exchanges, count, &marrow, dt_h,
                          &run->path);
}

static void run_until(Run *run, double until_h) {
    while (run->state.time_h < until_h) assert_ok(run_step(run, NULL, 0, 1.0));
}

static double plasma_ng_per_ml(const Run *run) {
    return run->state.central_nmol / run->params.v1_l * run->params.molar_mass_kda;
}

static double relative(double value, double expected) {
    return fabs(value / expected - 1.0);
}

/* given - (central + peripheral + cleared + taken + reset), over given */
static double imbalance(const PlasmaState *s) {
    double kept = s->central_nmol + s->peripheral_nmol + s->cleared_nmol + s->taken_nmol + s->reset_nmol;
    return fabs(s->given_nmol - kept) / s->given_nmol;
}

/* 1.8 mg/m2 at 1.84 m2 in every one of four cycles, the first of 21 days, over one hour each. */
static const char fixed_doses[] = "1,0,1.472,1.472,1,1,0,0\n"
                                  "1,168,0.92,0.92,1,1,168,1\n"
                                  "1,504,1.472,1.472,1,1,672,2\n"
                                  "1,672,0.92,0.92,1,1,672,2\n"
                                  "1,840,0.92,0.92,1,1,672,2\n";

static void check_auc(Run *run, const char *what, double until_h, double expected) {
    double before_nm_h = run->state.auc_nm_h;
    run_until(run, until_h);
    check(what, (run->state.auc_nm_h - before_nm_h) * run->params.molar_mass_kda / 1000.0, expected, 0.01);
}

static void test_reference_points(void **state) {
    (void)state;
    static Run run;
    run_start(&run, PK_EMPIRICAL, fixed_doses);
    run_until(&run, 1.0);
    check("Cmax, ng/mL", plasma_ng_per_ml(&run), 213.0, 0.01);
    run_until(&run, 168.0);
    check("trough before day 8, ng/mL", plasma_ng_per_ml(&run), 1.9, 0.01);
    run_until(&run, 336.0);
    check("trough before day 15, ng/mL", plasma_ng_per_ml(&run), 6.4, 0.01);
    run_until(&run, 504.0);
    check("trough at cycle 1's end, ng/mL", plasma_ng_per_ml(&run), 18.5, 0.01);
    check("AUC of cycle 1, ug h/mL", run.state.auc_nm_h * 0.16, 16.97, 0.01);
    check_auc(&run, "AUC of cycle 2", 1176.0, 64.8);
    check_auc(&run, "AUC of cycle 3", 1848.0, 90.2);
    check_auc(&run, "AUC of cycle 4", 2520.0, 97.5);
    run_until(&run, 3600.0);
    double early = plasma_ng_per_ml(&run);
    run_until(&run, 4800.0);
    check("terminal half-life, d", 50.0 * log(2.0) / log(early / plasma_ng_per_ml(&run)), 12.1, 0.01);
    run_end(&run);
}

/* Central amount after a unit bolus without time-dependent clearance. */
static double biexponential(const PlasmaParams *p, double t_h) {
    double k10 = p->cl1_l_per_h / p->v1_l, k12 = p->q_l_per_h / p->v1_l, k21 = p->q_l_per_h / p->v2_l;
    double sum = k10 + k12 + k21, root = sqrt(sum * sum - 4.0 * k10 * k21);
    double alpha = 0.5 * (sum + root), beta = 0.5 * (sum - root);
    return ((alpha - k21) * exp(-alpha * t_h) + (k21 - beta) * exp(-beta * t_h)) / (alpha - beta);
}

/* The same after one unit infused over an hour: the bolus' answer averaged by Simpson's rule. */
static double biexponential_infusion(const PlasmaParams *p, double t_h) {
    enum { PANELS = 200 };
    double sum = 0.0;
    for (int i = 0; i <= PANELS; i++) {
        double weight = i == 0 || i == PANELS ? 1.0 : i % 2 ? 4.0 : 2.0;
        sum += weight * biexponential(p, t_h - (double)i / PANELS);
    }
    return sum / (3.0 * PANELS);
}

static void check_closed_form(const char *rows, double (*closed)(const PlasmaParams *, double),
                              const char *what) {
    static Run run;
    run_start(&run, PK_MECHANISTIC, rows);
    double worst = 0.0;
    for (double until_h = 1.0; until_h <= 1000.0; until_h += 1.0) {
        run_until(&run, until_h);
        double expected = run.state.given_nmol * closed(&run.params, until_h);
        worst = fmax(worst, relative(run.state.central_nmol, expected));
    }
    print_message("  %s over 1000 h: off by %.1e, balance by %.1e\n", what, worst, imbalance(&run.state));
    assert_true(worst < 1e-6);
    assert_true(imbalance(&run.state) < 1e-8);
    run_end(&run);
}

static void test_closed_form(void **state) {
    (void)state;
    check_closed_form("1,0,1.472,0,1,1,0,0\n", biexponential, "bolus");
    check_closed_form("1,0,1.472,1.472,1,1,0,0\n", biexponential_infusion, "infusion");
}

static const FlowRates rates = {1.8,  0.27, 0.20,  0.62, 0.30,         0.20, 6.0,
                                0.15, 0.20, 0.015, 0.10, PLACE_MARROW, 1.0};

static PlasmaExchange exchange_of(Place place, double setpoint_nmol, const double x[FLOW_STATES]) {
    return (PlasmaExchange){
        .place = place,
        .exposure = 1.0,
        .kon_per_nm_h = 1.8,
        .koff_per_h = 0.27,
        .kturn_per_h = 0.20,
        .removal_per_h = 0.70 * 0.62,
        .free_nmol = x[FLOW_R],
        .bound_nmol = x[FLOW_C],
        .setpoint_nmol = setpoint_nmol,
    };
}

/* Carries a class's totals by its map; returns the conjugate degraded meanwhile. */
static double totals_advance(const PlasmaPath *path, Place place, double setpoint, double x[FLOW_STATES]) {
    FlowRates own = rates;
    own.place = place;
    FlowMap map;
    flow_map(&own, path, &map);
    double before[FLOW_STATES], degraded = map.degraded_inflow * setpoint;
    memcpy(before, x, sizeof before);
    for (int i = 0; i < FLOW_STATES; i++) {
        x[i] = map.inflow[i] * setpoint;
        for (int j = 0; j < FLOW_STATES; j++) x[i] += map.phi[i][j] * before[j];
        degraded += map.degraded[i] * before[i];
    }
    return degraded;
}

/* What plasma says cells took is what the cells' own maps find in and through them. */
static void test_uptake(void **state) {
    (void)state;
    static Run run;
    run_start(&run, PK_MECHANISTIC, fixed_doses);
    const double setpoint[2] = {burden_nmol, 0.004 * burden_nmol};
    double x[2][FLOW_STATES] = {{setpoint[0]}, {setpoint[1]}}, degraded = 0.0, worst = 0.0,
           worst_balance = 0.0;
    while (run.state.time_h < 504.0) {
        PlasmaExchange exchanges[2] = {exchange_of(PLACE_MARROW, setpoint[0], x[0]),
                                       exchange_of(PLACE_PLASMA, setpoint[1], x[1])};
        assert_ok(run_step(&run, exchanges, 2, 1.0));
        double inside = degraded;
        for (int i = 0; i < 2; i++) {
            double more = totals_advance(&run.path, exchanges[i].place, setpoint[i], x[i]);
            degraded += more;
            inside += more + x[i][FLOW_C] + x[i][FLOW_E];
        }
        worst = fmax(worst, fabs(inside - run.state.taken_nmol) / run.state.taken_nmol);
        worst_balance = fmax(worst_balance, imbalance(&run.state));
    }
    print_message("  taken %.4f of %.4f nmol; found in cells: off by %.1e; balance by %.1e\n",
                  run.state.taken_nmol, run.state.given_nmol, worst, worst_balance);
    assert_true(worst < 1e-7);
    assert_true(worst_balance < 1e-8);
    run_end(&run);
}

/* Losses, growth, exposures, a bolus and resets inside an interval: the balance still holds. */
static void test_balance(void **state) {
    (void)state;
    static Run run;
    run_start(&run, PK_MECHANISTIC,
              "1,0.3,1.472,1.472,1,1,0,0\n1,30.7,0,0,3,1,0,0\n1,40.5,0.92,0,1,1,0,0\n"
              "1,60.25,0.5,0.25,4,1,0,0\n");
    double x[FLOW_STATES] = {burden_nmol, 0.1};
    PlasmaExchange exchanges[2] = {exchange_of(PLACE_MARROW, burden_nmol, x),
                                   exchange_of(PLACE_PLASMA, burden_nmol, x)};
    for (int i = 0; i < 2; i++) {
        exchanges[i].exposure = 0.5;
        exchanges[i].free_loss_per_h = 0.01;
        exchanges[i].bound_loss_per_h = 0.03;
        exchanges[i].setpoint_growth_per_h = -0.004;
    }
    double worst = 0.0;
    for (int i = 0; i < 36; i++) {
        assert_ok(run_step(&run, exchanges, 2, 2.0));
        worst = fmax(worst, imbalance(&run.state));
    }
    print_message("  given %.4f, reset %.4f, taken %.4f nmol; balance by %.1e\n", run.state.given_nmol,
                  run.state.reset_nmol, run.state.taken_nmol, worst);
    check("given, nmol", run.state.given_nmol, (1.472 + 0.92 + 0.5) / 0.16, 1e-12);
    assert_true(run.state.reset_nmol > 0.0);
    assert_true(worst < 1e-8);
    run_end(&run);
}

static void test_empirical_draws_nothing(void **state) {
    (void)state;
    static Run run, alone;
    run_start(&run, PK_EMPIRICAL, fixed_doses);
    run_start(&alone, PK_EMPIRICAL, fixed_doses);
    double x[FLOW_STATES] = {burden_nmol};
    PlasmaExchange exchange = exchange_of(PLACE_MARROW, burden_nmol, x);
    assert_ok(run_step(&run, &exchange, 1, 1.0));
    assert_ok(run_step(&alone, NULL, 0, 1.0));
    check("central with cells, nmol", run.state.central_nmol, alone.state.central_nmol, 1e-9);
    assert_true(run.state.taken_nmol == 0.0);
    const PlasmaStep *last = &run.path.steps[run.path.count - 1];
    print_message("  marrow over plasma: %.4f with cells\n", last->marrow_nm[1] / last->plasma_nm[1]);
    assert_true(last->marrow_nm[1] < 0.2 * last->plasma_nm[1]);
    last = &alone.path.steps[alone.path.count - 1];
    check("without: Kp", last->marrow_nm[1] / last->plasma_nm[1], 0.30, 1e-12);
    check("without, now",
          plasma_marrow_nm(alone.plasma, &alone.state, NULL, 0) * alone.params.v1_l /
              alone.state.central_nmol,
          0.30, 1e-12);
    run_end(&run);
    run_end(&alone);
}

static void test_constant_and_empty(void **state) {
    (void)state;
    static Run run;
    run_start(&run, PK_CONSTANT, NULL);
    assert_ok(run_step(&run, NULL, 0, 24.0));
    check("constant marrow, nM", run.path.steps[0].marrow_nm[1], run.config.drug.constant_ng_per_ml / 160.0,
          1e-12);
    assert_true(run.state.central_nmol == 0.0 && run.state.time_h == 24.0);
    run_end(&run);
    run_start(&run, PK_MECHANISTIC, NULL);
    for (int i = 0; i < 100; i++) assert_ok(run_step(&run, NULL, 0, 1.0));
    assert_true(run.path.count == 1 && run.path.steps[0].length_h == 1.0 &&
                run.path.steps[0].marrow_nm[0] == 0.0);
    /* M + N = S only once N is constant and M free to grow: dM/dt = r M (1 - N/K - M/K), logistic again. */
    double room = marrow.room.cells - marrow.blasts_cells,
           rate = marrow.room.regrowth_per_h * room / marrow.room.cells;
    double expected = room / (1.0 + (room / 3e11 - 1.0) * exp(-rate * 100.0));
    check("normal marrow after 100 h", run.state.normal.cells, expected, 1e-12);
    run_end(&run);
}

/* Nothing about a run hides in the solver: a fresh one goes on with the same bits. */
static void test_resume(void **state) {
    (void)state;
    static Run run;
    run_start(&run, PK_EMPIRICAL, "1,5,1.472,1.472,1,1,0,0\n");
    double x[FLOW_STATES] = {burden_nmol};
    PlasmaExchange exchange = exchange_of(PLACE_MARROW, burden_nmol, x);
    for (int i = 0; i < 20; i++) assert_ok(run_step(&run, &exchange, 1, 1.0));
    PlasmaState resumed = run.state;
    Plasma *fresh;
    assert_ok(plasma_create(&fresh, &run.params));
    assert_ok(plasma_advance(fresh, &resumed, NULL, 0.7, &exchange, 1, &marrow, 1.0, &run.path));
    dosing_destroy(run.dosing);
    run.dosing = NULL;
    assert_ok(run_step(&run, &exchange, 1, 1.0));
    assert_memory_equal(&resumed, &run.state, sizeof resumed);
    plasma_destroy(fresh);
    run_end(&run);
}

static void test_too_many_doses(void **state) {
    (void)state;
    static Run run;
    run_start(&run, PK_MECHANISTIC, "1,0,0.001,0,1,1,0.003,330\n");
    assert_int_equal(run_step(&run, NULL, 0, 1.0), STATUS_FAILED);
    print_message("  %s\n", status_message());
    assert_non_null(strstr(status_message(), "sub-steps"));
    run_end(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference_points),
        cmocka_unit_test(test_closed_form),
        cmocka_unit_test(test_uptake),
        cmocka_unit_test(test_balance),
        cmocka_unit_test(test_empirical_draws_nothing),
        cmocka_unit_test(test_constant_and_empty),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_too_many_doses),

    };
    return cmocka_run_group_tests_name("plasma", tests, NULL, NULL);
}
