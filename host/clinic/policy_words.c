#include "clinic/policy_words.h"

#include <stdio.h>

const ActionWord policy_actions[ACTIONS] = {
    [ACTION_EXCLUDE] = {"exclude", TAKES_NOTHING, 0, 0},
    [ACTION_WARN] = {"warn", TAKES_NOTHING, 0, 0},
    [ACTION_HOLD] = {"hold", TAKES_NOTHING, 0, 0},
    [ACTION_DELAY] = {"delay", TAKES_NOTHING, 0, 0},
    [ACTION_OMIT] = {"omit", TAKES_NOTHING, 0, 0},
    [ACTION_REDUCE] = {"reduce", TAKES_NUMBER, 0.01, 0.99},
    [ACTION_DOSES] = {"doses", TAKES_NUMBER, 1, 3},
    [ACTION_STOP] = {"stop", TAKES_NOTHING, 0, 0},
    [ACTION_INTERRUPT] = {"interrupt", TAKES_NOTHING, 0, 0},
    [ACTION_GIVE] = {"give", TAKES_NOTHING, 0, 0},
    [ACTION_RESPOND] = {"respond", TAKES_RESPONSE, 0, 0},
    [ACTION_RELAPSE] = {"relapse", TAKES_NOTHING, 0, 0},
    [ACTION_PROGRESSION] = {"progression", TAKES_NOTHING, 0, 0},
    [ACTION_FAILURE] = {"failure", TAKES_NOTHING, 0, 0},
    [ACTION_MARROW] = {"marrow", TAKES_NOTHING, 0, 0},
    [ACTION_TRANSPLANT] = {"transplant", TAKES_NOTHING, 0, 0},
    [ACTION_PLATELETS] = {"platelets", TAKES_NUMBER, 1, 4},
    [ACTION_RED_CELLS] = {"red cells", TAKES_NUMBER, 1, 4},
    [ACTION_G_CSF] = {"g-csf", TAKES_SWITCH, 0, 0},
    [ACTION_URSODIOL] = {"ursodiol", TAKES_SWITCH, 0, 0},
    [ACTION_PREMEDICATE] = {"premedicate", TAKES_NOTHING, 0, 0},
    [ACTION_CYTOREDUCE] = {"cytoreduce", TAKES_NOTHING, 0, 0},
    [ACTION_NEXT] = {"next therapy", TAKES_NOTHING, 0, 0},
    [ACTION_DETERIORATION] = {"deterioration", TAKES_NOTHING, 0, 0},
};

const char *policy_moment_name(PolicyMoment moment) {
    static const char *const names[MOMENTS] = {
        [MOMENT_SCREENING] = "screening",
        [MOMENT_VISIT] = "visit",
        [MOMENT_RESPONSE] = "response",
        [MOMENT_DOSE] = "dose",
        [MOMENT_CYCLE] = "cycle",
        [MOMENT_RECOVERY] = "recovery",
        [MOMENT_WITHIN_CYCLE] = "within cycle",
        [MOMENT_GIVING] = "giving",
        [MOMENT_INFUSION] = "infusion",
        [MOMENT_CHEMO_CYCLE] = "chemo cycle",
        [MOMENT_CHEMO_GIVING] = "chemo giving",
    };
    return moment < MOMENTS ? names[moment] : NULL;
}

void policy_action_text(const PolicyRule *rule, char *out, size_t size) {
    const ActionWord *action = &policy_actions[rule->action];
    switch (action->takes) {
    case TAKES_NOTHING: snprintf(out, size, "%s", action->word); return;
    case TAKES_NUMBER:
        snprintf(out, size, "%s %s%s%g", action->word, rule->agent, *rule->agent ? " " : "", rule->amount);
        return;
    case TAKES_RESPONSE: snprintf(out, size, "%s %s", action->word, response_name((int)rule->amount)); return;
    case TAKES_SWITCH: snprintf(out, size, "%s %s", action->word, rule->amount > 0 ? "on" : "off"); return;
    }
}
