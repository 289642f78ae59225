/* The flow map against direct integration, its own composition, and the published in vitro curve. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dosing/flow.h"
#include "plasma_checks.h"

enum {
    CELL = FLOW_STATES + 2,
    CELL_R0 = FLOW_STATES,
    CELL_DEGRADED
}; /* a cell, its R0, its degraded conjugate */

static const FlowRates rates = {1.8,  0.27, 0.20,  0.62, 0.30,         0.20, 6.0,
                                0.15, 0.20, 0.015, 0.10, PLACE_MARROW, 1.0};

/* docs/model.md section 4, written out once more. */
static void cell_slope(double local_nm, const double x[CELL], double slope[CELL]) {
    const FlowRates *r = &rates;
    double binding = r->kon_per_nm_h * local_nm * x[FLOW_R] - r->koff_per_h * x[FLOW_C];
    double inward = (1.0 - r->recycled_fraction) * r->kint_per_h * x[FLOW_C];
    double degraded = r->klys_per_h * x[FLOW_E];
    slope[FLOW_R] = r->kturn_per_h * (x[CELL_R0] - x[FLOW_R]) - binding;
    slope[FLOW_C] = binding - inward;
    slope[FLOW_E] = inward - degraded;
    slope[FLOW_P] = r->dar * degraded - (r->keff_per_h + r->kact_per_h) * x[FLOW_P];
    slope[FLOW_D] = r->f_dna * r->kact_per_h * x[FLOW_P] - r->krep_per_h * x[FLOW_D];
    slope[CELL_R0] = 0.0;
    slope[CELL_DEGRADED] = degraded;
}

typedef void (*Slope)(const double y[], double slope[]);

/* Classical Runge-Kutta with steps so short that it is exact to some 1e-11. */
static void integrate(Slope slope, int n, double y[], double dt_h) {
    double k[4][32], at[32];
    const double reach[4] = {0.0, 0.5, 0.5, 1.0};
    int steps = (int)ceil(dt_h * 1024.0);
    double h = dt_h / steps;
    for (int s = 0; s < steps; s++) {
        for (int stage = 0; stage < 4; stage++) {
            for (int i = 0; i < n; i++) at[i] = y[i] + (stage ? reach[stage] * h * k[stage - 1][i] : 0.0);
            slope(at, k[stage]);
        }
        for (int i = 0; i < n; i++) y[i] += h / 6.0 * (k[0][i] + 2.0 * k[1][i] + 2.0 * k[2][i] + k[3][i]);
    }
}

/* Largest difference between the map's column j (R0 for j = FLOW_STATES) and a directly integrated cell. */
static double column_error(const FlowMap *map, int j, const double cell[CELL]) {
    bool inflow = j == CELL_R0;
    double worst = fabs((inflow ? map->degraded_inflow : map->degraded[j]) - cell[CELL_DEGRADED]);
    for (int i = 0; i < FLOW_STATES; i++) {
        worst = fmax(worst, fabs((inflow ? map->inflow[i] : map->phi[i][j]) - cell[i]));
    }
    return worst;
}

static double constant_nm;

static void constant_slope(const double y[], double slope[]) {
    cell_slope(constant_nm, y, slope);
}

static double constant_error(double dt_h) {
    static PlasmaPath path;
    FlowMap map;
    flow_constant_path(constant_nm, dt_h, &path);
    flow_map(&rates, &path, &map);
    double worst = 0.0;
    for (int j = 0; j <= FLOW_STATES; j++) {
        double cell[CELL] = {0};
        cell[j] = 1.0;
        integrate(constant_slope, CELL, cell, dt_h);
        worst = fmax(worst, column_error(&map, j, cell));
    }
    return worst;
}

static void test_constant_concentration(void **state) {
    (void)state;
    const double ng_per_ml[] = {0.0, 0.5, 5.0, 50.0, 300.0}, dt_h[] = {0.1, 0.5, 1.0, 2.0, 4.0, 6.0, 24.0};
    for (int c = 0; c < 5; c++) {
        constant_nm = ng_per_ml[c] / 160.0;
        print_message("  %5.1f ng/mL, dt 0.1 0.5 1 2 4 6 24 h: off by", ng_per_ml[c]);
        for (int i = 0; i < 7; i++) {
            double error = constant_error(dt_h[i]);
            print_message(" %.0e", error);
            assert_true(error < 1e-9);
        }
        print_message("\n");
    }
}

/* Plasma, one exchanging class and a cell in each place, all in one system of ordinary equations: what
 * the map along plasma_advance's path has to reproduce. */
enum {
    SYS_CENTRAL,
    SYS_PERIPHERAL,
    SYS_FREE,
    SYS_BOUND,
    SYS_MARROW_CELL,
    SYS_BLOOD_CELL = SYS_MARROW_CELL + CELL,
    SYS_COUNT = SYS_BLOOD_CELL + CELL
};

static PlasmaParams params;
static double infusion_nmol_per_h;
static const double burden_nmol = 1e12 * 3470.0 / 6.022e14;

static void system_slope(const double y[], double slope[]) {
    const PlasmaParams *p = &params;
    double ps = p->ps_l_per_h, cp = y[SYS_CENTRAL] / p->v1_l;
    double cm = (ps * cp + 0.27 * y[SYS_BOUND]) / (ps / p->kp + 1.8 * y[SYS_FREE]);
    double exchanged = p->q_l_per_h * (cp - y[SYS_PERIPHERAL] / p->v2_l);
    double binding = 1.8 * cm * y[SYS_FREE] - 0.27 * y[SYS_BOUND];
    slope[SYS_CENTRAL] = infusion_nmol_per_h - p->cl1_l_per_h * cp - exchanged - ps * (cp - cm / p->kp);
    slope[SYS_PERIPHERAL] = exchanged;
    slope[SYS_FREE] = 0.20 * (burden_nmol - y[SYS_FREE]) - binding;
    slope[SYS_BOUND] = binding - 0.70 * 0.62 * y[SYS_BOUND];
    cell_slope(cm, y + SYS_MARROW_CELL, slope + SYS_MARROW_CELL);
    cell_slope(cp, y + SYS_BLOOD_CELL, slope + SYS_BLOOD_CELL);
}

/* Largest error of both places' maps over the interval from `y`, which is carried to its end. */
static double path_error(const PlasmaPath *path, double y[SYS_COUNT], double dt_h) {
    FlowRates blood = rates;
    blood.place = PLACE_PLASMA;
    FlowMap marrow_map, blood_map;
    flow_map(&rates, path, &marrow_map);
    flow_map(&blood, path, &blood_map);
    double worst = 0.0, end[SYS_COUNT];
    for (int j = 0; j <= FLOW_STATES; j++) {
        memcpy(end, y, sizeof end);
        memset(end + SYS_MARROW_CELL, 0, 2 * CELL * sizeof *end);
        end[SYS_MARROW_CELL + j] = end[SYS_BLOOD_CELL + j] = 1.0;
        integrate(system_slope, SYS_COUNT, end, dt_h);
        worst = fmax(worst, column_error(&marrow_map, j, end + SYS_MARROW_CELL));
        worst = fmax(worst, column_error(&blood_map, j, end + SYS_BLOOD_CELL));
    }
    memcpy(y, end, sizeof end);
    return worst;
}

/* Twelve hours from the start of the first infusion into a full marrow: nothing changes faster. */
static void check_path(double dt_h) {
    static PlasmaPath path;
    const PlasmaMarrow marrow = {
        7e11, 0.0, {.cells = 1.2e12, .regrowth_per_h = 0.005, .suppression_from = 1, .lag_h = 72}};
    Config config;
    config_default(&config);
    assert_ok(patient_plasma(&config, &params));
    Dosing *dosing = dose_table(&config, "1,0,1.472,1.472,1,1,0,0\n");
    Plasma *plasma;
    assert_ok(plasma_create(&plasma, &params));
    PlasmaState now = {.normal = {.cells = 3e11}};
    double y[SYS_COUNT] = {[SYS_FREE] = burden_nmol}, worst[2] = {0.0, 0.0};
    print_message("  dt %.2f h:", dt_h);
    while (now.time_h < 12.0) {
        bool infusing = now.time_h < 1.0;
        infusion_nmol_per_h = infusing ? 9.2 : 0.0;
        PlasmaExchange exchange = {.place = PLACE_MARROW,
                                   .exposure = 1.0,
                                   .kon_per_nm_h = 1.8,
                                   .koff_per_h = 0.27,
                                   .kturn_per_h = 0.20,
                                   .removal_per_h = 0.70 * 0.62,
                                   .free_nmol = y[SYS_FREE],
                                   .bound_nmol = y[SYS_BOUND],
                                   .setpoint_nmol = burden_nmol};
        assert_ok(plasma_advance(plasma, &now, dosing, 0.7, &exchange, 1, &marrow, dt_h, &path));
        worst[infusing] = fmax(worst[infusing], path_error(&path, y, dt_h));
    }
    print_message(" maps off by %.1e during the infusion, %.1e after it\n", worst[1], worst[0]);
    assert_true(worst[0] < 5e-9 && worst[1] < 5e-9);
    plasma_destroy(plasma);
    dosing_destroy(dosing);
}

static void test_along_plasma(void **state) {
    (void)state;
    check_path(0.25);
    check_path(0.5);
    check_path(1.0);
}

static double composition_error(const FlowMap *first, const FlowMap *second, const FlowMap *both) {
    double worst = 0.0;
    for (int j = 0; j <= FLOW_STATES; j++) {
        bool inflow = j == FLOW_STATES;
        double degraded = inflow ? first->degraded_inflow + second->degraded_inflow : first->degraded[j];
        double x[FLOW_STATES];
        for (int i = 0; i < FLOW_STATES; i++) x[i] = inflow ? first->inflow[i] : first->phi[i][j];
        for (int i = 0; i < FLOW_STATES; i++) {
            double end = inflow ? second->inflow[i] : 0.0;
            for (int k = 0; k < FLOW_STATES; k++) end += second->phi[i][k] * x[k];
            worst = fmax(worst, fabs(end - (inflow ? both->inflow[i] : both->phi[i][j])));
            degraded += second->degraded[i] * x[i];
        }
        worst = fmax(worst, fabs(degraded - (inflow ? both->degraded_inflow : both->degraded[j])));
    }
    return worst;
}

static void test_composition(void **state) {
    (void)state;
    static PlasmaPath path;
    FlowMap first, second, both;
    flow_constant_path(0.2, 1.5, &path);
    flow_map(&rates, &path, &first);
    flow_constant_path(0.05, 4.0, &path);
    flow_map(&rates, &path, &second);
    path.count = 2;
    path.steps[1] = path.steps[0];
    path.steps[0] = (PlasmaStep){1.5, {0.2, 0.2}, {0.2, 0.2}};
    flow_map(&rates, &path, &both);
    double error = composition_error(&first, &second, &both);
    print_message("  1.5 h then 4 h against both at once: off by %.1e\n", error);
    assert_true(error < 1e-12);
}

static void test_shape(void **state) {
    (void)state;
    static PlasmaPath path;
    FlowMap map;
    flow_constant_path(0.5, 2.0, &path);
    flow_map(&rates, &path, &map);
    for (int i = 0; i < FLOW_STATES; i++) {
        for (int j = i + 1; j < FLOW_STATES; j++) {
            if (i != FLOW_R || j != FLOW_C) assert_true(map.phi[i][j] == 0.0);
        }
    }
    assert_true(map.phi[FLOW_R][FLOW_C] > 0.0);
}

static void flow_apply(const FlowMap *map, double r0, double x[FLOW_STATES]) {
    double before[FLOW_STATES];
    memcpy(before, x, sizeof before);
    for (int i = 0; i < FLOW_STATES; i++) {
        x[i] = map->inflow[i] * r0;
        for (int j = 0; j < FLOW_STATES; j++) x[i] += map->phi[i][j] * before[j];
    }
}

static void test_steady_state(void **state) {
    (void)state;
    static PlasmaPath path;
    FlowMap map;
    double x[FLOW_STATES] = {3470.0};
    flow_constant_path(5.0 / 160.0, 24.0, &path);
    flow_map(&rates, &path, &map);
    for (int day = 0; day < 60; day++) flow_apply(&map, 3470.0, x);
    check("R at 5 ng/mL", x[FLOW_R], 2957.0, 0.005);
    check("C", x[FLOW_C], 236.0, 0.005);
    check("E", x[FLOW_E], 512.0, 0.005);
    check("P", x[FLOW_P], 1757.0, 0.005);
    check("D", x[FLOW_D], 53.0, 0.005);
}

/* In vitro. Every state is proportional to R0 and the hazard asks for D/D50 only, so that the two
 * lognormal spreads act as one, of variance 0.5^2 + 0.4^2, on the damage of a typical cell. */
enum { QUARTERS = 4, MOST_QUARTERS = 72 * QUARTERS };

static void typical_damage(double ng_per_ml, int quarters, double damage[]) {
    static PlasmaPath path;
    FlowMap map;
    double x[FLOW_STATES] = {3470.0};
    flow_constant_path(ng_per_ml / 160.0, 1.0 / QUARTERS, &path);
    flow_map(&rates, &path, &map);
    damage[0] = 0.0;
    for (int i = 1; i <= quarters; i++) {
        flow_apply(&map, 3470.0, x);
        damage[i] = x[FLOW_D] / 50.0;
    }
}

/* Integral of the hazard, by Simpson's rule, of a cell `factor` times as damaged. */
static double hazard_sum(const double damage[], int quarters, double factor) {
    double sum = 0.0;
    for (int i = 0; i <= quarters; i++) {
        double d = factor * damage[i], weight = i == 0 || i == quarters ? 1.0 : i % 2 ? 4.0 : 2.0;
        sum += weight * 0.05 * d * d / (1.0 + d * d);
    }
    return sum / (3.0 * QUARTERS);
}

/* Share of cells not committed to death; control cells do not die. */
static double viability(double ng_per_ml, int hours) {
    double damage[MOST_QUARTERS + 1], sd = sqrt(0.5 * 0.5 + 0.4 * 0.4), sum = 0.0, weights = 0.0;
    typical_damage(ng_per_ml, hours * QUARTERS, damage);
    for (double z = -6.0; z < 6.01; z += 0.1) {
        double weight = exp(-0.5 * z * z);
        sum += weight * exp(-hazard_sum(damage, hours * QUARTERS, exp(sd * z)));
        weights += weight;
    }
    return sum / weights;
}

static double ic50(int hours) {
    double lo = log(1e-2), hi = log(1e5);
    for (int i = 0; i < 50; i++) {
        double mid = 0.5 * (lo + hi);
        *(viability(exp(mid), hours) > 0.5 ? &lo : &hi) = mid;
    }
    return exp(lo);
}

static void test_in_vitro(void **state) {
    (void)state;
    check("IC50 at 24 h, ng/mL", ic50(24), 69.0, 0.05);
    check("IC50 at 48 h, ng/mL", ic50(48), 5.05, 0.05);
    check("IC50 at 72 h, ng/mL", ic50(72), 2.8, 0.05);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady_state), cmocka_unit_test(test_constant_concentration),
        cmocka_unit_test(test_along_plasma), cmocka_unit_test(test_composition),
        cmocka_unit_test(test_shape),        cmocka_unit_test(test_in_vitro),
    };
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
