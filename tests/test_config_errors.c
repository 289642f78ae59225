/* The config: everything that is refused, with its exact place and remedy; files that extend others. */
#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include "config_text.h"

/* The message must start with `start`, hold `remedy`, and be one line. */
static void expect_message(Status status, const char *start, const char *remedy) {
    print_message("  %s\n", status == STATUS_OK ? "(no error)" : status_message());
    assert_int_equal(status, STATUS_BAD_INPUT);
    if (strncmp(status_message(), start, strlen(start)) != 0) fail_msg("should start with: %s", start);
    if (strstr(status_message(), remedy) == NULL) fail_msg("should hold: %s", remedy);
    assert_null(strchr(status_message(), '\n'));
}

static void expect_refused(const char *text, const char *start, const char *remedy) {
    Config config;
    expect_message(load(&config, text), start, remedy);
}

static void expect_unassigned(const char *assignment, const char *start, const char *remedy) {
    Config config;
    config_default(&config);
    expect_message(config_set(&config, assignment), start, remedy);
}

static void expect_conflict(const char *text, const char *start, const char *remedy) {
    Config config;
    expect_loads(&config, text);
    expect_message(config_check(&config), start, remedy);
}

/* Tests that need files run in a folder of their own, removed with everything in it. */
static char start_folder[4096], own_folder[] = "/tmp/marrow-test-XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    strcpy(own_folder + sizeof own_folder - 7, "XXXXXX");
    return getcwd(start_folder, sizeof start_folder) && mkdtemp(own_folder) ? chdir(own_folder) : -1;
}

static int leave_folder(void **state) {
    (void)state;
    glob_t files;
    if (glob("*", 0, NULL, &files) == 0)
        for (size_t i = 0; i < files.gl_pathc; i++) unlink(files.gl_pathv[i]);
    globfree(&files);
    return chdir(start_folder) == 0 ? rmdir(own_folder) : -1;
}

static void put_file(const char *name, const char *text) {
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

/* --- what is refused, and where --- */

static void unknown_keys_get_the_nearest_name(void **state) {
    (void)state;
    expect_refused("drug:\n  kp: 0.3\n  kon_per_nm: 2\n",
                   "t.yaml:3:3: unknown key \"drug.kon_per_nm\"; did you mean drug.kon_per_nm_h?", "");
    expect_refused("drugs:\n  kp: 1\n", "t.yaml:1:1: unknown key \"drugs\"; did you mean drug?", "");
    expect_refused("patient:\n  kp: 1\n", "t.yaml:2:3: unknown key \"patient.kp\"; did you mean drug.kp?",
                   "");
    expect_refused("seed: 4\n", "t.yaml:1:1: unknown key \"seed\"; did you mean simulation.seed?", "");
    expect_refused("cells:\n  blast:\n    krep_per_d: 1\n",
                   "t.yaml:3:5: unknown key \"cells.blast.krep_per_d\"",
                   "did you mean cells.blast.krep_per_h?");
    expect_refused("cells:\n  b_mature:\n    birth_per_d: 1\n", "t.yaml:3:5: unknown key",
                   "did you mean cells.blast.birth_per_d?");
    expect_refused("drug:\n  kon: 1\n",
                   "t.yaml:2:3: unknown key \"drug.kon\"; did you mean drug.kon_per_nm_h?", "");
    expect_refused("extend: x.yaml\n", "t.yaml:1:1: unknown key \"extend\"; did you mean extends?", "");
    expect_refused("cells: {blast: {clones: [{name: a, fractions: 1}]}}",
                   "t.yaml:1:36: unknown key \"cells.blast.clones[].fractions\"",
                   "did you mean cells.blast.clones[].fraction?");
    expect_refused("cells: {blast: {\"clones[]\": {fraction: 1}}}", "t.yaml:1:17: unknown key",
                   "did you mean cells.blast.clones?");
    expect_refused("zzzzzzzzzzzz: 1\n", "t.yaml:1:1: unknown key \"zzzzzzzzzzzz\"", "marrow check --schema");
}

static void wrong_types_are_refused(void **state) {
    (void)state;
    expect_refused("drug:\n  kp: abc\n",
                   "t.yaml:2:7: \"abc\" is not a number; drug.kp takes a number from 0.001 to 10",
                   "marrow interstitium");
    static const char *const numbers[] = {"nan", "inf",   "-.inf",  ".nan", "0x1p-2", "0_3",
                                          "1e",  "0.3 h", "'0.3 '", "",     "~"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "drug: {kp: %s}", numbers[i]);
        expect_refused(text, "t.yaml:1:", "is not a number; drug.kp takes");
    }
    expect_refused("drug:\n  kp: auto\n", "t.yaml:2:7: \"auto\" is not a number", "");
    expect_refused("drug:\n  v1_l: big\n",
                   "t.yaml:2:9: \"big\" is not a number; drug.v1_l takes auto or a number from", "");
    expect_refused("simulation:\n  agents: 2.5\n", "t.yaml:2:11: \"2.5\" is not a whole number",
                   "from 1 to 2000000000");
    expect_refused("simulation:\n  split: yes\n", "t.yaml:2:10: \"yes\" is neither true nor false",
                   "simulation.split takes true or false");
    expect_refused("patient:\n  sex: m\n",
                   "t.yaml:2:8: \"m\" is not a choice; patient.sex takes one of male, female", "");
    expect_refused("simulation:\n  space: cube\n",
                   "t.yaml:2:10: \"cube\" is not a choice; simulation.space takes only mixed",
                   "cube is not built");
    expect_refused("drug:\n  kp: [1, 2]\n", "t.yaml:2:7: drug.kp takes one value, not a list", "");
    expect_refused("drug:\n  kp:\n    a: 1\n", "t.yaml:3:5: drug.kp takes one value, not a section", "");
    expect_refused("drug: 5\n", "t.yaml:1:7: drug is a section, not a value", "write its keys indented");
    expect_refused("- 1\n", "t.yaml:1:1: a config is made of sections", "write `drug:`");
    expect_refused("? [a]\n: 1\n", "t.yaml:1:3: a key must be a name", "write `key: value`");
    expect_refused("drug.kp: 1\n", "t.yaml:1:1: key \"drug.kp\" has dots", "each part on its own line");
}

static void ranges_hold(void **state) {
    (void)state;
    Config config;
    expect_refused("drug:\n  kp: 11\n",
                   "t.yaml:2:7: \"11\" is out of range; drug.kp takes a number from 0.001 to 10", "");
    expect_refused("drug:\n  kp: 1e999\n", "t.yaml:2:7: \"1e999\" is out of range", "");
    expect_refused("drug:\n  kp: -1e-9\n", "t.yaml:2:7: \"-1e-9\" is out of range", "");
    expect_refused("simulation:\n  agents: 0\n", "t.yaml:2:11: \"0\" is out of range",
                   "a whole number from 1");
    expect_refused("output:\n  snapshot_compression: 10\n", "t.yaml:2:25: \"10\" is out of range",
                   "output.snapshot_compression takes a whole number from 0 to 9");
    expect_loads(&config, "drug: {kp: 0.001}\npatient: {marrow_blast_fraction: 1}");
    assert_true(config.drug.kp == 0.001 && config.patient.marrow_blast_fraction == 1);
}

static void text_is_bounded_and_plain(void **state) {
    (void)state;
    Config config;
    char text[600];
    snprintf(text, sizeof text, "drug:\n  name: %031d\n", 0);
    expect_loads(&config, text);
    snprintf(text, sizeof text, "drug:\n  name: %032d\n", 0);
    expect_refused(text, "t.yaml:2:9: \"00000000000000000000000000000000\" is too long", "at most 31 bytes");
    snprintf(text, sizeof text, "dosing:\n  file: %0256d\n", 0);
    expect_refused(text, "t.yaml:2:9: \"000",
                   "...\" is too long; dosing.file takes text of at most 255 bytes");
    expect_refused("drug:\n  name: \"a\\nb\"\n", "t.yaml:2:9: \"a?b\" has line breaks",
                   "drug.name takes text");
    expect_refused("drug:\n  name: \"a\\0b\"\n", "t.yaml:2:9: drug.name holds a NUL", "remove it");
    expect_refused("drug:\n  name: \"a\\L\"\n", "t.yaml:2:9: \"a?\" has line breaks", "");
    expect_refused("drug:\n  name: \"\\e[31m\\x9b\"\n", "t.yaml:2:9: \"?[31m?\" has line breaks", "");
}

static void keys_stand_once(void **state) {
    (void)state;
    expect_refused("drug:\n  kp: 1\n  dar: 6\n  kp: 2\n",
                   "t.yaml:4:3: drug.kp is given twice, first on line 2; keep one", "");
    expect_refused("drug:\n  kp: 1\npatient:\n  sex: male\ndrug:\n  dar: 6\n",
                   "t.yaml:5:1: drug is given twice, first on line 1", "");
    expect_refused("cells: {blast: {clones: [{name: a, name: b}]}}",
                   "t.yaml:1:36: cells.blast.clones[].name is given twice", "");
    expect_refused("cells: {blast: {clones: [{name: a}], clones: [{name: b}]}}",
                   "t.yaml:1:38: cells.blast.clones is given twice", "");
}

static void clone_lists_are_checked(void **state) {
    (void)state;
    expect_refused("cells:\n  blast:\n    clones: 3\n", "t.yaml:3:13: cells.blast.clones takes a list",
                   "- name: main");
    expect_refused("cells:\n  blast:\n    clones: []\n", "t.yaml:3:13: cells.blast.clones has 0 clones",
                   "give 1 to 8");
    expect_refused("cells:\n  blast:\n    clones: [{},{},{},{},{},{},{},{},{}]\n",
                   "t.yaml:3:13: cells.blast.clones has 9", "give 1 to 8");
    expect_refused("cells:\n  blast:\n    clones:\n      - main\n", "t.yaml:4:9: a clone is a list of traits",
                   "- name: main");
    expect_refused("cells: {blast: {clones: [{fraction: 2}]}}", "t.yaml:1:37: \"2\" is out of range",
                   "from 0 to 1");
}

static void yaml_beyond_need_is_refused(void **state) {
    (void)state;
    expect_refused("drug:\n  kp: &k 1\n", "t.yaml:2:7: anchors are not used here; remove &k", "");
    expect_refused("drug: &d\n  kp: 1\n", "t.yaml:1:7: anchors are not used here", "");
    expect_refused("drug:\n  kp: *k\n", "t.yaml:2:7: aliases are not used here; write the value of *k out",
                   "");
    expect_refused("drug:\n  kp: !!float 1\n", "t.yaml:2:7: tags are not used here", "");
    expect_refused("drug: {kp: 1}\n---\ndrug: {kp: 2}\n", "t.yaml:2:1: a second document starts",
                   "one file is one config");
    expect_refused("[[[[[[[[[[[[1]]]]]]]]]]]]", "t.yaml:1:9: nested deeper than 8 levels", "");
    expect_refused("drug:\n\tkp: 1\n", "t.yaml:2:1: not YAML: ", "indent with spaces");
    expect_refused("drug: {kp: 1\n", "t.yaml:2:1: not YAML: did not find expected ',' or '}'",
                   "write `key: value`");
    expect_refused("drug:\n  kp: \xff\n", "t.yaml:2:7: not text: ", "UTF-8");
    expect_refused("extends: label.yaml\n", "t.yaml:1:10: extends works only in a file", "");
}

static void input_is_bounded(void **state) {
    (void)state;
    enum { LIMIT = 1 << 20 };
    char *text = malloc(LIMIT + 1);
    assert_non_null(text);
    memset(text, '\n', LIMIT + 1);
    Config config;
    config_default(&config);
    assert_int_equal(config_load_text(&config, "t.yaml", text, LIMIT), STATUS_OK);
    expect_message(config_load_text(&config, "t.yaml", text, LIMIT + 1), "t.yaml: longer than 1048576 bytes",
                   "kilobytes");
    memset(text, '[', LIMIT);
    expect_message(config_load_text(&config, "t.yaml", text, LIMIT), "t.yaml:1:9: nested deeper", "");
    free(text);
}

static void set_errors_show_the_assignment(void **state) {
    (void)state;
    expect_unassigned("drug.kp", "--set drug.kp: not an assignment", "KEY=VALUE");
    expect_unassigned("=3", "--set =3: not an assignment", "");
    expect_unassigned("drug.kp=x", "--set drug.kp=x: \"x\" is not a number; drug.kp takes", "");
    expect_unassigned("drug.kq=1", "--set drug.kq=1: unknown key \"drug.kq\"; did you mean drug.kp?", "");
    expect_unassigned("drug=1", "--set drug=1: drug is a section", "");
    expect_unassigned("extends=a.yaml", "--set extends=a.yaml: extends works only in a file", "");
    expect_unassigned("cells.blast.clones=main", "--set cells.blast.clones=main: clones are listed in a file",
                      "");
    expect_unassigned("cells.blast.clones[1].fraction=1",
                      "--set cells.blast.clones[1].fraction=1: there is no clone 1", "counted from 0");
    expect_unassigned("cells.blast.clones[99999999999999999999].fraction=1", "--set ", "there is no clone");
    expect_unassigned("cells.blast.clones[0].cd22=1", "--set cells.blast.clones[0].cd22=1: unknown key",
                      "did you mean cells.blast.clones[].cd22_per_cell?");
    expect_unassigned("cells.blast.clones[].fraction=1",
                      "--set cells.blast.clones[].fraction=1: clones go by number", "clones[0].fraction");
    expect_unassigned("cells.blast.clones[-1].fraction=1",
                      "--set cells.blast.clones[-1].fraction=1: clones go by number", "");
    expect_unassigned("cells.blast.clones[0]=1", "--set cells.blast.clones[0]=1: clones go by number", "");
    expect_unassigned("drug.name=\xff\xfe", "--set ", "not UTF-8");
    expect_unassigned("drug.name=\xc0\x80", "--set ", "not UTF-8");
}

/* --- checks between keys --- */

static void keys_are_checked_together(void **state) {
    (void)state;
    Config config;
    expect_conflict("policy: {supportive_care: true}", "policy.supportive_care: true", "or this to false");
    expect_conflict("policy: {rules: label}", "policy.rules: label", "or this to none");
    expect_conflict("simulation: {dt_h: 4, output_every_h: 6}",
                    "simulation.output_every_h: 6 h is not a multiple of dt_h, 4 h", "");
    expect_conflict("simulation: {dt_h: 12, output_every_h: 6}",
                    "simulation.output_every_h: 6 h is not a multiple", "");
    expect_loads(&config, "simulation: {dt_h: 0.1, output_every_h: 0.3}");
    assert_int_equal(config_check(&config), STATUS_OK);
    expect_conflict("cells: {blast: {clones: [{}, {fraction: 0.1}]}}",
                    "cells.blast.clones[1].name: \"main\" is clone 0's name", "");
    expect_conflict("cells: {blast: {clones: [{name: ''}]}}", "cells.blast.clones[0].name: empty", "");
    expect_conflict("cells: {blast: {clones: [{}, {name: b}]}}", "cells.blast.clones[1].fraction: auto",
                    "give a number");
    expect_conflict("cells: {blast: {clones: [{}, {name: b, fraction: 0.7}, {name: c, fraction: 0.4}]}}",
                    "cells.blast.clones: fractions sum to 1.1", "at most 1");
    expect_conflict("cells: {blast: {clones: [{fraction: 0.5}, {name: b, fraction: 0.4}]}}",
                    "cells.blast.clones: fractions sum to 0.9, not 1", "leave the first");
    expect_loads(&config, "cells: {blast: {clones: [{fraction: 0.9}, {name: b, fraction: 0.1}]}}");
    assert_int_equal(config_check(&config), STATUS_OK);
    expect_conflict("cells: {blast: {cd22_loss_per_division: 1e-8}}",
                    "cells.blast.cd22_loss_per_division: no clone", "cd22-loss");
    expect_conflict("dosing: {regimen: gone.csv}", "dosing.regimen: \"gone.csv\" cannot be read",
                    "label, none");
    expect_conflict("dosing: {regimen: /tmp}", "dosing.regimen: \"/tmp\" is a folder", "");
}

/* --- files --- */

static void missing_files_are_named(void **state) {
    (void)state;
    Config config;
    config_default(&config);
    expect_message(config_load(&config, "no/such.yaml"),
                   "no/such.yaml: cannot be read: No such file or directory;", "configs/label.yaml");
    expect_message(config_load(&config, "/"), "/: cannot be read: Is a directory", "");
}

static void extends_lays_files_over_one_another(void **state) {
    (void)state;
    Config config;
    put_file("a.yaml", "drug: {kp: 0.5, dar: 4}\n");
    put_file("b.yaml", "drug: {kp: 0.6}\nextends: a.yaml\n");
    put_file("c.yaml", "extends: b.yaml\npatient: {sex: female}\n");
    config_default(&config);
    assert_int_equal(config_load(&config, "c.yaml"), STATUS_OK);
    print_message("  kp %g (b over a), dar %g (a), sex %d (c)\n", config.drug.kp, config.drug.dar,
                  config.patient.sex);
    assert_true(config.drug.kp == 0.6 && config.drug.dar == 4);
    assert_int_equal(config.patient.sex, SEX_FEMALE);
}

static void expect_unloadable(const char *path, const char *start, const char *remedy) {
    Config config;
    config_default(&config);
    expect_message(config_load(&config, path), start, remedy);
}

static void extends_errors_name_the_file_that_asks(void **state) {
    (void)state;
    put_file("a.yaml", "# first\nextends: b.yaml\n");
    put_file("b.yaml", "extends: ./a.yaml\n");
    expect_unloadable("a.yaml", "b.yaml:1:10: extends goes in a circle, back to \"./a.yaml\"", "remove one");
    put_file("a.yaml", "extends: a.yaml\n");
    expect_unloadable("a.yaml", "a.yaml:1:10: extends goes in a circle", "");
    put_file("a.yaml", "extends: gone.yaml\n");
    expect_unloadable("./a.yaml", "./a.yaml:1:10: extended file \"./gone.yaml\" cannot be read: No such file",
                      "");
    put_file("a.yaml", "extends: [b.yaml]\n");
    expect_unloadable("a.yaml", "a.yaml:1:10: extends takes one value, not a list", "");
    put_file("a.yaml", "extends: b.yaml\nextends: c.yaml\n");
    put_file("b.yaml", "drug: {kp: 0.6}\n");
    expect_unloadable("a.yaml", "a.yaml:2:1: extends is given twice", "");
    put_file("b.yaml", "drug:\n  kp: x\n");
    expect_unloadable("a.yaml", "b.yaml:2:7: \"x\" is not a number", "");
}

static void extends_has_a_depth(void **state) {
    (void)state;
    Config config;
    for (int i = 0; i < 9; i++) {
        char name[16], text[32];
        snprintf(name, sizeof name, "d%d.yaml", i);
        snprintf(text, sizeof text, i < 8 ? "extends: d%d.yaml\n" : "# last %d\n", i + 1);
        put_file(name, text);
    }
    config_default(&config);
    assert_int_equal(config_load(&config, "d1.yaml"), STATUS_OK);
    expect_unloadable("d0.yaml", "d7.yaml:1:10: extends is more than 8 files deep", "merge some");
}

static void dosing_files_are_found_beside_the_config(void **state) {
    (void)state;
    Config config;
    char path[128];
    put_file("dose.csv", "ID,TIME,AMT\n");
    put_file("a.yaml", "dosing: {regimen: dose.csv, file: dose.csv}\n");
    snprintf(path, sizeof path, "%s/a.yaml", own_folder);
    assert_int_equal(chdir("/"), 0);
    config_default(&config);
    assert_int_equal(config_load(&config, path), STATUS_OK);
    assert_int_equal(config_check(&config), STATUS_OK);
    print_message("  regimen %s\n", config.dosing.regimen);
    strcpy(strrchr(path, '/'), "/dose.csv");
    assert_string_equal(config.dosing.regimen, path);
    assert_string_equal(config.dosing.file, path);

    assert_int_equal(chdir(own_folder), 0);
    put_file("a.yaml", "dosing: {regimen: none, file: elsewhere.csv}\n");
    config_default(&config);
    assert_int_equal(config_load(&config, "a.yaml"), STATUS_OK);
    assert_string_equal(config.dosing.file, "elsewhere.csv");
    expect_message(config_check(&config), "dosing.file: \"elsewhere.csv\" cannot be read: No such file",
                   "NONMEM");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_keys_get_the_nearest_name),
        cmocka_unit_test(wrong_types_are_refused),
        cmocka_unit_test(ranges_hold),
        cmocka_unit_test(text_is_bounded_and_plain),
        cmocka_unit_test(keys_stand_once),
        cmocka_unit_test(clone_lists_are_checked),
        cmocka_unit_test(yaml_beyond_need_is_refused),
        cmocka_unit_test(input_is_bounded),
        cmocka_unit_test(set_errors_show_the_assignment),
        cmocka_unit_test(keys_are_checked_together),
        cmocka_unit_test_setup_teardown(missing_files_are_named, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(extends_lays_files_over_one_another, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(extends_errors_name_the_file_that_asks, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(extends_has_a_depth, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(dosing_files_are_found_beside_the_config, enter_folder, leave_folder),
    };
    return cmocka_run_group_tests_name("config errors", tests, NULL, NULL);
}
