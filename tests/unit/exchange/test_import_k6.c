#include "import_fixture.h"

// The three shapes of the summary as JSON, and two of the text.
static void summaries(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum mb_load_model model;
        int64_t requests;
        int64_t failed;
        int64_t window_ns;
        int64_t p95_ns;
    } cases[] = {
        {"k6/handle-summary.json", MB_LOAD_UNKNOWN, 101, 0, 1003168003, 3082868},
        {"k6/export.json", MB_LOAD_UNKNOWN, 20, 0, 23712818, 2988274},
        {"k6/errors-export.json", MB_LOAD_UNKNOWN, 50, 8, 2616102, 117770},
        {"k6/errors-machine.json", MB_LOAD_UNKNOWN, 50, 10, 4426903, 459078},
        {"k6/summary.txt", MB_LOAD_UNKNOWN, 20, 0, 23712818, 2980000},
        {"k6/errors-legacy.txt", MB_LOAD_UNKNOWN, 50, 8, 2616102, 117760},
        {"k6/arrivals.txt", MB_LOAD_OPEN, 101, 0, 1002642668, 2940000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        const struct mb_import_run *run = import_file(&fixture, cases[i].file, 1);
        const struct mb_counts *counts = &run->part.counts;
        const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
        assert_string_equal(fixture.importer->name, "k6");
        assert_int_equal(run->point.load_model, cases[i].model);
        assert_int_equal(run->window_ns, cases[i].window_ns);
        assert_int_equal(counts->intended, cases[i].requests);
        assert_int_equal(counts->ok, cases[i].requests - cases[i].failed);
        assert_int_equal(counts->errors_by_kind[MB_ERROR_OTHER], cases[i].failed);
        assert_int_equal(counts->completed,
                         cases[i].failed == 0 ? cases[i].requests : -1);
        assert_int_equal(service->n, cases[i].requests - cases[i].failed);
        assert_int_equal(import_quantile(service, 950000000), cases[i].p95_ns);
        assert_false(service->mixed);
        assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
        import_release(&fixture);
    }
}

static void executors(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        enum mb_load_model model;
        int64_t rate_micro_rps;
    } cases[] = {
        {"* a: 10 looping VUs for 30s (gracefulStop: 30s)\n", MB_LOAD_CLOSED, -1},
        {"* a: Up to 10 looping VUs for 1m0s over 2 stages\n", MB_LOAD_CLOSED, -1},
        {"* a: 20 iterations shared among 2 VUs (maxDuration: 10m0s)\n", MB_LOAD_CLOSED,
         -1},
        {"* a: 5 iterations for each of 2 VUs\n", MB_LOAD_CLOSED, -1},
        {"* a: 50.00 iterations/s for 30s (maxVUs: 50)\n", MB_LOAD_OPEN, 50000000},
        {"* a: Up to 50.00 iterations/s for 30s over 3 stages\n", MB_LOAD_OPEN, -1},
        {"* a: 50.00 iterations/s for 30s\n* b: 10 looping VUs for 30s\n",
         MB_LOAD_UNKNOWN, -1},
        {"", MB_LOAD_UNKNOWN, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        struct mb_arena arena = {0};
        const char *text = mb_arena_print(
            &arena,
            "     execution: local\n     scenarios: (100.00%%)\n%s\n"
            "     \xe2\x9c\x97 http_req_duration..: avg=2ms min=1ms med=1.5ms max=1m1s "
            "p(90)=2s p(95)=3s\n"
            "     http_req_failed....: 0.00%% \xe2\x9c\x93 0 \xe2\x9c\x97 100\n"
            "     http_reqs..........: 100 50/s\n     iterations...: 100 50/s\n",
            cases[i].lines);
        assert_int_equal(import_text(&fixture, text), MB_OK);
        const struct mb_import_run *run = fixture.import.runs;
        assert_int_equal(run->point.load_model, cases[i].model);
        assert_int_equal(run->point.rate_micro_rps, cases[i].rate_micro_rps);
        assert_int_equal(run->window_ns, 2000000000);
        assert_int_equal(run->part.dist[MB_DIST_SERVICE].max, 61000000000);
        assert_int_equal(run->part.dist[MB_DIST_SERVICE].count, 3);
        assert_int_equal(import_quantile(&run->part.dist[MB_DIST_SERVICE], 950000000),
                         3000000000);
        import_release(&fixture);
        mb_arena_release(&arena);
    }
}

#define METRICS(ms, n)                                                                   \
    "  http_req_duration..: avg=" ms "ms min=1ms med=" ms "ms max=9ms p(95)=8ms\n"       \
    "  http_req_failed....: 0.00% 0 out of " n "\n  http_reqs..: " n " 50/s\n"           \
    "  iterations...: " n " 50/s\n"
#define HEAD "     execution: local\n     scenarios: (100.00%)\n"

// Scenarios and groups have metrics of their own below the totals; a file may hold the
// output of several runs.
static void several(void **state)
{
    (void)state;
    static const char *const texts[] = {
        HEAD "* a: 10 looping VUs for 30s\n  \xe2\x96\x88 TOTAL RESULTS\n" METRICS(
            "2", "100") "  \xe2\x96\x88 SCENARIO: a\n" METRICS("3", "40") HEAD
        "* a: 50.00 iterations/s for 30s (maxVUs: 50)\n"
        "  \xe2\x96\x88 TOTAL RESULTS\n" METRICS("4", "200"),
        METRICS("2", "100") METRICS("4", "200"),
        "  grpc_req_duration..: avg=7ms max=9ms\n" METRICS(
            "2", "100") "  \xe2\x96\x88 TOTAL RESULTS\n" METRICS("4", "200"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, texts[i]), MB_OK);
        assert_int_equal(fixture.import.count, 2);
        const struct mb_import_run *runs = fixture.import.runs;
        assert_int_equal(runs[0].part.counts.intended, 100);
        assert_int_equal(runs[1].part.counts.intended, 200);
        for (size_t j = 0; j < 2; j++) {
            assert_int_equal(
                import_quantile(&runs[j].part.dist[MB_DIST_SERVICE], 500000000),
                j == 0 ? 2000000 : 4000000);
        }
        assert_int_equal(runs[0].point.load_model,
                         i == 0 ? MB_LOAD_CLOSED : MB_LOAD_UNKNOWN);
        assert_int_equal(runs[1].point.load_model,
                         i == 0 ? MB_LOAD_OPEN : MB_LOAD_UNKNOWN);
        import_release(&fixture);
    }
}

// What was due and did not begin is said, in each form.
static void dropped(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "dropped_iterations...: 34 3.2/s\n" METRICS("2", "100"),
        "{\"metrics\": {\"dropped_iterations\": {\"count\": 34}, \"http_reqs\": "
        "{\"count\": "
        "1}, \"http_req_duration\": {\"avg\": 1}}}",
        "metric_name,timestamp,metric_value\nhttp_req_duration,1,1\n"
        "dropped_iterations,1,30\ndropped_iterations,2,4\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, texts[i]), MB_OK);
        const struct mb_import *import = &fixture.import;
        assert_string_equal(import->notes[import->note_count - 1].code,
                            MB_IMPORT_DROPPED);
        assert_non_null(
            strstr(import->notes[import->note_count - 1].message, "34 iterations"));
        assert_int_equal(import->runs[0].facts.count, 1);
        import_release(&fixture);
    }
}

static void measurements(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "k6/points.json", 1);
    const struct mb_part *part = &run->part;
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_HDR);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, 5);
    assert_int_equal(part->dist[MB_DIST_SERVICE].sum, 10449796);
    assert_int_equal(part->dist[MB_DIST_CONNECT].n, 1);
    assert_int_equal(part->counts.bytes_sent, 355);
    assert_int_equal(run->window_ns, 10643815);
    assert_true(run->start_unix_ns > 0);
    assert_string_equal(run->url, "http://127.0.0.1:18710/");
    import_release(&fixture);
    run = import_file(&fixture, "k6/micro.csv", 1);
    assert_int_equal(run->window_ns, 12323721);
    import_release(&fixture);
    run = import_file(&fixture, "k6/errors.csv", 1);
    part = &run->part;
    assert_int_equal(run->window_ns, -1); // whole seconds
    assert_int_equal(run->start_unix_ns % 1000000000, 0);
    assert_true(run->start_unix_ns > 0);
    assert_int_equal(part->counts.ok, 9);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_STATUS], 1);
    assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].n, 1);
    import_release(&fixture);
    run = import_file(&fixture, "k6/refused.csv", 1);
    part = &run->part;
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_CONNECT], 3);
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

#define POINT(value)                                                                     \
    "{\"metric\":\"http_req_duration\",\"type\":\"Point\",\"data\":{\"time\":"           \
    "\"2026-11-24T00:00:01Z\",\"value\":" value ",\"tags\":{\"status\":\"200\"}}}\n"

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
        int line;
    } cases[] = {
        {POINT("1") "\n" POINT("-1"), "-1 is not a time in ms", 3},
        {POINT("1") "{\"metric\":\n", NULL, 2},
        {"metric_name,timestamp,metric_value\nhttp_req_duration,yesterday,1\n",
         "not a measurement of k6: it needs 'metric_name', 'timestamp' and a number as "
         "'metric_value'",
         2},
        {"metric_name,timestamp,metric_value,status\nhttp_req_duration,1,1\n",
         "3 columns, where the first line names 4: cut off?", 2},
        {"metric_name,timestamp,metric_value\nvus,1,1\n",
         "there is neither 'http_req_duration' nor 'grpc_req_duration' in it: no request "
         "was measured",
         0},
        {"{\"metrics\": {\"http_reqs\": {\"count\": 1}, \"iterations\": {\"count\": 1}}}",
         "the summary has neither 'http_req_duration' nor 'grpc_req_duration': no "
         "request was measured",
         1},
        {"{\"metrics\": {\"http_reqs\": {\"count\": 1},\n\"http_req_duration\": "
         "{\"avg\": 1},\"http_req_failed\": "
         "{\"passes\": 2}}}",
         "more requests failed than there were", 1},
        {"{\"metrics\": {\"http_req_duration\": {\n\"avg\": -1}}}",
         "'avg' is not a time in ms", 2},
        {"{\"metrics\": {\"http_req_duration\": {\"p(99)\": 1, \"p(90)\": 2}}}",
         "a higher percentile is less than a lower one", 1},
        {"http_req_duration...: avg=1ms\nhttp_req_failed...: 50.00% 2 out of 1\n"
         "http_reqs...: 1 1/s\n",
         "more requests failed than there were", 3},
        {HEAD METRICS("1", "2") HEAD HEAD METRICS("1", "2"),
         "the output of k6 ends before its summary", 9},
        {"  http_req_duration..: avg=1ms max=9ms\n  http_req_failed....: 0.00% 0 out of "
         "2\n"
         "  http_reqs..........: 2",
         "the summary of k6 is cut off before 'http_reqs'", 3},
        {"  execution: local\n scenarios: (100.00%)\n",
         "the output of k6 ends before its summary", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        if (cases[i].message != NULL) {
            assert_string_equal(fixture.err.message, cases[i].message);
        }
        assert_int_equal(fixture.err.line, cases[i].line);
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summaries),    cmocka_unit_test(executors),
        cmocka_unit_test(several),      cmocka_unit_test(dropped),
        cmocka_unit_test(measurements), cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_k6", tests, NULL, NULL);
}
