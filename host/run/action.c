#include "run/action.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "dosing/dosing_change.h"

/* A line taken apart: its word, and up to two numbers; NaN where none is given. */
typedef struct Words {
    char word[ACTION_TEXT], rest[ACTION_TEXT];
    double first, second;
} Words;

typedef Status (*Take)(const Words *words, const ActionTarget *target, DosingReason reason);

/* One row per action. */
typedef struct ActionRow {
    const char *name, *takes; /* "MG_PER_M2 [HOURS]" */
    int least, most;          /* numbers it takes; -1: KEY=VALUE */
    Take take;
} ActionRow;

static double infusion_rate(double mg, double hours) {
    return hours > 0 ? mg / hours : 0;
}

static Status take_dose(const Words *w, const ActionTarget *t, DosingReason reason) {
    double hours = isnan(w->second) ? 1 : w->second, mg = w->first * t->config->patient.bsa_m2;
    REQUIRE(hours >= 0, STATUS_BAD_INPUT, "dose: infused over %g h; give 0 or more", hours);
    REQUIRE(t->config->drug.pk != PK_CONSTANT, STATUS_BAD_INPUT,
            "dose: cells in vitro get no doses; set drug.constant_ng_per_ml=VALUE");
    DosingView view;
    dosing_view(t->dosing, 0, &view);
    return dosing_add(t->dosing, fmax(view.now_h, sim_time_h(t->sim)), mg, infusion_rate(mg, hours), reason);
}

static Status take_hold(const Words *w, const ActionTarget *t, DosingReason reason) {
    return dosing_hold(t->dosing, isnan(w->first) ? INFINITY : w->first, reason);
}

static Status take_release(const Words *w, const ActionTarget *t, DosingReason reason) {
    (void)w;
    return dosing_release(t->dosing, reason);
}

static Status take_skip(const Words *w, const ActionTarget *t, DosingReason reason) {
    (void)w;
    return dosing_skip(t->dosing, reason);
}

static Status take_scale(const Words *w, const ActionTarget *t, DosingReason reason) {
    return dosing_scale(t->dosing, w->first, reason);
}

static Status take_cycle_doses(const Words *w, const ActionTarget *t, DosingReason reason) {
    REQUIRE(w->first == floor(w->first) && fabs(w->first) < 100, STATUS_BAD_INPUT,
            "cycle-doses: %g is no number of doses; give 1 to 3", w->first);
    return dosing_cycle_doses(t->dosing, (int)w->first, reason);
}

static Status take_interrupt(const Words *w, const ActionTarget *t, DosingReason reason) {
    (void)w;
    return dosing_interrupt(t->dosing, reason);
}

static Status take_stop(const Words *w, const ActionTarget *t, DosingReason reason) {
    (void)w;
    return dosing_stop(t->dosing, reason);
}

/* The simulation looks at its config again, or keeps the one it had. */
static Status take_set(const Words *w, const ActionTarget *t, DosingReason reason) {
    (void)reason;
    Config before = *t->config, after = before;
    TRY(config_set_live(&after, w->rest));
    TRY(config_check(&after));
    *t->config = after;
    Status status = sim_configure(t->sim);
    if (status != STATUS_OK) *t->config = before;
    return status;
}

static const ActionRow rows[] = {
    {"dose", "MG_PER_M2 [HOURS]", 1, 2, take_dose},
    {"hold", "[HOURS]", 0, 1, take_hold},
    {"release", "", 0, 0, take_release},
    {"skip", "", 0, 0, take_skip},
    {"scale", "FACTOR", 1, 1, take_scale},
    {"cycle-doses", "N", 1, 1, take_cycle_doses},
    {"interrupt", "", 0, 0, take_interrupt},
    {"stop", "", 0, 0, take_stop},
    {"set", "KEY=VALUE", -1, -1, take_set},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static const ActionRow *row_find(const char *word) {
    for (int i = 0; i < ROWS; i++)
        if (strcmp(rows[i].name, word) == 0) return &rows[i];
    return NULL;
}

/* The first word, and what follows it without the blanks around. */
static void split(const char *text, Words *out) {
    const char *start = text + strspn(text, " \t");
    size_t length = strcspn(start, " \t\r\n");
    snprintf(out->word, sizeof out->word, "%.*s", (int)length, start);
    start += length + strspn(start + length, " \t");
    snprintf(out->rest, sizeof out->rest, "%s", start);
    size_t end = strlen(out->rest);
    while (end > 0 && strchr(" \t\r\n", out->rest[end - 1])) out->rest[--end] = '\0';
}

/* How many numbers `text` consists of; -1: something else is in it, or more than two. */
static int numbers_of(const char *text, double out[2]) {
    int count = 0;
    while (*(text += strspn(text, " \t"))) {
        char *end;
        double value = strtod(text, &end);
        if (end == text || !strchr(" \t", *end) || !isfinite(value) || count == 2) return -1;
        out[count++] = value;
        text = end;
    }
    return count;
}

bool action_is_one(const char *text) {
    Words words = {0};
    split(text, &words);
    return row_find(words.word) != NULL;
}

/* One line that fits a field of events.csv, and begins with a word of the table. */
static Status words_check(const char *text, Words *out) {
    REQUIRE(strlen(text) < ACTION_TEXT && !strpbrk(text, ",\"\n"), STATUS_BAD_INPUT,
            "%.40s: an action is a line of at most %d letters, without commas and quotes", text,
            ACTION_TEXT - 1);
    split(text, out);
    REQUIRE(row_find(out->word), STATUS_BAD_INPUT,
            "%s: no such action; dose, hold, release, skip, scale, cycle-doses, interrupt, stop or set",
            out->word);
    return STATUS_OK;
}

/* The line's row, and what it says; NULL when it is no action, and the status says why. */
static const ActionRow *parse(const char *text, Words *out) {
    double numbers[2] = {NAN, NAN};
    *out = (Words){.first = NAN, .second = NAN};
    if (words_check(text, out) != STATUS_OK) return NULL;
    const ActionRow *row = row_find(out->word);
    int count = row->least < 0 ? 0 : numbers_of(out->rest, numbers);
    bool fits = row->least < 0 ? strchr(out->rest, '=') != NULL : count >= row->least && count <= row->most;
    if (!fits) {
        (void)status_set(STATUS_BAD_INPUT, "%s%s%s: takes %s", out->word, out->rest[0] ? " " : "", out->rest,
                         row->takes[0] ? row->takes : "nothing");
        return NULL;
    }
    out->first = numbers[0], out->second = numbers[1];
    return row;
}

Status action_check(const char *text) {
    Words words;
    return parse(text, &words) ? STATUS_OK : STATUS_BAD_INPUT;
}

Status action_take(const char *text, const ActionTarget *target) {
    Words words;
    const ActionRow *row = parse(text, &words);
    return row ? row->take(&words, target, (DosingReason){"user", text}) : STATUS_BAD_INPUT;
}

Status action_take_again(const char *text, const ActionTarget *target) {
    Words words;
    const ActionRow *row = parse(text, &words);
    if (!row) return STATUS_BAD_INPUT;
    return row->take == take_set ? row->take(&words, target, (DosingReason){"user", text}) : STATUS_OK;
}
