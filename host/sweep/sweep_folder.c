#include "sweep/sweep_folder.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PLAN "plan.csv"
#define CONFIG "config.yaml"
#define LOCK "sweep.lock"

const char *const sweep_state_names[SWEEP_STATES] = {"waiting", "unfinished", "stopped", "failed",
                                                     "finished"};

Status sweep_run_path(char out[RUN_PATH], const char *dir, int run) {
    char name[32];
    snprintf(name, sizeof name, "runs/%06d", run + 1);
    return run_path(out, dir, name);
}

Status sweep_log_path(char out[RUN_PATH], const char *dir, int run) {
    char name[32];
    snprintf(name, sizeof name, "logs/%06d.log", run + 1);
    return run_path(out, dir, name);
}

/* --- what became of a run --- */

static const char *text_of(const cJSON *json, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    return text ? text : "";
}

static SweepState state_of(const char *result) {
    for (int i = 0; i < SWEEP_STATES; i++)
        if (strcmp(result, sweep_state_names[i]) == 0) return (SweepState)i;
    return SWEEP_UNFINISHED; /* "running" */
}

static void record_take(SweepRun *out, const cJSON *json) {
    out->state = state_of(text_of(json, "result"));
    out->wall_s = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(json, "wall_s"));
    snprintf(out->message, sizeof out->message, "%s", text_of(json, "message"));
    snprintf(out->state_hash, sizeof out->state_hash, "%s", text_of(json, "state_hash"));
    snprintf(out->git_id, sizeof out->git_id, "%s", text_of(json, "git_id"));
}

/* Where run.json does not say how it ended, a log that was kept does: its last line. */
static void log_take(SweepRun *out, const char *path) {
    char line[sizeof out->message];
    FILE *log = fopen(path, "re");
    if (!log) return;
    out->state = SWEEP_FAILED;
    while (fgets(line, sizeof line, log))
        if (line[0] != '\n') strcpy(out->message, line);
    fclose(log);
    out->message[strcspn(out->message, "\n")] = '\0';
    if (strncmp(out->message, "marrow: ", 8) == 0)
        memmove(out->message, out->message + 8, strlen(out->message + 8) + 1);
}

Status sweep_run_read(SweepRun *out, const char *dir, int run, const char hash[17]) {
    char path[RUN_PATH], log[RUN_PATH], file[RUN_PATH], *text = NULL;
    *out = (SweepRun){0};
    TRY(sweep_run_path(path, dir, run));
    TRY(sweep_log_path(log, dir, run));
    TRY(run_path(file, path, "run.json"));
    if (access(file, F_OK) == 0) TRY(folder_file_read(NULL, file, &text));
    cJSON *json = text ? cJSON_Parse(text) : NULL;
    if (json && strcmp(text_of(json, "config_hash"), hash) == 0) record_take(out, json);
    if (out->state < SWEEP_STOPPED) log_take(out, log);
    cJSON_Delete(json);
    free(text);
    return STATUS_OK;
}

Status sweep_runs_count(const SweepPlan *plan, const char *dir, int *counts) {
    SweepRun found;
    memset(counts, 0, SWEEP_STATES * sizeof *counts);
    for (int run = 0; run < plan->runs; run++) {
        TRY(sweep_run_read(&found, dir, run, plan->hash[run]));
        counts[found.state]++;
    }
    return STATUS_OK;
}

Status sweep_run_begun(const char *dir, int run, bool *begun) {
    char path[RUN_PATH], log[RUN_PATH];
    TRY(sweep_run_path(path, dir, run));
    TRY(sweep_log_path(log, dir, run));
    *begun = access(path, F_OK) == 0 || access(log, F_OK) == 0;
    return STATUS_OK;
}

/* --- the plan --- */

Status sweep_lock(const char *dir, int *handle) {
    char path[RUN_PATH];
    TRY(run_path(path, dir, LOCK));
    *handle = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    REQUIRE(*handle >= 0, STATUS_FAILED, "%s: cannot be written: %s; choose another folder with -o", path,
            strerror(errno));
    while (flock(*handle, LOCK_EX) != 0 && errno == EINTR) continue;
    return STATUS_OK;
}

/* Something in the folder that no sweep puts there before its plan; "" if there is nothing. */
static void foreign(const char *dir, char name[256]) {
    name[0] = '\0';
    DIR *folder = opendir(dir);
    if (!folder) return;
    for (const struct dirent *entry; !name[0] && (entry = readdir(folder)) != NULL;) {
        const char *n = entry->d_name;
        bool ours = n[0] == '.' || strcmp(n, LOCK) == 0 || strcmp(n, PLAN ".part") == 0;
        if (!ours) snprintf(name, 256, "%s", n);
    }
    closedir(folder);
}

static Status refuse_foreign(const char *dir) {
    char plan[RUN_PATH], name[256];
    TRY(run_path(plan, dir, PLAN));
    if (access(plan, F_OK) == 0) return STATUS_OK;
    foreign(dir, name);
    REQUIRE(!name[0], STATUS_BAD_INPUT,
            "%s: holds no sweep but other files (%s), which stay as they are; choose another folder with -o",
            dir, name);
    return STATUS_OK;
}

Status sweep_file_write(const char *dir, const char *name, Status (*write)(const void *from, FILE *out),
                        const void *from) {
    RunFolder folder = {dir, -1};
    RunFile file = {0};
    Status status = run_file_whole(&file, &folder, name);
    if (status == STATUS_OK) status = write(from, file.text);
    if (status == STATUS_OK) status = run_file_commit(&file);
    run_file_close(&file);
    return status;
}

static Status write_plan(const void *plan, FILE *out) {
    sweep_plan_write(plan, out);
    return STATUS_OK;
}

static Status write_config(const void *config, FILE *out) {
    return config_write(config, out, false);
}

/* Whether the file there is what we would write; one that is not there yet is written. */
static Status settle(const char *dir, const char *name, Status (*write)(const void *, FILE *),
                     const void *from, bool force, bool *wrote) {
    char *text = NULL, *there = NULL, path[RUN_PATH];
    size_t length;
    TRY(run_path(path, dir, name));
    bool found = !*wrote && access(path, F_OK) == 0;
    if (found) {
        FILE *memory = open_memstream(&text, &length);
        Status status = memory ? write(from, memory) : status_set(STATUS_FAILED, "out of memory");
        if (memory) fclose(memory);
        if (status == STATUS_OK) status = folder_file_read(dir, name, &there);
        bool same = status == STATUS_OK && strcmp(text, there) == 0;
        free(text);
        free(there);
        TRY(status);
        if (same) return STATUS_OK;
        REQUIRE(force, STATUS_BAD_INPUT,
                "%s: holds a different sweep (%s differs); choose another folder with -o, or replace it with "
                "--force",
                dir, name);
    }
    *wrote = true;
    return sweep_file_write(dir, name, write, from);
}

/* The plan first: a folder without one is not a sweep's. */
static Status settle_all(const SweepPlan *plan, const char *dir, bool force) {
    bool wrote = false;
    TRY(settle(dir, PLAN, write_plan, plan, force, &wrote));
    return settle(dir, CONFIG, write_config, &plan->base, force, &wrote);
}

static Status subfolders(const char *dir) {
    static const char *const names[] = {"runs", "logs"};
    char path[RUN_PATH];
    for (int i = 0; i < 2; i++) {
        TRY(run_path(path, dir, names[i]));
        TRY(run_folder_make(path));
    }
    return STATUS_OK;
}

Status sweep_folder_begin(const SweepPlan *plan, const char *dir, bool force) {
    int lock = -1;
    TRY(refuse_foreign(dir));
    TRY(run_folder_make(dir));
    TRY(sweep_lock(dir, &lock));
    Status status = settle_all(plan, dir, force);
    close(lock);
    return status == STATUS_OK ? subfolders(dir) : status;
}
