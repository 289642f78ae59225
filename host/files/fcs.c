#include "files/fcs.h"

#include <stdint.h>
#include <string.h>

enum { HEADER = 58, LARGEST_IN_HEADER = 99999999 };
#define DELIMITER '|'

static size_t text_length(const char *text) {
    size_t length = 0;
    for (; *text; text++) length += *text == DELIMITER ? 2 : 1;
    return length;
}

/* A delimiter inside a value is written twice. */
static void put(FILE *out, const char *text) {
    for (; *text; text++) {
        if (*text == DELIMITER) fputc(DELIMITER, out);
        fputc(*text, out);
    }
    fputc(DELIMITER, out);
}

/* Where a keyword goes: to a file, or, without one, only into the length. */
typedef struct Text {
    FILE *out;
    size_t length;
} Text;

static void keyword(Text *t, const char *name, const char *value) {
    t->length += text_length(name) + text_length(value) + 2;
    if (!t->out) return;
    put(t->out, name);
    put(t->out, value);
}

/* Offsets have a fixed width, so that the text is as long before they are known. */
static void offset(Text *t, const char *name, size_t value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%020zu", value);
    keyword(t, name, digits);
}

static void number(Text *t, const char *name, double value) {
    char digits[40];
    snprintf(digits, sizeof digits, "%.15g", value);
    keyword(t, name, digits);
}

static void parameter(Text *t, size_t n, const FcsParameter *p) {
    char name[32], value[96];
    const struct {
        char letter;
        const char *value;
    } plain[] = {{'N', p->name}, {'S', p->label}, {'B', "32"}, {'E', "0,0"}};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        snprintf(name, sizeof name, "$P%zu%c", n, plain[i].letter);
        keyword(t, name, plain[i].value);
    }
    snprintf(name, sizeof name, "$P%zuR", n);
    number(t, name, p->range);
    snprintf(name, sizeof name, "$P%zuD", n);
    if (p->decades > 0)
        snprintf(value, sizeof value, "Logarithmic,%g,%g", p->decades, p->from);
    else
        snprintf(value, sizeof value, "Linear,0,%.15g", p->range);
    keyword(t, name, value);
}

/* The TEXT segment; `begin` and `end` are those of DATA. */
static size_t text(FILE *out, const FcsTable *table, size_t begin, size_t end) {
    Text t = {out, 1};
    if (out) fputc(DELIMITER, out);
    const char *const fixed[][2] = {{"$BEGINANALYSIS", "0"}, {"$ENDANALYSIS", "0"},   {"$BEGINSTEXT", "0"},
                                    {"$ENDSTEXT", "0"},      {"$BYTEORD", "1,2,3,4"}, {"$DATATYPE", "F"},
                                    {"$MODE", "L"},          {"$NEXTDATA", "0"}};
    offset(&t, "$BEGINDATA", begin);
    offset(&t, "$ENDDATA", end);
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) keyword(&t, fixed[i][0], fixed[i][1]);
    number(&t, "$TOT", (double)table->events);
    number(&t, "$PAR", (double)table->parameter_count);
    for (size_t i = 0; i < table->parameter_count; i++) parameter(&t, i + 1, &table->parameters[i]);
    for (size_t i = 0; i < table->keyword_count; i++)
        keyword(&t, table->keywords[i].name, table->keywords[i].value);
    return t.length;
}

/* Segments that lie beyond eight digits are found by their keywords alone. */
static void header(FILE *out, size_t text_end, size_t begin, size_t end) {
    if (end > LARGEST_IN_HEADER) begin = end = 0;
    fprintf(out, "FCS3.1    %8d%8zu%8zu%8zu%8d%8d", HEADER, text_end, begin, end, 0, 0);
}

/* Byte by byte, whatever the machine's order. */
static void data(FILE *out, const float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        const unsigned char bytes[4] = {(unsigned char)bits, (unsigned char)(bits >> 8),
                                        (unsigned char)(bits >> 16), (unsigned char)(bits >> 24)};
        fwrite(bytes, 1, sizeof bytes, out);
    }
}

void fcs_write(const FcsTable *table, FILE *out) {
    size_t count = table->events * table->parameter_count;
    size_t begin = HEADER + text(NULL, table, 0, 0), end = begin + 4 * count - 1;
    if (count == 0) begin = end = 0;
    header(out, HEADER + text(NULL, table, 0, 0) - 1, begin, end);
    text(out, table, begin, end);
    data(out, table->values, count);
    fputs("00000000", out); /* no check sum, as the standard has it */
}
