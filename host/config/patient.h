/* The patient's own plasma parameters, from the config and the population models (docs/model.md section 2).
 */
#ifndef MARROW_PATIENT_H
#define MARROW_PATIENT_H

#include "config/config.h"

/* Two-compartment plasma. Typical adult of 1.84 m2 in brackets. */
typedef struct PlasmaParams {
    PkModel model;
    double cl1_l_per_h;           /* linear clearance [0.0333] */
    double cl2_l_per_h;           /* time-dependent clearance at the first dose [0.369]; 0 when mechanistic */
    double kdes_per_h;            /* its decay [0.00472] */
    double v1_l, q_l_per_h, v2_l; /* [6.70, 0.0405, 5.10] */
    double ps_l_per_h, kp;        /* marrow exchange [0.45, 0.30] */
    double molar_mass_kda;        /* [160]: nmol = mg * 1000 / kDa, ng/mL = nM * kDa */
    double constant_nm;           /* concentration every cell sees when model is PK_CONSTANT */
} PlasmaParams;

/* Adults after Garrett 2019, children (age < 18, or drug.population child) after Wu 2024; a value set in the
 * config replaces the model's, unscaled. Errors: STATUS_BAD_INPUT when covariates give a volume <= 0. */
Status patient_plasma(const Config *config, PlasmaParams *out);

#endif
