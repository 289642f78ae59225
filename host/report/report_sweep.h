/* A sweep's folder as one page of HTML, as report.h does it for one run: curves over the key that varies,
 * maps over two, burdens laid over each other, every run in a table. */
#ifndef MARROW_REPORT_SWEEP_H
#define MARROW_REPORT_SWEEP_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

#include "files/csv_table.h"

enum { REPORT_KEYS = 3, REPORT_BURDENS = 50, REPORT_ROWS = 2000 };

/* What a sweep left. Starts zeroed; destroy accepts any state. */
typedef struct SweepReport {
    const char *folder;
    cJSON *sweep; /* sweep.json */
    char *config;
    CsvTable plan, runs;           /* plan.csv, runs.csv */
    int *finished, finished_count; /* rows of runs.csv */
    int keys[REPORT_KEYS],
        key_count; /* columns of runs.csv: numbers that vary, seeds apart; the first of them */
    bool grid;     /* two keys, every pair of their values (nearly) */
} SweepReport;

/* Whether the folder is a sweep's. */
bool sweep_report_fits(const char *folder);

/* STATUS_BAD_INPUT names the file that is missing or cannot be understood. */
Status sweep_report_read(SweepReport *report, const char *folder);
void sweep_report_destroy(SweepReport *report);

/* Writes FOLDER/report.html whole or not at all. STATUS_UNAVAILABLE without gnuplot. */
Status sweep_report_write(const SweepReport *report);

/* report_sweep_plots.c: a <figure> each. Only numbers and names of keys go to gnuplot. */
Status sweep_report_burdens(FILE *out, const SweepReport *report);
Status sweep_report_figures(FILE *out, const SweepReport *report);

#endif
