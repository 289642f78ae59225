/* Sliders for the keys of the config that may change while a run goes on. Nothing is written to the user's
 * file: each change is a command of the session, and a row of the run's events. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "panels.h"

/* The keys worth a slider in a lesson stand first; the others under "All live parameters". */
static const char *const first_keys[] = {"drug.kon_per_nm_h",        "cells.blast.kint_per_h",
                                         "cells.blast.keff_per_h",   "cells.blast.f_dna",
                                         "cells.blast.krep_per_h",   "cells.blast.hmax_per_h",
                                         "cells.blast.niche_factor", "cells.blast.birth_per_d"};
enum { FIRST_KEYS = sizeof first_keys / sizeof first_keys[0] };

static const ConfigKey *key_named(const char *path) {
    for (size_t i = 0; i < config_key_count; i++)
        if (strcmp(config_keys[i].path, path) == 0) return &config_keys[i];
    return NULL;
}

static double *field_of(Config *config, const ConfigKey *key) {
    return (double *)(void *)((char *)config + key->offset);
}

/* "internalisation of the CD22-conjugate complex, 1/h" -> the name and the unit. */
static void split_text(const ConfigKey *key, char name[96], char unit[32]) {
    const char *comma = strrchr(key->text, ',');
    size_t length = comma ? (size_t)(comma - key->text) : strlen(key->text);
    snprintf(name, 96, "%.*s", (int)length, key->text);
    snprintf(unit, 32, "%s", comma && strlen(comma) < 24 ? comma + 2 : "");
}

/* A slider's range: a hundredth to a hundred times what the run began with, within the key's own. */
static void range_of(const ConfigKey *key, double start, double *lo, double *hi) {
    if (!(start > 0)) {
        *lo = key->lo, *hi = fmin(key->hi, 1);
        return;
    }
    *lo = fmax(key->lo, start / 20);
    *hi = fmin(key->hi, start * 20);
}

static void model_slider(Viewer *viewer, const ConfigKey *key) {
    double *value = field_of(&viewer->live, key), start = *field_of(&viewer->config, key), lo, hi;
    char name[96], unit[32], format[64], label[96], reset[112];
    if (isnan(*value)) return; /* auto: no one number to slide from */
    float s = ui_scale(), button = 54 * s;
    split_text(key, name, unit);
    range_of(key, start, &lo, &hi);
    snprintf(format, sizeof format, "%%.4g %s", unit);
    snprintf(label, sizeof label, "##%s", key->path);
    snprintf(reset, sizeof reset, "Reset##%s", key->path);
    ui_text_wrapped("%s", name);
    ui_width(-button - 8 * s);
    ui_slider(label, value, lo, hi, format, start > 0);
    if (ui_slider_released()) viewer_ask(viewer, "set %s=%.9g", key->path, *value);
    ui_tip("%s; began at %.4g; evidence %s: %s", key->path, start, key->evidence, key->source);
    ui_same_line();
    ui_disabled_begin(*value == start);
    if (ui_button(reset, button)) {
        *value = start;
        viewer_ask(viewer, "set %s=%.17g", key->path, start);
    }
    ui_disabled_end();
}

static bool is_first(const ConfigKey *key) {
    for (int i = 0; i < FIRST_KEYS; i++)
        if (strcmp(first_keys[i], key->path) == 0) return true;
    return false;
}

void side_model(Viewer *viewer) {
    for (int i = 0; i < FIRST_KEYS; i++) {
        const ConfigKey *key = key_named(first_keys[i]);
        if (key && key->live) model_slider(viewer, key);
    }
    if (!ui_section("All live parameters", false)) return;
    for (size_t i = 0; i < config_key_count; i++)
        if (config_keys[i].live && config_keys[i].type == KEY_REAL && !is_first(&config_keys[i]))
            model_slider(viewer, &config_keys[i]);
}
