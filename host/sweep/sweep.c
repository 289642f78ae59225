#include "sweep/sweep.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/ranks.h"
#include "files/crate.h"
#include "sweep/sweep_table.h"

void sweep_destroy(Sweep *s) {
    sweep_plan_destroy(&s->plan);
    free(s->children);
    free(s->elsewhere);
    options_destroy(&s->options);
    *s = (Sweep){0};
}

/* --- before --- */

/* A sweep is gone on with, or merged, by its folder alone. */
static Status from_folder(Sweep *s) {
    Options *o = &s->options;
    bool known = o->resume || o->merge;
    if (o->config_path || !known) return STATUS_OK;
    TRY(run_path(s->config_path, o->folder, "config.yaml"));
    TRY(run_path(s->table_path, o->folder, "plan.csv"));
    REQUIRE(!o->table && !o->vary_count, STATUS_BAD_INPUT,
            "no CONFIG given; give it, or leave out --vary and --table to go on with the sweep in %s",
            o->folder);
    REQUIRE(access(s->table_path, F_OK) == 0, STATUS_BAD_INPUT,
            "%s: holds no sweep; give CONFIG to begin one", o->folder);
    o->config_path = s->config_path;
    o->table = s->table_path;
    return STATUS_OK;
}

static Status plan_make(Sweep *s) {
    Options *o = &s->options;
    REQUIRE(o->folder && *o->folder, STATUS_BAD_INPUT, "no folder given; add -o DIR");
    REQUIRE(!o->resume || !o->force, STATUS_BAD_INPUT,
            "--resume and --force exclude each other: one goes on, the other starts anew");
    TRY(from_folder(s));
    return sweep_plan_make(&s->plan, o);
}

/* Runs of ours that are there already are neither done again nor passed over without being asked for. */
static Status check_begun(const Sweep *s) {
    bool begun = false;
    if (s->options.resume || s->options.force) return STATUS_OK;
    for (int k = 0; k < s->own; k++) {
        int run = s->index + k * s->of;
        TRY(sweep_run_begun(s->options.folder, run, &begun));
        REQUIRE(!begun, STATUS_BAD_INPUT,
                "%s: run %d of this sweep is there already; go on with --resume, or begin anew with --force",
                s->options.folder, run + 1);
    }
    return STATUS_OK;
}

static void now_text(char out[32]) {
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* Rank 0 writes the plan down; the others begin when it is there. */
Status sweep_prepare(Sweep *s) {
    TRY(plan_make(s));
    TRY(sweep_setup(s));
    now_text(s->started);
    if (ranks_index() == 0) {
        TRY(sweep_folder_begin(&s->plan, s->options.folder, s->options.force));
        TRY(check_begun(s));
        TRY(sweep_record_begin(s));
    }
    return ranks_counters_open();
}

/* --- runs --- */

static void note(Sweep *s, int run, bool failed) {
    SweepRun found;
    (void)ranks_count_on(SWEEP_DONE, 1);
    if (failed) (void)ranks_count_on(SWEEP_BROKEN, 1);
    if (s->progress.style == PROGRESS_JSON &&
        sweep_run_read(&found, s->command.dir, run, s->plan.hash[run]) == STATUS_OK)
        sweep_progress_run(s, run, &found);
}

static SweepChild *free_place(Sweep *s) {
    for (int i = 0; i < s->jobs; i++)
        if (!s->children[i].process) return &s->children[i];
    return NULL;
}

static Status take(Sweep *s, int run) {
    SweepStart how;
    TRY(sweep_child_start(free_place(s), &s->command, run, &how));
    if (how == SWEEP_STARTED) s->active++;
    if (how == SWEEP_ELSEWHERE) s->elsewhere[s->elsewhere_count++] = run;
    if (how != SWEEP_DONE_BEFORE) return STATUS_OK;
    s->progress.before++;
    (void)ranks_count_on(SWEEP_DONE, 1);
    return STATUS_OK;
}

static bool stopping(const Sweep *s) {
    return interrupt_due() || s->unavailable[0];
}

static Status fill(Sweep *s) {
    while (!s->queue_empty && s->active < s->jobs && !stopping(s)) {
        int64_t k = ranks_count_on(SWEEP_NEXT, 1);
        s->queue_empty = k >= s->own;
        if (!s->queue_empty) TRY(take(s, s->index + (int)k * s->of));
        sweep_progress_step(s);
    }
    return STATUS_OK;
}

/* Runs that somebody else had, once more: they may be done now, or left behind. */
static Status look_again(Sweep *s) {
    int n = s->elsewhere_count;
    if (!s->queue_empty || s->active == s->jobs || stopping(s)) return STATUS_OK;
    s->elsewhere_count = 0;
    for (int i = 0; i < n; i++) {
        if (s->active < s->jobs)
            TRY(take(s, s->elsewhere[i]));
        else
            s->elsewhere[s->elsewhere_count++] = s->elsewhere[i];
    }
    return STATUS_OK;
}

/* Where a device is missing it is missing for all. */
static void note_unavailable(Sweep *s, int run) {
    SweepRun found;
    if (sweep_run_read(&found, s->command.dir, run, s->plan.hash[run]) == STATUS_OK)
        snprintf(s->unavailable, sizeof s->unavailable, "%s", found.message);
}

static Status ended(Sweep *s, SweepChild *child, int result) {
    bool again;
    int status, run = child->run;
    TRY(sweep_child_end(child, &s->command, result, &again, &status));
    if (again) return STATUS_OK;
    s->active--;
    if (status == STATUS_UNAVAILABLE) note_unavailable(s, run);
    if (status != STATUS_STOPPED) note(s, run, status != STATUS_OK);
    return STATUS_OK;
}

static Status reap(Sweep *s) {
    int result;
    for (int i = 0; i < s->jobs; i++)
        if (s->children[i].process && waitpid(s->children[i].process, &result, WNOHANG) > 0)
            TRY(ended(s, &s->children[i], result));
    return STATUS_OK;
}

static void tell(Sweep *s) {
    if (s->told) return;
    s->told = true;
    for (int i = 0; i < s->jobs; i++)
        if (s->children[i].process) kill(s->children[i].process, SIGTERM);
}

/* --- waiting --- */

static void woken(int number) {
    (void)number;
}

/* Signals reach us only while we wait, so that none is missed between a look and the wait after it. */
static void signals_hold(sigset_t *before) {
    struct sigaction action = {.sa_handler = woken};
    sigset_t held;
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    interrupt_listen();
    sigemptyset(&held);
    sigaddset(&held, SIGCHLD);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGUSR1);
    sigprocmask(SIG_BLOCK, &held, before);
}

/* Until a child ends, a signal comes, or it is time for something else: the other ranks' wishes, runs that
 * are at work elsewhere, the progress line. */
static void wait_a_while(const Sweep *s, const sigset_t *open_mask) {
    struct timespec most = {0, 200000000};
    if (s->elsewhere_count) most.tv_nsec = 50000000;
    if (ranks_count() > 1) most.tv_nsec = 5000000;
    (void)pselect(0, NULL, NULL, NULL, &most, open_mask);
    ranks_poll();
}

static Status work(Sweep *s, const sigset_t *open_mask) {
    for (;;) {
        TRY(fill(s));
        if (stopping(s)) tell(s);
        if (!s->active && (stopping(s) || (s->queue_empty && !s->elsewhere_count))) return STATUS_OK;
        wait_a_while(s, open_mask);
        TRY(reap(s));
        TRY(look_again(s));
        sweep_progress_step(s);
    }
}

/* After a failure of ours: children go to their checkpoints, and we wait for them. */
static void abandon(Sweep *s) {
    tell(s);
    for (int i = 0; i < s->jobs; i++)
        if (s->children[i].process) waitpid(s->children[i].process, NULL, 0);
}

Status sweep_work(Sweep *s) {
    sigset_t before;
    sweep_progress_start(s);
    signals_hold(&before);
    Status status = work(s, &before);
    if (status != STATUS_OK) abandon(s);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (status == STATUS_OK) ranks_counters_close();
    return status;
}

/* --- after --- */

enum { LISTED = 20 };

static void list_failed(const Sweep *s, int failed) {
    char name[SWEEP_NAME];
    SweepRun found;
    int listed = 0;
    for (int k = 0; k < s->own && listed < failed && listed < LISTED; k++) {
        int run = s->index + k * s->of;
        if (sweep_run_read(&found, s->command.dir, run, s->plan.hash[run]) != STATUS_OK ||
            found.state != SWEEP_FAILED)
            continue;
        sweep_plan_name(&s->plan, run, name);
        fprintf(stderr, "run %d failed (%s): %s\n", run + 1, name, found.message);
        listed++;
    }
    if (failed > listed) fprintf(stderr, "and %d more; runs.csv lists them\n", failed - listed);
}

static Status own_count(const Sweep *s, int *counts) {
    SweepRun found;
    memset(counts, 0, SWEEP_STATES * sizeof *counts);
    for (int k = 0; k < s->own; k++) {
        int run = s->index + k * s->of;
        TRY(sweep_run_read(&found, s->command.dir, run, s->plan.hash[run]));
        counts[found.state]++;
    }
    return STATUS_OK;
}

static Status verdict(const Sweep *s, const int *counts) {
    const char *signal = interrupt_name(), *dir = s->options.folder;
    REQUIRE(!s->unavailable[0], STATUS_UNAVAILABLE, "%s", s->unavailable);
    REQUIRE(!counts[SWEEP_FAILED], STATUS_FAILED,
            "%d of %d runs failed; see %s, and try them again with --resume", counts[SWEEP_FAILED], s->own,
            dir);
    REQUIRE(counts[SWEEP_FINISHED] == s->own, STATUS_STOPPED,
            "%s%s; %d of %d runs are finished; go on with --resume",
            signal ? "stopped by " : "runs were stopped", signal ? signal : "", counts[SWEEP_FINISHED],
            s->own);
    return STATUS_OK;
}

/* The table where nothing is left to do, or nobody else is doing it; how the sweep stands in any case. */
static Status books_write(const Sweep *s, bool table, Status status) {
    int counts[SWEEP_STATES], lock = -1;
    char message[1024];
    snprintf(message, sizeof message, "%s", status == STATUS_OK ? "" : status_message());
    TRY(sweep_lock(s->options.folder, &lock));
    Status written = sweep_runs_count(&s->plan, s->options.folder, counts);
    bool done = counts[SWEEP_FINISHED] + counts[SWEEP_FAILED] == s->plan.runs;
    if (written == STATUS_OK && (done || table)) written = sweep_table_write(&s->plan, s->options.folder);
    if (written == STATUS_OK) written = sweep_record_end(s, counts, status, message);
    if (written == STATUS_OK) written = crate_of_sweep(s->options.folder);
    close(lock);
    TRY(written);
    return status == STATUS_OK ? STATUS_OK : status_set(status, "%s", message);
}

static Status close_books(Sweep *s) {
    int counts[SWEEP_STATES];
    TRY(own_count(s, counts));
    sweep_progress_end(s, counts);
    list_failed(s, counts[SWEEP_FAILED]);
    return books_write(s, s->of == 1, verdict(s, counts));
}

Status sweep_end(Sweep *s, Status status) {
    int64_t all = 0;
    if (status != STATUS_OK) return books_write(s, false, status);
    if (ranks_index() == 0) all = (int64_t)close_books(s);
    ranks_wait();
    ranks_sum(&all, 1);
    ranks_settle();
    return (Status)all;
}

/* Runs that are not finished are no failure of merging. */
Status sweep_merge(Sweep *s) {
    int counts[SWEEP_STATES];
    if (ranks_index() > 0) return STATUS_OK;
    TRY(plan_make(s));
    s->own = s->plan.runs;
    s->of = 1;
    s->command.dir = s->options.folder;
    TRY(sweep_folder_begin(&s->plan, s->options.folder, false));
    TRY(own_count(s, counts));
    list_failed(s, counts[SWEEP_FAILED]);
    if (!s->options.quiet)
        fprintf(stderr, "%s/runs.csv: %d of %d runs finished, %d failed\n", s->options.folder,
                counts[SWEEP_FINISHED], s->own, counts[SWEEP_FAILED]);
    Status status = verdict(s, counts);
    return books_write(s, true, status == STATUS_STOPPED ? STATUS_OK : status);
}
