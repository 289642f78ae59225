/* The rest of the patient: blood counts and liver, as ordinary differential equations (docs/clinic.md).
 *
 *   systemic_rates, systemic_start, then systemic_advance over each stretch in which the drive is constant:
 * the mean concentration of conjugate, the room that blasts leave in the marrow, other drugs.
 *
 * The fastest rate is 0.1 per hour, so that Runge-Kutta's classical rule in steps of at most an hour is exact
 * to 1e-5; a multi-step solver would be restarted every interval.
 *
 * State, rates and drive are flat, so that they can be stored as they are. */
#ifndef MARROW_SYSTEMIC_H
#define MARROW_SYSTEMIC_H

#include "config/config.h"

/* A chain after Friberg 2002 (J Clin Oncol 20:4713): proliferating cells, three stages of maturation, and
 * those in blood. All in units of the blood count, so that at rest all five are equal. */
typedef struct FribergChain {
    double proliferating, transit[3], circulating;
    double reserve; /* of blood formation, over a healthy one's: less after earlier treatment, by leukaemia */
    double room_power; /* this patient's: how far the count falls with the room; does not change */
} FribergChain;

typedef struct FribergRates {
    double base;            /* healthy count */
    double entry;           /* at time zero; NaN: at rest */
    double reserve_per_h;   /* reserve comes back with this rate times the room */
    double mtt_h;           /* mean time from proliferation to blood; ktr = 4/mtt */
    double gamma;           /* feedback (base/circulating)^gamma */
    double loss_per_h;      /* from blood; Friberg: ktr */
    double slope_ml_per_ng; /* kill of proliferating cells: E = min(0.98, slope C) */
    double room_power;      /* base is multiplied by room^room_power, at most */
    double on_demand; /* 1: stem cells supply precursors as the count asks for them, as erythropoietin does;
                         0: they renew themselves, as Friberg */
    double g_csf;     /* extra proliferation and faster maturation under G-CSF, as a share */
} FribergRates;

/* Doubles only. Counts in 1e9/L; haemoglobin, in `red`, in g/dL. */
typedef struct SystemicState {
    FribergChain neutrophils, platelets, red; /* red: erythroblasts, their maturation, haemoglobin */
    double transfused_platelets, transfused_hb;
    double lymphocytes;       /* T and NK cells; B cells are the simulated ones */
    double g_csf;             /* effect of G-CSF, 0-1 */
    double liver_adc_ng_ml;   /* conjugate the liver has taken up and still degrades, as a concentration */
    double sinusoid_injury;   /* J, 0-1 */
    double hepatocyte_stress; /* 0-1; enzymes follow it */
    double alt_u_per_l, ast_u_per_l, bilirubin_mg_per_dl, alp_u_per_l, ggt_u_per_l;
} SystemicState;

/* How one patient's liver answers. Traits named `luck` are looked up by simulation.seed. */
typedef struct LiverRates {
    double alt_base, ast_base, bilirubin_base, alp_base, ggt_base;
    double degradation_per_h; /* of conjugate taken up: sets how long payload is set free */
    double adc_share;         /* of the sinusoid's load that is conjugate in plasma; the rest is payload */
    double half_load_ng_ml;   /* load at half the largest injury */
    double load_power;        /* above 1: one large dose is worse than the same amount in parts */
    double injury_per_h;      /* largest; luck */
    double repair_per_h;      /* of injury: half-life 14 d */
    double stress_half_ng_ml; /* load at half the largest stress */
    double stress_per_h;      /* how fast hepatocytes follow */
    double alt_gain, ast_gain, bilirubin_gain, alp_gain, ggt_gain; /* rise at full stress, times base; luck */
    double bilirubin_by_injury;                                    /* mg/dL at J = 1; luck */
    double weight_by_injury;                                       /* % at J = 1; luck */
    double hepatomegaly_at, ascites_at, reversed_flow_at;          /* J from which there is a finding; luck */
} LiverRates;

typedef struct SystemicRates {
    FribergRates neutrophils, platelets, red;
    double lymphocytes_base, lymphocytes_turnover_per_h, lymphocytes_slope_ml_per_ng;
    double platelets_per_unit, hb_per_unit; /* rise by one transfused unit */
    LiverRates liver;
} SystemicRates;

/* What acts on the patient over a stretch of time, and is constant in it. */
typedef struct SystemicDrive {
    double adc_ng_ml;             /* mean plasma concentration of conjugate */
    double room;                  /* normal marrow over that of a healthy person, 0-1 */
    double toxicity;              /* E of other drugs on all proliferating cells, 0-1 */
    double lymphocyte_kill_per_h; /* of other drugs */
    double g_csf;                 /* 1 while given */
    double conditioning_per_h;    /* sinusoidal injury by conditioning (systemic_conditioning) */
    double hepatocyte_toxicity;   /* of other drugs and infection, 0-1 */
} SystemicDrive;

/* From counts.* and liver.*, and the luck of simulation.seed. */
void systemic_rates(const Config *config, SystemicRates *out);

/* At the counts of entry (auto: at rest with this much room), liver tests at the patient's own baseline. What
 * the entry count lacks is laid to room as far as room_power goes, and to reserve beyond. */
void systemic_start(const SystemicRates *rates, double room, SystemicState *out);

/* Carries the state on by dt_h under the drive. */
void systemic_advance(const SystemicRates *rates, const SystemicDrive *drive, double dt_h,
                      SystemicState *state);

/* Transfusion: one unit is an apheresis platelet concentrate, or a bag of red cells. */
void systemic_transfuse_platelets(const SystemicRates *rates, double units, SystemicState *state);
void systemic_transfuse_red_cells(const SystemicRates *rates, double units, SystemicState *state);

/* Injury per hour of conditioning for transplant while it is given (4-7 days); two alkylators are worse. */
double systemic_conditioning(bool two_alkylators);

/* What is in blood, transfused cells included. */
double systemic_anc(const SystemicState *state);
double systemic_platelets(const SystemicState *state);
double systemic_hb(const SystemicState *state);
double systemic_lymphocytes(const SystemicState *state, double b_mature_per_ul); /* B cells included */

/* Findings of sinusoidal injury, monotone in it. */
double systemic_weight_gain(const SystemicRates *rates, const SystemicState *state); /* % by fluid */
bool systemic_hepatomegaly(const SystemicRates *rates, const SystemicState *state);  /* painful */
bool systemic_ascites(const SystemicRates *rates, const SystemicState *state);
bool systemic_reversed_flow(const SystemicRates *rates, const SystemicState *state); /* by ultrasound */
double systemic_creatinine_ratio(const SystemicState *state); /* over the patient's baseline */

#endif
