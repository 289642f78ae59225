#include "clinic/chart.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What would break a line of the table. */
static void make_plain(char *text) {
    for (char *c = strpbrk(text, ",\"\n\r"); c; c = strpbrk(c, ",\"\n\r")) *c = *c == ',' ? ';' : ' ';
}

void chart_note(Chart *chart, double time_h, const char *kind, const char *code, double value,
                const char *detail, ...) {
    if (chart->count == CHART_LINES) {
        chart->lost++;
        return;
    }
    ChartLine *line = &chart->line[chart->count++];
    *line = (ChartLine){.time_h = time_h, .value = value, .after = chart->after};
    snprintf(line->kind, sizeof line->kind, "%s", kind);
    snprintf(line->code, sizeof line->code, "%s", code);
    va_list values;
    va_start(values, detail);
    vsnprintf(line->detail, sizeof line->detail, detail, values);
    va_end(values);
    make_plain(line->detail);
}
