/* The kernels on NVIDIA GPUs through the CUDA driver: a block of threads per page, one stream for
 * them and one for fetches beside them, and pinned memory for all that crosses between host and device. */
#include <stdlib.h>
#include <string.h>

#include "device/cuda_fetch.h"

/* LANES: eight warps hide each other's loads and still leave room for two blocks per unit. STAGING: an
 * interval sends some 4 KB and fetches as much; bigger pieces go through in parts. */
enum { LANES = 256, WIDEST = 1024, STAGING = 1 << 20, STAGING_STEP = 256 };

typedef struct Device {
    const Cuda *cu;
    CudaDevice info;
    CUcontext context;
    CUstream stream;
    CUmodule module;
    CUfunction kernels[KERNEL_COUNT];
    CUdeviceptr parts[POOL_PARTS];
    char *up, *down; /* pinned: on its way to the device, and from it */
    size_t up_used;  /* of `up`, by copies that may still be under way */
    unsigned lanes;
    CudaFetches fetches;
} Device;

static Status check(const Device *d, const char *what, CUresult error) {
    return cuda_check(d->cu, d->info.name, what, error);
}

/* Several devices may be open in one thread, or one device be used from another. */
static Status enter(const Device *d) {
    return check(d, "choosing it", d->cu->cuCtxSetCurrent(d->context));
}

static void parts_release(Device *d) {
    for (int i = 0; i < POOL_PARTS; i++) {
        if (d->parts[i]) d->cu->cuMemFree_v2(d->parts[i]);
        d->parts[i] = 0;
    }
}

static void context_empty(Device *d) {
    d->cu->cuCtxSetCurrent(d->context);
    if (d->stream) d->cu->cuStreamSynchronize(d->stream);
    cuda_fetches_stop(&d->fetches);
    parts_release(d);
    if (d->up) d->cu->cuMemFreeHost(d->up);
    if (d->down) d->cu->cuMemFreeHost(d->down);
    if (d->module) d->cu->cuModuleUnload(d->module);
    if (d->stream) d->cu->cuStreamDestroy_v2(d->stream);
    d->cu->cuCtxSetCurrent(NULL);
}

static void cuda_close(Backend *b) {
    Device *d = b->own;
    if (!d) return;
    if (d->context) {
        context_empty(d);
        d->cu->cuDevicePrimaryCtxRelease_v2(d->info.id);
    }
    free(d);
    b->own = NULL;
}

static Status device_start(Device *d) {
    void *up = NULL, *down = NULL;
    TRY(check(d, "opening", d->cu->cuDevicePrimaryCtxRetain(&d->context, d->info.id)));
    TRY(enter(d));
    TRY(check(d, "making a stream", d->cu->cuStreamCreate(&d->stream, CU_STREAM_NON_BLOCKING)));
    TRY(check(d, "pinning memory", d->cu->cuMemAllocHost_v2(&up, STAGING)));
    d->up = up;
    TRY(check(d, "pinning memory", d->cu->cuMemAllocHost_v2(&down, STAGING)));
    d->down = down;
    return cuda_fetches_start(&d->fetches, d->cu, d->info.name);
}

static Status device_kernels(Device *d) {
    for (int i = 0; i < KERNEL_COUNT; i++)
        TRY(check(d, kernel_names[i],
                  d->cu->cuModuleGetFunction(&d->kernels[i], d->module, kernel_names[i])));
    return STATUS_OK;
}

/* The widest block every kernel can run in: registers may not stretch to 1024 threads. */
static Status device_widest(const Device *d, int *widest) {
    *widest = WIDEST;
    for (int i = 0; i < KERNEL_COUNT; i++) {
        int own = 0;
        TRY(check(d, kernel_names[i],
                  d->cu->cuFuncGetAttribute(&own, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, d->kernels[i])));
        if (own < *widest) *widest = own;
    }
    return STATUS_OK;
}

static Status device_lanes(Device *d, int wanted) {
    int widest = 0;
    REQUIRE(wanted >= 0, STATUS_BAD_INPUT, "backend cuda: %d lanes; takes 1 to 1024, or 0 to let it choose",
            wanted);
    TRY(device_widest(d, &widest));
    REQUIRE(wanted <= widest, STATUS_UNAVAILABLE,
            "backend cuda: %d lanes are more than %s can run together (%d for these kernels); ask for fewer",
            wanted, d->info.name, widest);
    d->lanes = (unsigned)(wanted ? wanted : LANES < widest ? LANES : widest);
    return STATUS_OK;
}

static Status cuda_open(Backend *b, const BackendOptions *options) {
    const Cuda *cu;
    CudaDevice info;
    char from[CUDA_FROM] = "";
    TRY(cuda_load(&cu));
    TRY(cuda_choose(cu, options->device, &info));
    Device *d = calloc(1, sizeof *d);
    REQUIRE(d, STATUS_FAILED, "backend cuda: out of memory");
    b->own = d;
    d->cu = cu;
    d->info = info;
    TRY(device_start(d));
    TRY(cuda_build(cu, &info, &d->module, from));
    TRY(device_kernels(d));
    TRY(device_lanes(d, options->lanes));
    b->threads = info.units;
    snprintf(b->device, sizeof b->device, "cuda: %s, %u lanes, %s", info.name, d->lanes, from);
    return STATUS_OK;
}

static void list_device(FILE *out, const CudaDevice *d) {
    const char *why = cuda_unusable(d);
    fprintf(out, "cuda     device %d: %s, compute capability %d.%d, driver CUDA %d.%d, %.1f GB: %s%s\n",
            d->number, d->name, d->capability / 10, d->capability % 10, d->driver / 1000,
            d->driver % 1000 / 10, 1e-9 * (double)d->memory, why ? "not usable, " : "usable", why ? why : "");
}

/* What stands between this machine and its devices is a message of the form `backend cuda: why; what to do`.
 */
static void cuda_list(FILE *out) {
    const Cuda *cu;
    CudaDevice devices[CUDA_DEVICES];
    int count = 0;
    Status status = cuda_load(&cu);
    if (status == STATUS_OK) status = cuda_devices(cu, devices, &count);
    if (status != STATUS_OK) fprintf(out, "cuda     %s\n", status_message() + strlen("backend cuda: "));
    for (int i = 0; status == STATUS_OK && i < count; i++) list_device(out, &devices[i]);
    if (status == STATUS_OK && !count) fprintf(out, "cuda     no devices: look at CUDA_VISIBLE_DEVICES\n");
}

static Status part_allocate(Device *d, PoolPart part, u32 pages) {
    CUdeviceptr pointer = 0;
    CUresult error = d->cu->cuMemAlloc_v2(&pointer, pool_part_bytes(part, pages));
    REQUIRE(
        error != CUDA_ERROR_OUT_OF_MEMORY, STATUS_FAILED,
        "backend cuda: no memory for %.2f GB of agents on %s, which has %.2f, less what others use; lower "
        "simulation.agents",
        1e-9 * (double)pool_bytes(pages), d->info.name, 1e-9 * (double)d->info.memory);
    TRY(check(d, "allocating", error));
    d->parts[part] = pointer;
    return STATUS_OK;
}

static Status cuda_wait(Device *d, const char *what) {
    TRY(check(d, what, d->cu->cuStreamSynchronize(d->stream)));
    d->up_used = 0;
    return STATUS_OK;
}

static Status cuda_pool(Backend *b, u32 pages) {
    Device *d = b->own;
    TRY(enter(d));
    TRY(cuda_wait(d, "the work")); /* what is under way may use the old parts */
    parts_release(d);
    for (int i = 0; i < POOL_PARTS; i++) TRY(part_allocate(d, (PoolPart)i, pages));
    return STATUS_OK;
}

static Status cuda_picture(Backend *b, size_t bytes) {
    Device *d = b->own;
    CUdeviceptr pointer = 0;
    TRY(enter(d));
    TRY(cuda_wait(d, "the work"));
    TRY(check(d, "freeing a picture", d->cu->cuMemFree_v2(d->parts[POOL_PICTURE])));
    d->parts[POOL_PICTURE] = 0;
    TRY(check(d, "allocating a picture", d->cu->cuMemAlloc_v2(&pointer, bytes)));
    d->parts[POOL_PICTURE] = pointer;
    return STATUS_OK;
}

static Status cuda_launch(Backend *b, KernelId kernel, u32 groups) {
    Device *d = b->own;
    void *parameters[POOL_PARTS]; /* every kernel takes the same buffers in the same order */
    if (!groups) return STATUS_OK;
    TRY(enter(d));
    for (int i = 0; i < POOL_PARTS; i++) parameters[i] = &d->parts[i];
    return check(d, kernel_names[kernel],
                 d->cu->cuLaunchKernel(d->kernels[kernel], groups, 1, 1, d->lanes, 1, 1, 0, d->stream,
                                       parameters, NULL));
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* What the interval waits for: one copy and one wait for the totals. */
static Status cuda_read(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to) {
    Device *d = b->own;
    TRY(enter(d));
    for (size_t done = 0, piece; done < bytes; done += piece) {
        piece = smaller(bytes - done, STAGING);
        TRY(check(d, "reading",
                  d->cu->cuMemcpyDtoHAsync_v2(d->down, d->parts[part] + offset + done, piece, d->stream)));
        TRY(cuda_wait(d, "the work"));
        memcpy((char *)to + done, d->down, piece);
    }
    return STATUS_OK;
}

/* Waits for nothing while there is room in `up`: `from` is the caller's again at once. */
static Status cuda_write(Backend *b, PoolPart part, size_t offset, size_t bytes, const void *from) {
    Device *d = b->own;
    TRY(enter(d));
    for (size_t done = 0, piece; done < bytes; done += piece) {
        if (d->up_used == STAGING) TRY(cuda_wait(d, "the work"));
        piece = smaller(bytes - done, STAGING - d->up_used);
        char *staged = d->up + d->up_used;
        memcpy(staged, (const char *)from + done, piece);
        TRY(check(d, "writing",
                  d->cu->cuMemcpyHtoDAsync_v2(d->parts[part] + offset + done, staged, piece, d->stream)));
        d->up_used = smaller(STAGING, (d->up_used + piece + STAGING_STEP - 1) / STAGING_STEP * STAGING_STEP);
    }
    return STATUS_OK;
}

static Status cuda_finish(Backend *b) {
    TRY(enter(b->own));
    return cuda_wait(b->own, "the work");
}

static Status cuda_fetch(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to, Fetch *f) {
    Device *d = b->own;
    TRY(enter(d));
    return cuda_fetch_start(&d->fetches, d->stream, d->parts[part] + offset, bytes, to, f);
}

static Status cuda_fetched(Backend *b, Fetch *f) {
    Device *d = b->own;
    TRY(enter(d));
    return cuda_fetch_finish(&d->fetches, f);
}

static void cuda_forget(Backend *b, Fetch *f) {
    fetch_forget(&((Device *)b->own)->fetches.queue, f);
}

const BackendCalls backend_cuda = {"cuda",       cuda_open,    cuda_close, cuda_list,  cuda_pool,
                                   cuda_picture, cuda_launch,  cuda_read,  cuda_write, cuda_finish,
                                   cuda_fetch,   cuda_fetched, cuda_forget};
