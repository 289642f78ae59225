#include "dosing/drugs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ln_2 = 0.693147180559945309, ln_10 = 2.302585092994045684;
static const double forgotten = 40; /* half-lives after which a dose is no longer looked at: 1e-12 */

struct OtherDrugs {
    double sensitivity, toxicity; /* the patient's: factors on kill and on harm */
    int count;
    DrugRegimen regimen[DRUG_REGIMENS];
};

static Status add(OtherDrugs *drugs, const Config *config, const char *name, bool on_call) {
    REQUIRE(*name, STATUS_BAD_INPUT, "chemo.regimens: an empty name; write names with commas between them");
    REQUIRE(drugs->count < DRUG_REGIMENS, STATUS_BAD_INPUT,
            "chemo.regimens: more than %d; make one file of several", DRUG_REGIMENS);
    DrugRegimen *r = &drugs->regimen[drugs->count++];
    TRY(drugs_read(r, name));
    for (char *c = r->name; *c; c++)
        if (*c == ',' || *c == '"') *c = ';'; /* it goes into events.csv */
    r->on_call = on_call;
    if (on_call) return STATUS_OK;
    if (!isnan(config->chemo.cycles)) r->cycles = (int)config->chemo.cycles;
    r->start_d += config->chemo.start_day - 1;
    return STATUS_OK;
}

static Status add_all(OtherDrugs *drugs, const Config *config) {
    char names[CONFIG_TEXT], *rest = names;
    memcpy(names, config->chemo.regimens, sizeof names);
    if (strcmp(names, "none") == 0) return STATUS_OK;
    for (char *name = strsep(&rest, ","); name; name = strsep(&rest, ",")) {
        name += strspn(name, " ");
        size_t length = strlen(name);
        while (length > 0 && name[length - 1] == ' ') name[--length] = '\0';
        TRY(add(drugs, config, name, false));
    }
    return STATUS_OK;
}

Status drugs_create(OtherDrugs **out, const Config *config) {
    bool later = strcmp(config->chemo.next_regimen, "none") != 0;
    *out = NULL;
    if (strcmp(config->chemo.regimens, "none") == 0 && !later) return STATUS_OK;
    OtherDrugs *drugs = calloc(1, sizeof *drugs);
    REQUIRE(drugs, STATUS_FAILED, "chemo.regimens: out of memory");
    drugs->sensitivity = config->chemo.sensitivity;
    drugs->toxicity = config->chemo.toxicity;
    Status status = add_all(drugs, config);
    if (status == STATUS_OK && later) status = add(drugs, config, config->chemo.next_regimen, true);
    if (status == STATUS_OK)
        *out = drugs;
    else
        drugs_destroy(drugs);
    return status;
}

void drugs_destroy(OtherDrugs *drugs) {
    free(drugs);
}

/* --- what acts --- */

/* Integral up to `t` hours after its start of what one dose leaves, in dose hours: while it runs in, for
 * `hours`, and after. */
static double exposure(const DrugAgent *a, double t) {
    double k = ln_2 / a->half_life_h;
    if (t <= 0) return 0;
    double in = fmin(t, a->hours), after = fmax(0, t - a->hours);
    double left = -expm1(-k * in) / k; /* of the running input, times the rate's inverse */
    return (in - left + left * -expm1(-k * after)) / (k * a->hours);
}

/* Whether the agent is given in cycle `cycle`, from 0. */
static bool in_turn(const DrugAgent *a, int cycle) {
    return a->turn == TURN_EVERY || (a->turn == TURN_ODD) == (cycle % 2 == 0);
}

/* Mean amount of one agent over the stretch, in doses. */
static double amount(const DrugRegimen *r, const DrugProgress *p, int agent, double from_h, double until_h) {
    const DrugAgent *a = &r->agent[agent];
    double sum = 0, late_h = a->hours + forgotten * a->half_life_h;
    for (int cycle = 0; cycle < p->begun; cycle++)
        for (int dose = 0; dose < a->doses && in_turn(a, cycle); dose++) {
            double start_h = p->start_h[cycle] + a->dose_h[dose];
            if (start_h >= until_h || start_h >= p->stop_h || from_h > start_h + late_h) continue;
            sum += p->given[cycle][agent] * (exposure(a, until_h - start_h) - exposure(a, from_h - start_h));
        }
    return sum / (until_h - from_h);
}

/* Sums of hazards, and of exponents of toxicity. */
static void act(const OtherDrugs *drugs, const DrugAgent *a, double doses, DrugAction *sum) {
    double kill = ln_10 * ln_2 / a->half_life_h / a->doses * doses; /* a cycle's integral: ln 10 */
    double blasts = drugs->sensitivity * a->log_kill * kill;
    sum->cycling_kill_per_h += a->cycling * blasts;
    sum->kill_per_h += (1 - a->cycling) * blasts;
    sum->blood_kill_per_h += drugs->sensitivity * a->blood_log_kill * kill;
    sum->b_cell_kill_per_h += a->b_cell_log_kill * kill;
    sum->lymphocyte_kill_per_h += a->lymphocyte_log_kill * kill;
    sum->marrow_toxicity += drugs->toxicity * a->marrow_toxicity * doses;
    sum->hepatocyte_toxicity += drugs->toxicity * a->hepatocyte_toxicity * doses;
    sum->mucosa += drugs->toxicity * a->mucosa * doses;
    if (a->g_csf && doses > 0.05) sum->g_csf = 1;
}

DrugAction drugs_action(const OtherDrugs *drugs, const DrugsCourse *course, double from_h, double until_h) {
    DrugAction sum = {0};
    for (int i = 0; drugs && i < drugs->count; i++)
        for (int j = 0; j < drugs->regimen[i].agents; j++)
            act(drugs, &drugs->regimen[i].agent[j],
                amount(&drugs->regimen[i], &course->regimen[i], j, from_h, until_h), &sum);
    sum.marrow_toxicity = -expm1(-sum.marrow_toxicity);
    sum.hepatocyte_toxicity = -expm1(-sum.hepatocyte_toxicity);
    sum.mucosa = -expm1(-sum.mucosa);
    return sum;
}

/* --- the course --- */

void drugs_start(const OtherDrugs *drugs, DrugsCourse *course) {
    *course = (DrugsCourse){0};
    for (int i = 0; i < DRUG_REGIMENS; i++) {
        DrugProgress *p = &course->regimen[i];
        bool planned = drugs && i < drugs->count && !drugs->regimen[i].on_call;
        p->due_h = planned ? 24 * (drugs->regimen[i].start_d - 1) : INFINITY;
        p->stop_h = INFINITY;
        for (int j = 0; j < DRUG_AGENTS; j++) p->scale[j] = 1;
    }
}

static void cycle_begins(const DrugRegimen *r, DrugProgress *p) {
    p->start_h[p->begun] = p->due_h;
    memcpy(p->given[p->begun], p->scale, sizeof p->scale);
    p->begun++;
    p->due_h = p->begun < r->cycles ? p->due_h + 24 * r->cycle_d : INFINITY;
}

void drugs_begin(const OtherDrugs *drugs, DrugsCourse *course, double until_h) {
    for (int i = 0; drugs && i < drugs->count; i++) {
        DrugProgress *p = &course->regimen[i];
        while (!p->held && p->due_h < until_h) cycle_begins(&drugs->regimen[i], p);
    }
}

/* "2 g/m2 twice a day"; 0 for what is given in other units. */
static double g_per_m2(const DrugAgent *a) {
    char *unit;
    double dose = strtod(a->dose, &unit);
    return strncmp(unit, " g/m2", 5) == 0 ? dose : 0;
}

bool drugs_view(const OtherDrugs *drugs, const DrugsCourse *course, int index, DrugView *out) {
    if (!drugs || index >= drugs->count) return false;
    const DrugRegimen *r = &drugs->regimen[index];
    const DrugProgress *p = &course->regimen[index];
    *out = (DrugView){.name = r->name,
                      .cycles = r->cycles,
                      .begun = p->begun,
                      .held = p->held,
                      .on_call = r->on_call,
                      .due_h = p->due_h,
                      .began_h = p->begun ? p->start_h[p->begun - 1] : (double)NAN};
    for (int j = 0; j < r->agents; j++)
        if (strcmp(r->agent[j].name, "cytarabine") == 0 && in_turn(&r->agent[j], p->begun))
            out->cytarabine_g_m2 = p->scale[j] * g_per_m2(&r->agent[j]);
    return true;
}

/* A dose of the latest cycle at `time_h` or later. */
static bool dose_coming(const DrugRegimen *r, const DrugProgress *p, double time_h) {
    int cycle = p->begun - 1;
    if (cycle < 0 || time_h >= p->stop_h) return false;
    for (int j = 0; j < r->agents; j++) {
        const DrugAgent *a = &r->agent[j];
        if (in_turn(a, cycle) && p->start_h[cycle] + a->dose_h[a->doses - 1] >= time_h) return true;
    }
    return false;
}

bool drugs_coming(const OtherDrugs *drugs, const DrugsCourse *course, double time_h) {
    for (int i = 0; drugs && i < drugs->count; i++)
        if (isfinite(course->regimen[i].due_h) ||
            dose_coming(&drugs->regimen[i], &course->regimen[i], time_h))
            return true;
    return false;
}

void drugs_hold(DrugsCourse *course, int index) {
    course->regimen[index].held = 1;
}

void drugs_release(DrugsCourse *course, int index, double now_h) {
    DrugProgress *p = &course->regimen[index];
    p->held = 0;
    p->due_h = fmax(p->due_h, now_h);
}

void drugs_shift(DrugsCourse *course, int index, double hours) {
    course->regimen[index].due_h += hours;
}

bool drugs_scale(const OtherDrugs *drugs, DrugsCourse *course, int index, const char *agent, double factor) {
    const DrugRegimen *r = &drugs->regimen[index];
    DrugProgress *p = &course->regimen[index];
    bool any = false;
    for (int j = 0; j < r->agents && isfinite(p->due_h); j++) {
        bool meant = agent && *agent ? strcmp(r->agent[j].name, agent) == 0 : !r->agent[j].g_csf;
        if (meant) p->scale[j] *= factor;
        any = any || meant;
    }
    return any;
}

void drugs_stop(const OtherDrugs *drugs, DrugsCourse *course, int index, double now_h) {
    for (int i = 0; drugs && i < drugs->count; i++) {
        DrugProgress *p = &course->regimen[i];
        bool waits = drugs->regimen[i].on_call && p->begun == 0;
        if ((index >= 0 && i != index) || waits) continue;
        p->due_h = INFINITY;
        p->held = 0;
        p->stop_h = fmin(p->stop_h, now_h);
    }
}

bool drugs_call(const OtherDrugs *drugs, DrugsCourse *course, double now_h) {
    for (int i = 0; drugs && i < drugs->count; i++) {
        DrugProgress *p = &course->regimen[i];
        if (!drugs->regimen[i].on_call || p->begun || isfinite(p->due_h)) continue;
        p->due_h = now_h;
        return true;
    }
    return false;
}

static bool progress_sound(const DrugProgress *p, int cycles) {
    bool sound = p->begun >= 0 && p->begun <= cycles && (p->held == 0 || p->held == 1) && p->due_h >= 0 &&
                 p->stop_h >= 0 && (p->begun < cycles || isinf(p->due_h));
    for (int j = 0; j < DRUG_AGENTS; j++) sound = sound && p->scale[j] >= 0 && p->scale[j] <= 1;
    for (int c = 0; sound && c < p->begun; c++) {
        sound = isfinite(p->start_h[c]) && p->start_h[c] >= 0;
        for (int j = 0; j < DRUG_AGENTS; j++) sound = sound && p->given[c][j] >= 0 && p->given[c][j] <= 1;
    }
    return sound;
}

bool drugs_sound(const OtherDrugs *drugs, const DrugsCourse *course) {
    bool sound = true;
    for (int i = 0; i < DRUG_REGIMENS; i++) {
        int cycles = drugs && i < drugs->count ? drugs->regimen[i].cycles : 0;
        sound = sound && progress_sound(&course->regimen[i], cycles);
    }
    return sound;
}
