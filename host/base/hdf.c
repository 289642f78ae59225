#include "base/hdf.h"

#include <stdlib.h>
#include <string.h>

hid_t hdf_memory_create(void) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5Pset_fapl_core(access, 1 << 20, false);
    hid_t file = H5Fcreate("memory", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    return file;
}

bool hdf_image_take(hid_t file, HdfImage *out) {
    H5Fflush(file, H5F_SCOPE_LOCAL);
    ssize_t length = H5Fget_file_image(file, NULL, 0);
    if (length <= 0) return false;
    out->bytes = malloc((size_t)length);
    out->length = (size_t)length;
    return out->bytes && H5Fget_file_image(file, out->bytes, out->length) == length;
}

hid_t hdf_group(hid_t parent, const char *name) {
    hid_t plan = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(plan, false);
    hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, plan, H5P_DEFAULT);
    H5Pclose(plan);
    return group;
}

/* Padded with zeros: what ParaView, h5py and R all read. */
static hid_t text_type(size_t width) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width ? width : 1);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    return type;
}

static bool attribute(hid_t object, const char *name, hid_t file_type, hid_t memory_type, hid_t space,
                      const void *values) {
    hid_t at = H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool good = at >= 0 && H5Awrite(at, memory_type, values) >= 0;
    if (at >= 0) H5Aclose(at);
    H5Sclose(space);
    return good;
}

bool hdf_text(hid_t object, const char *name, const char *text) {
    hid_t type = text_type(strlen(text));
    bool good = attribute(object, name, type, type, H5Screate(H5S_SCALAR), text);
    H5Tclose(type);
    return good;
}

bool hdf_numbers(hid_t object, const char *name, hid_t file_type, hid_t memory_type, hsize_t count,
                 const void *values) {
    hid_t space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
    return attribute(object, name, file_type, memory_type, space, values);
}

/* Bytes of equal rank go together before gzip: numbers of one column differ in the low ones. */
static hid_t set_plan(hsize_t rows, hsize_t wide, int compression) {
    hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[2] = {rows < 65536 ? rows : 65536, wide};
    H5Pset_obj_track_times(plan, false);
    if (compression > 0 && rows > 0) {
        H5Pset_chunk(plan, wide > 1 ? 2 : 1, chunk);
        H5Pset_shuffle(plan);
        H5Pset_deflate(plan, (unsigned)compression);
    }
    return plan;
}

/* The data set stays open: its attributes follow. Negative: failed. */
static hid_t set_write(hid_t group, const HdfColumn *c, int compression) {
    const hsize_t size[2] = {c->rows, c->wide};
    hid_t space = c->wide == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(c->wide > 1 ? 2 : 1, size, NULL);
    hid_t plan = set_plan(c->rows, c->wide, compression);
    hid_t set = H5Dcreate2(group, c->name, c->file_type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
    H5Pclose(plan);
    H5Sclose(space);
    if (set < 0 || c->rows == 0) return set;
    if (H5Dwrite(set, c->memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->values) >= 0) return set;
    H5Dclose(set);
    return -1;
}

bool hdf_column(hid_t group, const HdfColumn *c, int compression) {
    hid_t set = set_write(group, c, compression);
    if (set < 0) return false;
    bool good = !c->unit || hdf_text(set, "unit", c->unit);
    if (good && c->text) good = hdf_text(set, "meaning", c->text);
    H5Dclose(set);
    return good;
}

static bool text_column(hid_t group, HdfColumn c, size_t width) {
    c.file_type = c.memory_type = text_type(width);
    bool good = hdf_column(group, &c, 0);
    H5Tclose(c.file_type);
    return good;
}

bool hdf_text_set(hid_t group, const char *name, const char *text) {
    return text_column(group, (HdfColumn){.name = name, .rows = 1, .values = text}, strlen(text));
}

bool hdf_texts(hid_t group, const char *name, const char *texts, size_t width, hsize_t count) {
    return text_column(group, (HdfColumn){.name = name, .rows = count, .wide = 1, .values = texts}, width);
}
