// Tables with a map: rows that are requests, rows that are runs, and what is wrong.
#include "import_fixture.h"

static enum mb_status table_read(struct import_fixture *fixture, const char *map,
                                 const char *text)
{
    return import_text_as(fixture, text, (struct import_as){.from = "csv", .map = map});
}

static void requests(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        table_read(&fixture,
                   "variant=mesh,time=at:ms,latency=took:us,status=code,bytes=size,"
                   "connections=c,load_model=loop",
                   "at;mesh;took;code;size;c;loop\r\n1000;a;100;200;10;2;closed\r\n"
                   "1500.5;b;5;500;1;2;closed\r\n1600;a;300.5;204;30;2;closed\r\n"
                   "1600;a;9;404;1;2;closed\r\n"),
        MB_OK);
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(run->variant, "a");
    assert_int_equal(run->point.connections, 2);
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->part.co_handling, MB_CO_NONE);
    assert_int_equal(run->start_unix_ns, 1000000000);
    assert_int_equal(run->window_ns, 600300500);
    assert_int_equal(run->part.counts.intended, 3);
    assert_int_equal(run->part.counts.ok, 2);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 1);
    assert_int_equal(run->part.counts.bytes_received, 41);
    assert_int_equal(dist->type, MB_DIST_HDR);
    assert_int_equal(dist->n, 2);
    assert_int_equal(dist->max, 300500);
    assert_false(dist->mixed);
    assert_int_equal(fixture.import.runs[1].part.counts.ok, 0);
    assert_int_equal(fixture.import.runs[1].start_unix_ns, 1500500000);
    import_release(&fixture);
}

// No names, no word on failures, dates without a zone.
static void numbers(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(table_read(&fixture, "time=#1,workload=#2,latency=#3:s",
                                "2017-07-29 12:56:15\tGET\t0.25\n"
                                "2017-07-29 12:56:16\tGET\t0.5\n"),
                     MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    assert_int_equal(fixture.import.count, 1);
    assert_string_equal(run->workload, "GET");
    assert_null(run->variant);
    assert_int_equal(run->start_unix_ns, 0);
    assert_int_equal(run->window_ns, -1);
    assert_int_equal(run->part.counts.intended, 2);
    assert_int_equal(run->part.counts.ok, -1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], -1);
    assert_int_equal(run->part.co_handling, MB_CO_UNKNOWN);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_true(run->part.dist[MB_DIST_RESPONSE].mixed);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].sum, 750000000);
    assert_int_equal(fixture.import.note_count, 1);
    import_release(&fixture);
}

static void runs(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        table_read(&fixture,
                   "variant=v,rate=qps,duration=len:s,achieved=got,errors=bad,mean=m:ms,"
                   "p99.9=worst:ms,p50=mid:us,max=top:ms,time=when",
                   "when,v,qps,len,got,bad,m,mid,worst,top\n"
                   "2020-01-01T00:00:00Z,\"a, b\",100,10,99.5,0,1.5,1250,9,11\n"
                   ",c,,,,,,7,,\n"),
        MB_OK);
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(run->variant, "a, b");
    assert_int_equal(run->start_unix_ns, INT64_C(1577836800000000000));
    assert_int_equal(run->point.rate_micro_rps, 100000000);
    assert_int_equal(run->part.counts.intended, 995);
    assert_int_equal(run->part.counts.ok, 995);
    assert_int_equal(dist->count, 2);
    assert_int_equal(dist->quantiles[0].value, 1250000);
    assert_int_equal(import_quantile(dist, 999000000), 9000000);
    assert_int_equal(dist->sum, INT64_C(995) * 1500000);
    assert_int_equal(dist->max, 11000000);
    assert_false(dist->mixed);
    run++;
    assert_int_equal(run->window_ns, -1);
    assert_int_equal(run->part.counts.completed, -1);
    assert_true(run->part.dist[MB_DIST_RESPONSE].mixed);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *map;
        const char *text;
        enum mb_status status;
        const char *message;
    } cases[] = {
        {NULL, "a,b\n", MB_USAGE,
         "a table wants --map, which says what its columns mean"},
        {"tme=a", "a\n", MB_USAGE, "'tme' in --map is no field"},
        {"latency", "a\n", MB_USAGE, "'latency' in --map is not FIELD=COLUMN"},
        {"latency=a", "a\n", MB_USAGE,
         "'latency' in --map has no unit: ':ns', ':us', ':ms', ':s'"},
        {"latency=a:ms,latency=b:ms", "a\n", MB_USAGE,
         "'latency=b:ms' in --map gives a field for the second time"},
        {"latency=#0:ms", "a\n", MB_USAGE,
         "'latency=#0:ms' in --map has no column by that number"},
        {"latency=a:ms,p99=b:ms", "a\n", MB_USAGE,
         "'p50' in --map is of a run, but 'latency' of a request"},
        {"rate=a", "a\n", MB_USAGE,
         "'latency' in --map is missing: neither it nor a percentile"},
        {"latency=b:ms", "a\n1\n", MB_INVALID, "there is no column 'b'"},
        {"latency=#2:ms", "1,2\n3\n", MB_INVALID,
         "it has 1 columns, the map wants column 2"},
        {"latency=a:ms", "a\n-1\n", MB_INVALID, "'-1' in column 1 is no time"},
        {"latency=a:ms", "a\nnan\n", MB_INVALID, "'nan' in column 1 is no time"},
        {"latency=a:ms,status=b", "a,b\n1,1000\n", MB_INVALID,
         "'1000' in column 2 is no status"},
        {"latency=a:ms,ok=b", "a,b\n1,maybe\n", MB_INVALID,
         "'maybe' in column 2 is no 'true' or 'false'"},
        {"p50=a:ms,requests=b,errors=c", "a,b,c\n1,2,3\n", MB_INVALID,
         "'3' in column 3 is no number of errors: there are fewer requests"},
        {"p99=b:ms,p50=a:ms", "a,b\n2,1\n", MB_INVALID,
         "'1' in column 2 is no percentile: it is less than a lower one"},
        {"latency=a:ms,time=b:s", "a,b\n1,1e300\n", MB_INVALID,
         "'1e300' in column 2 is no time since 1970"},
        {"p50=a:ms,requests=b", "a,b\n1,2.5\n", MB_INVALID,
         "'2.5' in column 2 is no whole number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(table_read(&fixture, cases[i].map, cases[i].text),
                         cases[i].status);
        assert_string_equal(fixture.err.message, cases[i].message);
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests),
        cmocka_unit_test(numbers),
        cmocka_unit_test(runs),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_csv", tests, NULL, NULL);
}
