/* A snapshot as a file: the columns under /cells, what they mean, and a /VTKHDF group of hard links to them.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hdf.h"
#include "base/seal.h"
#include "files/snapshot.h"
#include "files/snapshot_columns.h"
#include "kernels/section.h"

typedef struct Making {
    const Snapshot *snapshot;
    hid_t file, cells, vtk, points;
    void *scratch; /* 12 bytes a row, and a row more: for columns made of others */
    int compression;
} Making;

/* The column's values, in scratch where they are not a list already. */
static const void *values_of(const Making *m, const SnapshotColumn *c) {
    const Snapshot *s = m->snapshot;
    const Agents *a = &s->agents;
    u8 *bytes = m->scratch;
    f32 *reals = m->scratch;
    switch (c->from) {
    case FROM_WEIGHT: return s->weight;
    case FROM_WORD: return a->word[c->field];
    case FROM_REAL: return a->real[c->field];
    case FROM_CLASS:
        for (size_t i = 0; i < a->count; i++) bytes[i] = (u8)a->cls[i];
        break;
    case FROM_CLONE:
        for (size_t i = 0; i < a->count; i++) bytes[i] = (u8)s->cls[a->cls[i]].clone;
        break;
    case FROM_DYING:
        for (size_t i = 0; i < a->count; i++) bytes[i] = agent_dying(a, i);
        break;
    case FROM_BUDGET:
        for (size_t i = 0; i < a->count; i++) reals[i] = agent_dying(a, i) ? 0 : a->real[REAL_FATE][i];
        break;
    case FROM_D50:
        for (size_t i = 0; i < a->count; i++)
            reals[i] = agent_dying(a, i) ? 0 : 1 / a->real[REAL_SENSITIVITY][i];
        break;
    }
    return m->scratch;
}

static bool link_to(const Making *m, const char *name, hid_t group, const char *as) {
    return H5Lcreate_hard(m->cells, name, group, as, H5P_DEFAULT, H5P_DEFAULT) >= 0;
}

static bool cells_put(const Making *m) {
    for (int i = 0; i < SNAPSHOT_COLUMNS; i++) {
        const SnapshotColumn *c = &snapshot_columns[i];
        HdfColumn column = {c->name,
                            c->unit,
                            c->text,
                            snapshot_file_type(c),
                            snapshot_memory_type(c),
                            m->snapshot->agents.count,
                            1,
                            values_of(m, c)};
        if (!hdf_column(m->cells, &column, m->compression)) return false;
        if (!link_to(m, c->name, m->points, c->name)) return false;
    }
    return true;
}

static bool position_put(const Making *m) {
    const Agents *a = &m->snapshot->agents;
    f32 *xyz = m->scratch;
    for (size_t i = 0; i < a->count; i++) {
        Spot spot = section_spot(a->word[WORD_ID_LOW][i], a->word[WORD_ID_HIGH][i],
                                 m->snapshot->cls[a->cls[i]].in_vessel);
        xyz[3 * i] = spot.x_um, xyz[3 * i + 1] = spot.y_um, xyz[3 * i + 2] = spot.z_um;
    }
    HdfColumn column = {"position",
                        "um",
                        "where the cell is drawn: scenery, fixed by its identity",
                        H5T_IEEE_F32LE,
                        H5T_NATIVE_FLOAT,
                        a->count,
                        3,
                        xyz};
    return hdf_column(m->cells, &column, m->compression) && link_to(m, "position", m->vtk, "Points");
}

/* One class after the other, in the order of their numbers. */
static bool classes_put(const Making *m) {
    const Snapshot *s = m->snapshot;
    char labels[MAX_CLASSES][SNAPSHOT_LABEL] = {0};
    i64 numbers[6][MAX_CLASSES];
    static const char *const names[6][2] = {{"weight", "cells per agent"},
                                            {"living", "agents"},
                                            {"dying", "agents"},
                                            {"kind", "0: blast, 1: B precursor, 2: mature B cell"},
                                            {"in_vessel", "1: drawn inside a vessel"},
                                            {"clone", "index into cells.blast.clones; -1: healthy"}};
    for (int c = 0; c < s->class_count; c++) {
        memcpy(labels[c], s->cls[c].label, SNAPSHOT_LABEL);
        numbers[0][c] = s->cls[c].weight, numbers[1][c] = s->cls[c].living;
        numbers[2][c] = s->cls[c].dying, numbers[3][c] = s->cls[c].kind;
        numbers[4][c] = s->cls[c].in_vessel, numbers[5][c] = s->cls[c].clone;
    }
    hid_t group = hdf_group(m->file, "classes");
    bool good = hdf_texts(group, "label", labels[0], SNAPSHOT_LABEL, (hsize_t)s->class_count);
    for (int i = 0; good && i < 6; i++) {
        HdfColumn column = {
            names[i][0], names[i][1], NULL, H5T_STD_I64LE, H5T_NATIVE_INT64, (hsize_t)s->class_count,
            1,           numbers[i]};
        good = hdf_column(group, &column, 0);
    }
    H5Gclose(group);
    return good;
}

/* The labels beside the numbers, for who looks at the column alone. */
static bool labels_put(const Making *m) {
    const Snapshot *s = m->snapshot;
    char name[24];
    hid_t set = H5Dopen2(m->cells, "class", H5P_DEFAULT);
    bool good = set >= 0;
    for (int c = 0; good && c < s->class_count; c++) {
        snprintf(name, sizeof name, "class_%02d", c);
        good = hdf_text(set, name, s->cls[c].label);
    }
    if (set >= 0) H5Dclose(set);
    return good;
}

static bool real_put(hid_t object, const char *name, double value) {
    return hdf_numbers(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &value);
}

static bool whole_put(hid_t object, const char *name, i64 value) {
    return hdf_numbers(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, 1, &value);
}

static bool origin_put(const Making *m) {
    const Snapshot *s = m->snapshot;
    i64 agents = 0;
    for (int c = 0; c < s->class_count; c++) agents += s->cls[c].living + s->cls[c].dying;
    return hdf_text(m->file, "program", "marrow") && whole_put(m->file, "snapshot_form", SNAPSHOT_FORM) &&
           hdf_text(m->file, "use", "Research and teaching; not for treating patients") &&
           hdf_text(m->file, "version", s->version) && hdf_text(m->file, "git_id", s->git) &&
           hdf_text(m->file, "config_hash", s->config_hash) && whole_put(m->file, "seed", s->seed) &&
           whole_put(m->file, "number", s->number) && real_put(m->file, "time_h", s->time_h) &&
           whole_put(m->file, "agents", agents) &&
           real_put(m->file, "sampled_fraction", agents ? (double)s->agents.count / (double)agents : 1) &&
           real_put(m->file, "normal_marrow_cells", s->normal_marrow_cells) &&
           hdf_text_set(m->file, "config", s->config);
}

/* ---- /VTKHDF: an unstructured grid of one vertex a cell ---- */

static bool whole_column(const Making *m, const char *name, const i64 *values, hsize_t rows) {
    HdfColumn column = {name, NULL, NULL, H5T_STD_I64LE, H5T_NATIVE_INT64, rows, 1, values};
    return hdf_column(m->vtk, &column, m->compression);
}

static bool grid_put(const Making *m) {
    const i64 version[2] = {1, 0}, count = (i64)m->snapshot->agents.count;
    i64 *numbers = m->scratch;
    u8 *types = m->scratch;
    bool good = hdf_numbers(m->vtk, "Version", H5T_STD_I64LE, H5T_NATIVE_INT64, 2, version) &&
                hdf_text(m->vtk, "Type", "UnstructuredGrid") &&
                whole_column(m, "NumberOfPoints", &count, 1) && whole_column(m, "NumberOfCells", &count, 1) &&
                whole_column(m, "NumberOfConnectivityIds", &count, 1);
    for (i64 i = 0; i <= count; i++) numbers[i] = i;
    good = good && whole_column(m, "Connectivity", numbers, (hsize_t)count) &&
           whole_column(m, "Offsets", numbers, (hsize_t)count + 1);
    memset(types, 1, (size_t)count); /* VTK_VERTEX */
    HdfColumn column = {"Types", NULL, NULL, H5T_STD_U8LE, H5T_NATIVE_UINT8, (hsize_t)count, 1, types};
    return good && hdf_column(m->vtk, &column, m->compression);
}

static bool image_fill(Making *m, HdfImage *out) {
    m->cells = hdf_group(m->file, "cells");
    m->vtk = hdf_group(m->file, "VTKHDF");
    m->points = hdf_group(m->vtk, "PointData");
    bool good = m->cells >= 0 && m->vtk >= 0 && m->points >= 0 && origin_put(m) && classes_put(m) &&
                cells_put(m) && labels_put(m) && position_put(m) && grid_put(m);
    H5Gclose(m->points);
    H5Gclose(m->vtk);
    H5Gclose(m->cells);
    return good && hdf_image_take(m->file, out);
}

static Status image_make(const Snapshot *s, int compression, HdfImage *out) {
    Making m = {.snapshot = s, .compression = compression};
    m.scratch = malloc((s->agents.count + 1) * 12);
    m.file = hdf_memory_create();
    bool good = m.scratch && m.file >= 0 && image_fill(&m, out);
    if (m.file >= 0) H5Fclose(m.file);
    free(m.scratch);
    REQUIRE(good, STATUS_FAILED, "snapshot: HDF5 could not put it together; most likely memory is short");
    return STATUS_OK;
}

/* ---- on disk ---- */

/* So that after a power cut the name is there too. */
static void folder_sync(const RunFolder *folder) {
    int handle = openat(folder->handle, SNAPSHOT_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return;
    fsync(handle);
    close(handle);
}

Status snapshot_put(const Snapshot *s, int compression, FILE *out) {
    HdfImage image = {0};
    Status status = image_make(s, compression, &image);
    if (status == STATUS_OK) {
        Seal seal = seal_of(image.bytes, image.length); /* HDF5 and its readers do not mind what follows */
        fwrite(image.bytes, 1, image.length, out);
        fwrite(&seal, sizeof seal, 1, out);
    }
    free(image.bytes);
    return status;
}

Status snapshot_write(const Snapshot *s, const RunFolder *folder, int compression) {
    RunFile file = {0};
    char name[SNAPSHOT_NAME];
    mkdirat(folder->handle, SNAPSHOT_FOLDER, 0777); /* what fails here fails again when the file is opened */
    Status status = run_file_whole(&file, folder, snapshot_name(s->number, name));
    if (status == STATUS_OK) status = snapshot_put(s, compression, file.text);
    if (status == STATUS_OK) status = run_file_commit(&file);
    run_file_close(&file);
    if (status == STATUS_OK) folder_sync(folder);
    return status;
}
