/* Veno-occlusive disease (sinusoidal obstruction syndrome) by its published definitions: pure functions of
 * what is found at the bedside. What makes the findings is systemic.h. */
#ifndef MARROW_VOD_H
#define MARROW_VOD_H

#include <stdbool.h>

typedef struct VodFindings {
    double days_after_transplant; /* NaN: not transplanted; no time limit then holds */
    double bilirubin_mg_per_dl;
    double bilirubin_before_mg_per_dl; /* 48 h earlier; NaN: unknown */
    double weight_gain_percent;
    bool hepatomegaly; /* painful */
    bool ascites;
    bool reversed_flow;          /* haemodynamic or ultrasound evidence */
    double transaminases_by_uln; /* the higher of ALT and AST */
    double creatinine_ratio;     /* over the patient's baseline */
    double symptom_days;         /* since the first of the findings; NaN: unknown */
    int risk_factors;            /* known before: prior transplant, liver disease, two alkylators, … */
} VodFindings;

typedef enum VodKind { VOD_NONE, VOD_CLASSICAL, VOD_LATE } VodKind;
typedef enum VodGrade { VOD_NO, VOD_MILD, VOD_MODERATE, VOD_SEVERE, VOD_VERY_SEVERE } VodGrade;

/* Baltimore (Jones 1987): within 21 days, bilirubin >= 2 mg/dL and two of painful hepatomegaly, weight gain
 * above 5 %, ascites. */
bool vod_baltimore(const VodFindings *f);

/* Modified Seattle (McDonald 1993): within 20 days, two of bilirubin > 2 mg/dL, hepatomegaly, weight gain
 * above 2 %. */
bool vod_seattle(const VodFindings *f);

/* EBMT 2016, adults (Mohty 2016, Bone Marrow Transplant 51:906). Late: after day 21, the classical picture,
 * or two of the four findings with evidence of disturbed flow. Before any transplant the picture alone
 * decides, and is called classical. */
VodKind vod_ebmt(const VodFindings *f);

/* EBMT 2016 severity of a VOD: the highest category that two criteria reach; two risk factors raise mild and
 * moderate by one. At least mild. */
VodGrade vod_severity(const VodFindings *f);

/* "mild", … ; "none" for VOD_NO. */
const char *vod_grade_name(VodGrade grade);

#endif
