/* What a sweep says while it runs, on stderr. */
#include "base/ranks.h"
#include "base/version.h"
#include "sweep/sweep.h"

static const double between_s = 0.2;

static void json_start(const Sweep *s) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "event", "start");
    cJSON_AddStringToObject(json, "version", version_number);
    cJSON_AddStringToObject(json, "backend", s->backend);
    cJSON_AddNumberToObject(json, "runs", s->own);
    cJSON_AddNumberToObject(json, "jobs", s->jobs);
    cJSON_AddNumberToObject(json, "threads", s->command.threads);
    cJSON_AddNumberToObject(json, "ranks", ranks_count());
    progress_json(json);
}

void sweep_progress_start(Sweep *s) {
    SweepProgress *p = &s->progress;
    *p = (SweepProgress){progress_style(&s->options), progress_colour(), progress_now_s(), 0, 0};
    if (ranks_index() > 0) p->style = PROGRESS_QUIET;
    if (p->style == PROGRESS_JSON) json_start(s);
    if (p->style == PROGRESS_JSON || p->style == PROGRESS_QUIET) return;
    fprintf(
        stderr,
        "marrow %s: %d runs, %d at once%s on %s, %d thread%s each; research and teaching, not for treating "
        "patients\n",
        version_number, s->own, s->jobs * ranks_count(), ranks_count() > 1 ? " over MPI" : "", s->backend,
        s->command.threads, s->command.threads == 1 ? "" : "s");
}

static void bar(const Sweep *s, int done, int failed) {
    double seconds = progress_now_s() - s->progress.started_s;
    int64_t here = done - s->progress.before;
    fprintf(stderr, "\r%s%d of %d runs done", s->progress.colour ? "\033[36m" : "", done, s->own);
    if (failed) fprintf(stderr, ", %d failed", failed);
    if (here > 0) fprintf(stderr, ", %.0f s left", seconds * (s->own - done) / (double)here);
    fprintf(stderr, "%s\033[K", s->progress.colour ? "\033[0m" : "");
}

void sweep_progress_step(Sweep *s) {
    SweepProgress *p = &s->progress;
    if (p->style != PROGRESS_BAR || progress_now_s() - p->shown_s < between_s) return;
    p->shown_s = progress_now_s();
    bar(s, (int)ranks_count_on(SWEEP_DONE, 0), (int)ranks_count_on(SWEEP_BROKEN, 0));
}

void sweep_progress_run(const Sweep *s, int run, const SweepRun *found) {
    char name[SWEEP_NAME];
    cJSON *json = cJSON_CreateObject();
    sweep_plan_name(&s->plan, run, name);
    cJSON_AddStringToObject(json, "event", "run");
    cJSON_AddNumberToObject(json, "run", run + 1);
    cJSON_AddStringToObject(json, "name", name);
    cJSON_AddStringToObject(json, "result", sweep_state_names[found->state]);
    cJSON_AddStringToObject(json, "message", found->message);
    cJSON_AddNumberToObject(json, "done", (double)ranks_count_on(SWEEP_DONE, 0));
    cJSON_AddNumberToObject(json, "runs", s->own);
    cJSON_AddNumberToObject(json, "wall_s", progress_now_s() - s->progress.started_s);
    progress_json(json);
}

static void json_end(const Sweep *s, const int *counts) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "event", "end");
    cJSON_AddNumberToObject(json, "runs", s->own);
    for (int i = 0; i < SWEEP_STATES; i++) cJSON_AddNumberToObject(json, sweep_state_names[i], counts[i]);
    cJSON_AddNumberToObject(json, "wall_s", progress_now_s() - s->progress.started_s);
    progress_json(json);
}

void sweep_progress_end(const Sweep *s, const int *counts) {
    ProgressStyle style = s->progress.style;
    if (style == PROGRESS_BAR) fputs("\r\033[K", stderr);
    if (style == PROGRESS_JSON) json_end(s, counts);
    if (style != PROGRESS_BAR && style != PROGRESS_LINES) return;
    fprintf(stderr, "%d of %d runs finished, %d failed, in %.1f s; see %s\n", counts[SWEEP_FINISHED], s->own,
            counts[SWEEP_FAILED], progress_now_s() - s->progress.started_s, s->options.folder);
}
