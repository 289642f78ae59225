/* A small pool that goes through everything that can happen to agents, on two backends side by side: the
 * bytes are compared, and the books of the first are checked. */
#ifndef MARROW_TEST_POOL_CASE_H
#define MARROW_TEST_POOL_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/backend.h"

enum { CASE_PAGES = 40, CASE_CLASSES = 3, CASE_INTERVALS = 50, MARROW = 0, BLOOD = 1, NORMAL = 2 };

#define assert_ok(call)                                            \
    do {                                                           \
        if ((call) != STATUS_OK) fail_msg("%s", status_message()); \
    } while (0)

/* What a backend holds, as the host reads it. */
typedef struct Snapshot {
    f32 real[CASE_PAGES][REAL_FIELDS][PAGE_SLOTS];
    u32 word[CASE_PAGES][PAGE_SLOTS][WORD_FIELDS];
    u32 live[CASE_PAGES][PAGE_WORDS];
    PageRow rows[CASE_PAGES];
    Totals totals;
} Snapshot;

typedef struct Case {
    Backend backends[2]; /* the referee and the one under test */
    Snapshot *snapshots[2];
    Frame frame;
    u32 used[CASE_CLASSES];
    i64 events[TALLIES]; /* over the whole case */
} Case;

/* ---- what is simulated ------------------------------------------------------------------------ */

/* Coefficients of the size they have in a run, different in every interval; `drug` is 0 to 1. */
static inline void class_map(ClassStep *m, float drug) {
    m->rr = 0.82f - 0.35f * drug, m->rc = 0.12f, m->cr = 0.40f * drug, m->cc = 0.45f;
    m->er = 0.09f * drug, m->ec = 0.25f, m->ee = 0.82f;
    m->pr = 0.04f * drug, m->pc = 0.11f, m->pe = 0.55f, m->pp = 0.70f;
    m->dr = 0.0001f * drug, m->dc = 0.0002f, m->de = 0.001f, m->dp = 0.0026f, m->dd = 0.90f;
    m->ri = 0.17f - 0.05f * drug, m->ci = 0.03f * drug, m->ei = 0.006f * drug, m->pi = 0.002f * drug,
    m->di = 0.0f;
    m->binding = 0.5f * drug, m->unbinding = 0.27f, m->back_d = 1.11f, m->back_p = -0.0038f,
    m->renewal = 0.2f, m->uptake_excess = 0.1f - 0.2f * drug;
    m->hill_half = 0.030f, m->hill_power = 2.0f, m->hill_square = 1u;
    m->dying = 0.05f, m->dying_stages = 3u;
    m->setpoint_median = 3470.0f, m->setpoint_sd = 0.5f, m->inherit_sd = 0.1f;
    m->sensitivity_median = 0.02f, m->sensitivity_sd = 0.4f;
    m->stages = 4u, m->move_class = NO_CLASS, m->move_gain = 1.0f;
}

/* Marrow blasts leave for the blood (in interval 10 more than a page's box holds); normal cells arrive, with
 * a Hill exponent that needs powers. Interval 15 has more divisions than there is room in pages and boxes. */
static inline void frame_make(Frame *frame, u32 interval) {
    u32 base = frame->cls[NORMAL].newcomer_base + frame->cls[NORMAL].newcomers;
    memset(frame, 0, sizeof *frame);
    frame->seed_low = 2024u, frame->seed_high = 7u;
    frame->pages = CASE_PAGES, frame->classes = CASE_CLASSES, frame->interval = interval, frame->members = 1;
    for (u32 c = 0; c < CASE_CLASSES; c++)
        class_map(&frame->cls[c], 0.5f + 0.5f * cosf(0.21f * (float)(interval + 3u * c)));
    ClassStep *marrow = &frame->cls[MARROW], *blood = &frame->cls[BLOOD], *normal = &frame->cls[NORMAL];
    marrow->natural = 0.004f, marrow->division = interval == 15u ? 1.2f : 0.04f;
    marrow->move = interval == 10u ? 0.5f : 0.03f, marrow->move_class = BLOOD, marrow->move_gain = 1.1f;
    blood->natural = 0.05f, blood->division = 0.01f, blood->stages = 1u;
    normal->natural = 0.01f, normal->division = 0.02f, normal->stages = 9u,
    normal->setpoint_median = 20000.0f;
    normal->move = 0.01f, normal->move_class = NORMAL;
    normal->hill_power = 1.5f, normal->hill_square = 0u, normal->dying_stages = 1u;
    normal->newcomers = interval % 7u == 3u ? 5000u : 137u;
    normal->newcomer_base = base;
}

/* Founders: full pages, pages with room, one nearly empty. */
static inline void case_rows(PageRow rows[CASE_PAGES]) {
    static const u32 founders[][2] = {{MARROW, 4096}, {MARROW, 4096}, {NORMAL, 3001},
                                      {MARROW, 33},   {BLOOD, 2500},  {MARROW, 4095},
                                      {NORMAL, 4096}, {BLOOD, 1},     {MARROW, 2048}};
    u32 rank[CASE_CLASSES] = {0};
    memset(rows, 0, CASE_PAGES * sizeof rows[0]);
    for (u32 page = 0; page < CASE_PAGES; page++) rows[page].cls = NO_CLASS;
    for (u32 i = 0; i < sizeof founders / sizeof founders[0]; i++) {
        PageRow *row = &rows[3u * i]; /* with unused pages between */
        row->cls = founders[i][0], row->used = founders[i][1], row->free_rank = rank[row->cls];
        rank[row->cls] += row->used;
    }
}

/* ---- both backends, one after the other -------------------------------------------------------- */

static inline void snapshot_read(Backend *b, Snapshot *s) {
    assert_ok(backend_read(b, POOL_REAL, 0, sizeof s->real, s->real));
    assert_ok(backend_read(b, POOL_WORD, 0, sizeof s->word, s->word));
    assert_ok(backend_read(b, POOL_LIVE, 0, sizeof s->live, s->live));
    assert_ok(backend_read(b, POOL_ROWS, 0, sizeof s->rows, s->rows));
    assert_ok(backend_read(b, POOL_TOTALS, 0, sizeof s->totals, &s->totals));
}

static inline void case_write(Case *c, PoolPart part, size_t bytes, const void *from) {
    for (int i = 0; i < 2; i++) assert_ok(backend_write(&c->backends[i], part, 0, bytes, from));
}

static inline void case_launch(Case *c, KernelId kernel) {
    for (int i = 0; i < 2; i++) assert_ok(backend_launch(&c->backends[i], kernel, CASE_CLASSES));
}

static const char *const real_names[REAL_FIELDS] = {"cd22", "bound", "inside",   "payload",    "breaks",
                                                    "fate", "clock", "setpoint", "sensitivity"};
static const char *const word_names[WORD_FIELDS] = {"id low", "id high", "events"};

/* Names the first 4-byte value that differs. */
static inline void report_cells(const char *when, const Snapshot *a, const Snapshot *b) {
    for (u32 page = 0; page < CASE_PAGES; page++)
        for (u32 slot = 0; slot < PAGE_SLOTS; slot++) {
            for (u32 f = 0; f < REAL_FIELDS; f++)
                if (memcmp(&a->real[page][f][slot], &b->real[page][f][slot], sizeof(f32)) != 0)
                    fail_msg("%s: page %u (class %d), slot %u, %s: %.9g, not %.9g", when, page,
                             (int)a->rows[page].cls, slot, real_names[f], (double)b->real[page][f][slot],
                             (double)a->real[page][f][slot]);
            for (u32 f = 0; f < WORD_FIELDS; f++)
                if (a->word[page][slot][f] != b->word[page][slot][f])
                    fail_msg("%s: page %u (class %d), slot %u, %s: %08x, not %08x", when, page,
                             (int)a->rows[page].cls, slot, word_names[f], b->word[page][slot][f],
                             a->word[page][slot][f]);
        }
}

static inline void report_words(const char *when, const char *what, const void *a, const void *b,
                                size_t bytes) {
    const u32 *x = a, *y = b;
    for (size_t i = 0; i < bytes / sizeof(u32); i++)
        if (x[i] != y[i]) fail_msg("%s: %s, word %zu: %u, not %u", when, what, i, y[i], x[i]);
}

static inline void case_compare(Case *c, const char *when) {
    for (int i = 0; i < 2; i++) snapshot_read(&c->backends[i], c->snapshots[i]);
    const Snapshot *a = c->snapshots[0], *b = c->snapshots[1];
    if (memcmp(a, b, sizeof *a) == 0) return;
    report_words(when, "live", a->live, b->live, sizeof a->live);
    report_words(when, "rows", a->rows, b->rows, sizeof a->rows);
    report_cells(when, a, b);
    report_words(when, "totals", &a->totals, &b->totals, sizeof a->totals);
}

/* ---- the books -------------------------------------------------------------------------------- */

static inline bool place_free(const Snapshot *s, u32 page, u32 slot) {
    return s->real[page][REAL_FATE][slot] >= 0.5f * FOREVER &&
           s->real[page][REAL_CLOCK][slot] >= 0.5f * FOREVER;
}

static inline int id_order(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static inline void check_ids(const char *when, const Snapshot *s) {
    static uint64_t ids[CASE_PAGES * PAGE_SLOTS];
    size_t count = 0;
    for (u32 page = 0; page < CASE_PAGES; page++)
        for (u32 slot = 0; slot < PAGE_SLOTS; slot++)
            if (!place_free(s, page, slot))
                ids[count++] =
                    (uint64_t)s->word[page][slot][WORD_ID_HIGH] << 32 | s->word[page][slot][WORD_ID_LOW];
    qsort(ids, count, sizeof ids[0], id_order);
    for (size_t i = 1; i < count; i++)
        if (ids[i] == ids[i - 1])
            fail_msg("%s: two agents are called %016llx", when, (unsigned long long)ids[i]);
}

/* A page's row, its bits and its places say the same; a page in nobody's use is empty. */
static inline void check_page(const char *when, const Snapshot *s, u32 page) {
    u32 bits = 0, agents = 0, used = s->rows[page].cls == NO_CLASS ? 0u : s->rows[page].used;
    for (u32 slot = 0; slot < PAGE_SLOTS; slot++) {
        u32 live = s->live[page][slot / 32u] >> (slot % 32u) & 1u, held = !place_free(s, page, slot);
        if (live != held) fail_msg("%s: page %u, slot %u: bit %u, agent %u", when, page, slot, live, held);
        bits += live, agents += held;
    }
    if (bits != used || agents != used)
        fail_msg("%s: page %u: row says %u, bits %u, places %u", when, page, used, bits, agents);
}

static inline u32 class_used(const Snapshot *s, u32 cls) {
    u32 sum = 0;
    for (u32 page = 0; page < CASE_PAGES; page++) sum += s->rows[page].cls == cls ? s->rows[page].used : 0u;
    return sum;
}

/* Checks every page and that each class holds `expected` agents, then keeps the counts. */
static inline void check_books(Case *c, const char *when, const i64 expected[CASE_CLASSES]) {
    const Snapshot *s = c->snapshots[0];
    assert_int_equal(s->totals.full, 0);
    for (u32 page = 0; page < CASE_PAGES; page++) check_page(when, s, page);
    check_ids(when, s);
    for (u32 cls = 0; cls < CASE_CLASSES; cls++) {
        c->used[cls] = class_used(s, cls);
        if (c->used[cls] != expected[cls])
            fail_msg("%s: class %u has %u agents, expected %lld", when, cls, c->used[cls],
                     (long long)expected[cls]);
    }
}

/* ---- what a run does --------------------------------------------------------------------------- */

static inline void case_settle(Case *c, const char *when) {
    case_launch(c, KERNEL_settle);
    case_compare(c, when);
}

/* One interval as the simulation runs it. */
static inline void case_interval(Case *c, u32 interval) {
    char when[64];
    snprintf(when, sizeof when, "interval %u", interval);
    frame_make(&c->frame, interval);
    case_write(c, POOL_FRAME, sizeof c->frame, &c->frame);
    static const KernelId order[] = {KERNEL_advance, KERNEL_total, KERNEL_plan, KERNEL_place, KERNEL_arrive};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) case_launch(c, order[i]);
    case_settle(c, when);
    i64 expected[CASE_CLASSES];
    for (u32 cls = 0; cls < CASE_CLASSES; cls++)
        expected[cls] = (i64)c->used[cls] + c->frame.cls[cls].newcomers;
    for (u32 cls = 0; cls < CASE_CLASSES; cls++) {
        const i64 *t = c->snapshots[0]->totals.tally[cls];
        expected[cls] += t[TALLY_BIRTHS] - t[TALLY_NATURAL_DEATHS] - t[TALLY_VANISHED] - t[TALLY_MOVED];
        if (t[TALLY_MOVED]) expected[c->frame.cls[cls].move_class] += t[TALLY_MOVED];
        for (u32 i = 0; i < TALLIES; i++) c->events[i] += t[i];
    }
    check_books(c, when, expected);
}

/* The totals of a kernel that fills the pages' tallies. */
static inline const Totals *case_totals(Case *c, KernelId kernel, const char *when) {
    case_launch(c, kernel);
    case_launch(c, KERNEL_total);
    case_compare(c, when);
    return &c->snapshots[0]->totals;
}

static inline uint64_t case_digest(Case *c, const char *when) {
    const Totals *totals = case_totals(c, KERNEL_digest, when);
    uint64_t sum = 0;
    for (u32 cls = 0; cls < CASE_CLASSES; cls++) sum += (uint64_t)totals->tally[cls][0];
    return sum;
}

/* Splitting doubles what there is of the marrow class, dying cells included, and nothing else. */
static inline void case_split(Case *c) {
    i64 before[OBSERVED], expected[CASE_CLASSES] = {2 * (i64)c->used[0], c->used[1], c->used[2]};
    memcpy(before, case_totals(c, KERNEL_observe, "observe")->tally[MARROW], sizeof before);
    assert_int_equal(before[OBSERVED_CELLS] + before[OBSERVED_DYING], c->used[MARROW]);
    assert_true(before[OBSERVED_DYING] > 0);
    c->frame.mode = PLAN_SPLIT;
    c->frame.cls[MARROW].selected = 1u;
    case_write(c, POOL_FRAME, sizeof c->frame, &c->frame);
    case_launch(c, KERNEL_plan);
    case_launch(c, KERNEL_spread);
    case_settle(c, "split");
    check_books(c, "split", expected);
    const i64 *after = case_totals(c, KERNEL_observe, "observe")->tally[MARROW];
    for (u32 i = 0; i < OBSERVED; i++) assert_int_equal(after[i], 2 * before[i]);
}

/* Each agent stays with even odds: half of them, within five standard deviations. */
static inline void case_thin(Case *c) {
    c->frame.cls[MARROW].selected = 1u;
    case_write(c, POOL_FRAME, sizeof c->frame, &c->frame);
    const i64 *t = case_totals(c, KERNEL_thin, "thin")->tally[MARROW];
    i64 gone = t[TALLY_THINNED] + t[TALLY_VANISHED], all = (i64)c->used[MARROW];
    print_message("  thinned %lld of %lld, %lld of them dying\n", (long long)gone, (long long)all,
                  (long long)t[TALLY_VANISHED]);
    assert_true(fabs(2.0 * (double)gone - (double)all) <= 5.0 * sqrt((double)all));
    case_settle(c, "thin");
    i64 expected[CASE_CLASSES] = {all - gone, c->used[1], c->used[2]};
    check_books(c, "thin", expected);
}

/* Packing moves agents and changes none. */
static inline void case_pack(Case *c) {
    i64 expected[CASE_CLASSES];
    uint64_t before = case_digest(c, "before packing");
    c->frame.mode = PLAN_PACK;
    u32 pages = 0;
    for (u32 cls = 0; cls < CASE_CLASSES; cls++) {
        c->frame.cls[cls].selected = 1u;
        c->frame.cls[cls].pack_fill = PAGE_SLOTS;
        pages += (c->used[cls] + PAGE_SLOTS - 1u) / PAGE_SLOTS;
        expected[cls] = c->used[cls];
    }
    case_write(c, POOL_FRAME, sizeof c->frame, &c->frame);
    case_launch(c, KERNEL_plan);
    case_launch(c, KERNEL_spread);
    case_settle(c, "pack");
    check_books(c, "pack", expected);
    u32 left = 0;
    for (u32 page = 0; page < CASE_PAGES; page++) left += c->snapshots[0]->rows[page].cls != NO_CLASS;
    assert_int_equal(left, pages);
    assert_true(before == case_digest(c, "after packing"));
}

static inline void case_found(Case *c) {
    static const Totals zero;
    PageRow rows[CASE_PAGES];
    case_rows(rows);
    frame_make(&c->frame, 0);
    case_write(c, POOL_ROWS, sizeof rows, rows);
    case_write(c, POOL_TOTALS, sizeof zero, &zero);
    case_write(c, POOL_FRAME, sizeof c->frame, &c->frame);
    case_launch(c, KERNEL_found);
    case_compare(c, "founders");
    i64 expected[CASE_CLASSES] = {0};
    for (u32 page = 0; page < CASE_PAGES; page++)
        if (rows[page].cls != NO_CLASS) expected[rows[page].cls] += rows[page].used;
    check_books(c, "founders", expected);
}

/* All of it; returns the digest of the end. */
static inline uint64_t case_run(Case *c) {
    case_found(c);
    for (u32 interval = 1; interval <= CASE_INTERVALS; interval++) {
        case_interval(c, interval);
        if (interval == 20u) case_split(c);
        if (interval == 35u) case_thin(c);
        if (interval == 41u) case_pack(c);
    }
    uint64_t digest = case_digest(c, "the end");
    print_message(
        "  agents %u marrow, %u blood, %u normal; births %lld, drug deaths %lld, natural %lld, moved %lld, "
        "vanished %lld; digest %016llx\n",
        c->used[MARROW], c->used[BLOOD], c->used[NORMAL], (long long)c->events[TALLY_BIRTHS],
        (long long)c->events[TALLY_DRUG_DEATHS], (long long)c->events[TALLY_NATURAL_DEATHS],
        (long long)c->events[TALLY_MOVED], (long long)c->events[TALLY_VANISHED], (unsigned long long)digest);
    return digest;
}

/* ---- setting up -------------------------------------------------------------------------------- */

/* STATUS_OK, or why the backend under test cannot be had here. */
static inline Status case_create(Case *c, const BackendOptions *tested) {
    BackendOptions referee = {.name = "cpu", .device = -1, .threads = 1};
    memset(c, 0, sizeof *c);
    assert_ok(backend_open(&c->backends[0], &referee));
    TRY(backend_open(&c->backends[1], tested));
    for (int i = 0; i < 2; i++) {
        assert_ok(backend_pool(&c->backends[i], CASE_PAGES));
        c->snapshots[i] = calloc(1, sizeof(Snapshot));
        assert_non_null(c->snapshots[i]);
    }
    return STATUS_OK;
}

static inline void case_destroy(Case *c) {
    for (int i = 0; i < 2; i++) {
        backend_close(&c->backends[i]);
        free(c->snapshots[i]);
    }
}

#endif
