#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "run_fixture.h"

// Same seed for all variants of a point, so nothing varies but what the fake makes vary.
static void test_until(void **state)
{
    struct run_fixture *fixture = *state;
    static const struct {
        const char *name;
        int64_t spread_share;
        int64_t interval_share;
        int at_most;
        int blocks;
        bool finding;
    } cases[] = {
        {"quiet: two blocks suffice", 0, 300000000, 8, 2, false},
        {"noisy: goes on to the limit", 500000000, 20000000, 8, 8, true},
        {"noisy, limited at once", 500000000, 20000000, 2, 2, true},
    };
    fixture->spec.until.metric = "response_time.mean";
    fixture->spec.block_count = 2;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mb_fake_load_init(&fixture->load);
        mb_fake_load_add(&fixture->load, "http://p", 1000000)->spread_share =
            cases[i].spread_share;
        fixture->spec.until.interval_share = cases[i].interval_share;
        fixture->spec.until.at_most = cases[i].at_most;
        assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
        assert_int_equal(fixture->outcome.planned, 6 * cases[i].blocks);
        assert_int_equal(run_fixture_has_finding(fixture, "MB424"), cases[i].finding);
    }
}

// Interrupted in a block that only `until` asked for.
static void test_until_resumed(void **state)
{
    struct run_fixture *fixture = *state;
    fixture->spec.until.metric = "response_time.mean";
    fixture->spec.until.interval_share = 1;
    fixture->spec.until.at_most = 6;
    fixture->load.interrupt_at = 5 * 6 + 3;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
    assert_int_equal(fixture->outcome.complete, 5 * 6 + 2);
    assert_int_equal(run_fixture_resume(fixture), MB_OK);
    assert_int_equal(fixture->load.calls, 4);
    assert_int_equal(fixture->outcome.complete, 6 * 6);
}

int main(void)
{
#define RUN_TEST(test)                                                                   \
    cmocka_unit_test_setup_teardown(test, run_fixture_setup, run_fixture_teardown)
    const struct CMUnitTest tests[] = {
        RUN_TEST(test_until),
        RUN_TEST(test_until_resumed),
    };
    return cmocka_run_group_tests_name("run/until", tests, NULL, NULL);
}
