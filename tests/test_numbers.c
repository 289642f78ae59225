/* The kernels' own numbers, compiled as C, against the C library, Random123 and closed forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "kernels/rng.h"

#if defined(__has_include)
#if __has_include(<Random123/philox.h>)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/philox.h>
#pragma GCC diagnostic pop
#define HAVE_RANDOM123 1
#endif
#endif

enum { UNITS = 1 << 23 }; /* values that luck_unit can take */

/* |got - exact| in units of the last place of the float nearest to `exact`. */
static double ulps(f32 got, double exact) {
    f32 nearest = fabsf((f32)exact);
    double ulp = (double)(float_of(bits_of(nearest) + 1u) - nearest);
    return fabs((double)got - exact) / ulp;
}

typedef struct Worst {
    double error, at;
    i64 count;
} Worst;

static void worst_see(Worst *w, double error, double at) {
    w->count++;
    if (error <= w->error) return;
    w->error = error;
    w->at = at;
}

static void worst_check(const Worst *w, const char *what, const char *unit, double limit) {
    print_message("  %s: at most %.3g %s off (at %.9g; %lld arguments), allowed %.3g\n", what, w->error, unit,
                  w->at, (long long)w->count, limit);
    assert_true(w->error <= limit);
}

/* ---- elementary functions ---------------------------------------------------------------------- */

static void see_exp(Worst *w, f32 x) {
    worst_see(w, ulps(num_exp(x), exp((double)x)), (double)x);
}

/* An even grid for large arguments, every binade for small ones. */
static void test_exp(void **state) {
    (void)state;
    Worst w = {0};
    for (i32 i = -1739999; i < 1740000; i++) see_exp(&w, (f32)i * 5e-5f);
    for (u32 bits = bits_of(1e-12f); bits < bits_of(87.0f); bits += 499u) {
        see_exp(&w, float_of(bits));
        see_exp(&w, -float_of(bits));
    }
    worst_check(&w, "exp", "ulp", 2.0);
    print_message("  exp(0) = %.9g, 1\n", (double)num_exp(0.0f));
    assert_true(num_exp(0.0f) == 1.0f);
}

static void see_log(Worst *w, u32 bits) {
    f32 x = float_of(bits);
    if (x != 1.0f) worst_see(w, ulps(num_log(x), log((double)x)), (double)x);
}

/* All normal numbers by stride; every one around 1, where the result goes through zero. */
static void test_log(void **state) {
    (void)state;
    Worst w = {0};
    for (u32 bits = 0x00800000u; bits < 0x7f800000u; bits += 641u) see_log(&w, bits);
    for (u32 bits = bits_of(0.5f); bits < bits_of(2.0f); bits++) see_log(&w, bits);
    worst_check(&w, "log", "ulp", 2.0);
    print_message("  log(1) = %.9g, 0\n", (double)num_log(1.0f));
    assert_true(num_log(1.0f) == 0.0f);
}

/* A power is exp(y log x): 2 ulp of the logarithm, and half of one of the product, come out magnified by the
 * exponent; 2 ulp of the exponential are added. */
static void test_power(void **state) {
    (void)state;
    const f32 powers[] = {0.5f, 1.0f, 1.5f, 1.7f, 2.0f, 3.0f, 8.0f};
    Worst w = {0};
    for (size_t k = 0; k < sizeof powers / sizeof powers[0]; k++)
        for (u32 bits = bits_of(1e-9f); bits < bits_of(1e9f); bits += 3001u) {
            f32 x = float_of(bits), y = powers[k];
            double t = (double)y * log((double)x);
            if (fabs(t) > 79.0) continue; /* clipped at 80 */
            worst_see(&w, ulps(num_power(x, y), exp(t)) / (2.5 * fabs(t) + 2.0), (double)x);
        }
    worst_check(&w, "power", "of its bound", 1.0);
    print_message("  0^2 = %.3g, at most 1e-30; 1^1.7 = %.9g, 1\n", (double)num_power(0.0f, 2.0f),
                  (double)num_power(1.0f, 1.7f));
    assert_true(num_power(0.0f, 2.0f) >= 0.0f && num_power(0.0f, 2.0f) < 1e-30f);
    assert_true(num_power(1.0f, 1.7f) == 1.0f);
}

/* ---- normal quantile --------------------------------------------------------------------------- */

/* z with half erfc(z / sqrt 2) = u for u <= 1/2, by Newton from a few per mille off. */
static long double upper_quantile(long double u, long double z) {
    for (int i = 0; i < 4; i++) {
        long double density = expl(-0.5L * z * z) / sqrtl(2.0L * acosl(-1.0L));
        z += (0.5L * erfcl(z / sqrtl(2.0L)) - u) / density;
    }
    return z;
}

/* Relative to z, in the worst place of the grid that luck_unit makes, its whole tails included. */
static void test_normal(void **state) {
    (void)state;
    Worst w = {0};
    for (u32 i = 0; i < UNITS / 2; i += i < 2000u ? 1u : 61u) {
        f32 low = luck_unit(i << 9), high = luck_unit((UNITS - 1u - i) << 9);
        f32 z = num_normal(low);
        double exact = (double)upper_quantile((long double)low, -(long double)z);
        worst_see(&w, fabs((double)z + exact) / exact, (double)low);
        worst_see(&w, fabs((double)num_normal(high) - exact) / exact, (double)high);
    }
    worst_check(&w, "normal quantile", "relative", 5e-7);
}

/* Over the whole grid, so that no luck is in it. What the outer half cells leave out of the fourth moment is
 * some 1e-5. */
static void test_normal_moments(void **state) {
    (void)state;
    double sum[5] = {0};
    for (u32 i = 0; i < UNITS; i++) {
        double z = (double)num_normal(luck_unit(i << 9)), power = 1;
        for (int k = 0; k < 5; k++, power *= z) sum[k] += power / UNITS;
    }
    const double expected[5] = {1, 0, 1, 0, 3}, allowed[5] = {0, 1e-9, 2e-6, 1e-8, 5e-5};
    for (int k = 1; k < 5; k++) {
        print_message("  moment %d of the normal quantile: %.9f, %.0f (allowed %.0e off)\n", k, sum[k],
                      expected[k], allowed[k]);
        assert_true(fabs(sum[k] - expected[k]) <= allowed[k]);
    }
}

/* ---- Philox ------------------------------------------------------------------------------------ */

typedef struct Known {
    u32 counter[4], key[2], expected[4];
} Known;

/* kat_vectors of Random123 1.14 (Salmon et al. 2011), philox4x32 with 10 rounds: zeros, ones, digits of pi.
 */
static const Known known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void test_philox_known(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const u32 *k = known[i].key, *c = known[i].counter, *e = known[i].expected;
        Luck got = philox(k[0], k[1], c[0], c[1], c[2], c[3]);
        print_message("  %08x %08x %08x %08x, known %08x %08x %08x %08x\n", got.a, got.b, got.c, got.d, e[0],
                      e[1], e[2], e[3]);
        assert_true(got.a == e[0] && got.b == e[1] && got.c == e[2] && got.d == e[3]);
    }
}

static void test_philox_library(void **state) {
    (void)state;
#if defined(HAVE_RANDOM123)
    enum { KEYS = 1000000 };
    int differ = 0;
    Luck in = philox(1u, 2u, 3u, 4u, 5u, 6u); /* each result makes the next question */
    for (int i = 0; i < KEYS; i++) {
        philox4x32_ctr_t counter = {{in.a, in.b, in.c, in.d}};
        philox4x32_key_t key = {{in.b ^ (u32)i, in.d + (u32)i}};
        philox4x32_ctr_t theirs = philox4x32(counter, key);
        Luck ours = philox(key.v[0], key.v[1], in.a, in.b, in.c, in.d);
        differ +=
            ours.a != theirs.v[0] || ours.b != theirs.v[1] || ours.c != theirs.v[2] || ours.d != theirs.v[3];
        in = ours;
    }
    print_message("  %d of %d answers differ from Random123's, 0\n", differ, (int)KEYS);
    assert_int_equal(differ, 0);
#else
    print_message("  skipped: Random123's headers are not installed (Debian: librandom123-dev)\n");
    skip();
#endif
}

/* ---- luck -------------------------------------------------------------------------------------- */

static void test_unit(void **state) {
    (void)state;
    double least = (double)luck_unit(0u), most = (double)luck_unit(0xffffffffu), last = 0;
    print_message(
        "  units from 2^%.3f to 1 - 2^%.3f; their exponentials from %.3g to %.6g (24 ln 2 = %.6g)\n",
        log2(least), log2(1 - most), (double)luck_exponential(0xffffffffu), (double)luck_exponential(0u),
        24 * log(2.0));
    assert_true(least == ldexp(1.0, -24) && most == 1 - ldexp(1.0, -24));
    assert_true(luck_exponential(0xffffffffu) > 0.0f && isfinite(luck_exponential(0u)));
    double sum = 0;
    for (u32 i = 0; i < UNITS; i++) {
        double unit = (double)luck_unit(i << 9);
        assert_true(unit > last);
        last = unit;
        sum += unit;
    }
    print_message("  mean over all %d: %.17g, 0.5\n", (int)UNITS, sum / UNITS);
    assert_true(sum / UNITS == 0.5);
}

/* Erlang(k) in units of its mean: mean 1, variance 1/k, fourth central moment 3/k^2 + 6/k^3. */
static void check_cycle(u32 k) {
    enum { CELLS = 400000 };
    static Frame frame;
    frame.seed_low = 77u;
    double sum = 0, squares = 0, cubes = 0;
    for (u32 i = 0; i < CELLS; i++) {
        const Who who = {i, 5u, k};
        double x = (double)luck_cycle(&frame, who, k, k) - 1;
        assert_true(x > -1 && isfinite(x));
        sum += x;
        squares += x * x;
        cubes += x * x * x;
    }
    double mean = sum / CELLS, var = squares / CELLS, third = cubes / CELLS, kd = k;
    double fourth = 3 / (kd * kd) + 6 / (kd * kd * kd),
           sixth = 15 / pow(kd, 3) + 130 / pow(kd, 4) + 120 / pow(kd, 5);
    double mean_se = sqrt(1 / kd / CELLS), var_se = sqrt((fourth - 1 / (kd * kd)) / CELLS);
    double third_se = sqrt((sixth - pow(2 / (kd * kd), 2)) / CELLS);
    print_message(
        "  Erlang(%u): mean %.5f, 1 +- %.5f; variance %.5f, %.5f +- %.5f; third moment %.5f, %.5f +- %.5f\n",
        k, 1 + mean, mean_se, var, 1 / kd, var_se, third, 2 / (kd * kd), third_se);
    assert_true(fabs(mean) <= 3 * mean_se);
    assert_true(fabs(var - 1 / kd) <= 3 * var_se);
    assert_true(fabs(third - 2 / (kd * kd)) <= 3 * third_se);
}

static void test_cycle(void **state) {
    (void)state;
    check_cycle(1u);
    check_cycle(4u);
    check_cycle(7u); /* 4 stages of one look-up, 3 of another */
}

/* ---- pinned ------------------------------------------------------------------------------------ */

static u64 hash_mix(u64 hash, u32 value) {
    for (int byte = 0; byte < 4; byte++) hash = (hash ^ (value >> (8 * byte) & 0xffu)) * 0x100000001b3u;
    return hash;
}

/* FNV-1a over results of every function here: the same on every machine, compiler and level of optimisation,
 * and in every later version that claims to give the same luck. */
static void test_pinned(void **state) {
    (void)state;
    const u64 pinned = 0xbc5f66adf86c0f13u;
    static Frame frame;
    frame.seed_low = 2024u, frame.seed_high = 9u;
    u64 hash = 0xcbf29ce484222325u;
    for (u32 i = 0; i < 10000u; i++) {
        const Who who = {i, i * 2654435761u, i % 11u};
        Luck luck = luck_of(&frame, who, PURPOSE_TRAITS);
        f32 unit = luck_unit(luck.b);
        hash = hash_mix(hash_mix(hash, luck.a), bits_of(unit));
        hash = hash_mix(hash, bits_of(num_exp(170.0f * unit - 85.0f)));
        hash = hash_mix(hash, bits_of(num_log(float_of((luck.c & 0x7f7fffffu) | 0x00800000u))));
        hash = hash_mix(hash, bits_of(num_power(20.0f * unit, 1.7f)));
        hash = hash_mix(hash, bits_of(num_normal(unit)));
        hash = hash_mix(hash, bits_of(luck_exponential(luck.d)));
        hash = hash_mix(hash, bits_of(luck_cycle(&frame, who, 1u + i % 9u, 1u + i % 9u)));
    }
    print_message("  hash %016llx, pinned %016llx\n", (unsigned long long)hash, (unsigned long long)pinned);
    assert_true(hash == pinned);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_power),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_normal_moments),
        cmocka_unit_test(test_philox_known),
        cmocka_unit_test(test_philox_library),
        cmocka_unit_test(test_unit),
        cmocka_unit_test(test_cycle),
        cmocka_unit_test(test_pinned),
    };
    return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
