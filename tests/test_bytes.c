/* The same bytes from whole simulations: every row of the time series and every bit of every agent, whatever
 * runs the kernels, on however many threads or lanes, and however often somebody looks. */
#include "sim_case.h"

#include <ftw.h>

static char cache[256]; /* what drivers and backends want to keep goes here, and away at the end */

/* ---- what is simulated ------------------------------------------------------------------------- */

/* The label regimen on two clones that lose CD22 to a third, with blood and B cells: drug deaths, splitting,
 * packing. */
static const char treated[] = "simulation: {agents: 40000, dt_h: 1, until_days: 18, b_agent_share: 0.2}\n"
                              "cells:\n"
                              "  blast:\n"
                              "    cd22_loss_per_division: 1e-8\n"
                              "    clones:\n"
                              "      - name: main\n"
                              "      - {name: pump, fraction: 0.1, keff_per_h: 0.5}\n"
                              "      - {name: cd22-loss, fraction: 0, cd22_per_cell: 0}\n"
                              "dosing: {regimen: label}\n";

/* Growth against little drug: divisions, crowding, thinning; a Hill exponent that needs powers, a cycle of
 * more stages than one look-up holds, B cells that take drug from plasma. */
static const char growing[] =
    "simulation: {agents: 20000, dt_h: 2, until_days: 16, b_agent_share: 0.1}\n"
    "patient: {marrow_blast_fraction: 0.05, blood_blast_share: 0.02, marrow_room_factor: 3}\n"
    "drug: {b_cell_sink: true}\n"
    "cells:\n"
    "  blast: {birth_per_d: 0.5, cycle_stages: 7, hill_n: 1.7, egress_per_d: 0.02}\n"
    "dosing: {regimen: label, mg_per_m2: 0.01}\n";

static const struct Course {
    const char *name, *text;
    bool grows;
} courses[] = {{"treated", treated, false}, {"growing", growing, true}};
enum { COURSES = sizeof courses / sizeof courses[0] };

/* ---- two runs side by side --------------------------------------------------------------------- */

static const char *const fields[REAL_FIELDS] = {"free CD22", "bound", "inside",    "payload",    "breaks",
                                                "fate",      "clock", "set-point", "sensitivity"};

static void report_agent(const PoolAgent *a, const PoolAgent *b) {
    print_error("agent %016llx, class %u and %u, events %u and %u\n", (unsigned long long)a->identity, a->cls,
                b->cls, a->events, b->events);
    for (u32 f = 0; f < REAL_FIELDS; f++)
        if (bits_of(a->real[f]) != bits_of(b->real[f]))
            print_error("  %s: %.9g and %.9g\n", fields[f], (double)a->real[f], (double)b->real[f]);
}

static bool agents_equal(const PoolAgent *a, const PoolAgent *b) {
    return a->identity == b->identity && a->cls == b->cls && a->events == b->events &&
           memcmp(a->real, b->real, sizeof a->real) == 0;
}

/* Fails with the first agent, in the order of identity, that is not the same in both pools. */
static void fail_at_agent(SimCase sims[2]) {
    size_t count[2], i = 0;
    PoolAgent *a = pool_agents(sims[0].backend, &count[0]), *b = pool_agents(sims[1].backend, &count[1]);
    while (i < count[0] && i < count[1] && agents_equal(&a[i], &b[i])) i++;
    print_error("day %.3f: %zu and %zu agents; the first difference:\n", sim_time_h(sims[0].sim) / 24,
                count[0], count[1]);
    if (i < count[0] && i < count[1])
        report_agent(&a[i], &b[i]);
    else
        print_error("none among agents that both have: weights or counts differ\n");
    free(a);
    free(b);
    fail();
}

/* A row as timeseries.csv has it. */
static void row_print(SimCase *c, char row[2048]) {
    Observation o = case_observe(c);
    FILE *file = fmemopen(row, 2048, "w");
    assert_non_null(file);
    assert_ok(observation_write(&o, file));
    fclose(file);
}

static void expect_same_row(SimCase sims[2]) {
    char rows[2][2048];
    for (int i = 0; i < 2; i++) row_print(&sims[i], rows[i]);
    if (strcmp(rows[0], rows[1]) != 0) fail_msg("rows differ:\n%s%s", rows[0], rows[1]);
}

/* What the course is there for has happened. */
static void expect_eventful(const struct Course *course, const Observation *start, const Observation *end) {
    print_message(
        "  %s: births %.2e, drug deaths %.2e, natural %.2e, blood %.2e, agents %lld, weight %lld -> %lld\n",
        course->name, (double)end->blast_births_cells, (double)end->blast_deaths_drug_cells,
        (double)end->blast_deaths_natural_cells, (double)end->blasts_blood_cells, (long long)end->agents,
        (long long)start->blast_weight, (long long)end->blast_weight);
    assert_true(end->blast_births_cells > 0 && end->blast_deaths_drug_cells > 0 &&
                end->blasts_blood_cells > 0);
    assert_true(end->blast_deaths_natural_cells > 0 && end->b_mature_cells > 0 &&
                end->blast_resampled_cells != 0);
    assert_true(course->grows ? end->blast_weight > start->blast_weight
                              : end->blast_weight < start->blast_weight);
    assert_int_equal(observation_imbalance_cells(end), 0);
}

/* The course on both backends in step, compared after every interval. Returns the digest of the end. */
static uint64_t run_both(const struct Course *course, Backend backends[2]) {
    SimCase sims[2] = {{.sim = NULL}};
    Config config;
    expect_loads(&config, course->text);
    for (int i = 0; i < 2; i++) case_start(&sims[i], &config, &backends[i]);
    Observation start = case_observe(&sims[0]);
    uint64_t digest = case_digest(&sims[0]);
    expect_same_row(sims);
    while (!sim_done(sims[0].sim)) {
        for (int i = 0; i < 2; i++) assert_ok(sim_advance(sims[i].sim));
        digest = case_digest(&sims[0]);
        if (case_digest(&sims[1]) != digest) fail_at_agent(sims);
        if (sim_output_due(sims[0].sim)) expect_same_row(sims);
    }
    Observation end = case_observe(&sims[0]);
    expect_eventful(course, &start, &end);
    for (int i = 0; i < 2; i++) case_stop(&sims[i]);
    return digest;
}

/* ---- backends ---------------------------------------------------------------------------------- */

static const BackendOptions referee = {.name = "cpu", .device = -1, .threads = 1, .isa = "x86-64-v3"};
static const BackendOptions again = {.name = "cpu", .device = -1, .threads = 1, .isa = "x86-64-v3"};
static const BackendOptions v4 = {.name = "cpu", .device = -1, .threads = 1, .isa = "x86-64-v4"};
static const BackendOptions two_threads = {.name = "cpu", .device = -1, .threads = 2};
static const BackendOptions three_threads = {.name = "cpu", .device = -1, .threads = 3};
static const BackendOptions pages = {.name = "opencl", .device = -1, .shape = SHAPE_OF_PAGES};
static const BackendOptions lanes_1 = {.name = "opencl", .device = -1, .shape = SHAPE_OF_LANES, .lanes = 1};
static const BackendOptions lanes_64 = {.name = "opencl", .device = -1, .shape = SHAPE_OF_LANES, .lanes = 64};
static const BackendOptions lanes_4096 = {
    .name = "opencl", .device = -1, .shape = SHAPE_OF_LANES, .lanes = 4096};

/* Opens, or says why it cannot be had here and skips. A device may be missing; kernels that do not compile,
 * or compute something else, are a failure. */
static void open_or_skip(Backend *backend, const BackendOptions *options) {
    Status status = backend_open(backend, options);
    if (status == STATUS_OK) return;
    backend_close(backend);
    bool broken = strstr(status_message(), "do not compile") || strstr(status_message(), "computes wrongly");
    if (status != STATUS_UNAVAILABLE || broken) fail_msg("%s", status_message());
    print_message("  skipped: %s\n", status_message());
    skip();
}

static void test_same_bytes(void **state) {
    static uint64_t first[COURSES]; /* of the first backend tested: all end alike */
    Backend backends[2];
    open_or_skip(&backends[1], *state);
    open_or_skip(&backends[0], &referee);
    print_message("  %s\n", backends[1].device);
    for (int i = 0; i < COURSES; i++) {
        uint64_t digest = run_both(&courses[i], backends);
        if (!first[i]) first[i] = digest;
        print_message("  digest %016llx, the first backend's %016llx\n", (unsigned long long)digest,
                      (unsigned long long)first[i]);
        assert_true(digest == first[i]);
    }
    for (int i = 0; i < 2; i++) backend_close(&backends[i]);
}

/* ---- looking changes nothing ------------------------------------------------------------------- */

/* Rows at the hours that both have are the same, and so is the end. The run that looks less takes no digest
 * on its way either. */
static void check_output(const struct Course *course, double often_h, double seldom_h) {
    Backend backends[2];
    SimCase sims[2] = {{.sim = NULL}};
    Config config;
    expect_loads(&config, course->text);
    for (int i = 0; i < 2; i++) {
        open_cpu(&backends[i], 1, "");
        config.simulation.output_every_h = i ? seldom_h : often_h;
        case_start(&sims[i], &config, &backends[i]);
    }
    int looks = 0, common = 0;
    while (true) {
        bool due = sim_output_due(sims[1].sim);
        if (due) expect_same_row(sims);
        if (!due && sim_output_due(sims[0].sim)) case_observe(&sims[0]);
        looks += sim_output_due(sims[0].sim), common += due;
        if (sim_done(sims[0].sim)) break;
        for (int i = 0; i < 2; i++) assert_ok(sim_advance(sims[i].sim));
        case_digest(&sims[0]);
    }
    uint64_t digests[2] = {case_digest(&sims[0]), case_digest(&sims[1])};
    print_message("  %s: %d rows against %d, digests %016llx and %016llx\n", course->name, looks, common,
                  (unsigned long long)digests[0], (unsigned long long)digests[1]);
    assert_true(looks > 2 * common);
    assert_true(digests[0] == digests[1]);
    for (int i = 0; i < 2; i++) {
        case_stop(&sims[i]);
        backend_close(&backends[i]);
    }
}

static void test_output_interval(void **state) {
    (void)state;
    check_output(&courses[0], 1, 6);
    check_output(&courses[1], 2, 6);
}

/* ---- the folder -------------------------------------------------------------------------------- */

static int set_up(void **state) {
    (void)state;
    const char *temporary = getenv("TMPDIR");
    snprintf(cache, sizeof cache, "%s/marrow-test-XXXXXX", temporary && temporary[0] ? temporary : "/tmp");
    if (!mkdtemp(cache)) return -1;
    setenv("MARROW_CACHE_DIR", cache, 1);
    setenv("POCL_CACHE_DIR", cache, 1);
    return 0;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)about, (void)kind, (void)where;
    return remove(path);
}

static int tear_down(void **state) {
    (void)state;
    return nftw(cache, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

#define SAME_BYTES(options) \
    { "same bytes: " #options, test_same_bytes, NULL, NULL, (void *)(uintptr_t)&options }

int main(void) {
    const struct CMUnitTest tests[] = {
        SAME_BYTES(again),         SAME_BYTES(v4),         SAME_BYTES(two_threads),
        SAME_BYTES(three_threads), SAME_BYTES(pages),      SAME_BYTES(lanes_1),
        SAME_BYTES(lanes_64),      SAME_BYTES(lanes_4096), cmocka_unit_test(test_output_interval),
    };
    return cmocka_run_group_tests_name("bytes", tests, set_up, tear_down);
}
