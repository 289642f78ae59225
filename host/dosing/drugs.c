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

static Status add(OtherDrugs *drugs, const Config *config, const char *name) {
    REQUIRE(*name, STATUS_BAD_INPUT, "chemo.regimens: an empty name; write names with commas between them");
    REQUIRE(drugs->count < DRUG_REGIMENS, STATUS_BAD_INPUT,
            "chemo.regimens: more than %d; make one file of several", DRUG_REGIMENS);
    DrugRegimen *r = &drugs->regimen[drugs->count++];
    TRY(drugs_read(r, name));
    for (char *c = r->name; *c; c++)
        if (*c == ',' || *c == '"') *c = ';'; /* it goes into events.csv */
    if (!isnan(config->chemo.cycles)) r->cycles = (int)config->chemo.cycles;
    r->start_d += config->chemo.start_day - 1;
    return STATUS_OK;
}

static Status add_all(OtherDrugs *drugs, const Config *config) {
    char names[CONFIG_TEXT], *rest = names;
    memcpy(names, config->chemo.regimens, sizeof names);
    for (char *name = strsep(&rest, ","); name; name = strsep(&rest, ",")) {
        name += strspn(name, " ");
        size_t length = strlen(name);
        while (length > 0 && name[length - 1] == ' ') name[--length] = '\0';
        TRY(add(drugs, config, name));
    }
    return STATUS_OK;
}

Status drugs_create(OtherDrugs **out, const Config *config) {
    *out = NULL;
    if (strcmp(config->chemo.regimens, "none") == 0) return STATUS_OK;
    OtherDrugs *drugs = calloc(1, sizeof *drugs);
    REQUIRE(drugs, STATUS_FAILED, "chemo.regimens: out of memory");
    drugs->sensitivity = config->chemo.sensitivity;
    drugs->toxicity = config->chemo.toxicity;
    Status status = add_all(drugs, config);
    if (status == STATUS_OK)
        *out = drugs;
    else
        drugs_destroy(drugs);
    return status;
}

void drugs_destroy(OtherDrugs *drugs) {
    free(drugs);
}

static double cycle_start_h(const DrugRegimen *r, int cycle) {
    return 24 * (r->start_d - 1 + cycle * r->cycle_d);
}

/* Integral up to `t` hours after its start of what one dose leaves, in dose hours: while it runs in, for
 * `hours`, and after. */
static double exposure(const DrugAgent *a, double t) {
    double k = ln_2 / a->half_life_h;
    if (t <= 0) return 0;
    double in = fmin(t, a->hours), after = fmax(0, t - a->hours);
    double left = -expm1(-k * in) / k; /* of the running input, times the rate's inverse */
    return (in - left + left * -expm1(-k * after)) / (k * a->hours);
}

/* Mean amount of one agent over the stretch, in doses. */
static double amount(const DrugRegimen *r, const DrugAgent *a, double from_h, double until_h, double stop_h) {
    double sum = 0, late_h = a->hours + forgotten * a->half_life_h;
    for (int cycle = 0; cycle < r->cycles; cycle++)
        for (int dose = 0; dose < a->doses; dose++) {
            double start_h = cycle_start_h(r, cycle) + a->dose_h[dose];
            if (start_h >= until_h || start_h >= stop_h || from_h > start_h + late_h) continue;
            sum += exposure(a, until_h - start_h) - exposure(a, from_h - start_h);
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

DrugAction drugs_action(const OtherDrugs *drugs, double from_h, double until_h, double stop_h) {
    DrugAction sum = {0};
    for (int i = 0; drugs && i < drugs->count; i++)
        for (int j = 0; j < drugs->regimen[i].agents; j++) {
            const DrugAgent *a = &drugs->regimen[i].agent[j];
            act(drugs, a, amount(&drugs->regimen[i], a, from_h, until_h, stop_h), &sum);
        }
    sum.marrow_toxicity = -expm1(-sum.marrow_toxicity);
    sum.hepatocyte_toxicity = -expm1(-sum.hepatocyte_toxicity);
    sum.mucosa = -expm1(-sum.mucosa);
    return sum;
}

const char *drugs_cycle(const OtherDrugs *drugs, int index, double time_h, double stop_h, int *cycle,
                        double *began_h) {
    if (!drugs || index >= drugs->count) return NULL;
    const DrugRegimen *r = &drugs->regimen[index];
    *cycle = 0;
    while (*cycle < r->cycles && cycle_start_h(r, *cycle) <= time_h + 1e-9 &&
           cycle_start_h(r, *cycle) < stop_h)
        ++*cycle;
    *began_h = cycle_start_h(r, *cycle - 1);
    return r->name;
}

bool drugs_coming(const OtherDrugs *drugs, double time_h, double stop_h) {
    for (int i = 0; drugs && i < drugs->count; i++) {
        const DrugRegimen *r = &drugs->regimen[i];
        for (int j = 0; j < r->agents; j++) {
            double last_h = cycle_start_h(r, r->cycles - 1) + r->agent[j].dose_h[r->agent[j].doses - 1];
            if (last_h >= time_h && time_h < stop_h) return true;
        }
    }
    return false;
}
