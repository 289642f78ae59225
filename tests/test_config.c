/* The config: defaults, the table itself, what a file and --set may say, round trip, hash, shipped configs.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>
#include <yaml.h>

#include "config_text.h"

static void expect_assigned(Config *config, const char *assignment) {
    Status status = config_set(config, assignment);
    if (status != STATUS_OK) print_error("%s\n", status_message());
    assert_int_equal(status, STATUS_OK);
}

/* The caller frees it. */
static char *written(const Config *config, bool explain, size_t *length) {
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    assert_non_null(out);
    assert_int_equal(config_write(config, out, explain), STATUS_OK);
    fclose(out);
    return text;
}

static void expect_round_trip(const Config *config, bool explain) {
    size_t length = 0;
    char *text = written(config, explain, &length);
    Config again;
    config_default(&again);
    Status status = config_load_text(&again, "written", text, length);
    if (status != STATUS_OK) print_error("%s\n", status_message());
    assert_int_equal(status, STATUS_OK);
    assert_memory_equal(config, &again, sizeof again);
    print_message("  %zu bytes written and read back to the same %zu bytes of Config\n", length,
                  sizeof again);
    free(text);
}

/* --- defaults and the table --- */

static void defaults_are_a_typical_adult(void **state) {
    (void)state;
    Config config;
    config_default(&config);
    print_message("  bsa %g m2, dar %g, kon %g, CD22 %g, clones %d (%s)\n", config.patient.bsa_m2,
                  config.drug.dar, config.drug.kon_per_nm_h, config.cells.blast.cd22_per_cell,
                  config.cells.clone_count, config.cells.clones[0].name);
    assert_true(config.patient.bsa_m2 == 1.84);
    assert_true(config.patient.marrow_blast_fraction == 0.70);
    assert_int_equal(config.simulation.agents, 1000000);
    assert_int_equal(config.drug.pk, PK_MECHANISTIC);
    assert_int_equal(config.patient.sex, SEX_MALE);
    assert_true(isnan(config.drug.v1_l));
    assert_true(config.simulation.split);
    assert_true(config.cells.b_mature.cd22_per_cell == 20000);
    assert_int_equal(config.cells.clone_count, 1);
    assert_string_equal(config.dosing.regimen, "label");
    assert_int_equal(config_check(&config), STATUS_OK);
}

static void check_row(const ConfigKey *key) {
    assert_true(key->text && *key->text && key->source && *key->source);
    if (strlen(key->evidence) != 1 || !strchr("TMAC", *key->evidence)) fail_msg("%s: evidence", key->path);
    assert_true(key->lo <= key->hi);
    assert_true(key->type != KEY_CHOICE || (key->choices && key->size == sizeof(int)));
    assert_true(key->type != KEY_REAL || key->size == sizeof(double));
    assert_true(key->type != KEY_COUNT || key->size == sizeof(int64_t));
    assert_true(key->type != KEY_BOOL || key->size == sizeof(bool));
    if (key->type != KEY_REAL && key->type != KEY_COUNT) return;
    double initial = strtod(key->initial, NULL);
    if (strcmp(key->initial, "auto") != 0 && !(initial >= key->lo && initial <= key->hi))
        fail_msg("%s: default %s out of %g to %g", key->path, key->initial, key->lo, key->hi);
}

static void rows_are_complete_and_distinct(void **state) {
    (void)state;
    for (size_t i = 0; i < config_key_count; i++) {
        check_row(&config_keys[i]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(config_keys[i].path, config_keys[j].path);
            assert_true(config_keys[i].offset != config_keys[j].offset);
        }
    }
    for (size_t i = 0; i < config_clone_key_count; i++) check_row(&config_clone_keys[i]);
    print_message("  %zu keys and %zu of a clone\n", config_key_count, config_clone_key_count);
}

/* Setting each key to its own default through --set must change nothing. */
static void every_default_can_be_typed(void **state) {
    (void)state;
    Config config, untouched;
    config_default(&config);
    config_default(&untouched);
    for (size_t i = 0; i < config_key_count; i++) {
        char assignment[512];
        snprintf(assignment, sizeof assignment, "%s=%s", config_keys[i].path, config_keys[i].initial);
        expect_assigned(&config, assignment);
    }
    assert_memory_equal(&config, &untouched, sizeof config);
}

static void schema_names_every_key(void **state) {
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(config_write_schema(out), STATUS_OK);
    fclose(out);
    yaml_parser_t parser;
    yaml_document_t document;
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    assert_true(yaml_parser_load(&parser, &document));
    yaml_node_t *root = yaml_document_get_root_node(&document);
    assert_non_null(root);
    size_t rows = (size_t)(root->data.mapping.pairs.top - root->data.mapping.pairs.start);
    print_message("  schema: %zu keys in %zu bytes of YAML\n", rows, length);
    assert_int_equal(rows, config_key_count + config_clone_key_count);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    free(text);
}

/* --- what a file may say --- */

static void values_are_read(void **state) {
    (void)state;
    Config config;
    expect_loads(
        &config,
        "# a comment\n"
        "simulation: {agents: 1e6, seed: 9007199254740991, split: false}\n"
        "patient:\n  sex: female\n"
        "drug:\n  name: \"trial \\\"X\\\" \u00e9\"\n  v1_l: 5.5\n  cl1_l_per_h: auto\n  pk: constant\n"
        "cells:\n  blast:\n    cd22_per_cell: 1.59e3\n  b_mature:\n"
        "policy:\n");
    assert_int_equal(config.simulation.agents, 1000000);
    assert_true(config.simulation.seed == 9007199254740991);
    assert_false(config.simulation.split);
    assert_int_equal(config.patient.sex, SEX_FEMALE);
    assert_string_equal(config.drug.name, "trial \"X\" \u00e9");
    assert_true(config.drug.v1_l == 5.5 && isnan(config.drug.cl1_l_per_h));
    assert_int_equal(config.drug.pk, PK_CONSTANT);
    assert_true(config.cells.blast.cd22_per_cell == 1590);
    assert_true(config.drug.kp == 0.30);
}

static void empty_files_change_nothing(void **state) {
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# only a comment\n", "---\n", "{}", "drug:\n"};
    Config untouched;
    config_default(&untouched);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        Config config;
        expect_loads(&config, texts[i]);
        assert_memory_equal(&config, &untouched, sizeof config);
    }
}

static void clones_replace_the_whole_list(void **state) {
    (void)state;
    Config config;
    expect_loads(&config, "cells:\n  blast:\n    clones:\n"
                          "      - {name: main}\n"
                          "      - {name: cd22-loss, fraction: 0.01, cd22_per_cell: 0}\n"
                          "      - {name: pump, fraction: 0.02, keff_per_h: 0.5}\n");
    const CloneTraits *clones = config.cells.clones;
    print_message("  %d clones: %s, %s %g, %s %g\n", config.cells.clone_count, clones[0].name, clones[1].name,
                  clones[1].fraction, clones[2].name, clones[2].fraction);
    assert_int_equal(config.cells.clone_count, 3);
    assert_true(isnan(clones[0].fraction) && isnan(clones[1].keff_per_h) && isnan(clones[2].cd22_per_cell));
    assert_true(clones[1].cd22_per_cell == 0 && clones[2].keff_per_h == 0.5);
    assert_int_equal(config_check(&config), STATUS_OK);

    static const char one[] = "cells: {blast: {clones: [{name: only}]}}";
    assert_int_equal(config_load_text(&config, "t.yaml", one, strlen(one)), STATUS_OK);
    assert_int_equal(config.cells.clone_count, 1);
    assert_string_equal(config.cells.clones[0].name, "only");
    assert_string_equal(config.cells.clones[1].name, "");
    expect_round_trip(&config, false);
}

/* --- --set --- */

static void set_follows_the_same_rules(void **state) {
    (void)state;
    Config config;
    config_default(&config);
    expect_assigned(&config, "drug.kp=0.25");
    expect_assigned(&config, "simulation.agents=2e4");
    expect_assigned(&config, "drug.name=a=b");
    expect_assigned(&config, "drug.v1_l=auto");
    expect_assigned(&config, "cells.blast.clones[0].cd22_per_cell=1200");
    print_message("  kp %g, agents %d, name %s, clone 0 CD22 %g\n", config.drug.kp,
                  (int)config.simulation.agents, config.drug.name, config.cells.clones[0].cd22_per_cell);
    assert_true(config.drug.kp == 0.25);
    assert_int_equal(config.simulation.agents, 20000);
    assert_string_equal(config.drug.name, "a=b");
    assert_true(config.cells.clones[0].cd22_per_cell == 1200);
    assert_true(config.cells.blast.cd22_per_cell == 3470);
}

/* --- written and read again --- */

static void defaults_survive_a_round_trip(void **state) {
    (void)state;
    Config config;
    config_default(&config);
    expect_round_trip(&config, false);
    expect_round_trip(&config, true);
}

static void awkward_values_survive_a_round_trip(void **state) {
    (void)state;
    Config config;
    expect_loads(&config, "cells: {blast: {clones: [{name: 'a\"b\\c: #'}, {name: ' - {', fraction: 0.1}]}}\n"
                          "drug: {name: \"auto \\u00e9 \\U0001F600\", v1_l: 5.000000000000001}\n"
                          "dosing: {regimen: 'none', file: \"*x &y !z 'q'\"}");
    expect_assigned(&config, "drug.kp=0.1000000000000000055511151231257827");
    expect_assigned(&config, "drug.koff_per_h=-0");
    expect_assigned(&config, "drug.kon_per_nm_h=4.9406564584124654e-324");
    expect_assigned(&config, "cells.blast.krep_per_h=0.30000000000000004");
    expect_assigned(&config, "simulation.seed=9007199254740991");
    assert_true(signbit(config.drug.koff_per_h) != 0);
    expect_round_trip(&config, false);
    expect_round_trip(&config, true);
}

static void numbers_are_written_short(void **state) {
    (void)state;
    Config config;
    size_t length = 0;
    config_default(&config);
    char *text = written(&config, false, &length);
    assert_non_null(strstr(text, "  kp: 0.3\n"));
    assert_non_null(strstr(text, "  v1_l: auto\n"));
    assert_non_null(strstr(text, "  agents: 1000000\n"));
    assert_non_null(strstr(text, "    clones:\n      - name: \"main\"\n        fraction: auto\n"));
    free(text);
}

static void hash_follows_the_config(void **state) {
    (void)state;
    Config a, b;
    char of_a[17], of_b[17], of_c[17];
    config_default(&a);
    config_default(&b);
    config_hash(&a, of_a);
    config_hash(&b, of_b);
    expect_assigned(&b, "drug.kp=0.30000000000000004");
    config_hash(&b, of_c);
    print_message("  %s, again %s, kp one bit away %s\n", of_a, of_b, of_c);
    assert_string_equal(of_a, of_b);
    assert_string_not_equal(of_a, of_c);

    size_t length = 0;
    char *text = written(&a, false, &length), expected[17];
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    snprintf(expected, sizeof expected, "%016llx", (unsigned long long)hash);
    assert_string_equal(of_a, expected);
    free(text);
}

/* The experiments that come with the program; run from the repository's root. */
static void shipped_configs_load_and_check(void **state) {
    (void)state;
    static const char *const names[] = {"label", "untreated", "single-dose",  "cd22-low",   "p-gp",
                                        "child", "invitro",   "no-targeting", "no-payload", "cd22-loss"};
    if (access("configs/label.yaml", R_OK) != 0) skip();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64], hash[17];
        Config config;
        snprintf(path, sizeof path, "configs/%s.yaml", names[i]);
        config_default(&config);
        Status status = config_load(&config, path);
        if (status == STATUS_OK) status = config_check(&config);
        config_hash(&config, hash);
        print_message("  %-26s %s\n", path, status == STATUS_OK ? hash : status_message());
        assert_int_equal(status, STATUS_OK);
        expect_round_trip(&config, false);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_a_typical_adult),
        cmocka_unit_test(rows_are_complete_and_distinct),
        cmocka_unit_test(every_default_can_be_typed),
        cmocka_unit_test(schema_names_every_key),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(empty_files_change_nothing),
        cmocka_unit_test(clones_replace_the_whole_list),
        cmocka_unit_test(set_follows_the_same_rules),
        cmocka_unit_test(defaults_survive_a_round_trip),
        cmocka_unit_test(awkward_values_survive_a_round_trip),
        cmocka_unit_test(numbers_are_written_short),
        cmocka_unit_test(hash_follows_the_config),
        cmocka_unit_test(shipped_configs_load_and_check),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
