/* A tour on the screen: its text at the view's foot, a frame around what it points at. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "panels.h"
#include "shortcuts.h"
#include "tour.h"
#include "values.h"

/* As people write it, not as programs do. */
static void value_words(const Viewer *viewer, const char *name, char out[64]) {
    const Value *value = value_find(name);
    double now;
    char text[32];
    if (value && value->names)
        value_text(viewer, name, out);
    else if (!value_now(viewer, name, &now))
        snprintf(out, 64, "{%.50s?}", name);
    else {
        if (fabs(now) >= 1e4 || now == floor(now))
            text_cells(now, text);
        else
            chart_power_text(now, text);
        snprintf(out, 64, "%s", text);
    }
}

/* "{day}" becomes the day. */
static void fill_in(const Viewer *viewer, const char *text, char *out, size_t room) {
    size_t at = 0;
    while (*text && at + 1 < room) {
        const char *close = *text == '{' ? strchr(text, '}') : NULL;
        if (!close || close - text > 40) {
            out[at++] = *text++;
            continue;
        }
        char name[48], value[64];
        snprintf(name, sizeof name, "%.*s", (int)(close - text - 1), text + 1);
        value_words(viewer, name, value);
        at += (size_t)snprintf(out + at, room - at, "%s", value);
        if (at >= room) at = room - 1;
        text = close + 1;
    }
    out[at] = 0;
}

static void point_at(const Viewer *viewer, const char *name) {
    UiRect r;
    float s = ui_scale(), w = (float)viewer->window.w, h = (float)viewer->window.h;
    if (!ui_find(name, &r)) {
        ui_reveal(name);
        return;
    }
    float grow = (3 + 2 * (float)sin(4 * viewer->now_s)) * s;
    if (viewer->scripted) grow = 4 * s;
    UiRect frame = {fmaxf(r.x - grow, 2), fmaxf(r.y - grow, 2), r.w + 2 * grow, r.h + 2 * grow};
    frame.w = fminf(frame.w, w - frame.x - 2), frame.h = fminf(frame.h, h - frame.y - 2);
    ui_panel_begin("Pointer", (UiRect){0, 0, w, h}, UI_PANEL_CLEAR | UI_PANEL_MUTE | UI_PANEL_FRONT);
    ui_frame(frame, viewer->look->warning, 0, 3 * s);
    ui_panel_end();
}

static void buttons(Viewer *viewer, const Tour *tour) {
    float s = ui_scale();
    char place[48];
    bool last = tour->at + 1 == tour->steps;
    ui_disabled_begin(tour->at == 0);
    if (ui_button("Back", 90 * s)) tour_back(viewer);
    ui_disabled_end();
    ui_same_line();
    if (ui_button_on(last ? "Done" : "Next", 90 * s, tour->reached)) tour_next(viewer);
    ui_tip("Enter; what the step waits for may be left out");
    ui_same_line();
    snprintf(place, sizeof place, "step %d of %d", tour->at + 1, tour->steps);
    ui_text_dim("%s", place);
    if (tour->reached) return;
    ui_same_line();
    ui_text_dim("   waiting for: %s",
                tour->step[tour->at].until ? tour->step[tour->at].until : "the simulation");
}

enum { TEXT_MOST = 1024 };
static const float PAD = 16, BUTTONS = 34;

float panel_tour_height(const Viewer *viewer, float width) {
    char text[TEXT_MOST];
    const Tour *tour = viewer->tour;
    if (!tour || tour->left) return 0;
    float s = ui_scale(),
          most = ui_text_height(UI_BODY) * 1.15f * 3; /* so that it seldom changes between steps */
    fill_in(viewer, tour->step[tour->at].text, text, sizeof text);
    float lines = fmaxf(ui_wrapped_height(UI_BODY, text, width - 2 * PAD * s), most);
    return lines + ui_text_height(UI_LARGE) + BUTTONS * s + 42 * s;
}

void panel_tour(Viewer *viewer, UiRect rect) {
    Tour *tour = viewer->tour;
    const TourStep *step = &tour->step[tour->at];
    float s = ui_scale(), pad = PAD * s;
    char text[TEXT_MOST];
    fill_in(viewer, step->text, text, sizeof text);
    ui_panel_begin("Tour", rect, 0);
    ui_rect((UiRect){rect.x, rect.y, rect.w, 3 * s}, viewer->look->theme.accent, 0);
    ui_label(UI_LARGE, rect.x + pad, rect.y + 10 * s, 0, 0, viewer->look->theme.accent, tour->title);
    float top = rect.y + ui_text_height(UI_LARGE) + 18 * s;
    ui_label_wrapped(UI_BODY, rect.x + pad, top, rect.w - 2 * pad, viewer->look->theme.text, text);
    ui_at(rect.x + pad, rect.y + rect.h - (BUTTONS + 6) * s);
    buttons(viewer, tour);
    ui_panel_end();
    if (step->point) point_at(viewer, step->point);
}
