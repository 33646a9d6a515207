// Charts as data and scripts: which there are, what is in them, and that a name from
// input is in no script.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_result.h"
#include "report/chart.h"

static void report_build(struct mb_arena *arena, struct mb_compare_side *side,
                         struct mb_result *result, struct mb_compare_report *report)
{
    const struct mb_compare_options options = {0};
    struct mb_err err = {0};
    *side = (struct mb_compare_side){.result = result, .digest = "0", .name = "f.json"};
    if (mb_compare(arena, side, 1, &options, report, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
}

static void charts_are_complete(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_compare_side side;
    struct mb_compare_report report;
    struct mb_charts charts;
    mb_fake_result_build(&arena, &result);
    for (size_t i = 0; i < result.cell_count; i++) {
        if (strcmp(result.cells[i].variant, "proxy") == 0) {
            result.cells[i].variant = "\"; system \"x\" `y`";
        }
    }
    report_build(&arena, &side, &result, &report);
    mb_charts_build(&arena, &report, &charts);
    size_t latency = 0;
    size_t named = 0;
    for (size_t i = 0; i < charts.count; i++) {
        const struct mb_chart *chart = &charts.items[i];
        latency += strncmp(chart->stem, "latency-", 8) == 0;
        named += strstr(chart->data, "\"'; system 'x' `y`\"") != NULL;
        assert_null(strstr(chart->script, "system"));
        assert_null(strstr(chart->script, "`"));
        assert_non_null(strstr(chart->script, "noenhanced"));
        assert_null(chart->svg);
        // No effect is shown without the zero that it is a difference from.
        assert_true(strncmp(chart->stem, "effect-", 7) != 0 ||
                    strstr(chart->script, "set xrange [* < 0 : 0 < *]") != NULL);
        // The fake result knows the data plane, no control plane.
        assert_null(strstr(chart->script, "title \"control plane\""));
        assert_true(strlen(chart->text) > 20);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(chart->stem, charts.items[j].stem);
        }
    }
    assert_int_equal(latency, 2); // load points
    assert_int_equal(named, charts.count);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

static void colors_are_of_variants(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_compare_side side;
    struct mb_compare_report report;
    mb_fake_result_build(&arena, &result);
    report_build(&arena, &side, &result, &report);
    assert_string_equal(mb_chart_color(&report, "baseline"), "#808080");
    assert_string_equal(mb_chart_color(&report, "proxy"), "#0072b2");
    // A twin has the colour of what it measures again.
    for (size_t i = 0; i < result.cell_count; i++) {
        if (strcmp(result.cells[i].variant, "proxy") == 0) {
            result.cells[i].aa_of = "baseline";
        }
    }
    assert_string_equal(mb_chart_color(&report, "proxy"), "#808080");
    mb_result_release(&result);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_are_complete),
        cmocka_unit_test(colors_are_of_variants),
    };
    return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
