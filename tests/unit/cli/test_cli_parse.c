// Parsing: every way to write an option, and every way to get one wrong.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/sample.h"

enum { WORDS_MAX = 12 };

static int words_count(const char *const *words)
{
    int count = 0;
    while (count < WORDS_MAX && words[count] != NULL) {
        count++;
    }
    return count;
}

static enum mb_status parse(struct mb_arena *arena, const char *const *words,
                            struct sample_options *options, struct mb_args *args,
                            struct mb_err *err)
{
    char *argv[WORDS_MAX + 1] = {NULL};
    int argc = words_count(words);
    for (int i = 0; i < argc; i++) {
        argv[i] = mb_arena_copy_string(arena, words[i]);
    }
    return mb_cli_parse(&sample_measure, arena, argv, options, args, err);
}

static void defaults_are_set(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct sample_options o;
    struct mb_args args;
    struct mb_err err = {0};
    memset(&o, 0xA5, sizeof o);
    static const char *const words[] = {"spec", NULL};
    assert_int_equal(parse(&arena, words, &o, &args, &err), MB_OK);
    assert_false(o.quiet);
    assert_null(o.out);
    assert_int_equal(o.variants.count, 0);
    assert_int_equal(o.connections, 32);
    assert_int_equal(o.duration_ns, INT64_C(10000000000));
    assert_int_equal(o.rate, 0);
    assert_string_equal(o.format, "text");
    assert_int_equal(args.count, 1);
    assert_string_equal(args.items[0], "spec");
    mb_arena_release(&arena);
}

static void every_form_is_read(void **state)
{
    (void)state;
    static const char *const forms[][WORDS_MAX] = {
        {"a", "--out", "f", "--connections", "7", "--quiet"},
        {"--out=f", "--connections=7", "--quiet", "a"},
        {"-of", "-c7", "-q", "a"},
        {"-o", "f", "a", "-c", "7", "-q"},
        {"-qc7", "-qo", "f", "a"},
        {"-q", "-c", "9", "-c", "7", "-of", "--", "a"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct mb_arena arena = {0};
        struct sample_options o;
        struct mb_args args;
        struct mb_err err = {0};
        if (parse(&arena, forms[i], &o, &args, &err) != MB_OK) {
            fail_msg("form %zu: %s", i, err.message);
        }
        assert_true(o.quiet);
        assert_false(o.force);
        assert_string_equal(o.out, "f");
        assert_int_equal(o.connections, 7);
        assert_int_equal(args.count, 1);
        assert_string_equal(args.items[0], "a");
        mb_arena_release(&arena);
    }
}

static void every_type_is_read(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct sample_options o;
    struct mb_args args;
    struct mb_err err = {0};
    static const char *const words[WORDS_MAX] = {"--duration=1m30s",
                                                 "--rate=0.5rps",
                                                 "--size=4Ki",
                                                 "--share=0.1%",
                                                 "--format=json",
                                                 "--variant=x",
                                                 "--variant",
                                                 "-y",
                                                 "--out=",
                                                 "-",
                                                 "--",
                                                 "-q"};
    assert_int_equal(parse(&arena, words, &o, &args, &err), MB_OK);
    assert_int_equal(o.duration_ns, INT64_C(90000000000));
    assert_int_equal(o.rate, 500000);
    assert_int_equal(o.size_bytes, 4096);
    assert_int_equal(o.share, 1000000);
    assert_string_equal(o.format, "json");
    assert_int_equal(o.variants.count, 2);
    assert_string_equal(o.variants.items[0], "x");
    assert_string_equal(o.variants.items[1], "-y");
    assert_string_equal(o.out, "");
    assert_false(o.quiet);
    assert_int_equal(args.count, 2);
    assert_string_equal(args.items[0], "-");
    assert_string_equal(args.items[1], "-q");
    mb_arena_release(&arena);
}

static void mistakes_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *words[4];
        const char *message;
        const char *hint;
    } cases[] = {
        {{"--ouput", "f"}, "unknown option '--ouput'", "did you mean '--out'?"},
        {{"--hlep"}, "unknown option '--hlep'", "did you mean '--help'?"},
        {{"--zzzzzz=1"},
         "unknown option '--zzzzzz'",
         "'meshbench help measure' lists the options"},
        {{"-x"}, "unknown option '-x'", "'meshbench help measure' lists the options"},
        {{"-qx"}, "unknown option '-x'", "'meshbench help measure' lists the options"},
        {{"--out"}, "--out needs a value: FILE", ""},
        {{"-c"}, "--connections needs a value: N", ""},
        {{"--quiet=yes"}, "--quiet takes no value", ""},
        {{"-c", "many"}, "--connections: 'many' is not a whole number", ""},
        {{"-c0"}, "--connections: '0' is out of range (1 to 65536)", ""},
        {{"-d", "30"},
         "--duration: '30' is not a duration: the unit is missing (ns, us, ms, s, m, h)",
         ""},
        {{"-d", "2h"}, "--duration: '2h' is out of range (1ms to 1h)", ""},
        {{"--rate", "1rp"},
         "--rate: '1rp' is not a rate: unknown unit 'rp', did you mean 'rps'?",
         ""},
        {{"-f", "jsn"},
         "--format: 'jsn' is not text, json or csv",
         "did you mean 'json'?"},
        {{"-f", ""}, "--format: '' is not text, json or csv", ""},
        {{NULL},
         "'measure' lacks an argument",
         "usage: meshbench measure SPEC... [options]"},
        {{"a", "b", "c"},
         "'measure' takes no argument 'c'",
         "usage: meshbench measure SPEC... [options]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct sample_options o;
        struct mb_args args;
        struct mb_err err = {0};
        assert_int_equal(parse(&arena, cases[i].words, &o, &args, &err), MB_USAGE);
        assert_int_equal(err.code, MB_USAGE);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.hint, cases[i].hint);
        mb_arena_release(&arena);
    }
}

static void first_word_is_checked(void **state)
{
    (void)state;
    char up[] = "up";
    char upp[] = "upp";
    char *const good[] = {up, NULL};
    char *const bad[] = {upp, NULL};
    struct mb_arena arena = {0};
    struct mb_args args;
    struct mb_err err = {0};
    assert_int_equal(mb_cli_parse(&sample_switch, &arena, good, NULL, &args, &err),
                     MB_OK);
    assert_int_equal(mb_cli_parse(&sample_switch, &arena, bad, NULL, &args, &err),
                     MB_USAGE);
    assert_string_equal(err.message, "switch: 'upp' is not up or down");
    assert_string_equal(err.hint, "did you mean 'up'?");
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_set),      cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(every_type_is_read),    cmocka_unit_test(mistakes_are_explained),
        cmocka_unit_test(first_word_is_checked),
    };
    return cmocka_run_group_tests_name("cli_parse", tests, NULL, NULL);
}
