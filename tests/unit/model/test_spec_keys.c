#include "spec_fixture.h"

// One spec, and edits to it: which keys move, and which stay.
static const char *const BASE =
    "meshbench: v1\n"
    "kind: benchmark\n"
    "name: t\n"
    "environment:\n"
    "  name: here\n"
    "  nodes: [{cpus: 8, memory: 32Gi}]\n"
    "application: {name: app, version: v1, builtin: echo, arguments: [--size, 1Ki]}\n"
    "variants:\n"
    "  - name: plain\n"
    "    mesh: none\n"
    "    url: http://a\n"
    "  - name: meshed\n"
    "    mesh: {type: istio, version: 1.28.1, profile: default}\n"
    "    config: {mtls: strict, telemetry: [metrics, tracing], tracing_sample: 1%}\n"
    "    url: http://b\n"
    "workloads:\n"
    "  - name: steady\n"
    "    load_model: open\n"
    "    connections: [16]\n"
    "    rate: [100rps, 200rps]\n"
    "    duration: 60s\n"
    "    request: {timeout: 5s, headers: {Accept: text/html}}\n"
    "trials: {count: 6}\n";

enum { BENCHMARK = 1, APPLICATION = 2, ENVIRONMENT = 4, WORKLOAD_0 = 8, VARIANT_1 = 16 };

static const struct {
    const char *name;
    const char *from;
    const char *to;
    int moved;
} EDITS[] = {
    {"name of the benchmark", "name: t\n", "name: u\n", 0},
    {"name of a variant", "name: meshed", "name: istio", 0},
    {"name of a workload", "name: steady", "name: calm", 0},
    {"name of the environment", "name: here", "name: there", 0},
    {"url", "http://b", "http://c", 0},
    {"trial count", "count: 6", "count: 12", 0},
    {"twin", "count: 6", "count: 6, aa: plain", 0},
    {"mesh version", "1.28.1", "1.29.0", 0},
    {"another way to write a duration", "60s", "1m", 0},
    {"another way to write a size", "32Gi", "32768Mi", 0},
    {"another way to write a share", "1%", "1.0%", 0},
    {"order of a set", "metrics, tracing", "tracing, metrics", 0},
    {"order of rates", "100rps, 200rps", "200rps, 100rps", 0},
    {"case of a header", "Accept", "accept", 0},
    {"a default written out", "load_model: open",
     "load_model: open\n    arrivals: constant", 0},
    {"a label", "name: steady", "name: steady\n    labels: {a: b}", 0},
    {"an extension", "name: steady", "name: steady\n    x-a: b", 0},
    {"empty configuration", "mesh: none", "mesh: none\n    config: {}", 0},
    {"time-out", "timeout: 5s", "timeout: 4s", BENCHMARK | WORKLOAD_0},
    {"duration", "60s", "61s", BENCHMARK | WORKLOAD_0},
    {"header", "text/html", "text/css", BENCHMARK | WORKLOAD_0},
    {"load model", "load_model: open", "load_model: paced", BENCHMARK | WORKLOAD_0},
    {"arrivals", "load_model: open", "load_model: open\n    arrivals: poisson",
     BENCHMARK | WORKLOAD_0},
    {"matrix", "[16]", "[16, 64]", BENCHMARK},
    {"mesh type", "istio", "linkerd", VARIANT_1},
    {"profile", "default", "minimal", VARIANT_1},
    {"mTLS", "strict", "permissive", VARIANT_1},
    {"TLS", "http://b", "https://b", VARIANT_1},
    {"application version", "version: v1,", "version: v2,", BENCHMARK | APPLICATION},
    {"order of arguments", "--size, 1Ki", "1Ki, --size", BENCHMARK | APPLICATION},
    {"node", "cpus: 8", "cpus: 16", ENVIRONMENT},
    {"CPU of the generator", "trials:", "generator: {cpu: 1}\ntrials:", ENVIRONMENT},
};

// In arena: BASE with the first `from` replaced.
static const char *edit(struct mb_arena *arena, const char *from, const char *to)
{
    const char *at = strstr(BASE, from);
    assert_non_null(at);
    return mb_arena_print(arena, "%.*s%s%s", (int)(at - BASE), BASE, to,
                          at + strlen(from));
}

static struct mb_keys keys_of(struct mb_arena *arena, const char *text)
{
    struct mb_spec spec = load_text(arena, text);
    struct mb_keys keys;
    mb_spec_keys(arena, &spec, NULL, &keys);
    assert_int_equal(keys.scheme, 1);
    return keys;
}

static int moved_between(const struct mb_keys *left, const struct mb_keys *right)
{
    int moved = 0;
    moved |= strcmp(left->benchmark, right->benchmark) != 0 ? BENCHMARK : 0;
    moved |= strcmp(left->application, right->application) != 0 ? APPLICATION : 0;
    moved |= strcmp(left->environment, right->environment) != 0 ? ENVIRONMENT : 0;
    moved |= strcmp(left->workloads[0].digest, right->workloads[0].digest) != 0
                 ? WORKLOAD_0
                 : 0;
    moved |=
        strcmp(left->variants[1].digest, right->variants[1].digest) != 0 ? VARIANT_1 : 0;
    return moved;
}

static void test_edits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof EDITS / sizeof EDITS[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_keys before = keys_of(&arena, BASE);
        struct mb_keys after = keys_of(&arena, edit(&arena, EDITS[i].from, EDITS[i].to));
        int moved = moved_between(&before, &after);
        if (moved != EDITS[i].moved) {
            fail_msg("%s: moved keys %d, expected %d", EDITS[i].name, moved,
                     EDITS[i].moved);
        }
        mb_arena_release(&arena);
    }
}

// In a mesh's options and an adapter's parameters no key is ours to drop.
static void test_foreign_keys_count(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"mtls: strict, options: {labels: a}", "mtls: strict, options: {labels: b}"},
        {"mtls: strict, options: {rate: 1s}", "mtls: strict, options: {rate: 1000ms}"},
        {"mtls: strict}\n    adapter: {use: running, parameters: {x-a: 1}}\n    x-b: {c: "
         "d",
         "mtls: strict}\n    adapter: {use: running, parameters: {x-a: 2}}\n    x-b: {c: "
         "d"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_keys left = keys_of(&arena, edit(&arena, "mtls: strict", pairs[i][0]));
        struct mb_keys right = keys_of(&arena, edit(&arena, "mtls: strict", pairs[i][1]));
        assert_int_equal(moved_between(&left, &right), VARIANT_1);
        mb_arena_release(&arena);
    }
}

static void test_twin_has_its_originals_key(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "local-proxies.yaml");
    struct mb_keys keys;
    mb_spec_keys(&arena, &spec, NULL, &keys);
    assert_int_equal(keys.variant_count, 5);
    assert_string_equal(keys.variants[4].name, "baseline-aa");
    assert_string_equal(keys.variants[4].digest, keys.variants[0].digest);
    assert_string_not_equal(keys.variants[1].digest, keys.variants[2].digest);
    mb_arena_release(&arena);
}

static const char *environment_key(struct mb_arena *arena, const char *path,
                                   struct mb_node *captured)
{
    struct mb_spec spec = load_text(arena, BASE);
    struct mb_fact fact = {.path = path, .captured = captured};
    struct mb_fact_list facts = {.items = &fact, .count = 1, .capacity = 1};
    struct mb_keys keys;
    mb_spec_keys(arena, &spec, &facts, &keys);
    return keys.environment;
}

static void test_captured_facts(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    static const char kernel[] = "environment.host.kernel";
    static const char memory[] = "environment.host.memory_bytes";
    static const char load[] = "environment.host.load_average_1m";
    const char *none = environment_key(&arena, kernel, NULL);
    assert_string_not_equal(
        none, environment_key(&arena, kernel, mb_node_string(&arena, "6.1")));
    assert_string_not_equal(
        environment_key(&arena, kernel, mb_node_string(&arena, "6.1")),
        environment_key(&arena, kernel, mb_node_string(&arena, "6.6")));
    // The kernel keeps a part of memory for itself that changes from boot to boot.
    assert_string_equal(
        environment_key(&arena, memory, mb_node_int(&arena, INT64_C(33500000000))),
        environment_key(&arena, memory, mb_node_int(&arena, INT64_C(33500100000))));
    assert_string_not_equal(
        environment_key(&arena, memory, mb_node_int(&arena, INT64_C(33500000000))),
        environment_key(&arena, memory, mb_node_int(&arena, INT64_C(67000000000))));
    assert_string_equal(none, environment_key(&arena, load, mb_node_int(&arena, 3)));
    mb_arena_release(&arena);
}

// A promise to whoever stores results: these digests change with the scheme only.
static void test_scheme_1_is_stable(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_keys keys = keys_of(&arena, BASE);
    assert_string_equal(
        keys.workloads[0].digest,
        "e9c317c9198d024d13d9ff3e53b95e55b949f84ec0fa421b5ca567909ca57773");
    assert_string_equal(
        keys.variants[1].digest,
        "2d459e34276d3f63fae84ac63168a280237adb0e6dcd2bb979cdd4e5520e9ac0");
    assert_string_equal(
        keys.application,
        "3b7507099afba9aefb81443f78b48f5458d48373c2698da419027e7cc0da7df1");
    assert_string_equal(
        keys.environment,
        "eab29a907d48bb1206e73af20d5c3801095fa71756117859b8fa2d0c78353c67");
    assert_string_equal(
        keys.benchmark,
        "7bfbbdea5e0bd252e447bd21b525920b0ac5590c55772297c322cbec85216eb8");
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_foreign_keys_count),
        cmocka_unit_test(test_twin_has_its_originals_key),
        cmocka_unit_test(test_captured_facts),
        cmocka_unit_test(test_scheme_1_is_stable),
    };
    return cmocka_run_group_tests_name("model/spec_keys", tests, NULL, NULL);
}
