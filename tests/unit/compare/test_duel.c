// duel.c: when it looks, what it answers, and that looking often does not raise alarms.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "compare/duel.h"
#include "stats/special.h"

static const struct mb_cell cells[2];

static void test_looks(void **state)
{
    (void)state;
    const struct {
        int at_most;
        int looks[8]; // ends with 0
    } cases[] = {
        {2, {2}},
        {5, {5}},
        {6, {5, 6}},
        {40, {5, 8, 12, 18, 27, 40}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_duel_plan plan = mb_duel_plan(cases[i].at_most);
        double sum = 0.0;
        for (size_t k = 0; k < plan.count; k++) {
            assert_int_equal(plan.blocks[k], cases[i].looks[k]);
            sum += plan.shares[k];
        }
        assert_int_equal(cases[i].looks[plan.count], 0);
        assert_true(fabs(sum - 1.0) < 1e-12);
    }
    struct mb_duel_plan longest = mb_duel_plan(1000);
    assert_int_equal(longest.blocks[longest.count - 1], 1000);
}

// A comparison of which the log-ratios are known, as after mb_compare.
static struct mb_comparison effect_of(const char *metric, const double *logs, size_t n)
{
    struct mb_comparison effect = {.baseline = &cells[0], .cell = &cells[1], .blocks = n};
    assert_true(mb_metric_parse(metric, &effect.metric));
    effect.log_ratio = mb_sample_paired(logs, n, 0.95);
    effect.difference = effect.log_ratio;
    return effect;
}

static enum mb_duel_answer judge(struct mb_comparison *effects, size_t count,
                                 double margin, double error)
{
    struct mb_arena arena = {0};
    struct mb_duel duel;
    const struct mb_compare_report report = {.comparisons = effects, .count = count};
    mb_duel_judge(&arena, &report, margin, error, &duel);
    mb_arena_release(&arena);
    return duel.answer;
}

static void test_answers(void **state)
{
    (void)state;
    static const double slower[] = {0.031, 0.029, 0.030, 0.032, 0.028};
    static const double same[] = {0.001, -0.001, 0.0, 0.002, -0.002};
    static const double lost[] = {0.2, -0.15, 0.1, -0.1, 0.02};
    const struct {
        const char *name;
        const char *metric;
        const double *logs;
        double margin;
        enum mb_duel_answer answer;
    } cases[] = {
        {"3% slower", "response_time.p50", slower, 0.02, MB_DUEL_WORSE},
        {"3% more throughput", "throughput", slower, 0.02, MB_DUEL_GOOD},
        {"certain, but within the margin", "response_time.p50", slower, 0.05,
         MB_DUEL_GOOD},
        {"no difference", "response_time.p50", same, 0.02, MB_DUEL_GOOD},
        {"lost in noise", "response_time.p50", lost, 0.02, MB_DUEL_OPEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_comparison effect = effect_of(cases[i].metric, cases[i].logs, 5);
        if (judge(&effect, 1, cases[i].margin, 0.01) != cases[i].answer) {
            fail_msg("%s: not %s", cases[i].name, mb_duel_answer_name(cases[i].answer));
        }
    }
    struct mb_comparison mixed[] = {effect_of("response_time.p50", same, 5),
                                    effect_of("response_time.p99", slower, 5)};
    assert_int_equal(judge(mixed, 2, 0.02, 0.01), MB_DUEL_WORSE);
    mixed[1] = effect_of("response_time.p99", lost, 5);
    assert_int_equal(judge(mixed, 2, 0.02, 0.01), MB_DUEL_OPEN);
    mixed[1] = effect_of("response_time.p99", same, 5);
    mixed[1].blocks_lost = 1;
    assert_int_equal(judge(mixed, 2, 0.02, 0.01), MB_DUEL_OPEN);
    assert_int_equal(judge(mixed, 0, 0.02, 0.01), MB_DUEL_OPEN);
}

// Errors have no ratio: their difference counts, up to one in a thousand.
static void test_errors(void **state)
{
    (void)state;
    const struct {
        double difference;
        enum mb_duel_answer answer;
    } cases[] = {{0.0, MB_DUEL_GOOD}, {0.0005, MB_DUEL_GOOD}, {0.05, MB_DUEL_WORSE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double values[5];
        for (size_t k = 0; k < 5; k++) {
            values[k] = cases[i].difference;
        }
        struct mb_comparison effect = effect_of("error_ratio", values, 5);
        effect.log_ratio = (struct mb_sample_estimate){.n = 0};
        assert_int_equal(judge(&effect, 1, 0.02, 0.01), cases[i].answer);
    }
}

// A whole duel over normal log-ratios: the answer at the look that ends it.
static enum mb_duel_answer duel_simulate(struct mb_rng *rng, double shift, double sd)
{
    double logs[40];
    struct mb_duel_plan plan = mb_duel_plan(40);
    size_t made = 0;
    enum mb_duel_answer answer = MB_DUEL_OPEN;
    for (size_t look = 0; look < plan.count && answer == MB_DUEL_OPEN; look++) {
        for (; made < (size_t)plan.blocks[look]; made++) {
            double u = mb_rng_unit(rng);
            logs[made] = shift + sd * mb_special_normal_quantile(u > 0.0 ? u : 0.5);
        }
        struct mb_comparison effect = effect_of("response_time.p50", logs, made);
        answer = judge(&effect, 1, 0.02, 0.01 * plan.shares[look]);
    }
    return answer;
}

static void test_looking_often_raises_no_alarm(void **state)
{
    (void)state;
    enum { DUELS = 3000 };
    struct mb_rng rng;
    mb_rng_init(&rng, 4711);
    size_t alarms = 0; // of equals
    size_t found = 0;  // of those that are 3% worse
    size_t passed = 0; // of those
    for (size_t i = 0; i < DUELS; i++) {
        alarms += duel_simulate(&rng, 0.0, 0.02) == MB_DUEL_WORSE;
        enum mb_duel_answer answer = duel_simulate(&rng, log(1.03), 0.02);
        found += answer == MB_DUEL_WORSE;
        passed += answer == MB_DUEL_GOOD;
    }
    assert_true(alarms <= DUELS / 100);
    assert_true(passed <= DUELS / 100);
    assert_true(found >= DUELS * 98 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_looking_often_raises_no_alarm),
    };
    return cmocka_run_group_tests_name("compare/duel", tests, NULL, NULL);
}
