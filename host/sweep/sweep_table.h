/* runs.csv: every run of a sweep as one row, made of the runs' own files alone, so that it is the same
 * however the runs were spread. */
#ifndef MARROW_SWEEP_TABLE_H
#define MARROW_SWEEP_TABLE_H

#include "sweep/sweep_folder.h"

/* Replaces DIR/runs.csv. Figures of runs that are not finished are empty. STATUS_BAD_INPUT: a finished run's
 * files cannot be read. */
Status sweep_table_write(const SweepPlan *plan, const char *dir);

/* One figure of a course: a column of runs.csv, and a picture in a sweep's report. */
typedef struct SweepFigure {
    const char *column, *title; /* `title`: for gnuplot, our own words */
    bool logarithmic;
    enum {
        FIRST_BELOW,
        LOWEST,
        LOWEST_DAY,
        LOWEST_SHARE,
        HIGHEST,
        AREA,
        KILL_AT,
        DOSES,
        DOSE_MG,
        EVENT_DAY
    } how;
    const char *of, *also; /* columns of timeseries.csv (the sum of two), or the kind of an event */
    double at;             /* FIRST_BELOW: a bound; KILL_AT: a day; AREA: what it is multiplied by */
} SweepFigure;

extern const SweepFigure sweep_figures[];
extern const int sweep_figure_count;

#endif
