/* Rules of the clinic: every rule of every policy fires in a case of tests/policy_cases.txt and stops short
 * of it in another that differs by one value; conditions are read and computed as written; mistakes are told
 * with their place.
 *
 * `test_policy --table` prints docs/rules.md, which must be what it prints. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clinic/policy.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const policy_names[] = {"label",      "cautious", "chemotherapy",
                                           "supportive", "response", "eligibility"};
enum { POLICIES = 6, CASES = 512, SETTINGS = 12, CASE_LINE = 256 };

/* --- a healthy adult in cycle 2, day 8 --- */

typedef struct Patient {
    Labs labs;
    PolicyFacts facts;
} Patient;

static void healthy(Patient *p) {
    static const double values[LABS] = {[LAB_ANC] = 4,
                                        [LAB_PLATELETS] = 250,
                                        [LAB_HB] = 14,
                                        [LAB_WBC] = 7,
                                        [LAB_LYMPHOCYTES] = 2,
                                        [LAB_ALT] = 25,
                                        [LAB_AST] = 25,
                                        [LAB_ALP] = 80,
                                        [LAB_GGT] = 30,
                                        [LAB_BILIRUBIN] = 0.6,
                                        [LAB_QTC] = 420,
                                        [LAB_CREATININE] = 0.8,
                                        [LAB_MARROW_BLAST_FRACTION] = 0.3};
    Config config;
    config_default(&config);
    labs_start(&p->labs, &config);
    for (int i = 0; i < LABS; i++) {
        labs_result(&p->labs, (LabId)i, values[i], 0, false);
        labs_result(&p->labs, (LabId)i, values[i], 168, true);
    }
    p->facts = (PolicyFacts){.labs = &p->labs};
    double *f = p->facts.fact;
    f[FACT_CYCLE] = 2, f[FACT_DAY_OF_CYCLE] = f[FACT_NEXT_DAY] = 8, f[FACT_DOSES_GIVEN] = 4,
    f[FACT_CYCLES_GIVEN] = 2;
    f[FACT_DOSE_DAYS] = 7, f[FACT_COMING] = 1;
    f[FACT_PLATELET_TRANSFUSION_DAYS] = f[FACT_RED_CELL_TRANSFUSION_DAYS] = f[FACT_G_CSF_DAYS] = INFINITY;
    f[FACT_MONTHS_SINCE_TRANSPLANT] = INFINITY;
    f[FACT_AGE_YEARS] = 47, f[FACT_SALVAGE_LINE] = 1, f[FACT_ECOG] = 1, f[FACT_CD22_POSITIVE_PERCENT] = 95;
}

/* "anc=0.9", "baseline:anc=1", "response=1", "anc=?" */
static void set(Patient *p, const char *setting) {
    char name[64] = "", view[32] = "";
    const char *equals = strchr(setting, '='), *colon = strchr(setting, ':');
    if (!equals) fail_msg("%s: no NAME=VALUE", setting);
    double value = equals[1] == '?' ? NAN : strtod(equals + 1, NULL);
    if (colon) snprintf(view, sizeof view, "%.*s", (int)(colon - setting), setting);
    const char *start = colon ? colon + 1 : setting;
    snprintf(name, sizeof name, "%.*s", (int)(equals - start), start);
    int lab = lab_find(name), fact = fact_find(name);
    if (lab < 0 && fact < 0) fail_msg("%s: no such test or fact", name);
    if (lab < 0) {
        p->facts.fact[fact] = value;
        return;
    }
    Lab *l = &p->labs.test[lab];
    double *where = !colon                                ? &l->value
                    : strcmp(view, "baseline") == 0       ? &l->baseline
                    : strcmp(view, "cycle_baseline") == 0 ? &l->cycle_baseline
                    : strcmp(view, "nadir") == 0          ? &l->nadir
                                                          : NULL;
    if (!where) fail_msg("%s: no such earlier value", view);
    *where = value;
}

/* --- cases --- */

typedef struct Case {
    char line[CASE_LINE], *policy, *rule, *kind, *setting[SETTINGS];
    int settings, number; /* line in the file */
} Case;

static Case cases[CASES];
static int case_count;
static Policy policies[POLICIES];

static void case_split(Case *c) {
    char *rest = NULL, *word = strtok_r(c->line, " \n", &rest);
    char *slash = strchr(word, '/');
    if (!slash) fail_msg("policy_cases.txt:%d: no POLICY/RULE", c->number);
    *slash = '\0';
    c->policy = word, c->rule = slash + 1;
    c->kind = strtok_r(NULL, " \n", &rest);
    while ((word = strtok_r(NULL, " \n", &rest)) != NULL) {
        assert_true(c->settings < SETTINGS);
        c->setting[c->settings++] = word;
    }
    if (!c->kind || !c->settings) fail_msg("policy_cases.txt:%d: cut short", c->number);
}

static int read_all(void **state) {
    (void)state;
    FILE *file = fopen("tests/policy_cases.txt", "r");
    assert_non_null(file);
    char line[CASE_LINE];
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        if (line[0] == '#' || line[0] == '\n') continue;
        assert_true(case_count < CASES);
        Case *c = &cases[case_count++];
        memcpy(c->line, line, sizeof line);
        c->number = number;
        case_split(c);
    }
    fclose(file);
    for (int i = 0; i < POLICIES; i++)
        if (policy_read(&policies[i], policy_names[i]) != STATUS_OK) fail_msg("%s", status_message());
    return 0;
}

static int rule_of(const Policy *policy, const char *name) {
    for (int i = 0; i < policy->count; i++)
        if (strcmp(policy->rule[i].name, name) == 0) return i;
    return -1;
}

static const Policy *policy_of(const Case *c) {
    for (int i = 0; i < POLICIES; i++)
        if (strcmp(policy_names[i], c->policy) == 0) return &policies[i];
    fail_msg("policy_cases.txt:%d: no policy %s", c->number, c->policy);
    return NULL;
}

static bool is_kind(const Case *c, const char *kind) {
    return strcmp(c->kind, kind) == 0;
}

static bool same_rule(const Case *a, const Case *b) {
    return strcmp(a->policy, b->policy) == 0 && strcmp(a->rule, b->rule) == 0;
}

static void every_case(void **state) {
    (void)state;
    int wrong = 0;
    for (int i = 0; i < case_count; i++) {
        const Case *c = &cases[i];
        Patient p;
        healthy(&p);
        for (int s = 0; s < c->settings; s++) set(&p, c->setting[s]);
        const Policy *policy = policy_of(c);
        int rule = rule_of(policy, c->rule);
        if (rule < 0) fail_msg("policy_cases.txt:%d: %s has no rule %s", c->number, c->policy, c->rule);
        bool fired = policy_next(policy, policy->rule[rule].moment, &p.facts, rule) == rule;
        bool recovered = policy_recovered(policy, rule, &p.facts);
        bool good = is_kind(c, "fires")      ? fired
                    : is_kind(c, "short")    ? !fired
                    : is_kind(c, "recovers") ? recovered
                    : is_kind(c, "waits")    ? !recovered
                                             : false;
        if (!good)
            print_message("  policy_cases.txt:%d: %s/%s %s: not so\n", c->number, c->policy, c->rule,
                          c->kind);
        wrong += !good;
    }
    print_message("  %d cases, %d wrong\n", case_count, wrong);
    assert_int_equal(wrong, 0);
}

/* Values in which two cases differ; what one leaves out counts. */
static int differences(const Case *a, const Case *b) {
    int same = 0;
    for (int i = 0; i < a->settings; i++)
        for (int j = 0; j < b->settings; j++) same += strcmp(a->setting[i], b->setting[j]) == 0;
    return (a->settings > b->settings ? a->settings : b->settings) - same;
}

static void short_by_one(void **state) {
    (void)state;
    for (int i = 0; i < case_count; i++) {
        if (!is_kind(&cases[i], "short")) continue;
        bool near = false;
        for (int j = 0; j < case_count; j++)
            near |= is_kind(&cases[j], "fires") && same_rule(&cases[i], &cases[j]) &&
                    differences(&cases[i], &cases[j]) == 1;
        if (!near)
            fail_msg("policy_cases.txt:%d: more than one value from a case that fires", cases[i].number);
    }
}

static int cases_of(const char *policy, const char *rule, const char *kind) {
    int count = 0;
    for (int i = 0; i < case_count; i++)
        count += strcmp(cases[i].policy, policy) == 0 && strcmp(cases[i].rule, rule) == 0 &&
                 is_kind(&cases[i], kind);
    return count;
}

/* Rules of a policy that another has as they are, are tested there. */
static bool inherited(int policy, const PolicyRule *rule) {
    int base = rule_of(&policies[0], rule->name);
    return strcmp(policy_names[policy], "cautious") == 0 && base >= 0 &&
           memcmp(rule, &policies[0].rule[base], sizeof *rule) == 0;
}

static void every_rule_has_cases(void **state) {
    (void)state;
    int rules = 0, without = 0;
    for (int p = 0; p < POLICIES; p++)
        for (int i = 0; i < policies[p].count; i++) {
            const PolicyRule *rule = &policies[p].rule[i];
            if (inherited(p, rule)) continue;
            rules++;
            bool waits = rule->until.count > 0;
            bool good = cases_of(policy_names[p], rule->name, "fires") &&
                        cases_of(policy_names[p], rule->name, "short") &&
                        (!waits || (cases_of(policy_names[p], rule->name, "recovers") &&
                                    cases_of(policy_names[p], rule->name, "waits"))) &&
                        rule->source[0] && rule->when.count;
            if (!good) print_message("  %s/%s: lacks a case or a source\n", policy_names[p], rule->name);
            without += !good;
        }
    print_message("  %d rules, each with a case that fires and one that stops short\n", rules);
    assert_int_equal(without, 0);
}

/* --- conditions --- */

static void conditions(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } rows[] = {
        {"anc < 5", 1},
        {"anc < 4", 0},
        {"anc <= 4 and not platelets < 250", 1},
        {"1 = 1 or 1 = 0 and 1 = 0", 1},
        {"not 1 = 1 or 1 = 1", 1},
        {"alt < 1 uln", 1},
        {"alt > 0.62 uln and alt < 0.63 uln", 1},
        {"anc > 2 lln", 1},
        {"anc > 3 lln", 0},
        {"(anc + 1) * 2 = 10", 1},
        {"anc - 1 - 1 = 2", 1},
        {"-anc < -3", 1},
        {"8 / anc / 2 = 1", 1},
        {"response >= cri", 0},
        {"best_response = nr", 1},
        {"baseline anc = nadir anc and peak anc = cycle_baseline anc", 1},
        {"dose_days", 1},
        {"not dose_days", 0},
        {"nadir mrd > 1", 0},
    };
    Patient p;
    ExprError error;
    Expr expr;
    healthy(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!expr_parse(&expr, rows[i].text, &error)) fail_msg("%s: %s", rows[i].text, error.text);
        if (expr_value(&expr, &p.facts) != rows[i].value) fail_msg("%s: not %g", rows[i].text, rows[i].value);
    }
    print_message("  %zu conditions as computed by hand\n", COUNT(rows));
}

static void unknown_values(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool met, unmet;
    } rows[] = {{"anc < 1", false, false},
                {"not anc < 1", false, false},
                {"anc < 1 or platelets > 1", true, false},
                {"anc < 1 and platelets < 1", false, true},
                {"anc < 1 and platelets > 1", false, false},
                {"anc * 0 = 0", false, false}};
    Patient p;
    ExprError error;
    Expr expr;
    healthy(&p);
    set(&p, "anc=?");
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(expr_parse(&expr, rows[i].text, &error));
        assert_int_equal(expr_met(&expr, &p.facts), rows[i].met);
        assert_int_equal(expr_value(&expr, &p.facts) == 0, rows[i].unmet);
    }
}

static void values_told(void **state) {
    (void)state;
    Patient p;
    char told[EXPR_DETAIL];
    healthy(&p);
    set(&p, "bilirubin=2.1"), set(&p, "ast=140");
    int rule = rule_of(&policies[0], "bilirubin-and-transaminases");
    policy_reason(&policies[0].rule[rule], &p.facts, told);
    print_message("  %s\n", told);
    assert_non_null(strstr(told, "each dose: bilirubin 2.1 mg/dL (1.75 uln); ast 140 U/L (3.5 uln); alt"));
    assert_null(strpbrk(told, ",\"\n"));
}

/* --- mistakes --- */

#define RULE "rules:\n- name: a\n  when: dose\n  do: hold\n  if: "

static void mistakes(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } rows[] = {
        {RULE "anc < 1 and plateletts < 3\n",
         "p.yaml:5:19: \"plateletts < 3\": no test or fact is called plateletts; "
         "did you mean platelets?"},
        {RULE "3 uln < alt\n", "p.yaml:5:9: \"uln < alt\": uln of what?"},
        {RULE "(anc < 1\n", "p.yaml:5:15: \"\": ) is missing"},
        {RULE "anc < 1 anc\n", "the condition is over here"},
        {RULE "nadir cycle < 1\n", "cycle is no laboratory test and has no nadir"},
        {RULE "anc <\n", "a number, a name or ( is missing"},
        {"rules:\n- name: a\n  when: doze\n  do: hold\n",
         "p.yaml:3:9: \"doze\" is no moment; did you mean dose"},
        {"rules:\n- name: a\n  when: dose\n  do: holds\n",
         "p.yaml:4:7: \"holds\" is no action; did you mean hold"},
        {"rules:\n- name: a\n  when: dose\n  do: reduce 2\n", "reduce takes a number from 0.01 to 0.99"},
        {"rules:\n- name: a\n  when: dose\n  do: reduce cytarabine 0.5\n", "write `when: chemo giving`"},
        {"rules:\n- name: a\n  when: chemo cycle\n  do: reduce 0.5\n", "at chemo cycle a rule can hold"},
        {"rules:\n- name: a\n  when: chemo giving\n  do: omit\n", "at chemo giving a rule can reduce"},
        {"rules:\n- name: a\n  when: chemo giving\n  do: reduce cytarabine\n", "takes a number from 0.01"},
        {"rules:\n- name: a\n  when: dose\n  do: respond PR\n", "respond takes NR, CRi, CRh or CR"},
        {"rules:\n- name: a\n  when: dose\n", "p.yaml:2:3: the rule has no do"},
        {"rules:\n- name: a\n  when: dose\n  do: stop\n  until: anc > 1\n",
         "only hold and delay have an until"},
        {"rules:\n- name: a\n  when: dose\n  do: stop\n  wen: 1\n",
         "a rule has no key \"wen\"; did you mean when"},
        {"rules:\n- name: a\n  when: dose\n  do: stop\n  do: hold\n", "p.yaml:5:3: do is given twice"},
        {"rules:\n- &a name: a\n", "anchors are not used here"},
        {"rules:\n- {name: a, when: dose, do: stop}\n- {name: a, when: dose, do: stop}\n",
         "a rule before is called a"},
        {"extends: lable\nrules: []\n", "p.yaml:1:10: \"lable\" is no policy of the program"},
        {"rules:\n- {name: 'a,b', when: dose, do: stop}\n", "\"a,b\" is no name for a rule"},
        {"rule: []\n", "a policy is `extends:` or nothing, then `rules:`"},
        {"rules: 3\n", "p.yaml:1:8: rules is a list"},
        {"", "no list of rules"},
    };
    static Policy policy;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(policy_read_text(&policy, "p.yaml", rows[i].text, strlen(rows[i].text)),
                         STATUS_BAD_INPUT);
        if (!strstr(status_message(), rows[i].told))
            fail_msg("\"%s\" told as \"%s\"", rows[i].told, status_message());
    }
    assert_int_equal(policy_read(&policy, "nowhere.yaml"), STATUS_BAD_INPUT);
    print_message("  %zu mistakes refused, the last: %s\n", COUNT(rows) + 1, status_message());
}

static void reduces_one_agent(void **state) {
    (void)state;
    static const char text[] = "rules:\n- name: a\n  when: chemo giving\n  do: reduce cytarabine 0.5\n";
    static Policy policy;
    char told[64];
    assert_int_equal(policy_read_text(&policy, "p.yaml", text, sizeof text - 1), STATUS_OK);
    policy_action_text(&policy.rule[0], told, sizeof told);
    assert_string_equal(policy.rule[0].agent, "cytarabine");
    assert_true(policy.rule[0].amount == 0.5);
    assert_string_equal(told, "reduce cytarabine 0.5");
}

static void appended(void **state) {
    (void)state;
    static Policy both, again;
    both = policies[0];
    assert_int_equal(policy_append(&both, &policies[2]), STATUS_OK);
    again = both;
    assert_int_equal(policy_append(&again, &policies[2]), STATUS_OK);
    assert_int_equal(both.count, policies[0].count + policies[2].count);
    assert_int_equal(again.count, both.count); /* a name it has already stays as it is */
    while (both.count < POLICY_RULES) both.rule[both.count++] = both.rule[0];
    assert_int_equal(policy_append(&both, &policies[3]), STATUS_BAD_INPUT);
    assert_non_null(strstr(status_message(), "more than 64 rules"));
}

static void extends(void **state) {
    (void)state;
    static const char text[] =
        "extends: label\nrules:\n- name: vod\n  when: visit\n  if: vod_grade >= 3\n  do: stop\n"
        "- name: mine\n  when: visit\n  do: warn\n";
    static Policy policy;
    assert_int_equal(policy_read_text(&policy, "p.yaml", text, sizeof text - 1), STATUS_OK);
    assert_int_equal(policy.count, policies[0].count + 1);
    assert_int_equal(rule_of(&policy, "vod"), rule_of(&policies[0], "vod"));
    assert_string_equal(policy.rule[rule_of(&policy, "vod")].when_text, "vod_grade >= 3");
    assert_true(policy.hash != policies[0].hash);
}

/* --- docs/rules.md --- */

static void cell(FILE *out, const char *text) {
    fprintf(out, " %s |", *text ? text : "–");
}

static void case_cells(FILE *out, const char *policy, const char *rule, const char *kind) {
    const char *between = "";
    for (int i = 0; i < case_count; i++) {
        const Case *c = &cases[i];
        if (strcmp(c->policy, policy) != 0 || strcmp(c->rule, rule) != 0 || !is_kind(c, kind)) continue;
        fputs(between, out);
        for (int s = 0; s < c->settings; s++) fprintf(out, "%s%s", s ? " " : "", c->setting[s]);
        between = "; ";
    }
    fputs(" | ", out);
}

static void table_of(FILE *out, int p) {
    fprintf(
        out,
        "\n## %s\n\n| rule | asked at | if | do | until | because | source | fires in | stops short in |\n"
        "|---|---|---|---|---|---|---|---|---|\n",
        policy_names[p]);
    for (int i = 0; i < policies[p].count; i++) {
        const PolicyRule *rule = &policies[p].rule[i];
        char action[64];
        if (inherited(p, rule)) continue;
        policy_action_text(rule, action, sizeof action);
        fprintf(out, "| `%s` |", rule->name);
        cell(out, policy_moment_name(rule->moment));
        cell(out, rule->when_text);
        cell(out, action);
        cell(out, rule->until_text);
        cell(out, rule->because);
        cell(out, rule->source);
        fputs(" ", out);
        case_cells(out, policy_names[p], rule->name, "fires");
        case_cells(out, policy_names[p], rule->name, "short");
        fputs("\n", out);
    }
}

static void page(FILE *out) {
    fputs("# The clinic's rules\n\nMade by `make docs/rules.md` from `configs/policies/*.yaml` and "
          "`tests/policy_cases.txt`; `tests/test_policy.c` runs every\ncase, and fails where a rule has none "
          "that fires "
          "it or none that stops short of it by one value. Cases are over a healthy\nadult in cycle 2. T "
          "read in the "
          "source, M remembered, A assumed. Rules of `cautious` that are the label's are not repeated.\n",
          out);
    for (int p = 0; p < POLICIES; p++) table_of(out, p);
    fputs("\n## Names\n\nLaboratory tests, each also as `baseline`, `cycle_baseline`, `nadir` and `peak` "
          "NAME; `3 uln` is "
          "three times the upper limit\nof normal of the test a comparison begins with, `lln` the lower.\n\n"
          "| test | unit | lower limit | upper limit (men) |\n|---|---|---|---|\n",
          out);
    Patient p;
    healthy(&p);
    for (int i = 0; i < LABS; i++)
        fprintf(out, "| `%s` | %s | %g | %g |\n", lab_name((LabId)i), lab_unit((LabId)i),
                p.labs.test[i].lower, p.labs.test[i].upper);
    fputs("\n| fact | |\n|---|---|\n", out);
    for (int i = 0; i < FACTS; i++)
        fprintf(out, "| `%s` | %s |\n", fact_name((FactId)i), fact_text((FactId)i));
}

static void docs_are_true(void **state) {
    (void)state;
    char *made = NULL, *kept = NULL;
    size_t length = 0, room = 0;
    FILE *memory = open_memstream(&made, &length), *file = fopen("docs/rules.md", "r");
    assert_non_null(memory);
    page(memory);
    fclose(memory);
    assert_non_null(file);
    ssize_t read = getdelim(&kept, &room, '\0', file);
    fclose(file);
    if (read != (ssize_t)length || memcmp(made, kept, length) != 0)
        fail_msg("docs/rules.md: old; make docs/rules.md");
    free(made);
    free(kept);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--table") == 0) {
        read_all(NULL);
        page(stdout);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
        cmocka_unit_test(short_by_one),
        cmocka_unit_test(every_rule_has_cases),
        cmocka_unit_test(conditions),
        cmocka_unit_test(unknown_values),
        cmocka_unit_test(values_told),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(extends),
        cmocka_unit_test(reduces_one_agent),
        cmocka_unit_test(appended),
        cmocka_unit_test(docs_are_true),
    };
    return cmocka_run_group_tests(tests, read_all, NULL);
}
