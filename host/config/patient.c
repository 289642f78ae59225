#include "config/patient.h"

#include <math.h>

/* Children's covariates stand in negative powers; these floors keep an infant or a cleared blood count
 * finite. */
static const double age_floor_years = 1.0 / 12.0;
static const double blasts_floor_percent = 1e-4; /* Garrett 2019 */
static const double blasts_floor_1e9_per_l = 1e-4;

/* Garrett 2019, J Pharmacokinet Pharmacodyn 46:211. */
static PlasmaParams adult_plasma(const Config *config) {
    double bsa = config->patient.bsa_m2;
    double blasts_percent = fmax(config->patient.blood_blast_percent, blasts_floor_percent);
    return (PlasmaParams){
        .cl1_l_per_h = 0.0333 * pow(bsa / 1.84, 1.54),
        .cl2_l_per_h = 0.369 * pow(bsa / 1.84, 1.64),
        .kdes_per_h = 0.00472 * pow(blasts_percent / 5.25, -0.0401),
        .v1_l = 6.70 * (1.0 + 0.774 * (bsa - 1.84)),
        .q_l_per_h = 0.0405,
        .v2_l = 5.10,
    };
}

/* Wu 2024, Clin Pharmacokinet 63:981. */
static PlasmaParams child_plasma(const Config *config) {
    double lean = config->patient.lbm_kg / 52.7;
    double blasts = fmax(config->patient.blood_blasts_1e9_per_l, blasts_floor_1e9_per_l);
    double age_years = fmax(config->patient.age_years, age_floor_years);
    return (PlasmaParams){
        .cl1_l_per_h = 0.130 * 0.233 * pow(lean, 1.05),
        .cl2_l_per_h = 0.569 * 0.638 * pow(lean, 0.687),
        .kdes_per_h = 0.0577 * 0.076 * pow(blasts / 0.352, -0.0484) * pow(age_years / 60.0, -0.296),
        .v1_l = 6.49 * pow(lean, 0.977),
        .q_l_per_h = 0.0437,
        .v2_l = 4.74,
    };
}

static bool is_child(const Config *config) {
    if (config->drug.population == POPULATION_AUTO) return config->patient.age_years < 18.0;
    return config->drug.population == POPULATION_CHILD;
}

static void replace_if_set(double *value, double configured) {
    if (!isnan(configured)) *value = configured;
}

static void replace_configured(PlasmaParams *params, const Config *config) {
    replace_if_set(&params->cl1_l_per_h, config->drug.cl1_l_per_h);
    replace_if_set(&params->cl2_l_per_h, config->drug.cl2_l_per_h);
    replace_if_set(&params->kdes_per_h, config->drug.kdes_per_h);
    replace_if_set(&params->v1_l, config->drug.v1_l);
    replace_if_set(&params->q_l_per_h, config->drug.q_l_per_h);
    replace_if_set(&params->v2_l, config->drug.v2_l);
}

Status patient_plasma(const Config *config, PlasmaParams *out) {
    PlasmaParams params = is_child(config) ? child_plasma(config) : adult_plasma(config);
    replace_configured(&params, config);
    params.model = config->drug.pk;
    /* Mechanistic cells take the drug up themselves: the clearance that stands for it would count it twice.
     */
    if (params.model == PK_MECHANISTIC) params.cl2_l_per_h = 0.0;
    params.ps_l_per_h = config->drug.ps_l_per_h;
    params.kp = config->drug.kp;
    params.molar_mass_kda = config->drug.molar_mass_kda;
    params.constant_nm = config->drug.constant_ng_per_ml / params.molar_mass_kda;
    REQUIRE(params.v1_l > 0.0, STATUS_BAD_INPUT,
            "drug.v1_l: the population model gives a central volume of %.3g L (bsa_m2 %.3g, lbm_kg %.3g); "
            "set drug.v1_l, or drug.population child for a small patient",
            params.v1_l, config->patient.bsa_m2, config->patient.lbm_kg);
    REQUIRE(params.v2_l > 0.0, STATUS_BAD_INPUT, "drug.v2_l: %.3g L is no volume; give one above 0",
            params.v2_l);
    *out = params;
    return STATUS_OK;
}
