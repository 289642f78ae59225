/* The session as JSON, for scripts and tests: where it stands, what is to be seen, and the digest of all
 * cells. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "session_state.h"

static const char *const states[] = {"opening", "paused", "playing", "ended", "failed"};

static void number(FILE *out, const char *name, double value) {
    char text[TEXT_NUMBER];
    fprintf(out, "  \"%s\": %s,\n", name, isfinite(value) ? text_number(value, text) : "null");
}

/* Time, branch, doses. */
static void write_status(FILE *out, const SessionStatus *s) {
    fprintf(out, "  \"state\": \"%s\",\n", states[s->state]);
    number(out, "day", s->time_h / 24);
    number(out, "latest_day", s->latest_h / 24);
    number(out, "seed", (double)s->seed);
    number(out, "branch", s->branch);
    number(out, "branches", s->branches);
    number(out, "doses_given", s->dosing.given);
    number(out, "next_dose_h", s->dosing.coming ? s->dosing.next_h : NAN);
    number(out, "next_dose_mg", s->dosing.coming ? s->dosing.next_mg : NAN);
    number(out, "running_mg_per_h", s->dosing.running_mg_per_h);
    number(out, "held_since_h", s->dosing.held_since_h);
    fprintf(out, "  \"discontinued\": %s,\n", s->dosing.discontinued ? "true" : "false");
}

static Status write_now(Session *s, FILE *out) {
    Observation now;
    uint64_t digest;
    TRY(sim_observe(s->run.sim, &now));
    TRY(sim_digest(s->run.sim, &digest));
    fprintf(out, "  \"state_hash\": \"%016" PRIx64 "\",\n  \"now\": ", digest);
    return observation_write_json(&now, out);
}

/* Cells that are traced, as they were last seen. */
static void write_traces(const Session *s, FILE *out) {
    fprintf(out, ",\n  \"traces\": [");
    for (int i = 0; i < s->traces; i++) {
        const Trace *t = &s->trace[i];
        char from[TEXT_NUMBER], gone[TEXT_NUMBER];
        fprintf(out,
                "%s\n    {\"identity\": \"%016" PRIx64 "\", \"mother\": \"%016" PRIx64
                "\", \"from_h\": %s, \"gone_h\": %s, \"dying\": %s, \"kind\": \"%s\", \"points\": %zu}",
                i ? "," : "", t->info.identity, t->info.mother, text_number(t->info.from_h, from),
                isnan(t->info.gone_h) ? "null" : text_number(t->info.gone_h, gone),
                t->info.dying ? "true" : "false", picture_kind_names[t->info.kind], t->points);
    }
}

static void write_rows(Session *s, FILE *out) {
    pthread_mutex_lock(&s->lock);
    write_traces(s, out);
    fprintf(out, "],\n  \"rows\": [");
    for (int i = 0; i < s->branches; i++) fprintf(out, "%s%zu", i ? ", " : "", s->branch[i].count);
    fprintf(out, "],\n  \"events\": %zu\n}\n", s->events);
    pthread_mutex_unlock(&s->lock);
}

Status session_write_state(Session *s, const char *path) {
    SessionStatus status;
    FILE *out = fopen(path, "w");
    REQUIRE(out, STATUS_FAILED, "%s: cannot be written: %s; choose another file", path, strerror(errno));
    status_publish(s);
    session_status(s, &status);
    fputs("{\n", out);
    write_status(out, &status);
    Status now = write_now(s, out);
    write_rows(s, out);
    bool written = fflush(out) == 0 && !ferror(out);
    fclose(out);
    TRY(now);
    REQUIRE(written, STATUS_FAILED, "%s: cannot be written: %s; choose another file", path, strerror(errno));
    return STATUS_OK;
}
