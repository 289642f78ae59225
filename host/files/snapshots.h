/* A run's snapshots: when one is due, and writing it beside the simulation. All ranks make the same calls. */
#ifndef MARROW_SNAPSHOTS_H
#define MARROW_SNAPSHOTS_H

#include "base/background.h"
#include "files/snapshot.h"

/* Starts zeroed; stays where it is while a snapshot is being written. */
typedef struct Snapshots {
    BackgroundJob job; /* the snapshot that was handed over last */
} Snapshots;

/* Takes a snapshot if one is due now (output.snapshot_every_days: at time zero, every so often, at the end)
 * and hands it over to be written to `folder`. STATUS_FAILED: memory, the device, or the disk when the one
 * before was written. */
Status snapshots_step(Snapshots *snapshots, Background **background, const RunFolder *folder,
                      const Config *config, Sim *sim, Backend *backend);

/* Waits until all are on disk; how that ended. */
Status snapshots_collect(Snapshots *snapshots, Background *background);

/* Takes away an earlier run's snapshots later than `time_h` (of a run with this config; a negative time:
 * all), and what was left half written. STATUS_FAILED: "PATH: cannot be taken away: ...". */
Status snapshots_clear(const RunFolder *folder, const Config *config, double time_h);

#endif
