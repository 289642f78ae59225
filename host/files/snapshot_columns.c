#include "files/snapshot_columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const SnapshotColumn snapshot_columns[SNAPSHOT_COLUMNS] = {
    {"class", "index into /classes", "kind, place and clone", FROM_CLASS, 0},
    {"clone", "index into cells.blast.clones", "-1: healthy", FROM_CLONE, 0},
    {"dying", "0 or 1", "committed to apoptosis", FROM_DYING, 0},
    {"weight", "cells", "real cells this row stands for", FROM_WEIGHT, 0},
    {"cd22_free", "molecules per cell", "free CD22 on the surface", FROM_REAL, REAL_CD22},
    {"cd22_bound", "molecules per cell", "CD22 with conjugate on the surface", FROM_REAL, REAL_BOUND},
    {"conjugate_inside", "molecules per cell", "conjugate taken in, not digested yet", FROM_REAL,
     REAL_INSIDE},
    {"payload", "molecules per cell", "free calicheamicin inside", FROM_REAL, REAL_PAYLOAD},
    {"dna_breaks", "breaks per cell", "DNA double-strand breaks", FROM_REAL, REAL_BREAKS},
    {"cd22_setpoint", "molecules per cell", "free CD22 at rest", FROM_REAL, REAL_SETPOINT},
    {"d50", "breaks per cell", "breaks at half the largest hazard; 0 once it is dying", FROM_D50, 0},
    {"fate_budget", "1", "hazard the cell can still bear; 0 once it is dying", FROM_BUDGET, 0},
    {"cycle_left", "1",
     "of a blast: mean cycles to its division; of a dying cell: mean times to its disappearance", FROM_REAL,
     REAL_CLOCK},
    {"identity_low", "1", "low half of the cell's identity", FROM_WORD, WORD_ID_LOW},
    {"identity_high", "1", "high half", FROM_WORD, WORD_ID_HIGH},
    {"events", "1", "divisions, moves and splits it has been through", FROM_WORD, WORD_EVENTS},
};

hid_t snapshot_file_type(const SnapshotColumn *c) {
    switch (c->from) {
    case FROM_CLONE: return H5T_STD_I8LE;
    case FROM_CLASS:
    case FROM_DYING: return H5T_STD_U8LE;
    case FROM_WEIGHT: return H5T_IEEE_F64LE;
    case FROM_WORD: return H5T_STD_U32LE;
    default: return H5T_IEEE_F32LE;
    }
}

hid_t snapshot_memory_type(const SnapshotColumn *c) {
    switch (c->from) {
    case FROM_CLONE: return H5T_NATIVE_INT8;
    case FROM_CLASS:
    case FROM_DYING: return H5T_NATIVE_UINT8;
    case FROM_WEIGHT: return H5T_NATIVE_DOUBLE;
    case FROM_WORD: return H5T_NATIVE_UINT32;
    default: return H5T_NATIVE_FLOAT;
    }
}

const char *snapshot_name(int number, char out[SNAPSHOT_NAME]) {
    snprintf(out, SNAPSHOT_NAME, SNAPSHOT_FOLDER "/cells_%06d.hdf", number);
    return out;
}

int snapshot_number(const char *name) {
    if (strncmp(name, "cells_", 6) != 0 || strlen(name) != 16 || strcmp(name + 12, ".hdf") != 0) return -1;
    for (int i = 6; i < 12; i++)
        if (!isdigit((unsigned char)name[i])) return -1;
    return atoi(name + 6);
}
