#include "sweep/sweep_table.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "files/figures.h"
#include "sim/observe.h"

#define SHARE "marrow_blast_fraction", NULL
#define BLASTS "blasts_marrow_cells", "blasts_blood_cells"
#define PLASMA "adc_central_ng_ml", NULL

/* Scripts rely on names and order: add at the end only. ng/mL times days are 0.024 ug h/mL. */
const SweepFigure sweep_figures[] = {
    {"blasts_below_5_percent_day", "day below 5 % blasts", false, FIRST_BELOW, SHARE, FIGURE_REMISSION},
    {"blasts_below_1e4_day", "day below 10^{-4} blasts", false, FIRST_BELOW, SHARE, FIGURE_MRD},
    {"log10_kill_day_21", "log_{10} kill at day 21", false, KILL_AT, BLASTS, 21},
    {"marrow_blast_fraction_minimum", "lowest share of blasts", true, LOWEST, SHARE, 0},
    {"blasts_minimum_cells", "fewest blasts", true, LOWEST, BLASTS, 0},
    {"blasts_minimum_day", "day of fewest blasts", false, LOWEST_DAY, BLASTS, 0},
    {"blasts_zero_day", "day without blasts", false, FIRST_BELOW, BLASTS, 1},
    {"b_mature_minimum_share", "fewest mature B cells, share", true, LOWEST_SHARE, "b_mature_cells", NULL, 0},
    {"b_mature_minimum_day", "day of fewest B cells", false, LOWEST_DAY, "b_mature_cells", NULL, 0},
    {"anc_minimum_1e9_per_l", "fewest neutrophils, 10^9/L", false, LOWEST, "anc_1e9_per_l", NULL, 0},
    {"platelets_minimum_1e9_per_l", "fewest platelets, 10^9/L", false, LOWEST, "platelets_1e9_per_l", NULL,
     0},
    {"adc_central_maximum_ng_ml", "highest conjugate, ng/mL", false, HIGHEST, PLASMA, 0},
    {"adc_central_auc_ug_h_per_ml", "AUC of conjugate, µg h/mL", false, AREA, PLASMA, 0.024},
    {"doses", "doses", false, DOSES, NULL, NULL, 0},
    {"dose_total_mg", "doses in all, mg", false, DOSE_MG, NULL, NULL, 0},
    {"discontinued_day", "day treatment was stopped", false, EVENT_DAY, "discontinued", NULL, 0},
};
const int sweep_figure_count = sizeof sweep_figures / sizeof sweep_figures[0];

/* What a finished run left. */
typedef struct Left {
    CsvTable series, events;
    cJSON *outcome; /* outcome.json, of runs with a clinic; else NULL */
} Left;

static double figure_value(const SweepFigure *f, const Left *left) {
    Course c = f->of ? course_of_sum(&left->series, f->of, f->also) : (Course){0};
    switch (f->how) {
    case FIRST_BELOW: return course_first_day_below(&c, f->at);
    case LOWEST: return course_extreme(&c, 1);
    case LOWEST_DAY: return course_extreme_day(&c, 1);
    case LOWEST_SHARE: return course_extreme(&c, 1) / course_first(&c);
    case HIGHEST: return course_extreme(&c, -1);
    case AREA: return f->at * course_area(&c);
    case KILL_AT: return course_log10_kill(&c, course_at_day(&c, f->at));
    case DOSES: return figure_doses(&left->events, false);
    case DOSE_MG: return figure_doses(&left->events, true);
    case EVENT_DAY: return figure_event_day(&left->events, f->of);
    }
    return NAN;
}

static void left_destroy(Left *left) {
    csv_table_destroy(&left->series);
    csv_table_destroy(&left->events);
    cJSON_Delete(left->outcome);
}

static Status outcome_read(cJSON **out, const char *folder) {
    char path[RUN_PATH], *text = NULL;
    TRY(run_path(path, folder, "outcome.json"));
    if (access(path, F_OK) != 0) return STATUS_OK;
    TRY(folder_file_read(folder, "outcome.json", &text));
    *out = cJSON_Parse(text);
    free(text);
    REQUIRE(cJSON_IsObject(*out), STATUS_BAD_INPUT, "%s: is no JSON object; run it again with --force", path);
    return STATUS_OK;
}

static Status left_read(Left *left, const char *dir, int run) {
    char path[RUN_PATH];
    TRY(sweep_run_path(path, dir, run));
    TRY(csv_table_read(&left->series, path, "timeseries.csv"));
    TRY(csv_table_read(&left->events, path, "events.csv"));
    return outcome_read(&left->outcome, path);
}

/* --- columns --- */

/* What the table's columns are made of. */
typedef struct Source {
    const SweepPlan *plan;
    const char *dir;
    CsvTable series; /* names of timeseries.csv as this version writes it: the last row is taken over */
    cJSON *outcome;  /* names in any run's outcome.json, in the order they were found */
} Source;

static Status series_names(CsvTable *names) {
    size_t length;
    FILE *memory = open_memstream(&names->text, &length);
    REQUIRE(memory, STATUS_FAILED, "out of memory");
    Status status = observation_write_header(memory);
    fclose(memory);
    return status == STATUS_OK ? csv_table_parse(names) : status;
}

static Status names_add(cJSON *names, const cJSON *outcome) {
    const cJSON *item;
    cJSON_ArrayForEach(item, outcome) {
        if (cJSON_GetObjectItemCaseSensitive(names, item->string)) continue;
        REQUIRE(cJSON_AddNullToObject(names, item->string), STATUS_FAILED, "out of memory");
    }
    return STATUS_OK;
}

static Status outcome_names(Source *source) {
    char path[RUN_PATH];
    source->outcome = cJSON_CreateObject();
    for (int run = 0; run < source->plan->runs; run++) {
        cJSON *outcome = NULL;
        TRY(sweep_run_path(path, source->dir, run));
        Status status = outcome_read(&outcome, path);
        if (status == STATUS_OK) status = names_add(source->outcome, outcome);
        cJSON_Delete(outcome);
        TRY(status);
    }
    return STATUS_OK;
}

static void header_write(FILE *out, const Source *source) {
    const SweepPlan *plan = source->plan;
    const cJSON *item;
    fputs("run,name", out);
    for (int k = 0; k < plan->keys; k++) {
        fputc(',', out);
        text_csv(out, plan->key[k]);
    }
    fputs(",result,message", out);
    for (int i = 0; i < sweep_figure_count; i++) fprintf(out, ",%s", sweep_figures[i].column);
    for (int i = 0; i < source->series.columns; i++)
        fprintf(out, ",final_%s", csv_table_name(&source->series, i));
    cJSON_ArrayForEach(item, source->outcome) {
        fputs(",outcome_", out);
        text_csv(out, item->string);
    }
    fputs(",config_hash,state_hash,git_id,wall_s\n", out);
}

/* --- rows --- */

static void figures_write(FILE *out, const Left *left, const CsvTable *names) {
    char number[TEXT_NUMBER];
    const CsvTable *series = &left->series;
    bool any = series->rows > 0;
    for (int i = 0; i < sweep_figure_count; i++)
        fprintf(out, ",%s", any ? text_number(figure_value(&sweep_figures[i], left), number) : "");
    for (int i = 0; i < names->columns; i++) {
        int column = any ? csv_table_column(series, csv_table_name(names, i)) : -1;
        fputc(',', out);
        if (column >= 0) text_csv(out, csv_table_field(series, series->rows - 1, column));
    }
}

/* null is an empty field. */
static void outcome_write(FILE *out, const cJSON *outcome, const cJSON *names) {
    char number[TEXT_NUMBER];
    const cJSON *name;
    cJSON_ArrayForEach(name, names) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(outcome, name->string);
        fputc(',', out);
        if (cJSON_IsString(item)) text_csv(out, item->valuestring);
        if (cJSON_IsNumber(item)) fputs(text_number(item->valuedouble, number), out);
        if (cJSON_IsBool(item)) fputs(cJSON_IsTrue(item) ? "true" : "false", out);
    }
}

static void row_start(FILE *out, const SweepPlan *plan, int run, const SweepRun *found) {
    char name[SWEEP_NAME];
    sweep_plan_name(plan, run, name);
    fprintf(out, "%d,", run + 1);
    text_csv(out, name);
    for (int k = 0; k < plan->keys; k++) {
        fputc(',', out);
        text_csv(out, sweep_plan_value(plan, run, k));
    }
    fprintf(out, ",%s,", sweep_state_names[found->state]);
    text_csv(out, found->message);
}

static Status row_write(FILE *out, const Source *source, int run) {
    char wall[TEXT_NUMBER];
    const char *hash = source->plan->hash[run];
    SweepRun found;
    Left left = {0};
    TRY(sweep_run_read(&found, source->dir, run, hash));
    bool finished = found.state == SWEEP_FINISHED;
    Status status = finished ? left_read(&left, source->dir, run) : STATUS_OK;
    if (status == STATUS_OK) {
        row_start(out, source->plan, run, &found);
        figures_write(out, &left, &source->series);
        outcome_write(out, left.outcome, source->outcome);
        fprintf(out, ",%s,%s,%s,%s\n", hash, finished ? found.state_hash : "", found.git_id,
                finished ? text_number(found.wall_s, wall) : "");
    }
    left_destroy(&left);
    return status;
}

static Status table_write(const void *from, FILE *out) {
    const Source *source = from;
    header_write(out, source);
    for (int run = 0; run < source->plan->runs; run++) TRY(row_write(out, source, run));
    return STATUS_OK;
}

Status sweep_table_write(const SweepPlan *plan, const char *dir) {
    Source source = {.plan = plan, .dir = dir};
    Status status = series_names(&source.series);
    if (status == STATUS_OK) status = outcome_names(&source);
    if (status == STATUS_OK) status = sweep_file_write(dir, "runs.csv", table_write, &source);
    csv_table_destroy(&source.series);
    cJSON_Delete(source.outcome);
    return status;
}
