// Manual, reference and completion: all rows are there, and what their languages would
// read as syntax is escaped.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/sample.h"

static void has(const struct mb_buf *text, const char *part)
{
    if (strstr(mb_buf_string(text), part) == NULL) {
        fail_msg("'%s' is not in:\n%s", part, mb_buf_string(text));
    }
}

static void manual_of_a_command(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    mb_cli_man(sample_cmds, &sample_measure, "1.2.3", &text);
    has(&text, ".TH \"meshbench-measure\" 1 \"\" \"meshbench 1.2.3\" \"meshbench\"\n");
    has(&text, "meshbench\\-measure \\- measure something\n");
    has(&text, ".EX\n  a line that stays\n.EE\n");
    has(&text,
        ".PP\n\\&.It is a second paragraph, with a backslash \\e and a dash\\-word");
    has(&text, ".TP\n.B \\-o, \\-\\-out FILE\nwhere the result goes\n");
    has(&text, "(1 to 65536; default: 32)");
    has(&text, ".SH EXAMPLES\n");
    has(&text, ".SH EXIT STATUS\n");
    mb_buf_release(&text);
}

static void manual_of_the_program(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    mb_cli_man(sample_cmds, NULL, "1.2.3", &text);
    has(&text, ".SS Measure\n.TP\n.BR meshbench\\-measure (1)\nmeasure something\n.TP\n"
               ".BR meshbench\\-again (1)\n");
    has(&text, ".SS Other\n");
    mb_buf_release(&text);
}

static void reference_has_every_row(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    mb_cli_markdown(sample_cmds, &text);
    has(&text, "| [`measure`](#meshbench-measure) | measure something |\n");
    has(&text, "## meshbench switch\n");
    has(&text, "```\n  a line that stays\n```\n");
    has(&text, "[0%] \\ more \\| less |\n");
    for (const struct mb_opt *row = sample_rows; row->name != NULL; row++) {
        char name[64];
        (void)snprintf(name, sizeof name, "--%s", row->name);
        has(&text, name);
    }
    assert_int_not_equal(text.data[text.size - 2], '\n'); // one line feed at the end
    mb_buf_release(&text);
}

static void completion_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *shell;
        const char *part;
    } cases[] = {
        {"bash", "'measure --format'|'measure -f')\n"},
        {"bash", "compgen -W 'text json csv'"},
        {"bash", "    switch) options='--help' first='up down' ;;\n"},
        {"zsh", "''{-f,--format}'[how to print it]:FORMAT:(text json csv)'"},
        {"zsh", "'*--variant[only this one]:NAME:'"},
        {"zsh", "''{-o,--out}'[where the result goes]:FILE:_files'"},
        {"zsh", "'--share[share of it'\\''s errors\\: \\[0%\\] \\\\ more | less]:SHARE"},
        {"fish", "-l share -x -d 'share of it\\'s errors: [0%] \\\\ more | less'\n"},
        {"fish", "-l out -s o -r -d"},
        {"fish", "-l format -s f -x -a 'text json csv'"},
        {"fish", "'__fish_seen_subcommand_from switch' -f -a 'up down'\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf text = {0};
        struct mb_err err = {0};
        assert_int_equal(mb_cli_completion(sample_cmds, cases[i].shell, &text, &err),
                         MB_OK);
        has(&text, cases[i].part);
        mb_buf_release(&text);
    }
    struct mb_buf text = {0};
    struct mb_err err = {0};
    assert_int_equal(mb_cli_completion(sample_cmds, "tcsh", &text, &err), MB_USAGE);
    assert_string_equal(err.message, "no completion for shell 'tcsh' (bash, zsh, fish)");
    assert_int_equal(text.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manual_of_a_command),
        cmocka_unit_test(manual_of_the_program),
        cmocka_unit_test(reference_has_every_row),
        cmocka_unit_test(completion_escapes),
    };
    return cmocka_run_group_tests_name("cli_pages", tests, NULL, NULL);
}
