/* What befalls a patient: infection, bleeding, reactions, symptoms, as hazards that follow from blood counts
 * and treatment (docs/clinic.md).
 *
 * Fates are thresholds, as for cells: the n-th event of a kind happens when its hazard, summed over time, has
 * used up a budget Exp(1) looked up by (seed, n, kind). The same patient so keeps the same luck under another
 * treatment: where a hazard is higher the same event comes earlier, and its grade, looked up too, is no
 * better.
 *
 * Rates, drive and state are flat, so that they can be stored as they are. */
#ifndef MARROW_HAZARDS_H
#define MARROW_HAZARDS_H

#include "clinic/ctcae.h"
#include "config/config.h"

/* Add at the end: numbers are luck. Fever is one without neutropenia. */
typedef enum HazardKind {
    HAZARD_INFECTION,
    HAZARD_FEBRILE_NEUTROPENIA,
    HAZARD_HAEMORRHAGE,
    HAZARD_INFUSION_REACTION,
    HAZARD_QT, /* QTc above 500 ms, or by more than 60 ms longer */
    HAZARD_FATIGUE,
    HAZARD_NAUSEA,
    HAZARD_FEVER,
    HAZARD_HEADACHE,
    HAZARDS
} HazardKind;

typedef struct HazardRates {
    uint64_t seed;
    double factor[HAZARDS]; /* hazards.*: 1 */
} HazardRates;

/* What bears on the hazards over a stretch of time, constant in it; the truth, not the laboratory's. */
typedef struct HazardDrive {
    double anc, lymphocytes, platelets; /* 1e9/L */
    double hb;                          /* g/dL */
    double adc_ng_ml;
    double infusing;              /* share of the stretch in which conjugate runs in, 0-1 */
    int infusions_before;         /* of conjugate */
    double mucosa;                /* mucosal damage by other drugs, 0-1 */
    double days_after_transplant; /* NaN: not transplanted */
    bool premedicated;            /* steroid, antipyretic, antihistamine before infusions */
    bool prophylaxis;             /* antibacterial and antifungal */
    bool prior_transplant;
} HazardDrive;

typedef struct HazardState {
    double left[HAZARDS];    /* of the budget of the coming event */
    double until_h[HAZARDS]; /* the present event's end; in the past: none now */
    int grade[HAZARDS];      /* of the latest event */
    int count[HAZARDS];      /* events so far */
} HazardState;

typedef struct HazardEvent {
    double time_h, days; /* how long it lasts */
    HazardKind kind;
    int grade; /* CTCAE, 1-5; 5 is death */
} HazardEvent;

void hazards_rates(const Config *config, HazardRates *out);
void hazards_start(const HazardRates *rates, HazardState *out);

/* Hazard of one kind under this drive, 1/d, before the patient's own factor. */
double hazard_per_d(HazardKind kind, const HazardDrive *drive);

/* Carries the state over [time_h, time_h + dt_h). Writes what happens, in order of time, at most one event of
 * a kind; returns how many. While an event lasts, none of its kind can follow. */
int hazards_advance(const HazardRates *rates, const HazardDrive *drive, double time_h, double dt_h,
                    HazardState *state, HazardEvent events[HAZARDS]);

/* Grade of the event of this kind that lasts now; 0: none. */
int hazards_grade_now(const HazardState *state, HazardKind kind, double time_h);

/* QTc by Fridericia under this concentration, ms. */
double hazards_qtc_ms(const HazardRates *rates, double adc_ng_ml);

/* Whether an investigator reports a laboratory abnormality of this grade as an adverse event: half of what
 * the laboratory sees is not. The same luck for the same patient, term and episode. */
bool hazards_reports(const HazardRates *rates, CtcaeTerm term, int grade, int episode);

/* "infection", "febrile_neutropenia", … as events.csv names them; NULL past the last. */
const char *hazard_name(HazardKind kind);

#endif
