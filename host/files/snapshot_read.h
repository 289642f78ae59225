/* Snapshots of a run's folder, read back: which there are, and the cells in one. */
#ifndef MARROW_SNAPSHOT_READ_H
#define MARROW_SNAPSHOT_READ_H

#include "files/snapshot.h"

typedef struct SnapshotEntry {
    int number;
    double time_h;
} SnapshotEntry;

/* In order of time. Starts zeroed; destroy accepts any state. */
typedef struct SnapshotList {
    SnapshotEntry *entries;
    int count;
} SnapshotList;

/* What is in FOLDER/snapshots; none is no error. STATUS_BAD_INPUT: a file there is no snapshot, or damaged.
 */
Status snapshot_list(SnapshotList *out, const char *folder);
void snapshot_list_destroy(SnapshotList *list);

/* The last one at or before this time, to a millionth of an hour; -1 if there is none. An index into entries.
 */
int snapshot_list_find(const SnapshotList *list, double time_h);

/* Snapshot `number` of the folder: everything that was in memory when it was written (agents' sensitivity to
 * a last digit: the file has D50). STATUS_BAD_INPUT: "PATH: what; what to do". */
Status snapshot_read(Snapshot *out, const char *folder, int number);

#endif
