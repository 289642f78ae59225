/* A run's folder, and files in it that say so when they cannot be written.
 *
 * Order of use: check (touches nothing), open (makes the folder and takes it), clear, files, close. */
#ifndef MARROW_RUN_FOLDER_H
#define MARROW_RUN_FOLDER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "config/config.h"

enum { RUN_PATH = 4096 };

typedef struct RunFolder {
    const char *path;
    int handle; /* the folder, locked: two runs never write one folder at a time */
} RunFolder;

/* FOLDER/NAME. STATUS_BAD_INPUT: too long. */
Status run_path(char out[RUN_PATH], const char *folder, const char *name);

/* The folder and its parents, those that are missing. */
Status run_folder_make(const char *path);

/* A folder that is new, empty, or holds the same run (its config.yaml has the same bytes) may be written;
 * with `force` any folder may. Else STATUS_BAD_INPUT, naming what is there, --force and --resume. */
Status run_folder_check(const char *path, const Config *config, bool force);

/* Makes the folder and its parents as needed, and locks it. STATUS_FAILED if it cannot, STATUS_BAD_INPUT if
 * another run is at work in it. */
Status run_folder_open(RunFolder *folder, const char *path);

/* Takes away what this session writes only at its end, and, unless it resumes, an earlier run's checkpoints.
 */
Status run_folder_clear(const RunFolder *folder, bool resumed);
Status run_folder_drop_checkpoints(const RunFolder *folder);
void run_folder_close(RunFolder *folder); /* accepts a zeroed one */

/* One file. Text is gathered in `text` and goes to disk whole, by run_file_flush; what cannot be written
 * whole is taken back, so that a table always ends with a whole row. Starts zeroed; close accepts any state.
 */
typedef struct RunFile {
    FILE *text;
    char *bytes; /* what was gathered, after a flush of `text` */
    size_t length;
    int handle; /* 0: not open */
    int64_t written;
    uint64_t hash;                        /* of what was written */
    char path[RUN_PATH], final[RUN_PATH]; /* `final` is "" for a table that grows in place */
} RunFile;

/* A table that grows row by row (run_file_flush after each). */
Status run_file_table(RunFile *file, const RunFolder *folder, const char *name);

/* How far a table has come. */
typedef struct RunFileMark {
    int64_t bytes;
    uint64_t hash; /* FNV-1a */
} RunFileMark;
RunFileMark run_file_mark(const RunFile *file);

/* Cuts a table back to where it was; the next row follows. */
Status run_file_cut(RunFile *file, RunFileMark to);

/* Opens a table that an earlier session left, to go on where it was; what came later is cut off.
 * STATUS_BAD_INPUT: it is not the same table up to there. */
Status run_file_continue(RunFile *file, const RunFolder *folder, const char *name, RunFileMark from);

/* Waits until everything flushed so far is on disk. From any thread, while the file stays open. */
Status run_file_settle(const RunFile *file);

/* A file that appears whole, by run_file_commit: until then it has another name. */
Status run_file_whole(RunFile *file, const RunFolder *folder, const char *name);

/* STATUS_FAILED: "PATH: cannot be written: No space left on device; free some space and run again". */
Status run_file_flush(RunFile *file);
Status run_file_put(RunFile *file, const void *bytes, size_t length); /* flushed at once, without a copy */
Status run_file_sync(RunFile *file); /* flushed, and on disk, still by its other name */
Status run_file_commit(RunFile *file);
void run_file_close(RunFile *file); /* an uncommitted whole file is taken away */

#endif
