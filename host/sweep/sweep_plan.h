/* What a sweep runs: a config all runs have in common, and a table of what varies, one row a run. */
#ifndef MARROW_SWEEP_PLAN_H
#define MARROW_SWEEP_PLAN_H

#include <stdio.h>

#include "files/csv_table.h"
#include "run/options.h"

enum { SWEEP_RUNS = 1000000, SWEEP_NAME = 1024 };

/* Starts zeroed; destroy accepts any state. */
typedef struct SweepPlan {
    Config base;
    int runs, keys;
    const char **key;   /* dotted names */
    const char **value; /* runs x keys, as given; "": as in the base */
    const char **name;  /* one a run, of the table's column `name`; "" without */
    char (*hash)[17];   /* of each run's effective config */
    CsvTable table;     /* what the pointers point into: --table, */
    char **vary;        /* and --vary, cut up */
    int varies;
    bool named; /* the table has a column `name` */
} SweepPlan;

/* The table's rows (or one run), then every --vary multiplies them, the last one fastest. Every run's config
 * is made and checked, so that a mistake is found before anything runs. STATUS_BAD_INPUT names the row or the
 * option. */
Status sweep_plan_make(SweepPlan *plan, const Options *options);
void sweep_plan_destroy(SweepPlan *plan);

const char *sweep_plan_value(const SweepPlan *plan, int run, int key);

/* "KEY=VALUE" for --set; false where the run leaves the key as it is in the base. */
bool sweep_plan_assignment(const SweepPlan *plan, int run, int key, char out[SWEEP_NAME]);

/* The table's name, then "key=value" of what --vary gave; cut when long. */
void sweep_plan_name(const SweepPlan *plan, int run, char out[SWEEP_NAME]);

/* plan.csv: as --table takes it. */
void sweep_plan_write(const SweepPlan *plan, FILE *out);

#endif
