/* The table of every config key: the one place where name, default, range, meaning and source stand. */
#include "config/config.h"

/* clang-format off */
#define AT(member) offsetof(Config, member), sizeof(((Config *)0)->member)
#define REAL(path, member, initial, lo, hi, evidence, text, source)                                \
    { path, KEY_REAL, false, AT(member), initial, lo, hi, NULL, evidence, text, source }
/* One that may change between two intervals. */
#define LIVE(path, member, initial, lo, hi, evidence, text, source)                                \
    { path, KEY_REAL, true, AT(member), initial, lo, hi, NULL, evidence, text, source }
#define COUNT(path, member, initial, lo, hi, evidence, text, source)                               \
    { path, KEY_COUNT, false, AT(member), initial, lo, hi, NULL, evidence, text, source }
#define BOOL(path, member, initial, evidence, text, source)                                        \
    { path, KEY_BOOL, false, AT(member), initial, 0, 1, NULL, evidence, text, source }
#define TEXT(path, member, initial, choices, text, source)                                         \
    { path, KEY_TEXT, false, AT(member), initial, 0, 0, choices, "A", text, source }
#define CHOICE(path, member, initial, choices, evidence, text, source)                             \
    { path, KEY_CHOICE, false, AT(member), initial, 0, 0, choices, evidence, text, source }

#define GARRETT "Garrett 2019, J Pharmacokinet Pharmacodyn 46:211"
#define WU "Wu 2024, Clin Pharmacokinet 63:981, for children"
#define LABEL "Besponsa prescribing information"

/* What all three kinds of cells have, with the defaults that differ between them. */
#define CELL_KEYS(p, m, cd22, letter, niche, exposure, death)                                            \
    REAL(p "cd22_per_cell", m.cd22_per_cell, cd22, 0, 131071, letter, "CD22 on the surface at rest, median, molecules per cell", "Shah 2015 (blasts 3470); mature B 20000 (M), precursors 800 (A)"), \
    REAL(p "cd22_ln_sd", m.cd22_ln_sd, "0.5", 0, 2, "A", "spread of CD22 between cells of one patient, SD of the logarithm", "within patients; 0.75 between them"), \
    REAL(p "d50_breaks", m.d50_breaks, "50", 0.001, 1e9, "C", "DNA double-strand breaks at half the largest hazard, per cell", "calibrated with f_dna; only f_dna/(krep*D50) is identifiable"), \
    REAL(p "d50_ln_sd", m.d50_ln_sd, "0.4", 0, 2, "A", "spread of D50 between cells of one patient, SD of the logarithm", "within patients; 1.2 between them"), \
    LIVE(p "kturn_per_h", m.kturn_per_h, "0.20", 0, 10, "A", "turnover of surface CD22, 1/h", "from the gemtuzumab fit on AML blasts"), \
    LIVE(p "kint_per_h", m.kint_per_h, "0.62", 0, 10, "A", "internalisation of the CD22-conjugate complex, 1/h", "from the gemtuzumab fit on AML blasts"), \
    LIVE(p "recycled_fraction", m.recycled_fraction, "0.30", 0, 1, "A", "share of internalised complexes that return to the surface", "O'Reilly 2011: complexes recycle"), \
    LIVE(p "klys_per_h", m.klys_per_h, "0.20", 0, 10, "A", "release of calicheamicin in lysosomes, 1/h", "assumed"), \
    LIVE(p "keff_per_h", m.keff_per_h, "0.15", 0, 10, "A", "efflux of free payload, 1/h; 0.30-0.75 with P-glycoprotein", "Takeshita 2009: P-gp protects"), \
    LIVE(p "kact_per_h", m.kact_per_h, "0.20", 0, 10, "A", "activation of payload and attack on DNA, 1/h", "assumed"), \
    LIVE(p "f_dna", m.f_dna, "0.015", 0, 1, "C", "double-strand breaks per activated payload molecule", "calibrated to IC50 4.8 ng/mL at 48 h"), \
    LIVE(p "krep_per_h", m.krep_per_h, "0.10", 0.0001, 10, "A", "repair of double-strand breaks, 1/h", "assumed"), \
    LIVE(p "hill_n", m.hill_n, "2", 0.5, 8, "A", "steepness of the hazard in breaks", "assumed"), \
    LIVE(p "hmax_per_h", m.hmax_per_h, "0.05", 0, 10, "C", "largest hazard of committing to apoptosis, in vitro, 1/h", "calibrated to IC50 at 24-72 h"), \
    LIVE(p "niche_factor", m.niche_factor, niche, 0, 10, "C", "protection by the niche: multiplies the hazard where the cell lives", "0.70 in marrow, 1 in blood and in vitro"), \
    LIVE(p "exposure_factor", m.exposure_factor, exposure, 0, 10, "A", "concentration the cell sees, over the marrow's (blasts) or the plasma's (B cells)", "blasts 1; mature B 0.5, precursors 0.3 of plasma"), \
    LIVE(p "death_per_d", m.death_per_d, death, 0, 10, "T", "natural death, 1/d", "BJH 1997;98:999 (blasts); mature B turnover 0.02")

#define FRIBERG "Friberg 2002, J Clin Oncol 20:4713"

/* One lineage in blood: name, unit of its count, and defaults. */
#define CHAIN_KEYS(p, m, unit, count, mtt, feedback, kill, power, source)                                   \
    REAL(p "base_" unit, m.base, count, 0.01, 2000, "A", "count of this patient without leukaemia or drug", source), \
    REAL(p "entry_" unit, m.entry, "auto", 0.01, 2000, "A", "the count at time zero; what it lacks beside base is lost room first, then reserve; auto: at rest with the room there is", "docs/clinic.md: cytopenia at entry"), \
    REAL(p "mtt_h", m.mtt_h, mtt, 1, 2000, "M", "mean time from dividing precursor to blood, h", source), \
    REAL(p "gamma", m.gamma, feedback, 0, 2, "M", "feedback of the count on its precursors, an exponent", source), \
    REAL(p "slope_ml_per_ng", m.slope_ml_per_ng, kill, 0, 1, "C", "kill of precursors by conjugate in plasma (off target), per ng/mL", "docs/clinic.md; from laboratory grades"), \
    REAL(p "room_power", m.room_power, power, 0, 3, "A", "the count at rest is base times (normal marrow over a healthy one's) to this power", "docs/clinic.md: cytopenia at entry")

#define HAZARD_KEY(name, kind)                                                                           \
    REAL("hazards." name, hazards.factor[kind], "1", 0, 1000, "A", "factor on the hazard of " name, "docs/clinic.md")

const ConfigKey config_keys[] = {
    COUNT("simulation.agents", simulation.agents, "1000000", 1, 2e9, "A", "agents at most while burden falls; they stand for the blasts and the healthy B cells", "choice of resolution"),
    REAL("simulation.dt_h", simulation.dt_h, "1", 0.01, 24, "A", "interval between event passes, h; the flow map is exact for any", "convergence is tested at 4, 2, 1, 0.5"),
    REAL("simulation.until_days", simulation.until_days, "84", 0, 3650, "A", "length of the run, days from the first dose", "twelve weeks"),
    COUNT("simulation.seed", simulation.seed, "1", 0, 9007199254740991.0, "A", "seed of all luck; one seed, one set of bytes", "choice"),
    TEXT("simulation.space", simulation.space, "mixed", "mixed", "how cells share space: mixed (well-stirred marrow); cube is not built", "docs/model.md section 7"),
    COUNT("simulation.capacity", simulation.capacity, "0", 0, 4e9, "A", "places for agents, fixed at the start; 0: sized from agents", "memory 60 bytes a place"),
    REAL("simulation.output_every_h", simulation.output_every_h, "6", 0.01, 8760, "A", "time between rows of timeseries.csv, h; a multiple of dt_h", "choice"),
    REAL("simulation.b_agent_share", simulation.b_agent_share, "0.10", 0, 0.9, "A", "share of the agents given to healthy B cells; 0 leaves them out", "choice of resolution"),
    BOOL("simulation.split", simulation.split, "true", "A", "split agents in two of half the weight when drug has halved them", "docs/model.md section 6"),

    REAL("patient.age_years", patient.age_years, "47", 0, 110, "T", "age; below 18 the population model for children is used", LABEL ": median 47 in INO-VATE"),
    CHOICE("patient.sex", patient.sex, "male", "male|female", "A", "sex", "56 % male in INO-VATE"),
    REAL("patient.bsa_m2", patient.bsa_m2, "1.84", 0.2, 3.5, "T", "body surface area", GARRETT ": reference 1.84"),
    REAL("patient.lbm_kg", patient.lbm_kg, "52.7", 2, 150, "T", "lean body mass (children's model)", WU ": reference 52.7"),
    REAL("patient.marrow_blast_fraction", patient.marrow_blast_fraction, "0.70", 0, 1, "T", "blasts over nucleated marrow cells at time zero", "INO-VATE: half of patients 50-90 %"),
    REAL("patient.blood_blast_percent", patient.blood_blast_percent, "5.25", 0, 100, "T", "blasts among blood leukocytes, %; slows the decay of time-dependent clearance", GARRETT),
    REAL("patient.blood_blasts_1e9_per_l", patient.blood_blasts_1e9_per_l, "0.352", 0, 500, "T", "circulating blasts, 1e9/L (children's model)", WU ": reference 0.352"),
    REAL("patient.blood_blast_share", patient.blood_blast_share, "0.004", 0, 0.5, "A", "blood blasts over marrow blasts at time zero", "docs/model.md section 4: about 0.4 % of burden"),
    REAL("patient.nucleated_marrow_cells", patient.nucleated_marrow_cells, "1e12", 1, 1e14, "A", "nucleated marrow cells, N0", "docs/model.md section 3"),
    REAL("patient.marrow_room_factor", patient.marrow_room_factor, "1.2", 1, 100, "A", "carrying capacity K over N0", "docs/model.md section 3"),
    REAL("patient.normal_regrowth_per_d", patient.normal_regrowth_per_d, "0.12", 0, 10, "A", "regrowth of normal marrow into free room, 1/d", "docs/model.md section 3"),
    REAL("patient.normal_suppression", patient.normal_suppression, "3", 0, 100, "A", "how strongly blasts that pack the marrow suppress normal marrow, over free room", "docs/model.md section 3"),
    REAL("patient.normal_suppression_from", patient.normal_suppression_from, "0.5", 0, 1, "A", "share of the room that blasts hold when that begins", "docs/model.md section 3"),
    REAL("patient.normal_rest_per_d", patient.normal_rest_per_d, "0.002", 0, 10, "A", "regrowth at which normal marrow competes with blasts for room half as hard as one that regrows fast, 1/d; 0: it always competes fully", "docs/model.md section 3"),
    REAL("patient.normal_lag_d", patient.normal_lag_d, "3", 0.1, 1000, "A", "how long normal marrow takes to begin or to end competing, d", "docs/model.md section 3"),
    REAL("patient.normal_b_cells", patient.normal_b_cells, "1e11", 0, 1e13, "T", "mature B cells of a healthy adult", "docs/model.md section 4"),
    REAL("patient.b_cell_fraction", patient.b_cell_fraction, "0.15", 0, 2, "A", "healthy B cells at time zero over a healthy adult's", "relapsed or refractory patients start at 0.05-0.3"),
    REAL("patient.blood_volume_l", patient.blood_volume_l, "5", 0.1, 12, "A", "blood volume, for counts per microlitre", "adult"),
    COUNT("patient.salvage_line", patient.salvage_line, "1", 0, 9, "T", "1: first salvage, 2: second; 0: newly diagnosed", "INO-VATE: 68 % first salvage"),
    REAL("patient.first_remission_months", patient.first_remission_months, "10", 0, 600, "T", "length of the first remission, months", "INO-VATE: 63 % below 12"),
    BOOL("patient.prior_transplant", patient.prior_transplant, "false", "T", "transplanted before", "INO-VATE: 17 %"),
    REAL("patient.months_since_transplant", patient.months_since_transplant, "12", 0, 600, "A", "since that transplant, months; means something with prior_transplant", "choice"),
    BOOL("patient.ph_positive", patient.ph_positive, "false", "T", "Philadelphia chromosome", "INO-VATE: 15 %"),
    BOOL("patient.prior_tki", patient.prior_tki, "true", "A", "a tyrosine kinase inhibitor has failed; means something with ph_positive", "INO-VATE asks for it"),
    COUNT("patient.ecog", patient.ecog, "1", 0, 4, "M", "ECOG performance status", "INO-VATE: 0, 1, 2 in 40, 46, 14 %"),
    REAL("patient.cd22_positive_percent", patient.cd22_positive_percent, "95", 0, 100, "T", "blasts that flow cytometry calls CD22-positive at screening, %", "INO-VATE: three quarters of patients at least 90 %"),
    REAL("patient.creatinine_mg_per_dl", patient.creatinine_mg_per_dl, "0.8", 0.1, 20, "A", "creatinine before treatment, mg/dL; upper limit of normal 1.2 (men), 1.0", "adult"),
    BOOL("patient.gilbert", patient.gilbert, "false", "A", "Gilbert's syndrome or haemolysis: bilirubin alone holds no dose", "Besponsa prescribing information"),
    BOOL("patient.prior_vod", patient.prior_vod, "false", "T", "veno-occlusive disease before", "INO-VATE excluded it"),
    BOOL("patient.liver_disease", patient.liver_disease, "false", "T", "cirrhosis or active hepatitis", "INO-VATE excluded it"),
    BOOL("patient.active_gvhd", patient.active_gvhd, "false", "T", "graft-versus-host disease at the start", "INO-VATE excluded it"),
    BOOL("patient.cns_disease", patient.cns_disease, "false", "T", "active leukaemia of the nervous system", "INO-VATE excluded it"),
    BOOL("patient.transplant_candidate", patient.transplant_candidate, "false", "A", "to be transplanted once in remission: fit, willing, with a donor", "INO-VATE: 48 % were"),

    CHAIN_KEYS("counts.neutrophils_", counts.neutrophils, "1e9_per_l", "5.05", "89.3", "0.163", "3e-3", "1", FRIBERG),
    CHAIN_KEYS("counts.platelets_", counts.platelets, "1e9_per_l", "250", "130", "0.20", "3.4e-3", "1", FRIBERG),
    CHAIN_KEYS("counts.hb_", counts.hb, "g_per_dl", "14", "168", "1.5", "1.5e-3", "0.6", "assumed"),
    REAL("counts.red_cell_life_d", counts.red_cell_life_d, "120", 1, 400, "M", "mean life of a red cell, d", "physiology"),
    REAL("counts.lymphocytes_1e9_per_l", counts.lymphocytes_1e9_per_l, "0.9", 0, 10, "A", "lymphocytes other than B cells at rest; low after earlier treatment", "docs/clinic.md"),
    REAL("counts.lymphocytes_turnover_per_d", counts.lymphocytes_turnover_per_d, "0.05", 0, 5, "A", "their turnover, 1/d", "docs/clinic.md"),
    REAL("counts.lymphocytes_slope_ml_per_ng", counts.lymphocytes_slope_ml_per_ng, "0.014", 0, 10, "A", "their loss by conjugate, over their turnover, per ng/mL", "docs/clinic.md"),
    REAL("counts.reserve_half_life_d", counts.reserve_half_life_d, "90", 0.1, 10000, "C", "half-life of what blood formation lacks beside lost room, once the marrow is its own again, d", "docs/clinic.md: cytopenia at entry"),
    REAL("counts.g_csf_effect", counts.g_csf_effect, "0.2", 0, 5, "A", "G-CSF: extra division and faster maturation of neutrophils, as a share; 0.2 triples the count at rest", "docs/clinic.md"),

    REAL("liver.alt_u_per_l", liver.alt_u_per_l, "26", 1, 1000, "A", "ALT before treatment, U/L; upper limit of normal 40", "docs/clinic.md"),
    REAL("liver.ast_u_per_l", liver.ast_u_per_l, "26", 1, 1000, "A", "AST before treatment, U/L; upper limit of normal 40", "docs/clinic.md"),
    REAL("liver.bilirubin_mg_per_dl", liver.bilirubin_mg_per_dl, "0.6", 0.05, 30, "A", "bilirubin before treatment, mg/dL; upper limit of normal 1.2", "docs/clinic.md"),
    REAL("liver.alp_u_per_l", liver.alp_u_per_l, "85", 1, 3000, "A", "alkaline phosphatase before treatment, U/L; upper limit of normal 120", "docs/clinic.md"),
    REAL("liver.ggt_u_per_l", liver.ggt_u_per_l, "35", 1, 3000, "A", "GGT before treatment, U/L; upper limit of normal 50", "docs/clinic.md"),
    REAL("liver.degradation_half_life_h", liver.degradation_half_life_h, "24", 0.1, 1000, "A", "half-life of conjugate the liver has taken up; sets payload free meanwhile, h", "assumed"),
    REAL("liver.adc_share", liver.adc_share, "0.3", 0, 1, "A", "share of the sinusoid's load that is conjugate in plasma; the rest is free payload", "assumed"),
    REAL("liver.half_load_ng_ml", liver.half_load_ng_ml, "300", 1, 1e6, "A", "load at half the largest injury, ng/mL of conjugate", "docs/clinic.md"),
    REAL("liver.load_power", liver.load_power, "2", 1, 8, "A", "steepness of injury in load; above 1 one large dose is worse than the same in parts", "docs/clinic.md"),
    REAL("liver.injury_per_h", liver.injury_per_h, "0.004", 0, 1, "C", "largest sinusoidal injury, 1/h", "docs/clinic.md"),
    REAL("liver.sensitivity", liver.sensitivity, "1", 0, 100, "A", "factor on this patient's injury: liver disease, earlier transplant", "docs/clinic.md"),
    REAL("liver.sensitivity_ln_sd", liver.sensitivity_ln_sd, "0.7", 0, 3, "A", "spread of injury between patients by luck, SD of the logarithm", "docs/clinic.md"),
    REAL("liver.repair_half_life_d", liver.repair_half_life_d, "14", 0.1, 1000, "A", "half-life of sinusoidal injury, d", "docs/clinic.md"),
    REAL("liver.stress_half_ng_ml", liver.stress_half_ng_ml, "100", 1, 1e6, "A", "load at half the largest stress of hepatocytes, ng/mL", "docs/clinic.md"),
    REAL("liver.alt_gain", liver.alt_gain, "1.6", 0, 1000, "C", "rise of ALT at full stress, over its base; median", "docs/clinic.md"),
    REAL("liver.ast_gain", liver.ast_gain, "2.6", 0, 1000, "C", "rise of AST at full stress, over its base; median", "docs/clinic.md"),
    REAL("liver.bilirubin_gain", liver.bilirubin_gain, "1", 0, 1000, "C", "rise of bilirubin at full stress, over its base; median", "docs/clinic.md"),
    REAL("liver.alp_gain", liver.alp_gain, "1", 0, 1000, "C", "rise of alkaline phosphatase at full stress, over its base; median", "docs/clinic.md"),
    REAL("liver.ggt_gain", liver.ggt_gain, "6", 0, 1000, "C", "rise of GGT at full stress, over its base; median", "docs/clinic.md"),
    REAL("liver.enzyme_ln_sd", liver.enzyme_ln_sd, "0.7", 0, 3, "A", "spread of those rises between patients by luck, SD of the logarithm", "docs/clinic.md"),
    REAL("liver.finding_ln_sd", liver.finding_ln_sd, "0.4", 0, 3, "A", "spread of jaundice, weight, hepatomegaly and ascites at one injury by luck, SD of the logarithm", "docs/clinic.md"),

    TEXT("chemo.regimens", chemo.regimens, "none", NULL, "other drugs: none, or regimens of configs/drugs (flag, mitoxantrone, hidac, mini-hcvd, blinatumomab, cytoreduction) or files like them, with commas between them", "docs/clinic.md"),
    REAL("chemo.start_day", chemo.start_day, "1", 1, 3650, "A", "day on which they begin, from 1", "choice"),
    REAL("chemo.cycles", chemo.cycles, "auto", 1, 40, "A", "cycles of each; auto: as its file says", "choice"),
    TEXT("chemo.next_regimen", chemo.next_regimen, "none", NULL, "what is given when treatment has ended without a remission, or after a relapse: a regimen like those above; none: nothing (the event is noted)", "docs/clinic.md"),
    REAL("chemo.sensitivity", chemo.sensitivity, "1", 0, 100, "A", "factor on what they kill of this patient's blasts; the median of relapsed adults is 0.25", "docs/clinic.md"),
    REAL("chemo.toxicity", chemo.toxicity, "1", 0, 100, "A", "factor on what they do to this patient's blood formation, liver and mucosa", "docs/clinic.md"),
    CHOICE("hazards.ctcae", hazards.ctcae, "v3", "v3|v4|v5", "M", "version of the Common Terminology Criteria that grades adverse events", "INO-VATE graded by v3"),
    HAZARD_KEY("infection", 0),
    HAZARD_KEY("febrile_neutropenia", 1),
    HAZARD_KEY("haemorrhage", 2),
    HAZARD_KEY("infusion_reaction", 3),
    HAZARD_KEY("qt_prolongation", 4),
    HAZARD_KEY("fatigue", 5),
    HAZARD_KEY("nausea", 6),
    HAZARD_KEY("fever", 7),
    HAZARD_KEY("headache", 8),

    TEXT("drug.name", drug.name, "inotuzumab ozogamicin", NULL, "name of the conjugate, for titles", LABEL),
    CHOICE("drug.pk", drug.pk, "mechanistic", "mechanistic|empirical|constant", "T", "plasma model: cells take drug up; Garrett's time-dependent clearance; or a constant concentration", "docs/model.md section 2"),
    CHOICE("drug.population", drug.population, "auto", "auto|adult|child", "T", "whose population model: auto is child below 18 years", GARRETT "; " WU),
    LIVE("drug.constant_ng_per_ml", drug.constant_ng_per_ml, "5", 0, 1e6, "A", "concentration when pk is constant (in vitro), ng/mL; every cell sees it", "choice"),
    LIVE("drug.dar", drug.dar, "6", 0, 100, "T", "calicheamicin molecules per antibody", GARRETT ": all molecules conjugated"),
    REAL("drug.molar_mass_kda", drug.molar_mass_kda, "160", 1, 10000, "T", "molar mass of the conjugate, kDa", "1 nM is 160 ng/mL"),
    LIVE("drug.kon_per_nm_h", drug.kon_per_nm_h, "1.8", 0, 1000, "A", "binding to CD22, 1/(nM h)", "KD 0.15 nM, within the published sub-nM"),
    LIVE("drug.koff_per_h", drug.koff_per_h, "0.27", 0, 1000, "A", "unbinding from CD22, 1/h", "KD 0.15 nM, within the published sub-nM"),
    LIVE("drug.cl1_l_per_h", drug.cl1_l_per_h, "auto", 0, 100, "T", "linear clearance, L/h; auto: from covariates (0.0333 at 1.84 m2)", GARRETT "; " WU),
    LIVE("drug.cl2_l_per_h", drug.cl2_l_per_h, "auto", 0, 100, "T", "time-dependent clearance at time zero, L/h (empirical only); auto: 0.369 at 1.84 m2", GARRETT "; " WU),
    REAL("drug.kdes_per_h", drug.kdes_per_h, "auto", 0, 10, "T", "decay of the time-dependent clearance, 1/h; auto: 0.00472 at 5.25 % blood blasts", GARRETT "; " WU),
    REAL("drug.v1_l", drug.v1_l, "auto", 0.01, 1000, "T", "central volume, L; auto: 6.70 at 1.84 m2", GARRETT "; " WU),
    LIVE("drug.q_l_per_h", drug.q_l_per_h, "auto", 0, 100, "T", "distribution clearance, L/h; auto: 0.0405, children 0.0437", GARRETT "; " WU),
    REAL("drug.v2_l", drug.v2_l, "auto", 0.01, 1000, "T", "peripheral volume, L; auto: 5.10, children 4.74", GARRETT "; " WU),
    LIVE("drug.ps_l_per_h", drug.ps_l_per_h, "0.45", 1e-9, 1000, "C", "permeability-surface product of marrow, L/h", "makes the sink at full burden 0.364 L/h; Garrett's CL2 is 0.369"),
    LIVE("drug.kp", drug.kp, "0.30", 0.001, 10, "A", "marrow interstitium over plasma at rest", "tissue:plasma 0.07 over interstitial fraction 0.24"),
    BOOL("drug.b_cell_sink", drug.b_cell_sink, "false", "A", "healthy mature B cells take drug out of plasma too", "switching it on, and comparing, is part of the science"),

    CELL_KEYS("cells.blast.", cells.blast, "3470", "T", "0.70", "1", "0.036"),
    LIVE("cells.blast.blood_niche_factor", cells.blast.blood_niche_factor, "1", 0, 10, "C", "niche factor while in blood", "no niche in blood"),
    LIVE("cells.blast.birth_per_d", cells.blast.birth_per_d, "0.105", 0, 10, "T", "divisions with all room free, 1/d", "BJH 1997;98:999: net 0.069 +- 0.073"),
    COUNT("cells.blast.cycle_stages", cells.blast.cycle_stages, "4", 1, 64, "T", "Erlang stages of the cycle; 1 is the Markov case", "generation time 60 h, growth fraction 0.38"),
    LIVE("cells.blast.inherit_ln_sd", cells.blast.inherit_ln_sd, "0.1", 0, 1, "A", "noise in the inherited CD22 set-point and D50 (payload efflux folded into D50), SD of the logarithm", "docs/model.md section 4"),
    LIVE("cells.blast.cd22_loss_per_division", cells.blast.cd22_loss_per_division, "0", 0, 1e-3, "A", "mutations to a CD22-negative clone, per division; needs a clone named cd22-loss", "1e-8 to 1e-7; 11 % of relapses carry one (T)"),
    LIVE("cells.blast.egress_per_d", cells.blast.egress_per_d, "0.0028", 0, 10, "A", "marrow to blood, 1/d", "keeps blood at 0.4 % of burden"),
    LIVE("cells.blast.homing_per_d", cells.blast.homing_per_d, "0.7", 0, 100, "A", "blood back to marrow, 1/d", "blood residence half-life about 1 d"),
    CELL_KEYS("cells.b_precursor.", cells.b_precursor, "800", "A", "0.70", "0.3", "0"),
    REAL("cells.b_precursor.maturation_per_d", cells.b_precursor.maturation_per_d, "0.10", 0, 10, "T", "pre-B to mature B, 1/d; stem-cell inflow balances it", "docs/model.md section 4"),
    CELL_KEYS("cells.b_mature.", cells.b_mature, "20000", "M", "1", "0.5", "0.02"),
    LIVE("cells.apoptosis_mean_h", cells.apoptosis_mean_h, "24", 0.1, 1000, "A", "from commitment to disappearance, mean, h", "assumed"),
    COUNT("cells.apoptosis_stages", cells.apoptosis_stages, "3", 1, 3, "A", "Erlang stages of that time", "assumed"),

    TEXT("dosing.regimen", dosing.regimen, "label", NULL, "label, none, or a regimen file (configs/regimens)", LABEL),
    TEXT("dosing.file", dosing.file, "", NULL, "dosing table in NONMEM form; given, it replaces the regimen", "docs/dosing.md"),
    REAL("dosing.mg_per_m2", dosing.mg_per_m2, "auto", 0, 1000, "T", "overrides the amount of every dose of the regimen, mg/m2", LABEL ": 0.8, 0.5, 0.5"),
    COUNT("dosing.window_d", dosing.window_d, "0", 0, 2, "T", "label regimen: days by which a dose may be early or late by the patient's and the clinic's luck, at least 6 days apart; 0: on the day", LABEL ": within 2 days"),
    BOOL("clinic.enabled", clinic.enabled, "false", "A", "blood counts, liver, adverse events, visits, rules, response, transplant and death around the cells", "docs/clinic.md"),
    REAL("clinic.visit_every_d", clinic.visit_every_d, "7", 0.1, 100, "T", "time between visits while treated and for 60 days after a transplant, d; before every dose there is one too", "INO-VATE protocol: weekly"),
    REAL("clinic.close_visit_every_d", clinic.close_visit_every_d, "2", 0.1, 100, "A", "time between visits while a dose is held, counts are very low, an infection is severe, or in the month after a transplant, d", "practice"),
    REAL("clinic.follow_up_visit_every_d", clinic.follow_up_visit_every_d, "28", 0.1, 400, "M", "time between visits after treatment, d", "INO-VATE protocol: 4 to 12 weeks"),
    COUNT("clinic.marrow_day", clinic.marrow_day, "21", 16, 28, "M", "day of cycles 1 to 3 on which a marrow is taken, then of every second one", "INO-VATE protocol: day 16 to 28"),
    REAL("clinic.follow_up_marrow_every_d", clinic.follow_up_marrow_every_d, "84", 1, 1000, "M", "time between marrows after treatment, d", "INO-VATE protocol"),
    COUNT("clinic.mrd_events", clinic.mrd_events, "1000000", 1000, 1e8, "A", "cells counted by flow cytometry for residual disease", "usual: 1e5 to 1e6"),
    REAL("clinic.assay_noise", clinic.assay_noise, "1", 0, 10, "A", "factor on the laboratory's relative error; 0: exact (cells of smears and flow are still counted)", "docs/clinic.md"),
    REAL("clinic.progression_death_per_d", clinic.progression_death_per_d, "0.02", 0, 10, "A", "hazard of dying of the disease itself with a marrow full of blasts, 1/d", "docs/clinic.md"),

    REAL("transplant.delay_weeks", transplant.delay_weeks, "5", 1, 25, "M", "from the last dose to the graft, median, weeks", "INO-VATE: about 5 weeks, 1 to 25"),
    REAL("transplant.delay_ln_sd", transplant.delay_ln_sd, "0.5", 0, 3, "A", "its spread between patients by luck, SD of the logarithm", "range 1 to 25 weeks"),
    REAL("transplant.two_alkylators", transplant.two_alkylators, "0.18", 0, 1, "A", "probability of conditioning with two alkylators; 0 or 1 decides it", "INO-VATE: about 15 to 20 %"),
    REAL("transplant.log_kill", transplant.log_kill, "3", 0, 12, "A", "blasts killed by conditioning, median, log10", "docs/clinic.md"),
    REAL("transplant.log_kill_ln_sd", transplant.log_kill_ln_sd, "0.3", 0, 3, "A", "its spread between patients by luck, SD of the logarithm", "docs/clinic.md"),
    REAL("transplant.graft_kill_per_d", transplant.graft_kill_per_d, "0.1", 0, 10, "A", "hazard of blasts under the graft's attack once it has taken, median, 1/d; they grow at 0.07", "docs/clinic.md"),
    REAL("transplant.graft_kill_ln_sd", transplant.graft_kill_ln_sd, "0.8", 0, 3, "A", "its spread between patients by luck, SD of the logarithm", "docs/clinic.md"),
    REAL("transplant.liver_injury", transplant.liver_injury, "0.75", 0, 100, "C", "factor on the injury of sinusoids by conditioning, from day -6 to +20", "docs/clinic.md: VOD after 23 % of transplants"),
    REAL("transplant.death_per_d", transplant.death_per_d, "0.0025", 0, 10, "A", "hazard of dying of the transplant on its day 0, beside infection and VOD, 1/d; fades with 100 d", "docs/clinic.md"),

    TEXT("policy.rules", policy.rules, "none", NULL, "rules for holding, reducing and stopping doses: none, label, cautious, or a file like configs/policies/label.yaml; takes clinic.enabled", "Besponsa prescribing information"),
    TEXT("policy.chemo_rules", policy.chemo_rules, "none", NULL, "rules for holding, reducing and stopping other drugs (chemo.regimens): none, chemotherapy, or a file like configs/policies/chemotherapy.yaml; takes clinic.enabled", "docs/rules.md"),
    BOOL("policy.supportive_care", policy.supportive_care, "false", "A", "premedication, transfusions, G-CSF, ursodiol by configs/policies/supportive.yaml; takes clinic.enabled", "docs/rules.md"),
    REAL("output.snapshot_every_days", output.snapshot_every_days, "0", 0, 3650, "A", "time between snapshots of the cells (DIR/snapshots), days; a multiple of dt_h; also at the start and the end; 0: none", "choice"),
    COUNT("output.snapshot_agents", output.snapshot_agents, "10000", 0, 4e9, "A", "agents in a snapshot at most: a sample by identity that keeps every class; 0: all", "choice of resolution"),
    COUNT("output.snapshot_compression", output.snapshot_compression, "1", 0, 9, "A", "gzip level of snapshots, 0: none", "choice"),
    REAL("output.checkpoint_every_minutes", output.checkpoint_every_minutes, "10", 0, 100000, "A", "wall time between checkpoints, min; 0: only when the run ends or is stopped", "README.md"),
};
const size_t config_key_count = sizeof config_keys / sizeof config_keys[0];

#undef AT
#define AT(member) offsetof(CloneTraits, member), sizeof(((CloneTraits *)0)->member)

const ConfigKey config_clone_keys[] = {
    TEXT("cells.blast.clones[].name", name, "main", NULL, "name of the clone", "choice"),
    REAL("cells.blast.clones[].fraction", fraction, "auto", 0, 1, "A", "share of the blasts at time zero; auto on the first clone: what the others leave", "choice"),
    REAL("cells.blast.clones[].cd22_per_cell", cd22_per_cell, "auto", 0, 131071, "A", "CD22 at rest; auto: as cells.blast", "choice"),
    REAL("cells.blast.clones[].d50_breaks", d50_breaks, "auto", 0.001, 1e9, "A", "D50; auto: as cells.blast", "choice"),
    LIVE("cells.blast.clones[].keff_per_h", keff_per_h, "auto", 0, 10, "A", "payload efflux; auto: as cells.blast", "choice"),
    LIVE("cells.blast.clones[].birth_per_d", birth_per_d, "auto", 0, 10, "A", "divisions; auto: as cells.blast", "choice"),
    LIVE("cells.blast.clones[].death_per_d", death_per_d, "auto", 0, 10, "A", "natural death; auto: as cells.blast", "choice"),
};
const size_t config_clone_key_count = sizeof config_clone_keys / sizeof config_clone_keys[0];
/* clang-format on */
