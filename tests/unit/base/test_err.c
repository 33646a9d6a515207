// Errors: the first one wins, context goes in front.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void first_error_wins(void **state)
{
    (void)state;
    struct mb_err err = {0};
    assert_int_equal(mb_err_set(&err, MB_FAILED, "first %d", 1), MB_FAILED);
    assert_int_equal(mb_err_set(&err, MB_USAGE, "second"), MB_FAILED);
    assert_int_equal(mb_err_at(&err, MB_INVALID, "f", 1, 2, "third"), MB_FAILED);
    assert_int_equal(mb_err_system(&err, ENOENT, "fourth"), MB_FAILED);
    assert_string_equal(err.message, "first 1");
    assert_string_equal(err.file, "");
    assert_int_equal(err.line, 0);
}

static void place_is_kept(void **state)
{
    (void)state;
    struct mb_err err = {0};
    assert_int_equal(mb_err_at(&err, MB_INVALID, "a.yaml", 3, 7, "bad '%s'", "x"),
                     MB_INVALID);
    assert_string_equal(err.file, "a.yaml");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 7);
    assert_string_equal(err.message, "bad 'x'");
}

static void context_goes_in_front(void **state)
{
    (void)state;
    struct mb_err err = {0};
    (void)mb_err_set(&err, MB_FAILED, "inner");
    mb_err_prepend(&err, "middle %d", 2);
    mb_err_prepend(&err, "outer");
    assert_string_equal(err.message, "outer: middle 2: inner");
}

static void first_hint_stays(void **state)
{
    (void)state;
    struct mb_err err = {0};
    mb_err_hint(&err, "try %s", "this");
    mb_err_hint(&err, "or that");
    assert_string_equal(err.hint, "try this");
}

static void cleared_error_takes_the_next(void **state)
{
    (void)state;
    struct mb_err err = {0};
    (void)mb_err_at(&err, MB_INVALID, "f", 1, 1, "old");
    mb_err_clear(&err);
    assert_int_equal(mb_err_set(&err, MB_USAGE, "new"), MB_USAGE);
    assert_string_equal(err.message, "new");
    assert_string_equal(err.file, "");
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    struct mb_err err = {0};
    (void)mb_err_set(&err, MB_FAILED, "%*d", 5000, 1);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    mb_err_prepend(&err, "%*d", 5000, 1);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    struct mb_err system = {0};
    (void)mb_err_system(&system, ENOENT, "%*d", 5000, 1);
    assert_int_equal(strlen(system.message), sizeof system.message - 1);
}

static void system_reasons_read_on(void **state)
{
    (void)state;
    static const struct {
        int number;
        const char *message;
    } cases[] = {
        {ENOENT, "cannot read 'x': no such file or directory"},
        {ENOSPC, "cannot read 'x': no space left on device"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_err err = {0};
        assert_int_equal(mb_err_system(&err, cases[i].number, "cannot read '%s'", "x"),
                         MB_FAILED);
        assert_string_equal(err.message, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(place_is_kept),
        cmocka_unit_test(context_goes_in_front),
        cmocka_unit_test(first_hint_stays),
        cmocka_unit_test(cleared_error_takes_the_next),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(system_reasons_read_on),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
