/* A config file as libyaml's tree, and the walk that stores its values.
 *
 * The file is read twice. The first time as events, where everything a config has no use for is
 * refused (anchors, aliases, tags, several documents, deep nesting): the tree no longer shows them.
 * The second time as a tree whose every node knows its line and column. */
#include <string.h>
#include <unistd.h>

#include "config/config_internal.h"

enum { NESTING_MAX = 8, INPUT_MAX = 1 << 20 };

static ConfigPlace place_at(const char *name, yaml_mark_t mark) {
    ConfigPlace place;
    snprintf(place.text, sizeof place.text, "%s:%zu:%zu", name, mark.line + 1, mark.column + 1);
    return place;
}

static ConfigPlace place_of(const ConfigTree *tree, const yaml_node_t *node) {
    return place_at(tree->name, node->start_mark);
}

/* Where a byte stands; libyaml gives only the offset when it cannot decode the input. */
static yaml_mark_t mark_of_byte(const char *text, size_t length, size_t offset) {
    yaml_mark_t mark = {0};
    for (; mark.index < offset && mark.index < length; mark.index++) {
        bool line_end = text[mark.index] == '\n';
        mark.line += line_end;
        mark.column = line_end ? 0 : mark.column + 1;
    }
    return mark;
}

static Status syntax_error(const yaml_parser_t *parser, const char *name, const char *text, size_t length) {
    const char *problem = parser->problem ? parser->problem : "not valid";
    REQUIRE(parser->error != YAML_MEMORY_ERROR, STATUS_FAILED, "%s: out of memory while reading YAML", name);
    if (parser->error == YAML_READER_ERROR)
        return status_set(STATUS_BAD_INPUT, "%s: not text: %s; save the file as UTF-8",
                          place_at(name, mark_of_byte(text, length, parser->problem_offset)).text, problem);
    return status_set(STATUS_BAD_INPUT, "%s: not YAML: %s%s%s; write `key: value` and indent with spaces",
                      place_at(name, parser->problem_mark).text, problem, parser->context ? ", " : "",
                      parser->context ? parser->context : "");
}

/* What the events so far amount to. */
typedef struct Guard {
    const char *name;
    int documents, depth;
} Guard;

static Status check_properties(const yaml_char_t *anchor, const yaml_char_t *tag, const ConfigPlace *place) {
    REQUIRE(anchor == NULL, STATUS_BAD_INPUT,
            "%s: anchors are not used here; remove &%s and write the value out", place->text,
            config_shown((const char *)anchor).text);
    REQUIRE(tag == NULL, STATUS_BAD_INPUT, "%s: tags are not used here; remove %s", place->text,
            config_shown((const char *)tag).text);
    return STATUS_OK;
}

static Status check_opening(Guard *guard, const yaml_char_t *anchor, const yaml_char_t *tag,
                            const ConfigPlace *place) {
    REQUIRE(++guard->depth <= NESTING_MAX, STATUS_BAD_INPUT,
            "%s: nested deeper than %d levels; keys lie at most 4 deep", place->text, NESTING_MAX);
    return check_properties(anchor, tag, place);
}

static Status check_event(Guard *guard, const yaml_event_t *event) {
    const ConfigPlace place = place_at(guard->name, event->start_mark);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        REQUIRE(++guard->documents == 1, STATUS_BAD_INPUT,
                "%s: a second document starts; one file is one config, split it", place.text);
        return STATUS_OK;
    case YAML_ALIAS_EVENT:
        return status_set(STATUS_BAD_INPUT, "%s: aliases are not used here; write the value of *%s out",
                          place.text, config_shown((const char *)event->data.alias.anchor).text);
    case YAML_SCALAR_EVENT:
        return check_properties(event->data.scalar.anchor, event->data.scalar.tag, &place);
    case YAML_SEQUENCE_START_EVENT:
        return check_opening(guard, event->data.sequence_start.anchor, event->data.sequence_start.tag,
                             &place);
    case YAML_MAPPING_START_EVENT:
        return check_opening(guard, event->data.mapping_start.anchor, event->data.mapping_start.tag, &place);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: guard->depth--; return STATUS_OK;
    default: return STATUS_OK;
    }
}

static Status check_events(yaml_parser_t *parser, const char *name, const char *text, size_t length) {
    Guard guard = {.name = name};
    for (bool ended = false; !ended;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) return syntax_error(parser, name, text, length);
        Status status = check_event(&guard, &event);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        TRY(status);
    }
    return STATUS_OK;
}

static Status load_document(yaml_parser_t *parser, ConfigTree *tree, const char *text, size_t length) {
    return yaml_parser_load(parser, &tree->document) ? STATUS_OK
                                                     : syntax_error(parser, tree->name, text, length);
}

Status config_tree_open(ConfigTree *tree, const char *name, const char *text, size_t length) {
    yaml_parser_t events, nodes;
    tree->name = name;
    REQUIRE(length <= INPUT_MAX, STATUS_BAD_INPUT, "%s: longer than %d bytes; a config is a few kilobytes",
            name, INPUT_MAX);
    REQUIRE(yaml_parser_initialize(&events), STATUS_FAILED, "%s: out of memory", name);
    yaml_parser_set_input_string(&events, (const unsigned char *)text, length);
    Status status = check_events(&events, name, text, length);
    yaml_parser_delete(&events);
    TRY(status);

    REQUIRE(yaml_parser_initialize(&nodes), STATUS_FAILED, "%s: out of memory", name);
    yaml_parser_set_input_string(&nodes, (const unsigned char *)text, length);
    status = load_document(&nodes, tree, text, length);
    yaml_parser_delete(&nodes);
    return status;
}

void config_tree_close(ConfigTree *tree) {
    yaml_document_delete(&tree->document);
}

/* --- the walk --- */

typedef struct Walk {
    ConfigTree *tree;
    const char *folder;
    Config *config;
} Walk;

static yaml_node_t *node_at(ConfigTree *tree, int index) {
    return yaml_document_get_node(&tree->document, index);
}

static const char *scalar_text(const yaml_node_t *node) {
    return (const char *)node->data.scalar.value;
}

/* Nothing after the colon: a section whose lines are all commented out. */
static bool is_empty(const yaml_node_t *node) {
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0 &&
           node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* A scalar may hold a NUL written as an escape; no value of ours may. */
static Status check_scalar(Walk *walk, const yaml_node_t *node, const char *path) {
    const ConfigPlace place = place_of(walk->tree, node);
    REQUIRE(node->type == YAML_SCALAR_NODE, STATUS_BAD_INPUT,
            "%s: %s takes one value, not a %s; write `%s: value`", place.text, path,
            node->type == YAML_SEQUENCE_NODE ? "list" : "section", config_leaf(path));
    REQUIRE(strlen(scalar_text(node)) == node->data.scalar.length, STATUS_BAD_INPUT,
            "%s: %s holds a NUL character; remove it", place.text, path);
    return STATUS_OK;
}

/* The dotted name of the key node below `section`. In a file every name stands on its own line. */
static Status join_name(Walk *walk, const char *section, const yaml_node_t *key, char path[CONFIG_KEY_PATH]) {
    const ConfigPlace place = place_of(walk->tree, key);
    REQUIRE(key->type == YAML_SCALAR_NODE && key->data.scalar.length > 0 &&
                strlen(scalar_text(key)) == key->data.scalar.length,
            STATUS_BAD_INPUT, "%s: a key must be a name; write `key: value`", place.text);
    const char *name = scalar_text(key);
    REQUIRE(
        strchr(name, '.') == NULL, STATUS_BAD_INPUT,
        "%s: key \"%s\" has dots; in a file write each part on its own line, indented below the one before",
        place.text, config_shown(name).text);
    int length = snprintf(path, CONFIG_KEY_PATH, "%s%s%s", section, *section ? "." : "", name);
    return length < CONFIG_KEY_PATH ? STATUS_OK : config_unknown(config_shown(name).text, &place);
}

/* Known names are few, so looking back over the earlier pairs is cheap. */
static Status check_once(Walk *walk, const yaml_node_t *mapping, const yaml_node_pair_t *pair,
                         const char *path) {
    const yaml_node_t *key = node_at(walk->tree, pair->key);
    for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start; p < pair; p++) {
        const yaml_node_t *earlier = node_at(walk->tree, p->key);
        REQUIRE(strcmp(scalar_text(earlier), scalar_text(key)) != 0, STATUS_BAD_INPUT,
                "%s: %s is given twice, first on line %zu; keep one", place_of(walk->tree, key).text, path,
                earlier->start_mark.line + 1);
    }
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
    const ConfigPlace place = place_of(walk->tree, node);
    const char *value = scalar_text(node);
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
            place_of(walk->tree, node).text, path);
    return walk_mapping(walk, scope, node, path);
}

static Status walk_clone(Walk *walk, const yaml_node_t *node, CloneTraits *clone) {
    REQUIRE(node->type == YAML_MAPPING_NODE, STATUS_BAD_INPUT,
            "%s: a clone is a list of traits; write `- name: main` and the others below",
            place_of(walk->tree, node).text);
    const ConfigScope scope = config_clone_scope(clone);
    for (size_t i = 0; i < scope.count; i++)
        TRY(config_store(clone, &scope.keys[i], scope.keys[i].initial, &(ConfigPlace){"default"}));
    return walk_mapping(walk, &scope, node, CONFIG_CLONES_PATH "[]");
}

/* The list replaces the whole earlier one; places left over are zero. */
static Status walk_clones(Walk *walk, const yaml_node_t *node) {
    const ConfigPlace place = place_of(walk->tree, node);
    REQUIRE(node->type == YAML_SEQUENCE_NODE, STATUS_BAD_INPUT,
            "%s: " CONFIG_CLONES_PATH " takes a list; write `- name: main` below it", place.text);
    const yaml_node_item_t *first = node->data.sequence.items.start;
    long count = node->data.sequence.items.top - first;
    REQUIRE(count >= 1 && count <= CONFIG_CLONES, STATUS_BAD_INPUT,
            "%s: " CONFIG_CLONES_PATH " has %ld clones; give 1 to %d", place.text, count, CONFIG_CLONES);
    memset(walk->config->cells.clones, 0, sizeof walk->config->cells.clones);
    walk->config->cells.clone_count = (int)count;
    for (long i = 0; i < count; i++)
        TRY(walk_clone(walk, node_at(walk->tree, first[i]), &walk->config->cells.clones[i]));
    return STATUS_OK;
}

static Status walk_pair(Walk *walk, const ConfigScope *scope, const yaml_node_t *mapping,
                        const yaml_node_pair_t *pair, const char *section) {
    const yaml_node_t *name = node_at(walk->tree, pair->key), *value = node_at(walk->tree, pair->value);
    char path[CONFIG_KEY_PATH];
    TRY(join_name(walk, section, name, path));
    const ConfigKey *key = config_find(scope, path);
    bool is_section = config_is_section(scope, path), is_clones = strcmp(path, CONFIG_CLONES_PATH) == 0;
    bool is_extends = strcmp(path, "extends") == 0; /* read before the walk */
    const ConfigPlace place = place_of(walk->tree, name);
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
            place_of(tree, root).text);
    return walk_mapping(&walk, &scope, root, "");
}

Status config_tree_extends(ConfigTree *tree, char value[CONFIG_TEXT], ConfigPlace *place) {
    Walk walk = {.tree = tree};
    const yaml_node_t *root = yaml_document_get_root_node(&tree->document);
    value[0] = '\0';
    if (root == NULL || root->type != YAML_MAPPING_NODE) return STATUS_OK;
    for (const yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = node_at(tree, p->key), *node = node_at(tree, p->value);
        if (key->type != YAML_SCALAR_NODE || strcmp(scalar_text(key), "extends") != 0) continue;
        *place = place_of(tree, node);
        TRY(check_scalar(&walk, node, "extends"));
        size_t length = node->data.scalar.length;
        REQUIRE(length > 0 && length < CONFIG_TEXT, STATUS_BAD_INPUT,
                "%s: extends takes a file name of 1 to %d bytes", place->text, CONFIG_TEXT - 1);
        memcpy(value, scalar_text(node), length + 1);
        return STATUS_OK;
    }
    return STATUS_OK;
}
