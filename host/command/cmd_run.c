/* marrow run: one patient, headless. Config, schedule, backend, simulation, files: in this order. */
#include "base/interrupt.h"
#include "command/commands.h"
#include "run/run.h"

static const OptionsUse use = {
    "run", "CONFIG -o DIR",
    "Simulates one patient and writes timeseries.csv, events.csv, doses.csv, "
    "config.yaml and run.json to DIR.\v"
    "SIGTERM, SIGINT and SIGUSR1 stop it after the interval at hand; the files "
    "then hold everything up to there, the exit status is 75, and --resume goes on "
    "as if it had never stopped.",
    OPTIONS_BACKEND | OPTIONS_CONFIG | OPTIONS_FOLDER | OPTIONS_ONE | OPTIONS_ACTIONS | OPTIONS_PROGRESS |
        OPTIONS_JSON};

static Status simulate(Run *run) {
    while (!run_done(run) && !interrupt_due()) {
        interrupt_listen();
        TRY(run_step(run));
    }
    if (run_done(run)) return STATUS_OK;
    return status_set(
        STATUS_STOPPED, "stopped by %s at day %g; files hold everything up to there; go on with --resume",
        interrupt_name() ? interrupt_name() : "a signal to another process", sim_time_h(run->sim) / 24);
}

static Status run_story(Run *run) {
    REQUIRE(run->options.folder, STATUS_BAD_INPUT, "no folder given; add -o DIR");
    TRY(run_prepare(run));
    progress_start(&run->progress, &run->options, &run->config);
    run_record_start(&run->record);
    Status status = run_begin(run);
    if (status == STATUS_OK) status = simulate(run);
    return run_end(run, status);
}

Status cmd_run(int argc, char **argv) {
    Run run = {0};
    run.record = (RunRecord){argc, argv, &run.config, &run.backend, .result = "running", .message = ""};
    Status status = options_parse(&run.options, &use, argc, argv);
    if (status == STATUS_OK && !run.options.help) status = run_story(&run);
    run_destroy(&run);
    return status;
}
