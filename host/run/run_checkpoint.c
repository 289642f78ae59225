#include "run/run_checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"
#include "files/checkpoint.h"
#include "run/run_clinic.h"
#include "sim/pieces_ranks.h"

/* A moment on its way to disk. */
typedef struct Moment {
    Run *run;
    SimSaved *saved; /* whose agents the pieces are, on one process */
    Pieces pieces;
} Moment;

static void moment_free(Moment *moment) {
    if (!moment) return;
    pieces_free(&moment->pieces);
    sim_saved_destroy(moment->saved);
    free(moment);
}

/* What a run needs to go on: a part of the program with a state of its own adds a piece here, and takes it up
 * in run_pieces_restore. */
static Status run_pieces(Run *run, Moment *moment) {
    RunTables tables = run_tables(run);
    TRY(checkpoint_sign(&moment->pieces, &run->config));
    TRY(pieces_add(&moment->pieces, "files", &tables, sizeof tables));
    TRY(run_clinic_keep(run, &moment->pieces));
    return sim_saved_pieces(moment->saved, &moment->pieces);
}

static Status run_pieces_restore(Run *run, const Pieces *pieces) {
    const Piece *files;
    const DoseRecord *records;
    TRY(sim_restore_pieces(run->sim, pieces));
    TRY(run_clinic_restore(run, pieces));
    TRY(pieces_need(pieces, "files", PIECE_BYTES, sizeof run->resumed, &files));
    memcpy(&run->resumed, files->bytes, sizeof run->resumed);
    REQUIRE(run->resumed.time_h == sim_time_h(run->sim) && run->resumed.events_doses >= 0 &&
                (size_t)run->resumed.events_doses <= dosing_records(run->dosing, &records),
            STATUS_FAILED, "files: do not belong to this moment");
    return STATUS_OK;
}

/* --- writing --- */

/* Not at once from memory of the run: everything is the moment's own. */
static Status moment_keep(Run *run, Moment *moment) {
    TRY(sim_save(run->sim, &moment->saved));
    return run_pieces(run, moment);
}

/* On rank 0 the whole population; on the others NULL once theirs has been sent there. */
static Status moment_take(Run *run, Moment **out) {
    Moment *moment = calloc(1, sizeof *moment);
    Status status =
        moment ? moment_keep(run, moment) : status_set(STATUS_FAILED, "checkpoint: out of memory");
    status = backend_together(&run->backend, status);
    if (status == STATUS_OK) status = pieces_gather(&moment->pieces, &run->backend);
    bool sent = ranks_index() > 0 || status != STATUS_OK;
    if (moment) moment->run = run;
    if (sent) moment_free(moment);
    *out = sent ? NULL : moment;
    return status;
}

/* The tables first: a checkpoint stands on what they hold. */
static Status moment_files(const Moment *moment) {
    const Run *run = moment->run;
    TRY(run_file_settle(&run->timeseries));
    TRY(run_file_settle(&run->events.file));
    if (run->labs.handle) TRY(run_file_settle(&run->labs));
    return checkpoint_write(&run->folder, &moment->pieces);
}

static Status moment_write(void *data) {
    Moment *moment = data;
    Status status = moment_files(moment);
    moment_free(moment);
    return status;
}

static void warn(void) {
    fprintf(stderr, "marrow: %s; the run goes on without this checkpoint\n", status_message());
}

void run_checkpoint_settle(Run *run, bool wait) {
    if (!wait && background_busy(run->background, &run->checkpoint)) return;
    if (background_collect(run->background, &run->checkpoint) != STATUS_OK) warn();
}

bool run_checkpoint_wanted(Run *run) {
    double every_s = 60 * run->config.output.checkpoint_every_minutes;
    if (ranks_index() > 0 || !run->options.folder) return false;
    run_checkpoint_settle(run, false);
    bool wanted = every_s > 0 && progress_seconds(&run->progress) - run->checkpoint_s >= every_s &&
                  !background_busy(run->background, &run->checkpoint) &&
                  !background_busy(run->background, &run->snapshots.job);
    ranks_wish(wanted);
    return wanted;
}

Status run_checkpoint_by_clock(Run *run) {
    Moment *moment;
    TRY(run_row(run));
    TRY(snapshots_collect(&run->snapshots, run->background)); /* none of its past may be missing later */
    run->checkpoint_s = progress_seconds(&run->progress);
    if (moment_take(run, &moment) != STATUS_OK) warn();
    if (moment) background_do(&run->background, &run->checkpoint, moment_write, moment);
    return STATUS_OK;
}

Status run_checkpoint_last(Run *run) {
    Moment *moment;
    run_checkpoint_settle(run, true);
    TRY(moment_take(run, &moment));
    return moment ? moment_write(moment) : STATUS_OK;
}

/* --- going on --- */

/* All hear how rank 0 fared with the file; a mistake of the user's ends all of them from there. */
static Status pieces_get(Run *run, int which, char path[RUN_PATH], Pieces *pieces) {
    Status status = ranks_index() == 0
                        ? checkpoint_read(run->options.folder, which, &run->config, path, pieces)
                        : STATUS_OK;
    if (status == STATUS_BAD_INPUT) return status;
    ranks_share(&status, sizeof status);
    return status == STATUS_OK ? pieces_deal(pieces, &run->backend) : status;
}

/* Several processes cannot try another one: they may have failed at different places. */
static Status alone_only(const char *path, Status status) {
    if (status != STATUS_FAILED || ranks_count() == 1) return status;
    char message[1024];
    snprintf(message, sizeof message, "%s", status_message());
    return status_set(STATUS_BAD_INPUT, "%s: %.500s; --resume without mpirun can try the one before", path,
                      message);
}

/* STATUS_UNAVAILABLE: there is none; STATUS_FAILED: it is of no use, says why. */
static Status restore_from(Run *run, int which, char path[RUN_PATH]) {
    Pieces pieces = {0};
    Status status = pieces_get(run, which, path, &pieces);
    if (status == STATUS_OK) status = alone_only(path, run_pieces_restore(run, &pieces));
    pieces_free(&pieces);
    return status;
}

/* Killed before its first checkpoint, or before it had a folder: a run has nothing to lose. */
static Status begin(const Run *run) {
    if (ranks_index() > 0) return STATUS_OK;
    TRY(checkpoint_absent(run->options.folder, &run->config));
    if (!run->options.quiet && !run->options.json)
        fprintf(stderr, "marrow: %s: no checkpoint there yet; the run begins at its beginning\n",
                run->options.folder);
    return STATUS_OK;
}

Status run_restore(Run *run) {
    bool any = false;
    for (int which = 0; which < CHECKPOINTS; which++) {
        char path[RUN_PATH] = "";
        Status status = restore_from(run, which, path);
        run->going_on = status == STATUS_OK;
        if (status == STATUS_OK || status == STATUS_BAD_INPUT) return status;
        if (status == STATUS_UNAVAILABLE) continue;
        any = true;
        if (ranks_index() == 0)
            fprintf(stderr, "marrow: %s: %s; trying the one before\n", path, status_message());
    }
    REQUIRE(!any, STATUS_BAD_INPUT, "%s: no checkpoint there is whole; start anew with --force",
            run->options.folder);
    return begin(run);
}
