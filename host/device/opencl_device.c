/* The OpenCL library and its devices. */
#include "device/opencl.h"

#include <string.h>

#include "base/library.h"

/* `advance` keeps a page's due flags (4096 bytes) and its ranks and sums (some 3.2 KB) in local memory. */
enum { LOCAL_BYTES = 8192, LEAST_BYTES = 64 << 20 };

static const char *const entry_names[] = {
#define OPENCL_ENTRY(name) #name,
#include "device/opencl_entries.h"
#undef OPENCL_ENTRY
};

enum { ENTRIES = sizeof entry_names / sizeof entry_names[0] };
_Static_assert(sizeof(OpenCl) == ENTRIES * sizeof(void *), "one pointer per entry");

Status opencl_load(const OpenCl **out) {
    static OpenCl calls;
    static void *library;
    *out = &calls;
    if (library) return STATUS_OK;
    void *opened = library_open("libOpenCL.so.1");
    REQUIRE(
        opened, STATUS_UNAVAILABLE,
        "backend opencl: no OpenCL library (libOpenCL.so.1); install ocl-icd-libopencl1 and a driver such as "
        "pocl-opencl-icd, or use --backend cpu");
    const char *missing = library_entries(opened, entry_names, ENTRIES, &calls);
    REQUIRE(!missing, STATUS_UNAVAILABLE,
            "backend opencl: libOpenCL.so.1 has no %s; install a newer ocl-icd-libopencl1", missing);
    library = opened;
    return STATUS_OK;
}

#define ERROR_NAME(code) \
    case code: return #code;

const char *opencl_error(cl_int code) {
    switch (code) {
        ERROR_NAME(CL_DEVICE_NOT_FOUND)
        ERROR_NAME(CL_DEVICE_NOT_AVAILABLE)
        ERROR_NAME(CL_COMPILER_NOT_AVAILABLE)
        ERROR_NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE)
        ERROR_NAME(CL_OUT_OF_RESOURCES)
        ERROR_NAME(CL_OUT_OF_HOST_MEMORY)
        ERROR_NAME(CL_BUILD_PROGRAM_FAILURE)
        ERROR_NAME(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST)
        ERROR_NAME(CL_INVALID_VALUE)
        ERROR_NAME(CL_INVALID_DEVICE)
        ERROR_NAME(CL_INVALID_CONTEXT)
        ERROR_NAME(CL_INVALID_COMMAND_QUEUE)
        ERROR_NAME(CL_INVALID_MEM_OBJECT)
        ERROR_NAME(CL_INVALID_BINARY)
        ERROR_NAME(CL_INVALID_BUILD_OPTIONS)
        ERROR_NAME(CL_INVALID_PROGRAM)
        ERROR_NAME(CL_INVALID_PROGRAM_EXECUTABLE)
        ERROR_NAME(CL_INVALID_KERNEL_NAME)
        ERROR_NAME(CL_INVALID_KERNEL)
        ERROR_NAME(CL_INVALID_KERNEL_ARGS)
        ERROR_NAME(CL_INVALID_WORK_GROUP_SIZE)
        ERROR_NAME(CL_INVALID_WORK_ITEM_SIZE)
        ERROR_NAME(CL_INVALID_BUFFER_SIZE)
        ERROR_NAME(CL_INVALID_OPERATION)
    default: return "an error OpenCL 1.2 has no name for";
    }
}

#define ASK(field, what) cl->clGetDeviceInfo(d->id, what, sizeof d->field, &d->field, NULL)

/* What is asked for and not answered stays zero, and zero is never good enough. */
static void device_ask(const OpenCl *cl, OpenClDevice *d) {
    ASK(type, CL_DEVICE_TYPE);
    ASK(rounding, CL_DEVICE_SINGLE_FP_CONFIG);
    ASK(available, CL_DEVICE_AVAILABLE);
    ASK(compiler, CL_DEVICE_COMPILER_AVAILABLE);
    ASK(little_endian, CL_DEVICE_ENDIAN_LITTLE);
    ASK(units, CL_DEVICE_MAX_COMPUTE_UNITS);
    ASK(memory, CL_DEVICE_GLOBAL_MEM_SIZE);
    ASK(local_memory, CL_DEVICE_LOCAL_MEM_SIZE);
    ASK(largest_buffer, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    ASK(widest_group, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    ASK(driver, CL_DRIVER_VERSION);
    char name[512] = "?"; /* some drivers refuse to cut a name short */
    cl->clGetDeviceInfo(d->id, CL_DEVICE_NAME, sizeof name, name, NULL);
    snprintf(d->name, sizeof d->name, "%.*s", (int)sizeof d->name - 1, name);
    cl->clGetPlatformInfo(d->platform, CL_PLATFORM_VERSION, sizeof name, name, NULL);
    snprintf(d->platform_version, sizeof d->platform_version, "%.*s", (int)sizeof d->platform_version - 1,
             name);
}

int opencl_devices(const OpenCl *cl, OpenClDevice out[OPENCL_DEVICES]) {
    cl_platform_id platforms[16];
    cl_uint platform_count = 0;
    int count = 0;
    if (cl->clGetPlatformIDs(16, platforms, &platform_count) != CL_SUCCESS) return 0;
    for (cl_uint p = 0; p < platform_count && p < 16; p++) {
        cl_device_id ids[OPENCL_DEVICES];
        cl_uint found = 0;
        if (cl->clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, OPENCL_DEVICES, ids, &found) != CL_SUCCESS)
            continue;
        for (cl_uint i = 0; i < found && count < OPENCL_DEVICES; i++, count++) {
            out[count] = (OpenClDevice){.platform = platforms[p], .id = ids[i]};
            device_ask(cl, &out[count]);
        }
    }
    return count;
}

const char *opencl_type_name(const OpenClDevice *device) {
    if (device->type & CL_DEVICE_TYPE_GPU) return "gpu";
    if (device->type & CL_DEVICE_TYPE_ACCELERATOR) return "accelerator";
    return device->type & CL_DEVICE_TYPE_CPU ? "cpu" : "other";
}

const char *opencl_unusable(const OpenClDevice *d) {
    if (!d->available) return "its driver says it is not available";
    if (!d->compiler) return "its driver has no compiler";
    if (!d->little_endian) return "it is not little-endian";
    if (!(d->rounding & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT))
        return "it does not round division and square root correctly, so results would differ";
    if (!(d->rounding & CL_FP_FMA)) return "it has no fused multiply-add";
    if (d->local_memory < LOCAL_BYTES) return "its local memory is below 8 KB";
    return d->largest_buffer < LEAST_BYTES ? "its memory is below 64 MB" : NULL;
}

/* The best usable one: bigger is better, first wins. */
static int device_rank(const OpenClDevice *d) {
    if (opencl_unusable(d)) return 0;
    if (d->type & CL_DEVICE_TYPE_GPU) return 3;
    return d->type & CL_DEVICE_TYPE_ACCELERATOR ? 2 : 1;
}

Status opencl_choose(const OpenCl *cl, int number, bool gpu_only, OpenClDevice *out) {
    OpenClDevice devices[OPENCL_DEVICES];
    int count = opencl_devices(cl, devices), best = -1, best_rank = gpu_only ? 2 : 0;
    REQUIRE(count, STATUS_UNAVAILABLE,
            "backend opencl: the OpenCL library knows no device; install a driver such as pocl-opencl-icd, "
            "or use --backend cpu");
    REQUIRE(number < count, STATUS_UNAVAILABLE,
            "backend opencl: there is no device %d, the last is %d; see marrow devices", number, count - 1);
    for (int i = 0; i < count; i++) {
        if ((number >= 0 && i != number) || device_rank(&devices[i]) <= best_rank) continue;
        best = i;
        best_rank = device_rank(&devices[i]);
    }
    if (number >= 0)
        REQUIRE(best >= 0 || !opencl_unusable(&devices[number]), STATUS_UNAVAILABLE,
                "backend opencl: device %d, %s, cannot be used: %s; choose another from marrow devices",
                number, devices[number].name, opencl_unusable(&devices[number]));
    REQUIRE(best >= 0, STATUS_UNAVAILABLE,
            "backend opencl: no usable %s; marrow devices says why, --backend cpu always works",
            gpu_only ? "GPU" : "device");
    *out = devices[best];
    return STATUS_OK;
}
