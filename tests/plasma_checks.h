/* What tests of plasma and flow share: printed checks, and dosing tables written by the test that uses them.
 */
#ifndef MARROW_TESTS_PLASMA_CHECKS_H
#define MARROW_TESTS_PLASMA_CHECKS_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "dosing/dosing.h"

#define assert_ok(call)                                            \
    do {                                                           \
        if ((call) != STATUS_OK) fail_msg("%s", status_message()); \
    } while (0)

static inline void check(const char *what, double value, double expected, double tolerance) {
    double off = fabs(value / expected - 1.0);
    print_message("  %-34s %12.6g   expected %10.5g   off by %.1e\n", what, value, expected, off);
    assert_true(off <= tolerance);
}

/* Rows are `1,time_h,mg,mg_per_h,evid,1,interval_h,repeats`; config loses its regimen to them. */
static inline Dosing *dose_table(Config *config, const char *rows) {
    char path[] = "/tmp/marrow-doses-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *out = fdopen(file, "w");
    assert_non_null(out);
    fprintf(out, "ID,TIME,AMT,RATE,EVID,CMT,II,ADDL\n%s", rows);
    assert_int_equal(fclose(out), 0);
    snprintf(config->dosing.file, sizeof config->dosing.file, "%s", path);
    Dosing *dosing = NULL;
    Status status = dosing_create(&dosing, config);
    unlink(path);
    assert_ok(status);
    return dosing;
}

#endif
