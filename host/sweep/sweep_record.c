/* sweep.json: what was swept, how it stands, and every call that worked on it. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ranks.h"
#include "base/version.h"
#include "sweep/sweep.h"

#define RECORD "sweep.json"

static bool add_text(cJSON *json, const char *name, const char *text) {
    return cJSON_AddStringToObject(json, name, text) != NULL;
}

static bool add_number(cJSON *json, const char *name, double value) {
    return cJSON_AddNumberToObject(json, name, value) != NULL;
}

/* Replaces what was there of that name. */
static bool put(cJSON *json, const char *name, cJSON *item) {
    cJSON_DeleteItemFromObjectCaseSensitive(json, name);
    return item && cJSON_AddItemToObject(json, name, item);
}

static bool add_words(cJSON *json, const char *name, const char *first, int count, const char *const *words) {
    cJSON *array = cJSON_AddArrayToObject(json, name);
    bool good = array && (!first || cJSON_AddItemToArray(array, cJSON_CreateString(first)));
    for (int i = 0; good && i < count; i++) good = cJSON_AddItemToArray(array, cJSON_CreateString(words[i]));
    return good;
}

/* What is there already, or an empty object. */
static cJSON *record_read(const char *dir) {
    char path[RUN_PATH], *text = NULL;
    bool there = run_path(path, dir, RECORD) == STATUS_OK && access(path, F_OK) == 0 &&
                 folder_file_read(dir, RECORD, &text) == STATUS_OK;
    cJSON *json = there ? cJSON_Parse(text) : NULL;
    free(text);
    return cJSON_IsObject(json) ? json : cJSON_CreateObject();
}

static Status print(const void *json, FILE *out) {
    char *text = cJSON_Print(json);
    REQUIRE(text, STATUS_FAILED, RECORD ": out of memory");
    fprintf(out, "%s\n", text);
    free(text);
    return STATUS_OK;
}

/* What the sweep is; the same in every session. */
static bool put_origin(cJSON *json, const Sweep *s) {
    char hash[17];
    config_hash(&s->plan.base, hash);
    const char *fields[] = {"version", "git_id", "config_hash", "runs", "keys"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        cJSON_DeleteItemFromObjectCaseSensitive(json, fields[i]);
    return add_text(json, "version", version_number) && add_text(json, "git_id", version_git) &&
           add_text(json, "config_hash", hash) && add_number(json, "runs", s->plan.runs) &&
           add_words(json, "keys", NULL, s->plan.keys, s->plan.key);
}

static cJSON *session_new(const Sweep *s) {
    cJSON *json = cJSON_CreateObject();
    bool good = json && add_words(json, "command", "marrow", s->argc, (const char *const *)s->argv) &&
                add_text(json, "version", version_number) && add_text(json, "git_id", version_git) &&
                add_text(json, "backend", s->backend) && add_number(json, "jobs", s->jobs) &&
                add_number(json, "threads", s->command.threads) && add_number(json, "ranks", ranks_count()) &&
                add_number(json, "index", s->index) && add_number(json, "of", s->of) &&
                add_text(json, "started", s->started) && add_text(json, "result", "running");
    if (good) return json;
    cJSON_Delete(json);
    return NULL;
}

static Status session_add(Sweep *s, cJSON *json) {
    cJSON *sessions = cJSON_GetObjectItemCaseSensitive(json, "sessions");
    if (!cJSON_IsArray(sessions) || s->options.force) {
        cJSON_DeleteItemFromObjectCaseSensitive(json, "sessions");
        sessions = cJSON_AddArrayToObject(json, "sessions");
    }
    s->session = cJSON_GetArraySize(sessions);
    cJSON *session = session_new(s);
    REQUIRE(sessions && session && cJSON_AddItemToArray(sessions, session) &&
                put(json, "result", cJSON_CreateString("running")),
            STATUS_FAILED, RECORD ": out of memory");
    return sweep_file_write(s->options.folder, RECORD, print, json);
}

Status sweep_record_begin(Sweep *s) {
    int lock = -1;
    TRY(sweep_lock(s->options.folder, &lock));
    cJSON *json = record_read(s->options.folder);
    Status status =
        put_origin(json, s) ? session_add(s, json) : status_set(STATUS_FAILED, RECORD ": out of memory");
    cJSON_Delete(json);
    close(lock);
    return status;
}

static const char *result_of(const int *counts) {
    if (counts[SWEEP_WAITING] + counts[SWEEP_UNFINISHED] + counts[SWEEP_STOPPED]) return "stopped";
    return counts[SWEEP_FAILED] ? "failed" : "finished";
}

static bool put_counts(cJSON *json, const int *counts) {
    bool good = put(json, "result", cJSON_CreateString(result_of(counts)));
    for (int i = 0; i < SWEEP_STATES; i++)
        good = good && put(json, sweep_state_names[i], cJSON_CreateNumber(counts[i]));
    return good;
}

static bool session_end(cJSON *json, const Sweep *s, Status status, const char *message) {
    cJSON *session = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(json, "sessions"), s->session);
    const char *result = status == STATUS_OK ? "finished" : status == STATUS_STOPPED ? "stopped" : "failed";
    if (s->options.merge || !session) return true;
    return put(session, "result", cJSON_CreateString(result)) &&
           put(session, "message", cJSON_CreateString(message)) &&
           put(session, "wall_s", cJSON_CreateNumber(progress_now_s() - s->progress.started_s));
}

/* The caller holds the lock. */
Status sweep_record_end(const Sweep *s, const int *counts, Status status, const char *message) {
    cJSON *json = record_read(s->options.folder);
    Status written = session_end(json, s, status, message) && put_counts(json, counts)
                         ? sweep_file_write(s->options.folder, RECORD, print, json)
                         : status_set(STATUS_FAILED, RECORD ": out of memory");
    cJSON_Delete(json);
    return written;
}
