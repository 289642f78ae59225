/* Any bytes as a config file: nothing may crash, and what loads must survive being written and read again.
 *
 * Build with clang -fsanitize=fuzzer,address,undefined and link with host but for main.c. */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

static void fail_if(int failed) {
    if (failed) abort();
}

static void check_round_trip(const Config *config) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    fail_if(out == NULL);
    fail_if(config_write(config, out, false) != STATUS_OK);
    fclose(out);

    Config again;
    config_default(&again);
    fail_if(config_load_text(&again, "written", text, length) != STATUS_OK);
    fail_if(memcmp(config, &again, sizeof again) != 0);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Config config;
    config_default(&config);
    if (config_load_text(&config, "fuzz", (const char *)data, size) != STATUS_OK) return 0;
    check_round_trip(&config); /* whatever loads, even where keys contradict each other */
    (void)config_check(&config);
    return 0;
}
