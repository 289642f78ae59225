#include "report/report_plots.h"

#include <math.h>
#include <string.h>

#include "report/gnuplot.h"

/* Okabe and Ito's colours, which colour-blind readers can tell apart (jfly.uni-koeln.de/color). */
#define BLUE "#0072b2"
#define ORANGE "#d55e00"
#define GREEN "#009e73"

typedef struct Line {
    const char *column, *title, *style; /* NULL: no line */
    int axis;                           /* 1: left, 2: right */
} Line;

typedef struct Plot {
    const char *title, *left, *right;
    enum { LINEAR, LOG, BURDEN } scale; /* of the left axis; BURDEN: with the lines of remission */
    bool doses;                         /* as bars on the right axis */
    Line lines[3];
} Plot;

static const Plot plots[] = {
    {"Dosing and conjugate",
     "conjugate, ng/mL",
     "dose, mg",
     LINEAR,
     true,
     {{"adc_central_ng_ml", "plasma", "lw 1.5 lc rgb '" BLUE "'", 1},
      {"adc_marrow_ng_ml", "marrow", "lw 1.5 dt 2 lc rgb '" ORANGE "'", 1}}},
    {"Leukaemic burden",
     "blasts, share of marrow",
     NULL,
     BURDEN,
     false,
     {{"marrow_blast_fraction", NULL, "lw 2 lc rgb '" ORANGE "'", 1}}},
    {"CD22 on blasts",
     "molecules per blast",
     "share bound",
     LINEAR,
     false,
     {{"cd22_free_per_blast", "free", "lw 1.5 lc rgb '" BLUE "'", 1},
      {"cd22_bound_per_blast", "bound", "lw 1.5 lc rgb '" ORANGE "'", 1},
      {"cd22_occupancy", "occupancy (right)", "lw 1.5 dt 2 lc rgb '" GREEN "'", 2}}},
    {"Payload and damage",
     "payload per blast",
     "damage per blast",
     LINEAR,
     false,
     {{"payload_per_blast", "payload", "lw 1.5 lc rgb '" BLUE "'", 1},
      {"damage_per_blast", "damage (right)", "lw 1.5 dt 2 lc rgb '" ORANGE "'", 2}}},
    {"Healthy B cells",
     "cells",
     NULL,
     LOG,
     false,
     {{"b_mature_cells", "mature", "lw 1.5 lc rgb '" BLUE "'", 1},
      {"b_precursor_cells", "precursors", "lw 1.5 dt 2 lc rgb '" GREEN "'", 1}}},
    {"Blood counts",
     "neutrophils, 10^9/L",
     "platelets, 10^9/L",
     LINEAR,
     false,
     {{"anc_1e9_per_l", "neutrophils", "lw 1.5 lc rgb '" BLUE "'", 1},
      {"platelets_1e9_per_l", "platelets (right)", "lw 1.5 dt 2 lc rgb '" ORANGE "'", 2}}},
    {"Haemoglobin", "g/dL", NULL, LINEAR, false, {{"hb_g_per_dl", NULL, "lw 1.5 lc rgb '" BLUE "'", 1}}},
    {"Liver",
     "ALT, U/L",
     "bilirubin, mg/dL",
     LINEAR,
     false,
     {{"alt_u_per_l", "ALT", "lw 1.5 lc rgb '" BLUE "'", 1},
      {"bilirubin_mg_per_dl", "bilirubin (right)", "lw 1.5 dt 2 lc rgb '" ORANGE "'", 2}}},
    {"Injury of the liver's sinusoids",
     "injury",
     NULL,
     LINEAR,
     false,
     {{"sinusoid_injury", NULL, "lw 1.5 lc rgb '" BLUE "'", 1}}},
};
enum { PLOTS = sizeof plots / sizeof plots[0], LINES = 3 };

/* Column of a line, -1 if there is nothing to draw. */
static int line_column(const Line *line, const CsvTable *series) {
    int column = line->column ? csv_table_column(series, line->column) : -1;
    return csv_table_has_numbers(series, column) ? column : -1;
}

static void number(FILE *script, double value, bool logarithmic) {
    if (isnan(value) || (logarithmic && value <= 0))
        fputs(" NaN", script);
    else
        fprintf(script, " %.6g", value);
}

static void data_of_line(FILE *script, const Plot *plot, int i, const CsvTable *series) {
    int time = csv_table_column(series, "time_h"), column = line_column(&plot->lines[i], series);
    fprintf(script, "$line%d << END\n", i);
    for (int row = 0; row < series->rows; row++) {
        number(script, csv_table_number(series, row, time) / 24, false);
        number(script, csv_table_number(series, row, column), plot->scale != LINEAR);
        fputc('\n', script);
    }
    fputs("END\n", script);
}

/* Returns the largest dose, 0 if there is none. */
static double data_of_doses(FILE *script, const CsvTable *events) {
    int time = csv_table_column(events, "time_h"), kind = csv_table_column(events, "kind");
    int value = csv_table_column(events, "value");
    double most = 0;
    fputs("$doses << END\n", script);
    for (int row = 0; kind >= 0 && row < events->rows; row++) {
        double mg = csv_table_number(events, row, value), h = csv_table_number(events, row, time);
        if (strcmp(csv_table_field(events, row, kind), "dose") != 0 || isnan(mg) || isnan(h)) continue;
        fprintf(script, "%.6g %.6g\n", h / 24, mg);
        most = fmax(most, mg);
    }
    fputs("END\n", script);
    return most;
}

static void axes(FILE *script, const Plot *plot, int index, double end_day) {
    fprintf(script,
            "set terminal svg size 520,310 dynamic name 'p%d' font 'sans-serif,14' background '#ffffff'\n"
            "set encoding utf8\nset grid lt 1 lw 0.5 lc rgb '#dddddd'\nset tics nomirror\nset border %d\n"
            "set key outside top center horizontal\nset xlabel 'day'\nset xrange [0:%.6g]\n"
            "set ylabel '%s'\n",
            index + 1, plot->right ? 11 : 3, end_day > 0 ? end_day : 1, plot->left);
    if (plot->right) fprintf(script, "set y2label '%s'\nset y2tics\nset y2range [0:*]\n", plot->right);
    if (plot->scale == LINEAR && !plot->doses) fputs("set yrange [0:*]\n", script);
    if (plot->scale != LINEAR) fputs("set logscale y\nset format y '10^{%T}'\nset ytics 10\n", script);
}

static double highest(const CsvTable *table, int column) {
    double high = 0;
    for (int row = 0; row < table->rows; row++) high = fmax(high, csv_table_number(table, row, column));
    return high;
}

/* Doses hang from the top, where they hide no curve. */
static void hang_doses(FILE *script, const CsvTable *series, double most_mg) {
    double conjugate = highest(series, csv_table_column(series, "adc_central_ng_ml"));
    fprintf(script, "set y2range [%.6g:0]\nset yrange [0:%.6g]\n", most_mg > 0 ? 4 * most_mg : 1,
            conjugate > 0 ? 1.4 * conjugate : 1);
}

/* The axis reaches a decade below the lowest value, and shows both lines of remission in any case. */
static void remission(FILE *script, const Plot *plot, const CsvTable *series) {
    int column = line_column(&plot->lines[0], series);
    double low = 1e-5;
    for (int row = 0; row < series->rows; row++) {
        double value = csv_table_number(series, row, column);
        if (value > 0 && value < low) low = value;
    }
    int decade = (int)floor(log10(low));
    fprintf(script,
            "set yrange [1e%d:2]\nset ytics %s\nset mytics 1\n"
            "set label '5 %%: complete remission' at graph 0.99, first 0.05 right offset 0,0.6 font ',12'\n"
            "set label '10^{-4}: MRD negative' at graph 0.99, first 1e-4 right offset 0,0.6 font ',12'\n",
            decade, decade < -9 ? "100" : "10");
}

static void curves(FILE *script, const Plot *plot, const CsvTable *series, bool doses) {
    const char *comma = "plot ";
    if (plot->scale == BURDEN) {
        fputs("plot 0.05 with lines dt 3 lc rgb '#555555' notitle, 1e-4 with lines dt 3 lc rgb '#555555' "
              "notitle",
              script);
        comma = ", ";
    }
    if (doses) {
        fprintf(script,
                "%s$doses using 1:2 axes x1y2 with impulses lw 4 lc rgb '#777777' title 'dose (right)'",
                comma);
        comma = ", ";
    }
    for (int i = 0; i < LINES; i++) {
        const Line *line = &plot->lines[i];
        if (line_column(line, series) < 0) continue;
        fprintf(script, "%s$line%d using 1:2 axes x1y%d with lines %s ", comma, i, line->axis, line->style);
        if (line->title)
            fprintf(script, "title '%s'", line->title);
        else
            fputs("notitle", script);
        comma = ", ";
    }
    fputc('\n', script);
}

static void script_write(FILE *script, int index, const CsvTable *series, const CsvTable *events) {
    const Plot *plot = &plots[index];
    double end_h = 0;
    int time = csv_table_column(series, "time_h");
    for (int row = 0; row < series->rows; row++) end_h = fmax(end_h, csv_table_number(series, row, time));
    for (int i = 0; i < LINES; i++)
        if (line_column(&plot->lines[i], series) >= 0) data_of_line(script, plot, i, series);
    double most_mg = plot->doses ? data_of_doses(script, events) : 0;
    axes(script, plot, index, end_h / 24);
    if (plot->doses) hang_doses(script, series, most_mg);
    if (plot->scale == BURDEN) remission(script, plot, series);
    curves(script, plot, series, most_mg > 0);
}

static Status plot_write(FILE *out, int index, const CsvTable *series, const CsvTable *events) {
    Gnuplot plot = {0};
    Status status = gnuplot_open(&plot);
    if (status == STATUS_OK) {
        script_write(plot.script, index, series, events);
        status = gnuplot_figure(&plot, out, plots[index].title);
    }
    gnuplot_close(&plot);
    return status;
}

Status report_plots_write(FILE *out, const CsvTable *series, const CsvTable *events) {
    for (int index = 0; index < PLOTS; index++) {
        bool any = false;
        for (int i = 0; i < LINES; i++) any = any || line_column(&plots[index].lines[i], series) >= 0;
        if (any) TRY(plot_write(out, index, series, events));
    }
    return STATUS_OK;
}
