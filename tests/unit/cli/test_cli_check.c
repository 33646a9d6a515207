// The check of the tables finds each kind of fault and names the row.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/sample.h"

static void good_tables_pass(void **state)
{
    (void)state;
    struct mb_err err = {0};
    if (mb_cli_check(sample_cmds, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
}

static const char *const no_choices[] = {NULL};

#define ROW(...)                                                                         \
    {                                                                                    \
        .help = "does it", .argument = "X", .type = MB_OPT_STRING, __VA_ARGS__           \
    }

// `overridden initialiser` is what these rows live from.
#pragma GCC diagnostic ignored "-Woverride-init"

static const struct {
    const char *fault;
    struct mb_opt rows[3];
} bad_rows[] = {
    {"its name is not lower case", {ROW(.name = "Upper")}},
    {"its name is not lower case", {ROW(.name = "under_score")}},
    {"its name is not lower case, digits and '-', or is 'help'", {ROW(.name = "help")}},
    {"its letter is 'h'", {ROW(.name = "a", .letter = 'h')}},
    {"its letter is 'h', or neither letter nor digit", {ROW(.name = "a", .letter = '-')}},
    {"its help is missing", {ROW(.name = "a", .help = NULL)}},
    {"its help is missing", {ROW(.name = "a", .help = "")}},
    {"ends with a full stop", {ROW(.name = "a", .help = "does it.")}},
    {"flags have no argument", {ROW(.name = "a", .type = MB_OPT_FLAG)}},
    {"all others have one", {ROW(.name = "a", .argument = NULL)}},
    {"choices belong to", {ROW(.name = "a", .choices = sample_formats)}},
    {"choices belong to", {ROW(.name = "a", .type = MB_OPT_CHOICE)}},
    {"choices belong to",
     {ROW(.name = "a", .type = MB_OPT_CHOICE, .choices = no_choices)}},
    {"smallest value is above",
     {ROW(.name = "a", .type = MB_OPT_INT, .min = 2, .max = 1)}},
    {"only numbers have a range", {ROW(.name = "a", .max = 1)}},
    {"cannot have a default",
     {ROW(.name = "a", .type = MB_OPT_STRINGS, .fallback = "x")}},
    {"default: 'x' is not a whole number",
     {ROW(.name = "a", .type = MB_OPT_INT, .fallback = "x")}},
    {"default: '5' is out of range (1 to 2)",
     {ROW(.name = "a", .type = MB_OPT_INT, .min = 1, .max = 2, .fallback = "5")}},
    {"default: '5' is not a duration",
     {ROW(.name = "a", .type = MB_OPT_DURATION, .fallback = "5")}},
    {"default: 'xml' is not text, json or csv",
     {ROW(.name = "a", .type = MB_OPT_CHOICE, .choices = sample_formats,
          .fallback = "xml")}},
    {"outside the option struct",
     {ROW(.name = "a", .offset = sizeof(struct sample_options))}},
    {"outside the option struct",
     {ROW(.name = "a", .offset = sizeof(struct sample_options) - 1)}},
    {"outside the option struct", {ROW(.name = "a", .offset = SIZE_MAX)}},
    {"its name is taken", {ROW(.name = "a"), ROW(.name = "a", .offset = 8)}},
    {"its letter is taken",
     {ROW(.name = "a", .letter = 'a'), ROW(.name = "b", .letter = 'a', .offset = 8)}},
    {"its field is another option's", {ROW(.name = "a"), ROW(.name = "b", .offset = 4)}},
};

static void bad_rows_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
        struct mb_cmd cmd = sample_measure;
        cmd.options = bad_rows[i].rows;
        const struct mb_cmd *const cmds[] = {&sample_switch, &cmd, NULL};
        struct mb_err err = {0};
        assert_int_equal(mb_cli_check(cmds, &err), MB_BUG);
        if (strstr(err.message, bad_rows[i].fault) == NULL) {
            fail_msg("expected '%s', got '%s'", bad_rows[i].fault, err.message);
        }
        assert_non_null(strstr(err.message, "of 'measure'"));
    }
}

static const struct mb_example foreign_example[] = {{"other tool", "x"},
                                                    {.command = NULL}};

static void bad_commands_are_named(void **state)
{
    (void)state;
    const struct {
        const char *fault;
        struct mb_cmd cmd;
    } cases[] = {
#define COMMAND(...)                                                                     \
    {.name = "one",                                                                      \
     .group = "Group",                                                                   \
     .summary = "do it",                                                                 \
     .usage = "one FILE",                                                                \
     .description = "Does it.",                                                          \
     .run = sample_nothing,                                                              \
     __VA_ARGS__}
        {"its name is not lower case", COMMAND(.name = "One", .usage = "One")},
        {"its name is not lower case", COMMAND(.name = "")},
        {"it belongs to no group", COMMAND(.group = NULL)},
        {"its summary is missing", COMMAND(.summary = NULL)},
        {"ends with a full stop", COMMAND(.summary = "do it.")},
        {"its usage does not start", COMMAND(.usage = NULL)},
        {"its usage does not start", COMMAND(.usage = "meshbench one")},
        {"its usage does not start", COMMAND(.usage = "onely")},
        {"its description is missing", COMMAND(.description = "")},
        {"it takes fewer arguments", COMMAND(.args_min = 2, .args_max = 1)},
        {"it takes fewer arguments", COMMAND(.words = sample_words)},
        {"it does nothing", COMMAND(.run = NULL)},
        {"an example does not start", COMMAND(.examples = foreign_example)},
        {"its name is taken", COMMAND(.name = "switch", .usage = "switch")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mb_cmd *const cmds[] = {&sample_switch, &cases[i].cmd, NULL};
        struct mb_err err = {0};
        assert_int_equal(mb_cli_check(cmds, &err), MB_BUG);
        if (strstr(err.message, cases[i].fault) == NULL) {
            fail_msg("expected '%s', got '%s'", cases[i].fault, err.message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_tables_pass),
        cmocka_unit_test(bad_rows_are_named),
        cmocka_unit_test(bad_commands_are_named),
    };
    return cmocka_run_group_tests_name("cli_check", tests, NULL, NULL);
}
