/* What a config says of one patient's blood counts and liver, and what luck adds to it. */
#include <math.h>

#include "clinic/body_luck.h"
#include "clinic/systemic.h"

static const double ln_2 = 0.693147180559945309, hours_per_day = 24;
static const double reference_blood_l = 5;

static FribergRates chain_rates(const Config *config, const ChainTraits *t) {
    double ktr = 4 / t->mtt_h;
    return (FribergRates){
        .base = t->base,
        .entry = t->entry,
        .reserve_per_h = ln_2 / (config->counts.reserve_half_life_d * hours_per_day),
        .mtt_h = t->mtt_h,
        .gamma = t->gamma,
        .loss_per_h = ktr,
        .slope_ml_per_ng = t->slope_ml_per_ng,
        .room_power = t->room_power,
    };
}

/* Traits that differ between patients, beside those the config sets. Add at the end: the number is luck. */
typedef enum LiverTrait {
    TRAIT_INJURY,
    TRAIT_ALT,
    TRAIT_AST,
    TRAIT_BILIRUBIN,
    TRAIT_ALP,
    TRAIT_GGT,
    TRAIT_JAUNDICE,
    TRAIT_WEIGHT,
    TRAIT_HEPATOMEGALY,
    TRAIT_ASCITES,
    TRAIT_FLOW,
} LiverTrait;

static double spread(const Config *config, LiverTrait trait, double ln_sd) {
    return exp(ln_sd * body_luck_normal((uint64_t)config->simulation.seed, 0, (uint32_t)trait, BODY_LIVER));
}

static LiverRates liver_rates(const Config *config) {
    double sd = config->liver.finding_ln_sd, answer = config->liver.enzyme_ln_sd;
    return (LiverRates){
        .alt_base = config->liver.alt_u_per_l,
        .ast_base = config->liver.ast_u_per_l,
        .bilirubin_base = config->liver.bilirubin_mg_per_dl,
        .alp_base = config->liver.alp_u_per_l,
        .ggt_base = config->liver.ggt_u_per_l,
        .degradation_per_h = ln_2 / config->liver.degradation_half_life_h,
        .adc_share = config->liver.adc_share,
        .half_load_ng_ml = config->liver.half_load_ng_ml,
        .load_power = config->liver.load_power,
        .injury_per_h = config->liver.injury_per_h * config->liver.sensitivity *
                        spread(config, TRAIT_INJURY, config->liver.sensitivity_ln_sd),
        .repair_per_h = ln_2 / (config->liver.repair_half_life_d * hours_per_day),
        .stress_half_ng_ml = config->liver.stress_half_ng_ml,
        .stress_per_h = ln_2 / 48, /* A */
        .alt_gain = config->liver.alt_gain * spread(config, TRAIT_ALT, answer),
        .ast_gain = config->liver.ast_gain * spread(config, TRAIT_AST, answer),
        .bilirubin_gain = config->liver.bilirubin_gain * spread(config, TRAIT_BILIRUBIN, answer),
        .alp_gain = config->liver.alp_gain * spread(config, TRAIT_ALP, answer),
        .ggt_gain = config->liver.ggt_gain * spread(config, TRAIT_GGT, answer),
        .bilirubin_by_injury = 12 * spread(config, TRAIT_JAUNDICE, sd), /* A, as the four below */
        .weight_by_injury = 15 * spread(config, TRAIT_WEIGHT, sd),
        .hepatomegaly_at = 0.35 * spread(config, TRAIT_HEPATOMEGALY, sd),
        .ascites_at = 0.50 * spread(config, TRAIT_ASCITES, sd),
        .reversed_flow_at = 0.50 * spread(config, TRAIT_FLOW, sd),
    };
}

void systemic_rates(const Config *config, SystemicRates *out) {
    double blood_l = config->patient.blood_volume_l;
    *out = (SystemicRates){
        .neutrophils = chain_rates(config, &config->counts.neutrophils),
        .platelets = chain_rates(config, &config->counts.platelets),
        .red = chain_rates(config, &config->counts.hb),
        .lymphocytes_base = config->counts.lymphocytes_1e9_per_l,
        .lymphocytes_turnover_per_h = config->counts.lymphocytes_turnover_per_d / hours_per_day,
        .lymphocytes_slope_ml_per_ng = config->counts.lymphocytes_slope_ml_per_ng,
        .platelets_per_unit = 30 * reference_blood_l / blood_l, /* M: 20-40e9/L by one apheresis unit */
        .hb_per_unit = 1.0 * reference_blood_l / blood_l,       /* M: 1 g/dL by one bag */
        .liver = liver_rates(config),
    };
    out->neutrophils.g_csf = config->counts.g_csf_effect;
    out->red.loss_per_h = 1 / (config->counts.red_cell_life_d * hours_per_day);
    out->red.on_demand = 1; /* a count that lives for months would swing for years on Friberg's feedback */
}
