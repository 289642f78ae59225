/* The clinic: rules act on the doses as the label says, whatever befalls the patient; results are the truth
 * with the assay's error; the state is all there is; death ends it. */
#include "clinic_case.h"

static Backend cpu;
static ClinicCase a, b;
static char policy_path[CONFIG_TEXT];

static int open_all(void **state) {
    (void)state;
    open_cpu(&cpu, 1, "");
    close(temporary_file(policy_path));
    return 0;
}

static int close_all(void **state) {
    (void)state;
    unlink(policy_path);
    backend_close(&cpu);
    return 0;
}

static void run_course(ClinicCase *c, const char *settings, double days) {
    Config config = clinic_config(settings);
    *c = (ClinicCase){0};
    clinic_start(c, &config, &cpu);
    clinic_until(c, days);
}

/* --- a hold of so many days --- */

/* The label, and a rule that holds day 8 of cycle 1 (and of later cycles with `always`) for as many days. */
static void policy_holding(double days, bool always) {
    FILE *file = fopen(policy_path, "w");
    assert_non_null(file);
    fprintf(
        file,
        "extends: label\nrules:\n- name: made-up\n  when: within cycle\n  if: next_day = 8 and held_d = 0%s\n"
        "  do: hold\n  until: held_d >= %g\n",
        always ? "" : " and cycle = 1", days);
    fclose(file);
}

typedef struct Expected {
    double time_h, mg_per_m2;
} Expected;

static void expect_doses(const ClinicCase *c, const Expected *doses, int count) {
    for (int i = 0; i < count; i++) {
        const DoseRecord *dose = record_of(c, DOSE_GIVEN, i);
        assert_non_null(dose);
        if (dose->time_h != doses[i].time_h || fabs(dose->amount_mg / 1.84 - doses[i].mg_per_m2) > 1e-9)
            fail_msg("dose %d: %.4g mg/m2 at hour %g, expected %g at %g", i, dose->amount_mg / 1.84,
                     dose->time_h, doses[i].mg_per_m2, doses[i].time_h);
    }
}

/* Nothing but the made-up rule and the label's on how long a hold lasted. */
static void run_hold(double days, bool always, double until) {
    char settings[CONFIG_TEXT + 512];
    policy_holding(days, always);
    snprintf(
        settings, sizeof settings,
        "policy.rules=%s hazards.fatigue=0 hazards.nausea=0 hazards.fever=0 hazards.headache=0 "
        "hazards.qt_prolongation=0 hazards.infection=0 hazards.febrile_neutropenia=0 hazards.haemorrhage=0 "
        "liver.ast_gain=0 liver.alt_gain=0 liver.bilirubin_gain=0 liver.injury_per_h=0 clinic.assay_noise=0 "
        "cells.blast.hmax_per_h=0.03 cells.blast.birth_per_d=0.036",
        policy_path);
    run_course(&a, settings, until);
}

static void held_for_days(void **state) {
    (void)state;
    print_message("  held 6 days (visits every other day): given on recovery, all later doses as late\n");
    const Expected six[] = {{0, 0.8}, {312, 0.5}, {480, 0.5}, {648, 0.8}};
    run_hold(5, false, 28);
    expect_doses(&a, six, 4);
    assert_null(record_of(&a, DOSE_OMITTED, 0));
    clinic_stop_case(&a);

    print_message("  held 8 days: day 8 omitted, day 15 a day late\n");
    const Expected eight[] = {{0, 0.8}, {360, 0.5}, {528, 0.8}};
    run_hold(8, false, 23);
    expect_doses(&a, eight, 3);
    assert_string_equal(record_of(&a, DOSE_OMITTED, 0)->code, "held-7-days");
    clinic_stop_case(&a);

    print_message(
        "  held 15 days: day 8 omitted, day 15 eight days late, a quarter less from the next cycle on\n");
    const Expected fifteen[] = {{0, 0.8}, {528, 0.5}, {696, 0.6}, {864, 0.375}};
    run_hold(15, false, 40);
    expect_doses(&a, fifteen, 4);
    assert_string_equal(record_of(&a, DOSE_REDUCED, 0)->code, "held-14-days");
    clinic_stop_case(&a);

    print_message("  held 30 days: stopped\n");
    run_hold(90, false, 60);
    assert_string_equal(record_of(&a, DOSE_DISCONTINUED, 0)->code, "held-28-days");
    assert_null(record_of(&a, DOSE_GIVEN, 1));
    clinic_stop_case(&a);
}

static void steps_down(void **state) {
    (void)state;
    print_message("  held 15 days in every cycle: 25 %% less, then two doses a cycle, then stopped\n");
    run_hold(15, true, 250);
    const DoseRecord *first = record_of(&a, DOSE_REDUCED, 0), *second = record_of(&a, DOSE_REDUCED, 1);
    assert_non_null(first);
    assert_non_null(second);
    assert_string_equal(first->code, "held-14-days");
    assert_true(first->observed == 0.75);
    assert_string_equal(second->code, "held-14-days-again");
    assert_true(fabs(second->observed - 2.0 / 3) < 1e-12);
    assert_string_equal(record_of(&a, DOSE_DISCONTINUED, 0)->code, "held-14-days-a-third-time");
    assert_null(record_of(&a, DOSE_RAISED, 0));
    clinic_stop_case(&a);
}

/* --- counts --- */

static void cytopenia(void **state) {
    (void)state;
    int low = 0, delayed = 0;
    print_message("  counts that conjugate lowers sevenfold: days 8 and 15 are never late, cycles wait for "
                  "neutrophils\n");
    run_course(
        &a,
        "policy.rules=label counts.neutrophils_slope_ml_per_ng=0.01 hazards.fatigue=0 hazards.nausea=0 "
        "hazards.fever=0 hazards.headache=0 hazards.qt_prolongation=0 hazards.infection=0 "
        "hazards.febrile_neutropenia=0 hazards.haemorrhage=0 liver.ast_gain=0 liver.alt_gain=0 "
        "liver.bilirubin_gain=0 liver.injury_per_h=0",
        200);
    const DoseRecord *first = NULL, *dose;
    for (int i = 0; (dose = record_of(&a, DOSE_GIVEN, i)) != NULL; i++) {
        double anc = result_at(&a, LAB_ANC, dose->time_h);
        if (dose->day == 1) {
            delayed += first && dose->time_h - first->time_h > (first->cycle == 1 ? 504 : 672);
            assert_true(dose->cycle == 1 || anc >= 1);
            first = dose;
        } else {
            assert_true(dose->time_h - first->time_h == 24 * (dose->day - 1));
            low += anc < 1;
        }
    }
    print_message("  %d doses given below 1e9/L, %d cycles delayed\n", low, delayed);
    assert_true(low >= 2 && delayed >= 2);
    assert_int_equal(lines_of(&a, "given_although", "cytopenia-within-cycle"), low);
    clinic_stop_case(&a);
}

/* --- anything at all --- */

/* What the label's rules promise, whatever happens. */
static void check_promises(const ClinicCase *c, int seed) {
    const DoseRecord *dose, *before = NULL, *stop = record_of(c, DOSE_DISCONTINUED, 0);
    for (int i = 0; (dose = record_of(c, DOSE_GIVEN, i)) != NULL; before = dose, i++) {
        double bilirubin = result_at(c, LAB_BILIRUBIN, dose->time_h),
               ast = result_at(c, LAB_AST, dose->time_h);
        if (bilirubin > 1.8 && ast > 100)
            fail_msg("seed %d: a dose at hour %g in spite of the liver", seed, dose->time_h);
        if (before && dose->time_h - before->time_h < 6 * 24) fail_msg("seed %d: doses too close", seed);
        if (stop && dose->time_h >= stop->time_h) fail_msg("seed %d: a dose after the stop", seed);
        assert_true(dose->cycle <= 6);
    }
    assert_null(record_of(c, DOSE_RAISED, 0));
    for (int i = 0; i < c->lines; i++)
        if (strcmp(c->line[i].kind, "vod") == 0 && c->line[i].value > 0 && before)
            assert_true(before->time_h < c->line[i].time_h + 1e-9);
    for (int i = 1; i < c->lines; i++) assert_true(c->line[i].time_h >= c->line[i - 1].time_h);
    if (clinic_over(c->clinic)) assert_string_equal(c->line[c->lines - 1].kind, "death");
}

static void any_course(void **state) {
    (void)state;
    int held = 0, stopped = 0, died = 0, vod = 0, doses = 0;
    for (int seed = 1; seed <= 24; seed++) {
        char settings[512];
        snprintf(settings, sizeof settings,
                 "simulation.seed=%d policy.rules=label policy.supportive_care=%s liver.sensitivity=%d "
                 "counts.neutrophils_slope_ml_per_ng=%g hazards.infection=%d hazards.infusion_reaction=20",
                 seed, seed % 2 ? "true" : "false", 1 + seed % 3 * 2, 1.5e-3 * (1 + seed % 4), 1 + seed % 5);
        run_course(&a, settings, 240);
        check_promises(&a, seed);
        for (int i = 0; record_of(&a, DOSE_GIVEN, i); i++) doses++;
        held += record_of(&a, DOSE_HELD, 0) != NULL;
        stopped += record_of(&a, DOSE_DISCONTINUED, 0) != NULL;
        died += clinic_over(a.clinic);
        vod += clinic_labs(a.clinic)->vod_ever;
        clinic_stop_case(&a);
    }
    print_message(
        "  24 hard courses, %d doses: %d held, %d stopped, %d with VOD, %d dead; every promise kept\n", doses,
        held, stopped, vod, died);
    assert_true(held > 3 && stopped > 2 && vod > 1 && died > 1);
}

/* --- what is measured --- */

static void assay_error(void **state) {
    (void)state;
    Sample anc = {0}, blasts = {0};
    Config config = clinic_config(
        "simulation.dt_h=1 dosing.regimen=none clinic.visit_every_d=0.1 clinic.close_visit_every_d=0.1 "
        "clinic.follow_up_visit_every_d=0.1 clinic.follow_up_marrow_every_d=1");
    a = (ClinicCase){0};
    clinic_start(&a, &config, &cpu);
    for (int hour = 1; hour < 24 * 30 && !clinic_over(a.clinic); hour++) {
        int from = a.results;
        Observation truth = {0};
        clinic_until(&a, hour / 24.0);
        clinic_observe(a.clinic, &truth);
        double share = sim_glance(a.sim.sim).marrow_blast_fraction;
        for (int i = from; i < a.results; i++) {
            if (a.result[i].test == LAB_ANC) sample_add(&anc, a.result[i].value / truth.anc_1e9_per_l);
            if (a.result[i].test == LAB_MARROW_BLAST_FRACTION)
                sample_add(&blasts, (a.result[i].value - share) / sqrt(share * (1 - share) / 500));
        }
    }
    expect_near("ANC over its truth", sample_mean(&anc), 1, sample_error(&anc));
    expect_near("its error", sqrt(sample_variance(&anc)), 0.10, 0.10 / sqrt(2 * anc.count));
    expect_near("blasts of a smear, standardised", sample_mean(&blasts), 0, sample_error(&blasts));
    expect_near("their error", sqrt(sample_variance(&blasts)), 1, 1 / sqrt(2 * blasts.count));
    clinic_stop_case(&a);
}

static void same_luck(void **state) {
    (void)state;
    print_message("  treated and untreated: the same error on the same day\n");
    run_course(&a, "", 8);
    run_course(&b, "dosing.regimen=none", 8);
    Observation treated = {0}, untreated = {0};
    clinic_observe(a.clinic, &treated);
    clinic_observe(b.clinic, &untreated);
    assert_true(result_at(&a, LAB_ANC, 0) == result_at(&b, LAB_ANC, 0));
    assert_true(treated.anc_1e9_per_l != untreated.anc_1e9_per_l);
    clinic_stop_case(&a);
    clinic_stop_case(&b);
}

/* --- the state is all there is --- */

static void saved(void **state) {
    (void)state;
    SimSaved *moment = NULL;
    size_t bytes;
    const char *settings =
        "policy.rules=label policy.supportive_care=true liver.sensitivity=3 simulation.seed=9";
    run_course(&a, settings, 30);
    const void *block = clinic_state(a.clinic, &bytes);
    void *copy = malloc(bytes);
    assert_non_null(copy);
    memcpy(copy, block, bytes);
    assert_ok(sim_save(a.sim.sim, &moment));
    a.lines = a.results = 0;
    clinic_until(&a, 150);
    run_course(&b, settings, 3);
    assert_ok(sim_restore(b.sim.sim, moment));
    assert_ok(clinic_restore(b.clinic, copy, bytes));
    b.lines = b.results = 0;
    clinic_until(&b, 150);
    print_message("  day 30 kept and gone back to: %d lines and %d results of the next 120 days, the same\n",
                  a.lines, a.results);
    assert_true(a.lines > 5 && a.results > 100);
    assert_int_equal(a.lines, b.lines);
    assert_int_equal(a.results, b.results);
    for (int i = 0; i < a.lines; i++)
        assert_memory_equal(a.line[i].detail, b.line[i].detail, sizeof a.line[i].detail);
    for (int i = 0; i < a.results; i++) assert_true(a.result[i].value == b.result[i].value);
    assert_int_equal(clinic_restore(b.clinic, copy, bytes - 1), STATUS_FAILED);
    clinic_stop_case(&b);
    run_course(&b, "policy.rules=cautious", 1);
    assert_int_equal(clinic_restore(b.clinic, copy, bytes), STATUS_BAD_INPUT);
    sim_saved_destroy(moment);
    free(copy);
    clinic_stop_case(&a);
    clinic_stop_case(&b);
}

static void off(void **state) {
    (void)state;
    Observation row = {.anc_1e9_per_l = 7};
    size_t bytes = 1;
    Config config = patient("label", "simulation.agents=2000");
    a = (ClinicCase){0};
    clinic_start(&a, &config, &cpu);
    assert_null(a.clinic);
    clinic_observe(a.clinic, &row);
    assert_true(row.anc_1e9_per_l == 7);
    assert_null(clinic_state(a.clinic, &bytes));
    assert_int_equal(bytes, 0);
    assert_ok(clinic_restore(a.clinic, NULL, 0));
    assert_false(clinic_over(a.clinic));
    clinic_stop_case(&a);
}

static void watching_changes_nothing(void **state) {
    (void)state;
    Config without = clinic_config("clinic.enabled=false hazards.haemorrhage=0 hazards.infection=0");
    run_course(&a, "hazards.haemorrhage=0 hazards.infection=0 hazards.febrile_neutropenia=0", 21);
    b = (ClinicCase){0};
    clinic_start(&b, &without, &cpu);
    clinic_until(&b, 21);
    print_message("  day 21 of cycle 1: cells %016llx with visits and no rules, %016llx without a clinic\n",
                  (unsigned long long)case_digest(&a.sim), (unsigned long long)case_digest(&b.sim));
    assert_true(a.results > 50 && b.results == 0);
    assert_true(case_digest(&a.sim) == case_digest(&b.sim));
    clinic_stop_case(&a);
    clinic_stop_case(&b);
}

static void death(void **state) {
    (void)state;
    run_course(&a, "hazards.infection=500 hazards.haemorrhage=500", 200);
    const ChartLine *last = &a.line[a.lines - 1];
    print_message("  died on day %.1f of %s\n", last->time_h / 24, last->code);
    assert_true(clinic_over(a.clinic));
    assert_string_equal(last->kind, "death");
    int lines = a.lines;
    assert_ok(sim_advance(a.sim.sim));
    assert_ok(clinic_step(a.clinic));
    clinic_take(&a);
    assert_int_equal(a.lines, lines);
    clinic_stop_case(&a);
}

/* --- harm by other treatments --- */

static void harm(void **state) {
    (void)state;
    Config config = clinic_config(
        "simulation.agents=100000 clinic.enabled=false dosing.regimen=none cells.blast.birth_per_d=0 "
        "cells.blast.death_per_d=0 simulation.dt_h=1");
    a = (ClinicCase){0};
    clinic_start(&a, &config, &cpu);
    SimGlance before = sim_glance(a.sim.sim);
    double weight = (double)case_observe(&a.sim).blast_weight;
    sim_harm(a.sim.sim, (SimHarm){.blast_per_h = 0.1});
    clinic_until(&a, 1);
    SimGlance after = sim_glance(a.sim.sim);
    double agents = (before.marrow_blasts_cells + before.blood_blasts_cells) / weight;
    double left = (after.marrow_blasts_cells + after.blood_blasts_cells) / weight;
    expect_share("left after a day of 0.1 an hour", left, agents, exp(-2.4));
    clinic_stop_case(&a);
}

static void reactions(void **state) {
    (void)state;
    run_course(&a, "simulation.dt_h=0.25 policy.rules=label hazards.infusion_reaction=300 simulation.seed=7",
               30);
    const DoseRecord *cut = record_of(&a, DOSE_GIVEN, 0), *rest = record_of(&a, DOSE_GIVEN, 1), *last = NULL;
    assert_string_equal(record_of(&a, DOSE_INTERRUPTED, 0)->code, "infusion-reaction");
    print_message("  interrupted after %g mg, the other %g mg at hour %g\n", cut->amount_mg, rest->amount_mg,
                  rest->time_h);
    assert_true(fabs(cut->amount_mg + rest->amount_mg - 0.8 * 1.84) < 1e-12 &&
                rest->rate_mg_per_h == cut->rate_mg_per_h);
    assert_true(rest->time_h == record_of(&a, DOSE_INTERRUPTED, 0)->time_h + 1);
    const DoseRecord *stop = record_of(&a, DOSE_DISCONTINUED, 0);
    assert_string_equal(stop->code, "severe-infusion-reaction");
    for (int i = 0; record_of(&a, DOSE_GIVEN, i); i++) last = record_of(&a, DOSE_GIVEN, i);
    assert_true(last->time_h < stop->time_h);
    clinic_stop_case(&a);
}

static void cytoreduced(void **state) {
    (void)state;
    run_course(&a, "policy.rules=label patient.blood_blast_share=0.2 simulation.agents=20000", 30);
    const DoseRecord *first = record_of(&a, DOSE_GIVEN, 0);
    assert_non_null(first);
    double before = result_at(&a, LAB_BLOOD_BLASTS, 0), then = result_at(&a, LAB_BLOOD_BLASTS, first->time_h);
    print_message("  %.3g blasts in blood, first dose on day %g at %.3g\n", before, first->time_h / 24, then);
    assert_true(before > 10 && then <= 10 && first->time_h >= 24 && first->time_h <= 240);
    assert_true(lines_of(&a, "support", "cytoreduction") >= 1);
    assert_string_equal(record_of(&a, DOSE_HELD, 0)->code, "circulating-blasts");
    clinic_stop_case(&a);
}

/* --- transplant --- */

static void transplanted(void **state) {
    (void)state;
    run_course(
        &a,
        "policy.rules=label patient.transplant_candidate=true simulation.seed=3 transplant.death_per_d=0 "
        "hazards.infection=0 hazards.haemorrhage=0 hazards.febrile_neutropenia=0 liver.injury_per_h=0 "
        "policy.supportive_care=true transplant.log_kill=8 transplant.graft_kill_per_d=0.5",
        400);
    static const char *const steps[] = {"planned", "conditioning", "graft", "engraftment"};
    double time_h[4] = {0};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(lines_of(&a, "transplant", steps[i]), 1);
        for (int l = 0; l < a.lines; l++)
            if (strcmp(a.line[l].kind, "transplant") == 0 && strcmp(a.line[l].code, steps[i]) == 0)
                time_h[i] = a.line[l].time_h;
    }
    double dose_h = NAN;
    for (int i = 0; record_of(&a, DOSE_GIVEN, i); i++) dose_h = record_of(&a, DOSE_GIVEN, i)->time_h;
    SimGlance end = sim_glance(a.sim.sim);
    print_message("  planned day %g, conditioning %g, graft %g, engraftment %+g days later; blasts left %g\n",
                  time_h[0] / 24, time_h[1] / 24, time_h[2] / 24, (time_h[3] - time_h[2]) / 24,
                  end.marrow_blasts_cells);
    assert_true(dose_h < time_h[1] && time_h[0] < time_h[1]);
    assert_true(time_h[2] - time_h[1] == 144);
    assert_true(time_h[3] - time_h[2] >= 8 * 24 && time_h[3] - time_h[2] <= 30 * 24);
    assert_true(end.marrow_blasts_cells + end.blood_blasts_cells == 0);
    assert_string_equal(record_of(&a, DOSE_DISCONTINUED, 0)->code, "transplant");
    clinic_stop_case(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_for_days), cmocka_unit_test(steps_down),
        cmocka_unit_test(cytopenia),     cmocka_unit_test(any_course),
        cmocka_unit_test(assay_error),   cmocka_unit_test(same_luck),
        cmocka_unit_test(saved),         cmocka_unit_test(off),
        cmocka_unit_test(death),         cmocka_unit_test(watching_changes_nothing),
        cmocka_unit_test(harm),          cmocka_unit_test(cytoreduced),
        cmocka_unit_test(reactions),     cmocka_unit_test(transplanted),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
