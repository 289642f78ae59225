/* Single fates in a running simulation: what cells die of, how long dying takes, and that the same cell has
 * the same luck whatever is done to it. */
#include "sim_case.h"

static Backend backend;

enum { CELLS = 240000 };

/* Blasts, each an agent of its own, in a dish; so sensitive that any drug brings the largest hazard. */
static const char dish[] =
    "simulation: {agents: 240000, until_days: 1000, b_agent_share: 0}\n"
    "patient:\n"
    "  nucleated_marrow_cells: 240000\n"
    "  marrow_blast_fraction: 1\n"
    "  marrow_room_factor: 100\n"
    "  blood_blast_share: 0\n"
    "  normal_b_cells: 0\n"
    "  b_cell_fraction: 0\n"
    "drug: {pk: constant, constant_ng_per_ml: 1000}\n"
    "cells:\n"
    "  blast: {d50_breaks: 0.001, d50_ln_sd: 0, birth_per_d: 0, death_per_d: 0, egress_per_d: 0}\n"
    "dosing: {regimen: none}\n";

/* ---- causes of leaving ------------------------------------------------------------------------- */

enum { BY_DRUG, BY_NATURE, BY_EGRESS, CAUSES };

/* What an interval did to the blasts in marrow, class 0. */
static void count_causes(SimCase *c, double causes[CAUSES]) {
    static Totals totals;
    assert_ok(sim_advance(c->sim));
    assert_ok(backend_read(&backend, POOL_TOTALS, 0, sizeof totals, &totals));
    causes[BY_DRUG] += (double)totals.tally[0][TALLY_DRUG_DEATHS];
    causes[BY_NATURE] += (double)totals.tally[0][TALLY_NATURAL_DEATHS];
    causes[BY_EGRESS] += (double)totals.tally[0][TALLY_MOVED];
}

/* Part of y0 (of the cells that 1 % of the room is for) that is left after t, losing cells at rate h and
 * dividing at the least rate that crowding allows beside a death rate d: y' = -h y + 0.01 d y^2. */
static double part_left(double y0, double h, double d, double t) {
    double c = 0.01 * d / h;
    return 1 / (y0 * c + (1 - y0 * c) * exp(h * t));
}

/* Three hazards at once take their shares, and together as many cells as their sum says. */
static void test_causes(void **state) {
    (void)state;
    const char *const names[CAUSES] = {"share of drug", "share of natural death", "share of egress"};
    enum { WARM_UP = 3, INTERVALS = 20 };
    Config config;
    expect_loads(&config, dish);
    config.simulation.dt_h = 2, config.simulation.output_every_h = 2;
    config.cells.blast.hmax_per_h = 0.02;
    config.cells.blast.death_per_d = 0.2;
    config.cells.blast.egress_per_d = 0.25;
    config.cells.blast.homing_per_d = 0;
    const double hazards[CAUSES] = {0.02 * config.cells.blast.niche_factor, 0.2 / 24, 0.25 / 24};
    double sum = hazards[0] + hazards[1] + hazards[2], warm_up[CAUSES] = {0}, causes[CAUSES] = {0};
    SimCase c = {0};
    case_start(&c, &config, &backend);
    for (int i = 0; i < WARM_UP; i++) count_causes(&c, warm_up); /* until damage is beyond D50 */
    double before = (double)case_observe(&c).blasts_marrow_cells;
    for (int i = 0; i < INTERVALS; i++) count_causes(&c, causes);
    double after = (double)case_observe(&c).blasts_marrow_cells;
    case_stop(&c);
    double left = causes[0] + causes[1] + causes[2];
    for (int i = 0; i < CAUSES; i++) expect_share(names[i], causes[i], left, hazards[i] / sum);
    expect_share("share still there", after, before, part_left(before / CELLS, sum, 0.2 / 24, 2 * INTERVALS));
}

/* ---- blood ------------------------------------------------------------------------------------- */

/* Cells between marrow and blood: their number in blood after `days`, and the divisions counted there (right
 * for less than 24 intervals, when the sums over agents take the tallies' place). */
static double in_blood(double birth_per_d, double days, int64_t *births) {
    Config config;
    expect_loads(&config, dish);
    config.simulation.dt_h = 2, config.simulation.output_every_h = 2;
    config.drug.constant_ng_per_ml = 0;
    config.cells.blast.birth_per_d = birth_per_d;
    config.cells.blast.egress_per_d = 0.3;
    config.cells.blast.homing_per_d = 0.7;
    SimCase c = {0};
    static Totals totals;
    case_start(&c, &config, &backend);
    *births = 0;
    while (sim_time_h(c.sim) < 24 * days - 1e-9) {
        assert_ok(sim_advance(c.sim));
        assert_ok(backend_read(&backend, POOL_TOTALS, 0, sizeof totals, &totals));
        *births += totals.tally[1][TALLY_BIRTHS];
    }
    double cells = (double)case_observe(&c).blasts_blood_cells;
    case_stop(&c);
    return cells;
}

/* From marrow at 0.3 a day, back at 0.7: 0.3 (1 - e^-t) of them are in blood. A cell that leaves shortly
 * before it would have divided waits until it is back. */
static void test_blood(void **state) {
    (void)state;
    const double days[] = {1, 3};
    int64_t births;
    for (int i = 0; i < 2; i++) {
        print_message("  day %.0f: ", days[i]);
        expect_share("share in blood", in_blood(0, days[i], &births), CELLS, 0.3 * (1 - exp(-days[i])));
    }
    double cells = in_blood(0.5, 1.5, &births);
    print_message("  %.0f cells in blood, %lld births there, 0 expected\n", cells, (long long)births);
    assert_true(cells > 10000 && births == 0);
}

/* ---- dying ------------------------------------------------------------------------------------- */

/* Times at which cells pass a point, from counts per interval. */
typedef struct Passage {
    double cells, time, squares;
} Passage;

static void passage_add(Passage *p, double cells, double t_h) {
    p->cells += cells;
    p->time += cells * t_h;
    p->squares += cells * t_h * t_h;
}

static double passage_mean(const Passage *p) {
    return p->time / p->cells;
}

static double passage_variance(const Passage *p) {
    return p->squares / p->cells - pow(passage_mean(p), 2);
}

/* Chance that Erlang(3) of mean 24 h is longer than t. */
static double still_dying(double t_h) {
    double x = t_h / 8;
    return exp(-x) * (1 + x + x * x / 2);
}

/* All cells commit to apoptosis within the first hour, then vanish after Erlang(3). Times of committing and
 * of dying are independent, so means and variances add up. */
static void test_dying(void **state) {
    (void)state;
    const double dt_h = 0.1, look_h[] = {8, 16, 32, 64};
    double dying[4];
    Config config;
    expect_loads(&config, dish);
    config.simulation.dt_h = dt_h;
    config.simulation.output_every_h = dt_h;
    config.cells.blast.hmax_per_h = 10;
    SimCase c = {0};
    Passage commit = {0}, vanish = {0};
    int64_t committed = 0, vanished = 0, looks = 0;
    case_start(&c, &config, &backend);
    while (sim_cost(c.sim).agents > 0) {
        assert_ok(sim_advance(c.sim));
        Observation o = case_observe(&c);
        int64_t gone = o.blast_deaths_drug_cells - o.blasts_committed_cells;
        passage_add(&commit, (double)(o.blast_deaths_drug_cells - committed), o.time_h - dt_h / 2);
        passage_add(&vanish, (double)(gone - vanished), o.time_h - dt_h / 2);
        committed = o.blast_deaths_drug_cells, vanished = gone;
        if (looks < 4 && o.time_h >= look_h[looks] - 1e-9) dying[looks++] = (double)o.blasts_committed_cells;
    }
    case_stop(&c);
    double n = commit.cells, start_h = passage_mean(&commit);
    print_message("  %.0f cells commit after %.3f h on average, %.0f vanish\n", n, start_h, vanish.cells);
    assert_true(n == CELLS && vanish.cells == n && looks == 4);
    expect_near("mean dying time (h)", passage_mean(&vanish) - start_h, 24, sqrt(192 / n));
    /* kurtosis of Erlang(3) is 5 */
    expect_near("variance (h2)", passage_variance(&vanish) - passage_variance(&commit), 192,
                192 * sqrt(4 / n));
    for (int i = 0; i < 4; i++) {
        print_message("  after %.0f h: ", look_h[i]);
        expect_share("share still dying", dying[i], n, still_dying(look_h[i] - start_h));
    }
}

/* ---- common luck ------------------------------------------------------------------------------- */

enum { SECOND_DOSE_H = 72 };

/* A dose at once, another of `second_mg` after three days. */
static void start_dosed(SimCase *c, const Config *config, Backend *b, double second_mg) {
    Config dosed = *config;
    int file = temporary_file(dosed.dosing.file);
    dprintf(file, "ID,TIME,AMT,RATE,EVID,CMT\n1,0,1.5,1.5,1,1\n1,%d,%g,%g,1,1\n", SECOND_DOSE_H, second_mg,
            second_mg);
    close(file);
    memset(c, 0, sizeof *c);
    case_start(c, &dosed, b);
    unlink(dosed.dosing.file);
}

/* One seed, two treatments: the same bits until the doses differ, and not after; another seed, other
 * founders. */
static void test_same_until_dosed(void **state) {
    (void)state;
    Backend other;
    open_cpu(&other, 1, "");
    Config config;
    config_default(&config);
    config.simulation.agents = 20000;
    SimCase low, high, reseeded = {0};
    start_dosed(&low, &config, &backend, 1);
    start_dosed(&high, &config, &other, 3);
    int same = 0;
    for (; case_digest(&low) == case_digest(&high) && sim_time_h(low.sim) < 240; same++) {
        assert_ok(sim_advance(low.sim));
        assert_ok(sim_advance(high.sim));
    }
    print_message("  equal populations for the first %d intervals of 1 h, %d expected\n", same,
                  SECOND_DOSE_H + 1);
    assert_int_equal(same, SECOND_DOSE_H + 1); /* time zero to the dose, both included */
    case_stop(&high);
    uint64_t digests[2];
    case_stop(&low);
    for (int seed = 1; seed <= 2; seed++) {
        config.simulation.seed = seed;
        case_start(&reseeded, &config, &backend);
        digests[seed - 1] = case_digest(&reseeded);
        case_stop(&reseeded);
    }
    print_message("  seed 1 %016llx, seed 2 %016llx\n", (unsigned long long)digests[0],
                  (unsigned long long)digests[1]);
    assert_true(digests[0] != digests[1]);
    backend_close(&other);
}

/* Identities of the uncommitted, in order. */
static u64 *survivors(SimCase *c, size_t *count) {
    size_t all;
    PoolAgent *agents = pool_agents(c->backend, &all);
    u64 *names = malloc(sizeof *names * (all + 1));
    assert_non_null(names);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (agents[i].real[REAL_FATE] < 0.5f * FOREVER) names[(*count)++] = agents[i].identity;
    free(agents);
    return names;
}

/* Luck belongs to the cell: where none are born, whoever survives the higher dose survives the lower one as
 * well. */
static void test_luck_is_the_cells(void **state) {
    (void)state;
    Config config;
    config_default(&config);
    config.simulation.agents = 20000;
    config.simulation.b_agent_share = 0;
    config.simulation.split = false;
    config.cells.blast.birth_per_d = config.cells.blast.death_per_d = 0;
    const double second_mg[] = {1, 3};
    u64 *names[2];
    size_t counts[2];
    for (int arm = 0; arm < 2; arm++) {
        SimCase c;
        start_dosed(&c, &config, &backend, second_mg[arm]);
        case_until(&c, 6);
        names[arm] = survivors(&c, &counts[arm]);
        case_stop(&c);
    }
    size_t saved = 0, lost = 0;
    for (size_t low = 0, high = 0; high < counts[1]; high++) {
        while (low < counts[0] && names[0][low] < names[1][high]) low++;
        lost += low == counts[0] || names[0][low] != names[1][high];
    }
    saved = counts[0] - counts[1] + lost;
    print_message("  of 20000, %zu survive 1 mg and %zu 3 mg; only the lower dose spares %zu, only the "
                  "higher %zu (0)\n",
                  counts[0], counts[1], saved, lost);
    assert_true(counts[1] > 100 && saved > 100);
    assert_int_equal(lost, 0);
    free(names[0]);
    free(names[1]);
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
        cmocka_unit_test(test_causes),
        cmocka_unit_test(test_blood),
        cmocka_unit_test(test_dying),
        cmocka_unit_test(test_same_until_dosed),
        cmocka_unit_test(test_luck_is_the_cells),
    };
    return cmocka_run_group_tests_name("fates", tests, set_up, tear_down);
}
