/* marrow check: everything that can be found wrong with a config without running it. */
#include "clinic/policy.h"
#include "command/commands.h"
#include "config/patient.h"
#include "dosing/dosing.h"
#include "run/options.h"

static const OptionsUse use = {
    "check", "CONFIG",
    "Validates CONFIG and all it names, and prints the complete effective config with every key explained.",
    OPTIONS_CONFIG | OPTIONS_SCHEMA};

static Status check_config(const Options *options) {
    Config config;
    TRY(options_config(options, &config));
    PlasmaParams params;
    TRY(patient_plasma(&config, &params));
    Dosing *dosing = NULL;
    Status status = dosing_create(&dosing, &config);
    dosing_destroy(dosing);
    TRY(status);
    Policy policy;
    TRY(policy_read(&policy, config.policy.rules));
    return config_write(&config, stdout, true);
}

Status cmd_check(int argc, char **argv) {
    Options options;
    Status status = options_parse(&options, &use, argc, argv);
    if (status == STATUS_OK && !options.help)
        status = options.schema ? config_write_schema(stdout) : check_config(&options);
    options_destroy(&options);
    return status;
}
