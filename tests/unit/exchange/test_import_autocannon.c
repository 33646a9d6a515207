#include "import_fixture.h"

static void json(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "autocannon/autocannon.json", 1);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(fixture.importer->name, "autocannon");
    assert_int_equal(run->point.load_model, MB_LOAD_UNKNOWN);
    assert_int_equal(run->part.co_handling, MB_CO_NONE);
    assert_int_equal(run->point.connections, 4);
    assert_int_equal(run->start_unix_ns, 1795490362566000000);
    assert_int_equal(run->window_ns, 1017000000);
    assert_int_equal(run->warmup_ns, -1);
    assert_int_equal(run->part.counts.ok, 1126);
    assert_int_equal(run->part.counts.intended, 1126);
    assert_int_equal(run->part.counts.sent, -1);
    assert_int_equal(run->part.counts.unfinished, -1);
    assert_int_equal(run->part.counts.bytes_received, 145254);
    assert_int_equal(run->part.counts.statuses[0].status, 200);
    assert_int_equal(service->type, MB_DIST_QUANTILES);
    assert_int_equal(service->n, 1126);
    assert_int_equal(service->count, 15);
    assert_int_equal(service->max, 14000000);
    assert_int_equal(import_quantile(service, 975000000), 9000000);
    assert_int_equal(import_quantile(service, 999990000), 14000000);
    assert_false(service->mixed);
    import_release(&fixture);
}

// At a rate it makes latencies up, as if one were due each millisecond.
static void corrected(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "autocannon/autocannon-rate.json", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    assert_int_equal(run->point.load_model, MB_LOAD_PACED);
    assert_int_equal(run->point.rate_micro_rps, -1);
    assert_int_equal(run->part.co_handling, MB_CO_BACKFILLED);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_int_equal(run->part.counts.ok, 100);
    assert_int_equal(response->n, -1);
    assert_int_equal(response->sum, -1);
    assert_int_equal(import_quantile(response, 990000000), 11000000);
    assert_int_equal(fixture.import.note_count, 1);
    assert_string_equal(fixture.import.notes[0].code, MB_IMPORT_IMPLAUSIBLE);
    import_release(&fixture);
}

static void failures(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_part *part =
        &import_file(&fixture, "autocannon/autocannon-errors.json", 1)->part;
    assert_int_equal(part->counts.ok, 1357);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_STATUS], 338);
    assert_int_equal(part->counts.statuses[1].n, 338);
    assert_true(part->dist[MB_DIST_SERVICE].mixed);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, 1695);
    import_release(&fixture);

    part = &import_file(&fixture, "autocannon/autocannon-only-good.json", 1)->part;
    assert_false(part->dist[MB_DIST_SERVICE].mixed);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, 1428);
    assert_int_equal(part->dist[MB_DIST_SERVICE].min, -1); // it says 1, p0.001 is 0
    assert_int_equal(part->counts.ok, 1428);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_STATUS], 349);
    assert_int_equal(part->counts.bytes_received, -1);
    import_release(&fixture);

    part = &import_file(&fixture, "autocannon/autocannon-refused.json", 1)->part;
    assert_int_equal(part->counts.completed, 0);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_OTHER], 11090);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_CONNECT], -1);
    assert_int_equal(part->counts.intended, 11090);
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    import_release(&fixture);

    part = &import_file(&fixture, "autocannon/autocannon-timeout.json", 1)->part;
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_TIMEOUT], 8);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_OTHER], 0);
    assert_int_equal(part->counts.intended, 8);
    import_release(&fixture);
}

// -W prints a document of the warm-up before that of the test.
static void warmup(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "autocannon/autocannon-warmup.json", 1);
    assert_int_equal(run->point.connections, 2);
    assert_int_equal(run->warmup_ns, 1025000000);
    assert_int_equal(run->part.counts.ok, 791);
    import_release(&fixture);

    run = import_file(&fixture, "autocannon/autocannon-warmup.txt", 1);
    assert_int_equal(run->point.connections, 2);
    assert_int_equal(import_quantile(&run->part.dist[MB_DIST_RESPONSE], 990000000),
                     12000000);
    import_release(&fixture);
}

static void tables(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "autocannon/autocannon-errors.txt", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(run->url, "http://127.0.0.1:28612/");
    assert_int_equal(run->part.co_handling, MB_CO_UNKNOWN);
    assert_int_equal(run->window_ns, 1020000000);
    assert_int_equal(run->part.counts.completed, 1825);
    assert_int_equal(run->part.counts.ok, 1467);
    assert_int_equal(run->part.counts.intended, 1825);
    assert_int_equal(response->count, 15);
    assert_int_equal(response->n, -1);
    assert_int_equal(response->max, 20000000);
    assert_int_equal(import_quantile(response, 999000000), 19000000);
    assert_true(response->mixed);
    import_release(&fixture);

    run = import_file(&fixture, "autocannon/autocannon-refused.txt", 1);
    assert_int_equal(run->part.counts.completed, 0);
    assert_int_equal(run->part.counts.intended, -1); // 9k
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], -1);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

// As lib/progressTracker.js of version 2 wrote them; nothing was corrected then.
static void early_tables(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(import_text(&fixture,
                                 "Running 10s test @ http://localhost:3000\n"
                                 "10 connections with 2 pipelining factor\n\n"
                                 "Stat         Avg      Stdev    Max\n"
                                 "Latency (ms) 0.09     0.32     6\n"
                                 "Req/Sec      16786    646      17439\n"
                                 "Bytes/Sec    2.49 MB  65.5 kB  2.62 MB\n\n"
                                 "Percentile     Latency (ms)\n50      0\n99.9      2\n\n"
                                 "90 2xx responses, 10 non 2xx responses\n"
                                 "168k requests in 10s, 25 MB read\n"
                                 "3 errors (1 timeouts)\n"),
                     MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(run->concurrency, 20);
    assert_int_equal(run->window_ns, 10000000000);
    assert_int_equal(run->part.co_handling, MB_CO_NONE);
    assert_int_equal(service->count, 2);
    assert_int_equal(service->max, 6000000);
    assert_int_equal(import_quantile(service, 999000000), 2000000);
    assert_true(service->mixed);
    assert_int_equal(run->part.counts.completed, 100);
    assert_int_equal(run->part.counts.ok, -1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_TIMEOUT], 1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], -1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], -1);
    import_release(&fixture);
}

#define DOCUMENT(errors, rest)                                                           \
    "{\"pipelining\":1,\"non2xx\":0,\"duration\":2,\"errors\":" errors                   \
    ",\"timeouts\":0,\"1xx\":0,\"2xx\":5,\"3xx\":1,\"4xx\":0,\"5xx\":0" rest "}\n"

// Of 2017, and of the time between the correction and the count of latencies.
static void early_documents(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    DOCUMENT("0", ",\"latency\":{\"p50\":0,\"p999\":2}")
                        DOCUMENT("0", ",\"latency\":{\"p50\":1,\"p99_9\":2}")
                            DOCUMENT("0", ",\"mismatches\":2,\"latency\":{\"p50\":1,"
                                          "\"totalCount\":6}")),
        MB_OK);
    assert_int_equal(fixture.import.count, 3);
    const struct mb_part *part = &fixture.import.runs[0].part;
    assert_int_equal(part->co_handling, MB_CO_NONE);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, -1); // 6, or 5 without the redirect
    assert_int_equal(import_quantile(&part->dist[MB_DIST_SERVICE], 999000000), 2000000);
    part = &fixture.import.runs[1].part;
    assert_int_equal(part->co_handling, MB_CO_UNKNOWN);
    assert_int_equal(import_quantile(&part->dist[MB_DIST_RESPONSE], 999000000), 2000000);
    part = &fixture.import.runs[2].part;
    assert_int_equal(part->counts.ok, 4);
    assert_true(part->dist[MB_DIST_SERVICE].mixed);
    import_release(&fixture);
}

static void refuses(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"Running 1s test @ http://a\n\nReq/Sec Bytes/Sec\n",
         "the report that begins here ends before its total time"},
        {"Running 1s test @ http://a\nReq/Sec Bytes/Sec\n5 requests in 1s, 3 B read\n"
         "2 errors (3 timeouts)\n",
         "the report that begins here counts more than can be"},
        {DOCUMENT("0", ""), "a document without 'latency'"},
        {DOCUMENT("-1", ""), "'errors' is not a count"},
        {DOCUMENT("9007199254740991", ""), "more errors than can be"},
        {DOCUMENT("0", ",\"mismatches\":7"), "more errors than can be"},
        {"{\"pipelining\":1,\"non2xx\":0,\"duration\":-1}",
         "'duration' is not a number of seconds"},
        {"{\"pipelining\":1,\"non2xx\":0,\"duration\":1,\"1xx\":0}",
         "'2xx' is not a count"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        assert_string_equal(fixture.err.message, cases[i].message);
        assert_int_equal(fixture.err.line, 1);
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json),
        cmocka_unit_test(corrected),
        cmocka_unit_test(failures),
        cmocka_unit_test(warmup),
        cmocka_unit_test(tables),
        cmocka_unit_test(early_tables),
        cmocka_unit_test(early_documents),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_autocannon", tests, NULL, NULL);
}
