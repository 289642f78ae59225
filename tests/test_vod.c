/* Grades and diagnoses: CTCAE's limits on both sides of each, VOD by three definitions, its severity. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "clinic/ctcae.h"
#include "clinic/vod.h"

/* ---- CTCAE ------------------------------------------------------------------------------------- */

/* Limits of normal as the laboratory has them. */
typedef struct Normal {
    CtcaeTerm term;
    double lower, upper;
} Normal;

static const Normal normal[CTCAE_TERMS] = {
    {CTCAE_ANC, 1.8, 8},       {CTCAE_PLATELETS, 150, 400}, {CTCAE_WBC, 4, 10},
    {CTCAE_LYMPHOCYTES, 1, 4}, {CTCAE_HB, 13, 17},          {CTCAE_ALT, 0, 40},
    {CTCAE_AST, 0, 40},        {CTCAE_ALP, 0, 120},         {CTCAE_GGT, 0, 50},
    {CTCAE_BILIRUBIN, 0, 1.2}, {CTCAE_CREATININE, 0, 1.2},  {CTCAE_QTC, 350, 450},
    {CTCAE_WEIGHT_GAIN, 0, 0},
};

typedef struct Graded {
    CtcaeVersion version;
    CtcaeTerm term;
    double value;
    int grade;
} Graded;

static int grade_of(CtcaeVersion v, CtcaeTerm t, double value, double baseline) {
    return ctcae_grade(v, t, value, normal[t].lower, normal[t].upper, baseline);
}

static void expect_grades(const Graded *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const Graded *g = &list[i];
        int grade = grade_of(g->version, g->term, g->value, NAN);
        if (grade != g->grade)
            fail_msg("version %d, %s %g: grade %d, expected %d", g->version + 3, ctcae_name(g->term),
                     g->value, grade, g->grade);
    }
    print_message("  %zu grades\n", count);
}

static void blood_counts(void **state) {
    (void)state;
    const Graded list[] = {
        {CTCAE_3, CTCAE_ANC, 1.8, 0},         {CTCAE_3, CTCAE_ANC, 1.79, 1},
        {CTCAE_3, CTCAE_ANC, 1.5, 1},         {CTCAE_3, CTCAE_ANC, 1.49, 2},
        {CTCAE_4, CTCAE_ANC, 1.0, 2},         {CTCAE_4, CTCAE_ANC, 0.99, 3},
        {CTCAE_5, CTCAE_ANC, 0.5, 3},         {CTCAE_5, CTCAE_ANC, 0.49, 4},
        {CTCAE_3, CTCAE_PLATELETS, 150, 0},   {CTCAE_3, CTCAE_PLATELETS, 149, 1},
        {CTCAE_3, CTCAE_PLATELETS, 74, 2},    {CTCAE_3, CTCAE_PLATELETS, 49, 3},
        {CTCAE_3, CTCAE_PLATELETS, 24, 4},    {CTCAE_3, CTCAE_WBC, 2.9, 2},
        {CTCAE_3, CTCAE_WBC, 1.9, 3},         {CTCAE_3, CTCAE_WBC, 0.9, 4},
        {CTCAE_3, CTCAE_LYMPHOCYTES, 0.9, 1}, {CTCAE_3, CTCAE_LYMPHOCYTES, 0.79, 2},
        {CTCAE_3, CTCAE_LYMPHOCYTES, 0.4, 3}, {CTCAE_3, CTCAE_LYMPHOCYTES, 0.1, 4},
        {CTCAE_3, CTCAE_HB, 12.9, 1},         {CTCAE_3, CTCAE_HB, 9.9, 2},
        {CTCAE_3, CTCAE_HB, 7.9, 3},          {CTCAE_3, CTCAE_HB, 6.4, 4},
        {CTCAE_4, CTCAE_HB, 6.4, 3},          {CTCAE_5, CTCAE_HB, 3.0, 3},
        {CTCAE_3, CTCAE_ANC, NAN, 0},
    };
    expect_grades(list, sizeof list / sizeof list[0]);
}

static void liver_tests(void **state) {
    (void)state;
    const Graded list[] = {
        {CTCAE_3, CTCAE_ALT, 40, 0},         {CTCAE_3, CTCAE_ALT, 41, 1},
        {CTCAE_3, CTCAE_ALT, 101, 2},        {CTCAE_4, CTCAE_ALT, 101, 1},
        {CTCAE_4, CTCAE_ALT, 120, 1},        {CTCAE_4, CTCAE_ALT, 121, 2},
        {CTCAE_3, CTCAE_AST, 200, 2},        {CTCAE_3, CTCAE_AST, 201, 3},
        {CTCAE_3, CTCAE_AST, 801, 4},        {CTCAE_4, CTCAE_ALP, 301, 2},
        {CTCAE_4, CTCAE_GGT, 251, 3},        {CTCAE_4, CTCAE_GGT, 1001, 4},
        {CTCAE_4, CTCAE_BILIRUBIN, 1.2, 0},  {CTCAE_4, CTCAE_BILIRUBIN, 1.3, 1},
        {CTCAE_4, CTCAE_BILIRUBIN, 1.81, 2}, {CTCAE_4, CTCAE_BILIRUBIN, 3.61, 3},
        {CTCAE_4, CTCAE_BILIRUBIN, 12.1, 4}, {CTCAE_3, CTCAE_QTC, 475, 2},
        {CTCAE_4, CTCAE_QTC, 475, 1},        {CTCAE_4, CTCAE_QTC, 501, 3},
        {CTCAE_4, CTCAE_CREATININE, 1.9, 2}, {CTCAE_4, CTCAE_WEIGHT_GAIN, 11, 2},
    };
    expect_grades(list, sizeof list / sizeof list[0]);
}

/* Version 5 counts an abnormal baseline as one: the others do not. */
static void abnormal_baseline(void **state) {
    (void)state;
    assert_int_equal(grade_of(CTCAE_4, CTCAE_ALT, 130, 100), 2);
    assert_int_equal(grade_of(CTCAE_5, CTCAE_ALT, 130, 100), 0);
    assert_int_equal(grade_of(CTCAE_5, CTCAE_ALT, 151, 100), 1);
    assert_int_equal(grade_of(CTCAE_5, CTCAE_ALT, 301, 100), 2);
    assert_int_equal(grade_of(CTCAE_5, CTCAE_ALT, 130, 30), 2);
    assert_int_equal(grade_of(CTCAE_5, CTCAE_BILIRUBIN, 2.1, 2), 1);
    assert_int_equal(grade_of(CTCAE_5, CTCAE_GGT, 90, 60), 0);
    assert_int_equal(grade_of(CTCAE_5, CTCAE_ANC, 0.4, 0.4), 4);
}

static void worse_is_never_better(void **state) {
    (void)state;
    for (int v = CTCAE_3; v <= CTCAE_5; v++)
        for (int t = 0; t < CTCAE_TERMS; t++) {
            int fall = t <= CTCAE_HB ? -1 : 1, before = 0;
            assert_int_equal(ctcae_find(ctcae_name((CtcaeTerm)t)), t);
            for (double f = 1; f > 0.01 && f < 100; f *= fall < 0 ? 0.99 : 1.01) {
                double from = fall < 0 ? normal[t].lower : fmax(normal[t].upper, 1);
                int grade = grade_of((CtcaeVersion)v, (CtcaeTerm)t, from * f, NAN);
                assert_true(grade >= before && grade <= 4);
                before = grade;
            }
            assert_true(before >= 3);
        }
}

/* ---- VOD --------------------------------------------------------------------------------------- */

static const VodFindings well = {.days_after_transplant = 12,
                                 .bilirubin_mg_per_dl = 0.6,
                                 .bilirubin_before_mg_per_dl = 0.6,
                                 .transaminases_by_uln = 1,
                                 .creatinine_ratio = 1,
                                 .symptom_days = NAN};

static void definitions(void **state) {
    (void)state;
    VodFindings f = well;
    assert_true(!vod_baltimore(&f) && !vod_seattle(&f) && vod_ebmt(&f) == VOD_NONE);
    f.weight_gain_percent = 2.1, f.hepatomegaly = true;
    assert_true(vod_seattle(&f) && !vod_baltimore(&f));
    f.weight_gain_percent = 5.1;
    assert_true(!vod_baltimore(&f)); /* no jaundice */
    f.bilirubin_mg_per_dl = 2;
    assert_true(vod_baltimore(&f) && vod_ebmt(&f) == VOD_CLASSICAL);
    f.hepatomegaly = false;
    assert_true(!vod_baltimore(&f) && vod_ebmt(&f) == VOD_NONE);
    f.ascites = true;
    assert_true(vod_baltimore(&f));
    f.days_after_transplant = 21.5;
    assert_true(!vod_baltimore(&f) && !vod_seattle(&f) && vod_ebmt(&f) == VOD_LATE);
    f.bilirubin_mg_per_dl = 1;
    assert_true(vod_ebmt(&f) == VOD_NONE);
    f.reversed_flow = true; /* anicteric, late, by ultrasound */
    assert_true(vod_ebmt(&f) == VOD_LATE);
    f.days_after_transplant = 12;
    assert_true(vod_ebmt(&f) == VOD_NONE);
    f.days_after_transplant = NAN, f.bilirubin_mg_per_dl = 2;
    assert_true(vod_ebmt(&f) == VOD_CLASSICAL);
}

static void severity(void **state) {
    (void)state;
    VodFindings f = well;
    f.bilirubin_mg_per_dl = f.bilirubin_before_mg_per_dl = 2.5, f.weight_gain_percent = 4, f.symptom_days = 9;
    assert_int_equal(vod_severity(&f), VOD_MILD);
    f.risk_factors = 2;
    assert_int_equal(vod_severity(&f), VOD_MODERATE);
    f.risk_factors = 1, f.bilirubin_mg_per_dl = f.bilirubin_before_mg_per_dl = 4;
    assert_int_equal(vod_severity(&f), VOD_MILD); /* one criterion does not make a category */
    f.weight_gain_percent = 6;
    assert_int_equal(vod_severity(&f), VOD_MODERATE);
    f.risk_factors = 2;
    assert_int_equal(vod_severity(&f), VOD_SEVERE);
    f.risk_factors = 0,
    f.bilirubin_before_mg_per_dl = 2; /* doubled in 48 h; weight stands under severe too */
    assert_int_equal(vod_severity(&f), VOD_SEVERE);
    f.creatinine_ratio = 2.1, f.transaminases_by_uln = 8.1;
    assert_int_equal(vod_severity(&f), VOD_VERY_SEVERE);
    f.risk_factors = 3;
    assert_int_equal(vod_severity(&f), VOD_VERY_SEVERE);
    f = well, f.symptom_days = 3, f.transaminases_by_uln = 6;
    assert_int_equal(vod_severity(&f), VOD_SEVERE);
    assert_string_equal(vod_grade_name(VOD_VERY_SEVERE), "very severe");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blood_counts),      cmocka_unit_test(liver_tests),
        cmocka_unit_test(abnormal_baseline), cmocka_unit_test(worse_is_never_better),
        cmocka_unit_test(definitions),       cmocka_unit_test(severity),
    };
    return cmocka_run_group_tests_name("vod", tests, NULL, NULL);
}
