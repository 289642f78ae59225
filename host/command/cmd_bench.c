/* marrow bench: the standard measurements, each beside the in-place update of the same arrays in the same
 * run.
 *
 *   step      the cells' part of an interval alone (kernel cells_only), best of many
 *   interval  whole intervals of a treated patient: cells, events, plasma, observables every 6th
 *   run       configs/label.yaml in memory: 84 days from founders to the last row
 *   checkpoint, snapshot   what one costs at a million agents (bench_disk.c)
 * Ratios within one run are the result; absolute times belong to the machine and the hour. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"
#include "command/bench.h"
#include "command/bench_view.h"
#include "command/commands.h"
#include "run/options.h"

static const OptionsUse use = {
    "bench", "",
    "Measures cells alone, whole intervals and the label run on the processor, and on OpenCL "
    "and CUDA where there are any, beside the speed of memory; then what a checkpoint and a "
    "snapshot cost, on the disk of TMPDIR. Takes about a minute and 3 GB.",
    OPTIONS_BACKEND | OPTIONS_JSON | OPTIONS_MPI};

enum { DISK_AGENTS = 1000000 };

/* An agent-step reads nine 4-byte numbers and writes seven (kernels/receptor.h). */
static const double BYTES_PER_PLACE_STEP = 4 * (9 + 7);

typedef struct Measured {
    const char *name, *backend;
    int64_t agents, steps;
    double wall_s, cpu_s, agent_steps_per_s, gb_per_s, stream_gb_per_s, bytes_per_agent;
} Measured;

typedef struct Bench {
    Measured rows[32];
    BenchKept kept[8];
    int count, kept_count;
} Bench;

static Measured *row_start(Bench *bench, const char *name, const BenchRig *rig) {
    Measured *row = &bench->rows[bench->count++];
    SimCost cost = sim_cost(rig->sim);
    *row = (Measured){.name = name, .backend = rig->backend.calls->name, .agents = cost.agents};
    row->bytes_per_agent = (double)cost.bytes / (double)cost.peak_agents;
    return row;
}

/* `place_steps` were stepped in wall_s; the stream went over `places` once. */
static void row_finish(Measured *row, double place_steps, double places, double stream_s) {
    row->gb_per_s = 1e-9 * BYTES_PER_PLACE_STEP * place_steps / row->wall_s;
    row->stream_gb_per_s = 1e-9 * BYTES_PER_PLACE_STEP * places / stream_s;
}

/* Stream last: it spoils the states. */
static Status measure_step(Bench *bench, BenchRig *rig, int tries) {
    double step_s, stream_s, places = 0;
    Measured *row = row_start(bench, "step", rig);
    TRY(bench_places(rig, &places));
    double cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    TRY(bench_best_launch(rig, KERNEL_cells_only, tries, &step_s));
    row->cpu_s = (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / tries;
    TRY(bench_best_launch(rig, KERNEL_stream, tries, &stream_s));
    row->steps = 1;
    row->wall_s = step_s;
    row->agent_steps_per_s = (double)row->agents / step_s;
    row_finish(row, places, places, stream_s);
    return STATUS_OK;
}

/* Two days of treatment, from the end of the first infusion, when cells begin to die. */
static Status measure_interval(Bench *bench, BenchRig *rig, int intervals, int tries) {
    double stream_s, places = 0;
    TRY(bench_advance(rig, 6));
    SimCost before = sim_cost(rig->sim);
    double cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), wall = bench_seconds(CLOCK_MONOTONIC);
    TRY(bench_advance(rig, intervals));
    Measured *row = row_start(bench, "interval", rig);
    row->wall_s = bench_seconds(CLOCK_MONOTONIC) - wall;
    row->cpu_s = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    row->steps = intervals;
    row->agent_steps_per_s = (double)(sim_cost(rig->sim).agent_steps - before.agent_steps) / row->wall_s;
    TRY(bench_places(rig, &places));
    TRY(bench_best_launch(rig, KERNEL_stream, tries, &stream_s));
    row_finish(row, (double)(sim_cost(rig->sim).place_steps - before.place_steps), places, stream_s);
    return STATUS_OK;
}

static Status measure_size(Bench *bench, const BackendOptions *options, int64_t agents, bool whole) {
    int tries = agents < 2000000 ? 200 : 20, intervals = agents < 20000000 ? 48 : 12;
    BenchRig rig = {0};
    Status status = bench_rig_create(&rig, options, agents);
    if (status == STATUS_OK) status = bench_advance(&rig, 2);
    if (status == STATUS_OK && !whole) status = measure_step(bench, &rig, tries);
    if (status == STATUS_OK && whole) status = measure_interval(bench, &rig, intervals, tries);
    bench_rig_destroy(&rig);
    return status;
}

static Status measure_run(Bench *bench, const BackendOptions *options) {
    BenchRig rig = {0};
    double cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), wall = bench_seconds(CLOCK_MONOTONIC), stream_s = 0,
           places = 0;
    config_default(&rig.config);
    Status status = dosing_create(&rig.dosing, &rig.config);
    if (status == STATUS_OK) status = backend_open(&rig.backend, options);
    if (status == STATUS_OK) status = sim_create(&rig.sim, &rig.config, rig.dosing, &rig.backend);
    if (status == STATUS_OK) status = bench_advance(&rig, 2016);
    if (status == STATUS_OK) status = bench_places(&rig, &places);
    if (status == STATUS_OK) {
        Measured *row = row_start(bench, "run", &rig);
        row->wall_s = bench_seconds(CLOCK_MONOTONIC) - wall;
        row->cpu_s = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        row->steps = sim_cost(rig.sim).steps;
        row->agent_steps_per_s = (double)sim_cost(rig.sim).agent_steps / row->wall_s;
        status = bench_best_launch(&rig, KERNEL_stream, 50, &stream_s);
        row_finish(row, (double)sim_cost(rig.sim).place_steps, places, stream_s);
    }
    bench_rig_destroy(&rig);
    return status;
}

/* What each back end is measured at: a GPU needs many agents to be busy, OpenCL mostly runs on the processor.
 */
static const struct Sizes {
    const char *backend;
    int64_t agents[5]; /* ends with 0 */
} sizes[] = {{"cpu", {100000, 1000000, 10000000, 30000000}},
             {"opencl", {10000000}},
             {"cuda", {1000000, 10000000, 100000000}}};

static const int64_t *sizes_of(const char *backend) {
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (strcmp(sizes[i].backend, backend) == 0) return sizes[i].agents;
    return sizes[1].agents;
}

/* A device that has no room for the next size goes without it. */
static bool no_room(Status status, int64_t agents) {
    bool full = status == STATUS_FAILED && strstr(status_message(), "lower simulation.agents");
    if (full) fprintf(stderr, "marrow: bench without %lld agents: %s\n", (long long)agents, status_message());
    return full;
}

static Status measure_backend(Bench *bench, const BackendOptions *options) {
    for (const int64_t *agents = sizes_of(options->name); *agents; agents++) {
        Status status = measure_size(bench, options, *agents, false);
        if (bench->count && no_room(status, *agents)) break;
        TRY(status);
        TRY(measure_size(bench, options, *agents, true));
    }
    if (strcmp(options->name, "cpu") == 0) TRY(measure_run(bench, options));
    TRY(bench_disk(options, DISK_AGENTS, &bench->kept[bench->kept_count]));
    bench->kept_count += 2;
    return STATUS_OK;
}

static void print_table(const Bench *bench) {
    printf("%-9s %-7s %9s %6s %9s %9s %12s %8s %8s %7s %6s\n", "name", "backend", "agents", "steps", "wall_s",
           "cpu_s", "agent_step/s", "GB/s", "stream", "ratio", "B/ag");
    for (int i = 0; i < bench->count; i++) {
        const Measured *r = &bench->rows[i];
        printf("%-9s %-7s %9lld %6lld %9.4f %9.4f %12.3e %8.2f %8.2f %7.3f %6.1f\n", r->name, r->backend,
               (long long)r->agents, (long long)r->steps, r->wall_s, r->cpu_s, r->agent_steps_per_s,
               r->gb_per_s, r->stream_gb_per_s, r->gb_per_s / r->stream_gb_per_s, r->bytes_per_agent);
    }
}

/* Of all processor time: a checkpoint every ten minutes, the usual; a snapshot every week of the label run.
 */
static double share_of(const Bench *bench, const BenchKept *kept) {
    enum { CHECKPOINT_S = 600, SNAPSHOTS = 13 };
    if (strcmp(kept->name, "checkpoint") == 0) return kept->cpu_s / CHECKPOINT_S;
    for (int i = 0; i < bench->count; i++)
        if (strcmp(bench->rows[i].name, "run") == 0) return SNAPSHOTS * kept->cpu_s / bench->rows[i].cpu_s;
    return NAN;
}

static void print_kept(const Bench *bench) {
    printf("\n%-10s %-7s %9s %9s %9s %9s %8s %8s\n", "name", "backend", "agents", "thread_ms", "cpu_ms",
           "wall_ms", "MB", "share_%");
    for (int i = 0; i < bench->kept_count; i++) {
        const BenchKept *k = &bench->kept[i];
        printf("%-10s %-7s %9lld %9.2f %9.2f %9.2f %8.2f %8.3f\n", k->name, k->backend, (long long)k->agents,
               1e3 * k->thread_s, 1e3 * k->cpu_s, 1e3 * k->wall_s, 1e-6 * k->bytes, 100 * share_of(bench, k));
    }
    puts("thread_ms: the run stands still. share_%: of processor time, a checkpoint every 10 minutes,\n"
         "a snapshot every 7 days of the label run");
}

static cJSON *kept_json(const Bench *bench, const BenchKept *k) {
    cJSON *o = cJSON_CreateObject();
    double share = share_of(bench, k);
    cJSON_AddStringToObject(o, "name", k->name);
    cJSON_AddStringToObject(o, "backend", k->backend);
    cJSON_AddNumberToObject(o, "agents", (double)k->agents);
    cJSON_AddNumberToObject(o, "thread_s", k->thread_s);
    cJSON_AddNumberToObject(o, "cpu_s", k->cpu_s);
    cJSON_AddNumberToObject(o, "wall_s", k->wall_s);
    cJSON_AddNumberToObject(o, "bytes", k->bytes);
    if (!isnan(share)) cJSON_AddNumberToObject(o, "share", share);
    return o;
}

static cJSON *row_json(const Measured *r) {
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", r->name);
    cJSON_AddStringToObject(o, "backend", r->backend);
    cJSON_AddNumberToObject(o, "agents", (double)r->agents);
    cJSON_AddNumberToObject(o, "steps", (double)r->steps);
    cJSON_AddNumberToObject(o, "wall_s", r->wall_s);
    cJSON_AddNumberToObject(o, "cpu_s", r->cpu_s);
    cJSON_AddNumberToObject(o, "agent_steps_per_s", r->agent_steps_per_s);
    cJSON_AddNumberToObject(o, "bytes_per_agent_step", 1e9 * r->gb_per_s / r->agent_steps_per_s);
    cJSON_AddNumberToObject(o, "gb_per_s", r->gb_per_s);
    cJSON_AddNumberToObject(o, "stream_gb_per_s", r->stream_gb_per_s);
    cJSON_AddNumberToObject(o, "ratio_to_stream", r->gb_per_s / r->stream_gb_per_s);
    cJSON_AddNumberToObject(o, "bytes_per_agent", r->bytes_per_agent);
    return o;
}

static Status print_json(const Bench *bench) {
    cJSON *all = cJSON_CreateArray();
    for (int i = 0; i < bench->count; i++) cJSON_AddItemToArray(all, row_json(&bench->rows[i]));
    for (int i = 0; i < bench->kept_count; i++) cJSON_AddItemToArray(all, kept_json(bench, &bench->kept[i]));
    char *text = cJSON_Print(all);
    cJSON_Delete(all);
    REQUIRE(text, STATUS_FAILED, "bench: out of memory for the JSON");
    puts(text);
    free(text);
    return STATUS_OK;
}

static Status print_rows(const Options *options, const Bench *bench) {
    if (options->json) return print_json(bench);
    print_table(bench);
    if (bench->kept_count) print_kept(bench);
    return STATUS_OK;
}

/* Ten million agents over all processes, then the same on the first alone. */
static Status mpi_story(const Options *options) {
    Bench bench = {0};
    BackendOptions one_thread = options->backend;
    int ranks = ranks_count();
    REQUIRE(ranks > 1, STATUS_BAD_INPUT,
            "bench --mpi: needs several processes; mpirun -n 2 marrow bench --mpi");
    strcpy(one_thread.name, "cpu");
    one_thread.threads = 1;
    TRY(measure_size(&bench, &one_thread, 10000000, true));
    ranks_wait();
    if (ranks_index() == 0) {
        ranks_alone(true);
        TRY(measure_size(&bench, &one_thread, 10000000, true));
        ranks_alone(false);
        bench.rows[0].name = "all", bench.rows[1].name = "alone";
        TRY(print_rows(options, &bench));
        fprintf(stderr, "parallel efficiency of %d processes with one thread each: %.3f\n", ranks,
                bench.rows[0].agent_steps_per_s / (ranks * bench.rows[1].agent_steps_per_s));
    }
    ranks_wait();
    return STATUS_OK;
}

/* Without --backend: cpu, OpenCL and CUDA where there is any; what is left out is said. */
static Status bench_story(const Options *options) {
    Bench bench = {0};
    BackendOptions wanted = options->backend;
    static const char *const others[] = {"opencl", "cuda"};
    bool all = wanted.name[0] == 0 || strcmp(wanted.name, "auto") == 0;
    if (all) strcpy(wanted.name, "cpu");
    TRY(measure_backend(&bench, &wanted));
    for (int i = 0; all && i < 2; i++) {
        strcpy(wanted.name, others[i]);
        Status status = measure_backend(&bench, &wanted);
        if (status != STATUS_UNAVAILABLE) TRY(status);
        if (status != STATUS_OK)
            fprintf(stderr, "marrow: bench without %s: %s\n", others[i], status_message());
    }
    return print_rows(options, &bench);
}

Status cmd_bench(int argc, char **argv) {
    Options options = {0};
    Status status = options_parse(&options, &use, argc, argv);
    if (status == STATUS_OK && !options.help)
        status = options.mpi     ? mpi_story(&options)
                 : options.watch ? bench_view(&options)
                                 : bench_story(&options);
    options_destroy(&options);
    return status;
}
