#include "shortcuts.h"

#include <math.h>
#include <string.h>

#include "camera.h"
#include "panels.h"
#include "record.h"
#include "tour.h"

static void set_view(Viewer *v, int view) {
    v->choices.view = (ViewKind)view;
}

static void play(Viewer *v, int unused) {
    (void)unused;
    viewer_ask(v, v->status.state == SESSION_PLAYING ? "pause" : "play");
}

/* Only a finished run plays backwards; the session says so. */
static void play_back(Viewer *v, int unused) {
    (void)unused;
    viewer_ask(v, "play-back");
}

static void ask_plain(Viewer *v, int which) {
    static const char *const words[] = {"step", "skip", "branch", "interrupt", "stop"};
    viewer_ask(v, "%s", words[which]);
}

static void seek_days(Viewer *v, int days) {
    double day = v->status.time_h / 24 + days, last = v->status.until_h / 24;
    viewer_ask(v, "pause");
    viewer_ask(v, "seek %.10g", day < 0 ? 0 : day > last ? last : day);
}

static void seek_end(Viewer *v, int latest) {
    viewer_ask(v, "pause");
    viewer_ask(v, "seek %.10g", latest ? v->status.latest_h / 24 : 0.0);
}

static void step_back(Viewer *v, int unused) {
    (void)unused;
    double day = (v->status.time_h - v->status.dt_h) / 24;
    viewer_ask(v, "pause");
    viewer_ask(v, "seek %.10g", day < 0 ? 0 : day);
}

static void run_to_day(Viewer *v, int unused) {
    (void)unused;
    bool ahead = v->choices.run_to_day * 24 > v->status.time_h;
    viewer_ask(v, "%s %.10g", ahead ? "until" : "seek", v->choices.run_to_day);
}

/* Speeds are tenths of a decade apart; above the last comes "as fast as possible". */
static void change_speed(Viewer *v, int by) {
    double speed = v->choices.speed_per_s;
    if (by == 0)
        speed = 0;
    else if (speed == 0)
        speed = by < 0 ? 1000 : 0;
    else
        speed *= pow(10, 0.25 * by);
    if (speed > 1001)
        speed = 0;
    else if (speed != 0 && speed < 1)
        speed = 1;
    v->choices.speed_per_s = speed;
    viewer_ask(v, "speed %.6g", speed);
}

static void new_seed(Viewer *v, int unused) {
    (void)unused;
    viewer_ask(v, "seed %lld", (long long)v->status.seed + 1);
}

static void dose(Viewer *v, int unused) {
    (void)unused;
    viewer_ask(v, "dose %.6g %.6g", v->choices.dose_mg_per_m2, v->choices.infusion_h);
}

static void hold(Viewer *v, int unused) {
    (void)unused;
    viewer_ask(v, isnan(v->status.dosing.held_since_h) ? "hold" : "release");
}

static void pan(Viewer *v, int way) {
    static const double x[] = {1, -1, 0, 0}, y[] = {0, 0, 1, -1};
    double reach = 0.1 * v->area.h;
    if (v->asked_any) camera_pan(&v->camera, &v->asked, x[way] * reach, y[way] * reach);
}

static void zoom(Viewer *v, int in) {
    double x, y;
    if (!v->asked_any) return;
    picture_from_section(&v->asked, v->camera.x_um, v->camera.y_um, &x, &y);
    camera_zoom(&v->camera, &v->asked, in ? 1.25 : 0.8, x, y);
}

static void reset_camera(Viewer *v, int unused) {
    (void)unused;
    camera_reset(&v->camera);
}

static void next_colour(Viewer *v, int by) {
    v->choices.colour = (Quantity)(((int)v->choices.colour + by + QUANTITIES) % QUANTITIES);
    v->choices.lo = v->choices.hi = NAN;
}

static void reset_range(Viewer *v, int unused) {
    (void)unused;
    v->choices.lo = v->choices.hi = NAN;
}

static void colour_map(Viewer *v, int unused) {
    (void)unused;
    v->choices.ramp++;
}

static void toggle_density(Viewer *v, int unused) {
    (void)unused;
    v->choices.density = !v->choices.density;
}

static void toggle_kind(Viewer *v, int kind) {
    v->choices.kinds ^= 1u << kind;
}

static void toggle_light(Viewer *v, int unused) {
    (void)unused;
    v->choices.light = !v->choices.light;
}

static void toggle_help(Viewer *v, int unused) {
    (void)unused;
    v->choices.help = !v->choices.help;
}

static void controls(Viewer *v, int unused) {
    (void)v, (void)unused;
    ui_keyboard_enter("Controls");
}

static void leave(Viewer *v, int unused) {
    (void)unused;
    if (v->choices.help)
        v->choices.help = false;
    else if (v->chosen)
        v->chosen = 0;
    ui_keyboard_enter(NULL);
}

static void screenshot(Viewer *v, int unused) {
    (void)unused;
    record_free_name(v->shot, ".png");
}

static void video(Viewer *v, int unused) {
    (void)unused;
    struct Record *record = v->record;
    v->record = NULL;
    Status status = record ? record_stop(record, v) : record_start(&v->record, v);
    if (status != STATUS_OK) viewer_notice(v, "%s", status_message());
}

static void tour_go(Viewer *v, int ahead) {
    if (ahead)
        tour_next(v);
    else
        tour_back(v);
}

static void quit(Viewer *v, int unused) {
    (void)unused;
    v->quit = true;
}

#define NONE 0
const Shortcut shortcuts[] = {
    {"marrow", SDLK_1, NONE, "1", "Views", "marrow: cells and vessels", set_view, VIEW_MARROW},
    {"flow", SDLK_2, NONE, "2", "Views", "flow: the cytometer", set_view, VIEW_FLOW},
    {"charts", SDLK_3, NONE, "3", "Views", "charts over time", set_view, VIEW_CHARTS},
    {"light", SDLK_l, NONE, "L", "Views", "light colours, dark colours", toggle_light, 0},
    {"help", SDLK_F1, NONE, "F1", "Views", "these keys", toggle_help, 0},

    {"play", SDLK_SPACE, NONE, "Space", "Time", "play, pause", play, 0},
    {"play-back", SDLK_SPACE, KMOD_SHIFT, "Shift+Space", "Time", "play a finished run backwards", play_back,
     0},
    {"step", SDLK_PERIOD, NONE, ".", "Time", "one interval", ask_plain, 0},
    {"step-back", SDLK_COMMA, NONE, ",", "Time", "one interval back", step_back, 0},
    {"ahead", SDLK_PAGEUP, NONE, "Page up", "Time", "a day ahead", seek_days, 1},
    {"back", SDLK_PAGEDOWN, NONE, "Page down", "Time", "a day back", seek_days, -1},
    {"start", SDLK_HOME, NONE, "Home", "Time", "back to day 0", seek_end, 0},
    {"latest", SDLK_END, NONE, "End", "Time", "the latest day that was reached", seek_end, 1},
    {"slower", SDLK_LEFTBRACKET, NONE, "[", "Time", "slower", change_speed, -1},
    {"faster", SDLK_RIGHTBRACKET, NONE, "]", "Time", "faster", change_speed, 1},
    {"fastest", SDLK_BACKSLASH, NONE, "\\", "Time", "as fast as possible", change_speed, 0},
    {"run-to-day", SDLK_g, NONE, "G", "Time", "go to the day in its field", run_to_day, 0},
    {"new-seed", SDLK_n, NONE, "N", "Time", "again with another seed", new_seed, 0},
    {"branch", SDLK_b, NONE, "B", "Time", "leave what was done later", ask_plain, 2},

    {"dose", SDLK_d, NONE, "D", "Doses", "give a dose now", dose, 0},
    {"skip", SDLK_s, NONE, "S", "Doses", "skip the next dose", ask_plain, 1},
    {"hold", SDLK_h, NONE, "H", "Doses", "hold the course, release it", hold, 0},
    {"interrupt", SDLK_i, NONE, "I", "Doses", "end running infusions", ask_plain, 3},
    {"stop", SDLK_x, KMOD_SHIFT, "Shift+X", "Doses", "give no later dose", ask_plain, 4},

    {"pan-left", SDLK_LEFT, NONE, "Arrows", "Picture", "move the picture", pan, 0},
    {"pan-right", SDLK_RIGHT, NONE, "Right", "Picture", "", pan, 1},
    {"pan-up", SDLK_UP, NONE, "Up", "Picture", "", pan, 2},
    {"pan-down", SDLK_DOWN, NONE, "Down", "Picture", "", pan, 3},
    {"zoom-in", SDLK_PLUS, NONE, "+", "Picture", "closer", zoom, 1},
    {"zoom-in", SDLK_EQUALS, NONE, "=", "Picture", "", zoom, 1},
    {"zoom-in", SDLK_KP_PLUS, NONE, "+", "Picture", "", zoom, 1},
    {"zoom-out", SDLK_MINUS, NONE, "-", "Picture", "further", zoom, 0},
    {"zoom-out", SDLK_KP_MINUS, NONE, "-", "Picture", "", zoom, 0},
    {"reset-camera", SDLK_0, NONE, "0", "Picture", "the whole section", reset_camera, 0},
    {"next-colour", SDLK_c, NONE, "C", "Picture", "colour by the next quantity", next_colour, 1},
    {"previous-colour", SDLK_c, KMOD_SHIFT, "Shift+C", "Picture", "by the one before", next_colour, -1},
    {"colour-map", SDLK_m, NONE, "M", "Picture", "another colour map", colour_map, 0},
    {"reset-range", SDLK_r, NONE, "R", "Picture", "the usual range of colours", reset_range, 0},
    {"density", SDLK_t, NONE, "T", "Picture", "dots, density", toggle_density, 0},
    {"kind-1", SDLK_5, NONE, "5", "Picture", "show or hide blasts of the marrow", toggle_kind, 0},
    {"kind-2", SDLK_6, NONE, "6", "Picture", "blasts in blood", toggle_kind, 1},
    {"kind-3", SDLK_7, NONE, "7", "Picture", "B precursors", toggle_kind, 2},
    {"kind-4", SDLK_8, NONE, "8", "Picture", "mature B cells", toggle_kind, 3},
    {"kind-5", SDLK_9, NONE, "9", "Picture", "dying cells", toggle_kind, 4},

    {"controls", SDLK_TAB, NONE, "Tab", "Window", "keyboard to the controls", controls, 0},
    {"leave", SDLK_ESCAPE, NONE, "Esc", "Window", "leave controls, close panels", leave, 0},
    {"screenshot", SDLK_p, NONE, "P", "Window", "save a picture of the window", screenshot, 0},
    {"video", SDLK_v, NONE, "V", "Window", "begin a video, end it", video, 0},
    {"tour-next", SDLK_RETURN, NONE, "Enter", "Window", "tour: next step", tour_go, 1},
    {"tour-back", SDLK_BACKSPACE, NONE, "Backspace", "Window", "tour: step back", tour_go, 0},
    {"quit", SDLK_q, KMOD_CTRL, "Ctrl+Q", "Window", "quit", quit, 0},
};
const int shortcut_count = sizeof shortcuts / sizeof shortcuts[0];

static const Shortcut *find_shortcut(const char *name) {
    for (int i = 0; i < shortcut_count; i++)
        if (strcmp(shortcuts[i].name, name) == 0) return &shortcuts[i];
    return NULL;
}

const char *shortcut_keys(const char *name) {
    const Shortcut *shortcut = find_shortcut(name);
    return shortcut ? shortcut->keys : "";
}

const char *shortcut_text(const char *name) {
    const Shortcut *shortcut = find_shortcut(name);
    return shortcut ? shortcut->text : "";
}

bool viewer_do(Viewer *viewer, const char *name) {
    const Shortcut *shortcut = find_shortcut(name);
    if (shortcut) shortcut->run(viewer, shortcut->argument);
    return shortcut != NULL;
}

static unsigned plain_mod(unsigned mod) {
    return (mod & KMOD_CTRL ? KMOD_CTRL : 0u) | (mod & KMOD_SHIFT ? KMOD_SHIFT : 0u) |
           (mod & KMOD_ALT ? KMOD_ALT : 0u);
}

bool shortcut_key(Viewer *viewer, const SDL_KeyboardEvent *key) {
    unsigned mod = plain_mod(key->keysym.mod);
    for (int i = 0; i < shortcut_count; i++) {
        const Shortcut *shortcut = &shortcuts[i];
        bool same = shortcut->key == key->keysym.sym && mod == plain_mod(shortcut->mod);
        /* + lies on Shift and = on many keyboards */
        if (shortcut->key == SDLK_PLUS) same = key->keysym.sym == SDLK_PLUS;
        if (!same) continue;
        shortcut->run(viewer, shortcut->argument);
        return true;
    }
    return false;
}
