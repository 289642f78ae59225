/* The kernels on whatever OpenCL 1.2 reaches: GPUs in lanes, processors in loops over pages. */
#include "device/opencl.h"

#include <stdlib.h>
#include <string.h>

#include "device/backend_fetch.h"

/* Groups per compute unit: enough that an uneven one costs little; kernels stride on from there. */
enum { GROUPS_PER_UNIT = 64, LANES_ON_GPU = 256, LANES_ELSEWHERE = 64 };

typedef struct Device {
    const OpenCl *cl;
    OpenClDevice info;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernels[KERNEL_COUNT];
    cl_mem parts[POOL_PARTS];
    size_t lanes; /* width of a group */
    /* fetches: a second queue, and staging memory on the device and on the host */
    cl_command_queue copies;
    cl_mem near;
    char *staging;
    FetchQueue fetches;
} Device;

static Status failed(const Device *d, const char *what, cl_int error) {
    return status_set(STATUS_FAILED, "backend opencl: %s failed on %s: %s; use --backend cpu", what,
                      d->info.name, opencl_error(error));
}

static void parts_release(Device *d) {
    for (int i = 0; i < POOL_PARTS; i++) {
        if (d->parts[i]) d->cl->clReleaseMemObject(d->parts[i]);
        d->parts[i] = NULL;
    }
}

static void opencl_close(Backend *b) {
    Device *d = b->own;
    if (!d) return;
    if (d->queue) d->cl->clFinish(d->queue);
    if (d->copies) d->cl->clFinish(d->copies);
    if (d->near) d->cl->clReleaseMemObject(d->near);
    free(d->staging);
    parts_release(d);
    for (int i = 0; i < KERNEL_COUNT; i++)
        if (d->kernels[i]) d->cl->clReleaseKernel(d->kernels[i]);
    if (d->program) d->cl->clReleaseProgram(d->program);
    if (d->queue) d->cl->clReleaseCommandQueue(d->queue);
    if (d->copies) d->cl->clReleaseCommandQueue(d->copies);
    if (d->context) d->cl->clReleaseContext(d->context);
    free(d);
    b->own = NULL;
}

static Status device_start(Device *d) {
    cl_int error = CL_SUCCESS;
    d->context = d->cl->clCreateContext(NULL, 1, &d->info.id, NULL, NULL, &error);
    if (!d->context) return failed(d, "opening", error);
    d->queue = d->cl->clCreateCommandQueue(d->context, d->info.id, 0, &error);
    if (!d->queue) return failed(d, "a command queue", error);
    d->copies = d->cl->clCreateCommandQueue(d->context, d->info.id, 0, &error);
    if (!d->copies) return failed(d, "a second command queue", error);
    d->near = d->cl->clCreateBuffer(d->context, CL_MEM_READ_WRITE, FETCH_BYTES, NULL, &error);
    if (!d->near) return failed(d, "memory for fetches", error);
    d->staging = malloc(FETCH_BYTES);
    REQUIRE(d->staging, STATUS_FAILED, "backend opencl: out of memory");
    return STATUS_OK;
}

static Status device_kernels(Device *d) {
    for (int i = 0; i < KERNEL_COUNT; i++) {
        cl_int error = CL_SUCCESS;
        d->kernels[i] = d->cl->clCreateKernel(d->program, kernel_names[i], &error);
        if (!d->kernels[i]) return failed(d, kernel_names[i], error);
    }
    return STATUS_OK;
}

/* The widest group every kernel can run in. */
static size_t device_widest(const Device *d) {
    size_t widest = d->info.widest_group;
    for (int i = 0; i < KERNEL_COUNT; i++) {
        size_t own = widest;
        d->cl->clGetKernelWorkGroupInfo(d->kernels[i], d->info.id, CL_KERNEL_WORK_GROUP_SIZE, sizeof own,
                                        &own, NULL);
        if (own < widest) widest = own;
    }
    return widest;
}

static Status device_lanes(Device *d, int wanted) {
    size_t widest = device_widest(d),
           usual = d->info.type & CL_DEVICE_TYPE_GPU ? LANES_ON_GPU : LANES_ELSEWHERE;
    REQUIRE(wanted >= 0, STATUS_BAD_INPUT, "backend opencl: %d lanes; takes 1 to 4096, or 0 to let it choose",
            wanted);
    REQUIRE(
        (size_t)wanted <= widest, STATUS_UNAVAILABLE,
        "backend opencl: %d lanes are more than %s can run together (%zu for these kernels); ask for fewer",
        wanted, d->info.name, widest);
    d->lanes = wanted ? (size_t)wanted : (usual < widest ? usual : widest);
    return STATUS_OK;
}

static Status opencl_open(Backend *b, const BackendOptions *options) {
    const OpenCl *cl;
    OpenClDevice info;
    TRY(opencl_load(&cl));
    TRY(opencl_choose(cl, options->device, strcmp(options->name, "gpu") == 0, &info));
    Device *d = calloc(1, sizeof *d);
    REQUIRE(d, STATUS_FAILED, "backend opencl: out of memory");
    b->own = d;
    d->cl = cl;
    d->info = info;
    bool loops = info.type & CL_DEVICE_TYPE_CPU && options->lanes == 0; /* a width asked for asks for lanes */
    bool pages = options->shape == SHAPE_OF_PAGES || (options->shape == SHAPE_AUTO && loops);
    TRY(device_start(d));
    TRY(opencl_build(cl, d->context, &info, pages, &d->program));
    TRY(device_kernels(d));
    TRY(device_lanes(d, pages ? 1 : options->lanes));
    b->threads = (int)info.units;
    if (pages)
        snprintf(b->device, sizeof b->device, "opencl: %s, pages", info.name);
    else
        snprintf(b->device, sizeof b->device, "opencl: %s, %zu lanes", info.name, d->lanes);
    return STATUS_OK;
}

static void opencl_list(FILE *out) {
    const OpenCl *cl;
    OpenClDevice devices[OPENCL_DEVICES];
    if (opencl_load(&cl) != STATUS_OK) {
        fprintf(
            out,
            "opencl   no OpenCL library (libOpenCL.so.1): install ocl-icd-libopencl1 and a driver such as "
            "pocl-opencl-icd\n");
        return;
    }
    int count = opencl_devices(cl, devices);
    if (!count) fprintf(out, "opencl   no devices: install a driver such as pocl-opencl-icd\n");
    for (int i = 0; i < count; i++) {
        const OpenClDevice *d = &devices[i];
        const char *why = opencl_unusable(d);
        fprintf(out, "opencl   device %d: %s, %s, driver %s, %.1f GB: %s%s\n", i, d->name,
                opencl_type_name(d), d->driver, 1e-9 * (double)d->memory, why ? "not usable, " : "usable",
                why ? why : "");
    }
}

static Status pool_fits(const Device *d, u32 pages) {
    size_t largest = pool_part_bytes(POOL_REAL, pages), whole = pool_bytes(pages);
    REQUIRE(
        largest <= d->info.largest_buffer && whole <= d->info.memory, STATUS_FAILED,
        "backend opencl: the agents need %.2f GB (%.2f in one piece), %s has %.2f (%.2f in one piece); lower "
        "simulation.agents or use --backend cpu",
        1e-9 * (double)whole, 1e-9 * (double)largest, d->info.name, 1e-9 * (double)d->info.memory,
        1e-9 * (double)d->info.largest_buffer);
    return STATUS_OK;
}

/* Every kernel takes the same buffers in the same order. */
static Status pool_bind(Device *d) {
    for (int k = 0; k < KERNEL_COUNT; k++)
        for (int i = 0; i < POOL_PARTS; i++) {
            cl_int error = d->cl->clSetKernelArg(d->kernels[k], (cl_uint)i, sizeof d->parts[i], &d->parts[i]);
            if (error != CL_SUCCESS) return failed(d, kernel_names[k], error);
        }
    return STATUS_OK;
}

static Status opencl_pool(Backend *b, u32 pages) {
    Device *d = b->own;
    parts_release(d);
    TRY(pool_fits(d, pages));
    for (int i = 0; i < POOL_PARTS; i++) {
        cl_int error = CL_SUCCESS;
        d->parts[i] = d->cl->clCreateBuffer(d->context, CL_MEM_READ_WRITE,
                                            pool_part_bytes((PoolPart)i, pages), NULL, &error);
        REQUIRE(d->parts[i], STATUS_FAILED,
                "backend opencl: no memory for %.2f GB of agents on %s (%s); lower simulation.agents",
                1e-9 * (double)pool_bytes(pages), d->info.name, opencl_error(error));
    }
    return pool_bind(d);
}

static Status opencl_picture(Backend *b, size_t bytes) {
    Device *d = b->own;
    cl_int error = CL_SUCCESS;
    cl_mem part = d->cl->clCreateBuffer(d->context, CL_MEM_READ_WRITE, bytes, NULL, &error);
    if (!part) return failed(d, "memory for a picture", error);
    d->cl->clReleaseMemObject(d->parts[POOL_PICTURE]);
    d->parts[POOL_PICTURE] = part;
    return pool_bind(d);
}

/* Flushed at once, so that the device works while the host goes on. */
static Status opencl_launch(Backend *b, KernelId kernel, u32 groups) {
    Device *d = b->own;
    size_t most = (size_t)d->info.units * GROUPS_PER_UNIT, count = groups < most ? groups : most;
    if (!count) return STATUS_OK;
    size_t global = count * d->lanes;
    cl_int error = d->cl->clEnqueueNDRangeKernel(d->queue, d->kernels[kernel], 1, NULL, &global, &d->lanes, 0,
                                                 NULL, NULL);
    if (error == CL_SUCCESS) error = d->cl->clFlush(d->queue);
    return error == CL_SUCCESS ? STATUS_OK : failed(d, kernel_names[kernel], error);
}

static Status opencl_read(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to) {
    Device *d = b->own;
    if (!bytes) return STATUS_OK;
    cl_int error =
        d->cl->clEnqueueReadBuffer(d->queue, d->parts[part], CL_TRUE, offset, bytes, to, 0, NULL, NULL);
    return error == CL_SUCCESS ? STATUS_OK : failed(d, "reading", error);
}

static Status opencl_write(Backend *b, PoolPart part, size_t offset, size_t bytes, const void *from) {
    Device *d = b->own;
    if (!bytes) return STATUS_OK;
    cl_int error =
        d->cl->clEnqueueWriteBuffer(d->queue, d->parts[part], CL_TRUE, offset, bytes, from, 0, NULL, NULL);
    return error == CL_SUCCESS ? STATUS_OK : failed(d, "writing", error);
}

static Status opencl_finish(Backend *b) {
    Device *d = b->own;
    cl_int error = d->cl->clFinish(d->queue);
    return error == CL_SUCCESS ? STATUS_OK : failed(d, "the work", error);
}

static Status fetches_arrive(Device *d) {
    cl_int error = d->cl->clFinish(d->copies);
    if (error != CL_SUCCESS) return failed(d, "fetching", error);
    fetch_hand_out(&d->fetches, d->staging);
    return STATUS_OK;
}

/* Within the device in the order of the work; from there, on the second queue, beside what comes next. */
static Status fetch_piece(Device *d, PoolPart part, size_t offset, size_t bytes) {
    cl_event staged = NULL;
    size_t at = d->fetches.used;
    cl_int error =
        d->cl->clEnqueueCopyBuffer(d->queue, d->parts[part], d->near, offset, at, bytes, 0, NULL, &staged);
    if (error == CL_SUCCESS) error = d->cl->clFlush(d->queue);
    if (error == CL_SUCCESS)
        error = d->cl->clEnqueueReadBuffer(d->copies, d->near, CL_FALSE, at, bytes, d->staging + at, 1,
                                           &staged, NULL);
    if (error == CL_SUCCESS) error = d->cl->clFlush(d->copies);
    if (staged) d->cl->clReleaseEvent(staged);
    return error == CL_SUCCESS ? STATUS_OK : failed(d, "fetching", error);
}

static Status opencl_fetch(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to, Fetch *f) {
    Device *d = b->own;
    f->ticket = ++d->fetches.tickets;
    for (size_t done = 0, piece; done < bytes; done += piece) {
        if (!fetch_room(&d->fetches)) TRY(fetches_arrive(d));
        piece = bytes - done < fetch_room(&d->fetches) ? bytes - done : fetch_room(&d->fetches);
        TRY(fetch_piece(d, part, offset + done, piece));
        fetch_add(&d->fetches, f, piece, (char *)to + done);
    }
    return STATUS_OK;
}

static Status opencl_fetched(Backend *b, Fetch *f) {
    Device *d = b->own;
    if (fetch_waits(&d->fetches, f)) TRY(fetches_arrive(d));
    f->ticket = 0;
    return STATUS_OK;
}

static void opencl_forget(Backend *b, Fetch *f) {
    fetch_forget(&((Device *)b->own)->fetches, f);
}

const BackendCalls backend_opencl = {
    "opencl",    opencl_open,  opencl_close,  opencl_list,  opencl_pool,    opencl_picture, opencl_launch,
    opencl_read, opencl_write, opencl_finish, opencl_fetch, opencl_fetched, opencl_forget};
