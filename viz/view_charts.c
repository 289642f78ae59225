/* The charts view: two columns of charts, and the doses beneath, on one axis of time. */
#include <math.h>
#include <stdlib.h>

#include "charts.h"
#include "panels.h"

/* The label's doses of a patient who responds, to compare what was given with. */
static void plan_label(Viewer *viewer) {
    Config config;
    DoseSegment segment;
    Dosing *label = NULL;
    const DoseRecord *records;
    if (viewer->label_until_h == viewer->status.until_h) return;
    viewer->label_until_h = viewer->status.until_h;
    viewer->label_doses = 0;
    config_default(&config);
    config.patient = viewer->config.patient;
    Status status = dosing_create(&label, &config);
    for (double at = 0; status == STATUS_OK && at < viewer->label_until_h; at = segment.end_h)
        status = dosing_segment(label, at, viewer->label_until_h, 0.01, &segment);
    size_t count = status == STATUS_OK ? dosing_records(label, &records) : 0;
    for (size_t i = 0; i < count && viewer->label_doses < LABEL_DOSES; i++)
        if (records[i].kind == DOSE_GIVEN) viewer->label_dose[viewer->label_doses++] = records[i];
    dosing_destroy(label);
}

static void draw_dose(const Viewer *viewer, const Chart *chart, double time_h, double amount_mg,
                      UiColour colour, bool full) {
    float s = ui_scale(), foot = chart->plot.y + chart->plot.h;
    float x = chart_x(chart, time_h / 24), y = chart_y(chart, amount_mg / viewer->status.bsa_m2);
    UiRect bar = {x, y, 5 * s, foot - y};
    if (full)
        ui_rect(bar, colour, 0);
    else
        ui_frame(bar, colour, 0, s);
}

static void draw_dosing(Viewer *viewer, UiRect rect, double looked_at_day) {
    const History *history = &viewer->history;
    const DosingView *next = &viewer->status.dosing;
    UiColour colour = viewer->look->role[LOOK_DOSE];
    Chart chart;
    double most = 1;
    plan_label(viewer);
    for (size_t i = 0; i < history->events; i++)
        if (history->event[i].kind == DOSE_GIVEN)
            most = fmax(most, history->event[i].amount_mg / viewer->status.bsa_m2);
    chart_begin(&chart, viewer->look, rect, "Doses", charts_days(viewer),
                chart_axis_around(0, most, false, "mg/m\u00b2"), true);
    for (int i = 0; i < viewer->label_doses; i++)
        draw_dose(viewer, &chart, viewer->label_dose[i].time_h, viewer->label_dose[i].amount_mg,
                  viewer->look->theme.text_dim, false);
    for (size_t i = 0; i < history->events; i++)
        if (history->event[i].kind == DOSE_GIVEN)
            draw_dose(viewer, &chart, history->event[i].time_h, history->event[i].amount_mg, colour, true);
    if (next->coming && isfinite(next->next_h))
        draw_dose(viewer, &chart, next->next_h, next->next_mg, colour, false);
    chart_name(&chart, "the label's course, if it works", viewer->look->theme.text_dim, true);
    chart_name(&chart, "given", colour, false);
    chart_mark(&chart, viewer->status.time_h / 24, viewer->look->theme.text, ui_scale());
    if (!isnan(looked_at_day)) chart_mark(&chart, looked_at_day, viewer->look->theme.accent, ui_scale());
    ui_name("Doses", rect);
}

/* The day under the mouse, wherever in the two columns; NaN: none. */
static double day_under(const Viewer *viewer, const UiCanvas *canvas, UiRect first, float step) {
    float margin = 46 * ui_scale(), x = canvas->x + canvas->rect.x - first.x;
    if (!canvas->hovered) return NAN;
    if (x > step) x -= step;
    double part = (x - margin) / (first.w - margin - 6 * ui_scale());
    return part < 0 || part > 1 ? NAN : part * charts_days(viewer).hi;
}

static void go_to_day(Viewer *viewer, double day) {
    viewer_ask(viewer, "pause");
    viewer_ask(viewer, "seek %.10g", round(day * 24 / viewer->status.dt_h) * viewer->status.dt_h / 24);
}

void view_charts(Viewer *viewer) {
    int shown[CHARTS_MOST], count = charts_shown(viewer, shown), rows = (count + 1) / 2;
    float s = ui_scale(), gap = 10 * s, strip = fminf(116 * s, viewer->area.h / 5);
    UiRect area = viewer->area;
    float w = (area.w - 3 * gap) / 2, h = (area.h - strip - (float)(rows + 2) * gap) / (float)rows;
    UiRect first = {area.x + gap, area.y + gap, w, h};
    ui_panel_begin("Charts", area, UI_PANEL_CLEAR);
    UiCanvas canvas =
        ui_canvas("Time under the mouse", (UiRect){area.x, area.y, area.w, area.h - strip - gap});
    double day = day_under(viewer, &canvas, first, w + gap);
    if (canvas.double_pressed && !isnan(day)) go_to_day(viewer, day);
    for (int i = 0; i < count; i++) {
        UiRect rect = {first.x + (float)(i % 2) * (w + gap), first.y + (float)(i / 2) * (h + gap), w, h};
        charts_draw(viewer, shown[i], rect, i / 2 == rows - 1, day);
    }
    draw_dosing(viewer, (UiRect){area.x + gap, area.y + area.h - strip - gap, area.w - 2 * gap, strip}, day);
    if (!isnan(day)) ui_tip("day %.2f; press twice to go there", day);
    ui_panel_end();
}
