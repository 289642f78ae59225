/* The flow map of one cell's five equations over one interval (docs/model.md sections 4 and 5):
 *   x(t+dt) = phi x(t) + inflow R0,   x = (R, C, E, P, D). */
#ifndef MARROW_FLOW_H
#define MARROW_FLOW_H

#include "dosing/plasma.h"

enum { FLOW_R, FLOW_C, FLOW_E, FLOW_P, FLOW_D, FLOW_STATES };

/* Rates of one class. Symbols as in docs/model.md section 4. */
typedef struct FlowRates {
    double kon_per_nm_h, koff_per_h, kturn_per_h, kint_per_h, recycled_fraction;
    double klys_per_h, dar, keff_per_h, kact_per_h, f_dna, krep_per_h;
    Place place;
    double exposure; /* factor on the place's concentration */
} FlowRates;

typedef struct FlowMap {
    double phi[FLOW_STATES][FLOW_STATES]; /* zero above the R-C block and the lower triangle */
    double inflow[FLOW_STATES];
    /* integral of klys*E over the interval: degraded . x(t) + degraded_inflow R0, in conjugates per cell */
    double degraded[FLOW_STATES];
    double degraded_inflow;
} FlowMap;

/* Integrates along the path (4th-order Magnus on each step, matrix exponential by scaled Taylor). To 1e-9 of
 * the direct solution for rates of docs/model.md and any dt up to 24 h. */
void flow_map(const FlowRates *rates, const PlasmaPath *path, FlowMap *map);

/* A path of constant concentration (both places), for tests and cells in vitro. */
void flow_constant_path(double concentration_nm, double dt_h, PlasmaPath *path);

#endif
