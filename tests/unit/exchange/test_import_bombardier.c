#include "import_fixture.h"

static void json(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "bombardier/bombardier.json", 1);
    const struct mb_dist *response = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(fixture.importer->name, "bombardier");
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->part.co_handling, MB_CO_NONE);
    assert_int_equal(run->point.connections, 4);
    assert_int_equal(run->point.timeout_ns, 2000000000);
    assert_int_equal(run->window_ns, 234551126);
    assert_string_equal(run->url, "http://127.0.0.1:28611/");
    assert_null(run->cut_off);
    assert_int_equal(run->part.counts.ok, 400);
    assert_int_equal(run->part.counts.intended, 400);
    assert_int_equal(run->part.counts.bytes_received, 51600);
    assert_int_equal(run->part.counts.bytes_sent, 25200);
    assert_int_equal(response->type, MB_DIST_QUANTILES);
    assert_int_equal(response->n, 400);
    assert_int_equal(response->sum, 929790000);
    assert_int_equal(response->max, 8353000);
    assert_int_equal(response->min, -1);
    assert_int_equal(response->count, 5);
    assert_int_equal(import_quantile(response, 950000000), 4718000);
    assert_false(response->mixed);
    import_release(&fixture);
}

// With the progress before the document.
static void rate(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "bombardier/bombardier-rate.json", 1);
    assert_int_equal(run->point.load_model, MB_LOAD_PACED);
    assert_int_equal(run->point.rate_micro_rps, 200000000);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].n, 202);
    assert_null(run->cut_off);
    import_release(&fixture);
}

static void text(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "bombardier/bombardier.txt", 1);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(fixture.importer->name, "bombardier");
    assert_int_equal(run->point.load_model, MB_LOAD_UNKNOWN);
    assert_int_equal(run->point.connections, 4);
    assert_int_equal(run->window_ns, -1);
    assert_int_equal(run->part.counts.ok, 400);
    assert_int_equal(service->max, 4960000);
    assert_int_equal(import_quantile(service, 990000000), 4240000);
    import_release(&fixture);

    run = import_file(&fixture, "bombardier/bombardier-errors.txt", 1);
    service = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(run->window_ns, 1000000000);
    assert_int_equal(run->part.counts.ok, 1435);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 373);
    assert_int_equal(service->n, 1808);
    assert_true(service->mixed);
    import_release(&fixture);
}

static void failures(void **state)
{
    static const char *const refused[] = {"bombardier/bombardier-refused.json",
                                          "bombardier/bombardier-refused.txt"};
    (void)state;
    struct import_fixture fixture;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct mb_part *part = &import_file(&fixture, refused[i], 1)->part;
        assert_int_equal(part->counts.errors_by_kind[MB_ERROR_CONNECT], 6);
        assert_int_equal(part->counts.completed, 0);
        assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
        assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].n, 6);
        import_release(&fixture);
    }
    const struct mb_part *part =
        &import_file(&fixture, "bombardier/bombardier-timeout.json", 1)->part;
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_TIMEOUT], 28);
    assert_int_equal(part->counts.ok, 32);
    assert_true(part->dist[MB_DIST_SERVICE].mixed);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, 60);
    import_release(&fixture);
}

static void stopped(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "bombardier/bombardier-stopped.json", 1);
    assert_string_equal(run->cut_off, "it was stopped before its end");
    assert_int_equal(run->window_ns, 992751608);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_SUMMARY);
    import_release(&fixture);
    run = import_file(&fixture, "bombardier/bombardier-stopped.txt", 1);
    assert_string_equal(run->cut_off, "it was stopped before its end");
    assert_int_equal(run->window_ns, -1);
    import_release(&fixture);
}

#define TABLE                                                                            \
    "Statistics        Avg      Stdev        Max\n  Reqs/sec 1 1 1\n"                    \
    "  Latency 1.00ms 1.00us 1.00s\n  HTTP codes:\n"

#define END "  Throughput:   1.00KB/s\n"

// Errors that bombardier counts by their status, and answers that it cannot class.
static void broken_and_strange(void **state)
{
    static const struct {
        const char *codes;
        int64_t completed;
        int64_t ok;
        int64_t wrong;
        int64_t closed;
    } cases[] = {
        {"1xx - 0, 2xx - 9, 3xx - 0, 4xx - 0, 5xx - 0\n others - 1\n  Errors:\n"
         "    unexpected EOF - 3",
         7, 7, 0, 3},
        {"1xx - 0, 2xx - 9, 3xx - 0, 4xx - 1, 5xx - 0\n others - 1\n  Errors:\n"
         "    unexpected EOF - 3",
         -1, -1, -1, 3},
        {"1xx - 0, 2xx - 9, 3xx - 0, 4xx - 1, 5xx - 2\n others - 4\n  Errors:\n"
         "    odd - message EOF - 3",
         13, 9, 4, 3},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        struct mb_arena arena = {0};
        assert_int_equal(
            import_text(&fixture, mb_arena_print(&arena,
                                                 "Bombarding http://a/ for 1m30s using 1 "
                                                 "connections\n" TABLE "%s\n" END,
                                                 cases[i].codes)),
            MB_OK);
        const struct mb_counts *counts = &fixture.import.runs[0].part.counts;
        assert_int_equal(fixture.import.runs[0].window_ns, 90000000000);
        assert_int_equal(counts->completed, cases[i].completed);
        assert_int_equal(counts->ok, cases[i].ok);
        assert_int_equal(counts->errors_by_kind[MB_ERROR_STATUS], cases[i].wrong);
        assert_int_equal(counts->errors_by_kind[MB_ERROR_CLOSED], cases[i].closed);
        import_release(&fixture);
        mb_arena_release(&arena);
    }
}

#define CODES "1xx - 0, 2xx - 1, 3xx - 0, 4xx - 0, 5xx - 0\n others - "

static void several(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(import_text(&fixture, TABLE CODES "0\n" END TABLE CODES "0\n" END),
                     MB_OK);
    assert_int_equal(fixture.import.count, 2);
    assert_int_equal(fixture.import.runs[1].part.counts.ok, 1);
    import_release(&fixture);
}

#define SPEC "{\"spec\": {\"numberOfConnections\": 1"
#define ANSWERS                                                                          \
    "\"req1xx\": 0, \"req2xx\": 1, \"req3xx\": 0, \"req4xx\": 0, \"req5xx\": 0"

static void refuses(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {TABLE "others - 1\n", "the report that begins here ends before its HTTP codes"},
        {TABLE CODES "2\n Errors:\n",
         "the report that begins here ends before its throughput, maybe within its "
         "errors"},
        {TABLE CODES "0\n Errors:\n EOF - 2\n" END,
         "the report that begins here counts more errors than requests"},
        {TABLE CODES "9007199254740991\n" END,
         "the report that begins here counts more requests than can be"},
        {SPEC ", \"rate\": 0}, \"result\": {" ANSWERS "}}", "'rate' is not a rate"},
        {SPEC "}, \"result\": {" ANSWERS "}}",
         "'timeTakenSeconds' is not a number of seconds"},
        {SPEC "}, \"result\": {\"timeTakenSeconds\": 1, \"req1xx\": 0, \"req2xx\": -1}}",
         "'req2xx' is not a count"},
        {SPEC "}, \"result\": {\"timeTakenSeconds\": 1, " ANSWERS "}}",
         "'others' is not a count"},
        {SPEC "}, \"result\": {\"timeTakenSeconds\": 1, \"others\": 0, " ANSWERS
              ", \"errors\": [{\"description\": \"EOF\"}]}}",
         "an error without its count"},
        {SPEC "}, \"result\": {\"timeTakenSeconds\": 1, \"others\": 0, " ANSWERS
              ", \"errors\": [{\"description\": \"EOF\", \"count\": 2}]}}",
         "the result counts more errors than requests"},
        {SPEC ", \"req2xx\": 1}}", "a document without 'spec' and 'result'"},
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
        cmocka_unit_test(json),    cmocka_unit_test(rate),
        cmocka_unit_test(text),    cmocka_unit_test(failures),
        cmocka_unit_test(stopped), cmocka_unit_test(broken_and_strange),
        cmocka_unit_test(several), cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_bombardier", tests, NULL, NULL);
}
