/* Other drugs beside the conjugate: chemotherapy, an antibody that binds T cells, cytoreduction, given by
 * calendar (docs/clinic.md). Files in configs/drugs that have `agents:`; those are in the program too, by
 * name.
 *
 * No plasma concentration is followed (K-PD, Jacqmin 2007, J Pharmacokinet Pharmacodyn 34:57): a dose runs in
 * over its hours and its effect fades with a half-life. Amounts are in doses, so that 1 is what one dose
 * leaves at its end if it runs in at once. What acts at a time is a function of the calendar alone. */
#ifndef MARROW_DRUGS_H
#define MARROW_DRUGS_H

#include "config/config.h"

enum {
    DRUG_NAME = 32,
    DRUG_TEXT = 160,
    DRUG_DOSES = 128,
    DRUG_AGENTS = 16,
    DRUG_REGIMENS = 4,
    DRUG_CYCLES = 40
};

/* The cycles in which an agent is given: all of them, the first, third, …, or the second, fourth, …. */
typedef enum DrugTurn { TURN_EVERY, TURN_ODD, TURN_EVEN } DrugTurn;

typedef struct DrugAgent {
    char name[DRUG_NAME], dose[DRUG_NAME], source[DRUG_TEXT];
    double hours, half_life_h; /* of an infusion; of its effect */
    double log_kill;           /* decades of blasts by one cycle's doses, were all of them dividing */
    double cycling;            /* share of that which takes dividing blasts, 0-1 */
    double blood_log_kill;     /* in blood besides */
    double b_cell_log_kill, lymphocyte_log_kill;
    double marrow_toxicity;     /* x of one dose; blood formation loses 1 - exp(-x) */
    double hepatocyte_toxicity; /* the same for the liver */
    double mucosa;              /* the same for mucosa */
    int g_csf;                  /* 1: it is G-CSF */
    int turn;                   /* DrugTurn */
    int doses;                  /* of a cycle */
    double dose_h[DRUG_DOSES];  /* from its start */
} DrugAgent;

typedef struct DrugRegimen {
    char name[DRUG_NAME];
    double cycle_d, start_d; /* length of a cycle; first day of the first, from 1 */
    int cycles, agents;
    int on_call; /* 1: begins when it is asked for (drugs_call), not by calendar */
    DrugAgent agent[DRUG_AGENTS];
} DrugRegimen;

/* How far a regimen has come. A cycle begins when it is due, unless it is held back; then the next is due a
 * cycle's length later. */
typedef struct DrugProgress {
    int begun, held;             /* cycles; 1: the next one waits */
    double due_h;                /* when the next one begins, or was to; infinite: none is to come */
    double stop_h;               /* no dose of it from then on */
    double start_h[DRUG_CYCLES]; /* of those begun */
    double scale[DRUG_AGENTS];   /* of doses of cycles to come */
    double given[DRUG_CYCLES][DRUG_AGENTS]; /* the same of those begun */
} DrugProgress;

/* All that decides what is still to come and to act. Flat, so that it can be stored as it is. */
typedef struct DrugsCourse {
    DrugProgress regimen[DRUG_REGIMENS];
} DrugsCourse;

/* Means over a stretch of time. */
typedef struct DrugAction {
    double cycling_kill_per_h, kill_per_h,
        blood_kill_per_h; /* of dividing blasts; of all; of those in blood */
    double b_cell_kill_per_h, lymphocyte_kill_per_h;
    double marrow_toxicity, hepatocyte_toxicity, mucosa; /* 0-1 */
    double g_csf;                                        /* 1 while given */
} DrugAction;

typedef struct OtherDrugs OtherDrugs;

/* Reads chemo.regimens. *out is NULL when it names none; every call below accepts that. Errors:
 * STATUS_BAD_INPUT `file:line:col: what; remedy`, STATUS_FAILED for memory. */
Status drugs_create(OtherDrugs **out, const Config *config);
void drugs_destroy(OtherDrugs *drugs);

/* One regimen, of the program or a file. */
Status drugs_read(DrugRegimen *out, const char *name);
Status drugs_read_text(DrugRegimen *out, const char *name, const char *text, size_t length);

/* Nothing has begun. */
void drugs_start(const OtherDrugs *drugs, DrugsCourse *course);

/* Cycles that are due before `until_h` begin. */
void drugs_begin(const OtherDrugs *drugs, DrugsCourse *course, double until_h);

/* What acts on average from `from_h` to `until_h`; cycles that are due before that have begun. */
DrugAction drugs_action(const OtherDrugs *drugs, const DrugsCourse *course, double from_h, double until_h);

/* One regimen as it stands. */
typedef struct DrugView {
    const char *name; /* without commas */
    int cycles, begun;
    bool held, on_call;
    double due_h;           /* of the next cycle; infinite: none is to come */
    double began_h;         /* the latest one; NaN: none yet */
    double cytarabine_g_m2; /* a dose of it in the next cycle; 0: none */
} DrugView;

/* Regimen `index`; false past the last. */
bool drugs_view(const OtherDrugs *drugs, const DrugsCourse *course, int index, DrugView *out);

/* Whether a dose of any is to begin at `time_h` or later, be it held back. */
bool drugs_coming(const OtherDrugs *drugs, const DrugsCourse *course, double time_h);

/* --- changes, between two intervals --- */

void drugs_hold(DrugsCourse *course, int index);                  /* the next cycle waits */
void drugs_release(DrugsCourse *course, int index, double now_h); /* it begins now, or when it is due */
void drugs_shift(DrugsCourse *course, int index, double hours);   /* it is due later */

/* Doses of cycles to come times `factor`: those of one agent, or of all but G-CSF with `agent` NULL or "".
 * False: none of that name is to come. */
bool drugs_scale(const OtherDrugs *drugs, DrugsCourse *course, int index, const char *agent, double factor);

/* No dose of regimen `index` from now on; -1: of none. Who is on call stays so. */
void drugs_stop(const OtherDrugs *drugs, DrugsCourse *course, int index, double now_h);

/* The regimen that is on call is due now. False: there is none, or it was called before. */
bool drugs_call(const OtherDrugs *drugs, DrugsCourse *course, double now_h);

/* Whether what came from a file can be a course of these drugs. */
bool drugs_sound(const OtherDrugs *drugs, const DrugsCourse *course);

#endif
