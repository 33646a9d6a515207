// The page has every section that there is something to say in, and names are text in it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_result.h"
#include "report/html.h"

struct fixture {
    struct mb_arena arena;
    struct mb_result result;
    struct mb_compare_side side;
    struct mb_compare_report report;
    struct mb_charts charts;
    struct mb_html_page page;
    struct mb_buf out;
};

static const char *const levels[] = {"valid"};

static void fixture_build(struct fixture *fixture, const char *name)
{
    const struct mb_compare_options options = {0};
    struct mb_err err = {0};
    *fixture = (struct fixture){0};
    mb_fake_result_build(&fixture->arena, &fixture->result);
    fixture->result.spec_name = name;
    for (size_t i = 0; i < fixture->result.cell_count; i++) {
        struct mb_cell *cell = &fixture->result.cells[i];
        cell->variant = strcmp(cell->variant, "proxy") == 0 ? name : cell->variant;
    }
    fixture->side =
        (struct mb_compare_side){.result = &fixture->result, .digest = "0", .name = name};
    if (mb_compare(&fixture->arena, &fixture->side, 1, &options, &fixture->report,
                   &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    mb_charts_build(&fixture->arena, &fixture->report, &(struct mb_chart_options){0},
                    &fixture->charts);
    for (size_t i = 0; i < fixture->charts.count; i++) {
        fixture->charts.items[i].svg =
            "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 1 1\"><path id='gpPt0'/><use "
            "xlink:href='#gpPt0'/></svg>";
    }
    fixture->page = (struct mb_html_page){
        .report = &fixture->report, .charts = &fixture->charts, .levels = levels};
}

static const char *fixture_print(struct fixture *fixture)
{
    mb_buf_reset(&fixture->out);
    mb_html_page(&fixture->arena, &fixture->page, &fixture->out);
    return mb_buf_string(&fixture->out);
}

static void fixture_release(struct fixture *fixture)
{
    mb_buf_release(&fixture->out);
    mb_result_release(&fixture->result);
    mb_arena_release(&fixture->arena);
}

static void has(const char *page, const char *part)
{
    if (strstr(page, part) == NULL) {
        fail_msg("the page does not have [%s]", part);
    }
}

static void names_are_text(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_build(&fixture, "</title><script>\" onload='x'");
    const char *page = fixture_print(&fixture);
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "onload='"));
    has(page, "&lt;/title&gt;&lt;script&gt;&quot; onload=&#39;x&#39;");
    fixture_release(&fixture);
}

static void pictures_have_ids_and_words_of_their_own(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_build(&fixture, "proxy");
    const char *page = fixture_print(&fixture);
    assert_null(strstr(page, "<?xml"));
    has(page, "id='latency-1-gpPt0'");
    has(page, "href='#latency-1-gpPt0'");
    has(page, "id='latency-2-gpPt0'");
    has(page, "<svg role=\"img\" aria-label=\"Response time by percentile: ");
    fixture.charts.items[0].svg = NULL;
    has(fixture_print(&fixture), "gnuplot could not draw this picture.");
    fixture.page.no_pictures = "no pictures: <why>";
    page = fixture_print(&fixture);
    has(page, "<p>no pictures: &lt;why&gt;</p>");
    assert_null(strstr(page, "<svg"));
    fixture_release(&fixture);
}

static void sections_are_those_with_content(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_build(&fixture, "proxy");
    const char *page = fixture_print(&fixture);
    has(page, "id=\"effects\"");
    has(page, "id=\"trials\"");
    assert_null(strstr(page, "id=\"differences\"")); // one result differs from none
    // Every trial is there by its id.
    for (size_t i = 0; i < fixture.result.cell_count; i++) {
        for (size_t j = 0; j < fixture.result.cells[i].trial_count; j++) {
            has(page, fixture.result.cells[i].trials[j].id);
        }
    }
    fixture.report.count = 0;
    fixture.page.no_comparison = "one variant";
    page = fixture_print(&fixture);
    has(page, "No comparison: one variant");
    assert_null(strstr(page, "id=\"effects\""));
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_text),
        cmocka_unit_test(pictures_have_ids_and_words_of_their_own),
        cmocka_unit_test(sections_are_those_with_content),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
