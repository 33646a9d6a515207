// Our own schemas: every file in schema/ compiles, and what it gives as `default` and
// `examples` satisfies the schema that gives it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/embed.h"
#include "format/doc.h"
#include "schema/schema.h"

static const char *schema_name(const struct mb_embed *file)
{
    const char *ending = ".schema.json";
    size_t size = strlen(file->name);
    bool schema = strncmp(file->name, "schema/", 7) == 0 && size > strlen(ending) &&
                  strcmp(file->name + size - strlen(ending), ending) == 0;
    return schema ? file->name + 7 : NULL;
}

static struct mb_schema_set *schemas_load(struct mb_arena *arena)
{
    struct mb_schema_set *set = mb_schema_set_new(arena);
    struct mb_err err = {0};
    for (size_t i = 0; mb_embed_at(i) != NULL; i++) {
        const struct mb_embed *file = mb_embed_at(i);
        struct mb_doc doc;
        if (schema_name(file) != NULL &&
            (mb_doc_parse(arena, file->name, file->data, file->size, &doc, &err) !=
                 MB_OK ||
             mb_schema_set_add(set, schema_name(file), doc.root, &err) != MB_OK)) {
            fail_msg("%s:%d:%d: %s", err.file, err.line, err.column, err.message);
        }
    }
    return set;
}

static void test_all_compile(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_schema_set *set = schemas_load(&arena);
    struct mb_err err = {0};
    size_t count = 0;
    for (size_t i = 0; mb_embed_at(i) != NULL; i++) {
        const char *name = schema_name(mb_embed_at(i));
        const struct mb_schema *schema = NULL;
        if (name == NULL) {
            continue;
        }
        count++;
        if (mb_schema_compile(set, name, &schema, &err) != MB_OK) {
            fail_msg("%s: %s", err.file, err.message);
        }
    }
    assert_true(count >= 2); // common and benchmark at least: they are embedded
    mb_arena_release(&arena);
}

static void value_check(struct mb_schema_set *set, struct mb_arena *arena,
                        const char *uri, const struct mb_node *value, const char *keyword)
{
    struct mb_schema_findings findings;
    struct mb_err err = {0};
    const struct mb_schema *schema = NULL;
    mb_schema_findings_init(&findings, arena);
    if (mb_schema_compile(set, uri, &schema, &err) != MB_OK) {
        return; // `properties` may well have a key `default`
    }
    if (!mb_schema_validate(schema, value, &findings)) {
        const char *hint = NULL;
        fail_msg("%s: %s: %s", uri, keyword,
                 mb_schema_say(arena, &findings.items[0], &hint));
    }
}

static void values_check(struct mb_schema_set *set, struct mb_arena *arena,
                         const char *name, const char *pointer,
                         const struct mb_node *node)
{
    const char *uri = mb_arena_print(arena, "%s#%s", name, pointer);
    const struct mb_node *value = mb_node_find(node, "default");
    const struct mb_node *examples = mb_node_find(node, "examples");
    if (value != NULL) {
        value_check(set, arena, uri, value, "default");
    }
    for (size_t i = 0; i < mb_node_count(examples); i++) {
        if (examples->type == MB_NODE_LIST) {
            value_check(set, arena, uri, examples->as.list.items[i], "examples");
        }
    }
    for (size_t i = 0; i < mb_node_count(node); i++) {
        if (node->type == MB_NODE_LIST) {
            values_check(set, arena, name, mb_node_pointer_index(arena, pointer, i),
                         node->as.list.items[i]);
        } else {
            const struct mb_node_entry *entry = &node->as.map.entries[i];
            values_check(set, arena, name,
                         mb_node_pointer_key(arena, pointer, entry->key->as.string.data),
                         entry->value);
        }
    }
}

static void test_defaults_and_examples(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_schema_set *set = schemas_load(&arena);
    for (size_t i = 0; mb_embed_at(i) != NULL; i++) {
        const struct mb_embed *file = mb_embed_at(i);
        struct mb_err err = {0};
        struct mb_doc doc;
        if (schema_name(file) != NULL) {
            assert_int_equal(
                mb_doc_parse(&arena, file->name, file->data, file->size, &doc, &err),
                MB_OK);
            values_check(set, &arena, schema_name(file), "", doc.root);
        }
    }
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_compile),
        cmocka_unit_test(test_defaults_and_examples),
    };
    return cmocka_run_group_tests_name("schema/schemas", tests, NULL, NULL);
}
