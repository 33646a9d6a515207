#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "format/doc.h"
#include "schema/schema.h"

static struct mb_node *parse(struct mb_arena *arena, const char *text)
{
    struct mb_err err = {0};
    struct mb_doc doc;
    if (mb_doc_parse(arena, "schema.json", text, strlen(text), &doc, &err) != MB_OK) {
        fail_msg("%d:%d: %s in %s", err.line, err.column, err.message, text);
    }
    return doc.root;
}

static void test_refused(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *schema;
        const char *location; // where the error says it is
        const char *message;  // its beginning
    } cases[] = {
        {"no schema", "12", "s#", "schema is integer, not an object or a boolean"},
        {"unknown keyword", "{\"minimun\": 1}", "s#", "'minimun' is not a keyword"},
        {"unknown keyword below", "{\"properties\": {\"a/b\": {\"foo\": 1}}}",
         "s#/properties/a~1b", "'foo' is not a keyword"},
        {"unknown annotation of ours", "{\"x-meshbench-cod\": \"MB1\"}", "s#",
         "'x-meshbench-cod' is not a keyword"},
        {"unsupported keyword", "{\"$dynamicRef\": \"#x\"}", "s#",
         "'$dynamicRef' is not a"},
        {"other dialect", "{\"$schema\": \"http://json-schema.org/draft-07/schema#\"}",
         "s#", "'$schema' must be"},
        {"ref to nowhere", "{\"$ref\": \"#/$defs/x\"}", "s#", "'$ref' leads nowhere"},
        {"ref to other document", "{\"$ref\": \"other.json\"}", "s#",
         "'$ref' leads nowhere"},
        {"ref to data", "{\"enum\": [{}], \"$ref\": \"#/enum/0\"}", "s#",
         "'$ref' leads nowhere"},
        {"ref to itself", "{\"$ref\": \"#\"}", "s#", "schema refers to itself"},
        {"ref in a ring",
         "{\"$defs\": {\"a\": {\"allOf\": [{\"$ref\": \"#/$defs/b\"}]}, \"b\": {\"if\": "
         "{\"$ref\": \"#/$defs/a\"}}}, \"$ref\": \"#/$defs/a\"}",
         "s#/$defs/", "schema refers to itself"},
        {"type of a type", "{\"type\": 1}", "s#", "'type' must be"},
        {"unknown type", "{\"type\": \"map\"}", "s#", "'type' must be"},
        {"no types", "{\"type\": []}", "s#", "'type' must be"},
        {"enum", "{\"enum\": \"a\"}", "s#", "'enum' must be an array"},
        {"required", "{\"required\": [\"a\", 1]}", "s#", "'required' must be"},
        {"properties", "{\"properties\": {\"a\": 1}}", "s#", "'properties' must be"},
        {"items of old", "{\"items\": [{}]}", "s#", "'items' must be a schema"},
        {"allOf", "{\"allOf\": []}", "s#", "'allOf' must be an array of schemas"},
        {"anyOf", "{\"anyOf\": {}}", "s#", "'anyOf' must be an array of schemas"},
        {"minLength", "{\"minLength\": -1}", "s#", "'minLength' must be"},
        {"maxItems", "{\"maxItems\": 1.5}", "s#", "'maxItems' must be"},
        {"minimum", "{\"minimum\": \"1\"}", "s#", "'minimum' must be a number"},
        {"multipleOf", "{\"multipleOf\": 0}", "s#",
         "'multipleOf' must be a number above"},
        {"uniqueItems", "{\"uniqueItems\": 1}", "s#", "'uniqueItems' must be"},
        {"pattern", "{\"pattern\": \"(\"}", "", "s#: pattern '('"},
        {"patternProperties", "{\"patternProperties\": {\"[\": {}}}", "",
         "s#: pattern '['"},
        {"dependentRequired", "{\"dependentRequired\": {\"a\": \"b\"}}", "s#",
         "'dependentRequired' must be"},
        {"unit", "{\"x-meshbench-unit\": \"length\"}", "s#",
         "'x-meshbench-unit' must be"},
        {"id", "{\"$id\": 1}", "s#", "'$id' and '$anchor' must be strings"},
        {"one anchor twice",
         "{\"$defs\": {\"a\": {\"$anchor\": \"x\"}, \"b\": {\"$anchor\": \"x\"}}}",
         "s#/$defs/b", "two schemas are called 's#x'"},
        {"schemas in $defs are compiled", "{\"$defs\": {\"a\": {\"type\": 1}}}",
         "s#/$defs/a", "'type' must be"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        const struct mb_schema *schema = NULL;
        struct mb_schema_set *set = mb_schema_set_new(&arena);
        enum mb_status status =
            mb_schema_set_add(set, "s", parse(&arena, cases[i].schema), &err);
        if (status == MB_OK) {
            status = mb_schema_compile(set, "s", &schema, &err);
        }
        if (status != MB_INVALID || schema != NULL ||
            strncmp(err.file, cases[i].location, strlen(cases[i].location)) != 0 ||
            strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s: expected %s: %s, got %d, %s: %s", cases[i].name,
                     cases[i].location, cases[i].message, status, err.file, err.message);
        }
        mb_arena_release(&arena);
    }
}

static void test_nearest_keyword(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    const struct mb_schema *schema = NULL;
    struct mb_schema_set *set = mb_schema_set_new(&arena);
    assert_int_equal(
        mb_schema_set_add(set, "s", parse(&arena, "{\"minLenght\": 1}"), &err), MB_OK);
    assert_int_equal(mb_schema_compile(set, "s", &schema, &err), MB_INVALID);
    assert_string_equal(err.hint, "did you mean 'minLength'?");
    mb_arena_release(&arena);
}

// By name, by $id, by pointer, by anchor; across documents and within them.
static void test_references(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_schema_set *set = mb_schema_set_new(&arena);
    struct mb_err err = {0};
    const char *const documents[][2] = {
        {"common.json", "{\"$id\": \"https://x.test/v1/common.json\", \"$defs\": {\"n\": "
                        "{\"type\": \"number\", \"$anchor\": \"num\"}, \"in\": {\"$id\": "
                        "\"inner.json\", \"$defs\": {\"s\": {\"type\": \"string\"}}}}}"},
        {"main.json",
         "{\"$id\": \"https://x.test/v1/main.json\", \"$defs\": {\"b\": {\"type\": "
         "\"boolean\"}}}"},
    };
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            mb_schema_set_add(set, documents[i][0], parse(&arena, documents[i][1]), &err),
            MB_OK);
    }
    const struct {
        const char *uri;
        const char *good;
    } cases[] = {
        {"common.json#/$defs/n", "1"},
        {"https://x.test/v1/common.json#/$defs/n", "1"},
        {"https://x.test/v1/common.json#num", "1"},
        {"https://x.test/v1/inner.json#/$defs/s", "\"x\""},
        {"common.json#/$defs/in/$defs/s", "\"x\""},
        {"main.json#/$defs/b", "true"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mb_schema *schema = NULL;
        if (mb_schema_compile(set, cases[i].uri, &schema, &err) != MB_OK) {
            fail_msg("%s: %s", cases[i].uri, err.message);
        }
        assert_true(mb_schema_validate(schema, parse(&arena, cases[i].good), NULL));
        assert_false(mb_schema_validate(schema, parse(&arena, "[]"), NULL));
    }
    const struct mb_schema *none = NULL;
    assert_int_equal(mb_schema_compile(set, "none.json", &none, &err), MB_INVALID);
    mb_err_clear(&err);
    assert_int_equal(mb_schema_set_add(set, "main.json", parse(&arena, "{}"), &err),
                     MB_INVALID);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_nearest_keyword),
        cmocka_unit_test(test_references),
    };
    return cmocka_run_group_tests_name("schema/compile", tests, NULL, NULL);
}
