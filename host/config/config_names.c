/* Names of keys: finding one, and the nearest one when there is none. */
#include <string.h>

#include "base/text.h"
#include "config/config_internal.h"

ConfigScope config_scope(Config *config) {
    return (ConfigScope){config, config_keys, config_key_count};
}

ConfigScope config_clone_scope(CloneTraits *clone) {
    return (ConfigScope){clone, config_clone_keys, config_clone_key_count};
}

const ConfigKey *config_find(const ConfigScope *scope, const char *path) {
    for (size_t i = 0; i < scope->count; i++)
        if (strcmp(scope->keys[i].path, path) == 0) return &scope->keys[i];
    return NULL;
}

bool config_is_section(const ConfigScope *scope, const char *path) {
    size_t length = strlen(path);
    for (size_t i = 0; i < scope->count; i++)
        if (strncmp(scope->keys[i].path, path, length) == 0 && scope->keys[i].path[length] == '.')
            return true;
    return false;
}

const char *config_leaf(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

/* The best name so far. `score` decides, `distance` breaks ties. */
typedef struct Nearest {
    const char *wanted;
    char name[CONFIG_KEY_PATH];
    size_t score, distance;
} Nearest;

/* "drug.kon" was cut short of "drug.kon_per_nm_h"; "drug" was not. */
static bool is_cut_short(const char *wanted, const char *name) {
    size_t length = strlen(wanted);
    return strncmp(name, wanted, length) == 0 && strchr(name + length, '.') == NULL;
}

/* The right name in the wrong section, or cut short, counts as one slip. */
static void consider(Nearest *nearest, const char *name, size_t length) {
    if (length >= CONFIG_KEY_PATH) return;
    const char *wanted = nearest->wanted;
    size_t distance = text_distance(wanted, name, length), score = distance;
    bool is_key = name[length] == '\0', same_leaf = strcmp(config_leaf(name), config_leaf(wanted)) == 0;
    if (is_key && (same_leaf || is_cut_short(wanted, name))) score = score < 1 ? score : 1;
    if (score > nearest->score || (score == nearest->score && distance >= nearest->distance)) return;
    nearest->score = score;
    nearest->distance = distance;
    memcpy(nearest->name, name, length);
    nearest->name[length] = '\0';
}

static void consider_keys(Nearest *nearest, const ConfigKey *keys, size_t count) {
    for (size_t i = 0; i < count; i++) consider(nearest, keys[i].path, strlen(keys[i].path));
}

/* Every part of a key's name that ends before a dot. */
static void consider_sections(Nearest *nearest) {
    for (size_t i = 0; i < config_key_count; i++)
        for (const char *dot = strchr(config_keys[i].path, '.'); dot; dot = strchr(dot + 1, '.'))
            consider(nearest, config_keys[i].path, (size_t)(dot - config_keys[i].path));
}

Status config_unknown(const char *path, const ConfigPlace *place) {
    Nearest nearest = {.wanted = path, .name = "", .score = (size_t)-1, .distance = (size_t)-1};
    consider_keys(&nearest, config_keys, config_key_count);
    consider_keys(&nearest, config_clone_keys, config_clone_key_count);
    consider_sections(&nearest);
    consider(&nearest, CONFIG_CLONES_PATH, strlen(CONFIG_CLONES_PATH));
    consider(&nearest, "extends", strlen("extends"));
    const ConfigShown shown = config_shown(path);
    if (nearest.score > 2 + strlen(path) / 5)
        return status_set(STATUS_BAD_INPUT, "%s: unknown key \"%s\"; `marrow check --schema` lists all keys",
                          place->text, shown.text);
    return status_set(STATUS_BAD_INPUT, "%s: unknown key \"%s\"; did you mean %s?", place->text, shown.text,
                      nearest.name);
}
