/* The side panel: how the run goes, doses, what is shown, live parameters, the chosen cell. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "panels.h"
#include "shortcuts.h"

/* A button for an action of the table: pressed or by its key, it does the same. */
static void shortcut_button(Viewer *viewer, const char *label, const char *name, float width, bool on) {
    if (ui_button_on(label, width, on)) viewer_do(viewer, name);
    ui_tip("%s  [%s]", shortcut_text(name), shortcut_keys(name));
}

static float half_width(void) {
    return (ui_width_left() - 8 * ui_scale()) / 2;
}

static void speed_slider(Viewer *viewer) {
    bool most = viewer->choices.speed_per_s == 0;
    double speed = most ? 1000 : viewer->choices.speed_per_s;
    ui_width(-1);
    if (ui_slider("##Speed", &speed, 1, 1000, most ? "as fast as possible" : "%.3g intervals a second",
                  true)) {
        viewer->choices.speed_per_s = speed >= 999 ? 0 : speed;
        viewer_ask(viewer, "speed %.6g", viewer->choices.speed_per_s);
    }
    ui_tip("one interval is %g h; to the right end: as fast as possible  [%s, %s, %s]", viewer->status.dt_h,
           shortcut_keys("slower"), shortcut_keys("faster"), shortcut_keys("fastest"));
}

void side_run(Viewer *viewer) {
    bool playing = viewer->status.state == SESSION_PLAYING;
    float half = half_width();
    shortcut_button(viewer, playing ? "Pause###play" : "Play###play", "play", half, playing);
    ui_same_line();
    shortcut_button(viewer, "Step", "step", -1, false);
    speed_slider(viewer);
    ui_width(half);
    ui_number("##Run to day field", &viewer->choices.run_to_day, 0, 0, viewer->status.until_h / 24,
              "day %.4g");
    ui_same_line();
    if (ui_button("Run to day", -1)) viewer_do(viewer, "run-to-day");
    ui_tip("runs or goes back to the day at the left  [%s]", shortcut_keys("run-to-day"));
    if (viewer->playback) {
        shortcut_button(viewer, "Play backwards", "play-back", -1, false);
        ui_text_wrapped("A finished run. View its config to dose and change it.");
        return;
    }
    shortcut_button(viewer, "New seed", "new-seed", half, false);
    ui_same_line();
    shortcut_button(viewer, "Branch here", "branch", -1, false);
}

static void next_dose(const Viewer *viewer) {
    const DosingView *dosing = &viewer->status.dosing;
    if (dosing->discontinued)
        ui_text("Stopped: no later dose");
    else if (!dosing->coming)
        ui_text("No dose is coming");
    else if (!isnan(dosing->held_since_h))
        ui_text("Held since day %.4g", dosing->held_since_h / 24);
    else
        ui_text("Next: %.3g mg/m\u00b2 on day %.4g", dosing->next_mg / viewer->status.bsa_m2,
                dosing->next_h / 24);
    ui_text_dim("%d given%s", dosing->given, dosing->running_mg_per_h > 0 ? ", one is running in" : "");
}

/* Back to just before that dose, without it, and on to this day: the course as it was stays, dashed. */
static void what_if(Viewer *viewer) {
    const History *history = &viewer->history;
    int number = 0, wanted = (int)viewer->choices.what_if;
    double now_d = viewer->status.time_h / 24;
    for (size_t i = 0; i < history->events; i++) {
        const DoseRecord *event = &history->event[i];
        if (event->kind != DOSE_GIVEN || ++number != wanted) continue;
        double before_h = fmax(0, event->time_h - viewer->status.dt_h);
        viewer_ask(viewer, "pause");
        viewer_ask(viewer, "seek %.10g", before_h / 24);
        viewer_ask(viewer, "skip");
        if (now_d * 24 > before_h) viewer_ask(viewer, "until %.10g", now_d);
        return;
    }
    viewer_notice(viewer, "Dose %d has not been given yet", wanted);
}

static void side_what_if(Viewer *viewer) {
    float half = half_width();
    ui_text("What if it had been skipped?");
    ui_width(half);
    ui_number("##What if dose", &viewer->choices.what_if, 0, 1, 99, "dose %.0f");
    ui_same_line();
    if (ui_button("Skip it##what if", -1)) what_if(viewer);
    ui_tip("goes back to just before that dose, leaves it out, and runs on to this day; the course as it was "
           "stays to compare, dashed");
}

static void side_concentration(Viewer *viewer) {
    ui_text("In vitro: a constant concentration");
    ui_width(-1);
    ui_slider("##Concentration", &viewer->choices.concentration_ng_ml, 0.01, 1000, "%.3g ng/mL", true);
    if (ui_slider_released())
        viewer_ask(viewer, "set drug.constant_ng_per_ml=%.6g", viewer->choices.concentration_ng_ml);
}

void side_dose(Viewer *viewer) {
    bool held = !isnan(viewer->status.dosing.held_since_h);
    float half = half_width();
    if (viewer->status.constant) {
        side_concentration(viewer);
        return;
    }
    ui_width(half);
    ui_number("##Dose", &viewer->choices.dose_mg_per_m2, 0, 0.01, 20, "%.3g mg/m\u00b2");
    ui_same_line();
    ui_width(-1);
    ui_number("##Infusion", &viewer->choices.infusion_h, 0, 0, 24, "over %.3g h");
    shortcut_button(viewer, "Give dose now", "dose", -1, false);
    next_dose(viewer);
    shortcut_button(viewer, "Skip next", "skip", half, false);
    ui_same_line();
    shortcut_button(viewer, held ? "Release###hold" : "Hold###hold", "hold", -1, held);
    ui_disabled_begin(!(viewer->status.dosing.running_mg_per_h > 0));
    shortcut_button(viewer, "Interrupt", "interrupt", half, false);
    ui_disabled_end();
    ui_same_line();
    shortcut_button(viewer, "Stop the course", "stop", -1, false);
    side_what_if(viewer);
}

static void colour_choice(Viewer *viewer) {
    static const char *names[QUANTITIES];
    int index = (int)viewer->choices.colour;
    for (int i = 0; i < QUANTITIES; i++) names[i] = picture_quantities[i].text;
    ui_width(-1);
    if (!ui_choice("##Colour by", &index, names, QUANTITIES)) return;
    viewer->choices.colour = (Quantity)index;
    viewer->choices.lo = viewer->choices.hi = NAN;
}

static void range_numbers(Viewer *viewer) {
    const QuantityInfo *info = &picture_quantities[viewer->choices.colour];
    double lo = isnan(viewer->choices.lo) ? info->lo : viewer->choices.lo;
    double hi = isnan(viewer->choices.hi) ? info->hi : viewer->choices.hi;
    float third = (ui_width_left() - 16 * ui_scale()) / 3;
    ui_width(third);
    if (ui_number("##From", &lo, 0, info->log ? info->lo * 1e-3 : -1e12, 1e12, "%.7g") && lo < hi)
        viewer->choices.lo = lo;
    ui_same_line();
    ui_width(third);
    if (ui_number("##To", &hi, 0, info->log ? info->lo * 1e-3 : -1e12, 1e12, "%.7g") && hi > lo)
        viewer->choices.hi = hi;
    ui_same_line();
    shortcut_button(viewer, "Reset##range", "reset-range", -1, false);
}

static void kind_checks(Viewer *viewer) {
    for (int i = 0; i < PICTURE_KINDS; i++) {
        bool shown = viewer->choices.kinds >> i & 1;
        if (ui_swatch(kind_text((PictureKind)i), viewer->palette.kind[i], &shown))
            viewer->choices.kinds ^= 1u << i;
    }
}

void side_marrow(Viewer *viewer) {
    float half = half_width();
    if (ui_button_on("Dots", half, !viewer->choices.density)) viewer->choices.density = false;
    ui_same_line();
    if (ui_button_on("Density", -1, viewer->choices.density)) viewer->choices.density = true;
    ui_text_dim("Coloured by");
    colour_choice(viewer);
    if (!picture_quantities[viewer->choices.colour].label) range_numbers(viewer);
    shortcut_button(viewer, "Colour map", "colour-map", half, false);
    ui_same_line();
    shortcut_button(viewer, "Whole section", "reset-camera", -1, false);
    for (int i = 0; i < PICTURE_KINDS; i++) {
        bool shown = viewer->choices.kinds >> i & 1;
        if (ui_swatch(kind_text((PictureKind)i), viewer->palette.kind[i], &shown))
            viewer->choices.kinds ^= 1u << i;
    }
}

static void channel_choice(const char *label, Quantity *quantity) {
    static const char *names[QUANTITIES];
    static Quantity which[QUANTITIES];
    int count = 0, index = 0;
    for (int i = 0; i < QUANTITIES; i++) {
        if (picture_quantities[i].label) continue;
        if (i == (int)*quantity) index = count;
        which[count] = (Quantity)i;
        names[count++] = picture_quantities[i].text;
    }
    ui_width(-1);
    if (ui_choice(label, &index, names, count)) *quantity = which[index];
}

void side_flow(Viewer *viewer) {
    float half = half_width();
    if (ui_button_on("Dots", half, !viewer->choices.density)) viewer->choices.density = false;
    ui_same_line();
    if (ui_button_on("Density", -1, viewer->choices.density)) viewer->choices.density = true;
    ui_text_dim("Across");
    channel_choice("##Across", &viewer->choices.across);
    ui_text_dim("Up");
    channel_choice("##Up", &viewer->choices.up);
    ui_text_dim("Drag in the plot to move the gates");
    kind_checks(viewer);
}

static void side_save(Viewer *viewer) {
    float half = half_width();
    shortcut_button(viewer, "Screenshot", "screenshot", half, false);
    ui_same_line();
    shortcut_button(viewer, viewer->record ? "End video###video" : "Video###video", "video", -1,
                    viewer->record != NULL);
}

void panel_side(Viewer *viewer, UiRect rect) {
    ui_panel_begin("Controls", rect, UI_PANEL_SCROLL);
    if (ui_section("Run", true)) side_run(viewer);
    if (!viewer->playback && ui_section("Doses", true)) side_dose(viewer);
    if (viewer->choices.view == VIEW_MARROW && ui_section("Picture", true)) side_marrow(viewer);
    if (viewer->choices.view == VIEW_FLOW && ui_section("Cytometer", true)) side_flow(viewer);
    if (!viewer->playback && ui_section("Model", viewer->choices.view == VIEW_CHARTS)) side_model(viewer);
    if (ui_section("Save", true)) side_save(viewer);
    ui_panel_end();
}

void panel_top(Viewer *viewer, UiRect rect) {
    static const char *const names[VIEWS] = {"1  Marrow", "2  Flow", "3  Charts"};
    float s = ui_scale();
    ui_panel_begin("Top", rect, 0);
    ui_label(UI_LARGE, rect.x + 14 * s, rect.y + rect.h / 2, 0, 0.5f, viewer->look->theme.text, "marrow");
    ui_same_line_at(130 * s);
    for (int i = 0; i < VIEWS; i++) {
        if (ui_button_on(names[i], 104 * s, (int)viewer->choices.view == i))
            viewer->choices.view = (ViewKind)i;
        ui_same_line();
    }
    char run[160];
    const char *path = viewer->options->config_path, *slash = path ? strrchr(path, '/') : NULL;
    snprintf(run, sizeof run, "%.100s, seed %" PRId64,
             slash  ? slash + 1
             : path ? path
                    : "",
             viewer->status.seed);
    const char *notice = "Research and teaching; not for treating patients";
    float notice_x = rect.x + rect.w - 100 * s, room = notice_x - ui_text_width(UI_BODY, notice) - 494 * s;
    ui_label(UI_BODY, notice_x, rect.y + rect.h / 2, 1, 0.5f, viewer->look->warning, notice);
    if (ui_text_width(UI_SMALL, run) < room)
        ui_label(UI_SMALL, rect.x + 474 * s, rect.y + rect.h / 2, 0, 0.5f, viewer->look->theme.text_dim, run);
    ui_same_line_at(rect.w - 84 * s);
    if (ui_button_on("? Help", 70 * s, viewer->choices.help)) viewer_do(viewer, "help");
    ui_panel_end();
}

void panel_notice(Viewer *viewer) {
    float s = ui_scale();
    if (viewer->status.state == SESSION_FAILED) viewer_notice(viewer, "%.200s", viewer->status.message);
    if (!*viewer->notice || viewer->now_s > viewer->notice_until_s) return;
    float width = fminf(ui_text_width(UI_BODY, viewer->notice) + 32 * s, viewer->area.w - 40 * s);
    float height = ui_wrapped_height(UI_BODY, viewer->notice, width - 32 * s) + 20 * s;
    UiRect rect = {viewer->area.x + (viewer->area.w - width) / 2, viewer->area.y + 14 * s, width, height};
    ui_panel_begin("Notice", rect, UI_PANEL_MUTE | UI_PANEL_FRONT);
    ui_frame(rect, viewer->look->warning, 0, 2 * s);
    ui_label_wrapped(UI_BODY, rect.x + 16 * s, rect.y + 10 * s, width - 32 * s, viewer->look->theme.text,
                     viewer->notice);
    ui_panel_end();
}
