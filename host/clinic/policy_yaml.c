/* A policy file through libyaml: a list of rules, every mistake with its line and column. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "clinic/policy_words.h"
#include "config/config_tree.h"

typedef struct PolicyReader {
    ConfigTree tree;
    Policy *out;
    int inherited; /* rules of the policy this one extends */
} PolicyReader;

/* One rule's texts as they are found, with their nodes for messages. */
typedef enum RuleKey {
    KEY_NAME,
    KEY_WHEN,
    KEY_IF,
    KEY_DO,
    KEY_UNTIL,
    KEY_BECAUSE,
    KEY_SOURCE,
    RULE_KEYS
} RuleKey;

static const char *const rule_keys[RULE_KEYS] = {"name", "when", "if", "do", "until", "because", "source"};

typedef struct RuleNodes {
    const yaml_node_t *node[RULE_KEYS];
} RuleNodes;

static ConfigPlace place_of(const PolicyReader *r, const yaml_node_t *node) {
    return config_tree_place(&r->tree, node);
}

static const char *text_of(const yaml_node_t *node) {
    return config_tree_text(node);
}

static Status copy_text(const PolicyReader *r, const yaml_node_t *node, const char *what, char *out,
                        size_t room) {
    out[0] = '\0';
    return node ? config_tree_copy(&r->tree, node, what, out, room) : STATUS_OK;
}

static Status read_expr(const PolicyReader *r, const yaml_node_t *node, Expr *out) {
    ExprError error;
    *out = (Expr){0};
    if (!node || expr_parse(out, text_of(node), &error)) return STATUS_OK;
    return status_set(STATUS_BAD_INPUT, "%s: \"%s\": %s",
                      config_tree_place_in(&r->tree, node, (size_t)error.at).text,
                      config_shown(text_of(node) + error.at).text, error.text);
}

static Status read_moment(const PolicyReader *r, const yaml_node_t *node, PolicyMoment *out) {
    TextNearest nearest = {0};
    for (int i = 0; i < MOMENTS; i++) {
        const char *name = policy_moment_name((PolicyMoment)i);
        *out = (PolicyMoment)i;
        if (strcmp(text_of(node), name) == 0) return STATUS_OK;
        text_consider(&nearest, text_of(node), name);
    }
    return status_set(STATUS_BAD_INPUT, "%s: \"%s\" is no moment; %s%s", place_of(r, node).text,
                      config_shown(text_of(node)).text,
                      nearest.name ? "did you mean " : "docs/clinic.md lists them",
                      nearest.name ? nearest.name : "");
}

/* "cytarabine 0.5": the agent whose doses are meant, before the number. Returns where the number begins. */
static const char *read_agent(const char *rest, char agent[POLICY_NAME]) {
    size_t length = strspn(rest, "abcdefghijklmnopqrstuvwxyz-");
    if (length == 0 || length >= POLICY_NAME || rest[length] != ' ') return rest;
    memcpy(agent, rest, length);
    agent[length] = '\0';
    return rest + length + 1;
}

/* What stands after the action's word. */
static Status read_amount(const PolicyReader *r, const yaml_node_t *node, const ActionWord *action,
                          const char *rest, double *out) {
    char *end = NULL;
    const ConfigPlace place = place_of(r, node);
    switch (action->takes) {
    case TAKES_NOTHING:
        REQUIRE(*rest == '\0', STATUS_BAD_INPUT, "%s: %s takes nothing more", place.text, action->word);
        return STATUS_OK;
    case TAKES_NUMBER:
        *out = strtod(rest, &end);
        REQUIRE(end != rest && *end == '\0' && *out >= action->lo && *out <= action->hi, STATUS_BAD_INPUT,
                "%s: %s takes a number from %g to %g", place.text, action->word, action->lo, action->hi);
        return STATUS_OK;
    case TAKES_RESPONSE:
        for (*out = 0; *out < RESPONSES; ++*out)
            if (strcmp(rest, response_name((int)*out)) == 0) return STATUS_OK;
        return status_set(STATUS_BAD_INPUT, "%s: %s takes NR, CRi, CRh or CR", place.text, action->word);
    case TAKES_SWITCH:
        *out = strcmp(rest, "on") == 0;
        REQUIRE(*out > 0 || strcmp(rest, "off") == 0, STATUS_BAD_INPUT, "%s: %s takes on or off", place.text,
                action->word);
        return STATUS_OK;
    }
    return STATUS_OK;
}

static Status read_action(const PolicyReader *r, const yaml_node_t *node, PolicyRule *rule) {
    const char *text = text_of(node);
    TextNearest nearest = {0};
    for (int i = 0; i < ACTIONS; i++) {
        const ActionWord *action = &policy_actions[i];
        size_t length = strlen(action->word);
        text_consider(&nearest, text, action->word);
        if (strncmp(text, action->word, length) != 0 || (text[length] != ' ' && text[length] != '\0'))
            continue;
        rule->action = (PolicyAction)i;
        text += length + (text[length] == ' ');
        if (rule->action == ACTION_REDUCE) text = read_agent(text, rule->agent);
        return read_amount(r, node, action, text, &rule->amount);
    }
    return status_set(STATUS_BAD_INPUT, "%s: \"%s\" is no action; %s%s", place_of(r, node).text,
                      config_shown(text).text, nearest.name ? "did you mean " : "docs/clinic.md lists them",
                      nearest.name ? nearest.name : "");
}

static Status unknown_key(const PolicyReader *r, const yaml_node_t *key) {
    TextNearest nearest = {0};
    for (int i = 0; i < RULE_KEYS; i++) text_consider(&nearest, text_of(key), rule_keys[i]);
    return status_set(STATUS_BAD_INPUT, "%s: a rule has no key \"%s\"; %s%s", place_of(r, key).text,
                      config_shown(text_of(key)).text,
                      nearest.name ? "did you mean " : "it has name, when, if, do, until, because, source",
                      nearest.name ? nearest.name : "");
}

static Status find_nodes(PolicyReader *r, const yaml_node_t *map, RuleNodes *out) {
    *out = (RuleNodes){0};
    REQUIRE(map->type == YAML_MAPPING_NODE, STATUS_BAD_INPUT, "%s: a rule is name, when, if, do, …",
            place_of(r, map).text);
    for (const yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = config_tree_node(&r->tree, p->key),
                          *value = config_tree_node(&r->tree, p->value);
        TRY(config_tree_require_text(&r->tree, key, "a key"));
        int k = 0;
        while (k < RULE_KEYS && strcmp(text_of(key), rule_keys[k]) != 0) k++;
        if (k == RULE_KEYS) return unknown_key(r, key);
        REQUIRE(!out->node[k], STATUS_BAD_INPUT, "%s: %s is given twice in one rule; keep one",
                place_of(r, key).text, rule_keys[k]);
        TRY(config_tree_require_text(&r->tree, value, rule_keys[k]));
        out->node[k] = value;
    }
    return STATUS_OK;
}

/* What can be done about another regimen's cycle, and when. */
static Status check_chemo(const PolicyReader *r, const RuleNodes *nodes, const PolicyRule *rule) {
    const ConfigPlace place = place_of(r, nodes->node[KEY_DO]);
    bool cycle = rule->moment == MOMENT_CHEMO_CYCLE, giving = rule->moment == MOMENT_CHEMO_GIVING,
         waits = rule->action == ACTION_HOLD || rule->action == ACTION_DELAY;
    REQUIRE(!*rule->agent || giving, STATUS_BAD_INPUT,
            "%s: one agent's doses are reduced when a regimen is given; write `when: chemo giving`",
            place.text);
    REQUIRE(!cycle || waits || rule->action == ACTION_STOP, STATUS_BAD_INPUT,
            "%s: at chemo cycle a rule can hold, delay or stop; what it does is asked again while the cycle "
            "waits",
            place.text);
    REQUIRE(!giving || rule->action == ACTION_REDUCE || rule->action == ACTION_GIVE ||
                rule->action == ACTION_WARN,
            STATUS_BAD_INPUT, "%s: at chemo giving a rule can reduce, give or warn", place.text);
    return STATUS_OK;
}

static Status check_rule(const PolicyReader *r, const RuleNodes *nodes, const PolicyRule *rule) {
    bool waits = rule->action == ACTION_HOLD || rule->action == ACTION_DELAY;
    REQUIRE(waits || !nodes->node[KEY_UNTIL], STATUS_BAD_INPUT,
            "%s: only hold and delay have an until; leave it out",
            nodes->node[KEY_UNTIL] ? place_of(r, nodes->node[KEY_UNTIL]).text : "");
    REQUIRE(strspn(rule->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(rule->name),
            STATUS_BAD_INPUT, "%s: \"%s\" is no name for a rule; use small letters, digits and -",
            place_of(r, nodes->node[KEY_NAME]).text, config_shown(rule->name).text);
    TRY(check_chemo(r, nodes, rule));
    for (int i = r->inherited; i < r->out->count; i++)
        REQUIRE(strcmp(r->out->rule[i].name, rule->name) != 0, STATUS_BAD_INPUT,
                "%s: a rule before is called %s already; give each its own name",
                place_of(r, nodes->node[KEY_NAME]).text, rule->name);
    return STATUS_OK;
}

/* Takes the place of an inherited rule of the same name, else comes last. */
static void keep_rule(PolicyReader *r, const PolicyRule *rule) {
    int i = 0;
    while (i < r->inherited && strcmp(r->out->rule[i].name, rule->name) != 0) i++;
    r->out->rule[i < r->inherited ? i : r->out->count++] = *rule;
}

static Status read_rule(PolicyReader *r, const yaml_node_t *map) {
    RuleNodes nodes;
    REQUIRE(r->out->count < POLICY_RULES, STATUS_BAD_INPUT, "%s: more than %d rules; split the policy",
            place_of(r, map).text, POLICY_RULES);
    PolicyRule own = {.amount = 0}, *rule = &own;
    TRY(find_nodes(r, map, &nodes));
    const yaml_node_t *name = nodes.node[KEY_NAME], *when = nodes.node[KEY_WHEN],
                      *action = nodes.node[KEY_DO];
    REQUIRE(name && when && action, STATUS_BAD_INPUT, "%s: the rule has no %s; add it", place_of(r, map).text,
            !name   ? "name"
            : !when ? "when"
                    : "do");
    TRY(copy_text(r, name, "name", rule->name, sizeof rule->name));
    TRY(copy_text(r, nodes.node[KEY_BECAUSE], "because", rule->because, sizeof rule->because));
    TRY(copy_text(r, nodes.node[KEY_SOURCE], "source", rule->source, sizeof rule->source));
    TRY(copy_text(r, nodes.node[KEY_IF], "if", rule->when_text, sizeof rule->when_text));
    TRY(copy_text(r, nodes.node[KEY_UNTIL], "until", rule->until_text, sizeof rule->until_text));
    TRY(read_moment(r, when, &rule->moment));
    TRY(read_action(r, action, rule));
    TRY(read_expr(r, nodes.node[KEY_IF], &rule->when));
    TRY(read_expr(r, nodes.node[KEY_UNTIL], &rule->until));
    TRY(check_rule(r, &nodes, rule));
    keep_rule(r, rule);
    return STATUS_OK;
}

/* A policy of the program, so that there is no circle. */
static Status read_extended(PolicyReader *r, const yaml_node_t *node) {
    const ConfigPlace place = place_of(r, node);
    TRY(config_tree_require_text(&r->tree, node, "extends"));
    REQUIRE(policy_is_built_in(text_of(node)) && strcmp(text_of(node), r->tree.name) != 0, STATUS_BAD_INPUT,
            "%s: \"%s\" is no policy of the program; extends takes label, cautious, chemotherapy, "
            "supportive, response, eligibility",
            place.text, config_shown(text_of(node)).text);
    uint64_t own = r->out->hash;
    TRY(policy_read(r->out, text_of(node)));
    r->out->hash = r->out->hash * 0x100000001b3u ^ own;
    r->inherited = r->out->count;
    return STATUS_OK;
}

static Status read_list(PolicyReader *r, const yaml_node_t *list) {
    REQUIRE(list->type == YAML_SEQUENCE_NODE, STATUS_BAD_INPUT,
            "%s: rules is a list; write one `- name: …` a rule", place_of(r, list).text);
    for (const yaml_node_item_t *i = list->data.sequence.items.start; i < list->data.sequence.items.top; i++)
        TRY(read_rule(r, config_tree_node(&r->tree, *i)));
    return STATUS_OK;
}

static Status read_root(PolicyReader *r) {
    const yaml_node_t *root = yaml_document_get_root_node(&r->tree.document), *list = NULL;
    REQUIRE(root && root->type == YAML_MAPPING_NODE, STATUS_BAD_INPUT,
            "%s: no list of rules; write `rules:` and one `- name: …` a rule", r->tree.name);
    for (const yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = config_tree_node(&r->tree, p->key),
                          *value = config_tree_node(&r->tree, p->value);
        TRY(config_tree_require_text(&r->tree, key, "a key"));
        bool extends = strcmp(text_of(key), "extends") == 0, rules = strcmp(text_of(key), "rules") == 0;
        REQUIRE((extends && !list && r->inherited == 0) || (rules && !list), STATUS_BAD_INPUT,
                "%s: a policy is `extends:` or nothing, then `rules:`, each once", place_of(r, key).text);
        if (extends) TRY(read_extended(r, value));
        if (rules) list = value;
    }
    REQUIRE(list, STATUS_BAD_INPUT, "%s: no list of rules; write `rules:` and one `- name: …` a rule",
            r->tree.name);
    return read_list(r, list);
}

static uint64_t hash_of(const char *text, size_t length) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return hash;
}

Status policy_read_text(Policy *out, const char *name, const char *text, size_t length) {
    PolicyReader reader = {.out = out};
    *out = (Policy){.hash = hash_of(text, length)};
    TRY(config_tree_open(&reader.tree, name, text, length));
    Status status = read_root(&reader);
    config_tree_close(&reader.tree);
    return status;
}
