/* Inside the clinic: what there is to know about a patient between two visits. Private to clinic*.c. */
#ifndef MARROW_CLINIC_STATE_H
#define MARROW_CLINIC_STATE_H

#include "clinic/clinic.h"
#include "clinic/hazards.h"
#include "clinic/policy.h"
#include "clinic/systemic.h"
#include "clinic/vod.h"
#include "dosing/dosing_change.h"

/* Decisions of luck (BODY_DECISION). Add at the end: numbers are luck. */
typedef enum Decision {
    DECISION_DEATH_BY_DISEASE,
    DECISION_DEATH_BY_VOD,
    DECISION_TRANSPLANT_DELAY,
    DECISION_ALKYLATORS,
    DECISION_CONDITIONING,
    DECISION_GRAFT,
    DECISION_DEATH_BY_TRANSPLANT
} Decision;

typedef enum DeathCause {
    ALIVE,
    DEATH_INFECTION,
    DEATH_HAEMORRHAGE,
    DEATH_VOD,
    DEATH_DISEASE,
    DEATH_TRANSPLANT,
    DEATH_OTHER,
    DEATH_CAUSES
} DeathCause;

/* Marks of the course for outcome.json; days from the start, NaN: never. */
typedef struct Outcome {
    int eligible, reasons; /* reasons against it, as bits of the eligibility rules */
    double response_day, cr_day, mrd_negative_day, relapse_day, progression_day, failure_day;
    double stop_day, vod_day, transplant_day, engraftment_day, death_day, last_visit_day;
    int best_response, response_cycle, vod_after_transplant, worst_vod_grade, alkylators;
    double lowest_mrd; /* NaN: never measured */
    int worst_grade[CTCAE_TERMS], worst_event[HAZARDS];
    int reported[CTCAE_TERMS]; /* worst grade reported as an adverse event */
    double next_therapy_day, deterioration_day;
    int held, delayed, omitted, reduced, doses, cycles, platelets_given, red_cells_given;
    int chemo_cycles, chemo_delays, chemo_reductions;
    double chemo_days_delayed;
    double held_days; /* all holds and delays together */
    double total_mg;
    char stop_reason[POLICY_NAME];
} Outcome;

/* The course as the clinic sees it. */
typedef struct ClinicCourse {
    int cycle;                   /* of the dose given last; 0: none yet */
    double cycle_h, last_dose_h; /* its first dose, the latest dose; NaN: none yet */
    int doses, cycles;           /* given */
    size_t seen;                 /* records of the dosing looked at */
    uint64_t holding;            /* rules of the policy that make the course wait */
    double held_h, delayed_h;    /* when the dose that waits was due; NaN: none waits */
    double longest_hold_d;
    int hold_omitted, reductions;
    int others_only; /* other drugs are the course */
    double other_h;  /* when a cycle of them began last; NaN: none has */
} ClinicCourse;

/* A regimen of other drugs. */
typedef struct ClinicChemo {
    int begun;        /* cycles told of */
    uint64_t holding; /* rules of the policy that make the next one wait */
    uint64_t reduced; /* rules that have reduced it */
} ClinicChemo;

typedef struct ClinicVisits {
    double next_h;                        /* the next visit that is not for a dose */
    double latest_h;                      /* NaN: none yet */
    double marrow_h;                      /* latest marrow; NaN: none yet */
    int marrow_cycle;                     /* cycle of it */
    double marrow_before;                 /* share of blasts in the one before; NaN */
    int screened, ended;                  /* treatment */
    double bilirubin_h, bilirubin_before; /* an earlier value, for its doubling */
    double symptoms_h;                    /* first finding of liver injury; NaN: none now */
} ClinicVisits;

typedef struct ClinicEvents {
    int episode[CTCAE_TERMS], grade[CTCAE_TERMS];   /* worst of the present episode; 0: none */
    int calm[CTCAE_TERMS];                          /* results without a grade since */
    double disease_left, vod_left, transplant_left; /* of the budgets of death */
    double death_h;                                 /* of an event that will be fatal; NaN */
    int death_cause;
} ClinicEvents;

typedef struct ClinicSupport {
    int g_csf, ursodiol;
    double premedicated_h, cytoreduced_h; /* latest; NaN: never */
} ClinicSupport;

typedef struct ClinicTransplant {
    int planned; /* decided, and day 0 is to come */
    int alkylators, below, visits_above;
    double graft_h;                               /* day 0, as planned */
    double conditioned_h, grafted_h, engrafted_h; /* NaN: not yet */
    double log_kill, graft_kill_per_h;
} ClinicTransplant;

typedef struct ClinicState {
    uint64_t rules; /* hash of the policies */
    double time_h, auc_ng_h_ml;
    SystemicState body;
    HazardState hazards;
    Labs labs;
    ClinicCourse course;
    ClinicChemo chemo[DRUG_REGIMENS];
    ClinicVisits visits;
    ClinicEvents events;
    ClinicSupport support;
    ClinicTransplant transplant;
    Outcome outcome;
    int over;
} ClinicState;

struct Clinic {
    const Config *config;
    Dosing *dosing;
    Sim *sim;
    SystemicRates rates;
    HazardRates hazard_rates;
    Policy eligibility, response, rules, supportive;
    SimGlance now;
    DosingView view;
    PolicyFacts facts;
    int regimen;                 /* of other drugs that rules are asked about now */
    const char *marrow_asked;    /* rule that wants a marrow at the present visit; NULL */
    bool marrow_done, responded; /* at the present visit */
    ClinicState s;
    Chart chart;
    LabResults results;
};

static inline double clinic_days(double hours) {
    return hours / 24;
}

/* Days since a moment, infinite if it never was. */
double clinic_days_since(const Clinic *clinic, double time_h);

/* clinic_visit.c */

/* Whether a visit is due now: by the calendar, or for a dose that begins before the next interval ends. */
bool clinic_visit_due(const Clinic *clinic);
Status clinic_visit(Clinic *clinic);

/* clinic_measure.c */
void clinic_measure_panel(Clinic *clinic);
void clinic_measure_marrow(Clinic *clinic);

/* clinic_rules.c: asks every rule of one moment, in the order of the policies, and does what those met say.
 */
Status clinic_ask(Clinic *clinic, PolicyMoment moment);
void clinic_facts(Clinic *clinic);

/* clinic_dosing.c: what rules do to the course. */
void clinic_look(Clinic *clinic); /* at the course: the coming dose, and what was given since */
bool clinic_dose_due(const Clinic *clinic);
bool clinic_starts_cycle(const Clinic *clinic);
Status clinic_wait(Clinic *clinic, int index, const char *reason);
bool clinic_holds(const Clinic *clinic); /* a rule that says hold, not delay */
Status clinic_recover(Clinic *clinic);
Status clinic_omit(Clinic *clinic, const PolicyRule *rule, const char *reason);
Status clinic_reduce(Clinic *clinic, const PolicyRule *rule, const char *reason);
Status clinic_interrupt(Clinic *clinic, const PolicyRule *rule, const char *reason);
Status clinic_stop(Clinic *clinic, const char *code, const char *reason);

/* clinic_events.c: what befalls the patient over an interval. */
Status clinic_events(Clinic *clinic, double from_h);
void clinic_grades(Clinic *clinic); /* of results just measured */
void clinic_vod(Clinic *clinic);

/* clinic_drugs.c: other drugs */
void clinic_drugs_drive(const Clinic *clinic, SystemicDrive *drive);
void clinic_drugs_look(Clinic *clinic);                   /* at cycles that begin now; after the visit */
bool clinic_treated(const Clinic *clinic);                /* or not yet */
bool clinic_chemo_due(const Clinic *clinic, int regimen); /* also one that waits */
bool clinic_chemo_begins(const Clinic *clinic);           /* one is due and does not wait */
bool clinic_chemo_waits(const Clinic *clinic);
void clinic_chemo_shift(Clinic *clinic, double hours); /* the conjugate is late, and they go together */
void clinic_chemo_stop(Clinic *clinic, int regimen);   /* -1: all */

/* clinic_chemo.c: what rules do to them */
void clinic_chemo_facts(const Clinic *clinic, double *facts);
Status clinic_chemo_decide(Clinic *clinic);
Status clinic_chemo_act(Clinic *clinic, int index, const char *reason);
void clinic_next_therapy(Clinic *clinic, const PolicyRule *rule, const char *reason);

/* clinic_transplant.c */
void clinic_plan_transplant(Clinic *clinic, const char *reason);
void clinic_transplant_step(Clinic *clinic);          /* what is due now */
SimHarm clinic_transplant_harm(const Clinic *clinic); /* what cells feel of it until the next step */
void clinic_transplant_drive(const Clinic *clinic, SystemicDrive *drive);
void clinic_engraftment(Clinic *clinic); /* at a visit */
bool clinic_in_hospital(const Clinic *clinic);
double clinic_transplant_death_per_h(const Clinic *clinic);

#endif
