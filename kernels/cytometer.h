/* What a flow cytometer would show of a cell beside the molecules that are simulated: how it scatters light,
 * how it glows of itself, and how unevenly it stains. Proxies, looked up by identity: nothing of the
 * simulation hangs on them, and the same cell looks the same at every moment it does not change.
 *
 * Forward scatter goes as the square of the diameter (blasts 12 um, precursors 9, mature B cells 7.5, A) and
 * grows with the volume through the cycle, from 1 to 2; side scatter is a kind's own. Dying cells are smaller
 * and more granular. Units are those of an 18-bit instrument, 0 to 262143. Spreads are coefficients of
 * variation as cytometers show them (A). */
#ifndef MARROW_CYTOMETER_H
#define MARROW_CYTOMETER_H

#include "rng.h"

#define CYTOMETER_TOP 262143.0f
#define FSC_PER_UM2 600.0f
#define FSC_SPREAD 0.08f
#define SSC_SPREAD 0.22f
#define DYING_FSC 0.55f
#define DYING_SSC 1.9f
#define STAIN_SPREAD 0.06f
#define GLOW_SPREAD 0.40f /* SD of the logarithm */

/* Kinds of cells, as CellKind in host/sim/classes.h. */
enum { CYTOMETER_BLAST, CYTOMETER_PRECURSOR, CYTOMETER_MATURE };

/* Pairs of normal luck of one cell; `glow` and `stain` take one pair a channel. */
enum { INSTRUMENT_SCATTER, INSTRUMENT_CD22, INSTRUMENT_BOUND, INSTRUMENT_CHANNELS };

typedef struct Scatter {
    f32 fsc, ssc;
} Scatter;

DEVICE_FN f32 instrument_clip(f32 x) {
    return x < 1.0f ? 1.0f : x > CYTOMETER_TOP ? CYTOMETER_TOP : x;
}

/* `cycle_left`: what is left of the cycle, in mean cycles (REAL_CLOCK); only living blasts have one. */
DEVICE_FN Scatter cytometer_scatter(u32 id_low, u32 id_high, u32 kind, f32 cycle_left, u32 dying) {
    Luck luck = philox(0u, 0u, id_low, id_high, INSTRUMENT_SCATTER, PURPOSE_INSTRUMENT);
    f32 d_um = kind == CYTOMETER_BLAST ? 12.0f : kind == CYTOMETER_PRECURSOR ? 9.0f : 7.5f;
    f32 granules = kind == CYTOMETER_BLAST ? 26000.0f : kind == CYTOMETER_PRECURSOR ? 18000.0f : 21000.0f;
    f32 done = kind != CYTOMETER_BLAST || dying || cycle_left > 1.0f ? 0.0f : 1.0f - cycle_left;
    f32 grown = num_power(1.0f + done, 2.0f / 3.0f);
    Scatter s;
    s.fsc = FSC_PER_UM2 * d_um * d_um * grown * num_exp(FSC_SPREAD * num_normal(luck_unit(luck.a)));
    s.ssc = granules * grown * num_exp(SSC_SPREAD * num_normal(luck_unit(luck.b)));
    s.fsc = instrument_clip(dying ? DYING_FSC * s.fsc : s.fsc);
    s.ssc = instrument_clip(dying ? DYING_SSC * s.ssc : s.ssc);
    return s;
}

/* A stained channel's signal in molecules: what binds the stain, unevenly, and the cell's own glow, whose
 * median is `glow`. With no molecules it is the unstained control. */
DEVICE_FN f32 cytometer_signal(u32 id_low, u32 id_high, u32 channel, f32 molecules, f32 glow) {
    Luck luck = philox(0u, 0u, id_low, id_high, channel, PURPOSE_INSTRUMENT);
    f32 stained = molecules * num_exp(STAIN_SPREAD * num_normal(luck_unit(luck.a)));
    return stained + glow * num_exp(GLOW_SPREAD * num_normal(luck_unit(luck.b)));
}

/* The glow of cells where CD22 and bound conjugate are measured, in molecules (A: some hundred MESF). */
#define GLOW_CD22 150.0f
#define GLOW_BOUND 150.0f

#endif
