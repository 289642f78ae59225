/* Conditions of rules at work: their value, and the values they were met with. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "clinic/policy_expr.h"
#include "clinic/policy_ops.h"

static double lab_view(const Lab *lab, View view) {
    switch (view) {
    case VIEW_NOW: return lab->value;
    case VIEW_BASELINE: return lab->baseline;
    case VIEW_CYCLE_BASELINE: return lab->cycle_baseline;
    case VIEW_NADIR: return lab->nadir;
    case VIEW_PEAK: return lab->peak;
    case VIEW_ULN: return lab->upper;
    case VIEW_LLN: return lab->lower;
    }
    return NAN;
}

/* Kleene's logic: what is false whatever the unknown is, is false. */
static double both(double a, double b) {
    if (a == 0 || b == 0) return 0;
    return isnan(a) || isnan(b) ? (double)NAN : 1;
}

static double compare(int code, double a, double b) {
    if (isnan(a) || isnan(b)) return NAN;
    switch (code) {
    case OP_LESS: return a < b;
    case OP_LESS_EQUAL: return a <= b;
    case OP_MORE: return a > b;
    case OP_MORE_EQUAL: return a >= b;
    case OP_EQUAL: return a == b;
    default: return a != b;
    }
}

static double truth(double value) {
    return isnan(value) ? value : value != 0;
}

static double negation(double value) {
    return isnan(value) ? value : value == 0;
}

static double binary(int code, double a, double b) {
    switch (code) {
    case OP_OR: return negation(both(negation(a), negation(b)));
    case OP_AND: return both(truth(a), truth(b));
    case OP_ADD: return a + b;
    case OP_SUBTRACT: return a - b;
    case OP_MULTIPLY: return a * b;
    case OP_DIVIDE: return a / b;
    default: return compare(code, a, b);
    }
}

double expr_value(const Expr *expr, const PolicyFacts *facts) {
    double stack[EXPR_OPS] = {0};
    int depth = 0;
    for (int i = 0; i < expr->count; i++) {
        const ExprOp *op = &expr->op[i];
        switch (op->code) {
        case OP_NUMBER: stack[depth++] = op->number; break;
        case OP_LAB: stack[depth++] = lab_view(&facts->labs->test[op->name], op->view); break;
        case OP_FACT: stack[depth++] = facts->fact[op->name]; break;
        case OP_NOT: stack[depth - 1] = negation(stack[depth - 1]); break;
        case OP_NEGATE: stack[depth - 1] = -stack[depth - 1]; break;
        default: stack[depth - 2] = binary(op->code, stack[depth - 2], stack[depth - 1]); depth--;
        }
    }
    return depth == 1 ? truth(stack[0]) : 1;
}

bool expr_met(const Expr *expr, const PolicyFacts *facts) {
    return expr_value(expr, facts) == 1;
}

/* --- telling --- */

static bool told_before(const Expr *expr, int index) {
    const ExprOp *op = &expr->op[index];
    for (int i = 0; i < index; i++)
        if (expr->op[i].code == op->code && expr->op[i].view == op->view && expr->op[i].name == op->name)
            return true;
    return false;
}

static bool asks_limit(const Expr *expr, int lab) {
    for (int i = 0; i < expr->count; i++)
        if (expr->op[i].code == OP_LAB && expr->op[i].view == VIEW_ULN && expr->op[i].name == lab)
            return true;
    return false;
}

static void tell(const Expr *expr, const ExprOp *op, const PolicyFacts *facts, char *out, size_t size) {
    if (op->code == OP_FACT) {
        double value = facts->fact[op->name];
        bool response = op->name == FACT_RESPONSE || op->name == FACT_BEST_RESPONSE;
        if (response) {
            snprintf(out, size, "%s %s", fact_name((FactId)op->name), response_name((int)value));
            return;
        }
        const char *name = fact_name((FactId)op->name), *unit = strrchr(name, '_');
        if (unit && strcmp(unit, "_d") == 0) {
            snprintf(out, size, "%.*s %.4g d", (int)(unit - name), name, value);
            return;
        }
        int length = snprintf(out, size, "%s", name);
        if (!fact_is_flag((FactId)op->name) && length < (int)size)
            snprintf(out + length, size - (size_t)length, " %.4g", value);
        return;
    }
    const Lab *lab = &facts->labs->test[op->name];
    const char *unit = lab_unit((LabId)op->name);
    double value = lab_view(lab, op->view);
    int length = snprintf(out, size, "%s%s%s %.4g%s%s", policy_views[op->view], op->view ? " " : "",
                          lab_name((LabId)op->name), value, *unit ? " " : "", unit);
    if (op->view == VIEW_NOW && asks_limit(expr, op->name) && length < (int)size)
        snprintf(out + length, size - (size_t)length, " (%.3g uln)", value / lab->upper);
}

/* What is not so, or never was, needs no words, nor does that a dose is coming. */
static bool is_told(const ExprOp *op, const PolicyFacts *facts) {
    if (op->code == OP_FACT && op->name == FACT_COMING) return false;
    if (op->code == OP_LAB) return op->view < VIEW_ULN;
    return op->code == OP_FACT && isfinite(facts->fact[op->name]) && facts->fact[op->name] != 0;
}

void expr_values(const Expr *expr, const PolicyFacts *facts, char out[EXPR_DETAIL]) {
    char one[96];
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < expr->count; i++) {
        const ExprOp *op = &expr->op[i];
        if (!is_told(op, facts) || told_before(expr, i)) continue;
        tell(expr, op, facts, one, sizeof one);
        size_t need = strlen(one) + 2;
        if (used + need >= EXPR_DETAIL) return;
        for (char *c = one; *c; c++)
            if (*c == '_') *c = ' '; /* the chart is read by people */
        used += (size_t)snprintf(out + used, EXPR_DETAIL - used, "%s%s", used ? "; " : "", one);
    }
}

bool expr_uses(const Expr *expr, const char *name) {
    int lab = lab_find(name), fact = fact_find(name);
    for (int i = 0; i < expr->count; i++) {
        const ExprOp *op = &expr->op[i];
        if (lab >= 0 && op->code == OP_LAB && op->view == VIEW_NOW && op->name == lab) return true;
        if (fact >= 0 && op->code == OP_FACT && op->name == fact) return true;
    }
    return false;
}
