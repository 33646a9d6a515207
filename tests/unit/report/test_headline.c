// The headline says what the verdicts bear, and no more.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_result.h"
#include "report/headline.h"

struct fixture {
    struct mb_arena arena;
    struct mb_result result;
    struct mb_compare_side side;
    struct mb_compare_report report;
};

static void fixture_build(struct fixture *fixture)
{
    const struct mb_compare_options options = {0};
    struct mb_err err = {0};
    *fixture = (struct fixture){0};
    mb_fake_result_build(&fixture->arena, &fixture->result);
    fixture->side = (struct mb_compare_side){
        .result = &fixture->result, .digest = "0", .name = "fake.json"};
    if (mb_compare(&fixture->arena, &fixture->side, 1, &options, &fixture->report,
                   &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
}

static void fixture_release(struct fixture *fixture)
{
    mb_result_release(&fixture->result);
    mb_arena_release(&fixture->arena);
}

static void verdicts_set(struct fixture *fixture, enum mb_compare_verdict verdict)
{
    for (size_t i = 0; i < fixture->report.count; i++) {
        fixture->report.comparisons[i].verdict = verdict;
    }
}

static void contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("expected [%s] in [%s]", part, text);
    }
}

static void decided(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_build(&fixture);
    verdicts_set(&fixture, MB_COMPARE_WORSE);
    const char *text = mb_headline(&fixture.arena, &fixture.report);
    contains(text, "against 'baseline': proxy adds ");
    contains(text, " at p50 and ");
    verdicts_set(&fixture, MB_COMPARE_SAME);
    contains(mb_headline(&fixture.arena, &fixture.report),
             "proxy is the same in p50 and p99.");
    fixture_release(&fixture);
}

static void undecided(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_build(&fixture);
    verdicts_set(&fixture, MB_COMPARE_INCONCLUSIVE);
    const char *text = mb_headline(&fixture.arena, &fixture.report);
    contains(text, "The data cannot tell a difference: ");
    assert_null(strstr(text, "adds"));
    fixture_release(&fixture);
}

static void errors_are_told(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_build(&fixture);
    verdicts_set(&fixture, MB_COMPARE_INCONCLUSIVE);
    double share = 0.25;
    for (size_t i = 0; i < fixture.report.count; i++) {
        struct mb_comparison *effect = &fixture.report.comparisons[i];
        if (effect->metric.family == MB_METRIC_ERROR_RATIO && !effect->aa) {
            effect->verdict = MB_COMPARE_WORSE;
            effect->value = (struct mb_value){MB_VALUE_KNOWN, share};
            effect->baseline_value = (struct mb_value){MB_VALUE_KNOWN, 0.001};
            share /= 2; // the first is the worst
        }
    }
    const char *text = mb_headline(&fixture.arena, &fixture.report);
    contains(text, "Errors aside, the data cannot tell a difference: ");
    contains(text, "Errors: proxy fails 25% of the requests at ");
    contains(text, "where baseline fails 0.1%");
    fixture_release(&fixture);
}

static void cautions(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_build(&fixture);
    struct mb_compare_note note = {.code = "MB801", .message = "saturated", .count = 1};
    struct mb_compare_difference difference = {.path = "generator.co_handling",
                                               .class = MB_COMPARE_DISQUALIFYING};
    fixture.report.notes = &note;
    fixture.report.note_count = 1;
    contains(mb_headline(&fixture.arena, &fixture.report), "Caution: 1 cell could not");
    fixture.report.differences = &difference;
    fixture.report.difference_count = 1;
    verdicts_set(&fixture, MB_COMPARE_INCOMPARABLE);
    contains(mb_headline(&fixture.arena, &fixture.report),
             "Not comparable: 'generator.co_handling' differs");
    difference.allowed = true;
    contains(mb_headline(&fixture.arena, &fixture.report),
             "Compared although not comparable: 'generator.co_handling'");
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decided),
        cmocka_unit_test(undecided),
        cmocka_unit_test(errors_are_told),
        cmocka_unit_test(cautions),
    };
    return cmocka_run_group_tests_name("headline", tests, NULL, NULL);
}
