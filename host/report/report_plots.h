/* The report's plots: SVG from gnuplot, to stand inline in an HTML page. */
#ifndef MARROW_REPORT_PLOTS_H
#define MARROW_REPORT_PLOTS_H

#include <stdio.h>

#include "files/csv_table.h"

/* Writes a <figure> for each plot whose columns have numbers. Only numbers go to gnuplot, none of the run's
 * text. STATUS_UNAVAILABLE if there is no gnuplot, STATUS_FAILED with its words if it fails. */
Status report_plots_write(FILE *out, const CsvTable *series, const CsvTable *events);

#endif
