/* A table of numbers as a Flow Cytometry Standard 3.1 file (Spidlen 2010, Cytometry A 77:97), list mode,
 * 32-bit floats, little-endian. */
#ifndef MARROW_FCS_H
#define MARROW_FCS_H

#include <stddef.h>
#include <stdio.h>

/* One parameter. Names have no commas. */
typedef struct FcsParameter {
    const char *name, *label; /* $PnN, $PnS */
    double range;             /* $PnR: values stay below */
    double decades, from; /* $PnD: decades of a logarithmic axis and where it starts; 0: linear, 0 to range */
} FcsParameter;

/* One more keyword; `value` is not empty. */
typedef struct FcsKeyword {
    const char *name, *value;
} FcsKeyword;

typedef struct FcsTable {
    const FcsParameter *parameters;
    size_t parameter_count;
    const FcsKeyword *keywords;
    size_t keyword_count;
    size_t events;
    const float *values; /* [events][parameter_count] */
} FcsTable;

/* What cannot be written shows in `out` (ferror). */
void fcs_write(const FcsTable *table, FILE *out);

#endif
