/* A config file: the walk through its tree that stores its values. */
#include <string.h>
#include <unistd.h>

#include "config/config_internal.h"

typedef struct Walk {
    ConfigTree *tree;
    const char *folder;
    Config *config;
} Walk;

/* Nothing after the colon: a section whose lines are all commented out. */
static bool is_empty(const yaml_node_t *node) {
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0 &&
           node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* A scalar may hold a NUL written as an escape; no value of ours may. */
static Status check_scalar(Walk *walk, const yaml_node_t *node, const char *path) {
    const ConfigPlace place = config_tree_place(walk->tree, node);
    REQUIRE(node->type == YAML_SCALAR_NODE, STATUS_BAD_INPUT,
            "%s: %s takes one value, not a %s; write `%s: value`", place.text, path,
            node->type == YAML_SEQUENCE_NODE ? "list" : "section", config_leaf(path));
    REQUIRE(strlen(config_tree_text(node)) == node->data.scalar.length, STATUS_BAD_INPUT,
            "%s: %s holds a NUL character; remove it", place.text, path);
    return STATUS_OK;
}

/* The dotted name of the key node below `section`. In a file every name stands on its own line. */
static Status join_name(Walk *walk, const char *section, const yaml_node_t *key, char path[CONFIG_KEY_PATH]) {
    const ConfigPlace place = config_tree_place(walk->tree, key);
    REQUIRE(config_tree_is_text(key), STATUS_BAD_INPUT, "%s: a key must be a name; write `key: value`",
            place.text);
    const char *name = config_tree_text(key);
    REQUIRE(
        strchr(name, '.') == NULL, STATUS_BAD_INPUT,
        "%s: key \"%s\" has dots; in a file write each part on its own line, indented below the one before",
        place.text, config_shown(name).text);
    int length = snprintf(path, CONFIG_KEY_PATH, "%s%s%s", section, *section ? "." : "", name);
    return length < CONFIG_KEY_PATH ? STATUS_OK : config_unknown(config_shown(name).text, &place);
}

static Status check_once(Walk *walk, const yaml_node_t *mapping, const yaml_node_pair_t *pair,
                         const char *path) {
    const yaml_node_t *earlier = config_tree_earlier(walk->tree, mapping, pair);
    REQUIRE(!earlier, STATUS_BAD_INPUT, "%s: %s is given twice, first on line %zu; keep one",
            config_tree_place(walk->tree, config_tree_node(walk->tree, pair->key)).text, path,
            earlier->start_mark.line + 1);
    return STATUS_OK;
}

static bool names_file(const char *path, const char *value) {
    if (strcmp(path, "dosing.file") == 0) return *value != '\0';
    if (strcmp(path, "policy.rules") == 0 || strcmp(path, "policy.chemo_rules") == 0 ||
        strcmp(path, "chemo.next_regimen") == 0)
        return strchr(value, '.') != NULL;
    return strcmp(path, "dosing.regimen") == 0 && strcmp(value, "label") != 0 && strcmp(value, "none") != 0;
}

static Status walk_value(Walk *walk, const ConfigScope *scope, const ConfigKey *key,
                         const yaml_node_t *node) {
    TRY(check_scalar(walk, node, key->path));
    const ConfigPlace place = config_tree_place(walk->tree, node);
    const char *value = config_tree_text(node);
    char beside[CONFIG_PATH];
    if (walk->folder && *value != '/' && names_file(key->path, value)) {
        int length = snprintf(beside, sizeof beside, "%s%s", walk->folder, value);
        if (length < CONFIG_PATH && access(beside, R_OK) == 0) value = beside;
    }
    return config_store(scope->base, key, value, &place);
}

static Status walk_mapping(Walk *walk, const ConfigScope *scope, const yaml_node_t *mapping,
                           const char *section);

static Status walk_section(Walk *walk, const ConfigScope *scope, const yaml_node_t *node, const char *path) {
    if (is_empty(node)) return STATUS_OK;
    REQUIRE(node->type == YAML_MAPPING_NODE, STATUS_BAD_INPUT,
            "%s: %s is a section, not a value; write its keys indented below it",
            config_tree_place(walk->tree, node).text, path);
    return walk_mapping(walk, scope, node, path);
}

static Status walk_clone(Walk *walk, const yaml_node_t *node, CloneTraits *clone) {
    REQUIRE(node->type == YAML_MAPPING_NODE, STATUS_BAD_INPUT,
            "%s: a clone is a list of traits; write `- name: main` and the others below",
            config_tree_place(walk->tree, node).text);
    const ConfigScope scope = config_clone_scope(clone);
    for (size_t i = 0; i < scope.count; i++)
        TRY(config_store(clone, &scope.keys[i], scope.keys[i].initial, &(ConfigPlace){"default"}));
    return walk_mapping(walk, &scope, node, CONFIG_CLONES_PATH "[]");
}

/* The list replaces the whole earlier one; places left over are zero. */
static Status walk_clones(Walk *walk, const yaml_node_t *node) {
    const ConfigPlace place = config_tree_place(walk->tree, node);
    REQUIRE(node->type == YAML_SEQUENCE_NODE, STATUS_BAD_INPUT,
            "%s: " CONFIG_CLONES_PATH " takes a list; write `- name: main` below it", place.text);
    const yaml_node_item_t *first = node->data.sequence.items.start;
    long count = node->data.sequence.items.top - first;
    REQUIRE(count >= 1 && count <= CONFIG_CLONES, STATUS_BAD_INPUT,
            "%s: " CONFIG_CLONES_PATH " has %ld clones; give 1 to %d", place.text, count, CONFIG_CLONES);
    memset(walk->config->cells.clones, 0, sizeof walk->config->cells.clones);
    walk->config->cells.clone_count = (int)count;
    for (long i = 0; i < count; i++)
        TRY(walk_clone(walk, config_tree_node(walk->tree, first[i]), &walk->config->cells.clones[i]));
    return STATUS_OK;
}

static Status walk_pair(Walk *walk, const ConfigScope *scope, const yaml_node_t *mapping,
                        const yaml_node_pair_t *pair, const char *section) {
    const yaml_node_t *name = config_tree_node(walk->tree, pair->key),
                      *value = config_tree_node(walk->tree, pair->value);
    char path[CONFIG_KEY_PATH];
    TRY(join_name(walk, section, name, path));
    const ConfigKey *key = config_find(scope, path);
    bool is_section = config_is_section(scope, path), is_clones = strcmp(path, CONFIG_CLONES_PATH) == 0;
    bool is_extends = strcmp(path, "extends") == 0; /* read before the walk */
    const ConfigPlace place = config_tree_place(walk->tree, name);
    if (!key && !is_section && !is_clones && !is_extends) return config_unknown(path, &place);
    TRY(check_once(walk, mapping, pair, path));
    if (key) return walk_value(walk, scope, key, value);
    if (is_clones) return walk_clones(walk, value);
    return is_section ? walk_section(walk, scope, value, path) : STATUS_OK;
}

static Status walk_mapping(Walk *walk, const ConfigScope *scope, const yaml_node_t *mapping,
                           const char *section) {
    for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++)
        TRY(walk_pair(walk, scope, mapping, pair, section));
    return STATUS_OK;
}

Status config_tree_apply(ConfigTree *tree, const char *folder, Config *config) {
    Walk walk = {tree, folder, config};
    const ConfigScope scope = config_scope(config);
    const yaml_node_t *root = yaml_document_get_root_node(&tree->document);
    if (root == NULL || is_empty(root)) return STATUS_OK;
    REQUIRE(root->type == YAML_MAPPING_NODE, STATUS_BAD_INPUT,
            "%s: a config is made of sections; write `drug:` and its keys indented below it",
            config_tree_place(tree, root).text);
    return walk_mapping(&walk, &scope, root, "");
}

Status config_tree_extends(ConfigTree *tree, char value[CONFIG_TEXT], ConfigPlace *place) {
    Walk walk = {.tree = tree};
    const yaml_node_t *root = yaml_document_get_root_node(&tree->document);
    value[0] = '\0';
    if (root == NULL || root->type != YAML_MAPPING_NODE) return STATUS_OK;
    for (const yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = config_tree_node(tree, p->key), *node = config_tree_node(tree, p->value);
        if (key->type != YAML_SCALAR_NODE || strcmp(config_tree_text(key), "extends") != 0) continue;
        *place = config_tree_place(tree, node);
        TRY(check_scalar(&walk, node, "extends"));
        size_t length = node->data.scalar.length;
        REQUIRE(length > 0 && length < CONFIG_TEXT, STATUS_BAD_INPUT,
                "%s: extends takes a file name of 1 to %d bytes", place->text, CONFIG_TEXT - 1);
        memcpy(value, config_tree_text(node), length + 1);
        return STATUS_OK;
    }
    return STATUS_OK;
}
