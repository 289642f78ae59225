/* OpenCL for backend_opencl.c: the library, its devices, and the kernels built for one of them. */
#ifndef MARROW_OPENCL_H
#define MARROW_OPENCL_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include "device/backend.h"

/* The library's calls, reached as cl->clFinish(queue). */
typedef struct OpenCl {
#define OPENCL_ENTRY(name) __typeof__(&name) name;
#include "device/opencl_entries.h"
#undef OPENCL_ENTRY
} OpenCl;

enum { OPENCL_DEVICES = 64 };

typedef struct OpenClDevice {
    cl_platform_id platform;
    cl_device_id id;
    cl_device_type type;
    cl_device_fp_config rounding;
    cl_bool available, compiler, little_endian;
    cl_uint units;
    cl_ulong memory, local_memory, largest_buffer; /* bytes */
    size_t widest_group;
    char name[96], driver[64], platform_version[96];
} OpenClDevice;

/* Opens libOpenCL.so.1, once and for good. STATUS_UNAVAILABLE: not installed; says what to install. */
Status opencl_load(const OpenCl **out);

/* "CL_OUT_OF_RESOURCES" for -5. */
const char *opencl_error(cl_int code);

/* All devices of all platforms in the order the library lists them; returns how many. */
int opencl_devices(const OpenCl *cl, OpenClDevice out[OPENCL_DEVICES]);

const char *opencl_type_name(const OpenClDevice *device); /* gpu, cpu, accelerator, other */

/* Why the kernels cannot run here, or would not give the same bits; NULL if they can. */
const char *opencl_unusable(const OpenClDevice *device);

/* Device `number`, or with -1 the first usable one, GPUs before accelerators before processors; `gpu_only`:
 * nothing but a GPU will do. STATUS_UNAVAILABLE says why. */
Status opencl_choose(const OpenCl *cl, int number, bool gpu_only, OpenClDevice *out);

/* The kernels' program for a device, from the cache or from source. STATUS_UNAVAILABLE: does not compile; the
 * message names the file with the compiler's log and the numbered source. */
Status opencl_build(const OpenCl *cl, cl_context context, const OpenClDevice *device, bool pages,
                    cl_program *out);

#endif
