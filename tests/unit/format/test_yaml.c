// yaml.c and yaml_explain.c: what is read, and what is said of the rest.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "format/doc.h"
#include "format/emit.h"

struct good {
    const char *name;
    const char *yaml;
    const char *json; // the tree, compact
};

static const struct good good[] = {
    {"types", "[~, true, 0x10, 1.5, no, 1:30, 2001-01-01, '1', \"2\"]",
     "[null,true,16,1.5,\"no\",\"1:30\",\"2001-01-01\",\"1\",\"2\"]"},
    {"empty value is null", "a:\nb: 1\n", "{\"a\":null,\"b\":1}"},
    {"a document of nothing", "---\n...\n", "null"},
    {"a scalar alone", "hello", "\"hello\""},
    {"keys are strings as written", "{1: a, 0x1F: b, true: c, ~: d, 1.20: e}",
     "{\"1\":\"a\",\"0x1F\":\"b\",\"true\":\"c\",\"~\":\"d\",\"1.20\":\"e\"}"},
    {"block texts", "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
     "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}"},
    {"core tags",
     "[!!str 12, !!int '12', !!float 1.5, !!null '', !!bool true, !!seq [], "
     "!!map {}]",
     "[\"12\",12,1.5,null,true,[],{}]"},
    {"version 1.1 changes nothing", "%YAML 1.1\n---\na: no\n", "{\"a\":\"no\"}"},
    {"end marker", "a: 1\n...\n", "{\"a\":1}"},
    {"CR LF", "a: 1\r\nb:\r\n  - x\r\n", "{\"a\":1,\"b\":[\"x\"]}"},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a: 1\n",
     "{\"a\":1}"},
    {"anchors and aliases", "a: &x [1, {b: 2}]\nc: *x\nd: &x 3\ne: *x\n",
     "{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}],\"d\":3,\"e\":3}"},
    {"merge: explicit keys win, wherever they stand",
     "base: &b {k: 1, j: 2}\nd:\n  j: 3\n  <<: *b\n",
     "{\"base\":{\"k\":1,\"j\":2},\"d\":{"
     "\"j\":3,\"k\":1}}"},
    {"merge: earlier maps win", "x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y]}\n",
     "{\"x\":{\"a\":1},\"y\":{\"a\":2,\"b\":2},\"z\":{\"a\":1,\"b\":2}}"},
    {"a merged map may have merged itself",
     "x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y}\n",
     "{\"x\":{\"a\":1},\"y\":{\"b\":2,\"a\":1},\"z\":{\"b\":2,\"a\":1}}"},
    {"merge key in quotes is a key", "{'<<': 1}", "{\"<<\":1}"},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_buf out = {0};
        struct mb_doc doc;
        if (mb_doc_parse(&arena, "x.yaml", good[i].yaml, strlen(good[i].yaml), &doc,
                         &err) != MB_OK) {
            fail_msg("%s: %d:%d: %s", good[i].name, err.line, err.column, err.message);
        }
        mb_emit_json_compact(doc.root, &out);
        if (strcmp(mb_buf_string(&out), good[i].json) != 0) {
            fail_msg("%s: expected %s, got %s", good[i].name, good[i].json, out.data);
        }
        mb_buf_release(&out);
        mb_arena_release(&arena);
    }
}

struct bad {
    const char *name;
    const char *yaml;
    int line;
    int column;
    const char *message; // its beginning
    const char *hint;    // likewise; "": none
};

static const struct bad bad[] = {
    {"duplicate key", "a: 1\nb:\n  k: 1\n  k: 2\n", 4, 3,
     "duplicate key 'k', first at line 3, column 3", ""},
    {"all duplicate keys", "a: 1\nb: {x: 1, x: 2}\na: 3\n", 2, 11,
     "duplicate key 'x', first at line 2, column 5", "1 more: 'a' at line 3"},
    {"same key, written in two ways", "{a: 1, \"\\x61\": 2}", 1, 8, "duplicate key 'a'",
     ""},
    {"number keys by their text", "{1: a, 1: b}", 1, 8, "duplicate key '1'", ""},
    {"two merge keys", "x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x\n", 4, 3,
     "duplicate key '<<'", ""},
    {"merging a scalar", "a: {<<: 1}", 1, 5,
     "merge key '<<' stands for something that is "
     "not a map",
     "write '<<: *anchor'"},
    {"merging a list with a scalar", "x: &x {}\na: {<<: [*x, 1]}", 2, 5,
     "merge key '<<' stands for", "write"},
    {"complex key", "? [a]\n: 1\n", 1, 3, "a key is a list or a map", "keys are strings"},
    {"template", "a: {{ x }}\n", 1, 5, "a key is a list or a map", "keys are strings"},
    {"no key", ": 1\n", 1, 1, "a key is missing before ':'", ""},
    {"infinite", "a: [1, -.inf]", 1, 8, "'-.inf' is not a finite number",
     "put it in quotes"},
    {"too large a number", "a: 1e999", 1, 4, "'1e999' is not a finite number", "put it"},
    {"hex beyond 64 bits", "a: 0x10000000000000000", 1, 4,
     "'0x10000000000000000' does not fit 64 bits", "put it in quotes"},
    {"other tags", "a: !!binary aGk=", 1, 4,
     "tag 'tag:yaml.org,2002:binary' does not fit", "remove the tag"},
    {"tag and value disagree", "a: !!int x", 1, 4, "tag 'tag:yaml.org,2002:int' does not",
     "remove the tag"},
    {"tag of a collection", "a: !!set {}", 1, 4, "tag 'tag:yaml.org,2002:set'", "remove"},
    {"undeclared tag handle", "a: !x!y 1", 1, 4, "a tag that is not declared",
     "tags are not"},
    {"unknown alias", "a: *x\n", 1, 4, "alias '*x' has no anchor before it", ""},
    {"recursion", "a: &x {b: *x}\n", 1, 11, "alias '*x' stands within its own anchor",
     ""},
    {"two documents", "a: 1\n---\nb: 2\n", 3, 1, "a second document in the file",
     "one document a file"},
    {"no document", "# only a comment\n", 2, 1, "file holds no document",
     "it has comments"},
    {"NUL by escape", "a: \"\\0\"", 1, 4, "a NUL character in a string is not supported",
     ""},
    {"control character", "a: \x01", 1, 4, "a control character in the text",
     "in double quotes"},
    {"tab", "a:\n\tb: 1\n", 2, 1, "a tab where indentation is expected",
     "indent with blanks"},
    {"tab behind blanks", "a:\n  \tb: 1\n", 2, 3, "a tab where indentation is expected",
     "indent with blanks"},
    {"blank missing, first line", "a:1\nb: 2\n", 2, 2, "a ':' where no key can stand",
     "a blank is missing behind the ':' in line 1"},
    {"blank missing, last line", "a: 2\nb:3\n", 2, 1, "no ':' behind a key",
     "a blank is missing behind the ':' in line 2"},
    {"no colon", "a: 2\nb\n", 2, 1, "no ':' behind a key", "write 'key: value'"},
    {"URLs are no such slip", "a: 2\nhttp://x\n", 2, 1, "no ':' behind a key",
     "write 'key: value'"},
    {"open quote", "a: \"abc\nb: 2\n", 1, 4, "a quote is not closed", "close the value"},
    {"open single quote", "a: 'abc\n", 1, 4, "a quote is not closed", "close the value"},
    {"unknown escape", "a: \"\\q\"", 1, 5, "unknown escape", "write a backslash"},
    {"indentation", "a:\n  b: 1\n c: 2\n", 3, 2, "the indentation fits no map around it",
     "keys of one map"},
    {"blank missing behind a dash", "- a\n-b\n- c\n", 2, 1, "no ':' behind a key",
     "write"},
    {"two colons", "a: b: c\n", 1, 5, "a ':' where no key can stand", "quote a value"},
    {"at sign", "a: @x\n", 1, 4, "a value cannot start with this character",
     "put the value"},
    {"open list", "a: [1, 2\nb: 3\n", 2, 2, "',' or ']' is expected",
     "lists in brackets"},
    {"open map", "a: {x: 1\nb: 3\n", 2, 2, "',' or '}' is expected", "maps in braces"},
    {"colon within braces", "a: {x: [b:]}\n", 1, 10,
     "a ':' within a value in brackets or braces", "quote the value"},
    {"text behind a quoted value", "a: \"b\" c\n", 1, 8, "the indentation fits no map",
     "keys of one map"},
    {"list where a value stands", "a: - 1\n", 1, 4,
     "a list item '- ' where none can stand", "start a list"},
    {"star", "a: * x\n", 1, 5, "a '*' or '&' without a name", "quote a value"},
    {"version 3", "%YAML 3.0\n---\na: 1\n", 1, 1, "a YAML version other than 1.x", "use"},
    {"characters, not bytes", "\xC3\xA9\xC3\xA9: *x\n", 1, 5, "alias '*x'", ""},
};

static void test_bad(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_doc doc;
        enum mb_status status =
            mb_doc_parse(&arena, "x.yaml", bad[i].yaml, strlen(bad[i].yaml), &doc, &err);
        bool right = status == MB_INVALID && err.line == bad[i].line &&
                     err.column == bad[i].column && strcmp(err.file, "x.yaml") == 0 &&
                     strncmp(err.message, bad[i].message, strlen(bad[i].message)) == 0 &&
                     strncmp(err.hint, bad[i].hint, strlen(bad[i].hint)) == 0 &&
                     (bad[i].hint[0] == '\0') == (err.hint[0] == '\0');
        if (!right || doc.root != NULL) {
            print_error("%s: expected %d:%d: %s (%s), got %d at %d:%d: %s (%s)\n",
                        bad[i].name, bad[i].line, bad[i].column, bad[i].message,
                        bad[i].hint, status, err.line, err.column, err.message, err.hint);
            failed++;
        }
        mb_arena_release(&arena);
    }
    assert_int_equal(failed, 0);
}

static void test_places(void **state)
{
    (void)state;
    static const char yaml[] = "name: x\n"
                               "\"\xC3\xA9\": [10, 'a b']\n"
                               "text: |\n"
                               "  one\n"
                               "  two\n"
                               "map:\n"
                               "  key: value\n"
                               "empty:\n";
    const struct {
        const char *pointer;
        int line;
        int column;
        int length;
        bool quoted;
    } cases[] = {
        {"", 1, 1, 1, false},
        {"/name", 1, 7, 1, false},
        {"/\xC3\xA9", 2, 6, 1, false},
        {"/\xC3\xA9/0", 2, 7, 2, false},
        {"/\xC3\xA9/1", 2, 11, 5, true},
        {"/text", 3, 7, 1, true},
        {"/map", 7, 3, 1, false},
        {"/map/key", 7, 8, 5, false},
        {"/empty", 8, 7, 1, false},
    };
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    assert_int_equal(mb_doc_parse(&arena, "-", yaml, strlen(yaml), &doc, &err), MB_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mb_node *node = mb_node_at(doc.root, cases[i].pointer);
        assert_non_null(node);
        if (node->line != cases[i].line || node->column != cases[i].column ||
            node->length != cases[i].length || node->quoted != cases[i].quoted) {
            fail_msg("'%s': got %d:%d, length %d", cases[i].pointer, node->line,
                     node->column, node->length);
        }
    }
    const struct mb_node_entry *entry = mb_node_find_entry(doc.root, "map");
    assert_int_equal(entry->key->line, 6);
    assert_int_equal(entry->key->length, 3);
    mb_arena_release(&arena);
}

// Each limit: at it all is well, one more is refused by its name.
static char *text_repeat(struct mb_arena *arena, const char *head, const char *part,
                         size_t count, const char *tail)
{
    struct mb_buf text = {0};
    mb_buf_append_string(&text, head);
    for (size_t i = 0; i < count; i++) {
        mb_buf_append_string(&text, part);
    }
    mb_buf_append_string(&text, tail);
    char *copy = mb_arena_copy_string(arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return copy;
}

static void limit_check(const char *text, const char *name)
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    enum mb_status status =
        mb_doc_parse(&arena, "x.yaml", text, strlen(text), &doc, &err);
    if (name == NULL) {
        assert_int_equal(status, MB_OK);
    } else {
        assert_int_equal(status, MB_INVALID);
        if (strstr(err.message, name) == NULL || err.line == 0) {
            fail_msg("expected %s, got %d: %s", name, err.line, err.message);
        }
    }
    mb_arena_release(&arena);
}

static void test_limits(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    limit_check(text_repeat(&arena, "", "[", MB_DOC_MAX_DEPTH,
                            text_repeat(&arena, "", "]", MB_DOC_MAX_DEPTH, "")),
                NULL);
    limit_check(text_repeat(&arena, "", "[", MB_DOC_MAX_DEPTH + 1, ""),
                "MB_DOC_MAX_DEPTH");
    limit_check(text_repeat(&arena, "", "- ", MB_DOC_MAX_DEPTH + 1, "x"),
                "MB_DOC_MAX_DEPTH");
    // 60 levels in the anchor, its alias 10 levels down
    const char *deep =
        text_repeat(&arena, "a: &a ", "[", 60, text_repeat(&arena, "", "]", 60, "\n"));
    limit_check(text_repeat(&arena, deep, "", 0, "b: *a\n"), NULL);
    limit_check(text_repeat(&arena, deep, "", 0, "b: [[[[[[[[[*a]]]]]]]]]\n"),
                "MB_DOC_MAX_DEPTH");
    // 1000 items in the anchor
    const char *wide = text_repeat(&arena, "a: &a [x", ",x", 998, "]\nb:\n");
    limit_check(text_repeat(&arena, wide, "- *a\n", 100, ""), NULL);
    limit_check(text_repeat(&arena, wide, "- *a\n", 101, ""), "MB_DOC_MAX_ALIASED");
    limit_check(text_repeat(&arena, "", "- &a x\n", MB_DOC_MAX_ANCHORS, ""), NULL);
    limit_check(text_repeat(&arena, "", "- &a x\n", MB_DOC_MAX_ANCHORS + 1, ""),
                "MB_DOC_MAX_ANCHORS");
    mb_arena_release(&arena);
}

static void test_bomb(void **state)
{
    (void)state;
    static const char bomb[] = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                               "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                               "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                               "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                               "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
                               "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    limit_check(bomb, "MB_DOC_MAX_ALIASED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),   cmocka_unit_test(test_bad),
        cmocka_unit_test(test_places), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_bomb),
    };
    return cmocka_run_group_tests_name("format/yaml", tests, NULL, NULL);
}
