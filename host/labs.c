#include "labs.h"

#include <stddef.h>
#include <string.h>

typedef struct LabName {
    const char *name, *unit;
} LabName;

static const LabName names[LABS] = {
    [LAB_ANC] = {"anc", "1e9/L"},
    [LAB_PLATELETS] = {"platelets", "1e9/L"},
    [LAB_HB] = {"hb", "g/dL"},
    [LAB_WBC] = {"wbc", "1e9/L"},
    [LAB_LYMPHOCYTES] = {"lymphocytes", "1e9/L"},
    [LAB_BLOOD_BLAST_PERCENT] = {"blood_blast_percent", "%"},
    [LAB_BLOOD_BLASTS] = {"blood_blasts", "1e9/L"},
    [LAB_ALT] = {"alt", "U/L"},
    [LAB_AST] = {"ast", "U/L"},
    [LAB_BILIRUBIN] = {"bilirubin", "mg/dL"},
    [LAB_ALP] = {"alp", "U/L"},
    [LAB_GGT] = {"ggt", "U/L"},
    [LAB_CREATININE] = {"creatinine", "mg/dL"},
    [LAB_QTC] = {"qtc", "ms"},
    [LAB_WEIGHT_GAIN] = {"weight_gain", "%"},
    [LAB_MARROW_BLAST_FRACTION] = {"marrow_blast_fraction", "1"},
    [LAB_MRD] = {"mrd", "1"},
};

const char *lab_name(LabId test) {
    return test < LABS ? names[test].name : NULL;
}

const char *lab_unit(LabId test) {
    return test < LABS ? names[test].unit : NULL;
}

int lab_find(const char *name) {
    for (int i = 0; i < LABS; i++)
        if (strcmp(names[i].name, name) == 0) return i;
    return -1;
}
