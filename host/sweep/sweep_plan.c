#include "sweep/sweep_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void sweep_plan_destroy(SweepPlan *plan) {
    for (int i = 0; i < plan->varies; i++) free(plan->vary[i]);
    free(plan->vary);
    free(plan->key);
    free(plan->value);
    free(plan->name);
    free(plan->hash);
    csv_table_destroy(&plan->table);
    *plan = (SweepPlan){0};
}

const char *sweep_plan_value(const SweepPlan *plan, int run, int key) {
    return plan->value[(size_t)run * (size_t)plan->keys + (size_t)key];
}

static Status key_add(SweepPlan *plan, const char *key) {
    for (int i = 0; i < plan->keys; i++)
        REQUIRE(strcmp(plan->key[i], key) != 0, STATUS_BAD_INPUT,
                "%s: varied twice; give all its values in one place", key);
    plan->key[plan->keys++] = key;
    return STATUS_OK;
}

/* --- the table --- */

static Status table_read(SweepPlan *plan, const char *path) {
    TRY(csv_table_read(&plan->table, NULL, path));
    REQUIRE(plan->table.rows > 0, STATUS_BAD_INPUT, "%s: has no row; give one row a run", path);
    REQUIRE(plan->table.rows <= SWEEP_RUNS, STATUS_BAD_INPUT, "%s: more than %d rows; cut it up", path,
            SWEEP_RUNS);
    REQUIRE(
        !plan->table.uneven_row, STATUS_BAD_INPUT,
        "%s: row %d has more or fewer fields than the header; give every column, empty if as in the config",
        path, plan->table.uneven_row);
    return STATUS_OK;
}

/* Columns but `name` become keys; `from` says which column each came from. */
static Status table_keys(SweepPlan *plan, int *name_column, int *from) {
    for (int i = 0; i < plan->table.columns; i++) {
        const char *header = csv_table_name(&plan->table, i);
        if (strcmp(header, "name") == 0) {
            *name_column = i;
            continue;
        }
        from[plan->keys] = i;
        TRY(key_add(plan, header));
    }
    plan->named = *name_column >= 0;
    return STATUS_OK;
}

static Status table_values(SweepPlan *plan, int name_column, const int *from) {
    plan->runs = plan->table.rows;
    plan->value = calloc((size_t)plan->runs * (size_t)plan->keys + 1, sizeof *plan->value);
    plan->name = calloc((size_t)plan->runs, sizeof *plan->name);
    REQUIRE(plan->value && plan->name, STATUS_FAILED, "out of memory");
    for (int run = 0; run < plan->runs; run++) {
        plan->name[run] = name_column < 0 ? "" : csv_table_field(&plan->table, run, name_column);
        for (int k = 0; k < plan->keys; k++)
            plan->value[run * plan->keys + k] = csv_table_field(&plan->table, run, from[k]);
    }
    return STATUS_OK;
}

static Status table_runs(SweepPlan *plan) {
    int name_column = -1, *from = calloc((size_t)plan->table.columns, sizeof *from);
    REQUIRE(from, STATUS_FAILED, "out of memory");
    Status status = table_keys(plan, &name_column, from);
    if (status == STATUS_OK) status = table_values(plan, name_column, from);
    free(from);
    return status;
}

/* One run that changes nothing yet. */
static Status single_run(SweepPlan *plan) {
    plan->runs = 1;
    plan->value = calloc(1, sizeof *plan->value);
    plan->name = calloc(1, sizeof *plan->name);
    REQUIRE(plan->value && plan->name, STATUS_FAILED, "out of memory");
    plan->name[0] = "";
    return STATUS_OK;
}

/* --- the grid --- */

/* Cuts KEY=V1,V2 in place; returns the number of values. */
static int vary_cut(char *text) {
    int n = 1;
    text[strcspn(text, "=")] = '\0';
    for (char *at = text + strlen(text) + 1; *at; at++)
        if (*at == ',') {
            *at = '\0';
            n++;
        }
    return n;
}

/* Every run becomes `n`, one for each of the values that stand behind the key. */
static Status multiply(SweepPlan *plan, const char *key, int n) {
    int before = plan->keys, runs = plan->runs;
    REQUIRE((int64_t)runs * n <= SWEEP_RUNS, STATUS_BAD_INPUT,
            "--vary %s: makes more than %d runs; vary less", key, SWEEP_RUNS);
    TRY(key_add(plan, key));
    const char **value = calloc((size_t)runs * (size_t)n * (size_t)plan->keys, sizeof *value);
    const char **name = calloc((size_t)runs * (size_t)n, sizeof *name);
    for (int run = 0; value && name && run < runs; run++) {
        const char *now = key + strlen(key) + 1;
        for (int i = 0; i < n; i++, now += strlen(now) + 1) {
            size_t row = (size_t)run * (size_t)n + (size_t)i;
            if (before)
                memcpy(&value[row * (size_t)plan->keys], &plan->value[run * before],
                       (size_t)before * sizeof *value);
            value[row * (size_t)plan->keys + (size_t)before] = now;
            name[row] = plan->name[run];
        }
    }
    free(plan->value);
    free(plan->name);
    plan->value = value;
    plan->name = name;
    plan->runs = runs * n;
    REQUIRE(value && name, STATUS_FAILED, "out of memory");
    return STATUS_OK;
}

static Status vary(SweepPlan *plan, const char *text) {
    const char *equals = strchr(text, '=');
    REQUIRE(equals && equals > text && equals[1], STATUS_BAD_INPUT,
            "--vary %s: no list of values; write --vary KEY=V1,V2", text);
    char *copy = strdup(text);
    REQUIRE(copy, STATUS_FAILED, "out of memory");
    plan->vary[plan->varies++] = copy;
    int n = vary_cut(copy);
    return multiply(plan, copy, n);
}

/* --- each run's config --- */

bool sweep_plan_assignment(const SweepPlan *plan, int run, int key, char out[SWEEP_NAME]) {
    const char *value = sweep_plan_value(plan, run, key);
    snprintf(out, SWEEP_NAME, "%s=%s", plan->key[key], value);
    return *value != '\0';
}

static Status run_config(const SweepPlan *plan, int run, Config *config) {
    char assignment[SWEEP_NAME];
    *config = plan->base;
    for (int k = 0; k < plan->keys; k++)
        if (sweep_plan_assignment(plan, run, k, assignment)) TRY(config_set(config, assignment));
    return config_check(config);
}

static Status hash_runs(SweepPlan *plan, const char *table) {
    Config config;
    plan->hash = calloc((size_t)plan->runs, sizeof *plan->hash);
    REQUIRE(plan->hash, STATUS_FAILED, "out of memory");
    for (int run = 0; run < plan->runs; run++) {
        Status status = run_config(plan, run, &config);
        char message[512];
        snprintf(message, sizeof message, "%s", status == STATUS_OK ? "" : status_message());
        REQUIRE(status == STATUS_OK, status, "%s run %d: %s", table ? table : "--vary", run + 1, message);
        config_hash(&config, plan->hash[run]);
    }
    return STATUS_OK;
}

Status sweep_plan_make(SweepPlan *plan, const Options *options) {
    REQUIRE(options->vary_count || options->table, STATUS_BAD_INPUT,
            "nothing varies; give --vary KEY=V1,V2 or --table FILE.csv");
    TRY(options_config(options, &plan->base));
    if (options->table) TRY(table_read(plan, options->table));
    plan->key = calloc((size_t)plan->table.columns + (size_t)options->vary_count, sizeof *plan->key);
    plan->vary = calloc((size_t)options->vary_count + 1, sizeof *plan->vary);
    REQUIRE(plan->key && plan->vary, STATUS_FAILED, "out of memory");
    TRY(options->table ? table_runs(plan) : single_run(plan));
    for (int i = 0; i < options->vary_count; i++) TRY(vary(plan, options->vary[i]));
    return hash_runs(plan, options->table);
}

/* --- as text --- */

void sweep_plan_name(const SweepPlan *plan, int run, char out[SWEEP_NAME]) {
    int from = plan->named ? plan->keys - plan->varies : 0;
    size_t length = (size_t)snprintf(out, SWEEP_NAME, "%s", plan->name[run]);
    for (int k = from; k < plan->keys && length < SWEEP_NAME; k++)
        if (*sweep_plan_value(plan, run, k))
            length += (size_t)snprintf(out + length, SWEEP_NAME - length, "%s%s=%s", length ? " " : "",
                                       plan->key[k], sweep_plan_value(plan, run, k));
}

void sweep_plan_write(const SweepPlan *plan, FILE *out) {
    char name[SWEEP_NAME];
    fputs("name", out);
    for (int k = 0; k < plan->keys; k++) {
        fputc(',', out);
        text_csv(out, plan->key[k]);
    }
    for (int run = 0; run < plan->runs; run++) {
        sweep_plan_name(plan, run, name);
        fputc('\n', out);
        text_csv(out, name);
        for (int k = 0; k < plan->keys; k++) {
            fputc(',', out);
            text_csv(out, sweep_plan_value(plan, run, k));
        }
    }
    fputc('\n', out);
}
