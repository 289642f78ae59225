/* Any YAML file of the program's as libyaml's tree: configs, policies, regimens of other drugs.
 *
 * The file is read twice. The first time as events, where everything these files have no use for is
 * refused (anchors, aliases, tags, several documents, deep nesting): the tree no longer shows them.
 * The second time as a tree whose every node knows its line and column. */
#include "config/config_tree.h"

#include <stdio.h>
#include <string.h>

enum { NESTING_MAX = 8, INPUT_MAX = 1 << 20 };

static ConfigPlace place_at(const char *name, yaml_mark_t mark) {
    ConfigPlace place;
    snprintf(place.text, sizeof place.text, "%s:%zu:%zu", name, mark.line + 1, mark.column + 1);
    return place;
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

ConfigPlace config_tree_place(const ConfigTree *tree, const yaml_node_t *node) {
    return place_at(tree->name, node->start_mark);
}

ConfigPlace config_tree_place_in(const ConfigTree *tree, const yaml_node_t *node, size_t at) {
    yaml_mark_t mark = node->start_mark;
    bool plain =
        node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && node->start_mark.line == node->end_mark.line;
    if (plain) mark.column += at;
    return place_at(tree->name, mark);
}

yaml_node_t *config_tree_node(ConfigTree *tree, int index) {
    return yaml_document_get_node(&tree->document, index);
}

const char *config_tree_text(const yaml_node_t *node) {
    return (const char *)node->data.scalar.value;
}

bool config_tree_is_text(const yaml_node_t *node) {
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length > 0 &&
           strlen(config_tree_text(node)) == node->data.scalar.length;
}

Status config_tree_require_text(const ConfigTree *tree, const yaml_node_t *node, const char *what) {
    REQUIRE(config_tree_is_text(node), STATUS_BAD_INPUT, "%s: %s takes one value",
            config_tree_place(tree, node).text, what);
    return STATUS_OK;
}

Status config_tree_copy(const ConfigTree *tree, const yaml_node_t *node, const char *what, char *out,
                        size_t room) {
    size_t length = node->data.scalar.length;
    REQUIRE(length < room, STATUS_BAD_INPUT, "%s: %s takes at most %zu bytes",
            config_tree_place(tree, node).text, what, room - 1);
    memcpy(out, config_tree_text(node), length + 1);
    return STATUS_OK;
}

const yaml_node_t *config_tree_earlier(ConfigTree *tree, const yaml_node_t *mapping,
                                       const yaml_node_pair_t *pair) {
    const char *key = config_tree_text(config_tree_node(tree, pair->key));
    for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start; p < pair; p++) {
        const yaml_node_t *earlier = config_tree_node(tree, p->key);
        if (strcmp(config_tree_text(earlier), key) == 0) return earlier;
    }
    return NULL;
}
