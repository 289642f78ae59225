/* Snapshots in memory and read back: what the sample stands for, who is in it, and that nothing is lost on
 * the way to the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files/snapshot_read.h"

enum { DAYS = 9 };

/* A small patient some days into treatment. */
typedef struct Case {
    Config config;
    Dosing *dosing;
    Backend backend;
    Sim *sim;
    char path[64];
    RunFolder folder;
} Case;

static void case_open(Case *c, const char *setting) {
    const BackendOptions options = {.name = "cpu", .device = -1, .threads = 2};
    memset(c, 0, sizeof *c);
    config_default(&c->config);
    assert_int_equal(config_set(&c->config, "simulation.agents=30000"), STATUS_OK);
    assert_int_equal(config_set(&c->config, setting), STATUS_OK);
    assert_int_equal(dosing_create(&c->dosing, &c->config), STATUS_OK);
    assert_int_equal(backend_open(&c->backend, &options), STATUS_OK);
    assert_int_equal(sim_create(&c->sim, &c->config, c->dosing, &c->backend), STATUS_OK);
    snprintf(c->path, sizeof c->path, "/tmp/marrow-snapshot-XXXXXX");
    assert_non_null(mkdtemp(c->path));
    assert_int_equal(run_folder_open(&c->folder, c->path), STATUS_OK);
}

static void case_close(Case *c) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", c->path);
    assert_int_equal(system(command), 0);
    run_folder_close(&c->folder);
    sim_destroy(c->sim);
    backend_close(&c->backend);
    dosing_destroy(c->dosing);
}

static void advance(Case *c, int days) {
    double until_h = sim_time_h(c->sim) + 24 * days;
    while (sim_time_h(c->sim) < until_h) assert_int_equal(sim_advance(c->sim), STATUS_OK);
}

static void take(Case *c, i64 agents, int number, Snapshot *out) {
    assert_int_equal(snapshot_take(out, c->sim, &c->backend, &c->config, agents, number), STATUS_OK);
    assert_int_equal(snapshot_finish(out, agents), STATUS_OK);
}

/* Weights of a class add up to its cells, to rounding. */
static void stands_for(const Snapshot *s, int cls, bool dying, double cells) {
    double sum = snapshot_cells(s, cls, dying);
    print_message("  %s%s: rows stand for %.17g cells, there are %.17g\n", s->cls[cls].label,
                  dying ? ", dying" : "", sum, cells);
    assert_true(fabs(sum - cells) <= 1e-12 * cells);
}

static void test_sums(void **state) {
    (void)state;
    Case c;
    Snapshot s;
    Observation o;
    case_open(&c, "output.snapshot_agents=2000");
    advance(&c, DAYS);
    take(&c, 2000, 1, &s);
    assert_int_equal(sim_observe(c.sim, &o), STATUS_OK);
    print_message("  %zu of %lld agents\n", s.agents.count, (long long)o.agents);
    assert_true(s.agents.count <= 2000 && s.agents.count > 1500);
    assert_int_equal(s.class_count, 4);
    stands_for(&s, 0, false, (double)o.blasts_marrow_cells);
    stands_for(&s, 1, false, (double)o.blasts_blood_cells);
    stands_for(&s, 2, false, (double)o.b_precursor_cells);
    stands_for(&s, 3, false, (double)o.b_mature_cells);
    for (int cls = 0; cls < 4; cls++)
        stands_for(&s, cls, true, (double)(s.cls[cls].dying * s.cls[cls].weight));
    snapshot_destroy(&s);
    case_close(&c);
}

typedef struct Mean {
    double sum, squares, count;
} Mean;

/* Of living blasts, over a whole snapshot. */
static Mean mean_of(const Snapshot *s, int field) {
    Mean m = {0};
    for (size_t i = 0; i < s->agents.count; i++) {
        if (s->agents.cls[i] != 0 || agent_dying(&s->agents, i)) continue;
        double x = s->agents.real[field][i];
        m.sum += x, m.squares += x * x, m.count++;
    }
    return m;
}

/* The sample's mean lies within four standard errors of the population's, for every state. */
static void test_fair(void **state) {
    (void)state;
    static const char *const names[] = {"free CD22", "bound",  "inside", "payload",
                                        "breaks",    "budget", "clock"};
    Case c;
    Snapshot all, some;
    case_open(&c, "output.snapshot_agents=2000");
    advance(&c, DAYS);
    take(&c, 0, 1, &all);
    take(&c, 3000, 1, &some);
    for (int f = 0; f <= REAL_CLOCK; f++) {
        Mean a = mean_of(&all, f), b = mean_of(&some, f);
        double mean = a.sum / a.count, sd = sqrt(a.squares / a.count - mean * mean);
        double error = sd * sqrt((1 / b.count) * (1 - b.count / a.count)), off = b.sum / b.count - mean;
        print_message("  %s: %.6g in all %.0f, %.6g in %.0f: off by %.2f standard errors\n", names[f], mean,
                      a.count, b.sum / b.count, b.count, off / error);
        assert_true(fabs(off) < 4 * error);
    }
    snapshot_destroy(&all);
    snapshot_destroy(&some);
    case_close(&c);
}

static bool has(const Snapshot *s, u32 low, u32 high) {
    for (size_t i = 0; i < s->agents.count; i++)
        if (s->agents.word[WORD_ID_LOW][i] == low && s->agents.word[WORD_ID_HIGH][i] == high) return true;
    return false;
}

/* Who is in a small sample is in a larger one too, and most are met again two days later. */
static void test_the_same_cells(void **state) {
    (void)state;
    Case c;
    Snapshot small, large, later;
    size_t met = 0;
    case_open(&c, "dosing.regimen=none");
    take(&c, 500, 0, &small);
    take(&c, 4000, 0, &large);
    advance(&c, 2);
    take(&c, 500, 1, &later);
    for (size_t i = 0; i < small.agents.count; i++) {
        u32 low = small.agents.word[WORD_ID_LOW][i], high = small.agents.word[WORD_ID_HIGH][i];
        assert_true(has(&large, low, high));
        met += has(&later, low, high);
    }
    print_message("  %zu of %zu cells met again after two days\n", met, small.agents.count);
    assert_true(met > small.agents.count * 3 / 5);
    snapshot_destroy(&small);
    snapshot_destroy(&large);
    snapshot_destroy(&later);
    case_close(&c);
}

static void equal_agents(const Snapshot *a, const Snapshot *b) {
    size_t bytes = a->agents.count * sizeof(u32);
    assert_int_equal(a->agents.count, b->agents.count);
    assert_memory_equal(a->agents.cls, b->agents.cls, bytes);
    for (int f = 0; f < REAL_SENSITIVITY; f++)
        assert_memory_equal(a->agents.real[f], b->agents.real[f], bytes);
    for (int f = 0; f < WORD_FIELDS; f++) assert_memory_equal(a->agents.word[f], b->agents.word[f], bytes);
    assert_memory_equal(a->weight, b->weight, a->agents.count * sizeof *a->weight);
    for (size_t i = 0; i < a->agents.count; i++) {
        double x = a->agents.real[REAL_SENSITIVITY][i], y = b->agents.real[REAL_SENSITIVITY][i];
        assert_true(fabs(x - y) <= 2e-7 * x);
    }
}

static void round_trip(Case *c, i64 agents, int compression) {
    Snapshot s, back;
    SnapshotList list;
    take(c, agents, 3, &s);
    assert_int_equal(snapshot_write(&s, &c->folder, compression), STATUS_OK);
    assert_int_equal(snapshot_list(&list, c->path), STATUS_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.entries[0].number, 3);
    assert_true(list.entries[0].time_h == sim_time_h(c->sim));
    assert_int_equal(snapshot_read(&back, c->path, 3), STATUS_OK);
    assert_string_equal(s.config, back.config);
    assert_string_equal(s.version, back.version);
    assert_string_equal(s.git, back.git);
    assert_string_equal(s.config_hash, back.config_hash);
    assert_true(s.seed == back.seed && s.number == back.number && s.time_h == back.time_h);
    assert_true(s.normal_marrow_cells == back.normal_marrow_cells);
    assert_int_equal(s.class_count, back.class_count);
    for (int i = 0; i < s.class_count; i++) {
        assert_string_equal(s.cls[i].label, back.cls[i].label);
        assert_true(s.cls[i].kind == back.cls[i].kind && s.cls[i].clone == back.cls[i].clone);
        assert_true(s.cls[i].in_vessel == back.cls[i].in_vessel && s.cls[i].weight == back.cls[i].weight);
        assert_true(s.cls[i].living == back.cls[i].living && s.cls[i].dying == back.cls[i].dying);
    }
    equal_agents(&s, &back);
    print_message("  %zu agents, gzip %d: the same\n", s.agents.count, compression);
    snapshot_list_destroy(&list);
    snapshot_destroy(&s);
    snapshot_destroy(&back);
}

static void test_round_trip(void **state) {
    (void)state;
    Case c;
    case_open(&c, "cells.blast.clones[0].fraction=auto");
    advance(&c, 5);
    round_trip(&c, 1000, 1);
    round_trip(&c, 1000, 0);
    round_trip(&c, 0, 9);
    case_close(&c);
}

/* Without cells a snapshot is empty, and no less a file. */
static void test_nobody(void **state) {
    (void)state;
    Case c;
    case_open(&c, "simulation.b_agent_share=0");
    assert_int_equal(config_set(&c.config, "patient.marrow_blast_fraction=0"), STATUS_OK);
    sim_destroy(c.sim);
    assert_int_equal(sim_create(&c.sim, &c.config, c.dosing, &c.backend), STATUS_OK);
    round_trip(&c, 1000, 1);
    case_close(&c);
}

static void test_find(void **state) {
    (void)state;
    SnapshotEntry entries[] = {{0, 0}, {1, 24}, {2, 48}};
    const SnapshotList list = {entries, 3};
    assert_int_equal(snapshot_list_find(&list, -1), -1);
    assert_int_equal(snapshot_list_find(&list, 0), 0);
    assert_int_equal(snapshot_list_find(&list, 47.9), 1);
    assert_int_equal(snapshot_list_find(&list, 48 - 1e-9), 2);
    assert_int_equal(snapshot_list_find(&list, 1e9), 2);
}

static void flip(const char *path, long at) {
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, at, SEEK_SET);
    int byte = getc(file) ^ 1 << at % 8;
    fseek(file, at, SEEK_SET);
    putc(byte, file);
    fclose(file);
}

/* Whatever single bit is changed, and wherever the file is cut, it is refused. */
static void test_damage(void **state) {
    (void)state;
    Case c;
    Snapshot s;
    SnapshotList list;
    char path[128];
    case_open(&c, "output.snapshot_agents=100");
    take(&c, 100, 0, &s);
    assert_int_equal(snapshot_write(&s, &c.folder, 1), STATUS_OK);
    snapshot_destroy(&s);
    snprintf(path, sizeof path, "%s/snapshots/cells_000000.hdf", c.path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long length = ftell(file), flips = 0;
    fclose(file);
    for (long at = 0; at < length; at += 97, flips++) {
        flip(path, at);
        assert_int_equal(snapshot_read(&s, c.path, 0), STATUS_BAD_INPUT);
        flip(path, at);
    }
    print_message("  %ld bits of %ld bytes: each refused; %s\n", flips, length, status_message());
    assert_int_equal(snapshot_read(&s, c.path, 0), STATUS_OK);
    snapshot_destroy(&s);
    assert_int_equal(snapshot_read(&s, c.path, 7), STATUS_BAD_INPUT);
    for (; length > 0; length -= 5000) {
        assert_int_equal(truncate(path, length - 1), 0);
        assert_int_equal(snapshot_read(&s, c.path, 0), STATUS_BAD_INPUT);
        assert_int_equal(snapshot_list(&list, c.path), STATUS_BAD_INPUT);
    }
    case_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),           cmocka_unit_test(test_fair),
        cmocka_unit_test(test_the_same_cells), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_nobody),         cmocka_unit_test(test_find),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
