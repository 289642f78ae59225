/* What a flow cytometer reports of a sample's blasts: a count among the events it saw, with the noise of
 * counting, and how little it can tell from nothing.
 *
 * The noise is Binomial(events, true share), looked up by who is measured and when, so that the same patient
 * measured on the same day gives the same answer whatever else happens. */
#ifndef MARROW_MRD_ASSAY_H
#define MARROW_MRD_ASSAY_H

#include <stdbool.h>
#include <stdint.h>

/* How a laboratory measures. 1e5 to 1e6 nucleated cells are usual; fewer than `lod_events` blasts are noise,
 * fewer than `loq_events` are there but not worth a number (10 and 40: EuroFlow for B-cell ALL, Theunissen
 * 2017, Blood 129:347, M). */
typedef struct MrdAssay {
    int64_t events, lod_events, loq_events;
} MrdAssay;

extern const MrdAssay mrd_assay_usual; /* 1e6, 10, 40: detects 1e-5, quantifies 4e-5 */

/* Below this share of nucleated marrow cells a patient is MRD-negative. */
#define MRD_NEGATIVE 1e-4

/* Whose sample, which: two samples of one patient differ in `sample`, for example in the hour it was taken.
 */
typedef struct MrdSample {
    uint64_t seed;
    uint32_t patient, sample;
} MrdSample;

typedef struct MrdResult {
    int64_t events, blasts; /* counted */
    double fraction;        /* blasts over events, whatever the limits say */
    double lod, loq;        /* limits of detection and of quantification, as fractions */
    bool detected, quantified;
} MrdResult;

/* `fraction`: the true share of blasts among nucleated marrow cells, 0 to 1. */
MrdResult mrd_measure(const MrdAssay *assay, double fraction, MrdSample sample);

/* Below 1e-4, or not detected by an assay that can see 1e-4. */
bool mrd_negative(const MrdResult *result);

/* "<LOD", "<LOQ", or the fraction; as it is reported. Returns `out`. */
const char *mrd_text(const MrdResult *result, char out[16]);

#endif
