/* The pictures of a sweep's report. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files/figures.h"
#include "files/run_folder.h"
#include "report/gnuplot.h"
#include "report/report_sweep.h"
#include "sweep/sweep_table.h"

/* Smith and van der Walt's viridis: even steps for every eye, and in grey. */
static const char palette[] =
    "set palette defined (0 '#440154', 1 '#414487', 2 '#2a788e', 3 '#22a884', 4 '#7ad151', 5 '#fde725')\n";

enum {
    POINTS = 150, /* of one curve */
    LEVELS = 60   /* values told apart by eye */
};

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
    name_safe(csv_table_name(&r->runs, r->keys[key]), name);
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
    CsvTable series = {0};
    double key = r->key_count ? csv_table_number(&r->runs, row, r->keys[0]) : index;
    snprintf(name, sizeof name, "runs/%06d", (int)csv_table_number(&r->runs, row, 0));
    bool good = run_path(path, r->folder, name) == STATUS_OK &&
                csv_table_read(&series, path, "timeseries.csv") == STATUS_OK;
    Course share = course_of(&series, "marrow_blast_fraction");
    int step = series.rows / POINTS + 1;
    fprintf(script, "$run%d << END\n", index);
    for (int i = 0; good && i < series.rows; i += step) {
        double value = course_value(&share, i);
        if (value > 0) fprintf(script, "%.6g %.6g %.6g\n", course_day(&share, i), value, key);
    }
    fputs("END\n", script);
    csv_table_destroy(&series);
}

/* A hundredfold or more. */
static bool is_wide(double low, double high) {
    return low > 0 && high >= 100 * low;
}

static void burden_colours(FILE *script, const SweepReport *r) {
    double low = NAN, high = NAN;
    for (int i = 0; r->key_count && i < r->finished_count; i++) {
        double key = csv_table_number(&r->runs, r->finished[i], r->keys[0]);
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
    if (r->key_count) name_safe(csv_table_name(&r->runs, r->keys[0]), key);
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

/* What one picture is of: a figure of every finished run over its keys. */
typedef struct Map {
    const SweepReport *r;
    const SweepFigure *figure;
    int key; /* of r->keys, along x; -1: the run's number */
    int id, count;
    double *x, *y, *value;       /* of each run; `y` the second key, of grids */
    double *x_levels, *y_levels; /* the values of x and y, each once, in order */
    int columns, rows;           /* how many these are */
    double low, high;            /* of the figure */
} Map;

static int compare(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int levels(const double *values, int count, double *out) {
    int n = 0;
    memcpy(out, values, (size_t)count * sizeof *out);
    if (count) qsort(out, (size_t)count, sizeof *out, compare);
    for (int i = 0; i < count; i++)
        if (i == 0 || out[i] != out[i - 1]) out[n++] = out[i];
    return n;
}

static void map_fill(Map *m) {
    const CsvTable *runs = &m->r->runs;
    int column = csv_table_column(runs, m->figure->column), x = m->key < 0 ? 0 : m->r->keys[m->key];
    m->low = m->high = NAN;
    for (int i = 0; i < m->count; i++) {
        int row = m->r->finished[i];
        double value = csv_table_number(runs, row, column);
        m->x[i] = csv_table_number(runs, row, x);
        m->y[i] = m->r->grid ? csv_table_number(runs, row, m->r->keys[1]) : 0;
        m->value[i] = m->figure->logarithmic && value <= 0 ? (double)NAN : value;
        m->low = fmin(m->low, m->value[i]);
        m->high = fmax(m->high, m->value[i]);
    }
    m->columns = levels(m->x, m->count, m->x_levels);
    m->rows = levels(m->y, m->count, m->y_levels);
}

/* Over runs with these keys, of the logarithm where that is drawn; NAN if there is none. */
static double mean_at(const Map *m, double x, double y) {
    double total = 0;
    int n = 0;
    for (int i = 0; i < m->count; i++) {
        if (isnan(m->value[i]) || m->x[i] != x || m->y[i] != y) continue;
        total += m->figure->logarithmic ? log(m->value[i]) : m->value[i];
        n++;
    }
    if (!n) return NAN;
    return m->figure->logarithmic ? exp(total / n) : total / n;
}

/* All pictures of a key reach over all its values, whether a figure is known there or not. */
static void key_axis(FILE *script, const Map *m) {
    double low = m->x_levels[0], high = m->x_levels[m->columns - 1];
    double room = high > low ? 0.04 * (high - low) : 1;
    if (m->key >= 0)
        axis_label(script, m->r, "x", m->key);
    else
        fputs("set xlabel 'run'\n", script);
    if (m->key >= 0 && is_wide(low, high))
        fprintf(script, "set logscale x\nset xrange [%.6g:%.6g]\n", low / 1.2, high * 1.2);
    else
        fprintf(script, "set xrange [%.6g:%.6g]\n", low - room, high + room);
}

/* Every run a dot, which is a letter: marks of points would be shared between pictures by references. A line
 * through the means where one key takes few values. */
static void curve_script(FILE *script, const Map *m) {
    bool line = m->key >= 0 && m->r->key_count == 1 && m->columns <= LEVELS;
    canvas(script, m->id);
    key_axis(script, m);
    fprintf(script, "set ylabel '%s'\n", m->figure->title);
    if (m->figure->logarithmic) fputs("set logscale y\nset format y '10^{%T}'\n", script);
    fputs("set offsets 0, 0, graph 0.05, graph 0.05\n$points << END\n", script);
    for (int i = 0; i < m->count; i++)
        if (!isnan(m->value[i])) fprintf(script, "%.6g %.6g\n", m->x[i], m->value[i]);
    fputs("END\n$means << END\n", script);
    for (int i = 0; line && i < m->columns; i++)
        if (!isnan(mean_at(m, m->x_levels[i], 0)))
            fprintf(script, "%.6g %.6g\n", m->x_levels[i], mean_at(m, m->x_levels[i], 0));
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

/* Where a value stands between the lowest and the highest, 0 to 1, as the palette has it. */
static double share(const Map *m, double value) {
    if (m->figure->logarithmic) return log(value / m->low) / log(m->high / m->low);
    return (value - m->low) / (m->high - m->low);
}

/* Column, row, value, and the colour in which it can be read there: the upper half of the palette is light.
 */
static void map_data(FILE *script, const Map *m) {
    fputs("$map << END\n", script);
    for (int i = 0; i < m->columns * m->rows; i++) {
        int column = i / m->rows, row = i % m->rows;
        double value = mean_at(m, m->x_levels[column], m->y_levels[row]);
        int ink = share(m, value) > 0.5 ? 0 : 0xffffff;
        if (!isnan(value)) fprintf(script, "%d %d %.6g %d\n", column, row, value, ink);
    }
    fputs("END\n", script);
}

/* Boxes of one size each, whatever the steps between values. */
static void map_script(FILE *script, const Map *m) {
    canvas(script, m->id);
    axis_label(script, m->r, "x", 0);
    axis_label(script, m->r, "y", 1);
    ticks(script, "x", m->x_levels, m->columns);
    ticks(script, "y", m->y_levels, m->rows);
    fprintf(script, "set cblabel '%s'\n%sunset grid\n", m->figure->title,
            m->figure->logarithmic ? "set logscale cb\nset format cb '10^{%T}'\n" : "");
    map_data(script, m);
    fputs("plot $map using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid 1 noborder lc palette", script);
    if (m->columns * m->rows <= LEVELS)
        fputs(", $map using 1:2:(sprintf('%.3g',$3)):4 with labels font ',11' tc rgb variable", script);
    fputc('\n', script);
}

static Status draw(FILE *out, const Map *m) {
    Gnuplot plot = {0};
    Status status = gnuplot_open(&plot);
    if (status == STATUS_OK) {
        if (m->r->grid)
            map_script(plot.script, m);
        else
            curve_script(plot.script, m);
        status = gnuplot_figure(&plot, out, m->figure->column);
    }
    gnuplot_close(&plot);
    return status;
}

/* Figures in which two runs differ, at least. */
static Status draw_all(FILE *out, const SweepReport *r, double *room) {
    int id = 0, count = r->finished_count, pictures = r->grid || !r->key_count ? 1 : r->key_count;
    Map m = {r, NULL, 0, 0, count, room, room + count, room + 2 * count, room + 3 * count, room + 4 * count,
             0, 0,    0, 0};
    for (int i = 0; i < sweep_figure_count * pictures; i++) {
        m.figure = &sweep_figures[i / pictures];
        m.key = r->key_count ? i % pictures : -1;
        map_fill(&m);
        if (!(m.high > m.low)) continue;
        m.id = ++id;
        TRY(draw(out, &m));
    }
    if (!id) fputs("<p>Nothing differs between finished runs.</p>\n", out);
    return STATUS_OK;
}

Status sweep_report_figures(FILE *out, const SweepReport *r) {
    double *room = calloc(5 * (size_t)r->finished_count + 1, sizeof *room);
    REQUIRE(room, STATUS_FAILED, "out of memory");
    Status status = draw_all(out, r, room);
    free(room);
    return status;
}
