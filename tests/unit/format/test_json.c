// json.c and json_walk.c: what is read, what is refused, and the places of both.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "format/doc.h"
#include "format/emit.h"

static enum mb_status parse(struct mb_arena *arena, const char *text, struct mb_doc *doc,
                            struct mb_err *err)
{
    return mb_doc_parse(arena, "x.json", text, strlen(text), doc, err);
}

static void test_good(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *text;
        const char *json; // the tree, compact
    } cases[] = {
        {"types", " [null, true, false, 0, -1, 1.5, 1e2, \"x\", [], {}] ",
         "[null,true,false,0,-1,1.5,100.0,\"x\",[],{}]"},
        {"escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"",
         "\"\\\"\\\\/\\b\\f\\n\\r\\t\xC3\xA9\xF0\x9F\x98\x80\""},
        {"order of keys", "{\"z\": 1, \"a\": 2, \"m\": 3}", "{\"z\":1,\"a\":2,\"m\":3}"},
        {"no is a string, a number a number", "{\"no\": 1.20}", "{\"no\":1.2}"},
        {"byte order mark", "\xEF\xBB\xBF{\"a\": 1}", "{\"a\":1}"},
        {"largest integers", "[9223372036854775807, -9223372036854775808]",
         "[9223372036854775807,-9223372036854775808]"},
        {"beyond them a float that keeps its digits, the rest as it is",
         "[9223372036854775808, 3, -4, 2.5, 1e2, {\"a\": 7}]",
         "[9223372036854775808,3,-4,2.5,100.0,{\"a\":7}]"},
        {"merge keys are YAML's only", "{\"<<\": {\"a\": 1}}", "{\"<<\":{\"a\":1}}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_buf out = {0};
        struct mb_doc doc;
        if (parse(&arena, cases[i].text, &doc, &err) != MB_OK) {
            fail_msg("%s: %d:%d: %s", cases[i].name, err.line, err.column, err.message);
        }
        mb_emit_json_compact(doc.root, &out);
        if (strcmp(mb_buf_string(&out), cases[i].json) != 0) {
            fail_msg("%s: expected %s, got %s", cases[i].name, cases[i].json, out.data);
        }
        mb_buf_release(&out);
        mb_arena_release(&arena);
    }
}

static const struct bad {
    const char *name;
    const char *text;
    int line;
    int column;
    const char *message; // its beginning
} bad[] = {
    {"duplicate key", "{\"a\": {\"k\": 1,\n \"a\": [],\n  \"k\": 2}}", 3, 3,
     "duplicate key 'k', first at line 1, column 8"},
    {"duplicate behind what looks like it",
     "{\"b\": {\"a\": 1, \"c\": \"a\"}, \"a\": 1, \"a\": 2}", 1, 35,
     "duplicate key 'a', first at line 1, column 27"},
    {"duplicate, escaped otherwise", "{\"a\": 1, \"\\u0061\": 2}", 1, 10,
     "duplicate key '\\u0061'"},
    {"NUL in a string", "[\"ab\\u0000\"]", 1, 5, "a NUL character in a string is not"},
    {"NUL in a key", "{\"\\u0000\": 1}", 1, 3, "a NUL character in a string is not"},
    {"high surrogate alone", "[\"\\ud800\"]", 1, 3, "half of a surrogate pair"},
    {"low surrogate alone", "[\"\\udc00\"]", 1, 3, "half of a surrogate pair"},
    {"high surrogate twice", "[\"\\ud800\\ud800\"]", 1, 3, "half of a surrogate pair"},
    {"unknown escape", "[\"a\\x41\"]", 1, 4, "unknown escape in a string"},
    {"short escape", "[\"\\u12\"]", 1, 3, "'\\u' needs four hexadecimal digits"},
    {"open string", "{\"a\": \"bc", 1, 7, "string is not closed"},
    {"string over a line", "[\"a\nb\"]", 1, 2, "string is not closed on its line"},
    {"tab in a string", "[\"a\tb\"]", 1, 4, "a control character in a string"},
    {"too large a float", "[1, 1e999]", 1, 5, "not a finite number"},
    {"too large an integer with it", "[99999999999999999999, -1e999]", 1, 24,
     "not a finite number"},
    {"leading zero", "{\"a\": 01}", 1, 7, "a number is not written as JSON allows"},
    {"leading plus", "[+1]", 1, 2, "a value is expected"},
    {"point without digits", "[1.]", 1, 2, "a number is not written as JSON allows"},
    {"exponent without digits", "[1e+]", 1, 2, "a number is not written as JSON allows"},
    {"NaN", "[NaN]", 1, 2, "a value is expected"},
    {"trailing comma in a map", "{\"a\": 1,\n}", 2, 1, "a comma stands before the end"},
    {"trailing comma in a list", "[1,]", 1, 4, "a comma stands before the end"},
    {"comma missing", "{\"a\": 1\n \"b\": 2}", 2, 2, "',' or '}' is expected"},
    {"comma missing in a list", "[1 2]", 1, 4, "',' or ']' is expected"},
    {"colon missing", "{\"a\" 1}", 1, 6, "':' is expected behind a key"},
    {"key without quotes", "{a: 1}", 1, 2, "a key in \"...\" is expected"},
    {"single quotes", "['a']", 1, 2, "a value is expected"},
    {"comment", "{ // x\n}", 1, 3, "a key in \"...\" is expected"},
    {"wrong bracket", "[1}", 1, 3, "',' or ']' is expected"},
    {"trailing text", "{\"a\": 1} x", 1, 10, "text behind the end of the document"},
    {"second document", "{}\n{}", 2, 1, "text behind the end of the document"},
    {"cut in a list", "[1, 2", 1, 6, "text ends too early"},
    {"cut behind a key", "{\"a\"", 1, 5, "text ends too early"},
    {"cut behind a colon", "{\"a\":", 1, 6, "text ends too early"},
    {"cut in a word", "[tru", 1, 2, "a value is expected"},
    {"no JSON at all", "hello", 1, 1, "a value is expected"},
    {"columns in characters", "[\"\xC3\xA9\xC3\xA9\" x]", 1, 7, "',' or ']' is expected"},
};

static void test_bad(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_doc doc;
        enum mb_status status = parse(&arena, bad[i].text, &doc, &err);
        if (status != MB_INVALID || err.line != bad[i].line ||
            err.column != bad[i].column || strcmp(err.file, "x.json") != 0 ||
            strncmp(err.message, bad[i].message, strlen(bad[i].message)) != 0 ||
            doc.root != NULL) {
            print_error("%s: expected %d:%d: %s, got %d at %d:%d: %s\n", bad[i].name,
                        bad[i].line, bad[i].column, bad[i].message, status, err.line,
                        err.column, err.message);
            failed++;
        }
        mb_arena_release(&arena);
    }
    assert_int_equal(failed, 0);
}

static void test_places_come_when_asked_for(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [1, -2.50e1,\n  \"\xC3\xA9x\", null],\n"
                               " \"b\\u0041\": {\"c\": true}}\n";
    const struct {
        const char *pointer;
        int line;
        int column;
        int length;
        const char *lexeme;
    } cases[] = {
        {"", 1, 1, 1, NULL},     {"/a", 1, 7, 1, NULL},
        {"/a/0", 1, 8, 1, "1"},  {"/a/1", 1, 11, 7, "-2.50e1"},
        {"/a/2", 2, 3, 4, NULL}, {"/a/3", 2, 9, 4, "null"},
        {"/bA", 3, 13, 1, NULL}, {"/bA/c", 3, 19, 4, "true"},
    };
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    assert_int_equal(parse(&arena, text, &doc, &err), MB_OK);
    assert_int_equal(doc.root->line, 0);
    mb_doc_locate(&arena, &doc);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mb_node *node = mb_node_at(doc.root, cases[i].pointer);
        assert_non_null(node);
        if (node->line != cases[i].line || node->column != cases[i].column ||
            node->length != cases[i].length) {
            fail_msg("'%s': got %d:%d, length %d", cases[i].pointer, node->line,
                     node->column, node->length);
        }
        assert_int_equal(node->lexeme == NULL, cases[i].lexeme == NULL);
        if (node->lexeme != NULL) {
            assert_string_equal(node->lexeme, cases[i].lexeme);
        }
    }
    const struct mb_node *key = mb_node_find_entry(doc.root, "bA")->key;
    assert_int_equal(key->line, 3);
    assert_int_equal(key->column, 2);
    assert_int_equal(key->length, 9);
    mb_arena_release(&arena);
}

static void test_compact_shares_scalars_until_they_have_places(void **state)
{
    (void)state;
    static char text[] = "{\"a\": [\"x\", \"x\", 7, 7, true, true, null, null],\n"
                         " \"b\": \"x\", \"c\": [7, -7, 7.5], \"x\": [[], [], {}, {}]}";
    const struct {
        const char *pointer;
        const char *like; // the same node as this one, until located
        int column;
        const char *lexeme;
    } cases[] = {
        {"/a/0", "/a/1", 8, NULL},    {"/a/1", "/b", 13, NULL},
        {"/a/2", "/a/3", 18, "7"},    {"/a/3", "/c/0", 21, "7"},
        {"/a/4", "/a/5", 24, "true"}, {"/a/5", "/a/4", 30, "true"},
        {"/a/6", "/a/7", 36, "null"}, {"/a/7", "/a/6", 42, "null"},
    };
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    FILE *in = fmemopen(text, strlen(text), "r");
    assert_non_null(in);
    assert_int_equal(mb_doc_read_compact(&arena, "-", in, SIZE_MAX / 2, &doc, &err),
                     MB_OK);
    (void)fclose(in);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_ptr_equal(mb_node_at(doc.root, cases[i].pointer),
                         mb_node_at(doc.root, cases[i].like));
    }
    assert_ptr_not_equal(mb_node_at(doc.root, "/x/0"), mb_node_at(doc.root, "/x/1"));
    struct mb_buf before = {0};
    struct mb_buf after = {0};
    mb_emit_json_compact(doc.root, &before);
    mb_doc_locate(&arena, &doc);
    mb_emit_json_compact(doc.root, &after);
    assert_string_equal(mb_buf_string(&before), mb_buf_string(&after));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mb_node *node = mb_node_at(doc.root, cases[i].pointer);
        assert_int_equal(node->line, 1);
        assert_int_equal(node->column, cases[i].column);
        assert_int_equal(node->lexeme == NULL, cases[i].lexeme == NULL);
        if (node->lexeme != NULL) {
            assert_string_equal(node->lexeme, cases[i].lexeme);
        }
    }
    assert_int_equal(mb_node_at(doc.root, "/b")->line, 2);
    mb_buf_release(&before);
    mb_buf_release(&after);
    mb_arena_release(&arena);
}

static void test_depth(void **state)
{
    (void)state;
    char text[3 * MB_DOC_MAX_DEPTH];
    for (int extra = 0; extra < 2; extra++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_doc doc;
        size_t depth = (size_t)MB_DOC_MAX_DEPTH + (size_t)extra;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        assert_int_equal(parse(&arena, text, &doc, &err), extra ? MB_INVALID : MB_OK);
        if (extra) {
            assert_non_null(strstr(err.message, "MB_DOC_MAX_DEPTH"));
            assert_int_equal(err.column, MB_DOC_MAX_DEPTH + 1);
        }
        mb_arena_release(&arena);
    }
}

static void test_bracket_bomb(void **state)
{
    (void)state;
    enum { SIZE = 1000000 };
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    char *text = mb_arena_alloc(&arena, SIZE + 1, 1);
    memset(text, '[', SIZE);
    assert_int_equal(parse(&arena, text, &doc, &err), MB_INVALID);
    assert_non_null(strstr(err.message, "MB_DOC_MAX_DEPTH"));
    mb_arena_release(&arena);
}

static void test_too_many_values(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    size_t size = 2 * (size_t)MB_DOC_MAX_NODES + 3;
    char *text = mb_arena_alloc(&arena, size + 1, 1);
    for (size_t i = 0; i < size; i++) {
        text[i] = i == 0 ? '[' : i == size - 1 ? ']' : i % 2 == 1 ? '1' : ',';
    }
    assert_int_equal(mb_doc_parse(&arena, "x.json", text, size, &doc, &err), MB_INVALID);
    assert_non_null(strstr(err.message, "MB_DOC_MAX_NODES"));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_places_come_when_asked_for),
        cmocka_unit_test(test_compact_shares_scalars_until_they_have_places),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_bracket_bomb),
        cmocka_unit_test(test_too_many_values),
    };
    return cmocka_run_group_tests_name("format/json", tests, NULL, NULL);
}
