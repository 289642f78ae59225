/* The course as lanes over time: what was given, held and reduced, what the disease did, what befell the
 * patient. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "report/gnuplot.h"
#include "report/report_clinic.h"

typedef enum Lane {
    LANE_DEATH,
    LANE_TRANSPLANT,
    LANE_SUPPORT,
    LANE_EVENTS,
    LANE_RESPONSE,
    LANE_DOSES,
    LANE_OTHERS, /* on top, if there are any */
    LANES
} Lane;
static const char *const lane_names[LANES] = {"VOD",      "transplant", "transfusion", "events, grade ≥ 3",
                                              "response", "treatment",  "other drugs"};

/* Okabe and Ito's colours, as in report_plots.c. */
#define BLUE "#0072b2"
#define SKY "#56b4e9"
#define GREEN "#009e73"
#define YELLOW "#e6b800"
#define ORANGE "#d55e00"
#define PURPLE "#cc79a7"
#define GREY "#999999"
#define DARK "#222222"

typedef struct Lanes {
    FILE *script;
    const CsvTable *events;
    int time, kind, code, value, detail, lanes;
    double end_d, largest_mg;
} Lanes;

static const char *field(const Lanes *l, int row, int column) {
    return csv_table_field(l->events, row, column);
}

static bool is(const Lanes *l, int row, const char *kind) {
    return strcmp(field(l, row, l->kind), kind) == 0;
}

static bool has_code(const Lanes *l, int row, const char *code) {
    return strcmp(field(l, row, l->code), code) == 0;
}

static double day(const Lanes *l, int row) {
    return csv_table_number(l->events, row, l->time) / 24;
}

static double value(const Lanes *l, int row) {
    return csv_table_number(l->events, row, l->value);
}

/* One stroke; `up` its middle, as lanes are numbered. */
static void stroke(Lanes *l, double from_d, double up, double to_d, double to_up, double width,
                   const char *colour) {
    if (isnan(from_d) || isnan(to_d)) return;
    fprintf(l->script, "set arrow from %.6g,%.4g to %.6g,%.4g nohead lw %g lc rgb '%s'\n", from_d, up, to_d,
            to_up, width, colour);
}

static void bar(Lanes *l, Lane lane, double from_d, double to_d, const char *colour) {
    stroke(l, from_d, lane, fmax(to_d, from_d + 0.004 * l->end_d), lane, 9, colour);
}

static void tick(Lanes *l, Lane lane, double at_d, double height, const char *colour) {
    stroke(l, at_d, lane - height / 2, at_d, lane + height / 2, 3, colour);
}

static void word(Lanes *l, double at_d, double up, const char *text) {
    fprintf(l->script, "set label '%s' at %.6g,%.4g left font ',11' tc rgb '%s'\n", text, at_d, up, DARK);
}

/* The first line of this kind (and code, if any) after `row`; the end of the run if there is none. */
static double next_day(const Lanes *l, int row, const char *kind, const char *code) {
    for (int i = row + 1; i < l->events->rows; i++)
        if (is(l, i, kind) && (!code || has_code(l, i, code))) return day(l, i);
    return l->end_d;
}

/* A dose is as high as it is large; a held one is a bar as long as it waits. */
static void doses(Lanes *l) {
    double held_d = NAN;
    for (int i = 0; i < l->events->rows; i++) {
        if (is(l, i, "dose")) {
            double height = 0.75 * value(l, i) / l->largest_mg;
            stroke(l, day(l, i), LANE_DOSES - 0.35, day(l, i), LANE_DOSES - 0.35 + height, 3, BLUE);
        }
        bool ends = is(l, i, "resumed") || is(l, i, "discontinued");
        if (ends && !isnan(held_d))
            stroke(l, held_d, LANE_DOSES - 0.38, day(l, i), LANE_DOSES - 0.38, 5, YELLOW);
        if (ends) held_d = NAN;
        if (is(l, i, "held") && isnan(held_d)) held_d = day(l, i);
        if (is(l, i, "omitted")) word(l, day(l, i), LANE_DOSES + 0.05, "×");
        if (is(l, i, "reduced")) word(l, day(l, i), LANE_DOSES + 0.42, "▼");
        if (is(l, i, "discontinued")) word(l, day(l, i), LANE_DOSES + 0.42, "stop");
    }
}

/* A cycle begins: its regimen's name once, then a line each; yellow while the next one waits. */
static void others(Lanes *l) {
    const char *name = "";
    double held_d = NAN, beside_d = 0.006 * l->end_d;
    for (int i = 0; i < l->events->rows; i++) {
        bool begins = is(l, i, "other_drug"),
             ends = begins || is(l, i, "other_stopped") || is(l, i, "discontinued");
        if (begins) tick(l, LANE_OTHERS, day(l, i), 0.6, GREEN);
        if (begins && strcmp(name, field(l, i, l->code)) != 0) {
            name = field(l, i, l->code);
            word(l, day(l, i), LANE_OTHERS + 0.45, name);
        }
        if (ends && !isnan(held_d))
            stroke(l, held_d, LANE_OTHERS - 0.38, day(l, i), LANE_OTHERS - 0.38, 5, YELLOW);
        if (ends) held_d = NAN;
        if (is(l, i, "other_held") && isnan(held_d)) held_d = day(l, i);
        if (is(l, i, "other_reduced")) word(l, day(l, i) + beside_d, LANE_OTHERS + 0.05, "▼");
        if (is(l, i, "other_stopped")) word(l, day(l, i) + beside_d, LANE_OTHERS + 0.05, "stop");
    }
    if (!isnan(held_d)) stroke(l, held_d, LANE_OTHERS - 0.38, l->end_d, LANE_OTHERS - 0.38, 5, YELLOW);
}

static const char *response_colour(const char *code) {
    if (strcmp(code, "CR") == 0) return GREEN;
    if (strcmp(code, "CRh") == 0) return "#66c2a5";
    return strcmp(code, "CRi") == 0 ? "#b2df8a" : GREY;
}

/* Each state lasts until the next. */
static void responses(Lanes *l) {
    const char *colour = NULL;
    double from_d = 0;
    for (int i = 0; i < l->events->rows; i++) {
        bool worse = is(l, i, "relapse") || is(l, i, "progression");
        if (is(l, i, "next_therapy")) word(l, day(l, i), LANE_RESPONSE + 0.42, "new induction");
        bool negative = is(l, i, "response") && has_code(l, i, "MRD-negative");
        if (negative) word(l, day(l, i), LANE_RESPONSE + 0.42, "MRD−");
        if (negative || (!worse && !is(l, i, "response"))) continue;
        if (colour) bar(l, LANE_RESPONSE, from_d, day(l, i), colour);
        colour = worse ? ORANGE : response_colour(field(l, i, l->code));
        from_d = day(l, i);
    }
    if (colour) bar(l, LANE_RESPONSE, from_d, l->end_d, colour);
}

/* How long an event lasts is told in its detail: "grade 3 for 11.7 days". */
static double lasts_d(const Lanes *l, int row) {
    int grade;
    double days;
    return sscanf(field(l, row, l->detail), "grade %d for %lf days", &grade, &days) == 2 ? days : 0;
}

static void events(Lanes *l) {
    for (int i = 0; i < l->events->rows; i++) {
        if (!is(l, i, "adverse_event") || !(value(l, i) >= 3)) continue;
        const char *colour = value(l, i) >= 5 ? DARK : value(l, i) >= 4 ? ORANGE : YELLOW;
        double from_d = day(l, i), to_d = fmin(l->end_d, from_d + lasts_d(l, i));
        if (to_d > from_d)
            bar(l, LANE_EVENTS, from_d, to_d, colour);
        else
            tick(l, LANE_EVENTS, from_d, 0.5, colour);
    }
}

static void support(Lanes *l) {
    for (int i = 0; i < l->events->rows; i++) {
        if (!is(l, i, "support")) continue;
        if (strncmp(field(l, i, l->code), "platelet", 8) == 0) tick(l, LANE_SUPPORT, day(l, i), 0.5, YELLOW);
        if (strncmp(field(l, i, l->code), "red-cell", 8) == 0) tick(l, LANE_SUPPORT, day(l, i), 0.5, ORANGE);
    }
}

static void transplants(Lanes *l) {
    for (int i = 0; i < l->events->rows; i++) {
        if (!is(l, i, "transplant")) continue;
        if (has_code(l, i, "conditioning"))
            bar(l, LANE_TRANSPLANT, day(l, i), next_day(l, i, "transplant", "graft"), PURPLE);
        if (has_code(l, i, "graft")) {
            bar(l, LANE_TRANSPLANT, day(l, i), next_day(l, i, "transplant", "engraftment"), SKY);
            word(l, day(l, i), LANE_TRANSPLANT + 0.4, "day 0");
        }
    }
}

static void vod(Lanes *l) {
    double from_d = NAN;
    for (int i = 0; i < l->events->rows; i++) {
        if (is(l, i, "death")) {
            stroke(l, day(l, i), -0.5, day(l, i), l->lanes - 0.5, 2, DARK);
            fprintf(l->script, "set label 'death' at %.6g,-0.3 right font ',11'\n", day(l, i));
        }
        if (!is(l, i, "vod")) continue;
        if (isnan(from_d)) from_d = day(l, i);
        if (!has_code(l, i, "resolved")) continue;
        bar(l, LANE_DEATH, from_d, day(l, i), ORANGE);
        from_d = NAN;
    }
    if (!isnan(from_d)) bar(l, LANE_DEATH, from_d, l->end_d, ORANGE);
}

static void axes(Lanes *l) {
    fprintf(
        l->script,
        "set terminal svg size 1040,360 dynamic rounded name 'c0' font 'sans-serif,14' background '#ffffff'\n"
        "set encoding utf8\nset border 1\nset xtics nomirror out\nset ytics scale 0\nset grid x lt 1 lw 0.5 "
        "lc rgb "
        "'#dddddd'\nset xlabel 'day'\nset xrange [0:%.6g]\nset yrange [-0.6:%g]\nset ytics (",
        l->end_d > 0 ? 1.02 * l->end_d : 1, l->lanes - 0.4);
    for (int i = 0; i < l->lanes; i++) fprintf(l->script, "%s'%s' %d", i ? ", " : "", lane_names[i], i);
    fputs(")\n", l->script);
}

static void lanes_open(Lanes *l, FILE *script, const CsvTable *series, const CsvTable *events) {
    *l = (Lanes){.script = script,
                 .events = events,
                 .time = csv_table_column(events, "time_h"),
                 .kind = csv_table_column(events, "kind"),
                 .code = csv_table_column(events, "code"),
                 .value = csv_table_column(events, "value"),
                 .detail = csv_table_column(events, "detail"),
                 .lanes = LANES - 1,
                 .largest_mg = 1e-9};
    int time = csv_table_column(series, "time_h");
    if (series->rows) l->end_d = csv_table_number(series, series->rows - 1, time) / 24;
    for (int i = 0; i < events->rows; i++)
        if (is(l, i, "other_drug")) l->lanes = LANES;
    for (int i = 0; i < events->rows; i++)
        if (is(l, i, "dose")) l->largest_mg = fmax(l->largest_mg, value(l, i));
}

Status report_lanes_write(FILE *out, const CsvTable *series, const CsvTable *table) {
    Gnuplot plot = {0};
    Lanes l;
    Status status = gnuplot_open(&plot);
    if (status == STATUS_OK) {
        lanes_open(&l, plot.script, series, table);
        axes(&l);
        doses(&l);
        others(&l);
        responses(&l);
        events(&l);
        support(&l);
        transplants(&l);
        vod(&l);
        fputs("plot NaN notitle\n", l.script);
        status = gnuplot_figure(&plot, out, "Course");
    }
    gnuplot_close(&plot);
    return status;
}
