#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "schema/regex.h"

static const struct {
    const char *pattern;
    const char *text;
    bool match;
} cases[] = {
    {"", "anything", true},
    {"^$", "", true},
    {"^$", "x", false},
    {"a", "xay", true},
    {"a", "xyz", false},
    {"^a", "ba", false},
    {"a$", "ab", false},
    {"^a|b$", "ax", true},
    {"^a|b$", "xb", true},
    {"^a|b$", "xax", false},
    {"^(a|b|cd)$", "cd", true},
    {"^(a|b|cd)$", "c", false},
    {"^(a||b)$", "", true},
    {"^(?:ab)+$", "ababab", true},
    {"^(?:ab)+$", "ababa", false},
    {"^ab*c$", "ac", true},
    {"^ab*c$", "abbbc", true},
    {"^ab?c$", "abbc", false},
    {"^a{3}$", "aaa", true},
    {"^a{3}$", "aa", false},
    {"^a{2,}$", "a", false},
    {"^a{2,}$", "aaaaa", true},
    {"^a{1,3}$", "aaaa", false},
    {"^a{0,2}b$", "b", true},
    {"^a{0}b$", "b", true},
    {"^a{0}b$", "ab", false},
    {"^(a{2}){2}$", "aaaa", true},
    {"^(a|b){2,3}$", "aba", true},
    {"^(a*)*$", "aaaa", true},
    {"^(a*)+b$", "aaac", false},
    {"^a+?b$", "aab", true},
    {"^.$", "\xC3\xA9", true},
    {"^.$", "\n", false},
    {"^..$", "\xF0\x9F\x98\x80x", true},
    {"^[a-c]+$", "abc", true},
    {"^[a-c]+$", "abd", false},
    {"^[^a-c]$", "d", true},
    {"^[^a-c]$", "a", false},
    {"^[-a]$", "-", true},
    {"^[a-]$", "-", true},
    {"^[.]$", "x", false},
    {"^[\\]]$", "]", true},
    {"^[\\d.]+$", "1.2", true},
    {"^HI[A-Za-z0-9+/]+={0,2}$", "HIab0123ABCzzHI/+9==", true},
    {"^HI[A-Za-z0-9+/]+={0,2}$", "HIab0123ABCzz-HI/+9=", false},
    {"^HI[A-Za-z0-9+/]+={0,2}$", "HIab0123=ABC", false},
    {"^HI[A-Za-z0-9+/]+={0,2}$", "HIab0123ABCzzHI/+9===", false},
    {"^[^x]+x?y$", "ababababxy", true},
    {"^[^x]+x?y$", "ababxababy", false},
    {"[0-9]{2}z", "aaaa1aaaa22aaa333z", true},
    {"[0-9]{2}z", "aaaa1zaaa22aaa3z", false},
    {"^[^\\s]$", " ", false},
    {"^[\xC3\xA0-\xC3\xBF]$", "\xC3\xA9", true},
    {"[]", "x", false},   // ECMA: an empty class matches nothing,
    {"^[^]$", "x", true}, // and its complement anything
    {"^\\d+$", "0123456789", true},
    {"^\\d$", "\xD9\xA3", false}, // ASCII digits only
    {"^\\w+$", "aZ_9", true},
    {"^\\w$", "\xC3\xA9", false},
    {"^\\W\\D\\S$", "-a\xC3\xA9", true},
    {"^\\s+$", " \t\n\v\f\r\xC2\xA0\xE2\x80\xA8\xEF\xBB\xBF", true},
    {"^\\t\\n\\v\\f\\r\\x41\\u00e9\\u{1F600}\\cA$",
     "\t\n\v\f\rA\xC3\xA9\xF0\x9F\x98\x80\x01", true},
    {"^\\^\\$\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\\\\\-$", "^$.*+?()[]{}|/\\-", true},
    {"^x-", "x-meshbench", true},
    {"^(0|([0-9]+([.][0-9]+)?(ns|us|ms|s|m|h))+)$", "1m30.5s", true},
    {"^(0|([0-9]+([.][0-9]+)?(ns|us|ms|s|m|h))+)$", "30", false},
    {"^\xEF\xBF\xBD$", "\xFF", false}, // a byte that is no UTF-8 is no character
};

static void test_search(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        const struct mb_regex *regex = NULL;
        if (mb_regex_compile(&arena, cases[i].pattern, &regex, &err) != MB_OK) {
            fail_msg("%s", err.message);
        }
        if (mb_regex_search(regex, cases[i].text, strlen(cases[i].text)) !=
            cases[i].match) {
            fail_msg("'%s' on '%s': expected %s", cases[i].pattern, cases[i].text,
                     cases[i].match ? "a match" : "none");
        }
        mb_arena_release(&arena);
    }
}

static void test_nul_is_a_character(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    const struct mb_regex *regex = NULL;
    assert_int_equal(mb_regex_compile(&arena, "^a\\0b$", &regex, &err), MB_OK);
    assert_true(mb_regex_search(regex, "a\0b", 3));
    assert_false(mb_regex_search(regex, "a", 1));
    mb_arena_release(&arena);
}

static void test_refused(void **state)
{
    (void)state;
    const struct {
        const char *pattern;
        const char *message; // part of it
    } refused[] = {
        {"(?=a)", "only groups of the kinds"},
        {"(?!a)", "only groups of the kinds"},
        {"(?<=a)", "only groups of the kinds"},
        {"(?<n>a)", "only groups of the kinds"},
        {"(?", "only groups of the kinds"},
        {"(a)\\1", "escape is not supported"},
        {"\\bx", "escape is not supported"},
        {"\\Bx", "escape is not supported"},
        {"\\p{L}", "escape is not supported"},
        {"\\a", "escape is not supported"},
        {"\\Z", "escape is not supported"},
        {"\\", "escape is not supported"},
        {"\\01", "escape is not supported"},
        {"\\c1", "escape is not supported"},
        {"\\x4", "too few hexadecimal digits"},
        {"\\u12", "too few hexadecimal digits"},
        {"\\u{}", "too few hexadecimal"},
        {"\\u{110000}", "bad \\u{...}"},
        {"\\u{41", "bad \\u{...}"},
        {"(a", "'(' is not closed"},
        {"a)", "')' without '('"},
        {"[a", "'[' is not closed"},
        {"[b-a]", "a range goes backwards"},
        {"[\\d-z]", "a class cannot start a range"},
        {"a**", "two quantifiers in a row"},
        {"a{2}{3}", "two quantifiers in a row"},
        {"*a", "nothing to repeat"},
        {"+", "nothing to repeat"},
        {"a|*", "nothing to repeat"},
        {"^*", "cannot be repeated"},
        {"$+", "cannot be repeated"},
        {"a{", "a count of up to five digits"},
        {"a{x}", "a count of up to five"},
        {"a{1", "'{' is not closed"},
        {"a{3,2}", "its counts go backwards"},
        {"a{,3}", "a count of up to five"},
        {"{1}", "nothing to repeat"},
        {"]", "without its twin"},
        {"}", "without its twin"},
        {"a{99999}", "MB_REGEX_MAX_STEPS"},
        {"((a{100}){100}){100}", "MB_REGEX_MAX_STEPS"},
        {"\xFF", "not valid UTF-8"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        const struct mb_regex *regex = NULL;
        if (mb_regex_compile(&arena, refused[i].pattern, &regex, &err) != MB_INVALID ||
            strstr(err.message, refused[i].message) == NULL) {
            fail_msg("'%s': expected '%s', got '%s'", refused[i].pattern,
                     refused[i].message, err.message);
        }
        assert_null(regex);
        mb_arena_release(&arena);
    }
}

static void test_groups_nest_to_a_limit(void **state)
{
    (void)state;
    for (size_t depth = MB_REGEX_MAX_DEPTH; depth <= MB_REGEX_MAX_DEPTH + 1; depth++) {
        char pattern[2 * MB_REGEX_MAX_DEPTH + 4] = {0};
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        const struct mb_regex *regex = NULL;
        memset(pattern, '(', depth);
        memset(pattern + depth, ')', depth);
        enum mb_status status = mb_regex_compile(&arena, pattern, &regex, &err);
        assert_int_equal(status, depth > MB_REGEX_MAX_DEPTH ? MB_INVALID : MB_OK);
        mb_arena_release(&arena);
    }
}

// What makes a backtracking matcher take for ever.
static void test_hostile_text(void **state)
{
    (void)state;
    enum { SIZE = 100000 };
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    const struct mb_regex *regex = NULL;
    char *text = mb_arena_alloc(&arena, SIZE, 1);
    memset(text, 'a', SIZE);
    assert_int_equal(mb_regex_compile(&arena, "^(a+)+(a|aa)*(a?){20}b$", &regex, &err),
                     MB_OK);
    assert_false(mb_regex_search(regex, text, SIZE));
    text[SIZE - 1] = 'b';
    assert_true(mb_regex_search(regex, text, SIZE));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_nul_is_a_character),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_groups_nest_to_a_limit),
        cmocka_unit_test(test_hostile_text),
    };
    return cmocka_run_group_tests_name("schema/regex", tests, NULL, NULL);
}
