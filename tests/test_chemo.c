/* Other drugs in the clinic: a course waits for counts and for infections, is reduced by age, kidneys and
 * delay, and stops; conjugate and other drugs go together; response, failure and a new induction are judged
 * without any conjugate; and all of it is part of a kept moment. */
#include "clinic_case.h"

static Backend cpu;
static ClinicCase a, b;

static int open_all(void **state) {
    (void)state;
    open_cpu(&cpu, 1, "");
    return 0;
}

static int close_all(void **state) {
    (void)state;
    backend_close(&cpu);
    return 0;
}

/* Nothing befalls the patient but what is looked at. */
#define CALM                                                                                           \
    "hazards.fatigue=0 hazards.nausea=0 hazards.fever=0 hazards.headache=0 hazards.qt_prolongation=0 " \
    "hazards.infection=0 hazards.febrile_neutropenia=0 hazards.haemorrhage=0 "                         \
    "policy.chemo_rules=chemotherapy "                                                                 \
    "clinic.progression_death_per_d=0 "
/* Blood that takes its time. */
#define SLOW "counts.neutrophils_mtt_h=250 counts.platelets_mtt_h=300 chemo.toxicity=6 "
#define ALONE CALM "dosing.regimen=none "

static void run_course(ClinicCase *c, const char *settings, double days) {
    Config config = clinic_config(settings);
    *c = (ClinicCase){0};
    clinic_start(c, &config, &cpu);
    clinic_until(c, days);
}

static const ChartLine *line_of(const ClinicCase *c, const char *kind, const char *code, int number) {
    for (int i = 0; i < c->lines; i++)
        if (strcmp(c->line[i].kind, kind) == 0 && (!code || strcmp(c->line[i].code, code) == 0) &&
            number-- == 0)
            return &c->line[i];
    return NULL;
}

static double outcome(const ClinicCase *c, const char *name, char *word, size_t size) {
    char *text = NULL, key[64];
    size_t length = 0;
    double value = NAN;
    FILE *memory = open_memstream(&text, &length);
    assert_non_null(memory);
    assert_ok(clinic_outcome_write(c->clinic, memory));
    fclose(memory);
    snprintf(key, sizeof key, "\"%s\":", name);
    char *at = strstr(text, key);
    assert_non_null(at);
    at += strlen(key) + strspn(at + strlen(key), "\t \"");
    if (sscanf(at, "%lf", &value) != 1) value = NAN;
    if (word) snprintf(word, size, "%.*s", (int)strcspn(at, "\",\n"), at);
    free(text);
    return value;
}

static void counts_first(void **state) {
    (void)state;
    run_course(&a, ALONE "chemo.regimens=flag chemo.cycles=2 " SLOW " chemo.sensitivity=3", 150);
    const ChartLine *second = line_of(&a, "other_drug", "FLAG", 1),
                    *late = line_of(&a, "other_reduced", "chemo-late-by-14-days", 0);
    assert_non_null(second);
    double anc = result_at(&a, LAB_ANC, second->time_h),
           platelets = result_at(&a, LAB_PLATELETS, second->time_h);
    double waited = second->time_h / 24 - 28;
    print_message("  the second course was due on day 28 and begins on day %g at ANC %.2f, platelets %.0f\n",
                  second->time_h / 24, anc, platelets);
    assert_true(waited > 0 && anc >= 1 && platelets >= 60);
    assert_int_equal(lines_of(&a, "other_resumed", NULL), 1);
    assert_true(line_of(&a, "other_resumed", NULL, 0)->value == waited);
    assert_true(lines_of(&a, "other_held", NULL) >= 1 &&
                line_of(&a, "other_held", NULL, 0)->time_h == 28 * 24);
    assert_true((late != NULL) == (waited >= 14));
    assert_true(outcome(&a, "chemo_days_delayed", NULL, 0) == waited &&
                outcome(&a, "chemo_cycles", NULL, 0) == 2);
    clinic_stop_case(&a);

    print_message("  blasts that persist are no reason to wait: day 28 whatever the counts\n");
    run_course(&a, ALONE "chemo.regimens=flag chemo.cycles=2 " SLOW " chemo.sensitivity=0.1", 40);
    assert_true(result_at(&a, LAB_ANC, 28 * 24) < 1);
    assert_true(line_of(&a, "other_drug", "FLAG", 1)->time_h == 28 * 24);
    clinic_stop_case(&a);
}

static void reduced(void **state) {
    (void)state;
    static const struct {
        const char *settings, *rule;
        double factor;
    } rows[] = {{"chemo.regimens=hidac patient.age_years=60", "cytarabine-from-55-years", 0.5},
                {"chemo.regimens=hidac patient.age_years=54", NULL, 1},
                {"chemo.regimens=flag patient.age_years=60", NULL, 1},
                {"chemo.regimens=flag patient.age_years=40 patient.creatinine_mg_per_dl=3",
                 "cytarabine-creatinine", 0.5}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char settings[512];
        snprintf(settings, sizeof settings, ALONE "%s", rows[i].settings);
        run_course(&a, settings, 1);
        const DrugsCourse *course = sim_other_course(a.sim.sim);
        print_message("  %s: cytarabine times %g\n", rows[i].settings, course->regimen[0].given[0][0]);
        assert_true(course->regimen[0].given[0][0] == rows[i].factor);
        assert_int_equal(lines_of(&a, "other_reduced", NULL), rows[i].rule != NULL);
        if (rows[i].rule) assert_non_null(line_of(&a, "other_reduced", rows[i].rule, 0));
        clinic_stop_case(&a);
    }
}

/* Half the doses of a drug that takes any cell kill half the decades. */
static void reduced_doses_kill_less(void **state) {
    (void)state;
    run_course(&a, ALONE "chemo.regimens=hidac patient.age_years=54 simulation.agents=20000", 14);
    run_course(&b, ALONE "chemo.regimens=hidac patient.age_years=60 simulation.agents=20000", 14);
    double whole = a.sim.config.patient.nucleated_marrow_cells * 0.7, full = 0, half = 0;
    full = log10(whole / sim_glance(a.sim.sim).marrow_blasts_cells);
    half = log10(whole / sim_glance(b.sim.sim).marrow_blasts_cells);
    print_message("  high-dose cytarabine, decades by day 14: %.2f, and %.2f from 55 years on\n", full, half);
    assert_true(half > 0.3 * full && half < 0.7 * full);
    clinic_stop_case(&a);
    clinic_stop_case(&b);
}

static void together(void **state) {
    (void)state;
    run_course(&a,
               CALM "dosing.regimen=configs/regimens/fractionated.csv chemo.regimens=mini-hcvd " SLOW
                    " chemo.sensitivity=3",
               80);
    const ChartLine *resumed = line_of(&a, "other_resumed", NULL, 0);
    assert_non_null(resumed);
    int moved = 0;
    for (int i = 0; record_of(&a, DOSE_HELD, i); i++)
        if (strcmp(record_of(&a, DOSE_HELD, i)->code, "with-other-drugs") == 0) moved++;
    print_message("  mini-hyper-CVD %g days late, and the conjugate with it\n", resumed->value);
    assert_true(moved >= 1 && resumed->value > 0);
    const DoseRecord *before = NULL, *dose;
    for (int i = 0; (dose = record_of(&a, DOSE_GIVEN, i)) != NULL; before = dose, i++)
        assert_true(!before || dose->time_h - before->time_h >= 6 * 24);
    /* given on the day after the other drugs begin, or a week after that: as planned */
    for (int i = 0; (dose = record_of(&a, DOSE_GIVEN, i)) != NULL; i++) {
        double latest_h = 0;
        for (int l = 0; l < a.lines; l++)
            if (strcmp(a.line[l].kind, "other_drug") == 0 && a.line[l].time_h <= dose->time_h)
                latest_h = a.line[l].time_h;
        assert_true(dose->time_h - latest_h == 24 || dose->time_h - latest_h == 168);
    }
    clinic_stop_case(&a);
}

/* --- response without conjugate --- */

static void remission(void **state) {
    (void)state;
    char event[32];
    run_course(&a, ALONE "chemo.regimens=flag chemo.sensitivity=1.5", 300);
    double day = outcome(&a, "response_day", NULL, 0), relapse = outcome(&a, "relapse_day", NULL, 0),
           pfs = outcome(&a, "pfs_days", event, sizeof event);
    outcome(&a, "pfs_event", event, sizeof event);
    print_message("  FLAG: remission on day %g, relapse on day %g, free of progression %g days, until %s\n",
                  day, relapse, pfs, event);
    assert_true(day >= 16 && day <= 35 && relapse > day && pfs == relapse);
    assert_string_equal(event, "relapse");
    assert_true(outcome(&a, "remission_days", NULL, 0) == relapse - day);
    assert_int_equal(lines_of(&a, "next_therapy", "new-induction"), 1);
    clinic_stop_case(&a);
}

static void no_remission(void **state) {
    (void)state;
    char event[32], best[8];
    run_course(&a, ALONE "chemo.regimens=flag chemo.sensitivity=0.2", 120);
    outcome(&a, "best_response", best, sizeof best);
    outcome(&a, "pfs_event", event, sizeof event);
    double failed = outcome(&a, "treatment_failure_day", NULL, 0),
           next = outcome(&a, "next_therapy_day", NULL, 0);
    print_message("  a course that does little: %s, failure on day %g, new induction on day %g, which ends "
                  "freedom from progression\n",
                  best, failed, next);
    assert_string_equal(best, "NR");
    assert_string_equal(event, "new_induction");
    assert_true(failed >= 20 && failed <= 42 && next >= failed && outcome(&a, "pfs_days", NULL, 0) == next);
    clinic_stop_case(&a);
}

/* The same failure with a second regimen on call: its remission is not the first one's. */
static void next_therapy(void **state) {
    (void)state;
    char best[8];
    run_course(&a, ALONE "chemo.regimens=cytoreduction chemo.next_regimen=flag chemo.sensitivity=1.5", 150);
    const ChartLine *called = line_of(&a, "next_therapy", NULL, 0),
                    *begins = line_of(&a, "other_drug", "FLAG", 0),
                    *response = line_of(&a, "response", NULL, 0);
    assert_true(called && begins && response && begins->time_h == called->time_h);
    bool remission = false;
    for (int i = 0; (response = line_of(&a, "response", NULL, i)) != NULL; i++)
        remission |= response->time_h > called->time_h && response->code[0] == 'C';
    outcome(&a, "best_response", best, sizeof best);
    print_message("  hydroxyurea and steroid: %s; FLAG from day %g on%s\n", best, called->time_h / 24,
                  remission ? ", then a remission that is not theirs" : "");
    assert_string_equal(best, "NR");
    assert_true(remission);
    clinic_stop_case(&a);
}

static void saved(void **state) {
    (void)state;
    SimSaved *moment = NULL;
    size_t bytes;
    const char *settings = ALONE "chemo.regimens=flag chemo.cycles=3 " SLOW " chemo.sensitivity=3";
    run_course(&a, settings, 30);
    assert_true(sim_other_course(a.sim.sim)->regimen[0].held);
    const void *block = clinic_state(a.clinic, &bytes);
    void *copy = malloc(bytes);
    assert_non_null(copy);
    memcpy(copy, block, bytes);
    assert_ok(sim_save(a.sim.sim, &moment));
    a.lines = 0;
    clinic_until(&a, 120);
    run_course(&b, settings, 3);
    assert_ok(sim_restore(b.sim.sim, moment));
    assert_ok(clinic_restore(b.clinic, copy, bytes));
    b.lines = 0;
    clinic_until(&b, 120);
    print_message("  gone back to a course that waits: %d lines of the next 90 days, the same\n", a.lines);
    assert_true(a.lines > 3 && a.lines == b.lines && case_digest(&a.sim) == case_digest(&b.sim));
    for (int i = 0; i < a.lines; i++)
        assert_memory_equal(a.line[i].detail, b.line[i].detail, sizeof a.line[i].detail);
    sim_saved_destroy(moment);
    free(copy);
    clinic_stop_case(&a);
    clinic_stop_case(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_first),
        cmocka_unit_test(reduced),
        cmocka_unit_test(reduced_doses_kill_less),
        cmocka_unit_test(together),
        cmocka_unit_test(remission),
        cmocka_unit_test(no_remission),
        cmocka_unit_test(next_therapy),
        cmocka_unit_test(saved),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
