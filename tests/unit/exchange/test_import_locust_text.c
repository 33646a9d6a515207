#include "import_fixture.h"

static void recorded(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "locust/refused.txt", 3);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(fixture.importer->name, "locust-text");
    assert_string_equal(run->version, "2.47.0");
    assert_string_equal(run->workload, "GET /");
    assert_null(run->cut_off);
    assert_int_equal(run->point.connections, 2);
    assert_int_equal(run->window_ns / 1000000, 751); // 113 at 150.31 a second
    assert_int_equal(run->part.counts.intended, 113);
    assert_int_equal(run->part.counts.ok, 0);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_CONNECT], 113);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 0);
    assert_int_equal(dist->max, 3000000);
    assert_int_equal(import_quantile(dist, 990000000), 2000000);
    assert_int_equal(import_quantile(dist, 999000000), 3000000); // 4, of at most 3
    assert_true(dist->mixed);
    assert_string_equal(run[2].workload, "Aggregated");
    assert_int_equal(run[2].part.counts.errors_by_kind[MB_ERROR_CONNECT], 139);
    import_release(&fixture);
    // --json took the requests away from the names.
    run = import_file(&fixture, "locust/reset.txt", 1);
    assert_string_equal(run->workload, "Aggregated");
    assert_int_equal(run->part.counts.ok, 133);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 25);
    assert_int_equal(run->part.counts.completed, 158);
    import_release(&fixture);
}

#define OLD_HEADING                                                                      \
    " Name            # reqs      # fails     Avg     Min     Max  |  Median   req/s\n"  \
    "----------------------------------------------------------------------------\n"
#define OLD_PERCENTILES                                                                  \
    "Percentage of the requests completed within given times\n"                          \
    " Name               # reqs    50%    66%   100%\n"
#define NEW_HEADING                                                                      \
    "Type     Name     # reqs      # fails |    Avg     Min     Max    Med |   req/s  "  \
    "failures/s\n"                                                                       \
    "--------|--------|-------|-------------|-------|-------|-------|-------|--------|"  \
    "-----------\n"
#define NEW_PERCENTILES "Type     Name      50%    66%    100%   # reqs\n"

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        size_t runs;
        bool whole;
        int64_t intended;
        int64_t ok;
        int64_t max_ms;
        int64_t p66_ms;
        bool mixed;
    } cases[] = {
        {"a table again and again",
         NEW_HEADING "GET  /   3     0(0.00%) |  5  1  9  4 |  1.00  0.00\n\n" NEW_HEADING
                     "GET  /   8     2(25.00%) |  5  1  9  4 |  4.00  0.00\n\n"
                     "Response time percentiles (approximated)\n" NEW_PERCENTILES
                     "GET  /   4  5  9  8\n",
         1, true, 8, 6, 9, 5, true},
        {"cut off", NEW_HEADING "GET  /   3     0(0.00%) |  5  1  9  4 |  1.00  0.00\n",
         1, false, 3, 3, 9, -1, false},
        {"0.7, which counts failed ones apart",
         "[2017-07-29 12:56:15,435] host/INFO/locust.main: Starting Locust "
         "0.7.5\n" OLD_HEADING
         " GET /a b        8     2(20.00%)     5     1     9  |     4    1.00\n"
         "---------\n Total           8     2(25.00%)                    "
         "1.00\n\n" OLD_PERCENTILES " GET /a b      8   4   5    9\n",
         1, true, 10, 8, 9, 5, false},
        {"without a version, more failed",
         OLD_HEADING " GET /        2     8(80.00%)     5     1     9  |     4    "
                     "1.00\n\n" OLD_PERCENTILES " GET /     2   4   5    9\n",
         1, true, 10, 2, 9, 5, false},
        {"without a version, either way",
         OLD_HEADING " GET /        8     2(20.00%)     5     1     9  |     4    "
                     "1.00\n\n" OLD_PERCENTILES " GET /     8   4   5    9\n",
         1, true, -1, -1, 9, 5, true},
        {"two runs without a log",
         NEW_HEADING
         "GET  /   3     0(0.00%) |  5  1  9  4 |  1.00  0.00\n\n" NEW_PERCENTILES
         "GET  /   4  5  9  3\n\n" NEW_HEADING
         "GET  /   4     0(0.00%) |  5  1  9  4 |  1.00  0.00\n\n",
         2, true, 3, 3, 9, 5, false},
        {"two runs in a document",
         "    [x] h/INFO/locust.main: Starting Locust 2.0.0\n    " NEW_HEADING
         "    GET  /   3     0(0.00%) |  5  1  9  4 |  1.00  0.00\n\n"
         "    [x] h/INFO/locust.main: Starting Locust 2.0.0\n    " NEW_HEADING
         "    GET  /   4     0(0.00%) |  5  1  9  4 |  1.00  0.00\n\n",
         2, false, 3, 3, 9, -1, false},
        {"two runs",
         "[x] h/INFO/locust.main: Starting Locust 2.0.0\n" NEW_HEADING
         "GET  /   3     0(0.00%) |  5  1  9  4 |  1.00  0.00\n\n"
         "[x] h/INFO/locust.main: Starting Locust 2.0.0\n" NEW_HEADING
         "GET  /   4     0(0.00%) |  5  1  9  4 |  1.00  0.00\n\n",
         2, false, 3, 3, 9, -1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        if (import_text(&fixture, cases[i].text) != MB_OK) {
            fail_msg("%s: %s", cases[i].name, fixture.err.message);
        }
        const struct mb_import_run *run = fixture.import.runs;
        const struct mb_counts *counts = &run->part.counts;
        const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
        int64_t p66 = import_quantile(dist, 660000000);
        p66 = p66 >= 0 ? p66 / 1000000 : p66;
        if (fixture.import.count != cases[i].runs ||
            (run->cut_off == NULL) != cases[i].whole ||
            counts->intended != cases[i].intended || counts->ok != cases[i].ok ||
            dist->max != cases[i].max_ms * 1000000 || p66 != cases[i].p66_ms ||
            dist->mixed != cases[i].mixed) {
            fail_msg("%s: %zu runs, whole %d, intended %lld, ok %lld, max %lld, p66 "
                     "%lld, mixed %d",
                     cases[i].name, fixture.import.count, run->cut_off == NULL,
                     (long long)counts->intended, (long long)counts->ok,
                     (long long)dist->max, (long long)p66, dist->mixed);
        }
        import_release(&fixture);
    }
}

static void refuses(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture, "[x] h/INFO/locust.main: Starting Locust 0.7.5\nbye\n"),
        MB_INVALID);
    assert_string_equal(fixture.err.message,
                        "the run of Locust that begins here holds no table of requests");
    import_release(&fixture);
    assert_int_equal(import_text(&fixture, NEW_HEADING), MB_INVALID);
    assert_string_equal(fixture.err.message, "there is no run of locust in it");
    import_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded),
        cmocka_unit_test(texts),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_locust_text", tests, NULL, NULL);
}
