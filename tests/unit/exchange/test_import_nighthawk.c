// nighthawk's forms: one message as JSON and YAML, reports for people, the dotted form.
#include "import_fixture.h"

#define COUNTERS                                                                         \
    "\"counters\": [{\"name\": \"benchmark.http_2xx\", \"value\": \"3\"},\n"             \
    "{\"name\": \"benchmark.http_5xx\", \"value\": \"1\"},\n"                            \
    "{\"name\": \"benchmark.pool_overflow\", \"value\": \"2\"},\n"                       \
    "{\"name\": \"upstream_rq_total\", \"value\": \"5\"}],\n"
#define ROWS                                                                             \
    "\"percentiles\": [{\"percentile\": 0, \"count\": \"1\", \"duration\": "             \
    "\"0.001s\"},\n"                                                                     \
    "{\"percentile\": 0.5, \"count\": \"2\", \"duration\": \"0.002s\"},\n"               \
    "{\"percentile\": 1, \"count\": \"4\", \"duration\": \"0.009s\"}],\n"                \
    "\"mean\": \"0.004s\", \"min\": \"0.001s\", \"max\": \"0.009s\"}"
#define RESULT                                                                           \
    "{\"options\": {\"requests_per_second\": 10, \"connections\": 2, \"timeout\": "      \
    "\"30s\", \"duration\": \"2s\", \"open_loop\": OPEN, \"labels\": [\"blue\"],\n"      \
    "\"termination_predicates\": {}, \"uri\": \"http://x/\"},\n\"results\": [\n"         \
    "{\"name\": \"worker_0\", \"statistics\": []},\n"                                    \
    "{\"name\": \"worker_1\", \"statistics\": []},\n"                                    \
    "{\"name\": \"global\", \"statistics\": [\n{\"count\": \"4\", \"id\": "              \
    "\"benchmark_http_client.request_to_response\",\n" ROWS "],\n" COUNTERS              \
    "\"execution_duration\": \"2s\"}],\n\"timestamp\": \"2020-01-01T00:00:00.500Z\"}\n"

static char *json_text(struct mb_arena *arena, const char *open)
{
    const char *mark = strstr(RESULT, "OPEN");
    return mb_arena_print(arena, "%.*s%s%s", (int)(mark - RESULT), RESULT, open,
                          mark + 4);
}

static void json(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct import_fixture fixture;
    assert_int_equal(import_text(&fixture, json_text(&arena, "true")), MB_OK);
    assert_string_equal(fixture.importer->name, "nighthawk");
    assert_int_equal(fixture.import.count, 1);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_counts *counts = &run->part.counts;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(run->point.load_model, MB_LOAD_OPEN);
    assert_int_equal(run->point.rate_micro_rps, 20000000);
    assert_int_equal(run->point.connections, 4);
    assert_int_equal(run->point.timeout_ns, INT64_C(30000000000));
    assert_int_equal(run->start_unix_ns, INT64_C(1577836800500000000));
    assert_int_equal(run->window_ns, 2000000000);
    assert_string_equal(run->name, "blue");
    assert_int_equal(counts->intended, 7);
    assert_int_equal(counts->unfinished, 1);
    assert_int_equal(counts->completed, 4);
    assert_int_equal(counts->errors_by_kind[MB_ERROR_STATUS], 1);
    assert_int_equal(counts->errors_by_kind[MB_ERROR_OTHER], 2);
    assert_int_equal(dist->type, MB_DIST_BUCKETS);
    assert_true(dist->mixed);
    assert_int_equal(dist->count, 3);
    assert_int_equal(dist->buckets[2].low, 2000001);
    assert_int_equal(dist->buckets[2].n, 2);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
    assert_int_equal(import_text(&fixture, json_text(&arena, "false")), MB_OK);
    assert_int_equal(fixture.import.runs[0].point.load_model, MB_LOAD_PACED);
    import_release(&fixture);
    assert_int_equal(import_text(&fixture, json_text(&arena, "null")), MB_OK);
    assert_int_equal(fixture.import.runs[0].point.load_model, MB_LOAD_UNKNOWN);
    import_release(&fixture);
    mb_arena_release(&arena);
}

static void yaml(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "options:\n  termination_predicates:\n    {}\n  duration: 5s\n"
                    "  concurrency: \"3\"\n  connections: 2\n"
                    "results:\n  - name: global\n    statistics:\n      - count: 2\n"
                    "        id: benchmark_http_client.request_to_response\n"
                    "        percentiles:\n          - percentile: 1\n            count: "
                    "2\n            duration: 0.003s\n        mean: 0.002s\n"
                    "    counters:\n      - name: benchmark.http_2xx\n        value: 3\n"
                    "    execution_duration: 1s\n"),
        MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    assert_int_equal(run->point.rate_micro_rps, -1);
    assert_int_equal(run->part.counts.completed, 3);
    assert_int_equal(run->part.counts.ok, -1); // one was not measured
    assert_int_equal(run->part.counts.intended, -1);
    assert_string_equal(run->cut_off, "ended after 1.00 s of 5s");
    assert_int_equal(run->point.connections, 6);
    import_release(&fixture);
}

static void human(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "Nighthawk - A layer 7 protocol benchmarking tool.\n\n"
                    "Request start to response end (4 samples)\n"
                    "  min: 0s 001ms 000us | mean: 0s 001ms 500us | max: 1s 003ms 000us "
                    "| pstdev: 0s 000ms 816us\n\n  Percentile  Count       Value\n"
                    "  0.5         2           0s 001ms 200us\n\n"
                    "Response body size in bytes (4 samples)\n"
                    "  min: 14 | mean: 15.5 | max: 17 | pstdev: 1.1\n"
                    "  0.5         2           15\n\n"
                    "Counter                                 Value       Per second\n"
                    "benchmark.http_2xx                      4           2.00\n"
                    "upstream_rq_total                       4           2.00\n"),
        MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(fixture.importer->name, "nighthawk-text");
    assert_int_equal(dist->type, MB_DIST_QUANTILES);
    assert_int_equal(dist->count, 1);
    assert_int_equal(import_quantile(dist, 500000000), 1200000);
    assert_int_equal(dist->max, 1003000000);
    assert_int_equal(dist->sum, 6000000);
    assert_int_equal(run->part.counts.intended, 4);
    assert_int_equal(run->part.counts.ok, 4);
    import_release(&fixture);
}

// The same figures as csv, and in the early form with a line for each.
static void human_forms(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Nighthawk - A layer 7 protocol benchmarking tool.\n\n"
        "Response body size in bytes (2 samples)\nMin,Mean,Max,Pstdev\n14,15,17,1\n"
        "Percentile,Count,Value(microseconds),Value\n0.5,2,0,15\n\n"
        "Request start to response end (1190 samples)\nMin,Mean,Max,Pstdev\n"
        "0s 000ms 180us,0s 000ms 195us,0s 000ms 210us,0s 000ms 011us\n"
        "Percentile,Count,Value(microseconds),Value\n0.5,595,190,0s 000ms 190us\n\n"
        "Counter,Value,Per second\nbenchmark.http_2xx,1190,100.00\n"
        "upstream_rq_total,1190,100.00\n",
        "Nighthawk - A layer 7 protocol benchmarking tool.\n\n"
        "Request start to response end\n  samples: 1190\n  mean:    0s 000ms 195us\n"
        "  min:     0s 000ms 180us\n  max:     0s 000ms 210us\n"
        "  pstdev:  0s 000ms 011us\n\n  Percentile  Count       Latency\n"
        "  0.5         595         0s 000ms 190us\n\n"
        "Counter                                 Value       Per second\n"
        "benchmark.http_2xx                      1190        100.00\n"
        "upstream_rq_total                       1190        100.00\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, texts[i]), MB_OK);
        const struct mb_import_run *run = fixture.import.runs;
        const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
        assert_int_equal(dist->n, 1190);
        assert_int_equal(dist->sum, INT64_C(195000) * 1190);
        assert_int_equal(dist->min, 180000);
        assert_int_equal(dist->max, 210000);
        assert_int_equal(dist->count, 1);
        assert_int_equal(import_quantile(dist, 500000000), 190000);
        assert_int_equal(run->part.counts.intended, 1190);
        import_release(&fixture);
    }
}

static void dotted(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const char *text =
        "worker_0.benchmark_http_client.request_to_response.samples: 1\n"
        "global.benchmark_http_client.request_to_response.samples: 2\n"
        "global.benchmark_http_client.request_to_response.mean: 195\n"
        "global.benchmark_http_client.request_to_response.pstdev: 1\n"
        "global.benchmark_http_client.request_to_response.permilles-500.count: 1\n"
        "global.benchmark_http_client.request_to_response.permilles-500.microseconds: "
        "190\n"
        "global.foo.samples: 4\nglobal.foo.mean: 9\n"
        "global.benchmark.http_2xx:2\nglobal.upstream_rq_total:2\n";
    assert_int_equal(import_text(&fixture, text), MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(import_quantile(dist, 500000000), 190000);
    assert_int_equal(dist->sum, 390000);
    assert_int_equal(run->part.counts.ok, 2);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"# TYPE nighthawk_bar counter\n",
         "nighthawk's metrics for Prometheus are not read"},
        {"Nighthawk - A layer 7 protocol benchmarking tool.\n\nfoo (1 samples)\n",
         "the report that begins here has no latencies of requests"},
        {"Nighthawk - A layer 7 protocol benchmarking tool.\n\n"
         "Request start to response end (4 samples)\n",
         "the report that begins here ends before its counters"},
        {"{\"results\": [{\"name\": \"global\", \"statistics\": [{\"count\": \"1\", "
         "\"id\": \"foo\", \"percentiles\": []}]}]}",
         "it has no 'benchmark_http_client.request_to_response': no request was "
         "measured"},
        {"{\"results\": [{\"name\": \"a\", \"statistics\": []}, {\"name\": \"b\", "
         "\"statistics\": [{\"percentiles\": []}]}]}",
         "it has no result 'global', that of all workers"},
        {"{\"results\": [{\"name\": \"global\", \"statistics\": [{\"count\": \"-1\", "
         "\"id\": \"benchmark_http_client.request_to_response\", \"percentiles\": "
         "[]}]}]}",
         "'count' of a statistic is not a number of values"},
        {"{\"results\": [{\"name\": \"global\", \"statistics\": [{\"count\": \"2\", "
         "\"id\": \"benchmark_http_client.request_to_response\", \"percentiles\": "
         "[{\"percentile\": 0.5, \"count\": \"2\", \"duration\": \"2s\"},"
         "{\"percentile\": 1, \"count\": \"1\", \"duration\": \"3s\"}]}]}]}",
         "a percentile goes back behind the one before it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        assert_string_equal(fixture.err.message, cases[i].message);
        import_release(&fixture);
    }
}

// Its fortio form: an early one, without the least value and for one worker; and one
// whose numbers are numbers.
static void fortio_forms(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "{\"DurationHistogram\": {\"Count\": \"2\", \"Data\": [{\"Start\": "
                    "0.001, \"End\": 0.001, \"Percent\": 0, \"Count\": \"1\"}, "
                    "{\"Start\": 0.001, \"End\": 0.002, \"Percent\": 100, \"Count\": "
                    "\"1\"}]}, \"RetCodes\": {\"200\": \"3\"}, \"RequestedQPS\": 50, "
                    "\"ActualDuration\": 5, \"NumThreads\": 2, \"RequestedDuration\": "
                    "\"5s\"}"),
        MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    assert_string_equal(run->part.generator_name, "nighthawk");
    assert_int_equal(run->window_ns, -1);
    assert_int_equal(run->point.rate_micro_rps, -1);
    assert_int_equal(run->point.connections, -1);
    assert_int_equal(run->part.counts.completed, 3);
    assert_int_equal(run->part.counts.ok, -1);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].max, 2000000);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].n, 2);
    import_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json),         cmocka_unit_test(yaml),
        cmocka_unit_test(human),        cmocka_unit_test(human_forms),
        cmocka_unit_test(dotted),       cmocka_unit_test(refuses),
        cmocka_unit_test(fortio_forms),
    };
    return cmocka_run_group_tests_name("exchange/import_nighthawk", tests, NULL, NULL);
}
