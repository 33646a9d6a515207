// Gatling's logs of several versions, and its statistics.
#include "import_fixture.h"

static void log_text(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "ASSERTION\tAAMDAAMD\n"
                    "RUN\tsim.Base\t\tbase-1\t1509787166682\t \t3.5.1\n"
                    "USER\tHome\tSTART\t1509787167379\t1509787167379\n"
                    "REQUEST\t\tping\t1509787167394\t1509787167845\tOK\n"
                    "GROUP\tcart\t1509787167394\t1509787167845\t451\tOK\n"
                    "REQUEST\tcart\tping\t1509787167400\t1509787168400\tKO\t"
                    "status.find.in(200,304), but actually unexpectedly found 503\n"
                    "REQUEST\t\tping\t1509787168000\t1509787168010\tKO\t"
                    "i.n.c.ConnectTimeoutException: connection timed out\n"
                    "REQUEST\t\tping\t1509787168000\t1509787168011\tKO\t"
                    "css(x).find.exists, found nothing\n"),
        MB_OK);
    assert_string_equal(fixture.importer->name, "gatling");
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_counts *counts = &run->part.counts;
    assert_string_equal(run->name, "sim.Base");
    assert_string_equal(run->version, "3.5.1");
    assert_string_equal(run->workload, "ping");
    assert_int_equal(run->point.load_model, MB_LOAD_UNKNOWN);
    assert_int_equal(run->start_unix_ns, INT64_C(1509787167394000000));
    assert_int_equal(run->window_ns, 1006000000);
    assert_int_equal(counts->intended, 3);
    assert_int_equal(counts->ok, 1);
    assert_int_equal(counts->errors_by_kind[MB_ERROR_CONNECT], 1);
    assert_int_equal(counts->errors_by_kind[MB_ERROR_OTHER], 1);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].max, 451000000);
    run++;
    assert_string_equal(run->workload, "cart / ping");
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 1);
    assert_int_equal(run->part.counts.status_count, 1);
    assert_int_equal(run->part.counts.statuses[0].status, 503);
    import_release(&fixture);
}

// Other orders of the fields: with a user's number, and of 2.0 with four times.
static void versions(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "RUN\tsim\tid\t1509787166682\t \t2.3.1\n"
        "REQUEST\tScenario\tRUN\t\tping\t1509787167000\t1509787167250\tOK\t \n",
        "RUN\t1509787166682\tsim\t \t3.0\n"
        "REQUEST\t7\t\tping\t1509787167000\t1509787167250\tOK\t \n",
        "sim\tid\tRUN\t1509787166682\t \t2.0\n"
        "Scenario\t7\tREQUEST\t\tping\t1509787167000\t1509787167001\t1509787167200\t"
        "1509787167250\tOK\t \n",
        "RUN\tsim\tid\t1509787166682\t \t3.5.1\r\n"
        "REQUEST\t\tping\t1509787167000\t1509787167250\tOK\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, texts[i]), MB_OK);
        assert_int_equal(fixture.import.count, 1);
        const struct mb_import_run *run = fixture.import.runs;
        assert_string_equal(run->workload, "ping");
        assert_int_equal(run->part.dist[MB_DIST_SERVICE].max, 250000000);
        import_release(&fixture);
    }
}

static void statistics(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(
            &fixture,
            "{\"type\": \"GROUP\", \"name\": \"All Requests\", \"stats\": {}, "
            "\"contents\": {\"req_a-1\": {\"type\": \"REQUEST\", \"name\": \"a\", "
            "\"stats\": {\"numberOfRequests\": {\"total\": \"10\", \"ok\": 8, \"ko\": "
            "\"2\"}, \"minResponseTime\": {\"total\": 1, \"ok\": \"3\", \"ko\": 1}, "
            "\"maxResponseTime\": {\"ok\": 9}, \"meanResponseTime\": {\"ok\": 5}, "
            "\"percentiles1\": {\"ok\": 4}}}, \"req_b-2\": {\"type\": \"REQUEST\", "
            "\"name\": \"b\", \"stats\": {\"numberOfRequests\": {\"total\": 1, \"ok\": "
            "0, \"ko\": 1}, \"minResponseTime\": {\"ok\": \"-\"}}}}}"),
        MB_OK);
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(run->workload, "a");
    assert_int_equal(run->part.counts.ok, 8);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 2);
    assert_int_equal(dist->type, MB_DIST_SUMMARY);
    assert_int_equal(dist->min, 3000000);
    assert_int_equal(dist->sum, 40000000);
    assert_int_equal(run->facts.count, 1);
    assert_int_equal(run[1].part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"RUN\ta\nREQUEST\t\tping\t1509787167000\n",
         "a request without its times and 'OK' or 'KO'"},
        {"RUN\ta\nREQUEST\t\tping\t1509787167000\t1509787166000\tOK\n",
         "a request that ends before it starts"},
        {"RUN\ta\nREQUEST\t\tping\t-509787167000\t1509787166000\tOK\n",
         "a request without its times and 'OK' or 'KO'"},
        {"RUN\ta\nUSER\tx\n", "there is no run of gatling in it"},
        {"{\"numberOfRequests\": {\"total\": 3, \"ok\": 1, \"ko\": 1}, "
         "\"minResponseTime\": {}}",
         "'numberOfRequests' does not add up"},
        {"{\"numberOfRequests\": {\"total\": 1, \"ok\": 1, \"ko\": 0}, "
         "\"minResponseTime\": {\"ok\": -3}}",
         "'minResponseTime' is no number of ms"},
        {"{\"contents\": {\"a\": {}}, \"x\": \"\\\"numberOfRequests\\\"\", "
         "\"numberOfRequests\": 1, \"minResponseTime\": 1}",
         "neither 'stats' nor 'contents'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        assert_string_equal(fixture.err.message, cases[i].message);
        import_release(&fixture);
    }
}

static void binary(void **state)
{
    (void)state;
    struct import_fixture fixture = {.importer = NULL};
    struct mb_input *input = NULL;
    static const char bytes[] = "\0\0\0\0\0063.14.3\0\0\0\0\"com.example";
    assert_int_equal(
        mb_input_open_bytes("log", bytes, sizeof bytes - 1, &input, &fixture.err), MB_OK);
    assert_int_equal(import_read(&fixture, input), MB_INVALID);
    assert_string_equal(fixture.err.message,
                        "the binary log of a newer Gatling is not read");
    import_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_text),   cmocka_unit_test(versions),
        cmocka_unit_test(statistics), cmocka_unit_test(refuses),
        cmocka_unit_test(binary),
    };
    return cmocka_run_group_tests_name("exchange/import_gatling", tests, NULL, NULL);
}
