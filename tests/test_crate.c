/* ro-crate-metadata.json: whatever it refers to is there, and says what the folder and its record say. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/crate.h"
#include "files/run_folder.h"

#define RECORD                                                                                           \
    "{\"version\": \"0.1.0\", \"git_id\": \"abc\", \"config_hash\": \"0123\", \"seed\": 7, "             \
    "\"command\": [\"marrow\", \"run\", \"c.yaml\", \"-s\", \"simulation.agents=5\", \"--set\", "        \
    "\"dosing.file=a=b.csv\"], \"started\": \"2024-02-28T23:59:58Z\", \"wall_s\": 3.2, \"state_hash\": " \
    "\"ff\", "

static char folder[] = "/tmp/marrow-crate-XXXXXX";

static void put(const char *name, const char *text) {
    char path[RUN_PATH];
    assert_int_equal(run_path(path, folder, name), STATUS_OK);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_folder(const char *name) {
    char path[RUN_PATH];
    assert_int_equal(run_path(path, folder, name), STATUS_OK);
    assert_true(mkdir(path, 0777) == 0);
}

static int setup(void **state) {
    (void)state;
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state) {
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static cJSON *read_crate(void) {
    char path[RUN_PATH], text[65536];
    assert_int_equal(run_path(path, folder, CRATE), STATUS_OK);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    return json;
}

static cJSON *entities(const cJSON *json) {
    return cJSON_GetObjectItemCaseSensitive(json, "@graph");
}

static const char *text_of(const cJSON *entity, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entity, name));
    return text ? text : "";
}

static const cJSON *find(const cJSON *json, const char *id) {
    const cJSON *entity, *found = NULL;
    cJSON_ArrayForEach(entity, entities(json)) {
        if (strcmp(text_of(entity, "@id"), id) != 0) continue;
        assert_null(found); /* no entity twice */
        found = entity;
    }
    return found;
}

static const char *reference(const cJSON *entity, const char *name) {
    return text_of(cJSON_GetObjectItemCaseSensitive(entity, name), "@id");
}

static int holds(const cJSON *entity, const char *list, const char *id) {
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(entity, list)) if (strcmp(text_of(item, "@id"),
                                                                                        id) == 0) return 1;
    return 0;
}

/* References are objects with nothing but an @id; those of the specification itself lead outside. */
static int check_references(const cJSON *json, const cJSON *value) {
    const cJSON *item;
    const char *id = text_of(value, "@id");
    int count = 0;
    if (cJSON_IsObject(value) && *id && cJSON_GetArraySize(value) == 1) {
        bool outside = strstr(id, "://") != NULL;
        if (!outside) assert_non_null(find(json, id));
        return 1;
    }
    cJSON_ArrayForEach(item, value) count += check_references(json, item);
    return count;
}

static int check_files(const cJSON *json) {
    const cJSON *entity;
    int files = 0;
    cJSON_ArrayForEach(entity, entities(json)) {
        char path[RUN_PATH], size[32];
        struct stat about;
        if (strcmp(text_of(entity, "@type"), "File") != 0) continue;
        assert_int_equal(run_path(path, folder, text_of(entity, "@id")), STATUS_OK);
        assert_true(stat(path, &about) == 0);
        snprintf(size, sizeof size, "%lld", (long long)about.st_size);
        assert_string_equal(text_of(entity, "contentSize"), size);
        assert_true(*text_of(entity, "encodingFormat") && *text_of(entity, "description"));
        files++;
    }
    return files;
}

static void check_root(const cJSON *json) {
    const cJSON *root = find(json, "./"), *descriptor = find(json, CRATE);
    assert_string_equal(reference(descriptor, "about"), "./");
    assert_string_equal(reference(descriptor, "conformsTo"), "https://w3id.org/ro/crate/1.1");
    assert_string_equal(reference(root, "conformsTo"), "https://w3id.org/ro/wfrun/process/0.5");
    assert_non_null(strstr(text_of(root, "description"), "not for treating patients"));
    assert_true(*text_of(root, "name") && *text_of(root, "datePublished") && *reference(root, "license"));
}

static void run_crate(void **state) {
    (void)state;
    put("run.json", RECORD "\"result\": \"finished\", \"message\": \"\"}");
    put("config.yaml", "simulation:\n");
    put("timeseries.csv", "time_h\n0\n");
    put("notes.txt", "somebody's own");
    make_folder("snapshots");
    put("snapshots/cells_000000.hdf", "x");
    put("snapshots/cells_000001.hdf.part", "half");
    assert_int_equal(crate_of_run(folder), STATUS_OK);
    cJSON *json = read_crate();
    const cJSON *action = find(json, "#run");
    check_root(json);
    printf("# %d references, %d files\n", check_references(json, json), check_files(json));
    assert_int_equal(check_files(json), 4);
    assert_string_equal(reference(action, "instrument"), "#marrow");
    assert_string_equal(text_of(action, "startTime"), "2024-02-28T23:59:58Z");
    assert_string_equal(text_of(action, "endTime"), "2024-02-29T00:00:01Z"); /* a leap day, too */
    assert_string_equal(reference(action, "actionStatus"), "http://schema.org/CompletedActionStatus");
    assert_true(holds(action, "object", "config.yaml") && holds(action, "result", "timeseries.csv"));
    assert_false(holds(action, "result", "config.yaml"));
    assert_string_equal(text_of(find(json, "#run-parameter-2"), "name"), "dosing.file");
    assert_string_equal(text_of(find(json, "#run-parameter-2"), "value"), "a=b.csv");
    assert_string_equal(text_of(find(json, "#seed"), "value"), "7");
    assert_true(holds(find(json, "snapshots/"), "hasPart", "snapshots/cells_000000.hdf"));
    assert_string_equal(text_of(find(json, "#marrow"), "softwareVersion"), "0.1.0 (git abc)");
    cJSON_Delete(json);
}

static void failed_run(void **state) {
    (void)state;
    put("run.json", RECORD "\"result\": \"failed\", \"message\": \"disk \\\"full\\\"\\n\"}");
    assert_int_equal(crate_of_run(folder), STATUS_OK);
    cJSON *json = read_crate();
    check_references(json, json);
    assert_string_equal(reference(find(json, "#run"), "actionStatus"),
                        "http://schema.org/FailedActionStatus");
    assert_string_equal(text_of(find(json, "#run"), "error"), "disk \"full\"\n");
    cJSON_Delete(json);
}

static void sweep_crate(void **state) {
    (void)state;
    put("sweep.json", "{\"version\": \"1\", \"git_id\": \"a\", \"config_hash\": \"0\", \"sessions\": [" RECORD
                      "\"result\": \"stopped\"}, " RECORD "\"result\": \"finished\"}]}");
    put("plan.csv", "name,simulation.seed\n");
    make_folder("runs");
    make_folder("runs/000001");
    make_folder("runs/000002");
    put("runs/000001/" CRATE, "{}");
    assert_int_equal(crate_of_sweep(folder), STATUS_OK);
    cJSON *json = read_crate();
    check_root(json);
    check_references(json, json);
    assert_true(holds(find(json, "./"), "hasPart", "runs/000002/"));
    assert_true(holds(find(json, "./"), "mentions", "#session-2"));
    assert_string_equal(reference(find(json, "runs/000001/"), "subjectOf"), "runs/000001/" CRATE);
    assert_string_equal(reference(find(json, "runs/000002/"), "subjectOf"), "");
    cJSON_Delete(json);
}

static void refreshed(void **state) {
    (void)state;
    char path[RUN_PATH];
    put("run.json", RECORD "\"result\": \"finished\"}");
    assert_int_equal(run_path(path, folder, CRATE), STATUS_OK);
    assert_int_equal(crate_refresh(folder), STATUS_OK);
    assert_int_not_equal(access(path, F_OK), 0); /* none is made where there was none */
    assert_int_equal(crate_of_run(folder), STATUS_OK);
    put("report.html", "<html>");
    assert_int_equal(crate_refresh(folder), STATUS_OK);
    cJSON *json = read_crate();
    assert_non_null(find(json, "report.html"));
    cJSON_Delete(json);
}

static void no_record(void **state) {
    (void)state;
    assert_int_equal(crate_of_run(folder), STATUS_BAD_INPUT);
    put("run.json", "half a");
    assert_int_equal(crate_of_run(folder), STATUS_BAD_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(run_crate, setup, teardown),
        cmocka_unit_test_setup_teardown(failed_run, setup, teardown),
        cmocka_unit_test_setup_teardown(sweep_crate, setup, teardown),
        cmocka_unit_test_setup_teardown(refreshed, setup, teardown),
        cmocka_unit_test_setup_teardown(no_record, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
