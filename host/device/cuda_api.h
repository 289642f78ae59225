/* CUDA for backend_cuda.c: the driver's library, its devices, and the kernels built for one of them.
 *
 * The few types and numbers of the driver's interface that are needed stand here, so that the program builds
 * where no toolkit is; they are part of its binary interface and do not change. */
#ifndef MARROW_CUDA_API_H
#define MARROW_CUDA_API_H

#include "device/backend.h"

typedef int CUresult; /* CUDA_SUCCESS or one of cuda_error.c */
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct CUctx_st *CUcontext;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct CUstream_st *CUstream;
typedef struct CUevent_st *CUevent;

enum { CUDA_SUCCESS = 0, CUDA_ERROR_OUT_OF_MEMORY = 2, CUDA_ERROR_NO_DEVICE = 100 };
enum { CU_STREAM_NON_BLOCKING = 1, CU_EVENT_DISABLE_TIMING = 2, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 0 };
enum {
    CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK = 8,
    CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16,
    CU_DEVICE_ATTRIBUTE_COMPUTE_MODE = 20,
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
    CU_COMPUTEMODE_PROHIBITED = 2
};

/* The driver's calls, reached as cu->cuInit(0). */
typedef struct Cuda {
#define CUDA_ENTRY(name, parameters) CUresult(*name) parameters;
#include "device/cuda_entries.h"
#undef CUDA_ENTRY
} Cuda;

enum { CUDA_DEVICES = 64, CUDA_FROM = 40 };

typedef struct CudaDevice {
    int number;
    CUdevice id;
    int capability; /* 75 for 7.5 */
    int units, mode, shared_bytes;
    int driver; /* newest CUDA it runs: 12040 for 12.4 */
    size_t memory;
    char name[96];
} CudaDevice;

/* Opens libcuda.so.1 once and for good, and starts the driver. STATUS_UNAVAILABLE says what to install. */
Status cuda_load(const Cuda **out);

/* Devices in CUDA's order, at most CUDA_DEVICES. */
Status cuda_devices(const Cuda *cu, CudaDevice out[CUDA_DEVICES], int *count);

/* Why the kernels cannot run here; NULL if they can. */
const char *cuda_unusable(const CudaDevice *device);

/* Device `number`, or with -1 the first usable one. STATUS_UNAVAILABLE says why. */
Status cuda_choose(const Cuda *cu, int number, CudaDevice *out);

/* STATUS_OK for CUDA_SUCCESS; else the status and the message of a call that failed: what was being done,
 * where, the error's name and what to do about it. */
Status cuda_check(const Cuda *cu, const char *device, const char *what, CUresult error);

/* The kernels as a module in the current context: compiled by NVRTC (or kept from the last time), else those
 * compiled with the program. `from` says which. STATUS_UNAVAILABLE: neither is there, or they do not compile.
 */
Status cuda_build(const Cuda *cu, const CudaDevice *device, CUmodule *out, char from[CUDA_FROM]);

#endif
