/* The session's thread: commands, one interval, a frame, and again. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/interrupt.h"
#include "session_state.h"

static const double slack_h = 1e-9;

double session_now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- beginning and ending ---- */

static void went_wrong(Session *s, Status status, const char *message) {
    session_say(s, true, "%s", message);
    pthread_mutex_lock(&s->lock);
    if (s->wrong == STATUS_OK) {
        s->wrong = status;
        snprintf(s->wrong_message, sizeof s->wrong_message, "%s", message);
    }
    pthread_mutex_unlock(&s->lock);
}

static void action_dropped(void *session, const char *why) {
    went_wrong(session, STATUS_BAD_INPUT, why);
}

static void say_again(Session *s) {
    size_t again = s->run.actions.count - s->run.actions.done;
    if (again > 0 && !s->run.options.actions)
        session_say(s, false, "%zu of the actions in events.csv will be done again", again);
}

static Status begin(Session *s) {
    Run *run = &s->run;
    run->action_dropped = action_dropped, run->action_dropped_who = s;
    run->options.quiet = run->keep_lines = true;
    run->record =
        (RunRecord){.config = &run->config, .backend = &run->backend, .result = "running", .message = ""};
    run->record.argc = run->options.argc, run->record.argv = run->options.argv;
    TRY(run_prepare(run));
    progress_start(&run->progress, &run->options, &run->config);
    run_record_start(&run->record);
    TRY(run_begin(run));
    s->open = true;
    s->steps_left = -1;
    s->target_h = NAN;
    s->latest_h = sim_time_h(run->sim);
    s->changes++;
    TRY(branch_new(s, -1));
    TRY(rows_take(s));
    say_again(s);
    return moments_first(s);
}

/* Closes the run's files as a signal would that comes between two intervals. */
static Status end(Session *s, Status status, bool stopped) {
    frame_forget(s);
    moments_forget(s);
    bool done = s->run.sim && run_done(&s->run);
    if (status == STATUS_OK && s->open && !done)
        status =
            status_set(STATUS_STOPPED, "%s at day %g%s", stopped ? "stopped by a signal" : "left",
                       sim_time_h(s->run.sim) / 24,
                       s->run.folder.path ? "; files hold everything up to there; go on with --resume" : "");
    if (s->open) status = run_end(&s->run, status);
    run_destroy(&s->run);
    return status == STATUS_STOPPED && !stopped ? STATUS_OK : status;
}

/* Another seed is another run: the old one's agents, tables and moments go, its rows stay to be compared
 * with. */
Status session_restart(Session *s, int64_t seed) {
    Options options = {0};
    char assignment[64];
    REQUIRE(!s->run.options.folder, STATUS_BAD_INPUT,
            "seed: %s holds this run's files; start again with --seed and another -o", s->run.options.folder);
    snprintf(assignment, sizeof assignment, "simulation.seed=%lld", (long long)seed);
    TRY(options_copy(&options, &s->run.options));
    TRY(options_assign(&options, assignment));
    frame_forget(s);
    moments_forget(s);
    (void)traces_unfollow(s, 0);
    run_destroy(&s->run);
    s->run = (Run){.options = options};
    s->open = s->playing = false;
    s->rows_seen = 0;
    s->gone_back = true;
    return begin(s);
}

/* ---- one turn ---- */

static bool target_reached(const Session *s) {
    return isnan(s->target_h) || sim_time_h(s->run.sim) >= s->target_h - slack_h;
}

static void target_clear(Session *s) {
    s->target_h = NAN;
    s->hurry = false;
}

/* Takes what must not wait for an `until` to end. */
static void pause_take(Session *s) {
    pthread_mutex_lock(&s->lock);
    bool pause = s->pause_now;
    s->pause_now = false;
    pthread_mutex_unlock(&s->lock);
    if (!pause) return;
    target_clear(s);
    s->playing = false;
}

static bool command_next(Session *s, Command *out) {
    pthread_mutex_lock(&s->lock);
    bool waiting = s->queue.first < s->queue.count;
    if (waiting) *out = s->queue.item[s->queue.first++];
    pthread_mutex_unlock(&s->lock);
    return waiting;
}

/* What follows a line that went wrong was written for another state of things. */
static void script_drop(Session *s) {
    size_t kept = s->queue.first;
    for (size_t i = s->queue.first; i < s->queue.count; i++)
        if (!s->queue.item[i].script) s->queue.item[kept++] = s->queue.item[i];
    if (kept < s->queue.count) s->status.taken = s->status.asked;
    s->queue.count = kept;
}

static void command_went_wrong(Session *s, const Command *command, Status status) {
    char message[1024];
    snprintf(message, sizeof message, "%s", status_message());
    went_wrong(s, status, message);
    pthread_mutex_lock(&s->lock);
    if (command->script) script_drop(s);
    pthread_mutex_unlock(&s->lock);
}

static void command_taken(Session *s, uint64_t serial) {
    status_publish(s);
    pthread_mutex_lock(&s->lock);
    if (s->status.taken < serial) s->status.taken = serial;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* Commands that go wrong are the user's affair; only a run that cannot go on ends the session. */
static Status commands_take(Session *s) {
    Command command;
    pause_take(s);
    while (isnan(s->target_h) && command_next(s, &command)) {
        Status status = command_do(s, &command);
        if (s->broken || !s->open) return status;
        if (status != STATUS_OK) command_went_wrong(s, &command, status);
        s->changes++;
        if (isnan(s->target_h))
            command_taken(s, command.serial);
        else
            s->target_serial = command.serial;
    }
    return STATUS_OK;
}

/* Whether an interval is due; if not, in how many seconds it is. */
static bool step_due(Session *s, double *wait_s) {
    *wait_s = 1;
    if (!s->playing || run_done(&s->run)) return false;
    if (s->hurry || s->speed_per_s == 0) return true;
    *wait_s = s->next_step_s - session_now_s();
    return *wait_s <= 0;
}

/* Steps are due at even distances; what a slow interval was late is not made good in a rush. */
static void step_pace(Session *s) {
    double now_s = session_now_s(), each_s = s->speed_per_s > 0 ? 1 / s->speed_per_s : 0;
    s->next_step_s = fmax(s->next_step_s + each_s, now_s - 0.1);
}

static Status step(Session *s) {
    TRY(run_step(&s->run));
    s->changes++;
    step_pace(s);
    s->latest_h = fmax(s->latest_h, sim_time_h(s->run.sim));
    if (s->steps_left > 0 && --s->steps_left == 0) {
        s->steps_left = -1;
        s->playing = false;
    }
    bool reached = target_reached(s) || run_done(&s->run);
    if (run_done(&s->run) || !s->playing || (reached && !isnan(s->target_h))) TRY(run_row(&s->run));
    return moments_after_step(s);
}

/* An `until` or `seek` that has arrived lets the commands after it go on. */
static Status target_check(Session *s) {
    if (isnan(s->target_h) || (!target_reached(s) && !run_done(&s->run) && s->playing)) return STATUS_OK;
    Status status = s->arrive && target_reached(s) ? run_actions(&s->run) : STATUS_OK;
    s->arrive = false;
    target_clear(s);
    s->playing = false;
    command_taken(s, s->target_serial);
    return status;
}

static void nap(Session *s, double wait_s) {
    struct timespec until;
    double end_s = session_now_s() + wait_s;
    until.tv_sec = (time_t)end_s;
    until.tv_nsec = (long)(1e9 * (end_s - (double)until.tv_sec));
    pthread_mutex_lock(&s->lock);
    bool news = s->leaving || s->pause_now || s->queue.first < s->queue.count || s->looks != s->framed_looks;
    if (!news) (void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
    pthread_mutex_unlock(&s->lock);
}

/* The frame's pictures are asked for before the interval and taken after it, so that they come over
 * meanwhile. */
static Status turn(Session *s) {
    double frame_wait_s, step_wait_s;
    TRY(commands_take(s));
    if (frame_due(s, &frame_wait_s)) TRY(frame_ask(s));
    bool stepping = step_due(s, &step_wait_s);
    if (stepping) TRY(step(s));
    TRY(target_check(s));
    bool framed = s->frame.under_way;
    if (framed) TRY(frame_take(s));
    if (stepping || framed) return STATUS_OK;
    status_publish(s);
    nap(s, fmax(1e-3, fmin(frame_wait_s, step_wait_s)));
    return STATUS_OK;
}

/* A signal ends a session without a window as it ends marrow run. */
static bool interrupted(const Session *s) {
    if (!s->run.options.headless) return false;
    interrupt_listen();
    return interrupt_due();
}

static bool leaving(Session *s) {
    pthread_mutex_lock(&s->lock);
    bool now = s->leaving;
    pthread_mutex_unlock(&s->lock);
    return now;
}

static void failed(Session *s, Status status) {
    pthread_mutex_lock(&s->lock);
    s->wrong = status;
    snprintf(s->wrong_message, sizeof s->wrong_message, "%s", status_message());
    snprintf(s->status.message, sizeof s->status.message, "%s", s->wrong_message);
    s->status.wrong = true;
    s->status.messages++;
    s->status.state = SESSION_FAILED;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void *session_work(void *session) {
    Session *s = session;
    Status status = begin(s);
    while (status == STATUS_OK && !leaving(s) && !interrupted(s)) status = turn(s);
    bool stopped = status == STATUS_OK && !leaving(s);
    status = end(s, status, stopped);
    if (status != STATUS_OK) failed(s, status);
    return NULL;
}
