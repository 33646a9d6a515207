#include "spec_fixture.h"

#include "base/digest.h"
#include "base/file.h"

static void test_reads_variant(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "full.yaml");
    const struct mb_variant *variant = mb_spec_find_variant(&spec, "istio-mtls");
    assert_string_equal(variant->mesh_type, "istio");
    assert_string_equal(variant->mesh_version, "1.28.1");
    assert_string_equal(variant->url, "http://productpage.meshed:9080");
    assert_string_equal(variant->adapter, "running");
    assert_int_equal(variant->parameter_count, 1);
    assert_string_equal(variant->parameters[0].name, "url");
    assert_string_equal(variant->parameters[0].value, "http://productpage.meshed:9080");
    assert_null(mb_spec_find_variant(&spec, "other"));
    mb_arena_release(&arena);
}

static void test_parameters_are_text(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_text(&arena, HEAD WORKLOAD
                                    "variants: [{name: a, mesh: none, adapter: {use: b, "
                                    "parameters: {text: c, count: 30, on: true}}}]");
    const struct mb_variant *variant = &spec.variants[0];
    assert_int_equal(variant->parameter_count, 3);
    assert_string_equal(variant->parameters[0].value, "c");
    assert_string_equal(variant->parameters[1].value, "30");
    assert_string_equal(variant->parameters[2].name, "on");
    assert_string_equal(variant->parameters[2].value, "true");
    mb_arena_release(&arena);
}

static void test_reads_application(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "local-proxies.yaml");
    assert_string_equal(spec.application.name, "echo");
    assert_string_equal(spec.application.builtin, "echo");
    assert_int_equal(spec.application.argument_count, 2);
    assert_string_equal(spec.application.arguments[1], "1Ki");
    assert_int_equal(spec.application.cpu, 1);
    assert_int_equal(spec.generator_cpu, 0);
    assert_null(spec.application.version);
    mb_arena_release(&arena);
}

static void test_adds_the_twin(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "local-proxies.yaml");
    assert_int_equal(spec.variant_count, 5);
    const struct mb_variant *twin = mb_spec_find_variant(&spec, "baseline-aa");
    assert_ptr_equal(twin, &spec.variants[4]);
    assert_string_equal(twin->aa_of, "baseline");
    assert_string_equal(twin->mesh_type, "none");
    assert_null(mb_spec_find_variant(&spec, "baseline")->aa_of);
    assert_int_equal(mb_node_count(mb_node_find(spec.resolved, "variants")), 4);
    mb_arena_release(&arena);
}

static void test_adapter_path_counts_from_the_spec(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    static const char text[] =
        HEAD WORKLOAD "variants: [{name: a, mesh: none, adapter: my/proxy.yaml}]";
    struct mb_doc doc = parse_text(&arena, text);
    doc.name = "some/where/t.yaml";
    struct mb_spec spec = load_doc(&arena, &doc);
    assert_string_equal(spec.variants[0].adapter, "some/where/my/proxy.yaml");
    assert_string_equal(
        mb_node_text(mb_node_at(spec.resolved, "/variants/0/adapter/use"), ""),
        "my/proxy.yaml");
    mb_arena_release(&arena);
}

static void test_adapter_is_file(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_file;
    } cases[] = {
        {"envoy", false},     {"./envoy", true},   {"my/proxy", true},
        {"proxy.yaml", true}, {"proxy.yml", true}, {"proxy.json", true},
        {".yaml", false},     {"yaml", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (mb_spec_adapter_is_file(cases[i].name) != cases[i].is_file) {
            fail_msg("%s", cases[i].name);
        }
    }
}

struct folder {
    struct mb_arena arena;
    char *path;
    char digest[MB_DIGEST_TEXT];
};

static struct folder make_folder(void)
{
    static const char content[] = "concurrency: 2\n";
    struct folder folder = {{0}, NULL, ""};
    struct mb_err err = {0};
    if (mb_file_make_temp_dir(&folder.arena, "spec", &folder.path, &err) != MB_OK ||
        mb_file_write(mb_file_join(&folder.arena, folder.path, "mesh.yaml"), content,
                      strlen(content), &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    mb_digest_text(content, strlen(content), folder.digest);
    return folder;
}

static void release_folder(struct folder *folder)
{
    struct mb_err err = {0};
    assert_int_equal(mb_file_remove_tree(folder->path, &err), MB_OK);
    mb_arena_release(&folder->arena);
}

static enum mb_status load_with_files(struct folder *folder, const char *files,
                                      struct mb_spec *spec, struct mb_err *err)
{
    struct mb_arena *arena = &folder->arena;
    struct mb_doc doc = parse_text(
        arena, mb_arena_print(arena,
                              HEAD WORKLOAD
                              "variants: [{name: a, mesh: none, config_files: [%s]}]",
                              files));
    doc.name = mb_file_join(arena, folder->path, "t.yaml");
    return mb_spec_from_doc(arena, &doc, fake_env, spec, err);
}

static void test_digests_config_files(void **state)
{
    (void)state;
    struct folder folder = make_folder();
    struct mb_spec spec;
    struct mb_err err = {0};
    assert_int_equal(load_with_files(&folder, "mesh.yaml", &spec, &err), MB_OK);
    assert_int_equal(spec.variants[0].config_file_count, 1);
    assert_string_equal(spec.variants[0].config_files[0],
                        mb_file_join(&folder.arena, folder.path, "mesh.yaml"));
    assert_string_equal(spec.variants[0].config_digests[0], folder.digest);
    const struct mb_node *file = mb_node_at(spec.resolved, "/variants/0/config_files/0");
    assert_string_equal(mb_node_text(mb_node_find(file, "path"), ""), "mesh.yaml");
    assert_string_equal(mb_node_text(mb_node_find(file, "sha256"), ""), folder.digest);
    release_folder(&folder);
}

static void test_holds_pinned_digests(void **state)
{
    (void)state;
    struct folder folder = make_folder();
    struct mb_spec spec;
    struct mb_err err = {0};
    const char *good =
        mb_arena_print(&folder.arena, "{path: mesh.yaml, sha256: '%s'}", folder.digest);
    assert_int_equal(load_with_files(&folder, good, &spec, &err), MB_OK);
    folder.digest[0] = folder.digest[0] == '0' ? '1' : '0';
    const char *bad =
        mb_arena_print(&folder.arena, "{path: mesh.yaml, sha256: '%s'}", folder.digest);
    assert_int_equal(load_with_files(&folder, bad, &spec, &err), MB_INVALID);
    assert_non_null(strstr(err.message, "as pinned"));
    release_folder(&folder);
}

static void test_missing_config_file(void **state)
{
    (void)state;
    struct folder folder = make_folder();
    struct mb_spec spec;
    struct mb_err err = {0};
    assert_int_equal(load_with_files(&folder, "other.yaml", &spec, &err), MB_FAILED);
    assert_non_null(strstr(err.message, "other.yaml"));
    release_folder(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_variant),
        cmocka_unit_test(test_parameters_are_text),
        cmocka_unit_test(test_reads_application),
        cmocka_unit_test(test_adds_the_twin),
        cmocka_unit_test(test_adapter_path_counts_from_the_spec),
        cmocka_unit_test(test_adapter_is_file),
        cmocka_unit_test(test_digests_config_files),
        cmocka_unit_test(test_holds_pinned_digests),
        cmocka_unit_test(test_missing_config_file),
    };
    return cmocka_run_group_tests_name("model/spec_variant", tests, NULL, NULL);
}
