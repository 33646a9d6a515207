#include "spec_fixture.h"

#include "model/spec_template.h"

static const int64_t RATES[] = {500000, INT64_C(1000000000)};

static struct mb_spec write_and_load(struct mb_arena *arena,
                                     const struct mb_spec_template *template)
{
    struct mb_buf text;
    mb_buf_init(&text, 0);
    mb_spec_template_write(arena, template, &text);
    struct mb_spec spec = load_text(arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return spec;
}

static void test_local_proxies(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_fact facts[] = {
        {.path = "environment.host.cpus", .captured = mb_node_int(&arena, 8)},
        {.path = "environment.host.cpu_model",
         .captured = mb_node_string(&arena, "A \"fast\" CPU: @ 2.8 GHz # 1")},
        {.path = "environment.host.kernel", .captured = mb_node_string(&arena, "6.10")},
        {.path = "environment.host.arch"},
        {.path = "environment.host.memory_bytes",
         .captured = mb_node_int(&arena, INT64_C(33550000128))},
    };
    struct mb_fact_list list = {facts, sizeof facts / sizeof facts[0], 0};
    static const struct mb_spec_template_variant variants[] = {
        {.name = "nginx", .type = "nginx"}, {.name = "haproxy", .type = "haproxy"}};
    struct mb_spec_template template = {
        .name = "here",
        .variants = variants,
        .variant_count = 2,
        .rates_micro_rps = RATES,
        .rate_count = 2,
        .connections = 16,
        .duration_ns = INT64_C(30000000000),
        .facts = &list,
    };
    struct mb_spec spec = write_and_load(&arena, &template);
    assert_string_equal(spec.name, "here");
    assert_string_equal(spec.application.builtin, "echo");
    assert_int_equal(spec.variant_count, 4); // with the twin
    assert_string_equal(spec.variants[2].adapter, "haproxy");
    assert_string_equal(spec.baseline, "baseline");
    assert_int_equal(spec.workloads[0].rates_micro_rps[0], 500000);
    assert_int_equal(spec.workloads[0].duration_ns, INT64_C(30000000000));
    const struct mb_node *node = mb_node_at(spec.root, "/environment/nodes/0");
    assert_string_equal(mb_node_text(mb_node_find(node, "cpu_model"), ""),
                        "A \"fast\" CPU: @ 2.8 GHz # 1");
    assert_string_equal(mb_node_text(mb_node_find(node, "kernel"), ""), "6.10");
    assert_string_equal(mb_node_text(mb_node_find(node, "memory"), ""), "31995Mi");
    assert_int_equal(mb_node_integer(mb_node_find(node, "cpus"), 0), 8);
    assert_null(mb_node_find(node, "arch"));
    mb_arena_release(&arena);
}

static void test_meshes_elsewhere(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    static const struct mb_spec_template_variant variants[] = {
        {.name = "istio", .type = "istio", .version = "1.28", .url = "http://b:80/x"}};
    struct mb_spec_template template = {
        .name = "there",
        .baseline_url = "http://a:80/x",
        .variants = variants,
        .variant_count = 1,
        .rates_micro_rps = RATES,
        .rate_count = 1,
        .connections = 64,
        .duration_ns = INT64_C(60000000000),
    };
    struct mb_spec spec = write_and_load(&arena, &template);
    assert_null(spec.application.builtin);
    assert_string_equal(spec.variants[0].url, "http://a:80/x");
    assert_string_equal(spec.variants[1].url, "http://b:80/x");
    assert_string_equal(spec.variants[1].mesh_version, "1.28");
    assert_null(spec.variants[1].adapter);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_local_proxies),
        cmocka_unit_test(test_meshes_elsewhere),
    };
    return cmocka_run_group_tests_name("model/spec_template", tests, NULL, NULL);
}
