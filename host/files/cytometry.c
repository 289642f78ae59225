#include "files/cytometry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kernels/cytometer.h"

_Static_assert((int)CYTOMETER_BLAST == (int)KIND_BLAST && (int)CYTOMETER_PRECURSOR == (int)KIND_PRECURSOR &&
                   (int)CYTOMETER_MATURE == (int)KIND_MATURE,
               "kernels and host count kinds alike");

CellSignals cytometry_signals(const Snapshot *s, size_t i) {
    const Agents *a = &s->agents;
    u32 low = a->word[WORD_ID_LOW][i], high = a->word[WORD_ID_HIGH][i];
    f32 bound = a->real[REAL_BOUND][i], surface = a->real[REAL_CD22][i] + bound;
    Scatter scatter =
        cytometer_scatter(low, high, s->cls[a->cls[i]].kind, a->real[REAL_CLOCK][i], agent_dying(a, i));
    return (CellSignals){
        .fsc = scatter.fsc,
        .ssc = scatter.ssc,
        .cd22 = cytometer_signal(low, high, INSTRUMENT_CD22, surface, GLOW_CD22),
        .cd22_unstained = cytometer_signal(low, high, INSTRUMENT_CD22, 0, GLOW_CD22),
        .bound = cytometer_signal(low, high, INSTRUMENT_BOUND, bound, GLOW_BOUND),
        .bound_unstained = cytometer_signal(low, high, INSTRUMENT_BOUND, 0, GLOW_BOUND),
    };
}

/* ---- gates ---- */

typedef struct Weighted {
    double value, weight;
} Weighted;

/* One channel's values, stained and not, of the cells in the gate. */
typedef struct Channel {
    Weighted *stained, *unstained;
    size_t count;
    double weight;
} Channel;

static int by_value(const void *a, const void *b) {
    const Weighted *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* The value below which `share` of the weight lies; `list` is in order. */
static double quantile(const Weighted *list, size_t count, double weight, double share) {
    double below = 0;
    for (size_t i = 0; i < count; i++) {
        below += list[i].weight;
        if (below >= share * weight) return list[i].value;
    }
    return count ? list[count - 1].value : (double)NAN;
}

/* By what lies below, so that none there is exactly all above. */
static double share_above(const Channel *c, double threshold) {
    double below = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->stained[i].value <= threshold) below += c->stained[i].weight;
    return 1 - below / c->weight;
}

static ChannelGate channel_gate(Channel *c) {
    if (c->count == 0) return (ChannelGate){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    qsort(c->stained, c->count, sizeof *c->stained, by_value);
    qsort(c->unstained, c->count, sizeof *c->unstained, by_value);
    ChannelGate g = {.threshold = quantile(c->unstained, c->count, c->weight, 0.99),
                     .unstained_median = quantile(c->unstained, c->count, c->weight, 0.5),
                     .p5 = quantile(c->stained, c->count, c->weight, 0.05),
                     .median = quantile(c->stained, c->count, c->weight, 0.5),
                     .p95 = quantile(c->stained, c->count, c->weight, 0.95)};
    g.positive_percent = 100 * share_above(c, g.threshold);
    g.mfi_ratio = g.median / g.unstained_median;
    return g;
}

static void channel_add(Channel *c, double stained, double unstained, double weight) {
    c->stained[c->count] = (Weighted){stained, weight};
    c->unstained[c->count++] = (Weighted){unstained, weight};
    c->weight += weight;
}

static bool in_gate(const Snapshot *s, size_t i) {
    return s->cls[s->agents.cls[i]].kind == KIND_BLAST && !agent_dying(&s->agents, i);
}

static void channels_fill(const Snapshot *s, Channel *cd22, Channel *bound) {
    for (size_t i = 0; i < s->agents.count; i++) {
        if (!in_gate(s, i)) continue;
        CellSignals e = cytometry_signals(s, i);
        channel_add(cd22, e.cd22, e.cd22_unstained, s->weight[i]);
        channel_add(bound, e.bound, e.bound_unstained, s->weight[i]);
    }
}

/* As share_above: by what is not above both. */
static double share_above_both(const Snapshot *s, const Gates *g) {
    double others = 0;
    for (size_t i = 0; i < s->agents.count; i++) {
        if (!in_gate(s, i)) continue;
        CellSignals e = cytometry_signals(s, i);
        if (e.cd22 <= g->cd22.threshold || e.bound <= g->bound.threshold) others += s->weight[i];
    }
    return 1 - others / g->blasts_cells;
}

/* From the counts of the whole population, not of the sample. */
static double marrow_fraction(const Snapshot *s) {
    double blasts = 0;
    for (int c = 0; c < s->class_count; c++)
        if (s->cls[c].kind == KIND_BLAST && !s->cls[c].in_vessel)
            blasts += (double)s->cls[c].living * (double)s->cls[c].weight;
    double all = blasts + s->normal_marrow_cells;
    return all > 0 ? blasts / all : 0;
}

MrdAssay gates_assay(const Snapshot *s) {
    MrdAssay assay = mrd_assay_usual;
    Config config;
    config_default(&config);
    if (config_load_text(&config, "config", s->config, strlen(s->config)) == STATUS_OK)
        assay.events = config.clinic.mrd_events;
    return assay;
}

Status gates_measure(const Snapshot *s, const MrdAssay *assay, Gates *out) {
    size_t room = s->agents.count + 1;
    Weighted *memory = malloc(4 * room * sizeof *memory);
    REQUIRE(memory, STATUS_FAILED, "gates: no memory for %zu cells", s->agents.count);
    Channel cd22 = {memory, memory + room, 0, 0}, bound = {memory + 2 * room, memory + 3 * room, 0, 0};
    channels_fill(s, &cd22, &bound);
    *out = (Gates){.time_h = s->time_h,
                   .blast_events = (i64)cd22.count,
                   .blasts_cells = cd22.weight,
                   .marrow_fraction = marrow_fraction(s),
                   .cd22 = channel_gate(&cd22),
                   .bound = channel_gate(&bound)};
    free(memory);
    out->both_positive_percent = out->blast_events ? 100 * share_above_both(s, out) : (double)NAN;
    MrdSample sample = {.seed = (u64)s->seed, .patient = 0, .sample = 1 + (u32)s->time_h}; /* as the clinic */
    out->mrd = mrd_measure(assay, out->marrow_fraction, sample);
    return STATUS_OK;
}

/* ---- gates.csv ---- */

static const char *const channel_names[] = {
    "threshold_molecules", "positive_percent",           "p5_molecules", "median_molecules",
    "p95_molecules",       "unstained_median_molecules", "mfi_ratio",
};
enum { CHANNEL_NUMBERS = sizeof channel_names / sizeof channel_names[0] };

void gates_write_header(FILE *out) {
    fputs("time_h,blast_events,blasts_cells,marrow_blast_fraction", out);
    for (int i = 0; i < CHANNEL_NUMBERS; i++) fprintf(out, ",cd22_%s", channel_names[i]);
    for (int i = 0; i < CHANNEL_NUMBERS; i++) fprintf(out, ",bound_%s", channel_names[i]);
    fputs(",both_positive_percent,mrd_events,mrd_blast_events,mrd_fraction,mrd_lod,mrd_loq,mrd_reported,mrd_"
          "negative\n",
          out);
}

static void number(double value, FILE *out) {
    char text[TEXT_NUMBER];
    fprintf(out, ",%s", text_number(value, text));
}

static void channel_write(const ChannelGate *g, FILE *out) {
    const double numbers[CHANNEL_NUMBERS] = {g->threshold, g->positive_percent, g->p5,       g->median,
                                             g->p95,       g->unstained_median, g->mfi_ratio};
    for (int i = 0; i < CHANNEL_NUMBERS; i++) number(numbers[i], out);
}

void gates_write(const Gates *g, FILE *out) {
    char text[TEXT_NUMBER], reported[16];
    fprintf(out, "%s,%lld", text_number(g->time_h, text), (long long)g->blast_events);
    number(g->blasts_cells, out);
    number(g->marrow_fraction, out);
    channel_write(&g->cd22, out);
    channel_write(&g->bound, out);
    number(g->both_positive_percent, out);
    fprintf(out, ",%lld,%lld", (long long)g->mrd.events, (long long)g->mrd.blasts);
    number(g->mrd.fraction, out);
    number(g->mrd.lod, out);
    number(g->mrd.loq, out);
    fprintf(out, ",%s,%d\n", mrd_text(&g->mrd, reported), mrd_negative(&g->mrd));
}
