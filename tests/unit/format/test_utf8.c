#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "format/utf8.h"

static void test_find_invalid(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *text;
        size_t offset; // SIZE_MAX: all is valid
    } cases[] = {
        {"empty", "", SIZE_MAX},
        {"ascii", "plain text of more than eight bytes", SIZE_MAX},
        {"two, three and four bytes", "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", SIZE_MAX},
        {"bare continuation", "abc\x80", 3},
        {"overlong slash", "abcdefgh\xC0\xAF", 8},
        {"overlong three", "a\xE0\x80\xAF", 1},
        {"surrogate", "a\xED\xA0\x80", 1},
        {"beyond U+10FFFF", "a\xF4\x90\x80\x80", 1},
        {"cut off", "abcdefghij\xE2\x82", 10},
        {"0xFF in the ninth byte", "abcdefgh\xFF", 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = strlen(cases[i].text);
        size_t wanted = cases[i].offset == SIZE_MAX ? size : cases[i].offset;
        size_t found = mb_utf8_find_invalid(cases[i].text, size);
        if (found != wanted) {
            fail_msg("%s: expected %zu, got %zu", cases[i].name, wanted, found);
        }
    }
}

static void test_places(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *text; // the place asked for is that of '@'
        int line;
        int column;
    } cases[] = {
        {"start", "@", 1, 1},
        {"behind a byte order mark", "\xEF\xBB\xBF@", 1, 1},
        {"characters, not bytes", "\xC3\xA9\xF0\x9F\x98\x80@", 1, 3},
        {"tab is one", "\t@", 1, 2},
        {"LF", "a\nb@", 2, 2},
        {"CR LF is one end", "a\r\n@", 2, 1},
        {"CR", "a\rb\r@", 3, 1},
        {"as libyaml: U+0085, U+2028, U+2029", "\xC2\x85\xE2\x80\xA8\xE2\x80\xA9x@", 4,
         2},
        {"other characters of those rows", "\xC2\x84\xE2\x80\xA7@", 1, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_utf8_cursor cursor;
        mb_utf8_start(&cursor, cases[i].text, strlen(cases[i].text));
        mb_utf8_advance(&cursor, strchr(cases[i].text, '@'));
        if (cursor.line != cases[i].line || cursor.column != cases[i].column) {
            fail_msg("%s: expected %d:%d, got %d:%d", cases[i].name, cases[i].line,
                     cases[i].column, cursor.line, cursor.column);
        }
    }
}

static void test_count(void **state)
{
    (void)state;
    assert_int_equal(mb_utf8_count("", 0), 0);
    assert_int_equal(mb_utf8_count("a\xC3\xA9\xF0\x9F\x98\x80", 7), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_invalid),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_count),
    };
    return cmocka_run_group_tests_name("format/utf8", tests, NULL, NULL);
}
