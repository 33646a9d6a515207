// Reading fields: types, ranges, pointers in messages, and what is kept of unknown keys.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/doc.h"
#include "model/field.h"

static struct mb_node *parsed(struct mb_arena *arena, const char *text)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_parse(arena, "test.json", text, strlen(text), &doc, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return doc.root;
}

static const char sample[] =
    "{\"int\": 7, \"float\": 1.5, \"text\": \"x\", \"yes\": true, \"null\": null, "
    "\"time\": \"2026-01-02T03:04:05.678Z\", \"list\": [1, 2], \"bad\": [1, \"2\"], "
    "\"inner\": {\"a/b\": [{\"n\": -1}]}}";

static void reads_values(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_field map = mb_field_root(parsed(&arena, sample), &err);
    assert_true(mb_field_is_map(&map));
    assert_int_equal(mb_field_int(&map, "int", 0, 7), 7);
    assert_int_equal(mb_field_int_or(&map, "null", 0, 7, -1), -1);
    assert_int_equal(mb_field_int_or(&map, "missing", 0, 7, -1), -1);
    assert_true(mb_field_bool(&map, "yes"));
    assert_string_equal(mb_field_text(&map, "text"), "x");
    assert_null(mb_field_text_or(&map, "null", NULL));
    assert_int_equal(mb_field_time(&map, "time"), INT64_C(1767323045678000000));
    assert_int_equal(mb_field_time_or(&map, "null", 0), 0);
    size_t count = 0;
    const int64_t *list = mb_field_ints(&arena, &map, "list", &count);
    assert_int_equal(count, 2);
    assert_int_equal(list[1], 2);
    assert_null(mb_field_ints(&arena, &map, "missing", &count));
    assert_int_equal(count, 0);
    assert_int_equal(err.code, MB_OK);
    mb_arena_release(&arena);
}

struct fault {
    const char *key;
    enum { INT, BOOL, TEXT, TIME, INTS, MAP, INNER } as;
    const char *says;
};

static const struct fault faults[] = {
    {"missing", INT, "/missing: is missing"},
    {"null", INT, "/null: is missing"},
    {"text", INT, "/text: must be integer, is string"},
    {"float", INT, "/float: must be integer, is number"},
    {"int", TEXT, "/int: must be string, is integer"},
    {"int", BOOL, "/int: must be boolean, is integer"},
    {"text", TIME, "/text: "},
    {"bad", INTS, "/bad/1: must be an integer below 2^53"},
    {"text", INTS, "/text: must be array, is string"},
    {"missing", MAP, "/missing: must be object, is missing"},
    {"inner", INNER, "/inner/a~1b/0/n: must be from 0 to 9, is -1"},
};

static void fault_cause(struct mb_arena *arena, const struct mb_field *map,
                        const struct fault *fault)
{
    size_t count = 0;
    struct mb_field child = mb_field_child(map, fault->key);
    struct mb_field list = mb_field_child(&child, "a/b");
    struct mb_field item = mb_field_item(&list, 0);
    switch (fault->as) {
    case INT:
        (void)mb_field_int(map, fault->key, 0, 9);
        return;
    case BOOL:
        (void)mb_field_bool(map, fault->key);
        return;
    case TEXT:
        (void)mb_field_text(map, fault->key);
        return;
    case TIME:
        (void)mb_field_time(map, fault->key);
        return;
    case INTS:
        (void)mb_field_ints(arena, map, fault->key, &count);
        return;
    case MAP:
        (void)mb_field_is_map(&child);
        return;
    case INNER:
        (void)mb_field_int(&item, "n", 0, 9);
        return;
    }
}

static void keeps_the_first_fault(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct mb_err err = {0};
        struct mb_field map = mb_field_root(parsed(&arena, sample), &err);
        fault_cause(&arena, &map, &faults[i]);
        assert_int_equal(err.code, MB_INVALID);
        if (strncmp(err.message, faults[i].says, strlen(faults[i].says)) != 0) {
            fail_msg("'%s' instead of '%s'", err.message, faults[i].says);
        }
        (void)mb_field_int(&map, "missing", 0, 9);
        assert_int_equal(strncmp(err.message, faults[i].says, strlen(faults[i].says)), 0);
    }
    mb_arena_release(&arena);
}

static void keeps_and_restores_unknown_keys(void **state)
{
    (void)state;
    static const char *const outer[] = {"known", "inner", NULL};
    static const char *const inner[] = {"a", NULL};
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_node *read =
        parsed(&arena, "{\"known\": 1, \"new\": 2, \"inner\": {\"a\": 3, \"b\": 4}}");
    struct mb_field map = mb_field_root(read, &err);
    struct mb_field child = mb_field_child(&map, "inner");
    struct mb_node *unknown = mb_field_unknown(&arena, &map, outer);
    mb_field_keep(&arena, &child, "inner", inner, &unknown);
    struct mb_node *written = parsed(&arena, "{\"known\": 1, \"inner\": {\"a\": 3}}");
    mb_field_restore(&arena, written, unknown);
    assert_true(mb_node_equal(read, written));
    assert_null(mb_field_unknown(&arena, &child, (const char *const[]){"a", "b", NULL}));
    mb_arena_release(&arena);
}

static void writes_unknown_as_null(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_node *map = mb_node_map(&arena);
    mb_field_put_int(&arena, map, "unknown", -1);
    mb_field_put_int(&arena, map, "zero", 0);
    mb_field_put_int(&arena, map, "largest", (INT64_C(1) << 53) - 1);
    mb_field_put_int(&arena, map, "too large", INT64_C(1) << 53);
    mb_field_put_text(&arena, map, "no text", NULL);
    mb_field_put_time(&arena, map, "time", INT64_C(1767323045678000000));
    assert_true(mb_node_equal(
        map, parsed(&arena, "{\"unknown\": null, \"zero\": 0, \"largest\": "
                            "9007199254740991, \"too large\": null, \"no text\": null, "
                            "\"time\": \"2026-01-02T03:04:05.678Z\"}")));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values),
        cmocka_unit_test(keeps_the_first_fault),
        cmocka_unit_test(keeps_and_restores_unknown_keys),
        cmocka_unit_test(writes_unknown_as_null),
    };
    return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
