/* marrow export: cells at a time from a run's snapshots, for other programs. */
#include <math.h>

#include "command/commands.h"
#include "files/export.h"
#include "run/options.h"

static const OptionsUse use = {
    "export", "DIR --format fcs|hdf|csv|gates",
    "Writes the cells of a snapshot in DIR (marrow run --snapshot-every): FCS 3.1 for cytometry tools, HDF5 "
    "for "
    "ParaView, Python and R, CSV; or, with gates, what a cytometry laboratory would read off every snapshot.",
    OPTIONS_RUN | OPTIONS_EXPORT};

static Status export_from(const Options *options) {
    Export what = {.folder = options->folder,
                   .at_day = options->at_day,
                   .cells = options->cells,
                   .file = options->file,
                   .force = options->force};
    REQUIRE(options->folder, STATUS_BAD_INPUT, "no folder given; see marrow export --help");
    REQUIRE(options->format, STATUS_BAD_INPUT, "no format given; add --format fcs, hdf, csv or gates");
    TRY(export_format(options->format, &what.format));
    return export_write(&what);
}

Status cmd_export(int argc, char **argv) {
    Options options;
    Status status = options_parse(&options, &use, argc, argv);
    if (status == STATUS_OK && !options.help) status = export_from(&options);
    options_destroy(&options);
    return status;
}
