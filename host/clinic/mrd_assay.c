#include "clinic/mrd_assay.h"

#include <math.h>
#include <stdio.h>

#include "kernels/rng.h"

const MrdAssay mrd_assay_usual = {.events = 1000000, .lod_events = 10, .loq_events = 40};

/* In (0, 1), 53 bits: with fewer, rare blasts would come in lumps. */
static double unit(const MrdSample *s, uint32_t turn) {
    Luck luck = philox((u32)s->seed, (u32)(s->seed >> 32), s->patient, s->sample, turn, PURPOSE_ASSAY);
    uint64_t bits = ((uint64_t)luck.a << 32 | luck.b) >> 11;
    return ((double)bits + 0.5) / 9007199254740992.0;
}

/* Binomial by waiting times: the next event of the kind comes after a geometric number of others. Takes as
 * many look-ups as it counts, so the rarer kind is counted. */
static int64_t count_rare(int64_t events, double fraction, const MrdSample *sample) {
    double others = log1p(-fraction), seen = 0;
    int64_t count = 0;
    if (fraction <= 0) return 0;
    for (uint32_t turn = 0;; turn++) {
        seen += floor(log(unit(sample, turn)) / others) + 1;
        if (seen > (double)events) return count;
        count++;
    }
}

static int64_t count_blasts(int64_t events, double fraction, const MrdSample *sample) {
    return fraction > 0.5 ? events - count_rare(events, 1 - fraction, sample)
                          : count_rare(events, fraction, sample);
}

MrdResult mrd_measure(const MrdAssay *assay, double fraction, MrdSample sample) {
    double events = (double)assay->events;
    MrdResult r = {.events = assay->events,
                   .lod = (double)assay->lod_events / events,
                   .loq = (double)assay->loq_events / events};
    r.blasts = count_blasts(assay->events, fmin(fmax(fraction, 0), 1), &sample);
    r.fraction = (double)r.blasts / events;
    r.detected = r.blasts >= assay->lod_events;
    r.quantified = r.blasts >= assay->loq_events;
    return r;
}

bool mrd_negative(const MrdResult *r) {
    return r->fraction < MRD_NEGATIVE && (r->detected || r->lod <= MRD_NEGATIVE);
}

const char *mrd_text(const MrdResult *r, char out[16]) {
    if (r->quantified)
        snprintf(out, 16, "%.3g", r->fraction);
    else
        snprintf(out, 16, "%s", r->detected ? "<LOQ" : "<LOD");
    return out;
}
