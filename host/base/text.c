#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *text_number(double value, char out[TEXT_NUMBER]) {
    out[0] = '\0';
    if (isnan(value)) return out;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, TEXT_NUMBER, "%.*g", digits, value);
        if (strtod(out, NULL) == value) break;
    }
    return out;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t text_distance(const char *a, const char *b, size_t n) {
    size_t row[TEXT_NAME + 1];
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t replaced = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = smaller(replaced, smaller(row[j], diagonal) + 1);
        }
    }
    return row[n];
}

void text_consider(TextNearest *nearest, const char *wanted, const char *name) {
    size_t distance = text_distance(wanted, name, strnlen(name, TEXT_NAME));
    if (distance > (strlen(name) + 2) / 3) return;
    if (nearest->name && distance >= nearest->distance) return;
    *nearest = (TextNearest){name, distance};
}

void text_csv(FILE *out, const char *text) {
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}
