/* The CUDA driver's library and its devices. */
#include "base/library.h"
#include "device/cuda_api.h"

/* CUDA 11.2 is the first whose NVRTC makes code for a device by itself. */
enum { OLDEST_DRIVER = 11020, OLDEST_CAPABILITY = 75, SHARED_BYTES = 16384, LEAST_BYTES = 64 << 20 };

static const char *const entry_names[] = {
#define CUDA_ENTRY(name, parameters) #name,
#include "device/cuda_entries.h"
#undef CUDA_ENTRY
};

enum { ENTRIES = sizeof entry_names / sizeof entry_names[0] };
_Static_assert(sizeof(Cuda) == ENTRIES * sizeof(void *), "one pointer per entry");

static Status library_find(Cuda *calls) {
    static void *library;
    if (library) return STATUS_OK;
    void *opened = library_open("libcuda.so.1");
    REQUIRE(opened, STATUS_UNAVAILABLE,
            "backend cuda: no CUDA driver (libcuda.so.1); install NVIDIA's driver (Debian: nvidia-driver, "
            "libcuda1), or use --backend cpu");
    const char *missing = library_entries(opened, entry_names, ENTRIES, calls);
    REQUIRE(!missing, STATUS_UNAVAILABLE,
            "backend cuda: the driver has no %s; update it to one for CUDA 11.2 (460.27) or newer", missing);
    library = opened;
    return STATUS_OK;
}

static Status version_check(const Cuda *cu) {
    int version = 0;
    TRY(cuda_check(cu, "this machine", "asking for the driver's version", cu->cuDriverGetVersion(&version)));
    REQUIRE(version >= OLDEST_DRIVER, STATUS_UNAVAILABLE,
            "backend cuda: the driver runs CUDA %d.%d, 11.2 is needed; update it to 460.27 or newer",
            version / 1000, version % 1000 / 10);
    return STATUS_OK;
}

Status cuda_load(const Cuda **out) {
    static Cuda calls;
    *out = &calls;
    TRY(library_find(&calls));
    TRY(cuda_check(&calls, "this machine", "starting the driver", calls.cuInit(0)));
    return version_check(&calls);
}

typedef struct Question {
    int attribute;
    int *answer;
} Question;

static CUresult device_ask(const Cuda *cu, CudaDevice *d) {
    int major = 0, minor = 0;
    const Question questions[] = {
        {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, &major},
        {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, &minor},
        {CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, &d->units},
        {CU_DEVICE_ATTRIBUTE_COMPUTE_MODE, &d->mode},
        {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, &d->shared_bytes},
    };
    CUresult error = cu->cuDeviceGet(&d->id, d->number);
    if (!error) error = cu->cuDriverGetVersion(&d->driver);
    if (!error) error = cu->cuDeviceGetName(d->name, sizeof d->name, d->id);
    if (!error) error = cu->cuDeviceTotalMem_v2(&d->memory, d->id);
    for (size_t i = 0; !error && i < sizeof questions / sizeof questions[0]; i++)
        error = cu->cuDeviceGetAttribute(questions[i].answer, questions[i].attribute, d->id);
    d->capability = 10 * major + minor;
    return error;
}

Status cuda_devices(const Cuda *cu, CudaDevice out[CUDA_DEVICES], int *count) {
    TRY(cuda_check(cu, "this machine", "counting devices", cu->cuDeviceGetCount(count)));
    if (*count > CUDA_DEVICES) *count = CUDA_DEVICES;
    for (int i = 0; i < *count; i++) {
        char name[32];
        snprintf(name, sizeof name, "device %d", i);
        out[i] = (CudaDevice){.number = i};
        TRY(cuda_check(cu, name, "asking what it is", device_ask(cu, &out[i])));
    }
    return STATUS_OK;
}

const char *cuda_unusable(const CudaDevice *d) {
    if (d->capability < OLDEST_CAPABILITY) return "its compute capability is below 7.5";
    if (d->mode == CU_COMPUTEMODE_PROHIBITED) return "its compute mode is prohibited (nvidia-smi -c 0)";
    if (d->shared_bytes < SHARED_BYTES) return "its shared memory is below 16 KB";
    return d->memory < LEAST_BYTES ? "its memory is below 64 MB" : NULL;
}

Status cuda_choose(const Cuda *cu, int number, CudaDevice *out) {
    CudaDevice devices[CUDA_DEVICES];
    int count = 0, first = 0;
    TRY(cuda_devices(cu, devices, &count));
    REQUIRE(count, STATUS_UNAVAILABLE,
            "backend cuda: the driver knows no device; look at CUDA_VISIBLE_DEVICES, or use --backend cpu");
    REQUIRE(number < count, STATUS_UNAVAILABLE,
            "backend cuda: there is no device %d, the last is %d; see marrow devices", number, count - 1);
    while (number < 0 && first < count - 1 && cuda_unusable(&devices[first])) first++;
    *out = devices[number < 0 ? first : number];
    const char *why = cuda_unusable(out);
    REQUIRE(!why, STATUS_UNAVAILABLE,
            "backend cuda: device %d, %s, cannot be used: %s; choose another from marrow devices",
            out->number, out->name, why);
    return STATUS_OK;
}
