/* The charts view: plasma, leukaemia, CD22, healthy B cells, blood counts, and the doses beneath, on one time
 * axis. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "chart.h"
#include "panels.h"

/* One line: a field of the rows. */
typedef struct Curve {
    const char *name;
    size_t offset;
    bool whole; /* int64_t, else double */
    double factor;
    LookRole role;
} Curve;

typedef struct Level {
    double y;
    const char *name;
} Level;

enum { CURVES = 4, LEVELS = 2 };

/* One chart. `least`: what its axis covers at least, for its foot to be the same from run to run. */
typedef struct ChartSpec {
    const char *title, *unit;
    bool log;
    double least_lo, least_hi;
    Curve curve[CURVES];
    Level level[LEVELS];
} ChartSpec;

#define REAL(name, field, role) \
    { name, offsetof(Observation, field), false, 1, role }
#define WHOLE(name, field, role) \
    { name, offsetof(Observation, field), true, 1, role }

/* clang-format off */
static const ChartSpec specs[] = {
    {"Conjugate", "ng/mL", false, 0, 1,
     .curve = {REAL("plasma", adc_central_ng_ml, LOOK_PLASMA), REAL("marrow", adc_marrow_ng_ml, LOOK_MARROW)}},
    {"Blasts, share of the marrow", "", true, 1e-6, 1,
     .curve = {REAL("", marrow_blast_fraction, LOOK_BLAST)},
     .level = {{0.05, "complete remission: below 5 %"}, {1e-4, "MRD negative: below 0.01 %"}}},
    {"CD22 on a blast", "molecules", false, 0, 10,
     .curve = {REAL("free", cd22_free_per_blast, LOOK_BLAST), REAL("bound", cd22_bound_per_blast, LOOK_PLASMA)}},
    {"Cells", "", true, 1, 1e12,
     .curve = {WHOLE("blasts, marrow", blasts_marrow_cells, LOOK_BLAST), WHOLE("blood", blasts_blood_cells, LOOK_BLOOD),
               WHOLE("dying", blasts_committed_cells, LOOK_DYING), REAL("normal", normal_marrow_cells, LOOK_NORMAL)}},
    {"Inside a blast", "per cell", true, 1, 1e4,
     .curve = {REAL("free payload", payload_per_blast, LOOK_DYING), REAL("DNA breaks", damage_per_blast, LOOK_BLOOD)}},
    {"Healthy B cells", "", true, 1e8, 1e11,
     .curve = {WHOLE("mature", b_mature_cells, LOOK_B_MATURE), WHOLE("precursors", b_precursor_cells, LOOK_B_PRECURSOR)}},
    {"Blood counts", "1e9/L", true, 0.01, 1000,
     .curve = {REAL("neutrophils", anc_1e9_per_l, LOOK_MARROW), REAL("platelets", platelets_1e9_per_l, LOOK_BLAST)},
     .level = {{0.5, "neutrophils 0.5"}}},
    {"Liver", "times the upper limit", false, 0, 1,
     .curve = {{"ALT", offsetof(Observation, alt_u_per_l), false, 1.0 / 40, LOOK_BLOOD},
               {"bilirubin", offsetof(Observation, bilirubin_mg_per_dl), false, 1.0 / 1.2, LOOK_DOSE}}},
};
/* clang-format on */
enum { SPECS = sizeof specs / sizeof specs[0] };

static double value_of(const Curve *curve, const Observation *row) {
    const char *at = (const char *)row + curve->offset;
    return curve->factor * (curve->whole ? (double)*(const int64_t *)at : *(const double *)at);
}

/* What chart_line walks along. */
typedef struct Walk {
    const HistoryBranch *branch;
    const Curve *curve;
    double from_h; /* of a branch that was left: the part before is drawn already */
} Walk;

static double walk_point(const void *data, int index, double *x) {
    const Walk *walk = data;
    const Observation *row = &walk->branch->row[index];
    *x = row->time_h / 24;
    return row->time_h < walk->from_h ? NAN : value_of(walk->curve, row);
}

static bool any_number(const ChartSpec *spec, const HistoryBranch *branch) {
    for (int i = 0; i < CURVES && spec->curve[i].name; i++)
        for (size_t row = 0; row < branch->rows; row++)
            if (!isnan(value_of(&spec->curve[i], &branch->row[row]))) return true;
    return false;
}

static ChartAxis axis_of(const ChartSpec *spec, const History *history) {
    double lo = spec->least_lo, hi = spec->least_hi;
    for (int b = 0; b < HISTORY_BRANCHES; b++) {
        const HistoryBranch *branch = &history->branch[b];
        for (size_t row = 0; row < branch->rows; row++)
            for (int i = 0; i < CURVES && spec->curve[i].name; i++) {
                double value = value_of(&spec->curve[i], &branch->row[row]);
                if (value > hi) hi = value;
            }
    }
    return chart_axis_around(lo, spec->log ? hi : 1.05 * hi, spec->log, spec->unit);
}

static void draw_branches(const Chart *chart, const ChartSpec *spec, const History *history) {
    for (int b = 0; b < HISTORY_BRANCHES; b++) {
        const HistoryBranch *branch = &history->branch[b];
        bool present = branch == history_present(history);
        if (branch->rows == 0 || present) continue;
        for (int i = 0; i < CURVES && spec->curve[i].name; i++) {
            double from_h = isnan(history_present(history)->left_h) ? 0 : history_present(history)->left_h;
            Walk walk = {branch, &spec->curve[i], from_h};
            chart_line(chart, walk_point, &walk, (int)branch->rows, chart->look->role[spec->curve[i].role],
                       true);
        }
    }
}

static void draw_chart(Viewer *viewer, const ChartSpec *spec, UiRect rect, bool below) {
    const History *history = &viewer->history;
    const HistoryBranch *branch = history_present(history);
    Chart chart;
    ChartAxis days = {0, fmax(viewer->status.until_h / 24, 1e-3), false, "days"};
    chart_begin(&chart, viewer->look, rect, spec->title, days, axis_of(spec, history), below);
    for (int i = CURVES - 1; i >= 0; i--)
        if (spec->curve[i].name && *spec->curve[i].name)
            chart_name(&chart, spec->curve[i].name, viewer->look->role[spec->curve[i].role], false);
    for (int i = 0; i < LEVELS && spec->level[i].name; i++)
        chart_level(&chart, spec->level[i].y, spec->level[i].name, viewer->look->role[LOOK_LIMIT]);
    draw_branches(&chart, spec, history);
    for (int i = 0; i < CURVES && spec->curve[i].name; i++) {
        Walk walk = {branch, &spec->curve[i], -1};
        chart_line(&chart, walk_point, &walk, (int)branch->rows, viewer->look->role[spec->curve[i].role],
                   false);
    }
    chart_mark(&chart, viewer->status.time_h / 24, viewer->look->theme.text, ui_scale());
    ui_name(spec->title, rect);
}

/* The doses: what was given as bars, what the course still plans as outlines. */
static void draw_dosing(Viewer *viewer, UiRect rect) {
    const History *history = &viewer->history;
    Chart chart;
    ChartAxis days = {0, fmax(viewer->status.until_h / 24, 1e-3), false, "days"};
    double most = 1;
    for (size_t i = 0; i < history->events; i++)
        if (history->event[i].kind == DOSE_GIVEN)
            most = fmax(most, history->event[i].amount_mg / viewer->status.bsa_m2);
    chart_begin(&chart, viewer->look, rect, "Doses given", days,
                chart_axis_around(0, most, false, "mg/m\u00b2"), true);
    float s = ui_scale(), foot = chart.plot.y + chart.plot.h;
    for (size_t i = 0; i < history->events; i++) {
        const DoseRecord *event = &history->event[i];
        if (event->kind != DOSE_GIVEN) continue;
        float x = chart_x(&chart, event->time_h / 24),
              y = chart_y(&chart, event->amount_mg / viewer->status.bsa_m2);
        ui_rect((UiRect){x, y, 5 * s, foot - y}, viewer->look->role[LOOK_DOSE], 0);
    }
    const DosingView *next = &viewer->status.dosing;
    if (next->coming && isfinite(next->next_h)) {
        float x = chart_x(&chart, next->next_h / 24),
              y = chart_y(&chart, next->next_mg / viewer->status.bsa_m2);
        ui_frame((UiRect){x, y, 5 * s, foot - y}, viewer->look->role[LOOK_DOSE], 0, s);
    }
    chart_mark(&chart, viewer->status.time_h / 24, viewer->look->theme.text, s);
    ui_name("Doses given", rect);
}

void view_charts(Viewer *viewer) {
    float s = ui_scale(), gap = 10 * s, strip = 120 * s;
    UiRect area = viewer->area;
    const ChartSpec *shown[SPECS];
    int count = 0;
    for (int i = 0; i < SPECS; i++)
        if (i < 6 || any_number(&specs[i], history_present(&viewer->history))) shown[count++] = &specs[i];
    int rows = (count + 1) / 2;
    float w = (area.w - 3 * gap) / 2, h = (area.h - strip - (float)(rows + 2) * gap) / (float)rows;
    ui_panel_begin("Charts", area, UI_PANEL_CLEAR);
    for (int i = 0; i < count; i++) {
        UiRect rect = {area.x + gap + (float)(i % 2) * (w + gap), area.y + gap + (float)(i / 2) * (h + gap),
                       w, h};
        draw_chart(viewer, shown[i], rect, i / 2 == rows - 1);
    }
    draw_dosing(viewer, (UiRect){area.x + gap, area.y + area.h - strip - gap, area.w - 2 * gap, strip});
    ui_panel_end();
}
