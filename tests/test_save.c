/* A moment kept and gone back to: what follows is what followed before, bit for bit, wherever it is put back.
 * And the list of agents it rests on: the same for equal populations, whatever holds them. */
#include "sim_case.h"

#include "sim/agents.h"

/* Two clones under treatment: deaths, splitting, packing, doses planned while the run goes on. */
static const char treated[] = "simulation: {agents: 20000, dt_h: 2, until_days: 30, b_agent_share: 0.2}\n"
                              "cells:\n"
                              "  blast:\n"
                              "    cd22_loss_per_division: 1e-8\n"
                              "    clones:\n"
                              "      - name: main\n"
                              "      - {name: pump, fraction: 0.1, keff_per_h: 0.5}\n"
                              "      - {name: cd22-loss, fraction: 0, cd22_per_cell: 0}\n"
                              "dosing: {regimen: label}\n";

/* Growth with thinning, B cells that take drug from plasma. */
static const char growing[] = "simulation: {agents: 20000, dt_h: 2, until_days: 30, b_agent_share: 0.1}\n"
                              "patient: {marrow_blast_fraction: 0.05, marrow_room_factor: 3}\n"
                              "drug: {b_cell_sink: true}\n"
                              "cells: {blast: {birth_per_d: 0.5, egress_per_d: 0.02}}\n"
                              "dosing: {regimen: label, mg_per_m2: 0.01}\n";

static const char *const courses[] = {treated, growing};

/* In the middle of the first infusion, between doses, and after the second cycle has been planned. */
static const double moments_d[] = {2.0 / 24, 9, 22};
static const double end_d = 25;

/* What a run has come to: every agent, and every number of a row. */
typedef struct Outcome {
    uint64_t digest;
    Observation seen;
    size_t doses;
} Outcome;

static Outcome outcome_at(SimCase *c, double days) {
    const DoseRecord *records;
    case_until(c, days);
    Outcome out = {.digest = case_digest(c), .seen = case_observe(c)};
    out.doses = dosing_records(c->dosing, &records);
    return out;
}

static char *row_text(const Observation *o) {
    char *text = NULL;
    size_t length;
    FILE *memory = open_memstream(&text, &length);
    assert_non_null(memory);
    assert_ok(observation_write(o, memory));
    fclose(memory);
    return text;
}

static void expect_same(const char *what, const Outcome *a, const Outcome *b) {
    char *first = row_text(&a->seen), *second = row_text(&b->seen);
    print_message("  %-26s digest %016llx\n", what, (unsigned long long)b->digest);
    assert_string_equal(first, second);
    assert_int_equal(a->digest, b->digest);
    assert_int_equal(a->doses, b->doses);
    free(first);
    free(second);
}

static void config_of(Config *config, const char *text) {
    expect_loads(config, text);
    config->simulation.seed = 11;
}

/* From one backend at three moments to another, and back on the first itself. */
static void expect_future(const BackendOptions *elsewhere) {
    for (size_t k = 0; k < sizeof courses / sizeof courses[0]; k++) {
        for (size_t m = 0; m < sizeof moments_d / sizeof moments_d[0]; m++) {
            Config config;
            Backend here, there;
            SimCase a = {0}, b = {0};
            SimSaved *saved;
            config_of(&config, courses[k]);
            open_cpu(&here, 2, "");
            assert_ok(backend_open(&there, elsewhere));
            case_start(&a, &config, &here);
            case_until(&a, moments_d[m]);
            assert_ok(sim_save(a.sim, &saved));
            assert_true(sim_saved_bytes(saved) > 48 * (size_t)sim_cost(a.sim).agents);
            Outcome straight = outcome_at(&a, end_d);
            assert_ok(sim_restore(a.sim, saved));
            Outcome again = outcome_at(&a, end_d);
            expect_same("gone back", &straight, &again);
            case_start(&b, &config, &there);
            assert_ok(sim_restore(b.sim, saved));
            Outcome other = outcome_at(&b, end_d);
            expect_same(there.device, &straight, &other);
            sim_saved_destroy(saved);
            case_stop(&a);
            case_stop(&b);
            backend_close(&here);
            backend_close(&there);
        }
    }
}

static void test_one_thread_of_v3(void **state) {
    (void)state;
    expect_future(&(BackendOptions){.name = "cpu", .device = -1, .threads = 1, .isa = "x86-64-v3"});
}

static void test_three_pools(void **state) {
    (void)state;
    expect_future(&(BackendOptions){.name = "cpu", .device = -1, .devices = "0,0,0", .threads = 1});
}

static void test_opencl(void **state) {
    (void)state;
    const BackendOptions options = {.name = "opencl", .device = -1};
    Backend probe;
    if (backend_open(&probe, &options) == STATUS_UNAVAILABLE) {
        print_message("skipped: %s\n", status_message());
        backend_close(&probe);
        skip();
    }
    backend_close(&probe);
    expect_future(&options);
}

/* The list, in order, of the same population on one pool and on three. */
static void test_lists(void **state) {
    (void)state;
    Agents list[2] = {0};
    for (int i = 0; i < 2; i++) {
        BackendOptions options = {.name = "cpu", .device = -1, .threads = 2};
        if (i) strcpy(options.devices, "0,0,0");
        Config config;
        Backend backend;
        SimCase c = {0};
        config_of(&config, treated);
        assert_ok(backend_open(&backend, &options));
        case_start(&c, &config, &backend);
        case_until(&c, 5);
        assert_ok(agents_read(&backend, &list[i]));
        assert_int_equal(list[i].count, sim_cost(c.sim).agents);
        assert_ok(agents_sort(&list[i]));
        case_stop(&c);
        backend_close(&backend);
    }
    size_t bytes = list[0].count * sizeof(u32);
    size_t dying = 0;
    assert_int_equal(list[0].count, list[1].count);
    assert_memory_equal(list[0].cls, list[1].cls, bytes);
    for (int f = 0; f < REAL_FIELDS; f++) assert_memory_equal(list[0].real[f], list[1].real[f], bytes);
    for (int f = 0; f < WORD_FIELDS; f++) assert_memory_equal(list[0].word[f], list[1].word[f], bytes);
    for (size_t i = 0; i < list[0].count; i++) dying += agent_dying(&list[0], i);
    print_message("  %zu agents, %zu of them dying\n", list[0].count, dying);
    assert_true(dying > 0 && dying < list[0].count);
    for (int i = 0; i < 2; i++) agents_destroy(&list[i]);
}

/* A moment of other classes of cells is refused. */
static void test_strangers(void **state) {
    (void)state;
    static const char other[] = "simulation: {agents: 20000, dt_h: 2, until_days: 30, b_agent_share: 0.2}\n";
    Config config;
    Backend backend;
    SimCase a = {0}, b = {0};
    SimSaved *saved;
    config_of(&config, treated);
    open_cpu(&backend, 1, "");
    case_start(&a, &config, &backend);
    assert_ok(sim_save(a.sim, &saved));
    case_stop(&a);
    config_of(&config, other);
    case_start(&b, &config, &backend);
    assert_int_equal(sim_restore(b.sim, saved), STATUS_FAILED);
    assert_non_null(strstr(status_message(), "classes of cells"));
    case_stop(&b);
    sim_saved_destroy(saved);
    backend_close(&backend);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),       cmocka_unit_test(test_one_thread_of_v3),
        cmocka_unit_test(test_three_pools), cmocka_unit_test(test_opencl),
        cmocka_unit_test(test_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
