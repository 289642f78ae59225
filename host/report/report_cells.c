#include "report/report_cells.h"

#include <math.h>
#include <string.h>

#include "files/cytometry.h"
#include "files/snapshot_read.h"
#include "report/gnuplot.h"
#include "report/report_html.h"

enum { SHOWN = 3, DOTS = 400 }; /* snapshots with plots; dots of a kind in each */

/* What dots tell apart, in the order they are drawn: those behind first. */
typedef enum DotKind { DOT_DYING, DOT_PRECURSOR, DOT_MATURE, DOT_BLAST, DOT_KINDS } DotKind;
static const char *const dot_names[] = {"dying", "B precursors", "mature B", "blasts"};
/* Okabe and Ito's colours, as in report_plots.c. */
static const char *const dot_colours[] = {"#999999", "#009e73", "#0072b2", "#d55e00"};

static DotKind kind_of(const Snapshot *s, size_t i) {
    if (agent_dying(&s->agents, i)) return DOT_DYING;
    switch (s->cls[s->agents.cls[i]].kind) {
    case KIND_BLAST: return DOT_BLAST;
    case KIND_PRECURSOR: return DOT_PRECURSOR;
    default: return DOT_MATURE;
    }
}

/* One plot: CD22 across, and up what is named. */
typedef struct FlowPlot {
    const char *title, *up;
    double from, to; /* of the upward axis */
    bool bound;      /* up is the conjugate's channel, with a gate of its own; else side scatter */
} FlowPlot;

static const FlowPlot flow_plots[] = {
    {"CD22 and side scatter", "SSC-A", 4e3, 3e5, false},
    {"CD22 and conjugate on the surface", "conjugate, molecules", 20, 3e4, true},
};
enum { FLOW_PLOTS = sizeof flow_plots / sizeof flow_plots[0] };

/* Marks of points would need ids, so a dot is a line too short to be seen as one, with round ends. */
static void dot(FILE *script, double x, double y) {
    fprintf(script, "%.5g %.5g\n%.5g %.5g\n\n", x, y, 1.006 * x, y);
}

/* At most DOTS of a kind, evenly over the order of identities, which is no order of anything else. */
static void dots(FILE *script, const Snapshot *s, const FlowPlot *plot, DotKind kind) {
    size_t count = 0, seen = 0, drawn = 0;
    for (size_t i = 0; i < s->agents.count; i++) count += kind_of(s, i) == kind;
    fprintf(script, "$dots%d << END\n", (int)kind);
    for (size_t i = 0; i < s->agents.count; i++) {
        if (kind_of(s, i) != kind || (seen++ * DOTS) / (count > DOTS ? count : DOTS) < drawn) continue;
        CellSignals e = cytometry_signals(s, i);
        dot(script, e.cd22, plot->bound ? e.bound : e.ssc);
        drawn++;
    }
    fputs("END\n", script);
}

static void axes(FILE *script, const FlowPlot *plot, int name) {
    fprintf(
        script,
        "set terminal svg size 520,400 dynamic rounded name 'f%d' font 'sans-serif,14' background '#ffffff'\n"
        "set encoding utf8\nset border 3\nset tics nomirror\nset logscale xy\nset format xy '10^{%%T}'\n"
        "set xrange [30:3e5]\nset yrange [%g:%g]\nset xlabel 'CD22-A, molecules'\nset ylabel '%s'\n"
        "set key outside top center horizontal\n",
        name, plot->from, plot->to, plot->up);
}

static const char gate_line[] = "nohead lw 1.5 dt 2 lc rgb '#333333'";

/* Gates, and the share of blasts in each part. */
static void gate_lines(FILE *script, const FlowPlot *plot, const Gates *g) {
    if (isnan(g->cd22.threshold)) return;
    /* Rounding may leave a part a hair below nothing. */
    double both = g->both_positive_percent, cd22 = g->cd22.positive_percent,
           bound = g->bound.positive_percent;
    fprintf(script, "set arrow from %g, graph 0 to %g, graph 1 %s\n", g->cd22.threshold, g->cd22.threshold,
            gate_line);
    if (plot->bound) {
        fprintf(script, "set arrow from graph 0, first %g to graph 1, first %g %s\n", g->bound.threshold,
                g->bound.threshold, gate_line);
        fprintf(script,
                "set label '%.1f %%' at graph 0.98, graph 0.95 right\nset label '%.1f %%' at graph 0.03, "
                "graph 0.95\n"
                "set label '%.1f %%' at graph 0.98, graph 0.07 right\nset label '%.1f %%' at graph 0.03, "
                "graph 0.07\n",
                both, fmax(0, bound - both), fmax(0, cd22 - both), fmax(0, 100 - cd22 - bound + both));
    } else
        fprintf(script,
                "set label 'CD22+: %.1f %%' at graph 0.98, graph 0.95 right\n"
                "set label '%.1f %%' at graph 0.03, graph 0.95\n",
                cd22, fmax(0, 100 - cd22));
}

static void curves(FILE *script) {
    for (int kind = 0; kind < DOT_KINDS; kind++)
        fprintf(script, "%s$dots%d using 1:2 with lines lw 2.6 lc rgb '%s' notitle", kind ? ", " : "plot ",
                kind, dot_colours[kind]);
    for (int kind = DOT_KINDS - 1; kind >= 0; kind--)
        fprintf(script, ", NaN with lines lw 6 lc rgb '%s' title '%s'", dot_colours[kind], dot_names[kind]);
    fputc('\n', script);
}

static Status plot_write(FILE *out, const Snapshot *s, const Gates *gates, const FlowPlot *flow, int name) {
    Gnuplot plot = {0};
    char title[128];
    Status status = gnuplot_open(&plot);
    if (status == STATUS_OK) {
        axes(plot.script, flow, name);
        for (int kind = 0; kind < DOT_KINDS; kind++) dots(plot.script, s, flow, (DotKind)kind);
        gate_lines(plot.script, flow, gates);
        curves(plot.script);
        snprintf(title, sizeof title, "Day %.4g: %s", s->time_h / 24, flow->title);
        status = gnuplot_figure(&plot, out, title);
    }
    gnuplot_close(&plot);
    return status;
}

/* ---- which days ---- */

/* The first, the last, and those evenly between. */
static bool shown(int index, int count) {
    int most = count < SHOWN ? count : SHOWN;
    for (int i = 0; i < most; i++)
        if (index == (most == 1 ? 0 : (int)lround((double)i * (count - 1) / (most - 1)))) return true;
    return false;
}

static Status plots_of(FILE *out, const char *folder, const SnapshotList *list, int index) {
    Snapshot s;
    Gates gates;
    TRY(snapshot_read(&s, folder, list->entries[index].number));
    const MrdAssay assay = gates_assay(&s);
    Status status = gates_measure(&s, &assay, &gates);
    for (int i = 0; status == STATUS_OK && i < FLOW_PLOTS; i++)
        status = plot_write(out, &s, &gates, &flow_plots[i], FLOW_PLOTS * index + i);
    snapshot_destroy(&s);
    return status;
}

static Status plots_write(FILE *out, const char *folder, const SnapshotList *list) {
    fputs("<div class=\"plots\">\n", out);
    for (int i = 0; i < list->count; i++)
        if (shown(i, list->count)) TRY(plots_of(out, folder, list, i));
    fprintf(out,
            "</div>\n<p>At most %d cells of a kind in each plot, so dots do not show how many there are of "
            "one kind "
            "beside another; percentages are of living blasts and count the real cells that agents stand "
            "for. Dashed: "
            "99th percentile of the unstained control. Scatter, glow and staining are proxies.</p>\n",
            DOTS);
    return STATUS_OK;
}

/* ---- the table ---- */

/* With `decimals` behind the point; below 0: so many digits that count. */
static void number(FILE *out, double value, int decimals) {
    fputs("<td>", out);
    if (isnan(value))
        fputs("–", out);
    else if (decimals < 0)
        html_number(out, value, -decimals);
    else
        fprintf(out, "%.*f", decimals, value);
    fputs("</td>", out);
}

static void row_write(FILE *out, const Gates *g) {
    char reported[16];
    const char *text = mrd_text(&g->mrd, reported);
    fputs("<tr>", out);
    number(out, g->time_h / 24, -4);
    number(out, g->blasts_cells, -3);
    number(out, g->cd22.positive_percent, 1);
    number(out, g->cd22.median, 0);
    number(out, g->cd22.mfi_ratio, 1);
    number(out, g->bound.positive_percent, 1);
    number(out, g->bound.median, 0);
    number(out, g->marrow_fraction, -3);
    fprintf(out, "<td>%lld of %lld</td><td>%s%s</td></tr>\n", (long long)g->mrd.blasts,
            (long long)g->mrd.events, *text == '<' ? "&lt;" : "", *text == '<' ? text + 1 : text);
}

static Status table_write(FILE *out, const char *folder, const SnapshotList *list) {
    fputs(
        "<div class=\"table gates\"><table><thead><tr><th>day</th><th>blasts</th><th>CD22+, %</th>"
        "<th>CD22, median</th><th>MFI ratio</th><th>conjugate+, %</th><th>conjugate, median</th>"
        "<th>true share in marrow</th><th>blasts, of events</th><th>MRD reported</th></tr></thead><tbody>\n",
        out);
    for (int i = 0; i < list->count; i++) {
        Snapshot s;
        Gates gates;
        TRY(snapshot_read(&s, folder, list->entries[i].number));
        const MrdAssay assay = gates_assay(&s);
        Status status = gates_measure(&s, &assay, &gates);
        snapshot_destroy(&s);
        TRY(status);
        row_write(out, &gates);
    }
    fprintf(
        out,
        "</tbody></table></div>\n<p>Medians in molecules. Limit of detection %lld events, of quantification "
        "%lld.</p>\n",
        (long long)mrd_assay_usual.lod_events, (long long)mrd_assay_usual.loq_events);
    return STATUS_OK;
}

Status report_cells_write(FILE *out, const char *folder) {
    SnapshotList list;
    TRY(snapshot_list(&list, folder));
    Status status = STATUS_OK;
    if (list.count > 0) {
        fputs("<h2>Flow cytometry</h2>\n", out);
        status = plots_write(out, folder, &list);
        if (status == STATUS_OK) status = table_write(out, folder, &list);
    }
    snapshot_list_destroy(&list);
    return status;
}
