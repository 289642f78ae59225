/* marrow version: what this program is, how it was built, which libraries it found. */
#include <cjson/cJSON.h>
#include <gnu/libc-version.h>
#include <hdf5.h>
#include <stdio.h>
#include <sundials/sundials_version.h>
#include <yaml.h>

#include "base/ranks.h"
#include "base/version.h"
#include "command/commands.h"
#include "command/view_program.h"
#include "device/kernel_cache.h"
#include "run/options.h"

static const OptionsUse use = {"version", "", "Prints version, build options, and the libraries found.", 0};

static void print_version(void) {
    char sundials[32] = "?", view[VIEW_PROGRAM_PATH];
    unsigned hdf[3] = {0};
    (void)SUNDIALSGetVersion(sundials, sizeof sundials);
    (void)H5get_libversion(&hdf[0], &hdf[1], &hdf[2]);
    printf("marrow %s (git %s)\n", version_number, version_git);
    printf("Research and teaching, not for treating patients.\n");
    printf("compiler   %s, %s\n", version_compiler, version_flags);
    printf("kernels    %s, and their source for OpenCL and CUDA%s\n", version_kernels,
           kernel_fatbin_size ? "; compiled for CUDA by nvcc" : "");
    printf("libraries  libyaml %s, cJSON %s, SUNDIALS %s, HDF5 %u.%u.%u, glibc %s\n",
           yaml_get_version_string(), cJSON_Version(), sundials, hdf[0], hdf[1], hdf[2],
           gnu_get_libc_version());
    printf("MPI        %s\n", ranks_library());
    printf("window     %s\n", view_program_find(view) == STATUS_OK ? view : status_message());
    printf("not built  trial, marrow cube\n");
}

Status cmd_version(int argc, char **argv) {
    Options options;
    Status status = options_parse(&options, &use, argc, argv);
    if (status == STATUS_OK && !options.help) print_version();
    options_destroy(&options);
    return status;
}
