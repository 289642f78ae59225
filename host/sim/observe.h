/* What can be read off the simulation at a moment: one row of timeseries.csv. */
#ifndef MARROW_HOST_OBSERVE_H
#define MARROW_HOST_OBSERVE_H

#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

/* Cells are numbers of real cells (agents times weight); concentrations are of conjugate. NaN: not simulated
 * yet, written as an empty field. Means per blast are over uncommitted blasts of marrow and blood, NaN
 * without blasts. */
typedef struct Observation {
    double time_h;
    double adc_central_ng_ml, adc_peripheral_ng_ml, adc_marrow_ng_ml;
    int64_t blasts_marrow_cells, blasts_blood_cells, b_precursor_cells, b_mature_cells;
    double marrow_blast_fraction, blasts_blood_per_ul, b_mature_per_ul;
    int64_t blast_births_cells, blast_deaths_drug_cells, blast_deaths_natural_cells, blast_resampled_cells;
    double cd22_free_per_blast, cd22_bound_per_blast, cd22_occupancy, payload_per_blast, damage_per_blast;
    int64_t agents, blast_agents, blast_weight;
    double anc_1e9_per_l, platelets_1e9_per_l, hb_g_per_dl, alt_u_per_l, bilirubin_mg_per_dl, sinusoid_injury;
    /* beyond the contract's columns: committed blasts, normal marrow, and the books of the drug */
    int64_t blasts_committed_cells, blasts_initial_cells;
    double normal_marrow_cells;
    double drug_given_nmol, drug_plasma_nmol, drug_cleared_nmol, drug_reset_nmol, drug_taken_nmol;
    double drug_bound_nmol, drug_internal_nmol, drug_degraded_nmol, drug_lost_nmol;
    double blast_deaths_other_cells; /* of the natural deaths, those of other treatments */
} Observation;

/* The header line and one row of timeseries.csv; numbers round-trip. STATUS_FAILED when the file cannot be
 * written. */
Status observation_write_header(FILE *out);
Status observation_write(const Observation *o, FILE *out);

/* The same as one JSON object; what is not simulated is null. */
Status observation_write_json(const Observation *o, FILE *out);

/* One field by its column's name; NaN is 0 in a column of whole numbers. Unknown names are passed over. */
void observation_set(Observation *o, const char *column, double value);

/* blasts = initial + births - deaths + resampled, in whole cells: 0 when the books balance. */
int64_t observation_imbalance_cells(const Observation *o);

#endif
