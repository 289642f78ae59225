#include "run/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"
#include "files/crate.h"
#include "run/run_actions.h"
#include "run/run_checkpoint.h"
#include "run/run_clinic.h"

void run_destroy(Run *run) {
    background_destroy(run->background); /* first: what it does may need the rest */
    events_close(&run->events);
    run_file_close(&run->timeseries);
    run_file_close(&run->labs);
    run_folder_close(&run->folder);
    backend_forget(&run->backend, &run->row.fetch);
    clinic_destroy(run->clinic);
    sim_destroy(run->sim);
    backend_close(&run->backend);
    dosing_destroy(run->dosing);
    actions_destroy(&run->actions);
    free(run->line);
    options_destroy(&run->options);
}

bool run_writes(const Run *run) {
    return run->options.folder && ranks_index() == 0;
}

RunTables run_tables(const Run *run) {
    return (RunTables){.timeseries = run_file_mark(&run->timeseries),
                       .events = run_file_mark(&run->events.file),
                       .labs = run_file_mark(&run->labs),
                       .timeseries_regular = run->regular,
                       .events_doses = (int64_t)run->events.doses,
                       .time_h = sim_time_h(run->sim)};
}

Status run_prepare(Run *run) {
    const char *folder = run->options.folder;
    REQUIRE(!folder || *folder, STATUS_BAD_INPUT, "-o: no folder given; add DIR");
    TRY(options_config(&run->options, &run->config));
    run->live = run->config;
    if (run->options.actions) TRY(actions_read(&run->actions, run->options.actions));
    bool resume = run->options.resume;
    REQUIRE(!resume || folder, STATUS_BAD_INPUT, "--resume: goes on in a folder; add -o DIR");
    REQUIRE(!resume || !run->options.force, STATUS_BAD_INPUT,
            "--resume and --force exclude each other: one goes on, the other starts anew");
    if (run_writes(run) && !resume) TRY(run_folder_check(folder, &run->config, run->options.force));
    TRY(dosing_create(&run->dosing, &run->config));
    TRY(backend_open(&run->backend, &run->options.backend));
    TRY(sim_create(&run->sim, &run->live, run->dosing, &run->backend));
    TRY(clinic_create(&run->clinic, &run->config, run->dosing, run->sim));
    if (!resume) return STATUS_OK;
    TRY(run_restore(run));
    return run_actions_find(run);
}

static Status write_config(Run *run) {
    RunFile file = {0};
    Status status = run_file_whole(&file, &run->folder, "config.yaml");
    if (status == STATUS_OK) status = config_write(&run->config, file.text, false);
    if (status == STATUS_OK) status = run_file_commit(&file);
    run_file_close(&file);
    return status;
}

static Status write_doses(Run *run) {
    RunFile file = {0};
    Status status = run_file_whole(&file, &run->folder, "doses.csv");
    if (status == STATUS_OK) status = dosing_write(run->dosing, file.text);
    if (status == STATUS_OK) status = run_file_commit(&file);
    run_file_close(&file);
    return status;
}

static Status row_write(Run *run, Observation *o) {
    TRY(sim_row_finish(run->sim, &run->row, o)); /* all ranks: it sums over them */
    run->last = *o;
    run->row_count++;
    run->record.imbalance_cells = observation_imbalance_cells(o);
    if (!run_writes(run)) return STATUS_OK;
    TRY(observation_write(o, run->timeseries.text));
    TRY(run_file_flush(&run->timeseries));
    if (run->row_regular) run->regular = run_file_mark(&run->timeseries);
    return STATUS_OK;
}

static Status row_start(Run *run) {
    run->row_regular = sim_output_regular(run->sim);
    TRY(sim_row_start(run->sim, &run->row));
    clinic_observe(run->clinic, &run->row.seen);
    return STATUS_OK;
}

bool run_done(const Run *run) {
    return sim_done(run->sim) || clinic_over(run->clinic);
}

static bool row_due(const Run *run) {
    return sim_output_due(run->sim) || clinic_over(run->clinic);
}

Status run_row(Run *run) {
    Observation o;
    return run->row.under_way ? row_write(run, &o) : STATUS_OK;
}

/* The folder is ours, and says that a run is on its way: config.yaml first, so that running again after any
 * failure finds its own run here. */
static Status begin_files(Run *run) {
    TRY(run_folder_open(&run->folder, run->options.folder));
    TRY(run_folder_clear(&run->folder, false));
    TRY(snapshots_clear(&run->folder, &run->config, -1));
    TRY(write_config(run));
    TRY(run_record_write(&run->record, &run->folder));
    TRY(events_open(&run->events, &run->folder));
    TRY(run_clinic_begin(run));
    TRY(run_file_table(&run->timeseries, &run->folder, "timeseries.csv"));
    return observation_write_header(run->timeseries.text);
}

/* The tables as they were at the checkpoint; where the run ended and now goes on, without the row that only
 * its end had asked for. */
static Status continue_files(Run *run) {
    const RunTables *from = &run->resumed;
    bool all = row_due(run);
    TRY(run_folder_open(&run->folder, run->options.folder));
    TRY(run_file_continue(&run->events.file, &run->folder, "events.csv", from->events));
    TRY(run_file_continue(&run->timeseries, &run->folder, "timeseries.csv",
                          all ? from->timeseries : from->timeseries_regular));
    TRY(run_clinic_continue(run));
    TRY(run_folder_clear(&run->folder, true));
    TRY(snapshots_clear(&run->folder, &run->config, from->time_h));
    TRY(write_config(run));
    run->regular = from->timeseries_regular;
    run->events.doses = (size_t)from->events_doses;
    return run_record_write(&run->record, &run->folder);
}

static Status run_snapshot(Run *run) {
    if (!run->options.folder) return STATUS_OK;
    return snapshots_step(&run->snapshots, &run->background, &run->folder, &run->config, run->sim,
                          &run->backend);
}

static Status run_again(Run *run) {
    Observation now;
    SimCost before = sim_cost(run->sim);
    run->record.resumed_from_h = run->resumed.time_h;
    run->record.agent_steps_before = before.agent_steps;
    if (ranks_index() == 0) TRY(continue_files(run));
    TRY(run_actions_continue(run));
    TRY(sim_observe(run->sim, &now));
    if (ranks_index() > 0) return STATUS_OK;
    progress_resumed(&run->progress, run->sim);
    run->record.imbalance_cells = observation_imbalance_cells(&now);
    progress_device(&run->progress, &run->config, &run->backend, &now);
    return STATUS_OK;
}

Status run_begin(Run *run) {
    Observation first;
    if (run->going_on) return run_again(run);
    if (run_writes(run)) TRY(begin_files(run));
    TRY(run_clinic_step(run));
    TRY(row_start(run));
    TRY(row_write(run, &first));
    if (ranks_index() == 0) progress_device(&run->progress, &run->config, &run->backend, &first);
    TRY(run_snapshot(run));
    return run_actions_at_end(run);
}

Status run_step(Run *run) {
    bool wanted = run_checkpoint_wanted(run);
    TRY(run_actions(run));
    TRY(sim_advance(run->sim));
    if (run_writes(run)) TRY(events_doses(&run->events, run->dosing));
    TRY(run_clinic_step(run));
    TRY(run_row(run));
    if (row_due(run)) TRY(row_start(run));
    TRY(run_snapshot(run));
    TRY(run_actions_at_end(run));
    progress_step(&run->progress, run->sim);
    return ranks_agreed(wanted) ? run_checkpoint_by_clock(run) : STATUS_OK;
}

static const char *result_of(Status status) {
    if (status == STATUS_OK) return "finished";
    return status == STATUS_STOPPED ? "stopped" : "failed";
}

/* What a run that ended well, or was stopped, leaves. One that is finished goes nowhere from its last
 * checkpoint, and in a sweep nobody will ask it to. */
static Status write_rest(Run *run, Status status) {
    run_actions_warn(run);
    TRY(run_row(run));
    TRY(snapshots_collect(&run->snapshots, run->background));
    if (ranks_index() == 0) TRY(write_doses(run));
    TRY(run_clinic_end(run));
    if (status != STATUS_OK || !run->options.drop_checkpoint) return run_checkpoint_last(run);
    return ranks_index() == 0 ? run_folder_drop_checkpoints(&run->folder) : STATUS_OK;
}

/* run.json, whatever happened. */
static Status finish(Run *run, Status status, const char *message) {
    RunRecord *record = &run->record;
    record->wall_s = progress_seconds(&run->progress);
    record->time_h = sim_time_h(run->sim);
    record->cost = sim_cost(run->sim);
    record->result = result_of(status);
    record->message = message;
    Status digest = sim_digest(run->sim, &record->state_hash);
    Status written = run->folder.path ? run_record_write(record, &run->folder) : STATUS_OK;
    if (written == STATUS_OK && run->folder.path) written = crate_of_run(run->folder.path);
    if (status != STATUS_OK) return status_set(status, "%s", message);
    TRY(digest);
    return written;
}

/* What went wrong first is what the user hears about. */
Status run_end(Run *run, Status status) {
    char message[1024];
    bool well = status == STATUS_OK || status == STATUS_STOPPED;
    if (!run->options.folder) return status;
    snprintf(message, sizeof message, "%s", status == STATUS_OK ? "" : status_message());
    run_checkpoint_settle(run, true);
    Status rest = well ? write_rest(run, status) : run_row(run);
    if (well && rest != STATUS_OK) {
        status = rest;
        snprintf(message, sizeof message, "%s", status_message());
    }
    if (run->folder.path || ranks_index() > 0) status = finish(run, status, message);
    if (run->folder.path) progress_end(&run->progress, run->sim, run->options.folder, result_of(status));
    return status;
}
