#include "files/crate.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files/crate_graph.h"
#include "files/run_folder.h"

#define NOTICE " Research and teaching; not for treating patients."

static const CrateFile run_files[] = {
    {"config.yaml", "application/yaml",
     "The complete effective config; running it again gives the same bytes.", true},
    {"run.json", "application/json",
     "Version, command, seed, device, time taken, hash of the final state, result.", false},
    {"timeseries.csv", "text/csv", "One row an output interval; names of columns carry units.", false},
    {"events.csv", "text/csv", "Doses as given, and what else happened, in order.", false},
    {"doses.csv", "text/csv", "Realised dosing as a NONMEM event table.", false},
    {"labs.csv", "text/csv", "Laboratory results at visits.", false},
    {"outcome.json", "application/json", "Response, adverse events and end points of this patient.", false},
    {"checkpoint.hdf", "application/x-hdf5", "The state of the run, from which it can go on.", false},
    {"checkpoint-previous.hdf", "application/x-hdf5", "The checkpoint before that.", false},
    {"report.html", "text/html", "Key figures, plots and tables for people.", false},
};

static const CrateFile sweep_files[] = {
    {"config.yaml", "application/yaml", "What all runs have in common: the complete effective config.", true},
    {"plan.csv", "text/csv", "One row a run: what varies.", true},
    {"runs.csv", "text/csv", "One row a run: what varied, how it ended, figures of its course.", false},
    {"sweep.json", "application/json", "How the sweep stands, and every call that worked on it.", false},
    {"report.html", "text/html", "Plots over what varied and tables, for people.", false},
};

enum {
    RUN_FILES = sizeof run_files / sizeof run_files[0],
    SWEEP_FILES = sizeof sweep_files / sizeof sweep_files[0]
};

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in a folder that begin with a letter or digit, in order; `*count` is 0 if there is no such folder.
 * The caller frees each and the list. */
static char **names_in(const char *path, int *count) {
    char **names = NULL;
    DIR *folder = opendir(path);
    *count = 0;
    if (!folder) return NULL;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char **more = entry->d_name[0] == '.' ? NULL : realloc(names, ((size_t)*count + 1) * sizeof *names);
        if (!more) continue;
        names = more;
        names[*count] = strdup(entry->d_name);
        *count += names[*count] != NULL;
    }
    closedir(folder);
    if (*count) qsort(names, (size_t)*count, sizeof *names, compare);
    return names;
}

static void names_free(char **names, int count) {
    for (int i = 0; i < count; i++) free(names[i]);
    free(names);
}

/* --- a run --- */

static void snapshot_files(CrateGraph *g, char *const *names, int count) {
    static const CrateFile snapshot = {NULL, "application/x-hdf5",
                                       "The cells at one time: HDF5 with units, which ParaView opens too.",
                                       false};
    char path[320];
    cJSON *folder = crate_entity(g, "snapshots/", "Dataset");
    crate_text(g, folder, "name", "snapshots");
    crate_text(g, folder, "description", "The cells themselves, at several times.");
    cJSON *parts = crate_references(g, folder, "hasPart");
    crate_reference_add(g, g->parts, "snapshots/");
    for (int i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (length < 4 || strcmp(names[i] + length - 4, ".hdf") != 0) continue;
        snprintf(path, sizeof path, "snapshots/%s", names[i]);
        crate_file(g, path, &snapshot, parts);
    }
}

static Status snapshots(CrateGraph *g) {
    char path[RUN_PATH];
    int count;
    TRY(run_path(path, g->folder, "snapshots"));
    char **names = names_in(path, &count);
    if (count) snapshot_files(g, names, count);
    names_free(names, count);
    return STATUS_OK;
}

static void final_state(CrateGraph *g) {
    cJSON *entity = crate_entity(g, "#state-hash", "PropertyValue");
    crate_text(g, entity, "name", "state_hash");
    crate_text(g, entity, "description",
               "Digest of every agent's bits at the end: the same run has the same.");
    crate_text(g, entity, "value", crate_field(g->record, "state_hash"));
    crate_reference_add(g, g->result, "#state-hash");
}

static void seed(CrateGraph *g) {
    char text[32];
    cJSON *entity = crate_entity(g, "#seed", "PropertyValue");
    snprintf(text, sizeof text, "%.17g",
             cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(g->record, "seed")));
    crate_text(g, entity, "name", "simulation.seed");
    crate_text(g, entity, "value", text);
}

static Status run_graph(CrateGraph *g, const char *folder) {
    static const char *const inputs[] = {"config.yaml", "#seed"};
    TRY(crate_graph_open(
        g, folder, "run.json", "A run of marrow",
        "The simulated course of one patient with leukaemia under treatment, cell by cell." NOTICE));
    crate_text(g, g->root, "identifier", crate_field(g->record, "config_hash"));
    crate_files(g, run_files, RUN_FILES);
    TRY(snapshots(g));
    seed(g);
    final_state(g);
    crate_action(g, "#run", "The simulation", g->record, inputs, 2);
    return crate_graph_write(g);
}

Status crate_of_run(const char *folder) {
    CrateGraph graph = {0};
    Status status = run_graph(&graph, folder);
    crate_graph_destroy(&graph);
    return status;
}

/* --- a sweep --- */

/* A dataset of its own, described in its own crate. */
static void run_part(CrateGraph *g, const char *name) {
    char id[300], own[340];
    snprintf(id, sizeof id, "runs/%.255s/", name);
    snprintf(own, sizeof own, "%s" CRATE, id);
    cJSON *entity = crate_entity(g, id, "Dataset");
    crate_text(g, entity, "name", name);
    crate_text(g, entity, "description", "One run of the sweep; its files are described in its own crate.");
    crate_reference_add(g, g->parts, id);
    char path[RUN_PATH];
    if (run_path(path, g->folder, own) != STATUS_OK || access(path, F_OK) != 0) return;
    crate_refer(g, entity, "subjectOf", own);
    cJSON *descriptor = crate_entity(g, own, "CreativeWork");
    crate_text(g, descriptor, "encodingFormat", "application/ld+json");
    crate_refer(g, descriptor, "about", id);
}

static Status run_parts(CrateGraph *g) {
    char path[RUN_PATH];
    int count;
    TRY(run_path(path, g->folder, "runs"));
    char **names = names_in(path, &count);
    for (int i = 0; i < count; i++) run_part(g, names[i]);
    names_free(names, count);
    return STATUS_OK;
}

static void sessions(CrateGraph *g) {
    static const char *const inputs[] = {"config.yaml", "plan.csv"};
    const cJSON *session;
    char id[64], name[64];
    int number = 1;
    cJSON_ArrayForEach(session, cJSON_GetObjectItemCaseSensitive(g->record, "sessions")) {
        snprintf(id, sizeof id, "#session-%d", number);
        snprintf(name, sizeof name, "The sweep, call %d", number++);
        crate_action(g, id, name, session, inputs, 2);
    }
}

static Status sweep_graph(CrateGraph *g, const char *folder) {
    TRY(crate_graph_open(
        g, folder, "sweep.json", "A sweep of marrow",
        "Simulated courses of leukaemia under treatment that differ in a few parameters." NOTICE));
    crate_text(g, g->root, "identifier", crate_field(g->record, "config_hash"));
    crate_files(g, sweep_files, SWEEP_FILES);
    TRY(run_parts(g));
    sessions(g);
    return crate_graph_write(g);
}

Status crate_of_sweep(const char *folder) {
    CrateGraph graph = {0};
    Status status = sweep_graph(&graph, folder);
    crate_graph_destroy(&graph);
    return status;
}

Status crate_refresh(const char *folder) {
    char path[RUN_PATH], record[RUN_PATH];
    TRY(run_path(path, folder, CRATE));
    TRY(run_path(record, folder, "sweep.json"));
    if (access(path, F_OK) != 0) return STATUS_OK;
    return access(record, F_OK) == 0 ? crate_of_sweep(folder) : crate_of_run(folder);
}
