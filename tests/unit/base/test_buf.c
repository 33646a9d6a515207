// Buffers: growth, the cap, and what an overflow leaves.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void empty_is_a_string(void **state)
{
    (void)state;
    struct mb_buf buf = {0};
    assert_string_equal(mb_buf_string(&buf), "");
    mb_buf_append(&buf, NULL, 0);
    assert_string_equal(mb_buf_string(&buf), "");
    mb_buf_release(&buf);
}

static void appends_grow_it(void **state)
{
    (void)state;
    struct mb_buf buf = {0};
    for (int i = 0; i < 10000; i++) {
        mb_buf_append_char(&buf, (char)('a' + i % 26));
    }
    mb_buf_append_string(&buf, "-end");
    mb_buf_print(&buf, "%05d", 42);
    assert_int_equal(buf.size, 10009);
    assert_int_equal(strlen(buf.data), 10009);
    assert_string_equal(buf.data + 10000, "-end00042");
    assert_false(buf.overflowed);
    mb_buf_release(&buf);
    assert_null(buf.data);
}

static void bytes_may_be_nul(void **state)
{
    (void)state;
    struct mb_buf buf = {0};
    mb_buf_append(&buf, "a\0b", 3);
    assert_int_equal(buf.size, 3);
    assert_memory_equal(buf.data, "a\0b", 4);
    mb_buf_release(&buf);
}

static void cap_is_exact_and_remembered(void **state)
{
    (void)state;
    struct mb_buf buf;
    mb_buf_init(&buf, 5);
    mb_buf_append_string(&buf, "abcde");
    assert_false(buf.overflowed);
    mb_buf_append_char(&buf, 'f');
    assert_true(buf.overflowed);
    assert_string_equal(buf.data, "abcde");
    // Even what would fit is refused now: no hole in the middle.
    mb_buf_append(&buf, "", 0);
    mb_buf_print(&buf, "%s", "x");
    assert_string_equal(buf.data, "abcde");
    mb_buf_reset(&buf);
    assert_false(buf.overflowed);
    mb_buf_print(&buf, "%s", "12345");
    assert_string_equal(buf.data, "12345");
    mb_buf_print(&buf, "%s", "6");
    assert_true(buf.overflowed);
    mb_buf_release(&buf);
}

static void overflow_is_all_or_nothing(void **state)
{
    (void)state;
    struct mb_buf buf;
    mb_buf_init(&buf, 4);
    mb_buf_append_string(&buf, "ab");
    mb_buf_append_string(&buf, "cde");
    assert_true(buf.overflowed);
    assert_string_equal(buf.data, "ab");
    mb_buf_append_string(&buf, "c");
    assert_string_equal(buf.data, "ab");
    mb_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_is_a_string),
        cmocka_unit_test(appends_grow_it),
        cmocka_unit_test(bytes_may_be_nul),
        cmocka_unit_test(cap_is_exact_and_remembered),
        cmocka_unit_test(overflow_is_all_or_nothing),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
