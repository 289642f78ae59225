#include "clinic/systemic.h"

#include <math.h>

#include "clinic/body_luck.h"

/* Doubles only, so that a state and its slope are one vector to Runge-Kutta. */
enum { STATES = sizeof(SystemicState) / sizeof(double) };
_Static_assert(STATES * sizeof(double) == sizeof(SystemicState), "SystemicState holds doubles only");
typedef union StateVector {
    SystemicState state;
    double value[STATES];
} StateVector;

/* Half-lives of what is in blood, h: enzymes (Giannini 2005, CMAJ 172:367; M), bilirubin (A). */
static const double alt_half_life_h = 47, ast_half_life_h = 17, bilirubin_half_life_h = 24;
static const double alp_half_life_h = 120, ggt_half_life_h = 200;
/* Transfused platelets live 3-4 d in a thrombocytopenic patient, red cells from storage about 60 d (M). */
static const double transfused_platelets_h = 84, transfused_red_h = 60 * 24;
static const double g_csf_lag_h = 12; /* A */
static const double most_kill = 0.98; /* docs/clinic.md */

static double per_h(double half_life_h) {
    return 0.693147180559945309 / half_life_h;
}

static double clamp(double x, double lo, double hi) {
    return fmin(fmax(x, lo), hi);
}

static double drug_kill(double slope, double adc_ng_ml) {
    return fmin(most_kill, slope * adc_ng_ml);
}

/* Two kills that act independently. */
static double either(double a, double b) {
    return 1 - (1 - a) * (1 - b);
}

/* `in_blood` is what the feedback sees: transfused cells count. */
static void chain_slope(const FribergRates *r, const FribergChain *c, const SystemicDrive *drive,
                        double g_csf, double in_blood, FribergChain *slope) {
    double ktr = 4 / r->mtt_h * (1 + r->g_csf * g_csf);
    double kill = either(drug_kill(r->slope_ml_per_ng, drive->adc_ng_ml), drive->toxicity);
    double target = r->base * pow(drive->room, c->room_power) * c->reserve;
    double feedback = pow(target / fmax(in_blood, 1e-3 * r->base), r->gamma) * (1 + r->g_csf * g_csf);
    double source = r->on_demand > 0 ? target : c->proliferating;
    slope->proliferating = ktr * (source * (1 - kill) * feedback - c->proliferating);
    slope->transit[0] = ktr * (c->proliferating - c->transit[0]);
    slope->transit[1] = ktr * (c->transit[0] - c->transit[1]);
    slope->transit[2] = ktr * (c->transit[1] - c->transit[2]);
    slope->circulating = r->loss_per_h * (c->transit[2] - c->circulating);
    slope->reserve = r->reserve_per_h * drive->room * (1 - c->reserve);
    slope->room_power = 0;
}

static void counts_slope(const SystemicRates *r, const SystemicDrive *drive, const SystemicState *s,
                         SystemicState *slope) {
    chain_slope(&r->neutrophils, &s->neutrophils, drive, s->g_csf, systemic_anc(s), &slope->neutrophils);
    chain_slope(&r->platelets, &s->platelets, drive, 0, systemic_platelets(s), &slope->platelets);
    chain_slope(&r->red, &s->red, drive, 0, systemic_hb(s), &slope->red);
    slope->transfused_platelets = -s->transfused_platelets / transfused_platelets_h;
    slope->transfused_hb = -s->transfused_hb / transfused_red_h;
    slope->g_csf = (drive->g_csf - s->g_csf) / g_csf_lag_h;
    double kill = r->lymphocytes_slope_ml_per_ng * drive->adc_ng_ml * r->lymphocytes_turnover_per_h;
    slope->lymphocytes = r->lymphocytes_turnover_per_h * (r->lymphocytes_base - s->lymphocytes) -
                         (kill + drive->lymphocyte_kill_per_h) * s->lymphocytes;
}

static double hill(double x, double half, double power) {
    double ratio = pow(fmax(x, 0) / half, power);
    return ratio / (1 + ratio);
}

/* What sinusoid and hepatocyte see: payload set free from conjugate taken up, and conjugate itself. */
static double liver_load(const LiverRates *r, const SystemicDrive *drive, const SystemicState *s) {
    return (1 - r->adc_share) * s->liver_adc_ng_ml + r->adc_share * drive->adc_ng_ml;
}

static void injury_slope(const LiverRates *r, const SystemicDrive *drive, const SystemicState *s,
                         SystemicState *slope) {
    double load = liver_load(r, drive, s);
    double injury = r->injury_per_h * hill(load, r->half_load_ng_ml, r->load_power);
    double stress = either(hill(load, r->stress_half_ng_ml, 1), drive->hepatocyte_toxicity);
    slope->liver_adc_ng_ml = r->degradation_per_h * (drive->adc_ng_ml - s->liver_adc_ng_ml);
    slope->sinusoid_injury = (injury + drive->conditioning_per_h) * (1 - s->sinusoid_injury) -
                             r->repair_per_h * s->sinusoid_injury;
    slope->hepatocyte_stress = r->stress_per_h * (stress - s->hepatocyte_stress);
}

/* Sinusoidal injury reaches hepatocytes late: as its square. */
static double rise(double gain, const SystemicState *s) {
    double j = s->sinusoid_injury;
    return 1 + gain * (s->hepatocyte_stress + j * j);
}

static void liver_slope(const LiverRates *r, const SystemicDrive *drive, const SystemicState *s,
                        SystemicState *slope) {
    double j = s->sinusoid_injury;
    double bilirubin =
        r->bilirubin_base * (1 + r->bilirubin_gain * s->hepatocyte_stress) + r->bilirubin_by_injury * j * j;
    injury_slope(r, drive, s, slope);
    slope->alt_u_per_l = per_h(alt_half_life_h) * (r->alt_base * rise(r->alt_gain, s) - s->alt_u_per_l);
    slope->ast_u_per_l = per_h(ast_half_life_h) * (r->ast_base * rise(r->ast_gain, s) - s->ast_u_per_l);
    slope->alp_u_per_l = per_h(alp_half_life_h) * (r->alp_base * rise(r->alp_gain, s) - s->alp_u_per_l);
    slope->ggt_u_per_l = per_h(ggt_half_life_h) * (r->ggt_base * rise(r->ggt_gain, s) - s->ggt_u_per_l);
    slope->bilirubin_mg_per_dl = per_h(bilirubin_half_life_h) * (bilirubin - s->bilirubin_mg_per_dl);
}

static void state_slope(const SystemicRates *rates, const SystemicDrive *drive, const StateVector *at,
                        StateVector *slope) {
    counts_slope(rates, drive, &at->state, &slope->state);
    liver_slope(&rates->liver, drive, &at->state, &slope->state);
}

/* at + h * slope */
static StateVector moved(const StateVector *at, double h, const StateVector *slope) {
    StateVector out;
    for (int i = 0; i < STATES; i++) out.value[i] = at->value[i] + h * slope->value[i];
    return out;
}

static void runge_kutta(const SystemicRates *rates, const SystemicDrive *drive, double h, StateVector *at) {
    StateVector k1, k2, k3, k4, there;
    state_slope(rates, drive, at, &k1);
    there = moved(at, h / 2, &k1);
    state_slope(rates, drive, &there, &k2);
    there = moved(at, h / 2, &k2);
    state_slope(rates, drive, &there, &k3);
    there = moved(at, h, &k3);
    state_slope(rates, drive, &there, &k4);
    for (int i = 0; i < STATES; i++)
        at->value[i] += h / 6 * (k1.value[i] + 2 * (k2.value[i] + k3.value[i]) + k4.value[i]);
}

void systemic_advance(const SystemicRates *rates, const SystemicDrive *drive, double dt_h,
                      SystemicState *state) {
    int steps = (int)fmax(1, ceil(dt_h - 1e-9));
    StateVector at = {.state = *state};
    for (int i = 0; i < steps; i++) runge_kutta(rates, drive, dt_h / steps, &at);
    *state = at.state;
}

/* A patient whose count is higher than such room would leave has a marrow that makes more of its room. */
static FribergChain chain_at_entry(const FribergRates *r, double room) {
    FribergChain c = {.reserve = 1, .room_power = r->room_power};
    double count = r->base * pow(room, r->room_power);
    if (r->entry > count) {
        c.room_power = room < 1 ? clamp(log(r->entry / r->base) / log(room), 0, r->room_power) : 0;
        count = r->base * pow(room, c.room_power);
    }
    if (!isnan(r->entry)) c.reserve = r->entry / count, count = r->entry;
    c.proliferating = c.transit[0] = c.transit[1] = c.transit[2] = c.circulating = count;
    return c;
}

/* Haemoglobin above what the marrow sustains is that of bags given before. */
static void transfused_at_entry(const FribergRates *r, double room, SystemicState *out) {
    double rest = r->base * pow(room, r->room_power);
    if (isnan(r->entry) || r->entry <= rest || room >= 1) return;
    FribergRates untransfused = *r;
    untransfused.entry = NAN;
    out->red = chain_at_entry(&untransfused, room);
    out->transfused_hb = r->entry - rest;
}

void systemic_start(const SystemicRates *rates, double room, SystemicState *out) {
    const LiverRates *liver = &rates->liver;
    *out = (SystemicState){
        .neutrophils = chain_at_entry(&rates->neutrophils, room),
        .platelets = chain_at_entry(&rates->platelets, room),
        .red = chain_at_entry(&rates->red, room),
        .lymphocytes = rates->lymphocytes_base,
        .alt_u_per_l = liver->alt_base,
        .ast_u_per_l = liver->ast_base,
        .bilirubin_mg_per_dl = liver->bilirubin_base,
        .alp_u_per_l = liver->alp_base,
        .ggt_u_per_l = liver->ggt_base,
    };
    transfused_at_entry(&rates->red, room, out);
}

void systemic_transfuse_platelets(const SystemicRates *rates, double units, SystemicState *state) {
    state->transfused_platelets += units * rates->platelets_per_unit;
}

void systemic_transfuse_red_cells(const SystemicRates *rates, double units, SystemicState *state) {
    state->transfused_hb += units * rates->hb_per_unit;
}

double systemic_conditioning(bool two_alkylators) {
    return two_alkylators ? 0.0040 : 0.0020; /* A: five days add 0.21 and 0.38 to an unhurt liver */
}

double systemic_anc(const SystemicState *state) {
    return state->neutrophils.circulating;
}

double systemic_platelets(const SystemicState *state) {
    return state->platelets.circulating + state->transfused_platelets;
}

double systemic_hb(const SystemicState *state) {
    return state->red.circulating + state->transfused_hb;
}

double systemic_lymphocytes(const SystemicState *state, double b_mature_per_ul) {
    return state->lymphocytes + b_mature_per_ul / 1000;
}

double systemic_weight_gain(const SystemicRates *rates, const SystemicState *state) {
    return rates->liver.weight_by_injury * state->sinusoid_injury;
}

bool systemic_hepatomegaly(const SystemicRates *rates, const SystemicState *state) {
    return state->sinusoid_injury >= rates->liver.hepatomegaly_at;
}

bool systemic_ascites(const SystemicRates *rates, const SystemicState *state) {
    return state->sinusoid_injury >= rates->liver.ascites_at;
}

bool systemic_reversed_flow(const SystemicRates *rates, const SystemicState *state) {
    return state->sinusoid_injury >= rates->liver.reversed_flow_at;
}

double systemic_creatinine_ratio(const SystemicState *state) {
    double late = fmax(0, state->sinusoid_injury - 0.5); /* the kidney follows severe injury only (A) */
    return 1 + 3 * late;
}
