// What is shown of an effect follows from what decides it.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/effect.h"

enum { VALUES_MAX = 6 };

// Values of the blocks in ms, or requests per second; the baseline's is 1000.
struct effect_case {
    const char *name;
    const char *metric;
    enum mb_compare_design design;
    double values[VALUES_MAX];
    size_t count;
    const char *expected;
};

static const struct effect_case cases[] = {
    {"narrow",
     "response_time.p50",
     MB_COMPARE_VARIANT,
     {1100, 1110, 1090, 1100},
     4,
     "+100 ±13"},
    // The mean difference is 1833 ± 3172: it could be none. Every ratio is above one.
    {"large blocks",
     "response_time.p50",
     MB_COMPARE_VARIANT,
     {1600, 1700, 1500, 9000, 1700, 1500},
     6,
     "+1131 (14 to 3480)"},
    {"no effect",
     "response_time.p50",
     MB_COMPARE_VARIANT,
     {900, 1500, 700, 1200},
     4,
     "+32 (-392 to 752)"},
    {"less",
     "response_time.p50",
     MB_COMPARE_VARIANT,
     {500, 510, 490, 505},
     4,
     "-499 ±14"},
    {"zero on a side",
     "response_time.p50",
     MB_COMPARE_VARIANT,
     {0, 10, 20, 10},
     4,
     "-990 ±13"},
    {"throughput",
     "throughput",
     MB_COMPARE_VARIANT,
     {900, 910, 890, 900},
     4,
     "-10.0% ±1.3%"},
    {"of an overhead",
     "response_time.p50",
     MB_COMPARE_OVERHEAD,
     {800, 810, 790, 800},
     4,
     "-20.0% ±1.3%"},
    {"all equal", "response_time.p50", MB_COMPARE_VARIANT, {1000, 1000}, 2, "equal"},
    {"the same everywhere",
     "response_time.p50",
     MB_COMPARE_VARIANT,
     {1500, 1500},
     2,
     "+500.0 ±0.0"},
    {"one block", "response_time.p50", MB_COMPARE_VARIANT, {1500}, 1, "1500"},
};

static struct mb_comparison effect_make(const struct effect_case *test)
{
    struct mb_comparison effect = {.design = test->design};
    double unit = strcmp(test->metric, "throughput") == 0 ? 1.0 : 1e3; // us in ns
    double differences[VALUES_MAX];
    double logs[VALUES_MAX];
    bool positive = true;
    for (size_t i = 0; i < test->count; i++) {
        differences[i] = (test->values[i] - 1000.0) * unit;
        logs[i] = log(test->values[i] / 1000.0);
        positive = positive && test->values[i] > 0.0;
    }
    assert_true(mb_metric_parse(test->metric, &effect.metric));
    effect.baseline_value = (struct mb_value){MB_VALUE_KNOWN, 1000.0 * unit - 1.0};
    effect.value = (struct mb_value){MB_VALUE_KNOWN, test->values[0] * unit};
    effect.difference = mb_sample_paired(differences, test->count, 0.95);
    effect.log_ratio = mb_sample_paired(logs, positive ? test->count : 0, 0.95);
    return effect;
}

static void texts_follow_what_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_comparison effect = effect_make(&cases[i]);
        struct mb_effect_scale scale = {1e-3, "us", mb_effect_scale(&effect).relative};
        char text[MB_EFFECT_TEXT];
        mb_effect_size_text(&effect, &scale, text, sizeof text);
        if (strcmp(text, cases[i].expected) != 0) {
            fail_msg("%s: got '%s', expected '%s'", cases[i].name, text,
                     cases[i].expected);
        }
    }
}

// For any sample: the interval shown excludes 0 exactly where the test is below 5%.
static void interval_agrees_with_test(void **state)
{
    (void)state;
    struct effect_case test = {
        "swept", "response_time.p50", MB_COMPARE_VARIANT, {1000, 1400, 2000, 1100}, 4,
        NULL};
    size_t certain = 0;
    for (int step = 0; step < 200; step++) {
        test.values[0] = 1000.0 + 10.0 * step;
        test.values[3] = 1100.0 + 20.0 * step;
        struct mb_comparison effect = effect_make(&test);
        struct mb_compare_added added = mb_compare_added(&effect);
        bool excludes = added.low > 0.0 || added.high < 0.0;
        assert_true(excludes == (effect.log_ratio.p_value < 0.05));
        certain += excludes;
    }
    assert_true(certain > 0 && certain < 200);
}

// Without a value of the baseline there is nothing to take the ratio of.
static void baseline_may_have_no_value(void **state)
{
    (void)state;
    struct mb_comparison effect = effect_make(&cases[0]);
    effect.baseline_value.state = MB_VALUE_CENSORED;
    struct mb_compare_added added = mb_compare_added(&effect);
    assert_true(added.value == effect.difference.value &&
                added.low == effect.difference.low &&
                added.high == effect.difference.high);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_follow_what_decides),
        cmocka_unit_test(interval_agrees_with_test),
        cmocka_unit_test(baseline_may_have_no_value),
    };
    return cmocka_run_group_tests_name("report/effect", tests, NULL, NULL);
}
