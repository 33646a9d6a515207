// What a comparison points out: each note where it is due, and not where it is not.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "made.h"

// Microseconds and milliseconds in ns.
#define US(n) ((n)*INT64_C(1000))
#define MS(n) ((n)*INT64_C(1000000))

static struct mb_compare_report compare(struct mb_arena *arena,
                                        const struct mb_compare_side *sides, size_t count)
{
    static const char *const metrics[] = {"response_time.p50", "response_time.p99",
                                          "cpu_per_request"};
    const struct mb_compare_options options = {.metrics = metrics, .metric_count = 3};
    struct mb_compare_report report;
    struct mb_err err = {0};
    assert_int_equal(mb_compare(arena, sides, count, &options, &report, &err), MB_OK);
    return report;
}

static size_t count_of(const struct mb_compare_report *report, const char *code)
{
    size_t count = 0;
    for (size_t i = 0; i < report->note_count; i++) {
        if (strcmp(report->notes[i].code, code) == 0) {
            count += report->notes[i].count;
        }
    }
    return count;
}

// All values in ns; the codes that are expected, each with a blank after it.
static const struct note_case {
    const char *name;
    struct made_cell cells[3];
    size_t count;
    const char *expected;
} note_cases[] = {
    {"nothing",
     {{.variant = "base",
       .p50 = {US(1001), US(1002), US(1003), US(1001)},
       .p99 = {US(2001), US(2002), US(2003), US(2001)}},
      {.variant = "mesh",
       .p50 = {US(1501), US(1502), US(1503), US(1501)},
       .p99 = {US(3001), US(3002), US(3003), US(3001)}}},
     2,
     ""},
    {"the first block is cold",
     {{.variant = "base",
       .p50 = {US(1001), US(1002), US(1003), US(1001), US(1002)},
       .p99 = {US(2001), US(2002), US(2003), US(2001), US(2002)}},
      {.variant = "mesh",
       .p50 = {US(9501), US(1502), US(1503), US(1501), US(1502)},
       .p99 = {US(9801), US(3002), US(3003), US(3001), US(3002)}}},
     2,
     "MB803 "},
    {"rounded to a millisecond",
     {{.variant = "base", .p50 = {MS(6)}, .p99 = {MS(17)}},
      {.variant = "mesh", .p50 = {MS(9)}, .p99 = {MS(18)}}},
     2,
     "MB806 "},
    {"a twin differs by as much",
     {{.variant = "base", .p50 = {US(316)}, .p99 = {US(547)}},
      {.variant = "base-aa", .aa_of = "base", .p50 = {US(359)}, .p99 = {US(694)}},
      {.variant = "mesh", .p50 = {US(1214)}, .p99 = {US(600)}}},
     3,
     "MB807 "},
    {"faster with a mesh, one trial",
     {{.variant = "base", .p50 = {US(1001)}, .p99 = {US(22831)}},
      {.variant = "mesh", .p50 = {US(1101)}, .p99 = {US(19901)}}},
     2,
     "MB808 "},
    {"faster with a mesh, for certain",
     {{.variant = "base",
       .p50 = {US(1001), US(1002), US(1003), US(1001)},
       .p99 = {US(2001), US(2002), US(2003), US(2001)}},
      {.variant = "mesh",
       .p50 = {US(501), US(502), US(503), US(501)},
       .p99 = {US(3001), US(3002), US(3003), US(3001)}}},
     2,
     "MB808 "},
    {"lost SYNs",
     {{.variant = "base", .p50 = {US(1001)}, .p99 = {US(2001)}},
      {.variant = "mesh", .p50 = {US(1101)}, .p99 = {US(3081001)}}},
     2,
     "MB810 "},
};

static void test_notes_about_effects(void **state)
{
    (void)state;
    static const char *const codes[] = {"MB802", "MB803", "MB806",
                                        "MB807", "MB808", "MB810"};
    for (size_t i = 0; i < sizeof note_cases / sizeof *note_cases; i++) {
        struct mb_arena arena = {0};
        struct mb_result result;
        made_result(&arena, note_cases[i].cells, note_cases[i].count, &result);
        const struct mb_compare_side side = {
            .result = &result, .digest = "d", .name = "r.json"};
        struct mb_compare_report report = compare(&arena, &side, 1);
        for (size_t j = 0; j < sizeof codes / sizeof *codes; j++) {
            bool wanted = strstr(note_cases[i].expected, codes[j]) != NULL;
            if (wanted != (count_of(&report, codes[j]) > 0)) {
                fail_msg("%s: %s is %s", note_cases[i].name, codes[j],
                         wanted ? "missing" : "not due");
            }
        }
        mb_arena_release(&arena);
    }
}

// The codes stand beside the effects that they are about.
static void test_effects_carry_their_codes(void **state)
{
    (void)state;
    static const struct made_cell cells[] = {
        {.variant = "base", .p50 = {US(1101)}, .p99 = {US(3081001)}}, // lost SYNs here
        {.variant = "mesh", .p50 = {US(1001)}, .p99 = {US(3083001)}}, // and here
    };
    struct mb_arena arena = {0};
    struct mb_result result;
    made_result(&arena, cells, 2, &result);
    const struct mb_compare_side side = {.result = &result, .digest = "d", .name = "r"};
    struct mb_compare_report report = compare(&arena, &side, 1);
    assert_int_equal(count_of(&report, "MB810"), 2);
    assert_string_equal(report.comparisons[0].notes, "MB808"); // p50 is less
    assert_string_equal(report.comparisons[1].notes, "MB810");
    assert_null(report.comparisons[2].notes);
    mb_arena_release(&arena);
}

// Only what is known to be without a mesh is called so.
static void test_says_what_is_known_of_a_mesh(void **state)
{
    (void)state;
    static const struct made_cell cells[] = {
        {.variant = "base", .p50 = {US(1101)}, .p99 = {US(2001)}},
        {.variant = "mesh", .p50 = {US(1001)}, .p99 = {US(2002)}},
    };
    for (int said = 0; said < 2; said++) {
        struct mb_arena arena = {0};
        struct mb_result result;
        made_result(&arena, cells, 2, &result);
        struct mb_node *none = mb_node_string(&arena, "none");
        if (said != 0) {
            mb_fact_add(&arena, &result.facts,
                        (struct mb_fact){.path = "variants.base.mesh", .captured = none});
        }
        const struct mb_compare_side side = {
            .result = &result, .digest = "d", .name = "r"};
        struct mb_compare_report report = compare(&arena, &side, 1);
        const char *message = NULL;
        for (size_t i = 0; i < report.note_count; i++) {
            if (strcmp(report.notes[i].code, "MB808") == 0) {
                message = report.notes[i].message;
            }
        }
        assert_non_null(message);
        assert_non_null(
            strstr(message, said != 0 ? "without a mesh ('base')" : "than for 'base'"));
        mb_arena_release(&arena);
    }
}

static const struct made_cell two[] = {
    {.variant = "base", .p50 = {US(1001)}, .p99 = {US(2001)}},
    {.variant = "mesh", .p50 = {US(1501)}, .p99 = {US(3001)}, .cpu_ns = MS(700)},
};

static void test_saturated_cells_are_counted(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    made_result(&arena, two, 2, &result);
    result.cells[1].trials[0].parts[0].counts.completed = MADE_COMPLETED / 2;
    result.cells[1].trials[0].parts[0].counts.ok = MADE_COMPLETED / 2;
    const struct mb_compare_side side = {.result = &result, .digest = "d", .name = "r"};
    struct mb_compare_report report = compare(&arena, &side, 1);
    assert_int_equal(count_of(&report, "MB801"), 1);
    mb_arena_release(&arena);
}

static void test_disturbed_runs(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    made_result(&arena, two, 2, &result);
    struct mb_trial *trial = &result.cells[1].trials[0];
    trial->warmup_ns = 0;
    trial->host = mb_node_map(&arena);
    mb_node_put(&arena, trial->host, "steal_ns", mb_node_int(&arena, MS(20)));
    mb_node_put(&arena, trial->host, "busy_ns", mb_node_int(&arena, MS(980)));
    trial->parts[0].run_delay_ns = 6000000000;
    struct mb_finding findings[] = {{.code = "MB421", .message = "late"},
                                    {.code = "MB401", .message = "busy"},
                                    {.code = "MB407", .message = "virtual"}};
    result.findings = findings;
    result.finding_count = 3;
    const struct mb_compare_side side = {.result = &result, .digest = "d", .name = "r"};
    struct mb_compare_report report = compare(&arena, &side, 1);
    assert_int_equal(count_of(&report, "MB803"), 1);
    assert_int_equal(count_of(&report, "MB804"), 1);
    assert_int_equal(count_of(&report, "MB805"), 3); // load, steal, run delay
    mb_arena_release(&arena);
}

static void version_set(struct mb_arena *arena, struct mb_result *result,
                        const char *declared, const char *captured)
{
    mb_fact_add(arena, &result->facts,
                (struct mb_fact){
                    .path = "variants.mesh.version",
                    .declared = declared != NULL ? mb_node_string(arena, declared) : NULL,
                    .captured = captured != NULL ? mb_node_string(arena, captured) : NULL,
                    .source = "made"});
}

static void test_stale_figures(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result results[4];
    struct mb_compare_side sides[4];
    static const char *const versions[] = {"1.10", "1.11", "1.11", "1.12"};
    for (size_t i = 0; i < 4; i++) {
        made_result(&arena, two, 2, &results[i]);
        version_set(&arena, &results[i], NULL, versions[i]);
        sides[i] =
            (struct mb_compare_side){.result = &results[i], .digest = "d", .name = "r"};
    }
    results[3].cells[1].trials[0].resources[0].cpu_end_ns++; // measured again
    struct mb_compare_report report = compare(&arena, sides, 4);
    assert_int_equal(count_of(&report, "MB809"), 1); // the second one only
    version_set(&arena, &results[0], "1.16", "1.8");
    report = compare(&arena, sides, 1);
    assert_int_equal(count_of(&report, "MB809"), 1);
    mb_arena_release(&arena);
}

static void test_the_rest_is_counted(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    made_result(&arena, two, 2, &result);
    struct mb_finding findings[5];
    for (size_t i = 0; i < 5; i++) {
        findings[i] = (struct mb_finding){.code = "MB421", .message = "late"};
    }
    result.findings = findings;
    result.finding_count = 5;
    const struct mb_compare_side side = {.result = &result, .digest = "d", .name = "r"};
    struct mb_compare_report report = compare(&arena, &side, 1);
    assert_int_equal(count_of(&report, "MB804"), 5);
    assert_int_equal(report.notes[report.note_count - 1].count, 2);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notes_about_effects),
        cmocka_unit_test(test_effects_carry_their_codes),
        cmocka_unit_test(test_says_what_is_known_of_a_mesh),
        cmocka_unit_test(test_saturated_cells_are_counted),
        cmocka_unit_test(test_disturbed_runs),
        cmocka_unit_test(test_stale_figures),
        cmocka_unit_test(test_the_rest_is_counted),
    };
    return cmocka_run_group_tests_name("compare/notes", tests, NULL, NULL);
}
