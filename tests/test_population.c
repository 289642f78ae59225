/* Populations against the birth-death process: its mean, variance and extinction, with agents that are one
 * cell each, and with agents that are split and thinned.
 *
 * Rates are per day. Whatever a single replicate does is chance, so everything is compared with what theory
 * says within three standard errors over replicates, each of its own seed. */
#include "sim_case.h"

static Backend backend;

/* Blasts alone in a marrow so large that they never fill it: no drug, no blood, no healthy B cells. */
static const char alone[] = "simulation: {dt_h: 4, output_every_h: 24, until_days: 1000, b_agent_share: 0}\n"
                            "patient:\n"
                            "  nucleated_marrow_cells: 1e14\n"
                            "  blood_blast_share: 0\n"
                            "  marrow_room_factor: 100\n"
                            "  normal_regrowth_per_d: 0\n"
                            "  normal_rest_per_d: 0\n"
                            "  normal_b_cells: 0\n"
                            "  b_cell_fraction: 0\n"
                            "cells: {blast: {egress_per_d: 0}}\n"
                            "dosing: {regimen: none}\n";

/* `cells` blasts that divide at rate b and die at rate d, followed by at most `agents` agents. Normal marrow
 * takes 1 % of the room, which brings the division rate so much closer to the one that balances death:
 * `birth_per_d` makes up for it. */
static Config population(double cells, double agents, double b, double d, int stages) {
    Config config;
    double balancing = d / (stages * (pow(2, 1.0 / stages) - 1));
    expect_loads(&config, alone);
    config.simulation.agents = (int64_t)agents;
    config.patient.marrow_blast_fraction = cells / config.patient.nucleated_marrow_cells;
    config.cells.blast.birth_per_d = balancing + (b - balancing) / 0.99;
    config.cells.blast.death_per_d = d;
    config.cells.blast.cycle_stages = stages;
    return config;
}

/* ---- the law ----------------------------------------------------------------------------------- */

/* Extinction within t of one founder: d (e^rt - 1) / (b e^rt - d). */
static double extinct_within(double b, double d, double t) {
    double growth = exp((b - d) * t);
    return d * (growth - 1) / (b * growth - d);
}

/* Fourth central moment of n founders' descendants at t. Those of one founder number zero with probability
 * p0, else geometrically with ratio q; cumulants of the founders add up. */
static double fourth_moment(double n, double b, double d, double t) {
    double p0 = extinct_within(b, d, t), q = b / d * p0, mean = exp((b - d) * t);
    double second = p0 * mean * mean, fourth = p0 * pow(mean, 4), p = (1 - p0) * (1 - q);
    for (int k = 1; p > 1e-18; k++, p *= q) {
        second += p * pow(k - mean, 2);
        fourth += p * pow(k - mean, 4);
    }
    return n * (fourth - 3 * second * second) + 3 * pow(n * second, 2);
}

/* ---- one agent, one cell ----------------------------------------------------------------------- */

static void expect_law(const Sample *cells, double extinct, double n, double b, double d, double t) {
    double r = b - d, mean = n * exp(r * t), count = cells->count;
    double variance = n * (b + d) / r * exp(r * t) * (exp(r * t) - 1);
    print_message("  day %.0f, %.0f replicates:\n", t, count);
    expect_near("mean", sample_mean(cells), mean, sqrt(variance / count));
    expect_near("variance", sample_variance(cells), variance,
                sqrt((fourth_moment(n, b, d, t) - variance * variance) / count));
    expect_share("extinct", extinct, count, pow(extinct_within(b, d, t), n));
}

/* No weight is above one, nothing is thinned: agents are the process. In the long run all of n die out with
 * probability (d/b)^n; a population of 40 dies out with 1e-12 and is taken for alive. */
static void test_birth_death(void **state) {
    (void)state;
    enum { REPLICATES = 3000, TIMES = 2, SAFE = 40 };
    const double n = 2, b = 0.30, d = 0.15, days[TIMES] = {5, 15};
    Sample cells[TIMES] = {{0}};
    double extinct[TIMES] = {0}, in_the_end = 0;
    Config config = population(n, 2000, b, d, 1);
    for (int i = 0; i < REPLICATES; i++) {
        SimCase c = {0};
        config.simulation.seed = 1000 + i;
        case_start(&c, &config, &backend);
        for (int t = 0; t < TIMES; t++) {
            case_until(&c, days[t]);
            Observation o = case_observe(&c);
            assert_true(o.blast_weight == 1 && o.blast_resampled_cells == 0);
            sample_add(&cells[t], (double)o.blasts_marrow_cells);
            extinct[t] += o.blasts_marrow_cells == 0;
        }
        while (sim_cost(c.sim).agents > 0 && sim_cost(c.sim).agents < SAFE) assert_ok(sim_advance(c.sim));
        in_the_end += sim_cost(c.sim).agents == 0;
        case_stop(&c);
    }
    for (int t = 0; t < TIMES; t++) expect_law(&cells[t], extinct[t], n, b, d, days[t]);
    expect_share("extinct in the end", in_the_end, REPLICATES, pow(d / b, n));
}

/* ---- splitting and thinning -------------------------------------------------------------------- */

/* A declining population split from weight 64 down to 1. Splitting keeps the mean exactly; the variance is
 * that of fewer, heavier agents, for which there is no closed form, so only the mean is theory's. */
static void test_split_mean(void **state) {
    (void)state;
    enum { REPLICATES = 1500, TIMES = 4 };
    const double n = 2048, b = 0.1, d = 0.4, days[TIMES] = {4, 9, 14, 19};
    Sample cells[TIMES] = {{0}};
    double weights[TIMES] = {0};
    Config config = population(n, 32, b, d, 1);
    for (int i = 0; i < REPLICATES; i++) {
        SimCase c = {0};
        config.simulation.seed = 20000 + i;
        case_start(&c, &config, &backend);
        assert_int_equal(case_observe(&c).blast_weight, 64);
        for (int t = 0; t < TIMES; t++) {
            case_until(&c, days[t]);
            Observation o = case_observe(&c);
            sample_add(&cells[t], (double)o.blasts_marrow_cells);
            weights[t] += (double)o.blast_weight / REPLICATES;
        }
        case_stop(&c);
    }
    for (int t = 0; t < TIMES; t++) {
        print_message("  day %.0f, weight %.2f on average:\n", days[t], weights[t]);
        expect_near("mean", sample_mean(&cells[t]), n * exp((b - d) * days[t]), sample_error(&cells[t]));
    }
    assert_true(weights[TIMES - 1] < 1.5);
}

/* A growing population thinned above 44 agents. The mean stays that of the process. Extinction does too, as
 * far as can be measured: a thinned population is split again before it dies out, and then it holds the
 * target's 40 cells, which die out with (d/b)^40 = 1e-7. The variance does not stay: heavier agents are fewer
 * independent ones. */
static void test_thin_mean(void **state) {
    (void)state;
    enum { REPLICATES = 2000 };
    const double n = 3, b = 0.3, d = 0.2, days = 24;
    Sample cells = {0};
    double extinct = 0, thinned = 0, heaviest = 1;
    Config config = population(n, 40, b, d, 1);
    for (int i = 0; i < REPLICATES; i++) {
        SimCase c = {0};
        config.simulation.seed = 30000 + i;
        case_start(&c, &config, &backend);
        case_until(&c, days);
        Observation o = case_observe(&c);
        sample_add(&cells, (double)o.blasts_marrow_cells);
        extinct += o.blasts_marrow_cells == 0;
        thinned += o.blast_weight > 1;
        heaviest = fmax(heaviest, (double)o.blast_weight);
        case_stop(&c);
    }
    print_message("  %.0f of %d replicates end thinned, weights up to %.0f\n", thinned, (int)REPLICATES,
                  heaviest);
    assert_true(thinned > REPLICATES / 5 && heaviest >= 4);
    expect_near("mean", sample_mean(&cells), n * exp((b - d) * days), sample_error(&cells));
    expect_share("extinct", extinct, REPLICATES, pow(extinct_within(b, d, days), n));
}

/* Growth from 40 cells over three days, in intervals so long that a population doubles in one: cells at the
 * end, and how often the weight grew at least fourfold at once. */
static Sample grow_fast(double agents, int *twice) {
    enum { REPLICATES = 3000 };
    Sample cells = {0};
    Config config = population(40, agents, 2, 0.1, 1);
    config.simulation.dt_h = 24;
    for (int i = 0; i < REPLICATES; i++) {
        SimCase c = {0};
        int64_t weight = 1;
        config.simulation.seed = 40000 + i;
        case_start(&c, &config, &backend);
        for (int day = 0; day < 3; day++) {
            assert_ok(sim_advance(c.sim));
            int64_t now = case_observe(&c).blast_weight;
            *twice += now >= 4 * weight;
            weight = now;
        }
        sample_add(&cells, (double)case_observe(&c).blasts_marrow_cells);
        case_stop(&c);
    }
    return cells;
}

/* Several thinnings at once, between two intervals, must not look up the same coins. Against the same growth
 * without thinning: intervals are too long for the law. */
static void test_thin_twice(void **state) {
    (void)state;
    int twice = 0, never = 0;
    Sample thinned = grow_fast(40, &twice), whole = grow_fast(4000, &never);
    print_message("  thinned twice at once %d times, without thinning %d\n", twice, never);
    assert_true(twice > 100 && never == 0);
    expect_near("mean", sample_mean(&thinned), sample_mean(&whole),
                hypot(sample_error(&thinned), sample_error(&whole)));
}

/* ---- every power of two ------------------------------------------------------------------------ */

enum { POWERS = 21 };

/* Follows one replicate down to nothing; marks the weights it goes through. */
static void follow_down(SimCase *c, const double *days, Sample *cells, int times, double visits[POWERS]) {
    bool seen[POWERS] = {false};
    for (int t = 0; t < times || sim_cost(c->sim).agents > 0;) {
        assert_ok(sim_advance(c->sim));
        Observation o = case_observe(c);
        seen[ilogb((double)o.blast_weight)] = true;
        if (t < times && sim_time_h(c->sim) >= 24 * days[t] - 1e-9)
            sample_add(&cells[t++], (double)o.blasts_marrow_cells);
    }
    Observation end = case_observe(c);
    assert_int_equal(end.blasts_marrow_cells, 0);
    assert_int_equal(end.blast_weight, 1);
    assert_int_equal(observation_imbalance_cells(&end), 0);
    for (int k = 0; k < POWERS; k++) visits[k] += seen[k];
}

/* 128 agents of 2^20 cells decline at a constant rate to the death of the last cell. The least division rate
 * the crowding law allows beside a death rate is 1 % of it. */
static void test_every_weight(void **state) {
    (void)state;
    enum { REPLICATES = 300, TIMES = 5 };
    const double n = ldexp(1, 27), d = 2, b = 0, days[TIMES] = {1, 3, 5, 7, 8.5};
    Sample cells[TIMES] = {{0}};
    double visits[POWERS] = {0};
    Config config = population(n, 128, b, d, 1);
    config.simulation.dt_h = 3;
    config.cells.blast.birth_per_d = 0;
    for (int i = 0; i < REPLICATES; i++) {
        SimCase c = {0};
        config.simulation.seed = 50000 + i;
        case_start(&c, &config, &backend);
        assert_int_equal(case_observe(&c).blast_weight, 1 << 20);
        follow_down(&c, days, cells, TIMES, visits);
        case_stop(&c);
    }
    for (int t = 0; t < TIMES; t++) {
        print_message("  day %.1f: ", days[t]);
        expect_near("mean", sample_mean(&cells[t]), n * exp((b - d) * days[t]), sample_error(&cells[t]));
    }
    print_message("  replicates that held weight 2^20, 2^19 ... 1:");
    for (int k = POWERS - 1; k >= 0; k--) print_message(" %.0f", visits[k]);
    print_message("\n");
    for (int k = 0; k < POWERS; k++) assert_true(visits[k] == REPLICATES);
}

/* An interval that kills seven of eight makes several splits at once necessary: their copies must be
 * different cells, or they would share one luck for good. */
static void test_copies_differ(void **state) {
    (void)state;
    Config config = population(ldexp(1, 26), 64, 0.02, 2, 1);
    config.simulation.dt_h = 24;
    config.cells.blast.birth_per_d = 0;
    SimCase c = {0};
    case_start(&c, &config, &backend);
    int twins = 0, most = 0;
    for (int64_t weight = 1 << 20; weight > 1;) {
        assert_ok(sim_advance(c.sim));
        int64_t now = case_observe(&c).blast_weight;
        if (weight / now > most) most = (int)(weight / now);
        weight = now;
        size_t count;
        PoolAgent *agents = pool_agents(&backend, &count);
        for (size_t i = 1; i < count; i++) twins += agents[i].identity == agents[i - 1].identity;
        free(agents);
        if (count == 0) break;
    }
    case_stop(&c);
    print_message(
        "  up to %d agents from one in an interval, at least 4; %d agents with another's identity, 0\n", most,
        twins);
    assert_true(most >= 4);
    assert_int_equal(twins, 0);
}

/* ---- cycles of several stages ------------------------------------------------------------------ */

/* Long after its start a population with an Erlang(k) cycle of mean 1/b and losses d and l grows at the root
 * of 2 (k b / (k b + d + l + rate))^k = 1. */
static void check_growth(int stages) {
    enum { REPLICATES = 40 };
    const double b = 0.4, d = 0.1, l = 0.05, from = 9, to = 17;
    Config config = population(1500, 150000, b, d, stages);
    config.simulation.dt_h = 2;
    config.cells.blast.egress_per_d = l;
    config.cells.blast.homing_per_d = 0;
    double sums[2] = {0}, squares[3] = {0};
    for (int i = 0; i < REPLICATES; i++) {
        SimCase c = {0};
        config.simulation.seed = 60000 + i;
        case_start(&c, &config, &backend);
        case_until(&c, from);
        double before = (double)case_observe(&c).blasts_marrow_cells;
        case_until(&c, to);
        Observation o = case_observe(&c);
        assert_int_equal(o.blast_weight, 1);
        double after = (double)o.blasts_marrow_cells;
        case_stop(&c);
        sums[0] += before, sums[1] += after;
        squares[0] += before * before, squares[1] += before * after, squares[2] += after * after;
    }
    /* a ratio of sums: its error from the residuals after - ratio before */
    double ratio = sums[1] / sums[0], kb = stages * b;
    double residuals = squares[2] - 2 * ratio * squares[1] + ratio * ratio * squares[0];
    double error = sqrt(residuals * REPLICATES / (REPLICATES - 1)) / sums[1] / (to - from);
    print_message("  %d stages: ", stages);
    expect_near("growth per day", log(ratio) / (to - from), kb * (pow(2, 1.0 / stages) - 1) - d - l, error);
}

static void test_growth(void **state) {
    (void)state;
    check_growth(1);
    check_growth(4);
    check_growth(7);
}

static int set_up(void **state) {
    (void)state;
    open_cpu(&backend, 1, "");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    backend_close(&backend);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_birth_death),  cmocka_unit_test(test_split_mean),
        cmocka_unit_test(test_thin_mean),    cmocka_unit_test(test_thin_twice),
        cmocka_unit_test(test_every_weight), cmocka_unit_test(test_copies_differ),
        cmocka_unit_test(test_growth),
    };
    return cmocka_run_group_tests_name("population", tests, set_up, tear_down);
}
