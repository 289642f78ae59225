/* The chosen cell: what it is, where its states went, its mother and its daughters. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "chart.h"
#include "panels.h"
#include "source.h"

static const SessionTrace *find_trace(const Viewer *viewer, uint64_t identity) {
    for (size_t i = 0; i < viewer->traces; i++)
        if (viewer->trace[i].identity == identity) return &viewer->trace[i];
    return NULL;
}

typedef struct StateWalk {
    const SessionPoint *point;
    int field;
} StateWalk;

static double state_point(const void *data, int index, double *x) {
    const StateWalk *walk = data;
    *x = walk->point[index].time_h / 24;
    return (double)walk->point[index].real[walk->field];
}

typedef struct StateSpec {
    const char *title, *unit;
    int field;
    LookRole role;
} StateSpec;

static const StateSpec specs[] = {
    {"Free CD22", "molecules", REAL_CD22, LOOK_BLAST},
    {"Bound CD22", "molecules", REAL_BOUND, LOOK_PLASMA},
    {"Conjugate inside", "molecules", REAL_INSIDE, LOOK_MARROW},
    {"Free payload", "molecules", REAL_PAYLOAD, LOOK_DYING},
    {"DNA breaks", "", REAL_BREAKS, LOOK_BLOOD},
};
enum { SPECS = sizeof specs / sizeof specs[0] };

static double highest(const Viewer *viewer, int field) {
    double most = 1;
    for (size_t i = 0; i < viewer->points; i++) most = fmax(most, (double)viewer->point[i].real[field]);
    return most;
}

static void draw_states(Viewer *viewer, const SessionTrace *trace) {
    float s = ui_scale(), h = 92 * s;
    double last = fmax(viewer->status.time_h, trace->from_h + 1);
    ChartAxis days = {trace->from_h / 24, last / 24, false, "days"};
    for (int i = 0; i < SPECS; i++) {
        char name[32];
        snprintf(name, sizeof name, "Cell %s", specs[i].title);
        UiRect rect = ui_room(name, i == SPECS - 1 ? h + 16 * s : h);
        Chart chart;
        chart_begin(&chart, viewer->look, rect, specs[i].title, days,
                    chart_axis_around(0, 1.05 * highest(viewer, specs[i].field), false, specs[i].unit),
                    i == SPECS - 1);
        StateWalk walk = {viewer->point, specs[i].field};
        chart_line(&chart, state_point, &walk, (int)viewer->points, viewer->look->role[specs[i].role], false);
        if (!isnan(trace->gone_h))
            chart_mark(&chart, trace->gone_h / 24, viewer->look->role[LOOK_DYING], 2 * s);
    }
}

static void family_button(Viewer *viewer, const char *word, uint64_t identity, int number) {
    char label[64];
    snprintf(label, sizeof label, "%s %d", word, number);
    if (find_trace(viewer, identity)) {
        if (ui_button(label, 0)) viewer->chosen = identity;
        ui_tip("cell %016" PRIx64, identity);
    } else
        ui_text_dim("%s %016" PRIx64, word, identity);
}

static void draw_family(Viewer *viewer, const SessionTrace *trace) {
    int daughters = 0;
    if (trace->mother) family_button(viewer, "Mother", trace->mother, 1);
    for (size_t i = 0; i < viewer->traces; i++) {
        if (viewer->trace[i].mother != trace->identity) continue;
        family_button(viewer, "Daughter", viewer->trace[i].identity, ++daughters);
    }
    if (!trace->mother && daughters == 0) ui_text_dim("no mother or daughter followed yet");
}

static void cell_text(const Viewer *viewer, const SessionTrace *trace) {
    char from[32], gone[32];
    bool known = trace->kind >= 0 && trace->kind < PICTURE_KINDS;
    bool cloned = trace->clone >= 0 && trace->clone < viewer->config.cells.clone_count;
    text_day(trace->from_h, from);
    if (!isnan(trace->gone_h)) {
        text_day(trace->gone_h, gone);
        ui_text_colour(viewer->look->role[LOOK_DYING], "gone on %s", gone);
    } else
        ui_text("%s%s", known ? kind_text((PictureKind)trace->kind) : "",
                trace->dying ? ", committed to die" : "");
    ui_text_dim("%s%s%sfollowed from %s", cloned ? "clone " : "",
                cloned ? viewer->config.cells.clones[trace->clone].name : "", cloned ? ", " : "", from);
}

/* Over the right of the view, so that picture and cell are seen together. */
void panel_cell(Viewer *viewer) {
    const SessionTrace *trace = find_trace(viewer, viewer->chosen);
    float s = ui_scale(), width = 300 * s;
    if (!trace || viewer->choices.view != VIEW_MARROW) return;
    if (source_points(viewer, trace->identity) != STATUS_OK) viewer_notice(viewer, "%s", status_message());
    UiRect area = viewer->area,
           rect = {area.x + area.w - width - 8 * s, area.y + 8 * s, width, fminf(area.h - 16 * s, 660 * s)};
    ui_panel_begin("Chosen cell", rect, UI_PANEL_SCROLL | UI_PANEL_FRONT);
    ui_text("Cell %016" PRIx64, trace->identity);
    cell_text(viewer, trace);
    draw_family(viewer, trace);
    draw_states(viewer, trace);
    if (ui_button("Close##cell", 130 * s)) viewer->chosen = 0;
    ui_tip("the cell stays followed  [Esc]");
    ui_same_line();
    if (ui_button("Forget##cell", -1)) viewer_ask(viewer, "unfollow %016" PRIx64, trace->identity);
    ui_panel_end();
}
