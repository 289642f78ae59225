#include "script_words.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shot.h"
#include "source.h"
#include "values.h"

enum { TRIES = 30 };

static Status read_text(const char *path, char **out) {
    FILE *file = fopen(path, "rb");
    REQUIRE(file, STATUS_BAD_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    size_t length = 0, room = 4096;
    char *text = malloc(room + 1);
    while (text) {
        length += fread(text + length, 1, room - length, file);
        if (length < room) break;
        char *grown = realloc(text, 2 * room + 1);
        if (!grown) free(text);
        text = grown;
        room *= 2;
    }
    bool fine = !ferror(file) && text;
    fclose(file);
    if (!fine) free(text);
    REQUIRE(fine, STATUS_BAD_INPUT, "%s: cannot be read", path);
    text[length] = 0;
    *out = text;
    return STATUS_OK;
}

Status script_open(Script **out, const char *path) {
    Script *script = calloc(1, sizeof *script);
    REQUIRE(script, STATUS_FAILED, "script: out of memory");
    Status status = path ? read_text(path, &script->text) : STATUS_OK;
    if (status != STATUS_OK) {
        free(script);
        return status;
    }
    script->rest = script->text;
    snprintf(script->path, sizeof script->path, "%s", path ? path : "");
    *out = script;
    return STATUS_OK;
}

void script_close(Script *script) {
    if (!script) return;
    free(script->text);
    free(script);
}

void words_split(Words *words, const char *line) {
    snprintf(words->text, sizeof words->text, "%s", line);
    words->count = 0;
    for (char *c = words->text; *c && words->count < SCRIPT_WORDS;) {
        while (isspace((unsigned char)*c)) *c++ = 0;
        if (!*c) break;
        bool quoted = *c == '"';
        if (quoted) c++;
        words->word[words->count++] = c;
        while (*c && (quoted ? *c != '"' : !isspace((unsigned char)*c))) c++;
        if (*c) *c++ = 0;
    }
}

bool script_busy(const Script *script) {
    return script->sent < script->queued || script->condition[0] || script->then[0] || script->wait_until ||
           script->asked || script->shot[0] || script->golden[0] || script_measures(script);
}

bool script_waits(const Script *script) {
    return script->condition[0] || script->asked;
}

bool script_measures(const Script *script) {
    return script->measure.end_s > 0;
}

static bool compare(double a, const char *op, double b, bool *known) {
    *known = true;
    if (strcmp(op, "=") == 0) return isnan(b) ? isnan(a) : fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
    if (strcmp(op, "!=") == 0) return isnan(b) ? !isnan(a) : !(fabs(a - b) <= 1e-9 * fmax(1, fabs(b)));
    if (strcmp(op, "<") == 0) return a < b;
    if (strcmp(op, "<=") == 0) return a <= b;
    if (strcmp(op, ">") == 0) return a > b;
    if (strcmp(op, ">=") == 0) return a >= b;
    *known = false;
    return false;
}

Status script_holds(const Viewer *viewer, const char *place, const char *condition, bool *holds) {
    Words words = {.count = 0};
    double is, wanted;
    bool known;
    words_split(&words, condition);
    REQUIRE(words.count >= 3, STATUS_BAD_INPUT, "%s: %s: a condition is NAME OPERATOR VALUE", place,
            condition);
    REQUIRE(value_now(viewer, words.word[0], &is), STATUS_BAD_INPUT,
            "%s: %s: no such value; docs/view.md lists them", place, words.word[0]);
    REQUIRE(value_parse(value_find(words.word[0]), words.word[2], &wanted) ||
                value_now(viewer, words.word[2], &wanted),
            STATUS_BAD_INPUT, "%s: %s: neither a number, nor a word of %s, nor another value", place,
            words.word[2], words.word[0]);
    *holds = compare(is, words.word[1], wanted, &known);
    REQUIRE(known, STATUS_BAD_INPUT, "%s: %s: one of = != < <= > >= is needed", place, words.word[1]);
    return STATUS_OK;
}

static Status say_again(Script *script, Viewer *viewer) {
    char line[SCRIPT_LINE];
    snprintf(line, sizeof line, "%s", script->then);
    script->then[0] = 0;
    return script_say(script, viewer, script->place, line);
}

/* A command of the session; the next line waits until it is done. */
static Status say_session(Script *script, Viewer *viewer, const char *line) {
    char message[512];
    if (source_ask(viewer, line, &script->asked) == STATUS_OK) {
        script->give_up_s = viewer->now_s + 120;
        return STATUS_OK;
    }
    snprintf(message, sizeof message, "%s", status_message());
    return status_set(STATUS_BAD_INPUT, "%s: %s", script->place, message);
}

Status script_say(Script *script, Viewer *viewer, const char *place, const char *line) {
    Words words = {.count = 0};
    if (place != script->place) snprintf(script->place, sizeof script->place, "%s", place);
    words_split(&words, line);
    if (words.count == 0 || words.word[0][0] == '#') return STATUS_OK;
    for (int i = 0; i < script_verb_count; i++) {
        if (strcmp(script_verbs[i].name, words.word[0]) != 0 || words.count < script_verbs[i].from) continue;
        REQUIRE(words.count > script_verbs[i].least, STATUS_BAD_INPUT, "%s: %s needs %d more words",
                script->place, words.word[0], script_verbs[i].least);
        return script_verbs[i].run(script, viewer, &words, line);
    }
    return say_session(script, viewer, line);
}

/* Waiting for a condition, with a limit: a test that hangs says nothing. */
static Status check_condition(Script *script, Viewer *viewer) {
    bool holds = false;
    char now[64] = "";
    TRY(script_holds(viewer, script->place, script->condition, &holds));
    if (holds) {
        script->condition[0] = 0;
        return STATUS_OK;
    }
    if (viewer->now_s < script->give_up_s) return STATUS_OK;
    Words words = {.count = 0};
    words_split(&words, script->condition);
    value_text(viewer, words.word[0], now);
    return status_set(STATUS_FAILED, "%s: waited in vain for %s; it is %s", script->place, script->condition,
                      now);
}

static Status next_line(Script *script, Viewer *viewer) {
    char line[SCRIPT_LINE], place[300];
    if (!script->rest) return STATUS_OK;
    if (!*script->rest) {
        viewer->quit = true;
        return STATUS_OK;
    }
    size_t length = strcspn(script->rest, "\n");
    snprintf(line, sizeof line, "%.*s", (int)length, script->rest);
    script->rest += length + (script->rest[length] == '\n');
    snprintf(place, sizeof place, "%s:%d", script->path, ++script->line);
    return script_say(script, viewer, place, line);
}

Status script_step(Script *script, Viewer *viewer) {
    if (script->sent < script->queued) {
        REQUIRE(SDL_PushEvent(&script->queue[script->sent++]) >= 0, STATUS_FAILED, "%s: %s", script->place,
                SDL_GetError());
        return STATUS_OK;
    }
    script->sent = script->queued = 0;
    if (script->wait_until > viewer->pictures) return STATUS_OK;
    script->wait_until = 0;
    if (script_measures(script)) return measure_step(&script->measure, viewer);
    if (script->condition[0]) TRY(check_condition(script, viewer));
    if (script->then[0]) return say_again(script, viewer);
    if (script->asked && viewer->status.taken >= script->asked && source_settled(viewer)) script->asked = 0;
    REQUIRE(!script->asked || viewer->now_s < script->give_up_s, STATUS_FAILED,
            "%s: the session does not get done with it", script->place);
    while (!script_busy(script) && script->rest && !viewer->quit) TRY(next_line(script, viewer));
    return STATUS_OK;
}

/* A golden picture is half as large, every four pixels averaged: small, and blind to a hair's breadth. */
static Status shrink(Viewer *viewer, uint32_t **out, int *w, int *h) {
    int full = viewer->window.w;
    uint32_t *pixels = malloc(sizeof *pixels * (size_t)full * (size_t)viewer->window.h);
    REQUIRE(pixels, STATUS_FAILED, "golden: out of memory");
    Status status = window_read(&viewer->window, pixels);
    *w = full / 2, *h = viewer->window.h / 2;
    for (int y = 0; y < *h; y++)
        for (int x = 0; x < *w; x++) {
            const uint32_t *from = pixels + 2 * y * full + 2 * x;
            uint32_t mean = 0xff000000u;
            for (int shift = 0; shift < 24; shift += 8) {
                uint32_t sum = 2;
                for (int i = 0; i < 4; i++) sum += from[(i & 1) + (i >> 1) * full] >> shift & 255;
                mean |= sum / 4 << shift;
            }
            pixels[y * *w + x] = mean; /* never ahead of what is still to be read */
        }
    *out = pixels;
    return status;
}

static Status compare_with(Script *script, const uint32_t *shown, int shown_w, int shown_h) {
    uint32_t *kept;
    int w = 0, h = 0;
    TRY(shot_read_png(script->golden, &kept, &w, &h));
    double share = shot_difference(kept, w, h, shown, shown_w, shown_h, 40);
    free(kept);
    if (share <= script->golden_share) return STATUS_OK;
    TRY(shot_png(NULL, "golden-differs.png", shown, shown_w, shown_h));
    return status_set(STATUS_FAILED,
                      "%s: %s: %.2f %% of the pixels differ, %.2f %% may; see golden-differs.png",
                      script->place, script->golden, 100 * share, 100 * script->golden_share);
}

/* MARROW_GOLDEN=renew writes what is shown instead of comparing. */
static Status compare_golden(Script *script, Viewer *viewer) {
    const char *renew = getenv("MARROW_GOLDEN");
    uint32_t *shown = NULL;
    int w = 0, h = 0;
    Status status = shrink(viewer, &shown, &w, &h);
    if (status == STATUS_OK && renew && strcmp(renew, "renew") == 0)
        status = shot_png(NULL, script->golden, shown, w, h);
    else if (status == STATUS_OK)
        status = compare_with(script, shown, w, h);
    free(shown);
    return status;
}

Status script_drawn(Script *script, Viewer *viewer) {
    Status status = STATUS_OK;
    if (script->shot[0]) status = shot_write(viewer, script->shot);
    if (status == STATUS_OK && script->golden[0]) status = compare_golden(script, viewer);
    script->shot[0] = script->golden[0] = 0;
    return status;
}
