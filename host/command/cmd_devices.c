/* marrow devices: each backend, each device, and why one is not usable. */
#include "command/commands.h"
#include "device/backend.h"
#include "run/options.h"

static const OptionsUse use = {"devices", "",
                               "Lists every device a run could use, and why one is not usable.", 0};

Status cmd_devices(int argc, char **argv) {
    Options options;
    Status status = options_parse(&options, &use, argc, argv);
    if (status == STATUS_OK && !options.help) backend_list(stdout);
    options_destroy(&options);
    return status;
}
