// Charts as data and scripts: which there are, what is in them, and that a name from
// input is in no script.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_result.h"
#include "report/chart_draft.h"

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
    mb_charts_build(&arena, &report, &(struct mb_chart_options){0}, &charts);
    size_t latency = 0;
    size_t named = 0;
    for (size_t i = 0; i < charts.count; i++) {
        const struct mb_chart *chart = &charts.items[i];
        latency += strncmp(chart->stem, "latency-", 8) == 0;
        named += strstr(chart->data, "\"'; system 'x' `y`") != NULL;
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

// Style of the first cell of a variant.
static struct mb_chart_style style_of(const struct mb_chart_atlas *atlas,
                                      const char *variant)
{
    const struct mb_result *result = atlas->report->sides[0].result;
    size_t i = 0;
    while (strcmp(result->cells[i].variant, variant) != 0) {
        i++;
    }
    return mb_chart_style(atlas, &result->cells[i]);
}

static void styles_are_of_variants(void **state)
{
    (void)state;
    static const struct mb_chart_options options = {0};
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_compare_side side;
    struct mb_compare_report report;
    struct mb_charts charts = {0};
    mb_fake_result_build(&arena, &result);
    report_build(&arena, &side, &result, &report);
    struct mb_chart_atlas atlas = {
        .arena = &arena, .report = &report, .charts = &charts, .options = &options};
    mb_chart_atlas_fill(&atlas);
    assert_string_equal(style_of(&atlas, "baseline").color, "#808080");
    assert_string_equal(style_of(&atlas, "proxy").color, "#0072b2");
    // A twin has the colour of what it measures again.
    for (size_t i = 0; i < result.cell_count; i++) {
        if (strcmp(result.cells[i].variant, "proxy") == 0) {
            result.cells[i].aa_of = "baseline";
        }
    }
    mb_chart_atlas_fill(&atlas);
    assert_string_equal(style_of(&atlas, "proxy").color, "#808080");
    assert_true(style_of(&atlas, "proxy").twin);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

// A result with this many variants at this many load points, all of them copies of one
// cell.
static void result_multiply(struct mb_arena *arena, size_t variants, size_t points,
                            struct mb_result *result)
{
    struct mb_cell *cells = mb_arena_alloc(arena, variants * points, sizeof *cells);
    for (size_t i = 0; i < variants * points; i++) {
        cells[i] = result->cells[0];
        cells[i].variant = mb_arena_print(arena, "v%zu", i % variants);
        cells[i].point.connections = 1 + (int64_t)(i / variants);
        cells[i].trial_count = i == 0 ? cells[i].trial_count : 1;
    }
    result->cells = cells;
    result->cell_count = variants * points;
}

// Seen together, no two of 48 variants look the same.
static void many_variants_differ(void **state)
{
    (void)state;
    enum { VARIANTS = 48 };
    static const struct mb_chart_options options = {0};
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_charts charts = {0};
    mb_fake_result_build(&arena, &result);
    struct mb_result many = result;
    result_multiply(&arena, VARIANTS, 1, &many);
    const struct mb_compare_side side = {.result = &many, .name = "f.json"};
    const struct mb_compare_report report = {.sides = &side, .side_count = 1};
    struct mb_chart_atlas atlas = {
        .arena = &arena, .report = &report, .charts = &charts, .options = &options};
    mb_chart_atlas_fill(&atlas);
    for (size_t i = 0; i < VARIANTS; i++) {
        struct mb_chart_style a = mb_chart_style(&atlas, &many.cells[i]);
        for (size_t j = 0; j < i; j++) {
            struct mb_chart_style b = mb_chart_style(&atlas, &many.cells[j]);
            assert_false(a.color == b.color && a.mark == b.mark && a.dash == b.dash);
        }
    }
    mb_result_release(&result);
    mb_arena_release(&arena);
}

// A huge result makes as many charts as are asked for, and says what is missing.
static void huge_results_are_cut(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_charts charts;
    mb_fake_result_build(&arena, &result);
    struct mb_result many = result;
    result_multiply(&arena, MB_CHART_ROWS_MAX + 2, 20, &many);
    const struct mb_compare_side side = {.result = &many, .name = "f.json"};
    const struct mb_compare_report report = {
        .sides = &side, .side_count = 1, .confidence = 0.95};
    mb_charts_build(&arena, &report, &(struct mb_chart_options){.per_kind = 3}, &charts);
    size_t latency = 0;
    for (size_t i = 0; i < charts.count; i++) {
        latency += strncmp(charts.items[i].stem, "latency-", 8) == 0;
    }
    assert_int_equal(latency, 3);
    const char *left_out = mb_charts_left_out(&arena, &charts);
    assert_non_null(left_out);
    assert_non_null(strstr(left_out, "17 of 'Response time by percentile'"));
    assert_non_null(strstr(left_out, "--charts N"));
    assert_non_null(strstr(left_out, "at most 40 rows"));
    // One load point of them: nothing is left out but rows.
    mb_charts_build(&arena, &report,
                    &(struct mb_chart_options){.point = "· 7 connections", .per_kind = 3},
                    &charts);
    assert_int_equal(charts.rest_count, 0);
    assert_true(charts.count > 0);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_are_complete),
        cmocka_unit_test(styles_are_of_variants),
        cmocka_unit_test(many_variants_differ),
        cmocka_unit_test(huge_results_are_cut),
    };
    return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
