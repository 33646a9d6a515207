// Names of metrics, and the rule of support.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/derive.h"

enum {
    SERVING = 1 << MB_ROLE_APPLICATION | 1 << MB_ROLE_DATA_PLANE,
    GENERATOR = 1 << MB_ROLE_GENERATOR
};

static void reads_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum mb_metric_family family;
        enum mb_metric_unit unit;
        enum mb_dist_metric dist;
        char statistic;
        int64_t share;
        int roles;
        bool higher_is_better;
    } cases[] = {
        {"response_time.p99", MB_METRIC_DIST, MB_METRIC_NS, MB_DIST_RESPONSE, 'q',
         990000000, 0, false},
        {"response_time.p99.9", MB_METRIC_DIST, MB_METRIC_NS, MB_DIST_RESPONSE, 'q',
         999000000, 0, false},
        {"response_time.p99.9999", MB_METRIC_DIST, MB_METRIC_NS, MB_DIST_RESPONSE, 'q',
         999999000, 0, false},
        {"service_time.mean", MB_METRIC_DIST, MB_METRIC_NS, MB_DIST_SERVICE, 'm', 0, 0,
         false},
        {"connect_time.p5", MB_METRIC_DIST, MB_METRIC_NS, MB_DIST_CONNECT, 'q', 50000000,
         0, false},
        {"wait_for_connection.max", MB_METRIC_DIST, MB_METRIC_NS,
         MB_DIST_WAIT_FOR_CONNECTION, '>', 0, 0, false},
        {"dispatch_lag.min", MB_METRIC_DIST, MB_METRIC_NS, MB_DIST_DISPATCH_LAG, '<', 0,
         0, false},
        {"throughput", MB_METRIC_THROUGHPUT, MB_METRIC_RPS, 0, 0, 0, 0, true},
        {"error_ratio", MB_METRIC_ERROR_RATIO, MB_METRIC_RATIO, 0, 0, 0, 0, false},
        {"cpu_per_request", MB_METRIC_CPU_PER_REQUEST, MB_METRIC_NS_PER_REQUEST, 0, 0, 0,
         SERVING, false},
        {"cpu_per_request.generator", MB_METRIC_CPU_PER_REQUEST, MB_METRIC_NS_PER_REQUEST,
         0, 0, 0, GENERATOR, false},
        {"memory", MB_METRIC_MEMORY, MB_METRIC_BYTES, 0, 0, 0, SERVING, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_metric metric;
        print_message("  %s\n", cases[i].name);
        assert_true(mb_metric_parse(cases[i].name, &metric));
        assert_ptr_equal(metric.name, cases[i].name);
        assert_int_equal(metric.family, cases[i].family);
        assert_int_equal(metric.unit, cases[i].unit);
        assert_int_equal(metric.dist, cases[i].dist);
        assert_int_equal(metric.statistic, cases[i].statistic);
        assert_int_equal(metric.share, cases[i].share);
        assert_int_equal(metric.roles, cases[i].roles);
        assert_int_equal(metric.higher_is_better, cases[i].higher_is_better);
    }
}

static void refuses_names(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "p99",
        "response_time",
        "response_time.",
        "response_time.99",
        "response_time.p",
        "response_time.p0",
        "response_time.p0.0",
        "response_time.p100",
        "response_time.p99.",
        "response_time.p99.99999",
        "response_time.p99,9",
        "response_time.p9x",
        "response_time.median",
        "response.p99",
        "throughput.max",
        "error_ratio.x",
        "cpu_per_requests",
        "cpu_per_request.",
        "cpu_per_request.boss",
        "memory.p99",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct mb_metric metric = {.name = "untouched"};
        if (mb_metric_parse(names[i], &metric)) {
            fail_msg("'%s' was taken", names[i]);
        }
        assert_string_equal(metric.name, "untouched");
    }
}

static void wants_ten_beyond(void **state)
{
    (void)state;
    static const struct {
        int64_t share;
        int64_t least; // n that supports it
    } cases[] = {
        {500000000, 20},    {900000000, 100},    {990000000, 1000},
        {999000000, 10000}, {999900000, 100000}, {999999999, INT64_C(10000000000)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(mb_value_supported(cases[i].least, cases[i].share));
        assert_false(mb_value_supported(cases[i].least - 1, cases[i].share));
    }
    assert_false(mb_value_supported(INT64_MAX, 1000000000));
    assert_false(mb_value_supported(0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names),
        cmocka_unit_test(refuses_names),
        cmocka_unit_test(wants_ten_beyond),
    };
    return cmocka_run_group_tests_name("derive_metric", tests, NULL, NULL);
}
