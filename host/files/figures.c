#include "files/figures.h"

#include <math.h>
#include <string.h>

Course course_of_sum(const CsvTable *series, const char *column, const char *also) {
    return (Course){series, csv_table_column(series, "time_h"), csv_table_column(series, column),
                    also ? csv_table_column(series, also) : -1};
}

Course course_of(const CsvTable *series, const char *column) {
    return course_of_sum(series, column, NULL);
}

double course_value(const Course *c, int row) {
    double value = csv_table_number(c->table, row, c->column);
    return c->also < 0 ? value : value + csv_table_number(c->table, row, c->also);
}

double course_day(const Course *c, int row) {
    return csv_table_number(c->table, row, c->time) / 24;
}

double course_first(const Course *c) {
    return c->table->rows ? course_value(c, 0) : (double)NAN;
}

double course_last(const Course *c) {
    return c->table->rows ? course_value(c, c->table->rows - 1) : (double)NAN;
}

/* -1 if there is no number. */
static int extreme_row(const Course *c, int sign) {
    int found = -1;
    for (int row = 0; row < c->table->rows; row++) {
        double value = course_value(c, row);
        if (!isnan(value) && (found < 0 || sign * value < sign * course_value(c, found))) found = row;
    }
    return found;
}

double course_extreme(const Course *c, int sign) {
    int row = extreme_row(c, sign);
    return row < 0 ? (double)NAN : course_value(c, row);
}

double course_extreme_day(const Course *c, int sign) {
    int row = extreme_row(c, sign);
    return row < 0 ? (double)NAN : course_day(c, row);
}

double course_first_day_below(const Course *c, double bound) {
    for (int row = 0; row < c->table->rows; row++)
        if (course_value(c, row) < bound) return course_day(c, row);
    return NAN;
}

double course_at_day(const Course *c, double day) {
    for (int row = 0; row < c->table->rows; row++)
        if (course_day(c, row) >= day) return course_value(c, row);
    return NAN;
}

double course_log10_kill(const Course *c, double left) {
    double first = course_first(c);
    return first > 0 && left > 0 ? log10(first / left) : (double)NAN;
}

double course_area(const Course *c) {
    double area = 0;
    for (int row = 1; row < c->table->rows; row++)
        area += (course_day(c, row) - course_day(c, row - 1)) *
                (course_value(c, row) + course_value(c, row - 1)) / 2;
    return area;
}

double figure_doses(const CsvTable *events, bool mg) {
    int kind = csv_table_column(events, "kind"), value = csv_table_column(events, "value");
    double total = 0;
    for (int row = 0; kind >= 0 && row < events->rows; row++) {
        double amount_mg = csv_table_number(events, row, value);
        if (strcmp(csv_table_field(events, row, kind), "dose") == 0 && !isnan(amount_mg))
            total += mg ? amount_mg : 1;
    }
    return total;
}

double figure_event_day(const CsvTable *events, const char *name) {
    int kind = csv_table_column(events, "kind"), time = csv_table_column(events, "time_h");
    for (int row = 0; kind >= 0 && row < events->rows; row++)
        if (strcmp(csv_table_field(events, row, kind), name) == 0)
            return csv_table_number(events, row, time) / 24;
    return NAN;
}
