#include "sim/observe.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

typedef struct Column {
    const char *name;
    size_t offset;
    enum { REAL, COUNT } type;
} Column;

#define REAL_COLUMN(field) \
    { #field, offsetof(Observation, field), REAL }
#define COUNT_COLUMN(field) \
    { #field, offsetof(Observation, field), COUNT }

/* timeseries.csv, from left to right. Scripts rely on names and order: add at the end only. */
static const Column columns[] = {
    REAL_COLUMN(time_h),
    REAL_COLUMN(adc_central_ng_ml),
    REAL_COLUMN(adc_peripheral_ng_ml),
    REAL_COLUMN(adc_marrow_ng_ml),
    COUNT_COLUMN(blasts_marrow_cells),
    COUNT_COLUMN(blasts_blood_cells),
    COUNT_COLUMN(b_precursor_cells),
    COUNT_COLUMN(b_mature_cells),
    REAL_COLUMN(marrow_blast_fraction),
    REAL_COLUMN(blasts_blood_per_ul),
    REAL_COLUMN(b_mature_per_ul),
    COUNT_COLUMN(blast_births_cells),
    COUNT_COLUMN(blast_deaths_drug_cells),
    COUNT_COLUMN(blast_deaths_natural_cells),
    COUNT_COLUMN(blast_resampled_cells),
    REAL_COLUMN(cd22_free_per_blast),
    REAL_COLUMN(cd22_bound_per_blast),
    REAL_COLUMN(cd22_occupancy),
    REAL_COLUMN(payload_per_blast),
    REAL_COLUMN(damage_per_blast),
    COUNT_COLUMN(agents),
    COUNT_COLUMN(blast_agents),
    COUNT_COLUMN(blast_weight),
    REAL_COLUMN(anc_1e9_per_l),
    REAL_COLUMN(platelets_1e9_per_l),
    REAL_COLUMN(hb_g_per_dl),
    REAL_COLUMN(alt_u_per_l),
    REAL_COLUMN(bilirubin_mg_per_dl),
    REAL_COLUMN(sinusoid_injury),
    /* beyond the contract */
    COUNT_COLUMN(blasts_committed_cells),
    COUNT_COLUMN(blasts_initial_cells),
    REAL_COLUMN(normal_marrow_cells),
    REAL_COLUMN(drug_given_nmol),
    REAL_COLUMN(drug_plasma_nmol),
    REAL_COLUMN(drug_cleared_nmol),
    REAL_COLUMN(drug_reset_nmol),
    REAL_COLUMN(drug_taken_nmol),
    REAL_COLUMN(drug_bound_nmol),
    REAL_COLUMN(drug_internal_nmol),
    REAL_COLUMN(drug_degraded_nmol),
    REAL_COLUMN(drug_lost_nmol),
    REAL_COLUMN(blast_deaths_other_cells),
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static Status end_line(FILE *out) {
    REQUIRE(fputc('\n', out) != EOF && !ferror(out), STATUS_FAILED, "timeseries.csv: cannot be written");
    return STATUS_OK;
}

Status observation_write_header(FILE *out) {
    for (int i = 0; i < COLUMNS; i++) fprintf(out, "%s%s", i ? "," : "", columns[i].name);
    return end_line(out);
}

static void write_field(const Observation *o, const Column *column, FILE *out) {
    const char *field = (const char *)o + column->offset;
    char number[TEXT_NUMBER];
    if (column->type == COUNT)
        fprintf(out, "%lld", (long long)*(const int64_t *)(const void *)field);
    else
        fputs(text_number(*(const double *)(const void *)field, number), out);
}

Status observation_write(const Observation *o, FILE *out) {
    for (int i = 0; i < COLUMNS; i++) {
        if (i) fputc(',', out);
        write_field(o, &columns[i], out);
    }
    return end_line(out);
}

static bool is_empty(const Observation *o, const Column *column) {
    return column->type == REAL && isnan(*(const double *)(const void *)((const char *)o + column->offset));
}

Status observation_write_json(const Observation *o, FILE *out) {
    for (int i = 0; i < COLUMNS; i++) {
        fprintf(out, "%s\"%s\": ", i ? ", " : "{", columns[i].name);
        if (is_empty(o, &columns[i]))
            fputs("null", out);
        else
            write_field(o, &columns[i], out);
    }
    REQUIRE(fputc('}', out) != EOF && !ferror(out), STATUS_FAILED, "observables: cannot be written");
    return STATUS_OK;
}

void observation_set(Observation *o, const char *name, double value) {
    for (int i = 0; i < COLUMNS; i++) {
        if (strcmp(columns[i].name, name) != 0) continue;
        char *field = (char *)o + columns[i].offset;
        if (columns[i].type == COUNT)
            *(int64_t *)(void *)field = isnan(value) ? 0 : llround(value);
        else
            *(double *)(void *)field = value;
    }
}

int64_t observation_imbalance_cells(const Observation *o) {
    int64_t born = o->blasts_initial_cells + o->blast_births_cells + o->blast_resampled_cells;
    int64_t died = o->blast_deaths_drug_cells + o->blast_deaths_natural_cells;
    return o->blasts_marrow_cells + o->blasts_blood_cells - (born - died);
}
