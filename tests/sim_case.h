/* Driving a whole simulation from a test: a config as text, a backend, and the agents themselves. */
#ifndef MARROW_TEST_SIM_CASE_H
#define MARROW_TEST_SIM_CASE_H

#include "config_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/sim.h"

#define assert_ok(call)                                            \
    do {                                                           \
        if ((call) != STATUS_OK) fail_msg("%s", status_message()); \
    } while (0)

/* One simulation on a backend that outlives it. */
typedef struct SimCase {
    Config config;
    Dosing *dosing;
    Backend *backend;
    Sim *sim;
} SimCase;

/* Zero the case first. The config is the one to run, seed and all. */
static inline void case_start(SimCase *c, const Config *config, Backend *backend) {
    c->config = *config;
    c->backend = backend;
    assert_ok(config_check(&c->config));
    assert_ok(dosing_create(&c->dosing, &c->config));
    assert_ok(sim_create(&c->sim, &c->config, c->dosing, c->backend));
}

static inline void case_stop(SimCase *c) {
    sim_destroy(c->sim);
    dosing_destroy(c->dosing);
    c->sim = NULL;
    c->dosing = NULL;
}

static inline void case_until(SimCase *c, double days) {
    while (sim_time_h(c->sim) < 24 * days - 1e-9) assert_ok(sim_advance(c->sim));
}

static inline Observation case_observe(SimCase *c) {
    Observation o;
    assert_ok(sim_observe(c->sim, &o));
    return o;
}

static inline uint64_t case_digest(SimCase *c) {
    uint64_t digest;
    assert_ok(sim_digest(c->sim, &digest));
    return digest;
}

static inline void open_cpu(Backend *backend, int threads, const char *isa) {
    BackendOptions options = {.name = "cpu", .device = -1, .threads = threads};
    snprintf(options.isa, sizeof options.isa, "%s", isa);
    assert_ok(backend_open(backend, &options));
}

/* A new file in the folder for temporary files, to be closed and unlinked. */
static inline int temporary_file(char path[CONFIG_TEXT]) {
    const char *folder = getenv("TMPDIR");
    snprintf(path, CONFIG_TEXT, "%s/marrow-test-XXXXXX", folder && folder[0] ? folder : "/tmp");
    int file = mkstemp(path);
    assert_true(file >= 0);
    return file;
}

/* ---- statistics -------------------------------------------------------------------------------- */

/* Within three standard errors. */
static inline void expect_near(const char *what, double got, double expected, double error) {
    print_message("  %s: %.6g, expected %.6g +- %.2g (%+.2f SE)\n", what, got, expected, error,
                  (got - expected) / error);
    assert_true(fabs(got - expected) <= 3 * error);
}

static inline void expect_share(const char *what, double hits, double count, double probability) {
    expect_near(what, hits / count, probability, sqrt(probability * (1 - probability) / count));
}

/* Sums over replicates. */
typedef struct Sample {
    double count, sum, squares;
} Sample;

static inline void sample_add(Sample *s, double x) {
    s->count++;
    s->sum += x;
    s->squares += x * x;
}

static inline double sample_mean(const Sample *s) {
    return s->sum / s->count;
}

static inline double sample_variance(const Sample *s) {
    double mean = sample_mean(s);
    return (s->squares - s->count * mean * mean) / (s->count - 1);
}

static inline double sample_error(const Sample *s) {
    return sqrt(sample_variance(s) / s->count);
}

/* ---- agents ------------------------------------------------------------------------------------ */

typedef struct PoolAgent {
    u64 identity;
    u32 events, cls;
    f32 real[REAL_FIELDS];
} PoolAgent;

static inline int by_identity(const void *a, const void *b) {
    const PoolAgent *x = a, *y = b;
    return (x->identity > y->identity) - (x->identity < y->identity);
}

static inline void *pool_part(Backend *b, PoolPart part) {
    size_t bytes = pool_part_bytes(part, b->pages);
    void *memory = malloc(bytes);
    assert_non_null(memory);
    assert_ok(backend_read(b, part, 0, bytes, memory));
    return memory;
}

/* Every agent in the pool, in the order of identity; to be freed. */
static inline PoolAgent *pool_agents(Backend *b, size_t *count) {
    f32 *real = pool_part(b, POOL_REAL);
    u32 *word = pool_part(b, POOL_WORD), *live = pool_part(b, POOL_LIVE);
    PageRow *rows = pool_part(b, POOL_ROWS);
    PoolAgent *agents = malloc(sizeof *agents * b->pages * PAGE_SLOTS);
    assert_non_null(agents);
    *count = 0;
    for (u32 page = 0; page < b->pages; page++)
        for (u32 slot = 0; slot < PAGE_SLOTS && rows[page].cls != NO_CLASS; slot++) {
            if (!(live[page * PAGE_WORDS + slot / 32] >> slot % 32 & 1u)) continue;
            const u32 *w = word + ((size_t)page * PAGE_SLOTS + slot) * WORD_FIELDS;
            PoolAgent *a = &agents[(*count)++];
            a->identity = (u64)w[WORD_ID_HIGH] << 32 | w[WORD_ID_LOW];
            a->events = w[WORD_EVENTS];
            a->cls = rows[page].cls;
            for (u32 f = 0; f < REAL_FIELDS; f++)
                a->real[f] = real[((size_t)page * REAL_FIELDS + f) * PAGE_SLOTS + slot];
        }
    qsort(agents, *count, sizeof *agents, by_identity);
    free(real);
    free(word);
    free(live);
    free(rows);
    return agents;
}

#endif
