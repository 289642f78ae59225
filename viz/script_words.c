/* The words of a script. */
#include "script_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shortcuts.h"
#include "values.h"

static SDL_Event *next_event(Script *script) {
    static SDL_Event spare;
    if (script->queued == SCRIPT_QUEUE) return &spare;
    SDL_Event *event = &script->queue[script->queued++];
    *event = (SDL_Event){0};
    return event;
}

void queue_motion(Script *script, const Viewer *viewer, float x, float y) {
    SDL_Event *event = next_event(script);
    event->type = SDL_MOUSEMOTION;
    event->motion.x = (Sint32)lroundf(x / viewer->window.mouse_scale);
    event->motion.y = (Sint32)lroundf(y / viewer->window.mouse_scale);
}

void queue_button(Script *script, const Viewer *viewer, float x, float y, int button, bool down) {
    SDL_Event *event = next_event(script);
    event->type = down ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP;
    event->button.button = (Uint8)button;
    event->button.state = down ? SDL_PRESSED : SDL_RELEASED;
    event->button.clicks = 1;
    event->button.x = (Sint32)lroundf(x / viewer->window.mouse_scale);
    event->button.y = (Sint32)lroundf(y / viewer->window.mouse_scale);
}

void queue_wheel(Script *script, int notches) {
    SDL_Event *event = next_event(script);
    event->type = SDL_MOUSEWHEEL;
    event->wheel.y = notches;
}

void queue_key(Script *script, SDL_Keycode key, unsigned mod, bool down) {
    SDL_Event *event = next_event(script);
    event->type = down ? SDL_KEYDOWN : SDL_KEYUP;
    event->key.state = down ? SDL_PRESSED : SDL_RELEASED;
    event->key.keysym.sym = key;
    event->key.keysym.scancode = SDL_GetScancodeFromKey(key);
    event->key.keysym.mod = (Uint16)mod;
}

void queue_text(Script *script, const char *text) {
    SDL_Event *event = next_event(script);
    event->type = SDL_TEXTINPUT;
    snprintf(event->text.text, sizeof event->text.text, "%s", text);
}

static double number(const Words *words, int index, double otherwise) {
    return index < words->count ? strtod(words->word[index], NULL) : otherwise;
}

/* The widget of that name; one that is scrolled away is brought into sight first, and the line done again. */
static Status find_widget(Script *script, const char *name, const char *line, UiRect *rect, bool *found) {
    *found = ui_find(name, rect);
    if (*found) {
        script->tries = 0;
        return STATUS_OK;
    }
    REQUIRE(script->tries++ < 30, STATUS_FAILED, "%s: %s: no widget of this name is to be seen",
            script->place, name);
    ui_reveal(name);
    snprintf(script->then, sizeof script->then, "%s", line);
    return STATUS_OK;
}

static void queue_click(Script *script, const Viewer *viewer, float x, float y, int button) {
    queue_motion(script, viewer, x, y);
    queue_button(script, viewer, x, y, button, true);
    queue_button(script, viewer, x, y, button, false);
    queue_motion(script, viewer, x, y);
}

static bool is_number(const char *text) {
    char *end;
    strtod(text, &end);
    return end != text && *end == 0;
}

/* click NAME [ACROSS DOWN] | click X Y */
static Status verb_click(Script *script, Viewer *viewer, const Words *words, const char *line) {
    UiRect r;
    bool found;
    if (is_number(words->word[1]) && words->count > 2) {
        queue_click(script, viewer, (float)number(words, 1, 0), (float)number(words, 2, 0), SDL_BUTTON_LEFT);
        return STATUS_OK;
    }
    TRY(find_widget(script, words->word[1], line, &r, &found));
    float across = (float)number(words, 2, 0.5), down = (float)number(words, 3, 0.5);
    if (found) queue_click(script, viewer, r.x + across * r.w, r.y + down * r.h, SDL_BUTTON_LEFT);
    return STATUS_OK;
}

/* drag NAME ACROSS DOWN ACROSS DOWN: parts of its width and height */
static Status verb_drag(Script *script, Viewer *viewer, const Words *words, const char *line) {
    UiRect r;
    bool found;
    enum { PARTS = 6 };
    TRY(find_widget(script, words->word[1], line, &r, &found));
    if (!found) return STATUS_OK;
    float x0 = r.x + r.w * (float)number(words, 2, 0), y0 = r.y + r.h * (float)number(words, 3, 0);
    float x1 = r.x + r.w * (float)number(words, 4, 0), y1 = r.y + r.h * (float)number(words, 5, 0);
    queue_motion(script, viewer, x0, y0);
    queue_button(script, viewer, x0, y0, SDL_BUTTON_LEFT, true);
    for (int i = 1; i <= PARTS; i++)
        queue_motion(script, viewer, x0 + (x1 - x0) * (float)i / PARTS, y0 + (y1 - y0) * (float)i / PARTS);
    queue_button(script, viewer, x1, y1, SDL_BUTTON_LEFT, false);
    return STATUS_OK;
}

/* wheel NAME ACROSS DOWN NOTCHES */
static Status verb_wheel(Script *script, Viewer *viewer, const Words *words, const char *line) {
    UiRect r;
    bool found;
    TRY(find_widget(script, words->word[1], line, &r, &found));
    if (!found) return STATUS_OK;
    queue_motion(script, viewer, r.x + r.w * (float)number(words, 2, 0.5),
                 r.y + r.h * (float)number(words, 3, 0.5));
    int notches = (int)number(words, 4, 1);
    for (int i = 0; i < abs(notches) && i < 20; i++) queue_wheel(script, notches < 0 ? -1 : 1);
    return STATUS_OK;
}

static unsigned take_modifier(char **name) {
    static const struct {
        const char *word;
        unsigned mod;
    } table[] = {{"ctrl+", KMOD_LCTRL}, {"shift+", KMOD_LSHIFT}, {"alt+", KMOD_LALT}};
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(table[i].word);
        if (SDL_strncasecmp(*name, table[i].word, length) != 0) continue;
        *name += length;
        return table[i].mod;
    }
    return 0;
}

/* key [ctrl+][shift+]NAME, by SDL's names: "Space", "Page Up", "q" */
static Status verb_key(Script *script, Viewer *viewer, const Words *words, const char *line) {
    char *name = words->word[1];
    unsigned mod = 0, more;
    (void)viewer, (void)line;
    while ((more = take_modifier(&name)) != 0) mod |= more;
    SDL_Keycode key = SDL_GetKeyFromName(name);
    REQUIRE(key != SDLK_UNKNOWN, STATUS_BAD_INPUT, "%s: %s: no such key", script->place, name);
    queue_key(script, key, mod, true);
    queue_key(script, key, 0, false); /* the modifiers are let go with it */
    return STATUS_OK;
}

/* type TEXT: into the text field that has the keyboard */
static Status verb_type(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)viewer, (void)line;
    queue_text(script, words->word[1]);
    return STATUS_OK;
}

/* field NAME TEXT: double click, all of it replaced, Enter */
static Status verb_field(Script *script, Viewer *viewer, const Words *words, const char *line) {
    UiRect r;
    bool found;
    TRY(find_widget(script, words->word[1], line, &r, &found));
    if (!found) return STATUS_OK;
    float x = r.x + r.w / 3, y = r.y + r.h / 2;
    queue_motion(script, viewer, x, y);
    queue_button(script, viewer, x, y, SDL_BUTTON_LEFT, true);
    queue_button(script, viewer, x, y, SDL_BUTTON_LEFT, false);
    queue_key(script, SDLK_a, KMOD_LCTRL, true);
    queue_key(script, SDLK_a, 0, false);
    queue_text(script, words->word[2]);
    queue_key(script, SDLK_RETURN, 0, true);
    queue_key(script, SDLK_RETURN, 0, false);
    return STATUS_OK;
}

static Status verb_wait(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)line;
    script->wait_until = viewer->pictures + (uint64_t)fmax(1, number(words, 1, 1));
    return STATUS_OK;
}

/* until NAME OPERATOR VALUE [SECONDS] */
static Status verb_until(Script *script, Viewer *viewer, const Words *words, const char *line) {
    bool holds = false;
    const char *condition = strstr(line, "until") + 5;
    TRY(script_holds(viewer, script->place, condition, &holds));
    snprintf(script->condition, sizeof script->condition, "%s", condition);
    script->give_up_s = viewer->now_s + number(words, 4, 60);
    return STATUS_OK;
}

static Status verb_expect(Script *script, Viewer *viewer, const Words *words, const char *line) {
    bool holds = false;
    char now[64];
    const char *condition = strstr(line, "expect") + 6;
    TRY(script_holds(viewer, script->place, condition, &holds));
    value_text(viewer, words->word[1], now);
    REQUIRE(holds, STATUS_FAILED, "%s: expected%s; it is %s", script->place, condition, now);
    return STATUS_OK;
}

static Status verb_do(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)line;
    REQUIRE(viewer_do(viewer, words->word[1]), STATUS_BAD_INPUT,
            "%s: %s: no such action; docs/view.md lists them", script->place, words->word[1]);
    return STATUS_OK;
}

static Status verb_set(Script *script, Viewer *viewer, const Words *words, const char *line) {
    double wanted;
    const Value *value = value_find(words->word[1]);
    (void)line;
    REQUIRE(value && value->set, STATUS_BAD_INPUT, "%s: %s: not a value that can be set", script->place,
            words->word[1]);
    REQUIRE(value_parse(value, words->word[2], &wanted), STATUS_BAD_INPUT, "%s: %s: not a value of %s",
            script->place, words->word[2], words->word[1]);
    value->set(viewer, wanted);
    return STATUS_OK;
}

static Status verb_shot(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)viewer, (void)line;
    snprintf(script->shot, sizeof script->shot, "%s", words->word[1]);
    return STATUS_OK;
}

/* golden FILE [PERCENT that may differ] */
static Status verb_golden(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)viewer, (void)line;
    snprintf(script->golden, sizeof script->golden, "%s", words->word[1]);
    script->golden_share = number(words, 2, 1) / 100;
    return STATUS_OK;
}

static Status verb_values(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)script, (void)line;
    return values_save(viewer, words->word[1]);
}

/* measure FILE.json [SECONDS] */
static Status verb_measure(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)line;
    measure_start(&script->measure, viewer, words->word[1], number(words, 2, 4));
    return STATUS_OK;
}

static Status verb_resize(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)line;
    SDL_SetWindowSize(viewer->window.window, (int)number(words, 1, 1280), (int)number(words, 2, 800));
    script->wait_until = viewer->pictures + 2;
    return STATUS_OK;
}

static Status verb_quit(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)script, (void)words, (void)line;
    viewer->quit = true;
    return STATUS_OK;
}

/* The words of a recording: one event each, as it came. */
static Status verb_move(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)line;
    queue_motion(script, viewer, (float)number(words, 1, 0), (float)number(words, 2, 0));
    return STATUS_OK;
}

static Status verb_button(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)line;
    queue_button(script, viewer, (float)number(words, 2, 0), (float)number(words, 3, 0),
                 (int)number(words, 1, 1), strcmp(words->word[0], "button-down") == 0);
    return STATUS_OK;
}

static Status verb_scroll(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)viewer, (void)line;
    queue_wheel(script, (int)number(words, 1, 1));
    return STATUS_OK;
}

static Status verb_down(Script *script, Viewer *viewer, const Words *words, const char *line) {
    (void)viewer, (void)line;
    queue_key(script, (SDL_Keycode)number(words, 1, 0), (unsigned)number(words, 2, 0),
              strcmp(words->word[0], "key-down") == 0);
    return STATUS_OK;
}

const Verb script_verbs[] = {
    {"click", 1, 0, verb_click},      {"drag", 5, 0, verb_drag},
    {"wheel", 4, 0, verb_wheel},      {"key", 1, 0, verb_key},
    {"type", 1, 0, verb_type},        {"field", 2, 0, verb_field},
    {"wait", 1, 0, verb_wait},        {"until", 3, 3, verb_until},
    {"expect", 3, 0, verb_expect},    {"do", 1, 0, verb_do},
    {"set", 2, 3, verb_set},          {"shot", 1, 0, verb_shot},
    {"golden", 1, 0, verb_golden},    {"values", 1, 0, verb_values},
    {"measure", 1, 0, verb_measure},  {"resize", 2, 0, verb_resize},
    {"quit", 0, 0, verb_quit},        {"move", 2, 0, verb_move},
    {"scroll", 1, 0, verb_scroll},    {"button-down", 3, 0, verb_button},
    {"button-up", 3, 0, verb_button}, {"key-down", 2, 0, verb_down},
    {"key-up", 2, 0, verb_down},
};
const int script_verb_count = sizeof script_verbs / sizeof script_verbs[0];

static void record_key(FILE *out, const SDL_KeyboardEvent *key) {
    fprintf(out, "%s %d %d\n", key->type == SDL_KEYDOWN ? "key-down" : "key-up", key->keysym.sym,
            key->keysym.mod);
}

void script_record(FILE *out, const SDL_Event *event, uint64_t picture) {
    (void)picture;
    const SDL_MouseButtonEvent *button = &event->button;
    switch (event->type) {
    case SDL_MOUSEMOTION: fprintf(out, "move %d %d\n", event->motion.x, event->motion.y); break;
    case SDL_MOUSEBUTTONDOWN:
        fprintf(out, "button-down %d %d %d\n", button->button, button->x, button->y);
        break;
    case SDL_MOUSEBUTTONUP: fprintf(out, "button-up %d %d %d\n", button->button, button->x, button->y); break;
    case SDL_MOUSEWHEEL: fprintf(out, "scroll %d\n", event->wheel.y); break;
    case SDL_TEXTINPUT: fprintf(out, "type \"%s\"\n", event->text.text); break;
    case SDL_KEYDOWN:
    case SDL_KEYUP: record_key(out, &event->key); break;
    default: break;
    }
}
