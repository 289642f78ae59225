#include "clinic/policy_facts.h"

#include <string.h>

typedef struct FactRow {
    const char *name, *text;
    bool flag; /* yes or no */
} FactRow;

static const FactRow rows[FACTS] = {
    [FACT_CYCLE] = {"cycle", "cycle of the dose that is due, else the present one", false},
    [FACT_DAY_OF_CYCLE] = {"day_of_cycle", "day of the visit, from 1; 0 before the first dose", false},
    [FACT_NEXT_DAY] = {"next_day", "day the coming dose was planned for: 1, 8, 15; 0 in tables", false},
    [FACT_DOSES_GIVEN] = {"doses_given", "doses begun so far", false},
    [FACT_CYCLES_GIVEN] = {"cycles_given", "cycles in which a dose was given", false},
    [FACT_DOSE_DAYS] = {"dose_days", "days since the latest dose began", false},
    [FACT_HELD_D] = {"held_d", "days by which holds within a cycle have made the coming dose late", false},
    [FACT_DELAYED_D] = {"delayed_d", "days by which a cycle's first dose is late", false},
    [FACT_LONGEST_HOLD_D] = {"longest_hold_d", "longest hold in the cycle before, days", false},
    [FACT_HOLD_OMITTED] = {"hold_omitted", "doses omitted in the present hold", false},
    [FACT_REDUCTIONS] = {"reductions", "steps down so far: 25 % less, then two doses a cycle", false},
    [FACT_COMING] = {"dose_coming", "a dose of the course is still to come", true},
    [FACT_CHEMO_CYCLE] = {"chemo_cycle",
                          "other drugs: the cycle that is due, else the present one; 0: none yet", false},
    [FACT_CHEMO_DELAYED_D] = {"chemo_delayed_d", "days by which their cycle that is due is late", false},
    [FACT_CHEMO_REDUCED] = {"chemo_reduced", "rules that have reduced them so far", false},
    [FACT_CYTARABINE] = {"cytarabine_g_per_m2", "a dose of it in their coming cycle, as reduced; 0: none",
                         false},
    [FACT_TREATMENT_ENDED] = {"treatment_ended", "no dose of any drug is to come", true},
    [FACT_NEXT_THERAPY] = {"next_therapy", "a new induction has begun", true},
    [FACT_RESPONSE] = {"response", "as it stands: nr < cri < crh < cr", false},
    [FACT_BEST_RESPONSE] = {"best_response", "the best so far", false},
    [FACT_RESPONSE_CYCLE] = {"response_cycle", "cycle of the first CR, CRh or CRi; 0 before", false},
    [FACT_RELAPSED] = {"relapsed", "after a response", true},
    [FACT_PROGRESSED] = {"progressed", "without one", true},
    [FACT_FAILED] = {"failed", "no response within three cycles was noted", true},
    [FACT_DISEASE_STABLE] = {"disease_stable", "marrow blasts not above those of the marrow before", true},
    [FACT_MARROW_DAYS] = {"marrow_days", "days since the latest marrow", false},
    [FACT_MARROW_CYCLE] = {"marrow_cycle", "cycle of the latest marrow; 0: before the first dose", false},
    [FACT_MRD_NEGATIVE] = {"mrd_negative", "latest flow cytometry of a marrow in remission below 1e-4", true},
    [FACT_PLATELET_TRANSFUSION_DAYS] = {"platelet_transfusion_days", "days since platelets were transfused",
                                        false},
    [FACT_RED_CELL_TRANSFUSION_DAYS] = {"red_cell_transfusion_days", "days since red cells were transfused",
                                        false},
    [FACT_G_CSF_DAYS] = {"g_csf_days", "days since G-CSF was given", false},
    [FACT_INFUSION_REACTION] = {"infusion_reaction", "CTCAE grade during the latest infusion", false},
    [FACT_OTHER_GRADE] = {"other_grade", "worst related non-haematologic event now, liver tests apart",
                          false},
    [FACT_OTHER_BASELINE_GRADE] = {"other_baseline_grade", "the same before the first dose", false},
    [FACT_VOD_GRADE] = {"vod_grade", "EBMT severity now, 1 mild to 4 very severe; 0 none", false},
    [FACT_VOD_EVER] = {"vod_ever", "VOD was diagnosed at any time", true},
    [FACT_INFECTION_GRADE] = {"infection_grade", "CTCAE grade now", false},
    [FACT_FEBRILE_NEUTROPENIA] = {"febrile_neutropenia", "now", true},
    [FACT_HAEMORRHAGE_GRADE] = {"haemorrhage_grade", "CTCAE grade now", false},
    [FACT_G_CSF] = {"g_csf", "is being given", true},
    [FACT_URSODIOL] = {"ursodiol", "is being given", true},
    [FACT_AGE_YEARS] = {"age_years", "age", false},
    [FACT_SALVAGE_LINE] = {"salvage_line", "1: first salvage; 0: newly diagnosed", false},
    [FACT_FIRST_REMISSION_MONTHS] = {"first_remission_months", "length of the first remission", false},
    [FACT_PRIOR_TRANSPLANT] = {"prior_transplant", "transplanted before this course", true},
    [FACT_MONTHS_SINCE_TRANSPLANT] = {"months_since_transplant", "at the start; infinite without one", false},
    [FACT_PH_POSITIVE] = {"ph_positive", "Philadelphia chromosome", true},
    [FACT_PRIOR_TKI] = {"prior_tki", "a tyrosine kinase inhibitor has failed", true},
    [FACT_ECOG] = {"ecog", "performance status, 0-4", false},
    [FACT_CD22_POSITIVE_PERCENT] = {"cd22_positive_percent", "blasts with CD22 by flow cytometry, %", false},
    [FACT_GILBERT] = {"gilbert", "Gilbert's syndrome or haemolysis", true},
    [FACT_PRIOR_VOD] = {"prior_vod", "VOD before this course", true},
    [FACT_LIVER_DISEASE] = {"liver_disease", "cirrhosis or active hepatitis", true},
    [FACT_ACTIVE_GVHD] = {"active_gvhd", "graft-versus-host disease at the start", true},
    [FACT_CNS_DISEASE] = {"cns_disease", "active disease of the nervous system", true},
    [FACT_TRANSPLANT_CANDIDATE] = {"transplant_candidate", "fit, willing, and a donor may be found", true},
    [FACT_TRANSPLANTED] = {"transplanted", "in this course", true},
    [FACT_TRANSPLANT_PLANNED] = {"transplant_planned", "decided, not done yet", true},
};

const char *fact_name(FactId fact) {
    return fact < FACTS ? rows[fact].name : NULL;
}

const char *fact_text(FactId fact) {
    return fact < FACTS ? rows[fact].text : NULL;
}

bool fact_is_flag(FactId fact) {
    return rows[fact].flag;
}

int fact_find(const char *name) {
    for (int i = 0; i < FACTS; i++)
        if (strcmp(rows[i].name, name) == 0) return i;
    return -1;
}
