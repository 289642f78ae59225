/* OpenCL for backend_opencl.c: the library, its devices, and the kernels built for one of them. */
#ifndef MARROW_OPENCL_H
#define MARROW_OPENCL_H

#include <stdint.h>

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include "backend.h"

/* The library's calls, reached as cl->clFinish(queue). */
typedef struct OpenCl {
#define OPENCL_ENTRY(name) __typeof__(&name) name;
#include "opencl_entries.h"
#undef OPENCL_ENTRY
} OpenCl;

enum { OPENCL_DEVICES = 64, OPENCL_KEY = 1024, OPENCL_PATH = 1024 };

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

/* Built kernels on disk, in $MARROW_CACHE_DIR, else $XDG_CACHE_HOME/marrow, else ~/.cache/marrow. A file
 * carries its key, size and checksum, so a damaged or foreign one is never used. A cache that cannot be
 * written is no error. */
Status opencl_cache_path(const char *key, const char *suffix, char path[OPENCL_PATH]);
unsigned char *opencl_cache_read(const char *path, const char *key,
                                 size_t *size); /* NULL: nothing usable there */
void opencl_cache_write(const char *path, const char *key, const unsigned char *data, size_t size);

uint64_t opencl_hash(const void *data, size_t size); /* FNV-1a */

#endif
