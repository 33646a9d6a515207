#include "import_fixture.h"

static void recorded(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "locust/errors_stats.csv", 3);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(fixture.importer->name, "locust-csv");
    assert_string_equal(run->workload, "GET /");
    assert_int_equal(run->part.counts.intended, 85);
    assert_int_equal(run->part.counts.ok, 71);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 14);
    assert_int_equal(run->window_ns / 1000000, 1996); // 85 at 42.58 a second
    assert_int_equal(dist->type, MB_DIST_QUANTILES);
    assert_int_equal(dist->n, 85);
    assert_int_equal(dist->max, 112695889);
    assert_int_equal(import_quantile(dist, 500000000), 65000000);
    assert_int_equal(import_quantile(dist, 999900000), 110000000);
    assert_true(dist->mixed);
    assert_string_equal(run[2].workload, "Aggregated");
    assert_int_equal(run[2].part.counts.intended, 110);
    import_release(&fixture);
    run = import_file(&fixture, "locust/errors_stats_history.csv", 3);
    assert_string_equal(run->workload, "Aggregated");
    assert_int_equal(run->point.connections, 4);
    assert_int_equal(run->start_unix_ns, INT64_C(1795488656000000000));
    assert_int_equal(run->window_ns, 2000000000);
    assert_int_equal(run->part.counts.intended, 110);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].count, 1); // the median only
    assert_int_equal(import_quantile(&run->part.dist[MB_DIST_RESPONSE], 500000000),
                     65000000);
    import_release(&fixture);
    run = import_file(&fixture, "locust/errors_failures.csv", 2);
    assert_string_equal(run[1].workload, "GET /item");
    assert_int_equal(run[1].part.counts.intended, -1);
    assert_int_equal(run[1].part.counts.errors_by_kind[MB_ERROR_STATUS], 4);
    assert_int_equal(run[1].part.counts.errors_by_kind[MB_ERROR_CONNECT], 0);
    import_release(&fixture);
}

#define HISTORY                                                                          \
    "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,Total Request "            \
    "Count,Total Failure Count,Total Median Response Time\n"

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        size_t runs;
        int64_t intended;
        int64_t ok;
        int64_t window_ms; // -1: not known
        int64_t median_ms;
        bool mixed;
    } cases[] = {
        {"0.14",
         "\"Type\",\"Name\",\"# requests\",\"# failures\",\"Requests/s\",\"50%\","
         "\"99.999\"\r\n\"GET\",\"/\",4,1,2.00,7,9\r\n\"None\",\"Aggregated\",4,1,"
         "2.00,7,9\r\n",
         1, 4, 3, 2000, 7, true},
        {"0.9, either way",
         "\"Method\",\"Name\",\"# requests\",\"# failures\",\"Median "
         "response time\",\"Requests/s\"\n\"GET\",\"/\",4,1,7,0.50\n",
         1, -1, -1, -1, 7, true},
        {"0.9, more failed",
         "\"Method\",\"Name\",\"# requests\",\"# failures\",\"Median "
         "response time\"\n\"GET\",\"/\",4,9,7\n",
         1, 13, 4, -1, 7, false},
        {"its distribution",
         "\"Name\",\"# requests\",\"50%\",\"100%\"\n\"GET /\",4,7,9\n", 1, -1, -1, -1, 7,
         true},
        {"nothing asked",
         "Type,Name,Request Count,Failure Count,50%\n,Aggregated,0,0,N/A\n", 1, 0, 0, -1,
         -1, false},
        {"a percentile beyond the largest",
         "Type,Name,Request Count,Failure Count,Max Response Time,50%\nGET,/,1,0,6.5,7\n",
         1, 1, 1, -1, 6, false},
        {"a history",
         HISTORY "100,0,,Aggregated,0,0,N/A,0,0,0\n101,5,,Aggregated,0,0,N/A,3,"
                 "0,7\n102,5,,Aggregated,0,0,9,8,0,8\n103,0,,Aggregated,0,0,9,8,"
                 "0,8\n",
         1, 8, 8, 2000, 8, false},
        {"a history of two tests",
         HISTORY "100,5,,Aggregated,0,0,9,8,0,8\n101,0,,Aggregated,0,0,9,8,0,8\n"
                 "105,5,,Aggregated,0,0,9,1,0,8\n",
         2, 8, 8, -1, 8, false},
        {"a history whose statistics were reset",
         HISTORY "100,5,,Aggregated,0,0,9,8,0,8\n101,5,,Aggregated,0,0,9,2,0,5\n"
                 "104,5,,Aggregated,0,0,9,9,0,5\n",
         1, 9, 9, 4000, 5, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        if (import_text(&fixture, cases[i].text) != MB_OK) {
            fail_msg("%s: %s", cases[i].name, fixture.err.message);
        }
        const struct mb_import_run *run = fixture.import.runs;
        const struct mb_counts *counts = &run->part.counts;
        const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
        int64_t median = import_quantile(dist, 500000000);
        int64_t window = run->window_ns;
        window = window >= 0 ? window / 1000000 : window;
        median = median >= 0 ? median / 1000000 : median;
        if (fixture.import.count != cases[i].runs ||
            counts->intended != cases[i].intended || counts->ok != cases[i].ok ||
            window != cases[i].window_ms || median != cases[i].median_ms ||
            dist->mixed != cases[i].mixed) {
            fail_msg("%s: %zu runs, intended %lld, ok %lld, window %lld, median %lld, "
                     "mixed %d",
                     cases[i].name, fixture.import.count, (long long)counts->intended,
                     (long long)counts->ok, (long long)window, (long long)median,
                     dist->mixed);
        }
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
        {"Type,Name,Request Count,Min Response Time\nGET,/,1,-3\n",
         "'-3' is no Min Response Time"},
        {"Type,Name,Request Count,\nGET,/,1.5,\n", "'1.5' is no Request Count"},
        {"Type,Name,Request Count,50%\nGET,/,1\n",
         "it has 3 columns, the first line names 4"},
        {"Type,Name,Request Count,50%\nGET,/,1,nan\n", "'nan' is no response time"},
        {"Type,Name,Request Count,50%\n", "there is no run of locust in it"},
        {"Method,Name,Error,Occurrences\n", "it lists failures, and there was none"},
        {"Method,Name,Error,Occurrences\nGET,/,x,\n", "'' is no Occurrences"},
        {"Count,Message,Traceback,Nodes\n",
         "it lists exceptions of the test's own code, no requests"},
        {"\"Type\",\"Name\",\"50%\"\nGET,/,1\n",
         "the first line names no 'Request Count'"},
        {HISTORY "0,0,,Aggregated,0,0,N/A,0,0,0\n", "'0' is no Timestamp"},
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
        cmocka_unit_test(texts),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_locust_csv", tests, NULL, NULL);
}
