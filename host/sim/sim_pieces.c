/* A kept moment as pieces, and back. What comes from a file is looked through before it is believed: a number
 * that cannot be must end in a message, not in a run that goes on with it. */
#include <math.h>
#include <string.h>

#include "sim/sim_saved.h"

static const struct Column {
    const char *name, *unit;
} reals[REAL_FIELDS] =
    {
        [REAL_CD22] = {"agents_cd22_free", "molecules per cell"},
        [REAL_BOUND] = {"agents_cd22_bound", "molecules per cell"},
        [REAL_INSIDE] = {"agents_conjugate_inside", "molecules per cell"},
        [REAL_PAYLOAD] = {"agents_payload", "molecules per cell"},
        [REAL_BREAKS] = {"agents_dna_breaks", "breaks per cell"},
        [REAL_FATE] = {"agents_fate_budget", "1 (hazard left to bear)"},
        [REAL_CLOCK] = {"agents_clock", "1 (mean cycles left)"},
        [REAL_SETPOINT] = {"agents_cd22_setpoint", "molecules per cell"},
        [REAL_SENSITIVITY] = {"agents_sensitivity", "1 per break (1/D50)"},
},
  words[WORD_FIELDS] = {
      [WORD_ID_LOW] = {"agents_identity_low", "1"},
      [WORD_ID_HIGH] = {"agents_identity_high", "1"},
      [WORD_EVENTS] = {"agents_events", "1"},
};
static const char class_name[] = "agents_class";

Status sim_saved_pieces(const SimSaved *saved, Pieces *pieces) {
    const Agents *a = &saved->agents;
    TRY(pieces_add(pieces, "state", saved, SIM_NUMBERS));
    TRY(dosing_pieces(saved->dosing, pieces));
    pieces_add_column(pieces, class_name, "index of the class of cells", PIECE_WORDS, a->cls, a->count);
    for (int f = 0; f < REAL_FIELDS; f++)
        pieces_add_column(pieces, reals[f].name, reals[f].unit, PIECE_REALS, a->real[f], a->count);
    for (int f = 0; f < WORD_FIELDS; f++)
        pieces_add_column(pieces, words[f].name, words[f].unit, PIECE_WORDS, a->word[f], a->count);
    return STATUS_OK;
}

static const double MOST = 1e18; /* cells or nmol: fits a 64-bit integer, and so does a sum of a few */

/* Numbers, none beyond `most`. */
static bool within(const double *values, size_t count, double most) {
    bool sound = true;
    for (size_t i = 0; i < count; i++) sound = sound && fabs(values[i]) <= most;
    return sound;
}

static bool trend_within(Trend t, double most) {
    return fabs(t.last) <= most && fabs(t.before) <= most && fabs(t.earlier) <= most;
}

/* What follows from the config is as it was; the rest is finite. */
static bool step_sound(const ClassStep *step, const ClassStep *own) {
    f32 values[offsetof(ClassStep, hill_square) / sizeof(f32)];
    bool sound = step->move_class == own->move_class && step->stages == own->stages &&
                 step->dying_stages == own->dying_stages && step->hill_square == own->hill_square;
    memcpy(values, step, sizeof values);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) sound = sound && isfinite(values[i]);
    return sound;
}

static bool class_sound(const Sim *sim, const SimSaved *saved, int c) {
    const ClassState *s = &saved->state[c];
    const i64 counts[] = {s->cells, s->dying, s->births};
    const double sums[] = {s->cd22, s->bound, s->inside, s->setpoint};
    const double molecules = 1e24,
                 per_h = 1000 / sim->dt_h; /* an interval leaves e^-1000 of a class: nothing */
    i64 places = (i64)sim->frame.pages * PAGE_SLOTS * sim->backend->members;
    double weight = (double)saved->group[sim->classes.cls[c].group].weight;
    bool sound = true;
    for (int i = 0; i < 3; i++)
        sound = sound && counts[i] >= 0 && counts[i] <= places && weight * (double)counts[i] <= MOST;
    return sound && within(sums, 4, molecules) && trend_within(s->cd22_loss, per_h) &&
           trend_within(s->bound_loss, per_h) && trend_within(s->setpoint_growth, per_h) &&
           s->newcomer_debt >= 0 && s->newcomer_debt <= (double)places &&
           step_sound(&saved->steps[c], &sim->frame.cls[c]);
}

static bool group_sound(const CellGroup *group, const CellGroup *own) {
    return group->agents == own->agents && group->weight >= 1 && (double)group->weight <= MOST &&
           (group->weight & (group->weight - 1)) == 0;
}

static bool books_sound(const SimSaved *s) {
    const i64 cells[] = {s->initial_cells, s->births_cells, s->drug_deaths_cells, s->natural_deaths_cells,
                         s->resampled_cells};
    const i64 cost[] = {s->cost.steps, s->cost.agent_steps, s->cost.place_steps, s->cost.agents,
                        s->cost.peak_agents};
    double harm[sizeof s->harm / sizeof(double)];
    memcpy(harm, &s->harm, sizeof harm);
    bool sound = within(&s->degraded_nmol, 1, MOST) && within(&s->lost_nmol, 1, MOST) &&
                 within(&s->other_deaths_cells, 1, MOST) && s->other_deaths_cells >= 0;
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++)
        sound = sound && harm[i] >= 0 && harm[i] <= 1000;
    for (int i = 0; i < 5; i++)
        sound = sound && fabs((double)cells[i]) <= MOST && cost[i] >= 0 && (double)cost[i] <= MOST;
    return sound;
}

static bool numbers_sound(const Sim *sim, const SimSaved *s) {
    double drug[sizeof s->drug / sizeof(double)];
    bool sound =
        s->step >= 0 && s->step <= INT32_MAX && books_sound(s) && drugs_sound(sim->others, &s->others);
    memcpy(drug, &s->drug, sizeof drug);
    sound = sound && within(drug, sizeof drug / sizeof drug[0], MOST) &&
            fabs(s->drug.time_h - (double)s->step * sim->dt_h) < 1e-6 * sim->dt_h;
    sound = sound && trend_within(s->blasts, MOST) && trend_within(s->committed, MOST) &&
            trend_within(s->competing, MOST);
    for (int g = 0; g < sim->classes.group_count; g++)
        sound = sound && group_sound(&s->group[g], &sim->classes.group[g]);
    for (int c = 0; sound && c < sim->classes.count; c++) sound = class_sound(sim, s, c);
    return sound;
}

/* Agents of classes there are, with states that can be summed in fixed point and budgets that are numbers. */
static bool agents_sound(const Sim *sim, const Agents *a) {
    const f32 most = 1e12f;
    bool sound = true;
    for (size_t i = 0; i < a->count; i++) sound = sound && a->cls[i] < (u32)sim->classes.count;
    for (int f = 0; f < REAL_FIELDS; f++)
        for (size_t i = 0; i < a->count; i++) {
            f32 size = fabsf(a->real[f][i]);
            sound = sound && (f == REAL_FATE || f == REAL_CLOCK ? size <= FOREVER : size <= most);
        }
    return sound;
}

static Status agents_of(const Pieces *pieces, Agents *out) {
    const Piece *piece = pieces_find(pieces, class_name);
    REQUIRE(piece && piece->length / sizeof(u32) <= UINT32_MAX, STATUS_FAILED, "%s: is missing there",
            class_name);
    size_t length = piece->length;
    TRY(pieces_need(pieces, class_name, PIECE_WORDS, length, &piece));
    out->count = length / sizeof(u32);
    out->cls = piece->bytes;
    for (int f = 0; f < REAL_FIELDS; f++) {
        TRY(pieces_need(pieces, reals[f].name, PIECE_REALS, length, &piece));
        out->real[f] = piece->bytes;
    }
    for (int f = 0; f < WORD_FIELDS; f++) {
        TRY(pieces_need(pieces, words[f].name, PIECE_WORDS, length, &piece));
        out->word[f] = piece->bytes;
    }
    return STATUS_OK;
}

static Status saved_of(const Sim *sim, const Pieces *pieces, SimSaved *out) {
    const Piece *state;
    TRY(pieces_need(pieces, "state", PIECE_BYTES, SIM_NUMBERS, &state));
    memcpy(out, state->bytes, SIM_NUMBERS);
    REQUIRE(out->classes == sim->classes.count, STATUS_FAILED,
            "state: %d classes of cells, where this config has %d", out->classes, sim->classes.count);
    TRY(agents_of(pieces, &out->agents));
    REQUIRE(numbers_sound(sim, out), STATUS_FAILED, "state: its numbers cannot be");
    REQUIRE(agents_sound(sim, &out->agents), STATUS_FAILED, "agents: their numbers cannot be");
    return STATUS_OK;
}

Status sim_restore_pieces(Sim *sim, const Pieces *pieces) {
    SimSaved saved = {0};
    Status status = saved_of(sim, pieces, &saved);
    if (status == STATUS_OK) status = dosing_restore_pieces(sim->dosing, pieces);
    TRY(backend_together(sim->backend, status));
    return sim_state_restore(sim, &saved);
}
