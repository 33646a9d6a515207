// What fortio prints: loads and pings, rows of both forms, and reports that are wrong in
// one place.
#include "import_fixture.h"

static enum mb_status text_read(struct import_fixture *fixture, const char *text)
{
    return import_text_as(fixture, text, (struct import_as){.from = "fortio-text"});
}

#define HEAD                                                                             \
    "Fortio 1.66.5 running at 100 queries per second, 2->2 procs, for 10 calls: "        \
    "http://h:1/\n"                                                                      \
    "Starting at 100 qps with 2 thread(s) [gomax 2] : exactly 10, 5 calls each\n"        \
    "Ended after 1m0.5s : 10 calls. qps=0.1653\n"
#define SLEEPS                                                                           \
    "Aggregated Sleep Time : count 10 avg 1 +/- 0 min -1 max 1 sum 3\n# range, ...\n"    \
    "< 0 , 0 , 8.58, 9\n>= 0 < 0.001 , 0.0005 , 100.00, 1\n"
#define TIMES                                                                            \
    "Aggregated Function Time : count 10 avg 0.0016 +/- 0.0001 min 0.000912345 max "     \
    "0.003 sum 0.016\n# range, mid point, percentile, count\n"                           \
    ">= 0.000912 <= 0.001 , 0.0009 , 40.00, 4\n> 0.001 <= 0.003 , 0.002 , 100.00, 6\n"   \
    "# target 50% 0.0012\n"

static void a_load(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *rest;
        int64_t ok;
        int64_t status;
        int64_t other;
        bool mixed;
        int64_t n;
    } cases[] = {
        {"all good", "Error cases : no data\nCode 200 : 10 (100.0 %)\n", 10, 0, 0, false,
         10},
        {"without codes", "", 10, 0, 0, false, 10},
        {"old errors", "Code 200 : 7\nCode 503 : 2\nCode -1 : 1\n", 7, 2, 1, true, 10},
        {"errors apart",
         "Error cases : count 2 avg 0.002 +/- 0 min 0.0011 max 0.002 sum 0.004\n"
         "# range, ...\n>= 0.0011 <= 0.002 , 0.0015 , 100.00, 2\n"
         "Code 200 : 8 (80.0 %)\nCode 503 : 2 (20.0 %)\n",
         8, 2, 0, false, 8},
        {"errors that do not fit",
         "Error cases : count 2 avg 0.002 +/- 0 min 0.0005 max 0.002 sum 0.004\n"
         "# range, ...\n>= 0.0005 <= 0.002 , 0.0015 , 100.00, 2\n"
         "Code 200 : 8 (80.0 %)\nCode 503 : 2 (20.0 %)\n",
         8, 2, 0, true, 10},
        {"sockets", "tcp OK : 9 (90.0 %)\ntcp read: x : y : 1 (10.0 %)\n", 9, 0, 1, true,
         10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        struct mb_buf text = {0};
        mb_buf_print(&text, "noise\r\n%s%s%s%sSockets used: 2 (for perfect)\nAll done\n",
                     HEAD, SLEEPS, TIMES, cases[i].rest);
        enum mb_status status = text_read(&fixture, mb_buf_string(&text));
        if (status != MB_OK) {
            fail_msg("%s: %d: %s", cases[i].name, fixture.err.line, fixture.err.message);
        }
        const struct mb_import_run *run = &fixture.import.runs[0];
        const struct mb_counts *counts = &run->part.counts;
        const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
        if (counts->ok != cases[i].ok ||
            counts->errors_by_kind[MB_ERROR_STATUS] != cases[i].status ||
            counts->errors_by_kind[MB_ERROR_OTHER] != cases[i].other ||
            service->mixed != cases[i].mixed || service->n != cases[i].n) {
            fail_msg("%s: %lld ok, %lld values", cases[i].name, (long long)counts->ok,
                     (long long)service->n);
        }
        assert_string_equal(run->version, "1.66.5");
        assert_string_equal(run->url, "http://h:1/");
        assert_int_equal(run->point.rate_micro_rps, 100000000);
        assert_int_equal(run->point.connections, 2);
        assert_int_equal(run->window_ns, INT64_C(60500000000));
        assert_int_equal(counts->connections_opened, 2);
        assert_int_equal(service->buckets[0].low, 912345);
        assert_int_equal(service->buckets[0].high, 1000000);
        assert_int_equal(service->buckets[1].low, 1000001);
        assert_int_equal(service->buckets[1].high, 3000000);
        import_release(&fixture);
        mb_buf_release(&text);
    }
}

// Rows of old versions hold their start and not their end; two reports are two runs.
static void other_forms(void **state)
{
    (void)state;
    struct import_fixture fixture;
    enum mb_status status = import_text(
        &fixture,
        "Fortio running at -1 queries per second for 1m0s: http://h/\n"
        "Starting at max qps with 4*2 threads\n"
        "Starting at max qps with 8 thread(s) [gomax 4] for 1m0s\n"
        "Ended after 1s : 3 calls. qps=3\n"
        "Aggregated Function Time : count 3 avg 1 +/- 0 min 0.0011 max 0.0029 sum "
        "0.006\n"
        ">= 0.001 < 0.002 , 0.0015 , 33.00, 1\n"
        ">= 0.002 < 0.003 , 0.0025 , 100.00, 2\n"
        "RTT histogram usec : count 2 avg 305 +/- 27 min 279.517 max 342.97 sum "
        "622.487\n"
        ">= 250 < 300 , 275 , 50.00, 1\n>= 300 < 350 , 325 , 100.00, 1\n");
    if (status != MB_OK) {
        fail_msg("%d: %s", fixture.err.line, fixture.err.message);
    }
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *load = &fixture.import.runs[0];
    const struct mb_import_run *pings = &fixture.import.runs[1];
    assert_null(load->version);
    assert_int_equal(load->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(load->point.connections, 2);
    assert_int_equal(load->concurrency, 8);
    const struct mb_dist *dist = &load->part.dist[MB_DIST_RESPONSE];
    assert_int_equal(dist->buckets[0].low, 1100000);
    assert_int_equal(dist->buckets[0].high, 1999999);
    assert_int_equal(dist->buckets[1].low, 2000000);
    assert_int_equal(dist->buckets[1].high, 2900000);
    assert_string_equal(pings->workload, "grpcping");
    assert_int_equal(pings->part.dist[MB_DIST_RESPONSE].min, 279517);
    assert_int_equal(pings->part.dist[MB_DIST_RESPONSE].sum, 622487);
    import_release(&fixture);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
        const char *message;
    } cases[] = {
        {HEAD, 3, "ends before its 'Aggregated Function Time'"},
        {HEAD TIMES "Code 200 : 11\n", 9, "more than the calls"},
        {HEAD "Aggregated Function Time : count 3 avg 1 min x max 2 sum 3\n", 4,
         "min, max or sum"},
        {HEAD "Aggregated Function Time : count 3 avg 1 min 1 max 2 sum 3\n"
              ">= 1 <= 2 , 1.5 , 100.00, 2\n",
         5, "another number of values"},
        {HEAD "Aggregated Function Time : count 2 avg 1 min 1 max 2 sum 3\n"
              ">= 1 <= 2 , 1.5 , 50.00, 1\n> 1 <= 1.5 , 1 , 100.00, 1\n",
         6, "not in order"},
        {HEAD "Aggregated Function Time : count 2 avg 1 min 1 max 2 sum 3\n"
              ">= 1 <= two , 1.5 , 50.00, 1\n",
         5, "a row of the histogram cannot be read"},
        {"Fortio 1 running at 1 queries per second: http://h/\nEnded after soon : 1\n", 2,
         "'soon'"},
        {"words\n", 0, "there is no run of fortio in it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        enum mb_status status = text_read(&fixture, cases[i].text);
        if (status != MB_INVALID || fixture.err.line != cases[i].line ||
            strstr(fixture.err.message, cases[i].message) == NULL) {
            fail_msg("case %zu: line %d: %s", i, fixture.err.line, fixture.err.message);
        }
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_load),
                                       cmocka_unit_test(other_forms),
                                       cmocka_unit_test(refusals)};
    return cmocka_run_group_tests_name("exchange/import_fortio_text", tests, NULL, NULL);
}
