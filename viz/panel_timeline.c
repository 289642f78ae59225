/* The foot of the window: the whole course as a bar to drag along, doses on it, and where branches parted. */
#include <math.h>
#include <stdio.h>

#include "chart.h"
#include "panels.h"
#include "shortcuts.h"

static float at_hour(const Viewer *viewer, UiRect bar, double time_h) {
    double part = time_h / fmax(viewer->status.until_h, 1e-6);
    return bar.x + bar.w * (float)(part < 0 ? 0 : part > 1 ? 1 : part);
}

static void draw_dose(const Viewer *viewer, UiRect bar, double time_h, bool given) {
    float s = ui_scale(), x = at_hour(viewer, bar, time_h), y = bar.y - 3 * s;
    UiColour colour = viewer->look->role[LOOK_DOSE];
    if (given)
        ui_triangle(x - 6 * s, y - 9 * s, x + 6 * s, y - 9 * s, x, y, colour);
    else {
        float xy[] = {x - 6 * s, y - 9 * s, x + 6 * s, y - 9 * s, x, y, x - 6 * s, y - 9 * s};
        ui_lines(xy, 4, colour, 1.5f * s);
    }
}

static void draw_doses(const Viewer *viewer, UiRect bar) {
    for (size_t i = 0; i < viewer->history.events; i++) {
        const DoseRecord *event = &viewer->history.event[i];
        if (event->kind == DOSE_GIVEN) draw_dose(viewer, bar, event->time_h, true);
    }
    if (viewer->status.dosing.coming && isfinite(viewer->status.dosing.next_h))
        draw_dose(viewer, bar, viewer->status.dosing.next_h, false);
}

static void draw_days(const Viewer *viewer, UiRect bar) {
    ChartAxis days = {0, fmax(viewer->status.until_h / 24, 1e-3), false, NULL};
    double at[16];
    float s = ui_scale();
    int ticks = chart_ticks(&days, (int)(bar.w / (80 * s)), at);
    for (int i = 0; i < ticks; i++) {
        char text[32];
        float x = at_hour(viewer, bar, 24 * at[i]);
        chart_tick_text(&days, at[i], ticks > 1 ? at[1] - at[0] : 1, text);
        ui_line(x, bar.y + bar.h, x, bar.y + bar.h + 4 * s, viewer->look->theme.text_dim, s);
        ui_label(UI_SMALL, x, bar.y + bar.h + 5 * s, 0.5f, 0, viewer->look->theme.text_dim, text);
    }
}

static void draw_bar(const Viewer *viewer, UiRect bar) {
    float s = ui_scale(), now = at_hour(viewer, bar, viewer->status.time_h);
    float latest = at_hour(viewer, bar, viewer->status.latest_h);
    const Look *look = viewer->look;
    ui_rect(bar, look->theme.frame, 3 * s);
    ui_rect((UiRect){bar.x, bar.y, latest - bar.x, bar.h}, look->theme.frame_hovered, 3 * s);
    ui_rect((UiRect){bar.x, bar.y, now - bar.x, bar.h}, look->theme.accent, 3 * s);
    for (int i = 0; i < HISTORY_BRANCHES; i++) {
        const HistoryBranch *branch = &viewer->history.branch[i];
        if (branch->rows == 0 || !(branch->left_h >= 0)) continue;
        float x = at_hour(viewer, bar, branch->left_h);
        ui_line(x, bar.y - 2 * s, x, bar.y + bar.h + 2 * s, look->role[LOOK_LIMIT], 2 * s);
    }
    ui_disc(now, bar.y + bar.h / 2, 9 * s, look->theme.panel);
    ui_disc(now, bar.y + bar.h / 2, 7 * s, look->theme.text);
}

static void drag_along(Viewer *viewer, const UiCanvas *canvas) {
    if (!canvas->held && !canvas->released) return;
    double day = viewer->status.until_h / 24 * fmin(1, fmax(0, canvas->x / canvas->rect.w));
    double dt_d = viewer->status.dt_h / 24;
    if (dt_d > 0) day = dt_d * floor(day / dt_d + 0.5);
    double latest = viewer->status.latest_h / 24;
    if (canvas->held && day > latest)
        day = latest; /* what was computed already; beyond it only when let go */
    if (fabs(day - viewer->seek_day) < dt_d / 2 && canvas->held) return;
    if (viewer->status.asked > viewer->status.taken && canvas->held)
        return; /* one at a time while dragging */
    viewer->seek_day = day;
    viewer_ask(viewer, "pause");
    viewer_ask(viewer, "seek %.10g", day);
}

static void state_text(const Viewer *viewer, char text[96]) {
    const SessionStatus *status = &viewer->status;
    static const char *const words[] = {"getting ready", "paused", "running", "at the end", "failed"};
    if (status->state == SESSION_PLAYING && status->intervals_per_s > 0)
        snprintf(text, 96, "running, %.3g h/s", status->intervals_per_s * status->dt_h);
    else
        snprintf(text, 96, "%s%s", words[status->state], status->branch > 0 ? ", on a branch" : "");
}

void panel_timeline(Viewer *viewer, UiRect rect) {
    float s = ui_scale(), left = 250 * s;
    char text[32], state[96];
    ui_panel_begin("Timeline", rect, 0);
    text_day(viewer->status.time_h, text);
    ui_label(UI_LARGE, rect.x + 14 * s, rect.y + rect.h / 2 - 8 * s, 0, 0.5f, viewer->look->theme.text, text);
    state_text(viewer, state);
    ui_label(UI_SMALL, rect.x + 14 * s, rect.y + rect.h / 2 + 18 * s, 0, 0.5f, viewer->look->theme.text_dim,
             state);
    UiRect bar = {rect.x + left, rect.y + 26 * s, rect.w - left - 24 * s, 12 * s};
    UiRect grip = {bar.x, bar.y - 12 * s, bar.w, bar.h + 24 * s};
    UiCanvas canvas = ui_canvas("Scrub bar", grip);
    drag_along(viewer, &canvas);
    draw_bar(viewer, bar);
    draw_doses(viewer, bar);
    draw_days(viewer, bar);
    ui_label(UI_SMALL, bar.x - 14 * s, bar.y + bar.h / 2, 1, 0.5f, viewer->look->theme.text_dim, "days");
    if (canvas.hovered)
        ui_tip("drag to go back or ahead in time; %s a day back, %s a day ahead", shortcut_keys("back"),
               shortcut_keys("ahead"));
    ui_panel_end();
}
