#include "spec_fixture.h"

// Where the resolved form of the spec below has an instance of each definition of the
// schema that carries defaults.
static const struct {
    const char *definition;
    const char *instance;
} SECTIONS[] = {
    {"suite", "/suite"},
    {"node", "/environment/nodes/0"},
    {"component", "/environment/neighbours/0"},
    {"component", "/variants/0/components/0"},
    {"application", "/application"},
    {"variant", "/variants/0"},
    {"workload", "/workloads/0"},
    {"request", "/workloads/0/request"},
    {"trials", "/trials"},
    {"analysis", "/analysis"},
    {"collect", "/collect"},
    {"generator", "/generator"},
};

static const char *const BARE =
    HEAD "suite: {name: s, version: v1}\n"
         "environment: {nodes: [{}], neighbours: [{name: n}]}\n"
         "application: {name: a}\n"
         "variants: [{name: v, mesh: none, components: [{name: c}]}]\n" WORKLOAD;

static const struct mb_node *schema_of(struct mb_arena *arena)
{
    return read_fixture(arena, "schema/benchmark.schema.json").root;
}

// The number of defaults below `definition` that `instance` was held against.
static size_t check_defaults(struct mb_arena *arena, const struct mb_node *definition,
                             const struct mb_node *instance)
{
    const struct mb_node *properties = mb_node_find(definition, "properties");
    size_t checked = 0;
    for (size_t i = 0; i < mb_node_count(properties); i++) {
        const struct mb_node_entry *entry = &properties->as.map.entries[i];
        const char *key = entry->key->as.string.data;
        const struct mb_node *wanted = mb_node_find(entry->value, "default");
        const struct mb_node *given = mb_node_find(instance, key);
        if (wanted == NULL) {
            continue;
        }
        if (given == NULL || !mb_node_equal(wanted, given)) {
            fail_msg("default of '%s' is %s in the schema, %s when resolved", key,
                     json_of(arena, wanted),
                     given == NULL ? "absent" : json_of(arena, given));
        }
        checked++;
    }
    return checked;
}

static void test_defaults_are_the_schemas(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const struct mb_node *schema = schema_of(&arena);
    struct mb_node *resolved = mb_spec_resolve(&arena, parse_text(&arena, BARE).root);
    for (size_t i = 0; i < sizeof SECTIONS / sizeof SECTIONS[0]; i++) {
        const struct mb_node *definition =
            mb_node_find(mb_node_find(schema, "$defs"), SECTIONS[i].definition);
        const struct mb_node *instance = mb_node_at(resolved, SECTIONS[i].instance);
        assert_non_null(definition);
        assert_non_null(instance);
        assert_true(check_defaults(&arena, definition, instance) > 0);
    }
    mb_arena_release(&arena);
}

// Counts "default" keywords, so that no definition with defaults is left out above.
static size_t count_defaults(const struct mb_node *node)
{
    size_t count = 0;
    if (node->type == MB_NODE_MAP) {
        for (size_t i = 0; i < node->as.map.count; i++) {
            count += strcmp(node->as.map.entries[i].key->as.string.data, "default") == 0;
            count += count_defaults(node->as.map.entries[i].value);
        }
    }
    return count;
}

static void test_every_default_is_looked_at(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const struct mb_node *schema = schema_of(&arena);
    const struct mb_node *definitions = mb_node_find(schema, "$defs");
    size_t known = 1; // trials.until.at_most: test_spec.c reads it
    for (size_t i = 0; i < sizeof SECTIONS / sizeof SECTIONS[0]; i++) {
        if (i == 0 || strcmp(SECTIONS[i].definition, SECTIONS[i - 1].definition) != 0) {
            const struct mb_node *definition =
                mb_node_find(definitions, SECTIONS[i].definition);
            const struct mb_node *properties = mb_node_find(definition, "properties");
            for (size_t j = 0; j < mb_node_count(properties); j++) {
                known +=
                    mb_node_find(properties->as.map.entries[j].value, "default") != NULL;
            }
        }
    }
    assert_int_equal(count_defaults(schema), known);
    mb_arena_release(&arena);
}

static void test_writes_long_forms(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const char *text = HEAD
        "application: {name: a, path: /p}\n"
        "variants:\n"
        "  - {name: v, mesh: none, adapter: running, config_files: [f.yaml]}\n"
        "workloads:\n"
        "  - {name: w, load_model: open, connections: 4, rate: 1rps, duration: 1s}\n";
    struct mb_node *resolved = mb_spec_resolve(&arena, parse_text(&arena, text).root);
    static const struct {
        const char *pointer;
        const char *json;
    } wanted[] = {
        {"/variants/0/adapter", "{\"parameters\":{},\"use\":\"running\"}"},
        {"/variants/0/config_files", "[{\"path\":\"f.yaml\"}]"},
        {"/workloads/0/connections", "[4]"},
        {"/workloads/0/rate", "[\"1rps\"]"},
        {"/workloads/0/request/path", "\"/p\""},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        assert_string_equal(json_of(&arena, mb_node_at(resolved, wanted[i].pointer)),
                            wanted[i].json);
    }
    mb_arena_release(&arena);
}

static void test_leaves_input_alone(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_doc doc = read_fixture(&arena, GOOD "full.yaml");
    const char *before = json_of(&arena, doc.root);
    (void)mb_spec_resolve(&arena, doc.root);
    assert_string_equal(before, json_of(&arena, doc.root));
    assert_null(mb_spec_resolve(&arena, NULL));
    mb_arena_release(&arena);
}

static bool has_key(const struct mb_node *node, const char *key)
{
    bool found = mb_node_find(node, key) != NULL;
    for (size_t i = 0; !found && i < mb_node_count(node); i++) {
        found = has_key(node->type == MB_NODE_LIST ? node->as.list.items[i]
                                                   : node->as.map.entries[i].value,
                        key);
    }
    return found;
}

// Fails for a key of the schema that no good spec shows. Keys are looked for by name
// alone: those that occur in several places are shown at least once.
static void check_shown(const struct mb_node *schema, struct mb_node *const *specs)
{
    const struct mb_node *properties = mb_node_find(schema, "properties");
    for (size_t i = 0; i < mb_node_count(properties); i++) {
        const struct mb_node_entry *entry = &properties->as.map.entries[i];
        const char *key = entry->key->as.string.data;
        const char *description =
            mb_node_text(mb_node_find(entry->value, "description"), "");
        if (description[0] == '\0') {
            fail_msg("key '%s' has no description", key);
        }
        if (strncmp(description, "Reserved", strlen("Reserved")) == 0) {
            continue;
        }
        bool shown = strcmp(key, "sha256") == 0; // test_spec_variant.c pins a file
        for (size_t j = 0; !shown && j < GOOD_COUNT; j++) {
            shown = has_key(specs[j], key);
        }
        if (!shown) {
            fail_msg("key '%s' is in no good spec", key);
        }
        check_shown(entry->value, specs);
    }
}

static void test_every_key_is_shown(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_node *specs[GOOD_COUNT];
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        specs[i] = read_fixture(&arena, GOOD_SPECS[i]).root;
    }
    const struct mb_node *schema = schema_of(&arena);
    check_shown(schema, specs);
    const struct mb_node *definitions = mb_node_find(schema, "$defs");
    for (size_t i = 0; i < mb_node_count(definitions); i++) {
        check_shown(definitions->as.map.entries[i].value, specs);
    }
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_the_schemas),
        cmocka_unit_test(test_every_default_is_looked_at),
        cmocka_unit_test(test_writes_long_forms),
        cmocka_unit_test(test_leaves_input_alone),
        cmocka_unit_test(test_every_key_is_shown),
    };
    return cmocka_run_group_tests_name("model/spec_resolve", tests, NULL, NULL);
}
