/* What the physician knows: the results of visits, as measured, with the assay's noise. Rules, responses and
 * decisions read these and never the simulation's truth.
 *
 * Flat, so that it can be stored as it is. */
#ifndef MARROW_LABS_H
#define MARROW_LABS_H

#include "config/config.h"

/* Units and usual values of a healthy adult in brackets. */
typedef enum LabId {
    LAB_ANC,                   /* neutrophils, 1e9/L [1.5-8] */
    LAB_PLATELETS,             /* 1e9/L [150-400]; transfused ones count, see Labs.platelets_transfused_h */
    LAB_HB,                    /* haemoglobin, g/dL [13-17] */
    LAB_WBC,                   /* leukocytes, blasts included, 1e9/L [4-10] */
    LAB_LYMPHOCYTES,           /* 1e9/L [1-4] */
    LAB_BLOOD_BLAST_PERCENT,   /* of a 200-cell differential [0] */
    LAB_BLOOD_BLASTS,          /* 1e9/L: percent of leukocytes [0] */
    LAB_ALT,                   /* U/L [7-40] */
    LAB_AST,                   /* U/L [7-40] */
    LAB_BILIRUBIN,             /* total, mg/dL [0.2-1.2] */
    LAB_ALP,                   /* alkaline phosphatase, U/L [40-130] */
    LAB_GGT,                   /* U/L [5-60] */
    LAB_CREATININE,            /* mg/dL [0.6-1.2] */
    LAB_QTC,                   /* Fridericia, ms [350-450] */
    LAB_WEIGHT_GAIN,           /* % above the weight at the first dose [0] */
    LAB_MARROW_BLAST_FRACTION, /* of a 500-cell differential, 0-1 [< 0.05] */
    LAB_MRD,                   /* blasts over nucleated marrow cells by flow cytometry; 0 below the LOD */
    LABS
} LabId;

/* One test. NaN: never done. */
typedef struct Lab {
    double value, time_h;  /* the latest */
    double baseline;       /* the last before the first dose of the first cycle */
    double cycle_baseline; /* the last before the first dose of the present cycle */
    double nadir, peak;    /* lowest and highest since the first dose */
    double lower, upper;   /* limits of normal; upper is the ULN that rules multiply */
} Lab;

/* Ordered: later ones include what earlier ones ask. NR: not in remission. */
typedef enum ResponseCode { RESPONSE_NR, RESPONSE_CRI, RESPONSE_CRH, RESPONSE_CR, RESPONSES } ResponseCode;

/* Findings at the bedside, and VOD/SOS as diagnosed (0 none, 1 mild, 2 moderate, 3 severe, 4 very severe). */
typedef struct Labs {
    double time_h; /* of the latest visit */
    Lab test[LABS];

    double mrd_lod;   /* limit of detection of the latest MRD test, as a fraction; 0 before any */
    int mrd_detected; /* 1: at or above the LOD */
    int mrd_negative; /* 1: latest test in remission below 1e-4 */

    double platelets_transfused_h, red_cells_transfused_h, g_csf_given_h; /* latest; NaN: never */

    int infusion_reaction_grade; /* of the last infusion, 0-4 */
    int other_grade;             /* worst non-haematologic event now that is related to the drug, 0-4, liver
                                    tests left out */
    int other_baseline_grade;    /* the same before the first dose */
    int vod_grade, vod_ever;     /* EBMT severity now; 1: ever diagnosed */
    int hepatomegaly, ascites;   /* 0 or 1 */
    int febrile_neutropenia, infection_grade, haemorrhage_grade; /* now */

    int cycle, day_of_cycle;     /* of the latest visit, both from 1; 0 before the first dose */
    int response, best_response; /* ResponseCode as it stands, and the best so far */
    double response_time_h;      /* first CR/CRh/CRi; NaN: none yet */
    int response_cycle;          /* its cycle; 0: none yet */
    int relapsed, progressed;    /* 1: after a response; without one */
    int disease_stable;          /* 1: marrow blasts not above those of the marrow before, so that low counts
                                    may be ascribed to disease */
    int transplanted;
} Labs;

/* Nothing measured yet; limits of normal by sex. */
void labs_start(Labs *labs, const Config *config);

/* One result. `given`: the first dose has been, so that it is no baseline but counts for nadir and peak. */
void labs_result(Labs *labs, LabId test, double value, double time_h, bool given);

/* A cycle starts: what was measured last is its baseline. */
void labs_cycle_starts(Labs *labs);

/* "anc", "platelets", … as rules, labs.csv and events.csv name them; NULL past the last. */
const char *lab_name(LabId test);
/* "1e9/L", "U/L", …; "" for shares. */
const char *lab_unit(LabId test);
/* The test with this name, or -1. */
int lab_find(const char *name);

/* "NR", "CRi", "CRh", "CR". */
const char *response_name(int code);

#endif
