/* One chart: a frame with axes, and lines in it. Begin, draw, end; nothing is kept between pictures. */
#ifndef MARROW_VIZ_CHART_H
#define MARROW_VIZ_CHART_H

#include "look.h"

typedef struct ChartAxis {
    double lo, hi;
    bool log;
    const char *unit; /* after the name, in the title */
} ChartAxis;

typedef struct Chart {
    const Look *look;
    UiRect rect; /* with title and numbers */
    UiRect plot; /* lines only */
    ChartAxis x, y;
    float title_w;
    float legend_x; /* where the next name in the title line goes */
} Chart;

/* Draws title, grid and numbers. `below`: numbers of the x axis, with its unit. */
void chart_begin(Chart *chart, const Look *look, UiRect rect, const char *title, ChartAxis x, ChartAxis y,
                 bool below);

/* Where a value lies, in pixels, held within a screen's breadth of the plot; a log axis puts what is not
 * positive at its foot. */
float chart_x(const Chart *chart, double x);
float chart_y(const Chart *chart, double y);
double chart_x_value(const Chart *chart, float pixel);

/* A line through points; NaN breaks it. Points closer than a pixel are drawn as the range they cover. */
typedef double ChartPoint(const void *data, int index, double *x);
void chart_line(const Chart *chart, ChartPoint *point, const void *data, int points, UiColour colour,
                bool dashed);

/* A line across at `y`, named at its right end; nothing if it lies outside. */
void chart_level(const Chart *chart, double y, const char *name, UiColour colour);
void chart_mark(const Chart *chart, double x, UiColour colour, float thickness); /* a line down */
void chart_name(Chart *chart, const char *name, UiColour colour,
                bool dashed); /* a legend's entry, in the title line */
/* In its curve's colour: needs less room. */
void chart_name_alone(Chart *chart, const char *name, UiColour colour);

float chart_name_width(const char *name);

/* Ticks of an axis: at most `most` of them into `at`, log axes at powers of ten; returns how many. */
int chart_ticks(const ChartAxis *axis, int most, double *at);
/* A tick's number: 10⁹ on log axes, else as short as tells it from its neighbours. */
void chart_tick_text(const ChartAxis *axis, double value, double step, char text[32]);
void chart_power_text(double value, char text[32]); /* 3.2·10⁹ */

/* The smallest good axis around [lo, hi]: round ends; a log axis ends at powers of ten. */
ChartAxis chart_axis_around(double lo, double hi, bool log, const char *unit);

#endif
