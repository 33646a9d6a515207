#include "spec_fixture.h"

#include "base/units.h"

static void test_reads_good_specs(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        struct mb_arena arena = {0};
        struct mb_spec spec = load_fixture(&arena, GOOD_SPECS[i]);
        assert_non_null(spec.text);
        assert_string_equal(spec.path, GOOD_SPECS[i]);
        assert_string_equal(spec.baseline, spec.variants[0].name);
        mb_arena_release(&arena);
    }
}

static void test_fills_defaults(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "minimal.yaml");
    assert_int_equal(spec.block_count, 6);
    assert_true(spec.interleaved);
    assert_null(spec.aa);
    assert_false(spec.seed_given);
    assert_null(spec.until.metric);
    assert_int_equal(spec.confidence_share, 950000000);
    assert_int_equal(spec.primary_count, 2);
    assert_string_equal(spec.primary[1], "response_time.p99");
    assert_int_equal(spec.sample_ns, 1000000000);
    assert_int_equal(spec.generator_cpu, -1);
    assert_int_equal(spec.application.cpu, -1);
    const struct mb_workload *workload = &spec.workloads[0];
    assert_string_equal(workload->protocol, "http1");
    assert_int_equal(workload->warmup_ns, INT64_C(5000000000));
    assert_int_equal(workload->threads, 1);
    assert_int_equal(workload->rate_count, 1);
    assert_int_equal(workload->rates_micro_rps[0], -1);
    assert_string_equal(workload->request.method, "GET");
    assert_string_equal(workload->request.path, "");
    assert_int_equal(workload->request.timeout_ns, INT64_C(5000000000));
    assert_true(workload->request.keepalive);
    mb_arena_release(&arena);
}

static void test_reads_every_section(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "full.yaml");
    assert_int_equal(spec.block_count, 8);
    assert_false(spec.interleaved);
    assert_true(spec.seed_given);
    assert_int_equal(spec.seed, 20261123);
    assert_int_equal(spec.pause_ns, INT64_C(2000000000));
    assert_string_equal(spec.until.metric, "response_time.p99");
    assert_int_equal(spec.until.interval_share, 50000000);
    assert_int_equal(spec.until.at_most, 15);
    assert_int_equal(spec.confidence_share, 990000000);
    assert_int_equal(spec.margin_count, 2);
    assert_string_equal(spec.margins[1].metric, "cpu_per_request.data_plane");
    assert_int_equal(spec.margins[1].share, 10000000);
    assert_int_equal(spec.sample_ns, 500000000);
    assert_int_equal(spec.generator_cpu, 2);
    mb_arena_release(&arena);
}

static void test_reads_gates(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "full.yaml");
    static const struct {
        const char *metric;
        int64_t limit;
        bool at_most;
        bool relative;
    } wanted[] = {
        {"response_time.p99", 5000000, true, false},
        {"throughput", -50000000, false, true},
        {"error_ratio", 1000000, true, false},
        {"memory.data_plane", INT64_C(2) << 30, true, false},
    };
    assert_int_equal(spec.gate_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(spec.gates[i].metric, wanted[i].metric);
        assert_int_equal(spec.gates[i].limit, wanted[i].limit);
        assert_int_equal(spec.gates[i].at_most, wanted[i].at_most);
        assert_int_equal(spec.gates[i].relative, wanted[i].relative);
    }
    assert_string_equal(spec.gates[0].versus, "baseline");
    assert_null(spec.gates[2].variant);
    mb_arena_release(&arena);
}

static void test_reads_resolved_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        struct mb_arena arena = {0};
        struct mb_spec spec = load_fixture(&arena, GOOD_SPECS[i]);
        struct mb_spec again;
        struct mb_err err = {0};
        if (mb_spec_from_node(&arena, spec.resolved, NULL, &again, &err) != MB_OK) {
            fail_msg("%s: %s", GOOD_SPECS[i], err.message);
        }
        assert_string_equal(json_of(&arena, spec.resolved),
                            json_of(&arena, again.resolved));
        assert_int_equal(again.variant_count, spec.variant_count);
        struct mb_keys keys;
        struct mb_keys keys_again;
        mb_spec_keys(&arena, &spec, NULL, &keys);
        mb_spec_keys(&arena, &again, NULL, &keys_again);
        assert_string_equal(keys.benchmark, keys_again.benchmark);
        for (size_t j = 0; j < keys.variant_count; j++) {
            assert_string_equal(keys.variants[j].digest, keys_again.variants[j].digest);
        }
        mb_arena_release(&arena);
    }
}

// What `run --dry-run --format yaml` prints is the same spec.
static void test_survives_printing(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        struct mb_arena arena = {0};
        struct mb_spec spec = load_fixture(&arena, GOOD_SPECS[i]);
        struct mb_buf yaml;
        mb_buf_init(&yaml, 0);
        mb_emit_yaml(spec.resolved, &yaml);
        struct mb_doc doc = parse_text(&arena, mb_buf_string(&yaml));
        assert_string_equal(json_of(&arena, doc.root), json_of(&arena, spec.resolved));
        assert_string_equal(json_of(&arena, mb_spec_resolve(&arena, doc.root)),
                            json_of(&arena, spec.resolved));
        mb_buf_release(&yaml);
        mb_arena_release(&arena);
    }
}

static void test_sets_seed(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "minimal.yaml");
    mb_spec_set_seed(&arena, &spec, 77);
    assert_int_equal(spec.seed, 77);
    assert_int_equal(mb_node_integer(mb_node_at(spec.resolved, "/trials/seed"), -1), 77);
    mb_arena_release(&arena);
}

// Trees that the schema or the rules refuse before they come here.
static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *message;
    } cases[] = {
        {"no map", "[1, 2]", "a benchmark spec is a map"},
        {"no variants", HEAD WORKLOAD, "'variants' is missing or empty"},
        {"no workloads", HEAD VARIANT, "'workloads' is missing or empty"},
        {"mesh word", HEAD WORKLOAD "variants: [{name: a, mesh: istio}]",
         "'mesh' is neither 'none' nor a map"},
        {"mesh of no type", HEAD WORKLOAD "variants: [{name: a, mesh: {type: none}}]",
         "a mesh of type 'none' is written 'mesh: none'"},
        {"aa of nothing", HEAD VARIANT WORKLOAD "trials: {aa: other}",
         "'trials.aa' names no variant: 'other'"},
        {"name of the twin",
         HEAD WORKLOAD
         "variants: [{name: a, mesh: none}, {name: a-aa, mesh: none}]\ntrials: {aa: a}",
         "variant 'a-aa' has the name of the A/A twin of 'a'"},
        {"order", HEAD VARIANT WORKLOAD "trials: {order: random}",
         "'order' is 'random', not interleaved or sequential"},
        {"discard", HEAD VARIANT WORKLOAD "trials: {discard: worst}",
         "'discard' is 'worst', not none"},
        {"count", HEAD VARIANT WORKLOAD "trials: {count: 0}",
         "'count' is 0, outside 1 to 1000"},
        {"confidence", HEAD VARIANT WORKLOAD "analysis: {confidence: 100%}",
         "'confidence' is not between 0% and 100%"},
        {"metric of a gate", HEAD VARIANT WORKLOAD "gates: [{metric: x, at_most: 1s}]",
         "'x' is not a metric"},
        {"share of nothing",
         HEAD VARIANT WORKLOAD "gates: [{metric: throughput, at_least: 5%}]",
         "'at_least': '5%' is a share of another variant: 'versus' is missing"},
        {"sampling", HEAD VARIANT WORKLOAD "collect: {interval: 0s}",
         "'interval' is not above zero"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_doc doc = parse_text(&arena, cases[i].text);
        struct mb_spec spec;
        struct mb_err err = {0};
        enum mb_status status = mb_spec_from_doc(&arena, &doc, fake_env, &spec, &err);
        if (status != MB_INVALID || strcmp(err.message, cases[i].message) != 0) {
            fail_msg("%s: status %d, message '%s'", cases[i].name, (int)status,
                     err.message);
        }
        assert_string_equal(err.file, "t.yaml");
        mb_arena_release(&arena);
    }
}

// A walk over all nodes of a tree, each replaced in turn by something else.
struct mutation {
    struct mb_arena *arena;
    struct mb_doc *doc;
    size_t tried;
    bool good; // the last one
};

static void try_tree(struct mutation *mutation)
{
    struct mb_arena arena = {0};
    struct mb_spec spec;
    struct mb_err err = {0};
    enum mb_status status =
        mb_spec_from_doc(&arena, mutation->doc, fake_env, &spec, &err);
    if (status == MB_OK) {
        struct mb_keys keys;
        mb_spec_keys(&arena, &spec, NULL, &keys);
        for (size_t i = 0; i < spec.workload_count; i++) {
            size_t count = 0;
            (void)mb_spec_points(&arena, &spec.workloads[i], &count);
        }
    } else {
        assert_true(status == MB_INVALID || status == MB_FAILED); // FAILED: no such file
        assert_true(err.message[0] != '\0');
    }
    mutation->tried++;
    mutation->good = status == MB_OK;
    mb_arena_release(&arena);
}

static void replace_in_turn(struct mutation *mutation, struct mb_node **slot)
{
    struct mb_node *old = *slot;
    struct mb_node *others[] = {
        mb_node_null(mutation->arena),
        mb_node_int(mutation->arena, -1),
        mb_node_int(mutation->arena, INT64_MAX),
        mb_node_float(mutation->arena, 0.5),
        mb_node_bool(mutation->arena, true),
        mb_node_string(mutation->arena, ""),
        mb_node_string(mutation->arena, "9999999999999999999s"),
        mb_node_list(mutation->arena),
        mb_node_map(mutation->arena),
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        *slot = others[i];
        try_tree(mutation);
    }
    *slot = old;
    try_tree(mutation);
    assert_true(mutation->good); // the tree is what it was
}

static void mutate(struct mutation *mutation, struct mb_node *node)
{
    if (node->type == MB_NODE_LIST) {
        for (size_t i = 0; i < node->as.list.count; i++) {
            replace_in_turn(mutation, &node->as.list.items[i]);
            mutate(mutation, node->as.list.items[i]);
        }
    }
    if (node->type == MB_NODE_MAP) {
        for (size_t i = 0; i < node->as.map.count; i++) {
            struct mb_node_entry *entry = &node->as.map.entries[i];
            replace_in_turn(mutation, &entry->value);
            struct mb_node *key = entry->key; // then as if the key were not there
            entry->key = mb_node_string(mutation->arena, "gone");
            try_tree(mutation);
            entry->key = key;
            mutate(mutation, entry->value);
        }
    }
}

static void test_survives_any_tree(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        struct mb_arena arena = {0};
        struct mb_doc doc = read_fixture(&arena, GOOD_SPECS[i]);
        struct mutation mutation = {.arena = &arena, .doc = &doc};
        mutate(&mutation, doc.root);
        assert_true(mutation.tried > 50);
        mb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_good_specs),
        cmocka_unit_test(test_fills_defaults),
        cmocka_unit_test(test_reads_every_section),
        cmocka_unit_test(test_reads_gates),
        cmocka_unit_test(test_reads_resolved_again),
        cmocka_unit_test(test_survives_printing),
        cmocka_unit_test(test_sets_seed),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_survives_any_tree),
    };
    return cmocka_run_group_tests_name("model/spec", tests, NULL, NULL);
}
