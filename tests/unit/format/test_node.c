#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "format/node.h"

static struct mb_node *sample(struct mb_arena *arena)
{
    struct mb_node *root = mb_node_map(arena);
    struct mb_node *list = mb_node_list(arena);
    mb_node_push(arena, list, mb_node_int(arena, 7));
    mb_node_push(arena, list, mb_node_float(arena, 1.5));
    mb_node_put(arena, root, "list", list);
    mb_node_put(arena, root, "a/b", mb_node_string(arena, "slash"));
    mb_node_put(arena, root, "m~n", mb_node_bool(arena, true));
    mb_node_put(arena, root, "", mb_node_null(arena));
    return root;
}

static void test_at(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const struct mb_node *root = sample(&arena);
    const struct {
        const char *pointer;
        const char *type; // NULL: leads nowhere
    } cases[] = {
        {"", "object"},
        {"/list", "array"},
        {"/list/0", "integer"},
        {"/list/1", "number"},
        {"/list/2", NULL},
        {"/list/00", NULL},
        {"/list/-", NULL},
        {"/list/", NULL},
        {"/list/x", NULL},
        {"/a~1b", "string"},
        {"/m~0n", "boolean"},
        {"/", "null"},
        {"/list/99999999999999999999", NULL},
        {"/nope", NULL},
        {"/a~1b/x", NULL},
        {"list", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mb_node *node = mb_node_at(root, cases[i].pointer);
        if ((node == NULL) != (cases[i].type == NULL)) {
            fail_msg("'%s': expected %s", cases[i].pointer,
                     cases[i].type != NULL ? cases[i].type : "nothing");
        }
        if (node != NULL) {
            assert_string_equal(mb_node_type_name(node->type), cases[i].type);
        }
    }
    mb_arena_release(&arena);
}

static void test_pointer_escapes(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const struct mb_node *root = sample(&arena);
    const char *pointer = mb_node_pointer_key(&arena, "", "a/b");
    assert_string_equal(pointer, "/a~1b");
    assert_string_equal(mb_node_text(mb_node_at(root, pointer), ""), "slash");
    assert_string_equal(mb_node_pointer_key(&arena, "/x", "m~n"), "/x/m~0n");
    assert_string_equal(mb_node_pointer_index(&arena, "/list", 12), "/list/12");
    mb_arena_release(&arena);
}

static void test_set_and_find(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_node *root = sample(&arena);
    mb_node_set(&arena, root, "list", mb_node_int(&arena, 3));
    mb_node_set(&arena, root, "new", mb_node_int(&arena, 4));
    assert_int_equal(mb_node_count(root), 5);
    assert_int_equal(mb_node_integer(mb_node_find(root, "list"), 0), 3);
    assert_int_equal(mb_node_integer(mb_node_find(root, "new"), 0), 4);
    assert_null(mb_node_find(root, "none"));
    assert_null(mb_node_find(NULL, "none"));
    assert_null(mb_node_find_entry(mb_node_find(root, "new"), "none"));
    assert_string_equal(mb_node_find_entry(root, "new")->key->as.string.data, "new");
    mb_arena_release(&arena);
}

static void test_fallbacks(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const struct mb_node *text = mb_node_string(&arena, "x");
    assert_string_equal(mb_node_text(NULL, "fallback"), "fallback");
    assert_int_equal(mb_node_integer(text, -1), -1);
    assert_int_equal(mb_node_integer(mb_node_float(&arena, 2.0), -1), -1);
    assert_true(mb_node_number(mb_node_int(&arena, 2), 0) == 2.0);
    assert_true(mb_node_number(text, 0.5) == 0.5);
    assert_true(mb_node_boolean(text, true));
    assert_int_equal(mb_node_count(text), 0);
    assert_int_equal(mb_node_string(&arena, NULL)->type, MB_NODE_NULL);
    assert_int_equal(mb_node_float(&arena, 1.0 / 0.0)->type, MB_NODE_NULL);
    mb_arena_release(&arena);
}

// In ascending order; neighbours must compare as lower.
static void test_compare(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_node *one = mb_node_list(&arena);
    struct mb_node *other = mb_node_list(&arena);
    mb_node_push(&arena, one, mb_node_int(&arena, 1));
    mb_node_push(&arena, other, mb_node_float(&arena, 1.5));
    const struct mb_node *ascending[] = {
        mb_node_null(&arena),
        mb_node_bool(&arena, false),
        mb_node_bool(&arena, true),
        mb_node_float(&arena, -1e300),
        mb_node_int(&arena, INT64_MIN),
        mb_node_float(&arena, -0.5),
        mb_node_int(&arena, 0),
        mb_node_float(&arena, 0.5),
        mb_node_float(&arena, 9007199254740992.0), // 2^53
        mb_node_int(&arena, 9007199254740993),     // no double: must not be equal
        mb_node_int(&arena, INT64_MAX),
        mb_node_float(&arena, 9223372036854775808.0), // 2^63, one more
        mb_node_string(&arena, ""),
        mb_node_string(&arena, "a"),
        mb_node_string(&arena, "ab"),
        mb_node_string(&arena, "b"),
        mb_node_list(&arena),
        one,
        other,
        mb_node_map(&arena),
        sample(&arena),
    };
    size_t count = sizeof ascending / sizeof ascending[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            int order = mb_node_compare(ascending[i], ascending[k]);
            if ((order < 0) != (i < k) || (order > 0) != (i > k)) {
                fail_msg("%zu against %zu gives %d", i, k, order);
            }
        }
    }
    mb_arena_release(&arena);
}

static void test_equal_is_json_equality(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_node *left = mb_node_map(&arena);
    struct mb_node *right = mb_node_map(&arena);
    mb_node_put(&arena, left, "a", mb_node_int(&arena, 1));
    mb_node_put(&arena, left, "b", mb_node_null(&arena));
    mb_node_put(&arena, right, "b", mb_node_null(&arena));
    mb_node_put(&arena, right, "a", mb_node_float(&arena, 1.0));
    assert_true(mb_node_equal(left, right));
    mb_node_set(&arena, right, "a", mb_node_bool(&arena, true));
    assert_false(mb_node_equal(left, right));
    assert_false(mb_node_equal(left, NULL));
    assert_true(mb_node_equal(NULL, NULL));
    mb_arena_release(&arena);
}

static void test_copy_is_deep(void **state)
{
    (void)state;
    struct mb_arena from = {0};
    struct mb_arena to = {0};
    struct mb_node *root = sample(&from);
    root->line = 3;
    mb_node_find(root, "list")->lexeme = "l";
    struct mb_node *copy = mb_node_copy(&to, root);
    struct mb_node *expected = sample(&to);
    mb_arena_release(&from);
    assert_true(mb_node_equal(copy, expected));
    assert_int_equal(copy->line, 3);
    assert_string_equal(mb_node_find(copy, "list")->lexeme, "l");
    mb_arena_release(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at),
        cmocka_unit_test(test_pointer_escapes),
        cmocka_unit_test(test_set_and_find),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_equal_is_json_equality),
        cmocka_unit_test(test_copy_is_deep),
    };
    return cmocka_run_group_tests_name("format/node", tests, NULL, NULL);
}
