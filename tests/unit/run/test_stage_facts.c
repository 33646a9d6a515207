#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/version.h"
#include "fake_run.h"
#include "run/stage_facts.h"

struct fixture {
    struct mb_arena arena;
    struct fake_run fake;
    struct mb_fact_list facts;
};

static int setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){0};
    fake_run_init(&fixture.fake);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    mb_arena_release(&fixture->arena);
    return 0;
}

// What mb_host_capture would have found.
static void host_add(struct fixture *fixture, const char *path, struct mb_node *captured)
{
    mb_fact_add(
        &fixture->arena, &fixture->facts,
        (struct mb_fact){
            .path = path, .captured = captured, .source = "/proc", .at_unix_ns = 1});
}

static void collect(struct fixture *fixture, const char *text,
                    struct mb_adapter_instance *instances)
{
    struct mb_spec spec;
    struct mb_err err = {0};
    fake_run_spec(&fixture->arena, text, &spec);
    host_add(fixture, "environment.host.cpus", mb_node_int(&fixture->arena, 2));
    host_add(fixture, "environment.host.kernel",
             mb_node_string(&fixture->arena, "6.1.0"));
    struct mb_stage_source source = {
        .ctx = &fixture->fake.ctx, .spec = &spec, .instances = instances};
    if (mb_stage_facts(&fixture->arena, &source, &fixture->facts, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
}

static const struct mb_fact *find(const struct fixture *fixture, const char *path)
{
    for (size_t i = 0; i < fixture->facts.count; i++) {
        if (strcmp(fixture->facts.items[i].path, path) == 0) {
            return &fixture->facts.items[i];
        }
    }
    fail_msg("no fact '%s'", path);
    return NULL;
}

static const char workload[] =
    "workloads: [{name: ceiling, load_model: closed, connections: 1, duration: 1s}]\n";

static const char *spec_with(struct fixture *fixture, const char *environment)
{
    return mb_arena_print(&fixture->arena,
                          "meshbench: v1\n"
                          "kind: benchmark\n"
                          "name: facts\n"
                          "%s"
                          "application: {name: echo, builtin: echo}\n"
                          "variants: [{name: plain, mesh: none}]\n"
                          "%s",
                          environment, workload);
}

// One node and no orchestrator: it is this host, and what was captured stands beside it.
static void test_declared_node_is_this_host(void **state)
{
    struct fixture *fixture = *state;
    struct mb_adapter_instance instances[1] = {0};
    collect(fixture,
            spec_with(fixture, "environment:\n"
                               "  orchestrator: {type: process}\n"
                               "  nodes: [{cpus: 8, kernel: '6.1', memory: 32Gi}]\n"),
            instances);
    const struct mb_fact *cpus = find(fixture, "environment.nodes.0.cpus");
    assert_int_equal(mb_node_integer(cpus->declared, 0), 8);
    assert_int_equal(mb_node_integer(cpus->captured, 0), 2);
    assert_string_equal(cpus->source, "/proc");
    const struct mb_fact *memory = find(fixture, "environment.nodes.0.memory");
    assert_string_equal(mb_node_text(memory->declared, ""), "32Gi");
    assert_null(memory->captured);
    assert_null(memory->source);
    assert_int_equal(memory->at_unix_ns, 0);
}

// Nodes that could be elsewhere are only declared.
static void test_declared_nodes_elsewhere(void **state)
{
    struct fixture *fixture = *state;
    static const char *const environments[] = {
        "environment: {orchestrator: {type: kubernetes}, nodes: [{cpus: 8}]}\n",
        "environment: {nodes: [{cpus: 8, count: 3}]}\n",
        "environment: {nodes: [{cpus: 8}, {cpus: 4}]}\n",
    };
    struct mb_adapter_instance instances[1] = {0};
    for (size_t i = 0; i < sizeof environments / sizeof environments[0]; i++) {
        fixture->facts = (struct mb_fact_list){0};
        collect(fixture, spec_with(fixture, environments[i]), instances);
        assert_null(find(fixture, "environment.nodes.0.cpus")->captured);
    }
}

static void test_application_and_run(void **state)
{
    struct fixture *fixture = *state;
    struct mb_adapter_instance instances[1] = {0};
    collect(fixture, spec_with(fixture, ""), instances);
    assert_string_equal(mb_node_text(find(fixture, "application.version")->captured, ""),
                        mb_version());
    assert_string_equal(mb_node_text(find(fixture, "run.idle_variants")->captured, ""),
                        "running");
}

static void test_variants(void **state)
{
    struct fixture *fixture = *state;
    char *dir = NULL;
    struct mb_err err = {0};
    assert_int_equal(mb_file_make_temp_dir(&fixture->arena, "test-facts", &dir, &err),
                     MB_OK);
    const char *rendered = mb_file_join(&fixture->arena, dir, "proxy.conf");
    assert_int_equal(mb_file_write(rendered, "listen 1;\n", 10, &err), MB_OK);
    struct mb_adapter_instance instances[3] = {
        [1] = {.version = "1.22.1", .configs = &rendered, .config_count = 1},
    };
    collect(fixture, fake_run_spec_text, instances);
    const struct mb_fact *version = find(fixture, "variants.proxy.version");
    assert_string_equal(mb_node_text(version->declared, ""), "1.22.1");
    assert_string_equal(mb_node_text(version->captured, ""), "1.22.1");
    char digest[MB_DIGEST_TEXT];
    mb_digest_text("listen 1;\n", 10, digest);
    assert_string_equal(
        mb_node_text(find(fixture, "variants.proxy.rendered.proxy.conf")->captured, ""),
        digest);
    for (size_t i = 0; i < fixture->facts.count; i++) {
        assert_null(strstr(fixture->facts.items[i].path, "plain-aa"));
    }
    assert_int_equal(mb_file_remove_tree(dir, &err), MB_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_declared_node_is_this_host, setup, teardown),
        cmocka_unit_test_setup_teardown(test_declared_nodes_elsewhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_application_and_run, setup, teardown),
        cmocka_unit_test_setup_teardown(test_variants, setup, teardown),
    };
    return cmocka_run_group_tests_name("run/stage_facts", tests, NULL, NULL);
}
