#include "dosing/flow.h"

#include <math.h>

/* One linear system carries the map and its by-products: R0, which is constant and feeds R; the five
 * states; and G, the integral of klys*E. In this order every generator, commutator and exponential is
 * lower triangular but for the one entry by which the complex gives its receptor back. */
enum { AUG_R0, AUG_R, AUG_C, AUG_E, AUG_P, AUG_D, AUG_G, AUG_COUNT };

typedef struct Matrix {
    double at[AUG_COUNT][AUG_COUNT];
} Matrix;

/* First row that column j can reach, and last column that row i can hold. */
static int column_top(int j) {
    return j == AUG_C ? AUG_R : j;
}
static int row_end(int i) {
    return i == AUG_R ? AUG_C : i;
}

static Matrix matrix_identity(void) {
    Matrix m = {0};
    for (int i = 0; i < AUG_COUNT; i++) m.at[i][i] = 1.0;
    return m;
}

static Matrix matrix_product(const Matrix *a, const Matrix *b) {
    Matrix m = {0};
    for (int j = 0; j < AUG_COUNT; j++) {
        for (int i = column_top(j); i < AUG_COUNT; i++) {
            double sum = 0.0;
            for (int k = column_top(j); k <= row_end(i); k++) sum += a->at[i][k] * b->at[k][j];
            m.at[i][j] = sum;
        }
    }
    return m;
}

/* a*scale + b*factor */
static Matrix matrix_sum(const Matrix *a, double scale, const Matrix *b, double factor) {
    Matrix m = {0};
    for (int i = 0; i < AUG_COUNT; i++) {
        for (int j = 0; j <= row_end(i); j++) m.at[i][j] = scale * a->at[i][j] + factor * b->at[i][j];
    }
    return m;
}

/* Largest column sum of magnitudes. */
static double matrix_norm(const Matrix *m) {
    double norm = 0.0;
    for (int j = 0; j < AUG_COUNT; j++) {
        double sum = 0.0;
        for (int i = column_top(j); i < AUG_COUNT; i++) sum += fabs(m->at[i][j]);
        norm = fmax(norm, sum);
    }
    return norm;
}

/* One over the factorials of 0 to 11. */
static const double taylor[] = {1.0,         1.0,          1.0 / 2.0,     1.0 / 6.0,
                                1.0 / 24.0,  1.0 / 120.0,  1.0 / 720.0,   1.0 / 5040.0,
                                1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800};

/* sum*m^3 + (c[0] + c[1] m + c[2] m^2) */
static Matrix taylor_block(const Matrix *sum, const Matrix power[4], const double c[3]) {
    Matrix m = matrix_product(sum, &power[3]);
    for (int i = 0; i < AUG_COUNT; i++) {
        for (int j = 0; j <= row_end(i); j++)
            m.at[i][j] += c[0] * power[0].at[i][j] + c[1] * power[1].at[i][j] + c[2] * power[2].at[i][j];
    }
    return m;
}

/* Scaling and squaring: halved until the norm is below 1/2, Taylor's series to order 11 leaves 5e-13.
 * By blocks of three orders (Paterson and Stockmeyer) that takes six products instead of ten. */
static Matrix matrix_exp(const Matrix *m) {
    int halvings = 0;
    double norm = matrix_norm(m);
    if (norm > 0.5) frexp(2.0 * norm, &halvings);
    Matrix power[4] = {matrix_identity()};
    power[1] = matrix_sum(m, ldexp(1.0, -halvings), m, 0.0);
    power[2] = matrix_product(&power[1], &power[1]);
    power[3] = matrix_product(&power[2], &power[1]);
    Matrix sum = {0};
    for (int order = 9; order >= 0; order -= 3) sum = taylor_block(&sum, power, &taylor[order]);
    for (int i = 0; i < halvings; i++) sum = matrix_product(&sum, &sum);
    return sum;
}

/* The generator is still + concentration * binding. */
static Matrix generator_still(const FlowRates *rates) {
    double removal_per_h = (1.0 - rates->recycled_fraction) * rates->kint_per_h;
    Matrix m = {0};
    m.at[AUG_R][AUG_R0] = rates->kturn_per_h;
    m.at[AUG_R][AUG_R] = -rates->kturn_per_h;
    m.at[AUG_R][AUG_C] = rates->koff_per_h;
    m.at[AUG_C][AUG_C] = -rates->koff_per_h - removal_per_h;
    m.at[AUG_E][AUG_C] = removal_per_h;
    m.at[AUG_E][AUG_E] = -rates->klys_per_h;
    m.at[AUG_P][AUG_E] = rates->dar * rates->klys_per_h;
    m.at[AUG_P][AUG_P] = -rates->keff_per_h - rates->kact_per_h;
    m.at[AUG_D][AUG_P] = rates->f_dna * rates->kact_per_h;
    m.at[AUG_D][AUG_D] = -rates->krep_per_h;
    m.at[AUG_G][AUG_E] = rates->klys_per_h;
    return m;
}

static Matrix generator_binding(const FlowRates *rates) {
    Matrix m = {0};
    m.at[AUG_R][AUG_R] = -rates->kon_per_nm_h * rates->exposure;
    m.at[AUG_C][AUG_R] = rates->kon_per_nm_h * rates->exposure;
    return m;
}

/* Magnus to fourth order, h = length, c1 and c2 at the Gauss nodes:
 *   h (A1 + A2)/2 - h^2 sqrt(3)/12 [A1, A2],  where [A1, A2] = (c2 - c1) [still, binding]. */
static Matrix step_exponent(const Matrix *still, const Matrix *binding, const Matrix *commutator, double h,
                            const double c_nm[2]) {
    Matrix mean = matrix_sum(still, h, binding, 0.5 * h * (c_nm[0] + c_nm[1]));
    return matrix_sum(&mean, 1.0, commutator, -h * h * (sqrt(3.0) / 12.0) * (c_nm[1] - c_nm[0]));
}

static void map_from_matrix(const Matrix *m, FlowMap *map) {
    for (int i = 0; i < FLOW_STATES; i++) {
        for (int j = 0; j < FLOW_STATES; j++) map->phi[i][j] = m->at[AUG_R + i][AUG_R + j];
        map->inflow[i] = m->at[AUG_R + i][AUG_R0];
        map->degraded[i] = m->at[AUG_G][AUG_R + i];
    }
    map->degraded_inflow = m->at[AUG_G][AUG_R0];
}

void flow_map(const FlowRates *rates, const PlasmaPath *path, FlowMap *map) {
    Matrix still = generator_still(rates), binding = generator_binding(rates);
    Matrix forth = matrix_product(&still, &binding), back = matrix_product(&binding, &still);
    Matrix commutator = matrix_sum(&forth, 1.0, &back, -1.0);
    Matrix total = matrix_identity();
    for (int i = 0; i < path->count; i++) {
        const PlasmaStep *step = &path->steps[i];
        const double *c_nm = rates->place == PLACE_PLASMA ? step->plasma_nm : step->marrow_nm;
        Matrix exponent = step_exponent(&still, &binding, &commutator, step->length_h, c_nm);
        Matrix flow = matrix_exp(&exponent);
        total = matrix_product(&flow, &total);
    }
    map_from_matrix(&total, map);
}

void flow_constant_path(double concentration_nm, double dt_h, PlasmaPath *path) {
    path->count = 1;
    path->steps[0] = (PlasmaStep){
        .length_h = dt_h,
        .plasma_nm = {concentration_nm, concentration_nm},
        .marrow_nm = {concentration_nm, concentration_nm},
    };
}
