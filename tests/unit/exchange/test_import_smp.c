// Results of Service Mesh Performance in their spellings, and what is none.
#include "import_fixture.h"

#include "exchange/smp_names.h"
#include "format/doc.h"

static void spellings(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "smp_version: v0.0.1\nstart_time: 2021-06-09T14:18:03Z\n"
        "end_time: '2021-06-09T14:18:33Z'\nactual_qps: 100.5\nlatencies_ms: {min: 1.5, "
        "average: 2.5, p50: 2, p90: '3', p99: 4.25, max: 9}\n",
        "{\"smpVersion\": \"v0.0.1\", \"startTime\": \"2021-06-09T14:18:03Z\", "
        "\"endTime\": \"2021-06-09T16:18:33+02:00\", \"actualQps\": 100.5, "
        "\"latenciesMs\": {\"min\": 1.5, \"average\": 2.5, \"p50\": 2, \"p90\": 3, "
        "\"p99\": 4.25, \"max\": 9}}",
        "[{\"startTime\": \"2021-06-09T14:18:03Z\", \"endTime\": "
        "\"2021-06-09T14:18:33Z\", \"client\": {\"rps\": 100.5, \"latencies_ms\": "
        "{\"min\": 1.5, \"average\": 2.5, \"p50\": 2, \"p90\": 3, \"p99\": 4.25, "
        "\"max\": 9}}}]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct import_fixture fixture;
        enum mb_status status = import_text(&fixture, texts[i]);
        if (status != MB_OK) {
            fail_msg("case %zu: %s", i, fixture.err.message);
        }
        const struct mb_import_run *run = &fixture.import.runs[0];
        assert_int_equal(run->start_unix_ns, INT64_C(1623248283000000000));
        assert_int_equal(run->window_ns, INT64_C(30000000000));
        assert_int_equal(run->part.counts.completed, 3015);
        assert_int_equal(run->part.counts.ok, -1);
        const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
        assert_int_equal(dist->type, MB_DIST_QUANTILES);
        assert_int_equal(dist->n, 3015);
        assert_int_equal(dist->sum, INT64_C(2500000) * 3015);
        assert_int_equal(dist->min, 1500000);
        assert_int_equal(dist->max, 9000000);
        assert_int_equal(dist->count, 3);
        assert_int_equal(dist->quantiles[2].share, 990000000);
        assert_int_equal(dist->quantiles[2].value, 4250000);
        assert_int_equal(run->part.co_handling, MB_CO_UNKNOWN);
        import_release(&fixture);
    }
}

static void less_than_all(void **state)
{
    (void)state;
    struct import_fixture fixture;
    enum mb_status status =
        import_text(&fixture, "latencies_ms: {average: 2.5, p99: 0.04, p50: 0.04}\n"
                              "client: {connections: 3, rps: 1000}\n"
                              "start_time: 2021-06-09T14:18:03Z\nend_time:\n");
    assert_int_equal(status, MB_OK);
    const struct mb_import_run *run = &fixture.import.runs[0];
    assert_int_equal(run->window_ns, -1);
    assert_int_equal(run->part.counts.completed, -1);
    assert_int_equal(run->point.connections, 3);
    assert_int_equal(run->point.rate_micro_rps, 1000000000);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].sum, -1);
    assert_int_equal(fixture.import.note_count, 2); // no place for the average; seconds?
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
        {"start_time: now\nend_time: x\nlatencies_ms: {}\n", 1, "'now' is not a time"},
        {"start_time: 2021-06-09T14:18:33Z\nend_time: 2021-06-09T14:18:03Z\n"
         "latencies_ms: {p50: 1}\n",
         2, "the end is before the start"},
        {"end_time:\nstart_time:\nlatencies_ms: {p50: 2, p90: 1}\n", 3,
         "a percentile is below the one before it"},
        {"end_time:\nstart_time:\nlatencies_ms: {p50: -2}\n", 3, "not a latency in ms"},
        {"end_time:\nstart_time:\nlatencies_ms: {p50: fast}\n", 3, "not a latency in ms"},
        {"end_time:\nstart_time:\nlatencies_ms: 3\n", 1, "there are no 'latencies_ms'"},
        {"smp_version: 1\nclients: [{rps: 1}]\n", 1, "the configuration of a test"},
        {"test:\n  smp_version: 1\n  clients: []\nmesh: {type: 3}\n", 1,
         "the configuration of a test"},
        {"smp_version: 1\n  x: [\n", 2, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        enum mb_status status = import_text(&fixture, cases[i].text);
        if (status != MB_INVALID || fixture.err.line != cases[i].line ||
            strstr(fixture.err.message, cases[i].message) == NULL) {
            fail_msg("case %zu: line %d: %s", i, fixture.err.line, fixture.err.message);
        }
        import_release(&fixture);
    }
}

static void names(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    static const struct {
        const char *key;
        bool same;
    } cases[] = {{"start_time", true}, {"startTime", true},    {"StartTime", true},
                 {"start", false},     {"start_times", false}, {"_starttime_", true},
                 {"", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mb_node *key = mb_node_string(&arena, cases[i].key);
        assert_int_equal(mb_smp_is(key, "start_time"), cases[i].same);
    }
    assert_null(mb_smp_find(NULL, "x"));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings), cmocka_unit_test(less_than_all),
        cmocka_unit_test(refusals), cmocka_unit_test(names)};
    return cmocka_run_group_tests_name("exchange/import_smp", tests, NULL, NULL);
}
