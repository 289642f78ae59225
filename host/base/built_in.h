/* Texts of configs that the program carries, made by host/base/embed_texts.sh at build time: the rules of
 * configs/policies, and the regimens of other drugs in configs/drugs. */
#ifndef MARROW_BUILT_IN_H
#define MARROW_BUILT_IN_H

#include <stddef.h>

typedef struct BuiltInText {
    const char *name, *text;
    size_t length;
} BuiltInText;

/* Both end with a NULL name. */
extern const BuiltInText policy_texts[];
extern const BuiltInText drug_texts[];

#endif
