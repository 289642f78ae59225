/* marrow sweep: many runs that differ in a few keys, and one table of what came of them. */
#include "command/commands.h"
#include "sweep/sweep.h"

static const OptionsUse use = {
    "sweep", "CONFIG -o DIR",
    "Runs CONFIG once for each combination of the values of --vary, or each row of --table, in DIR/runs, and "
    "makes "
    "DIR/runs.csv: one row a run, with the figures of its course.\v"
    "A run that fails leaves the others alone. SIGTERM, SIGINT and SIGUSR1 send the runs at work to their "
    "checkpoints; the exit status is 75, and --resume goes on: finished runs are passed over, stopped ones "
    "continued, failed ones tried again. With --resume or --merge, CONFIG may be left out. Several calls, "
    "job-array "
    "tasks or processes of mpirun may share one DIR.",
    OPTIONS_BACKEND | OPTIONS_CONFIG | OPTIONS_FOLDER | OPTIONS_SWEEP | OPTIONS_PROGRESS | OPTIONS_JSON};

static Status sweep_story(Sweep *sweep) {
    if (sweep->options.merge) return sweep_merge(sweep);
    TRY(sweep_prepare(sweep));
    return sweep_end(sweep, sweep_work(sweep));
}

Status cmd_sweep(int argc, char **argv) {
    Sweep sweep = {.argc = argc, .argv = argv};
    Status status = options_parse(&sweep.options, &use, argc, argv);
    if (status == STATUS_OK && !sweep.options.help) status = sweep_story(&sweep);
    sweep_destroy(&sweep);
    return status;
}
