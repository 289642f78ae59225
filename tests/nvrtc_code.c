/* nvrtc_code OUT OPTION...: compiles the CUDA source on stdin with NVRTC, for kernels/check_cuda.sh on
 * machines without nvcc. OUT.cubin gets machine code, any other OUT gets PTX; the compiler's log goes to
 * stdout. Without arguments it only says by its status whether there is an NVRTC. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/nvrtc.h"

enum { NEWEST_DRIVER = 13000, LARGEST = 4 << 20 };

static int code_write(const char *path, const NvrtcBuilt *built) {
    FILE *file = fopen(path, "wb");
    if (!file) return 1;
    int whole = fwrite(built->code, 1, built->size, file) == built->size;
    return fclose(file) != 0 || !whole;
}

int main(int argc, char **argv) {
    const Nvrtc *rtc = nvrtc_load(NEWEST_DRIVER);
    if (!rtc || argc < 2) return !rtc;
    static char source[LARGEST];
    source[fread(source, 1, sizeof source - 1, stdin)] = 0;
    NvrtcBuilt built;
    int binary = strstr(argv[1], ".cubin") != NULL;
    Status status = nvrtc_compile(rtc, source, (const char *const *)argv + 2, argc - 2, binary, &built);
    if (built.log) fputs(built.log, stdout);
    if (status != STATUS_OK) fprintf(stderr, "nvrtc_code: %s\n", status_message());
    int failed = status != STATUS_OK || code_write(argv[1], &built);
    nvrtc_built_destroy(&built);
    return failed;
}
