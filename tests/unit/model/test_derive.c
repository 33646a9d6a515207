// Rates, ratios and costs of cells, and which trials they come from.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/derive.h"
#include "model/derive_fixture.h"

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
    (void)mb_derive_counts(&arena, &bench.cell, NULL, &counts);
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
        cmocka_unit_test(counts_complete_trials_only),
        cmocka_unit_test(counts_costs_by_role),
        cmocka_unit_test(knows_ratios),
        cmocka_unit_test(adds_statuses_up),
    };
    return cmocka_run_group_tests_name("derive", tests, NULL, NULL);
}
