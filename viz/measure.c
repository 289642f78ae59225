#include "measure.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of this thread alone: the window's share of the processor. */
static double thread_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void measure_start(Measure *measure, const Viewer *viewer, const char *path, double seconds) {
    *measure = (Measure){.start_s = viewer->now_s,
                         .end_s = viewer->now_s + seconds,
                         .from_h = viewer->status.time_h,
                         .cpu_s = thread_s(),
                         .pictures = viewer->pictures,
                         .news = viewer->news_pictures};
    snprintf(measure->path, sizeof measure->path, "%s", path);
}

static char *result_text(const Measure *m, const Viewer *viewer) {
    double seconds = viewer->now_s - m->start_s;
    double pictures = (double)(viewer->pictures - m->pictures);
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "agents", (double)viewer->status.agents);
    cJSON_AddNumberToObject(o, "from_h", m->from_h);
    cJSON_AddNumberToObject(o, "to_h", viewer->status.time_h);
    cJSON_AddNumberToObject(o, "seconds", seconds);
    cJSON_AddNumberToObject(o, "pictures_per_s", (double)(viewer->news_pictures - m->news) / seconds);
    cJSON_AddNumberToObject(o, "window_ms", pictures > 0 ? 1e3 * (thread_s() - m->cpu_s) / pictures : 0);
    char *text = cJSON_Print(o);
    cJSON_Delete(o);
    return text;
}

Status measure_step(Measure *measure, Viewer *viewer) {
    if (viewer->now_s < measure->end_s) return STATUS_OK;
    measure->end_s = 0;
    char *text = result_text(measure, viewer);
    FILE *file = text ? fopen(measure->path, "w") : NULL;
    bool written = file && fprintf(file, "%s\n", text) > 0;
    if (file) written = fclose(file) == 0 && written;
    free(text);
    REQUIRE(written, STATUS_FAILED, "%s: cannot be written: %s", measure->path, strerror(errno));
    return STATUS_OK;
}
