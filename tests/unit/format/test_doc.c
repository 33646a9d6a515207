#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "format/doc.h"

static void test_syntax_is_found_out(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *text;
        enum mb_doc_syntax syntax;
    } cases[] = {
        {"x.json", "{\"a\": 1}", MB_DOC_JSON},
        {"x.yaml", "{\"a\": 1}", MB_DOC_YAML},
        {"x.yml", "[1]", MB_DOC_YAML},
        {"-", " \n\t{\"a\": 1}", MB_DOC_JSON},
        {"-", "[1]", MB_DOC_JSON},
        {"-", "a: 1", MB_DOC_YAML},
        {"x", "\xEF\xBB\xBF[1]", MB_DOC_JSON},
        {"x.json", "12", MB_DOC_JSON},
        {"x", "12", MB_DOC_YAML},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_doc doc;
        assert_int_equal(mb_doc_parse(&arena, cases[i].name, cases[i].text,
                                      strlen(cases[i].text), &doc, &err),
                         MB_OK);
        if (doc.syntax != cases[i].syntax) {
            fail_msg("%s: %s", cases[i].name, cases[i].text);
        }
        mb_arena_release(&arena);
    }
}

static void test_bytes_that_are_no_text(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *text;
        size_t size;
        int line;
        int column;
        const char *message;
    } cases[] = {
        {"empty", "", 0, 1, 1, "file is empty"},
        {"blanks only", " \n\t\r\n", 5, 1, 1, "file is empty"},
        {"byte order mark only", "\xEF\xBB\xBF", 3, 1, 1, "file is empty"},
        {"UTF-16, little end", "\xFF\xFE{\0", 4, 1, 1, "text is UTF-16"},
        {"UTF-16, big end", "\xFE\xFF\0{", 4, 1, 1, "text is UTF-16"},
        {"UTF-16 without mark", "{\0}\0", 4, 1, 1, "text is UTF-16"},
        {"NUL", "a: b\nc: \0d", 10, 2, 4, "a NUL byte in the text"},
        {"latin 1", "a: 1\nb: caf\xE9\n", 13, 2, 7, "byte 0xE9 is not valid UTF-8"},
        {"behind characters", "\xC3\xA9\xC3\xA9\xFF", 5, 1, 3,
         "byte 0xFF is not valid UTF-8"},
    };
    static const char *const names[] = {"x.yaml", "x.json"};
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_doc doc;
        enum mb_status status = mb_doc_parse(&arena, names[i % 2], cases[i / 2].text,
                                             cases[i / 2].size, &doc, &err);
        if (status != MB_INVALID || err.line != cases[i / 2].line ||
            err.column != cases[i / 2].column ||
            strcmp(err.message, cases[i / 2].message) != 0) {
            fail_msg("%s in %s: got %d at %d:%d: %s", cases[i / 2].name, names[i % 2],
                     status, err.line, err.column, err.message);
        }
        mb_arena_release(&arena);
    }
}

// A file that is cut off anywhere is read or refused with a place; nothing else.
static void truncate_everywhere(const char *name, const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i <= size; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_doc doc;
        enum mb_status status = mb_doc_parse(&arena, name, text, i, &doc, &err);
        if (status == MB_OK) {
            assert_non_null(doc.root);
            mb_doc_locate(&arena, &doc);
            assert_int_not_equal(doc.root->line, 0);
        } else if (status != MB_INVALID || err.line < 1 || err.column < 1 ||
                   err.message[0] == '\0') {
            fail_msg("%s, cut at %zu: %d at %d:%d: '%s'", name, i, status, err.line,
                     err.column, err.message);
        }
        mb_arena_release(&arena);
    }
}

static void test_truncation(void **state)
{
    (void)state;
    truncate_everywhere(
        "x.json", "{\"a\": [1, -2.5e3, true, null, \"x\\u00e9\\ud83d\\ude00\\n\"],\n"
                  " \"big\": 99999999999999999999, \"\xC3\xA9\": {}}\n");
    truncate_everywhere("x.yaml", "%YAML 1.2\n---\n# comment\n"
                                  "a: &x {k: 1, l: [~, \"q\\u00e9\", 'it''s']}\n"
                                  "b:\n  <<: *x\n  t: |-\n    one\n    two\n"
                                  "? long\n: - 1.5\n  - !!str 2\n\xC3\xA9: x\n...\n");
}

static void test_report(void **state)
{
    (void)state;
    const struct {
        const char *pointer;
        bool at_key;
        int line;
        int column;
        int length;
    } cases[] = {
        {"/b/c", false, 2, 13, 4},  {"/b/c", true, 2, 8, 3},  {"/b/none", false, 2, 7, 1},
        {"/b/none", true, 2, 7, 1}, {"/a/5", false, 1, 7, 1}, {"/a/0", true, 1, 8, 1},
        {"", false, 1, 1, 1},       {"", true, 1, 1, 1},      {"/x/y/z", false, 1, 1, 1},
    };
    static const char text[] = "{\"a\": [1],\n \"b\": {\"c\": true}}";
    struct mb_arena arena = {0};
    struct mb_arena findings = {0};
    struct mb_err err = {0};
    struct mb_diag diag;
    struct mb_doc doc;
    mb_diag_init(&diag, &findings);
    assert_int_equal(mb_doc_parse(&arena, "-", text, strlen(text), &doc, &err), MB_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mb_finding asked = {.code = "MB101",
                                         .severity = MB_SEVERITY_ERROR,
                                         .pointer = cases[i].pointer,
                                         .message = "message"};
        mb_doc_report(&doc, &diag, &asked, cases[i].at_key);
        const struct mb_finding *finding = &diag.items[i];
        if (finding->line != cases[i].line || finding->column != cases[i].column ||
            finding->length != cases[i].length) {
            fail_msg("'%s' %d: got %d:%d, length %d", cases[i].pointer, cases[i].at_key,
                     finding->line, finding->column, finding->length);
        }
        assert_string_equal(finding->pointer, cases[i].pointer);
    }
    mb_arena_release(&arena);
    mb_arena_release(&findings);
}

static void test_lines(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF"
                               "first: 1\r\nsecond: 2\n\nlast: 4";
    const struct {
        int line;
        const char *text;
    } cases[] = {{1, "first: 1"}, {2, "second: 2"}, {3, ""},
                 {4, "last: 4"},  {5, ""},          {99, ""}};
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    assert_int_equal(mb_doc_parse(&arena, "-", text, strlen(text), &doc, &err), MB_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 99;
        const char *line = mb_doc_line(&doc, cases[i].line, &size);
        assert_int_equal(size, strlen(cases[i].text));
        assert_memory_equal(line, cases[i].text, size);
    }
    mb_arena_release(&arena);
}

static void test_read(void **state)
{
    (void)state;
    char path[] = "/tmp/mb-test-doc-XXXXXX";
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "a: [1, 2]\n", 10), 10);
    (void)close(file);
    assert_int_equal(mb_doc_read(&arena, path, NULL, 10, &doc, &err), MB_OK);
    assert_int_equal(mb_node_count(mb_node_find(doc.root, "a")), 2);
    assert_int_equal(mb_doc_read(&arena, path, NULL, 9, &doc, &err), MB_INVALID);
    assert_null(doc.root);
    (void)unlink(path);
    mb_err_clear(&err);
    assert_int_equal(mb_doc_read(&arena, path, NULL, 10, &doc, &err), MB_FAILED);
    FILE *in = fmemopen((char *)"{\"a\": 3}", 8, "r");
    mb_err_clear(&err);
    assert_int_equal(mb_doc_read(&arena, "-", in, 100, &doc, &err), MB_OK);
    assert_int_equal(doc.syntax, MB_DOC_JSON);
    assert_int_equal(mb_node_integer(mb_node_find(doc.root, "a"), 0), 3);
    (void)fclose(in);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syntax_is_found_out),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests_name("format/doc", tests, NULL, NULL);
}
