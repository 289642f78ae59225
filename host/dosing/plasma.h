/* Plasma, marrow interstitium and the drug the cells take from them, by SUNDIALS CVODE (docs/model.md
 * sections 2 and 3).
 *
 * One call carries everything through one interval of the simulation. Cells enter as class totals
 * of free and bound CD22, which obey the same linear equations as one cell, so that the coupling is
 * exact inside the interval. What comes out beside the new amounts is the concentration at quadrature
 * nodes, from which flow.h makes each class's map. */
#ifndef MARROW_PLASMA_H
#define MARROW_PLASMA_H

#include "config/patient.h"
#include "dosing/dosing.h"
#include "dosing/room.h"

enum { PLASMA_EXCHANGES = 32, PLASMA_STEPS = 256 };

/* Amounts in nmol of conjugate; cells in cells. Starts zeroed but for normal. */
typedef struct PlasmaState {
    double time_h;
    double central_nmol, peripheral_nmol;
    double given_nmol, cleared_nmol;
    double taken_nmol;   /* net uptake by exchanging cells since time zero: given = central + peripheral +
                            cleared + taken + reset */
    double reset_nmol;   /* removed by EVID 3/4 */
    double auc_nm_h;     /* central concentration integrated since time zero, nM h */
    NormalMarrow normal; /* M of docs/model.md section 3 */
    double first_dose_h; /* start of the first input; means something once given_nmol > 0 */
} PlasmaState;

typedef enum Place { PLACE_MARROW, PLACE_PLASMA } Place;

/* One class of cells that exchanges drug with its surroundings. Totals over the class, in nmol. */
typedef struct PlasmaExchange {
    Place place;
    double exposure; /* factor on the place's concentration [1] */
    double kon_per_nm_h, koff_per_h, kturn_per_h;
    double removal_per_h;                        /* (1 - f_rec) kint */
    double free_nmol, bound_nmol, setpoint_nmol; /* totals of R, C, R0 at the start */
    double free_loss_per_h, bound_loss_per_h;    /* expected loss with dying cells at the interval's start, */
    double free_loss_slope, bound_loss_slope;    /* and how it changes over the interval, 1/h2 */
    double setpoint_growth_per_h;                /* births less deaths, of the total of R0 */
} PlasmaExchange;

/* Marrow's own numbers over the interval, for normal marrow and the exchange. */
typedef struct PlasmaMarrow {
    double blasts_cells;       /* N in marrow, uncommitted, at the start */
    double blasts_slope_per_h; /* its expected slope over the interval (cells/h) */
    MarrowRoom room;
} PlasmaMarrow;

/* A stretch of the interval and the concentrations (nM) at its two Gauss nodes. */
typedef struct PlasmaStep {
    double length_h;
    double plasma_nm[2], marrow_nm[2];
} PlasmaStep;

typedef struct PlasmaPath {
    int count;
    PlasmaStep steps[PLASMA_STEPS];
} PlasmaPath;

typedef struct Plasma Plasma; /* solver and its memory */

Status plasma_create(Plasma **out, const PlasmaParams *params);
void plasma_destroy(Plasma *plasma); /* accepts NULL */

/* Carries `state` from state->time_h by dt_h. Doses come from `dosing` segment by segment (NULL: none;
 * segments may start inside the interval). In the mechanistic model exchanges draw on the central compartment
 * (marrow through PS and Kp, quasi-steady; PLACE_PLASMA directly); in the empirical model they see the
 * concentrations, marrow's included, but draw nothing; in the constant model both concentrations are
 * params.constant_nm and amounts stay. Errors: STATUS_FAILED when CVODE gives up (time and flag named). */
Status plasma_advance(Plasma *plasma, PlasmaState *state, Dosing *dosing, double blast_fraction,
                      const PlasmaExchange *exchanges, int exchange_count, const PlasmaMarrow *marrow,
                      double dt_h, PlasmaPath *path);

/* Marrow concentration now, nM, from the quasi-steady balance (docs/model.md section 3). */
double plasma_marrow_nm(const Plasma *plasma, const PlasmaState *state, const PlasmaExchange *exchanges,
                        int exchange_count);

#endif
