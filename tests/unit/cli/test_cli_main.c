// The program: which command runs, what help and mistakes give.
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/sample.h"

struct run {
    char *printed;
    size_t size;
    struct mb_err err;
    enum mb_status status;
};

static void run(struct run *run, const struct mb_cmd *const *cmds,
                const char *const *words)
{
    *run = (struct run){.printed = NULL};
    struct mb_ctx ctx = {.out = open_memstream(&run->printed, &run->size), .width = 80};
    assert_non_null(ctx.out);
    char copies[6][32] = {{0}};
    char *argv[7] = {NULL};
    int argc = 0;
    for (; argc < 6 && words[argc] != NULL; argc++) {
        (void)snprintf(copies[argc], sizeof copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    run->status = mb_cli_main(cmds, &ctx, argc, argv, &run->err);
    assert_int_equal(fclose(ctx.out), 0);
}

static void commands_are_run(void **state)
{
    (void)state;
    static const struct {
        const char *words[6];
        enum mb_status status;
        const char *printed; // its beginning
        const char *message;
    } cases[] = {
        {{"mb", "measure", "a", "-f", "csv"}, MB_OK, "a csv 32\n", ""},
        {{"mb", "measure", "broken"},
         MB_FAILED,
         "broken text 32\n",
         "cannot measure 'broken'"},
        {{"mb", "again"}, MB_INVALID, "", ""},
        {{"mb", "measure"}, MB_USAGE, "", "'measure' lacks an argument"},
        {{"mb", "measure", "--", "--help"}, MB_OK, "--help text 32\n", ""},
        {{"mb", "measure", "-h"}, MB_OK, "meshbench measure: measure something\n", ""},
        {{"mb", "measure", "--bad", "--help"}, MB_OK, "meshbench measure: ", ""},
        {{"mb", "--help"}, MB_OK, "meshbench: ", ""},
        {{"mb", "-h"}, MB_OK, "meshbench: ", ""},
        {{"mb"}, MB_USAGE, "meshbench: ", ""},
        {{"mb", "--version"}, MB_OK, "meshbench " MB_VERSION "\n", ""},
        {{"mb", "mesure"}, MB_USAGE, "", "unknown command 'mesure'"},
        {{"mb", "--frob"}, MB_USAGE, "", "unknown command '--frob'"},
        {{"mb", ""}, MB_USAGE, "", "unknown command ''"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run r;
        run(&r, sample_cmds, cases[i].words);
        assert_int_equal(r.status, cases[i].status);
        assert_int_equal(strncmp(r.printed, cases[i].printed, strlen(cases[i].printed)),
                         0);
        assert_true(cases[i].printed[0] != '\0' || r.size == 0);
        assert_string_equal(r.err.message, cases[i].message);
        free(r.printed);
    }
}

static void near_names_are_hinted(void **state)
{
    (void)state;
    static const char *const near[] = {"mb", "mesure", NULL};
    static const char *const far[] = {"mb", "xyzzy", NULL};
    struct run r;
    run(&r, sample_cmds, near);
    assert_string_equal(r.err.hint, "did you mean 'meshbench measure'?");
    free(r.printed);
    run(&r, sample_cmds, far);
    assert_string_equal(r.err.hint, "'meshbench help' lists the commands");
    free(r.printed);
}

static void bad_tables_stop_it(void **state)
{
    (void)state;
    struct mb_cmd bad = sample_again;
    bad.summary = "ends with a full stop.";
    const struct mb_cmd *const cmds[] = {&bad, NULL};
    static const char *const words[] = {"mb", "again", NULL};
    struct run r;
    run(&r, cmds, words);
    assert_int_equal(r.status, MB_BUG);
    free(r.printed);
}

static void commands_are_found(void **state)
{
    (void)state;
    assert_ptr_equal(mb_cli_find(sample_cmds, "switch"), &sample_switch);
    assert_null(mb_cli_find(sample_cmds, "switc"));
    assert_null(mb_cli_find(sample_cmds, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_run),
        cmocka_unit_test(near_names_are_hinted),
        cmocka_unit_test(bad_tables_stop_it),
        cmocka_unit_test(commands_are_found),
    };
    return cmocka_run_group_tests_name("cli_main", tests, NULL, NULL);
}
