// The answer to 'was it reproduced?', from comparisons made by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compare/reproduce.h"

static struct mb_cell cell = {.variant = "proxy", .point = {.workload = "steady"}};

static struct mb_comparison effect(enum mb_compare_design design,
                                   enum mb_compare_verdict verdict)
{
    return (struct mb_comparison){
        .design = design,
        .cell = &cell,
        .metric = {.name = "response_time.p50"},
        .primary = true,
        .log_ratio = {.n = 6, .value = 0.0, .low = -0.02, .high = 0.02},
        .blocks = 6,
        .verdict = verdict,
    };
}

static const struct {
    const char *name;
    bool environment; // differs
    enum mb_compare_verdict release;
    enum mb_compare_verdict overhead;
    enum mb_reproduce_answer answer;
    enum mb_compare_design design;
} cases[] = {
    {"all the same", false, MB_COMPARE_SAME, MB_COMPARE_SAME, MB_REPRODUCE_YES,
     MB_COMPARE_RELEASE},
    {"no difference seen", false, MB_COMPARE_INCONCLUSIVE, MB_COMPARE_INCONCLUSIVE,
     MB_REPRODUCE_YES, MB_COMPARE_RELEASE},
    {"slower here", false, MB_COMPARE_WORSE, MB_COMPARE_SAME, MB_REPRODUCE_NO,
     MB_COMPARE_RELEASE},
    {"faster here", false, MB_COMPARE_BETTER, MB_COMPARE_SAME, MB_REPRODUCE_NO,
     MB_COMPARE_RELEASE},
    {"another machine, the same overhead", true, MB_COMPARE_INCOMPARABLE,
     MB_COMPARE_INCONCLUSIVE, MB_REPRODUCE_YES, MB_COMPARE_OVERHEAD},
    {"another machine, another overhead", true, MB_COMPARE_INCOMPARABLE, MB_COMPARE_WORSE,
     MB_REPRODUCE_NO, MB_COMPARE_OVERHEAD},
    {"incomparable", false, MB_COMPARE_INCOMPARABLE, MB_COMPARE_INCOMPARABLE,
     MB_REPRODUCE_INCOMPARABLE, MB_COMPARE_RELEASE},
};

static void answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_comparison effects[] = {effect(MB_COMPARE_RELEASE, cases[i].release),
                                          effect(MB_COMPARE_OVERHEAD, cases[i].overhead)};
        struct mb_compare_difference difference = {.path = "environment.host.kernel",
                                                   .environment = true,
                                                   .class = cases[i].environment
                                                                ? MB_COMPARE_DISQUALIFYING
                                                                : MB_COMPARE_HARMLESS};
        const struct mb_compare_report report = {.comparisons = effects,
                                                 .count = 2,
                                                 .differences = &difference,
                                                 .difference_count = 1};
        struct mb_reproduce reproduce;
        mb_reproduce_judge(&arena, &report, &reproduce);
        if (reproduce.answer != cases[i].answer || reproduce.design != cases[i].design) {
            fail_msg("%s: %s by %s", cases[i].name,
                     mb_reproduce_answer_name(reproduce.answer),
                     mb_compare_design_name(reproduce.design));
        }
        assert_int_equal(reproduce.effects, 1);
        assert_int_equal(reproduce.reason != NULL,
                         cases[i].answer == MB_REPRODUCE_INCOMPARABLE);
        mb_arena_release(&arena);
    }
}

static void says_what_could_go_unseen(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_comparison effects[] = {
        effect(MB_COMPARE_RELEASE, MB_COMPARE_SAME),
        effect(MB_COMPARE_RELEASE, MB_COMPARE_INCONCLUSIVE),
        effect(MB_COMPARE_RELEASE, MB_COMPARE_WORSE), // exploratory: does not count
    };
    effects[1].log_ratio.high = 0.18;
    effects[2].primary = false;
    const struct mb_compare_report report = {.comparisons = effects, .count = 3};
    struct mb_reproduce reproduce;
    mb_reproduce_judge(&arena, &report, &reproduce);
    assert_int_equal(reproduce.answer, MB_REPRODUCE_YES);
    assert_int_equal(reproduce.effects, 2);
    assert_true(reproduce.unseen > 0.0999 && reproduce.unseen < 0.1001);
    mb_arena_release(&arena);
}

// Without an interval there is no answer; but one that differs is one.
static void blocks_without_a_value_leave_it_open(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_comparison effects[] = {
        effect(MB_COMPARE_RELEASE, MB_COMPARE_SAME),
        effect(MB_COMPARE_RELEASE, MB_COMPARE_INCONCLUSIVE)};
    effects[1].blocks_lost = 1;
    const struct mb_compare_report report = {.comparisons = effects, .count = 2};
    const struct mb_compare_report none = {0};
    struct mb_reproduce reproduce;
    mb_reproduce_judge(&arena, &report, &reproduce);
    assert_int_equal(reproduce.answer, MB_REPRODUCE_INCOMPARABLE);
    assert_int_equal(reproduce.unanswered, 1);
    effects[0].verdict = MB_COMPARE_WORSE;
    mb_reproduce_judge(&arena, &report, &reproduce);
    assert_int_equal(reproduce.answer, MB_REPRODUCE_NO);
    mb_reproduce_judge(&arena, &none, &reproduce);
    assert_int_equal(reproduce.answer, MB_REPRODUCE_INCOMPARABLE);
    assert_non_null(reproduce.reason);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(says_what_could_go_unseen),
        cmocka_unit_test(blocks_without_a_value_leave_it_open),
    };
    return cmocka_run_group_tests_name("compare/reproduce", tests, NULL, NULL);
}
