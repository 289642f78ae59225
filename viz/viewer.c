#include "viewer.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "camera.h"
#include "fuzz.h"
#include "paint.h"
#include "panels.h"
#include "record.h"
#include "script.h"
#include "shortcuts.h"
#include "shot.h"
#include "source.h"
#include "tour.h"

static const double PICTURE_S = 1.0 / 60, NOTICE_S = 6;
/* Drawn anew after hands did something, until all that answers them has settled; and a few times a second. */
static const double SETTLE_S = 0.5, IDLE_S = 0.25;

void viewer_notice(Viewer *viewer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(viewer->notice, sizeof viewer->notice, format, arguments);
    va_end(arguments);
    viewer->notice_until_s = viewer->now_s + NOTICE_S;
}

void viewer_ask(Viewer *viewer, const char *format, ...) {
    char command[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (source_ask(viewer, command, NULL) != STATUS_OK) viewer_notice(viewer, "%s", status_message());
}

/* MARROW_FONT, or DejaVu Sans where Debian, Fedora or Arch put it; NULL: ImGui's own will do. */
static const char *font_path(void) {
    static const char *const places[] = {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
                                         "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
                                         "/usr/share/fonts/TTF/DejaVuSans.ttf"};
    const char *wanted = getenv("MARROW_FONT");
    if (wanted) return wanted;
    for (int i = 0; i < 3; i++)
        if (access(places[i], R_OK) == 0) return places[i];
    return NULL;
}

static double seconds(void) {
    return (double)SDL_GetPerformanceCounter() / (double)SDL_GetPerformanceFrequency();
}

static void choices_default(Viewer *viewer) {
    viewer->choices = (Choices){.light = viewer->options->light,
                                .colour = QUANTITY_KIND,
                                .lo = NAN,
                                .hi = NAN,
                                .kinds = PICTURE_ALL,
                                .across = QUANTITY_SURFACE,
                                .gate_of_x = -1,
                                .gate_of_y = -1,
                                .up = QUANTITY_BOUND,
                                .speed_per_s = 0,
                                .dose_mg_per_m2 = 0.8,
                                .infusion_h = 1,
                                .run_to_day = 21,
                                .what_if = 2,
                                .concentration_ng_ml = viewer->config.drug.constant_ng_per_ml};
    camera_reset(&viewer->camera);
}

static Status open_all(Viewer *viewer) {
    char title[320];
    TRY(source_config(viewer));
    viewer->live = viewer->config;
    choices_default(viewer);
    snprintf(title, sizeof title, "marrow: %s",
             viewer->options->config_path ? viewer->options->config_path : "default patient");
    TRY(window_open(&viewer->window, title, 1280, 800, viewer->options->scale));
    REQUIRE(ui_create(viewer->window.window, viewer->window.renderer, viewer->window.scale, font_path()),
            STATUS_FAILED, "window: fonts: %s", SDL_GetError());
    TRY(script_open(&viewer->script, viewer->options->script));
    viewer->scripted = viewer->options->script || viewer->options->unattended || viewer->options->fuzz_s > 0;
    if (viewer->options->record) {
        viewer->hands = fopen(viewer->options->record, "w");
        REQUIRE(viewer->hands, STATUS_FAILED, "%s: cannot be written: %s", viewer->options->record,
                strerror(errno));
    }
    return source_open(viewer);
}

static Status close_all(Viewer *viewer, Status status) {
    char message[1024];
    snprintf(message, sizeof message, "%s", status == STATUS_OK ? "" : status_message());
    Status closed = source_close(viewer);
    (void)record_stop(viewer->record, viewer);
    script_close(viewer->script);
    if (viewer->hands && fclose(viewer->hands) != 0 && status == STATUS_OK)
        status =
            status_set(STATUS_FAILED, "%s: cannot be written: %s", viewer->options->record, strerror(errno));
    history_destroy(&viewer->history);
    free(viewer->pixels);
    free(viewer->point);
    ui_destroy();
    window_close(&viewer->window);
    return status == STATUS_OK ? closed : status_set(status, "%s", message);
}

/* Keys belong to a text field first, then to the widgets while the keyboard is with them. */
static bool key_is_taken(const SDL_KeyboardEvent *key) {
    static const SDL_Keycode of_widgets[] = {SDLK_SPACE,    SDLK_RETURN, SDLK_LEFT, SDLK_RIGHT,
                                             SDLK_UP,       SDLK_DOWN,   SDLK_TAB,  SDLK_PAGEUP,
                                             SDLK_PAGEDOWN, SDLK_HOME,   SDLK_END};
    if (ui_typing()) return true;
    for (size_t i = 0; ui_keyboard_mode() && i < sizeof of_widgets / sizeof of_widgets[0]; i++)
        if (key->keysym.sym == of_widgets[i]) return true;
    return false;
}

static Status handle_event(Viewer *viewer, const SDL_Event *event) {
    bool rescaled = false;
    ui_event(event);
    viewer->touched_s = viewer->now_s;
    if (viewer->hands) script_record(viewer->hands, event, viewer->pictures);
    if (event->type == SDL_QUIT) viewer->quit = true;
    if (event->type == SDL_KEYDOWN && !key_is_taken(&event->key)) shortcut_key(viewer, &event->key);
    if (event->type != SDL_WINDOWEVENT) return STATUS_OK;
    TRY(window_measure(&viewer->window, &rescaled));
    if (rescaled)
        REQUIRE(ui_rescale(viewer->window.renderer, viewer->window.scale, font_path()), STATUS_FAILED,
                "window: fonts: %s", SDL_GetError());
    return STATUS_OK;
}

static Status handle_events(Viewer *viewer) {
    SDL_Event event;
    while (SDL_PollEvent(&event)) TRY(handle_event(viewer, &event));
    return STATUS_OK;
}

static void draw_panels(Viewer *viewer) {
    float s = ui_scale(), w = (float)viewer->window.w, h = (float)viewer->window.h;
    float top = 46 * s, foot = 72 * s, side = 312 * s, tour = panel_tour_height(viewer, w - side);
    viewer->area = (UiRect){0, top, w - side, h - top - foot - tour};
    panel_top(viewer, (UiRect){0, 0, w, top});
    panel_side(viewer, (UiRect){w - side, top, side, h - top});
    panel_timeline(viewer, (UiRect){0, h - foot, w - side, foot});
    static void (*const views[VIEWS])(Viewer *) = {view_marrow, view_flow, view_charts};
    views[viewer->choices.view](viewer);
    if (tour > 0) panel_tour(viewer, (UiRect){0, h - foot - tour, w - side, tour});
    panel_cell(viewer);
    panel_notice(viewer);
    if (viewer->choices.help) panel_help(viewer);
}

static Status draw(Viewer *viewer) {
    viewer->look = viewer->choices.light ? &look_light : &look_dark;
    paint_palette(viewer);
    ui_theme(&viewer->look->theme);
    TRY(window_clear(&viewer->window, viewer->look->theme.window));
    TRY(paint_upload(viewer));
    ui_begin(viewer->window.w, viewer->window.h, viewer->window.mouse_scale,
             viewer->scripted ? (float)PICTURE_S : (float)viewer->picture_s);
    draw_panels(viewer);
    TRY(source_look(viewer));
    TRY(paint_section(viewer));
    REQUIRE(ui_end(viewer->window.renderer), STATUS_FAILED, "window: cannot draw: %s", SDL_GetError());
    return STATUS_OK;
}

/* As hands need it; else a script sees to it that every picture is drawn, and none waits. */
static bool is_live(const Viewer *viewer) {
    return !viewer->scripted || script_measures(viewer->script);
}

/* What would be the same picture again is not drawn: the processor is the simulation's. */
static bool draw_due(const Viewer *viewer) {
    double now_s = viewer->now_s;
    return !is_live(viewer) || viewer->news || viewer->record || viewer->shot[0] ||
           now_s - viewer->touched_s < SETTLE_S || now_s - viewer->drawn_s >= IDLE_S;
}

/* Where no screen sets the pace. A script has none, but leaves the processor to the simulation while it waits
 * for it. */
static void keep_pace(Viewer *viewer, double started_s, bool drawn) {
    double left_s = PICTURE_S - (seconds() - started_s);
    bool waiting = script_waits(viewer->script) || (viewer->tour && script_waits(viewer->tour->script));
    bool paced = drawn && viewer->window.vsync;
    if (is_live(viewer) ? !paced && left_s > 0 : waiting)
        SDL_Delay(is_live(viewer) ? (Uint32)(1000 * left_s + 0.5) : 10);
}

/* What is saved of this picture. A file that cannot be written is no reason to close the window. */
static Status keep_drawn(Viewer *viewer) {
    TRY(script_drawn(viewer->script, viewer));
    if (viewer->shot[0]) {
        bool saved = shot_write(viewer, viewer->shot) == STATUS_OK;
        viewer_notice(viewer, saved ? "Saved %s" : "%s", saved ? viewer->shot : status_message());
        viewer->shot[0] = 0;
    }
    if (viewer->record && record_picture(viewer->record, viewer) != STATUS_OK) {
        viewer_notice(viewer, "%s", status_message());
        struct Record *record = viewer->record;
        viewer->record = NULL;
        (void)record_stop(record, viewer);
    }
    return STATUS_OK;
}

static Status draw_and_show(Viewer *viewer) {
    double started_s = seconds();
    TRY(draw(viewer));
    TRY(keep_drawn(viewer));
    TRY(window_present(&viewer->window));
    viewer->pictures++;
    viewer->news_pictures += viewer->news;
    viewer->news = false;
    viewer->drawn_s = viewer->now_s;
    viewer->cost_ms += 0.05 * (1000 * (seconds() - started_s) - viewer->cost_ms);
    return STATUS_OK;
}

static Status turn(Viewer *viewer) {
    double started_s = seconds();
    viewer->picture_s = viewer->pictures ? started_s - viewer->now_s : PICTURE_S;
    viewer->now_s = started_s;
    if (viewer->pictures == 0) viewer->started_s = started_s;
    TRY(script_step(viewer->script, viewer));
    TRY(tour_step(viewer));
    TRY(fuzz_step(viewer));
    TRY(handle_events(viewer));
    TRY(source_follow(viewer));
    bool due = draw_due(viewer);
    if (due) TRY(draw_and_show(viewer));
    keep_pace(viewer, started_s, due);
    return STATUS_OK;
}

Status viewer_run(Options *options, struct Tour *tour) {
    Viewer *viewer = calloc(1, sizeof *viewer);
    REQUIRE(viewer, STATUS_FAILED, "window: out of memory");
    viewer->options = options;
    viewer->tour = tour;
    if (tour) tour->unattended = options->unattended;
    Status status = open_all(viewer);
    while (status == STATUS_OK && !viewer->quit) status = turn(viewer);
    status = close_all(viewer, status);
    free(viewer);
    return status;
}
