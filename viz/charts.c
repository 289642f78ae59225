/* The charts view: plasma, leukaemia, CD22, healthy B cells, blood counts, and the doses beneath, on one time
 * axis. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "charts.h"
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

enum { CURVES = 4, LEVELS = 2, ALWAYS = 6, BRANCHES_DRAWN = 5 };

/* One chart. `least`: what its axis covers at least, for its foot to be the same from run to run. */
typedef struct ChartSpec {
    const char *title, *brief, *unit; /* brief: where there is little room */
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
    {"Conjugate", "Drug, ng/mL", "ng/mL", false, 0, 1,
     .curve = {REAL("plasma", adc_central_ng_ml, LOOK_PLASMA), REAL("marrow", adc_marrow_ng_ml, LOOK_MARROW)}},
    {"Blasts, share of the marrow", "Blasts, %", "%", true, 1e-4, 100,
     .curve = {{"", offsetof(Observation, marrow_blast_fraction), false, 100, LOOK_BLAST}},
     .level = {{5, "complete remission: below 5 %"}, {0.01, "MRD negative: below 0.01 %"}}},
    {"CD22 on a blast", "CD22", "molecules", false, 0, 10,
     .curve = {REAL("free", cd22_free_per_blast, LOOK_BLAST), REAL("bound", cd22_bound_per_blast, LOOK_PLASMA)}},
    {"Cells", "Cells", "", true, 1, 1e12,
     .curve = {WHOLE("marrow", blasts_marrow_cells, LOOK_BLAST), WHOLE("blood", blasts_blood_cells, LOOK_BLOOD),
               WHOLE("dying", blasts_committed_cells, LOOK_DYING), REAL("normal", normal_marrow_cells, LOOK_NORMAL)}},
    {"Inside a blast", "Inside", "per cell", true, 1, 1e4,
     .curve = {REAL("free payload", payload_per_blast, LOOK_DYING), REAL("DNA breaks", damage_per_blast, LOOK_BLOOD)}},
    {"Healthy B cells", "B cells", "", true, 1e8, 1e11,
     .curve = {WHOLE("mature", b_mature_cells, LOOK_B_MATURE), WHOLE("precursors", b_precursor_cells, LOOK_B_PRECURSOR)}},
    {"Blood counts", "Counts", "10\u2079/L", true, 0.01, 1000,
     .curve = {REAL("neutrophils", anc_1e9_per_l, LOOK_MARROW), REAL("platelets", platelets_1e9_per_l, LOOK_BLAST)},
     .level = {{0.5, "neutrophils 0.5"}}},
    {"Liver", "Liver", "times the upper limit", false, 0, 1,
     .curve = {{"ALT", offsetof(Observation, alt_u_per_l), false, 1.0 / 40, LOOK_BLOOD},
               {"bilirubin", offsetof(Observation, bilirubin_mg_per_dl), false, 1.0 / 1.2, LOOK_DOSE}}},
};
/* clang-format on */
enum { SPECS = sizeof specs / sizeof specs[0] };

static double value_of(const Curve *curve, const Observation *row) {
    const char *at = (const char *)row + curve->offset;
    return curve->factor *
           (curve->whole ? (double)*(const int64_t *)(const void *)at : *(const double *)(const void *)at);
}

/* What chart_line walks along. */
typedef struct Walk {
    const HistoryBranch *branch;
    const Curve *curve;
    double from_h; /* of a branch that was left: the part before is drawn already */
    const Observation *now;
} Walk;

static double walk_point(const void *data, int index, double *x) {
    const Walk *walk = data;
    bool last = index == (int)walk->branch->rows; /* this moment, between two rows */
    const Observation *row = last ? walk->now : &walk->branch->row[index];
    *x = row->time_h / 24;
    return row->time_h < walk->from_h ? NAN : value_of(walk->curve, row);
}

static bool any_number(const ChartSpec *spec, const HistoryBranch *branch) {
    for (int i = 0; i < CURVES && spec->curve[i].name; i++)
        for (size_t row = 0; row < branch->rows; row++)
            if (!isnan(value_of(&spec->curve[i], &branch->row[row]))) return true;
    return false;
}

int charts_shown(const Viewer *viewer, int shown[CHARTS_MOST]) {
    int count = 0;
    for (int i = 0; i < SPECS; i++)
        if (i < ALWAYS || any_number(&specs[i], history_present(&viewer->history))) shown[count++] = i;
    return count;
}

static void widen(const ChartSpec *spec, const Observation *row, double *hi) {
    for (int i = 0; i < CURVES && spec->curve[i].name; i++) *hi = fmax(*hi, value_of(&spec->curve[i], row));
}

static ChartAxis axis_of(const ChartSpec *spec, const Viewer *viewer) {
    double hi = spec->least_hi;
    for (int b = 0; b < HISTORY_BRANCHES; b++) {
        const HistoryBranch *branch = &viewer->history.branch[b];
        for (size_t row = 0; row < branch->rows; row++) widen(spec, &branch->row[row], &hi);
    }
    if (viewer->frame) widen(spec, &viewer->frame->now, &hi);
    return chart_axis_around(spec->least_lo, spec->log ? hi : 1.05 * hi, spec->log, spec->unit);
}

static void draw_curves(const Chart *chart, const ChartSpec *spec, const Viewer *viewer,
                        const HistoryBranch *branch, double from_h) {
    bool present = branch == history_present(&viewer->history), more = present && viewer->frame;
    const Observation *now = more ? &viewer->frame->now : NULL;
    /* after going back, rows beyond this moment are there already */
    if (more && branch->rows > 0) more = now->time_h > branch->row[branch->rows - 1].time_h;
    for (int i = 0; i < CURVES && spec->curve[i].name; i++) {
        Walk walk = {branch, &spec->curve[i], from_h, now};
        UiColour colour = chart->look->role[spec->curve[i].role];
        chart_line(chart, walk_point, &walk, (int)branch->rows + more, colour, !present);
    }
}

/* Left branches are dashed, from where they were left. */
static void draw_branches(const Chart *chart, const ChartSpec *spec, const Viewer *viewer) {
    const History *history = &viewer->history;
    const HistoryBranch *present = history_present(history);
    int first = history->branches > BRANCHES_DRAWN ? history->branches - BRANCHES_DRAWN : 0;
    for (int i = first; i < history->branches; i++) {
        const HistoryBranch *branch = &history->branch[i % HISTORY_BRANCHES];
        double from_h = isnan(present->left_h) ? 0 : present->left_h;
        if (branch != present && branch->rows > 0) draw_curves(chart, spec, viewer, branch, from_h);
    }
    draw_curves(chart, spec, viewer, present, -1);
}

/* The row that was current at a day. */
static const Observation *row_at(const Viewer *viewer, double day) {
    const HistoryBranch *branch = history_present(&viewer->history);
    size_t lo = 0, hi = branch->rows;
    if (viewer->frame && !(day * 24 < viewer->frame->now.time_h)) return &viewer->frame->now;
    while (hi - lo > 1) {
        size_t middle = (lo + hi) / 2;
        if (branch->row[middle].time_h <= day * 24 + 1e-6)
            lo = middle;
        else
            hi = middle;
    }
    return branch->rows > 0 ? &branch->row[lo] : NULL;
}

static void name_text(const Curve *curve, const Observation *row, bool named, char text[64]) {
    char number[32] = "";
    double value = row ? value_of(curve, row) : NAN;
    if (!isnan(value)) chart_power_text(value, number);
    snprintf(text, 64, "%s%s%s", named ? curve->name : "", named && *curve->name ? " " : "", number);
}

static bool names_fit(const Chart *chart, const ChartSpec *spec) {
    float room = chart->rect.w - chart->title_w - 24 * ui_scale();
    for (int i = 0; i < CURVES && spec->curve[i].name; i++) room -= chart_name_width(spec->curve[i].name);
    return room >= 0;
}

/* Names of the curves, with their values at the day looked at where there is room. */
static void draw_names(Chart *chart, const ChartSpec *spec, const Observation *row, bool small) {
    float room = chart->rect.w - chart->title_w - 24 * ui_scale();
    char text[CURVES][64];
    for (int i = 0; i < CURVES && spec->curve[i].name; i++) {
        name_text(&spec->curve[i], row, !small, text[i]);
        room -= chart_name_width(text[i]);
    }
    bool fit = room >= 0 || names_fit(chart, spec);
    for (int i = CURVES - 1; i >= 0; i--) {
        const Curve *curve = &spec->curve[i];
        UiColour colour = chart->look->role[curve->role];
        if (curve->name && fit) chart_name(chart, room >= 0 ? text[i] : curve->name, colour, false);
        if (curve->name && !fit) chart_name_alone(chart, curve->name, colour);
    }
}

void charts_draw(Viewer *viewer, int which, UiRect rect, bool below, double looked_at_day) {
    const ChartSpec *spec = &specs[which];
    bool small = rect.w < 290 * ui_scale(), brief = rect.w < 400 * ui_scale();
    double day = isnan(looked_at_day) ? viewer->status.time_h / 24 : looked_at_day;
    Chart chart;
    ChartAxis values = axis_of(spec, viewer);
    if (brief) values.unit = NULL; /* no room for it */
    chart_begin(&chart, viewer->look, rect, brief ? spec->brief : spec->title, charts_days(viewer), values,
                below);
    draw_names(&chart, spec, row_at(viewer, day), small);
    for (int i = 0; i < LEVELS && spec->level[i].name; i++)
        chart_level(&chart, spec->level[i].y, brief ? "" : spec->level[i].name,
                    viewer->look->role[LOOK_LIMIT]);
    draw_branches(&chart, spec, viewer);
    chart_mark(&chart, viewer->status.time_h / 24, viewer->look->theme.text, ui_scale());
    if (!isnan(looked_at_day)) chart_mark(&chart, looked_at_day, viewer->look->theme.accent, ui_scale());
    ui_name(spec->title, rect);
}

ChartAxis charts_days(const Viewer *viewer) {
    return (ChartAxis){0, fmax(viewer->status.until_h / 24, 1e-3), false, "days"};
}
