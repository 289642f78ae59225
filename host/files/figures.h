/* Figures of a whole course, read off timeseries.csv: what reports and tables of many runs show. Rows are as
 * far apart as output_every_h; nothing is interpolated between them. NAN: it did not happen, or the column
 * has no numbers. */
#ifndef MARROW_FIGURES_H
#define MARROW_FIGURES_H

#include "files/csv_table.h"

/* Complete remission: under 5 % blasts in the marrow; MRD negative: under 1e-4 (docs/model.md). */
#define FIGURE_REMISSION 0.05
#define FIGURE_MRD 1e-4

/* One column of a table, -1 in `column` if it is not there, over time in days. */
typedef struct Course {
    const CsvTable *table;
    int time, column, also; /* `also` is added to `column`; -1: nothing */
} Course;

Course course_of(const CsvTable *series, const char *column);
Course course_of_sum(const CsvTable *series, const char *column, const char *also);

double course_value(const Course *course, int row);
double course_day(const Course *course, int row);
double course_first(const Course *course);
double course_last(const Course *course);

/* The lowest (sign 1) or highest (sign -1) value, and the day it first came. */
double course_extreme(const Course *course, int sign);
double course_extreme_day(const Course *course, int sign);

double course_first_day_below(const Course *course, double bound);

/* The first row at or after a day. */
double course_at_day(const Course *course, double day);

/* log10 of the first value over another; NAN if either is not above 0. */
double course_log10_kill(const Course *course, double left);

/* Trapezoids over the rows, in units of the column times days. */
double course_area(const Course *course);

/* Doses in events.csv: how many (`mg` false), or their sum. */
double figure_doses(const CsvTable *events, bool mg);

/* The day of the first event of a kind. */
double figure_event_day(const CsvTable *events, const char *kind);

#endif
