/* The commands, one file each. They get their own name in argv[0] and return what main reports. */
#ifndef MARROW_COMMANDS_H
#define MARROW_COMMANDS_H

#include "base/status.h"

Status cmd_run(int argc, char **argv);
Status cmd_sweep(int argc, char **argv);
Status cmd_view(int argc, char **argv);
Status cmd_patients(int argc, char **argv);
Status cmd_check(int argc, char **argv);
Status cmd_report(int argc, char **argv);
Status cmd_export(int argc, char **argv);
Status cmd_devices(int argc, char **argv);
Status cmd_bench(int argc, char **argv);
Status cmd_version(int argc, char **argv);

#endif
