#include "import_fixture.h"

static void recorded(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "hyperfine/hyperfine.json", 2);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(run->variant, "sleep 0.01");
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->part.counts.ok, 6);
    assert_int_equal(dist->type, MB_DIST_HDR);
    assert_int_equal(dist->n, 6);
    assert_int_equal(run->resource_count, 1);
    assert_int_equal(run->resources[0].role, MB_ROLE_APPLICATION);
    assert_true(run->resources[0].cpu_end_ns > 0);
    run++;
    assert_string_equal(run->variant, "false");
    assert_int_equal(run->part.counts.ok, 0);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 6);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    assert_int_equal(run->part.dist[MB_DIST_ERROR_RESPONSE].n, 6);
    import_release(&fixture);
}

static void forms(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "{\"results\": [{\"command\": \"a\", \"mean\": 0.002, \"stddev\": "
                    "null, \"median\": 0.0015, \"min\": 0.001, \"max\": 0.004}]}"),
        MB_OK);
    const struct mb_dist *dist = &fixture.import.runs[0].part.dist[MB_DIST_SERVICE];
    assert_int_equal(dist->n, -1);
    assert_int_equal(dist->min, 1000000);
    assert_int_equal(import_quantile(dist, 500000000), 1500000);
    import_release(&fixture);
    assert_int_equal(
        import_text(&fixture,
                    "{\"results\": [{\"command\": \"a\", \"stddev\": 0, \"median\": 1, "
                    "\"user\": 0.5, \"system\": 0.25, \"times\": [1, 1.5, 2], "
                    "\"exit_codes\": [0, null, 0], \"memory_usage_byte\": [10, 30, "
                    "20]}]}"),
        MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    assert_int_equal(run->part.counts.ok, 2);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].sum, INT64_C(3000000000));
    assert_int_equal(run->resources[0].cpu_end_ns, INT64_C(2250000000));
    assert_int_equal(run->resources[0].rss_max_bytes, 30);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"{\"results\": [{\"command\": \"a\", \"stddev\": 0, \"median\": 1}]}",
         "neither 'times' nor all of 'mean', 'min', 'max', 'median'"},
        {"{\"results\": [{\"command\": \"a\", \"stddev\": 0, \"median\": 1, \"times\": "
         "[-1]}]}",
         "a time is no number of seconds"},
        {"{\"results\": {\"command\": \"a\", \"stddev\": 0, \"median\": 1}}",
         "a document without 'results'"},
        {"{\"results\": [{\"command\": \"a\", \"stddev\": 0, \"median\": 1",
         "the JSON document is cut off"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        assert_string_equal(fixture.err.message, cases[i].message);
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded),
        cmocka_unit_test(forms),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_hyperfine", tests, NULL, NULL);
}
