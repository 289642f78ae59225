#include "values.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paint.h"
#include "tour.h"

static const char *const state_names[] = {"opening", "paused", "playing", "ended", "failed"};
static const char *const view_names[] = {"marrow", "flow", "charts"};
static const char *const truth_names[] = {"no", "yes"};
static const char *quantity_names[QUANTITIES]; /* filled by value_find: the table of quantities has them */

/* What the newest frame says; NaN before the first. */
#define FROM_FRAME(name, expression)           \
    static double name(const Viewer *v) {      \
        if (!v->frame) return NAN;             \
        const Observation *o = &v->frame->now; \
        return (double)(expression);           \
    }
#define FROM(name, expression)            \
    static double name(const Viewer *v) { \
        return (double)(expression);      \
    }
#define TO(name, statement)                     \
    static void name(Viewer *v, double value) { \
        statement;                              \
    }

FROM(get_state, v->status.state)
FROM(get_playing, v->status.state == SESSION_PLAYING)
FROM(get_day, v->status.time_h / 24)
FROM(get_latest, v->status.latest_h / 24)
FROM(get_until, v->status.until_h / 24)
FROM(get_seed, v->status.seed)
FROM(get_branch, v->status.branch)
FROM(get_branches, v->status.branches)
FROM(get_busy, v->status.asked > v->status.taken)
FROM(get_drawn, paint_current(v))
FROM(get_agents, v->status.agents)
FROM(get_weight, v->status.blast_weight)
FROM(get_rate, v->status.intervals_per_s)
FROM_FRAME(get_blasts, o->blasts_marrow_cells)
FROM_FRAME(get_blood, o->blasts_blood_cells)
FROM_FRAME(get_all_blasts, o->blasts_marrow_cells + o->blasts_blood_cells)
FROM_FRAME(get_dying, o->blasts_committed_cells)
FROM_FRAME(get_precursor, o->b_precursor_cells)
FROM_FRAME(get_mature, o->b_mature_cells)
FROM_FRAME(get_fraction, o->marrow_blast_fraction)
FROM_FRAME(get_percent, 100 * o->marrow_blast_fraction)
FROM_FRAME(get_plasma, o->adc_central_ng_ml)
FROM_FRAME(get_marrow, o->adc_marrow_ng_ml)
FROM_FRAME(get_cd22, o->cd22_free_per_blast)
FROM_FRAME(get_bound, o->cd22_bound_per_blast)
FROM_FRAME(get_occupancy, o->cd22_occupancy)
FROM_FRAME(get_occupancy_percent, 100 * o->cd22_occupancy)
FROM_FRAME(get_payload, o->payload_per_blast)
FROM_FRAME(get_damage, o->damage_per_blast)
FROM_FRAME(get_births, o->blast_births_cells)
FROM_FRAME(get_killed, o->blast_deaths_drug_cells)
FROM_FRAME(get_initial, o->blasts_initial_cells)
FROM_FRAME(get_given_nmol, o->drug_given_nmol)
FROM_FRAME(get_taken_nmol, o->drug_taken_nmol)
FROM_FRAME(get_mature_per_ul, o->b_mature_per_ul)
FROM(get_doses, v->status.dosing.given)
FROM(get_held, !isnan(v->status.dosing.held_since_h))
FROM(get_infusing, v->status.dosing.running_mg_per_h > 0)
FROM(get_next_day, v->status.dosing.coming ? v->status.dosing.next_h / 24 : NAN)
FROM(get_next_dose, v->status.dosing.coming ? v->status.dosing.next_mg / v->status.bsa_m2 : NAN)
FROM(get_stopped, v->status.dosing.discontinued)
FROM(get_view, v->choices.view)
FROM(get_light, v->choices.light)
FROM(get_help, v->choices.help)
FROM(get_density, v->choices.density)
FROM(get_colour, v->choices.colour)
FROM(get_lo, v->choices.lo)
FROM(get_hi, v->choices.hi)
FROM(get_ramp, v->choices.ramp % PAINT_RAMPS)
FROM(get_kinds, v->choices.kinds)
FROM(get_across, v->choices.across)
FROM(get_up, v->choices.up)
FROM(get_gate_x, v->choices.gate_x)
FROM(get_gate_y, v->choices.gate_y)
FROM(get_gate_left, v->gate_left_percent)
FROM(get_gate_right, v->gate_right_percent)
FROM(get_speed, v->choices.speed_per_s)
FROM(get_dose, v->choices.dose_mg_per_m2)
FROM(get_infusion, v->choices.infusion_h)
FROM(get_run_to_day, v->choices.run_to_day)
FROM(get_concentration, v->choices.concentration_ng_ml)
FROM(get_zoom, v->camera.zoom)
FROM(get_x, v->camera.x_um)
FROM(get_y, v->camera.y_um)
FROM(get_followed, v->traces)
FROM(get_chosen, v->chosen != 0)
FROM(get_keyboard, v &&ui_keyboard_mode())
FROM(get_tour_step, v->tour && !v->tour->left ? v->tour->at + 1 : 0)
FROM(get_tour_reached, v->tour && !v->tour->left && v->tour->reached)
FROM(get_pictures, v->pictures)
FROM(get_cost, v->cost_ms)
FROM(get_messages, v->status.messages)

static void no_range(Viewer *v) {
    v->choices.lo = v->choices.hi = NAN;
}

TO(set_view, v->choices.view = (ViewKind)value)
TO(set_light, v->choices.light = value != 0)
TO(set_help, v->choices.help = value != 0)
TO(set_density, v->choices.density = value != 0)
TO(set_colour, v->choices.colour = (Quantity)value; no_range(v))
TO(set_lo, v->choices.lo = value)
TO(set_hi, v->choices.hi = value)
TO(set_ramp, v->choices.ramp = (int)value)
TO(set_kinds, v->choices.kinds = (unsigned)value)
TO(set_across, v->choices.across = (Quantity)value)
TO(set_up, v->choices.up = (Quantity)value)
TO(set_gate_x, v->choices.gate_x = value)
TO(set_gate_y, v->choices.gate_y = value)
TO(set_speed, v->choices.speed_per_s = value; viewer_ask(v, "speed %.6g", value))
TO(set_dose, v->choices.dose_mg_per_m2 = value)
TO(set_infusion, v->choices.infusion_h = value)
TO(set_run_to_day, v->choices.run_to_day = value)
TO(set_zoom, v->camera.zoom = value < 1 ? 1 : value)
TO(set_x, v->camera.x_um = value)
TO(set_y, v->camera.y_um = value)

/* clang-format off */
#define WORDS(names) names, (int)(sizeof names / sizeof names[0])
#define NUMBER NULL, 0
const Value values[] = {
    {"state", "of the session", get_state, NULL, WORDS(state_names)},
    {"playing", "", get_playing, NULL, WORDS(truth_names)},
    {"busy", "commands are waiting", get_busy, NULL, WORDS(truth_names)},
    {"drawn", "what is seen is what was asked for last", get_drawn, NULL, WORDS(truth_names)},
    {"day", "now", get_day, NULL, NUMBER},
    {"latest_day", "reached on this branch", get_latest, NULL, NUMBER},
    {"until_day", "the run's end", get_until, NULL, NUMBER},
    {"seed", "", get_seed, NULL, NUMBER},
    {"branch", "the present one, from 0", get_branch, NULL, NUMBER},
    {"branches", "", get_branches, NULL, NUMBER},
    {"agents", "in the pool", get_agents, NULL, NUMBER},
    {"weight", "cells a blast agent stands for", get_weight, NULL, NUMBER},
    {"intervals_per_s", "", get_rate, NULL, NUMBER},
    {"blasts", "blasts in the marrow, cells", get_blasts, NULL, NUMBER},
    {"blasts_blood", "cells", get_blood, NULL, NUMBER},
    {"all_blasts", "marrow and blood, cells", get_all_blasts, NULL, NUMBER},
    {"blasts_initial", "cells", get_initial, NULL, NUMBER},
    {"dying", "blasts committed to apoptosis, cells", get_dying, NULL, NUMBER},
    {"b_precursor", "cells", get_precursor, NULL, NUMBER},
    {"b_mature", "cells", get_mature, NULL, NUMBER},
    {"b_mature_per_ul", "in blood", get_mature_per_ul, NULL, NUMBER},
    {"blast_fraction", "of the marrow, 0 to 1", get_fraction, NULL, NUMBER},
    {"blast_percent", "of the marrow", get_percent, NULL, NUMBER},
    {"births", "of blasts so far, cells", get_births, NULL, NUMBER},
    {"killed", "blasts killed by the drug so far, cells", get_killed, NULL, NUMBER},
    {"plasma", "conjugate, ng/mL", get_plasma, NULL, NUMBER},
    {"marrow", "conjugate in the marrow, ng/mL", get_marrow, NULL, NUMBER},
    {"given_nmol", "conjugate given", get_given_nmol, NULL, NUMBER},
    {"taken_nmol", "conjugate bound by cells", get_taken_nmol, NULL, NUMBER},
    {"cd22", "free, per blast", get_cd22, NULL, NUMBER},
    {"bound", "CD22 with conjugate, per blast", get_bound, NULL, NUMBER},
    {"occupancy", "of CD22, 0 to 1", get_occupancy, NULL, NUMBER},
    {"occupancy_percent", "of CD22", get_occupancy_percent, NULL, NUMBER},
    {"payload", "free, per blast", get_payload, NULL, NUMBER},
    {"damage", "double-strand breaks per blast", get_damage, NULL, NUMBER},
    {"doses", "begun so far", get_doses, NULL, NUMBER},
    {"next_day", "of the next dose", get_next_day, NULL, NUMBER},
    {"next_dose", "mg/m2", get_next_dose, NULL, NUMBER},
    {"held", "the course", get_held, NULL, WORDS(truth_names)},
    {"infusing", "", get_infusing, NULL, WORDS(truth_names)},
    {"stopped", "the course", get_stopped, NULL, WORDS(truth_names)},
    {"view", "", get_view, set_view, WORDS(view_names)},
    {"light", "colours for bright rooms", get_light, set_light, WORDS(truth_names)},
    {"help", "the keys are shown", get_help, set_help, WORDS(truth_names)},
    {"density", "instead of dots", get_density, set_density, WORDS(truth_names)},
    {"colour", "what dots are coloured by", get_colour, set_colour, WORDS(quantity_names)},
    {"lo", "of the colours; nan: usual", get_lo, set_lo, NUMBER},
    {"hi", "of the colours; nan: usual", get_hi, set_hi, NUMBER},
    {"colour_map", "", get_ramp, set_ramp, paint_ramp_names, PAINT_RAMPS},
    {"kinds", "shown: a bit each", get_kinds, set_kinds, NUMBER},
    {"across", "of the flow view", get_across, set_across, WORDS(quantity_names)},
    {"up", "of the flow view", get_up, set_up, WORDS(quantity_names)},
    {"gate_x", "", get_gate_x, set_gate_x, NUMBER},
    {"gate_y", "", get_gate_y, set_gate_y, NUMBER},
    {"gate_left_percent", "of blasts, left of the gate", get_gate_left, NULL, NUMBER},
    {"gate_right_percent", "of blasts, right of the gate", get_gate_right, NULL, NUMBER},
    {"speed", "wanted intervals a second; 0: as fast as possible", get_speed, set_speed, NUMBER},
    {"dose", "in its field, mg/m2", get_dose, set_dose, NUMBER},
    {"infusion", "in its field, h", get_infusion, set_infusion, NUMBER},
    {"run_to_day", "in its field", get_run_to_day, set_run_to_day, NUMBER},
    {"concentration", "in its field, ng/mL", get_concentration, NULL, NUMBER},
    {"zoom", "1: the whole section", get_zoom, set_zoom, NUMBER},
    {"x", "the picture's middle, um", get_x, set_x, NUMBER},
    {"y", "", get_y, set_y, NUMBER},
    {"followed", "cells", get_followed, NULL, NUMBER},
    {"chosen", "a cell is in the panel", get_chosen, NULL, WORDS(truth_names)},
    {"keyboard", "arrows and space work the controls", get_keyboard, NULL, WORDS(truth_names)},
    {"tour_step", "of the tour, from 1; 0: none", get_tour_step, NULL, NUMBER},
    {"tour_reached", "what the step waits for", get_tour_reached, NULL, WORDS(truth_names)},
    {"messages", "of the session so far", get_messages, NULL, NUMBER},
    {"pictures", "drawn so far", get_pictures, NULL, NUMBER},
    {"picture_ms", "what one costs", get_cost, NULL, NUMBER},
};
/* clang-format on */
const int value_count = sizeof values / sizeof values[0];

const Value *value_find(const char *name) {
    for (int i = 0; i < QUANTITIES; i++) quantity_names[i] = picture_quantities[i].name;
    for (int i = 0; i < value_count; i++)
        if (strcmp(values[i].name, name) == 0) return &values[i];
    return NULL;
}

bool value_now(const Viewer *viewer, const char *name, double *out) {
    const Value *value = value_find(name);
    if (value) *out = value->get(viewer);
    for (size_t i = 0; !value && i < config_key_count; i++) {
        if (config_keys[i].type != KEY_REAL || strcmp(config_keys[i].path, name) != 0) continue;
        *out = *(const double *)(const void *)((const char *)&viewer->live + config_keys[i].offset);
        return true;
    }
    return value != NULL;
}

bool value_parse(const Value *value, const char *text, double *out) {
    for (int i = 0; value && i < value->name_count; i++)
        if (strcmp(value->names[i], text) == 0) {
            *out = i;
            return true;
        }
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == 0;
}

void value_text(const Viewer *viewer, const char *name, char out[64]) {
    const Value *value = value_find(name);
    double now = NAN;
    value_now(viewer, name, &now);
    if (value && value->names && now >= 0 && now < value->name_count)
        snprintf(out, 64, "%s", value->names[(int)now]);
    else
        snprintf(out, 64, "%.9g", now);
}

static cJSON *items(void) {
    cJSON *list = cJSON_CreateObject();
    for (int i = 0; i < ui_count(); i++) {
        UiRect r;
        const char *name = ui_item(i, &r);
        double where[4] = {r.x, r.y, r.w, r.h};
        if (!cJSON_HasObjectItem(list, name))
            cJSON_AddItemToObject(list, name, cJSON_CreateDoubleArray(where, 4));
    }
    return list;
}

static cJSON *cells(const Viewer *viewer) {
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < viewer->traces; i++) {
        const SessionTrace *trace = &viewer->trace[i];
        char identity[17], mother[17];
        cJSON *cell = cJSON_CreateObject();
        snprintf(identity, sizeof identity, "%016" PRIx64, trace->identity);
        snprintf(mother, sizeof mother, "%016" PRIx64, trace->mother);
        cJSON_AddStringToObject(cell, "identity", identity);
        if (trace->mother) cJSON_AddStringToObject(cell, "mother", mother);
        cJSON_AddNumberToObject(cell, "from_day", trace->from_h / 24);
        if (!isnan(trace->gone_h)) cJSON_AddNumberToObject(cell, "gone_day", trace->gone_h / 24);
        cJSON_AddItemToArray(list, cell);
    }
    return list;
}

static cJSON *all_values(const Viewer *viewer) {
    cJSON *root = cJSON_CreateObject();
    value_find("");
    for (int i = 0; i < value_count; i++) {
        const Value *value = &values[i];
        double now = value->get(viewer);
        if (value->names && now >= 0 && now < value->name_count)
            cJSON_AddStringToObject(root, value->name, value->names[(int)now]);
        else if (isfinite(now))
            cJSON_AddNumberToObject(root, value->name, now);
        else
            cJSON_AddNullToObject(root, value->name);
    }
    cJSON_AddStringToObject(root, "message", viewer->status.message);
    cJSON_AddStringToObject(root, "device", viewer->status.device);
    cJSON_AddItemToObject(root, "cells", cells(viewer));
    cJSON_AddItemToObject(root, "widgets", items());
    return root;
}

Status values_save(const Viewer *viewer, const char *path) {
    cJSON *root = all_values(viewer);
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    REQUIRE(text, STATUS_FAILED, "%s: out of memory", path);
    FILE *file = fopen(path, "w");
    bool fine = file && fprintf(file, "%s\n", text) > 0;
    if (file && fclose(file) != 0) fine = false;
    cJSON_free(text);
    REQUIRE(fine, STATUS_FAILED, "%s: cannot be written: %s", path, strerror(errno));
    return STATUS_OK;
}
