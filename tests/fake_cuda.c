/* A CUDA driver for tests, built as libcuda.so.1: kernels compiled as C run behind cuLaunchKernel, and all
 * that the host does with the driver is watched. What the host must never do is said on stderr and ends the
 * process with status 97: a write past an allocation's end, a copy to or from memory that is not pinned, a
 * call without a context, an argument that is none, anything not given back at the end. The kernels take four
 * places at once (PACK), as on a device.
 *
 * Streams are as lazy as a device may be: kernels and copies are kept until somebody synchronises with their
 * stream, or with one that waits for an event of it, and only then happen. Whoever reads too early finds
 * poison, whoever writes too early spoils what is still to be copied.
 *
 *   FAKE_CUDA_CAPABILITY  one number a device: "90" (default), "75,120"; "" is no device
 *   FAKE_CUDA_DRIVER      the CUDA version it runs, 12040 by default
 *   FAKE_CUDA_MEMORY      bytes of a device, 8e9 by default
 *   FAKE_CUDA_FAIL_AT     number of the call that fails, counted from cuInit; FAKE_CUDA_CODE with what (999)
 *   FAKE_CUDA_BREAK       name of a kernel after which one bit of the agents is wrong
 *   FAKE_CUDA_LOG         file that gets `calls N` and `failed NAME` at the end
 * They are read at cuInit while nothing is given out. Errors 700 to 719 stay, as on a device: all calls fail
 * from then on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/cuda_api.h"
#include "kernels/kernels_c.h"

#define CUDA_ENTRY(name, parameters) CUresult name parameters;
#include "device/cuda_entries.h"
#undef CUDA_ENTRY
unsigned fake_cuda_live(void);
const char *fake_cuda_failed(void);
CUresult cuGetExportTable(const void **table, const void *id);

enum { INVALID_VALUE = 1, INVALID_CONTEXT = 201, NO_BINARY = 209, INVALID_PTX = 218, NOT_FOUND = 500 };
enum { OBJECTS = 256, GUARD = 256, GUARD_BYTE = 0xc5, FRESH_BYTE = 0xa7, EM_CUDA = 190 };

typedef enum Kind { NOTHING, DEVICE_MEMORY, PINNED_MEMORY, STREAM, EVENT, MODULE, CONTEXT } Kind;

struct CUctx_st {
    int device;
};
struct CUfunc_st {
    KernelId kernel;
    CUmodule module;
};
/* What is kept until it has to happen: a launch, a copy, or waiting for another stream to get somewhere. */
typedef struct Task {
    enum { LAUNCH, COPY, WAIT } what;
    KernelId kernel;
    unsigned groups;
    void *parts[POOL_PARTS];
    void *to;
    const void *from;
    size_t bytes;
    CUstream other;
    long until;
} Task;
struct CUstream_st {
    Task *tasks; /* the first of them is number `done` */
    long done, asked, room;
};
struct CUevent_st {
    CUstream stream; /* NULL: never recorded */
    long until;
};
struct CUmod_st {
    struct CUfunc_st functions[KERNEL_COUNT];
    const char *text; /* what it was loaded from, copied */
    size_t size;
};

/* Everything that is given out and has to come back. */
typedef struct Object {
    Kind kind;
    char *start;
    size_t bytes;
} Object;

static struct {
    Object objects[OBJECTS];
    CUcontext current;
    int devices, capability[8], driver;
    size_t memory, used;
    long calls, fail_at;
    CUresult code, stuck;
    const char *failed, *broken;
    int wrongs, retained;
} fake;

static const char *const names[KERNEL_COUNT] = {
#define KERNEL_ROW(name, extent) #name,
#include "kernels/kernels.def"
#undef KERNEL_ROW
};

/* ---- watching ---------------------------------------------------------------------------------- */

static CUresult wrong(const char *call, const char *what) {
    fprintf(stderr, "fake cuda: %s: %s\n", call, what);
    fake.wrongs++;
    return INVALID_VALUE;
}

static CUresult enter(const char *call) {
    fake.calls++;
    if (fake.calls == fake.fail_at) {
        fake.failed = call;
        if (fake.code >= 700 && fake.code <= 719) fake.stuck = fake.code;
        return fake.code;
    }
    return fake.stuck;
}

#define ENTER                              \
    do {                                   \
        CUresult error_ = enter(__func__); \
        if (error_) return error_;         \
    } while (0)
#define ENTER_CONTEXT \
    ENTER;            \
    if (!fake.current) return wrong(__func__, "no context is current"), INVALID_CONTEXT

static Object *object_add(Kind kind, void *start, size_t bytes) {
    for (int i = 0; i < OBJECTS; i++)
        if (fake.objects[i].kind == NOTHING) {
            fake.objects[i] = (Object){kind, start, bytes};
            return &fake.objects[i];
        }
    abort();
}

static Object *object_find(Kind kind, const void *start) {
    for (int i = 0; i < OBJECTS; i++)
        if (fake.objects[i].kind == kind && fake.objects[i].start == start) return &fake.objects[i];
    return NULL;
}

/* Whether memory of this kind holds all of a range. */
static int range_known(Kind kind, const void *start, size_t bytes) {
    for (int i = 0; i < OBJECTS; i++) {
        const Object *o = &fake.objects[i];
        const char *from = start;
        if (o->kind == kind && from >= o->start && from + bytes <= o->start + o->bytes) return 1;
    }
    return 0;
}

static void guards_check(const char *call, const Object *o) {
    for (int i = 0; i < GUARD; i++)
        if ((unsigned char)o->start[-1 - i] != GUARD_BYTE ||
            (unsigned char)o->start[o->bytes + (size_t)i] != GUARD_BYTE) {
            wrong(call, "bytes beside an allocation were overwritten");
            return;
        }
}

static char *memory_make(Kind kind, size_t bytes) {
    size_t whole = (bytes + 2 * GUARD + 255) / 256 * 256;
    char *block = aligned_alloc(256, whole);
    if (!block) return NULL;
    memset(block, GUARD_BYTE, whole);
    memset(block + GUARD, FRESH_BYTE, bytes);
    object_add(kind, block + GUARD, bytes);
    return block + GUARD;
}

static CUresult object_drop(const char *call, Kind kind, void *start) {
    Object *o = object_find(kind, start);
    if (!o) return wrong(call, "was never given out, or is back already");
    o->kind = NOTHING;
    if (kind != DEVICE_MEMORY && kind != PINNED_MEMORY) return CUDA_SUCCESS;
    guards_check(call, o);
    free(o->start - GUARD);
    return CUDA_SUCCESS;
}

/* How many objects are out: a test asks when it thinks there are none. */
unsigned fake_cuda_live(void) {
    unsigned count = 0;
    for (int i = 0; i < OBJECTS; i++) count += fake.objects[i].kind != NOTHING;
    return count + (unsigned)fake.retained;
}

/* The call that was made to fail; NULL if it has not come to that. */
const char *fake_cuda_failed(void) {
    return fake.failed;
}

__attribute__((destructor)) static void at_end(void) {
    const char *path = getenv("FAKE_CUDA_LOG");
    FILE *log = path ? fopen(path, "w") : NULL;
    if (log) fprintf(log, "calls %ld\nfailed %s\n", fake.calls, fake.failed ? fake.failed : "none");
    if (log) fclose(log);
    if (fake_cuda_live()) wrong("at the end", "not everything was given back");
    if (fake.wrongs) _exit(97);
}

/* ---- the machine ------------------------------------------------------------------------------- */

static double setting(const char *name, double usual) {
    const char *text = getenv(name);
    return text && text[0] ? strtod(text, NULL) : usual;
}

static void machine_read(void) {
    const char *at = getenv("FAKE_CUDA_CAPABILITY");
    if (!at) at = "90";
    for (fake.devices = 0; *at && fake.devices < 8; at += *at == ',') {
        char *end;
        fake.capability[fake.devices++] = (int)strtol(at, &end, 10);
        at = end;
    }
    fake.driver = (int)setting("FAKE_CUDA_DRIVER", 12040);
    fake.memory = (size_t)setting("FAKE_CUDA_MEMORY", 8e9);
    fake.fail_at = (long)setting("FAKE_CUDA_FAIL_AT", 0);
    fake.code = (CUresult)setting("FAKE_CUDA_CODE", 999);
    fake.broken = getenv("FAKE_CUDA_BREAK");
    fake.calls = 0;
    fake.stuck = CUDA_SUCCESS;
    fake.failed = NULL;
}

CUresult cuInit(unsigned flags) {
    if (!fake_cuda_live()) machine_read();
    ENTER;
    if (flags) return wrong(__func__, "flags");
    return fake.devices ? CUDA_SUCCESS : CUDA_ERROR_NO_DEVICE;
}

/* NVRTC asks the driver, where there is one, for what is not in any manual; it takes no for an answer. */
CUresult cuGetExportTable(const void **table, const void *id) {
    (void)id;
    *table = NULL;
    return NOT_FOUND;
}

CUresult cuDriverGetVersion(int *version) {
    ENTER;
    *version = fake.driver;
    return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult error, const char **name) {
    ENTER;
    *name = error == CUDA_ERROR_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY"
            : error == CUDA_ERROR_NO_DEVICE   ? "CUDA_ERROR_NO_DEVICE"
            : error == 719                    ? "CUDA_ERROR_LAUNCH_FAILED"
                                              : "CUDA_ERROR_FAKE";
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int *count) {
    ENTER;
    *count = fake.devices;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice *device, int number) {
    ENTER;
    if (number < 0 || number >= fake.devices) return wrong(__func__, "no such device");
    *device = number;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char *name, int size, CUdevice device) {
    ENTER;
    snprintf(name, (size_t)size, "Fake GPU %d", device);
    return CUDA_SUCCESS;
}

CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    ENTER;
    (void)device;
    *bytes = fake.memory;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
    ENTER;
    switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = fake.capability[device] / 10; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = fake.capability[device] % 10; break;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 40; break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK: *value = 49152; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE: *value = (int)setting("FAKE_CUDA_MODE", 0); break;
    default: return wrong(__func__, "an attribute it does not know");
    }
    return CUDA_SUCCESS;
}

/* ---- contexts and streams ---------------------------------------------------------------------- */

static struct CUctx_st contexts[8];

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
    ENTER;
    contexts[device].device = device;
    *context = &contexts[device];
    fake.retained++;
    return CUDA_SUCCESS;
}

/* A call that gives back does so even when it reports an error: that of something earlier. */
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    CUresult error = enter(__func__);
    (void)device;
    if (fake.retained-- <= 0) return wrong(__func__, "was not retained");
    return error;
}

CUresult cuCtxSetCurrent(CUcontext context) {
    CUresult error = enter(__func__);
    fake.current = context;
    return error;
}

static void task_run(const Task *task);

/* Everything the stream was asked to do up to here. */
static void stream_run(CUstream stream, long until) {
    while (stream->done < until) {
        Task task = stream->tasks[stream->room - (stream->asked - stream->done)];
        stream->done++;
        task_run(&task);
    }
}

static void task_run(const Task *task) {
    void *const *p = task->parts;
    const KernelPool pool = {p[POOL_REAL],  p[POOL_WORD], p[POOL_LIVE],   p[POOL_BOX],
                             p[POOL_TALLY], p[POOL_ROWS], p[POOL_OFFER],  p[POOL_TOTALS],
                             p[POOL_FRAME], p[POOL_VIEW], p[POOL_PICTURE]};
    if (task->what == COPY) memcpy(task->to, task->from, task->bytes);
    if (task->what == WAIT && object_find(STREAM, task->other)) stream_run(task->other, task->until);
    if (task->what != LAUNCH) return;
    /* the last group first: their order is nobody's to rely on */
    for (unsigned g = task->groups; g-- > 0;) KERNEL_SET[task->kernel](g, task->groups, 0, &pool);
    if (fake.broken && strcmp(fake.broken, names[task->kernel]) == 0) *(u32 *)p[POOL_REAL] ^= 1u;
}

static CUresult task_add(CUstream stream, Task task) {
    long waiting = stream->asked - stream->done;
    Task *tasks = malloc(sizeof task * (size_t)(waiting + 1));
    if (!tasks) abort();
    if (waiting) memcpy(tasks, stream->tasks + stream->room - waiting, sizeof task * (size_t)waiting);
    free(stream->tasks);
    tasks[waiting] = task;
    stream->tasks = tasks;
    stream->room = waiting + 1;
    stream->asked++;
    return CUDA_SUCCESS;
}

/* Memory is given back when all work is done; a device that has failed does no more. */
static void device_finish(void) {
    for (int i = 0; i < OBJECTS; i++) {
        if (fake.objects[i].kind != STREAM) continue;
        CUstream stream = (CUstream)(void *)fake.objects[i].start;
        if (fake.stuck) stream->done = stream->asked;
        stream_run(stream, stream->asked);
    }
}

CUresult cuStreamCreate(CUstream *stream, unsigned flags) {
    ENTER_CONTEXT;
    if (flags != CU_STREAM_NON_BLOCKING) return wrong(__func__, "flags");
    *stream = calloc(1, sizeof **stream);
    object_add(STREAM, *stream, 0);
    return CUDA_SUCCESS;
}

CUresult cuStreamDestroy_v2(CUstream stream) {
    CUresult error = enter(__func__);
    device_finish();
    if (object_drop(__func__, STREAM, stream)) return INVALID_VALUE;
    free(stream->tasks);
    free(stream);
    return error;
}

CUresult cuStreamSynchronize(CUstream stream) {
    ENTER_CONTEXT;
    if (!object_find(STREAM, stream)) return wrong(__func__, "no such stream");
    stream_run(stream, stream->asked);
    return CUDA_SUCCESS;
}

CUresult cuEventCreate(CUevent *event, unsigned flags) {
    ENTER_CONTEXT;
    if (flags != CU_EVENT_DISABLE_TIMING) return wrong(__func__, "flags");
    *event = calloc(1, sizeof **event);
    object_add(EVENT, *event, 0);
    return CUDA_SUCCESS;
}

CUresult cuEventDestroy_v2(CUevent event) {
    CUresult error = enter(__func__);
    if (object_drop(__func__, EVENT, event)) return INVALID_VALUE;
    free(event);
    return error;
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
    ENTER_CONTEXT;
    if (!object_find(EVENT, event) || !object_find(STREAM, stream)) return wrong(__func__, "an argument");
    *event = (struct CUevent_st){stream, stream->asked};
    return CUDA_SUCCESS;
}

CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned flags) {
    ENTER_CONTEXT;
    if (flags || !object_find(EVENT, event) || !object_find(STREAM, stream))
        return wrong(__func__, "an argument");
    if (!event->stream) return CUDA_SUCCESS;
    return task_add(stream, (Task){.what = WAIT, .other = event->stream, .until = event->until});
}

/* ---- modules ----------------------------------------------------------------------------------- */

/* The size of an ELF file, from where its table of sections ends. */
static size_t elf_size(const char *image) {
    uint64_t sections;
    uint16_t each, count;
    memcpy(&sections, image + 40, sizeof sections);
    memcpy(&each, image + 58, sizeof each);
    memcpy(&count, image + 60, sizeof count);
    return (size_t)sections + (size_t)each * count;
}

/* Device code runs on its own generation from its own number on. */
static CUresult cubin_check(const char *image) {
    uint16_t machine;
    uint32_t flags;
    memcpy(&machine, image + 18, sizeof machine);
    memcpy(&flags, image + 48, sizeof flags);
    int built = image[8] >= 8 ? flags >> 8 & 0xff : flags & 0xff,
        here = fake.capability[fake.current->device];
    if (machine != EM_CUDA) return wrong("cuModuleLoadData", "an ELF file, but no device code");
    return built / 10 == here / 10 && built <= here ? CUDA_SUCCESS : NO_BINARY;
}

/* PTX runs on anything from its target on. */
static CUresult ptx_check(const char *text) {
    const char *target = strstr(text, ".target sm_");
    if (!target) return INVALID_PTX;
    return atoi(target + 11) <= fake.capability[fake.current->device] ? CUDA_SUCCESS : NO_BINARY;
}

static CUresult image_check(const char *image, size_t *size) {
    static const unsigned char fatbin[4] = {0x50, 0xed, 0x55, 0xba};
    *size = 0;
    if (memcmp(image, fatbin, sizeof fatbin) == 0) return CUDA_SUCCESS; /* compressed: not looked into */
    int elf = memcmp(image,
                     "\x7f"
                     "ELF",
                     4) == 0;
    *size = elf ? elf_size(image) : strlen(image);
    return elf ? cubin_check(image) : ptx_check(image);
}

CUresult cuModuleLoadData(CUmodule *module, const void *image) {
    ENTER_CONTEXT;
    size_t size;
    CUresult error = image_check(image, &size);
    if (error) return error;
    CUmodule m = calloc(1, sizeof *m);
    m->size = size;
    char *copy = malloc(size + 1);
    memcpy(copy, image, size);
    m->text = copy;
    for (int i = 0; i < KERNEL_COUNT; i++) m->functions[i] = (struct CUfunc_st){(KernelId)i, m};
    object_add(MODULE, m, 0);
    *module = m;
    return CUDA_SUCCESS;
}

CUresult cuModuleUnload(CUmodule module) {
    CUresult error = enter(__func__);
    if (object_drop(__func__, MODULE, module)) return INVALID_VALUE;
    free((void *)(uintptr_t)module->text);
    free(module);
    return error;
}

static int module_has(CUmodule module, const char *name) {
    char section[80], entry[80];
    int a = snprintf(section, sizeof section, ".text.%s", name),
        b = snprintf(entry, sizeof entry, ".entry %s(", name);
    return !module->size || memmem(module->text, module->size, section, (size_t)a + 1) ||
           memmem(module->text, module->size, entry, (size_t)b);
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
    ENTER_CONTEXT;
    for (int i = 0; i < KERNEL_COUNT; i++)
        if (strcmp(names[i], name) == 0 && module_has(module, name)) {
            *function = &module->functions[i];
            return CUDA_SUCCESS;
        }
    return NOT_FOUND;
}

CUresult cuFuncGetAttribute(int *value, int attribute, CUfunction function) {
    ENTER_CONTEXT;
    if (attribute != CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK)
        return wrong(__func__, "an attribute it does not know");
    *value = function->kernel == KERNEL_advance ? 512 : 1024; /* as of a kernel that fills the registers */
    return CUDA_SUCCESS;
}

/* ---- memory ------------------------------------------------------------------------------------ */

CUresult cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes) {
    ENTER_CONTEXT;
    if (!bytes) return wrong(__func__, "nothing asked for");
    if (bytes > fake.memory - fake.used) return CUDA_ERROR_OUT_OF_MEMORY;
    char *start = memory_make(DEVICE_MEMORY, bytes);
    if (!start) return CUDA_ERROR_OUT_OF_MEMORY;
    fake.used += bytes;
    *pointer = (CUdeviceptr)(uintptr_t)start;
    return CUDA_SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr pointer) {
    CUresult error = enter(__func__);
    device_finish();
    Object *o = object_find(DEVICE_MEMORY, (void *)(uintptr_t)pointer);
    if (o) fake.used -= o->bytes;
    return object_drop(__func__, DEVICE_MEMORY, (void *)(uintptr_t)pointer) ? INVALID_VALUE : error;
}

CUresult cuMemAllocHost_v2(void **pointer, size_t bytes) {
    ENTER_CONTEXT;
    *pointer = memory_make(PINNED_MEMORY, bytes);
    return *pointer ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuMemFreeHost(void *pointer) {
    CUresult error = enter(__func__);
    device_finish();
    return object_drop(__func__, PINNED_MEMORY, pointer) ? INVALID_VALUE : error;
}

static CUresult copy(const char *call, void *to, const void *from, size_t bytes, Kind to_kind, Kind from_kind,
                     CUstream stream) {
    if (!range_known(to_kind, to, bytes)) return wrong(call, "a destination out of range, or not pinned");
    if (!range_known(from_kind, from, bytes)) return wrong(call, "a source out of range, or not pinned");
    if (!object_find(STREAM, stream)) return wrong(call, "no such stream");
    if (to_kind == PINNED_MEMORY) memset(to, FRESH_BYTE, bytes); /* until it happens: anything */
    return task_add(stream, (Task){.what = COPY, .to = to, .from = from, .bytes = bytes});
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
    ENTER_CONTEXT;
    return copy(__func__, (void *)(uintptr_t)to, from, bytes, DEVICE_MEMORY, PINNED_MEMORY, stream);
}

CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
    ENTER_CONTEXT;
    return copy(__func__, to, (void *)(uintptr_t)from, bytes, PINNED_MEMORY, DEVICE_MEMORY, stream);
}

CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
    ENTER_CONTEXT;
    return copy(__func__, (void *)(uintptr_t)to, (void *)(uintptr_t)from, bytes, DEVICE_MEMORY, DEVICE_MEMORY,
                stream);
}

/* ---- kernels ----------------------------------------------------------------------------------- */

static int launch_wrong(unsigned grid, unsigned block, const void *const p[POOL_PARTS]) {
    for (int i = 0; i < POOL_PARTS; i++)
        if (!object_find(DEVICE_MEMORY, p[i])) return 1;
    return !grid || !block || block > 1024;
}

CUresult cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                        unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                        CUstream stream, void **parameters, void **extra) {
    ENTER_CONTEXT;
    Task task = {.what = LAUNCH, .kernel = function->kernel, .groups = grid_x};
    void **p = task.parts;
    for (int i = 0; i < POOL_PARTS; i++) p[i] = (void *)(uintptr_t) * (CUdeviceptr *)parameters[i];
    if (grid_y * grid_z * block_y * block_z != 1 || shared_bytes || extra || !object_find(STREAM, stream) ||
        !object_find(MODULE, function->module) || launch_wrong(grid_x, block_x, (const void *const *)p))
        return wrong(__func__, "an argument");
    return task_add(stream, task);
}
