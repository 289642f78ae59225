/* The flow view: what a cytometer would show of the same cells, with gates, and where the disease stands
 * against the limits of remission. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "paint.h"
#include "panels.h"

/* Quadrants: below or above the gate across, times below or above it up. */
enum { LOW_LOW, HIGH_LOW, LOW_HIGH, HIGH_HIGH, QUADRANTS };

typedef struct Gates {
    double count[PICTURE_KINDS][QUADRANTS], total[PICTURE_KINDS];
} Gates;

static ChartAxis axis_of(Quantity quantity) {
    const QuantityInfo *info = &picture_quantities[quantity];
    return (ChartAxis){info->lo, info->hi, info->log, info->unit};
}

static double middle_of(Quantity quantity) {
    const QuantityInfo *info = &picture_quantities[quantity];
    return info->log ? sqrt(info->lo * info->hi) : (info->lo + info->hi) / 2;
}

static double share_of(Quantity quantity, double value) {
    const QuantityInfo *info = &picture_quantities[quantity];
    if (info->log) return log(fmax(value, info->lo) / info->lo) / log(info->hi / info->lo);
    return (value - info->lo) / (info->hi - info->lo);
}

static double value_at(Quantity quantity, double share) {
    const QuantityInfo *info = &picture_quantities[quantity];
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return info->log ? info->lo * pow(info->hi / info->lo, share) : info->lo + share * (info->hi - info->lo);
}

static void count_gates(const Picture *picture, double gate_x, double gate_y, Gates *gates) {
    int w = picture->view.width, h = picture->view.height;
    int x_limit = (int)lround(w * share_of(picture->view.across, gate_x));
    int y_limit = h - (int)lround(h * share_of(picture->view.up, gate_y));
    *gates = (Gates){{{0}}, {0}};
    for (int kind = 0; kind < PICTURE_KINDS; kind++)
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++) {
                uint32_t agents =
                    picture->pixel[((size_t)kind * (size_t)h + (size_t)y) * (size_t)w + (size_t)x];
                gates
                    ->count[kind][(x >= x_limit ? HIGH_LOW : LOW_LOW) + (y < y_limit ? LOW_HIGH : LOW_LOW)] +=
                    agents;
                gates->total[kind] += agents;
            }
}

static void percent_text(double part, double whole, char text[32]) {
    if (!(whole > 0))
        snprintf(text, 32, "-");
    else if (part > 0 && part / whole < 1e-3) {
        char power[32];
        chart_power_text(100 * part / whole, power);
        snprintf(text, 32, "%.28s %%", power);
    } else
        snprintf(text, 32, "%.1f %%", 100 * part / whole);
}

static double of_blasts(const Gates *gates, int quadrant) {
    return gates->count[PICTURE_BLAST_MARROW][quadrant] + gates->count[PICTURE_BLAST_BLOOD][quadrant];
}

static void keep_shares(Viewer *viewer, const Gates *gates) {
    double blasts = gates->total[PICTURE_BLAST_MARROW] + gates->total[PICTURE_BLAST_BLOOD];
    double right = of_blasts(gates, HIGH_LOW) + of_blasts(gates, HIGH_HIGH);
    viewer->gate_right_percent = blasts > 0 ? 100 * right / blasts : NAN;
    viewer->gate_left_percent = 100 - viewer->gate_right_percent;
}

static void draw_gates(const Viewer *viewer, const Chart *chart, const Gates *gates) {
    float s = ui_scale(), x = chart_x(chart, viewer->choices.gate_x),
          y = chart_y(chart, viewer->choices.gate_y);
    UiRect p = chart->plot;
    double blasts = gates->total[PICTURE_BLAST_MARROW] + gates->total[PICTURE_BLAST_BLOOD];
    ui_line(x, p.y, x, p.y + p.h, viewer->look->theme.text, s);
    ui_line(p.x, y, p.x + p.w, y, viewer->look->theme.text, s);
    for (int q = 0; q < QUADRANTS; q++) {
        char text[32], line[64];
        bool right = q & HIGH_LOW, top = q & LOW_HIGH;
        percent_text(of_blasts(gates, q), blasts, text);
        /* agents of several clones stand for different numbers of cells */
        bool one_clone = viewer->config.cells.clone_count == 1;
        snprintf(line, sizeof line, one_clone ? "%s of blasts" : "%s of blast agents", text);
        if (2 * ui_text_width(UI_BODY, line) + 40 * s > p.w) snprintf(line, sizeof line, "%s", text);
        float width = ui_text_width(UI_BODY, line) + 12 * s, height = ui_text_height(UI_BODY) + 6 * s;
        UiRect box = {right ? p.x + p.w - width - 6 * s : p.x + 6 * s,
                      top ? p.y + 6 * s : p.y + p.h - height - 6 * s, width, height};
        ui_rect(box, viewer->look->overlay, 3 * s);
        ui_label(UI_BODY, box.x + 6 * s, box.y + 3 * s, 0, 0, viewer->look->theme.text, line);
    }
}

static void draw_table(const Viewer *viewer, const Gates *gates, UiRect rect) {
    static const char *const heads[QUADRANTS] = {"low left", "low right", "top left", "top right"};
    bool close = viewer->area.y + viewer->area.h - rect.y < 390 * ui_scale(); /* a small window */
    float s = ui_scale(), line = ui_text_height(UI_SMALL) + (close ? 2 : 8) * s, y = rect.y;
    ui_label(UI_BODY, rect.x, y, 0, 0, viewer->look->theme.text, "Share of each kind in the gates");
    y += ui_text_height(UI_BODY) + 8 * s;
    for (int kind = 0; kind < PICTURE_KINDS; kind++) {
        if (!(viewer->choices.kinds >> kind & 1)) continue;
        ui_disc(rect.x + 7 * s, y + ui_text_height(UI_BODY) / 2, 6 * s, viewer->palette.kind[kind]);
        ui_label(UI_BODY, rect.x + 20 * s, y, 0, 0, viewer->look->theme.text, kind_text((PictureKind)kind));
        y += ui_text_height(UI_BODY) + 4 * s;
        for (int q = 0; q < QUADRANTS; q++) {
            char text[32];
            float x = rect.x + 20 * s + (float)(q & 1) * (rect.w - 20 * s) / 2;
            int quadrant = q ^ LOW_HIGH; /* the upper two first */
            percent_text(gates->count[kind][quadrant], gates->total[kind], text);
            ui_label(UI_SMALL, x, y, 0, 0, viewer->look->theme.text_dim, heads[quadrant]);
            ui_label(UI_SMALL, x + (rect.w - 20 * s) / 2 - 10 * s, y, 1, 0, viewer->look->theme.text, text);
            if (q & 1) y += line;
        }
        y += (close ? 1 : 4) * s;
    }
}

/* The disease as a share of the marrow, against the limits of remission and of measurable disease. */
static void draw_disease(const Viewer *viewer, UiRect rect) {
    float s = ui_scale(), y = rect.y;
    double share = viewer->frame ? viewer->frame->now.marrow_blast_fraction : NAN;
    ChartAxis axis = {1e-6, 1, true, NULL};
    Chart chart = {.look = viewer->look, .x = axis, .y = {0, 1, false, NULL}};
    const char *verdict = share >= 0.05   ? "no remission: 5 % or more"
                          : share >= 1e-4 ? "below 5 %; MRD positive"
                                          : "MRD negative: below 0.01 %";
    char text[32], line[96];
    chart_power_text(100 * share, text);
    snprintf(line, sizeof line, "Blasts: %s %% of the marrow", text);
    ui_label(UI_BODY, rect.x, y, 0, 0, viewer->look->theme.text, line);
    y += ui_text_height(UI_BODY) + 4 * s;
    ui_label(UI_BODY, rect.x, y, 0, 0,
             share >= 0.05 ? viewer->look->warning : viewer->look->role[LOOK_MARROW], verdict);
    chart.plot = (UiRect){rect.x, y + ui_text_height(UI_BODY) + 12 * s, rect.w - 10 * s, 16 * s};
    ui_rect(chart.plot, viewer->look->plot, 0);
    float reach = chart_x(&chart, fmax(share, 1e-6)) - chart.plot.x;
    ui_rect((UiRect){chart.plot.x, chart.plot.y, reach, chart.plot.h}, viewer->look->role[LOOK_BLAST], 0);
    ui_frame(chart.plot, viewer->look->theme.line, 0, s);
    static const double limits[] = {1e-4, 0.05};
    static const char *const names[] = {"MRD 0.01 %", "5 %"};
    for (int i = 0; i < 2; i++) {
        float x = chart_x(&chart, limits[i]);
        ui_line(x, chart.plot.y - 4 * s, x, chart.plot.y + chart.plot.h + 4 * s,
                viewer->look->role[LOOK_LIMIT], 2 * s);
        ui_label(UI_SMALL, x, chart.plot.y + chart.plot.h + 6 * s, 0.5f, 0, viewer->look->role[LOOK_LIMIT],
                 names[i]);
    }
    ui_name("Disease", rect);
}

static void look_here(Viewer *viewer, UiRect plot) {
    PictureView view;
    int bins = (int)(plot.w / (2 * ui_scale()));
    picture_view(&view, PICTURE_FLOW, bins, bins);
    view.across = viewer->choices.across;
    view.up = viewer->choices.up;
    view.kinds = viewer->choices.kinds;
    viewer->asked_flow = view;
}

static void move_gates(Viewer *viewer, const Chart *chart) {
    UiCanvas canvas = ui_canvas("Gates", chart->plot);
    if (viewer->choices.gate_of_x != (int)viewer->choices.across) {
        viewer->choices.gate_x = middle_of(viewer->choices.across);
        viewer->choices.gate_of_x = (int)viewer->choices.across;
    }
    if (viewer->choices.gate_of_y != (int)viewer->choices.up) {
        viewer->choices.gate_y = middle_of(viewer->choices.up);
        viewer->choices.gate_of_y = (int)viewer->choices.up;
    }
    if (!canvas.held) return;
    viewer->choices.gate_x = value_at(viewer->choices.across, canvas.x / canvas.rect.w);
    viewer->choices.gate_y = value_at(viewer->choices.up, 1 - canvas.y / canvas.rect.h);
}

static void axis_title(const char *way, Quantity quantity, char title[160]) {
    const QuantityInfo *info = &picture_quantities[quantity];
    bool unit = *info->unit && !strstr(info->text, info->unit);
    snprintf(title, 160, "%s: %s%s%s", way, info->text, unit ? ", " : "", unit ? info->unit : "");
}

void view_flow(Viewer *viewer) {
    float s = ui_scale(), side = fminf(viewer->area.w - 340 * s, viewer->area.h - 44 * s);
    UiRect frame = {viewer->area.x + 12 * s, viewer->area.y + 10 * s, side, side};
    Gates gates = {{{0}}, {0}};
    Chart chart;
    char title[160];
    ui_panel_begin("Flow", viewer->area, UI_PANEL_CLEAR);
    axis_title("Up", viewer->choices.up, title);
    ChartAxis x = axis_of(viewer->choices.across), y = axis_of(viewer->choices.up);
    x.unit = y.unit = NULL; /* stand in the titles */
    chart_begin(&chart, viewer->look, frame, title, x, y, true);
    axis_title("Across", viewer->choices.across, title);
    ui_label(UI_BODY, frame.x + frame.w - 6 * s, frame.y + frame.h + 2 * s, 1, 0, viewer->look->theme.text,
             title);
    look_here(viewer, chart.plot);
    move_gates(viewer, &chart);
    const Picture *picture = viewer->frame && viewer->frame->flow.pixel ? &viewer->frame->flow : NULL;
    if (picture) count_gates(picture, viewer->choices.gate_x, viewer->choices.gate_y, &gates);
    if (picture && paint_ready(viewer)) ui_image(viewer->window.picture, chart.plot);
    keep_shares(viewer, &gates);
    draw_gates(viewer, &chart, &gates);
    UiRect right = {frame.x + frame.w + 16 * s, viewer->area.y + 12 * s, viewer->area.w - frame.w - 40 * s,
                    0};
    right.h = 110 * s;
    draw_disease(viewer, right);
    right.y += 130 * s;
    draw_table(viewer, &gates, right);
    ui_panel_end();
}
