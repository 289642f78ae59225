#include "dosing/plasma.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

/* What CVODE carries: nmol, the AUC in nM h, then free and bound CD22 of each exchange in nmol. What leaves
 * one of the first four enters another, so that the drug balance holds to rounding, not to tolerance. */
enum { CENTRAL, PERIPHERAL, CLEARED, TAKEN, AUC, FIRST_TOTAL };
enum { MOST_STATES = FIRST_TOTAL + 2 * PLASMA_EXCHANGES };

static const double relative_tolerance = 1e-10;
static const double absolute_tolerance = 1e-11; /* nmol: a dose is about 9, one cell's CD22 about 6e-12 */
static const long most_solver_steps = 100000;

/* An interval's flow maps, made from equal steps of h hours, err by map_error_factor * slope * h^4 an hour;
 * slope in nM/h. The factor was measured with the rates of docs/model.md, the first infusion being the worst.
 */
static const double map_error_per_h = 1e-9;
static const double map_error_factor = 1e-3;
static const double longest_step_h = 1.0;

struct Plasma {
    PlasmaParams params;
    SUNContext context;
    SUNNonlinearSolver fixed_point;
    void *cvode;
    N_Vector y;
    int exchange_count;  /* y is as long as these need */
    char complaint[256]; /* CVODE's own words about its last error */
    /* the segment being solved, read by the right-hand side; times from the segment's start */
    const PlasmaExchange *exchanges;
    double rate_nmol_per_h;
    double since_first_dose_h, since_interval_h;
};

static void keep_complaint(int code, const char *module, const char *function, char *text, void *user) {
    (void)code, (void)module;
    Plasma *plasma = user;
    snprintf(plasma->complaint, sizeof plasma->complaint, "%s: %s", function, text);
}

/* What cells of the marrow do to its concentration: uptake_l_per_h times it, less release_nmol_per_h. */
typedef struct MarrowPull {
    double uptake_l_per_h, release_nmol_per_h;
} MarrowPull;

/* Linear in the totals, so that slopes of the totals give the pull's slope. */
static MarrowPull marrow_pull(const PlasmaExchange *exchanges, int count, const double totals_nmol[]) {
    MarrowPull pull = {0};
    for (int i = 0; i < count; i++) {
        if (exchanges[i].place != PLACE_MARROW) continue;
        pull.uptake_l_per_h += exchanges[i].kon_per_nm_h * exchanges[i].exposure * totals_nmol[2 * i];
        pull.release_nmol_per_h += exchanges[i].koff_per_h * totals_nmol[2 * i + 1];
    }
    return pull;
}

static double marrow_nm(const PlasmaParams *p, const MarrowPull *pull, double plasma_nm) {
    return (p->ps_l_per_h * plasma_nm + pull->release_nmol_per_h) /
           (p->ps_l_per_h / p->kp + pull->uptake_l_per_h);
}

/* Writes the slopes of one class's totals; returns what it takes up, net, in nmol/h. */
static double exchange_slope(const PlasmaExchange *x, double interval_h, double local_nm,
                             const double total[2], double slope[2]) {
    double binding = x->kon_per_nm_h * x->exposure * local_nm * total[0] - x->koff_per_h * total[1];
    double setpoint_nmol = x->setpoint_nmol * exp(x->setpoint_growth_per_h * interval_h);
    double free_loss = x->free_loss_per_h + x->free_loss_slope * interval_h;
    double bound_loss = x->bound_loss_per_h + x->bound_loss_slope * interval_h;
    slope[0] = x->kturn_per_h * (setpoint_nmol - total[0]) - binding - free_loss * total[0];
    slope[1] = binding - (x->removal_per_h + bound_loss) * total[1];
    return binding;
}

static double clearance_l_per_h(const Plasma *plasma, double t_h) {
    const PlasmaParams *p = &plasma->params;
    if (p->cl2_l_per_h == 0.0) return p->cl1_l_per_h;
    return p->cl1_l_per_h + p->cl2_l_per_h * exp(-p->kdes_per_h * (plasma->since_first_dose_h + t_h));
}

static void slopes(const Plasma *plasma, double t_h, const double y[], double slope[]) {
    const PlasmaParams *p = &plasma->params;
    double cp = y[CENTRAL] / p->v1_l;
    MarrowPull pull = marrow_pull(plasma->exchanges, plasma->exchange_count, y + FIRST_TOTAL);
    double cm = marrow_nm(p, &pull, cp);
    double taken = p->ps_l_per_h * cp - p->ps_l_per_h / p->kp * cm;
    for (int i = 0; i < plasma->exchange_count; i++) {
        const PlasmaExchange *x = &plasma->exchanges[i];
        double local_nm = x->place == PLACE_PLASMA ? cp : cm;
        int at = FIRST_TOTAL + 2 * i;
        double bound = exchange_slope(x, plasma->since_interval_h + t_h, local_nm, y + at, slope + at);
        if (x->place == PLACE_PLASMA) taken += bound;
    }
    if (p->model == PK_EMPIRICAL) taken = 0.0;
    double cleared = clearance_l_per_h(plasma, t_h) * cp;
    double distributed = p->q_l_per_h * (cp - y[PERIPHERAL] / p->v2_l);
    slope[CENTRAL] = plasma->rate_nmol_per_h - cleared - distributed - taken;
    slope[PERIPHERAL] = distributed;
    slope[CLEARED] = cleared;
    slope[TAKEN] = taken;
    slope[AUC] = cp;
}

static int cvode_slopes(realtype t_h, N_Vector y, N_Vector slope, void *plasma) {
    slopes(plasma, t_h, NV_DATA_S(y), NV_DATA_S(slope));
    return 0;
}

static void solver_free(Plasma *plasma) {
    if (plasma->cvode) CVodeFree(&plasma->cvode);
    if (plasma->fixed_point) SUNNonlinSolFree(plasma->fixed_point);
    if (plasma->y) N_VDestroy(plasma->y);
    plasma->fixed_point = NULL;
    plasma->y = NULL;
}

static bool solver_configure(Plasma *plasma) {
    void *cvode = plasma->cvode;
    return CVodeSetErrHandlerFn(cvode, keep_complaint, plasma) == CV_SUCCESS &&
           CVodeInit(cvode, cvode_slopes, 0.0, plasma->y) == CV_SUCCESS &&
           CVodeSetUserData(cvode, plasma) == CV_SUCCESS &&
           CVodeSStolerances(cvode, relative_tolerance, absolute_tolerance) == CV_SUCCESS &&
           CVodeSetNonlinearSolver(cvode, plasma->fixed_point) == CV_SUCCESS &&
           CVodeSetMaxNumSteps(cvode, most_solver_steps) == CV_SUCCESS;
}

/* CVODE's vectors have one length for life, so a new number of exchanges is a new solver. */
static Status solver_fit(Plasma *plasma, int exchange_count) {
    if (plasma->cvode && plasma->exchange_count == exchange_count) return STATUS_OK;
    solver_free(plasma);
    plasma->exchange_count = exchange_count;
    plasma->y = N_VNew_Serial(FIRST_TOTAL + 2 * exchange_count, plasma->context);
    if (plasma->y) plasma->fixed_point = SUNNonlinSol_FixedPoint(plasma->y, 0, plasma->context);
    if (plasma->fixed_point) plasma->cvode = CVodeCreate(CV_ADAMS, plasma->context);
    bool made = plasma->cvode && solver_configure(plasma);
    if (!made) solver_free(plasma);
    REQUIRE(made, STATUS_FAILED, "plasma: CVODE could not be set up (%s); free some memory",
            plasma->complaint);
    return STATUS_OK;
}

Status plasma_create(Plasma **out, const PlasmaParams *params) {
    *out = NULL;
    Plasma *plasma = calloc(1, sizeof *plasma);
    REQUIRE(plasma, STATUS_FAILED, "plasma: out of memory; free some");
    plasma->params = *params;
    if (SUNContext_Create(NULL, &plasma->context) != 0) {
        plasma_destroy(plasma);
        return status_set(STATUS_FAILED, "plasma: SUNDIALS gave no context; check its installation");
    }
    *out = plasma;
    return STATUS_OK;
}

void plasma_destroy(Plasma *plasma) {
    if (!plasma) return;
    solver_free(plasma);
    if (plasma->context) SUNContext_Free(&plasma->context);
    free(plasma);
}

static void totals_load(double totals_nmol[], const PlasmaExchange *exchanges, int count) {
    for (int i = 0; i < count; i++) {
        totals_nmol[2 * i] = exchanges[i].free_nmol;
        totals_nmol[2 * i + 1] = exchanges[i].bound_nmol;
    }
}

static void amounts_load(double y[], const PlasmaState *state) {
    y[CENTRAL] = state->central_nmol;
    y[PERIPHERAL] = state->peripheral_nmol;
    y[CLEARED] = state->cleared_nmol;
    y[TAKEN] = state->taken_nmol;
    y[AUC] = state->auc_nm_h;
}

static void amounts_store(const double y[], PlasmaState *state) {
    state->central_nmol = y[CENTRAL];
    state->peripheral_nmol = y[PERIPHERAL];
    state->cleared_nmol = y[CLEARED];
    state->taken_nmol = y[TAKEN];
    state->auc_nm_h = y[AUC];
}

static Status solve_to(Plasma *plasma, double start_h, double t_h) {
    realtype reached_h;
    int flag = CVode(plasma->cvode, t_h, plasma->y, &reached_h, CV_NORMAL);
    REQUIRE(flag >= 0, STATUS_FAILED,
            "plasma: CVODE gave up near hour %.4f with flag %d (%s); look for extreme drug or cell rates",
            start_h + t_h, flag, plasma->complaint);
    return STATUS_OK;
}

/* A new last step, `nm` everywhere in it. */
static Status path_append(PlasmaPath *path, double length_h, double nm) {
    REQUIRE(path->count < PLASMA_STEPS, STATUS_FAILED,
            "plasma: over %d sub-steps in one interval; shorten simulation.dt_h or thin the dosing table",
            (int)PLASMA_STEPS);
    path->steps[path->count++] = (PlasmaStep){length_h, {nm, nm}, {nm, nm}};
    return STATUS_OK;
}

/* Below CVODE's tolerance amounts may come out slightly negative; a concentration may not. */
static void record_node(const Plasma *plasma, PlasmaStep *step, int node) {
    const double *y = NV_DATA_S(plasma->y);
    double cp = y[CENTRAL] / plasma->params.v1_l;
    MarrowPull pull = marrow_pull(plasma->exchanges, plasma->exchange_count, y + FIRST_TOTAL);
    step->plasma_nm[node] = fmax(cp, 0.0);
    step->marrow_nm[node] = fmax(marrow_nm(&plasma->params, &pull, cp), 0.0);
}

/* The faster of the two concentrations' slopes at the segment's start, nM/h. */
static double fastest_slope(const Plasma *plasma) {
    const double *y = NV_DATA_S(plasma->y);
    double slope[MOST_STATES];
    slopes(plasma, 0.0, y, slope);
    const PlasmaParams *p = &plasma->params;
    double cp = y[CENTRAL] / p->v1_l, cp_slope = slope[CENTRAL] / p->v1_l;
    MarrowPull pull = marrow_pull(plasma->exchanges, plasma->exchange_count, y + FIRST_TOTAL);
    MarrowPull pull_slope = marrow_pull(plasma->exchanges, plasma->exchange_count, slope + FIRST_TOTAL);
    double cm_slope = (p->ps_l_per_h * cp_slope + pull_slope.release_nmol_per_h -
                       marrow_nm(p, &pull, cp) * pull_slope.uptake_l_per_h) /
                      (p->ps_l_per_h / p->kp + pull.uptake_l_per_h);
    return fmax(fabs(cp_slope), fabs(cm_slope));
}

/* At most a quarter of a path's room, so that doses within a long interval find some too. */
static int step_count(const Plasma *plasma, double length_h) {
    double slope = fmax(fastest_slope(plasma), 1e-12);
    double step_h = pow(map_error_per_h / (map_error_factor * slope), 0.25);
    double count = ceil(length_h / fmin(step_h, longest_step_h));
    return (int)fmin(count, PLASMA_STEPS / 4);
}

static Status segment_solve(Plasma *plasma, double start_h, double length_h, PlasmaPath *path) {
    const double gauss_node[2] = {0.5 - sqrt(3.0) / 6.0, 0.5 + sqrt(3.0) / 6.0};
    bool ready = CVodeReInit(plasma->cvode, 0.0, plasma->y) == CV_SUCCESS &&
                 CVodeSetStopTime(plasma->cvode, length_h) == CV_SUCCESS;
    REQUIRE(ready, STATUS_FAILED, "plasma: CVODE would not start at hour %.4f (%s)", start_h,
            plasma->complaint);
    int count = step_count(plasma, length_h);
    double step_h = length_h / count;
    for (int i = 0; i < count; i++) {
        TRY(path_append(path, step_h, 0.0));
        for (int node = 0; node < 2; node++) {
            TRY(solve_to(plasma, start_h, (i + gauss_node[node]) * step_h));
            record_node(plasma, &path->steps[path->count - 1], node);
        }
    }
    return solve_to(plasma, start_h, length_h);
}

static double nmol_from_mg(const Plasma *plasma, double mg) {
    return mg * 1000.0 / plasma->params.molar_mass_kda;
}

/* What changes at the segment's start: reset, bolus, rate, and the clock of time-dependent clearance. */
static void segment_input(Plasma *plasma, PlasmaState *state, const DoseSegment *segment) {
    double *y = NV_DATA_S(plasma->y);
    if (segment->reset) {
        state->reset_nmol += y[CENTRAL] + y[PERIPHERAL];
        y[CENTRAL] = y[PERIPHERAL] = 0.0;
    }
    bool gives = segment->bolus_mg > 0.0 || segment->rate_mg_per_h > 0.0;
    if (gives && state->given_nmol == 0.0) state->first_dose_h = segment->start_h;
    double bolus_nmol = nmol_from_mg(plasma, segment->bolus_mg);
    plasma->rate_nmol_per_h = nmol_from_mg(plasma, segment->rate_mg_per_h);
    plasma->since_first_dose_h = segment->start_h - state->first_dose_h;
    y[CENTRAL] += bolus_nmol;
    state->given_nmol += bolus_nmol + plasma->rate_nmol_per_h * (segment->end_h - segment->start_h);
}

static bool drug_free(const Plasma *plasma) {
    const double *y = NV_DATA_S(plasma->y);
    bool none = plasma->rate_nmol_per_h == 0.0 && y[CENTRAL] == 0.0 && y[PERIPHERAL] == 0.0;
    for (int i = 0; i < plasma->exchange_count; i++) none = none && y[FIRST_TOTAL + 2 * i + 1] == 0.0;
    return none;
}

static Status segment_next(Dosing *dosing, double from_h, double until_h, double blast_fraction,
                           DoseSegment *segment) {
    *segment = (DoseSegment){.start_h = from_h, .end_h = until_h};
    if (dosing) TRY(dosing_segment(dosing, from_h, until_h, blast_fraction, segment));
    REQUIRE(segment->end_h > from_h && segment->end_h <= until_h, STATUS_FAILED,
            "plasma: dosing does not advance at hour %.4f; report this as a bug", from_h);
    return STATUS_OK;
}

static Status drug_advance(Plasma *plasma, PlasmaState *state, Dosing *dosing, double blast_fraction,
                           double dt_h, PlasmaPath *path) {
    double end_h = state->time_h + dt_h;
    DoseSegment segment;
    for (double from_h = state->time_h; from_h < end_h; from_h = segment.end_h) {
        TRY(segment_next(dosing, from_h, end_h, blast_fraction, &segment));
        segment_input(plasma, state, &segment);
        plasma->since_interval_h = from_h - state->time_h;
        double length_h = segment.end_h - from_h;
        /* Before a later dose in this interval free CD22 still has to be carried there. */
        bool idle = segment.end_h == end_h && drug_free(plasma);
        TRY(idle ? path_append(path, length_h, 0.0) : segment_solve(plasma, from_h, length_h, path));
    }
    return STATUS_OK;
}

static NormalMarrow normal_slope(const PlasmaMarrow *marrow, double t_h, NormalMarrow normal) {
    double blasts = fmax(marrow->blasts_cells + marrow->blasts_slope_per_h * t_h, 0.0);
    return room_normal_slope(&marrow->room, normal, blasts);
}

static NormalMarrow normal_moved(NormalMarrow normal, double h, NormalMarrow slope) {
    return (NormalMarrow){normal.cells + h * slope.cells, normal.competition + h * slope.competition};
}

/* Normal marrow by Runge-Kutta's classical rule. No drug enters it and its clock is days: steps of at
 * most an hour leave 1e-13. */
static NormalMarrow normal_advance(const PlasmaMarrow *marrow, NormalMarrow normal, double dt_h) {
    int count = (int)ceil(dt_h);
    double h = dt_h / count;
    for (int i = 0; i < count; i++) {
        NormalMarrow k1 = normal_slope(marrow, i * h, normal);
        NormalMarrow k2 = normal_slope(marrow, (i + 0.5) * h, normal_moved(normal, 0.5 * h, k1));
        NormalMarrow k3 = normal_slope(marrow, (i + 0.5) * h, normal_moved(normal, 0.5 * h, k2));
        NormalMarrow k4 = normal_slope(marrow, (i + 1) * h, normal_moved(normal, h, k3));
        NormalMarrow middle = normal_moved(k2, 1.0, k3);
        normal = normal_moved(normal, h / 6.0, normal_moved(normal_moved(k1, 2.0, middle), 1.0, k4));
    }
    return normal;
}

Status plasma_advance(Plasma *plasma, PlasmaState *state, Dosing *dosing, double blast_fraction,
                      const PlasmaExchange *exchanges, int exchange_count, const PlasmaMarrow *marrow,
                      double dt_h, PlasmaPath *path) {
    REQUIRE(exchange_count <= PLASMA_EXCHANGES, STATUS_FAILED,
            "plasma: %d classes of cells take up drug, room is for %d; use fewer clones", exchange_count,
            (int)PLASMA_EXCHANGES);
    path->count = 0;
    if (plasma->params.model == PK_CONSTANT) {
        TRY(path_append(path, dt_h, plasma->params.constant_nm));
    } else {
        TRY(solver_fit(plasma, exchange_count));
        plasma->exchanges = exchanges;
        amounts_load(NV_DATA_S(plasma->y), state);
        totals_load(NV_DATA_S(plasma->y) + FIRST_TOTAL, exchanges, exchange_count);
        TRY(drug_advance(plasma, state, dosing, blast_fraction, dt_h, path));
        amounts_store(NV_DATA_S(plasma->y), state);
    }
    state->normal = normal_advance(marrow, state->normal, dt_h);
    state->time_h += dt_h;
    return STATUS_OK;
}

double plasma_marrow_nm(const Plasma *plasma, const PlasmaState *state, const PlasmaExchange *exchanges,
                        int exchange_count) {
    if (plasma->params.model == PK_CONSTANT) return plasma->params.constant_nm;
    double totals_nmol[2 * PLASMA_EXCHANGES];
    totals_load(totals_nmol, exchanges, exchange_count);
    MarrowPull pull = marrow_pull(exchanges, exchange_count, totals_nmol);
    return marrow_nm(&plasma->params, &pull, state->central_nmol / plasma->params.v1_l);
}
