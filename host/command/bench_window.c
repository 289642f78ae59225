#include "command/bench_window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/bench.h"
#include "command/view_program.h"
#include "files/csv_table.h"
#include "viz/session.h"

static const char *const views[BENCH_VIEWS] = {"marrow", "flow", "charts"};
static const double least_share = 0.8; /* of the intervals of one processor alone */

/* A folder of its own for the script and what it finds out. */
typedef struct Desk {
    char path[256], script[280], config[280], agents[64], marrow[80], threads[16];
} Desk;

static Status desk_open(Desk *desk) {
    const char *where = getenv("TMPDIR");
    snprintf(desk->path, sizeof desk->path, "%.200s/marrow-bench-XXXXXX", where && *where ? where : "/tmp");
    REQUIRE(mkdtemp(desk->path), STATUS_FAILED, "bench: %s: cannot be made; set TMPDIR to a folder with room",
            desk->path);
    snprintf(desk->script, sizeof desk->script, "%s/script", desk->path);
    snprintf(desk->config, sizeof desk->config, "%s/untreated.yaml", desk->path);
    return STATUS_OK;
}

static void desk_clear(const Desk *desk) {
    char path[320];
    for (int i = 0; i < BENCH_VIEWS; i++) {
        snprintf(path, sizeof path, "%s/%s.json", desk->path, views[i]);
        (void)unlink(path);
    }
    (void)unlink(desk->script);
    (void)unlink(desk->config);
    (void)rmdir(desk->path);
}

static Status text_write(const char *path, const char *text) {
    FILE *out = fopen(path, "w");
    bool written = out && fputs(text, out) >= 0;
    if (out) written = fclose(out) == 0 && written;
    REQUIRE(written, STATUS_FAILED, "bench: %s: cannot be written: %s", path, strerror(errno));
    return STATUS_OK;
}

static Status desk_fill(const Desk *desk) {
    char script[2048] = "until state = paused\nstep 6\nplay\n";
    for (int i = 0; i < BENCH_VIEWS; i++) {
        size_t length = strlen(script);
        snprintf(script + length, sizeof script - length, "set view %s\nwait 10\nmeasure %s/%s.json 4\n",
                 views[i], desk->path, views[i]);
    }
    TRY(text_write(desk->script, script));
    return text_write(desk->config, "simulation:\n  until_days: 700\ndosing:\n  regimen: none\n");
}

static void start_program(const char *program, const Desk *desk, const BackendOptions *backend) {
    const char *name = *backend->name ? backend->name : "auto";
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    setenv("SDL_RENDER_DRIVER", "software", 1);
    execl(program, "marrow-view", desk->config, "--script", desk->script, "-b", name, "-s", desk->agents,
          "-s", desk->marrow, *desk->threads ? "--threads" : NULL, desk->threads, (char *)NULL);
    fprintf(stderr, "marrow: %s: cannot be started: %s\n", program, strerror(errno));
    _exit(1);
}

static Status program_run(const char *program, const Desk *desk, const BackendOptions *backend) {
    int how = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) start_program(program, desk, backend);
    REQUIRE(child > 0 && waitpid(child, &how, 0) == child, STATUS_FAILED, "bench: no process for %s: %s",
            program, strerror(errno));
    REQUIRE(how == 0, STATUS_FAILED, "bench: %s did not end well; its message is above", program);
    return STATUS_OK;
}

static double number(const cJSON *object, const char *name) {
    return cJSON_GetNumberValue(cJSON_GetObjectItem(object, name));
}

static Status result_read(const Desk *desk, int view, BenchLook *out) {
    char name[32], *text = NULL;
    snprintf(name, sizeof name, "%s.json", views[view]);
    TRY(folder_file_read(desk->path, name, &text));
    cJSON *o = cJSON_Parse(text);
    *out = (BenchLook){.agents = (int64_t)number(o, "agents"),
                       .pictures_per_s = number(o, "pictures_per_s"),
                       .window_ms = number(o, "window_ms"),
                       .from_h = number(o, "from_h"),
                       .to_h = number(o, "to_h"),
                       .seconds = number(o, "seconds")};
    cJSON_Delete(o);
    free(text);
    REQUIRE(out->to_h > out->from_h, STATUS_FAILED,
            "bench: the simulation came nowhere while it was watched; let it run by itself on this machine");
    return STATUS_OK;
}

static Status watch(const Desk *desk, const BackendOptions *backend, BenchWindow *out) {
    char program[VIEW_PROGRAM_PATH];
    TRY(view_program_find(program));
    TRY(desk_fill(desk));
    TRY(program_run(program, desk, backend));
    for (int i = 0; i < BENCH_VIEWS; i++) TRY(result_read(desk, i, &out->look[i]));
    return STATUS_OK;
}

/* ---- the same intervals with nobody looking ---- */

static Status time_reached(Session *session, double time_h) {
    char command[64];
    snprintf(command, sizeof command, "until %.17g", time_h / 24);
    TRY(session_ask(session, command, NULL));
    return session_wait(session, 0);
}

static Status looks_again(Session *session, BenchWindow *out) {
    for (int i = 0; i < BENCH_VIEWS; i++) {
        BenchLook *look = &out->look[i];
        TRY(time_reached(session, look->from_h));
        double start_s = bench_seconds(CLOCK_MONOTONIC);
        TRY(time_reached(session, look->to_h));
        look->alone_s = bench_seconds(CLOCK_MONOTONIC) - start_s;
    }
    return STATUS_OK;
}

static Status alone(const Desk *desk, const BackendOptions *backend, BenchWindow *out) {
    Session *session = NULL;
    Options options = {.backend = *backend, .config_path = desk->config};
    options.backend.threads = 1;
    Status status = options_assign(&options, desk->agents);
    if (status == STATUS_OK) status = options_assign(&options, desk->marrow);
    if (status == STATUS_OK) status = session_open(&session, &options);
    if (status == STATUS_OK) status = looks_again(session, out);
    Status closed = session_close(session);
    options_destroy(&options);
    return status == STATUS_OK ? closed : status;
}

Status bench_window(const BackendOptions *backend, int64_t agents, double least_per_s, BenchWindow *out) {
    Desk desk = {.threads = ""};
    const double weight = 524288, blasts_per_marrow_cell = 0.7 * 1.004, b_share = 0.1;
    const double room = 1.35; /* for growth: agents are not thinned while they are watched */
    *out = (BenchWindow){.least_per_s = least_per_s};
    snprintf(desk.agents, sizeof desk.agents, "simulation.agents=%.0f", room * (double)agents);
    snprintf(desk.marrow, sizeof desk.marrow, "patient.nucleated_marrow_cells=%.17g",
             (double)agents * (1 - b_share) * weight / blasts_per_marrow_cell);
    if (backend->threads > 0) snprintf(desk.threads, sizeof desk.threads, "%d", backend->threads);
    TRY(desk_open(&desk));
    Status status = watch(&desk, backend, out);
    if (status == STATUS_OK) status = alone(&desk, backend, out);
    desk_clear(&desk);
    return status;
}

/* ---- results ---- */

static double share(const BenchLook *look) {
    return look->alone_s / look->seconds;
}

void bench_window_print(const BenchWindow *windows, int count) {
    printf(
        "The whole window, software renderer, 1280 x 800; beside it the same intervals on one processor\n");
    printf("%9s %7s %10s %7s %9s %11s %11s %6s %6s\n", "agents", "view", "pictures/s", "wanted", "window_ms",
           "intervals/s", "alone, 1", "ratio", "wanted");
    for (int i = 0; i < count * BENCH_VIEWS; i++) {
        const BenchWindow *window = &windows[i / BENCH_VIEWS];
        const BenchLook *look = &window->look[i % BENCH_VIEWS];
        double intervals = look->to_h - look->from_h;
        bool fine = look->pictures_per_s >= window->least_per_s && share(look) >= least_share;
        printf("%9lld %7s %10.1f %7.0f %9.2f %11.1f %11.1f %6.2f %6.2f %s\n", (long long)look->agents,
               views[i % BENCH_VIEWS], look->pictures_per_s, window->least_per_s, look->window_ms,
               intervals / look->seconds, intervals / look->alone_s, share(look), least_share,
               fine ? "ok" : "BELOW");
    }
}

cJSON *bench_window_json(const BenchWindow *windows, int count) {
    cJSON *all = cJSON_CreateArray();
    for (int i = 0; i < count * BENCH_VIEWS; i++) {
        const BenchLook *look = &windows[i / BENCH_VIEWS].look[i % BENCH_VIEWS];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "agents", (double)look->agents);
        cJSON_AddStringToObject(o, "view", views[i % BENCH_VIEWS]);
        cJSON_AddNumberToObject(o, "pictures_per_s", look->pictures_per_s);
        cJSON_AddNumberToObject(o, "pictures_wanted_per_s", windows[i / BENCH_VIEWS].least_per_s);
        cJSON_AddNumberToObject(o, "window_ms", look->window_ms);
        cJSON_AddNumberToObject(o, "intervals_per_s", (look->to_h - look->from_h) / look->seconds);
        cJSON_AddNumberToObject(o, "alone_intervals_per_s", (look->to_h - look->from_h) / look->alone_s);
        cJSON_AddItemToArray(all, o);
    }
    return all;
}
