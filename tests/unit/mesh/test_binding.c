// Parameter values: defaults, checks by type, and everything that could leave its place
// in a configuration.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "mesh/binding.h"

static const char *choices[] = {"safe", "always", NULL};
static const char *none[] = {NULL};

static struct mb_definition_parameter parameters[] = {
    {.name = "threads", .type = MB_TYPE_INTEGER, .fallback = "1", .min = 1, .max = 8},
    {.name = "on", .type = MB_TYPE_BOOLEAN, .fallback = "false"},
    {.name = "reuse", .type = MB_TYPE_CHOICE, .fallback = "safe"},
    {.name = "text", .type = MB_TYPE_TEXT, .fallback = "a"},
    {.name = "word", .type = MB_TYPE_TEXT, .fallback = "a", .pattern = "^[a-z]+$"},
};

static struct mb_adapter adapter_make(void)
{
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        parameters[i].choices = parameters[i].type == MB_TYPE_CHOICE ? choices : none;
        parameters[i].description = "what it does";
    }
    return (struct mb_adapter){.name = "test",
                               .has_program = true,
                               .parameters = parameters,
                               .parameter_count =
                                   sizeof parameters / sizeof parameters[0]};
}

#define PLACE                                                                            \
    " holds a character that could leave its place in a configuration: "                 \
    "allowed are letters, digits and ._~:/@%+=,-"

static const struct {
    const char *name;
    const char *value;
    const char *message; // NULL: good
    const char *hint;
} cases[] = {
    {"threads", "8", NULL, ""},
    {"threads", "0", "parameter 'threads' of adapter 'test': ", ""},
    {"threads", "9", "parameter 'threads' of adapter 'test': ", ""},
    {"threads", "2; user root", "parameter 'threads' of adapter 'test': ", ""},
    {"threads", "", "parameter 'threads' of adapter 'test': ", ""},
    {"on", "true", NULL, ""},
    {"on", "yes", "parameter 'on' of adapter 'test': 'yes' is neither true nor false",
     ""},
    {"reuse", "always", NULL, ""},
    {"reuse", "alway",
     "parameter 'reuse' of adapter 'test': 'alway' is not one of: safe, always",
     "did you mean 'always'?"},
    {"text", "", NULL, ""},
    {"text", "http://u@h:80/a,b=c%20~+-_.", NULL, ""},
    {"text", "a b", "parameter 'text' of adapter 'test': 'a b'" PLACE, ""},
    {"text", "a\nb", "parameter 'text' of adapter 'test': 'a\nb'" PLACE, ""},
    {"text", "a\"", "parameter 'text' of adapter 'test': 'a\"'" PLACE, ""},
    {"text", "a'", "parameter 'text' of adapter 'test': 'a''" PLACE, ""},
    {"text", "a;", "parameter 'text' of adapter 'test': 'a;'" PLACE, ""},
    {"text", "{a", "parameter 'text' of adapter 'test': '{a'" PLACE, ""},
    {"text", "a}", "parameter 'text' of adapter 'test': 'a}'" PLACE, ""},
    {"text", "#a", "parameter 'text' of adapter 'test': '#a'" PLACE, ""},
    {"text", "$a", "parameter 'text' of adapter 'test': '$a'" PLACE, ""},
    {"text", "a\\n", "parameter 'text' of adapter 'test': 'a\\n'" PLACE, ""},
    {"text", "\xc3\xa9", "parameter 'text' of adapter 'test': '\xc3\xa9'" PLACE, ""},
    {"word", "abc", NULL, ""},
    {"word", "a1", "parameter 'word' of adapter 'test': 'a1' does not match '^[a-z]+$'",
     ""},
    {"program", "/opt/envoy", NULL, ""},
    {"program", "/opt/en voy",
     "parameter 'program' of adapter 'test': '/opt/en voy'" PLACE, ""},
    {"thread", "1", "adapter 'test' has no parameter 'thread'",
     "did you mean 'threads'?"},
    {"", "1", "adapter 'test' has no parameter ''", ""},
};

static void checks_values(void **state)
{
    (void)state;
    const struct mb_adapter adapter = adapter_make();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("  %s=%s\n", cases[i].name, cases[i].value);
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_binding binding;
        const struct mb_parameter given = {.name = cases[i].name,
                                           .value = cases[i].value};
        enum mb_status status =
            mb_binding_make(&arena, &adapter, &given, 1, &binding, &err);
        assert_int_equal(status, cases[i].message == NULL ? MB_OK : MB_INVALID);
        if (cases[i].message != NULL) {
            assert_int_equal(
                strncmp(err.message, cases[i].message, strlen(cases[i].message)), 0);
            assert_string_equal(err.hint, cases[i].hint);
        }
        mb_arena_release(&arena);
    }
}

static void defaults_fill_in(void **state)
{
    (void)state;
    static const char *const expected[][2] = {{"param.threads", "4"},
                                              {"param.on", "false"},
                                              {"param.reuse", "safe"},
                                              {"param.text", "a"},
                                              {"param.word", "a"}};
    const struct mb_adapter adapter = adapter_make();
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_binding binding;
    const struct mb_parameter given = {.name = "threads", .value = "4"};
    assert_int_equal(mb_binding_make(&arena, &adapter, &given, 1, &binding, &err), MB_OK);
    assert_int_equal(binding.count, 5);
    assert_null(binding.program);
    for (size_t i = 0; i < binding.count; i++) {
        assert_string_equal(binding.variables[i].name, expected[i][0]);
        assert_string_equal(binding.variables[i].value, expected[i][1]);
    }
    mb_arena_release(&arena);
}

static void given_twice(void **state)
{
    (void)state;
    const struct mb_adapter adapter = adapter_make();
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_binding binding;
    const struct mb_parameter given[] = {{.name = "threads", .value = "4"},
                                         {.name = "threads", .value = "4"}};
    assert_int_equal(mb_binding_make(&arena, &adapter, given, 2, &binding, &err),
                     MB_INVALID);
    assert_string_equal(err.message, "parameter 'threads' is given twice");
    mb_arena_release(&arena);
}

static void has_to_be_given(void **state)
{
    (void)state;
    struct mb_definition_parameter url = {.name = "url",
                                          .description = "where requests go",
                                          .type = MB_TYPE_TEXT,
                                          .choices = none};
    const struct mb_adapter adapter = {
        .name = "running", .parameters = &url, .parameter_count = 1};
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_binding binding;
    assert_int_equal(mb_binding_make(&arena, &adapter, NULL, 0, &binding, &err),
                     MB_INVALID);
    assert_string_equal(err.message,
                        "adapter 'running' needs a value for its parameter 'url'");
    assert_string_equal(err.hint, "where requests go");
    // Without a program, there is no parameter for one.
    const struct mb_parameter program = {.name = "program", .value = "/x"};
    mb_err_clear(&err);
    assert_int_equal(mb_binding_make(&arena, &adapter, &program, 1, &binding, &err),
                     MB_INVALID);
    assert_string_equal(err.message, "adapter 'running' has no parameter 'program'");
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_values),
        cmocka_unit_test(defaults_fill_in),
        cmocka_unit_test(given_twice),
        cmocka_unit_test(has_to_be_given),
    };
    return cmocka_run_group_tests_name("binding", tests, NULL, NULL);
}
