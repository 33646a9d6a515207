#include "import_fixture.h"

static void closed(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "wrk/wrk.txt", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(fixture.importer->name, "wrk");
    assert_string_equal(run->url, "http://127.0.0.1:18080/");
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->point.connections, 8);
    assert_int_equal(run->part.threads, 2);
    assert_int_equal(run->window_ns, 2000000000);
    assert_int_equal(run->part.counts.completed, 7425);
    assert_int_equal(run->part.counts.ok, 7425);
    // It adds latencies of requests that it did not send.
    assert_int_equal(run->part.co_handling, MB_CO_BACKFILLED);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_int_equal(response->n, -1);
    assert_int_equal(response->max, 9330000);
    assert_int_equal(response->sum, -1);
    assert_int_equal(import_quantile(response, 500000000), 2110000);
    assert_int_equal(import_quantile(response, 990000000), 5640000);
    assert_false(response->mixed);
    import_release(&fixture);
}

static void wrong_statuses(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "wrk/wrk-errors.txt", 1);
    assert_int_equal(run->part.counts.completed, 55716);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 11180);
    assert_int_equal(run->part.counts.ok, 55716 - 11180);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_SUMMARY);
    assert_true(run->part.dist[MB_DIST_RESPONSE].mixed);
    import_release(&fixture);
}

// wrk2 with --u_latency: counted from the intended moment, and from the actual sending.
static void both_latencies(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "wrk/wrk2-both.txt", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(run->part.generator_name, "wrk2");
    assert_int_equal(run->point.load_model, MB_LOAD_OPEN);
    assert_int_equal(run->part.co_handling, MB_CO_INTENDED);
    assert_int_equal(response->type, MB_DIST_BUCKETS);
    assert_int_equal(response->n, 1498);
    assert_int_equal(service->type, MB_DIST_BUCKETS);
    assert_int_equal(service->n, 1498);
    assert_int_equal(service->max, 3059000);
    assert_true(response->max > service->max);
    assert_int_equal(run->part.counts.completed, 1500);
    assert_int_equal(run->part.counts.ok, -1);
    import_release(&fixture);
}

static void rate_of_the_command(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *runs = import_file(&fixture, "wrk/wrk2-two.txt", 2);
    assert_int_equal(runs[0].point.rate_micro_rps, -1);
    assert_int_equal(runs[1].point.rate_micro_rps, 300000000);
    assert_string_equal(runs[1].part.generator_name, "wrk2");
    assert_int_equal(runs[1].part.dist[MB_DIST_RESPONSE].type, MB_DIST_SUMMARY);
    import_release(&fixture);
}

// As code in a document.
static void indented(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "    Running 2s test @ http://a/\n      2 threads and 8 connections\n"
                    "      10 requests in 2.00s, 1MB read\n    Requests/sec: 5\n"
                    "    Transfer/sec: 1MB\n\n"
                    "    Running 2s test @ http://b/\n      1 threads and 4 connections\n"
                    "      20 requests in 2.00s, 1MB read\n    Requests/sec: 10\n"
                    "    Transfer/sec: 1MB\n"),
        MB_OK);
    assert_int_equal(fixture.import.count, 2);
    assert_string_equal(fixture.import.runs[0].url, "http://a/");
    assert_int_equal(fixture.import.runs[0].part.counts.completed, 10);
    assert_string_equal(fixture.import.runs[1].url, "http://b/");
    assert_int_equal(fixture.import.runs[1].point.connections, 4);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *message;
    } cases[] = {
        {"cut off",
         "\nRunning 2s test @ http://a/\n  2 threads and 8 connections\n"
         "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n",
         "the report that begins here ends before its totals ('N requests in ...')"},
        {"more wrong than all",
         "\nRunning 2s test @ http://a/\n  2 threads and 8 connections\n"
         "  1 requests in 2.00s, 1MB read\n  Non-2xx or 3xx responses: 2\n",
         "more responses with a wrong status than responses"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        if (import_text(&fixture, cases[i].text) != MB_INVALID ||
            strcmp(fixture.err.message, cases[i].message) != 0 || fixture.err.line != 2) {
            fail_msg("%s: line %d: %s", cases[i].name, fixture.err.line,
                     fixture.err.message);
        }
        import_release(&fixture);
    }
}

static void no_requests(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture, "Running 1s test @ http://a/\n  1 threads and 1 "
                              "connections\n    Latency     0.00us    0.00us   0.00us  "
                              "  -nan%\n  0 requests in 1.00s, 0.00B read\n  Socket "
                              "errors: connect 1, read 0, write 0, timeout 0\n"),
        MB_OK);
    const struct mb_part *part = &fixture.import.runs[0].part;
    assert_int_equal(part->counts.intended, 1);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_CONNECT], 1);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

// Printed by the done() of a script, and more text behind it.
static void percentiles_of_a_script(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *runs = import_file(&fixture, "wrk/wrk-done.txt", 1);
    const struct mb_dist *response = &runs->part.dist[MB_DIST_RESPONSE];
    assert_int_equal(response->type, MB_DIST_QUANTILES);
    assert_int_equal(response->count, 7);
    assert_int_equal(import_quantile(response, 950000000), 3415000);
    assert_int_equal(import_quantile(response, 999900000), 10365000);
    import_release(&fixture);
    assert_int_equal(
        import_text(&fixture,
                    "Running 1s test @ http://a/\n  1 threads and 1 connections\n"
                    "    Latency     1.00ms    1.00ms   9.00ms   90.00%\n"
                    "  9 requests in 1.00s, 1.00KB read\n    Transfer/sec:  1.00KB\n"
                    "  80%  1ms\nLatency Distribution\n  50%  2ms\nthe end\n  90%  3ms\n"
                    "$ wrk -R10 http://a/\n"
                    "    Running 1s test @ http://a/\n  1 threads and 2 connections\n"
                    "  9 requests in 1.00s, 1.00KB read\n"),
        MB_OK);
    runs = fixture.import.runs;
    assert_int_equal(fixture.import.count, 2);
    response = &runs[0].part.dist[MB_DIST_RESPONSE];
    assert_int_equal(response->count, 1);
    assert_int_equal(import_quantile(response, 500000000), 2000000);
    assert_int_equal(runs[0].point.connections, 1);
    assert_int_equal(runs[1].point.connections, 2);
    assert_int_equal(runs[1].point.rate_micro_rps, 10000000);
    import_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed),         cmocka_unit_test(wrong_statuses),
        cmocka_unit_test(both_latencies), cmocka_unit_test(rate_of_the_command),
        cmocka_unit_test(indented),       cmocka_unit_test(refuses),
        cmocka_unit_test(no_requests),    cmocka_unit_test(percentiles_of_a_script),
    };
    return cmocka_run_group_tests_name("exchange/import_wrk", tests, NULL, NULL);
}
