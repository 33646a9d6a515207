// Values of trials and cells from parts whose contents are known: merging, censoring,
// support, rates, costs.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/derive.h"

static const int64_t ms = 1000000;
static const int64_t second_ns = INT64_C(1000000000);

enum { TRIALS = 3, PARTS = 2, TIMEOUT_S = 5 };

// A cell of up to three trials with up to two parts each.
struct bench {
    struct mb_cell cell;
    struct mb_trial trials[TRIALS];
    struct mb_part parts[TRIALS][PARTS];
};

static void bench_init(struct bench *bench, size_t trials, size_t parts)
{
    memset(bench, 0, sizeof *bench);
    bench->cell = (struct mb_cell){.variant = "baseline",
                                   .point = {.workload = "steady",
                                             .connections = 1,
                                             .rate_micro_rps = -1,
                                             .timeout_ns = TIMEOUT_S * second_ns},
                                   .trials = bench->trials,
                                   .trial_count = trials};
    for (size_t i = 0; i < trials; i++) {
        bench->trials[i] =
            (struct mb_trial){.id = "t", .parts = bench->parts[i], .part_count = parts};
        for (size_t j = 0; j < parts; j++) {
            struct mb_part *part = &bench->parts[i][j];
            part->cpu_ns = -1;
            part->elapsed_ns = second_ns;
            for (int k = 0; k < MB_DIST_METRICS; k++) {
                part->dist[k] = mb_dist_absent("not measured");
            }
        }
    }
}

// Values low, low + step, ... in ns as a histogram; counts follow.
static void record(struct mb_part *part, enum mb_dist_metric metric, int64_t low,
                   int64_t step, int64_t n)
{
    struct mb_dist *dist = &part->dist[metric];
    struct mb_hdr *hdr = mb_mem_alloc(1, sizeof *hdr);
    mb_hdr_init(hdr);
    for (int64_t i = 0; i < n; i++) {
        mb_hdr_record(hdr, low + i * step);
    }
    *dist = (struct mb_dist){.type = MB_DIST_HDR,
                             .hdr = hdr,
                             .n = n,
                             .sum = hdr->sum,
                             .min = n > 0 ? hdr->min : -1,
                             .max = n > 0 ? hdr->max : -1};
    part->counts.intended += n;
    part->counts.completed += n;
    part->counts.ok += n;
}

static void bench_release(struct bench *bench)
{
    for (size_t i = 0; i < TRIALS; i++) {
        for (size_t j = 0; j < PARTS; j++) {
            mb_part_release(&bench->parts[i][j]);
        }
    }
}

static struct mb_value cell_value(const struct bench *bench, const char *name)
{
    struct mb_metric metric;
    assert_true(mb_metric_parse(name, &metric));
    return mb_derive_cell(&bench->cell, &metric);
}

static void is_known(const struct bench *bench, const char *name, double expected)
{
    struct mb_value value = cell_value(bench, name);
    if (value.state != MB_VALUE_KNOWN ||
        fabs(value.value - expected) > 1e-9 * fabs(expected)) {
        fail_msg("%s: state %d, %.17g instead of %.17g", name, (int)value.state,
                 value.value, expected);
    }
}

static void is_state(const struct bench *bench, const char *name,
                     enum mb_value_state expected)
{
    struct mb_value value = cell_value(bench, name);
    if (value.state != expected) {
        fail_msg("%s: state %d instead of %d", name, (int)value.state, (int)expected);
    }
}

static void is_censored(const struct bench *bench, const char *name, double bound)
{
    is_state(bench, name, MB_VALUE_CENSORED);
    struct mb_value value = cell_value(bench, name);
    assert_true(fabs(value.value - bound) <= 1e-9 * bound);
}

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

static void counts_complete_trials_only(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 3, 1);
    for (int i = 0; i < 3; i++) {
        record(&bench.parts[i][0], MB_DIST_RESPONSE, (1 + i) * ms, 0, 100);
    }
    bench.trials[0].status = MB_TRIAL_PARTIAL;
    bench.trials[2].status = MB_TRIAL_DISCARDED;
    is_known(&bench, "response_time.max", 2.0 * (double)ms);
    is_known(&bench, "throughput", 100);
    bench.trials[1].status = MB_TRIAL_DISCARDED;
    is_known(&bench, "response_time.max", (double)ms); // the partial one stands in
    bench.trials[0].status = MB_TRIAL_DISCARDED;
    is_state(&bench, "response_time.max", MB_VALUE_UNKNOWN);
    is_state(&bench, "throughput", MB_VALUE_UNKNOWN);
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

static void counts_costs_by_role(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, ms, 0, 100);
    struct mb_resource resources[] = {
        {.role = MB_ROLE_APPLICATION,
         .cpu_start_ns = 500,
         .cpu_end_ns = 1500,
         .rss_max_bytes = 10},
        {.role = MB_ROLE_DATA_PLANE,
         .cpu_start_ns = 0,
         .cpu_end_ns = 2000,
         .rss_max_bytes = 30},
        {.role = MB_ROLE_OTHER,
         .cpu_start_ns = -1,
         .cpu_end_ns = -1,
         .rss_max_bytes = -1},
    };
    is_state(&bench, "cpu_per_request", MB_VALUE_UNKNOWN);
    is_state(&bench, "memory", MB_VALUE_UNKNOWN);
    is_state(&bench, "cpu_per_request.generator", MB_VALUE_UNKNOWN);
    bench.trials[0].resources = resources;
    bench.trials[0].resource_count = 3;
    is_known(&bench, "cpu_per_request", 30);
    is_known(&bench, "cpu_per_request.application", 10);
    is_known(&bench, "cpu_per_request.data_plane", 20);
    is_state(&bench, "cpu_per_request.control_plane", MB_VALUE_UNKNOWN);
    is_state(&bench, "cpu_per_request.other", MB_VALUE_UNKNOWN);
    is_known(&bench, "memory", 40);
    is_known(&bench, "memory.application", 10);
    bench.parts[0][0].cpu_ns = 500;
    is_known(&bench, "cpu_per_request.generator", 5);
    resources[1].cpu_end_ns = -1; // a proxy that was there and could not be read
    is_state(&bench, "cpu_per_request", MB_VALUE_UNKNOWN);
    bench_release(&bench);
}

static void knows_ratios(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1, 1);
    struct mb_counts *counts = &bench.parts[0][0].counts;
    is_state(&bench, "error_ratio", MB_VALUE_UNKNOWN); // of nothing
    counts->intended = 200;
    counts->errors_by_kind[MB_ERROR_STATUS] = 3;
    counts->errors_by_kind[MB_ERROR_CONNECT] = 2;
    is_known(&bench, "error_ratio", 0.025);
    is_known(&bench, "throughput", 0);
    is_state(&bench, "response_time.mean", MB_VALUE_UNKNOWN);
    counts->completed = -1;
    is_state(&bench, "throughput", MB_VALUE_UNKNOWN);
    bench_release(&bench);
}

static void adds_statuses_up(void **state)
{
    (void)state;
    struct bench bench;
    struct mb_arena arena = {0};
    bench_init(&bench, 2, 1);
    struct mb_status_count first[] = {{200, 5}, {503, 1}};
    struct mb_status_count second[] = {{200, 7}, {301, 2}};
    bench.parts[0][0].counts.statuses = first;
    bench.parts[0][0].counts.status_count = 2;
    bench.parts[1][0].counts.statuses = second;
    bench.parts[1][0].counts.status_count = 2;
    struct mb_counts counts;
    (void)mb_derive_counts_add(&arena, &bench.cell, NULL, &counts);
    static const struct mb_status_count expected[] = {{200, 12}, {301, 2}, {503, 1}};
    assert_int_equal(counts.status_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(counts.statuses[i].status, expected[i].status);
        assert_int_equal(counts.statuses[i].n, expected[i].n);
    }
    mb_arena_release(&arena);
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
        cmocka_unit_test(counts_complete_trials_only),
        cmocka_unit_test(never_merges_what_cannot_be),
        cmocka_unit_test(wants_every_part),
        cmocka_unit_test(reads_buckets),
        cmocka_unit_test(means_do_not_depend_on_the_way),
        cmocka_unit_test(counts_costs_by_role),
        cmocka_unit_test(knows_ratios),
        cmocka_unit_test(adds_statuses_up),
    };
    return cmocka_run_group_tests_name("derive", tests, NULL, NULL);
}
