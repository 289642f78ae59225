/* The names a rule may use, and their values at a visit: laboratory results, and facts about the course, the
 * disease and the patient. Yes is 1, no is 0, never or not known is NaN, and days since what never was are
 * infinite. */
#ifndef MARROW_POLICY_FACTS_H
#define MARROW_POLICY_FACTS_H

#include "clinic/labs.h"

typedef enum FactId {
    /* the course */
    FACT_CYCLE,          /* of the coming dose when one is due, else the present one; from 1 */
    FACT_DAY_OF_CYCLE,   /* of the visit, from 1; 0 before the first dose */
    FACT_NEXT_DAY,       /* day of the cycle the coming dose is planned for: 1, 8, 15; 0 in tables */
    FACT_DOSES_GIVEN,    /* begun so far */
    FACT_CYCLES_GIVEN,   /* cycles in which a dose was given */
    FACT_DOSE_DAYS,      /* since the latest dose */
    FACT_HELD_D,         /* how late the coming dose is by holds within a cycle */
    FACT_DELAYED_D,      /* how late a cycle's first dose is by delays */
    FACT_LONGEST_HOLD_D, /* the longest hold in the cycle before */
    FACT_HOLD_OMITTED,   /* doses omitted in the present hold */
    FACT_REDUCTIONS,     /* steps down so far: 25 % less, then two doses a cycle */
    FACT_COMING,         /* a dose of the course is still to come */
    /* other drugs: the regimen whose cycle is due, else the first */
    FACT_CHEMO_CYCLE,     /* the cycle that is due, else the present one; 0: none yet */
    FACT_CHEMO_DELAYED_D, /* how late the cycle that is due is */
    FACT_CHEMO_REDUCED,   /* rules that reduced it so far */
    FACT_CYTARABINE,      /* a dose in the coming cycle, g/m2, as reduced; 0: none */
    FACT_TREATMENT_ENDED, /* no dose of any drug is to come */
    FACT_NEXT_THERAPY,    /* a new induction has begun */
    /* the disease */
    FACT_RESPONSE, /* as it stands: nr < cri < crh < cr */
    FACT_BEST_RESPONSE,
    FACT_RESPONSE_CYCLE, /* cycle of the first CR, CRh or CRi; 0: none yet */
    FACT_RELAPSED,
    FACT_PROGRESSED,
    FACT_FAILED,         /* no response within three cycles */
    FACT_DISEASE_STABLE, /* marrow blasts not above those of the marrow before */
    FACT_MARROW_DAYS,    /* since the latest marrow */
    FACT_MARROW_CYCLE,   /* cycle of the latest marrow; 0: before the first dose */
    FACT_MRD_NEGATIVE,   /* latest flow cytometry in remission, below 1e-4 */
    FACT_PLATELET_TRANSFUSION_DAYS,
    FACT_RED_CELL_TRANSFUSION_DAYS,
    FACT_G_CSF_DAYS, /* since the latest */
    /* adverse events now, CTCAE grade */
    FACT_INFUSION_REACTION,
    FACT_OTHER_GRADE,
    FACT_OTHER_BASELINE_GRADE,
    FACT_VOD_GRADE,
    FACT_VOD_EVER,
    FACT_INFECTION_GRADE,
    FACT_FEBRILE_NEUTROPENIA,
    FACT_HAEMORRHAGE_GRADE,
    FACT_G_CSF,
    FACT_URSODIOL, /* is being given */
    /* the patient */
    FACT_AGE_YEARS,
    FACT_SALVAGE_LINE,
    FACT_FIRST_REMISSION_MONTHS,
    FACT_PRIOR_TRANSPLANT,
    FACT_MONTHS_SINCE_TRANSPLANT,
    FACT_PH_POSITIVE,
    FACT_PRIOR_TKI,
    FACT_ECOG,
    FACT_CD22_POSITIVE_PERCENT,
    FACT_GILBERT,
    FACT_PRIOR_VOD,
    FACT_LIVER_DISEASE,
    FACT_ACTIVE_GVHD,
    FACT_CNS_DISEASE,
    FACT_TRANSPLANT_CANDIDATE,
    /* transplant */
    FACT_TRANSPLANTED,
    FACT_TRANSPLANT_PLANNED,
    FACTS
} FactId;

/* What a rule sees. */
typedef struct PolicyFacts {
    const Labs *labs;
    double fact[FACTS];
} PolicyFacts;

/* Name and meaning, for messages and docs; NULL past the last. */
const char *fact_name(FactId fact);
const char *fact_text(FactId fact);
int fact_find(const char *name); /* or -1 */
bool fact_is_flag(FactId fact);  /* yes or no */

#endif
