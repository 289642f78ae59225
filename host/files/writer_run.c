#include "files/writer_run.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/version.h"

void run_record_start(RunRecord *record) {
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(record->started, sizeof record->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static bool add_text(cJSON *json, const char *name, const char *text) {
    return cJSON_AddStringToObject(json, name, text) != NULL;
}

static bool add_number(cJSON *json, const char *name, double value) {
    return cJSON_AddNumberToObject(json, name, value) != NULL;
}

static bool add_hash(cJSON *json, const char *name, uint64_t hash) {
    char hex[17];
    snprintf(hex, sizeof hex, "%016" PRIx64, hash);
    return add_text(json, name, hex);
}

static bool add_command(cJSON *json, const RunRecord *r) {
    cJSON *words = cJSON_AddArrayToObject(json, "command");
    bool good = words && cJSON_AddItemToArray(words, cJSON_CreateString("marrow"));
    for (int i = 0; good && i < r->argc; i++)
        good = cJSON_AddItemToArray(words, cJSON_CreateString(r->argv[i]));
    return good;
}

static bool add_origin(cJSON *json, const RunRecord *r) {
    char hash[17];
    config_hash(r->config, hash);
    return add_text(json, "version", version_number) && add_text(json, "git_id", version_git) &&
           add_command(json, r) && add_text(json, "config_hash", hash) &&
           add_number(json, "seed", (double)r->config->simulation.seed) &&
           add_text(json, "drug", r->config->drug.name) &&
           add_text(json, "backend", r->backend->calls->name) &&
           add_text(json, "device", r->backend->device) && add_number(json, "threads", r->backend->threads) &&
           add_number(json, "ranks", r->backend->ranks);
}

static bool add_cost(cJSON *json, const RunRecord *r) {
    double rate = r->wall_s > 0 ? (double)(r->cost.agent_steps - r->agent_steps_before) / r->wall_s : 0;
    return add_text(json, "started", r->started) && add_number(json, "wall_s", r->wall_s) &&
           add_number(json, "time_h", r->time_h) && add_number(json, "resumed_from_h", r->resumed_from_h) &&
           add_number(json, "steps", (double)r->cost.steps) &&
           add_number(json, "agent_steps", (double)r->cost.agent_steps) &&
           add_number(json, "agent_steps_per_s", rate) &&
           add_number(json, "peak_agents", (double)r->cost.peak_agents) &&
           add_number(json, "peak_bytes", (double)r->cost.bytes);
}

static bool add_result(cJSON *json, const RunRecord *r) {
    return add_number(json, "imbalance_cells", (double)r->imbalance_cells) &&
           add_hash(json, "state_hash", r->state_hash) && add_text(json, "result", r->result) &&
           add_text(json, "message", r->message);
}

static char *record_text(const RunRecord *r) {
    cJSON *json = cJSON_CreateObject();
    char *text =
        json && add_origin(json, r) && add_cost(json, r) && add_result(json, r) ? cJSON_Print(json) : NULL;
    cJSON_Delete(json);
    return text;
}

Status run_record_write(const RunRecord *record, const RunFolder *folder) {
    char *text = record_text(record);
    REQUIRE(text, STATUS_FAILED, "run.json: out of memory");
    RunFile file = {0};
    Status status = run_file_whole(&file, folder, "run.json");
    if (status == STATUS_OK) {
        fprintf(file.text, "%s\n", text);
        status = run_file_commit(&file);
    }
    run_file_close(&file);
    free(text);
    return status;
}
