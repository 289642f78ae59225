/* Conditions of rules: read by recursive descent, kept as steps of a stack machine. */
#include "clinic/policy_expr.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "clinic/policy_ops.h"

const char *const policy_views[] = {"", "baseline", "cycle_baseline", "nadir", "peak", "uln", "lln"};

typedef struct Word {
    int code;
    const char *text;
} Word;

static const Word comparisons[] = {{OP_LESS_EQUAL, "<="}, {OP_MORE_EQUAL, ">="}, {OP_UNEQUAL, "!="},
                                   {OP_LESS, "<"},        {OP_MORE, ">"},        {OP_EQUAL, "="}};
static const Word responses[] = {
    {RESPONSE_NR, "nr"}, {RESPONSE_CRI, "cri"}, {RESPONSE_CRH, "crh"}, {RESPONSE_CR, "cr"}};

/* --- reading --- */

enum { DEPTH_MAX = 24, WORD = 40 };

typedef struct Reader {
    Expr *out;
    const char *text, *at;
    int subject; /* test the present comparison began with, or -1 */
    int depth;
    ExprError *error;
} Reader;

static bool wrong(Reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool wrong(Reader *r, const char *format, ...) {
    va_list values;
    r->error->at = (int)(r->at - r->text);
    va_start(values, format);
    vsnprintf(r->error->text, sizeof r->error->text, format, values);
    va_end(values);
    return false;
}

static bool emit(Reader *r, ExprOp op) {
    if (r->out->count == EXPR_OPS)
        return wrong(r, "longer than %d numbers, names and signs; split the rule in two", EXPR_OPS);
    r->out->op[r->out->count++] = op;
    return true;
}

static void blanks(Reader *r) {
    r->at += strspn(r->at, " \t\n");
}

static size_t word_length(const char *at) {
    return strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

/* Takes the word if it comes next. */
static bool take_word(Reader *r, const char *word) {
    blanks(r);
    size_t length = strlen(word);
    if (word_length(r->at) != length || memcmp(r->at, word, length) != 0) return false;
    r->at += length;
    return true;
}

static bool take_sign(Reader *r, const char *sign) {
    blanks(r);
    size_t length = strlen(sign);
    if (strncmp(r->at, sign, length) != 0) return false;
    r->at += length;
    return true;
}

static bool read_or(Reader *r);

static bool read_number(Reader *r) {
    char *end;
    double number = strtod(r->at, &end);
    r->at = end;
    if (!emit(r, (ExprOp){OP_NUMBER, 0, 0, number})) return false;
    for (int view = VIEW_ULN; view <= VIEW_LLN; view++) {
        if (!take_word(r, policy_views[view])) continue;
        if (r->subject < 0) {
            r->at -= 3;
            return wrong(r, "%s of what? begin the comparison with a test: alt > 3 uln", policy_views[view]);
        }
        return emit(r, (ExprOp){OP_LAB, (uint8_t)view, (uint16_t)r->subject, 0}) &&
               emit(r, (ExprOp){OP_MULTIPLY, 0, 0, 0});
    }
    return true;
}

static bool unknown_name(Reader *r, const char *word) {
    TextNearest nearest = {0};
    for (int i = 0; i < LABS; i++) text_consider(&nearest, word, lab_name((LabId)i));
    for (int i = 0; i < FACTS; i++) text_consider(&nearest, word, fact_name((FactId)i));
    if (nearest.name) return wrong(r, "no test or fact is called %s; did you mean %s?", word, nearest.name);
    return wrong(r, "no test or fact is called %s; docs/rules.md lists all names", word);
}

static bool read_name(Reader *r) {
    uint8_t view = VIEW_NOW;
    char word[WORD];
    for (int v = VIEW_BASELINE; v <= VIEW_PEAK; v++)
        if (take_word(r, policy_views[v])) view = (uint8_t)v;
    blanks(r);
    size_t length = word_length(r->at);
    if (length == 0) return wrong(r, "a number, a name or ( is missing here");
    snprintf(word, sizeof word, "%.*s", (int)length, r->at);
    for (size_t i = 0; view == VIEW_NOW && i < sizeof responses / sizeof responses[0]; i++)
        if (take_word(r, responses[i].text)) return emit(r, (ExprOp){OP_NUMBER, 0, 0, responses[i].code});
    int lab = lab_find(word), fact = fact_find(word);
    if (lab < 0 && fact < 0) return unknown_name(r, word);
    if (lab < 0 && view != VIEW_NOW)
        return wrong(r, "%s is no laboratory test and has no %s; leave that word out", word,
                     policy_views[view]);
    r->at += length;
    if (lab >= 0 && r->subject < 0) r->subject = lab;
    return emit(r, lab >= 0 ? (ExprOp){OP_LAB, view, (uint16_t)lab, 0}
                            : (ExprOp){OP_FACT, 0, (uint16_t)fact, 0});
}

static bool read_one(Reader *r) {
    blanks(r);
    if (r->depth > DEPTH_MAX) return wrong(r, "nested deeper than %d; split the rule in two", DEPTH_MAX);
    if (take_sign(r, "(")) {
        r->depth++;
        bool good = read_or(r);
        r->depth--;
        return good && (take_sign(r, ")") || wrong(r, ") is missing"));
    }
    if (take_sign(r, "-")) {
        r->depth++;
        bool good = read_one(r) && emit(r, (ExprOp){OP_NEGATE, 0, 0, 0});
        r->depth--;
        return good;
    }
    bool digit = (*r->at >= '0' && *r->at <= '9') || *r->at == '.';
    return digit ? read_number(r) : read_name(r);
}

static bool read_product(Reader *r) {
    if (!read_one(r)) return false;
    for (;;) {
        OpCode code = take_sign(r, "*") ? OP_MULTIPLY : take_sign(r, "/") ? OP_DIVIDE : OP_NUMBER;
        if (code == OP_NUMBER) return true;
        if (!read_one(r) || !emit(r, (ExprOp){(uint8_t)code, 0, 0, 0})) return false;
    }
}

static bool read_sum(Reader *r) {
    if (!read_product(r)) return false;
    for (;;) {
        OpCode code = take_sign(r, "+") ? OP_ADD : take_sign(r, "-") ? OP_SUBTRACT : OP_NUMBER;
        if (code == OP_NUMBER) return true;
        if (!read_product(r) || !emit(r, (ExprOp){(uint8_t)code, 0, 0, 0})) return false;
    }
}

static bool read_comparison(Reader *r) {
    int outer = r->subject;
    r->subject = -1;
    bool good = read_sum(r);
    for (size_t i = 0; good && i < sizeof comparisons / sizeof comparisons[0]; i++) {
        if (!take_sign(r, comparisons[i].text)) continue;
        good = read_sum(r) && emit(r, (ExprOp){(uint8_t)comparisons[i].code, 0, 0, 0});
        break;
    }
    r->subject = outer;
    return good;
}

static bool read_not(Reader *r) {
    bool negated = false;
    while (take_word(r, "not")) negated = !negated;
    return read_comparison(r) && (!negated || emit(r, (ExprOp){OP_NOT, 0, 0, 0}));
}

static bool read_and(Reader *r) {
    if (!read_not(r)) return false;
    while (take_word(r, "and"))
        if (!read_not(r) || !emit(r, (ExprOp){OP_AND, 0, 0, 0})) return false;
    return true;
}

static bool read_or(Reader *r) {
    if (!read_and(r)) return false;
    while (take_word(r, "or"))
        if (!read_and(r) || !emit(r, (ExprOp){OP_OR, 0, 0, 0})) return false;
    return true;
}

bool expr_parse(Expr *out, const char *text, ExprError *error) {
    Reader reader = {.out = out, .text = text, .at = text, .subject = -1, .error = error};
    *out = (Expr){0};
    if (!read_or(&reader)) return false;
    blanks(&reader);
    if (*reader.at) return wrong(&reader, "the condition is over here; join what follows by and, or");
    return true;
}
