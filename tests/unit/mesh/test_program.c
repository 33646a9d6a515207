// Looking for programs and asking them for their version.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "mesh/program.h"

static struct mb_definition_install installs[] = {
    {.system = "no-such-system", .command = "get x"},
    {.system = "nor-this-one", .command = "fetch x"}};

static void found_in_order(void **state)
{
    (void)state;
    struct mb_definition_place places[] = {
        {.name = "mb-no-such-program"},
        {.python_package = "mb_no_such_package", .path = "x"},
        {.name = "/bin/sh"},
        {.name = "true"}};
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    char *path = NULL;
    const struct mb_adapter adapter = {
        .name = "t", .has_program = true, .places = places, .place_count = 4};
    assert_int_equal(mb_program_find(&arena, &adapter, NULL, &path, &err), MB_OK);
    assert_string_equal(path, "/bin/sh");
    assert_int_equal(mb_program_find(&arena, &adapter, "/bin/true", &path, &err), MB_OK);
    assert_string_equal(path, "/bin/true");
    assert_int_equal(mb_program_find(&arena, &adapter, "/no/such", &path, &err),
                     MB_FAILED);
    assert_string_equal(err.message, "cannot find program '/no/such'");
    mb_arena_release(&arena);
}

static void missing_with_a_hint(void **state)
{
    (void)state;
    struct mb_definition_place place = {.name = "mb-no-such-program"};
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    char *path = NULL;
    const struct mb_adapter adapter = {.name = "t",
                                       .has_program = true,
                                       .places = &place,
                                       .place_count = 1,
                                       .installs = installs,
                                       .install_count = 2};
    assert_int_equal(mb_program_find(&arena, &adapter, NULL, &path, &err), MB_FAILED);
    assert_string_equal(err.message,
                        "cannot find program 'mb-no-such-program' of adapter 't'");
    assert_string_equal(err.hint, "no-such-system: get x; nor-this-one: fetch x");
    assert_null(path);
    mb_arena_release(&arena);
}

static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        const char *pattern;
        const char *version;
    } cases[] = {
        {"echo name/1.20.3", "name/([0-9.]+)", "1.20.3"},
        {"echo name/1.20 >&2", "name/([0-9.]+)", "1.20"},
        {"echo nothing", "name/([0-9.]+)", NULL},
        {"echo name/2; exit 3", "name/([0-9.]+)", "2"}, // some exit with an error
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        const char *args[] = {"-c", cases[i].script, NULL};
        const struct mb_adapter adapter = {.name = "t",
                                           .has_program = true,
                                           .version_args = args,
                                           .version_pattern = cases[i].pattern};
        const char *version = mb_program_version(&arena, &adapter, "/bin/sh");
        if (cases[i].version == NULL) {
            assert_null(version);
        } else {
            assert_string_equal(version, cases[i].version);
        }
        mb_arena_release(&arena);
    }
    struct mb_arena arena = {0};
    const struct mb_adapter silent = {.name = "t", .has_program = true};
    assert_null(mb_program_version(&arena, &silent, "/bin/sh"));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_in_order),
        cmocka_unit_test(missing_with_a_hint),
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
