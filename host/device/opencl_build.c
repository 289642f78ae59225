/* The kernels built for one device: from the cache, else from the source inside the program.
 *
 * MARROW_OPENCL_OPTIONS, if set, is appended to the compiler's options (to try a driver's own, or a fault).
 */
#include "device/opencl.h"

#include "device/kernel_cache.h"

#include <stdlib.h>
#include <string.h>

static void build_options(bool pages, char options[512]) {
    const char *more = getenv("MARROW_OPENCL_OPTIONS");
    snprintf(options, 512, "-cl-std=CL1.2 -w -DTARGET_OPENCL%s -cl-fp32-correctly-rounded-divide-sqrt%s%s",
             pages ? " -DSHAPE_PAGE" : "", more && more[0] ? " " : "", more ? more : "");
}

/* Whatever changes the built program is in its key. */
static void build_key(const OpenClDevice *device, const char *options, char key[KERNEL_KEY]) {
    snprintf(key, KERNEL_KEY, "source %016llx\noptions %s\ndevice %s\ndriver %s\nplatform %s\n",
             (unsigned long long)kernel_hash(kernel_source, kernel_source_size), options, device->name,
             device->driver, device->platform_version);
}

/* NULL if the cache has nothing this driver still takes. */
static cl_program program_cached(const OpenCl *cl, cl_context context, const OpenClDevice *device,
                                 const char *options, const char *path, const char *key) {
    size_t size = 0;
    unsigned char *data = kernel_cache_read(path, key, &size);
    if (!data) return NULL;
    cl_int status = CL_SUCCESS, error = CL_SUCCESS;
    const unsigned char *binary = data;
    cl_program program =
        cl->clCreateProgramWithBinary(context, 1, &device->id, &size, &binary, &status, &error);
    free(data);
    if (!program) return NULL;
    if (error == CL_SUCCESS && status == CL_SUCCESS &&
        cl->clBuildProgram(program, 1, &device->id, options, NULL, NULL) == CL_SUCCESS)
        return program;
    cl->clReleaseProgram(program);
    return NULL;
}

/* A program was built for one device, so there is one binary. */
static void program_keep(const OpenCl *cl, cl_program program, const char *path, const char *key) {
    size_t size = 0;
    if (cl->clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL) != CL_SUCCESS ||
        !size)
        return;
    unsigned char *data = malloc(size);
    if (data && cl->clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof data, &data, NULL) == CL_SUCCESS)
        kernel_cache_write(path, key, data, size);
    free(data);
}

/* The compiler's own words; "" if it has none. The caller frees. */
static char *build_log(const OpenCl *cl, cl_program program, cl_device_id device) {
    size_t size = 0;
    cl->clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size);
    char *log = calloc(size + 1, 1);
    if (log && size) cl->clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, size, log, NULL);
    return log;
}

static Status build_failed(const OpenCl *cl, cl_program program, const OpenClDevice *device,
                           const char *options, const char *key, cl_int error) {
    char *log = build_log(cl, program, device->id);
    char path[KERNEL_PATH], line[200];
    kernel_log_first_error(log ? log : "", line);
    kernel_log_write(key, options, log ? log : "", path);
    free(log);
    return status_set(
        STATUS_UNAVAILABLE,
        "backend opencl: the kernels do not compile on %s (%s): %s; whole log and source in %s; "
        "update the driver or use --backend cpu",
        device->name, opencl_error(error), line[0] ? line : "the compiler gave no reason",
        path[0] ? path : "no file, no folder could be written");
}

static Status program_compiled(const OpenCl *cl, cl_context context, const OpenClDevice *device,
                               const char *options, const char *key, cl_program *out) {
    const char *text = kernel_source;
    size_t size = kernel_source_size;
    cl_int error = CL_SUCCESS;
    cl_program program = cl->clCreateProgramWithSource(context, 1, &text, &size, &error);
    REQUIRE(program, STATUS_FAILED, "backend opencl: %s takes no program (%s); use --backend cpu",
            device->name, opencl_error(error));
    error = cl->clBuildProgram(program, 1, &device->id, options, NULL, NULL);
    if (error == CL_SUCCESS) {
        *out = program;
        return STATUS_OK;
    }
    Status status = build_failed(cl, program, device, options, key, error);
    cl->clReleaseProgram(program);
    return status;
}

Status opencl_build(const OpenCl *cl, cl_context context, const OpenClDevice *device, bool pages,
                    cl_program *out) {
    char options[512], key[KERNEL_KEY], path[KERNEL_PATH];
    build_options(pages, options);
    build_key(device, options, key);
    bool cache = kernel_cache_path(key, "clbin", path) == STATUS_OK;
    *out = cache ? program_cached(cl, context, device, options, path, key) : NULL;
    if (*out) return STATUS_OK;
    TRY(program_compiled(cl, context, device, options, key, out));
    if (cache) program_keep(cl, *out, path, key);
    return STATUS_OK;
}
