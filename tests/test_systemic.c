/* Blood counts and liver: at rest, against CVODE, and what is said of drug, transfusion and injury. */
#include "plasma_checks.h"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <string.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include "clinic/body_luck.h"
#include "clinic/systemic.h"

static const double year_h = 8760;

static SystemicRates typical(void) {
    Config config;
    SystemicRates rates;
    config_default(&config);
    config.liver.sensitivity_ln_sd = config.liver.enzyme_ln_sd = config.liver.finding_ln_sd = 0;
    systemic_rates(&config, &rates);
    return rates;
}

/* ---- at rest ----------------------------------------------------------------------------------- */

static void healthy_stays(void **state) {
    (void)state;
    const SystemicRates rates = typical();
    const double rooms[] = {1, 0.25, 0.03};
    for (int i = 0; i < 3; i++) {
        SystemicState first, now;
        systemic_start(&rates, rooms[i], &first);
        now = first;
        const SystemicDrive rest = {.room = rooms[i]};
        for (double t = 0; t < year_h; t += 4) systemic_advance(&rates, &rest, 4, &now);
        print_message(
            "  room %.2f: neutrophils %.3f, platelets %.1f, haemoglobin %.2f, the same after a year\n",
            rooms[i], systemic_anc(&now), systemic_platelets(&now), systemic_hb(&now));
        assert_memory_equal(&now, &first, sizeof now);
    }
}

/* Entry counts are what was asked; what lacks beside room comes back by half in 90 d, what room takes goes
 * with it, and a haemoglobin that the marrow does not sustain is borrowed. */
static void enters_and_recovers(void **state) {
    (void)state;
    SystemicRates rates = typical();
    SystemicState s;
    rates.neutrophils.entry = 0.4, rates.platelets.entry = 120, rates.red.entry = 9.5;
    systemic_start(&rates, 0.2, &s);
    assert_true(systemic_anc(&s) == 0.4 && systemic_platelets(&s) == 120);
    check("haemoglobin at entry", systemic_hb(&s), 9.5, 1e-12);
    assert_true(s.neutrophils.reserve < 1 && s.transfused_hb > 1);
    check("platelets need no loss of reserve", s.platelets.reserve, 1, 1e-12);
    double lack = 1 - s.neutrophils.reserve;
    for (int day = 0; day < 90; day++) systemic_advance(&rates, &(SystemicDrive){.room = 1}, 24, &s);
    print_message("  after 90 days with all room: neutrophils %.2f, platelets %.0f, haemoglobin %.1f\n",
                  systemic_anc(&s), systemic_platelets(&s), systemic_hb(&s));
    check("reserve that is still missing", (1 - s.neutrophils.reserve) / lack, 0.5, 1e-6);
    check("platelets are back", systemic_platelets(&s) / 250, 1, 0.05);
    assert_true(systemic_hb(&s) > 12);
}

/* ---- against CVODE, on equations written again ---------------------------------------------------- */

typedef struct Course {
    const SystemicRates *rates;
    SystemicDrive drive;
} Course;

static void chain_again(const FribergRates *r, double kill, double room, double g, double seen,
                        const double y[7], double dy[7]) {
    double ktr = 4 / r->mtt_h * (1 + g), e = fmin(0.98, kill);
    double target = r->base * pow(room, y[6]) * y[5];
    dy[0] = ktr * (r->on_demand > 0 ? target : y[0]) * (1 - e) * (1 + g) * pow(target / seen, r->gamma) -
            ktr * y[0];
    for (int i = 1; i < 4; i++) dy[i] = ktr * y[i - 1] - ktr * y[i];
    dy[4] = r->loss_per_h * y[3] - r->loss_per_h * y[4];
    dy[5] = r->reserve_per_h * room - r->reserve_per_h * room * y[5];
    dy[6] = 0;
}

/* Neutrophils, platelets, haemoglobin, with reserve and share in room; what is transfused of the last two,
 * G-CSF, T cells; conjugate in the liver, injury, stress, ALT. */
enum { UNKNOWNS = 21 + 2 + 1 + 1 + 4 };

static int slopes_again(realtype t, N_Vector at, N_Vector slope, void *user) {
    (void)t;
    const Course *c = user;
    const SystemicRates *r = c->rates;
    const LiverRates *l = &r->liver;
    const double *y = NV_DATA_S(at);
    double *dy = NV_DATA_S(slope), adc = c->drive.adc_ng_ml, room = c->drive.room;
    double g = r->neutrophils.g_csf * y[23];
    chain_again(&r->neutrophils, r->neutrophils.slope_ml_per_ng * adc, room, g, y[4], y, dy);
    chain_again(&r->platelets, r->platelets.slope_ml_per_ng * adc, room, 0, y[11] + y[21], y + 7, dy + 7);
    chain_again(&r->red, r->red.slope_ml_per_ng * adc, room, 0, y[18] + y[22], y + 14, dy + 14);
    dy[21] = -y[21] / 84;
    dy[22] = -y[22] / 1440;
    dy[23] = (c->drive.g_csf - y[23]) / 12;
    dy[24] = r->lymphocytes_turnover_per_h *
             (r->lymphocytes_base - y[24] - r->lymphocytes_slope_ml_per_ng * adc * y[24]);
    double load = (1 - l->adc_share) * y[25] + l->adc_share * adc;
    double power = pow(load, l->load_power), half = pow(l->half_load_ng_ml, l->load_power);
    dy[25] = l->degradation_per_h * (adc - y[25]);
    dy[26] = (l->injury_per_h * power / (half + power) + c->drive.conditioning_per_h) * (1 - y[26]) -
             l->repair_per_h * y[26];
    dy[27] = l->stress_per_h * (load / (l->stress_half_ng_ml + load) - y[27]);
    dy[28] = log(2) / 47 * (l->alt_base * (1 + l->alt_gain * (y[27] + y[26] * y[26])) - y[28]);
    return 0;
}

static void state_list(const SystemicState *s, double y[UNKNOWNS]) {
    memcpy(y, s, 21 * sizeof *y); /* three chains of seven */
    const double rest[UNKNOWNS - 21] = {s->transfused_platelets, s->transfused_hb,   s->g_csf,
                                        s->lymphocytes,          s->liver_adc_ng_ml, s->sinusoid_injury,
                                        s->hepatocyte_stress,    s->alt_u_per_l};
    memcpy(y + 21, rest, sizeof rest);
}

/* A cycle: infusions a week apart, G-CSF for a week, a transfusion, conditioning. */
static SystemicDrive drive_at(int hour) {
    int day = hour / 24;
    return (SystemicDrive){
        .adc_ng_ml = 200 * exp(-0.01 * (hour % 168)),
        .room = fmin(1, 0.2 + day / 60.0),
        .g_csf = day >= 10 && day < 17,
        .conditioning_per_h = day >= 40 && day < 45 ? systemic_conditioning(false) : 0,
    };
}

static double furthest(const double a[], const double b[], int count) {
    double most = 0;
    for (int i = 0; i < count; i++) most = fmax(most, fabs(a[i] - b[i]) / fmax(fabs(b[i]), 1e-3));
    return most;
}

static void equals_cvode(void **state) {
    (void)state;
    SystemicRates rates = typical();
    SystemicState now;
    rates.neutrophils.entry = 0.4, rates.platelets.entry = 120, rates.red.entry = 9.5;
    systemic_start(&rates, 0.2, &now);
    Course course = {.rates = &rates};
    SUNContext context;
    assert_int_equal(SUNContext_Create(NULL, &context), 0);
    N_Vector y = N_VNew_Serial(UNKNOWNS, context);
    void *cvode = CVodeCreate(CV_ADAMS, context);
    SUNNonlinearSolver fixed = SUNNonlinSol_FixedPoint(y, 0, context);
    double list[UNKNOWNS], off = 0;
    state_list(&now, NV_DATA_S(y));
    assert_true(CVodeInit(cvode, slopes_again, 0, y) == CV_SUCCESS &&
                CVodeSStolerances(cvode, 1e-10, 1e-12) == CV_SUCCESS &&
                CVodeSetUserData(cvode, &course) == CV_SUCCESS &&
                CVodeSetNonlinearSolver(cvode, fixed) == CV_SUCCESS);
    for (int hour = 0; hour < 60 * 24; hour += 4) {
        realtype reached;
        if (hour == 240) {
            systemic_transfuse_platelets(&rates, 1, &now);
            systemic_transfuse_red_cells(&rates, 2, &now);
            state_list(&now, NV_DATA_S(y));
        }
        course.drive = drive_at(hour);
        systemic_advance(&rates, &course.drive, 4, &now);
        assert_true(CVodeReInit(cvode, 0, y) == CV_SUCCESS && CVode(cvode, 4, y, &reached, CV_NORMAL) >= 0);
        if (CVodeGetDky(cvode, 4, 0, y) != CV_SUCCESS) fail_msg("CVODE has no value at the interval's end");
        state_list(&now, list);
        off = fmax(off, furthest(list, NV_DATA_S(y), UNKNOWNS));
    }
    print_message("  60 days of drug, G-CSF, transfusion, conditioning: off by %.1e\n", off);
    assert_true(off < 1e-5);
    SUNNonlinSolFree(fixed);
    CVodeFree(&cvode);
    N_VDestroy(y);
    SUNContext_Free(&context);
}

/* ---- liver ------------------------------------------------------------------------------------- */

/* Largest injury when `area` ng/mL h of conjugate (half-life 3 d) is given in `parts`, a week apart. */
static double injury_of(const SystemicRates *rates, double area, int parts) {
    SystemicState s;
    double rate = log(2) / 72, most = 0;
    systemic_start(rates, 1, &s);
    for (int hour = 0; hour < 42 * 24; hour++) {
        SystemicDrive drive = {.room = 1};
        for (int p = 0; p < parts; p++)
            if (hour >= 168 * p) drive.adc_ng_ml += area * rate / parts * exp(-rate * (hour - 168 * p));
        systemic_advance(rates, &drive, 1, &s);
        most = fmax(most, s.sinusoid_injury);
    }
    return most;
}

static void one_large_dose_is_worse(void **state) {
    (void)state;
    const SystemicRates rates = typical();
    const double areas[] = {5000, 20000, 60000};
    for (int i = 0; i < 3; i++) {
        double one = injury_of(&rates, areas[i], 1), three = injury_of(&rates, areas[i], 3);
        print_message("  %6.0f ng h/mL: injury %.4f at once, %.4f in three parts\n", areas[i], one, three);
        assert_true(one > 1.3 * three);
    }
    double small = injury_of(&rates, 5000, 1), twice = injury_of(&rates, 10000, 1);
    print_message("  twice the dose does %.2f times the injury\n", twice / small);
    assert_true(twice > 2.5 * small);
}

static void findings_follow_injury(void **state) {
    (void)state;
    Config config;
    config_default(&config);
    for (int seed = 1; seed <= 200; seed++) {
        SystemicRates rates;
        SystemicState s, before;
        config.simulation.seed = seed;
        systemic_rates(&config, &rates);
        systemic_start(&rates, 1, &s);
        for (double j = 0; j <= 1; j += 0.05) {
            before = s;
            s.sinusoid_injury = j;
            assert_true(systemic_weight_gain(&rates, &s) >= systemic_weight_gain(&rates, &before));
            assert_true(systemic_hepatomegaly(&rates, &s) >= systemic_hepatomegaly(&rates, &before));
            assert_true(systemic_ascites(&rates, &s) >= systemic_ascites(&rates, &before));
            assert_true(systemic_creatinine_ratio(&s) >= systemic_creatinine_ratio(&before));
        }
    }
}

/* After a loss of half its haemoglobin the blood is back in months, without swinging past. */
static void haemoglobin_comes_back(void **state) {
    (void)state;
    const SystemicRates rates = typical();
    SystemicState s;
    double day_12 = NAN, most = 0;
    systemic_start(&rates, 1, &s);
    s.red.circulating /= 2;
    for (int day = 1; day <= 730; day++) {
        systemic_advance(&rates, &(SystemicDrive){.room = 1}, 24, &s);
        double hb = systemic_hb(&s);
        if (isnan(day_12) && hb >= 12) day_12 = day;
        most = fmax(most, hb);
    }
    print_message("  from 7 g/dL: 12 on day %g, never above %.2f, %.2f after two years\n", day_12, most,
                  systemic_hb(&s));
    assert_true(day_12 >= 20 && day_12 <= 90 && most < 14.7);
    check("haemoglobin after two years", systemic_hb(&s), 14, 0.01);
}

/* Two alkylators hurt more; half of it is repaired in a fortnight. */
static void conditioning_hurts_and_heals(void **state) {
    (void)state;
    const SystemicRates rates = typical();
    double injury[2], later[2];
    for (int two = 0; two < 2; two++) {
        SystemicState s;
        systemic_start(&rates, 1, &s);
        const SystemicDrive given = {.room = 1, .conditioning_per_h = systemic_conditioning(two)};
        systemic_advance(&rates, &given, 120, &s);
        injury[two] = s.sinusoid_injury;
        systemic_advance(&rates, &(SystemicDrive){.room = 1}, 14 * 24, &s);
        later[two] = s.sinusoid_injury;
        assert_true(s.bilirubin_mg_per_dl > rates.liver.bilirubin_base);
    }
    print_message("  injury after five days: %.3f, with two alkylators %.3f\n", injury[0], injury[1]);
    assert_true(injury[1] > 1.5 * injury[0]);
    check("left after 14 days", later[0] / injury[0], 0.5, 1e-6);
}

/* ---- support ----------------------------------------------------------------------------------- */

static void support_helps(void **state) {
    (void)state;
    const SystemicRates rates = typical();
    SystemicState s, helped;
    systemic_start(&rates, 0.1, &s);
    helped = s;
    systemic_transfuse_platelets(&rates, 1, &helped);
    systemic_transfuse_red_cells(&rates, 1, &helped);
    check("rise of platelets", systemic_platelets(&helped) - systemic_platelets(&s), 30, 1e-9);
    check("rise of haemoglobin", systemic_hb(&helped) - systemic_hb(&s), 1, 1e-9);
    systemic_advance(&rates, &(SystemicDrive){.room = 0.1}, 240, &s);
    systemic_advance(&rates, &(SystemicDrive){.room = 0.1, .g_csf = 1}, 240, &helped);
    print_message("  neutrophils after ten days: %.2f, with G-CSF %.2f\n", systemic_anc(&s),
                  systemic_anc(&helped));
    assert_true(systemic_anc(&helped) > 1.5 * systemic_anc(&s));
    assert_true(systemic_platelets(&helped) - systemic_platelets(&s) < 10); /* transfused ones are gone */
}

/* ---- luck ---------------------------------------------------------------------------------------- */

static void quantiles(void **state) {
    (void)state;
    check("97.5 %", normal_quantile(0.975), 1.9599639845400545, 1e-14);
    check("1e-10", normal_quantile(1e-10), -6.3613409024040557, 1e-13);
    check("0.6", normal_quantile(0.6), 0.25334710313579978, 1e-13);
    assert_true(normal_quantile(0.5) == 0);
}

/* The same for one patient, whatever else; another for another patient, event, trait or purpose. */
static void luck_belongs_to_the_patient(void **state) {
    (void)state;
    double sum = 0, squares = 0;
    enum { N = 20000 };
    for (uint32_t i = 0; i < N; i++) {
        double z = body_luck_normal(i, 3, 1, BODY_GRADE);
        assert_true(z == body_luck_normal(i, 3, 1, BODY_GRADE));
        assert_true(z != body_luck_normal(i, 4, 1, BODY_GRADE) &&
                    z != body_luck_normal(i, 3, 2, BODY_GRADE) &&
                    z != body_luck_normal(i, 3, 1, BODY_LENGTH));
        sum += z, squares += z * z;
    }
    print_message("  mean %.4f, variance %.4f of %d\n", sum / N, squares / N, N);
    assert_true(fabs(sum / N) < 4 / sqrt(N) && fabs(squares / N - 1) < 4 * sqrt(2.0 / N));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy_stays),
        cmocka_unit_test(enters_and_recovers),
        cmocka_unit_test(equals_cvode),
        cmocka_unit_test(one_large_dose_is_worse),
        cmocka_unit_test(findings_follow_injury),
        cmocka_unit_test(conditioning_hurts_and_heals),
        cmocka_unit_test(haemoglobin_comes_back),
        cmocka_unit_test(support_helps),
        cmocka_unit_test(quantiles),
        cmocka_unit_test(luck_belongs_to_the_patient),
    };
    return cmocka_run_group_tests_name("systemic", tests, NULL, NULL);
}
