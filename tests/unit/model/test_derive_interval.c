// Intervals of percentiles from the ranks of one trial.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/derive.h"
#include "model/derive_fixture.h"

static struct mb_derive_interval interval_of(const struct bench *bench, const char *name)
{
    struct mb_metric metric;
    assert_true(mb_metric_parse(name, &metric));
    return mb_derive_interval(&bench->cell, &metric);
}

static void is(struct mb_value got, enum mb_value_state state, double value)
{
    assert_int_equal(got.state, state);
    assert_true(got.value == value);
}

// 1..1000 us in buckets of 512 ns. The ranks of p50 are 469 and 532, those of p99 983 and
// 997 (binom.ppf(0.025, 1000, q) and binom.isf(0.025, 1000, q) + 1).
static void ends_are_buckets_of_ranks(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, 1000, 1000, 1000);
    struct mb_derive_interval p50 = interval_of(&bench, "response_time.p50");
    assert_true(p50.low.value <= 469000 && p50.low.value > 469000 - 512);
    assert_true(p50.high.value >= 532000 && p50.high.value < 532000 + 512);
    struct mb_derive_interval p99 = interval_of(&bench, "response_time.p99");
    assert_true(p99.low.value <= 983000 && p99.low.value > 983000 - 512);
    assert_true(p99.high.value >= 997000 && p99.high.value < 997000 + 512);
    struct mb_derive_interval p999 = interval_of(&bench, "response_time.p99.9");
    assert_int_equal(p999.low.state, MB_VALUE_KNOWN); // too few samples to be shown
    is(p999.high, MB_VALUE_UNKNOWN, 0);               // and to be bounded from above
    is(interval_of(&bench, "response_time.mean").low, MB_VALUE_UNKNOWN, 0);
    is(interval_of(&bench, "service_time.p50").low, MB_VALUE_UNKNOWN, 0);
    is(interval_of(&bench, "throughput").high, MB_VALUE_UNKNOWN, 0);
    bench_release(&bench);
}

static void ends_stay_within_what_was_seen(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, 1000001, 0, 100);
    struct mb_derive_interval p50 = interval_of(&bench, "response_time.p50");
    is(p50.low, MB_VALUE_KNOWN, 1000001);
    is(p50.high, MB_VALUE_KNOWN, 1000001);
    bench_release(&bench);
}

// 940 answers and 60 time-outs: ranks above 940 are no values.
static void timeouts_rank_last(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    struct mb_part *part = &bench.parts[0][0];
    record(part, MB_DIST_RESPONSE, ms, 0, 940);
    part->counts.errors_by_kind[MB_ERROR_TIMEOUT] = 60;
    double timeout = (double)(TIMEOUT_S * second_ns);
    struct mb_derive_interval p90 = interval_of(&bench, "response_time.p90");
    is(p90.high, MB_VALUE_KNOWN, (double)ms);
    struct mb_derive_interval p94 = interval_of(&bench, "response_time.p94");
    is(p94.low, MB_VALUE_KNOWN, (double)ms);
    is(p94.high, MB_VALUE_CENSORED, timeout);
    struct mb_derive_interval p99 = interval_of(&bench, "response_time.p99");
    is(p99.low, MB_VALUE_CENSORED, timeout);
    part->counts.unfinished = 1; // may have waited for less
    is(interval_of(&bench, "response_time.p99").low, MB_VALUE_UNKNOWN, 0);
    bench_release(&bench);
}

static void several_trials_have_none(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, ms, 0, 1000);
    record(&bench.parts[1][0], MB_DIST_RESPONSE, ms, 0, 1000);
    is(interval_of(&bench, "response_time.p50").low, MB_VALUE_UNKNOWN, 0);
    bench.trials[1].status = MB_TRIAL_DISCARDED;
    is(interval_of(&bench, "response_time.p50").low, MB_VALUE_KNOWN, (double)ms);
    bench_release(&bench);
}

// Three wide buckets of 100 values each: an end is the limit of its bucket.
static void buckets_bound_as_they_can(void **state)
{
    (void)state;
    struct bench bench;
    struct mb_dist_bucket buckets[] = {{0, 99, 100}, {100, 199, 100}, {200, 299, 100}};
    bench_init(&bench, 1, 1);
    bench.parts[0][0].dist[MB_DIST_RESPONSE] = (struct mb_dist){.type = MB_DIST_BUCKETS,
                                                                .n = 300,
                                                                .sum = -1,
                                                                .min = 20,
                                                                .max = 250,
                                                                .count = 3,
                                                                .buckets = buckets};
    struct mb_derive_interval p50 = interval_of(&bench, "response_time.p50");
    is(p50.low, MB_VALUE_KNOWN, 100);
    is(p50.high, MB_VALUE_KNOWN, 199);
    struct mb_derive_interval p10 = interval_of(&bench, "response_time.p10");
    is(p10.low, MB_VALUE_KNOWN, 20);
    is(p10.high, MB_VALUE_KNOWN, 99);
    is(interval_of(&bench, "response_time.p90").high, MB_VALUE_KNOWN, 250);
    bench_release(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_buckets_of_ranks),
        cmocka_unit_test(ends_stay_within_what_was_seen),
        cmocka_unit_test(timeouts_rank_last),
        cmocka_unit_test(several_trials_have_none),
        cmocka_unit_test(buckets_bound_as_they_can),
    };
    return cmocka_run_group_tests_name("model/derive_interval", tests, NULL, NULL);
}
