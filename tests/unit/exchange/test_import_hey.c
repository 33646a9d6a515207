#include "import_fixture.h"

static void summary(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "hey/hey.txt", 1);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(run->point.load_model, MB_LOAD_UNKNOWN);
    assert_int_equal(run->window_ns, 110800000);
    assert_int_equal(run->part.counts.ok, 400);
    assert_int_equal(run->part.counts.bytes_received, 25600);
    assert_int_equal(run->part.counts.statuses[0].status, 200);
    assert_int_equal(service->n, 400);
    assert_int_equal(service->min, 1000000);
    assert_int_equal(service->max, 3100000);
    assert_int_equal(import_quantile(service, 990000000), 3100000);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

static void failures(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "hey/hey-errors.txt", 1);
    assert_int_equal(run->part.counts.completed, 60);
    assert_int_equal(run->part.counts.ok, 52);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 8);
    assert_true(run->part.dist[MB_DIST_SERVICE].mixed);
    import_release(&fixture);
    run = import_file(&fixture, "hey/hey-refused.txt", 1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_CONNECT], 6);
    assert_int_equal(run->part.counts.ok, 0);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

static void every_request(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "hey/hey.csv", 1);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(service->type, MB_DIST_HDR);
    assert_int_equal(service->n, 40);
    assert_int_equal(run->part.counts.ok, 40);
    assert_int_equal(run->part.counts.intended, -1);
    import_release(&fixture);
}

// Cut out of a document: bars, but no percentiles, and nothing about failures.
static void only_bars(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture, "Summary:\n  Total:\t0.5 secs\n  Slowest:\t0.0020 secs\n"
                              "  Fastest:\t0.0010 secs\n  Requests/sec:\t12\n\n"
                              "Response time histogram:\n  0.001 [1]\t|\n  0.001 [2]\t|\n"
                              "  0.002 [3]\t|\n"),
        MB_OK);
    const struct mb_part *part = &fixture.import.runs[0].part;
    const struct mb_dist *service = &part->dist[MB_DIST_SERVICE];
    assert_int_equal(service->type, MB_DIST_BUCKETS);
    assert_int_equal(service->count, 2);
    assert_int_equal(service->buckets[0].n, 3);
    assert_int_equal(service->buckets[1].low, 1000001);
    assert_int_equal(service->buckets[1].high, 2000000);
    assert_true(service->mixed);
    assert_int_equal(part->counts.ok, -1);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(import_text(&fixture, "Summary:\n  Slowest:\t1 secs\n"
                                           "  Requests/sec:\t12\n"),
                     MB_INVALID);
    assert_string_equal(fixture.err.message,
                        "the report that begins here ends before its total time");
    import_release(&fixture);
    assert_int_equal(
        import_text(&fixture, "response-time,DNS+dialup,DNS,Request-write,Response-delay,"
                              "Response-read,status-code,offset\n"
                              "0.1,0,0,0,0,0,200,0.5\n0.1,x\n"),
        MB_INVALID);
    assert_int_equal(fixture.err.line, 3);
    import_release(&fixture);
    // A status that no int holds.
    assert_int_equal(
        import_text(&fixture, "response-time,DNS+dialup,DNS,Request-write,Response-delay,"
                              "Response-read,status-code,offset\n"
                              "0.1,0,0,0,0,0,1795488894523031982,0.5\n"),
        MB_INVALID);
    assert_int_equal(fixture.err.line, 2);
    import_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary),       cmocka_unit_test(failures),
        cmocka_unit_test(every_request), cmocka_unit_test(only_bars),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_hey", tests, NULL, NULL);
}
