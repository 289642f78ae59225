/* The books of cells and drug at every row, controls with one step switched off, a cure to the last cell, and
 * the steady state of what nobody treats. */
#include "patient_case.h"

#include "sim/classes.h"

/* ---- the books --------------------------------------------------------------------------------- */

/* Worst rows of a run. Drug imbalances are shares of what was given, and of what cells took up. */
typedef struct Books {
    double given, taken, taken_h;
    int64_t rows, unbalanced_rows, resampled_cells;
} Books;

static bool books_watch(const Observation *row, void *user) {
    Books *b = user;
    b->rows++;
    if (observation_imbalance_cells(row) != 0) b->unbalanced_rows++;
    b->resampled_cells = row->blast_resampled_cells;
    if (row->drug_given_nmol == 0) return true;
    double left =
        row->drug_plasma_nmol + row->drug_cleared_nmol + row->drug_reset_nmol + row->drug_taken_nmol;
    double in_cells = row->drug_bound_nmol + row->drug_internal_nmol;
    double given = fabs(left / row->drug_given_nmol - 1);
    double taken =
        fabs((in_cells + row->drug_degraded_nmol + row->drug_lost_nmol) / row->drug_taken_nmol - 1);
    b->given = fmax(b->given, given);
    if (taken > b->taken) b->taken = taken, b->taken_h = row->time_h;
    return true;
}

/* Every check inside the simulation holds too, or patient_run would fail. */
static Books check_books(const char *name, const char *settings) {
    Config config = patient(name, settings);
    Books b = {0};
    patient_run(&config, books_watch, &b);
    print_message("  %s %s\n", name, settings);
    print_message(
        "  %lld rows, %lld unbalanced; resampled %lld cells; given off by %.1e, taken by %.1e (hour %g)\n",
        (long long)b.rows, (long long)b.unbalanced_rows, (long long)b.resampled_cells, b.given, b.taken,
        b.taken_h);
    assert_int_equal(b.unbalanced_rows, 0);
    assert_true(b.given < 1e-8);
    return b;
}

/* What cells hold, degraded and took into death is counted cell by cell; what they took out of plasma comes
 * from class totals with the coming deaths extrapolated: the more agents, the better these are known. */
static void books_of_the_label(void **state) {
    (void)state;
    assert_true(check_books("label", "simulation.agents=1000000 simulation.output_every_h=1").taken < 1e-4);
    assert_true(check_books("label", "simulation.agents=200000 simulation.output_every_h=1").taken < 2e-4);
    assert_true(check_books("label", "simulation.agents=20000 simulation.output_every_h=1").taken < 6e-4);
}

/* With room to grow in, blasts outgrow their agents, which are thinned. */
static void books_of_growth(void **state) {
    (void)state;
    Books b = check_books("untreated", "simulation.agents=20000 patient.marrow_blast_fraction=0.02 "
                                       "patient.marrow_room_factor=10 patient.normal_regrowth_per_d=0");
    assert_true(b.resampled_cells != 0);
}

static void books_of_mutants(void **state) {
    (void)state;
    Books b = check_books("cd22-loss", "simulation.agents=200000 cells.blast.cd22_loss_per_division=1e-7");
    assert_true(b.resampled_cells != 0);
    assert_true(b.taken < 3e-4);
}

/* ---- controls ---------------------------------------------------------------------------------- */

static Observation day_21(const char *name) {
    Config config = patient(name, "simulation.agents=100000 simulation.until_days=21");
    Observation end = patient_end(&config);
    print_message("  %-14s log10 kill at day 21 %+.4f, drug deaths %lld\n", name, log_kill(&end),
                  (long long)end.blast_deaths_drug_cells);
    return end;
}

/* Without binding or without payload cells fare, one by one, as in a patient nobody treats. */
static void controls_spare(void **state) {
    (void)state;
    Observation untreated = day_21("untreated"), no_targeting = day_21("no-targeting"),
                no_payload = day_21("no-payload");
    assert_int_equal(untreated.blast_deaths_drug_cells, 0);
    assert_int_equal(no_targeting.blast_deaths_drug_cells, 0);
    assert_int_equal(no_payload.blast_deaths_drug_cells, 0);
    assert_int_equal(no_targeting.blasts_marrow_cells, untreated.blasts_marrow_cells);
    assert_int_equal(no_payload.blasts_marrow_cells, untreated.blasts_marrow_cells);
    assert_int_equal(no_payload.b_mature_cells, untreated.b_mature_cells);
    assert_true(no_targeting.drug_taken_nmol < 1e-6 && no_payload.drug_taken_nmol > 1);
}

static void resistance_spares(void **state) {
    (void)state;
    Observation label = day_21("label"), p_gp = day_21("p-gp"), cd22_low = day_21("cd22-low");
    double half = 0.5 * log_kill(&label);
    assert_true(log_kill(&p_gp) > 0 && log_kill(&p_gp) < half);
    assert_true(log_kill(&cd22_low) > 0 && log_kill(&cd22_low) < half);
}

/* ---- the last cell ----------------------------------------------------------------------------- */

typedef struct Cure {
    int64_t first_weight, weight_then, births_then; /* then: when the last was gone */
    double gone_h;
} Cure;

static bool cure_watch(const Observation *row, void *user) {
    Cure *c = user;
    int64_t blasts = row->blasts_marrow_cells + row->blasts_blood_cells;
    if (row->time_h == 0) c->first_weight = row->blast_weight;
    if (c->gone_h > 0) {
        assert_int_equal(blasts, 0);
        assert_int_equal(row->blast_births_cells, c->births_then);
        assert_int_equal(row->blast_weight, 1);
    } else if (blasts == 0) {
        *c = (Cure){c->first_weight, row->blast_weight, row->blast_births_cells, row->time_h};
    }
    return true;
}

/* A million marrow cells under heavy dosing: agents are split until each is one cell, and the last one dies.
 */
static void cure_is_exact(void **state) {
    (void)state;
    Config config = patient(
        "label", "patient.nucleated_marrow_cells=1e6 patient.normal_b_cells=1e5 cells.blast.cd22_ln_sd=0.25 "
                 "simulation.agents=20000 simulation.until_days=120 dosing.mg_per_m2=3");
    Cure c = {0};
    patient_run(&config, cure_watch, &c);
    print_message("  weight %lld at the start, %lld when the last blast died on day %.1f; none to day 120\n",
                  (long long)c.first_weight, (long long)c.weight_then, c.gone_h / 24);
    assert_true(c.first_weight > 1 && c.weight_then == 1 && c.gone_h > 0);
}

/* ---- steady states ----------------------------------------------------------------------------- */

enum { STEADY_AGENTS = 400000, B_AGENTS = STEADY_AGENTS / 2 };

typedef struct Steady {
    Observation first;
    double mature_off, precursors_off, blood_share; /* the worst in agents' standard errors; sum of rows */
    int rows;
} Steady;

/* Distance from the first row, in standard errors of a Poisson number of agents. */
static double errors_off(int64_t cells, int64_t first_cells, double weight) {
    return fabs((double)(cells - first_cells)) / sqrt((double)first_cells * weight);
}

static bool steady_watch(const Observation *row, void *user) {
    Steady *s = user;
    if (row->time_h == 0) s->first = *row;
    double weight =
        (double)weight_for((double)(s->first.b_mature_cells + s->first.b_precursor_cells), B_AGENTS);
    s->mature_off = fmax(s->mature_off, errors_off(row->b_mature_cells, s->first.b_mature_cells, weight));
    s->precursors_off =
        fmax(s->precursors_off, errors_off(row->b_precursor_cells, s->first.b_precursor_cells, weight));
    s->blood_share += (double)row->blasts_blood_cells / (double)row->blasts_marrow_cells;
    s->rows++;
    return true;
}

/* Stem cells replace B cells that mature and die; blasts in blood stay near 0.4 % of those in marrow. */
static void untreated_is_steady(void **state) {
    (void)state;
    Config config = patient("untreated", "simulation.b_agent_share=0.5 simulation.until_days=60 "
                                         "simulation.output_every_h=24");
    config.simulation.agents = STEADY_AGENTS;
    Steady s = {0};
    patient_run(&config, steady_watch, &s);
    double blood_percent = 100 * s.blood_share / s.rows;
    print_message("  over 60 days mature B cells at most %.1f standard errors off, precursors %.1f; blood "
                  "blasts %.3f %% "
                  "of marrow's\n",
                  s.mature_off, s.precursors_off, blood_percent);
    assert_true(s.mature_off < 4 && s.precursors_off < 4);
    assert_true(blood_percent > 0.33 && blood_percent < 0.44);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_of_the_label),  cmocka_unit_test(books_of_growth),
        cmocka_unit_test(books_of_mutants),    cmocka_unit_test(controls_spare),
        cmocka_unit_test(resistance_spares),   cmocka_unit_test(cure_is_exact),
        cmocka_unit_test(untreated_is_steady),
    };
    return cmocka_run_group_tests(tests, patient_backend_open, patient_backend_close);
}
