/* The cells of a run's snapshots in its report: dot plots as a cytometer shows them, with gates, and a table
 * of what is read off them. */
#ifndef MARROW_REPORT_CELLS_H
#define MARROW_REPORT_CELLS_H

#include <stdio.h>

#include "base/status.h"

/* Nothing where FOLDER has no snapshots. STATUS_BAD_INPUT for a damaged one; gnuplot's errors as in
 * gnuplot.h. */
Status report_cells_write(FILE *out, const char *folder);

#endif
