/* A snapshot as a flow cytometer would see it, and what a laboratory reads off it.
 *
 * Each row is one event, as if every agent were one cell in the tube; its weight says how many real cells it
 * stands for, and all shares and medians below count with it. Scatter, uneven staining and the cells' own
 * glow are proxies, looked up by identity (kernels/cytometer.h). */
#ifndef MARROW_CYTOMETRY_H
#define MARROW_CYTOMETRY_H

#include "clinic/mrd_assay.h"
#include "files/snapshot.h"

/* Signals are in molecules; `unstained` is the same cell without the stain. */
typedef struct CellSignals {
    double fsc, ssc;
    double cd22,
        cd22_unstained; /* all CD22 on the surface, by an antibody that the conjugate does not hinder */
    double bound, bound_unstained; /* conjugate on the surface, by an antibody against human IgG */
} CellSignals;

CellSignals cytometry_signals(const Snapshot *snapshot, size_t i);

/* One stained channel over the living blasts of marrow and blood. NaN without blasts. */
typedef struct ChannelGate {
    double threshold;        /* 99th percentile of the unstained control: below it a cell is negative */
    double positive_percent; /* of the blasts */
    double p5, median, p95;  /* of the stained blasts */
    double unstained_median;
    double mfi_ratio; /* median stained over median unstained */
} ChannelGate;

typedef struct Gates {
    double time_h;
    i64 blast_events;       /* rows: living blasts */
    double blasts_cells;    /* that they stand for */
    double marrow_fraction; /* living blasts over nucleated marrow cells: the truth that MRD is measured of */
    ChannelGate cd22, bound;
    double both_positive_percent; /* of the blasts: positive in both */
    MrdResult mrd;
} Gates;

/* The assay of the snapshot's config (clinic.mrd_events); the usual one where another version wrote the
 * config. */
MrdAssay gates_assay(const Snapshot *snapshot);

/* STATUS_FAILED: out of memory. The same snapshot gives the same gates, and the MRD count is the
 * clinic's of that hour.
 */
Status gates_measure(const Snapshot *snapshot, const MrdAssay *assay, Gates *out);

/* gates.csv: the header line, and one row; an empty field where there is nothing to measure. */
void gates_write_header(FILE *out);
void gates_write(const Gates *gates, FILE *out);

#endif
