/* checkpoint.hdf: a moment of a run on disk, from which `marrow run --resume` goes on as if it had never
 * stopped.
 *
 * The file appears whole (other name, fsync, rename, fsync of the folder), the one before stays as
 * checkpoint-previous.hdf. It is HDF5 (docs/interface.md lists what is in it) followed by 24 bytes: a mark,
 * the length and a hash of all before, which are checked before HDF5 sees the file. */
#ifndef MARROW_CHECKPOINT_H
#define MARROW_CHECKPOINT_H

#include "base/pieces.h"
#include "config/config.h"
#include "files/run_folder.h"

/* Adds whose moment it is: version and config. STATUS_FAILED: out of memory. */
Status checkpoint_sign(Pieces *pieces, const Config *config);

/* From any thread, one at a time in a folder. STATUS_FAILED: memory, or the disk ("PATH: cannot be written:
 * …"); the checkpoints there stay. */
Status checkpoint_write(const RunFolder *folder, const Pieces *pieces);

/* Reads the newest of a folder (which 0) or the one before (which 1); `path` gets its name, `pieces` what it
 * holds, to be freed also after an error. STATUS_UNAVAILABLE: there is none; STATUS_FAILED: it is damaged;
 * STATUS_BAD_INPUT: it is of another version, of a config that differs in more than a later
 * simulation.until_days (the first difference is named), or the path is too long. */
enum { CHECKPOINTS = 2 };
Status checkpoint_read(const char *folder, int which, const Config *config, char path[RUN_PATH],
                       Pieces *pieces);

/* Where a folder has no checkpoint: whether the run may begin there at its beginning. It may in a folder that
 * is missing or empty, and in one of this run (as above) that was killed before its first checkpoint.
 * STATUS_BAD_INPUT: something else is there. */
Status checkpoint_absent(const char *folder, const Config *config);

#endif
