#include "files/snapshot_read.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hdf.h"
#include "base/seal.h"
#include "files/snapshot_columns.h"

/* ---- one file ---- */

static bool real_get(hid_t object, const char *name, double *out) {
    hid_t at = H5Aopen(object, name, H5P_DEFAULT);
    bool good = at >= 0 && H5Aread(at, H5T_NATIVE_DOUBLE, out) >= 0;
    if (at >= 0) H5Aclose(at);
    return good;
}

static bool whole_get(hid_t object, const char *name, i64 *out) {
    hid_t at = H5Aopen(object, name, H5P_DEFAULT);
    bool good = at >= 0 && H5Aread(at, H5T_NATIVE_INT64, out) >= 0;
    if (at >= 0) H5Aclose(at);
    return good;
}

/* A text of at most room - 1 letters; longer ones are refused. */
static bool text_get(hid_t object, const char *name, char *out, size_t room) {
    hid_t at = H5Aopen(object, name, H5P_DEFAULT);
    if (at < 0) return false;
    hid_t type = H5Aget_type(at);
    memset(out, 0, room);
    bool good = H5Tget_class(type) == H5T_STRING && !H5Tis_variable_str(type) && H5Tget_size(type) < room &&
                H5Aread(at, type, out) >= 0;
    H5Tclose(type);
    H5Aclose(at);
    return good;
}

/* All of a data set of `rows` rows, as `type`, 4 or 8 bytes a row. */
static bool column_get(hid_t group, const char *name, hid_t type, size_t rows, void *out) {
    hid_t set = H5Dopen2(group, name, H5P_DEFAULT);
    if (set < 0) return false;
    hid_t space = H5Dget_space(set);
    bool good = H5Sget_simple_extent_npoints(space) == (hssize_t)rows;
    H5Sclose(space);
    if (good && rows) good = H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0;
    H5Dclose(set);
    return good;
}

/* Rows of a data set; -1 if there is none of that name. */
static hssize_t rows_of(hid_t group, const char *name) {
    hid_t set = H5Dopen2(group, name, H5P_DEFAULT);
    if (set < 0) return -1;
    hid_t space = H5Dget_space(set);
    hssize_t rows = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    H5Dclose(set);
    return rows;
}

static bool labels_get(hid_t group, Snapshot *s) {
    char labels[MAX_CLASSES][SNAPSHOT_LABEL];
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, SNAPSHOT_LABEL);
    bool good = column_get(group, "label", type, (size_t)s->class_count, labels);
    H5Tclose(type);
    for (int c = 0; good && c < s->class_count; c++)
        snprintf(s->cls[c].label, SNAPSHOT_LABEL, "%.*s", SNAPSHOT_LABEL - 1, labels[c]);
    return good;
}

static bool classes_get(hid_t file, Snapshot *s) {
    i64 n[6][MAX_CLASSES];
    static const char *const names[6] = {"weight", "living", "dying", "kind", "in_vessel", "clone"};
    hid_t group = H5Gopen2(file, "classes", H5P_DEFAULT);
    hssize_t count = group >= 0 ? rows_of(group, "label") : -1;
    bool good = count >= 0 && count <= (hssize_t)MAX_CLASSES;
    s->class_count = good ? (int)count : 0;
    good = good && labels_get(group, s);
    for (int i = 0; good && i < 6; i++)
        good = column_get(group, names[i], H5T_NATIVE_INT64, (size_t)s->class_count, n[i]);
    for (int c = 0; good && c < s->class_count; c++) {
        SnapshotClass *cls = &s->cls[c];
        cls->weight = n[0][c], cls->living = n[1][c], cls->dying = n[2][c];
        cls->kind = (CellKind)n[3][c], cls->in_vessel = n[4][c] != 0, cls->clone = (int)n[5][c];
    }
    if (group >= 0) H5Gclose(group);
    return good;
}

/* Columns that are lists of agents as they are; the others are made of them. */
static bool cells_get(hid_t cells, Snapshot *s) {
    Agents *a = &s->agents;
    bool good = column_get(cells, "class", H5T_NATIVE_UINT32, a->count, a->cls) &&
                column_get(cells, "weight", H5T_NATIVE_DOUBLE, a->count, s->weight) &&
                column_get(cells, "fate_budget", H5T_NATIVE_FLOAT, a->count, a->real[REAL_FATE]) &&
                column_get(cells, "d50", H5T_NATIVE_FLOAT, a->count, a->real[REAL_SENSITIVITY]);
    for (int i = 0; good && i < SNAPSHOT_COLUMNS; i++) {
        const SnapshotColumn *c = &snapshot_columns[i];
        void *list = c->from == FROM_REAL   ? (void *)a->real[c->field]
                     : c->from == FROM_WORD ? (void *)a->word[c->field]
                                            : NULL;
        if (list) good = column_get(cells, c->name, snapshot_memory_type(c), a->count, list);
    }
    return good;
}

static bool cells_check(hid_t cells, Snapshot *s) {
    Agents *a = &s->agents;
    u32 *dying = malloc((a->count + 1) * sizeof *dying);
    bool good = dying && column_get(cells, "dying", H5T_NATIVE_UINT32, a->count, dying);
    for (size_t i = 0; good && i < a->count; i++) {
        good = a->cls[i] < (u32)s->class_count;
        if (dying[i]) a->real[REAL_FATE][i] = FOREVER;
        a->real[REAL_SENSITIVITY][i] = dying[i] ? 0 : 1 / a->real[REAL_SENSITIVITY][i];
    }
    free(dying);
    return good;
}

static bool agents_get(hid_t file, Snapshot *s) {
    hid_t cells = H5Gopen2(file, "cells", H5P_DEFAULT);
    hssize_t count = cells >= 0 ? rows_of(cells, "class") : -1;
    bool good = count >= 0 && agents_room(&s->agents, (size_t)count + 1) == STATUS_OK;
    s->agents.count = good ? (size_t)count : 0;
    s->weight = malloc((s->agents.count + 1) * sizeof *s->weight);
    good = good && s->weight && cells_get(cells, s) && cells_check(cells, s);
    if (cells >= 0) H5Gclose(cells);
    return good;
}

static bool config_get(hid_t file, Snapshot *s) {
    hid_t set = H5Dopen2(file, "config", H5P_DEFAULT);
    if (set < 0) return false;
    hid_t type = H5Dget_type(set);
    size_t length = H5Tget_size(type);
    bool good = H5Tget_class(type) == H5T_STRING && (s->config = calloc(1, length + 1)) != NULL &&
                H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, s->config) >= 0;
    H5Tclose(type);
    H5Dclose(set);
    return good;
}

static bool origin_get(hid_t file, Snapshot *s) {
    i64 number;
    bool good = whole_get(file, "number", &number) && whole_get(file, "seed", &s->seed) &&
                real_get(file, "time_h", &s->time_h) &&
                real_get(file, "normal_marrow_cells", &s->normal_marrow_cells) &&
                text_get(file, "version", s->version, sizeof s->version) &&
                text_get(file, "git_id", s->git, sizeof s->git) &&
                text_get(file, "config_hash", s->config_hash, sizeof s->config_hash);
    s->number = good ? (int)number : 0;
    return good;
}

static Status path_of(char path[RUN_PATH], const char *folder, const char *name) {
    int length = snprintf(path, RUN_PATH, "%s/%s", folder, name);
    REQUIRE(length < RUN_PATH, STATUS_BAD_INPUT, "%.60s...: the path is too long", folder);
    return STATUS_OK;
}

/* All bytes of the file but its seal, which is unbroken: HDF5 is no judge of damage. */
static Status bytes_read(const char *path, void **bytes, size_t *length) {
    struct stat about;
    FILE *file = fopen(path, "r");
    REQUIRE(file, STATUS_BAD_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    *length = fstat(fileno(file), &about) == 0 ? (size_t)about.st_size : 0;
    *bytes = malloc(*length + 1);
    bool good = *bytes && fread(*bytes, 1, *length, file) == *length;
    fclose(file);
    REQUIRE(good, STATUS_FAILED, "%s: cannot be read, or memory is short", path);
    if (seal_check(*bytes, length) == STATUS_OK) return STATUS_OK;
    char what[64];
    snprintf(what, sizeof what, "%s", status_message());
    return status_set(STATUS_BAD_INPUT, "%s: %s; run it again, or take the file away", path, what);
}

static hid_t image_open(void *bytes, size_t length) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5Pset_fapl_core(access, 1 << 20, false);
    H5Pset_file_image(access, bytes, length);
    hid_t file = H5Fopen("snapshot", H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return file;
}

/* Opens a file of our form, in memory. */
static Status file_open(hid_t *file, const char *path) {
    i64 form = 0;
    void *bytes = NULL;
    size_t length = 0;
    Status status = bytes_read(path, &bytes, &length);
    if (status == STATUS_OK) *file = image_open(bytes, length);
    free(bytes);
    TRY(status);
    if (*file >= 0 && whole_get(*file, "snapshot_form", &form) && form == SNAPSHOT_FORM) return STATUS_OK;
    if (*file >= 0) H5Fclose(*file);
    return status_set(STATUS_BAD_INPUT, "%s: is no snapshot of this version; run it again", path);
}

Status snapshot_read(Snapshot *out, const char *folder, int number) {
    char path[RUN_PATH], name[SNAPSHOT_NAME];
    hid_t file;
    *out = (Snapshot){0};
    TRY(path_of(path, folder, snapshot_name(number, name)));
    TRY(file_open(&file, path));
    bool good =
        origin_get(file, out) && config_get(file, out) && classes_get(file, out) && agents_get(file, out);
    H5Fclose(file);
    if (good) return STATUS_OK;
    snapshot_destroy(out);
    return status_set(STATUS_BAD_INPUT, "%s: is damaged, or memory is short; run it again", path);
}

/* ---- a folder ---- */

void snapshot_list_destroy(SnapshotList *list) {
    free(list->entries);
    *list = (SnapshotList){0};
}

static Status list_add(SnapshotList *list, const char *folder, int number) {
    char path[RUN_PATH], name[SNAPSHOT_NAME];
    hid_t file;
    SnapshotEntry *grown = realloc(list->entries, ((size_t)list->count + 1) * sizeof *grown);
    REQUIRE(grown, STATUS_FAILED, "snapshots: out of memory");
    list->entries = grown;
    TRY(path_of(path, folder, snapshot_name(number, name)));
    TRY(file_open(&file, path));
    SnapshotEntry *entry = &list->entries[list->count++];
    entry->number = number;
    bool good = real_get(file, "time_h", &entry->time_h);
    H5Fclose(file);
    REQUIRE(good, STATUS_BAD_INPUT, "%s: is damaged; run it again, or take the file away", path);
    return STATUS_OK;
}

static int by_time(const void *a, const void *b) {
    const SnapshotEntry *x = a, *y = b;
    return (x->time_h > y->time_h) - (x->time_h < y->time_h);
}

Status snapshot_list(SnapshotList *out, const char *folder) {
    char path[RUN_PATH];
    Status status = STATUS_OK;
    *out = (SnapshotList){0};
    TRY(path_of(path, folder, SNAPSHOT_FOLDER));
    DIR *open = opendir(path);
    if (!open && errno == ENOENT) return STATUS_OK;
    REQUIRE(open, STATUS_BAD_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    for (const struct dirent *entry; status == STATUS_OK && (entry = readdir(open)) != NULL;)
        if (snapshot_number(entry->d_name) >= 0)
            status = list_add(out, folder, snapshot_number(entry->d_name));
    closedir(open);
    if (status != STATUS_OK) snapshot_list_destroy(out);
    if (out->count > 1) qsort(out->entries, (size_t)out->count, sizeof *out->entries, by_time);
    return status;
}

int snapshot_list_find(const SnapshotList *list, double time_h) {
    int found = -1;
    for (int i = 0; i < list->count; i++)
        if (list->entries[i].time_h <= time_h + 1e-6) found = i;
    return found;
}
