#include "report/report_clinic.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clinic/ctcae.h"
#include "files/run_folder.h"
#include "report/gnuplot.h"
#include "report/report_html.h"

/* One test over time: the truth as a line, what was measured as dots, grades as bands. */
typedef struct LabPlot {
    const char *test, *title, *column; /* column of timeseries.csv; NULL: none */
    double from, to;
    bool logarithmic;
} LabPlot;

static const LabPlot lab_plots[] = {
    {"anc", "Neutrophils, 10<sup>9</sup>/L", "anc_1e9_per_l", 0.01, 30, true},
    {"platelets", "Platelets, 10<sup>9</sup>/L", "platelets_1e9_per_l", 2, 600, true},
    {"hb", "Haemoglobin, g/dL", "hb_g_per_dl", 4, 17, false},
    {"bilirubin", "Bilirubin, mg/dL", "bilirubin_mg_per_dl", 0.2, 30, true},
    {"alt", "ALT, U/L", "alt_u_per_l", 8, 1000, true},
    {"ast", "AST, U/L", NULL, 8, 1000, true},
};
enum { LAB_PLOTS = sizeof lab_plots / sizeof lab_plots[0] };

static const char *const band_colours[5] = {"", "#fffbe0", "#ffeeb8", "#ffd2a1", "#f4a582"};

typedef struct LabColumns {
    int time, test, value, lower, upper;
} LabColumns;

static LabColumns columns_of(const CsvTable *labs) {
    return (LabColumns){csv_table_column(labs, "time_h"), csv_table_column(labs, "test"),
                        csv_table_column(labs, "value"), csv_table_column(labs, "lower"),
                        csv_table_column(labs, "upper")};
}

static int first_row(const CsvTable *labs, const LabColumns *c, const char *test) {
    for (int i = 0; i < labs->rows; i++)
        if (strcmp(csv_table_field(labs, i, c->test), test) == 0) return i;
    return -1;
}

/* Bands by asking for the grade up the axis: the limits themselves are data of ctcae.c. */
static void bands(FILE *script, const LabPlot *plot, double lower, double upper) {
    enum { STEPS = 400 };
    CtcaeTerm term = (CtcaeTerm)ctcae_find(plot->test);
    double low = plot->from;
    int grade = ctcae_grade(CTCAE_3, term, low, lower, upper, NAN);
    for (int i = 1; i <= STEPS; i++) {
        double share = (double)i / STEPS;
        double at = plot->logarithmic ? plot->from * pow(plot->to / plot->from, share)
                                      : plot->from + (plot->to - plot->from) * share;
        int next = ctcae_grade(CTCAE_3, term, at, lower, upper, NAN);
        if (next == grade && i < STEPS) continue;
        if (grade > 0)
            fprintf(
                script,
                "set object rectangle from graph 0, first %.5g to graph 1, first %.5g fc rgb '%s' fs solid 1 "
                "noborder behind\n",
                low, at, band_colours[grade]);
        low = at;
        grade = next;
    }
}

static void measured(FILE *script, const CsvTable *labs, const LabColumns *c, const LabPlot *plot,
                     double end_d) {
    fputs("$dots << END\n", script);
    for (int i = 0; i < labs->rows; i++) {
        if (strcmp(csv_table_field(labs, i, c->test), plot->test) != 0) continue;
        double at_d = csv_table_number(labs, i, c->time) / 24, value = csv_table_number(labs, i, c->value);
        if (isnan(at_d) || isnan(value)) continue;
        value = fmin(fmax(value, plot->from), plot->to);
        fprintf(script, "%.6g %.6g\n%.6g %.6g\n\n", at_d, value, at_d + 0.002 * end_d, value);
    }
    fputs("END\n", script);
}

static bool truth(FILE *script, const CsvTable *series, const LabPlot *plot) {
    int time = csv_table_column(series, "time_h"),
        column = plot->column ? csv_table_column(series, plot->column) : -1;
    if (!csv_table_has_numbers(series, column)) return false;
    fputs("$truth << END\n", script);
    for (int i = 0; i < series->rows; i++) {
        double value = csv_table_number(series, i, column);
        if (!isnan(value))
            fprintf(script, "%.6g %.6g\n", csv_table_number(series, i, time) / 24, fmax(value, plot->from));
    }
    fputs("END\n", script);
    return true;
}

static void script_write(FILE *script, int index, const CsvTable *labs, const CsvTable *series) {
    const LabPlot *plot = &lab_plots[index];
    const LabColumns c = columns_of(labs);
    int row = first_row(labs, &c, plot->test), time = csv_table_column(series, "time_h");
    double end_d = series->rows ? csv_table_number(series, series->rows - 1, time) / 24 : 1;
    fprintf(
        script,
        "set terminal svg size 520,270 dynamic rounded name 'c%d' font 'sans-serif,14' background '#ffffff'\n"
        "set encoding utf8\nset border 3\nset tics nomirror\nset xlabel 'day'\nset xrange [0:%.6g]\nset "
        "yrange [%g:%g]\n"
        "unset key\n%s",
        index + 1, end_d > 0 ? end_d : 1, plot->from, plot->to, plot->logarithmic ? "set logscale y\n" : "");
    bands(script, plot, csv_table_number(labs, row, c.lower), csv_table_number(labs, row, c.upper));
    measured(script, labs, &c, plot, end_d);
    bool line = truth(script, series, plot);
    fprintf(script, "plot %s$dots using 1:2 with lines lw 4 lc rgb '#0072b2'\n",
            line ? "$truth using 1:2 with lines lw 1.2 lc rgb '#555555', " : "");
}

static Status lab_plot_write(FILE *out, int index, const CsvTable *labs, const CsvTable *series) {
    Gnuplot plot = {0};
    Status status = gnuplot_open(&plot);
    if (status == STATUS_OK) {
        script_write(plot.script, index, labs, series);
        status = gnuplot_figure(&plot, out, lab_plots[index].title);
    }
    gnuplot_close(&plot);
    return status;
}

static Status labs_write(FILE *out, const CsvTable *labs, const CsvTable *series) {
    const LabColumns c = columns_of(labs);
    fputs("<div class=\"plots\">\n", out);
    for (int i = 0; i < LAB_PLOTS; i++)
        if (first_row(labs, &c, lab_plots[i].test) >= 0) TRY(lab_plot_write(out, i, labs, series));
    fputs("</div>\n<p>Dots: as measured at visits; line: as it is. Bands, from light to dark: CTCAE grades 1 "
          "to 4 (version "
          "3).</p>\n",
          out);
    return STATUS_OK;
}

/* --- outcome.json --- */

static void words_tile(FILE *out, const char *name, const cJSON *item) {
    const char *text = cJSON_IsString(item) && item->valuestring[0] ? item->valuestring : "–";
    fputs("<div class=\"tile\"><b>", out);
    html_text(out, text);
    fprintf(out, "</b><span>%s</span></div>\n", name);
}

static void number_tile(FILE *out, const char *name, const cJSON *item, const char *unit) {
    html_tile(out, name, cJSON_IsNumber(item) ? item->valuedouble : (double)NAN, unit);
}

static void outcome_tiles(FILE *out, const cJSON *o) {
    static const struct {
        const char *key, *name, *unit; /* unit NULL: a text */
    } tiles[] = {
        {"best_response", "best response", NULL},
        {"response_day", "first remission", "d"},
        {"mrd_negative_day", "MRD-negative", "d"},
        {"cycles_started", "cycles", ""},
        {"doses_given", "doses given", ""},
        {"doses_omitted", "doses omitted", ""},
        {"reductions", "steps down", ""},
        {"days_held", "held or delayed", "d"},
        {"chemo_cycles", "cycles of other drugs", ""},
        {"chemo_days_delayed", "these delayed", "d"},
        {"vod_day", "VOD", "d"},
        {"transplant_day", "transplant", "d"},
        {"relapse_day", "relapse", "d"},
        {"death_cause", "death", NULL},
        {"death_day", "day of death", "d"},
        {"pfs_days", "without progression", "d"},
    };
    fputs("<div class=\"tiles\">\n", out);
    for (size_t i = 0; i < sizeof tiles / sizeof tiles[0]; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, tiles[i].key);
        if (tiles[i].unit)
            number_tile(out, tiles[i].name, item, tiles[i].unit);
        else
            words_tile(out, tiles[i].name, item);
    }
    fputs("</div>\n", out);
}

/* Not there before the run has come to an end or been stopped. */
static Status outcome_write(FILE *out, const char *folder) {
    char path[RUN_PATH], *text = NULL;
    snprintf(path, sizeof path, "%s/outcome.json", folder);
    if (access(path, F_OK) != 0) return STATUS_OK;
    TRY(folder_file_read(folder, "outcome.json", &text));
    cJSON *outcome = cJSON_ParseWithOpts(text, NULL, true);
    free(text);
    bool good = cJSON_IsObject(outcome);
    if (good) outcome_tiles(out, outcome);
    cJSON_Delete(outcome);
    REQUIRE(good, STATUS_BAD_INPUT, "%s/outcome.json: is no JSON object; run it again", folder);
    return STATUS_OK;
}

static const char legend[] = "<p>Treatment: a line a dose, as high as it is large; yellow below: the course "
                             "waits; × omitted, ▼ reduced. Other drugs: a line where a cycle begins, "
                             "yellow below while the next one waits, ▼ reduced. Response: grey not "
                             "in remission, greens CRi, CRh, CR, orange relapse or progression. Events: "
                             "yellow grade 3, orange 4, black 5, as long as they "
                             "last. Transfusions: yellow platelets, orange red cells. Transplant: purple "
                             "conditioning, blue until neutrophils are "
                             "back.</p>\n";

static Status section(FILE *out, const char *folder, const CsvTable *labs, const CsvTable *series,
                      const CsvTable *events) {
    fputs("<h2>Clinic</h2>\n", out);
    TRY(outcome_write(out, folder));
    fputs("<div style=\"margin:.8rem 0\">\n", out);
    TRY(report_lanes_write(out, series, events));
    fputs("</div>\n", out);
    fputs(legend, out);
    return labs_write(out, labs, series);
}

Status report_clinic_write(FILE *out, const char *folder, const CsvTable *series, const CsvTable *events) {
    char path[RUN_PATH];
    CsvTable labs = {0};
    snprintf(path, sizeof path, "%s/labs.csv", folder);
    if (access(path, F_OK) != 0) return STATUS_OK;
    Status status = csv_table_read(&labs, folder, "labs.csv");
    if (status == STATUS_OK) status = section(out, folder, &labs, series, events);
    csv_table_destroy(&labs);
    return status;
}
