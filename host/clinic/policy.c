#include "clinic/policy.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/built_in.h"
#include "clinic/policy_words.h"

bool policy_is_built_in(const char *name) {
    if (strcmp(name, "none") == 0) return true;
    for (const BuiltInText *text = policy_texts; text->name; text++)
        if (strcmp(text->name, name) == 0) return true;
    return false;
}

static Status read_file(Policy *out, const char *path) {
    enum { ROOM = 1 << 18 };
    FILE *file = fopen(path, "r");
    REQUIRE(file, STATUS_BAD_INPUT, "%s: cannot be read: %s; give none, label, cautious or a file of rules",
            path, strerror(errno));
    char *text = malloc(ROOM);
    size_t length = text ? fread(text, 1, ROOM, file) : 0;
    bool failed = ferror(file) != 0, more = !feof(file);
    fclose(file);
    Status status =
        !text    ? status_set(STATUS_FAILED, "%s: out of memory", path)
        : failed ? status_set(STATUS_BAD_INPUT, "%s: cannot be read; give a file of rules", path)
        : more   ? status_set(STATUS_BAD_INPUT, "%s: longer than %d bytes; rules take less", path, ROOM - 1)
                 : policy_read_text(out, path, text, length);
    free(text);
    return status;
}

Status policy_read(Policy *out, const char *name) {
    *out = (Policy){0};
    if (strcmp(name, "none") == 0) return STATUS_OK;
    for (const BuiltInText *text = policy_texts; text->name; text++)
        if (strcmp(text->name, name) == 0) return policy_read_text(out, text->name, text->text, text->length);
    return read_file(out, name);
}

static bool has_rule(const Policy *policy, const char *name) {
    for (int i = 0; i < policy->count; i++)
        if (strcmp(policy->rule[i].name, name) == 0) return true;
    return false;
}

Status policy_append(Policy *to, const Policy *more) {
    for (int i = 0; i < more->count; i++) {
        if (has_rule(to, more->rule[i].name)) continue;
        REQUIRE(to->count < POLICY_RULES, STATUS_BAD_INPUT,
                "policy.chemo_rules: more than %d rules together with policy.rules; use fewer", POLICY_RULES);
        to->rule[to->count++] = more->rule[i];
    }
    to->hash ^= 11 * more->hash;
    return STATUS_OK;
}

int policy_next(const Policy *policy, PolicyMoment moment, const PolicyFacts *facts, int from) {
    for (int i = from; i < policy->count; i++)
        if (policy->rule[i].moment == moment && expr_met(&policy->rule[i].when, facts)) return i;
    return -1;
}

bool policy_recovered(const Policy *policy, int index, const PolicyFacts *facts) {
    const PolicyRule *rule = &policy->rule[index];
    return rule->until.count ? expr_met(&rule->until, facts) : expr_value(&rule->when, facts) == 0;
}

void policy_reason(const PolicyRule *rule, const PolicyFacts *facts, char out[EXPR_DETAIL]) {
    char values[EXPR_DETAIL];
    expr_values(&rule->when, facts, values);
    snprintf(out, EXPR_DETAIL, "%s", rule->because);
    for (char *c = out; *c; c++)
        if (*c == ',') *c = ';';
    size_t used = strlen(out);
    if (!values[0]) return;
    bool cut = snprintf(out + used, EXPR_DETAIL - used, "%s%s", used ? ": " : "", values) >=
               (int)(EXPR_DETAIL - used);
    char *last = strrchr(out + used, ';');
    if (cut) *(last ? last : out + used) = '\0'; /* whole values only */
}
