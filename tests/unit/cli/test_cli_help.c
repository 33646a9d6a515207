// Help: what it says of each row, and that it keeps to the width.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli_text.h"
#include "cli/sample.h"

static void has(const struct mb_buf *text, const char *part)
{
    if (strstr(mb_buf_string(text), part) == NULL) {
        fail_msg("'%s' is not in:\n%s", part, mb_buf_string(text));
    }
}

static void widest_line(const struct mb_buf *text, size_t limit)
{
    size_t column = 0;
    for (const char *c = mb_buf_string(text); *c != '\0'; c++) {
        column = *c == '\n' ? 0 : column + 1;
        assert_true(column <= limit);
        assert_false(*c == ' ' && (c[1] == '\n' || c[1] == '\0')); // no blank at an end
    }
    assert_int_equal(column, 0);
}

static void overview_has_groups(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    mb_cli_help(sample_cmds, 80, &text);
    has(&text, "\nMeasure\n  measure  measure something\n  again    measure again\n"
               "\nOther\n  switch   bring something up or down\n");
    widest_line(&text, 84);
    mb_buf_release(&text);
}

static void command_help_is_complete(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    mb_cli_help_command(&sample_measure, 80, &text);
    has(&text, "usage: meshbench measure SPEC... [options]\n");
    has(&text, "\n  a line that stays\n");
    has(&text, "  -o, --out FILE            where the result goes\n");
    has(&text, "      --force               go on anyway\n");
    has(&text, "(1 to 65536; default: 32)");
    has(&text, "(1ms to 1h; default:");
    has(&text, "(text, json or csv; default: text)");
    has(&text, "(may be given more than once)");
    has(&text, "  -h, --help                print this\n");
    has(&text, "\nExamples\n  meshbench measure a.yaml -d 1m\n      a minute's worth\n");
    mb_buf_release(&text);
}

static void width_is_kept(void **state)
{
    (void)state;
    static const struct {
        int width;
        size_t limit;
    } cases[] = {{-5, 60}, {0, 60}, {60, 60}, {80, 80}, {100, 100}, {100000, 100}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf text = {0};
        mb_cli_help_command(&sample_measure, cases[i].width, &text);
        widest_line(&text, cases[i].limit);
        mb_buf_release(&text);
    }
}

static void paragraphs_are_filled(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
        size_t indent;
        size_t width;
        const char *filled;
    } cases[] = {
        {"one two three", 0, 0, 80, "one two three\n"},
        {"one two three", 0, 0, 7, "one two\nthree\n"},
        {"one two three", 0, 2, 9, "  one two\n  three\n"},
        {"one two", 4, 6, 80, "  one two\n"},
        {"wordlongerthanwidth x", 0, 0, 5, "wordlongerthanwidth\nx\n"},
        {"one\ntwo", 0, 0, 80, "one two\n"},
        {"one\n\ntwo", 0, 1, 80, " one\n\n two\n"},
        {"  kept  as\n  it is", 0, 1, 5, "   kept  as\n   it is\n"},
        {"\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9", 0, 0, 5,
         "\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\n"},
        {"", 0, 0, 80, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf text = {0};
        mb_cli_text_wrap(&text, cases[i].text, cases[i].at, cases[i].indent,
                         cases[i].width);
        assert_string_equal(mb_buf_string(&text), cases[i].filled);
        mb_buf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overview_has_groups),
        cmocka_unit_test(command_help_is_complete),
        cmocka_unit_test(width_is_kept),
        cmocka_unit_test(paragraphs_are_filled),
    };
    return cmocka_run_group_tests_name("cli_help", tests, NULL, NULL);
}
