#include "checkpoint_hdf.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

/* Where each piece of SimBytes goes, as what, in which unit. */
typedef struct Column {
    const char *name, *unit;
    enum { BYTES, WORDS, REALS } type;
} Column;

static const Column columns[SIM_PIECES] = {
    {"state", "bytes of this version's structs", BYTES},
    {"dosing", "bytes of this version's structs", BYTES},
    {"dosing_plan", "bytes of this version's structs", BYTES},
    {"dosing_running", "bytes of this version's structs", BYTES},
    {"agents_class", "index of the class of cells", WORDS},
    {"agents_cd22_free", "molecules per cell", REALS},
    {"agents_cd22_bound", "molecules per cell", REALS},
    {"agents_conjugate_inside", "molecules per cell", REALS},
    {"agents_payload", "molecules per cell", REALS},
    {"agents_dna_breaks", "breaks per cell", REALS},
    {"agents_fate_budget", "1 (hazard left to bear)", REALS},
    {"agents_clock", "1 (mean cycles left)", REALS},
    {"agents_cd22_setpoint", "molecules per cell", REALS},
    {"agents_sensitivity", "1 per break (1/D50)", REALS},
    {"agents_identity_low", "1", WORDS},
    {"agents_identity_high", "1", WORDS},
    {"agents_events", "1", WORDS},
};

static hid_t type_of(const Column *c) {
    if (c->type == REALS) return H5T_IEEE_F32LE;
    return c->type == WORDS ? H5T_STD_U32LE : H5T_STD_U8LE;
}

static size_t size_of(const Column *c) {
    return c->type == BYTES ? 1 : 4;
}

static bool unit_put(hid_t set, const char *unit) {
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, strlen(unit) + 1);
    hid_t attribute = H5Acreate2(set, "unit", type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool good = attribute >= 0 && H5Awrite(attribute, type, unit) >= 0;
    if (attribute >= 0) H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    return good;
}

static bool put(hid_t file, const Column *c, const void *data, size_t bytes) {
    hsize_t count = bytes / size_of(c);
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t set = H5Dcreate2(file, c->name, type_of(c), space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool good = set >= 0 && unit_put(set, c->unit);
    if (good && count) good = H5Dwrite(set, type_of(c), H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
    if (set >= 0) H5Dclose(set);
    H5Sclose(space);
    return good;
}

/* `bytes` gets a byte 0 behind it, so that texts end. */
static bool get(hid_t file, const Column *c, void **data, size_t *bytes) {
    hid_t set = H5Dopen2(file, c->name, H5P_DEFAULT);
    if (set < 0) return false;
    hid_t space = H5Dget_space(set);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    *bytes = count > 0 ? (size_t)count * size_of(c) : 0;
    char *memory = malloc(*bytes + 1);
    bool good = memory && count >= 0;
    if (good && count) good = H5Dread(set, type_of(c), H5S_ALL, H5S_ALL, H5P_DEFAULT, memory) >= 0;
    if (memory) memory[*bytes] = '\0';
    H5Dclose(set);
    *data = memory;
    return good;
}

static const Column version_column = {"version", "text", BYTES},
                    config_column = {"config", "YAML text", BYTES},
                    files_column = {"files", "bytes of this version's structs", BYTES};

static bool put_all(hid_t file, const CheckpointContent *content) {
    bool good = put(file, &version_column, content->version, strlen(content->version)) &&
                put(file, &config_column, content->config, strlen(content->config)) &&
                put(file, &files_column, &content->files, sizeof content->files);
    for (int i = 0; good && i < SIM_PIECES; i++)
        good = put(file, &columns[i], content->sim.piece[i], content->sim.bytes[i]);
    return good;
}

static bool get_all(hid_t file, CheckpointContent *out) {
    size_t bytes;
    void *files = NULL;
    bool good = get(file, &version_column, (void **)&out->version, &bytes) &&
                get(file, &config_column, (void **)&out->config, &bytes) &&
                get(file, &files_column, &files, &bytes) && bytes == sizeof out->files;
    if (good) memcpy(&out->files, files, bytes);
    free(files);
    for (int i = 0; good && i < SIM_PIECES; i++)
        good = get(file, &columns[i], &out->sim.piece[i], &out->sim.bytes[i]);
    return good;
}

/* In memory, so that HDF5 never meets a full disk. */
static hid_t memory_access(void) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 20, false);
    return access;
}

static bool image_take(hid_t file, CheckpointImage *out) {
    H5Fflush(file, H5F_SCOPE_LOCAL);
    ssize_t length = H5Fget_file_image(file, NULL, 0);
    if (length <= 0) return false;
    out->bytes = malloc((size_t)length);
    out->length = (size_t)length;
    return out->bytes && H5Fget_file_image(file, out->bytes, out->length) == length;
}

Status checkpoint_image_make(CheckpointImage *out, const CheckpointContent *content) {
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = memory_access();
    hid_t file = H5Fcreate("checkpoint", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    bool good = file >= 0 && put_all(file, content) && image_take(file, out);
    if (file >= 0) H5Fclose(file);
    H5Pclose(access);
    REQUIRE(good, STATUS_FAILED, "checkpoint: HDF5 could not put it together; most likely memory is short");
    return STATUS_OK;
}

Status checkpoint_image_read(const CheckpointImage *image, CheckpointContent *out) {
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = memory_access();
    H5Pset_file_image(access, image->bytes, image->length);
    hid_t file = H5Fopen("checkpoint", H5F_ACC_RDONLY, access);
    bool good = file >= 0 && get_all(file, out);
    if (file >= 0) H5Fclose(file);
    H5Pclose(access);
    REQUIRE(good, STATUS_FAILED, "is whole, but lacks something this version needs");
    return STATUS_OK;
}

void checkpoint_content_free(CheckpointContent *content) {
    for (int i = 0; i < SIM_PIECES; i++) free(content->sim.piece[i]);
    free(content->version);
    free(content->config);
    *content = (CheckpointContent){0};
}
