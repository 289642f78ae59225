#include "clinic/labs.h"

#include <math.h>
#include <string.h>

/* Limits of normal as adult laboratories print them (A); women's where they differ, else 0. */
typedef struct LabRow {
    const char *name, *unit;
    double lower, upper, female_lower, female_upper;
} LabRow;

static const LabRow rows[LABS] = {
    [LAB_ANC] = {"anc", "1e9/L", 1.5, 8, 0, 0},
    [LAB_PLATELETS] = {"platelets", "1e9/L", 150, 400, 0, 0},
    [LAB_HB] = {"hb", "g/dL", 13.5, 17.5, 12, 16},
    [LAB_WBC] = {"wbc", "1e9/L", 4, 10, 0, 0},
    [LAB_LYMPHOCYTES] = {"lymphocytes", "1e9/L", 1, 4, 0, 0},
    [LAB_BLOOD_BLAST_PERCENT] = {"blood_blast_percent", "%", 0, 0, 0, 0},
    [LAB_BLOOD_BLASTS] = {"blood_blasts", "1e9/L", 0, 0, 0, 0},
    [LAB_ALT] = {"alt", "U/L", 7, 40, 0, 0},
    [LAB_AST] = {"ast", "U/L", 7, 40, 0, 0},
    [LAB_BILIRUBIN] = {"bilirubin", "mg/dL", 0.2, 1.2, 0, 0},
    [LAB_ALP] = {"alp", "U/L", 40, 130, 35, 105},
    [LAB_GGT] = {"ggt", "U/L", 5, 60, 5, 40},
    [LAB_CREATININE] = {"creatinine", "mg/dL", 0.6, 1.2, 0.5, 1.0},
    [LAB_QTC] = {"qtc", "ms", 350, 450, 350, 470},
    [LAB_WEIGHT_GAIN] = {"weight_gain", "%", -5, 2, 0, 0},
    [LAB_MARROW_BLAST_FRACTION] = {"marrow_blast_fraction", "", 0, 0.05, 0, 0},
    [LAB_MRD] = {"mrd", "", 0, 1e-4, 0, 0},
};

void labs_start(Labs *labs, const Config *config) {
    bool female = config->patient.sex == SEX_FEMALE;
    *labs = (Labs){.time_h = NAN,
                   .platelets_transfused_h = NAN,
                   .red_cells_transfused_h = NAN,
                   .g_csf_given_h = NAN,
                   .response_time_h = NAN};
    for (int i = 0; i < LABS; i++) {
        bool own = female && rows[i].female_upper > 0;
        labs->test[i] = (Lab){.value = NAN,
                              .time_h = NAN,
                              .baseline = NAN,
                              .cycle_baseline = NAN,
                              .nadir = NAN,
                              .peak = NAN,
                              .lower = own ? rows[i].female_lower : rows[i].lower,
                              .upper = own ? rows[i].female_upper : rows[i].upper};
    }
}

void labs_result(Labs *labs, LabId test, double value, double time_h, bool given) {
    Lab *lab = &labs->test[test];
    lab->value = value;
    lab->time_h = time_h;
    if (!given) {
        lab->baseline = lab->cycle_baseline = value;
        return;
    }
    lab->nadir = fmin(value, lab->nadir); /* of a number and NaN: the number */
    lab->peak = fmax(value, lab->peak);
}

void labs_cycle_starts(Labs *labs) {
    for (int i = 0; i < LABS; i++) labs->test[i].cycle_baseline = labs->test[i].value;
}

const char *lab_name(LabId test) {
    return test < LABS ? rows[test].name : NULL;
}

const char *lab_unit(LabId test) {
    return test < LABS ? rows[test].unit : NULL;
}

int lab_find(const char *name) {
    for (int i = 0; i < LABS; i++)
        if (strcmp(rows[i].name, name) == 0) return i;
    return -1;
}

const char *response_name(int code) {
    static const char *const names[RESPONSES] = {"NR", "CRi", "CRh", "CR"};
    return code >= 0 && code < RESPONSES ? names[code] : "";
}
