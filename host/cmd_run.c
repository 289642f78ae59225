/* marrow run: one patient, headless. Config, schedule, backend, simulation, files: in this order. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "interrupt.h"
#include "options.h"
#include "progress.h"
#include "ranks.h"
#include "run_folder.h"
#include "sim.h"
#include "writer_events.h"
#include "writer_run.h"

static const OptionsUse use = {"run", "CONFIG -o DIR",
                               "Simulates one patient and writes timeseries.csv, events.csv, doses.csv, "
                               "config.yaml and run.json to DIR.\v"
                               "SIGTERM, SIGINT and SIGUSR1 stop it after the interval at hand; the files "
                               "then hold everything up to there, "
                               "and the exit status is 75.",
                               OPTIONS_BACKEND | OPTIONS_CONFIG | OPTIONS_FOLDER | OPTIONS_PROGRESS |
                                   OPTIONS_JSON};

/* What one run owns. Starts zeroed. */
typedef struct Run {
    Options options;
    Config config;
    Dosing *dosing;
    Backend backend;
    Sim *sim;
    RunFolder folder;
    RunFile timeseries;
    EventWriter events;
    Progress progress;
    RunRecord record;
} Run;

static void run_destroy(Run *run) {
    events_close(&run->events);
    run_file_close(&run->timeseries);
    run_folder_close(&run->folder);
    sim_destroy(run->sim);
    backend_close(&run->backend);
    dosing_destroy(run->dosing);
    options_destroy(&run->options);
}

/* From the config to cells at time zero. Nothing is written yet, so that a mistake leaves no trace. */
static Status prepare(Run *run) {
    const char *folder = run->options.folder;
    REQUIRE(folder && *folder, STATUS_BAD_INPUT, "no folder given; add -o DIR");
    TRY(options_config(&run->options, &run->config));
    if (ranks_index() == 0) TRY(run_folder_check(folder, &run->config, run->options.force));
    TRY(dosing_create(&run->dosing, &run->config));
    TRY(backend_open(&run->backend, &run->options.backend));
    return sim_create(&run->sim, &run->config, run->dosing, &run->backend);
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

/* One row of timeseries.csv, of the cells as they are now. */
static Status write_row(Run *run, Observation *o) {
    TRY(sim_observe(run->sim, o)); /* all ranks: it sums over them */
    if (ranks_index() > 0) return STATUS_OK;
    run->record.imbalance_cells = observation_imbalance_cells(o);
    TRY(observation_write(o, run->timeseries.text));
    return run_file_flush(&run->timeseries);
}

/* The folder is ours, and says that a run is on its way: config.yaml first, so that running again after any
 * failure finds its own run here. */
static Status begin_files(Run *run) {
    TRY(run_folder_open(&run->folder, run->options.folder));
    TRY(write_config(run));
    TRY(run_record_write(&run->record, &run->folder));
    TRY(events_open(&run->events, &run->folder));
    TRY(run_file_table(&run->timeseries, &run->folder, "timeseries.csv"));
    return observation_write_header(run->timeseries.text);
}

static Status begin(Run *run) {
    Observation first;
    if (ranks_index() == 0) TRY(begin_files(run));
    TRY(write_row(run, &first));
    if (ranks_index() == 0) progress_device(&run->progress, &run->config, &run->backend, &first);
    return STATUS_OK;
}

static Status simulate(Run *run) {
    while (!sim_done(run->sim) && !interrupt_due()) {
        interrupt_listen();
        TRY(sim_advance(run->sim));
        if (ranks_index() == 0) TRY(events_doses(&run->events, run->dosing));
        Observation o;
        if (sim_output_due(run->sim)) TRY(write_row(run, &o));
        progress_step(&run->progress, run->sim);
    }
    if (sim_done(run->sim)) return STATUS_OK;
    return status_set(
        STATUS_STOPPED,
        "stopped by %s at day %g; files hold everything up to there; run again without interruption "
        "with --force",
        interrupt_name() ? interrupt_name() : "a signal to another process", sim_time_h(run->sim) / 24);
}

static const char *result_of(Status status) {
    if (status == STATUS_OK) return "finished";
    return status == STATUS_STOPPED ? "stopped" : "failed";
}

/* run.json, whatever happened. What went wrong first is what the user hears about. */
static Status finish(Run *run, Status status) {
    char message[1024];
    snprintf(message, sizeof message, "%s", status == STATUS_OK ? "" : status_message());
    RunRecord *record = &run->record;
    record->wall_s = progress_seconds(&run->progress);
    record->time_h = sim_time_h(run->sim);
    record->cost = sim_cost(run->sim);
    record->result = result_of(status);
    record->message = message;
    Status digest = sim_digest(run->sim, &record->state_hash);
    Status written = run->folder.path ? run_record_write(record, &run->folder) : STATUS_OK;
    if (status != STATUS_OK) return status_set(status, "%s", message);
    TRY(digest);
    return written;
}

static Status run_story(Run *run) {
    TRY(prepare(run));
    progress_start(&run->progress, &run->options, &run->config);
    run_record_start(&run->record);
    Status status = begin(run);
    if (status == STATUS_OK) status = simulate(run);
    if (ranks_index() == 0 && (status == STATUS_OK || status == STATUS_STOPPED)) {
        Status doses = write_doses(run);
        if (doses != STATUS_OK) status = doses;
    }
    if (run->folder.path || ranks_index() > 0) status = finish(run, status);
    if (run->folder.path) progress_end(&run->progress, run->sim, run->options.folder, result_of(status));
    return status;
}

Status cmd_run(int argc, char **argv) {
    Run run = {0};
    run.record = (RunRecord){argc, argv, &run.config, &run.backend, .result = "running", .message = ""};
    Status status = options_parse(&run.options, &use, argc, argv);
    if (status == STATUS_OK && !run.options.help) status = run_story(&run);
    run_destroy(&run);
    return status;
}
