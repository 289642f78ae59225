#include "sweep/population.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "clinic/body_luck.h"

/* Normal scores of one patient. Add at the end: the number is luck. */
enum {
    Z_AGE,
    Z_SEX,
    Z_HEIGHT,
    Z_WEIGHT,
    Z_MARROW,
    Z_BLOOD,
    Z_BLOOD_ANY,
    Z_SALVAGE,
    Z_REMISSION,
    Z_TRANSPLANTED,
    Z_PH,
    Z_ECOG,
    Z_CD22_POSITIVE,
    Z_CD22,
    Z_D50,
    Z_GROWTH,
    Z_CL1,
    Z_V1,
    Z_NEUTROPHILS,
    Z_PLATELETS,
    Z_HB,
    Z_SLOPE_NEUTROPHILS,
    Z_SLOPE_PLATELETS,
    Z_BILIRUBIN,
    Z_ALT,
    Z_AST,
    Z_CANDIDATE,
    Z_LYMPHOCYTES,
    Z_NEUTROPHILS_ENTRY,
    Z_PLATELETS_ENTRY,
    Z_HB_ENTRY,
    Z_CHEMO,
    SCORES
};

/* Scores that go together: `which` is made of what it leans on and its own luck (A; docs/clinic.md). */
static const struct Lean {
    int which, on;
    double rho;
} leans[] = {
    {Z_BLOOD, Z_MARROW, 0.4},
    {Z_NEUTROPHILS_ENTRY, Z_MARROW, -0.5},
    {Z_PLATELETS_ENTRY, Z_MARROW, -0.5},
    {Z_HB_ENTRY, Z_MARROW, -0.5},
    {Z_TRANSPLANTED, Z_SALVAGE, 0.2},
    {Z_D50, Z_SALVAGE, 0.3},
    {Z_V1, Z_CL1, 0.894},
    {Z_AST, Z_ALT, 0.7},
    {Z_PLATELETS_ENTRY, Z_NEUTROPHILS_ENTRY, 0.3},
};

static void scores(uint64_t seed, int patient, double z[SCORES]) {
    for (int i = 0; i < SCORES; i++)
        z[i] = body_luck_normal(seed, (uint32_t)patient, (uint32_t)i, BODY_SAMPLE);
    for (size_t i = 0; i < sizeof leans / sizeof leans[0]; i++) {
        const struct Lean *l = &leans[i];
        z[l->which] = l->rho * z[l->on] + sqrt(1 - l->rho * l->rho) * z[l->which];
    }
}

static double unit(double z) {
    return 0.5 * erfc(-z * 0.70710678118654752440);
}

static double clip(double x, double lo, double hi) {
    return fmin(fmax(x, lo), hi);
}

static double lognormal(double median, double ln_sd, double z) {
    return median * exp(ln_sd * z);
}

/* Continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's rule. */
static double beta_fraction(double a, double b, double x) {
    const double tiny = 1e-300;
    double c = 1, d = 1 / fmax(1 - (a + b) * x / (a + 1), tiny), value = d;
    for (int m = 1; m < 200; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / (1 + even * d), c = 1 + even / c, value *= c * d;
        d = 1 / (1 + odd * d), c = 1 + odd / c, value *= c * d;
    }
    return value;
}

static double beta_below(double a, double b, double x) {
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double beta_quantile(double a, double b, double u) {
    double lo = 0, hi = 1;
    for (int i = 0; i < 60; i++) {
        double x = 0.5 * (lo + hi);
        *(beta_below(a, b, x) < u ? &lo : &hi) = x;
    }
    return 0.5 * (lo + hi);
}

static void body(const double z[SCORES], FILE *out) {
    bool male = unit(z[Z_SEX]) < 0.56;
    double age = 18 + 61 * beta_quantile(1.105, 1.162, unit(z[Z_AGE]));
    double height_cm = male ? 175 + 7 * z[Z_HEIGHT] : 162 + 6.5 * z[Z_HEIGHT];
    double bmi = clip(lognormal(25.5, 0.18, z[Z_WEIGHT]), 17, 42);
    double weight_kg = bmi * height_cm * height_cm / 1e4;
    double bsa = clip(sqrt(height_cm * weight_kg / 3600), 1.35, 2.6);
    double cl1 = lognormal(0.0333 * pow(bsa / 1.84, 1.54), sqrt(0.179), z[Z_CL1]);
    double v1 = lognormal(6.70 * (1 + 0.774 * (bsa - 1.84)), sqrt(0.170), z[Z_V1]);
    double fit = age < 55 ? 0.75 : 0.40;
    fprintf(out, ",%.1f,%s,%.3f,%s,%.5f,%.3f", age, male ? "male" : "female", bsa,
            unit(z[Z_CANDIDATE]) < fit ? "true" : "false", cl1, v1);
}

static void disease(const double z[SCORES], FILE *out) {
    double marrow = clip(0.05 + 0.95 * beta_quantile(1.35, 0.861, unit(z[Z_MARROW])), 0.05, 0.99);
    bool any = unit(z[Z_BLOOD_ANY]) > 0.42, early = unit(z[Z_REMISSION]) < 0.63;
    double blood_1e9_per_l = any ? fmin(lognormal(0.4, 1.6, z[Z_BLOOD]), 10) : 0.001;
    double share = clip(5e9 * blood_1e9_per_l / (1e12 * marrow), 0, 0.5);
    double net = clip(lognormal(early ? 0.092 : 0.076, 0.47, z[Z_GROWTH]), 0.005, 0.27);
    double cd22 = clip(lognormal(3470, 0.75, z[Z_CD22]), 349, 19653);
    fprintf(out, ",%.4f,%.3g,%.3g,%.3g,%.1f,%.1f,%.4g,%.4f", marrow,
            clip(100 * blood_1e9_per_l / (blood_1e9_per_l + 4), 0, 100), blood_1e9_per_l, share,
            100 * beta_quantile(2.72, 0.247, unit(z[Z_CD22_POSITIVE])), cd22,
            clip(lognormal(50, 1.2, z[Z_D50]), 1, 1e5), 0.036 + net);
    fprintf(out, ",%d,%d,%s,%s,%d", unit(z[Z_SALVAGE]) > 0.67 ? 2 : 1, early ? 8 : 20,
            unit(z[Z_TRANSPLANTED]) > 0.83 ? "true" : "false", unit(z[Z_PH]) < 0.15 ? "true" : "false",
            unit(z[Z_ECOG]) < 0.40   ? 0
            : unit(z[Z_ECOG]) < 0.86 ? 1
                                     : 2);
}

/* Healthy counts, and those at entry: never above. */
static void counts(const double z[SCORES], FILE *out) {
    double neutrophils = lognormal(5.05, 0.4, z[Z_NEUTROPHILS]),
           platelets = lognormal(250, 0.35, z[Z_PLATELETS]);
    double hb = 14 + 1.2 * z[Z_HB];
    fprintf(out, ",%.3f,%.1f,%.2f,%.4g,%.4g", neutrophils, platelets, hb,
            lognormal(3e-3, 0.6, z[Z_SLOPE_NEUTROPHILS]), lognormal(3.4e-3, 0.6, z[Z_SLOPE_PLATELETS]));
    fprintf(out, ",%.3f,%.1f,%.2f", clip(lognormal(1.3, 1.0, z[Z_NEUTROPHILS_ENTRY]), 0.02, neutrophils),
            clip(lognormal(60, 0.9, z[Z_PLATELETS_ENTRY]), 5, platelets),
            clip(9.5 + 1.4 * z[Z_HB_ENTRY], 6, hb));
    fprintf(out, ",%.3f", clip(lognormal(0.9, 0.5, z[Z_LYMPHOCYTES]), 0.1, 4));
}

static void liver(const double z[SCORES], FILE *out) {
    fprintf(out, ",%.2f,%.1f,%.1f", clip(lognormal(0.6, 0.35, z[Z_BILIRUBIN]), 0.2, 1.8),
            clip(lognormal(27, 0.45, z[Z_ALT]), 5, 100), clip(lognormal(26, 0.4, z[Z_AST]), 5, 100));
}

/* Most have met these drugs before; some blasts hardly feel them, others go as at first. */
static void chemo(const double z[SCORES], FILE *out) {
    fprintf(out, ",%.4f", clip(lognormal(0.25, 1.2, z[Z_CHEMO]), 0.01, 50));
}

static const char header[] =
    "name,simulation.seed,patient.age_years,patient.sex,patient.bsa_m2,patient.transplant_candidate,"
    "drug.cl1_l_per_h,drug.v1_l,patient.marrow_blast_fraction,patient.blood_blast_percent,"
    "patient.blood_blasts_1e9_per_l,patient.blood_blast_share,patient.cd22_positive_percent,"
    "cells.blast.cd22_per_cell,cells.blast.d50_breaks,cells.blast.birth_per_d,patient.salvage_line,"
    "patient.first_remission_months,patient.prior_transplant,patient.ph_positive,patient.ecog,"
    "counts.neutrophils_base_1e9_per_l,counts.platelets_base_1e9_per_l,counts.hb_base_g_per_dl,"
    "counts.neutrophils_slope_ml_per_ng,counts.platelets_slope_ml_per_ng,"
    "counts.neutrophils_entry_1e9_per_l,counts.platelets_entry_1e9_per_l,counts.hb_entry_g_per_dl,"
    "counts.lymphocytes_1e9_per_l,liver.bilirubin_mg_per_dl,liver.alt_u_per_l,liver.ast_u_per_l,"
    "chemo.sensitivity\n";

Status population_write(uint64_t seed, int count, FILE *out) {
    fputs(header, out);
    for (int patient = 1; patient <= count; patient++) {
        double z[SCORES];
        uint64_t own_seed = seed * 1000000 + (uint64_t)patient;
        scores(seed, patient, z);
        fprintf(out, "patient %d,%" PRIu64, patient, own_seed);
        body(z, out);
        disease(z, out);
        counts(z, out);
        liver(z, out);
        chemo(z, out);
        fputc('\n', out);
    }
    REQUIRE(fflush(out) == 0 && !ferror(out), STATUS_FAILED,
            "patients: cannot be written: %s; free some space", strerror(errno));
    return STATUS_OK;
}
