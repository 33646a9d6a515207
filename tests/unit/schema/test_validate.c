// validate.c, the keywords and branch.c: which findings a value gives, and say.c: how
// they read. The verdicts of each keyword are the business of test_suite.c; a few of each
// stand here for where the suite is absent.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "format/doc.h"
#include "schema/schema.h"

static struct mb_node *parse(struct mb_arena *arena, const char *text)
{
    struct mb_err err = {0};
    struct mb_doc doc;
    if (mb_doc_parse(arena, "x.yaml", text, strlen(text), &doc, &err) != MB_OK) {
        fail_msg("%d:%d: %s in %s", err.line, err.column, err.message, text);
    }
    return doc.root;
}

static const struct mb_schema *compile(struct mb_arena *arena, const char *text)
{
    struct mb_err err = {0};
    const struct mb_schema *schema = NULL;
    struct mb_schema_set *set = mb_schema_set_new(arena);
    if (mb_schema_set_add(set, "s", parse(arena, text), &err) != MB_OK ||
        mb_schema_compile(set, "s", &schema, &err) != MB_OK) {
        fail_msg("%s: %s in %s", err.file, err.message, text);
    }
    return schema;
}

// Findings as lines "pointer[ (key)] keyword: message[ | hint]".
static const char *findings_print(struct mb_arena *arena,
                                  const struct mb_schema_findings *findings)
{
    struct mb_buf text = {0};
    for (size_t i = 0; i < findings->count; i++) {
        const struct mb_schema_finding *finding = &findings->items[i];
        const char *hint = NULL;
        const char *message = mb_schema_say(arena, finding, &hint);
        mb_buf_print(&text, "%s%s%s %s: %s%s%s", i > 0 ? "\n" : "", finding->pointer,
                     finding->at_key ? " (key)" : "", finding->keyword, message,
                     hint != NULL ? " | " : "", hint != NULL ? hint : "");
    }
    const char *copy = mb_arena_copy_string(arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return copy;
}

struct sample {
    const char *schema;
    const char *instance;
    const char *findings; // "": valid
};

static void samples_check(const struct sample *samples, size_t count)
{
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        struct mb_arena arena = {0};
        struct mb_schema_findings findings;
        const struct mb_schema *schema = compile(&arena, samples[i].schema);
        const struct mb_node *instance = parse(&arena, samples[i].instance);
        mb_schema_findings_init(&findings, &arena);
        bool valid = mb_schema_validate(schema, instance, &findings);
        assert_int_equal(mb_schema_validate(schema, instance, NULL), valid);
        const char *text = findings_print(&arena, &findings);
        if (strcmp(text, samples[i].findings) != 0 || valid != (findings.count == 0)) {
            print_error("%s\n  of %s\n  expected %s\n  got      %s\n",
                        samples[i].instance, samples[i].schema, samples[i].findings,
                        text);
            failed++;
        }
        mb_arena_release(&arena);
    }
    assert_int_equal(failed, 0);
}

static void test_values(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"{type: string}", "'1.20'", ""},
        {"{type: string}", "1.20",
         " type: '1.20' is a number, not a string | put it in quotes: \"1.20\""},
        {"{type: string, pattern: 'rps$', description: Requests per second.}", "1000",
         " type: '1000' is a number, not a string | Requests per second"},
        {"{type: string, pattern: '^[0-9]'}", "1000",
         " type: '1000' is a number, not a string | put it in quotes: \"1000\""},
        {"{type: [string, array]}", "true",
         " type: 'true' is a boolean, not a string or a list | put it in quotes: "
         "\"true\""},
        {"{type: string}", "~",
         " type: no value, not a string | put it in quotes: \"~\""},
        {"{type: object}", "[1]", " type: a list, not a map"},
        {"{type: [integer, 'null', boolean]}", "x",
         " type: 'x' is a string, not an integer, null or true or false"},
        {"{type: integer}", "2.0", ""},
        {"{type: integer}", "2.5", " type: '2.5' is a number, not an integer"},
        {"{enum: [open, closed, 'no']}", "close",
         " enum: 'close' is not one of 'open', 'closed', 'no' | did you mean 'closed'?"},
        {"{enum: [v1.20, '1.20']}", "1.20",
         " enum: '1.20' is not one of 'v1.20', '1.20' | put it in quotes: \"1.20\""},
        {"{const: v1}", "v2", " const: 'v2' is not 'v1'"},
        {"{const: {a: [1, 2]}}", "{a: [1, 2.0]}", ""},
        {"{minimum: 10}", "9.5", " minimum: '9.5' is less than 10"},
        {"{maximum: 10}", "0x10", " maximum: '0x10' is more than 10"},
        {"{exclusiveMinimum: 0}", "0", " exclusiveMinimum: '0' is not more than 0"},
        {"{exclusiveMaximum: 1}", "1.0", " exclusiveMaximum: '1.0' is not less than 1"},
        {"{minimum: 9007199254740993}", "9007199254740992",
         " minimum: '9007199254740992' is less than 9007199254740993"},
        {"{multipleOf: 0.01}", "0.07", ""},
        {"{multipleOf: 5}", "7", " multipleOf: '7' is not a multiple of 5"},
        {"{minLength: 2}", "\xC3\xA9",
         " minLength: '\xC3\xA9' has fewer than 2 characters"},
        {"{maxLength: 2}", "\xC3\xA9\xC3\xA9", ""},
        {"{pattern: '^[a-z]+$'}", "A1", " pattern: 'A1' does not match ^[a-z]+$"},
        {"{pattern: '^[a-z]+$', description: Lower-case letters.}", "A1",
         " pattern: 'A1' does not match ^[a-z]+$ | Lower-case letters"},
        {"{pattern: '^[0-9.]+rps$', x-meshbench-unit: rate}", "5rps", ""},
        {"{pattern: '^[0-9.]+rps$', x-meshbench-unit: rate}", "5rp",
         " pattern: '5rp' is not a rate: unknown unit 'rp', did you mean 'rps'?"},
        {"{pattern: 's$', x-meshbench-unit: duration}", "999999999999999s",
         " x-meshbench-unit: '999999999999999s' is not a duration: it is too large"},
        {"{not: {const: 1}}", "1", " not: '1' is not allowed here"},
        {"false", "1", " false: '1' is not allowed here"},
    };
    samples_check(samples, sizeof samples / sizeof samples[0]);
}

static void test_collections(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"{properties: {name: {type: string}, rate: {}}, additionalProperties: false}",
         "{nmae: x, rate: 1}",
         "/nmae (key) additionalProperties: unknown key 'nmae' | did you mean 'name'?"},
        {"{properties: {a: {}}, patternProperties: {^x-: {}}, additionalProperties: "
         "false}",
         "{x-mine: 1, 'q/bcd': 2}",
         "/q~1bcd (key) additionalProperties: unknown key 'q/bcd'"},
        {"{required: [a, b, c]}", "{b: 1}",
         " required: key 'a' is missing\n required: key 'c' is missing"},
        {"{properties: {old: false}}", "{old: 1}",
         "/old (key) properties: unknown key 'old'"},
        {"{propertyNames: {pattern: ^a}}", "{ab: 1, c: 2}",
         "/c (key) pattern: key 'c' does not match ^a"},
        {"{minProperties: 2}", "{a: 1}", " minProperties: a map has fewer than 2 keys"},
        {"{maxItems: 1}", "[1, 2]", " maxItems: a list has more than 1 items"},
        {"{dependentRequired: {a: [b]}}", "{a: 1}",
         " dependentRequired: key 'b' is missing"},
        {"{dependentSchemas: {a: {required: [b]}}}", "{a: 1}",
         " required: key 'b' is missing"},
        {"{items: {type: integer}}", "[1, x, 2, y]",
         "/1 type: 'x' is a string, not an integer\n/3 type: 'y' is a string, not an "
         "integer"},
        {"{prefixItems: [{type: string}], items: false}", "[a, 2]",
         "/1 false: '2' is not allowed here"},
        {"{uniqueItems: true}", "[a, 1, b, 1.0, a]",
         "/3 uniqueItems: '1.0' stands in the list already, as item 2\n"
         "/4 uniqueItems: 'a' stands in the list already, as item 1"},
        {"{contains: {const: 1}}", "[2]",
         " contains: a list with too few items of the kind it must hold"},
        {"{contains: {const: 1}, maxContains: 1}", "[1, 1]",
         " maxContains: a list with too many items of the kind it must hold"},
        {"{contains: {const: 1}, minContains: 0}", "[2]", ""},
        {"{allOf: [{properties: {a: {type: string}}}], properties: {b: {}}, "
         "unevaluatedProperties: false}",
         "{a: x, b: 1, ab: 2}", "/ab (key) unevaluatedProperties: unknown key 'ab'"},
        // a fault in a value must not make its key unknown
        {"{allOf: [{properties: {a: {type: string}}}], unevaluatedProperties: false}",
         "{a: 1}", "/a type: '1' is a number, not a string | put it in quotes: \"1\""},
        {"{prefixItems: [true], contains: {const: c}, unevaluatedItems: {type: string}}",
         "[1, c, d, 2]",
         "/3 type: '2' is a number, not a string | put it in quotes: \"2\""},
    };
    samples_check(samples, sizeof samples / sizeof samples[0]);
}

static void test_branches(void **state)
{
    (void)state;
    static const char shape[] =
        "{oneOf: [{properties: {type: {const: circle}, r: {type: integer}}, required: "
        "[type, r]}, {properties: {type: {const: box}, w: {type: integer}, h: {type: "
        "integer}}, required: [type, w, h]}]}";
    static const char mesh[] = "{oneOf: [{const: none}, {type: object, required: [type], "
                               "properties: {type: {type: "
                               "string}}, additionalProperties: false}]}";
    static const struct sample samples[] = {
        {shape, "{type: box, w: 1, h: 2}", ""},
        {shape, "{type: box, w: x}",
         " required: key 'h' is missing\n/w type: 'x' is a string, not an integer"},
        {shape, "{type: circle}", " required: key 'r' is missing"},
        {shape, "{type: circel, r: 1}",
         "/type oneOf: 'circel' is not one of 'circle', 'box' | did you mean 'circle'?"},
        {mesh, "none", ""},
        {mesh, "nome", " const: 'nome' is not 'none'"},
        {mesh, "{typ: x}",
         " required: key 'type' is missing\n"
         "/typ (key) additionalProperties: unknown key 'typ' | did you "
         "mean 'type'?"},
        {mesh, "[1]", " oneOf: a list, not a string or a map"},
        {"{anyOf: [{type: string}, {type: array, items: {type: string}}]}", "[a, {}]",
         "/1 type: a map, not a string"},
        {"{anyOf: [{type: string}, {type: integer}]}", "1.5",
         " anyOf: '1.5' is a number, not a string or an integer | put it in quotes: "
         "\"1.5\""},
        {"{anyOf: [{required: [a]}, {required: [b]}]}", "{c: 1}",
         " anyOf: one of the keys 'a' and 'b' is missing"},
        {"{oneOf: [{required: [a]}, {required: [b]}]}", "{a: 1, b: 2}",
         " oneOf: only one of the keys 'a' and 'b' can be given"},
        {"{oneOf: [{type: integer}, {minimum: 2}]}", "3",
         " oneOf: '3' fits more than one of the forms allowed here"},
        {"{if: {properties: {a: {const: 1}}, required: [a]}, then: {required: [b]}, "
         "else: "
         "{required: [c]}}",
         "{a: 1}", " required: key 'b' is missing"},
        {"{if: {required: [a]}, else: {required: [c]}}", "{}",
         " required: key 'c' is missing"},
    };
    samples_check(samples, sizeof samples / sizeof samples[0]);
}

static void test_details(void **state)
{
    (void)state;
    static const char text[] =
        "{$defs: {version: {type: string, x-meshbench-code: MB111}, name: {type: "
        "string}},"
        " type: object, x-meshbench-code: MB100, properties: {v: {$ref: "
        "'#/$defs/version',"
        " description: Outer.}, n: {$ref: '#/$defs/name', x-meshbench-code: MB120},"
        " plain: {type: string}, keys: {propertyNames: {maxLength: 1}}}, required: [n]}";
    struct mb_arena arena = {0};
    struct mb_schema_findings findings;
    const struct mb_schema *schema = compile(&arena, text);
    mb_schema_findings_init(&findings, &arena);
    const struct mb_node *instance =
        parse(&arena, "{v: 1.20, plain: no-number, keys: {long: 1}}");
    assert_false(mb_schema_validate(schema, instance, &findings));
    assert_int_equal(findings.count, 3);

    const struct mb_schema_finding *missing = &findings.items[0];
    assert_int_equal(missing->fault, MB_SCHEMA_MISSING_KEY);
    assert_string_equal(missing->code, "MB100"); // the map's own
    assert_string_equal(missing->key, "n");
    assert_string_equal(missing->names[0], "n");
    assert_null(missing->names[1]);

    const struct mb_schema_finding *version = &findings.items[1];
    assert_int_equal(version->fault, MB_SCHEMA_TYPE);
    assert_string_equal(version->code, "MB111");
    assert_string_equal(version->description, "Outer."); // of the schema that refers
    assert_string_equal(version->location, "s#/$defs/version/type");
    assert_string_equal(version->pointer, "/v");
    assert_ptr_equal(version->instance, mb_node_find(instance, "v"));
    assert_true(version->unquoted);

    const struct mb_schema_finding *key = &findings.items[2];
    assert_true(key->at_key);
    assert_string_equal(key->key, "long");
    assert_string_equal(key->pointer, "/keys/long");
    assert_null(key->code); // MB100 is about the map above, not about this
    mb_arena_release(&arena);
}

static void test_code_of_the_referring_schema(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_schema_findings findings;
    const struct mb_schema *schema =
        compile(&arena, "{$defs: {t: {type: string}}, items: {$ref: '#/$defs/t', "
                        "x-meshbench-code: MB120}}");
    mb_schema_findings_init(&findings, &arena);
    assert_false(mb_schema_validate(schema, parse(&arena, "[a, 1]"), &findings));
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].code, "MB120");
    mb_arena_release(&arena);
}

static void test_unknown_key_names_are_not_there_yet(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_schema_findings findings;
    const struct mb_schema *schema = compile(
        &arena,
        "{properties: {a: {}, b: {}, gone: false}, allOf: [{properties: {c: {}, a: "
        "{}}}], unevaluatedProperties: false}");
    mb_schema_findings_init(&findings, &arena);
    assert_false(mb_schema_validate(schema, parse(&arena, "{b: 1, x: 2}"), &findings));
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].names[0], "a");
    assert_string_equal(findings.items[0].names[1], "c");
    assert_null(findings.items[0].names[2]);
    mb_arena_release(&arena);
}

static void test_limit_of_findings(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_schema_findings findings;
    const struct mb_schema *schema = compile(&arena, "{items: {type: string}}");
    struct mb_node *list = mb_node_list(&arena);
    for (int i = 0; i < MB_SCHEMA_MAX_FINDINGS + 10; i++) {
        mb_node_push(&arena, list, mb_node_int(&arena, i));
    }
    mb_schema_findings_init(&findings, &arena);
    assert_false(mb_schema_validate(schema, list, &findings));
    assert_int_equal(findings.count, MB_SCHEMA_MAX_FINDINGS);
    assert_int_equal(findings.dropped, 10);
    mb_arena_release(&arena);
}

// Long texts and control characters must not reach a terminal as they are.
static void test_messages_are_safe(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_schema_findings findings;
    const char *hint = NULL;
    const struct mb_schema *schema =
        compile(&arena, "{enum: [a], additionalProperties: false}");
    mb_schema_findings_init(&findings, &arena);
    (void)mb_schema_validate(schema, parse(&arena, "{\"\\e[31m\": 1}"), &findings);
    (void)mb_schema_validate(
        schema,
        parse(&arena, "\"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                      "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                      "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                      "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9x\xC3\xA9\""),
        &findings);
    assert_int_equal(findings.count, 3);
    assert_string_equal(mb_schema_say(&arena, &findings.items[1], &hint),
                        "unknown key '\\x1b[31m'");
    const char *message = mb_schema_say(&arena, &findings.items[2], &hint);
    assert_non_null(strstr(message, "\xC3\xA9...' is not one of 'a'"));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_collections),
        cmocka_unit_test(test_branches),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_code_of_the_referring_schema),
        cmocka_unit_test(test_unknown_key_names_are_not_there_yet),
        cmocka_unit_test(test_limit_of_findings),
        cmocka_unit_test(test_messages_are_safe),
    };
    return cmocka_run_group_tests_name("schema/validate", tests, NULL, NULL);
}
