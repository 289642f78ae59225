/* outcome.json: one flat object, so that a table of many runs has a column for each name. null: never, or not
 * known.
 */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clinic/clinic_state.h"

static bool text(cJSON *json, const char *name, const char *value) {
    return cJSON_AddStringToObject(json, name, value) != NULL;
}

static bool yes(cJSON *json, const char *name, bool value) {
    return cJSON_AddBoolToObject(json, name, value) != NULL;
}

static bool number(cJSON *json, const char *name, double value) {
    return isnan(value) ? cJSON_AddNullToObject(json, name) != NULL
                        : cJSON_AddNumberToObject(json, name, value) != NULL;
}

/* "performance-status qtc": reasons against eligibility. */
static bool reasons(cJSON *json, const Clinic *c) {
    char all[POLICY_RULES * POLICY_NAME] = "";
    for (int i = 0; i < c->eligibility.count; i++) {
        if (!(c->s.outcome.reasons >> i & 1)) continue;
        if (all[0]) strcat(all, " ");
        strcat(all, c->eligibility.rule[i].name);
    }
    return yes(json, "eligible", c->s.outcome.eligible) && text(json, "ineligible_because", all);
}

static bool treatment(cJSON *json, const Clinic *c) {
    const Outcome *o = &c->s.outcome;
    const ClinicCourse *course = &c->s.course;
    return number(json, "cycles_started", o->cycles) && number(json, "doses_given", o->doses) &&
           number(json, "dose_total_mg", o->total_mg) && number(json, "doses_omitted", o->omitted) &&
           number(json, "holds", o->held) && number(json, "delays", o->delayed) &&
           number(json, "days_held", o->held_days) && number(json, "reductions", o->reduced) &&
           number(json, "last_dose_day", course->last_dose_h / 24) && number(json, "stop_day", o->stop_day) &&
           text(json, "stop_reason", o->stop_reason) && number(json, "chemo_cycles", o->chemo_cycles) &&
           number(json, "chemo_delays", o->chemo_delays) &&
           number(json, "chemo_days_delayed", o->chemo_days_delayed) &&
           number(json, "chemo_reductions", o->chemo_reductions) &&
           number(json, "platelet_units", o->platelets_given) &&
           number(json, "red_cell_units", o->red_cells_given);
}

static bool disease(cJSON *json, const Clinic *c) {
    const Outcome *o = &c->s.outcome;
    return text(json, "best_response", response_name(o->best_response)) &&
           number(json, "response_day", o->response_day) &&
           number(json, "response_cycle", o->response_cycle) && number(json, "cr_day", o->cr_day) &&
           yes(json, "mrd_negative", !isnan(o->mrd_negative_day)) &&
           number(json, "mrd_negative_day", o->mrd_negative_day) &&
           number(json, "lowest_mrd", o->lowest_mrd) && number(json, "relapse_day", o->relapse_day) &&
           number(json, "progression_day", o->progression_day) &&
           number(json, "treatment_failure_day", o->failure_day) &&
           number(json, "deterioration_day", o->deterioration_day) &&
           number(json, "next_therapy_day", o->next_therapy_day);
}

/* The earliest of what ends freedom from progression in INO-VATE (docs/clinic.md): no remission within three
 * cycles does not, but the new induction that follows. */
static double progression_free_end(const Clinic *c, const char **event) {
    const Outcome *o = &c->s.outcome;
    bool unprepared = o->transplant_day > 0 && !(o->response_day <= o->transplant_day);
    const struct {
        const char *name;
        double day;
    } ends[] = {{"death", o->death_day},
                {"relapse", o->relapse_day},
                {"progression", o->progression_day},
                {"deterioration", o->deterioration_day},
                {"new_induction", o->next_therapy_day},
                {"transplant", unprepared ? o->transplant_day : (double)NAN}};
    double day = INFINITY;
    *event = "";
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends[i].day < day) day = ends[i].day, *event = ends[i].name;
    return day;
}

static bool endpoints(cJSON *json, const Clinic *c) {
    static const char *const cause[DEATH_CAUSES] = {"",        "infection",  "haemorrhage", "vod",
                                                    "disease", "transplant", "other"};
    const Outcome *o = &c->s.outcome;
    const char *event;
    double now_d = c->s.time_h / 24, pfs_d = fmin(progression_free_end(c, &event), now_d);
    return number(json, "follow_up_days", now_d) && yes(json, "death", c->s.over) &&
           number(json, "death_day", o->death_day) &&
           text(json, "death_cause", c->s.over ? cause[c->s.events.death_cause] : "") &&
           number(json, "os_days", now_d) && number(json, "pfs_days", pfs_d) &&
           text(json, "pfs_event", event) &&
           number(json, "remission_days",
                  isnan(o->response_day) ? (double)NAN : fmax(0, pfs_d - o->response_day)) &&
           number(json, "blasts_cells", c->now.marrow_blasts_cells + c->now.blood_blasts_cells) &&
           yes(json, "cured", c->now.marrow_blasts_cells + c->now.blood_blasts_cells == 0);
}

static bool transplant(cJSON *json, const Clinic *c) {
    const Outcome *o = &c->s.outcome;
    return yes(json, "transplant", !isnan(o->transplant_day)) &&
           number(json, "transplant_day", o->transplant_day) && yes(json, "two_alkylators", o->alkylators) &&
           number(json, "engraftment_day", o->engraftment_day) && yes(json, "vod", !isnan(o->vod_day)) &&
           number(json, "vod_day", o->vod_day) && number(json, "vod_grade", o->worst_vod_grade) &&
           yes(json, "vod_after_transplant", o->vod_after_transplant);
}

/* "grade_anc": the laboratory's worst under treatment; "ae_anc": what was reported of it; "ae_infection". */
static bool grades(cJSON *json, const Clinic *c) {
    const Outcome *o = &c->s.outcome;
    char name[64];
    bool good = true;
    for (int t = 0; t < CTCAE_TERMS && good; t++) {
        snprintf(name, sizeof name, "grade_%s", ctcae_name((CtcaeTerm)t));
        good = number(json, name, o->worst_grade[t]);
        snprintf(name, sizeof name, "ae_%s", ctcae_name((CtcaeTerm)t));
        good = good && number(json, name, o->reported[t]);
    }
    for (int k = 0; k < HAZARDS && good; k++) {
        snprintf(name, sizeof name, "ae_%s", hazard_name((HazardKind)k));
        good = number(json, name, o->worst_event[k]);
    }
    return good;
}

Status clinic_outcome_write(const Clinic *c, FILE *out) {
    cJSON *json = cJSON_CreateObject();
    bool good = json && number(json, "format", 1) &&
                number(json, "seed", (double)c->config->simulation.seed) && reasons(json, c) &&
                treatment(json, c) && disease(json, c) && transplant(json, c) && endpoints(json, c) &&
                grades(json, c);
    char *printed = good ? cJSON_Print(json) : NULL;
    cJSON_Delete(json);
    REQUIRE(printed, STATUS_FAILED, "outcome.json: out of memory");
    fprintf(out, "%s\n", printed);
    free(printed);
    return STATUS_OK;
}
