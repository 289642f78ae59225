#include "command/bench_view.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>

#include "command/bench.h"
#include "command/bench_window.h"
#include "sim/picture.h"

enum { WIDTH = 1280, HEIGHT = 800, BINS = 256, TRIES = 20, SIZES = 2 };

/* One number of agents. Times are of one picture, from asking to having it on the host, as a session does. */
typedef struct Pictures {
    int64_t agents;
    double dots_ms, density_ms, flow_ms;
} Pictures;

static Status best_picture(BenchRig *rig, PictureMode mode, int width, int height, double *ms) {
    PictureView view;
    Picture picture = {0};
    PictureJob *job = NULL;
    Status status = STATUS_OK;
    picture_view(&view, mode, width, height);
    *ms = INFINITY;
    for (int i = 0; status == STATUS_OK && i < TRIES; i++) {
        double start_s = bench_seconds(CLOCK_MONOTONIC);
        status = picture_ask(&job, &rig->backend, sim_classes(rig->sim), sim_cost(rig->sim).agents, &view);
        if (status == STATUS_OK) status = picture_take(job, &picture);
        *ms = fmin(*ms, 1e3 * (bench_seconds(CLOCK_MONOTONIC) - start_s));
    }
    picture_job_destroy(job);
    picture_destroy(&picture);
    return status;
}

static Status pictures_of(BenchRig *rig, Pictures *out) {
    TRY(bench_advance(rig, 24));
    out->agents = sim_cost(rig->sim).agents;
    TRY(best_picture(rig, PICTURE_DOTS, WIDTH, HEIGHT, &out->dots_ms));
    TRY(best_picture(rig, PICTURE_DENSITY, WIDTH, HEIGHT, &out->density_ms));
    return best_picture(rig, PICTURE_FLOW, BINS, BINS, &out->flow_ms);
}

static Status pictures(const BackendOptions *options, int64_t agents, Pictures *out) {
    BenchRig rig = {0};
    *out = (Pictures){0};
    Status status = bench_rig_create(&rig, options, agents);
    if (status == STATUS_OK) status = pictures_of(&rig, out);
    bench_rig_destroy(&rig);
    return status;
}

static void print_pictures(const Pictures *rows, int count) {
    printf("A picture by itself, %d x %d, cytometer %d x %d\n%9s %8s %10s %8s\n", WIDTH, HEIGHT, BINS, BINS,
           "agents", "dots_ms", "density_ms", "flow_ms");
    for (int i = 0; i < count; i++)
        printf("%9lld %8.2f %10.2f %8.2f\n", (long long)rows[i].agents, rows[i].dots_ms, rows[i].density_ms,
               rows[i].flow_ms);
}

static cJSON *pictures_json(const Pictures *rows, int count) {
    cJSON *all = cJSON_CreateArray();
    for (int i = 0; i < count; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "agents", (double)rows[i].agents);
        cJSON_AddNumberToObject(o, "dots_ms", rows[i].dots_ms);
        cJSON_AddNumberToObject(o, "density_ms", rows[i].density_ms);
        cJSON_AddNumberToObject(o, "flow_ms", rows[i].flow_ms);
        cJSON_AddItemToArray(all, o);
    }
    return all;
}

static Status print_json(const Pictures *by_themselves, const BenchWindow *windows, int count) {
    cJSON *all = cJSON_CreateObject();
    cJSON_AddItemToObject(all, "pictures", pictures_json(by_themselves, count));
    cJSON_AddItemToObject(all, "window", bench_window_json(windows, count));
    char *text = cJSON_Print(all);
    cJSON_Delete(all);
    REQUIRE(text, STATUS_FAILED, "bench: out of memory for the JSON");
    puts(text);
    free(text);
    return STATUS_OK;
}

Status bench_view(const Options *options) {
    static const struct {
        int64_t agents;
        double least_per_s; /* pictures that the window should show */
    } sizes[SIZES] = {{1000000, 30}, {4000000, 15}};
    Pictures by_themselves[SIZES];
    BenchWindow windows[SIZES];
    for (int i = 0; i < SIZES; i++) {
        TRY(pictures(&options->backend, sizes[i].agents, &by_themselves[i]));
        TRY(bench_window(&options->backend, sizes[i].agents, sizes[i].least_per_s, &windows[i]));
    }
    if (options->json) return print_json(by_themselves, windows, SIZES);
    print_pictures(by_themselves, SIZES);
    bench_window_print(windows, SIZES);
    return STATUS_OK;
}
