/* Copies from a CUDA device that run beside its work: on the stream of the work a copy within the device, to
 * staging memory, at once and at the memory's own speed; then, on a second stream, from there to the host. */
#ifndef MARROW_CUDA_FETCH_H
#define MARROW_CUDA_FETCH_H

#include "device/backend_fetch.h"
#include "device/cuda_api.h"

/* Starts zeroed. Its context is current at every call. */
typedef struct CudaFetches {
    const Cuda *cu;
    const char *device;
    CUstream stream;
    CUevent staged;   /* the last piece is in staging memory */
    CUdeviceptr near; /* FETCH_BYTES on the device … */
    char *pinned;     /* … and as many on the host */
    FetchQueue queue;
} CudaFetches;

Status cuda_fetches_start(CudaFetches *f, const Cuda *cu, const char *device);
void cuda_fetches_stop(CudaFetches *f); /* any half-built state */

/* Starts to copy from `from`, after all that is on `work` now. */
Status cuda_fetch_start(CudaFetches *f, CUstream work, CUdeviceptr from, size_t bytes, void *to,
                        Fetch *fetch);
Status cuda_fetch_finish(CudaFetches *f, Fetch *fetch);

#endif
