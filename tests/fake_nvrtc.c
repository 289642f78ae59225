/* NVRTC for tests on machines without it, built as libnvrtc.so.12: makes what tests/fake_cuda.c takes for a
 * compiled module, from the names of the source's kernels.
 *
 *   FAKE_NVRTC_FAIL_AT  number of the call that fails, with result 5 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/nvrtc.h"

#define NVRTC_ENTRY(name, parameters) nvrtcResult name parameters;
#include "device/nvrtc_entries.h"
#undef NVRTC_ENTRY

enum { INVALID_INPUT = 3, INVALID_OPTION = 5, COMPILATION = 6 };

extern const int fake_nvrtc;
const int fake_nvrtc = 1; /* tells it from the real one */

struct nvrtcProgram_st {
    const char *source, *log;
    char *code;
};

static nvrtcResult enter(void) {
    static long calls;
    const char *at = getenv("FAKE_NVRTC_FAIL_AT");
    return ++calls == (at ? atol(at) : 0) ? INVALID_OPTION : 0;
}

#define ENTER \
    if (enter()) return INVALID_OPTION

nvrtcResult nvrtcVersion(int *major, int *minor) {
    ENTER;
    *major = 12, *minor = 4;
    return 0;
}

static const int archs[] = {50, 75, 80, 86, 89, 90};
enum { ARCHS = sizeof archs / sizeof archs[0] };

nvrtcResult nvrtcGetNumSupportedArchs(int *count) {
    ENTER;
    *count = ARCHS;
    return 0;
}

nvrtcResult nvrtcGetSupportedArchs(int *out) {
    ENTER;
    memcpy(out, archs, sizeof archs);
    return 0;
}

nvrtcResult nvrtcCreateProgram(nvrtcProgram *program, const char *source, const char *name, int headers,
                               const char *const *texts, const char *const *file_names) {
    ENTER;
    (void)name, (void)texts, (void)file_names;
    if (headers || !strstr(source, "KERNEL void ")) return INVALID_INPUT;
    *program = calloc(1, sizeof **program);
    (*program)->source = source;
    (*program)->log = "";
    return 0;
}

/* Leaves nothing behind even when it reports an error. */
nvrtcResult nvrtcDestroyProgram(nvrtcProgram *program) {
    free((*program)->code);
    free(*program);
    *program = NULL;
    return enter();
}

static int architecture(int count, const char *const *options) {
    for (int i = 0; i < count; i++) {
        const char *at = strstr(options[i], "--gpu-architecture=");
        if (at) return atoi(strchr(at, '_') + 1);
    }
    return 0;
}

static int given(const char *option, int count, const char *const *options) {
    for (int i = 0; i < count; i++)
        if (strcmp(options[i], option) == 0) return 1;
    return 0;
}

static char *code_make(const char *source, int arch) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "// not really compiled\n.version 8.4\n.target sm_%d\n", arch);
    for (const char *at = source; (at = strstr(at, "\nKERNEL void "));) {
        at += strlen("\nKERNEL void ");
        fprintf(out, ".visible .entry %.*s()\n", (int)strcspn(at, "("), at);
    }
    fclose(out);
    return text;
}

nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int count, const char *const *options) {
    ENTER;
    if (given("-DTARGET_C", count, options)) {
        program->log = "kernels.cu(60): catastrophic error: cannot open source file \"stdint.h\"\n";
        return COMPILATION;
    }
    if (!given("--fmad=false", count, options) || !given("-DTARGET_CUDA", count, options))
        return INVALID_OPTION;
    program->code = code_make(program->source, architecture(count, options));
    return 0;
}

nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t *size) {
    ENTER;
    *size = strlen(program->log) + 1;
    return 0;
}

nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char *log) {
    ENTER;
    strcpy(log, program->log);
    return 0;
}

static nvrtcResult code_size(nvrtcProgram program, size_t *size) {
    *size = strlen(program->code) + 1;
    return 0;
}

nvrtcResult nvrtcGetPTXSize(nvrtcProgram program, size_t *size) {
    ENTER;
    return code_size(program, size);
}

nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t *size) {
    ENTER;
    return code_size(program, size);
}

nvrtcResult nvrtcGetPTX(nvrtcProgram program, char *ptx) {
    ENTER;
    strcpy(ptx, program->code);
    return 0;
}

nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char *cubin) {
    ENTER;
    strcpy(cubin, program->code);
    return 0;
}
