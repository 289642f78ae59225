#include "clinic/ctcae.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* What the limits multiply: nothing, the upper limit of normal, the value before treatment. */
typedef enum Measure { ABSOLUTE, BY_UPPER, BY_BASELINE } Measure;
typedef enum Side { BELOW, ABOVE } Side;

/* Versions a row holds for. */
enum { V3 = 1 << CTCAE_3, V4 = 1 << CTCAE_4, V5 = 1 << CTCAE_5, ALL = V3 | V4 | V5 };

/* One row: a value below (above) limit[g - 1] has at least grade g. NaN: no value alone makes this grade.
 * LIMIT stands for the limit of normal. */
typedef struct Row {
    CtcaeTerm term;
    int versions;
    Side side;
    Measure measure;
    double limit[4];
} Row;

#define LIMIT HUGE_VAL
#define NEVER NAN

static const Row rows[] = {
    {CTCAE_ANC, ALL, BELOW, ABSOLUTE, {LIMIT, 1.5, 1.0, 0.5}},
    {CTCAE_PLATELETS, ALL, BELOW, ABSOLUTE, {LIMIT, 75, 50, 25}},
    {CTCAE_WBC, ALL, BELOW, ABSOLUTE, {LIMIT, 3, 2, 1}},
    {CTCAE_LYMPHOCYTES, ALL, BELOW, ABSOLUTE, {LIMIT, 0.8, 0.5, 0.2}},
    {CTCAE_HB, V3, BELOW, ABSOLUTE, {LIMIT, 10, 8, 6.5}},
    {CTCAE_HB, V4 | V5, BELOW, ABSOLUTE, {LIMIT, 10, 8, NEVER}}, /* 4: life-threatening consequences */
    {CTCAE_ALT, V3, ABOVE, BY_UPPER, {LIMIT, 2.5, 5, 20}},
    {CTCAE_AST, V3, ABOVE, BY_UPPER, {LIMIT, 2.5, 5, 20}},
    {CTCAE_ALT, V4 | V5, ABOVE, BY_UPPER, {LIMIT, 3, 5, 20}},
    {CTCAE_AST, V4 | V5, ABOVE, BY_UPPER, {LIMIT, 3, 5, 20}},
    {CTCAE_ALT, V5, ABOVE, BY_BASELINE, {1.5, 3, 5, 20}},
    {CTCAE_AST, V5, ABOVE, BY_BASELINE, {1.5, 3, 5, 20}},
    {CTCAE_ALP, ALL, ABOVE, BY_UPPER, {LIMIT, 2.5, 5, 20}},
    {CTCAE_GGT, ALL, ABOVE, BY_UPPER, {LIMIT, 2.5, 5, 20}},
    {CTCAE_ALP, V5, ABOVE, BY_BASELINE, {2, 2.5, 5, 20}},
    {CTCAE_GGT, V5, ABOVE, BY_BASELINE, {2, 2.5, 5, 20}},
    {CTCAE_BILIRUBIN, ALL, ABOVE, BY_UPPER, {LIMIT, 1.5, 3, 10}},
    {CTCAE_BILIRUBIN, V5, ABOVE, BY_BASELINE, {1, 1.5, 3, 10}},
    {CTCAE_CREATININE, ALL, ABOVE, BY_UPPER, {LIMIT, 1.5, 3, 6}},
    {CTCAE_QTC, V3, ABOVE, ABSOLUTE, {450, 470, 500, NEVER}}, /* 4: arrhythmia */
    {CTCAE_QTC, V4 | V5, ABOVE, ABSOLUTE, {450, 480, 500, NEVER}},
    {CTCAE_WEIGHT_GAIN, ALL, ABOVE, ABSOLUTE, {5, 10, 20, NEVER}},
};

static const char *const names[CTCAE_TERMS] = {
    "anc", "platelets", "wbc",       "lymphocytes", "hb",  "alt",        "ast",
    "alp", "ggt",       "bilirubin", "creatinine",  "qtc", "weight_gain"};

const char *ctcae_name(CtcaeTerm term) {
    return term < CTCAE_TERMS ? names[term] : NULL;
}

int ctcae_find(const char *name) {
    for (int t = 0; t < CTCAE_TERMS; t++)
        if (strcmp(names[t], name) == 0) return t;
    return -1;
}

/* Version 5 counts from an abnormal baseline, where there is a row for it. */
static const Row *row_for(CtcaeVersion version, CtcaeTerm term, double upper, double baseline) {
    Measure wanted = version == CTCAE_5 && baseline > upper ? BY_BASELINE : ABSOLUTE;
    const Row *found = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].term != term || !(rows[i].versions & 1 << version)) continue;
        if (rows[i].measure == wanted) return &rows[i];
        if (rows[i].measure != BY_BASELINE) found = &rows[i];
    }
    return found;
}

int ctcae_grade(CtcaeVersion version, CtcaeTerm term, double value, double lower, double upper,
                double baseline) {
    const Row *row = row_for(version, term, upper, baseline);
    double unit = row->measure == BY_UPPER ? upper : row->measure == BY_BASELINE ? baseline : 1;
    int grade = 0;
    for (int g = 1; g <= 4; g++) {
        double limit = row->limit[g - 1] * unit;
        if (row->limit[g - 1] == LIMIT) limit = row->side == BELOW ? lower : upper;
        if (row->side == BELOW ? value < limit : value > limit) grade = g;
    }
    return grade;
}
