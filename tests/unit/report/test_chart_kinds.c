// The kinds of charts that a single plain result does not have: offered rates, results
// side by side, the course of a trial.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_result.h"
#include "report/chart.h"

static const struct mb_chart *chart_find(const struct mb_charts *charts, const char *stem)
{
    for (size_t i = 0; i < charts->count; i++) {
        if (strcmp(charts->items[i].stem, stem) == 0) {
            return &charts->items[i];
        }
    }
    return NULL;
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("no [%s] in:\n%s", part, text);
    }
}

static void charts_build(struct mb_arena *arena, const struct mb_compare_side *sides,
                         size_t count, struct mb_charts *charts)
{
    static const struct mb_compare_options wanted = {.baseline = NULL};
    static const struct mb_chart_options options = {.point = NULL};
    struct mb_compare_report report;
    struct mb_err err = {0};
    if (mb_compare(arena, sides, count, &wanted, &report, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    mb_charts_build(arena, &report, &options, charts);
}

// The cells of the open load point at two rates; at the second, half of what is due is
// sent.
static void rates_make_lines(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_charts charts;
    mb_fake_result_build(&arena, &result);
    struct mb_cell *cells = mb_arena_alloc(&arena, 4, sizeof *cells);
    size_t open = 0;
    for (size_t i = 0; i < result.cell_count; i++) {
        if (result.cells[i].point.load_model == MB_LOAD_OPEN && open < 2) {
            cells[open] = cells[open + 2] = result.cells[i];
            cells[open + 2].point.rate_micro_rps *= 2;
            open++;
        }
    }
    assert_int_equal(open, 2);
    struct mb_result rates = result;
    rates.cells = cells;
    rates.cell_count = 4;
    const struct mb_compare_side side = {.result = &rates, .name = "f.json"};
    charts_build(&arena, &side, 1, &charts);
    const struct mb_chart *chart = chart_find(&charts, "rate-1");
    assert_non_null(chart);
    has(chart->data, "\"proxy\"\n1000 ");
    has(chart->data, "\n2000 ");
    has(chart->script, "yerrorbars");
    assert_null(strstr(chart->script, "did not reach the rate"));
    for (size_t i = 0; i < cells[3].trial_count; i++) {
        cells[3].trials[i].parts[0].counts.intended *= 2;
    }
    charts_build(&arena, &side, 1, &charts);
    has(chart_find(&charts, "rate-1")->script, "did not reach the rate");
    mb_result_release(&result);
    mb_arena_release(&arena);
}

static void results_make_lines(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_charts charts;
    mb_fake_result_build(&arena, &result);
    const struct mb_compare_side sides[] = {
        {.result = &result, .digest = "0", .name = "runs/`old\".json"},
        {.result = &result, .digest = "1", .name = "runs/new.json"}};
    charts_build(&arena, sides, 2, &charts);
    const struct mb_chart *chart = chart_find(&charts, "release-1");
    assert_non_null(chart);
    has(chart->data, "1 \"`old'\"\n2 \"new\"\n");
    has(chart->data, "\"proxy\"\n1 ");
    assert_null(strstr(chart->script, "old"));
    assert_null(chart_find(&charts, "release-9"));
    // Effects of one load point stand in one chart, each with its variant.
    has(chart_find(&charts, "effect-1")->data, "\"proxy\"");
    has(chart_find(&charts, "effect-1")->data, "\"proxy over baseline\"");
    mb_result_release(&result);
    mb_arena_release(&arena);
}

// Gives the first trial of a cell four seconds of 100 answers each, and in the third of
// them an error.
static void course_make(struct mb_arena *arena, struct mb_cell *cell, struct mb_hdr *hdr)
{
    enum { SECONDS = 4, ANSWERS = 2000 };
    struct mb_trial *trial = &cell->trials[0];
    struct mb_part *part = &trial->parts[0];
    mb_hdr_init(hdr);
    mb_hdr_record_count(hdr, 5000000, ANSWERS);
    part->interval_ns = 1000000000;
    trial->window_ns = SECONDS * part->interval_ns;
    // One more: what ended after the window is not drawn.
    part->interval_count = SECONDS + 1;
    part->intervals =
        mb_arena_alloc(arena, part->interval_count, sizeof *part->intervals);
    for (size_t i = 0; i < part->interval_count; i++) {
        part->intervals[i] =
            (struct mb_interval){.completed = ANSWERS,
                                 .errors = i == 2,
                                 .response = {.type = MB_DIST_HDR, .hdr = hdr}};
    }
    cell->trial_count = 1;
}

static void series_make_courses(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_charts charts;
    struct mb_hdr hdr;
    mb_fake_result_build(&arena, &result);
    struct mb_result one = result;
    struct mb_cell cell = result.cells[0];
    one.cells = &cell;
    one.cell_count = 1;
    course_make(&arena, &cell, &hdr);
    const struct mb_compare_side side = {.result = &one, .name = "f.json"};
    const struct mb_compare_report report = {
        .sides = &side, .side_count = 1, .confidence = 0.95};
    mb_charts_build(&arena, &report, &(struct mb_chart_options){0}, &charts);
    const struct mb_chart *chart = chart_find(&charts, "timeline-1");
    assert_non_null(chart);
    has(chart->data, "(block 1)\"\n0.5 5.00");
    has(chart->data, " 2000 nan\n2.5 5.00");
    has(chart->data, " 2000 2000\n3.5 5.00");
    assert_null(strstr(chart->data, "\n4.5 "));
    has(chart->script, "p99 [ms]");
    has(chart->script, "title \"errors\"");
    // What ended before it could show a course has no chart.
    cell.trials[0].window_ns = 2000000000;
    mb_charts_build(&arena, &report, &(struct mb_chart_options){0}, &charts);
    assert_null(chart_find(&charts, "timeline-1"));
    cell.trials[0].parts[0].interval_count = 0;
    mb_hdr_release(&hdr);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_make_lines),
        cmocka_unit_test(results_make_lines),
        cmocka_unit_test(series_make_courses),
    };
    return cmocka_run_group_tests_name("chart_kinds", tests, NULL, NULL);
}
