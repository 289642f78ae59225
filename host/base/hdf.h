/* HDF5 files put together in memory, so that HDF5 never meets a full disk, and equal content gives equal
 * bytes: no times are kept inside. Calls return false where HDF5 did; messages are the caller's. */
#ifndef MARROW_HDF_H
#define MARROW_HDF_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct HdfImage {
    void *bytes;
    size_t length;
} HdfImage;

/* A file in memory, to be filled; hdf_image_take gives what would be on disk (bytes are the caller's to
 * free). Close with H5Fclose. */
hid_t hdf_memory_create(void);
bool hdf_image_take(hid_t file, HdfImage *out);

hid_t hdf_group(hid_t parent, const char *name);

/* Attributes: a text, numbers. */
bool hdf_text(hid_t object, const char *name, const char *text);
bool hdf_numbers(hid_t object, const char *name, hid_t file_type, hid_t memory_type, hsize_t count,
                 const void *values);

/* One column of a table: `rows` rows of `wide` numbers each (1: a vector; 0: a single value, one row). */
typedef struct HdfColumn {
    const char *name, *unit, *text; /* attributes `unit` and `meaning`; NULL: none */
    hid_t file_type, memory_type;
    hsize_t rows, wide;
    const void *values;
} HdfColumn;

/* `compression` is gzip's level; 0, or no rows: as they are. */
bool hdf_column(hid_t group, const HdfColumn *column, int compression);

/* A text, and texts of fixed `width` (as char[count][width]), as data sets. */
bool hdf_text_set(hid_t group, const char *name, const char *text);
bool hdf_texts(hid_t group, const char *name, const char *texts, size_t width, hsize_t count);

#endif
