#include "spec_fixture.h"

#include "model/spec_read.h"

struct fixture {
    struct mb_arena arena;
    struct mb_err err;
    struct mb_doc doc;
    struct mb_spec_read read;
};

static struct fixture begin(const char *text)
{
    struct fixture fixture = {{0}, {0}, {0}, {0}};
    fixture.doc = parse_text(&fixture.arena, text);
    return fixture;
}

// Points into *fixture, which therefore has to be where it stays.
static struct mb_spec_read *reader(struct fixture *fixture)
{
    fixture->read = (struct mb_spec_read){
        .arena = &fixture->arena, .file = "t.yaml", .err = &fixture->err};
    return &fixture->read;
}

static void test_absent_is_fallback(void **state)
{
    (void)state;
    struct fixture fixture = begin("a: 1\n");
    struct mb_spec_read *read = reader(&fixture);
    const struct mb_node *root = fixture.doc.root;
    size_t count = 9;
    assert_null(mb_spec_read_text(read, root, "b"));
    assert_int_equal(mb_spec_read_int(read, root, "b", (struct mb_spec_range){0, 9, 5}),
                     5);
    assert_int_equal(mb_spec_read_unit(read, root, "b", MB_UNIT_SIZE), 0);
    assert_true(mb_spec_read_bool(read, root, "b", true));
    assert_null(mb_spec_read_child(read, root, "b", MB_NODE_MAP));
    (void)mb_spec_read_texts(read, root, "b", &count);
    assert_int_equal(count, 0);
    assert_null(mb_spec_read_text(read, NULL, "b"));
    assert_false(read->failed);
    mb_arena_release(&fixture.arena);
}

static void test_first_failure_wins(void **state)
{
    (void)state;
    struct fixture fixture = begin("a: 1\nb: {c: 12}\n");
    struct mb_spec_read *read = reader(&fixture);
    const struct mb_node *root = fixture.doc.root;
    (void)mb_spec_read_int(read, mb_node_find(root, "b"), "c",
                           (struct mb_spec_range){0, 9, 0});
    (void)mb_spec_read_text(read, root, "a");
    assert_true(read->failed);
    assert_int_equal(fixture.err.code, MB_INVALID);
    assert_string_equal(fixture.err.message, "'c' is 12, outside 0 to 9");
    assert_int_equal(fixture.err.line, 2);
    assert_int_equal(fixture.err.column, 8);
    mb_arena_release(&fixture.arena);
}

static void test_messages(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"k: [1]", "'k' is of type array, not string"},
        {"j: 1", "'k' is missing"},
        {"k: ~", "'k' is of type null, not string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture = begin(cases[i].text);
        struct mb_spec_read *read = reader(&fixture);
        assert_string_equal(mb_spec_read_needed(read, fixture.doc.root, "k"), "");
        assert_string_equal(fixture.err.message, cases[i].message);
        mb_arena_release(&fixture.arena);
    }
}

// JSON can say "a\u0000b"; a system call would see "a".
static void test_refuses_nul(void **state)
{
    (void)state;
    struct fixture fixture = begin("k: a?b\n");
    struct mb_spec_read *read = reader(&fixture);
    struct mb_node *node = mb_node_find(fixture.doc.root, "k");
    char *bytes = mb_arena_copy_string(&fixture.arena, node->as.string.data);
    bytes[1] = '\0';
    node->as.string.data = bytes;
    assert_string_equal(mb_spec_read_text(read, fixture.doc.root, "k"), "");
    assert_string_equal(fixture.err.message, "'k' holds a NUL character");
    mb_arena_release(&fixture.arena);
}

static void test_scalars_become_text(void **state)
{
    (void)state;
    struct fixture fixture = begin("[text, -3, true, 1.5]");
    struct mb_spec_read *read = reader(&fixture);
    struct mb_node **items = fixture.doc.root->as.list.items;
    assert_string_equal(mb_spec_read_scalar(read, items[0], "k"), "text");
    assert_string_equal(mb_spec_read_scalar(read, items[1], "k"), "-3");
    assert_string_equal(mb_spec_read_scalar(read, items[2], "k"), "true");
    assert_false(read->failed);
    assert_string_equal(mb_spec_read_scalar(read, items[3], "k"), "");
    assert_string_equal(fixture.err.message,
                        "'k' is of type number, not string, integer or boolean");
    mb_arena_release(&fixture.arena);
}

static void test_quantity_names_its_key(void **state)
{
    (void)state;
    struct fixture fixture = begin("good: 1500ms\nbad: 5 apples\n");
    struct mb_spec_read *read = reader(&fixture);
    const struct mb_node *root = fixture.doc.root;
    assert_int_equal(mb_spec_read_unit(read, root, "good", MB_UNIT_DURATION), 1500000000);
    (void)mb_spec_read_unit(read, root, "bad", MB_UNIT_DURATION);
    assert_true(read->failed);
    assert_ptr_equal(strstr(fixture.err.message, "'bad': "), fixture.err.message);
    mb_arena_release(&fixture.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent_is_fallback),
        cmocka_unit_test(test_first_failure_wins),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_refuses_nul),
        cmocka_unit_test(test_scalars_become_text),
        cmocka_unit_test(test_quantity_names_its_key),
    };
    return cmocka_run_group_tests_name("model/spec_read", tests, NULL, NULL);
}
