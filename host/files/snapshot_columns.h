/* What a snapshot's file is made of, for who writes it and who reads it. */
#ifndef MARROW_SNAPSHOT_COLUMNS_H
#define MARROW_SNAPSHOT_COLUMNS_H

#include <hdf5.h>

#include "files/snapshot.h"

#define SNAPSHOT_FOLDER "snapshots"
enum { SNAPSHOT_FORM = 1, SNAPSHOT_NAME = 48 };

/* "snapshots/cells_000012.hdf". Returns `out`. */
const char *snapshot_name(int number, char out[SNAPSHOT_NAME]);

/* The number in "cells_000012.hdf"; -1: not a snapshot's name. */
int snapshot_number(const char *name);

/* One column of /cells: its name there, and where it comes from. */
typedef struct SnapshotColumn {
    const char *name, *unit, *text;
    enum {
        FROM_CLASS,
        FROM_CLONE,
        FROM_DYING,
        FROM_WEIGHT,
        FROM_REAL,
        FROM_BUDGET,
        FROM_D50,
        FROM_WORD
    } from;
    int field; /* REAL_… or WORD_… */
} SnapshotColumn;

enum { SNAPSHOT_COLUMNS = 16 };
extern const SnapshotColumn snapshot_columns[SNAPSHOT_COLUMNS];

hid_t snapshot_file_type(const SnapshotColumn *column);
hid_t snapshot_memory_type(const SnapshotColumn *column);

#endif
