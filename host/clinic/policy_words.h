/* Words of a policy file, shared by reader and writer: moments, and actions with what they take. Private to
 * policy*.c. */
#ifndef MARROW_POLICY_WORDS_H
#define MARROW_POLICY_WORDS_H

#include "clinic/policy.h"

/* What follows the word. */
typedef enum ActionTakes { TAKES_NOTHING, TAKES_NUMBER, TAKES_RESPONSE, TAKES_SWITCH } ActionTakes;

typedef struct ActionWord {
    const char *word;
    ActionTakes takes;
    double lo, hi; /* of a number */
} ActionWord;

extern const ActionWord policy_actions[ACTIONS];

#endif
