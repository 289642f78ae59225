/* The texts of configs/policies/NAME.yaml, made by configs/policies/embed.sh at build time. */
#ifndef MARROW_POLICY_BUILT_IN_H
#define MARROW_POLICY_BUILT_IN_H

#include <stddef.h>

typedef struct PolicyText {
    const char *name, *text;
    size_t length;
} PolicyText;

extern const PolicyText policy_texts[]; /* ends with a NULL name */

#endif
