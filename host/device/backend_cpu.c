/* The kernels compiled as C, pages shared out over threads: the referee, and the default. */
#include "device/backend.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/team.h"
#include "kernels/kernels_c.h"

enum { ALIGNMENT = 2 << 20 }; /* whole huge pages where the system has them */

typedef struct Cpu {
    const KernelEntry *kernels;
    void *parts[POOL_PARTS];
    Team *team;
} Cpu;

typedef struct Isa {
    const char *name;
    const KernelEntry *kernels;
    bool usable;
} Isa;

/* Best first. Explicit fma needs hardware for it: a software fma would be correct but a hundred times slower.
 */
static int isa_table(Isa table[3]) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool v3 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    table[0] = (Isa){"x86-64-v4", kernels_x86_64_v4, v4};
    table[1] = (Isa){"x86-64-v3", kernels_x86_64_v3, v3};
    return 2;
#else
    table[0] = (Isa){"native", kernels_native, true};
    return 1;
#endif
}

static Status isa_choose(const char *wanted, Isa *out) {
    Isa table[3];
    int count = isa_table(table);
    for (int i = 0; i < count; i++) {
        bool named = strcmp(table[i].name, wanted) == 0;
        REQUIRE(!named || table[i].usable, STATUS_UNAVAILABLE,
                "instruction set %s: this processor does not have it; leave --isa out", wanted);
        if (!named && (wanted[0] || !table[i].usable)) continue;
        *out = table[i];
        return STATUS_OK;
    }
    REQUIRE(!wanted[0], STATUS_BAD_INPUT, "instruction set \"%s\": not one of x86-64-v3, x86-64-v4", wanted);
    return status_set(
        STATUS_UNAVAILABLE,
        "backend cpu: this processor has no AVX2 and FMA (x86-64-v3); use a newer one or --backend opencl");
}

/* Those this process may run on. */
static int processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

static void cpu_close(Backend *b) {
    Cpu *cpu = b->own;
    if (!cpu) return;
    for (int i = 0; i < POOL_PARTS; i++) free(cpu->parts[i]);
    team_destroy(cpu->team);
    free(cpu);
    b->own = NULL;
}

static Status cpu_open(Backend *b, const BackendOptions *options) {
    Isa isa = {0};
    TRY(isa_choose(options->isa, &isa));
    REQUIRE(options->device <= 0, STATUS_UNAVAILABLE, "backend cpu: there is only device 0, not %d",
            options->device);
    REQUIRE(options->threads >= 0 && options->threads <= 4096, STATUS_BAD_INPUT,
            "--threads %d: takes 1 to 4096, or 0 for one per processor", options->threads);
    Cpu *cpu = calloc(1, sizeof *cpu);
    REQUIRE(cpu, STATUS_FAILED, "backend cpu: out of memory");
    cpu->kernels = isa.kernels;
    b->own = cpu;
    b->threads = options->threads ? options->threads : processors();
    b->workers = b->threads;
    TRY(team_create(&cpu->team, b->threads));
    snprintf(b->device, sizeof b->device, "cpu: %d thread%s, %s", b->threads, b->threads == 1 ? "" : "s",
             isa.name);
    return STATUS_OK;
}

static void cpu_list(FILE *out) {
    Isa table[3];
    int count = isa_table(table);
    for (int i = 0; i < count; i++)
        fprintf(out, "cpu      device 0: %d processors, %s kernels: %s\n", processors(), table[i].name,
                table[i].usable ? "usable" : "not usable, the processor lacks the instructions");
}

static bool part_allocate(Cpu *cpu, PoolPart part, size_t bytes) {
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    free(cpu->parts[part]);
    cpu->parts[part] =
        bytes < ALIGNMENT ? aligned_alloc(256, (bytes + 511) / 256 * 256) : aligned_alloc(ALIGNMENT, rounded);
    if (cpu->parts[part] && bytes >= ALIGNMENT) madvise(cpu->parts[part], rounded, MADV_HUGEPAGE);
    return cpu->parts[part] != NULL;
}

static Status cpu_pool(Backend *b, u32 pages) {
    for (int i = 0; i < POOL_PARTS; i++)
        REQUIRE(part_allocate(b->own, (PoolPart)i, pool_part_bytes((PoolPart)i, pages)), STATUS_FAILED,
                "backend cpu: no memory for %.1f GB of agents; lower simulation.agents",
                1e-9 * (double)pool_bytes(pages));
    return STATUS_OK;
}

static Status cpu_picture(Backend *b, size_t bytes) {
    REQUIRE(part_allocate(b->own, POOL_PICTURE, bytes), STATUS_FAILED,
            "backend cpu: no memory for a picture of %.1f MB; make the window smaller", 1e-6 * (double)bytes);
    return STATUS_OK;
}

/* One item of a launch: which kernel, on what. */
typedef struct Launch {
    KernelEntry entry;
    KernelPool pool;
} Launch;

static void launch_item(uint32_t item, uint32_t items, const void *data) {
    const Launch *launch = data;
    launch->entry(item, items, team_member(), &launch->pool);
}

/* One item per page: a page is worked on while it is in cache, by whichever thread is free. */
static Status cpu_launch(Backend *b, KernelId kernel, u32 groups) {
    const Cpu *cpu = b->own;
    void *const *p = cpu->parts;
    const Launch launch = {cpu->kernels[kernel],
                           {p[POOL_REAL], p[POOL_WORD], p[POOL_LIVE], p[POOL_BOX], p[POOL_TALLY],
                            p[POOL_ROWS], p[POOL_OFFER], p[POOL_TOTALS], p[POOL_FRAME], p[POOL_VIEW],
                            p[POOL_PICTURE]}};
    team_run(cpu->team, launch_item, groups, &launch);
    return STATUS_OK;
}

static Status cpu_read(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to) {
    if (bytes) memcpy(to, (const char *)((Cpu *)b->own)->parts[part] + offset, bytes);
    return STATUS_OK;
}

static Status cpu_write(Backend *b, PoolPart part, size_t offset, size_t bytes, const void *from) {
    memcpy((char *)((Cpu *)b->own)->parts[part] + offset, from, bytes);
    return STATUS_OK;
}

static Status cpu_finish(Backend *b) {
    (void)b;
    return STATUS_OK;
}

/* Work is done when its launch returns: there is nothing to overlap with. */
static Status cpu_fetch(Backend *b, PoolPart part, size_t offset, size_t bytes, void *to, Fetch *f) {
    f->ticket = 0;
    return cpu_read(b, part, offset, bytes, to);
}

static Status cpu_fetched(Backend *b, Fetch *f) {
    (void)b, (void)f;
    return STATUS_OK;
}

static void cpu_forget(Backend *b, Fetch *f) {
    (void)b, (void)f;
}

const BackendCalls backend_cpu = {"cpu",       cpu_open,    cpu_close, cpu_list,  cpu_pool,
                                  cpu_picture, cpu_launch,  cpu_read,  cpu_write, cpu_finish,
                                  cpu_fetch,   cpu_fetched, cpu_forget};
