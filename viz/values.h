/* What the window knows, by name: scripts wait for it and expect it, tours quote it, a state file holds it
 * all. Names and units: docs/view.md. */
#ifndef MARROW_VALUES_H
#define MARROW_VALUES_H

#include "viewer.h"

typedef struct Value {
    const char *name, *text;
    double (*get)(const Viewer *viewer);
    void (*set)(Viewer *viewer, double value); /* NULL: is not for setting */
    const char *const *names;                  /* words for 0, 1, …; NULL: a number */
    int name_count;
} Value;

extern const Value values[];
extern const int value_count;

const Value *value_find(const char *name); /* NULL: no such value */

/* The same now, or a key of the config by its dotted name, as its slider stands. False: neither. */
bool value_now(const Viewer *viewer, const char *name, double *out);

/* A number, or one of the value's words (NULL: it has none). False: neither. */
bool value_parse(const Value *value, const char *text, double *out);

/* What value_now tells, as its word or as a number of nine digits. */
void value_text(const Viewer *viewer, const char *name, char out[64]);

/* Every value, the followed cells, doses and what lies where on the screen, as JSON. */
Status values_save(const Viewer *viewer, const char *path);

#endif
