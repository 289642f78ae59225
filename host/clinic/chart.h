/* The patient's chart: what happened around the cells, in order, until a writer has taken it to events.csv.
 *
 * Flat, so that it can be stored as it is. Whoever writes a line says it in plain text without commas, quotes
 * or line ends. */
#ifndef MARROW_CHART_H
#define MARROW_CHART_H

#include <stddef.h>

#include "base/status.h"

enum { CHART_LINES = 128, CHART_KIND = 24, CHART_CODE = 32, CHART_DETAIL = 256 };

/* docs/interface.md lists kinds, codes and values. */
typedef struct ChartLine {
    double time_h, value; /* value NaN: empty */
    size_t after;         /* as many records of the dosing came before */
    char kind[CHART_KIND], code[CHART_CODE], detail[CHART_DETAIL];
} ChartLine;

typedef struct Chart {
    int count;    /* lines not yet taken */
    size_t after; /* records of the dosing now, for the lines to come */
    int lost;     /* lines there was no room for; a run with any fails */
    ChartLine line[CHART_LINES];
} Chart;

/* One line; `detail` as for printf. */
void chart_note(Chart *chart, double time_h, const char *kind, const char *code, double value,
                const char *detail, ...) __attribute__((format(printf, 6, 7)));

#endif
