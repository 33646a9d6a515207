// emit_yaml.c, and round trips through both syntaxes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/rng.h"
#include "format/doc.h"
#include "format/emit.h"

static void test_style(void **state)
{
    (void)state;
    static const char json[] =
        "{\"name\": \"x\", \"version\": \"1.20\", \"on\": \"no\", \"list\": [1, \"2\", "
        "[3], "
        "{\"a\": 1, \"b\": {\"c\": null}}], \"none\": [], \"empty\": {}, \"text\": "
        "\"one\\ntwo\\n\", \"rate\": \"1000rps\", \"url\": \"http://x:80/a\"}";
    static const char yaml[] = "name: x\n"
                               "version: \"1.20\"\n"
                               "\"on\": \"no\"\n"
                               "list:\n"
                               "  - 1\n"
                               "  - \"2\"\n"
                               "  - - 3\n"
                               "  - a: 1\n"
                               "    b:\n"
                               "      c: null\n"
                               "none: []\n"
                               "empty: {}\n"
                               "text: |\n"
                               "  one\n"
                               "  two\n"
                               "rate: 1000rps\n"
                               "url: http://x:80/a\n";
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_buf out = {0};
    struct mb_doc doc;
    assert_int_equal(mb_doc_parse(&arena, "-", json, strlen(json), &doc, &err), MB_OK);
    mb_emit_yaml(doc.root, &out);
    assert_string_equal(mb_buf_string(&out), yaml);
    mb_buf_release(&out);
    mb_arena_release(&arena);
}

// Writes a tree in one syntax, reads it, and compares.
static void round_trip(const struct mb_node *tree, const char *name,
                       void (*form)(const struct mb_node *, struct mb_buf *))
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_buf out = {0};
    struct mb_doc doc;
    form(tree, &out);
    if (mb_doc_parse(&arena, name, mb_buf_string(&out), out.size, &doc, &err) != MB_OK) {
        fail_msg("%s:%d:%d: %s\n%s", name, err.line, err.column, err.message, out.data);
    }
    if (!mb_node_equal(tree, doc.root)) {
        fail_msg("%s reads back otherwise:\n%s", name, out.data);
    }
    mb_buf_release(&out);
    mb_arena_release(&arena);
}

static const char *const torture[] = {
    "",
    " ",
    "  two",
    "end ",
    "~",
    "null",
    "Null",
    "true",
    "False",
    "yes",
    "NO",
    "on",
    "y",
    "1",
    "-1",
    "+1",
    "1.20",
    "1e3",
    "0x1F",
    "0o17",
    "0b1",
    "1_000",
    "1:30",
    "1:30:45",
    "2001-12-14",
    "2001-12-14t21:59:43.10-05:00",
    ".inf",
    "-.INF",
    "+.inf",
    ".nan",
    ".",
    "..",
    "...",
    "---",
    "--- x",
    "-",
    "- x",
    "-x",
    "?",
    "? x",
    "?x",
    ":",
    ": x",
    ":x",
    "a: b",
    "a:b",
    "a:",
    "a #b",
    "a#b",
    "#a",
    "!tag",
    "!!str x",
    "&a",
    "*a",
    "@a",
    "`a`",
    "%YAML",
    "|",
    "|-",
    ">",
    ">+2",
    "'",
    "''",
    "'a'",
    "\"",
    "\"a\"",
    "a'b",
    "a\"b",
    "\\",
    "a\\nb",
    "[",
    "]",
    "{",
    "}",
    "[a]",
    "{a: b}",
    "a, b",
    ",",
    "<<",
    "=",
    "a\nb",
    "a\nb\n",
    "\n",
    "\n\n",
    "a\n\nb",
    "\na",
    " a\nb",
    "a \nb",
    "a\n  b",
    "a\n\n",
    "a\r\nb",
    "a\rb",
    "\ta",
    "a\tb",
    "a\n\tb",
    "# a\nb",
    "---\na",
    "\x01",
    "\x7f",
    "\xC2\x80",
    "\xC2\x85",
    "a\xC2\x85"
    "b",
    "\xC2\xA0",
    "\xE2\x80\xA8",
    "a\n\xE2\x80\xA9",
    "\xEF\xBB\xBF",
    "\xEF\xBB\xBF"
    "a",
    "\xEF\xBF\xBE",
    "\xEF\xBF\xBF",
    "\xEF\xBF\xBD",
    "\xC3\xA9t\xC3\xA9",
    "\xF0\x9F\x98\x80",
    "http://a:80/b?c=d#e",
    "+5ms",
    "0.1%",
    "512Mi",
    "$HOME",
    "a/b",
    "/a",
    "./a",
    "../a",
    "C:\\a",
    "key: |",
    "- - -",
    "a: 'b' # c",
    "<a>",
    "a > b",
    "{{ x }}",
};

static void test_torture(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof torture / sizeof torture[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_node *text = mb_node_string(&arena, torture[i]);
        struct mb_node *map = mb_node_map(&arena);
        struct mb_node *list = mb_node_list(&arena);
        mb_node_put(&arena, map, torture[i], text);
        mb_node_put(&arena, map, "then", list);
        mb_node_push(&arena, list, text);
        mb_node_push(&arena, list, map);
        mb_node_put(&arena, map, "last", text);
        map->as.map.entries[1].value = mb_node_list(&arena);
        mb_node_push(&arena, map->as.map.entries[1].value, text);
        round_trip(text, "x.yaml", mb_emit_yaml);
        round_trip(list, "x.yaml", mb_emit_yaml);
        round_trip(list, "x.json", mb_emit_json);
        mb_arena_release(&arena);
    }
}

static void test_long_keys(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 500, 511, 512, 513, 1022, 1023, 1024, 1025, 5000};
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
        struct mb_arena arena = {0};
        char *key = mb_arena_alloc(&arena, sizes[i / 2] + 1, 1);
        struct mb_node *outer = mb_node_map(&arena);
        struct mb_node *inner = mb_node_map(&arena);
        memset(key, i % 2 == 0 ? 'k' : '\n', sizes[i / 2]);
        mb_node_put(&arena, inner, key, mb_node_int(&arena, 1));
        mb_node_put(&arena, inner, "x", mb_node_int(&arena, 2));
        mb_node_put(&arena, outer, key, inner);
        mb_node_put(&arena, outer, "y", inner);
        round_trip(outer, "x.yaml", mb_emit_yaml);
        mb_arena_release(&arena);
    }
}

static struct mb_node *random_string(struct mb_arena *arena, struct mb_rng *rng)
{
    static const char *const parts[] = {"a",        "Z",
                                        "0",        "9",
                                        " ",        ":",
                                        "#",        "-",
                                        ".",        "\n",
                                        "\t",       "\"",
                                        "'",        "\\",
                                        ",",        "[",
                                        "}",        "x",
                                        "e",        "+",
                                        "%",        "\r",
                                        "\x02",     "\xC3\xA9",
                                        "\xC2\x85", "\xF0\x9F\x98\x80",
                                        "no",       "~",
                                        "1.5",      "_",
                                        "?",        "!",
                                        "&",        "*",
                                        "|",        ">",
                                        "=",        "/",
                                        "@"};
    struct mb_buf text = {0};
    for (uint64_t left = mb_rng_below(rng, 9); left > 0; left--) {
        mb_buf_append_string(&text,
                             parts[mb_rng_below(rng, sizeof parts / sizeof *parts)]);
    }
    struct mb_node *node = mb_node_bytes(arena, mb_buf_string(&text), text.size);
    mb_buf_release(&text);
    return node;
}

static struct mb_node *random_number(struct mb_arena *arena, struct mb_rng *rng)
{
    union {
        uint64_t bits;
        double number;
    } value = {mb_rng_next(rng)};
    if (mb_rng_below(rng, 2) == 0) {
        return mb_node_int(arena, (int64_t)value.bits >> mb_rng_below(rng, 64));
    }
    struct mb_node *node = mb_node_float(arena, value.number); // null when not finite
    return node;
}

static struct mb_node *random_tree(struct mb_arena *arena, struct mb_rng *rng, int depth)
{
    uint64_t kind = mb_rng_below(rng, depth > 0 ? 8 : 5);
    uint64_t count = mb_rng_below(rng, 5);
    if (kind == 0) {
        return mb_node_null(arena);
    }
    if (kind == 1) {
        return mb_node_bool(arena, mb_rng_below(rng, 2) == 0);
    }
    if (kind == 2) {
        return random_number(arena, rng);
    }
    if (kind < 5) {
        return random_string(arena, rng);
    }
    struct mb_node *node = kind == 5 ? mb_node_list(arena) : mb_node_map(arena);
    for (uint64_t i = 0; i < count; i++) {
        struct mb_node *value = random_tree(arena, rng, depth - 1);
        if (kind == 5) {
            mb_node_push(arena, node, value);
        } else {
            mb_node_set(arena, node, random_string(arena, rng)->as.string.data, value);
        }
    }
    return node;
}

static void test_random_trees(void **state)
{
    (void)state;
    struct mb_rng rng;
    mb_rng_init(&rng, 20261123);
    for (int i = 0; i < 2000; i++) {
        struct mb_arena arena = {0};
        const struct mb_node *tree = random_tree(&arena, &rng, 5);
        round_trip(tree, "x.yaml", mb_emit_yaml);
        round_trip(tree, "x.json", mb_emit_json);
        round_trip(tree, "x.json", mb_emit_json_compact);
        round_trip(tree, "x.json", mb_emit_json_canonical);
        mb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_style),
        cmocka_unit_test(test_torture),
        cmocka_unit_test(test_long_keys),
        cmocka_unit_test(test_random_trees),
    };
    return cmocka_run_group_tests_name("format/emit_yaml", tests, NULL, NULL);
}
