// Configurations of Service Mesh Performance as specs: what goes where, and that every
// spec that is made is one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"
#include "exchange/smp_names.h"
#include "exchange/smp_spec.h"
#include "format/emit.h"

static enum mb_status convert(struct mb_arena *arena, const char *text,
                              struct mb_node **spec, struct mb_diag *diag,
                              struct mb_err *err)
{
    struct mb_doc doc;
    mb_diag_init(diag, arena);
    assert_int_equal(mb_doc_parse(arena, "smp.yaml", text, strlen(text), &doc, err),
                     MB_OK);
    assert_true(mb_smp_is_config(doc.root));
    return mb_smp_to_spec(arena, &doc, spec, diag, err);
}

static bool noted(const struct mb_diag *diag, const char *code, const char *words)
{
    for (size_t i = 0; i < diag->count; i++) {
        if (strcmp(diag->items[i].code, code) == 0 &&
            strstr(diag->items[i].message, words) != NULL) {
            return diag->items[i].line > 0;
        }
    }
    return false;
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *pointer;
        const char *value;
    } cases[] = {
        {"name: Größe 42 / x", "/name", "gr-e-42-x"},
        {"name: Größe 42 / x", "/description", "Größe 42 / x"},
        {"name: plain", "/description", NULL},
        {"labels: {a: b}", "/labels/a", "b"},
        {"id: '7'", "/labels/smp-id", "7"},
        {"mesh: {type: 3, version: 1.2.3}", "/variants/0/mesh/type", "istio"},
        {"mesh: {type: 3, version: 1.2.3}", "/variants/0/mesh/version", "1.2.3"},
        {"mesh: {mesh_type: {type: NGINX_SERVICE_MESH}}", "/variants/0/name",
         "nginx-service-mesh"},
        {"mesh: {type: Cilium}", "/variants/0/mesh/type", "cilium"},
        {"mesh: {type: 0}", "/variants/0/mesh/type", "unknown"},
        {"", "/variants/0/url", "http://h:1"},
        {"", "/workloads/0/request/path", "/p?q=1"},
        {"", "/workloads/0/load_model", "paced"},
        {"", "/workloads/0/rate", "10rps"},
        {"", "/workloads/1/load_model", "closed"},
        {"", "/workloads/1/request/method", "POST"},
        {"", "/workloads/1/request/headers/Content-Type", "text/plain"},
        {"", "/workloads/1/duration", "1m"},
        {"", "/generator/placement", "inside"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_arena arena = {0};
        struct mb_diag diag;
        struct mb_err err = {0};
        struct mb_node *spec = NULL;
        const char *text = mb_arena_print(
            &arena,
            "smp_version: v0.0.1\nduration: 1m\n%s\nclients:\n"
            "- {internal: true, protocol: 1, connections: 2, rps: 10, endpoint_urls: "
            "['http://h:1/p?q=1']}\n"
            "- {internal: true, connections: 2, rps: 0, body: x, content_type: "
            "text/plain, endpoint_urls: ['http://h:1']}\n",
            cases[i].text);
        if (convert(&arena, text, &spec, &diag, &err) != MB_OK) {
            fail_msg("%s: %s", cases[i].text, err.message);
        }
        const char *got = mb_node_text(mb_node_at(spec, cases[i].pointer), NULL);
        if ((got == NULL) != (cases[i].value == NULL) ||
            (got != NULL && strcmp(got, cases[i].value) != 0)) {
            fail_msg("%s: %s is '%s'", cases[i].text, cases[i].pointer,
                     got != NULL ? got : "nothing");
        }
        struct mb_buf yaml = {0};
        struct mb_doc doc;
        struct mb_diag findings;
        mb_emit_yaml(spec, &yaml);
        assert_int_equal(mb_doc_parse(&arena, "spec.yaml", mb_buf_string(&yaml),
                                      yaml.size, &doc, &err),
                         MB_OK);
        mb_diag_init(&findings, &arena);
        (void)mb_check_document(&arena, NULL, &doc, MB_LEVEL_VALID, &findings);
        if (findings.errors > 0) {
            fail_msg("%s: %s", cases[i].text, findings.items[0].message);
        }
        mb_buf_release(&yaml);
        mb_arena_release(&arena);
    }
}

static void notes(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_diag diag;
    struct mb_err err = {0};
    struct mb_node *spec = NULL;
    assert_int_equal(convert(&arena,
                             "smp_version: 1\nduration: 1m\nextra: 1\nclients:\n"
                             "- {rps: 1, endpoint_urls: ['http://h']}\n"
                             "- {rps: 1, endpoint_urls: ['http://h']}\n",
                             &spec, &diag, &err),
                     MB_OK);
    assert_true(noted(&diag, "MB861", "which mesh"));
    assert_true(noted(&diag, "MB861", "no baseline"));
    assert_true(noted(&diag, "MB861", "number of connections"));
    assert_true(noted(&diag, "MB861", "load model"));
    assert_true(noted(&diag, "MB861", "warm-up"));
    assert_true(noted(&diag, "MB862", "'extra'"));
    assert_true(noted(&diag, "MB862", "one after another"));
    mb_arena_release(&arena);
}

// wrk2 makes no paced load: what it is asked for is its open one.
static void generator_decides(void **state)
{
    (void)state;
    static const struct {
        const char *generator;
        const char *model;
    } cases[] = {
        {"wrk2", "open"}, {"fortio", "paced"}, {"nighthawk", "open"}, {"else", "paced"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_arena arena = {0};
        struct mb_diag diag;
        struct mb_err err = {0};
        struct mb_node *spec = NULL;
        const char *text = mb_arena_print(
            &arena,
            "smp_version: 1\nduration: 1m\nclients:\n"
            "- {rps: 1, load_generator: %s, endpoint_urls: ['http://h']}\n",
            cases[i].generator);
        assert_int_equal(convert(&arena, text, &spec, &diag, &err), MB_OK);
        assert_string_equal(mb_node_text(mb_node_at(spec, "/workloads/0/load_model"), ""),
                            cases[i].model);
        mb_arena_release(&arena);
    }
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *clients;
        const char *message;
    } cases[] = {
        {"[]", "there is no client"},
        {"[{rps: 1}]", "no client has 'endpoint_urls'"},
        {"[3]", "no client has 'endpoint_urls'"},
        {"[{endpoint_urls: ['http://a/', 'http://b/']}]", "of several servers"},
        {"[{rps: 0.5, endpoint_urls: ['http://a/']}]", "'rps' is not a whole number"},
        {"[{rps: -1, endpoint_urls: ['http://a/']}]", "'rps' is not a whole number"},
        {"[{protocol: 7, endpoint_urls: ['http://a/']}]", "'protocol' is none of SMP's"},
        {"[{load_generator: wrk2, endpoint_urls: ['http://a/']}, {endpoint_urls: "
         "['http://a/']}]",
         "different load generators"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_arena arena = {0};
        struct mb_diag diag;
        struct mb_err err = {0};
        struct mb_node *spec = NULL;
        const char *text = mb_arena_print(
            &arena, "smp_version: 1\nduration: 1s\nclients: %s\n", cases[i].clients);
        assert_int_equal(convert(&arena, text, &spec, &diag, &err), MB_INVALID);
        if (strstr(err.message, cases[i].message) == NULL || err.line < 1) {
            fail_msg("%s: %d: %s", cases[i].clients, err.line, err.message);
        }
        mb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values), cmocka_unit_test(notes),
                                       cmocka_unit_test(generator_decides),
                                       cmocka_unit_test(refusals)};
    return cmocka_run_group_tests_name("exchange/smp_spec", tests, NULL, NULL);
}
