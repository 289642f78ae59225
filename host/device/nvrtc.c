#include "device/nvrtc.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/library.h"

static const char *const entry_names[] = {
#define NVRTC_ENTRY(name, parameters) #name,
#include "device/nvrtc_entries.h"
#undef NVRTC_ENTRY
};

enum { ENTRIES = sizeof entry_names / sizeof entry_names[0], OLDEST = 11, NEWER = 2 };
_Static_assert(sizeof(Nvrtc) == ENTRIES * sizeof(void *), "one pointer per entry");

/* The loader's own search first, then the toolkit that $CUDA_PATH or $CUDA_HOME names, else the usual place.
 */
static bool major_open(int major, Nvrtc *calls) {
    const char *path = getenv("CUDA_PATH"), *home = getenv("CUDA_HOME");
    const char *roots[] = {"", path, home, path || home ? NULL : "/usr/local/cuda"};
    char file[512];
    for (int i = 0; i < 4; i++) {
        if (!roots[i]) continue;
        snprintf(file, sizeof file, "%s%slibnvrtc.so.%d%s", roots[i], roots[i][0] ? "/lib64/" : "", major,
                 major == OLDEST ? ".2" : "");
        void *opened = library_open(file);
        if (opened && !library_entries(opened, entry_names, ENTRIES, calls)) return true;
    }
    return false;
}

/* A driver runs code of older compilers, and seldom that of newer ones. */
const Nvrtc *nvrtc_load(int driver) {
    static Nvrtc calls;
    static bool loaded;
    int own = driver / 1000;
    for (int major = own; !loaded && major >= OLDEST; major--) loaded = major_open(major, &calls);
    for (int major = own + 1; !loaded && major <= own + NEWER; major++) loaded = major_open(major, &calls);
    return loaded ? &calls : NULL;
}

static Status failed(const char *what, nvrtcResult error) {
    return status_set(STATUS_FAILED,
                      "backend cuda: NVRTC failed when %s (error %d); reinstall it, or use --backend cpu",
                      what, error);
}

Status nvrtc_target(const Nvrtc *rtc, int capability, char target[16]) {
    int count = 0, archs[256], nearest = 0;
    nvrtcResult error = rtc->nvrtcGetNumSupportedArchs(&count);
    if (!error && count <= 256) error = rtc->nvrtcGetSupportedArchs(archs);
    if (error || count > 256) return failed("asked what it knows", error);
    for (int i = 0; i < count; i++)
        if (archs[i] <= capability && archs[i] > nearest) nearest = archs[i];
    REQUIRE(nearest, STATUS_UNAVAILABLE,
            "backend cuda: this NVRTC no longer compiles for compute capability %d.%d; install an older one",
            capability / 10, capability % 10);
    snprintf(target, 16, nearest == capability ? "sm_%d" : "compute_%d", nearest);
    return STATUS_OK;
}

static Status built_log(const Nvrtc *rtc, nvrtcProgram program, NvrtcBuilt *out) {
    size_t size = 0;
    nvrtcResult error = rtc->nvrtcGetProgramLogSize(program, &size);
    out->log = calloc(size + 1, 1);
    REQUIRE(out->log, STATUS_FAILED, "backend cuda: out of memory for the compiler's log");
    if (!error && size) error = rtc->nvrtcGetProgramLog(program, out->log);
    return error ? failed("asked for its log", error) : STATUS_OK;
}

static Status built_code(const Nvrtc *rtc, nvrtcProgram program, int binary, NvrtcBuilt *out) {
    nvrtcResult error =
        binary ? rtc->nvrtcGetCUBINSize(program, &out->size) : rtc->nvrtcGetPTXSize(program, &out->size);
    if (error || !out->size) return failed("asked for the kernels' size", error);
    out->code = malloc(out->size);
    REQUIRE(out->code, STATUS_FAILED, "backend cuda: out of memory for the kernels");
    error = binary ? rtc->nvrtcGetCUBIN(program, (char *)out->code)
                   : rtc->nvrtcGetPTX(program, (char *)out->code);
    return error ? failed("asked for the kernels", error) : STATUS_OK;
}

Status nvrtc_compile(const Nvrtc *rtc, const char *source, const char *const *options, int count, int binary,
                     NvrtcBuilt *out) {
    nvrtcProgram program = NULL;
    *out = (NvrtcBuilt){0};
    nvrtcResult error = rtc->nvrtcCreateProgram(&program, source, "kernels.cu", 0, NULL, NULL);
    if (error) return failed("given the source", error);
    error = rtc->nvrtcCompileProgram(program, count, options);
    Status status = built_log(rtc, program, out);
    if (status == STATUS_OK && error) status = failed("compiling", error);
    if (status == STATUS_OK) status = built_code(rtc, program, binary, out);
    rtc->nvrtcDestroyProgram(&program);
    return status;
}

void nvrtc_built_destroy(NvrtcBuilt *built) {
    free(built->log);
    free(built->code);
    *built = (NvrtcBuilt){0};
}
