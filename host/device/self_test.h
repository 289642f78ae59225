/* A device is tried out before it is trusted with a patient: a small population lives through a few
 * intervals, and every bit of it must be what the processor computes. */
#ifndef MARROW_SELF_TEST_H
#define MARROW_SELF_TEST_H

#include "device/backend.h"

/* What comes out on the processor; tests/test_cuda.c compares. It changes with the kernels' results. */
extern const uint64_t self_test_expected;

/* Runs it on an open backend, whose pool is lost, and says what came out. */
Status self_test_digest(Backend *b, uint64_t *digest);

/* STATUS_UNAVAILABLE: the device computes wrongly, and is named. */
Status self_test(Backend *b);

#endif
