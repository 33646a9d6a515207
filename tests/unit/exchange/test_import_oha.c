#include "import_fixture.h"

static void json(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "oha/oha.json", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(fixture.importer->name, "oha");
    assert_int_equal(run->point.load_model, MB_LOAD_UNKNOWN);
    assert_int_equal(run->part.co_handling, MB_CO_UNKNOWN);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_int_equal(run->window_ns, 101975264);
    assert_int_equal(run->part.counts.ok, 400);
    assert_int_equal(run->part.counts.intended, 400);
    assert_int_equal(run->part.counts.unfinished, 0);
    assert_int_equal(run->part.counts.bytes_received, 25600);
    assert_int_equal(response->type, MB_DIST_QUANTILES);
    assert_int_equal(response->count, 9);
    assert_int_equal(response->n, 400);
    assert_int_equal(response->min, 1042966);
    assert_int_equal(response->max, 3295044);
    assert_int_equal(import_quantile(response, 500000000), 1958241);
    assert_int_equal(import_quantile(response, 999900000), 3295044);
    assert_false(response->mixed);
    import_release(&fixture);
}

static void text(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "oha/oha.txt", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(fixture.importer->name, "oha");
    assert_int_equal(run->part.co_handling, MB_CO_UNKNOWN);
    assert_int_equal(run->part.counts.ok, 400);
    assert_int_equal(run->part.counts.bytes_received, -1);
    assert_int_equal(response->count, 9);
    assert_int_equal(response->min, 1000000);
    import_release(&fixture);
}

// --stats-success-breakdown: good and failed requests apart; what the end of -z cut off
// is not a failure.
static void breakdown(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "oha/oha-breakdown.json", 1);
    const struct mb_dist *good = &run->part.dist[MB_DIST_RESPONSE];
    const struct mb_dist *failed = &run->part.dist[MB_DIST_ERROR_RESPONSE];
    assert_int_equal(run->part.counts.ok, 468);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 112);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 0);
    assert_int_equal(run->part.counts.unfinished, 0);
    assert_int_equal(run->part.counts.intended, 580);
    assert_false(good->mixed);
    assert_int_equal(good->n, 468);
    assert_int_equal(good->min, 1050978);
    assert_int_equal(good->max, 5086116);
    assert_int_equal(import_quantile(good, 500000000), 1980363);
    assert_int_equal(failed->n, 112);
    assert_int_equal(failed->max, 5906410);
    assert_int_equal(import_quantile(failed, 990000000), 3056438);
    import_release(&fixture);

    run = import_file(&fixture, "oha/oha-breakdown.txt", 1);
    good = &run->part.dist[MB_DIST_RESPONSE];
    assert_int_equal(run->part.counts.unfinished, 0);
    assert_int_equal(good->n, 476);
    assert_int_equal(import_quantile(good, 950000000), 3000000);
    assert_int_equal(run->part.dist[MB_DIST_ERROR_RESPONSE].n, 108);
    import_release(&fixture);
}

static void failures(void **state)
{
    static const char *const refused[] = {"oha/oha-refused.json", "oha/oha-refused.txt"};
    (void)state;
    struct import_fixture fixture;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct mb_import_run *run = import_file(&fixture, refused[i], 1);
        assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_CONNECT], 6);
        assert_int_equal(run->part.counts.ok, 0);
        assert_int_equal(run->part.counts.completed, 0);
        assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
        import_release(&fixture);
    }
    const struct mb_import_run *run = import_file(&fixture, "oha/oha-timeout.json", 1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_TIMEOUT], 29);
    assert_int_equal(run->part.counts.ok, 31);
    assert_false(run->part.dist[MB_DIST_RESPONSE].mixed);
    import_release(&fixture);
}

// As src/printer.rs of 1.9 and later writes them.
static void later_forms(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(import_text(&fixture,
                                 "Summary:\n  Success rate:\t100.00%\n"
                                 "  Total:\t0.9310 10 sec\n  Slowest:\t0.9300 10 sec\n"
                                 "  Fastest:\t0.0001 10 sec\n  Average:\t0.5000 10 sec\n"
                                 "  Requests/sec:\t0.2148\n\n  Total data:\t128 B\n\n"
                                 "Response time histogram:\n"
                                 "  0.000 10 sec [1] |\n  0.930 10 sec [1] |\n\n"
                                 "Response time distribution:\n"
                                 "  10.00% in 0.0001 10 sec\n  99.00% in 0.9300 10 sec\n"
                                 "\nStatus code distribution:\n  [200] 2 responses\n"),
                     MB_OK);
    const struct mb_part *part = &fixture.import.runs[0].part;
    assert_int_equal(fixture.import.runs[0].window_ns, 9310000000);
    assert_int_equal(part->counts.bytes_received, 128);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].max, 9300000000);
    assert_int_equal(import_quantile(&part->dist[MB_DIST_RESPONSE], 100000000), 1000000);
    import_release(&fixture);

    assert_int_equal(
        import_text(&fixture,
                    "request-start,DNS,DNS+dialup,Response-delay,"
                    "request-duration,bytes,status\n"
                    "0.0001,0.00001,0.0002,0.0011,0.002,64,200\n"
                    "0.0002,0,0,0,0.003,64,200\n0.0031,0,0,0.001,0.001,0,503\n"),
        MB_OK);
    part = &fixture.import.runs[0].part;
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_HDR);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].n, 2);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].max, 3000000);
    assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].n, 1);
    assert_int_equal(part->co_handling, MB_CO_UNKNOWN);
    assert_int_equal(part->counts.intended, -1);
    assert_int_equal(part->counts.unfinished, -1);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_STATUS], 1);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_TIMEOUT], -1);
    assert_int_equal(part->counts.bytes_received, 128);
    assert_int_equal(fixture.import.runs[0].window_ns, 4000000);
    import_release(&fixture);
}

// Redirects that are not followed are neither good nor failed: then the parts are others
// than ours, and the whole it is.
static void redirects(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(
            &fixture,
            "{\"summary\":{\"successRate\":1.0,\"total\":1,\"slowest\":0.2,"
            "\"fastest\":0.1,\"average\":0.1,\"requestsPerSec\":3,\"totalData\":0},"
            "\"latencyPercentiles\":{\"p50\":0.1},"
            "\"latencyPercentilesSuccessful\":{\"p50\":0.1},"
            "\"latencyPercentilesNotSuccessful\":{\"p50\":0.2},"
            "\"statusCodeDistribution\":{\"200\":1,\"302\":1,\"500\":1},"
            "\"errorDistribution\":{\"connection closed before message completed\":1,"
            "\"invalid HTTP version parsed\":2,\"Redirection limit has reached\":3}}"),
        MB_OK);
    const struct mb_part *part = &fixture.import.runs[0].part;
    assert_int_equal(part->counts.ok, 2);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_CLOSED], 1);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_PROTOCOL], 2);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_OTHER], 3);
    assert_true(part->dist[MB_DIST_RESPONSE].mixed);
    assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

// Cut out of a document.
static void without_tail(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture, "Summary:\n  Success rate:\t100.00%\n  Total:\t1 secs\n"
                              "  Slowest:\t0.2 secs\n  Requests/sec:\t12\n"
                              "Response time histogram:\n  0.100 [1] |\n  0.200 [2] |\n"),
        MB_OK);
    const struct mb_part *part = &fixture.import.runs[0].part;
    assert_int_equal(part->counts.ok, -1);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_BUCKETS);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].buckets[1].high, 200000000);
    assert_true(part->dist[MB_DIST_RESPONSE].mixed);
    assert_int_equal(fixture.import.note_count, 1);
    import_release(&fixture);
}

#define HEADING                                                                          \
    "request-start,DNS,DNS+dialup,Response-delay,request-duration,bytes,status\n"
#define SUMMARY "{\"summary\": {\"successRate\": 1, \"requestsPerSec\": 1"

static void refuses(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *message;
    } cases[] = {
        {"Summary:\n  Success rate:\t1.00%\n  Slowest:\t1 secs\n  Requests/sec:\t12\n", 1,
         "the report that begins here ends before its total time"},
        {HEADING "0,0,0,0,0.1,5,200\n0,0,0,0,0.1,5,2000\n", 3, "not a row of oha's csv"},
        {HEADING "0,0,0,0,-0.1,5,200\n", 2, "not a row of oha's csv"},
        {SUMMARY "}}", 1, "a document without 'statusCodeDistribution'"},
        {SUMMARY "}, \"statusCodeDistribution\": {}}", 1,
         "'total' of 'summary' is not a number of seconds"},
        {SUMMARY ", \"total\": -1}, \"statusCodeDistribution\": {}}", 1,
         "'total' of 'summary' is not a number of seconds"},
        {SUMMARY ", \"total\": 1}, \"statusCodeDistribution\": {\"20x\": 1}}", 1,
         "not a status and how many answers had it"},
        {SUMMARY ", \"total\": 1}, \"statusCodeDistribution\": {\"200\": 1},\n"
                 "\"errorDistribution\": {\"timeout\": 0.5}}",
         2, "the count of an error is not a number"},
        {SUMMARY ", \"total\": 1}, \"statusCodeDistribution\": {\"200\": 1},\n"
                 "\"errorDistribution\": {\"timeout\": 9007199254740991}}",
         1, "the report that begins here counts more requests than can be"},
        {SUMMARY ", \"total\"", 1, "the JSON document is cut off"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        assert_string_equal(fixture.err.message, cases[i].message);
        assert_int_equal(fixture.err.line, cases[i].line);
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json),         cmocka_unit_test(text),
        cmocka_unit_test(breakdown),    cmocka_unit_test(failures),
        cmocka_unit_test(later_forms),  cmocka_unit_test(redirects),
        cmocka_unit_test(without_tail), cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_oha", tests, NULL, NULL);
}
