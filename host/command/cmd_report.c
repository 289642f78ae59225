/* marrow report: the folder of a run or a sweep as one page of HTML, for people. */
#include <stdio.h>

#include "command/commands.h"
#include "files/crate.h"
#include "report/report.h"
#include "report/report_sweep.h"
#include "run/options.h"

static const OptionsUse use = {
    "report", "DIR",
    "Writes DIR/report.html from the folder of a run or a sweep: key figures, plots, "
    "tables, config, in one file. Needs gnuplot.",
    OPTIONS_RUN};

static Status report_run(const char *folder) {
    Report report = {0};
    Status status = report_read(&report, folder);
    if (status == STATUS_OK) status = report_write(&report, folder);
    report_destroy(&report);
    return status;
}

static Status report_sweep(const char *folder) {
    SweepReport report = {0};
    Status status = sweep_report_read(&report, folder);
    if (status == STATUS_OK) status = sweep_report_write(&report);
    sweep_report_destroy(&report);
    return status;
}

static Status report_make(const Options *options) {
    const char *folder = options->folder;
    REQUIRE(folder, STATUS_BAD_INPUT, "no folder given; see marrow report --help");
    TRY(sweep_report_fits(folder) ? report_sweep(folder) : report_run(folder));
    TRY(crate_refresh(folder));
    printf("%s/report.html\n", folder);
    return STATUS_OK;
}

Status cmd_report(int argc, char **argv) {
    Options options;
    Status status = options_parse(&options, &use, argc, argv);
    if (status == STATUS_OK && !options.help) status = report_make(&options);
    options_destroy(&options);
    return status;
}
