#include "files/export.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files/cytometry.h"
#include "files/snapshot_columns.h"

static const char *const formats[] = {"fcs", "hdf", "csv", "gates"};

Status export_format(const char *name, ExportFormat *out) {
    for (int i = 0; i < 4; i++)
        if (strcmp(formats[i], name) == 0) {
            *out = (ExportFormat)i;
            return STATUS_OK;
        }
    return status_set(STATUS_BAD_INPUT, "--format %s: takes fcs, hdf, csv or gates", name);
}

/* ---- which cells ---- */

/* "0, 7, 14 and 21": the days there are, the first ones if they are many. */
static void days_text(const SnapshotList *list, char out[200]) {
    size_t used = 0;
    for (int i = 0; i < list->count && used < 150; i++)
        used +=
            (size_t)snprintf(out + used, 200 - used, "%s%.6g", i ? ", " : "", list->entries[i].time_h / 24);
    if (used >= 150) snprintf(out + used, 200 - used, " and later");
}

static Status pick(const Export *what, const SnapshotList *list, int *index) {
    char days[200];
    REQUIRE(list->count > 0, STATUS_BAD_INPUT, "%s: has no snapshots; run it with --snapshot-every DAYS",
            what->folder);
    *index = isnan(what->at_day) ? list->count - 1 : snapshot_list_find(list, 24 * what->at_day);
    days_text(list, days);
    REQUIRE(*index >= 0, STATUS_BAD_INPUT, "--at %g: %s has no snapshot so early; there are days %s",
            what->at_day, what->folder, days);
    return STATUS_OK;
}

static bool wanted(const SnapshotClass *cls, const char *cells) {
    return !cells || strncmp(cls->label, cells, strlen(cells)) == 0;
}

/* Keeps the cells of the classes wanted; all classes stay known. */
static Status keep(Snapshot *s, const char *cells) {
    Agents *a = &s->agents;
    size_t kept = 0;
    bool any = false;
    for (int c = 0; c < s->class_count; c++) any = any || wanted(&s->cls[c], cells);
    REQUIRE(any, STATUS_BAD_INPUT, "--cells %s: no class begins so; there are %s, %s and others", cells,
            s->class_count ? s->cls[0].label : "none",
            s->class_count ? s->cls[s->class_count - 1].label : "none");
    for (size_t i = 0; i < a->count; i++) {
        if (!wanted(&s->cls[a->cls[i]], cells)) continue;
        s->weight[kept] = s->weight[i];
        agents_move(a, i, kept++);
    }
    a->count = kept;
    return STATUS_OK;
}

/* ---- where to ---- */

/* The run's folder by its own name, wherever it was called from. */
static void own_name(const char *folder, char out[128]) {
    char *real = realpath(folder, NULL);
    const char *path = real ? real : folder, *slash = strrchr(path, '/');
    snprintf(out, 128, "%s", slash && slash[1] ? slash + 1 : "marrow");
    free(real);
}

static void default_file(const Export *what, double time_h, char out[RUN_PATH]) {
    char name[128];
    own_name(what->folder, name);
    if (what->format == EXPORT_GATES)
        snprintf(out, RUN_PATH, "%s-gates.csv", name);
    else
        snprintf(out, RUN_PATH, "%s-day%.6g.%s", name, time_h / 24, formats[what->format]);
}

/* A file by its path: the folder it is in stays open until file_close. */
typedef struct Target {
    RunFolder folder;
    RunFile file;
    char path[RUN_PATH], parent[RUN_PATH];
} Target;

static void target_close(Target *t) {
    run_file_close(&t->file);
    run_folder_close(&t->folder);
}

static Status target_open(Target *t, bool force) {
    char *slash;
    REQUIRE(
        force || access(t->path, F_OK) != 0, STATUS_BAD_INPUT,
        "%s: is there already and stays as it is; choose another file with -o, or replace it with --force",
        t->path);
    memcpy(t->parent, t->path, sizeof t->parent);
    slash = strrchr(t->parent, '/');
    if (slash) slash[slash == t->parent] = '\0'; /* the root keeps its slash */
    t->folder.path = slash ? t->parent : ".";
    t->folder.handle = open(t->folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (t->folder.handle < 0) {
        t->folder.path = NULL;
        return status_set(STATUS_FAILED, "%s: cannot be written: %s; choose another file with -o", t->path,
                          strerror(errno));
    }
    const char *name = strrchr(t->path, '/');
    return run_file_whole(&t->file, &t->folder, name ? name + 1 : t->path);
}

/* ---- the formats ---- */

static Status one_snapshot(const Export *what, const SnapshotEntry *entry, Target *t, size_t *cells) {
    Snapshot s;
    TRY(snapshot_read(&s, what->folder, entry->number));
    Status status = keep(&s, what->cells);
    if (status == STATUS_OK && what->format == EXPORT_FCS) status = export_fcs(&s, t->file.text);
    if (status == STATUS_OK && what->format == EXPORT_CSV) status = export_csv(&s, t->file.text);
    if (status == STATUS_OK && what->format == EXPORT_HDF) status = snapshot_put(&s, 1, t->file.text);
    *cells = s.agents.count;
    snapshot_destroy(&s);
    return status;
}

static Status all_gates(const Export *what, const SnapshotList *list, Target *t) {
    gates_write_header(t->file.text);
    for (int i = 0; i < list->count; i++) {
        Snapshot s;
        Gates gates;
        TRY(snapshot_read(&s, what->folder, list->entries[i].number));
        const MrdAssay assay = gates_assay(&s);
        Status status = gates_measure(&s, &assay, &gates);
        if (status == STATUS_OK) gates_write(&gates, t->file.text);
        snapshot_destroy(&s);
        TRY(status);
    }
    return STATUS_OK;
}

static void say(const Export *what, const SnapshotEntry *entry, const char *path, size_t cells) {
    printf("%s: %zu cells of day %.6g", path, cells, entry->time_h / 24);
    if (!isnan(what->at_day) && fabs(entry->time_h / 24 - what->at_day) > 1e-6)
        printf(", the last snapshot before day %.6g", what->at_day);
    putchar('\n');
}

static Status write_from(const Export *what, const SnapshotList *list, Target *t) {
    int index = 0;
    size_t cells = 0;
    bool gates = what->format == EXPORT_GATES;
    TRY(pick(what, list, &index));
    if (what->file)
        snprintf(t->path, sizeof t->path, "%s", what->file);
    else
        default_file(what, list->entries[index].time_h, t->path);
    TRY(target_open(t, what->force));
    TRY(gates ? all_gates(what, list, t) : one_snapshot(what, &list->entries[index], t, &cells));
    TRY(run_file_commit(&t->file));
    if (gates)
        printf("%s: %d snapshots\n", t->path, list->count);
    else
        say(what, &list->entries[index], t->path, cells);
    return STATUS_OK;
}

Status export_write(const Export *what) {
    SnapshotList list;
    Target target = {0};
    TRY(snapshot_list(&list, what->folder));
    Status status = write_from(what, &list, &target);
    target_close(&target);
    snapshot_list_destroy(&list);
    return status;
}
