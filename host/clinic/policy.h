/* Rules of the clinic as data: files in configs/policies, of which those named label, cautious, supportive,
 * response and eligibility are also in the program. docs/rules.md lists them with the cases that test them.
 *
 *   rules:
 *     - name: bilirubin-and-transaminases   # the code in events.csv
 *       when: dose                          # the moment it is asked at
 *       if: bilirubin > 1.5 uln and (ast > 2.5 uln or alt > 2.5 uln)
 *       do: hold                            # what is done when the condition is met
 *       until: bilirubin <= 1.5 uln and ast <= 2.5 uln and alt <= 2.5 uln
 *       because: liver tests may show injury by the drug
 *       source: Besponsa prescribing information, section 2.4 (T)
 *
 * Other drugs (chemotherapy) have moments of their own, at which the cycle that is due can be held, delayed
 * and its drugs reduced: `do: reduce cytarabine 0.5`, or `reduce 0.75` for all of the regimen.
 *
 * `extends: label` before `rules:` starts from that policy; a rule of the same name takes the other's place.
 */
#ifndef MARROW_POLICY_H
#define MARROW_POLICY_H

#include "clinic/policy_expr.h"

enum { POLICY_RULES = 64, POLICY_NAME = 32, POLICY_TEXT = 160, POLICY_CONDITION = 384 };

/* When a rule is asked. A dose is due: also one that is being held. */
typedef enum PolicyMoment {
    MOMENT_SCREENING,    /* once, before anything is given */
    MOMENT_VISIT,        /* every visit, after its results */
    MOMENT_RESPONSE,     /* visits at which the disease can be judged */
    MOMENT_DOSE,         /* a dose of the course is due */
    MOMENT_WITHIN_CYCLE, /* such a dose, not the first of its cycle */
    MOMENT_CYCLE,        /* such a dose, the first of its cycle */
    MOMENT_RECOVERY,     /* nothing holds any longer, before the course goes on */
    MOMENT_GIVING,       /* the dose will be given now */
    MOMENT_INFUSION,     /* an infusion has begun and its reaction is seen */
    MOMENT_CHEMO_CYCLE,  /* a cycle of another regimen is due: also one that waits */
    MOMENT_CHEMO_GIVING, /* it will begin now */
    MOMENTS
} PolicyMoment;

typedef enum PolicyAction {
    ACTION_EXCLUDE,   /* not eligible, with a reason; the run goes on, off label */
    ACTION_WARN,      /* a line of events.csv */
    ACTION_HOLD,      /* the dose waits until `until` */
    ACTION_DELAY,     /* the cycle waits until `until` */
    ACTION_OMIT,      /* the coming dose is not given */
    ACTION_REDUCE,    /* later doses times `amount` */
    ACTION_DOSES,     /* cycles to come have `amount` doses */
    ACTION_STOP,      /* no later dose */
    ACTION_INTERRUPT, /* running infusions end */
    ACTION_GIVE,      /* given although: a line of events.csv */
    ACTION_RESPOND,   /* response is `amount`, a ResponseCode */
    ACTION_RELAPSE,
    ACTION_PROGRESSION,
    ACTION_FAILURE,       /* of treatment: no response in time */
    ACTION_MARROW,        /* a marrow is taken at this visit */
    ACTION_TRANSPLANT,    /* is planned */
    ACTION_PLATELETS,     /* `amount` units transfused */
    ACTION_RED_CELLS,     /* the same */
    ACTION_G_CSF,         /* from now on; amount 0: no longer */
    ACTION_URSODIOL,      /* the same */
    ACTION_PREMEDICATE,   /* corticosteroid, antipyretic, antihistamine */
    ACTION_CYTOREDUCE,    /* hydroxyurea and corticosteroid for a few days */
    ACTION_NEXT,          /* a new induction: chemo.next_regimen begins */
    ACTION_DETERIORATION, /* of the patient: treatment ends */
    ACTIONS
} PolicyAction;

/* Flat. */
typedef struct PolicyRule {
    char name[POLICY_NAME];
    PolicyMoment moment;
    PolicyAction action;
    double amount;
    char agent[POLICY_NAME]; /* of a regimen, for `reduce`; "": all of it */
    Expr when, until;        /* `until` has no steps: until `when` is met no longer */
    char because[POLICY_TEXT], source[POLICY_TEXT];
    char when_text[POLICY_CONDITION], until_text[POLICY_CONDITION]; /* as written */
} PolicyRule;

typedef struct Policy {
    int count;
    uint64_t hash; /* of the text it was read from */
    PolicyRule rule[POLICY_RULES];
} Policy;

/* A policy that is in the program, or a file. "none" has no rules. Errors: STATUS_BAD_INPUT with
 * `file:line:col: what; remedy` for what is no YAML, an unknown key, moment, action or name, a name twice, a
 * condition that cannot be read. */
Status policy_read(Policy *out, const char *name);

/* The same from memory. */
Status policy_read_text(Policy *out, const char *name, const char *text, size_t length);

/* Adds the rules of `more` whose names `to` has not. STATUS_BAD_INPUT if there are too many. */
Status policy_append(Policy *to, const Policy *more);

/* Whether the program has a policy of this name. */
bool policy_is_built_in(const char *name);

/* The first rule from number `from` on that is asked at this moment and met, or -1. */
int policy_next(const Policy *policy, PolicyMoment moment, const PolicyFacts *facts, int from);

/* Whether what rule `index` made wait may go on: known, not assumed. */
bool policy_recovered(const Policy *policy, int index, const PolicyFacts *facts);

/* Why it fired: `because`, then the values of its condition as far as there is room. */
void policy_reason(const PolicyRule *rule, const PolicyFacts *facts, char out[EXPR_DETAIL]);

/* "dose", "within cycle", …; NULL past the last. */
const char *policy_moment_name(PolicyMoment moment);

/* "hold", "reduce 0.75", "respond CR", … as in the file. */
void policy_action_text(const PolicyRule *rule, char *out, size_t size);

#endif
