#include "command/bench_view.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/sim.h"
#include "viz/session.h"

enum { WIDTH = 1280, HEIGHT = 800, BINS = 256, PICTURES = 20 };
static const double watch_s = 4, frames_per_s = 60;

/* One number of agents. Times are of one picture, from asking to having it on the host. */
typedef struct Watched {
    int64_t agents;
    double dots_ms, density_ms, flow_ms, colour_ms;
    double pictures_per_s, intervals_per_s; /* watched */
    double alone_per_s;                     /* intervals, one thread, nobody looking */
} Watched;

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The default patient with agents that fill the pool, as in the other measurements. */
static Status options_for(Options *out, const Options *from, int64_t agents) {
    char text[128];
    const double weight = 524288, blasts_per_marrow_cell = 0.7 * 1.004, b_share = 0.1;
    *out = (Options){.backend = from->backend, .defaults = true};
    snprintf(text, sizeof text, "simulation.agents=%lld", (long long)agents);
    TRY(options_assign(out, text));
    snprintf(text, sizeof text, "patient.nucleated_marrow_cells=%.17g",
             (double)agents * (1 - b_share) * weight / blasts_per_marrow_cell);
    return options_assign(out, text);
}

/* ---- watched ---- */

typedef struct Screen {
    Session *session;
    u32 *rgba;
    PicturePalette palette;
    double colour_s;
    int64_t frames;
} Screen;

static void frame_show(Screen *screen, const SessionFrame *frame) {
    double start_s = now_s();
    picture_rgba(&frame->section, &screen->palette, screen->rgba, WIDTH);
    picture_rgba(&frame->flow, &screen->palette, screen->rgba, WIDTH);
    screen->colour_s += now_s() - start_s;
    screen->frames++;
}

/* The first that shows the simulation at work. */
static const SessionFrame *first_frame(Session *session) {
    for (;;) {
        const SessionFrame *frame = session_frame(session);
        if (frame && frame->status.state >= SESSION_PLAYING) return frame;
    }
}

/* Takes frames as a screen would until the time is over; the first is not counted. */
static void watch(Screen *screen, Watched *out, double *from_h, double *to_h) {
    const SessionFrame *frame = first_frame(screen->session);
    double start_s = now_s(), last_s = start_s;
    *from_h = frame->status.time_h;
    while (now_s() - start_s < watch_s) {
        frame = session_frame(screen->session);
        if (frame) {
            frame_show(screen, frame);
            last_s = now_s();
            *to_h = frame->status.time_h;
        }
        nanosleep(&(struct timespec){.tv_nsec = (long)(1e9 / frames_per_s / 4)}, NULL);
    }
    out->pictures_per_s = (double)screen->frames / (last_s - start_s);
    out->intervals_per_s = (*to_h - *from_h) / (last_s - start_s);
    out->colour_ms = 1e3 * screen->colour_s / (double)screen->frames;
}

static Status watched(const Options *options, Watched *out, double *from_h, double *to_h) {
    PictureView section, flow;
    Screen screen = {.rgba = malloc(sizeof(u32) * WIDTH * HEIGHT)};
    REQUIRE(screen.rgba, STATUS_FAILED, "bench: out of memory");
    picture_palette(&screen.palette);
    picture_view(&section, PICTURE_DOTS, WIDTH, HEIGHT);
    picture_view(&flow, PICTURE_FLOW, BINS, BINS);
    Status status = session_open(&screen.session, options);
    if (status == STATUS_OK) status = session_look(screen.session, &section, &flow);
    if (status == STATUS_OK) status = session_ask(screen.session, "step 6", NULL);
    if (status == STATUS_OK) status = session_wait(screen.session, 0);
    if (status == STATUS_OK) status = session_ask(screen.session, "play", NULL);
    if (status == STATUS_OK) watch(&screen, out, from_h, to_h);
    free(screen.rgba);
    Status closed = session_close(screen.session);
    return status == STATUS_OK ? closed : status;
}

/* ---- alone ---- */

static Status day_reached(Session *session, double time_h) {
    char command[64];
    snprintf(command, sizeof command, "until %.17g", time_h / 24);
    TRY(session_ask(session, command, NULL));
    return session_wait(session, 0);
}

static Status alone(const Options *watched_options, double from_h, double to_h, Watched *out) {
    Session *session;
    Options options = *watched_options;
    options.backend.threads = 1;
    TRY(session_open(&session, &options));
    Status status = day_reached(session, from_h);
    double start_s = now_s();
    if (status == STATUS_OK) status = day_reached(session, to_h);
    out->alone_per_s = (to_h - from_h) / (now_s() - start_s);
    Status closed = session_close(session);
    return status == STATUS_OK ? closed : status;
}

/* ---- pictures by themselves ---- */

static Status best_picture(Backend *backend, const Sim *sim, PictureMode mode, int width, int height,
                           double *ms) {
    PictureView view;
    Picture picture = {0};
    PictureJob *job = NULL;
    Status status = STATUS_OK;
    picture_view(&view, mode, width, height);
    *ms = INFINITY;
    for (int i = 0; status == STATUS_OK && i < PICTURES; i++) {
        double start_s = now_s();
        status = picture_ask(&job, backend, sim_classes(sim), sim_cost(sim).agents, &view);
        if (status == STATUS_OK) status = picture_take(job, &picture);
        *ms = fmin(*ms, 1e3 * (now_s() - start_s));
    }
    picture_job_destroy(job);
    picture_destroy(&picture);
    return status;
}

static Status pictures(Backend *backend, Sim *sim, Watched *out) {
    for (int i = 0; i < 24; i++) TRY(sim_advance(sim));
    out->agents = sim_cost(sim).agents;
    TRY(best_picture(backend, sim, PICTURE_DOTS, WIDTH, HEIGHT, &out->dots_ms));
    TRY(best_picture(backend, sim, PICTURE_DENSITY, WIDTH, HEIGHT, &out->density_ms));
    return best_picture(backend, sim, PICTURE_FLOW, BINS, BINS, &out->flow_ms);
}

static Status still(const Options *options, Watched *out) {
    Config config;
    Dosing *dosing = NULL;
    Backend backend = {0};
    Sim *sim = NULL;
    TRY(options_config(options, &config));
    Status status = dosing_create(&dosing, &config);
    if (status == STATUS_OK) status = backend_open(&backend, &options->backend);
    if (status == STATUS_OK) status = sim_create(&sim, &config, dosing, &backend);
    if (status == STATUS_OK) status = pictures(&backend, sim, out);
    sim_destroy(sim);
    backend_close(&backend);
    dosing_destroy(dosing);
    return status;
}

/* ---- results ---- */

static Status measure(const Options *from, int64_t agents, Watched *out) {
    Options options;
    double from_h = 0, to_h = 0;
    *out = (Watched){0};
    Status status = options_for(&options, from, agents);
    if (status == STATUS_OK) status = still(&options, out);
    if (status == STATUS_OK) status = watched(&options, out, &from_h, &to_h);
    if (status == STATUS_OK) status = alone(&options, from_h, to_h, out);
    options_destroy(&options);
    return status;
}

static Status print_json(const Watched *rows, int count) {
    cJSON *all = cJSON_CreateArray();
    for (int i = 0; i < count; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "agents", (double)rows[i].agents);
        cJSON_AddNumberToObject(o, "dots_ms", rows[i].dots_ms);
        cJSON_AddNumberToObject(o, "density_ms", rows[i].density_ms);
        cJSON_AddNumberToObject(o, "flow_ms", rows[i].flow_ms);
        cJSON_AddNumberToObject(o, "colour_ms", rows[i].colour_ms);
        cJSON_AddNumberToObject(o, "pictures_per_s", rows[i].pictures_per_s);
        cJSON_AddNumberToObject(o, "intervals_per_s", rows[i].intervals_per_s);
        cJSON_AddNumberToObject(o, "alone_intervals_per_s", rows[i].alone_per_s);
        cJSON_AddItemToArray(all, o);
    }
    char *text = cJSON_Print(all);
    cJSON_Delete(all);
    REQUIRE(text, STATUS_FAILED, "bench: out of memory for the JSON");
    puts(text);
    free(text);
    return STATUS_OK;
}

static void print_table(const Watched *rows, int count) {
    printf("%9s %8s %10s %8s %9s %10s %12s %12s %6s\n", "agents", "dots_ms", "density_ms", "flow_ms",
           "colour_ms", "pictures/s", "intervals/s", "1 thread", "ratio");
    for (int i = 0; i < count; i++)
        printf("%9lld %8.2f %10.2f %8.2f %9.2f %10.1f %12.1f %12.1f %6.2f\n", (long long)rows[i].agents,
               rows[i].dots_ms, rows[i].density_ms, rows[i].flow_ms, rows[i].colour_ms,
               rows[i].pictures_per_s, rows[i].intervals_per_s, rows[i].alone_per_s,
               rows[i].intervals_per_s / rows[i].alone_per_s);
}

Status bench_view(const Options *options) {
    static const int64_t agents[] = {1000000, 4000000};
    Watched rows[2];
    for (int i = 0; i < 2; i++) TRY(measure(options, agents[i], &rows[i]));
    if (options->json) return print_json(rows, 2);
    print_table(rows, 2);
    return STATUS_OK;
}
