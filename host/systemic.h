/* The rest of the patient: blood counts and liver, as ordinary differential equations (docs/clinic.md).
 *
 * What drives them is constant over a stretch of time: the mean concentration of conjugate, the room that
 * blasts leave in the marrow, other drugs. The fastest rate is 0.1 per hour, so that Runge-Kutta's classical
 * rule in steps of at most an hour is exact to 1e-7; a multi-step solver would be restarted every interval.
 *
 * State and parameters are flat, so that they can be stored as they are. */
#ifndef MARROW_SYSTEMIC_H
#define MARROW_SYSTEMIC_H

#include "config.h"

/* A chain after Friberg 2002 (J Clin Oncol 20:4713): proliferating cells, three stages of maturation, and
 * those in blood. All in units of the blood count. */
typedef struct FribergChain {
    double proliferating, transit[3], circulating;
} FribergChain;

typedef struct FribergRates {
    double base;            /* healthy count */
    double mtt_h;           /* mean time from proliferation to blood; ktr = 4/mtt */
    double gamma;           /* feedback (base/circulating)^gamma */
    double loss_per_h;      /* from blood; 0: ktr, as Friberg */
    double slope_ml_per_ng; /* kill of proliferating cells: E = min(0.98, slope C) */
    double room_power;      /* base is multiplied by room^room_power */
    double g_csf;           /* extra proliferation under G-CSF, as a factor on the feedback */
} FribergRates;

/* Everything in doubles; counts in 1e9/L but haemoglobin in g/dL. */
typedef struct SystemicState {
    FribergChain neutrophils, platelets, red; /* red: proliferation, reticulocytes' maturation, haemoglobin */
    double transfused_platelets, transfused_hb;
    double lymphocytes;       /* other than B: T and NK cells, 1e9/L */
    double g_csf;             /* 0-1, share of full effect */
    double marrow_toxicity;   /* of other drugs: E they add now, 0-1 */
    double hepatic_payload;   /* free payload in the liver, nmol */
    double hepatic_adc;       /* conjugate the liver sees, ng/mL */
    double sinusoid_injury;   /* J, 0-1 */
    double hepatocyte_stress; /* 0-1, ahead of enzymes */
    double alt_u_per_l, ast_u_per_l, bilirubin_mg_per_dl, alp_u_per_l, ggt_u_per_l;
} SystemicState;

typedef struct SystemicRates {
    FribergRates neutrophils, platelets, red;
    double lymphocytes_base, lymphocytes_turnover_per_h, lymphocytes_slope_ml_per_ng;
    double liver_sensitivity;
    double payload_nmol_per_ng_ml_h; /* payload that reaches the liver, per ng/mL of conjugate in plasma */
    double alt_base, ast_base, bilirubin_base, alp_base, ggt_base;
} SystemicRates;

/* What acts on the patient over a stretch of time, and is constant in it. */
typedef struct SystemicDrive {
    double adc_ng_ml; /* mean plasma concentration of conjugate */
    double room;      /* normal marrow over its own target, 0-1 */
    double toxicity;  /* E of other drugs on all proliferating cells, 0-1 */
    double lymphocyte_kill_per_h;
    double g_csf;               /* 1 while given */
    double conditioning;        /* sinusoidal injury by conditioning, per hour */
    double hepatocyte_toxicity; /* of other drugs and infection, 0-1 */
} SystemicDrive;

void systemic_rates(const Config *config, SystemicRates *out);

/* At rest with this much room; liver tests at the patient's own baseline. */
void systemic_start(const SystemicRates *rates, double room, SystemicState *out);

/* Carries the state on by dt_h under the drive. */
void systemic_advance(const SystemicRates *rates, const SystemicDrive *drive, double dt_h,
                      SystemicState *state);

/* What is in blood, transfused cells included. */
double systemic_platelets(const SystemicState *state);
double systemic_hb(const SystemicState *state);

/* Weight gain by fluid, %, from sinusoidal injury. */
double systemic_weight_gain(const SystemicState *state);

#endif
