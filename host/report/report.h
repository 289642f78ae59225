/* A run's folder as one page of HTML that needs nothing else: no script, no other file, no network.
 *
 * The same folder gives the same bytes. Everything from the folder is escaped. */
#ifndef MARROW_REPORT_H
#define MARROW_REPORT_H

#include <cjson/cJSON.h>

#include "files/csv_table.h"

/* What a run left. Starts zeroed; destroy accepts any state. */
typedef struct Report {
    cJSON *run;   /* run.json */
    char *config; /* config.yaml, as it is */
    CsvTable series, events, doses;
} Report;

/* STATUS_BAD_INPUT names the file that is missing or cannot be understood. doses.csv is written at a run's
 * end: only a finished run must have it. */
Status report_read(Report *report, const char *folder);
void report_destroy(Report *report);

/* Writes FOLDER/report.html whole or not at all. STATUS_UNAVAILABLE without gnuplot. */
Status report_write(const Report *report, const char *folder);

#endif
