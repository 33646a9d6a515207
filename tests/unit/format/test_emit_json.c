#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "format/doc.h"
#include "format/emit.h"

// What `text` becomes in one of the forms; the caller releases *out.
static const char *emit(const char *text,
                        void (*form)(const struct mb_node *, struct mb_buf *),
                        struct mb_buf *out)
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    assert_int_equal(mb_doc_parse(&arena, "x.json", text, strlen(text), &doc, &err),
                     MB_OK);
    memset(out, 0, sizeof *out);
    form(doc.root, out);
    mb_arena_release(&arena);
    return mb_buf_string(out);
}

static void test_forms(void **state)
{
    (void)state;
    static const char text[] =
        "{\"b\": [1, [2], {}], \"a\": {\"y\": [], \"x\": [1, \"z\"]}}";
    struct mb_buf out;
    assert_string_equal(emit(text, mb_emit_json, &out), "{\n"
                                                        "  \"b\": [\n"
                                                        "    1,\n"
                                                        "    [2],\n"
                                                        "    {}\n"
                                                        "  ],\n"
                                                        "  \"a\": {\n"
                                                        "    \"y\": [],\n"
                                                        "    \"x\": [1, \"z\"]\n"
                                                        "  }\n"
                                                        "}\n");
    mb_buf_release(&out);
    assert_string_equal(emit(text, mb_emit_json_compact, &out),
                        "{\"b\":[1,[2],{}],\"a\":{\"y\":[],\"x\":[1,\"z\"]}}");
    mb_buf_release(&out);
    assert_string_equal(emit(text, mb_emit_json_canonical, &out),
                        "{\"a\":{\"x\":[1,\"z\"],\"y\":[]},\"b\":[1,[2],{}]}");
    mb_buf_release(&out);
}

// A list of scalars stays on its line up to column 100, comma included, and not beyond.
static void test_line_width(void **state)
{
    (void)state;
    for (size_t letters = 1; letters < 200; letters++) {
        char text[256] = "{\"key\": [\"";
        size_t size = strlen(text);
        memset(text + size, 'x', letters);
        memcpy(text + size + letters, "\"]}", 4);
        struct mb_buf out;
        const char *json = emit(text, mb_emit_json, &out);
        size_t line = 2 + strlen("\"key\": [\"\"],") + letters;
        bool one = strstr(json, ": [\"") != NULL;
        if (one != (line <= 100)) {
            fail_msg("%zu columns stand on %s", line, one ? "one line" : "several");
        }
        mb_buf_release(&out);
    }
}

static void test_strings(void **state)
{
    (void)state;
    const struct {
        const char *text;
        size_t size;
        const char *json;
    } cases[] = {
        {"", 0, "\"\""},
        {"a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\""},
        {"\b\t\n\v\f\r\x1f\x7f", 8, "\"\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\""},
        {"a\0b", 3, "\"a\\u0000b\""},
        {"\xC3\xA9\xF0\x9F\x98\x80", 6, "\"\xC3\xA9\xF0\x9F\x98\x80\""},
        {"a\xFFz\xC3", 4, "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf out = {0};
        mb_emit_json_string(cases[i].text, cases[i].size, &out);
        assert_string_equal(mb_buf_string(&out), cases[i].json);
        mb_buf_release(&out);
    }
}

static void test_full_buffer(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [1, 2, {\"b\": [3, 4]}], \"c\": \"x\"}";
    struct mb_buf whole;
    size_t needed = strlen(emit(text, mb_emit_json, &whole));
    mb_buf_release(&whole);
    for (size_t cap = 1; cap < needed + 3; cap++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_buf out;
        struct mb_doc doc;
        assert_int_equal(mb_doc_parse(&arena, "-", text, strlen(text), &doc, &err),
                         MB_OK);
        mb_buf_init(&out, cap);
        mb_emit_json(doc.root, &out);
        assert_true(out.size <= cap);
        assert_int_equal(out.overflowed, cap < needed);
        mb_buf_release(&out);
        mb_buf_init(&out, cap);
        mb_emit_yaml(doc.root, &out);
        assert_true(out.size <= cap);
        mb_buf_release(&out);
        mb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_line_width),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_full_buffer),
    };
    return cmocka_run_group_tests_name("format/emit_json", tests, NULL, NULL);
}
