/* Going back: moments of the run kept in memory within a budget, and branches of it with their rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session_state.h"

enum { BUDGET_MOST = 1 << 30 };
static const double slack_h = 1e-9;
static const double keep_every_h = 6;  /* at most */
static const double keep_share = 0.04; /* of the time intervals take, at most */

/* ---- rows ---- */

static Status branch_add_row(Branch *b, const Observation *row) {
    if (b->count == b->room) {
        size_t room = b->room ? 2 * b->room : 256;
        Observation *grown = realloc(b->row, room * sizeof *grown);
        REQUIRE(grown, STATUS_FAILED, "view: no memory for rows");
        b->row = grown;
        b->room = room;
    }
    b->row[b->count++] = *row;
    return STATUS_OK;
}

/* Going back and forth over the same days gives the same rows again. */
Status rows_take(Session *s) {
    if (s->run.row_count == s->rows_seen) return STATUS_OK;
    s->rows_seen = s->run.row_count;
    pthread_mutex_lock(&s->lock);
    Branch *b = &s->branch[s->status.branch];
    bool fresh = b->count == 0 || b->row[b->count - 1].time_h < s->run.last.time_h - slack_h;
    Status status = fresh ? branch_add_row(b, &s->run.last) : STATUS_OK;
    pthread_mutex_unlock(&s->lock);
    return status;
}

static Status branch_fill(Branch *to, const Branch *from, double until_h) {
    for (size_t i = 0; i < from->count && from->row[i].time_h <= until_h + slack_h; i++)
        TRY(branch_add_row(to, &from->row[i]));
    return STATUS_OK;
}

Status branch_new(Session *s, double until_h) {
    pthread_mutex_lock(&s->lock);
    Branch *grown = realloc(s->branch, (size_t)(s->branches + 1) * sizeof *grown);
    Status status = grown ? STATUS_OK : status_set(STATUS_FAILED, "view: no memory for a branch");
    if (grown) {
        s->branch = grown;
        s->branch[s->branches] = (Branch){0};
        if (s->branches > 0)
            status = branch_fill(&s->branch[s->branches], &s->branch[s->status.branch], until_h);
        s->status.branch = s->branches++;
    }
    pthread_mutex_unlock(&s->lock);
    return status;
}

/* ---- moments ---- */

/* A quarter of the memory that is free at the start, and no more than a gigabyte. */
static size_t budget(void) {
    double bytes = (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / 4;
    return bytes < BUDGET_MOST ? (size_t)bytes : BUDGET_MOST;
}

static void moment_remove(Session *s, size_t i) {
    s->moment_bytes -= sim_saved_bytes(s->moment[i]->sim);
    run_moment_destroy(s->moment[i]);
    memmove(&s->moment[i], &s->moment[i + 1], (--s->moments - i) * sizeof(RunMoment *));
}

/* Gives up the moment whose neighbours are nearest to each other, so that those left lie evenly; the first
 * and the last stay. */
static void moments_thin(Session *s) {
    while (s->moments > 2 && s->moment_bytes > s->moment_budget) {
        size_t least = 1;
        for (size_t i = 1; i + 1 < s->moments; i++)
            if (s->moment[i + 1]->time_h - s->moment[i - 1]->time_h <
                s->moment[least + 1]->time_h - s->moment[least - 1]->time_h)
                least = i;
        moment_remove(s, least);
    }
}

static Status moment_keep(Session *s) {
    RunMoment *moment;
    double start_s = session_now_s();
    if (s->moments == s->moment_room) {
        size_t room = s->moment_room ? 2 * s->moment_room : 64;
        RunMoment **grown = realloc(s->moment, room * sizeof(RunMoment *));
        REQUIRE(grown, STATUS_FAILED, "view: no memory for moments");
        s->moment = grown;
        s->moment_room = room;
    }
    TRY(run_keep(&s->run, &moment));
    s->moment[s->moments++] = moment;
    s->moment_bytes += sim_saved_bytes(moment->sim);
    moments_thin(s);
    s->moment_s = session_now_s();
    s->moment_cost_s = s->moment_s - start_s;
    return STATUS_OK;
}

Status moments_first(Session *s) {
    s->moment_budget = budget();
    return moment_keep(s);
}

/* Only at the front: days that are run again have their moments. */
static bool moment_due(const Session *s) {
    double now_h = sim_time_h(s->run.sim), last_h = s->moment[s->moments - 1]->time_h;
    if (now_h < last_h + keep_every_h - slack_h) return false;
    return session_now_s() - s->moment_s >= s->moment_cost_s / keep_share;
}

Status moments_after_step(Session *s) {
    if (moment_due(s)) TRY(moment_keep(s));
    TRY(traces_step(s));
    return rows_take(s);
}

void moments_forget(Session *s) {
    while (s->moments > 0) moment_remove(s, s->moments - 1);
    free(s->moment);
    s->moment = NULL;
    s->moment_room = 0;
    for (size_t i = 0; i < s->named_count; i++) {
        run_moment_destroy(s->named[i].moment);
        actions_destroy(&s->named[i].actions);
    }
    free(s->named);
    s->named = NULL;
    s->named_count = 0;
}

/* ---- going there ---- */

/* A run that is only half way back cannot go on. */
static Status go(Session *s, const RunMoment *moment) {
    frame_forget(s);
    s->gone_back = true;
    Status status = run_return(&s->run, moment);
    if (status != STATUS_OK) s->broken = true;
    TRY(status);
    return traces_return(s);
}

/* The latest moment at this time or earlier; the first is at day 0. */
static const RunMoment *moment_before(const Session *s, double time_h) {
    size_t i = s->moments - 1;
    while (i > 0 && s->moment[i]->time_h > time_h + slack_h) i--;
    return s->moment[i];
}

Status moments_seek(Session *s, double time_h) {
    double now_h = sim_time_h(s->run.sim);
    const RunMoment *from = moment_before(s, time_h);
    bool back = time_h<now_h - slack_h, ahead = from->time_h> now_h + slack_h;
    bool curves = s->traces == 0 || from->time_h <= s->traced_h + slack_h;
    bool shorter = ahead && curves && !s->run.folder.path; /* tables need every row */
    TRY(run_row(&s->run));
    TRY(rows_take(s));
    if (back || shorter) TRY(go(s, from));
    s->playing = false;
    s->steps_left = -1;
    if (sim_time_h(s->run.sim) >= time_h - slack_h) return STATUS_OK;
    s->target_h = time_h;
    s->hurry = s->playing = true;
    return STATUS_OK;
}

Status moments_branch(Session *s) {
    double now_h = sim_time_h(s->run.sim);
    while (s->moments > 1 && s->moment[s->moments - 1]->time_h > now_h + slack_h)
        moment_remove(s, s->moments - 1);
    actions_cut(&s->run.actions, s->run.actions.done);
    s->latest_h = now_h;
    traces_branch(s);
    return branch_new(s, now_h);
}

/* ---- moments by name ---- */

static NamedMoment *named_find(Session *s, const char *name) {
    for (size_t i = 0; i < s->named_count; i++)
        if (strcmp(s->named[i].name, name) == 0) return &s->named[i];
    return NULL;
}

static Status named_fill(Session *s, NamedMoment *n, const char *name) {
    snprintf(n->name, sizeof n->name, "%s", name);
    n->branch = s->status.branch;
    TRY(run_keep(&s->run, &n->moment));
    TRY(rows_take(s));
    TRY(actions_copy(&n->actions, &s->run.actions));
    actions_cut(&n->actions, n->actions.done);
    return STATUS_OK;
}

static void named_empty(NamedMoment *n) {
    run_moment_destroy(n->moment);
    actions_destroy(&n->actions);
    *n = (NamedMoment){0};
}

Status moments_save(Session *s, const char *name) {
    NamedMoment fresh = {0}, *n = named_find(s, name);
    NamedMoment *grown = n ? s->named : realloc(s->named, (s->named_count + 1) * sizeof *grown);
    REQUIRE(grown, STATUS_FAILED, "view: no memory to save %s", name);
    s->named = grown;
    Status status = named_fill(s, &fresh, name);
    if (status != STATUS_OK) {
        named_empty(&fresh);
        return status;
    }
    if (n) named_empty(n);
    if (!n) n = &s->named[s->named_count++];
    *n = fresh;
    return STATUS_OK;
}

/* Moments between are the present branch's; the one of day 0 is everybody's. */
static Status branch_of(Session *s, const NamedMoment *n) {
    while (s->moments > 1) moment_remove(s, s->moments - 1);
    TRY(actions_copy(&s->run.actions, &n->actions));
    pthread_mutex_lock(&s->lock);
    s->status.branch = n->branch;
    pthread_mutex_unlock(&s->lock);
    s->latest_h = n->moment->time_h;
    traces_branch(s);
    return branch_new(s, n->moment->time_h);
}

/* Tables that were cut, or are another branch's, are made by running again from day 0. */
static Status load_again(Session *s, const NamedMoment *n) {
    TRY(go(s, s->moment[0]));
    s->target_h = n->moment->time_h;
    s->hurry = s->playing = s->arrive = true;
    return STATUS_OK;
}

Status moments_load(Session *s, const char *name) {
    const NamedMoment *n = named_find(s, name);
    REQUIRE(n, STATUS_BAD_INPUT, "load %s: no moment of that name; save it first", name);
    TRY(run_row(&s->run));
    TRY(rows_take(s));
    s->playing = false;
    s->steps_left = -1;
    if (!s->run.folder.path) TRY(go(s, n->moment));
    if (n->branch != s->status.branch) TRY(branch_of(s, n));
    return s->run.folder.path ? load_again(s, n) : STATUS_OK;
}
