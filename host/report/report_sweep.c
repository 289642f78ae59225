#include "report/report_sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files/run_folder.h"
#include "report/report_html.h"
#include "sweep/sweep_table.h"

bool sweep_report_fits(const char *folder) {
    char path[RUN_PATH];
    return run_path(path, folder, "plan.csv") == STATUS_OK && access(path, F_OK) == 0;
}

void sweep_report_destroy(SweepReport *r) {
    cJSON_Delete(r->sweep);
    free(r->config);
    free(r->finished);
    csv_table_destroy(&r->plan);
    csv_table_destroy(&r->runs);
    *r = (SweepReport){0};
}

/* --- reading --- */

static Status json_read(SweepReport *r) {
    char *text = NULL;
    TRY(folder_file_read(r->folder, "sweep.json", &text));
    r->sweep = cJSON_ParseWithOpts(text, NULL, true);
    free(text);
    REQUIRE(cJSON_IsObject(r->sweep), STATUS_BAD_INPUT,
            "%s/sweep.json: is no JSON object; make it anew with marrow sweep --resume", r->folder);
    return STATUS_OK;
}

static Status runs_read(SweepReport *r) {
    char path[RUN_PATH];
    TRY(run_path(path, r->folder, "runs.csv"));
    REQUIRE(access(path, F_OK) == 0, STATUS_BAD_INPUT,
            "%s: is not there yet; make it with marrow sweep --merge -o %s", path, r->folder);
    TRY(csv_table_read(&r->runs, r->folder, "runs.csv"));
    REQUIRE(
        csv_table_column(&r->runs, "run") == 0 && csv_table_column(&r->runs, "result") > 0, STATUS_BAD_INPUT,
        "%s: has no columns run and result; make it anew with marrow sweep --merge -o %s", path, r->folder);
    return STATUS_OK;
}

static const char *field(const SweepReport *r, int row, const char *name) {
    int column = csv_table_column(&r->runs, name);
    return column < 0 ? "" : csv_table_field(&r->runs, row, column);
}

static Status finished_find(SweepReport *r) {
    r->finished = calloc((size_t)r->runs.rows + 1, sizeof *r->finished);
    REQUIRE(r->finished, STATUS_FAILED, "out of memory");
    for (int row = 0; row < r->runs.rows; row++)
        if (strcmp(field(r, row, "result"), "finished") == 0) r->finished[r->finished_count++] = row;
    return STATUS_OK;
}

typedef struct Pair {
    double x, y;
} Pair;

static int compare(const void *left, const void *right) {
    const Pair *a = left, *b = right;
    if (a->x != b->x) return a->x < b->x ? -1 : 1;
    return (a->y > b->y) - (a->y < b->y);
}

/* How many different pairs of numbers finished runs have in two columns (or one twice); 0 if some field holds
 * none. */
static int distinct(const SweepReport *r, int column, int other) {
    int n = 0, rows = r->finished_count;
    Pair *pairs = calloc((size_t)rows + 1, sizeof *pairs);
    bool numbers = pairs != NULL;
    for (int row = 0; numbers && row < rows; row++) {
        pairs[row] = (Pair){csv_table_number(&r->runs, row, column), csv_table_number(&r->runs, row, other)};
        numbers = !isnan(pairs[row].x) && !isnan(pairs[row].y);
    }
    if (numbers && rows) qsort(pairs, (size_t)rows, sizeof *pairs, compare);
    for (int row = 0; numbers && row < rows; row++)
        n += row == 0 || compare(&pairs[row - 1], &pairs[row]) != 0;
    free(pairs);
    return n;
}

/* Every pair of values, or half of them; not so many that no eye could tell them apart. */
static bool is_grid(const SweepReport *r) {
    int x = r->keys[0], y = r->keys[1], whole = distinct(r, x, x) * distinct(r, y, y);
    return 2 * distinct(r, x, y) >= whole && whole <= 2500;
}

/* Seeds make replicates, not another question. */
static void keys_find(SweepReport *r) {
    int found = 0;
    for (int i = 0; i < r->plan.columns; i++) {
        const char *name = csv_table_name(&r->plan, i);
        int column = csv_table_column(&r->runs, name);
        if (column < 0 || strcmp(name, "name") == 0 || strcmp(name, "simulation.seed") == 0) continue;
        if (distinct(r, column, column) < 2) continue;
        if (found < REPORT_KEYS) r->keys[r->key_count++] = column;
        found++;
    }
    r->grid = found == 2 && is_grid(r);
}

Status sweep_report_read(SweepReport *r, const char *folder) {
    r->folder = folder;
    TRY(json_read(r));
    TRY(folder_file_read(folder, "config.yaml", &r->config));
    TRY(csv_table_read(&r->plan, folder, "plan.csv"));
    TRY(runs_read(r));
    TRY(finished_find(r));
    keys_find(r);
    return STATUS_OK;
}

/* --- writing --- */

static const char *sweep_text(const SweepReport *r, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(r->sweep, name));
    return text ? text : "";
}

static int count(const SweepReport *r, const char *result) {
    int n = 0;
    for (int row = 0; row < r->runs.rows; row++) n += strcmp(field(r, row, "result"), result) == 0;
    return n;
}

static double sum(const SweepReport *r, const char *name) {
    double total = 0;
    for (int i = 0; i < r->finished_count; i++) {
        double value = csv_table_number(&r->runs, r->finished[i], csv_table_column(&r->runs, name));
        if (!isnan(value)) total += value;
    }
    return total;
}

static void tiles(FILE *out, const SweepReport *r) {
    int rows = r->runs.rows, failed = count(r, "failed");
    fputs("<div class=\"tiles\">\n", out);
    html_tile(out, "runs", rows, "");
    html_tile(out, "finished", r->finished_count, "");
    html_tile(out, "failed", failed, "");
    html_tile(out, "not finished yet", rows - r->finished_count - failed, "");
    html_tile(out, "time of all runs together", sum(r, "wall_s"), "s");
    fputs("</div>\n", out);
}

/* Runs of different programs may differ for that reason alone. */
static bool one_program(const SweepReport *r) {
    for (int i = 1; i < r->finished_count; i++)
        if (strcmp(field(r, r->finished[i], "git_id"), field(r, r->finished[0], "git_id")) != 0) return false;
    return true;
}

static void warnings(FILE *out, const SweepReport *r) {
    if (r->finished_count < r->runs.rows)
        fprintf(out,
                "<p class=\"warn\">%d of %d runs failed or are not finished; figures and plots leave them "
                "out.</p>\n",
                r->runs.rows - r->finished_count, r->runs.rows);
    if (!one_program(r))
        fputs("<p class=\"warn\">Not all runs were made by the same version of marrow: see git_id in "
              "runs.csv.</p>\n",
              out);
}

static void failed_runs(FILE *out, const SweepReport *r) {
    const char *const names[] = {"run", "name", "message"};
    int columns[3], *rows = calloc((size_t)r->runs.rows + 1, sizeof *rows), n = 0;
    for (int i = 0; i < 3; i++) columns[i] = csv_table_column(&r->runs, names[i]);
    for (int row = 0; rows && row < r->runs.rows; row++)
        if (strcmp(field(r, row, "result"), "failed") == 0) rows[n++] = row;
    if (n && columns[1] >= 0 && columns[2] >= 0) {
        fputs("<h2>Failed runs</h2>\n", out);
        const HtmlPart failed = {.items = rows, .count = n}, some = {.items = columns, .count = 3};
        html_table_part(out, &r->runs, failed, some);
    }
    free(rows);
}

/* Columns up to the figures, and what the clinic makes of it; the last rows' are in runs.csv. */
static bool shown(const char *name) {
    bool last = strncmp(name, "final_", 6) == 0, outcome = strncmp(name, "outcome_", 8) == 0;
    return strcmp(name, "outcome_best_response") == 0 || !(last || outcome || strcmp(name, "message") == 0);
}

static bool is_empty(const SweepReport *r, int column) {
    for (int row = 0; row < r->runs.rows; row++)
        if (csv_table_field(&r->runs, row, column)[0]) return false;
    return true;
}

static void all_runs(FILE *out, const SweepReport *r) {
    int *columns = calloc((size_t)r->runs.columns, sizeof *columns), n = 0;
    for (int i = 0; columns && i < r->runs.columns; i++)
        if (shown(csv_table_name(&r->runs, i)) && !is_empty(r, i)) columns[n++] = i;
    int rows = r->runs.rows < REPORT_ROWS ? r->runs.rows : REPORT_ROWS;
    fputs("<h2>Runs</h2>\n", out);
    const HtmlPart first = {.count = rows}, some = {.items = columns, .count = n, .rounded = true};
    html_table_part(out, &r->runs, first, some);
    if (rows < r->runs.rows)
        fprintf(out, "<p>The first %d of %d; runs.csv has all.</p>\n", rows, r->runs.rows);
    free(columns);
}

static Status page(FILE *out, const SweepReport *r) {
    html_head(out, "report of a sweep");
    fputs("<p>config ", out);
    html_text(out, sweep_text(r, "config_hash"));
    fputs("</p>\n", out);
    html_notice(out);
    warnings(out, r);
    tiles(out, r);
    failed_runs(out, r);
    fputs("<h2>Courses</h2>\n<div class=\"plots\">\n", out);
    TRY(sweep_report_burdens(out, r));
    fputs("</div>\n<h2>Figures</h2>\n<p>A dot is a run, a line or a box the mean (of the logarithm where the "
          "axis is "
          "logarithmic) of those that got there.</p>\n<div class=\"plots\">\n",
          out);
    TRY(sweep_report_figures(out, r));
    fputs("</div>\n", out);
    all_runs(out, r);
    fputs("<h2>Sweep</h2>\n", out);
    html_json(out, r->sweep);
    html_config(out, r->config);
    html_foot(out, sweep_text(r, "version"), sweep_text(r, "git_id"));
    return STATUS_OK;
}

static Status write_page(const void *report, FILE *out) {
    return page(out, report);
}

Status sweep_report_write(const SweepReport *r) {
    return sweep_file_write(r->folder, "report.html", write_page, r);
}
