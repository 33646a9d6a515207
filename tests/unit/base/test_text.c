// Text from outside: what is valid passes, what a terminal would obey is shown instead.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void characters_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *bytes;
        int32_t point;
        size_t length;
    } cases[] = {
        {"ASCII", "a", 'a', 1},
        {"last of one byte", "\x7f", 0x7f, 1},
        {"first of two bytes", "\xc2\x80", 0x80, 2},
        {"last of two bytes", "\xdf\xbf", 0x7ff, 2},
        {"first of three bytes", "\xe0\xa0\x80", 0x800, 3},
        {"before the surrogates", "\xed\x9f\xbf", 0xd7ff, 3},
        {"behind the surrogates", "\xee\x80\x80", 0xe000, 3},
        {"last of three bytes", "\xef\xbf\xbf", 0xffff, 3},
        {"first of four bytes", "\xf0\x90\x80\x80", 0x10000, 4},
        {"last of all", "\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        {"one too many", "\xf4\x90\x80\x80", -1, 1},
        {"lonely continuation", "\x80", -1, 1},
        {"overlong of two", "\xc0\xaf", -1, 1},
        {"overlong of two, other", "\xc1\xbf", -1, 1},
        {"overlong of three", "\xe0\x9f\xbf", -1, 1},
        {"overlong of four", "\xf0\x8f\xbf\xbf", -1, 1},
        {"surrogate", "\xed\xa0\x80", -1, 1},
        {"last surrogate", "\xed\xbf\xbf", -1, 1},
        {"five bytes", "\xf8\x88\x80\x80\x80", -1, 1},
        {"0xff", "\xff", -1, 1},
        {"cut off after one", "\xc3", -1, 1},
        {"cut off after three", "\xf0\x90\x80", -1, 1},
        {"broken off", "\xe2\x28\xa1", -1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = 0;
        int32_t point = mb_text_decode(cases[i].bytes, strlen(cases[i].bytes), &length);
        if (point != cases[i].point || length != cases[i].length) {
            fail_msg("%s: %d, %zu bytes", cases[i].name, (int)point, length);
        }
    }
    size_t length = 0;
    assert_int_equal(mb_text_decode("\0", 1, &length), 0);
    assert_int_equal(length, 1);
}

static void what_is_harmless_passes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *keep;
        const char *shown;
    } cases[] = {
        {"", "", ""},
        {"plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d", "",
         "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d"},
        {"a\x1b[31mb", "", "a\\x1b[31mb"},
        {"a\tb\nc", "", "a\\x09b\\x0ac"},
        {"a\tb\nc\r", "\n\t", "a\tb\nc\\x0d"},
        {"\x7f", "", "\\x7f"},
        {"\xc2\x9b"
         "31m",
         "", "\\x9b31m"}, // C1: the one-character form of ESC [
        {"\xff\xc3", "", "\\xff\\xc3"},
        {"\xe2\x80\xae"
         "evil",
         "", "\\u202eevil"}, // right-to-left override
        {"\xe2\x80\x8b\xef\xbb\xbf\xe2\x81\xa6", "", "\\u200b\\ufeff\\u2066"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf out = {0};
        mb_text_show(cases[i].text, strlen(cases[i].text), cases[i].keep, &out);
        assert_string_equal(mb_buf_string(&out), cases[i].shown);
        mb_buf_release(&out);
    }
    struct mb_buf out = {0};
    mb_text_show("a\0b", 3, "\n", &out); // a NUL is never kept
    assert_string_equal(mb_buf_string(&out), "a\\x00b");
    mb_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_are_decoded),
        cmocka_unit_test(what_is_harmless_passes),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
