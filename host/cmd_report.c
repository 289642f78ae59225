/* marrow report: a run's folder as one page of HTML, for people. */
#include <stdio.h>

#include "commands.h"
#include "options.h"
#include "report.h"

static const OptionsUse use = {"report", "DIR",
                               "Writes DIR/report.html from a run's folder: key figures, plots, tables, "
                               "config, in one file. Needs gnuplot.",
                               OPTIONS_RUN};

static Status report_make(const Options *options) {
    REQUIRE(options->folder, STATUS_BAD_INPUT, "no folder given; see marrow report --help");
    Report report = {0};
    Status status = report_read(&report, options->folder);
    if (status == STATUS_OK) status = report_write(&report, options->folder);
    report_destroy(&report);
    TRY(status);
    printf("%s/report.html\n", options->folder);
    return STATUS_OK;
}

Status cmd_report(int argc, char **argv) {
    Options options;
    Status status = options_parse(&options, &use, argc, argv);
    if (status == STATUS_OK && !options.help) status = report_make(&options);
    options_destroy(&options);
    return status;
}
