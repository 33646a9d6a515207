// The version has three numbers; the commit is a hash, or unknown.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/version.h"

static void version_is_three_numbers(void **state)
{
    (void)state;
    const char *c = mb_version();
    assert_string_equal(c, MB_VERSION);
    for (int part = 0; part < 3; part++) {
        size_t digits = strspn(c, "0123456789");
        assert_true(digits > 0);
        c += digits;
        assert_int_equal(*c, part < 2 ? '.' : '\0');
        c += part < 2 ? 1 : 0;
    }
}

static void commit_is_a_hash_or_unknown(void **state)
{
    (void)state;
    const char *commit = mb_version_commit();
    if (commit != NULL) {
        size_t digits = strspn(commit, "0123456789abcdef");
        assert_true(digits >= 12);
        assert_true(commit[digits] == '\0' || strcmp(commit + digits, "-dirty") == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_is_three_numbers),
        cmocka_unit_test(commit_is_a_hash_or_unknown),
    };
    return cmocka_run_group_tests_name("version", tests, NULL, NULL);
}
