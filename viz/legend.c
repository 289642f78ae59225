/* Legends, and how numbers are written in them. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "panels.h"

static void grouped(int64_t value, char text[32]) {
    char plain[24];
    snprintf(plain, sizeof plain, "%" PRId64, value);
    size_t digits = strlen(plain), at = 0;
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0 && plain[i - 1] != '-') text[at++] = ' ';
        text[at++] = plain[i];
    }
    text[at] = 0;
}

void text_cells(double cells, char text[32]) {
    if (isnan(cells))
        snprintf(text, 32, "not simulated");
    else if (fabs(cells) < 1e7)
        grouped((int64_t)llround(cells), text);
    else
        chart_power_text(cells, text);
}

void text_day(double time_h, char text[32]) {
    double day = time_h / 24;
    snprintf(text, 32, fabs(time_h - 24 * round(day)) < 1e-6 ? "day %.0f" : "day %.2f", day);
}

const char *kind_text(PictureKind kind) {
    static const char *const texts[PICTURE_KINDS] = {"Blasts, marrow", "Blasts, blood", "B precursors",
                                                     "Mature B cells", "Dying"};
    return texts[kind];
}

double kind_cells(const Viewer *viewer, PictureKind kind) {
    if (!viewer->frame) return NAN;
    const Observation *now = &viewer->frame->now;
    const int64_t cells[PICTURE_KINDS] = {now->blasts_marrow_cells, now->blasts_blood_cells,
                                          now->b_precursor_cells, now->b_mature_cells,
                                          now->blasts_committed_cells};
    return (double)cells[kind];
}

static float legend_ground(const Viewer *viewer, float x, float y, float width, float height,
                           const char *title) {
    float s = ui_scale();
    ui_rect((UiRect){x, y, width, height}, viewer->look->overlay, 4 * s);
    ui_label(UI_BODY, x + 10 * s, y + 8 * s, 0, 0, viewer->look->theme.text, title);
    return y + 8 * s + ui_text_height(UI_BODY) + 8 * s;
}

float legend_kinds(Viewer *viewer, float x, float y, float width) {
    float s = ui_scale(), line = ui_text_height(UI_BODY) + 8 * s;
    float height = 8 * s + ui_text_height(UI_BODY) + 8 * s + PICTURE_KINDS * line + 6 * s;
    float row = legend_ground(viewer, x, y, width, height, "Kind of cell");
    ui_label(UI_SMALL, x + width - 10 * s, y + 10 * s, 1, 0, viewer->look->theme.text_dim, "cells now");
    for (int i = 0; i < PICTURE_KINDS; i++, row += line) {
        char text[32];
        bool shown = viewer->choices.kinds >> i & 1;
        UiColour colour = shown ? viewer->look->theme.text : viewer->look->theme.line;
        text_cells(kind_cells(viewer, (PictureKind)i), text);
        ui_disc(x + 17 * s, row + ui_text_height(UI_BODY) / 2, 6 * s,
                shown ? viewer->palette.kind[i] : viewer->look->grid);
        ui_label(UI_BODY, x + 30 * s, row, 0, 0, colour, kind_text((PictureKind)i));
        ui_label(UI_BODY, x + width - 10 * s, row, 1, 0, colour, text);
    }
    return height;
}

float legend_clones(Viewer *viewer, float x, float y, float width) {
    float s = ui_scale(), line = ui_text_height(UI_BODY) + 8 * s;
    int clones = viewer->config.cells.clone_count;
    float height = 8 * s + ui_text_height(UI_BODY) + 8 * s + (float)(clones + 1) * line + 6 * s;
    float row = legend_ground(viewer, x, y, width, height, "Clone");
    for (int i = 0; i <= clones; i++, row += line) {
        bool healthy = i == clones;
        ui_disc(x + 17 * s, row + ui_text_height(UI_BODY) / 2, 6 * s,
                viewer->palette.clone[healthy ? CONFIG_CLONES : i]);
        ui_label(UI_BODY, x + 30 * s, row, 0, 0, viewer->look->theme.text,
                 healthy ? "healthy cells" : viewer->config.cells.clones[i].name);
    }
    return height;
}

/* The axis of a quantity as it is coloured now. */
static ChartAxis ramp_axis(const Viewer *viewer) {
    const QuantityInfo *info = &picture_quantities[viewer->choices.colour];
    double lo = isnan(viewer->choices.lo) ? info->lo : viewer->choices.lo;
    double hi = isnan(viewer->choices.hi) ? info->hi : viewer->choices.hi;
    return (ChartAxis){lo, hi, info->log, info->unit};
}

static void ramp_bar(const Viewer *viewer, UiRect bar) {
    enum { BANDS = 64 };
    for (int i = 0; i < BANDS; i++) {
        UiColour colour = viewer->palette.ramp[(BANDS - 1 - i) * 255 / (BANDS - 1)];
        float from = floorf(bar.y + bar.h * (float)i / BANDS),
              to = floorf(bar.y + bar.h * (float)(i + 1) / BANDS);
        ui_rect((UiRect){bar.x, from, bar.w, to - from}, colour, 0);
    }
}

static void ramp_ticks(const Viewer *viewer, UiRect bar, ChartAxis axis) {
    float s = ui_scale();
    double at[16];
    Chart chart = {.plot = bar, .y = axis, .x = {0, 1, false, NULL}, .look = viewer->look};
    int ticks = chart_ticks(&axis, 5, at);
    for (int i = 0; i < ticks; i++) {
        char text[32];
        float y = chart_y(&chart, at[i]);
        chart_tick_text(&axis, at[i], ticks > 1 ? at[1] - at[0] : 1, text);
        ui_line(bar.x + bar.w, y, bar.x + bar.w + 5 * s, y, viewer->look->theme.text_dim, s);
        ui_label(UI_BODY, bar.x + bar.w + 10 * s, y, 0, 0.5f, viewer->look->theme.text, text);
    }
}

float legend_ramp(Viewer *viewer, float x, float y, float width) {
    float s = ui_scale(), bar_height = 150 * s, line = ui_text_height(UI_BODY);
    const QuantityInfo *info = &picture_quantities[viewer->choices.colour];
    bool density = viewer->choices.density;
    const char *title = density ? "Agents a pixel" : info->text;
    float title_height = ui_wrapped_height(UI_BODY, title, width - 20 * s);
    float height = title_height + bar_height + line + 40 * s;
    ui_rect((UiRect){x, y, width, height}, viewer->look->overlay, 4 * s);
    ui_label_wrapped(UI_BODY, x + 10 * s, y + 8 * s, width - 20 * s, viewer->look->theme.text, title);
    UiRect bar = {x + 12 * s, y + title_height + 24 * s, 18 * s, bar_height};
    ramp_bar(viewer, bar);
    if (density) {
        ui_label(UI_BODY, bar.x + 28 * s, bar.y, 0, 0, viewer->look->theme.text, "most");
        ui_label(UI_BODY, bar.x + 28 * s, bar.y + bar.h, 0, 1, viewer->look->theme.text, "one");
        return height;
    }
    ramp_ticks(viewer, bar, ramp_axis(viewer));
    ui_label(UI_SMALL, x + 12 * s, bar.y + bar.h + 8 * s, 0, 0, viewer->look->theme.text_dim, info->unit);
    return height;
}
