#include "clinic/hazards.h"

#include <math.h>

#include "clinic/body_luck.h"

/* Shares of events that reach grades 2, 3, 4 and 5, and how long one lasts: median in days, spread of its
 * logarithm. Grades from the columns of adverse events (docs/clinic.md); lengths assumed. */
typedef struct Course {
    const char *name;
    double reach[4];
    double days, ln_sd;
} Course;

static const Course courses[HAZARDS] = {
    [HAZARD_INFECTION] = {"infection", {0.90, 0.50, 0.12, 0.04}, 10, 0.6},
    [HAZARD_FEBRILE_NEUTROPENIA] = {"febrile_neutropenia", {1, 1, 0.08, 0.01}, 5, 0.5},
    [HAZARD_HAEMORRHAGE] = {"haemorrhage", {0.45, 0.15, 0.06, 0.03}, 4, 0.7},
    [HAZARD_INFUSION_REACTION] = {"infusion_reaction", {0.60, 0.10, 0.01, 0}, 0.25, 0.5},
    [HAZARD_QT] = {"qt_prolongation", {0.60, 0.30, 0.03, 0.003}, 2, 0.5},
    [HAZARD_FATIGUE] = {"fatigue", {0.50, 0.14, 0, 0}, 14, 0.7},
    [HAZARD_NAUSEA] = {"nausea", {0.35, 0.06, 0, 0}, 4, 0.7},
    [HAZARD_FEVER] = {"fever", {0.40, 0.09, 0.01, 0}, 3, 0.5},
    [HAZARD_HEADACHE] = {"headache", {0.35, 0.07, 0, 0}, 4, 0.7},
};

_Static_assert((int)HAZARDS == (int)CONFIG_HAZARDS, "one factor a hazard, in the config");

const char *hazard_name(HazardKind kind) {
    return kind < HAZARDS ? courses[kind].name : NULL;
}

/* 1 far below `half`, 0 far above. */
static double lack(double value, double half) {
    double ratio = fmax(value, 0) / half;
    return 1 / (1 + ratio * ratio);
}

/* Of the transplant's first hundred days, when all defences are down (A). */
static double after_transplant(const HazardDrive *d) {
    return isnan(d->days_after_transplant) ? 0 : exp(-d->days_after_transplant / 100);
}

/* Bodey 1966 (Ann Intern Med 64:328): infections grow more frequent below 1.0, and most below 0.1e9/L (M). */
static double infection_per_d(const HazardDrive *d) {
    double bare = 0.0015 + 0.007 * lack(d->anc, 0.5) + 0.016 * lack(d->anc, 0.1);
    double factor = 1 + 0.5 * lack(d->lymphocytes, 0.3) + after_transplant(d) + 0.3 * d->prior_transplant;
    return bare * factor * (1 + 1.0 * d->mucosa) * (d->prophylaxis ? 0.7 : 1);
}

static double febrile_neutropenia_per_d(const HazardDrive *d) {
    double bare = 0.001 * lack(d->anc, 1.0) + 0.008 * lack(d->anc, 0.4) + 0.010 * lack(d->anc, 0.1);
    return d->anc < 1.0 ? bare * (1 + 1.5 * d->mucosa) * (d->prophylaxis ? 0.7 : 1) : 0;
}

static double haemorrhage_per_d(const HazardDrive *d) {
    return (0.002 + 0.012 * lack(d->platelets, 20)) * (1 + 0.5 * d->mucosa);
}

/* Per day of infusing: the label saw 2-4 % of patients; most at the first infusion. */
static double infusion_reaction_per_d(const HazardDrive *d) {
    double first = d->infusions_before == 0 ? 1.0 : 0.15;
    return d->infusing * first * (d->premedicated ? 1 : 3);
}

static double qt_per_d(const HazardDrive *d) {
    return 0.0001 + 0.0005 * d->adc_ng_ml / 300;
}

static double drug_now(const HazardDrive *d) {
    return fmin(1, d->adc_ng_ml / 100);
}

static double fatigue_per_d(const HazardDrive *d) {
    return 0.002 + 0.005 * lack(d->hb, 9) + 0.006 * drug_now(d) + 0.003 * d->mucosa;
}

static double nausea_per_d(const HazardDrive *d) {
    return 0.002 + 1.0 * d->infusing + 0.005 * drug_now(d) + 0.04 * d->mucosa;
}

static double fever_per_d(const HazardDrive *d) {
    double cytokines = d->infusing * (d->infusions_before == 0 ? 2 : 0.3);
    return 0.0035 + cytokines + 0.005 * drug_now(d) + 0.008 * d->mucosa;
}

static double headache_per_d(const HazardDrive *d) {
    return 0.002 + 0.5 * d->infusing + 0.007 * drug_now(d) + 0.006 * d->mucosa;
}

typedef double HazardOf(const HazardDrive *drive);
static HazardOf *const hazard_of[HAZARDS] = {
    [HAZARD_INFECTION] = infection_per_d,
    [HAZARD_FEBRILE_NEUTROPENIA] = febrile_neutropenia_per_d,
    [HAZARD_HAEMORRHAGE] = haemorrhage_per_d,
    [HAZARD_INFUSION_REACTION] = infusion_reaction_per_d,
    [HAZARD_QT] = qt_per_d,
    [HAZARD_FATIGUE] = fatigue_per_d,
    [HAZARD_NAUSEA] = nausea_per_d,
    [HAZARD_FEVER] = fever_per_d,
    [HAZARD_HEADACHE] = headache_per_d,
};

double hazard_per_d(HazardKind kind, const HazardDrive *drive) {
    return hazard_of[kind](drive);
}

void hazards_rates(const Config *config, HazardRates *out) {
    *out = (HazardRates){.seed = (uint64_t)config->simulation.seed};
    for (int k = 0; k < HAZARDS; k++) out->factor[k] = config->hazards.factor[k];
}

static double budget(const HazardRates *rates, int kind, int event) {
    return body_luck_exponential(rates->seed, (uint32_t)event, (uint32_t)kind, BODY_HAZARD);
}

void hazards_start(const HazardRates *rates, HazardState *out) {
    *out = (HazardState){0};
    for (int k = 0; k < HAZARDS; k++) {
        out->left[k] = budget(rates, k, 0);
        out->until_h[k] = -INFINITY;
    }
}

/* Low counts make the same event worse: the exponent shrinks the share that is let off lightly. */
static double frailty(HazardKind kind, const HazardDrive *d) {
    if (kind == HAZARD_INFECTION || kind == HAZARD_FEBRILE_NEUTROPENIA)
        return 0.7 + 0.8 * lack(d->anc, 0.3) + 0.5 * after_transplant(d);
    if (kind == HAZARD_HAEMORRHAGE) return 0.6 + 0.9 * lack(d->platelets, 15);
    return 1;
}

/* Share s of events reaches a grade: in frail patients 1 - (1 - s)^frailty. */
static int grade_of(const HazardRates *rates, HazardKind kind, const HazardDrive *drive, int event) {
    double luck = body_luck_unit(rates->seed, (uint32_t)event, (uint32_t)kind, BODY_GRADE);
    double power = frailty(kind, drive);
    int grade = 1;
    for (int g = 2; g <= 5; g++)
        if (luck < 1 - pow(1 - courses[kind].reach[g - 2], power)) grade = g;
    return grade;
}

static HazardEvent happen(const HazardRates *rates, const HazardDrive *drive, HazardKind kind, double time_h,
                          HazardState *state) {
    const Course *course = &courses[kind];
    int event = state->count[kind]++;
    double z = body_luck_normal(rates->seed, (uint32_t)event, (uint32_t)kind, BODY_LENGTH);
    HazardEvent e = {.time_h = time_h,
                     .days = course->days * exp(course->ln_sd * z),
                     .kind = kind,
                     .grade = grade_of(rates, kind, drive, event)};
    state->until_h[kind] = time_h + 24 * e.days;
    state->grade[kind] = e.grade;
    state->left[kind] = budget(rates, kind, event + 1);
    return e;
}

static void put_in_order(HazardEvent events[], int count) {
    for (int i = count - 1; i > 0 && events[i].time_h < events[i - 1].time_h; i--) {
        HazardEvent later = events[i - 1];
        events[i - 1] = events[i];
        events[i] = later;
    }
}

int hazards_advance(const HazardRates *rates, const HazardDrive *drive, double time_h, double dt_h,
                    HazardState *state, HazardEvent events[HAZARDS]) {
    int count = 0;
    for (int k = 0; k < HAZARDS; k++) {
        double from_h = fmin(fmax(time_h, state->until_h[k]), time_h + dt_h);
        double per_h = rates->factor[k] * hazard_of[k](drive) / 24, spent = per_h * (time_h + dt_h - from_h);
        if (spent < state->left[k]) {
            state->left[k] -= spent;
            continue;
        }
        double moment_h = from_h + state->left[k] / per_h;
        events[count++] = happen(rates, drive, (HazardKind)k, moment_h, state);
        put_in_order(events, count);
    }
    return count;
}

int hazards_grade_now(const HazardState *state, HazardKind kind, double time_h) {
    return time_h < state->until_h[kind] ? state->grade[kind] : 0;
}

/* Between patients 415 +- 18 ms (A); by conjugate 2.5 ms at the first peak of 300 ng/mL (label; M). */
double hazards_qtc_ms(const HazardRates *rates, double adc_ng_ml) {
    return 415 + 18 * body_luck_normal(rates->seed, 0, HAZARD_QT, BODY_VISIT) + 2.5 * adc_ng_ml / 300;
}

/* Share of laboratory abnormalities of grades 1-2, and of 3-4, that INO-VATE reports as adverse events: the
 * quotients of its two tables, conjugate arm (docs/clinic.md). Terms it does not list: never. */
static const double reported[CTCAE_TERMS][2] = {
    [CTCAE_ANC] = {0.12, 0.56}, [CTCAE_PLATELETS] = {0.41, 0.55},
    [CTCAE_WBC] = {0.15, 0.40}, [CTCAE_LYMPHOCYTES] = {0.09, 0.23},
    [CTCAE_HB] = {0.22, 0.60},  [CTCAE_ALT] = {0.28, 1},
    [CTCAE_AST] = {0.28, 1},    [CTCAE_ALP] = {0.20, 1},
    [CTCAE_GGT] = {0.22, 0.56}, [CTCAE_BILIRUBIN] = {0.52, 1},
};

bool hazards_reports(const HazardRates *rates, CtcaeTerm term, int grade, int episode) {
    double luck = body_luck_unit(rates->seed, (uint32_t)episode, (uint32_t)term, BODY_REPORT);
    return grade > 0 && luck < reported[term][grade >= 3];
}
