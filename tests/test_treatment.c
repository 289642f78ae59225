/* Treated patients against the numbers of docs/model.md section 4, and the step against itself with other dt.
 */
#include "patient_case.h"

#include <unistd.h>

/* Conditions under which the reference was computed: marrow alone, daughters like their mothers. */
#define MARROW_ALONE                                                                      \
    "patient.blood_blast_share=0 cells.blast.egress_per_d=0 cells.blast.inherit_ln_sd=0 " \
    "simulation.b_agent_share=0 "

/* ---- the reference's rows ---------------------------------------------------------------------- */

enum { SEEDS = 3 };

/* What the table gives for one patient. */
typedef struct Reference {
    const char *settings;
    double below_5_d, below_mrd_d, kill_21;
} Reference;

typedef struct Course {
    double before_h, before; /* blast fraction of the row before */
    double below_5_d, below_mrd_d, kill_21;
} Course;

/* The day the fraction first passes `limit`, straight in its logarithm between rows; `known` if it has. */
static double crossing_d(double known, double limit, const Course *c, const Observation *row) {
    double now = row->marrow_blast_fraction;
    if (known > 0 || now >= limit) return known;
    double share = now > 0 ? log(c->before / limit) / log(c->before / now) : 1;
    return (c->before_h + share * (row->time_h - c->before_h)) / 24;
}

static bool course_watch(const Observation *row, void *user) {
    Course *c = user;
    c->below_5_d = crossing_d(c->below_5_d, 0.05, c, row);
    c->below_mrd_d = crossing_d(c->below_mrd_d, 1e-4, c, row);
    if (row->time_h == 21 * 24) c->kill_21 = log_kill(row);
    c->before_h = row->time_h;
    c->before = row->marrow_blast_fraction;
    return c->below_mrd_d == 0 || c->kill_21 == 0;
}

static void check_near(const char *what, double value, double reference, double tolerance) {
    check_between(what, value, reference, reference - tolerance, reference + tolerance);
}

/* A million agents: of 200 000 at 90 % blasts some twenty lineages reach 1e-4, and the day scatters by two.
 */
static void check_reference(const Reference *r) {
    Config config = patient("label", MARROW_ALONE "simulation.agents=1000000 simulation.output_every_h=2");
    patient_set(&config, r->settings);
    for (int seed = 1; seed <= SEEDS; seed++) {
        Course course = {0};
        config.simulation.seed = seed;
        patient_run(&config, course_watch, &course);
        print_message("  %s, seed %d\n", r->settings, seed);
        check_near("first day below 5 %", course.below_5_d, r->below_5_d, 0.7);
        check_near("first day below 1e-4", course.below_mrd_d, r->below_mrd_d, 2.5);
        check_near("log10 kill at day 21", course.kill_21, r->kill_21, 0.08);
    }
}

static void reference_50(void **state) {
    (void)state;
    check_reference(&(Reference){"patient.marrow_blast_fraction=0.5", 9.8, 30.8, 2.61});
}

static void reference_70(void **state) {
    (void)state;
    check_reference(&(Reference){"patient.marrow_blast_fraction=0.7", 16.2, 38.1, 1.93});
}

static void reference_90(void **state) {
    (void)state;
    check_reference(&(Reference){"patient.marrow_blast_fraction=0.9", 23.6, 47.4, 1.09});
}

static void reference_markov(void **state) {
    (void)state;
    check_reference(&(Reference){"cells.blast.cycle_stages=1", 16.6, 42, 1.77});
}

/* ---- healthy B cells --------------------------------------------------------------------------- */

/* Two cycles of the label, the second as after a response, then nothing. */
static const char two_cycles[] = "ID,TIME,AMT,RATE,EVID,CMT,II,ADDL,DOSEUNIT\n"
                                 "1,0,0.8,0.8,1,1,0,0,mg/m2\n"
                                 "1,168,0.5,0.5,1,1,168,1,mg/m2\n"
                                 "1,504,0.5,0.5,1,1,168,2,mg/m2\n";
static const double last_dose_d = 35, days_per_month = 30.44;
enum { B_AGENTS = 90000 };

typedef struct Recovery {
    double first_cells, nadir, nadir_d; /* nadir as a share of the first */
    double back_10_d, back_50_d;
    int64_t fewest, most; /* agents that do not stand for blasts */
} Recovery;

static bool recovery_watch(const Observation *row, void *user) {
    Recovery *r = user;
    int64_t agents = row->agents - row->blast_agents;
    if (row->time_h == 0)
        *r = (Recovery){.first_cells = (double)row->b_mature_cells, .nadir = 1, .fewest = agents};
    double share = (double)row->b_mature_cells / r->first_cells, day = row->time_h / 24;
    if (share < r->nadir) *r = (Recovery){r->first_cells, share, day, 0, 0, r->fewest, r->most};
    if (r->back_10_d == 0 && share >= 0.10) r->back_10_d = day;
    if (r->back_50_d == 0 && share >= 0.50) r->back_50_d = day;
    if (agents < r->fewest) r->fewest = agents;
    if (agents > r->most) r->most = agents;
    return true;
}

/* Their agents are split on the way down and thinned on the way back, so that there are always enough. */
static void b_cells_recover(void **state) {
    (void)state;
    char path[] = "/tmp/marrow-doses-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    ssize_t size = (ssize_t)strlen(two_cycles), written = write(file, two_cycles, (size_t)size);
    assert_true(close(file) == 0 && written == size);
    Config config =
        patient("label", "simulation.agents=100000 simulation.b_agent_share=0.9 simulation.dt_h=2 "
                         "simulation.until_days=200 simulation.output_every_h=24");
    snprintf(config.dosing.file, sizeof config.dosing.file, "%s", path);
    Recovery r = {0};
    patient_run(&config, recovery_watch, &r);
    unlink(path);
    check_between("nadir of mature B cells, %", 100 * r.nadir, 0.5, 0.3, 1);
    check_between("day of the nadir", r.nadir_d, 40, 35, 45);
    check_between("10 % back, months after last dose", (r.back_10_d - last_dose_d) / days_per_month, 3, 2.5,
                  3.5);
    check_between("50 % back, months after last dose", (r.back_50_d - last_dose_d) / days_per_month, 4.5, 3.5,
                  5.5);
    print_message("  agents but for blasts: %lld to %lld\n", (long long)r.fewest, (long long)r.most);
    assert_true((double)r.fewest > 0.45 * B_AGENTS && (double)r.most < 1.2 * B_AGENTS);
}

/* ---- convergence in dt ------------------------------------------------------------------------- */

/* Agents keep their weight here: the same seed then gives the same cells the same luck at every dt, and what
 * differs is the step's error, but for the few cells whose fate it turns. */
enum { STEPS = 4, MEANS_OF = 2 };
static const double dts_h[STEPS] = {4, 2, 1, 0.5};

typedef struct Figures {
    double kill[STEPS], taken_nmol[STEPS], bound[STEPS], payload[STEPS];
} Figures;

static Figures figures_of(Config config) {
    Figures f = {0};
    for (int i = 0; i < STEPS; i++)
        for (int seed = 1; seed <= MEANS_OF; seed++) {
            config.simulation.dt_h = dts_h[i];
            config.simulation.seed = seed;
            Observation last = patient_end(&config);
            f.kill[i] += log_kill(&last) / MEANS_OF;
            f.taken_nmol[i] += last.drug_taken_nmol / MEANS_OF;
            f.bound[i] += last.cd22_bound_per_blast / MEANS_OF;
            f.payload[i] += last.payload_per_blast / MEANS_OF;
        }
    return f;
}

static double change(const double value[STEPS], int i) {
    return value[i + 1] / value[i] - 1;
}

static void print_figures(const char *what, const double value[STEPS]) {
    print_message("  %-20s %.6g  %.6g  %.6g  %.6g; halving changes it by %+.1e %+.1e %+.1e\n", what, value[0],
                  value[1], value[2], value[3], change(value, 0), change(value, 1), change(value, 2));
}

/* Off from dt 0.5 h by at most 6e-5 dt^2: an error of first order as small as 6e-5 an hour would show. */
static void check_second_order(const double value[STEPS]) {
    for (int i = 0; i < STEPS - 1; i++)
        assert_true(fabs(value[i] / value[STEPS - 1] - 1) < 6e-5 * dts_h[i] * dts_h[i]);
}

static void check_convergence(const char *settings) {
    Config config = patient("label", MARROW_ALONE "simulation.agents=2000000 simulation.split=false "
                                                  "simulation.until_days=21 simulation.output_every_h=24");
    patient_set(&config, settings);
    Figures f = figures_of(config);
    print_message("  %s, dt 4, 2, 1, 0.5 h\n", settings);
    print_figures("log10 kill, day 21", f.kill);
    print_figures("drug taken up, nmol", f.taken_nmol);
    check_second_order(f.kill);
    check_second_order(f.taken_nmol);
}

static void label_converges(void **state) {
    (void)state;
    check_convergence("cells.blast.cycle_stages=4");
}

static void label_converges_markov(void **state) {
    (void)state;
    check_convergence("cells.blast.cycle_stages=1");
}

/* Halving dt shrinks the change at least threefold (a first-order rule: twofold). */
static void check_shrinks(const double value[STEPS]) {
    for (int i = 0; i < STEPS - 2; i++) assert_true(fabs(change(value, i)) > 3 * fabs(change(value, i + 1)));
}

/* At a constant concentration what remains is the cells: states, hazards, division, crowding. */
static void cells_converge(void **state) {
    (void)state;
    Config config =
        patient("label", MARROW_ALONE "simulation.agents=1000000 simulation.split=false "
                                      "simulation.until_days=14 simulation.output_every_h=24 "
                                      "drug.pk=constant drug.constant_ng_per_ml=2 dosing.regimen=none");
    Figures f = figures_of(config);
    print_message("  2 ng/mL for 14 days, dt 4, 2, 1, 0.5 h\n");
    print_figures("log10 kill", f.kill);
    print_figures("bound per blast", f.bound);
    print_figures("payload per blast", f.payload);
    check_shrinks(f.kill);
    check_shrinks(f.bound);
    check_shrinks(f.payload);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_50),    cmocka_unit_test(reference_70),
        cmocka_unit_test(reference_90),    cmocka_unit_test(reference_markov),
        cmocka_unit_test(b_cells_recover), cmocka_unit_test(cells_converge),
        cmocka_unit_test(label_converges), cmocka_unit_test(label_converges_markov),
    };
    return cmocka_run_group_tests(tests, patient_backend_open, patient_backend_close);
}
