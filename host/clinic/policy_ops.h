/* Steps of a condition's stack machine: what policy_expr.c writes and policy_value.c runs. Private to them.
 */
#ifndef MARROW_POLICY_OPS_H
#define MARROW_POLICY_OPS_H

typedef enum OpCode {
    OP_NUMBER,
    OP_LAB, /* `view` of test `name` */
    OP_FACT,
    OP_OR,
    OP_AND,
    OP_NOT,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_MORE,
    OP_MORE_EQUAL,
    OP_EQUAL,
    OP_UNEQUAL,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_NEGATE
} OpCode;

typedef enum View {
    VIEW_NOW,
    VIEW_BASELINE,
    VIEW_CYCLE_BASELINE,
    VIEW_NADIR,
    VIEW_PEAK,
    VIEW_ULN,
    VIEW_LLN
} View;

/* "", "baseline", … "uln", "lln" */
extern const char *const policy_views[];

#endif
