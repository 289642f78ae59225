#include "files/crate_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "files/crate.h"
#include "files/csv_table.h"
#include "files/run_folder.h"

#define SPECIFICATION "https://w3id.org/ro/crate/1.1"
#define PROFILE "https://w3id.org/ro/wfrun/process/0.5"
#define MIT "https://spdx.org/licenses/MIT"

const char *crate_field(const cJSON *object, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

static void note(CrateGraph *g, const void *made) {
    g->broken = g->broken || !made;
}

cJSON *crate_entity(CrateGraph *g, const char *id, const char *type) {
    cJSON *entity = cJSON_CreateObject();
    note(g, entity);
    crate_text(g, entity, "@id", id);
    crate_text(g, entity, "@type", type);
    if (!entity || !cJSON_AddItemToArray(g->list, entity)) g->broken = true;
    return entity;
}

void crate_text(CrateGraph *g, cJSON *entity, const char *name, const char *text) {
    note(g, cJSON_AddStringToObject(entity, name, text));
}

void crate_refer(CrateGraph *g, cJSON *entity, const char *name, const char *id) {
    cJSON *reference = cJSON_AddObjectToObject(entity, name);
    note(g, reference);
    crate_text(g, reference, "@id", id);
}

cJSON *crate_references(CrateGraph *g, cJSON *entity, const char *name) {
    cJSON *references = cJSON_AddArrayToObject(entity, name);
    note(g, references);
    return references;
}

void crate_reference_add(CrateGraph *g, cJSON *references, const char *id) {
    cJSON *reference = cJSON_CreateObject();
    note(g, reference);
    crate_text(g, reference, "@id", id);
    if (!reference || !cJSON_AddItemToArray(references, reference)) g->broken = true;
}

/* --- what every crate begins with --- */

static void work(CrateGraph *g, const char *id, const char *name, const char *property, const char *value) {
    cJSON *entity = crate_entity(g, id, "CreativeWork");
    crate_text(g, entity, "name", name);
    crate_text(g, entity, property, value);
}

static void descriptor(CrateGraph *g) {
    cJSON *entity = crate_entity(g, CRATE, "CreativeWork");
    crate_refer(g, entity, "conformsTo", SPECIFICATION);
    crate_refer(g, entity, "about", "./");
}

static void root(CrateGraph *g, const char *name, const char *text) {
    g->root = crate_entity(g, "./", "Dataset");
    crate_refer(g, g->root, "conformsTo", PROFILE);
    crate_text(g, g->root, "name", name);
    crate_text(g, g->root, "description", text);
    crate_refer(g, g->root, "license", "#terms");
    g->parts = crate_references(g, g->root, "hasPart");
}

static void program(CrateGraph *g) {
    char version[160];
    snprintf(version, sizeof version, "%.60s (git %.80s)", crate_field(g->record, "version"),
             crate_field(g->record, "git_id"));
    cJSON *entity = crate_entity(g, "#marrow", "SoftwareApplication");
    crate_text(g, entity, "name", "marrow");
    crate_text(g, entity, "softwareVersion", version);
    crate_text(
        g, entity, "description",
        "Simulates leukaemia treatment cell by cell. Research and teaching; not for treating patients.");
    crate_refer(g, entity, "license", MIT);
}

static Status record_read(CrateGraph *g, const char *name) {
    char *text = NULL;
    TRY(folder_file_read(g->folder, name, &text));
    g->record = cJSON_Parse(text);
    free(text);
    REQUIRE(cJSON_IsObject(g->record), STATUS_BAD_INPUT, "%s/%s: is no JSON object; run it again", g->folder,
            name);
    return STATUS_OK;
}

Status crate_graph_open(CrateGraph *g, const char *folder, const char *record, const char *name,
                        const char *text) {
    *g = (CrateGraph){.folder = folder};
    TRY(record_read(g, record));
    g->json = cJSON_CreateObject();
    crate_text(g, g->json, "@context", SPECIFICATION "/context");
    g->list = crate_references(g, g->json, "@graph");
    g->result = cJSON_CreateArray();
    REQUIRE(g->json && g->list && g->result && !g->broken, STATUS_FAILED, CRATE ": out of memory");
    descriptor(g);
    root(g, name, text);
    work(g, PROFILE, "Process Run Crate", "version", "0.5");
    work(g, "#terms", "Terms of the person who ran it", "description",
         "These files are the work of the person who ran the program, who decides how they may be used; the "
         "program "
         "claims no rights in them. They are for research and teaching, not for treating patients.");
    work(g, MIT, "MIT License", "description", "The licence of the program marrow.");
    program(g);
    return STATUS_OK;
}

/* --- files --- */

void crate_file(CrateGraph *g, const char *path, const CrateFile *file, cJSON *parts) {
    char whole[RUN_PATH], size[32];
    struct stat about;
    if (run_path(whole, g->folder, path) != STATUS_OK || stat(whole, &about) != 0 || !S_ISREG(about.st_mode))
        return;
    snprintf(size, sizeof size, "%lld", (long long)about.st_size);
    cJSON *entity = crate_entity(g, path, "File");
    crate_text(g, entity, "name", path);
    crate_text(g, entity, "description", file->text);
    crate_text(g, entity, "encodingFormat", file->format);
    crate_text(g, entity, "contentSize", size);
    crate_reference_add(g, parts, path);
    if (!file->input) crate_reference_add(g, g->result, path);
}

void crate_files(CrateGraph *g, const CrateFile *files, int count) {
    for (int i = 0; i < count; i++) crate_file(g, files[i].name, &files[i], g->parts);
}

/* --- what was done --- */

/* ISO 8601, `seconds` after `started`. */
static void later(const char *started, double seconds, char out[32]) {
    struct tm utc = {0};
    snprintf(out, 32, "%.31s", started);
    if (!strptime(started, "%Y-%m-%dT%H:%M:%SZ", &utc)) return;
    time_t end = timegm(&utc) + (time_t)(seconds + 0.5);
    gmtime_r(&end, &utc);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static void times(CrateGraph *g, cJSON *action, const cJSON *made) {
    char end[32];
    const char *started = crate_field(made, "started");
    const cJSON *wall = cJSON_GetObjectItemCaseSensitive(made, "wall_s");
    later(started, cJSON_IsNumber(wall) ? wall->valuedouble : 0, end);
    crate_text(g, action, "startTime", started);
    crate_text(g, action, "endTime", end);
    cJSON_DeleteItemFromObjectCaseSensitive(g->root, "datePublished");
    crate_text(g, g->root, "datePublished", end);
}

static void status(CrateGraph *g, cJSON *action, const cJSON *made) {
    bool done = strcmp(crate_field(made, "result"), "finished") == 0;
    crate_refer(g, action, "actionStatus",
                done ? "http://schema.org/CompletedActionStatus" : "http://schema.org/FailedActionStatus");
    if (crate_field(made, "message")[0]) crate_text(g, action, "error", crate_field(made, "message"));
}

/* The command as one line. */
static void command(CrateGraph *g, cJSON *action, const cJSON *made) {
    char *line = NULL;
    size_t length;
    FILE *memory = open_memstream(&line, &length);
    const cJSON *word;
    note(g, memory);
    if (!memory) return;
    cJSON_ArrayForEach(word, cJSON_GetObjectItemCaseSensitive(made, "command")) {
        fprintf(memory, "%s%s", ftell(memory) ? " " : "", cJSON_IsString(word) ? word->valuestring : "");
    }
    if (fclose(memory) == 0)
        crate_text(g, action, "description", line);
    else
        g->broken = true;
    free(line);
}

/* KEY=VALUE as the command said it, and whatever else decides the result. */
static void parameter(CrateGraph *g, cJSON *objects, const char *action, int number, const char *assignment) {
    char id[96], name[256];
    const char *equals = strchr(assignment, '=');
    if (!equals) return;
    snprintf(id, sizeof id, "%.64s-parameter-%d", action, number);
    snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
    cJSON *entity = crate_entity(g, id, "PropertyValue");
    crate_text(g, entity, "name", name);
    crate_text(g, entity, "value", equals + 1);
    crate_reference_add(g, objects, id);
}

/* What followed -s or --set, and what was varied. */
static void parameters(CrateGraph *g, cJSON *objects, const char *action, const cJSON *made) {
    static const char *const options[] = {"-s", "--set", "--vary"};
    const cJSON *word;
    const char *before = "";
    int number = 1;
    cJSON_ArrayForEach(word, cJSON_GetObjectItemCaseSensitive(made, "command")) {
        const char *text = cJSON_IsString(word) ? word->valuestring : "";
        for (int i = 0; i < 3; i++)
            if (strcmp(before, options[i]) == 0) parameter(g, objects, action, number++, text);
        before = text;
    }
}

static bool is_there(const CrateGraph *g, const char *id) {
    const cJSON *entity;
    cJSON_ArrayForEach(entity, g->list) {
        if (strcmp(crate_field(entity, "@id"), id) == 0) return true;
    }
    return false;
}

void crate_action(CrateGraph *g, const char *id, const char *name, const cJSON *made,
                  const char *const *inputs, int count) {
    cJSON *action = crate_entity(g, id, "CreateAction");
    crate_text(g, action, "name", name);
    command(g, action, made);
    crate_refer(g, action, "instrument", "#marrow");
    cJSON *objects = crate_references(g, action, "object");
    for (int i = 0; i < count; i++)
        if (is_there(g, inputs[i])) crate_reference_add(g, objects, inputs[i]);
    parameters(g, objects, id, made);
    cJSON *result = cJSON_Duplicate(g->result, true);
    if (!result || !cJSON_AddItemToObject(action, "result", result)) g->broken = true;
    times(g, action, made);
    status(g, action, made);
    cJSON *mentions = cJSON_GetObjectItemCaseSensitive(g->root, "mentions");
    if (!mentions) mentions = crate_references(g, g->root, "mentions");
    crate_reference_add(g, mentions, id);
}

/* --- the end --- */

Status crate_graph_write(CrateGraph *g) {
    RunFolder folder = {g->folder, -1};
    RunFile file = {0};
    char *text = g->broken ? NULL : cJSON_Print(g->json);
    REQUIRE(text, STATUS_FAILED, CRATE ": out of memory");
    Status status = run_file_whole(&file, &folder, CRATE);
    if (status == STATUS_OK) {
        fprintf(file.text, "%s\n", text);
        status = run_file_commit(&file);
    }
    run_file_close(&file);
    free(text);
    return status;
}

void crate_graph_destroy(CrateGraph *g) {
    cJSON_Delete(g->record);
    cJSON_Delete(g->json);
    cJSON_Delete(g->result);
    *g = (CrateGraph){0};
}
