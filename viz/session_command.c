/* Commands: a table of words, what each takes, and what it does. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "session_state.h"

/* What follows the word. */
typedef struct Argument {
    const char *text; /* without blanks around */
    double number;    /* if it is one; else NaN */
} Argument;

typedef struct CommandRow {
    const char *name, *takes;
    enum { TAKES_NOTHING, TAKES_NUMBER, TAKES_NUMBER_OR_NOTHING, TAKES_TEXT, TAKES_ANYTHING } form;
    Status (*run)(Session *s, const Argument *argument);
} CommandRow;

void session_say(Session *s, bool wrong, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pthread_mutex_lock(&s->lock);
    vsnprintf(s->status.message, sizeof s->status.message, format, args);
    s->status.wrong = wrong;
    s->status.messages++;
    pthread_mutex_unlock(&s->lock);
    va_end(args);
}

static Status do_play(Session *s, const Argument *a) {
    (void)a;
    REQUIRE(!run_done(&s->run), STATUS_BAD_INPUT, "play: day %g is the last; seek back, or raise --until",
            sim_time_h(s->run.sim) / 24);
    s->playing = true;
    s->steps_left = -1;
    s->next_step_s = session_now_s();
    return STATUS_OK;
}

static Status do_pause(Session *s, const Argument *a) {
    (void)a;
    s->playing = false;
    return run_row(&s->run);
}

static Status do_step(Session *s, const Argument *a) {
    double n = isnan(a->number) ? 1 : a->number;
    REQUIRE(n >= 1 && n == floor(n) && n <= 1e9, STATUS_BAD_INPUT, "step %s: takes a whole number from 1",
            a->text);
    TRY(do_play(s, a));
    s->steps_left = (int64_t)n;
    s->target_h = sim_time_h(s->run.sim) + n * s->run.config.simulation.dt_h;
    return STATUS_OK;
}

static Status do_speed(Session *s, const Argument *a) {
    REQUIRE(a->number >= 0 && a->number <= 1e6, STATUS_BAD_INPUT,
            "speed %s: intervals a second, 0 (as fast as possible) to 1e6", a->text);
    s->speed_per_s = a->number;
    s->next_step_s = session_now_s();
    return STATUS_OK;
}

static Status day_check(Session *s, const char *word, double day) {
    double last = ceil(s->run.config.simulation.until_days * 24 / s->run.config.simulation.dt_h - 1e-9) *
                  s->run.config.simulation.dt_h / 24;
    double first = s->moment[0]->time_h / 24; /* where a resumed run went on */
    REQUIRE(day >= first - 1e-9 && day <= last + 1e-9, STATUS_BAD_INPUT, "%s %g: the run has days %g to %g%s",
            word, day, first, last, day > last ? "; raise --until" : "");
    return STATUS_OK;
}

static Status until_end(Session *s) {
    if (run_done(&s->run)) return STATUS_OK;
    TRY(do_play(s, NULL));
    s->target_h = INFINITY;
    return STATUS_OK;
}

static Status do_until(Session *s, const Argument *a) {
    if (strcmp(a->text, "end") == 0) return until_end(s);
    REQUIRE(!isnan(a->number), STATUS_BAD_INPUT, "until %s: takes DAY or end", a->text);
    TRY(day_check(s, "until", a->number));
    double now = sim_time_h(s->run.sim) / 24;
    REQUIRE(a->number >= now - 1e-9, STATUS_BAD_INPUT, "until %g: it is day %g; seek goes back", a->number,
            now);
    if (a->number <= now + 1e-9) return run_row(&s->run);
    TRY(do_play(s, a));
    s->target_h = 24 * a->number;
    return STATUS_OK;
}

static Status do_seek(Session *s, const Argument *a) {
    TRY(day_check(s, "seek", a->number));
    return moments_seek(s, 24 * a->number);
}

static Status do_branch(Session *s, const Argument *a) {
    (void)a;
    REQUIRE(s->latest_h > sim_time_h(s->run.sim), STATUS_BAD_INPUT,
            "branch: nothing was done later than day %g; seek back first", sim_time_h(s->run.sim) / 24);
    return moments_branch(s);
}

static Status do_save(Session *s, const Argument *a) {
    REQUIRE(strlen(a->text) < SESSION_NAME, STATUS_BAD_INPUT, "save: a name has at most %d letters",
            SESSION_NAME - 1);
    return moments_save(s, a->text);
}

static Status do_load(Session *s, const Argument *a) {
    return moments_load(s, a->text);
}

static Status do_seed(Session *s, const Argument *a) {
    REQUIRE(a->number >= 0 && a->number == floor(a->number) && a->number <= 9007199254740991.0,
            STATUS_BAD_INPUT, "seed %s: takes a whole number from 0", a->text);
    return session_restart(s, (int64_t)a->number);
}

static Status look(Session *s, const Argument *a, bool flow) {
    PictureView section = {0}, cytometer = {0}, *view = flow ? &cytometer : &section;
    bool section_on = session_section(s, &section), flow_on = session_flow(s, &cytometer);
    if (!(flow ? flow_on : section_on)) picture_view_usual(view, flow);
    TRY(look_words(view, a->text));
    return session_look(s, section_on || !flow ? &section : NULL, flow_on || flow ? &cytometer : NULL);
}

static Status do_look(Session *s, const Argument *a) {
    return look(s, a, false);
}

static Status do_flow(Session *s, const Argument *a) {
    return look(s, a, true);
}

/* "0123456789abcdef" */
static bool identity_of(const char *text, uint64_t *out) {
    char *end;
    if (strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16) return false;
    *out = strtoull(text, &end, 16);
    return true;
}

static Status pick(Session *s, const char *text, Found *out, bool *found) {
    PictureView view;
    double x, y;
    char rest;
    REQUIRE(sscanf(text, "%lf %lf %c", &x, &y, &rest) == 2, STATUS_BAD_INPUT,
            "follow %s: takes a pixel X Y, or an identity of 16 hex digits", text);
    if (!session_section(s, &view)) picture_view_usual(&view, false);
    return picture_pick(&s->run.backend, sim_classes(s->run.sim), sim_cost(s->run.sim).agents, &view, x, y,
                        out, found);
}

static Status do_follow(Session *s, const Argument *a) {
    Found found;
    uint64_t identity;
    int count;
    bool there = false;
    if (identity_of(a->text, &identity)) {
        TRY(picture_find(&s->run.backend, &identity, 1, &found, &count));
        there = count == 1;
    } else {
        TRY(pick(s, a->text, &found, &there));
    }
    REQUIRE(there, STATUS_BAD_INPUT, "follow %s: no cell is there", a->text);
    return traces_follow(s, &found);
}

static Status do_unfollow(Session *s, const Argument *a) {
    uint64_t identity = 0;
    REQUIRE(!*a->text || identity_of(a->text, &identity), STATUS_BAD_INPUT,
            "unfollow %s: takes an identity of 16 hex digits, or nothing", a->text);
    return traces_unfollow(s, identity);
}

static Status do_picture(Session *s, const Argument *a) {
    return frame_write(s, false, a->text);
}

static Status do_cytometer(Session *s, const Argument *a) {
    return frame_write(s, true, a->text);
}

static Status do_state(Session *s, const Argument *a) {
    TRY(run_row(&s->run));
    TRY(rows_take(s));
    return session_write_state(s, a->text);
}

static const CommandRow rows[] = {
    {"play", "nothing", TAKES_NOTHING, do_play},
    {"pause", "nothing", TAKES_NOTHING, do_pause},
    {"step", "[N] intervals", TAKES_NUMBER_OR_NOTHING, do_step},
    {"speed", "N intervals a second", TAKES_NUMBER, do_speed},
    {"until", "DAY or end", TAKES_TEXT, do_until},
    {"seek", "DAY", TAKES_NUMBER, do_seek},
    {"branch", "nothing", TAKES_NOTHING, do_branch},
    {"save", "NAME", TAKES_TEXT, do_save},
    {"load", "NAME", TAKES_TEXT, do_load},
    {"seed", "N", TAKES_NUMBER, do_seed},
    {"follow", "X Y, or an identity", TAKES_TEXT, do_follow},
    {"unfollow", "an identity, or nothing", TAKES_ANYTHING, do_unfollow},
    {"look", "KEY=VALUE ...", TAKES_TEXT, do_look},
    {"flow", "KEY=VALUE ...", TAKES_TEXT, do_flow},
    {"picture", "FILE.png", TAKES_TEXT, do_picture},
    {"cytometer", "FILE.png", TAKES_TEXT, do_cytometer},
    {"state", "FILE.json", TAKES_TEXT, do_state},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* The word's row, and what follows it; NULL: no such word. `room` holds what the argument points to. */
static const CommandRow *split(const char *line, char room[SESSION_LINE], Argument *argument) {
    char *end;
    snprintf(room, SESSION_LINE, "%s", line + strspn(line, " \t"));
    size_t length = strlen(room), word = strcspn(room, " \t");
    while (length > 0 && strchr(" \t\r\n", room[length - 1])) room[--length] = '\0';
    bool more = word < length;
    room[word] = '\0';
    argument->text = more ? room + word + 1 + strspn(room + word + 1, " \t") : room + length;
    argument->number = strtod(argument->text, &end);
    if (end == argument->text || *end || !isfinite(argument->number)) argument->number = NAN;
    for (int i = 0; i < ROWS; i++)
        if (strcmp(rows[i].name, room) == 0) return &rows[i];
    return NULL;
}

static Status unknown(const char *word) {
    TextNearest nearest = {0};
    for (int i = 0; i < ROWS; i++) text_consider(&nearest, word, rows[i].name);
    REQUIRE(nearest.name, STATUS_BAD_INPUT, "%s: no such command; marrow help view lists them", word);
    return status_set(STATUS_BAD_INPUT, "%s: no such command; did you mean %s?", word, nearest.name);
}

static Status argument_check(const CommandRow *row, const Argument *a) {
    bool number = !isnan(a->number), nothing = !*a->text;
    const bool fits[] = {[TAKES_NOTHING] = nothing,
                         [TAKES_NUMBER] = number,
                         [TAKES_NUMBER_OR_NOTHING] = number || nothing,
                         [TAKES_TEXT] = !nothing,
                         [TAKES_ANYTHING] = true};
    REQUIRE(fits[row->form], STATUS_BAD_INPUT, "%s%s%s: takes %s", row->name, *a->text ? " " : "", a->text,
            row->takes);
    return STATUS_OK;
}

Status command_check(const char *line) {
    char room[SESSION_LINE];
    Argument argument;
    REQUIRE(strlen(line) < SESSION_LINE, STATUS_BAD_INPUT, "%.40s: a command has at most %d letters", line,
            SESSION_LINE - 1);
    if (action_is_one(line)) return action_check(line);
    const CommandRow *row = split(line, room, &argument);
    return row ? argument_check(row, &argument) : unknown(room);
}

/* Something is done now: what was to come of another past is no more. */
static Status act(Session *s, const char *line) {
    REQUIRE(!run_done(&s->run), STATUS_BAD_INPUT, "%s: day %g is the last; seek back first", line,
            sim_time_h(s->run.sim) / 24);
    bool past = s->latest_h > sim_time_h(s->run.sim);
    if (!past) TRY(run_actions(&s->run)); /* what was done at this very moment, before it was gone back to */
    TRY(run_act(&s->run, line));
    if (past) TRY(moments_branch(s));
    session_say(s, false, "day %g: %s", sim_time_h(s->run.sim) / 24, line);
    return STATUS_OK;
}

Status command_do(Session *s, const Command *command) {
    char room[SESSION_LINE];
    Argument argument;
    if (action_is_one(command->line)) return act(s, command->line);
    const CommandRow *row = split(command->line, room, &argument);
    TRY(row->run(s, &argument));
    session_say(s, false, "%s", command->line);
    return STATUS_OK;
}
