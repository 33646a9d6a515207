#include "import_fixture.h"

static void recorded_summary(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "siege/siege.txt", 1);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(fixture.importer->name, "siege");
    assert_string_equal(run->version, "4.0.7");
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->point.connections, 4);
    assert_int_equal(run->window_ns, 400000000);
    assert_int_equal(run->part.counts.intended, 100);
    assert_int_equal(run->part.counts.ok, 100);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_CONNECT], 0);
    assert_int_equal(dist->type, MB_DIST_SUMMARY);
    assert_int_equal(dist->n, 100);
    assert_int_equal(dist->sum, 1000000000);
    assert_int_equal(dist->max, 40000000);
    assert_int_equal(dist->min, -1); // "0.00": shorter than a tick
    assert_false(dist->mixed);
    import_release(&fixture);
}

// Each request as text, in colours, behind its summary.
static void recorded_requests(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "siege/siege-errors.txt", 1);
    const struct mb_counts *counts = &run->part.counts;
    assert_int_equal(counts->intended, 24);
    assert_int_equal(counts->ok, 20);
    assert_int_equal(counts->completed, 24);
    assert_int_equal(counts->errors_by_kind[MB_ERROR_STATUS], 4);
    assert_int_equal(counts->errors_by_kind[MB_ERROR_CONNECT], 0);
    assert_int_equal(counts->status_count, 2);
    assert_int_equal(counts->statuses[1].status, 503);
    assert_int_equal(counts->bytes_received, 24 * 64);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_HDR);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].n, 20);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].max, 120000000);
    assert_int_equal(run->part.dist[MB_DIST_ERROR_RESPONSE].n, 4);
    import_release(&fixture);
    run = import_file(&fixture, "siege/siege-csv.txt", 1);
    assert_int_equal(run->part.counts.ok, 40);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].n, 40);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].max, 30000000);
    import_release(&fixture);
}

static void recorded_others(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "siege/siege-refused.txt", 1);
    assert_int_equal(run->part.counts.intended, 6);
    assert_int_equal(run->part.counts.ok, 0);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 6);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_CONNECT], -1);
    assert_int_equal(run->window_ns, -1);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
    run = import_file(&fixture, "siege/siege.json", 1);
    assert_int_equal(run->part.counts.ok, 100);
    assert_int_equal(run->window_ns, 500000000);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].sum, 2000000000);
    import_release(&fixture);
    run = import_file(&fixture, "siege/siege.log", 3);
    assert_string_equal(run[0].name, "2026-11-24 02:50:52");
    assert_string_equal(run[1].name, "mesh on");
    assert_string_equal(run[2].name, "2026-11-24 02:50:53");
    assert_int_equal(run[0].window_ns, 1190000000);
    assert_int_equal(run[0].start_unix_ns, 0);
    assert_int_equal(run[1].part.counts.intended, 48);
    assert_int_equal(run[1].part.counts.errors_by_kind[MB_ERROR_OTHER], 8);
    assert_int_equal(run[1].part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

#define SUMMARY(transactions, successful, failed)                                        \
    "Transactions:\t\t" transactions " hits\nAvailability:\t 50.00 %\n"                  \
    "Elapsed time:\t 2.00 secs\nData transferred:\t 0.10 MB\n"                           \
    "Response time:\t 0.05 secs\nTransaction rate:\t 1.00 trans/sec\n"                   \
    "Successful transactions:" successful "\nFailed transactions:\t" failed              \
    "\nLongest transaction:\t 0.10\nShortest transaction:\t 0.01\n"

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        size_t runs;
        int64_t intended;
        int64_t ok;
        int64_t status_errors;
        int64_t other_errors;
        int64_t n; // of service times
        bool mixed;
    } cases[] = {
        {"two runs",
         "** SIEGE 3.0.8\n" SUMMARY("4", "4", "0") "** SIEGE 3.0.8\n" SUMMARY("9", "9",
                                                                              "0"),
         2, 4, 4, 0, 0, 4, false},
        {"two summaries", SUMMARY("4", "4", "0") "\n" SUMMARY("9", "9", "0"), 2, 4, 4, 0,
         0, 4, false},
        {"wrong statuses that siege lets pass", SUMMARY("10", "7", "0"), 1, 10, 7, 3, 0,
         10, true},
        {"failed ones", SUMMARY("10", "9", "5"), 1, 15, 9, -1, 6, -1, true},
        {"redirects that failed", SUMMARY("10", "12", "5"), 1, 15, -1, -1, -1, -1, true},
        {"milliseconds and CRLF",
         "Transactions:\t 2    hits\r\nAvailability:\t 100.00 %\r\nElapsed time:\t 2.00 "
         "secs\r\nResponse time:\t 1.25 ms\r\nSuccessful transactions: 2\r\nFailed "
         "transactions: 0\r\nLongest transaction:\t 2.00 ms\r\nShortest transaction:\t "
         "0.50 ms\r\n",
         1, 2, 2, 0, 0, 2, false},
        {"lines only, with ids",
         "   4,HTTP/1.1,200,  0.36,   3372,/,0,2015-12-20 21:30:13\n"
         "   1,HTTP/1.1,404,  0.30,   3372,/a,b,0,2015-12-20 21:30:13\n",
         1, -1, 1, 1, -1, 1, false},
        {"lines of 3.0, stamped, one from the cache",
         "[Sun, 2015-12-20 21:30:13] HTTP/1.1 200   0.01 secs:     64 bytes ==> /\n"
         "HTTP/1.1 200(C)  0.00 secs:      0 bytes ==> GET  /style.css\n",
         1, -1, 1, 0, -1, 1, false},
        {"lines of which the summary counts more",
         "HTTP/1.1 200   0.01 secs:     64 bytes ==> /\n" SUMMARY("10", "10", "0"), 1, 10,
         10, 0, 0, 10, false},
        {"refused ones and answers",
         "HTTP/1.1 200   0.01 secs:     64 bytes ==> /\nHTTP/1.1 500   0.01 secs:     64 "
         "bytes ==> /\n[error] socket: unable to connect sock.c:282: Connection "
         "refused\n" SUMMARY("1", "1", "2"),
         1, 3, 1, 1, 0, 1, false},
        {"a log without its heading, of which siege divided by nothing",
         "2026-11-24 02:46:38,     14,       0.00,           0,       -nan,         inf, "
         "       -nan,        -nan,      14,       2\n",
         1, 16, 14, -1, 2, -1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        if (import_text(&fixture, cases[i].text) != MB_OK) {
            fail_msg("%s: %s", cases[i].name, fixture.err.message);
        }
        const struct mb_import_run *run = fixture.import.runs;
        const struct mb_counts *counts = &run->part.counts;
        const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
        bool same = fixture.import.count == cases[i].runs &&
                    counts->intended == cases[i].intended && counts->ok == cases[i].ok &&
                    counts->errors_by_kind[MB_ERROR_STATUS] == cases[i].status_errors &&
                    counts->errors_by_kind[MB_ERROR_OTHER] == cases[i].other_errors &&
                    (dist->type == MB_DIST_ABSENT ||
                     (dist->n == cases[i].n && dist->mixed == cases[i].mixed));
        if (!same) {
            fail_msg("%s: %zu runs, intended %lld, ok %lld, status %lld, other %lld, n "
                     "%lld, mixed %d",
                     cases[i].name, fixture.import.count, (long long)counts->intended,
                     (long long)counts->ok,
                     (long long)counts->errors_by_kind[MB_ERROR_STATUS],
                     (long long)counts->errors_by_kind[MB_ERROR_OTHER],
                     (long long)dist->n, dist->mixed);
        }
        import_release(&fixture);
    }
}

static void cut_off(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {SUMMARY("1", "1", "1024") "siege aborted due to excessive socket failure; you\n",
         "siege stopped because of too many failures"},
        {"** SIEGE 4.0.4\n** Preparing 2 concurrent users for battle.\nHTTP/1.1 200   "
         "0.01 secs:     64 bytes ==> /\n",
         "the output ends before the summary"},
        {"  Date & Time,  Trans,  Elap Time,  Data\n2026-11-24 02:46:38, 1, 0.10, 0, "
         "0.10, 1.00, 0.00, 0.10, 1, 1024\n**** siege aborted due to excessive socket "
         "failure. ****\n",
         "siege stopped because of too many failures"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_OK);
        assert_int_equal(fixture.import.count, 1);
        assert_string_equal(fixture.import.runs[0].cut_off, cases[i].why);
        import_release(&fixture);
    }
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"Transactions:\t 4 hits\nAvailability:\t 100.00 %\nElapsed time:\t 2.00 secs\n",
         "the run of siege that begins here ends before 'Shortest transaction'"},
        {"** SIEGE 4.0.7\n** Preparing 4 concurrent users for battle.\n",
         "the run of siege that begins here ends before its summary"},
        {"Availability:\t 100.00 %\nTransactions:\t -4 hits\n",
         "no number behind 'Transactions:'"},
        {"Transactions:\t 4 hits\nAvailability:\t 1 %\nResponse time:\t -nan secs\n",
         "no number behind 'Response time:'"},
        {"{\"transactions\": 1, \"elapsed_time\": 1, \"longest_transaction\": 1}",
         "'successful_transactions' is no number of requests"},
        {"{\"transactions\": 1, \"successful_transactions\": 1, \"failed_transactions\": "
         "0, \"elapsed_time\": -1, \"longest_transaction\": 1}",
         "'elapsed_time' is no number of seconds"},
        {"{\t\"transactions\": 1,\n\"longest_transaction\": 1,\n",
         "the JSON document is cut off"},
        {"  Date & Time,  Trans,  Elap Time,  Data\nnoise\n",
         "not a line of siege.log: 'noise'"},
        {"  Date & Time,  Trans,  Elap Time,  Data\n2026-11-24 02:46:38, 1, 0.1",
         "not a line of siege.log: '2026-11-24 02:46:38, 1, 0.1'"},
        {"HTTP/1.1 500   0.01 secs:     64 bytes ==> /\nHTTP/1.1 200   0.01 secs:     64 "
         "bytes ==> /\n" SUMMARY("1", "1", "0"),
         "the run of siege that begins here prints more failed requests than it counts"},
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
        cmocka_unit_test(recorded_summary), cmocka_unit_test(recorded_requests),
        cmocka_unit_test(recorded_others),  cmocka_unit_test(texts),
        cmocka_unit_test(cut_off),          cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_siege", tests, NULL, NULL);
}
