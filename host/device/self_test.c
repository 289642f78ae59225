#include "device/self_test.h"

#include <string.h>

#include "device/kernel_cache.h"

enum { PAGES = 8, CLASSES = 2, INTERVALS = 4, MARROW = 0, BLOOD = 1 };

const uint64_t self_test_expected = 0x57b36e9c51bf7153u;

/* A treated class with everything in it: uptake, breaks, drug deaths, divisions, egress. The numbers are
 * exact constants, as no libm may have a say in them. */
static void class_fill(ClassStep *m) {
    m->rr = 0.5f, m->rc = 0.125f, m->cr = 0.375f, m->cc = 0.4375f;
    m->er = 0.078125f, m->ec = 0.25f, m->ee = 0.8125f;
    m->pr = 0.0390625f, m->pc = 0.109375f, m->pe = 0.5625f, m->pp = 0.6875f;
    m->dr = 0.0001f, m->dc = 0.0002f, m->de = 0.001f, m->dp = 0.0026f, m->dd = 0.90625f;
    m->ri = 0.125f, m->ci = 0.03125f, m->ei = 0.0078125f, m->pi = 0.00195f;
    m->hill_half = 0.5f, m->hill_power = 1.5f, m->natural = 0.0078125f, m->division = 0.25f;
    m->binding = 0.5f, m->unbinding = 0.25f, m->back_d = 1.109375f, m->back_p = -0.00390625f;
    m->uptake_excess = 0.0625f, m->dying = 0.125f, m->dying_stages = 3u, m->stages = 4u;
    m->setpoint_median = 3470.0f, m->setpoint_sd = 0.5f, m->inherit_sd = 0.125f;
    m->sensitivity_median = 0.02f, m->sensitivity_sd = 0.375f;
    m->move = 0.0625f, m->move_class = BLOOD, m->move_gain = 1.125f;
}

static void frame_fill(Frame *frame, u32 interval) {
    memset(frame, 0, sizeof *frame);
    frame->seed_low = 1u, frame->pages = PAGES, frame->classes = CLASSES, frame->members = 1u;
    frame->interval = interval, frame->mode = PLAN_ARRIVALS;
    class_fill(&frame->cls[MARROW]);
    class_fill(&frame->cls[BLOOD]);
    frame->cls[BLOOD].move_class = NO_CLASS, frame->cls[BLOOD].move = 0.0f;
    frame->cls[BLOOD].hill_square = 1u, frame->cls[BLOOD].hill_power = 2.0f, frame->cls[BLOOD].stages = 1u;
    frame->cls[MARROW].newcomers = interval ? 100u : 6000u; /* the founders, at first */
    frame->cls[MARROW].newcomer_base = 100u * interval;
    frame->cls[BLOOD].newcomers = interval ? 0u : 500u;
}

static Status launch_all(Backend *b, const KernelId *kernels, int count) {
    for (int i = 0; i < count; i++) TRY(backend_launch(b, kernels[i], CLASSES));
    return STATUS_OK;
}

#define LAUNCH(b, ...) \
    launch_all(b, (const KernelId[]){__VA_ARGS__}, sizeof((const KernelId[]){__VA_ARGS__}) / sizeof(KernelId))

/* What the totals say, and at the end the digest of every agent in them, goes into one number. */
static Status digest_take(Backend *b, uint64_t *digest) {
    Totals totals;
    TRY(backend_read(b, POOL_TOTALS, 0, sizeof totals, &totals));
    *digest = kernel_hash(totals.tally, sizeof totals.tally[0] * CLASSES) + 31u * *digest;
    return STATUS_OK;
}

Status self_test_digest(Backend *b, uint64_t *digest) {
    Frame frame;
    *digest = 0;
    TRY(backend_pool(b, PAGES));
    for (u32 interval = 0; interval <= INTERVALS; interval++) {
        frame_fill(&frame, interval);
        TRY(backend_write(b, POOL_FRAME, 0, sizeof frame, &frame));
        if (!interval) {
            TRY(LAUNCH(b, KERNEL_lay, KERNEL_found));
            continue;
        }
        TRY(LAUNCH(b, KERNEL_advance, KERNEL_total, KERNEL_plan, KERNEL_place, KERNEL_arrive, KERNEL_settle));
        TRY(digest_take(b, digest));
    }
    TRY(LAUNCH(b, KERNEL_observe, KERNEL_total));
    TRY(digest_take(b, digest));
    TRY(LAUNCH(b, KERNEL_digest, KERNEL_total));
    return digest_take(b, digest);
}

Status self_test(Backend *b) {
    uint64_t digest = 0;
    TRY(self_test_digest(b, &digest));
    REQUIRE(digest == self_test_expected, STATUS_UNAVAILABLE,
            "backend %s computes wrongly: the self-test gave %016llx, not %016llx; update its driver, choose "
            "another device, or use --backend cpu",
            b->device, (unsigned long long)digest, (unsigned long long)self_test_expected);
    return STATUS_OK;
}
