#include "spec_fixture.h"

static void test_reads_request(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "full.yaml");
    const struct mb_request *request = &mb_spec_find_workload(&spec, "steady")->request;
    assert_string_equal(request->method, "POST");
    assert_string_equal(request->path, "/productpage?u=test");
    assert_int_equal(request->timeout_ns, INT64_C(2000000000));
    assert_false(request->keepalive);
    assert_int_equal(request->body_size, 5);
    assert_memory_equal(request->body, "hello", 5);
    assert_int_equal(request->expect_count, 2);
    assert_int_equal(request->expect_status[1], 201);
    assert_int_equal(request->header_count, 3);
    assert_string_equal(request->headers[0].name, "Content-Type");
    assert_string_equal(request->headers[0].value, "text/plain");
    mb_arena_release(&arena);
}

static void test_reads_load(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "full.yaml");
    const struct mb_workload *steady = mb_spec_find_workload(&spec, "steady");
    assert_int_equal(steady->load_model, MB_LOAD_OPEN);
    assert_int_equal(steady->arrivals, MB_ARRIVALS_POISSON);
    assert_int_equal(steady->duration_ns, INT64_C(90000000000));
    assert_int_equal(steady->warmup_ns, INT64_C(10000000000));
    assert_int_equal(steady->threads, 2);
    const struct mb_workload *upload = mb_spec_find_workload(&spec, "upload");
    assert_int_equal(upload->load_model, MB_LOAD_PACED);
    assert_int_equal(upload->request.body_size, 65536);
    assert_int_equal(upload->request.body[65535], 'x');
    assert_string_equal(upload->request.path, "/productpage"); // the application's
    assert_null(mb_spec_find_workload(&spec, "other"));
    assert_null(mb_spec_find_workload(&spec, NULL));
    mb_arena_release(&arena);
}

static void test_secrets_are_read_but_not_resolved(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "full.yaml");
    const struct mb_request *request = &spec.workloads[0].request;
    assert_string_equal(request->headers[1].value, "s3cret");
    assert_string_equal(request->headers[2].value, "example-key-value");
    const char *resolved = json_of(&arena, spec.resolved);
    assert_null(strstr(resolved, "s3cret"));
    assert_null(strstr(resolved, "example-key-value"));
    assert_non_null(strstr(resolved, "{\"env\":\"MESHBENCH_EXAMPLE_TOKEN\"}"));
    mb_arena_release(&arena);
}

static void test_secrets_need_not_be_read(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_doc doc = read_fixture(&arena, GOOD "full.yaml");
    struct mb_spec spec;
    struct mb_err err = {0};
    assert_int_equal(mb_spec_from_doc(&arena, &doc, NULL, &spec, &err), MB_OK);
    assert_string_equal(spec.workloads[0].request.headers[1].value, "");
    assert_string_equal(spec.workloads[0].request.headers[2].value, "");
    mb_arena_release(&arena);
}

static void test_expands_points(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_spec spec = load_fixture(&arena, GOOD "sidecar-overhead.yaml");
    size_t count = 0;
    struct mb_point *points = mb_spec_points(&arena, &spec.workloads[0], &count);
    static const int64_t wanted[][2] = {
        {16, 100000000}, {16, 1000000000}, {64, 100000000}, {64, 1000000000}};
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(points[i].workload, "steady");
        assert_int_equal(points[i].load_model, MB_LOAD_OPEN);
        assert_int_equal(points[i].connections, wanted[i][0]);
        assert_int_equal(points[i].rate_micro_rps, wanted[i][1]);
        assert_int_equal(points[i].timeout_ns, INT64_C(5000000000));
    }
    points = mb_spec_points(&arena, &spec.workloads[1], &count);
    assert_int_equal(count, 1);
    assert_int_equal(points[0].rate_micro_rps, -1);
    mb_arena_release(&arena);
}

#define LOAD HEAD VARIANT "workloads:\n  - name: w\n    duration: 1s\n"
#define ASK                                                                              \
    HEAD VARIANT "workloads:\n  - name: w\n    load_model: closed\n    connections: 1\n" \
                 "    duration: 1s\n    request: "

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *message;
    } cases[] = {
        {"closed with a rate",
         LOAD "    load_model: closed\n    connections: 1\n    rate: 5rps\n",
         "load model 'closed' takes no 'rate'; 'paced' does"},
        {"open without", LOAD "    load_model: open\n    connections: 1\n",
         "load model 'open' wants a 'rate'"},
        {"unknown model", LOAD "    load_model: unknown\n    connections: 1\n",
         "'load_model' is 'unknown', not open, closed or paced"},
        {"unknown arrivals",
         LOAD "    load_model: closed\n    connections: 1\n    arrivals: uniform\n",
         "'arrivals' is 'uniform', not constant or poisson"},
        {"rate of zero",
         LOAD "    load_model: open\n    connections: 1\n    rate: 0rps\n",
         "'rate' is not above zero"},
        {"no connections", LOAD "    load_model: closed\n    connections: []\n",
         "'connections' is missing or empty"},
        {"too many connections", LOAD "    load_model: closed\n    connections: 100001\n",
         "'connections' wants integers from 1 to 100000"},
        {"no duration",
         HEAD VARIANT "workloads: [{name: w, load_model: closed, connections: 1}]",
         "'duration' is missing or zero"},
        {"time-out", ASK "{timeout: 0s}\n", "'timeout' is not above zero"},
        {"two bodies", ASK "{body: a, body_size: 1k}\n",
         "'body' and 'body_size' exclude each other"},
        {"large body", ASK "{body_size: 17Mi}\n",
         "'body_size' is 17825792 bytes, more than 16777216"},
        {"status", ASK "{expect_status: [99]}\n",
         "'expect_status' wants integers from 100 to 599"},
        {"variable", ASK "{headers: {A: {env: NOT_SET}}}\n",
         "'A' wants environment variable 'NOT_SET', which is not set"},
        {"line end in a header", ASK "{headers: {A: \"b\\r\\nC: d\"}}\n",
         "'A' holds a line end"},
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
        mb_arena_release(&arena);
    }
}

static void test_refuses_a_huge_matrix(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_buf text;
    mb_buf_init(&text, 0);
    mb_buf_append_string(&text, LOAD "    load_model: open\n    connections: [");
    for (int i = 1; i <= 101; i++) {
        mb_buf_print(&text, "%s%d", i > 1 ? ", " : "", i);
    }
    mb_buf_append_string(&text, "]\n    rate: [");
    for (int i = 1; i <= 100; i++) {
        mb_buf_print(&text, "%s%drps", i > 1 ? ", " : "", i);
    }
    mb_buf_append_string(&text, "]\n");
    struct mb_doc doc = parse_text(&arena, mb_buf_string(&text));
    struct mb_spec spec;
    struct mb_err err = {0};
    assert_int_equal(mb_spec_from_doc(&arena, &doc, fake_env, &spec, &err), MB_INVALID);
    assert_string_equal(err.message, "workload 'w' has more than 10000 load points");
    mb_buf_release(&text);
    mb_arena_release(&arena);
}

// A variant's header fields replace the workload's, whatever the case of their names.
static void test_variant_has_headers(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_doc doc = parse_text(
        &arena,
        "name: n\napplication: {name: a}\n"
        "variants:\n"
        "  - {name: plain, mesh: none, url: 'http://a'}\n"
        "  - {name: gated, mesh: {type: istio}, url: 'http://g',\n"
        "     headers: {HOST: app.example, X-Key: {env: MESHBENCH_EXAMPLE_TOKEN}}}\n"
        "workloads:\n"
        "  - name: w\n    type: load\n    load_model: closed\n"
        "    connections: 1\n    duration: 1s\n"
        "    request: {headers: {Host: plain.example, Accept: '*/*'}}\n");
    struct mb_spec spec;
    struct mb_err err = {0};
    assert_int_equal(mb_spec_from_doc(&arena, &doc, fake_env, &spec, &err), MB_OK);
    struct mb_request plain =
        mb_spec_request(&arena, &spec.workloads[0], &spec.variants[0]);
    assert_int_equal(plain.header_count, 2);
    assert_string_equal(plain.headers[0].value, "plain.example");
    struct mb_request gated =
        mb_spec_request(&arena, &spec.workloads[0], &spec.variants[1]);
    assert_int_equal(gated.header_count, 3);
    assert_string_equal(gated.headers[0].name, "Accept");
    assert_string_equal(gated.headers[1].name, "HOST");
    assert_string_equal(gated.headers[1].value, "app.example");
    assert_string_equal(gated.headers[2].value, "s3cret");
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_request),
        cmocka_unit_test(test_reads_load),
        cmocka_unit_test(test_secrets_are_read_but_not_resolved),
        cmocka_unit_test(test_secrets_need_not_be_read),
        cmocka_unit_test(test_expands_points),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_refuses_a_huge_matrix),
        cmocka_unit_test(test_variant_has_headers),
    };
    return cmocka_run_group_tests_name("model/spec_workload", tests, NULL, NULL);
}
