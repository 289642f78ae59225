/* Grades of laboratory values by the Common Terminology Criteria for Adverse Events, versions 3, 4 and 5
 * (NCI; M: from memory of the tables, hepatic limits of version 4 read). The limits are data: ctcae.c.
 *
 * A grade is the laboratory's truth. What an investigator reports as an adverse event is another thing:
 * hazards.h. */
#ifndef MARROW_CTCAE_H
#define MARROW_CTCAE_H

typedef enum CtcaeVersion { CTCAE_3, CTCAE_4, CTCAE_5 } CtcaeVersion; /* INO-VATE: 3 */

typedef enum CtcaeTerm {
    CTCAE_ANC,         /* 1e9/L */
    CTCAE_PLATELETS,   /* 1e9/L */
    CTCAE_WBC,         /* 1e9/L */
    CTCAE_LYMPHOCYTES, /* 1e9/L */
    CTCAE_HB,          /* g/dL */
    CTCAE_ALT,         /* U/L, as the next four in any unit: over its upper limit */
    CTCAE_AST,
    CTCAE_ALP,
    CTCAE_GGT,
    CTCAE_BILIRUBIN,
    CTCAE_CREATININE,
    CTCAE_QTC,         /* ms */
    CTCAE_WEIGHT_GAIN, /* % */
    CTCAE_TERMS
} CtcaeTerm;

/* 0 (none) to 4. `lower` and `upper` are the limits of normal, `baseline` the value before treatment; which
 * of them count depends on term and version. NaN as value: 0; as baseline: as if it had been normal. */
int ctcae_grade(CtcaeVersion version, CtcaeTerm term, double value, double lower, double upper,
                double baseline);

/* "anc", "platelets", … as the laboratory's tests are named; NULL past the last. */
const char *ctcae_name(CtcaeTerm term);
/* The term of this name, or -1. */
int ctcae_find(const char *name);

#endif
