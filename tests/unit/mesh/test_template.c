// Templates: what is replaced, what is refused, and where.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "mesh/template.h"

static const struct mb_template_variable variables[] = {
    {"listen", "127.0.0.1:80"},
    {"empty", ""},
    {"param.x", "$${nested}"},
};

static const struct {
    const char *label;
    const char *text;
    const char *rendered; // NULL: refused
    const char *message;
    const char *hint;
    size_t offset;
} cases[] = {
    {"nothing", "", "", NULL, NULL, 0},
    {"plain", "listen 80;\n", "listen 80;\n", NULL, NULL, 0},
    {"variable", "a ${listen} b", "a 127.0.0.1:80 b", NULL, NULL, 0},
    {"side by side", "${listen}${listen}", "127.0.0.1:80127.0.0.1:80", NULL, NULL, 0},
    {"empty value", "[${empty}]", "[]", NULL, NULL, 0},
    {"a value is not rendered again", "${param.x}", "$${nested}", NULL, NULL, 0},
    {"escaped", "$$host $$$$", "$host $$", NULL, NULL, 0},
    {"escaped before a brace", "$${listen}", "${listen}", NULL, NULL, 0},
    {"unknown", "a\nb ${lissten}", NULL, "unknown variable 'lissten'",
     "did you mean '${listen}'?", 4},
    {"unknown, nothing near", "${zzzzzzzzzz}", NULL, "unknown variable 'zzzzzzzzzz'", "",
     0},
    {"blank in the name", "${ listen }", NULL, "unknown variable ' listen '",
     "did you mean '${listen}'?", 0},
    {"empty name", "${}", NULL, "unknown variable ''", "", 0},
    {"not closed", "x ${listen", NULL, "'${' is not closed by '}'", "", 2},
    {"not closed on its line", "${listen\n}", NULL, "'${' is not closed by '}'", "", 0},
    {"lone", "a $host", NULL, "'$' starts neither '${name}' nor '$$'",
     "write '$$' for one '$'", 2},
    {"lone at the end", "a$", NULL, "'$' starts neither '${name}' nor '$$'",
     "write '$$' for one '$'", 1},
};

static void renders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("  %s\n", cases[i].label);
        struct mb_buf out = {0};
        struct mb_err err = {0};
        size_t offset = 0;
        enum mb_status status = mb_template_render(cases[i].text, variables,
                                                   sizeof variables / sizeof variables[0],
                                                   &out, &offset, &err);
        if (cases[i].rendered != NULL) {
            assert_int_equal(status, MB_OK);
            assert_string_equal(mb_buf_string(&out), cases[i].rendered);
        } else {
            assert_int_equal(status, MB_INVALID);
            assert_string_equal(err.message, cases[i].message);
            assert_string_equal(err.hint, cases[i].hint);
            assert_int_equal(offset, cases[i].offset);
        }
        mb_buf_release(&out);
    }
}

static void growth_is_bounded(void **state)
{
    (void)state;
    enum { VALUE = 1 << 16, TIMES = 32 };
    char *value = mb_mem_alloc(VALUE + 1, 1);
    memset(value, 'x', VALUE);
    const struct mb_template_variable big = {.name = "v", .value = value};
    struct mb_buf text = {0};
    struct mb_buf out = {0};
    struct mb_err err = {0};
    size_t offset = 0;
    for (int i = 0; i < TIMES; i++) {
        mb_buf_append_string(&text, "${v}");
    }
    assert_int_equal(
        mb_template_render(mb_buf_string(&text), &big, 1, &out, &offset, &err),
        MB_INVALID);
    assert_string_equal(err.message, "rendered text is larger than 1048576 bytes");
    assert_true(out.size <= MB_TEMPLATE_MAX_BYTES + VALUE);
    mb_buf_release(&text);
    mb_buf_release(&out);
    mb_mem_free(value);
}

static void places(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        int line;
        int column;
    } expected[] = {{0, 1, 1}, {3, 1, 3}, {4, 2, 1}, {5, 2, 2}, {99, 2, 3}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        int line = 0;
        int column = 0;
        mb_template_place("\xc3\xa9"
                          "a\nbc",
                          expected[i].offset, &line, &column);
        assert_int_equal(line, expected[i].line);
        assert_int_equal(column, expected[i].column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders),
        cmocka_unit_test(growth_is_bounded),
        cmocka_unit_test(places),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
