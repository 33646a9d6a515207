#include "import_fixture.h"

static void report(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "ab/ab.txt", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(run->version, "2.3");
    assert_string_equal(run->url, "http://127.0.0.1:18080/");
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->point.connections, 4);
    assert_int_equal(run->part.counts.ok, 40);
    assert_int_equal(response->n, 40);
    assert_int_equal(import_quantile(response, 500000000), 2000000);
    assert_true(import_quantile(response, 1000000000) > 0);
    import_release(&fixture);
    run = import_file(&fixture, "ab/ab-errors.txt", 1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 7);
    assert_int_equal(run->part.counts.ok, 33);
    assert_true(run->part.dist[MB_DIST_RESPONSE].mixed);
    import_release(&fixture);
}

static void files_beside_it(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "ab/percentiles.csv", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    assert_int_equal(response->type, MB_DIST_QUANTILES);
    assert_int_equal(response->n, -1);
    assert_int_equal(response->min, 1227000);
    assert_int_equal(import_quantile(response, 1000000000), 3119000);
    assert_int_equal(import_quantile(response, 990000000), -1);
    assert_int_equal(fixture.import.note_count, 1);
    assert_int_equal(run->part.counts.intended, -1);
    import_release(&fixture);
    run = import_file(&fixture, "ab/requests.tsv", 1);
    response = &run->part.dist[MB_DIST_RESPONSE];
    assert_int_equal(response->type, MB_DIST_HDR);
    assert_int_equal(response->n, 40);
    assert_true(response->mixed);
    assert_int_equal(run->window_ns, -1);
    assert_true(run->start_unix_ns > INT64_C(1700000000000000000));
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"This is ApacheBench, Version 2.3 <$Rev$>\nConcurrency Level:  1\n",
         "the report that begins here ends before 'Complete requests'"},
        {"Percentage served,Time in ms\n0,1.0\n50,x\n", "not a row of ab's: '50,x'"},
        {"Percentage served,Time in ms\n",
         "the report that begins here holds no percentile"},
        {"starttime\tseconds\tctime\tdtime\tttime\twait\nnow\t1\t2\n",
         "not a row of ab's: 'now\t1\t2'"},
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
        cmocka_unit_test(report),
        cmocka_unit_test(files_beside_it),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_ab", tests, NULL, NULL);
}
