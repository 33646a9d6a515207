// How findings become levels: what blocks which level, what is shown, in which order.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "check/check.h"

#define HEAD "meshbench: v1\nkind: benchmark\nname: t\n"
#define PLAIN "variants:\n  - {name: plain, mesh: none, url: \"http://127.0.0.1:1\"}\n"
#define CLOSED                                                                           \
    "workloads:\n  - {name: w, load_model: closed, connections: 1, duration: 10s"
// Satisfies each level and lacks the next.
#define VALID HEAD PLAIN CLOSED "}\n"
#define DISCLOSED                                                                        \
    HEAD "environment: {orchestrator: {type: process}}\n"                                \
         "application: {name: a, version: \"1\"}\n"                                      \
         "trials: {discard: none, count: 3}\n" PLAIN CLOSED                              \
         ", warmup: 1s, request: {timeout: 5s, keepalive: true}}\n"
#define RIGOROUS                                                                         \
    HEAD "environment: {orchestrator: {type: process}}\n"                                \
         "application: {name: a, version: \"1\"}\n"                                      \
         "analysis: {primary: [throughput]}\n"                                           \
         "trials: {discard: none, count: 6, seed: 1, aa: plain}\n" PLAIN CLOSED          \
         ", warmup: 1s, request: {timeout: 5s, keepalive: true}}\n"
#define PUBLISHABLE                                                                      \
    RIGOROUS "question: q?\navailability: available\nauthors: [{name: n}]\n"

struct checked {
    struct mb_arena arena;
    struct mb_diag diag;
    enum mb_level level;
};

static struct checked text_check(const char *text, enum mb_level wanted)
{
    struct checked checked = {0};
    struct mb_doc doc;
    struct mb_err err = {0};
    mb_arena_init(&checked.arena);
    if (mb_doc_parse(&checked.arena, "t.yaml", text, strlen(text), &doc, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    mb_diag_init(&checked.diag, &checked.arena);
    checked.level = mb_check_document(&checked.arena, NULL, &doc, wanted, &checked.diag);
    checked.diag.arena = NULL; // moved
    return checked;
}

// "MB101 MB301w MB701n": codes in order, warnings and notes marked.
static const char *codes(struct checked *checked)
{
    static const char *const marks[] = {"n", "w", ""};
    const char *text = "";
    for (size_t i = 0; i < checked->diag.count; i++) {
        const struct mb_finding *finding = &checked->diag.items[i];
        text = mb_arena_print(&checked->arena, "%s%s%s%s", text, i > 0 ? " " : "",
                              finding->code, marks[finding->severity]);
    }
    return text;
}

static void test_levels_and_what_is_shown(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        enum mb_level wanted;
        enum mb_level level;
        const char *codes;
    } cases[] = {
        {"valid: warns of the next level, says nothing of later ones", VALID,
         MB_LEVEL_VALID, MB_LEVEL_VALID,
         "MB301w MB302w MB305w MB309w MB317w MB314w MB315w MB316w"},
        {"valid, asked for disclosed: errors, and notes of the level after it", VALID,
         MB_LEVEL_DISCLOSED, MB_LEVEL_VALID,
         "MB301 MB302 MB305 MB309 MB317 MB703n MB706n MB707n MB314 MB315 MB316"},
        {"disclosed: notes of rigorous", DISCLOSED, MB_LEVEL_VALID, MB_LEVEL_DISCLOSED,
         "MB706n MB703n MB707n MB701n"},
        {"disclosed, asked for rigorous", DISCLOSED, MB_LEVEL_RIGOROUS,
         MB_LEVEL_DISCLOSED, "MB706 MB750n MB751n MB752n MB703 MB707 MB701"},
        {"disclosed, asked for publishable", DISCLOSED, MB_LEVEL_PUBLISHABLE,
         MB_LEVEL_DISCLOSED, "MB706 MB750 MB751 MB752 MB703 MB707 MB701"},
        {"rigorous", RIGOROUS, MB_LEVEL_VALID, MB_LEVEL_RIGOROUS, "MB750n MB751n MB752n"},
        {"publishable", PUBLISHABLE, MB_LEVEL_PUBLISHABLE, MB_LEVEL_PUBLISHABLE, ""},
        {"advice of the lowest level blocks nothing",
         PUBLISHABLE "collect: {prometheus: {url: \"http://a\"}}\n", MB_LEVEL_PUBLISHABLE,
         MB_LEVEL_PUBLISHABLE, "MB903w"},
        {"an error blocks every level", PUBLISHABLE "zz: 1\n", MB_LEVEL_VALID,
         MB_LEVEL_NONE, "MB101"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checked checked = text_check(cases[i].text, cases[i].wanted);
        const char *found = codes(&checked);
        if (checked.level != cases[i].level || strcmp(found, cases[i].codes) != 0) {
            fail_msg("%s:\nexpected %s, '%s'\ngot      %s, '%s'", cases[i].name,
                     mb_level_name(cases[i].level), cases[i].codes,
                     mb_level_name(checked.level), found);
        }
        mb_arena_release(&checked.arena);
    }
}

// One fault, one finding.
static void test_no_cascades(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *errors;
    } cases[] = {
        {"variants of another type", HEAD "variants: {a: b}\n" CLOSED "}\n", "MB103"},
        {"a variant that is a text", HEAD "variants: [plain]\n" CLOSED "}\n", "MB103"},
        {"a workload that is a text", HEAD PLAIN "workloads: [steady]\n", "MB103"},
        {"a gate without its metric",
         HEAD PLAIN CLOSED "}\ngates: [{variant: plain, at_most: +5ms}]\n", "MB102"},
        {"a gate with a limit that is none",
         HEAD PLAIN CLOSED "}\ngates: [{metric: throughput, at_most: fast}]\n", "MB112"},
        {"a gate on a metric that is none",
         HEAD PLAIN CLOSED "}\ngates: [{metric: speed, at_most: 5ms}]\n", "MB123"},
        {"trials of another type", HEAD PLAIN CLOSED "}\ntrials: 6\n", "MB103"},
        {"no kind", "meshbench: v1\nvariants: 1\n", "MB110"},
        {"no version", "kind: benchmark\nvariants: 1\n", "MB110"},
        {"a misspelt required key",
         HEAD "varants:\n  - {name: plain, mesh: none}\n" CLOSED "}\n", "MB101 MB102"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checked checked = text_check(cases[i].text, MB_LEVEL_VALID);
        const char *errors = "";
        for (size_t j = 0; j < checked.diag.count; j++) {
            if (checked.diag.items[j].severity == MB_SEVERITY_ERROR) {
                errors = mb_arena_print(&checked.arena, "%s%s%s", errors,
                                        errors[0] != '\0' ? " " : "",
                                        checked.diag.items[j].code);
            }
        }
        // The order of two findings in one place does not matter here.
        if (strcmp(errors, cases[i].errors) != 0 && strcmp(errors, "MB102 MB101") != 0) {
            fail_msg("%s: expected '%s', got '%s'", cases[i].name, cases[i].errors,
                     errors);
        }
        assert_int_equal(checked.level, MB_LEVEL_NONE);
        mb_arena_release(&checked.arena);
    }
}

static void test_findings_are_ordered_by_place(void **state)
{
    (void)state;
    struct checked checked =
        text_check(HEAD "zz: 1\n" PLAIN CLOSED ", yy: 2}\nxx: 3\n", MB_LEVEL_VALID);
    int line = 0;
    for (size_t i = 0; i < checked.diag.count; i++) {
        assert_true(checked.diag.items[i].line >= line);
        line = checked.diag.items[i].line;
    }
    assert_int_equal(checked.diag.errors, 3);
    mb_arena_release(&checked.arena);
}

static void test_too_many_findings_are_counted(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    mb_buf_append_string(&text, VALID);
    for (int i = 0; i < 700; i++) {
        mb_buf_print(&text, "key-%d: 1\n", i);
    }
    struct checked checked = text_check(text.data, MB_LEVEL_VALID);
    size_t last = 0;
    for (size_t i = 0; i < checked.diag.count; i++) {
        last = strcmp(checked.diag.items[i].code, "MB109") == 0 ? i + 1 : last;
    }
    assert_int_not_equal(last, 0);
    assert_int_equal(checked.diag.count, MB_CHECK_MAX_FINDINGS + 1);
    assert_non_null(
        strstr(checked.diag.items[last - 1].message, " more findings are not listed"));
    assert_int_equal(checked.level, MB_LEVEL_NONE);
    mb_arena_release(&checked.arena);
    mb_buf_release(&text);
}

// A run refuses what validate only warns of.
static void test_blocker(void **state)
{
    (void)state;
    struct checked good = text_check(VALID, MB_LEVEL_VALID);
    assert_null(mb_check_blocker(&good.diag));
    struct checked reserved =
        text_check(HEAD PLAIN CLOSED ", protocol: grpc}\n", MB_LEVEL_VALID);
    assert_int_equal(reserved.level, MB_LEVEL_VALID);
    assert_string_equal(mb_check_blocker(&reserved.diag)->code, "MB901");
    struct checked wrong = text_check(HEAD "zz: 1\n" PLAIN CLOSED "}\n", MB_LEVEL_VALID);
    assert_string_equal(mb_check_blocker(&wrong.diag)->code, "MB101");
    mb_arena_release(&good.arena);
    mb_arena_release(&reserved.arena);
    mb_arena_release(&wrong.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_and_what_is_shown),
        cmocka_unit_test(test_no_cascades),
        cmocka_unit_test(test_findings_are_ordered_by_place),
        cmocka_unit_test(test_too_many_findings_are_counted),
        cmocka_unit_test(test_blocker),
    };
    return cmocka_run_group_tests_name("check/check", tests, NULL, NULL);
}
