#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "format/number.h"

static void test_print(void **state)
{
    (void)state;
    const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {0.1, "0.1"},
        {1.0 / 3, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e15, "1.0e+15"},
        {123456789012345.0, "123456789012345.0"},
        {1e300, "1.0e+300"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {5e-324, "5.0e-324"}, // the smallest: one digit tells it
        {-12.5e-7, "-1.25e-06"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_node node = {.type = MB_NODE_FLOAT, .as.number = cases[i].value};
        struct mb_buf out = {0};
        mb_number_print(&node, &out);
        assert_string_equal(mb_buf_string(&out), cases[i].text);
        mb_buf_release(&out);
    }
}

static void test_integers(void **state)
{
    (void)state;
    struct mb_node node = {.type = MB_NODE_INT, .as.integer = INT64_MIN};
    struct mb_buf out = {0};
    mb_number_print(&node, &out);
    assert_string_equal(mb_buf_string(&out), "-9223372036854775808");
    mb_buf_release(&out);
}

static void test_integers_beyond_64_bits(void **state)
{
    (void)state;
    const struct {
        const char *lexeme;
        const char *text;
    } cases[] = {
        {"100000000000000000001", "100000000000000000001"},
        {"-100000000000000000001", "-100000000000000000001"},
        {"+100000000000000000001", "1.0e+20"}, // YAML only
        {"0100000000000000000001", "1.0e+20"},
        {"1.0e20", "1.0e+20"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool negative = cases[i].lexeme[0] == '-';
        struct mb_node node = {.type = MB_NODE_FLOAT,
                               .as.number = negative ? -1e20 : 1e20,
                               .lexeme = cases[i].lexeme};
        struct mb_buf out = {0};
        mb_number_print(&node, &out);
        assert_string_equal(mb_buf_string(&out), cases[i].text);
        mb_buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_integers_beyond_64_bits),
    };
    return cmocka_run_group_tests_name("format/number", tests, NULL, NULL);
}
