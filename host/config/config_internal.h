/* Inside the config module: names of keys, single values, and a parsed YAML file. */
#ifndef MARROW_CONFIG_INTERNAL_H
#define MARROW_CONFIG_INTERNAL_H

#include "config/config.h"
#include "config/config_tree.h"

#define CONFIG_CLONES_PATH "cells.blast.clones"

enum {
    CONFIG_PATH = 4096,     /* room for a file's path */
    CONFIG_KEY_PATH = 256,  /* room for a key's dotted name */
    CONFIG_VALUE = 2 * 256, /* room for any value as YAML: text at most doubles by escapes */
};

/* A table of keys and the struct their offsets point into. */
typedef struct ConfigScope {
    void *base;
    const ConfigKey *keys;
    size_t count;
} ConfigScope;

/* config_value.c: one value of one key */

/* Parses `value` by the key's type and range and stores it at `base` + offset. */
Status config_store(void *base, const ConfigKey *key, const char *value, const ConfigPlace *place);

/* The value as YAML that config_store reads back to the same bits. */
void config_format(const void *base, const ConfigKey *key, char out[CONFIG_VALUE]);

/* Double quotes, with escapes; `out` must have room for twice the text and three more. */
void config_quote(const char *text, char *out);

/* What the key takes: "a number from 0.001 to 10", "true or false", "one of male, female". */
void config_allowed(const ConfigKey *key, char *out, size_t size);

/* config_names.c: which keys there are */

ConfigScope config_scope(Config *config);
ConfigScope config_clone_scope(CloneTraits *clone);

/* The key with this dotted name, or NULL. */
const ConfigKey *config_find(const ConfigScope *scope, const char *path);

/* Whether some key lies below this dotted name. */
bool config_is_section(const ConfigScope *scope, const char *path);

/* What stands after the last dot. */
const char *config_leaf(const char *path);

/* Records `unknown key`, with the nearest known name where one is near; returns STATUS_BAD_INPUT. */
Status config_unknown(const char *path, const ConfigPlace *place);

/* config_yaml.c: what a config's tree says */

/* The value of `extends:` and its place; "" if there is none. */
Status config_tree_extends(ConfigTree *tree, char value[CONFIG_TEXT], ConfigPlace *place);

/* Stores every value of the tree. Files of doses and rules named relative to `folder` ("" or ending in '/')
 * are looked for there first; NULL: there is no folder. */
Status config_tree_apply(ConfigTree *tree, const char *folder, Config *config);

#endif
