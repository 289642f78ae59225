/* Conditions of rules: "bilirubin > 1.5 uln and (ast > 2.5 uln or alt > 2.5 uln)".
 *
 *   or, and, not, ( ); < <= > >= = !=; + - * /; numbers; nr cri crh cr
 *   a name of labs.h or policy_facts.h; a laboratory test also as baseline, cycle_baseline, nadir, peak NAME
 *   NUMBER uln, NUMBER lln: times the limit of normal of the test the comparison began with
 *
 * A comparison with what is not known is neither true nor false, and a condition counts as met only when it
 * is true whatever the unknown is: "platelets < 10 or anc < 1" is met by an ANC alone. */
#ifndef MARROW_POLICY_EXPR_H
#define MARROW_POLICY_EXPR_H

#include <stdint.h>

#include "clinic/policy_facts.h"

enum { EXPR_OPS = 96, EXPR_DETAIL = 160 };

/* One step of a stack machine. */
typedef struct ExprOp {
    uint8_t code, view;
    uint16_t name;
    double number;
} ExprOp;

/* Flat. Zero steps: no condition, which is always met. */
typedef struct Expr {
    int count;
    ExprOp op[EXPR_OPS];
} Expr;

/* Where in the text, and what is wrong there. */
typedef struct ExprError {
    int at; /* byte, from 0 */
    char text[160];
} ExprError;

/* false: `error` says what, where, and what to do. */
bool expr_parse(Expr *out, const char *text, ExprError *error);

/* 1 true, 0 false, NaN not known. */
double expr_value(const Expr *expr, const PolicyFacts *facts);
bool expr_met(const Expr *expr, const PolicyFacts *facts);

/* Each name once with its value: "bilirubin 2.1 mg/dL (1.75 uln); ast 140 U/L (3.5 uln)"; facts that are not
 * so are left out. */
void expr_values(const Expr *expr, const PolicyFacts *facts, char out[EXPR_DETAIL]);

/* Whether the condition asks for this fact or test (as it is now). */
bool expr_uses(const Expr *expr, const char *name);

#endif
