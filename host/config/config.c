/* The config from its sources: defaults, then files (what they extend first), then --set; then the
 * checks that look at several keys at once. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config_internal.h"

enum {
    EXTENDS_MAX = 8,
    FILE_MAX = (1 << 20) + 1
}; /* a byte more than the reader takes, so that it sees the excess */

static void store_defaults(const ConfigScope *scope) {
    for (size_t i = 0; i < scope->count; i++) {
        const ConfigKey *key = &scope->keys[i];
        Status status = config_store(scope->base, key, key->initial, &(ConfigPlace){"default"});
        assert(status == STATUS_OK); /* the table contradicts itself */
        (void)status;
    }
}

/* Zeroed first: structs are compared and hashed whole, padding and unused clones included. */
void config_default(Config *config) {
    memset(config, 0, sizeof *config);
    const ConfigScope all = config_scope(config), first_clone = config_clone_scope(&config->cells.clones[0]);
    store_defaults(&all);
    store_defaults(&first_clone);
    config->cells.clone_count = 1;
}

/* --- files --- */

/* A file being read, and who asked for it. */
typedef struct Link {
    const struct Link *child;
    const char *path;
    int depth;
    dev_t device;
    ino_t inode;
} Link;

static Status load_link(Config *config, Link *link);

/* "configs/label.yaml" -> "configs/"; "label.yaml" -> "". */
static Status folder_of(const char *path, char folder[CONFIG_PATH]) {
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    REQUIRE(length < CONFIG_PATH, STATUS_BAD_INPUT, "%s: path longer than %d bytes; use a shorter one",
            config_shown(path).text, CONFIG_PATH - 1);
    memcpy(folder, path, length);
    folder[length] = '\0';
    return STATUS_OK;
}

static Status identify(Link *link) {
    struct stat info;
    if (stat(link->path, &info) != 0) return STATUS_BAD_INPUT;
    link->device = info.st_dev;
    link->inode = info.st_ino;
    return STATUS_OK;
}

/* The parent of `link`, named by extends at `place`. */
static Status load_parent(Config *config, const Link *link, const char *folder, const char *value,
                          const ConfigPlace *place) {
    char path[CONFIG_PATH];
    int length = snprintf(path, sizeof path, "%s%s", *value == '/' ? "" : folder, value);
    REQUIRE(length < CONFIG_PATH, STATUS_BAD_INPUT,
            "%s: extends leads to a path longer than %d bytes; move the files", place->text, CONFIG_PATH - 1);
    Link parent = {.child = link, .path = path, .depth = link->depth + 1};
    REQUIRE(identify(&parent) == STATUS_OK, STATUS_BAD_INPUT,
            "%s: extended file \"%s\" cannot be read: %s; name it relative to this file's folder",
            place->text, config_shown(path).text, strerror(errno));
    for (const Link *l = link; l; l = l->child)
        REQUIRE(l->device != parent.device || l->inode != parent.inode, STATUS_BAD_INPUT,
                "%s: extends goes in a circle, back to \"%s\"; remove one extends", place->text,
                config_shown(path).text);
    REQUIRE(parent.depth < EXTENDS_MAX, STATUS_BAD_INPUT,
            "%s: extends is more than %d files deep; merge some", place->text, EXTENDS_MAX);
    return load_link(config, &parent);
}

static Status load_tree(Config *config, const Link *link, ConfigTree *tree) {
    char folder[CONFIG_PATH], value[CONFIG_TEXT];
    ConfigPlace place;
    TRY(folder_of(link->path, folder));
    TRY(config_tree_extends(tree, value, &place));
    if (*value) TRY(load_parent(config, link, folder, value, &place));
    return config_tree_apply(tree, folder, config);
}

static Status read_stream(FILE *in, const char *path, char *text, size_t *length) {
    *length = fread(text, 1, FILE_MAX, in);
    REQUIRE(!ferror(in), STATUS_BAD_INPUT, "%s: cannot be read: %s; give a config file", path,
            strerror(errno));
    return STATUS_OK;
}

static Status read_file(const char *path, char *text, size_t *length) {
    FILE *in = fopen(path, "rb");
    REQUIRE(in, STATUS_BAD_INPUT, "%s: cannot be read: %s; check the path and its permissions", path,
            strerror(errno));
    Status status = read_stream(in, path, text, length);
    fclose(in);
    return status;
}

static Status load_bytes(Config *config, const Link *link, char *text) {
    size_t length = 0;
    ConfigTree tree = {0};
    TRY(read_file(link->path, text, &length));
    Status status = config_tree_open(&tree, link->path, text, length);
    if (status == STATUS_OK) status = load_tree(config, link, &tree);
    config_tree_close(&tree);
    return status;
}

static Status load_link(Config *config, Link *link) {
    char *text = malloc(FILE_MAX);
    REQUIRE(text, STATUS_FAILED, "%s: out of memory", link->path);
    Status status = load_bytes(config, link, text);
    free(text);
    return status;
}

Status config_load(Config *config, const char *path) {
    Link link = {.path = path};
    REQUIRE(identify(&link) == STATUS_OK, STATUS_BAD_INPUT,
            "%s: cannot be read: %s; give the path of a config, such as configs/label.yaml", path,
            strerror(errno));
    return load_link(config, &link);
}

static Status apply_text(ConfigTree *tree, Config *config) {
    char value[CONFIG_TEXT];
    ConfigPlace place;
    TRY(config_tree_extends(tree, value, &place));
    REQUIRE(*value == '\0', STATUS_BAD_INPUT,
            "%s: extends works only in a file; lay the text over a loaded config", place.text);
    return config_tree_apply(tree, NULL, config);
}

Status config_load_text(Config *config, const char *name, const char *text, size_t length) {
    ConfigTree tree = {0};
    Status status = config_tree_open(&tree, name, length ? text : "", length);
    if (status == STATUS_OK) status = apply_text(&tree, config);
    config_tree_close(&tree);
    return status;
}

/* --- one assignment --- */

/* "cells.blast.clones[2].fraction" picks clone 2 and leaves "cells.blast.clones[].fraction" in `path`. Other
 * names stay as they are, with the whole config as their scope. */
static Status pick_scope(Config *config, char path[CONFIG_KEY_PATH], ConfigScope *scope,
                         const ConfigPlace *place) {
    const char *list = CONFIG_CLONES_PATH "[";
    char *digits = path + strlen(list), *end = digits;
    *scope = config_scope(config);
    if (strncmp(path, list, strlen(list)) != 0) return STATUS_OK;
    long index = isdigit((unsigned char)*digits) ? strtol(digits, &end, 10) : 0;
    REQUIRE(end > digits && end[0] == ']' && end[1] == '.', STATUS_BAD_INPUT,
            "%s: clones go by number; write " CONFIG_CLONES_PATH "[0].fraction=0.5", place->text);
    REQUIRE(index < config->cells.clone_count, STATUS_BAD_INPUT,
            "%s: there is no clone %ld; the config has %d, counted from 0; add clones in a config file",
            place->text, index, config->cells.clone_count);
    *scope = config_clone_scope(&config->cells.clones[index]);
    memmove(digits, end, strlen(end) + 1);
    return STATUS_OK;
}

static Status assign(Config *config, char path[CONFIG_KEY_PATH], const char *value, bool live,
                     const ConfigPlace *place) {
    ConfigScope scope;
    TRY(pick_scope(config, path, &scope, place));
    REQUIRE(strcmp(path, "extends") != 0, STATUS_BAD_INPUT,
            "%s: extends works only in a file; give that file instead", place->text);
    REQUIRE(strcmp(path, CONFIG_CLONES_PATH) != 0, STATUS_BAD_INPUT,
            "%s: clones are listed in a file; set one trait as " CONFIG_CLONES_PATH "[0].fraction=0.5",
            place->text);
    REQUIRE(!config_is_section(&scope, path), STATUS_BAD_INPUT, "%s: %s is a section; name one key in it",
            place->text, path);
    const ConfigKey *key = config_find(&scope, path);
    REQUIRE(!key || !live || key->live, STATUS_BAD_INPUT,
            "%s: %s is fixed when a run starts; `marrow check --schema` says which keys are live",
            place->text, path);
    return key ? config_store(scope.base, key, value, place) : config_unknown(path, place);
}

static Status set(Config *config, const char *assignment, bool live) {
    ConfigPlace place;
    char path[CONFIG_KEY_PATH];
    snprintf(place.text, sizeof place.text, "%s %s", live ? "set" : "--set", config_shown(assignment).text);
    const char *equals = strchr(assignment, '=');
    REQUIRE(equals && equals > assignment, STATUS_BAD_INPUT, "%s: not an assignment; write --set KEY=VALUE",
            place.text);
    size_t length = (size_t)(equals - assignment);
    REQUIRE(length < CONFIG_KEY_PATH, STATUS_BAD_INPUT,
            "%s: no key has so long a name; `marrow check --schema` lists all keys", place.text);
    memcpy(path, assignment, length);
    path[length] = '\0';
    return assign(config, path, equals + 1, live, &place);
}

Status config_set(Config *config, const char *assignment) {
    return set(config, assignment, false);
}

Status config_set_live(Config *config, const char *assignment) {
    return set(config, assignment, true);
}

/* --- checks between keys --- */

static Status check_names(const Config *config) {
    for (int i = 0; i < config->cells.clone_count; i++) {
        const char *name = config->cells.clones[i].name;
        REQUIRE(*name, STATUS_BAD_INPUT, CONFIG_CLONES_PATH "[%d].name: empty; give the clone a name", i);
        for (int j = 0; j < i; j++)
            REQUIRE(strcmp(name, config->cells.clones[j].name) != 0, STATUS_BAD_INPUT,
                    CONFIG_CLONES_PATH "[%d].name: \"%s\" is clone %d's name already; give each its own", i,
                    name, j);
    }
    return STATUS_OK;
}

/* The first clone takes what the others leave; given a number as well, the whole must come to 1. */
static Status check_fractions(const Config *config) {
    const CloneTraits *clones = config->cells.clones;
    double others = 0;
    for (int i = 1; i < config->cells.clone_count; i++) {
        REQUIRE(!isnan(clones[i].fraction), STATUS_BAD_INPUT,
                CONFIG_CLONES_PATH
                "[%d].fraction: auto; only the first clone takes what is left, give a number",
                i);
        others += clones[i].fraction;
    }
    REQUIRE(others <= 1 + 1e-9, STATUS_BAD_INPUT,
            CONFIG_CLONES_PATH ": fractions sum to %.10g; give at most 1 in all", others);
    REQUIRE(isnan(clones[0].fraction) || fabs(clones[0].fraction + others - 1) <= 1e-9, STATUS_BAD_INPUT,
            CONFIG_CLONES_PATH ": fractions sum to %.10g, not 1; leave the first clone's out",
            clones[0].fraction + others);
    return STATUS_OK;
}

static Status check_loss(const Config *config) {
    if (config->cells.blast.cd22_loss_per_division == 0) return STATUS_OK;
    for (int i = 0; i < config->cells.clone_count; i++)
        if (strcmp(config->cells.clones[i].name, "cd22-loss") == 0) return STATUS_OK;
    return status_set(STATUS_BAD_INPUT,
                      "cells.blast.cd22_loss_per_division: no clone to mutate to; list a clone named "
                      "cd22-loss under " CONFIG_CLONES_PATH);
}

static Status check_multiple(const char *key, double every_h, double dt_h) {
    double steps = every_h / dt_h, whole = round(steps);
    REQUIRE(whole >= 1 && fabs(steps - whole) <= 1e-9 * whole, STATUS_BAD_INPUT,
            "%s: %.10g h is not a multiple of dt_h, %.10g h; give a multiple", key, every_h, dt_h);
    return STATUS_OK;
}

static Status check_intervals(const Config *config) {
    double dt_h = config->simulation.dt_h, snapshots_h = 24 * config->output.snapshot_every_days;
    TRY(check_multiple("simulation.output_every_h", config->simulation.output_every_h, dt_h));
    return snapshots_h > 0 ? check_multiple("output.snapshot_every_days", snapshots_h, dt_h) : STATUS_OK;
}

static Status check_readable(const char *key, const char *path, const char *remedy) {
    struct stat info;
    bool found = stat(path, &info) == 0 && access(path, R_OK) == 0;
    REQUIRE(found, STATUS_BAD_INPUT, "%s: \"%s\" cannot be read: %s; %s", key, path, strerror(errno), remedy);
    REQUIRE(!S_ISDIR(info.st_mode), STATUS_BAD_INPUT, "%s: \"%s\" is a folder; %s", key, path, remedy);
    return STATUS_OK;
}

static Status check_dosing(const Config *config) {
    bool gives = config->dosing.file[0] || strcmp(config->dosing.regimen, "none") != 0;
    REQUIRE(config->drug.pk != PK_CONSTANT || !gives, STATUS_BAD_INPUT,
            "drug.pk: constant takes no doses; set dosing.regimen to none, or drug.pk to mechanistic");
    const char *regimen = config->dosing.regimen, *file = config->dosing.file;
    if (strcmp(regimen, "label") != 0 && strcmp(regimen, "none") != 0)
        TRY(check_readable("dosing.regimen", regimen, "give label, none or a regimen file"));
    return *file ? check_readable("dosing.file", file, "give a dosing table in NONMEM form") : STATUS_OK;
}

/* Rules act at visits, and there are none without the clinic. */
static Status check_policy(const Config *config) {
    const char *rules = config->policy.rules, *others = config->policy.chemo_rules,
               *next = config->chemo.next_regimen;
    bool enabled = config->clinic.enabled;
    REQUIRE(enabled || !config->policy.supportive_care, STATUS_BAD_INPUT,
            "policy.supportive_care: true, but clinic.enabled is false; set it to true, or this to false");
    REQUIRE(enabled || strcmp(rules, "none") == 0, STATUS_BAD_INPUT,
            "policy.rules: %s, but clinic.enabled is false; set it to true, or this to none", rules);
    REQUIRE(rules[0], STATUS_BAD_INPUT, "policy.rules: empty; give none, label, cautious or a file of rules");
    REQUIRE(enabled || strcmp(others, "none") == 0, STATUS_BAD_INPUT,
            "policy.chemo_rules: %s, but clinic.enabled is false; set it to true, or this to none", others);
    REQUIRE(others[0], STATUS_BAD_INPUT,
            "policy.chemo_rules: empty; give none, chemotherapy or a file of rules");
    REQUIRE(enabled || strcmp(next, "none") == 0, STATUS_BAD_INPUT,
            "chemo.next_regimen: %s, but clinic.enabled is false; set it to true, or this to none", next);
    return STATUS_OK;
}

Status config_check(const Config *config) {
    TRY(check_policy(config));
    TRY(check_names(config));
    TRY(check_fractions(config));
    TRY(check_loss(config));
    TRY(check_intervals(config));
    return check_dosing(config);
}
