#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "format/scalar.h"

// YAML 1.2.2, 10.3.2: the core schema, and what YAML 1.1 would have made of the rest.
static void test_resolve(void **state)
{
    (void)state;
    const struct {
        const char *text;
        enum mb_node_type type;
        double value; // of a number or boolean
    } cases[] = {
        {"", MB_NODE_NULL, 0},
        {"~", MB_NODE_NULL, 0},
        {"null", MB_NODE_NULL, 0},
        {"Null", MB_NODE_NULL, 0},
        {"NULL", MB_NODE_NULL, 0},
        {"nULL", MB_NODE_STRING, 0},
        {"true", MB_NODE_BOOL, 1},
        {"True", MB_NODE_BOOL, 1},
        {"TRUE", MB_NODE_BOOL, 1},
        {"tRUE", MB_NODE_STRING, 0},
        {"false", MB_NODE_BOOL, 0},
        {"False", MB_NODE_BOOL, 0},
        {"FALSE", MB_NODE_BOOL, 0},
        {"yes", MB_NODE_STRING, 0},
        {"no", MB_NODE_STRING, 0},
        {"on", MB_NODE_STRING, 0},
        {"off", MB_NODE_STRING, 0},
        {"y", MB_NODE_STRING, 0},
        {"0", MB_NODE_INT, 0},
        {"-0", MB_NODE_INT, 0},
        {"+12", MB_NODE_INT, 12},
        {"-19", MB_NODE_INT, -19},
        {"007", MB_NODE_INT, 7},
        {"0o17", MB_NODE_INT, 15},
        {"0o18", MB_NODE_STRING, 0},
        {"0x1F", MB_NODE_INT, 31},
        {"0xg", MB_NODE_STRING, 0},
        {"0x", MB_NODE_STRING, 0},
        {"0b101", MB_NODE_STRING, 0},
        {"-0x1F", MB_NODE_STRING, 0},
        {"9223372036854775807", MB_NODE_INT, 9223372036854775807.0},
        {"9223372036854775808", MB_NODE_FLOAT, 9223372036854775808.0},
        {"99999999999999999999", MB_NODE_FLOAT, 1e20},
        {"1.5", MB_NODE_FLOAT, 1.5},
        {"1.20", MB_NODE_FLOAT, 1.2},
        {"1.", MB_NODE_FLOAT, 1},
        {".5", MB_NODE_FLOAT, 0.5},
        {"-.5", MB_NODE_FLOAT, -0.5},
        {"+12e03", MB_NODE_FLOAT, 12000},
        {"1e3", MB_NODE_FLOAT, 1000},
        {"-2E+05", MB_NODE_FLOAT, -200000},
        {"0.0", MB_NODE_FLOAT, 0},
        {".", MB_NODE_STRING, 0},
        {"-", MB_NODE_STRING, 0},
        {"+", MB_NODE_STRING, 0},
        {".e3", MB_NODE_STRING, 0},
        {"1e", MB_NODE_STRING, 0},
        {"1e+", MB_NODE_STRING, 0},
        {"1.2.3", MB_NODE_STRING, 0},
        {"1_000", MB_NODE_STRING, 0},
        {"1:30", MB_NODE_STRING, 0},
        {"1,000", MB_NODE_STRING, 0},
        {"2001-12-14", MB_NODE_STRING, 0},
        {"30s", MB_NODE_STRING, 0},
        {"5%", MB_NODE_STRING, 0},
        {"inf", MB_NODE_STRING, 0},
        {"nan", MB_NODE_STRING, 0},
        {"NaN", MB_NODE_STRING, 0},
        {"-.nan", MB_NODE_STRING, 0},
        {"12 34", MB_NODE_STRING, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_node node = {.type = MB_NODE_NULL};
        assert_int_equal(mb_scalar_resolve(cases[i].text, strlen(cases[i].text), &node),
                         MB_SCALAR_GOOD);
        double value = mb_node_number(&node, mb_node_boolean(&node, false) ? 1 : 0);
        if (node.type != cases[i].type || value != cases[i].value) {
            fail_msg("'%s': expected %s %g, got %s %g", cases[i].text,
                     mb_node_type_name(cases[i].type), cases[i].value,
                     mb_node_type_name(node.type), value);
        }
        assert_string_equal(node.type == MB_NODE_STRING ? node.as.string.data
                                                        : node.lexeme,
                            cases[i].text);
    }
}

static void test_faults(void **state)
{
    (void)state;
    const struct {
        const char *text;
        enum mb_scalar_fault fault;
    } cases[] = {
        {".inf", MB_SCALAR_NOT_FINITE},
        {"-.Inf", MB_SCALAR_NOT_FINITE},
        {"+.INF", MB_SCALAR_NOT_FINITE},
        {".nan", MB_SCALAR_NOT_FINITE},
        {".NaN", MB_SCALAR_NOT_FINITE},
        {"1e999", MB_SCALAR_NOT_FINITE},
        {"-1e999", MB_SCALAR_NOT_FINITE},
        {"0xFFFFFFFFFFFFFFFFF", MB_SCALAR_TOO_WIDE},
        {"0o7777777777777777777777777", MB_SCALAR_TOO_WIDE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_node node = {.type = MB_NODE_NULL};
        if (mb_scalar_resolve(cases[i].text, strlen(cases[i].text), &node) !=
            cases[i].fault) {
            fail_msg("'%s'", cases[i].text);
        }
    }
}

static void test_ambiguous(void **state)
{
    (void)state;
    const struct {
        const char *text;
        bool ambiguous;
    } cases[] = {
        {"", true},
        {"no", true},
        {"Yes", true},
        {"ON", true},
        {"null", true},
        {"NULL", true},
        {"~", true},
        {"<<", true},
        {"=", true},
        {"1.20", true},
        {"1:30", true},
        {"1_000", true},
        {"0b101", true},
        {"0x1F", true},
        {"1.28.1", true},
        {"2001-12-14", true},
        {"2001-12-14t21:59:43.10-05:00", true},
        {".inf", true},
        {".5", true},
        {"+.inf", true},
        {"-1", true},
        {"1e3", true},
        {"30s", false},
        {"512Mi", false},
        {"+5ms", false},
        {"5%", false},
        {"./x", false},
        {"nope", false},
        {"true story", false},
        {"v1", false},
        {"a", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (mb_scalar_is_ambiguous(cases[i].text, strlen(cases[i].text)) !=
            cases[i].ambiguous) {
            fail_msg("'%s'", cases[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_ambiguous),
    };
    return cmocka_run_group_tests_name("format/scalar", tests, NULL, NULL);
}
