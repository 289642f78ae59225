/* Any bytes as a file of rules: nothing may crash, and every rule that is read can be asked.
 *
 * Build with clang -fsanitize=fuzzer,address,undefined (make fuzz). */
#include "clinic/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static Policy policy;
    static Labs labs;
    PolicyFacts facts = {.labs = &labs};
    char told[EXPR_DETAIL], action[64];
    Config config;
    config_default(&config);
    labs_start(&labs, &config);
    if (policy_read_text(&policy, "fuzz", (const char *)data, size) != STATUS_OK) return 0;
    for (int moment = 0; moment < MOMENTS; moment++)
        (void)policy_next(&policy, (PolicyMoment)moment, &facts, 0);
    for (int i = 0; i < policy.count; i++) {
        (void)policy_recovered(&policy, i, &facts);
        policy_reason(&policy.rule[i], &facts, told);
        policy_action_text(&policy.rule[i], action, sizeof action);
    }
    return 0;
}
