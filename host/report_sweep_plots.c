/* The pictures of a sweep's report. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "gnuplot.h"
#include "report_sweep.h"
#include "run_folder.h"
#include "sweep_table.h"

/* Smith and van der Walt's viridis: even steps for every eye, and in grey. */
static const char palette[] =
    "set palette defined (0 '#440154', 1 '#414487', 2 '#2a788e', 3 '#22a884', 4 '#7ad151', 5 '#fde725')\n";

enum { POINTS = 150 }; /* of one curve */

/* A key's name as gnuplot may see it: whatever the folder says, no quote and no line break. */
static void name_safe(const char *name, char out[64]) {
    snprintf(out, 64, "%s", name);
    for (char *c = out; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        if (!letter && !(*c >= '0' && *c <= '9') && !strchr("._[]-", *c)) *c = '?';
    }
}

static void axis_label(FILE *script, const SweepReport *r, const char *axis, int key) {
    char name[64];
    name_safe(report_table_name(&r->runs, r->keys[key]), name);
    fprintf(script, "set %slabel '%s' noenhanced\n", axis, name);
}

static void canvas(FILE *script, int id) {
    fprintf(script,
            "set terminal svg size 520,310 dynamic name 's%d' font 'sans-serif,14' background '#ffffff'\n"
            "set encoding utf8\nset grid lt 1 lw 0.5 lc rgb '#dddddd'\nset tics nomirror\nset border 3\nset "
            "key off\n%s",
            id, palette);
}

/* --- burdens laid over each other --- */

static void burden_data(FILE *script, const SweepReport *r, int index, int row) {
    char path[RUN_PATH], name[32];
    ReportTable series = {0};
    double key = r->key_count ? report_table_number(&r->runs, row, r->keys[0]) : index;
    snprintf(name, sizeof name, "runs/%06d", (int)report_table_number(&r->runs, row, 0));
    bool good = run_path(path, r->folder, name) == STATUS_OK &&
                report_table_read(&series, path, "timeseries.csv") == STATUS_OK;
    Course share = course_of(&series, "marrow_blast_fraction");
    int step = series.rows / POINTS + 1;
    fprintf(script, "$run%d << END\n", index);
    for (int i = 0; good && i < series.rows; i += step) {
        double value = course_value(&share, i);
        if (value > 0) fprintf(script, "%.6g %.6g %.6g\n", course_day(&share, i), value, key);
    }
    fputs("END\n", script);
    report_table_destroy(&series);
}

/* A hundredfold or more. */
static bool is_wide(double low, double high) {
    return low > 0 && high >= 100 * low;
}

static void burden_colours(FILE *script, const SweepReport *r) {
    double low = NAN, high = NAN;
    for (int i = 0; r->key_count && i < r->finished_count; i++) {
        double key = report_table_number(&r->runs, r->finished[i], r->keys[0]);
        low = fmin(low, key);
        high = fmax(high, key);
    }
    if (is_wide(low, high)) fputs("set logscale cb\n", script);
    if (!(high > low)) fputs("unset colorbox\n", script);
}

static void burdens_script(FILE *script, const SweepReport *r, int shown) {
    canvas(script, 0);
    fputs("set xlabel 'day'\nset xrange [0:*]\nset ylabel 'blasts, share of marrow'\nset logscale y\n"
          "set format y '10^{%T}'\nset ytics 10\n",
          script);
    burden_colours(script, r);
    for (int i = 0; i < shown; i++) burden_data(script, r, i, r->finished[i * r->finished_count / shown]);
    fputs("plot 0.05 with lines dt 3 lc rgb '#555555', 1e-4 with lines dt 3 lc rgb '#555555'", script);
    for (int i = 0; i < shown; i++) fprintf(script, ", $run%d using 1:2:3 with lines lw 1.2 lc palette", i);
    fputc('\n', script);
}

static Status burdens_figure(FILE *out, const SweepReport *r, Gnuplot *plot, int shown) {
    char title[200], key[64] = "", part[64] = "";
    if (r->key_count) name_safe(report_table_name(&r->runs, r->keys[0]), key);
    if (shown < r->finished_count)
        snprintf(part, sizeof part, ", %d of %d runs evenly chosen", shown, r->finished_count);
    snprintf(title, sizeof title, "Leukaemic burden%s%s%s; dotted: complete remission, MRD negative",
             *key ? " by " : "", key, part);
    burdens_script(plot->script, r, shown);
    return gnuplot_figure(plot, out, title);
}

Status sweep_report_burdens(FILE *out, const SweepReport *r) {
    Gnuplot plot = {0};
    int shown = r->finished_count < REPORT_BURDENS ? r->finished_count : REPORT_BURDENS;
    if (!shown) return STATUS_OK;
    Status status = gnuplot_open(&plot);
    if (status == STATUS_OK) status = burdens_figure(out, r, &plot, shown);
    gnuplot_close(&plot);
    return status;
}

/* --- figures over keys --- */

/* What one picture is of. */
typedef struct Map {
    const SweepReport *r;
    const SweepFigure *figure;
    int column; /* of runs.csv */
    int key;    /* of r->keys; -1: the run's number */
    int id;
} Map;

static double figure_at(const Map *m, int i) {
    double value = report_table_number(&m->r->runs, m->r->finished[i], m->column);
    return m->figure->logarithmic && value <= 0 ? (double)NAN : value;
}

static double key_at(const SweepReport *r, int key, int i) {
    return report_table_number(&r->runs, r->finished[i], key < 0 ? 0 : r->keys[key]);
}

/* Two runs with different values, at least. */
static bool worth_drawing(const Map *m) {
    double low = NAN, high = NAN;
    for (int i = 0; i < m->r->finished_count; i++) {
        low = fmin(low, figure_at(m, i));
        high = fmax(high, figure_at(m, i));
    }
    return high > low;
}

static int compare(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Values a key takes among finished runs, in order; returns how many. `out` has room for all runs. */
static int levels(const SweepReport *r, int key, double *out) {
    int n = 0, count = r->finished_count;
    for (int i = 0; i < count; i++) out[i] = key_at(r, key, i);
    if (count) qsort(out, (size_t)count, sizeof *out, compare);
    for (int i = 0; i < count; i++)
        if (i == 0 || out[i] != out[i - 1]) out[n++] = out[i];
    return n;
}

/* Over runs with these values of the keys, of the logarithm where that is drawn; NAN if there is none. */
static double mean_at(const Map *m, int key, double x, int other, double y) {
    double total = 0;
    int n = 0;
    for (int i = 0; i < m->r->finished_count; i++) {
        double value = figure_at(m, i);
        if (isnan(value) || key_at(m->r, key, i) != x || (other >= 0 && key_at(m->r, other, i) != y))
            continue;
        total += m->figure->logarithmic ? log(value) : value;
        n++;
    }
    if (!n) return NAN;
    return m->figure->logarithmic ? exp(total / n) : total / n;
}

/* All pictures of a key reach over all its values, whether a figure is known there or not. */
static void key_axis(FILE *script, const Map *m, const double *x, int n) {
    double low = x[0], high = x[n - 1], room = high > low ? 0.04 * (high - low) : 1;
    bool wide = m->key >= 0 && is_wide(low, high);
    if (m->key >= 0)
        axis_label(script, m->r, "x", m->key);
    else
        fputs("set xlabel 'run'\n", script);
    if (wide)
        fprintf(script, "set logscale x\nset xrange [%.6g:%.6g]\n", low / 1.2, high * 1.2);
    else
        fprintf(script, "set xrange [%.6g:%.6g]\n", low - room, high + room);
}

/* Every run a dot, which is a letter: marks of points would be shared between pictures by references. */
static void curve_script(FILE *script, const Map *m, double *x) {
    int n = levels(m->r, m->key, x);
    bool line = m->key >= 0 && m->r->key_count == 1;
    canvas(script, m->id);
    key_axis(script, m, x, n);
    fprintf(script, "set ylabel '%s'\n", m->figure->title);
    if (m->figure->logarithmic) fputs("set logscale y\nset format y '10^{%T}'\n", script);
    fputs("set offsets 0, 0, graph 0.05, graph 0.05\n$points << END\n", script);
    for (int i = 0; i < m->r->finished_count; i++)
        if (!isnan(figure_at(m, i))) fprintf(script, "%.6g %.6g\n", key_at(m->r, m->key, i), figure_at(m, i));
    fputs("END\n$means << END\n", script);
    for (int i = 0; line && i < n; i++)
        if (!isnan(mean_at(m, m->key, x[i], -1, 0)))
            fprintf(script, "%.6g %.6g\n", x[i], mean_at(m, m->key, x[i], -1, 0));
    fputs("END\nplot $points using 1:2:('●') with labels font ',8' tc rgb '#0072b2'", script);
    if (line) fputs(", $means with lines lw 1.5 lc rgb '#0072b2'", script);
    fputc('\n', script);
}

static void ticks(FILE *script, const char *axis, const double *values, int n) {
    int step = (n - 1) / 12 + 1;
    fprintf(script, "set %stics (", axis);
    for (int i = 0; i < n; i += step) fprintf(script, "%s'%.4g' %d", i ? ", " : "", values[i], i);
    fprintf(script, ")\nset %srange [-0.5:%d.5]\n", axis, n - 1);
}

/* Column, row, value, and the colour in which it can be read there: the upper half of the palette is light.
 */
static void map_data(FILE *script, const Map *m, const double *x, int columns, const double *y, int rows) {
    double low = NAN, high = NAN;
    for (int i = 0; i < m->r->finished_count; i++) {
        low = fmin(low, figure_at(m, i));
        high = fmax(high, figure_at(m, i));
    }
    fputs("$map << END\n", script);
    for (int i = 0; i < columns * rows; i++) {
        double value = mean_at(m, 0, x[i / rows], 1, y[i % rows]);
        double share =
            m->figure->logarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low);
        if (!isnan(value))
            fprintf(script, "%d %d %.6g %d\n", i / rows, i % rows, value, share > 0.5 ? 0 : 0xffffff);
    }
    fputs("END\n", script);
}

/* Boxes of one size each, whatever the steps between values. */
static void map_script(FILE *script, const Map *m, double *x, double *y) {
    int columns = levels(m->r, 0, x), rows = levels(m->r, 1, y);
    canvas(script, m->id);
    axis_label(script, m->r, "x", 0);
    axis_label(script, m->r, "y", 1);
    ticks(script, "x", x, columns);
    ticks(script, "y", y, rows);
    fprintf(script, "set cblabel '%s'\n%sunset grid\n", m->figure->title,
            m->figure->logarithmic ? "set logscale cb\nset format cb '10^{%T}'\n" : "");
    map_data(script, m, x, columns, y, rows);
    fputs("plot $map using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid 1 noborder lc palette", script);
    if (columns * rows <= 60)
        fputs(", $map using 1:2:(sprintf('%.3g',$3)):4 with labels font ',11' tc rgb variable", script);
    fputc('\n', script);
}

static Status draw(FILE *out, const Map *m) {
    Gnuplot plot = {0};
    size_t room = (size_t)m->r->finished_count + 1;
    double *x = calloc(room, sizeof *x), *y = calloc(room, sizeof *y);
    Status status = x && y ? gnuplot_open(&plot) : status_set(STATUS_FAILED, "out of memory");
    if (status == STATUS_OK) {
        if (m->r->grid)
            map_script(plot.script, m, x, y);
        else
            curve_script(plot.script, m, x);
        status = gnuplot_figure(&plot, out, m->figure->column);
    }
    gnuplot_close(&plot);
    free(x);
    free(y);
    return status;
}

Status sweep_report_figures(FILE *out, const SweepReport *r) {
    int id = 1, pictures = r->grid || !r->key_count ? 1 : r->key_count;
    for (int i = 0; i < sweep_figure_count; i++) {
        Map m = {r, &sweep_figures[i], report_table_column(&r->runs, sweep_figures[i].column), 0, 0};
        if (!worth_drawing(&m)) continue;
        for (int key = 0; key < pictures; key++) {
            m.key = r->key_count ? key : -1;
            m.id = id++;
            TRY(draw(out, &m));
        }
    }
    if (id == 1) fputs("<p>Nothing differs between finished runs.</p>\n", out);
    return STATUS_OK;
}
