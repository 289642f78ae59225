/* Other drugs: the calendar's amounts against a sum by hand and an integral, kill as announced, books, files,
 * and other conjugates as mere files. */
#include "patient_case.h"

#include "dosing/drugs.h"

/* ---- amounts ----------------------------------------------------------------------------------- */

static const char two_doses[] =
    "name: test\ncycle_days: 28\ncycles: 2\nagents:\n"
    "  - name: a\n    days: 1, 3\n    hours: 6\n    half_life_h: 12\n    log_kill: 2\n"
    "    marrow_toxicity: 0.5\n    mucosa: 0.1\n    lymphocyte_log_kill: 1\n";

static void write_text(char path[CONFIG_TEXT], const char *text) {
    int file = temporary_file(path);
    ssize_t size = (ssize_t)strlen(text), written = write(file, text, (size_t)size);
    assert_true(close(file) == 0 && written == size);
}

static OtherDrugs *drugs_of(const char *text, const char *settings) {
    Config config;
    OtherDrugs *drugs;
    char path[CONFIG_TEXT];
    write_text(path, text);
    config_default(&config);
    patient_set(&config, settings);
    snprintf(config.chemo.regimens, sizeof config.chemo.regimens, "%s", path);
    Status status = drugs_create(&drugs, &config);
    unlink(path);
    assert_ok(status);
    return drugs;
}

/* All that is due before then has begun. */
static DrugsCourse begun(const OtherDrugs *drugs, double until_h) {
    DrugsCourse course;
    drugs_start(drugs, &course);
    drugs_begin(drugs, &course, until_h);
    return course;
}

/* dA/dt = input - k A, one dose over six hours. */
static double amount_by_hand(double t) {
    double k = log(2) / 12, sum = 0;
    const double starts[] = {0, 48, 672, 720};
    for (int i = 0; i < 4; i++) {
        double s = t - starts[i];
        if (s <= 0) continue;
        sum += s < 6 ? (1 - exp(-k * s)) / (6 * k) : (1 - exp(-6 * k)) / (6 * k) * exp(-k * (s - 6));
    }
    return sum;
}

static void amounts_by_hand(void **state) {
    (void)state;
    OtherDrugs *drugs = drugs_of(two_doses, "chemo.toxicity=2");
    DrugsCourse course = begun(drugs, 1000);
    double off = 0;
    for (double from = 0; from < 1000; from += 0.5) {
        double mean = 0, h = 0.5 / 100;
        for (int i = 0; i < 100; i++) mean += amount_by_hand(from + (i + 0.5) * h) / 100;
        const DrugAction action = drugs_action(drugs, &course, from, from + 0.5);
        off = fmax(off, fabs(action.marrow_toxicity - (1 - exp(-2 * 0.5 * mean))));
        off = fmax(off, fabs(action.mucosa - (1 - exp(-2 * 0.1 * mean))));
    }
    print_message("  toxicity off by %.1e\n", off);
    assert_true(off < 1e-6);
    drugs_destroy(drugs);
}

static double decades(const OtherDrugs *drugs, const DrugsCourse *course) {
    double sum = 0;
    for (double t = 0; t < 2000; t += 3.2) sum += 3.2 * drugs_action(drugs, course, t, t + 3.2).kill_per_h;
    return sum / log(10);
}

/* A cycle's kill is the decades announced, whatever the steps; half of it if one dose of two is not given, or
 * both are half as large. */
static void kill_as_announced(void **state) {
    (void)state;
    OtherDrugs *drugs = drugs_of(two_doses, "chemo.cycles=1 chemo.sensitivity=1.5");
    DrugsCourse course = begun(drugs, 1), stopped = course, reduced;
    check_between("decades of blasts", decades(drugs, &course), 3, 3 - 1e-9, 3 + 1e-9);
    drugs_stop(drugs, &stopped, -1, 24);
    check_between("stopped on day 2", decades(drugs, &stopped), 1.5, 1.5 - 1e-9, 1.5 + 1e-9);
    drugs_start(drugs, &reduced);
    assert_true(drugs_scale(drugs, &reduced, 0, "a", 0.5) && !drugs_scale(drugs, &reduced, 0, "b", 0.5));
    drugs_begin(drugs, &reduced, 1);
    check_between("half the dose", decades(drugs, &reduced), 1.5, 1.5 - 1e-9, 1.5 + 1e-9);
    assert_true(!drugs_scale(drugs, &reduced, 0, "a", 0.5)); /* nothing is to come */
    drugs_destroy(drugs);
}

static DrugView seen(const OtherDrugs *drugs, const DrugsCourse *course) {
    DrugView view;
    assert_true(drugs_view(drugs, course, 0, &view));
    return view;
}

static void calendar(void **state) {
    (void)state;
    OtherDrugs *drugs = drugs_of(two_doses, "chemo.start_day=8");
    DrugsCourse course = begun(drugs, 168);
    DrugView view = seen(drugs, &course);
    assert_string_equal(view.name, "test");
    assert_true(view.begun == 0 && view.cycles == 2 && view.due_h == 168 && isnan(view.began_h));
    assert_true(drugs_action(drugs, &course, 0, 168).kill_per_h == 0);
    drugs_begin(drugs, &course, 169);
    view = seen(drugs, &course);
    assert_true(view.begun == 1 && view.began_h == 168 && view.due_h == 168 + 672);
    drugs_begin(drugs, &course, 5000);
    view = seen(drugs, &course);
    assert_true(view.begun == 2 && view.began_h == 168 + 672 && isinf(view.due_h));
    assert_true(drugs_coming(drugs, &course, 800) && !drugs_coming(drugs, &course, 2000));
    drugs_stop(drugs, &course, -1, 700);
    assert_true(!drugs_coming(drugs, &course, 800) && drugs_sound(drugs, &course));
    assert_false(drugs_view(drugs, &course, 1, &view));
    drugs_destroy(drugs);
    course = begun(NULL, 5000);
    assert_true(drugs_action(NULL, &course, 0, 1).kill_per_h == 0 && !drugs_coming(NULL, &course, 0));
}

/* A cycle that waits begins when it is let, and what follows is as late. */
static void held_and_called(void **state) {
    (void)state;
    OtherDrugs *drugs = drugs_of(two_doses, "chemo.cycles=3 chemo.next_regimen=hidac");
    DrugsCourse course = begun(drugs, 1);
    DrugView view;
    drugs_hold(&course, 0);
    drugs_begin(drugs, &course, 900);
    assert_true(seen(drugs, &course).begun == 1 && seen(drugs, &course).held &&
                drugs_coming(drugs, &course, 900));
    drugs_release(&course, 0, 900);
    drugs_begin(drugs, &course, 901);
    assert_true(seen(drugs, &course).begun == 2 && seen(drugs, &course).due_h == 900 + 672);
    drugs_shift(&course, 0, 48);
    assert_true(seen(drugs, &course).due_h == 900 + 672 + 48);
    drugs_stop(drugs, &course, -1, 1000);
    assert_true(drugs_view(drugs, &course, 1, &view) && view.on_call && isinf(view.due_h));
    assert_true(drugs_call(drugs, &course, 2000) && drugs_coming(drugs, &course, 2000));
    drugs_begin(drugs, &course, 2001);
    assert_true(drugs_view(drugs, &course, 1, &view) && view.began_h == 2000);
    assert_true(drugs_sound(drugs, &course) && !drugs_call(drugs, &course, 3000));
    course.regimen[0].given[0][0] = NAN;
    assert_false(drugs_sound(drugs, &course));
    drugs_destroy(drugs);
}

/* One agent in odd cycles, another in even ones; doses in g/m2 are known. */
static void in_turns(void **state) {
    (void)state;
    OtherDrugs *drugs =
        drugs_of("name: t\ncycles: 2\nagents:\n"
                 "  - name: a\n    days: 1\n    cycles: odd\n    log_kill: 1\n    cycling: 0\n"
                 "  - name: cytarabine\n    dose: 3 g/m2\n    days: 1\n    cycles: even\n"
                 "    lymphocyte_log_kill: 1\n",
                 "");
    DrugsCourse course = begun(drugs, 1);
    assert_true(drugs_action(drugs, &course, 0, 1).kill_per_h > 0);
    assert_true(drugs_action(drugs, &course, 0, 1).lymphocyte_kill_per_h == 0);
    assert_true(seen(drugs, &course).cytarabine_g_m2 == 3);
    drugs_scale(drugs, &course, 0, "", 0.5);
    assert_true(seen(drugs, &course).cytarabine_g_m2 == 1.5);
    drugs_begin(drugs, &course, 673);
    assert_true(drugs_action(drugs, &course, 672, 673).lymphocyte_kill_per_h > 0);
    check_between("decades of the odd cycle alone", decades(drugs, &course), 1, 1 - 1e-9, 1 + 1e-9);
    drugs_destroy(drugs);
}

/* ---- files --------------------------------------------------------------------------------------- */

static void built_in(void **state) {
    (void)state;
    const char *const names[] = {"flag",      "mitoxantrone", "hidac",
                                 "mini-hcvd", "blinatumomab", "cytoreduction"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        DrugRegimen r;
        assert_ok(drugs_read(&r, names[i]));
        print_message("  %-14s %-26s %d agents, %d cycles of %g days\n", names[i], r.name, r.agents, r.cycles,
                      r.cycle_d);
        for (int j = 0; j < r.agents; j++) assert_true(r.agent[j].doses > 0 && r.agent[j].name[0]);
    }
    DrugRegimen hidac;
    assert_ok(drugs_read(&hidac, "hidac"));
    assert_true(hidac.agent[0].doses == 12 && hidac.agent[0].dose_h[11] == 132);
}

static void mistakes(void **state) {
    (void)state;
    static const char *const bad[][2] = {
        {"name: x\n", "no agent"},
        {"name: x\nagents:\n  - name: a\n", "no days"},
        {"name: x\nagents:\n  - days: 1\n", "no name"},
        {"name: x\nagents:\n  - name: a\n    days: 1\n    half_live_h: 3\n", "did you mean half_life_h"},
        {"name: x\nagents:\n  - name: a\n    days: 3-1\n", "list of days"},
        {"name: x\nagents:\n  - name: a\n    days: 1\n    cycling: 2\n", "from 0 to 1"},
        {"name: x\ncycles: 1.5\nagents:\n  - name: a\n    days: 1\n", "whole number"},
        {"name: x\nagents:\n  - name: a\n    days: 1\n    cycles: some\n", "all, odd or even"},
        {"name: x\nname: y\nagents:\n  - name: a\n    days: 1\n", "twice"},
        {"drug: {dar: 2}\n", "no key \"drug\""},
        {"name: x\nagents:\n  - name: a\n    days: 1-366 by 0.5\n", "more than 128"},
        {"- a\n", "no regimen"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        DrugRegimen r;
        assert_int_equal(drugs_read_text(&r, "t.yaml", bad[i][0], strlen(bad[i][0])), STATUS_BAD_INPUT);
        if (!strstr(status_message(), bad[i][1]))
            fail_msg("\"%s\" lacks \"%s\"", status_message(), bad[i][1]);
    }
    Config config;
    OtherDrugs *drugs;
    config_default(&config);
    patient_set(&config, "chemo.regimens=flag,nosuch");
    assert_int_equal(drugs_create(&drugs, &config), STATUS_BAD_INPUT);
    assert_non_null(strstr(status_message(), "configs/drugs"));
    assert_null(drugs);
}

/* ---- on cells ------------------------------------------------------------------------------------ */

#define SMALL "simulation.agents=50000 simulation.dt_h=4 simulation.output_every_h=24 "

/* Without division all of a kill that asks for none falls on the cells; the books know whose deaths these
 * are. */
static void cells_die_as_announced(void **state) {
    (void)state;
    char path[CONFIG_TEXT], set[CONFIG_TEXT + 64];
    write_text(path, two_doses);
    snprintf(set, sizeof set, "chemo.cycles=1 chemo.regimens=%s", path);
    Config config = patient("untreated", SMALL "simulation.until_days=14 cells.blast.birth_per_d=0 "
                                               "cells.blast.death_per_d=0 simulation.b_agent_share=0 ");
    patient_set(&config, set);
    Observation last = patient_end(&config);
    unlink(path);
    check_between("decades killed", log_kill(&last), 2, 1.97, 2.03);
    assert_true(last.blast_deaths_other_cells > 0.98 * (double)last.blasts_initial_cells);
    assert_true(fabs(last.blast_deaths_other_cells / (double)last.blast_deaths_natural_cells - 1) < 1e-9);
    assert_int_equal(last.blast_deaths_drug_cells, 0);
    assert_int_equal(observation_imbalance_cells(&last), 0);
}

/* Chemotherapy takes dividing cells: where normal marrow competes for the room they divide less, and fewer
 * die. */
static void crowded_cells_resist(void **state) {
    (void)state;
    Config config = patient("untreated", SMALL "simulation.until_days=8 chemo.regimens=flag");
    patient_set(&config, "patient.marrow_blast_fraction=0.3");
    Observation crowded = patient_end(&config);
    patient_set(&config, "patient.marrow_room_factor=50");
    Observation roomy = patient_end(&config);
    print_message("  decades killed by FLAG: %.2f in a full marrow, %.2f with room\n", log_kill(&crowded),
                  log_kill(&roomy));
    assert_true(log_kill(&roomy) > log_kill(&crowded) + 0.2 && log_kill(&crowded) > 0.5);
}

/* Both together kill more than each. */
static void combined(void **state) {
    (void)state;
    Config both = patient("mini-hcvd", SMALL "simulation.until_days=42"), alone = both, other = both;
    patient_set(&alone, "chemo.regimens=none");
    patient_set(&other, "dosing.regimen=none");
    Observation b = patient_end(&both), a = patient_end(&alone), o = patient_end(&other);
    print_message("  decades killed by day 42: conjugate %.2f, mini-hyper-CVD %.2f, both %.2f\n",
                  log_kill(&a), log_kill(&o), log_kill(&b));
    assert_true(log_kill(&b) > log_kill(&a) + 0.5 && log_kill(&b) > log_kill(&o) + 0.5);
    assert_true(b.blast_deaths_other_cells > 0 && b.blast_deaths_drug_cells > 0);
    assert_true(a.blast_deaths_other_cells == 0);
}

static uint64_t digest_at(SimCase *c, double days) {
    case_until(c, days);
    return case_digest(c);
}

/* A stop is part of a kept moment. */
static void stopped_and_gone_back(void **state) {
    (void)state;
    Config config = patient("untreated", SMALL "simulation.until_days=40 chemo.regimens=flag chemo.cycles=2");
    SimCase c = {0};
    SimSaved *saved;
    case_start(&c, &config, &patient_backend);
    case_until(&c, 20);
    drugs_stop(sim_other_drugs(c.sim), sim_other_course(c.sim), -1, sim_time_h(c.sim));
    assert_false(drugs_coming(sim_other_drugs(c.sim), sim_other_course(c.sim), sim_time_h(c.sim)));
    assert_ok(sim_save(c.sim, &saved));
    uint64_t first = digest_at(&c, 40);
    double deaths = case_observe(&c).blast_deaths_other_cells;
    assert_ok(sim_restore(c.sim, saved));
    assert_true(digest_at(&c, 40) == first && case_observe(&c).blast_deaths_other_cells == deaths);
    sim_saved_destroy(saved);
    case_stop(&c);
}

/* ---- other conjugates ------------------------------------------------------------------------------ */

/* Named, dosed and killing by their own numbers; one against CD33 spares healthy B cells, one against CD19
 * does not. */
static void another_conjugate_is_a_file(void **state) {
    (void)state;
    const struct {
        const char *file, *name;
        double left_lo, left_hi; /* mature B cells on day 28, of those at the start */
    } list[] = {{"drugs/gemtuzumab", "gemtuzumab ozogamicin", 0.98, 1.02},
                {"drugs/loncastuximab", "loncastuximab tesirine", 0, 0.1}};
    for (int i = 0; i < 2; i++) {
        Config config = patient(list[i].file, SMALL "simulation.until_days=28 simulation.b_agent_share=0.3");
        assert_string_equal(config.drug.name, list[i].name);
        Observation last = patient_end(&config);
        double first = config.patient.normal_b_cells * config.patient.b_cell_fraction;
        print_message("  %s: %.2f decades of blasts\n", list[i].name, log_kill(&last));
        assert_true(log_kill(&last) > 2);
        check_between("mature B cells left", (double)last.b_mature_cells / first, 1, list[i].left_lo,
                      list[i].left_hi);
        assert_int_equal(observation_imbalance_cells(&last), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_by_hand),
        cmocka_unit_test(kill_as_announced),
        cmocka_unit_test(calendar),
        cmocka_unit_test(held_and_called),
        cmocka_unit_test(in_turns),
        cmocka_unit_test(built_in),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(cells_die_as_announced),
        cmocka_unit_test(crowded_cells_resist),
        cmocka_unit_test(combined),
        cmocka_unit_test(stopped_and_gone_back),
        cmocka_unit_test(another_conjugate_is_a_file),
    };
    return cmocka_run_group_tests(tests, patient_backend_open, patient_backend_close);
}
