/* The kernels built for one device: from the cache, else compiled by NVRTC from the source inside the
 * program, else, where there is no NVRTC, those that nvcc compiled when the program was built.
 *
 * MARROW_CUDA_OPTIONS, if set, is one more option to the compiler (to try one, or a fault). */
#include <stdlib.h>
#include <string.h>

#include "device/cuda_api.h"
#include "device/kernel_cache.h"
#include "device/nvrtc.h"

enum { OPTIONS = 8 };

/* What is built, and for what. */
typedef struct Order {
    const Cuda *cu;
    const CudaDevice *device;
    const Nvrtc *rtc;
    int major, minor; /* of NVRTC */
    bool binary;      /* the device's own code, not one the driver has to finish */
    char target[16], target_option[40], all_options[512], key[KERNEL_KEY], path[KERNEL_PATH];
    const char *options[OPTIONS];
    int option_count;
} Order;

/* Nothing that may change bits: no contraction, division and root rounded to nearest, subnormals kept. */
static void order_options(Order *o) {
    const char *more = getenv("MARROW_CUDA_OPTIONS");
    snprintf(o->target_option, sizeof o->target_option, "--gpu-architecture=%s", o->target);
    const char *all[OPTIONS] = {o->target_option,  "-DTARGET_CUDA",    "--std=c++14", "--fmad=false",
                                "--prec-div=true", "--prec-sqrt=true", "--ftz=false", more};
    o->option_count = more && more[0] ? OPTIONS : OPTIONS - 1;
    for (int i = 0, at = 0; i < o->option_count; i++) {
        o->options[i] = all[i];
        at += snprintf(o->all_options + at, sizeof o->all_options - (size_t)at, "%s%s", i ? " " : "", all[i]);
        if (at >= (int)sizeof o->all_options) at = sizeof o->all_options - 1;
    }
}

/* Whatever changes the built kernels is in their key. */
static void order_key(Order *o) {
    snprintf(o->key, sizeof o->key, "source %016llx\noptions %s\ndevice %s, %d\ndriver %d\nnvrtc %d.%d\n",
             (unsigned long long)kernel_hash(kernel_source, kernel_source_size), o->all_options,
             o->device->name, o->device->capability, o->device->driver, o->major, o->minor);
}

static Status order_make(Order *o, const Cuda *cu, const CudaDevice *device, const Nvrtc *rtc) {
    *o = (Order){.cu = cu, .device = device, .rtc = rtc};
    TRY(nvrtc_target(rtc, device->capability, o->target));
    REQUIRE(rtc->nvrtcVersion(&o->major, &o->minor) == 0, STATUS_FAILED,
            "backend cuda: NVRTC does not say its version; reinstall it, or use --backend cpu");
    o->binary = o->target[0] == 's';
    order_options(o);
    order_key(o);
    return STATUS_OK;
}

static Status module_load(const Cuda *cu, const CudaDevice *device, const void *code, CUmodule *out) {
    CUmodule module = NULL;
    TRY(cuda_check(cu, device->name, "loading the kernels", cu->cuModuleLoadData(&module, code)));
    *out = module;
    return STATUS_OK;
}

/* NULL if the cache has nothing this driver still takes. */
static CUmodule module_cached(const Order *o) {
    size_t size = 0;
    CUmodule module = NULL;
    unsigned char *code = kernel_cache_read(o->path, o->key, &size);
    if (code && o->cu->cuModuleLoadData(&module, code) != CUDA_SUCCESS) module = NULL;
    free(code);
    return module;
}

static Status compile_failed(const Order *o, const char *log) {
    char path[KERNEL_PATH], line[200];
    kernel_log_first_error(log, line);
    kernel_log_write(o->key, o->all_options, log, path);
    return status_set(
        STATUS_UNAVAILABLE,
        "backend cuda: the kernels do not compile for %s (NVRTC %d.%d, %s): %s; whole log and source "
        "in %s; install another NVRTC or use --backend cpu",
        o->device->name, o->major, o->minor, o->target, line[0] ? line : "the compiler gave no reason",
        path[0] ? path : "no file, no folder could be written");
}

/* A cubin needs no end; PTX comes with its final 0 counted. */
static Status module_compiled(const Order *o, bool cache, CUmodule *out) {
    NvrtcBuilt built;
    Status status = nvrtc_compile(o->rtc, kernel_source, o->options, o->option_count, o->binary, &built);
    if (status != STATUS_OK && built.log && strstr(built.log, "error")) status = compile_failed(o, built.log);
    if (status == STATUS_OK) status = module_load(o->cu, o->device, built.code, out);
    if (status == STATUS_OK && cache) kernel_cache_write(o->path, o->key, built.code, built.size);
    nvrtc_built_destroy(&built);
    return status;
}

static Status build_now(const Cuda *cu, const CudaDevice *device, const Nvrtc *rtc, CUmodule *out,
                        char from[CUDA_FROM]) {
    Order o;
    TRY(order_make(&o, cu, device, rtc));
    snprintf(from, CUDA_FROM, "NVRTC %d.%d for %s", o.major, o.minor, o.target);
    bool cache = kernel_cache_path(o.key, o.binary ? "cubin" : "ptx", o.path) == STATUS_OK;
    *out = cache ? module_cached(&o) : NULL;
    return *out ? STATUS_OK : module_compiled(&o, cache, out);
}

Status cuda_build(const Cuda *cu, const CudaDevice *device, CUmodule *out, char from[CUDA_FROM]) {
    const Nvrtc *rtc = nvrtc_load(device->driver);
    if (rtc) return build_now(cu, device, rtc, out, from);
    REQUIRE(kernel_fatbin_size, STATUS_UNAVAILABLE,
            "backend cuda: no NVRTC (libnvrtc.so.%d) to compile the kernels with, and none were compiled "
            "with this "
            "program; install NVRTC from the CUDA toolkit (Debian non-free: libnvrtc11.2), or build where "
            "nvcc is",
            device->driver / 1000);
    snprintf(from, CUDA_FROM, "kernels compiled with the program");
    return module_load(cu, device, kernel_fatbin, out);
}
