/* Loading a config from text, for the tests of the config. */
#ifndef MARROW_TEST_CONFIG_TEXT_H
#define MARROW_TEST_CONFIG_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "config/config.h"

static inline Status load(Config *config, const char *text) {
    config_default(config);
    return config_load_text(config, "t.yaml", text, strlen(text));
}

static inline void expect_loads(Config *config, const char *text) {
    Status status = load(config, text);
    if (status != STATUS_OK) print_error("%s\n", status_message());
    assert_int_equal(status, STATUS_OK);
}

#endif
