/* The clinic in a run's report: the course as lanes, counts and liver tests with their CTCAE grades, figures
 * of outcome.json. */
#ifndef MARROW_REPORT_CLINIC_H
#define MARROW_REPORT_CLINIC_H

#include <stdio.h>

#include "files/csv_table.h"

/* Nothing where FOLDER has no labs.csv. STATUS_BAD_INPUT for damaged files; gnuplot's errors as in gnuplot.h.
 */
Status report_clinic_write(FILE *out, const char *folder, const CsvTable *series, const CsvTable *events);

/* report_lanes.c: treatment, response, adverse events, support, transplant over time. */
Status report_lanes_write(FILE *out, const CsvTable *series, const CsvTable *events);

#endif
