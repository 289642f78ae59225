/* NVRTC, CUDA's compiler as a library, opened at run time. */
#ifndef MARROW_NVRTC_H
#define MARROW_NVRTC_H

#include <stddef.h>

#include "base/status.h"

typedef int nvrtcResult; /* 0: success */
typedef struct nvrtcProgram_st *nvrtcProgram;

typedef struct Nvrtc {
#define NVRTC_ENTRY(name, parameters) nvrtcResult(*name) parameters;
#include "device/nvrtc_entries.h"
#undef NVRTC_ENTRY
} Nvrtc;

/* NULL where there is none; else the newest this driver (12040 for CUDA 12.4) runs the code of, or failing
 * that a newer one. Looked for where the loader looks, and in $CUDA_PATH and $CUDA_HOME or else
 * /usr/local/cuda. */
const Nvrtc *nvrtc_load(int driver);

/* What to compile for on a device: its own code ("sm_90") where this NVRTC knows it, else the nearest older
 * intermediate code ("compute_90"), which the driver finishes. STATUS_UNAVAILABLE: knows nothing that old. */
Status nvrtc_target(const Nvrtc *rtc, int capability, char target[16]);

/* Compiles, and leaves the log ("" at least) and, if that worked, code in malloc'ed memory. */
typedef struct NvrtcBuilt {
    char *log;
    unsigned char *code;
    size_t size;
} NvrtcBuilt;
Status nvrtc_compile(const Nvrtc *rtc, const char *source, const char *const *options, int count, int binary,
                     NvrtcBuilt *out);
void nvrtc_built_destroy(NvrtcBuilt *built);

#endif
