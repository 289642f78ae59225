#include "run/progress.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/version.h"

static const double between_s = 0.2;

double progress_now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool terminal(void) {
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

ProgressStyle progress_style(const Options *options) {
    if (options->json) return PROGRESS_JSON;
    if (options->quiet) return PROGRESS_QUIET;
    return terminal() ? PROGRESS_BAR : PROGRESS_LINES;
}

bool progress_colour(void) {
    const char *no_color = getenv("NO_COLOR");
    return !no_color || !*no_color;
}

void progress_start(Progress *progress, const Options *options, const Config *config) {
    *progress = (Progress){.style = progress_style(options),
                           .colour = progress_colour(),
                           .until_days = config->simulation.until_days,
                           .started_s = progress_now_s()};
}

double progress_seconds(const Progress *progress) {
    return progress_now_s() - progress->started_s;
}

void progress_resumed(Progress *progress, const Sim *sim) {
    progress->before = sim_cost(sim);
    progress->before_days = sim_time_h(sim) / 24;
}

/* In this session. */
static double agent_steps(const Progress *progress, const Sim *sim) {
    return (double)(sim_cost(sim).agent_steps - progress->before.agent_steps);
}

/* One JSON object on one line. Adding nothing, when memory is short, is no reason to stop a run. */
void progress_json(cJSON *json) {
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    if (text) fprintf(stderr, "%s\n", text);
    free(text);
    cJSON_Delete(json);
}

static void json_step(const char *event, const Progress *progress, const Sim *sim, const char *result) {
    SimCost cost = sim_cost(sim);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "event", event);
    cJSON_AddNumberToObject(json, "time_h", sim_time_h(sim));
    cJSON_AddNumberToObject(json, "until_h", 24 * progress->until_days);
    cJSON_AddNumberToObject(json, "agents", (double)cost.agents);
    cJSON_AddNumberToObject(json, "agent_steps", (double)cost.agent_steps);
    cJSON_AddNumberToObject(json, "agent_steps_before", (double)progress->before.agent_steps);
    cJSON_AddNumberToObject(json, "wall_s", progress_seconds(progress));
    if (result) cJSON_AddStringToObject(json, "result", result);
    progress_json(json);
}

static void json_device(const Config *config, const Backend *backend, const Observation *first) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "event", "start");
    cJSON_AddStringToObject(json, "version", version_number);
    cJSON_AddStringToObject(json, "backend", backend->calls->name);
    cJSON_AddStringToObject(json, "device", backend->device);
    cJSON_AddNumberToObject(json, "agents", (double)first->agents);
    cJSON_AddNumberToObject(json, "blast_weight", (double)first->blast_weight);
    cJSON_AddNumberToObject(json, "seed", (double)config->simulation.seed);
    progress_json(json);
}

void progress_device(const Progress *progress, const Config *config, const Backend *backend,
                     const Observation *first) {
    if (progress->style == PROGRESS_JSON) json_device(config, backend, first);
    if (progress->style == PROGRESS_JSON || progress->style == PROGRESS_QUIET) return;
    fprintf(stderr,
            "marrow %s: %s; %lld agents, a blast agent stands for %lld; seed %lld; "
            "research and teaching, not for treating patients\n",
            version_number, backend->device, (long long)first->agents, (long long)first->blast_weight,
            (long long)config->simulation.seed);
}

static void bar(const Progress *progress, const Sim *sim) {
    enum { WIDTH = 24 };
    static const char full[WIDTH + 1] = "########################",
                                   empty[WIDTH + 1] = "------------------------";
    SimCost cost = sim_cost(sim);
    double days = sim_time_h(sim) / 24, seconds = progress_seconds(progress);
    double done = progress->until_days > 0 ? days / progress->until_days : 1;
    double session_days = days - progress->before_days, left_days = progress->until_days - days;
    int filled = (int)(WIDTH * done);
    fprintf(stderr, "\r%sday %.1f of %g [%.*s%.*s] %.3g agents, %.2g agent-steps/s, %.0f s left%s\033[K",
            progress->colour ? "\033[36m" : "", days, progress->until_days, filled, full, WIDTH - filled,
            empty, (double)cost.agents, agent_steps(progress, sim) / seconds,
            session_days > 0 ? seconds * left_days / session_days : 0, progress->colour ? "\033[0m" : "");
}

void progress_step(Progress *progress, const Sim *sim) {
    if (progress->style != PROGRESS_BAR && progress->style != PROGRESS_JSON) return;
    if (progress_now_s() - progress->shown_s < between_s) return;
    progress->shown_s = progress_now_s();
    if (progress->style == PROGRESS_BAR)
        bar(progress, sim);
    else
        json_step("progress", progress, sim, NULL);
}

void progress_end(const Progress *progress, const Sim *sim, const char *folder, const char *result) {
    long long steps = (long long)(sim_cost(sim).steps - progress->before.steps);
    double seconds = progress_seconds(progress), done = agent_steps(progress, sim);
    if (progress->style == PROGRESS_BAR) fputs("\r\033[K", stderr);
    if (progress->style == PROGRESS_JSON) json_step("end", progress, sim, result);
    if (progress->style != PROGRESS_BAR && progress->style != PROGRESS_LINES) return;
    fprintf(stderr, "%s: day %g, %lld intervals, %.3g agent-steps in %.2f s (%.3g/s); see %s\n", result,
            sim_time_h(sim) / 24, steps, done, seconds, done / seconds, folder);
}
