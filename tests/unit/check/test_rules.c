// The catalogue agrees with its pages, and with what the code reports.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <ftw.h>
#include <string.h>

#include "base/embed.h"
#include "base/file.h"
#include "check/page.h"
#include "check/rules.h"

static void test_codes_are_ordered_and_named(void **state)
{
    (void)state;
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    for (size_t i = 0; i < count; i++) {
        const struct mb_rule *rule = &rules[i];
        assert_int_equal(strlen(rule->code), 5);
        assert_true(rule->name[0] != '\0' && rule->summary[0] != '\0');
        assert_true(rule->level > MB_LEVEL_NONE && rule->documents != 0);
        assert_ptr_equal(mb_rules_find(rule->code), rule);
        bool acronym = !islower((unsigned char)rule->summary[1]);
        assert_true(!isupper((unsigned char)rule->summary[0]) || acronym);
        assert_int_not_equal(rule->summary[strlen(rule->summary) - 1], '.');
        if (i > 0) {
            assert_true(strcmp(rules[i - 1].code, rule->code) < 0);
        }
    }
}

static void test_names_are_unique(void **state)
{
    (void)state;
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(rules[i].name, rules[j].name) == 0) {
                fail_msg("%s and %s are both named '%s'", rules[j].code, rules[i].code,
                         rules[i].name);
            }
        }
    }
}

static void test_every_rule_has_a_section(void **state)
{
    (void)state;
    static const char *const parts[] = {"\nWhy: ", "\nTo satisfy it: ", "\nBad:\n",
                                        "\nGood:\n", "Level: "};
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    for (size_t i = 0; i < count; i++) {
        struct mb_buf page = {0};
        if (!mb_page_section(rules[i].code, true, &page)) {
            fail_msg("%s has no section in spec/rules", rules[i].code);
        }
        for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++) {
            if (strstr(mb_buf_string(&page), parts[j]) == NULL) {
                fail_msg("the section of %s lacks '%s'", rules[i].code, parts[j] + 1);
            }
        }
        mb_buf_release(&page);
    }
}

// What a section says of its rule in words that the table has too.
static void test_sections_say_what_the_table_says(void **state)
{
    (void)state;
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    for (size_t i = 0; i < count; i++) {
        struct mb_buf page = {0};
        struct mb_buf wanted = {0};
        assert_true(mb_page_section(rules[i].code, true, &page));
        mb_buf_print(&wanted, "## %s %s\n\nRule: %s.  \n", rules[i].code, rules[i].name,
                     rules[i].summary);
        if (strncmp(page.data, wanted.data, wanted.size) != 0) {
            fail_msg("the section of %s does not begin with:\n%s", rules[i].code,
                     wanted.data);
        }
        mb_buf_reset(&wanted);
        mb_buf_print(&wanted, "Level: %s (%s", mb_level_name(rules[i].level),
                     mb_severity_name(rules[i].severity));
        if (strstr(page.data, wanted.data) == NULL) {
            fail_msg("the section of %s does not say '%s...'", rules[i].code,
                     wanted.data);
        }
        mb_buf_release(&page);
        mb_buf_release(&wanted);
    }
}

static void test_every_section_is_a_rule(void **state)
{
    (void)state;
    size_t count = 0;
    size_t sections = 0;
    const struct mb_rule_family *families = mb_rules_families(&count);
    for (size_t i = 0; i < count; i++) {
        const struct mb_embed *page = mb_embed_find(families[i].page);
        if (page == NULL) {
            fail_msg("%s is not embedded", families[i].page);
        }
        for (const char *at = strstr(page->data, "\n## "); at != NULL;
             at = strstr(at + 1, "\n## ")) {
            char code[6] = {0};
            memcpy(code, at + 4, 5);
            if (mb_rules_find(code) == NULL ||
                strncmp(code, families[i].prefix, 3) != 0) {
                fail_msg("%s has a section '%s' that is no rule of it", families[i].page,
                         code);
            }
            sections++;
        }
    }
    (void)mb_rules_list(&count);
    assert_int_equal(sections, count);
}

static void test_page_as_text(void **state)
{
    (void)state;
    struct mb_buf page = {0};
    assert_true(mb_page_section("MB112", false, &page));
    assert_ptr_equal(strstr(page.data, "MB112 not-a-quantity\n\nRule: "), page.data);
    assert_null(strstr(page.data, "```"));
    assert_null(strchr(page.data, '`'));
    assert_null(strstr(page.data, " \n"));
    assert_non_null(strstr(page.data, "\n    workloads:\n"));
    assert_false(mb_page_section("MB999", false, &page));
    assert_false(mb_page_section("MB1", false, &page));
    assert_false(mb_page_section("", false, &page));
    mb_buf_release(&page);
}

// --- codes in the sources

static size_t codes_seen;

static void codes_find(const char *path, const char *text)
{
    for (const char *at = strstr(text, "\"MB"); at != NULL; at = strstr(at + 1, "\"MB")) {
        char code[6] = {0};
        bool digits = isdigit((unsigned char)at[3]) && isdigit((unsigned char)at[4]) &&
                      isdigit((unsigned char)at[5]) && at[6] == '"';
        if (!digits) {
            continue;
        }
        memcpy(code, at + 1, 5);
        codes_seen++;
        if (mb_rules_find(code) == NULL) {
            fail_msg("%s reports %s, which is not in the table", path, code);
        }
    }
}

static int source_visit(const char *path, const struct stat *status, int type,
                        struct FTW *place)
{
    (void)status;
    (void)place;
    size_t size = strlen(path);
    if (type == FTW_F && size > 2 && path[size - 2] == '.' &&
        (path[size - 1] == 'c' || path[size - 1] == 'h')) {
        struct mb_buf text = {0};
        struct mb_err err = {0};
        assert_int_equal(mb_file_read(path, NULL, 1 << 24, &text, &err), MB_OK);
        codes_find(path, mb_buf_string(&text));
        mb_buf_release(&text);
    }
    return 0;
}

static void test_every_code_in_the_sources_is_a_rule(void **state)
{
    (void)state;
    size_t count = 0;
    (void)mb_rules_list(&count);
    codes_seen = 0;
    assert_int_equal(nftw("tools", source_visit, 16, FTW_PHYS), 0);
    assert_true(codes_seen > count); // the table itself, and what reports
}

static void test_levels(void **state)
{
    (void)state;
    enum mb_level level = MB_LEVEL_NONE;
    for (enum mb_level i = MB_LEVEL_VALID; i <= MB_LEVEL_PUBLISHABLE; i++) {
        assert_true(mb_level_find(mb_level_name(i), &level));
        assert_int_equal(level, i);
    }
    level = MB_LEVEL_RIGOROUS;
    assert_false(mb_level_find("none", &level));
    assert_false(mb_level_find("", &level));
    assert_int_equal(level, MB_LEVEL_RIGOROUS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_are_ordered_and_named),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_every_rule_has_a_section),
        cmocka_unit_test(test_sections_say_what_the_table_says),
        cmocka_unit_test(test_every_section_is_a_rule),
        cmocka_unit_test(test_page_as_text),
        cmocka_unit_test(test_every_code_in_the_sources_is_a_rule),
        cmocka_unit_test(test_levels),
    };
    return cmocka_run_group_tests_name("check/rules", tests, NULL, NULL);
}
