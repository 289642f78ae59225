#include "device/backend.h"

#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"
#include "device/self_test.h"

const char *const kernel_names[KERNEL_COUNT] = {
#define KERNEL_ROW(name, extent) #name,
#include "kernels/kernels.def"
#undef KERNEL_ROW
};

const KernelExtent kernel_extents[KERNEL_COUNT] = {
#define KERNEL_ROW(name, extent) EXTENT_##extent,
#include "kernels/kernels.def"
#undef KERNEL_ROW
};

static const BackendCalls *const backends[] = {&backend_cpu, &backend_opencl, &backend_cuda};
enum { BACKENDS = sizeof backends / sizeof backends[0] };

enum { PICTURE_LEAST = 256 };

size_t pool_part_bytes(PoolPart part, u32 pages) {
    const size_t each[POOL_PARTS] = {
        [POOL_REAL] = sizeof(f32) * REAL_FIELDS * PAGE_SLOTS,
        [POOL_WORD] = sizeof(u32) * WORD_FIELDS * PAGE_SLOTS,
        [POOL_LIVE] = sizeof(u32) * PAGE_WORDS,
        [POOL_BOX] = sizeof(u32) * BOX_FIELDS * BOX_SLOTS,
        [POOL_TALLY] = sizeof(i64) * TALLIES,
        [POOL_ROWS] = sizeof(PageRow),
        [POOL_OFFER] = sizeof(u32),
    };
    if (part == POOL_TOTALS) return sizeof(Totals);
    if (part == POOL_FRAME) return sizeof(Frame);
    if (part == POOL_VIEW) return sizeof(View);
    if (part == POOL_PICTURE) return PICTURE_LEAST;
    return each[part] * pages;
}

size_t pool_bytes(u32 pages) {
    size_t sum = 0;
    for (int part = 0; part < POOL_PARTS; part++) sum += pool_part_bytes((PoolPart)part, pages);
    return sum;
}

/* Opens, and tries it out if it is not the referee itself. */
static Status open_tested(Backend *out, const BackendCalls *calls, const BackendOptions *options) {
    out->calls = calls;
    TRY(calls->open(out, options));
    return calls == &backend_cpu ? STATUS_OK : self_test(out);
}

/* auto: CUDA, else a GPU through OpenCL, else the processor: kernels compiled as C beat OpenCL on the same
 * cores. A device that can be had and computes wrongly is an error here too, and never passed over. */
static Status open_auto(Backend *out, const BackendOptions *options) {
    static const BackendCalls *const order[] = {&backend_cuda, &backend_opencl};
    BackendOptions gpu = *options;
    gpu.shape = SHAPE_OF_LANES;
    strcpy(gpu.name, "gpu");
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        out->calls = order[i];
        if (order[i]->open(out, &gpu) == STATUS_OK) return self_test(out);
        backend_close(out);
        out->members = out->ranks = 1;
    }
    out->calls = &backend_cpu;
    return backend_cpu.open(out, options);
}

/* One device, whatever `devices` says. */
Status backend_open_one(Backend *out, const BackendOptions *options) {
    memset(out, 0, sizeof *out);
    out->members = out->ranks = 1;
    if (options->name[0] == 0 || strcmp(options->name, "auto") == 0) return open_auto(out, options);
    for (int i = 0; i < BACKENDS; i++)
        if (strcmp(backends[i]->name, options->name) == 0) return open_tested(out, backends[i], options);
    return status_set(STATUS_BAD_INPUT,
                      "backend \"%s\": there is no such back end; use auto, cpu, opencl or cuda",
                      options->name);
}

static Status device_number(const char *text, int *device) {
    char *end;
    long number = strtol(text, &end, 10);
    REQUIRE(end != text && !*end && number >= 0 && number < 1000000, STATUS_BAD_INPUT,
            "--device %s: takes a device number like 0, or several like 0,1; see marrow devices", text);
    *device = (int)number;
    return STATUS_OK;
}

/* Several devices or processes act as one backend (backend_many.c). */
Status backend_open(Backend *out, const BackendOptions *options) {
    memset(out, 0, sizeof *out);
    if (!strchr(options->devices, ',') && ranks_count() == 1) {
        BackendOptions one = *options;
        if (one.devices[0]) TRY(device_number(one.devices, &one.device));
        return backend_open_one(out, &one);
    }
    out->calls = &backend_many;
    return backend_many.open(out, options);
}

void backend_close(Backend *b) {
    if (b->calls) b->calls->close(b);
    memset(b, 0, sizeof *b);
}

void backend_list(FILE *out) {
    for (int i = 0; i < BACKENDS; i++) backends[i]->list(out);
}

Status backend_pool(Backend *b, u32 pages) {
    TRY(b->calls->pool(b, pages));
    b->pages = pages;
    b->picture_bytes = PICTURE_LEAST;
    return STATUS_OK;
}

Status backend_picture(Backend *b, size_t bytes) {
    if (bytes <= b->picture_bytes) return STATUS_OK;
    TRY(b->calls->picture(b, bytes));
    b->picture_bytes = bytes;
    return STATUS_OK;
}

Status backend_launch(Backend *b, KernelId kernel, u32 classes) {
    const u32 groups[] = {[EXTENT_PAGES] = b->pages, [EXTENT_ONE] = 1, [EXTENT_CLASSES] = classes};
    return b->calls->launch(b, kernel, groups[kernel_extents[kernel]]);
}

Status backend_read(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to) {
    return b->calls->read(b, part, offset, bytes, to);
}

Status backend_write(Backend *b, PoolPart part, size_t offset, size_t bytes, const void *from) {
    return b->calls->write(b, part, offset, bytes, from);
}

Status backend_finish(Backend *b) {
    return b->calls->finish(b);
}

Status backend_fetch(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to, Fetch *f) {
    return b->calls->fetch(b, part, offset, bytes, to, f);
}

Status backend_fetched(Backend *b, Fetch *f) {
    return b->calls->fetched(b, f);
}

void backend_forget(Backend *b, Fetch *f) {
    if (f->ticket) b->calls->forget(b, f);
}

int backend_pools(Backend *b) {
    return b->calls == &backend_many ? many_pools(b) : 1;
}

Backend *backend_pool_of(Backend *b, int pool) {
    return b->calls == &backend_many ? many_pool_of(b, pool) : b;
}

Status backend_together(Backend *b, Status mine) {
    return b->calls == &backend_many ? many_together(b, mine) : mine;
}
