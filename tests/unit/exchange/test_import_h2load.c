#include "import_fixture.h"

static void report(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "h2load/h2load.txt", 1);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    const struct mb_dist *connect = &run->part.dist[MB_DIST_CONNECT];
    assert_int_equal(run->point.connections, 8);
    assert_int_equal(run->window_ns, 123460000);
    assert_int_equal(run->part.counts.ok, 400);
    assert_int_equal(run->part.counts.sent, 400);
    assert_int_equal(run->part.counts.bytes_received, 51600);
    assert_int_equal(service->type, MB_DIST_SUMMARY);
    assert_int_equal(service->min, 1060000);
    assert_int_equal(service->max, 6710000);
    assert_int_equal(service->sum, INT64_C(2230000) * 400);
    assert_int_equal(connect->n, 8);
    assert_int_equal(connect->max, 321000);
    import_release(&fixture);
    run = import_file(&fixture, "h2load/h2load-errors.txt", 1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 22);
    assert_int_equal(run->part.counts.ok, 78);
    assert_true(run->part.dist[MB_DIST_SERVICE].mixed);
    import_release(&fixture);
}

// Two reports in one file, the second by two threads, with columns of a newer version.
static void several(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "spawning thread #0: 1 total client(s). 2 total requests\n\n"
                    "finished in 1.00s, 2 req/s, 1KB/s\n"
                    "requests: 2 total, 2 started, 2 done, 2 succeeded, 0 failed, 0 "
                    "errored, 0 timeout\nstatus codes: 2 2xx, 0 3xx, 0 4xx, 0 5xx\n"
                    "req/s           :  2 2 2 0 100%\n"
                    "spawning thread #0: 1 total client(s). 1 total requests\n"
                    "spawning thread #1: 1 total client(s). 1 total requests\n"
                    "finished in 2.00s, 1 req/s, 1KB/s\n"
                    "requests: 3 total, 3 started, 3 done, 1 succeeded, 2 failed, 2 "
                    "errored, 1 timeout\nstatus codes: 1 2xx, 0 3xx, 0 4xx, 0 5xx\n"
                    "        min   max   median   p95   p99   mean   sd   +/- sd\n"
                    "time for request: 1ms 9ms 5ms 7ms 8ms 5ms 1ms 90%\n"),
        MB_OK);
    assert_int_equal(fixture.import.count, 2);
    assert_int_equal(fixture.import.runs[0].point.connections, 1);
    const struct mb_import_run *run = &fixture.import.runs[1];
    assert_int_equal(run->point.connections, 2);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_TIMEOUT], 1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 1);
    assert_int_equal(run->part.counts.intended, 3);
    assert_int_equal(import_quantile(&run->part.dist[MB_DIST_SERVICE], 990000000),
                     8000000);
    import_release(&fixture);
}

// Two reports of weighttp, whose times are in three units.
static void weighttp(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "spawning thread #1: 32 concurrent requests, 5 total requests\n"
                    "spawning thread #2: 32 concurrent requests, 5 total requests\n\n"
                    "finished in 69 sec, 791 millisec and 699 microsec, 1432 req/s, 414 "
                    "kbyte/s\nrequests: 10 total, 10 started, 10 done, 10 succeeded, 0 "
                    "failed, 0 errored\nstatus codes: 10 2xx, 0 3xx, 0 4xx, 0 5xx\n"
                    "traffic: 29655423 bytes total, 15500000 bytes http\n"
                    "spawning thread #1: 8 concurrent requests, 5 total requests\n"
                    "finished in 2 sec, 0 millisec and 1 microsec, 3 req/s, 1 kbyte/s\n"
                    "requests: 5 total, 5 started, 5 done, 5 succeeded, 0 failed, 0 "
                    "errored\nstatus codes: 5 2xx, 0 3xx, 0 4xx, 0 5xx\n"),
        MB_OK);
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *run = fixture.import.runs;
    assert_string_equal(run->part.generator_name, "weighttp");
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->point.connections, 64);
    assert_int_equal(run->window_ns, INT64_C(69791699000));
    assert_int_equal(run->part.counts.ok, 10);
    assert_int_equal(run[1].point.connections, 8);
    assert_int_equal(run[1].window_ns, INT64_C(2000001000));
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(import_text(&fixture, "x\nfinished in 1.00s, 2 req/s, 1KB/s\n"),
                     MB_INVALID);
    assert_string_equal(fixture.err.message,
                        "the report that begins here ends before its counts of requests");
    assert_int_equal(fixture.err.line, 2);
    import_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report),
        cmocka_unit_test(several),
        cmocka_unit_test(weighttp),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_h2load", tests, NULL, NULL);
}
