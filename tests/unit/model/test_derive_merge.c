// Distributions of trials and cells: merging, percentiles, censoring, support.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/derive.h"
#include "model/derive_fixture.h"

// 1..1000 us: bucket width is 512 ns there.
static void reads_percentiles(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, 1000, 1000, 1000);
    is_known(&bench, "response_time.min", 1000);
    is_known(&bench, "response_time.max", 1000000);
    is_known(&bench, "response_time.mean", 500500);
    is_known(&bench, "response_time.p50", 500223); // bucket [499968, 500223]
    is_known(&bench, "response_time.p99", 990207); // bucket [989696, 990207]
    is_state(&bench, "response_time.p99.9", MB_VALUE_UNSUPPORTED);
    is_state(&bench, "service_time.p50", MB_VALUE_UNKNOWN);
    bench_release(&bench);
}

// A bucket reaches beyond the largest value; what is shown does not.
static void stays_below_the_largest(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, 1000000, 0, 100);
    is_known(&bench, "response_time.p90", 1000000);
    bench_release(&bench);
}

static void ranks_timeouts_last(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    struct mb_part *part = &bench.parts[0][0];
    record(part, MB_DIST_RESPONSE, ms, 0, 900);
    record(part, MB_DIST_SERVICE, ms, 0, 900);
    record(part, MB_DIST_WAIT_FOR_CONNECTION, 0, 0, 940);
    part->counts.errors_by_kind[MB_ERROR_TIMEOUT] = 40;
    part->counts.errors_by_kind[MB_ERROR_TIMEOUT_UNSENT] = 60;
    double timeout = (double)(TIMEOUT_S * second_ns);
    is_known(&bench, "response_time.p50", (double)ms);
    is_known(&bench, "response_time.p90", (double)ms);
    is_censored(&bench, "response_time.p90.1", timeout);
    is_censored(&bench, "response_time.p99", timeout);
    is_censored(&bench, "response_time.max", timeout);
    is_censored(&bench, "response_time.mean",
                (900.0 * (double)ms + 100 * timeout) / 1000);
    is_known(&bench, "response_time.min", (double)ms);
    // 40 were sent and not answered: their service time is unknown, but above the rest.
    is_known(&bench, "service_time.p95", (double)ms);
    is_state(&bench, "service_time.p97", MB_VALUE_UNKNOWN);
    is_state(&bench, "service_time.max", MB_VALUE_UNKNOWN);
    // 60 never got a connection.
    is_known(&bench, "wait_for_connection.p94", 0);
    is_censored(&bench, "wait_for_connection.p95", timeout);
    bench_release(&bench);
}

// Fast errors are not in the population: they make the percentile no better.
static void ignores_fast_errors(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    struct mb_part *part = &bench.parts[0][0];
    record(part, MB_DIST_RESPONSE, 10 * ms, 0, 100);
    double before = cell_value(&bench, "response_time.p50").value;
    record(part, MB_DIST_ERROR_RESPONSE, 1000, 0, 900);
    part->counts.errors_by_kind[MB_ERROR_RESET] = 900;
    is_known(&bench, "response_time.p50", before);
    bench_release(&bench);
}

// Cut off by an interruption: how long they would have taken at least is not known.
static void knows_no_bound_for_unfinished(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    struct mb_part *part = &bench.parts[0][0];
    record(part, MB_DIST_RESPONSE, ms, 0, 980);
    part->counts.unfinished = 20;
    bench.trials[0].status = MB_TRIAL_PARTIAL;
    is_known(&bench, "response_time.p90", (double)ms);
    is_state(&bench, "response_time.p99", MB_VALUE_UNKNOWN);
    is_state(&bench, "response_time.max", MB_VALUE_UNKNOWN);
    bench_release(&bench);
}

static void merges_parts_and_trials(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2, 2);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            record(&bench.parts[i][j], MB_DIST_RESPONSE, (1 + 2 * i + j) * ms, 0, 10);
        }
    }
    bench.parts[0][1].elapsed_ns = 2 * second_ns;
    is_known(&bench, "response_time.min", (double)ms);
    is_known(&bench, "response_time.max", 4.0 * (double)ms);
    is_known(&bench, "response_time.mean", 2.5 * (double)ms);
    // Rank 20 of 40: the largest of the second part, bucket [1999872, 2000895].
    is_known(&bench, "response_time.p50", 2000895);
    // 40 requests; the trials took 2 s and 1 s.
    is_known(&bench, "throughput", 40.0 / 3.0);
    bench_release(&bench);
}

// A percentile of merged histograms is not the mean of percentiles.
static void never_averages_percentiles(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, 1000, 0, 990);
    record(&bench.parts[1][0], MB_DIST_RESPONSE, 1000000, 0, 10);
    is_known(&bench, "response_time.p50", 1000);
    is_known(&bench, "response_time.p99", 1000);
    bench_release(&bench);
}

static void never_merges_what_cannot_be(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 2);
    struct mb_dist_quantile quantiles[] = {{500000000, 20}, {990000000, 90}};
    struct mb_dist dist = {.type = MB_DIST_QUANTILES,
                           .n = 5000,
                           .sum = 1,
                           .min = 1,
                           .max = 100,
                           .quantiles = quantiles,
                           .count = 2};
    bench.parts[0][0].dist[MB_DIST_RESPONSE] = dist;
    bench.trials[0].part_count = 1;
    is_known(&bench, "response_time.p99", 90);
    is_state(&bench, "response_time.p90", MB_VALUE_UNKNOWN); // not one that was given
    is_known(&bench, "response_time.max", 100);
    bench.parts[0][0].counts.errors_by_kind[MB_ERROR_TIMEOUT] = 1;
    is_state(&bench, "response_time.p99", MB_VALUE_UNKNOWN); // the ranks are others
    bench.parts[0][0].counts.errors_by_kind[MB_ERROR_TIMEOUT] = 0;
    bench.parts[0][1].dist[MB_DIST_RESPONSE] = dist;
    bench.trials[0].part_count = 2;
    is_state(&bench, "response_time.p99", MB_VALUE_UNKNOWN);
    struct mb_merged merged;
    struct mb_err err = {0};
    assert_int_equal(
        mb_merged_trial(&bench.cell, &bench.trials[0], MB_DIST_RESPONSE, &merged, &err),
        MB_INVALID);
    assert_non_null(strstr(err.message, "cannot be merged"));
    record(&bench.parts[0][1], MB_DIST_RESPONSE, ms, 0, 10);
    is_state(&bench, "response_time.p50", MB_VALUE_UNKNOWN);
    bench_release(&bench);
}

static void never_merges_other_configurations(void **state)
{
    (void)state;
    struct bench bench;
    struct mb_merged merged;
    struct mb_err err = {0};
    bench_init(&bench, 1, 2);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, ms, 0, 100);
    record(&bench.parts[0][1], MB_DIST_RESPONSE, ms, 0, 100);
    struct mb_hdr *hdr = bench.parts[0][1].dist[MB_DIST_RESPONSE].hdr;
    mb_hdr_release(hdr);
    assert_int_equal(mb_hdr_init_with(hdr, 1, MB_HDR_HIGHEST_NS, 2, &err), MB_OK);
    mb_hdr_record_count(hdr, ms, 100);
    is_state(&bench, "response_time.p50", MB_VALUE_UNKNOWN);
    is_state(&bench, "response_time.max", MB_VALUE_UNKNOWN);
    assert_int_equal(
        mb_merged_trial(&bench.cell, &bench.trials[0], MB_DIST_RESPONSE, &merged, &err),
        MB_INVALID);
    assert_non_null(strstr(err.message, "only equal ones"));
    bench_release(&bench);
}

// One worker without the distribution: the whole is not known, not half of it.
static void wants_every_part(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 2);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, ms, 0, 100);
    is_state(&bench, "response_time.p50", MB_VALUE_UNKNOWN);
    is_state(&bench, "response_time.max", MB_VALUE_UNKNOWN);
    bench_release(&bench);
}

static void reads_buckets(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    struct mb_dist_bucket buckets[] = {{0, 10, 60}, {11, 20, 0}, {21, 30, 40}};
    bench.parts[0][0].dist[MB_DIST_RESPONSE] = (struct mb_dist){.type = MB_DIST_BUCKETS,
                                                                .mixed = true,
                                                                .n = 100,
                                                                .sum = -1,
                                                                .min = -1,
                                                                .max = 25,
                                                                .buckets = buckets,
                                                                .count = 3};
    bench.parts[0][0].counts.errors_by_kind[MB_ERROR_TIMEOUT] = 5; // among the values
    is_known(&bench, "response_time.p50", 10);
    is_known(&bench, "response_time.p90", 25);
    is_known(&bench, "response_time.max", 25);
    is_state(&bench, "response_time.mean", MB_VALUE_UNKNOWN);
    is_state(&bench, "response_time.min", MB_VALUE_UNKNOWN);
    bench_release(&bench);
}

// The sum of a histogram is exact, measured or read; when it is too large to be written,
// the mean comes from buckets, and again is the same.
static void means_do_not_depend_on_the_way(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, 1234567, 1000, 100);
    struct mb_dist *dist = &bench.parts[0][0].dist[MB_DIST_RESPONSE];
    dist->sum = -1;
    double measured = cell_value(&bench, "response_time.mean").value;
    assert_true(fabs(measured - (1234567 + 49500)) < 0.001 * measured);
    struct mb_buf text = {0};
    mb_hdr_encode_base64(dist->hdr, &text);
    mb_dist_close(dist);
    dist->payload = mb_buf_string(&text);
    dist->payload_size = text.size;
    is_known(&bench, "response_time.mean", measured);
    assert_null(dist->hdr);
    mb_buf_release(&text);
    bench_release(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_percentiles),
        cmocka_unit_test(stays_below_the_largest),
        cmocka_unit_test(ranks_timeouts_last),
        cmocka_unit_test(ignores_fast_errors),
        cmocka_unit_test(knows_no_bound_for_unfinished),
        cmocka_unit_test(merges_parts_and_trials),
        cmocka_unit_test(never_averages_percentiles),
        cmocka_unit_test(never_merges_what_cannot_be),
        cmocka_unit_test(never_merges_other_configurations),
        cmocka_unit_test(wants_every_part),
        cmocka_unit_test(reads_buckets),
        cmocka_unit_test(means_do_not_depend_on_the_way),
    };
    return cmocka_run_group_tests_name("derive_merge", tests, NULL, NULL);
}
