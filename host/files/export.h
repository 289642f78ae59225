/* Cells at a time as files for other programs: what `marrow export` writes. */
#ifndef MARROW_EXPORT_H
#define MARROW_EXPORT_H

#include "files/snapshot_read.h"

typedef enum ExportFormat { EXPORT_FCS, EXPORT_HDF, EXPORT_CSV, EXPORT_GATES } ExportFormat;

/* What is asked for. */
typedef struct Export {
    const char *folder; /* of a run */
    ExportFormat format;
    double at_day;     /* NaN: the last snapshot */
    const char *cells; /* classes whose label begins so: "blast", "b_mature"; NULL: all */
    const char *file;  /* NULL: named after folder and day, in the working directory */
    bool force;        /* an existing file is replaced */
} Export;

/* By its name: fcs, hdf, csv, gates. STATUS_BAD_INPUT. */
Status export_format(const char *name, ExportFormat *out);

/* Writes the file whole or not at all, and says on stdout what is in it. Errors: STATUS_BAD_INPUT for a
 * folder without snapshots, a day before the first, a file that is there, a class that is not; STATUS_FAILED
 * for memory and the disk. */
Status export_write(const Export *what);

/* The formats themselves; what cannot be written shows in `out`. STATUS_FAILED: memory. */
Status export_fcs(const Snapshot *snapshot, FILE *out);
Status export_csv(const Snapshot *snapshot, FILE *out);

#endif
