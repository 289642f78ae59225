#include "chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TICKS = 16 };

/* 1, 2 or 5 times a power of ten, at least `least`. */
static double round_step(double least) {
    double power = pow(10, floor(log10(least)));
    double ratio = least / power;
    return power * (ratio <= 1.0001 ? 1 : ratio <= 2.0001 ? 2 : ratio <= 5.0001 ? 5 : 10);
}

ChartAxis chart_axis_around(double lo, double hi, bool log, const char *unit) {
    if (log) {
        lo = pow(10, floor(log10(fmax(lo, 1e-300)) + 1e-9));
        hi = pow(10, ceil(log10(fmax(hi, 1e-300)) - 1e-9));
        return (ChartAxis){lo, hi > lo ? hi : lo * 10, true, unit};
    }
    if (!(hi > lo)) hi = lo + (lo == 0 ? 1 : fabs(lo));
    double step = round_step((hi - lo) / 5);
    return (ChartAxis){floor(lo / step + 1e-9) * step, ceil(hi / step - 1e-9) * step, false, unit};
}

int chart_ticks(const ChartAxis *axis, int most, double *at) {
    int count = 0;
    if (most < 2) most = 2;
    if (axis->log) {
        int first = (int)ceil(log10(axis->lo) - 1e-9), last = (int)floor(log10(axis->hi) + 1e-9);
        int step = (int)round_step(fmax(1, (double)(last - first) / most));
        if (last - first > most && step < 3) step = 3; /* thousands read well */
        for (int i = first; i <= last && count < TICKS; i += step) at[count++] = pow(10, i);
        return count;
    }
    double step = round_step((axis->hi - axis->lo) / most);
    for (double i = ceil(axis->lo / step - 1e-9); i * step <= axis->hi + 1e-9 * step && count < TICKS; i++)
        at[count++] = i * step;
    return count;
}

/* An integer raised; as ^n where the font has no raised digits. */
static void raised(int value, char text[24]) {
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char plain[12];
    snprintf(plain, sizeof plain, "%d", value);
    text[0] = 0;
    if (!ui_has_glyphs()) {
        snprintf(text, 24, "^%s", plain);
        return;
    }
    for (const char *c = plain; *c; c++) strcat(text, *c == '-' ? "⁻" : digits[*c - '0']);
}

void chart_power_text(double value, char text[32]) {
    if (!(fabs(value) >= 1e-300)) {
        snprintf(text, 32, "%g", value);
        return;
    }
    int exponent = (int)floor(log10(fabs(value)) + 1e-12);
    if (fabs(value) / pow(10, exponent) >= 9.95) exponent++; /* 9.96 would be written 10.0 */
    double digits = value / pow(10, exponent);
    char power[24];
    if (exponent >= -3 && exponent < 4) {
        snprintf(text, 32, fabs(value) >= 1000 ? "%.0f" : "%.3g", value);
        return;
    }
    raised(exponent, power);
    if (fabs(digits - 1) < 0.05)
        snprintf(text, 32, "10%.20s", power);
    else
        snprintf(text, 32, "%.1f\u00b710%.15s", digits, power);
}

void chart_tick_text(const ChartAxis *axis, double value, double step, char text[32]) {
    if (axis->log) {
        char power[24];
        int exponent = (int)lround(log10(value));
        raised(exponent, power);
        if (exponent >= 0 && exponent <= 2)
            snprintf(text, 32, "%.0f", value);
        else if (exponent == -1)
            snprintf(text, 32, "0.1");
        else
            snprintf(text, 32, "10%s", power);
        return;
    }
    int decimals = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
    if (fabs(value) >= 1e5)
        chart_power_text(value, text);
    else
        snprintf(text, 32, "%.*f", decimals, value == 0 ? 0 : value);
}

static double share(const ChartAxis *axis, double value) {
    if (!axis->log) return (value - axis->lo) / (axis->hi - axis->lo);
    if (!(value > 0)) return 0;
    return fmax(0, log(value / axis->lo) / log(axis->hi / axis->lo));
}

static float held(double share) {
    return (float)(share < -4 ? -4 : share > 4 ? 4 : share);
}

float chart_x(const Chart *chart, double x) {
    return chart->plot.x + chart->plot.w * held(share(&chart->x, x));
}

float chart_y(const Chart *chart, double y) {
    return chart->plot.y + chart->plot.h * (1 - held(share(&chart->y, y)));
}

double chart_x_value(const Chart *chart, float pixel) {
    double part = (pixel - chart->plot.x) / chart->plot.w;
    const ChartAxis *x = &chart->x;
    return x->log ? x->lo * pow(x->hi / x->lo, part) : x->lo + part * (x->hi - x->lo);
}

static void draw_rows(const Chart *chart) {
    double at[TICKS];
    float line = ui_text_height(UI_SMALL), s = ui_scale();
    int count = chart_ticks(&chart->y, (int)(chart->plot.h / (2.0f * line)), at);
    double step = count > 1 ? at[1] - at[0] : 1;
    for (int i = 0; i < count; i++) {
        char text[32];
        float y = chart_y(chart, at[i]);
        ui_line(chart->plot.x, y, chart->plot.x + chart->plot.w, y, chart->look->grid, s);
        chart_tick_text(&chart->y, at[i], step, text);
        ui_label(UI_SMALL, chart->plot.x - 6 * s, y, 1, 0.5f, chart->look->theme.text_dim, text);
    }
}

static void draw_columns(const Chart *chart, bool below) {
    double at[TICKS];
    float s = ui_scale(), foot = chart->plot.y + chart->plot.h;
    int count = chart_ticks(&chart->x, (int)(chart->plot.w / (70 * s)), at);
    double step = count > 1 ? at[1] - at[0] : 1;
    for (int i = 0; i < count; i++) {
        char text[32], with_unit[64];
        float x = chart_x(chart, at[i]);
        ui_line(x, chart->plot.y, x, foot, chart->look->grid, s);
        if (!below) continue;
        chart_tick_text(&chart->x, at[i], step, text);
        snprintf(with_unit, sizeof with_unit, i == count - 1 && chart->x.unit ? "%s %s" : "%s", text,
                 chart->x.unit);
        float across = i == count - 1 && x > foot ? 1 : x > chart->plot.x + chart->plot.w - 24 * s ? 1 : 0.5f;
        ui_label(UI_SMALL, x, foot + 3 * s, across, 0, chart->look->theme.text_dim, with_unit);
    }
}

void chart_begin(Chart *chart, const Look *look, UiRect rect, const char *title, ChartAxis x, ChartAxis y,
                 bool below) {
    float s = ui_scale(), small = ui_text_height(UI_SMALL), head = ui_text_height(UI_BODY) + 6 * s;
    float left = 46 * s, foot = below ? small + 6 * s : 4 * s;
    char text[128];
    *chart = (Chart){.look = look, .rect = rect, .x = x, .y = y};
    chart->plot = (UiRect){rect.x + left, rect.y + head, rect.w - left - 6 * s, rect.h - head - foot};
    ui_rect(chart->plot, look->plot, 0);
    draw_rows(chart);
    draw_columns(chart, below);
    ui_frame(chart->plot, look->theme.line, 0, s);
    snprintf(text, sizeof text, y.unit && *y.unit ? "%s, %s" : "%s", title, y.unit);
    ui_label(UI_BODY, rect.x + 4 * s, rect.y, 0, 0, look->theme.text, text);
    chart->title_w = ui_text_width(UI_BODY, text);
    chart->legend_x = rect.x + rect.w - 6 * s;
}

float chart_name_width(const char *name) {
    return ui_text_width(UI_SMALL, name) + (18 + 6 + 12) * ui_scale();
}

void chart_name(Chart *chart, const char *name, UiColour colour, bool dashed) {
    float s = ui_scale(), y = chart->rect.y + ui_text_height(UI_BODY) / 2, width = 18 * s;
    ui_label(UI_SMALL, chart->legend_x, y, 1, 0.5f, chart->look->theme.text_dim, name);
    float x = chart->legend_x - ui_text_width(UI_SMALL, name) - 6 * s - width;
    ui_line(x, y, x + (dashed ? 7 * s : width), y, colour, 3 * s);
    if (dashed) ui_line(x + 11 * s, y, x + width, y, colour, 3 * s);
    chart->legend_x = x - 12 * s;
}

void chart_name_alone(Chart *chart, const char *name, UiColour colour) {
    float y = chart->rect.y + ui_text_height(UI_BODY) / 2;
    ui_label(UI_SMALL, chart->legend_x, y, 1, 0.5f, colour, name);
    chart->legend_x -= ui_text_width(UI_SMALL, name) + 10 * ui_scale();
}

enum { RUN = 512 };

/* Points of a line until it breaks or the room is full. */
typedef struct Run {
    float xy[2 * RUN];
    int points;
    float walked; /* along a dashed line */
} Run;

static void draw_dashes(Run *run, UiColour colour, float thickness) {
    float s = ui_scale(), on = 6 * s, period = 10 * s;
    for (int i = 1; i < run->points; i++) {
        float *a = run->xy + 2 * i - 2, *b = run->xy + 2 * i;
        float dx = b[0] - a[0], dy = b[1] - a[1], length = hypotf(dx, dy);
        for (float at = 0; at < length;) {
            float phase = fmodf(run->walked + at, period), left = (phase < on ? on : period) - phase;
            float to = fminf(length, at + fmaxf(left, 0.01f * s));
            if (phase < on)
                ui_line(a[0] + dx * at / length, a[1] + dy * at / length, a[0] + dx * to / length,
                        a[1] + dy * to / length, colour, thickness);
            at = to;
        }
        run->walked += length;
    }
}

static void run_draw(Run *run, UiColour colour, bool dashed) {
    float thickness = 2 * ui_scale();
    if (dashed)
        draw_dashes(run, colour, thickness);
    else
        ui_lines(run->xy, run->points, colour, thickness);
    run->points = 0;
}

static void run_add(Run *run, float x, float y, UiColour colour, bool dashed) {
    if (run->points == RUN) {
        float last_x = run->xy[2 * RUN - 2], last_y = run->xy[2 * RUN - 1];
        run_draw(run, colour, dashed);
        run->xy[0] = last_x, run->xy[1] = last_y, run->points = 1;
    }
    run->xy[2 * run->points] = x;
    run->xy[2 * run->points + 1] = y;
    run->points++;
}

/* What falls into one pixel column: first, extremes, last. */
typedef struct Column {
    float x, first, low, high, last;
    int points;
} Column;

static void column_flush(Column *column, Run *run, UiColour colour, bool dashed) {
    if (column->points == 0) return;
    run_add(run, column->x, column->first, colour, dashed);
    if (column->high - column->low > 1 && !dashed) {
        run_add(run, column->x, column->low, colour, dashed);
        run_add(run, column->x, column->high, colour, dashed);
    }
    if (column->points > 1) run_add(run, column->x, column->last, colour, dashed);
    column->points = 0;
}

static void column_add(Column *column, float x, float y) {
    if (column->points++ == 0) *column = (Column){x, y, y, y, y, 1};
    column->last = y;
    column->low = fminf(column->low, y);
    column->high = fmaxf(column->high, y);
}

void chart_line(const Chart *chart, ChartPoint *point, const void *data, int points, UiColour colour,
                bool dashed) {
    Run run = {.points = 0};
    Column column = {.points = 0};
    ui_clip_push(chart->plot);
    for (int i = 0; i < points; i++) {
        double x, y = point(data, i, &x);
        if (isnan(y) || isnan(x)) {
            column_flush(&column, &run, colour, dashed);
            run_draw(&run, colour, dashed);
            continue;
        }
        float px = chart_x(chart, x), py = chart_y(chart, y);
        if (column.points && fabsf(px - column.x) >= 1) column_flush(&column, &run, colour, dashed);
        column_add(&column, px, py);
    }
    column_flush(&column, &run, colour, dashed);
    run_draw(&run, colour, dashed);
    ui_clip_pop();
}

void chart_level(const Chart *chart, double y, const char *name, UiColour colour) {
    float s = ui_scale(), at = chart_y(chart, y), right = chart->plot.x + chart->plot.w;
    double part = share(&chart->y, y);
    if (part < 0 || part > 1) return;
    for (float x = chart->plot.x; x < right; x += 8 * s)
        ui_line(x, at, fminf(x + 4 * s, right), at, colour, s);
    bool above = at - ui_text_height(UI_SMALL) - 2 * s > chart->plot.y;
    ui_label(UI_SMALL, right - 4 * s, at + (above ? -2 * s : 2 * s), 1, above ? 1 : 0, colour, name);
}

void chart_mark(const Chart *chart, double x, UiColour colour, float thickness) {
    double part = share(&chart->x, x);
    float at = chart_x(chart, x);
    if (part >= 0 && part <= 1)
        ui_line(at, chart->plot.y, at, chart->plot.y + chart->plot.h, colour, thickness);
}
