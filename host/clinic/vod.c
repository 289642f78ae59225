#include "clinic/vod.h"

#include <math.h>

static bool within(const VodFindings *f, double days) {
    return isnan(f->days_after_transplant) || f->days_after_transplant <= days;
}

/* Of painful hepatomegaly, weight gain above 5 %, ascites. */
static int signs(const VodFindings *f) {
    return f->hepatomegaly + (f->weight_gain_percent > 5) + f->ascites;
}

static bool picture(const VodFindings *f) {
    return f->bilirubin_mg_per_dl >= 2 && signs(f) >= 2;
}

bool vod_baltimore(const VodFindings *f) {
    return within(f, 21) && picture(f);
}

bool vod_seattle(const VodFindings *f) {
    int found = (f->bilirubin_mg_per_dl > 2) + f->hepatomegaly + (f->weight_gain_percent > 2);
    return within(f, 20) && found >= 2;
}

VodKind vod_ebmt(const VodFindings *f) {
    if (vod_baltimore(f)) return VOD_CLASSICAL;
    if (within(f, 21)) return VOD_NONE;
    bool disturbed = (f->bilirubin_mg_per_dl >= 2) + signs(f) >= 2 && f->reversed_flow;
    return picture(f) || disturbed ? VOD_LATE : VOD_NONE;
}

/* How many of three ascending limits are reached, over mild. */
static VodGrade category(double value, double moderate, double severe, double very_severe) {
    return VOD_MILD + (value >= moderate) + (value >= severe) + (value >= very_severe);
}

static VodGrade bilirubin_category(const VodFindings *f) {
    VodGrade grade = category(f->bilirubin_mg_per_dl, 3, 5, 8);
    bool doubled = f->bilirubin_mg_per_dl >= 2 * f->bilirubin_before_mg_per_dl; /* false when unknown */
    return doubled && grade < VOD_SEVERE ? VOD_SEVERE : grade;
}

/* 5-10 % stands in the table under moderate and under severe. */
static VodGrade weight_category(const VodFindings *f) {
    return category(f->weight_gain_percent, 5, 5, 10);
}

/* The shorter, the worse; the table's "any" under very severe adds nothing. */
static VodGrade speed_category(const VodFindings *f) {
    return category(-f->symptom_days, -7, -4, INFINITY); /* unknown: mild */
}

VodGrade vod_severity(const VodFindings *f) {
    const VodGrade criteria[] = {
        bilirubin_category(f),
        category(f->transaminases_by_uln, nextafter(2, 3), nextafter(5, 6), nextafter(8, 9)),
        weight_category(f),
        category(f->creatinine_ratio, 1.2, 1.5, 2),
        speed_category(f),
    };
    VodGrade grade = VOD_MILD;
    for (int g = VOD_MODERATE; g <= VOD_VERY_SEVERE; g++) {
        int reached = 0;
        for (int i = 0; i < 5; i++) reached += (int)criteria[i] >= g;
        if (reached >= 2) grade = (VodGrade)g;
    }
    return f->risk_factors >= 2 && grade < VOD_SEVERE ? grade + 1 : grade;
}

const char *vod_grade_name(VodGrade grade) {
    static const char *const names[] = {"none", "mild", "moderate", "severe", "very severe"};
    return names[grade];
}
