/* The assay for residual disease: its counts against the binomial distribution, and what it reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "clinic/mrd_assay.h"

enum { SAMPLES = 20000 };

static MrdResult sample(int64_t events, double fraction, uint32_t i) {
    const MrdAssay assay = {.events = events, .lod_events = 10, .loq_events = 40};
    return mrd_measure(&assay, fraction, (MrdSample){.seed = 7, .patient = i % 100, .sample = i / 100});
}

/* Mean and variance within five standard errors of Binomial(n, p). */
static void moments(int64_t n, double p, int samples) {
    double sum = 0, squares = 0, mean = (double)n * p, variance = mean * (1 - p);
    for (int i = 0; i < samples; i++) {
        double off = (double)sample(n, p, (uint32_t)i).blasts - mean;
        sum += off;
        squares += off * off;
    }
    double off_mean = sum / samples, seen = squares / samples;
    double error_variance = sqrt((2 + (1 - 6 * p * (1 - p)) / variance) / samples) * variance;
    print_message("  n %lld, p %g: mean %.4f off (standard error %.4f), variance %.4g for %.4g\n",
                  (long long)n, p, off_mean, sqrt(variance / samples), seen, variance);
    assert_true(fabs(off_mean) < 5 * sqrt(variance / samples));
    assert_true(fabs(seen - variance) < 5 * error_variance);
}

static void test_moments(void **state) {
    (void)state;
    moments(100000, 1e-6, SAMPLES);
    moments(1000000, 1e-5, SAMPLES);
    moments(500000, 1e-4, SAMPLES);
    moments(1000, 0.3, SAMPLES);
    moments(1000, 0.9, SAMPLES);
    moments(100000, 0.7, 200);
}

/* Every count from 0 to 14 as often as Binomial(1e6, 5e-6) says: chi-square of 16 cells. */
static void test_distribution(void **state) {
    (void)state;
    enum { CELLS = 16 };
    double seen[CELLS] = {0}, chi = 0, rest = 1, p = pow(1 - 5e-6, 1e6);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        int64_t blasts = sample(1000000, 5e-6, i).blasts;
        seen[blasts < CELLS ? blasts : CELLS - 1]++;
    }
    for (int k = 0; k < CELLS; k++) {
        double expected = (k < CELLS - 1 ? p : rest) * SAMPLES;
        chi += (seen[k] - expected) * (seen[k] - expected) / expected;
        rest -= p;
        p *= (1e6 - k) / (k + 1.0) * 5e-6 / (1 - 5e-6);
    }
    print_message("  chi-square of 15 degrees: %.1f, allowed 37.7 (p = 0.001)\n", chi);
    assert_true(chi < 37.7);
}

static void test_ends(void **state) {
    (void)state;
    assert_int_equal(sample(1000000, 0, 1).blasts, 0);
    assert_int_equal(sample(1000000, 1, 1).blasts, 1000000);
    assert_int_equal(sample(1000000, 1e-300, 1).blasts, 0);
    assert_int_equal(sample(1000000, 3e-5, 5).blasts, sample(1000000, 3e-5, 5).blasts);
}

static void reports(int64_t events, int64_t blasts, const char *text, bool negative) {
    char out[16];
    double n = (double)events;
    MrdResult r = {events, blasts, (double)blasts / n, 10 / n, 40 / n, blasts >= 10, blasts >= 40};
    print_message("  %lld of %lld: %s, %s\n", (long long)blasts, (long long)events, mrd_text(&r, out),
                  mrd_negative(&r) ? "negative" : "positive");
    assert_string_equal(mrd_text(&r, out), text);
    assert_true(mrd_negative(&r) == negative);
}

/* With 5e4 events the assay cannot see 1e-4, so that nothing seen is no answer. */
static void test_reports(void **state) {
    (void)state;
    reports(1000000, 0, "<LOD", true);
    reports(1000000, 9, "<LOD", true);
    reports(1000000, 10, "<LOQ", true);
    reports(1000000, 40, "4e-05", true);
    reports(1000000, 100, "0.0001", false);
    reports(1000000, 253000, "0.253", false);
    reports(100000, 9, "<LOD", true);
    reports(100000, 10, "<LOQ", false);
    reports(50000, 0, "<LOD", false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_distribution),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
