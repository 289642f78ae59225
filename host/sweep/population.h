/* Virtual patients: one row of a table each, for `marrow sweep --table` (docs/clinic.md, the population).
 *
 * Traits are looked up by (seed, patient, trait), so that patient 17 is the same in a table of 20 and of
 * 2000, under any treatment. They go together through normal scores (a Gaussian copula). */
#ifndef MARROW_POPULATION_H
#define MARROW_POPULATION_H

#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

/* A header of config keys, then `count` patients. Errors: STATUS_FAILED when it cannot be written. */
Status population_write(uint64_t seed, int count, FILE *out);

/* x with P(X <= x) = u for a beta-distributed X; u in (0, 1). */
double beta_quantile(double a, double b, double u);

#endif
