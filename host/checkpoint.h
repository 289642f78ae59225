/* checkpoint.hdf: a moment of a run on disk, from which `marrow run --resume` goes on as if it had never
 * stopped.
 *
 * The file appears whole (other name, fsync, rename, fsync of the folder), the one before stays as
 * checkpoint-previous.hdf. It is HDF5 (docs/interface.md lists what is in it) followed by 24 bytes: a mark,
 * the length and a hash of all before, which are checked before HDF5 sees the file. */
#ifndef MARROW_CHECKPOINT_H
#define MARROW_CHECKPOINT_H

#include "config.h"
#include "run_folder.h"
#include "sim.h"

/* How far the run's tables had come. */
typedef struct CheckpointFiles {
    int64_t timeseries_bytes, events_bytes, events_doses;
    uint64_t timeseries_hash, events_hash;
    double time_h;
} CheckpointFiles;

/* STATUS_FAILED: memory, or the disk ("PATH: cannot be written: …"); the checkpoints there stay. */
Status checkpoint_write(const RunFolder *folder, const Config *config, const CheckpointFiles *files,
                        Sim *sim);

/* Puts `sim`, fresh from sim_create with this config, where the checkpoint in the folder stands. One that is
 * damaged is passed over, saying so on stderr, for the one before. STATUS_BAD_INPUT: there is none, none is
 * whole, or it is of another version or config (the first difference is named). */
Status checkpoint_resume(const char *folder, const Config *config, CheckpointFiles *files, Sim *sim);

#endif
