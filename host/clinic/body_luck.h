/* Luck of the patient as a whole, looked up as the cells' is: Philox of (seed; event, index, purpose). The
 * same patient keeps it under another treatment, and two purposes never share a number. */
#ifndef MARROW_BODY_LUCK_H
#define MARROW_BODY_LUCK_H

#include <stdint.h>

/* Purposes of the patient, far from the cells' (kernels/rng.h). Add at the end: numbers are luck. */
typedef enum BodyPurpose {
    BODY_LIVER = 0x1000, /* how this patient's liver answers; index: which of its traits */
    BODY_HAZARD,         /* budget of one kind of event; event: how many there were, index: the kind */
    BODY_GRADE,          /* how bad it is, by the same */
    BODY_LENGTH,         /* how long it lasts, by the same */
    BODY_VISIT,          /* assay noise; event: the visit, index: the test */
    BODY_DECISION,       /* transplant, donor, no-start; index: which */
    BODY_SAMPLE,         /* a virtual patient's traits; index: which */
    BODY_REPORT, /* whether a laboratory abnormality is reported; event: the episode, index: the term */
} BodyPurpose;

/* In (0, 1), never 0 or 1, in steps of 2^-52. */
double body_luck_unit(uint64_t seed, uint32_t event, uint32_t index, BodyPurpose purpose);
double body_luck_exponential(uint64_t seed, uint32_t event, uint32_t index, BodyPurpose purpose); /* mean 1 */
double body_luck_normal(uint64_t seed, uint32_t event, uint32_t index, BodyPurpose purpose);

/* Standard normal quantile of u in (0, 1): Wichura 1988, algorithm AS 241 (Applied Statistics 37:477), 1e-15.
 */
double normal_quantile(double u);

#endif
