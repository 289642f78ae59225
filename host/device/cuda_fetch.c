#include "device/cuda_fetch.h"

static Status check(const CudaFetches *f, const char *what, CUresult error) {
    return cuda_check(f->cu, f->device, what, error);
}

Status cuda_fetches_start(CudaFetches *f, const Cuda *cu, const char *device) {
    void *pinned = NULL;
    CUdeviceptr near = 0;
    *f = (CudaFetches){.cu = cu, .device = device};
    TRY(check(f, "making a second stream", cu->cuStreamCreate(&f->stream, CU_STREAM_NON_BLOCKING)));
    TRY(check(f, "making an event", cu->cuEventCreate(&f->staged, CU_EVENT_DISABLE_TIMING)));
    TRY(check(f, "allocating", cu->cuMemAlloc_v2(&near, FETCH_BYTES)));
    f->near = near;
    TRY(check(f, "pinning memory", cu->cuMemAllocHost_v2(&pinned, FETCH_BYTES)));
    f->pinned = pinned;
    return STATUS_OK;
}

void cuda_fetches_stop(CudaFetches *f) {
    if (f->stream) f->cu->cuStreamSynchronize(f->stream);
    if (f->near) f->cu->cuMemFree_v2(f->near);
    if (f->pinned) f->cu->cuMemFreeHost(f->pinned);
    if (f->staged) f->cu->cuEventDestroy_v2(f->staged);
    if (f->stream) f->cu->cuStreamDestroy_v2(f->stream);
    *f = (CudaFetches){0};
}

/* The second stream waits for the work's: when it is done, so are all pieces. */
static Status arrive(CudaFetches *f) {
    TRY(check(f, "the copies", f->cu->cuStreamSynchronize(f->stream)));
    fetch_hand_out(&f->queue, f->pinned);
    return STATUS_OK;
}

static Status copy_piece(CudaFetches *f, CUstream work, CUdeviceptr from, size_t bytes) {
    CUdeviceptr near = f->near + f->queue.used;
    TRY(check(f, "copying", f->cu->cuMemcpyDtoDAsync_v2(near, from, bytes, work)));
    TRY(check(f, "marking a copy", f->cu->cuEventRecord(f->staged, work)));
    TRY(check(f, "waiting for a copy", f->cu->cuStreamWaitEvent(f->stream, f->staged, 0)));
    return check(f, "fetching",
                 f->cu->cuMemcpyDtoHAsync_v2(f->pinned + f->queue.used, near, bytes, f->stream));
}

Status cuda_fetch_start(CudaFetches *f, CUstream work, CUdeviceptr from, size_t bytes, void *to,
                        Fetch *fetch) {
    fetch->ticket = ++f->queue.tickets;
    for (size_t done = 0, piece; done < bytes; done += piece) {
        if (!fetch_room(&f->queue)) TRY(arrive(f));
        piece = bytes - done < fetch_room(&f->queue) ? bytes - done : fetch_room(&f->queue);
        TRY(copy_piece(f, work, from + done, piece));
        fetch_add(&f->queue, fetch, piece, (char *)to + done);
    }
    return STATUS_OK;
}

Status cuda_fetch_finish(CudaFetches *f, Fetch *fetch) {
    if (fetch_waits(&f->queue, fetch)) TRY(arrive(f));
    fetch->ticket = 0;
    return STATUS_OK;
}
