/* marrow bench: the standard measurements, each beside the in-place update of the same arrays in the same
 * run.
 *
 *   step      the cells' part of an interval alone (kernel cells_only), best of many
 *   interval  whole intervals of a treated patient: cells, events, plasma, observables every 6th
 *   run       configs/label.yaml in memory: 84 days from founders to the last row
 * Ratios within one run are the result; absolute times belong to the machine and the hour. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_view.h"
#include "commands.h"
#include "options.h"
#include "ranks.h"
#include "sim.h"

static const OptionsUse use = {
    "bench", "",
    "Measures cells alone, whole intervals and the label run on the processor, and on OpenCL "
    "and CUDA where there are any, beside the speed of memory. Takes about a minute and 3 GB.",
    OPTIONS_BACKEND | OPTIONS_JSON | OPTIONS_MPI};

/* An agent-step reads nine 4-byte numbers and writes seven (kernels/receptor.h). */
static const double BYTES_PER_PLACE_STEP = 4 * (9 + 7);

typedef struct Measured {
    const char *name, *backend;
    int64_t agents, steps;
    double wall_s, cpu_s, agent_steps_per_s, gb_per_s, stream_gb_per_s, bytes_per_agent;
} Measured;

typedef struct Bench {
    Measured rows[32];
    int count;
} Bench;

/* One patient whose agents fill the pool, ready to be stepped. Starts zeroed. */
typedef struct Rig {
    Config config;
    Dosing *dosing;
    Backend backend;
    Sim *sim;
} Rig;

static void rig_destroy(Rig *rig) {
    sim_destroy(rig->sim);
    backend_close(&rig->backend);
    dosing_destroy(rig->dosing);
}

static Status rig_create(Rig *rig, const BackendOptions *options, int64_t agents) {
    const double weight = 524288, blasts_per_marrow_cell = 0.7 * 1.004;
    config_default(&rig->config);
    rig->config.simulation.agents = agents;
    rig->config.patient.nucleated_marrow_cells =
        (double)agents * (1 - rig->config.simulation.b_agent_share) * weight / blasts_per_marrow_cell;
    TRY(dosing_create(&rig->dosing, &rig->config));
    TRY(backend_open(&rig->backend, options));
    return sim_create(&rig->sim, &rig->config, rig->dosing, &rig->backend);
}

static double seconds_of(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static Status advance(Rig *rig, int intervals) {
    Observation o;
    for (int i = 0; i < intervals; i++) {
        TRY(sim_advance(rig->sim));
        if (sim_output_due(rig->sim)) TRY(sim_observe(rig->sim, &o));
    }
    return STATUS_OK;
}

/* Seconds of one launch of a kernel: the best of `tries`. */
static Status best_launch(Rig *rig, KernelId kernel, int tries, double *best_s) {
    *best_s = 1e30;
    for (int i = 0; i < tries; i++) {
        double start = seconds_of(CLOCK_MONOTONIC);
        TRY(backend_launch(&rig->backend, kernel, MAX_CLASSES));
        TRY(backend_finish(&rig->backend));
        double taken = seconds_of(CLOCK_MONOTONIC) - start;
        if (taken < *best_s) *best_s = taken;
    }
    return STATUS_OK;
}

/* Places in pages that hold agents: what a pass over memory touches. */
static Status places_in_use(Rig *rig, double *places) {
    Totals *totals = malloc(sizeof *totals);
    REQUIRE(totals, STATUS_FAILED, "bench: out of memory");
    Status status = backend_launch(&rig->backend, KERNEL_plan, MAX_CLASSES);
    if (status == STATUS_OK) status = backend_read(&rig->backend, POOL_TOTALS, 0, sizeof *totals, totals);
    *places = status == STATUS_OK ? (double)totals->pages_used * PAGE_SLOTS : 0;
    free(totals);
    return status;
}

static Measured *row_start(Bench *bench, const char *name, const Rig *rig) {
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
static Status measure_step(Bench *bench, Rig *rig, int tries) {
    double step_s, stream_s, places = 0;
    Measured *row = row_start(bench, "step", rig);
    TRY(places_in_use(rig, &places));
    double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    TRY(best_launch(rig, KERNEL_cells_only, tries, &step_s));
    row->cpu_s = (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) / tries;
    TRY(best_launch(rig, KERNEL_stream, tries, &stream_s));
    row->steps = 1;
    row->wall_s = step_s;
    row->agent_steps_per_s = (double)row->agents / step_s;
    row_finish(row, places, places, stream_s);
    return STATUS_OK;
}

/* Two days of treatment, from the end of the first infusion, when cells begin to die. */
static Status measure_interval(Bench *bench, Rig *rig, int intervals, int tries) {
    double stream_s, places = 0;
    TRY(advance(rig, 6));
    SimCost before = sim_cost(rig->sim);
    double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID), wall = seconds_of(CLOCK_MONOTONIC);
    TRY(advance(rig, intervals));
    Measured *row = row_start(bench, "interval", rig);
    row->wall_s = seconds_of(CLOCK_MONOTONIC) - wall;
    row->cpu_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    row->steps = intervals;
    row->agent_steps_per_s = (double)(sim_cost(rig->sim).agent_steps - before.agent_steps) / row->wall_s;
    TRY(places_in_use(rig, &places));
    TRY(best_launch(rig, KERNEL_stream, tries, &stream_s));
    row_finish(row, (double)(sim_cost(rig->sim).place_steps - before.place_steps), places, stream_s);
    return STATUS_OK;
}

static Status measure_size(Bench *bench, const BackendOptions *options, int64_t agents, bool whole) {
    int tries = agents < 2000000 ? 200 : 20, intervals = agents < 20000000 ? 48 : 12;
    Rig rig = {0};
    Status status = rig_create(&rig, options, agents);
    if (status == STATUS_OK) status = advance(&rig, 2);
    if (status == STATUS_OK && !whole) status = measure_step(bench, &rig, tries);
    if (status == STATUS_OK && whole) status = measure_interval(bench, &rig, intervals, tries);
    rig_destroy(&rig);
    return status;
}

static Status measure_run(Bench *bench, const BackendOptions *options) {
    Rig rig = {0};
    double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID), wall = seconds_of(CLOCK_MONOTONIC), stream_s = 0,
           places = 0;
    config_default(&rig.config);
    Status status = dosing_create(&rig.dosing, &rig.config);
    if (status == STATUS_OK) status = backend_open(&rig.backend, options);
    if (status == STATUS_OK) status = sim_create(&rig.sim, &rig.config, rig.dosing, &rig.backend);
    if (status == STATUS_OK) status = advance(&rig, 2016);
    if (status == STATUS_OK) status = places_in_use(&rig, &places);
    if (status == STATUS_OK) {
        Measured *row = row_start(bench, "run", &rig);
        row->wall_s = seconds_of(CLOCK_MONOTONIC) - wall;
        row->cpu_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        row->steps = sim_cost(rig.sim).steps;
        row->agent_steps_per_s = (double)sim_cost(rig.sim).agent_steps / row->wall_s;
        status = best_launch(&rig, KERNEL_stream, 50, &stream_s);
        row_finish(row, (double)sim_cost(rig.sim).place_steps, places, stream_s);
    }
    rig_destroy(&rig);
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
    return strcmp(options->name, "cpu") == 0 ? measure_run(bench, options) : STATUS_OK;
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
