/* The window's side of a session: nothing here waits for the simulation but session_close and session_wait.
 */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ranks.h"
#include "session_state.h"

const OptionsUse session_use = {
    "view", "[CONFIG|DIR]",
    "Simulates one patient in a window: cells, blood, drug, doses by hand; or plays a finished run "
    "from its folder DIR.\v"
    "Without -o nothing is written; with it, DIR gets the files of marrow run, "
    "and events.csv says what was done "
    "by hand. --headless takes commands from a script and opens no window.",
    OPTIONS_BACKEND | OPTIONS_CONFIG | OPTIONS_FOLDER | OPTIONS_ACTIONS | OPTIONS_VIEW};

static Status thread_start(Session *s) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    s->started = pthread_create(&s->thread, NULL, session_work, s) == 0;
    REQUIRE(s->started, STATUS_FAILED, "view: the system gives no thread; end other programs");
    return STATUS_OK;
}

Status session_open(Session **out, const Options *options) {
    *out = NULL;
    REQUIRE(ranks_count() == 1, STATUS_UNAVAILABLE,
            "view: shows one process's cells; run it without mpirun, with --device N,N for several devices");
    Session *s = calloc(1, sizeof *s);
    REQUIRE(s, STATUS_FAILED, "view: out of memory");
    s->mail.ready = s->mail.front = -1;
    Status status = options_copy(&s->run.options, options);
    if (status == STATUS_OK) status = thread_start(s);
    if (status == STATUS_OK)
        *out = s;
    else
        (void)session_close(s);
    return status;
}

static void queue_destroy(CommandQueue *queue) {
    free(queue->item);
    *queue = (CommandQueue){0};
}

static void branches_destroy(Session *s) {
    for (int i = 0; i < s->branches; i++) free(s->branch[i].row);
    free(s->branch);
}

static void thread_end(Session *s) {
    pthread_mutex_lock(&s->lock);
    s->leaving = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

Status session_close(Session *s) {
    if (!s) return STATUS_OK;
    if (s->started) thread_end(s);
    Status status = s->status.state == SESSION_FAILED ? s->wrong : STATUS_OK;
    if (status != STATUS_OK) status_set(status, "%s", s->wrong_message);
    if (!s->started) options_destroy(&s->run.options);
    queue_destroy(&s->queue);
    frames_destroy(s);
    branches_destroy(s);
    for (int i = 0; i < s->traces; i++) free(s->trace[i].point);
    free(s->event);
    free(s->line);
    free(s);
    return status;
}

const SessionFrame *session_frame(Session *s) {
    const SessionFrame *frame = NULL;
    pthread_mutex_lock(&s->lock);
    if (!s->watched || s->mail.ready >= 0) pthread_cond_broadcast(&s->changed);
    s->watched = true;
    if (s->mail.ready >= 0) {
        s->mail.front = s->mail.ready;
        s->mail.ready = -1;
        frame = &s->mail.slot[s->mail.front];
    }
    pthread_mutex_unlock(&s->lock);
    return frame;
}

void session_status(Session *s, SessionStatus *out) {
    pthread_mutex_lock(&s->lock);
    *out = s->status;
    pthread_mutex_unlock(&s->lock);
}

/* ---- views ---- */

static Status view_check(const PictureView *view, bool flow) {
    if (!view) return STATUS_OK;
    REQUIRE((view->mode == PICTURE_FLOW) == flow, STATUS_BAD_INPUT,
            "view: a %s is asked for where a %s is shown", flow ? "section" : "cytometer",
            flow ? "cytometer" : "section");
    return picture_view_check(view);
}

Status session_look(Session *s, const PictureView *section, const PictureView *flow) {
    TRY(view_check(section, false));
    TRY(view_check(flow, true));
    pthread_mutex_lock(&s->lock);
    s->section_on = section != NULL;
    s->flow_on = flow != NULL;
    if (section) s->section = *section;
    if (flow) s->flow = *flow;
    s->looks++;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return STATUS_OK;
}

static bool view_get(Session *s, const bool *on, const PictureView *view, PictureView *out) {
    pthread_mutex_lock(&s->lock);
    bool wanted = *on;
    *out = *view;
    pthread_mutex_unlock(&s->lock);
    return wanted;
}

bool session_section(Session *s, PictureView *out) {
    return view_get(s, &s->section_on, &s->section, out);
}

bool session_flow(Session *s, PictureView *out) {
    return view_get(s, &s->flow_on, &s->flow, out);
}

/* ---- commands ---- */

/* Under the lock. What was taken makes room first. */
static bool queue_room(CommandQueue *queue) {
    if (queue->count < queue->room) return true;
    if (queue->first > 0)
        memmove(queue->item, queue->item + queue->first, (queue->count - queue->first) * sizeof *queue->item);
    queue->count -= queue->first;
    queue->first = 0;
    if (queue->count < queue->room / 2) return true;
    size_t room = queue->room ? 2 * queue->room : 64;
    Command *grown = realloc(queue->item, room * sizeof *grown);
    if (!grown) return false;
    queue->item = grown;
    queue->room = room;
    return true;
}

static Status enqueue(Session *s, const char *line, bool script, uint64_t *serial) {
    pthread_mutex_lock(&s->lock);
    bool room = queue_room(&s->queue);
    if (room) {
        Command *command = &s->queue.item[s->queue.count++];
        *command = (Command){.serial = ++s->status.asked, .script = script};
        snprintf(command->line, sizeof command->line, "%s", line);
        if (serial) *serial = command->serial;
        if (!script && strcmp(line, "pause") == 0) s->pause_now = true;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    REQUIRE(room, STATUS_FAILED, "view: no memory for a command");
    return STATUS_OK;
}

Status session_ask(Session *s, const char *command, uint64_t *serial) {
    TRY(command_check(command));
    return enqueue(s, command, false, serial);
}

static bool is_empty(const char *line) {
    const char *first = line + strspn(line, " \t\r\n");
    return !*first || *first == '#';
}

/* Checks every line, or queues it. */
static Status each_line(Session *s, FILE *in, const char *path) {
    char *line = NULL;
    size_t room = 0;
    Status status = STATUS_OK;
    for (int number = 1; status == STATUS_OK && getline(&line, &room, in) > 0; number++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (is_empty(line)) continue;
        if (s) status = enqueue(s, line, true, NULL);
        if (s || command_check(line) == STATUS_OK) continue;
        char message[1024];
        snprintf(message, sizeof message, "%s", status_message());
        status = status_set(STATUS_BAD_INPUT, "%s:%d: %s", path, number, message);
    }
    free(line);
    return status;
}

static Status file_lines(Session *s, const char *path) {
    FILE *in = fopen(path, "r");
    REQUIRE(in, STATUS_BAD_INPUT, "%s: cannot be read: %s; give a file of commands", path, strerror(errno));
    Status status = each_line(s, in, path);
    fclose(in);
    return status;
}

Status session_check_file(const char *path) {
    return file_lines(NULL, path);
}

Status session_ask_file(Session *s, const char *path) {
    TRY(session_check_file(path));
    return file_lines(s, path);
}

Status session_wait(Session *s, uint64_t serial) {
    pthread_mutex_lock(&s->lock);
    if (serial == 0) serial = s->status.asked;
    while (s->status.taken < serial && s->status.state != SESSION_FAILED)
        pthread_cond_wait(&s->changed, &s->lock);
    Status status = s->wrong;
    if (status != STATUS_OK) status_set(status, "%s", s->wrong_message);
    pthread_mutex_unlock(&s->lock);
    return status;
}

/* ---- what has been ---- */

/* How many of `count` things from `from` on fit into `room`. */
static size_t part(size_t count, size_t from, size_t room) {
    size_t left = from < count ? count - from : 0;
    return left < room ? left : room;
}

size_t session_rows(Session *s, int branch, size_t from, Observation *out, size_t room, size_t *total) {
    size_t n = 0, count = 0;
    pthread_mutex_lock(&s->lock);
    if (branch >= 0 && branch < s->branches) {
        count = s->branch[branch].count;
        n = part(count, from, room);
        if (n) memcpy(out, s->branch[branch].row + from, n * sizeof *out);
    }
    pthread_mutex_unlock(&s->lock);
    if (total) *total = count;
    return n;
}

size_t session_lines(Session *s, size_t from, SessionLine *out, size_t room, size_t *total) {
    pthread_mutex_lock(&s->lock);
    size_t n = part(s->lines, from, room);
    if (n) memcpy(out, s->line + from, n * sizeof *out);
    if (total) *total = s->lines;
    pthread_mutex_unlock(&s->lock);
    return n;
}

size_t session_events(Session *s, size_t from, DoseRecord *out, size_t room, size_t *total) {
    pthread_mutex_lock(&s->lock);
    size_t n = part(s->events, from, room);
    if (n) memcpy(out, s->event + from, n * sizeof *out);
    if (total) *total = s->events;
    pthread_mutex_unlock(&s->lock);
    return n;
}
