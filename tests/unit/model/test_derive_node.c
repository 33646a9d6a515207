// The keys that `show --format json` promises (DESIGN, "Promised: keys that scripts rely
// on"), and that what is not known is null.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_result.h"
#include "model/derive.h"
#include "model/derive_fixture.h"

static const char *const promised[] = {
    "variant",         "workload",     "connections",      "load_model",
    "asked_rps",       "achieved_rps", "requests",         "errors",
    "errors_by_kind",  "status_codes", "response_time_ms", "service_time_ms",
    "dispatch_lag_ms",
};

static const char *const promised_statistics[] = {"min", "mean", "p50",   "p75", "p90",
                                                  "p95", "p99",  "p99.9", "max"};

static void has_promised_keys(const struct mb_node *map)
{
    static const char *const times[] = {"response_time_ms", "service_time_ms",
                                        "dispatch_lag_ms"};
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
        if (mb_node_find(map, promised[i]) == NULL) {
            fail_msg("no '%s'", promised[i]);
        }
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        const struct mb_node *time = mb_node_find(map, times[i]);
        for (size_t j = 0; j < sizeof promised_statistics / sizeof(char *); j++) {
            if (mb_node_find(time, promised_statistics[j]) == NULL) {
                fail_msg("no '%s' in '%s'", promised_statistics[j], times[i]);
            }
        }
    }
}

static void keeps_its_promise(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    mb_fake_result_build(&arena, &result);
    const struct mb_node *cells =
        mb_node_find(mb_derive_section(&arena, &result), "cells");
    assert_int_equal(mb_node_count(cells), 4);
    for (size_t i = 0; i < 4; i++) {
        const struct mb_node *cell = cells->as.list.items[i];
        const struct mb_node *trials = mb_node_find(cell, "trials");
        has_promised_keys(cell);
        assert_int_equal(mb_node_count(trials), 2);
        has_promised_keys(trials->as.list.items[0]);
        has_promised_keys(trials->as.list.items[1]);
    }
    assert_int_equal(mb_node_find(cells->as.list.items[2], "asked_rps")->type,
                     MB_NODE_NULL); // unpaced
    mb_result_release(&result);
    mb_arena_release(&arena);
}

// Units: 2 ms in ns, CPU in ns, memory in bytes.
static void converts_units(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct bench bench;
    bench_init(&bench, 1, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, 2 * ms, 0, 100);
    struct mb_resource resource = {.role = MB_ROLE_DATA_PLANE,
                                   .cpu_start_ns = 0,
                                   .cpu_end_ns = 5 * ms,
                                   .rss_max_bytes = 3 << 20};
    bench.trials[0].resources = &resource;
    bench.trials[0].resource_count = 1;
    bench.cell.point.rate_micro_rps = 250000000;
    const struct mb_node *cell = mb_derive_cell_node(&arena, &bench.cell);
    static const struct {
        const char *pointer;
        double value;
    } cases[] = {
        {"/response_time_ms/p50", 2},
        {"/response_time_ms/max", 2},
        {"/timeout_ms", 5000},
        {"/asked_rps", 250},
        {"/achieved_rps", 100},
        {"/elapsed_s", 1},
        {"/schedule/achieved_share", 0.4},
        {"/cpu_per_request_us/data_plane", 50},
        {"/cpu_per_request_us/application_and_data_plane", 50},
        {"/memory_mib/data_plane", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = mb_node_number(mb_node_at(cell, cases[i].pointer), -1);
        if (fabs(value - cases[i].value) > 1e-9) {
            fail_msg("%s is %g", cases[i].pointer, value);
        }
    }
    bench_release(&bench);
    mb_arena_release(&arena);
}

static void says_null_for_unknown(void **state)
{
    (void)state;
    static const char *const pointers[] = {
        "/response_time_ms/p99", // too few
        "/service_time_ms/p50",  // absent
        "/asked_rps",            // unpaced
        "/schedule/achieved_share",
        "/schedule/generator_cpu_share",
        "/cpu_per_request_us/application_and_data_plane",
    };
    struct mb_arena arena = {0};
    struct bench bench;
    bench_init(&bench, 1, 1);
    record(&bench.parts[0][0], MB_DIST_RESPONSE, 2 * ms, 0, 100);
    const struct mb_node *cell = mb_derive_cell_node(&arena, &bench.cell);
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        const struct mb_node *node = mb_node_at(cell, pointers[i]);
        if (node == NULL || node->type != MB_NODE_NULL) {
            fail_msg("%s is not null", pointers[i]);
        }
    }
    assert_null(mb_node_at(cell, "/cpu_per_request_us/generator"));
    bench_release(&bench);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_its_promise),
        cmocka_unit_test(converts_units),
        cmocka_unit_test(says_null_for_unknown),
    };
    return cmocka_run_group_tests_name("derive_node", tests, NULL, NULL);
}
