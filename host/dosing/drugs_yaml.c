/* A regimen's file through libyaml: its agents, every mistake with its line and column. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/built_in.h"
#include "base/text.h"
#include "config/config_tree.h"
#include "dosing/drugs.h"

typedef struct DrugReader {
    ConfigTree tree;
    DrugRegimen *out;
} DrugReader;

typedef enum ValueType { TYPE_NAME, TYPE_TEXT, TYPE_REAL, TYPE_COUNT, TYPE_DAYS, TYPE_TURN } ValueType;

typedef struct DrugKey {
    const char *name;
    ValueType type;
    size_t offset;
    double lo, hi;
} DrugKey;

#define REGIMEN(member) offsetof(DrugRegimen, member)
#define AGENT(member) offsetof(DrugAgent, member)

static const DrugKey regimen_keys[] = {
    {"name", TYPE_NAME, REGIMEN(name), 0, 0},
    {"cycle_days", TYPE_REAL, REGIMEN(cycle_d), 1, 365},
    {"start_day", TYPE_REAL, REGIMEN(start_d), 1, 3650},
    {"cycles", TYPE_COUNT, REGIMEN(cycles), 1, DRUG_CYCLES},
};

static const DrugKey agent_keys[] = {
    {"name", TYPE_NAME, AGENT(name), 0, 0},
    {"dose", TYPE_NAME, AGENT(dose), 0, 0},
    {"days", TYPE_DAYS, 0, 0, 0},
    {"cycles", TYPE_TURN, AGENT(turn), 0, 0},
    {"hours", TYPE_REAL, AGENT(hours), 0.01, 2400},
    {"half_life_h", TYPE_REAL, AGENT(half_life_h), 0.1, 2400},
    {"log_kill", TYPE_REAL, AGENT(log_kill), 0, 20},
    {"cycling", TYPE_REAL, AGENT(cycling), 0, 1},
    {"blood_log_kill", TYPE_REAL, AGENT(blood_log_kill), 0, 20},
    {"b_cell_log_kill", TYPE_REAL, AGENT(b_cell_log_kill), 0, 20},
    {"lymphocyte_log_kill", TYPE_REAL, AGENT(lymphocyte_log_kill), 0, 20},
    {"marrow_toxicity", TYPE_REAL, AGENT(marrow_toxicity), 0, 100},
    {"hepatocyte_toxicity", TYPE_REAL, AGENT(hepatocyte_toxicity), 0, 100},
    {"mucosa", TYPE_REAL, AGENT(mucosa), 0, 100},
    {"g_csf", TYPE_COUNT, AGENT(g_csf), 0, 1},
    {"source", TYPE_TEXT, AGENT(source), 0, 0},
};

static ConfigPlace place_of(const DrugReader *r, const yaml_node_t *node) {
    return config_tree_place(&r->tree, node);
}

static const char *text_of(const yaml_node_t *node) {
    return config_tree_text(node);
}

static Status read_number(const DrugReader *r, const yaml_node_t *node, const DrugKey *key, double *out) {
    char *end;
    *out = strtod(text_of(node), &end);
    bool whole = key->type == TYPE_REAL || *out == floor(*out);
    REQUIRE(end != text_of(node) && *end == '\0' && *out >= key->lo && *out <= key->hi && whole,
            STATUS_BAD_INPUT, "%s: \"%s\" will not do for %s; it takes a%s number from %g to %g",
            place_of(r, node).text, config_shown(text_of(node)).text, key->name,
            key->type == TYPE_COUNT ? " whole" : "", key->lo, key->hi);
    return STATUS_OK;
}

/* "1-6", "1.5", "1, 3, 5-7.5 by 0.5": days from 1, a dose on each, on every day of a range, or every `by`
 * days. */
static bool read_range(const char **at, double *first, double *last, double *by) {
    char *end;
    *first = *last = strtod(*at, &end);
    *by = 1;
    if (end == *at) return false;
    *at = end + strspn(end, " ");
    if (**at == '-') *last = strtod(*at + 1, &end), *at = end + strspn(end, " ");
    if (strncmp(*at, "by ", 3) == 0) *by = strtod(*at + 3, &end), *at = end + strspn(end, " ");
    if (**at == ',') *at += 1 + strspn(*at + 1, " ");
    return *first >= 1 && *last >= *first && *last <= 366 && *by >= 0.01;
}

static Status read_days(const DrugReader *r, const yaml_node_t *node, DrugAgent *agent) {
    const char *at = text_of(node);
    while (*at) {
        double first, last, by;
        REQUIRE(read_range(&at, &first, &last, &by), STATUS_BAD_INPUT,
                "%s: \"%s\" is no list of days; write 1-6, or 1, 3, 5, or 1-3 by 0.5", place_of(r, node).text,
                config_shown(text_of(node)).text);
        for (int i = 0; first + i * by <= last + 1e-9; i++) {
            REQUIRE(agent->doses < DRUG_DOSES, STATUS_BAD_INPUT, "%s: more than %d doses in a cycle",
                    place_of(r, node).text, DRUG_DOSES);
            agent->dose_h[agent->doses++] = 24 * (first + i * by - 1);
        }
    }
    return STATUS_OK;
}

static Status read_turn(const DrugReader *r, const yaml_node_t *node, int *out) {
    static const char *const turns[] = {"all", "odd", "even"};
    for (*out = TURN_EVERY; *out <= TURN_EVEN; ++*out)
        if (strcmp(text_of(node), turns[*out]) == 0) return STATUS_OK;
    return status_set(STATUS_BAD_INPUT,
                      "%s: \"%s\" will not do for the cycles of an agent; write all, odd or even",
                      place_of(r, node).text, config_shown(text_of(node)).text);
}

static Status read_value(const DrugReader *r, const yaml_node_t *node, const DrugKey *key, void *base) {
    double number = 0;
    void *field = (char *)base + key->offset;
    TRY(config_tree_require_text(&r->tree, node, key->name));
    switch (key->type) {
    case TYPE_NAME:
    case TYPE_TEXT:
        return config_tree_copy(&r->tree, node, key->name, field,
                                key->type == TYPE_NAME ? DRUG_NAME : DRUG_TEXT);
    case TYPE_DAYS: return read_days(r, node, base);
    case TYPE_TURN: return read_turn(r, node, field);
    case TYPE_REAL:
        TRY(read_number(r, node, key, &number));
        *(double *)field = number;
        return STATUS_OK;
    case TYPE_COUNT:
        TRY(read_number(r, node, key, &number));
        *(int *)field = (int)number;
        return STATUS_OK;
    }
    return STATUS_OK;
}

static const DrugKey *find_key(const DrugKey *keys, size_t count, const char *name, TextNearest *nearest) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i].name, name) == 0) return &keys[i];
        text_consider(nearest, name, keys[i].name);
    }
    return NULL;
}

static Status check_once(DrugReader *r, const yaml_node_t *map, const yaml_node_pair_t *pair) {
    const yaml_node_t *key = config_tree_node(&r->tree, pair->key);
    REQUIRE(!config_tree_earlier(&r->tree, map, pair), STATUS_BAD_INPUT, "%s: %s is given twice; keep one",
            place_of(r, key).text, text_of(key));
    return STATUS_OK;
}

static Status read_agent(DrugReader *r, const yaml_node_t *map) {
    REQUIRE(map->type == YAML_MAPPING_NODE, STATUS_BAD_INPUT, "%s: an agent is name, days, half_life_h, …",
            place_of(r, map).text);
    REQUIRE(r->out->agents < DRUG_AGENTS, STATUS_BAD_INPUT, "%s: more than %d agents; split the regimen",
            place_of(r, map).text, DRUG_AGENTS);
    DrugAgent *agent = &r->out->agent[r->out->agents++];
    *agent = (DrugAgent){.hours = 1, .half_life_h = 24};
    for (const yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *name = config_tree_node(&r->tree, p->key);
        TextNearest nearest = {0};
        TRY(config_tree_require_text(&r->tree, name, "a key"));
        TRY(check_once(r, map, p));
        const DrugKey *key =
            find_key(agent_keys, sizeof agent_keys / sizeof agent_keys[0], text_of(name), &nearest);
        REQUIRE(key, STATUS_BAD_INPUT, "%s: an agent has no key \"%s\"; %s%s", place_of(r, name).text,
                config_shown(text_of(name)).text,
                nearest.name ? "did you mean " : "docs/clinic.md lists them",
                nearest.name ? nearest.name : "");
        TRY(read_value(r, config_tree_node(&r->tree, p->value), key, agent));
    }
    REQUIRE(agent->name[0] && agent->doses > 0, STATUS_BAD_INPUT, "%s: the agent has no %s; add it",
            place_of(r, map).text, agent->name[0] ? "days" : "name");
    return STATUS_OK;
}

static Status read_agents(DrugReader *r, const yaml_node_t *list) {
    REQUIRE(list->type == YAML_SEQUENCE_NODE, STATUS_BAD_INPUT,
            "%s: agents is a list; write one `- name: …` an agent", place_of(r, list).text);
    for (const yaml_node_item_t *i = list->data.sequence.items.start; i < list->data.sequence.items.top; i++)
        TRY(read_agent(r, config_tree_node(&r->tree, *i)));
    return STATUS_OK;
}

static Status read_root(DrugReader *r) {
    const yaml_node_t *root = yaml_document_get_root_node(&r->tree.document);
    REQUIRE(root && root->type == YAML_MAPPING_NODE, STATUS_BAD_INPUT,
            "%s: no regimen; write `name:` and `agents:`", r->tree.name);
    for (const yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *name = config_tree_node(&r->tree, p->key),
                          *value = config_tree_node(&r->tree, p->value);
        TextNearest nearest = {0};
        TRY(config_tree_require_text(&r->tree, name, "a key"));
        TRY(check_once(r, root, p));
        if (strcmp(text_of(name), "agents") == 0) {
            TRY(read_agents(r, value));
            continue;
        }
        const DrugKey *key =
            find_key(regimen_keys, sizeof regimen_keys / sizeof regimen_keys[0], text_of(name), &nearest);
        REQUIRE(key, STATUS_BAD_INPUT,
                "%s: a regimen of other drugs has no key \"%s\"; it has name, cycle_days, start_day, cycles, "
                "agents",
                place_of(r, name).text, config_shown(text_of(name)).text);
        TRY(read_value(r, value, key, r->out));
    }
    REQUIRE(r->out->agents > 0, STATUS_BAD_INPUT,
            "%s: no agent; write `agents:` and one `- name: …` an agent", r->tree.name);
    return STATUS_OK;
}

Status drugs_read_text(DrugRegimen *out, const char *name, const char *text, size_t length) {
    DrugReader reader = {.out = out};
    *out = (DrugRegimen){.cycle_d = 28, .start_d = 1, .cycles = 1};
    TRY(config_tree_open(&reader.tree, name, text, length));
    Status status = read_root(&reader);
    config_tree_close(&reader.tree);
    return status;
}

static Status read_file(DrugRegimen *out, const char *path) {
    enum { ROOM = 1 << 16 };
    FILE *file = fopen(path, "r");
    REQUIRE(file, STATUS_BAD_INPUT,
            "chemo.regimens: \"%s\" is no regimen of the program and no file that can be read; "
            "`ls configs/drugs` lists them",
            config_shown(path).text);
    char *text = malloc(ROOM);
    size_t length = text ? fread(text, 1, ROOM, file) : 0;
    bool whole = !ferror(file) && feof(file);
    fclose(file);
    Status status =
        !text    ? status_set(STATUS_FAILED, "%s: out of memory", path)
        : !whole ? status_set(STATUS_BAD_INPUT, "%s: cannot be read, or longer than %d bytes", path, ROOM - 1)
                 : drugs_read_text(out, path, text, length);
    free(text);
    return status;
}

Status drugs_read(DrugRegimen *out, const char *name) {
    for (const BuiltInText *text = drug_texts; text->name; text++)
        if (strcmp(text->name, name) == 0) return drugs_read_text(out, text->name, text->text, text->length);
    return read_file(out, name);
}
