/* Small things about text: numbers that read back the same, and the nearest of several names. */
#ifndef MARROW_TEXT_H
#define MARROW_TEXT_H

#include <stdio.h>

enum { TEXT_NUMBER = 32, TEXT_NAME = 256 };

/* The fewest digits that read back to the same double; "" for NaN. Returns `out`. */
const char *text_number(double value, char out[TEXT_NUMBER]);

/* One field of a CSV file, quoted if it must be (RFC 4180). */
void text_csv(FILE *out, const char *text);

/* Letters to insert, delete or replace to make one name of the other; `b` has `n` of them, at most TEXT_NAME.
 */
size_t text_distance(const char *a, const char *b, size_t n);

/* The `name` nearest to `wanted` so far, and how near; start with {0}. Names further off than a third of
 * their letters are never near. */
typedef struct TextNearest {
    const char *name;
    size_t distance;
} TextNearest;

void text_consider(TextNearest *nearest, const char *wanted, const char *name);

#endif
