/* Fetches on any one-device backend: what the part held when it was asked for, whatever came later. */
#ifndef MARROW_TEST_FETCH_CASE_H
#define MARROW_TEST_FETCH_CASE_H

#include "pool_case.h"

enum { FETCH_PAGES = 64, FETCH_MANY = 150 };

/* 9.4 MB of agents: more than is kept on its way at once. */
static inline void fetch_large(Backend *b, unsigned char *sent, unsigned char *got) {
    size_t bytes = pool_part_bytes(POOL_REAL, FETCH_PAGES);
    Fetch f = {0};
    assert_true(bytes > FETCH_BYTES);
    for (size_t i = 0; i < bytes; i++) sent[i] = (unsigned char)(i * 7u + (i >> 13));
    assert_ok(backend_write(b, POOL_REAL, 0, bytes, sent));
    assert_ok(backend_fetch(b, POOL_REAL, 0, bytes, got, &f));
    memset(sent, 0, bytes);
    assert_ok(backend_write(b, POOL_REAL, 0, bytes, sent));
    assert_ok(backend_fetched(b, &f));
    for (size_t i = 0; i < bytes; i++)
        if (got[i] != (unsigned char)(i * 7u + (i >> 13))) fail_msg("byte %zu is not what was fetched", i);
}

/* Many at once, each of its own moment, finished backwards; every third is forgotten and arrives or not. */
static inline void fetch_many(Backend *b) {
    static u32 got[FETCH_MANY];
    static Fetch f[FETCH_MANY];
    for (u32 i = 0; i < FETCH_MANY; i++) {
        got[i] = 0xffffffffu;
        assert_ok(backend_write(b, POOL_OFFER, 4, sizeof i, &i));
        assert_ok(backend_fetch(b, POOL_OFFER, 4, sizeof i, &got[i], &f[i]));
        if (i % 3 == 2) backend_forget(b, &f[i]);
    }
    for (u32 i = FETCH_MANY; i-- > 0;) {
        assert_ok(backend_fetched(b, &f[i]));
        assert_true(got[i] == i || (i % 3 == 2 && got[i] == 0xffffffffu));
        assert_true(f[i].ticket == 0);
        assert_ok(backend_fetched(b, &f[i])); /* finished: nothing to wait for */
    }
}

/* Of nothing, of a part that is freed meanwhile, and one that is never finished. */
static inline void fetch_edges(Backend *b) {
    const u32 sent = 17;
    u32 got = 0, left;
    Fetch f = {0};
    assert_ok(backend_fetch(b, POOL_OFFER, 0, 0, NULL, &f));
    assert_ok(backend_fetched(b, &f));
    assert_ok(backend_write(b, POOL_OFFER, 0, sizeof sent, &sent));
    assert_ok(backend_fetch(b, POOL_OFFER, 0, sizeof got, &got, &f));
    assert_ok(backend_pool(b, 1));
    assert_ok(backend_fetched(b, &f));
    assert_int_equal(got, sent);
    assert_ok(backend_write(b, POOL_OFFER, 0, sizeof sent, &sent));
    assert_ok(backend_fetch(b, POOL_OFFER, 0, sizeof left, &left, &f));
}

static inline void fetch_case(const BackendOptions *options) {
    Backend b;
    size_t bytes = pool_part_bytes(POOL_REAL, FETCH_PAGES);
    unsigned char *sent = malloc(bytes), *got = malloc(bytes);
    assert_non_null(sent);
    assert_non_null(got);
    assert_ok(backend_open(&b, options));
    assert_ok(backend_pool(&b, FETCH_PAGES));
    fetch_large(&b, sent, got);
    fetch_many(&b);
    fetch_large(&b, sent, got);
    fetch_edges(&b);
    backend_close(&b);
    free(sent);
    free(got);
}

/* Totals of two pools: each fetch the sum of its own moment, and no more under way than there is room for. */
static inline void fetch_totals(const BackendOptions *options) {
    enum { MOST = 8 };
    static Totals got[MOST], more;
    Backend b;
    Frame frame = {.pages = 2, .mode = PLAN_ARRIVALS, .classes = 1, .cls = {[0] = {.move_class = NO_CLASS}}};
    Fetch f[MOST] = {{0}}, other = {0};
    assert_ok(backend_open(&b, options));
    assert_int_equal(b.members, 2);
    assert_ok(backend_pool(&b, 2));
    for (u32 i = 0; i < MOST; i++) {
        frame.cls[0].newcomers = 100u * (i + 1u);
        assert_ok(backend_write(&b, POOL_FRAME, 0, sizeof frame, &frame));
        assert_ok(backend_launch(&b, KERNEL_lay, 1));
        assert_ok(backend_launch(&b, KERNEL_found, 1));
        assert_ok(backend_launch(&b, KERNEL_observe, 1));
        assert_ok(backend_launch(&b, KERNEL_total, 1));
        assert_ok(backend_fetch(&b, POOL_TOTALS, 0, sizeof got[i], &got[i], &f[i]));
    }
    assert_int_equal(backend_fetch(&b, POOL_TOTALS, 0, sizeof more, &more, &other), STATUS_FAILED);
    assert_int_equal(backend_fetch(&b, POOL_REAL, 0, 4, &more, &other), STATUS_FAILED);
    backend_forget(&b, &f[1]);
    for (u32 i = MOST; i-- > 0;) assert_ok(backend_fetched(&b, &f[i]));
    for (u32 i = 0; i < MOST; i++)
        if (i != 1) assert_int_equal(got[i].tally[0][OBSERVED_CELLS], 100u * (i + 1u));
    assert_int_equal(got[1].tally[0][OBSERVED_CELLS], 0);
    backend_close(&b);
}

#endif
