// Surroundings: clocks that go on, sleep that an interrupt ends, colour rules.
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ctx.h"

static const volatile sig_atomic_t calm = 0;
static const volatile sig_atomic_t interrupted = 1;

static void clocks_go_on(void **state)
{
    (void)state;
    struct mb_clock clock = mb_clock_system();
    int64_t before = clock.monotonic_ns(clock.state);
    clock.sleep_until(clock.state, before + 1000000, &calm);
    int64_t after = clock.monotonic_ns(clock.state);
    assert_true(after >= before + 1000000);
    // After 2020, before 2100: seconds or microseconds would not pass.
    int64_t wall = clock.wall_ns(clock.state);
    assert_true(wall > INT64_C(1577836800000000000));
    assert_true(wall < INT64_C(4102444800000000000));
}

static void sleep_ends_when_interrupted(void **state)
{
    (void)state;
    struct mb_clock clock = mb_clock_system();
    int64_t start = clock.monotonic_ns(clock.state);
    clock.sleep_until(clock.state, start + INT64_C(60000000000), &interrupted);
    assert_true(clock.monotonic_ns(clock.state) - start < INT64_C(10000000000));
}

static void process_is_described(void **state)
{
    (void)state;
    struct mb_ctx ctx;
    mb_ctx_init(&ctx, "prog", &calm);
    assert_ptr_equal(ctx.in, stdin);
    assert_ptr_equal(ctx.out, stdout);
    assert_ptr_equal(ctx.err, stderr);
    assert_string_equal(ctx.program, "prog");
    assert_ptr_equal(ctx.interrupted, &calm);
    assert_true(ctx.width >= 20);
    assert_int_equal(setenv("MB_TEST_CTX", "value", 1), 0);
    assert_string_equal(ctx.env("MB_TEST_CTX"), "value");
    assert_null(ctx.env("MB_TEST_CTX_UNSET"));
}

static void no_color_wins(void **state)
{
    (void)state;
    struct mb_ctx ctx;
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    mb_ctx_init(&ctx, "prog", &calm);
    assert_false(ctx.color);
    assert_int_equal(unsetenv("NO_COLOR"), 0);
    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    mb_ctx_init(&ctx, "prog", &calm);
    assert_false(ctx.color);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_go_on),
        cmocka_unit_test(sleep_ends_when_interrupted),
        cmocka_unit_test(process_is_described),
        cmocka_unit_test(no_color_wins),
    };
    return cmocka_run_group_tests_name("ctx", tests, NULL, NULL);
}
