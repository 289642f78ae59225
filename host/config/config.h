/* A run's whole description: every number the simulation uses, with defaults that are a complete,
 * runnable patient. Files, `extends` and `--set` lay values over the defaults.
 *
 * The struct below is only the memory; name, unit, range, default, meaning, source and evidence
 * letter of every field stand once, in the table of config_keys.c, from which parsing, checking,
 * `marrow check --schema`, the effective config and the man page are all made. */
#ifndef MARROW_CONFIG_H
#define MARROW_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

enum { CONFIG_TEXT = 256, CONFIG_NAME = 32, CONFIG_CLONES = 8, CONFIG_HAZARDS = 9 };

typedef enum PkModel { PK_MECHANISTIC, PK_EMPIRICAL, PK_CONSTANT } PkModel;
typedef enum Population { POPULATION_AUTO, POPULATION_ADULT, POPULATION_CHILD } Population;
typedef enum Sex { SEX_MALE, SEX_FEMALE } Sex;

/* Traits of one kind of cell. docs/model.md section 4 names the symbols. */
typedef struct CellTraits {
    double cd22_per_cell, cd22_ln_sd;
    double d50_breaks, d50_ln_sd;
    double kturn_per_h, kint_per_h, recycled_fraction, klys_per_h;
    double keff_per_h, kact_per_h, f_dna, krep_per_h;
    double hill_n, hmax_per_h, niche_factor, exposure_factor;
    double death_per_d;
    /* blasts only */
    double blood_niche_factor, birth_per_d, inherit_ln_sd, cd22_loss_per_division;
    double egress_per_d, homing_per_d;
    int64_t cycle_stages;
    /* B precursors only */
    double maturation_per_d;
} CellTraits;

/* One blast clone. A NaN trait means: as in cells.blast. */
typedef struct CloneTraits {
    char name[CONFIG_NAME];
    double fraction; /* of the blasts at time zero; the first clone takes what the others leave */
    double cd22_per_cell, d50_breaks, keff_per_h, birth_per_d, death_per_d;
} CloneTraits;

/* One lineage of blood cells after Friberg 2002 (host/clinic/systemic.h). */
typedef struct ChainTraits {
    double base, entry; /* without leukaemia; at time zero (NaN: at rest with the room there is) */
    double mtt_h, gamma, slope_ml_per_ng, room_power;
} ChainTraits;

typedef struct Config {
    struct {
        int64_t agents, seed, capacity;
        double dt_h, until_days, output_every_h, b_agent_share;
        char space[CONFIG_NAME];
        bool split;
    } simulation;
    struct {
        double age_years, bsa_m2, lbm_kg, marrow_blast_fraction, blood_blast_percent;
        double blood_blasts_1e9_per_l, blood_blast_share, nucleated_marrow_cells, marrow_room_factor;
        double normal_regrowth_per_d, normal_suppression, normal_suppression_from, normal_rest_per_d,
            normal_lag_d;
        double normal_b_cells, b_cell_fraction, blood_volume_l;
        double first_remission_months, months_since_transplant, cd22_positive_percent;
        double creatinine_mg_per_dl;
        int64_t salvage_line, ecog;
        bool prior_transplant, ph_positive, prior_tki, gilbert, prior_vod, liver_disease, active_gvhd;
        bool cns_disease, transplant_candidate;
        Sex sex;
    } patient;
    struct {
        ChainTraits neutrophils, platelets, hb;
        double lymphocytes_1e9_per_l, lymphocytes_turnover_per_d, lymphocytes_slope_ml_per_ng;
        double red_cell_life_d, g_csf_effect, reserve_half_life_d;
    } counts;
    struct {
        double alt_u_per_l, ast_u_per_l, bilirubin_mg_per_dl, alp_u_per_l, ggt_u_per_l; /* at time zero */
        double degradation_half_life_h, adc_share, half_load_ng_ml, load_power;
        double injury_per_h, sensitivity, sensitivity_ln_sd, repair_half_life_d, stress_half_ng_ml;
        double alt_gain, ast_gain, bilirubin_gain, alp_gain, ggt_gain;
        double enzyme_ln_sd, finding_ln_sd;
    } liver;
    struct {
        char regimens[CONFIG_TEXT];                      /* names with commas between them */
        char next_regimen[CONFIG_TEXT];                  /* one, after a failure or relapse */
        double start_day, cycles, sensitivity, toxicity; /* cycles NaN: as the regimen says */
    } chemo;
    struct {
        int ctcae;                     /* CtcaeVersion */
        double factor[CONFIG_HAZARDS]; /* by HazardKind, host/clinic/hazards.h */
    } hazards;
    struct {
        char name[CONFIG_NAME];
        PkModel pk;
        Population population;
        double constant_ng_per_ml, dar, molar_mass_kda, kon_per_nm_h, koff_per_h;
        /* NaN: from the population model and the patient's covariates */
        double cl1_l_per_h, cl2_l_per_h, kdes_per_h, v1_l, q_l_per_h, v2_l;
        double ps_l_per_h, kp;
        bool b_cell_sink;
    } drug;
    struct {
        CellTraits blast, b_precursor, b_mature;
        CloneTraits clones[CONFIG_CLONES]; /* cells.blast.clones */
        int clone_count;                   /* at least 1 after config_default */
        double apoptosis_mean_h;
        int64_t apoptosis_stages;
    } cells;
    struct {
        char regimen[CONFIG_TEXT], file[CONFIG_TEXT];
        double mg_per_m2; /* NaN: as the regimen says */
        int64_t window_d;
    } dosing;
    struct {
        char rules[CONFIG_TEXT], chemo_rules[CONFIG_TEXT];
        bool supportive_care;
    } policy;
    struct {
        double visit_every_d, close_visit_every_d, follow_up_visit_every_d, follow_up_marrow_every_d;
        double assay_noise, progression_death_per_d;
        int64_t marrow_day, mrd_events;
        bool enabled;
    } clinic;
    struct {
        double delay_weeks, delay_ln_sd, two_alkylators, log_kill, log_kill_ln_sd;
        double graft_kill_per_d, graft_kill_ln_sd, death_per_d, liver_injury;
    } transplant;
    struct {
        double snapshot_every_days, checkpoint_every_minutes;
        int64_t snapshot_agents, snapshot_compression;
    } output;
} Config;

typedef enum KeyType { KEY_REAL, KEY_COUNT, KEY_BOOL, KEY_TEXT, KEY_CHOICE } KeyType;

/* One row of the table. `initial` is the default as it would be typed; "auto" on a KEY_REAL stores
 * NaN and is accepted in files too. `choices` ("a|b|c") is set for KEY_CHOICE (the field is an enum,
 * stored as int by position) and may restrict KEY_TEXT. `evidence` is T, M, A or C (docs/model.md). */
typedef struct ConfigKey {
    const char *path; /* "drug.kon_per_nm_h" */
    KeyType type;
    bool live;     /* may change while a run goes on: a rate that the next interval reads */
    size_t offset; /* into Config, or into CloneTraits for paths "cells.blast.clones[].…" */
    size_t size;   /* of the field: room for text */
    const char *initial;
    double lo, hi; /* inclusive; KEY_REAL and KEY_COUNT */
    const char *choices;
    const char *evidence, *text, *source;
} ConfigKey;

extern const ConfigKey config_keys[];
extern const size_t config_key_count;
extern const ConfigKey config_clone_keys[]; /* keys of one element of cells.blast.clones */
extern const size_t config_clone_key_count;

/* Fills `config` with every default: a typical adult, 70 % blasts, label regimen, one clone. */
void config_default(Config *config);

/* Lays the file over what `config` holds (call config_default first). `extends:` is read first,
 * relative to the file's own folder. Errors: STATUS_BAD_INPUT with `file:line:col: what; remedy`
 * for a missing file, bad YAML, an unknown key (nearest known name given), a wrong type, a value out of
 * range, a key given twice, an `extends` cycle. */
Status config_load(Config *config, const char *path);

/* The same from memory; `name` stands for the file in messages, `extends` is refused. The fuzzer's door. */
Status config_load_text(Config *config, const char *name, const char *text, size_t length);

/* One `--set KEY=VALUE`, by the same rules; clones as cells.blast.clones[0].cd22_per_cell. */
Status config_set(Config *config, const char *assignment);

/* The same for a key that is live; STATUS_BAD_INPUT says so of one that is not. */
Status config_set_live(Config *config, const char *assignment);

/* Checks between keys (fractions of clones sum to at most 1, output_every_h a multiple of dt_h, named files
 * readable, what is not built refused). Call once after all loading. */
Status config_check(const Config *config);

/* Writes the complete effective config as YAML; loading it again gives the same Config, bit for bit. With
 * `explain`, a comment per key: meaning, unit, range, evidence letter and source. */
Status config_write(const Config *config, FILE *out, bool explain);

/* Writes the schema: every key with type, default, range, meaning, source. */
Status config_write_schema(FILE *out);

/* A 64-bit FNV-1a hash of what config_write gives, as 16 hex digits. */
void config_hash(const Config *config, char hex[17]);

#endif
