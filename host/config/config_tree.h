/* A YAML file whose every node knows its place, for readers that name line and column of each mistake. */
#ifndef MARROW_CONFIG_TREE_H
#define MARROW_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include <yaml.h>

#include "base/status.h"

/* "file:line:col" or "--set key=value": the place a message starts with. Longer ones are cut. */
typedef struct ConfigPlace {
    char text[512];
} ConfigPlace;

/* User's text made fit for a message: one line, cut when long. */
typedef struct ConfigShown {
    char text[72];
} ConfigShown;

ConfigShown config_shown(const char *text);

/* Starts zeroed; close accepts any state. */
typedef struct ConfigTree {
    const char *name; /* for messages */
    yaml_document_t document;
} ConfigTree;

/* Errors: STATUS_BAD_INPUT with `name:line:col: what; remedy` for what is no YAML, for anchors, aliases,
 * tags, a second document, nesting deeper than 8, more than 1 MiB; STATUS_FAILED for memory. */
Status config_tree_open(ConfigTree *tree, const char *name, const char *text, size_t length);
void config_tree_close(ConfigTree *tree);

ConfigPlace config_tree_place(const ConfigTree *tree, const yaml_node_t *node);
/* Byte `at` of a text; where the node begins, unless the text stands on one line without quotes. */
ConfigPlace config_tree_place_in(const ConfigTree *tree, const yaml_node_t *node, size_t at);

yaml_node_t *config_tree_node(ConfigTree *tree, int index);

/* Of a scalar. */
const char *config_tree_text(const yaml_node_t *node);
/* One value that is not empty and holds no NUL. */
bool config_tree_is_text(const yaml_node_t *node);

/* STATUS_BAD_INPUT: "place: `what` takes one value". */
Status config_tree_require_text(const ConfigTree *tree, const yaml_node_t *node, const char *what);
/* A text into `room` bytes; STATUS_BAD_INPUT if it is longer. */
Status config_tree_copy(const ConfigTree *tree, const yaml_node_t *node, const char *what, char *out,
                        size_t room);

/* The key before `pair` that has its name, or NULL. Keys are few, so looking back is cheap. */
const yaml_node_t *config_tree_earlier(ConfigTree *tree, const yaml_node_t *mapping,
                                       const yaml_node_pair_t *pair);

#endif
