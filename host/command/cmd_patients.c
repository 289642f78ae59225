/* marrow patients: a table of virtual patients for marrow sweep. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command/commands.h"
#include "run/options.h"
#include "sweep/population.h"

static const OptionsUse use = {
    "patients", "-n N -o FILE",
    "Draws N virtual adults with relapsed or refractory leukaemia and writes them as a table, one "
    "row each, for marrow sweep CONFIG --table FILE. Patient 17 of a seed is the "
    "same in every table.",
    OPTIONS_PATIENTS};

static Status write_file(const Options *options) {
    bool there = access(options->file, F_OK) == 0;
    REQUIRE(!there || options->force, STATUS_BAD_INPUT, "%s: is there already; --force replaces it",
            options->file);
    FILE *out = fopen(options->file, "w");
    REQUIRE(out, STATUS_FAILED, "%s: cannot be written: %s; check the folder", options->file,
            strerror(errno));
    Status status = population_write((uint64_t)options->patient_seed, options->patients, out);
    if (fclose(out) != 0 && status == STATUS_OK)
        status = status_set(STATUS_FAILED, "%s: cannot be written: %s; free some space", options->file,
                            strerror(errno));
    return status;
}

static Status patients(const Options *options) {
    REQUIRE(options->patients > 0, STATUS_BAD_INPUT, "how many patients? add -n 200");
    if (options->file) return write_file(options);
    return population_write((uint64_t)options->patient_seed, options->patients, stdout);
}

Status cmd_patients(int argc, char **argv) {
    Options options;
    Status status = options_parse(&options, &use, argc, argv);
    if (status == STATUS_OK && !options.help) status = patients(&options);
    options_destroy(&options);
    return status;
}
