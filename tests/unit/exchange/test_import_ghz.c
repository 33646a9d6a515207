// ghz's forms, recorded and made up: requests one by one, percentiles, reports.
#include "import_fixture.h"

static void details(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "ghz/ghz-duration.json", 1);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(run->workload, "fgrpc.PingServer.Ping");
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->point.connections, 1);
    assert_int_equal(run->point.timeout_ns, INT64_C(20000000000));
    assert_int_equal(run->concurrency, 3);
    assert_int_equal(run->window_ns, 300619631);
    // The first one ended at 20.982134868 s after 12363094 ns.
    assert_int_equal(run->start_unix_ns % INT64_C(1000000000), 969771774);
    assert_null(run->cut_off);
    assert_int_equal(run->part.counts.intended, 84);
    assert_int_equal(run->part.counts.ok, 81);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 3);
    assert_int_equal(dist->type, MB_DIST_HDR);
    assert_int_equal(dist->n, 81);
    assert_int_equal(dist->max, 12443724);
    assert_int_equal(run->part.dist[MB_DIST_ERROR_RESPONSE].n, 3);
    import_release(&fixture);
}

static void percentiles(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "ghz/ghz-no-details.json", 1);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(dist->type, MB_DIST_QUANTILES);
    assert_int_equal(dist->n, 200);
    assert_int_equal(dist->min, 70885);
    assert_int_equal(dist->sum, INT64_C(261856) * 200);
    assert_int_equal(import_quantile(dist, 990000000), 1724072);
    import_release(&fixture);
}

static void rates(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        enum mb_load_model model;
        int64_t rate;
    } cases[] = {
        {"\"c\": 5, \"qps\": 20", MB_LOAD_PACED, 20000000},
        {"\"rps\": 20, \"async\": true", MB_LOAD_OPEN, 20000000},
        {"\"rps\": 0, \"async\": true", MB_LOAD_UNKNOWN, -1},
        {"\"rps\": 5, \"load-schedule\": \"step\"", MB_LOAD_PACED, -1},
        {"\"c\": 5", MB_LOAD_CLOSED, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        struct mb_arena arena = {0};
        const char *text = mb_arena_print(
            &arena,
            "{\"endReason\": \"cancel\", \"options\": {\"call\": \"x\", %s}, \"total\": "
            "9, \"statusCodeDistribution\": {\"NotFound\": 2}}",
            cases[i].options);
        assert_int_equal(import_text(&fixture, text), MB_OK);
        const struct mb_import_run *run = fixture.import.runs;
        assert_int_equal(run->point.load_model, cases[i].model);
        assert_int_equal(run->point.rate_micro_rps, cases[i].rate);
        assert_string_equal(run->cut_off, "it was cancelled");
        assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 2);
        assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
        import_release(&fixture);
        mb_arena_release(&arena);
    }
}

static void reports(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "ghz/ghz.txt", 1);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(fixture.importer->name, "ghz-text");
    assert_int_equal(run->point.load_model, MB_LOAD_UNKNOWN);
    assert_int_equal(run->window_ns, 14690000);
    assert_int_equal(run->part.counts.ok, 200);
    assert_int_equal(dist->n, 200);
    assert_int_equal(import_quantile(dist, 990000000), 1010000);
    import_release(&fixture);
    run = import_file(&fixture, "ghz/ghz-errors.txt", 1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_TIMEOUT], 60);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    import_release(&fixture);
    run = import_file(&fixture, "ghz/ghz.csv", 1);
    assert_int_equal(run->part.counts.ok, 19);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].n, 19);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"Summary:\n  Count:\t3\n  Requests/sec:\t1\n",
         "the statuses of the report that begins here are not as many as its 'Count'"},
        {"duration (ms),status,error\n-1,OK,\n", "'-1' is no duration of a request"},
        {"{\"endReason\": \"normal\", \"options\": {\"call\": \"x\"}}",
         "'total' is not a number of ns"},
        {"{\"endReason\": \"normal\", \"options\": {\"call\": \"x\"}, \"total\": 1, "
         "\"count\": 1, \"details\": [{\"latency\": -1, \"status\": \"OK\"}]}",
         "'latency' of a request is not a number of ns"},
        {"{\"endReason\": \"normal\", \"options\": {\"call\": \"x\"}, \"total\": 1, "
         "\"latencyDistribution\": [{\"percentage\": 101, \"latency\": 1}]}",
         "a percentile is none"},
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
        cmocka_unit_test(details), cmocka_unit_test(percentiles), cmocka_unit_test(rates),
        cmocka_unit_test(reports), cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_ghz", tests, NULL, NULL);
}
