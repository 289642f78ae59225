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

enum { DRUG_NAME = 32, DRUG_TEXT = 160, DRUG_DOSES = 128, DRUG_AGENTS = 16, DRUG_REGIMENS = 4 };

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
    int doses;                  /* of a cycle */
    double dose_h[DRUG_DOSES];  /* from its start */
} DrugAgent;

typedef struct DrugRegimen {
    char name[DRUG_NAME];
    double cycle_d, start_d; /* length of a cycle; first day of the first, from 1 */
    int cycles, agents;
    DrugAgent agent[DRUG_AGENTS];
} DrugRegimen;

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

/* What acts on average from `from_h` to `until_h`; no dose that was to begin at `stop_h` or later is given.
 */
DrugAction drugs_action(const OtherDrugs *drugs, double from_h, double until_h, double stop_h);

/* The latest cycle that has begun by `time_h`, from 1, of the regimen numbered `index` (0 before the first),
 * and when it began. Returns the regimen's name without commas; NULL past the last. */
const char *drugs_cycle(const OtherDrugs *drugs, int index, double time_h, double stop_h, int *cycle,
                        double *began_h);

/* Whether a dose is to begin at `time_h` or later. */
bool drugs_coming(const OtherDrugs *drugs, double time_h, double stop_h);

#endif
