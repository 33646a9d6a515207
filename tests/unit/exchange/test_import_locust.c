#include "import_fixture.h"

static void recorded(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "locust/locust.json", 2);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_string_equal(fixture.importer->name, "locust");
    assert_string_equal(run->workload, "GET /");
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->part.co_handling, MB_CO_NONE);
    assert_int_equal(run->part.counts.intended, 306);
    assert_int_equal(run->part.counts.ok, 306);
    assert_int_equal(run->part.counts.bytes_received, 19584);
    assert_int_equal(run->start_unix_ns / 1000000, 1795488653623);
    assert_int_equal(run->window_ns / 1000000, 2801);
    assert_int_equal(dist->type, MB_DIST_BUCKETS);
    assert_int_equal(dist->n, 306);
    assert_int_equal(dist->sum, 4810767932);
    assert_int_equal(dist->min, 1398425);
    assert_int_equal(dist->max, 50193343);
    assert_int_equal(dist->count, 35);
    assert_int_equal(dist->buckets[0].low, 1398425); // "1", down to the least
    assert_int_equal(dist->buckets[0].high, 1500000);
    assert_int_equal(dist->buckets[1].low, 1500001);
    assert_int_equal(dist->buckets[1].high, 2500000);
    assert_int_equal(dist->buckets[1].n, 10);
    assert_int_equal(dist->buckets[34].high, 50193343);
    assert_false(dist->mixed);
    assert_string_equal(run[1].workload, "GET /item");
    import_release(&fixture);
}

#define ENTRY(name, requests, failures, times, rest)                                     \
    "{\"name\": \"" name "\", \"method\": \"GET\", \"num_requests\": " requests          \
    ", \"num_failures\": " failures ", \"response_times\": {" times "}, "                \
    "\"total_response_time\": 300, \"min_response_time\": 1, "                           \
    "\"max_response_time\": 109.5" rest "}"
#define NEW ", \"num_none_requests\": 0"

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        size_t runs;
        int64_t intended;
        int64_t ok;
        int64_t other;
        int64_t n;
        bool mixed;
        enum mb_dist_type type;
    } cases[] = {
        {"one", "[" ENTRY("/", "3", "0", "\"1\": 2, \"110\": 1", NEW) "]", 1, 3, 3, 0, 3,
         false, MB_DIST_BUCKETS},
        {"failed ones", "[" ENTRY("/", "3", "1", "\"110\": 1, \"1\": 2", NEW) "]", 1, 3,
         2, 1, 3, true, MB_DIST_BUCKETS},
        {"two runs in a log",
         "[2026-11-24 02:50:56,857] host/INFO/locust.main: Starting\n[" ENTRY(
             "/", "1", "0", "\"1\": 0, \"110\": 1",
             NEW) "]\n[" ENTRY("/", "3", "0", "\"1\": 2, \"110\": 1", NEW) "]\n",
         2, 1, 1, 0, 1, false, MB_DIST_BUCKETS},
        {"rounded otherwise", "[" ENTRY("/", "2", "0", "\"1\": 1, \"109\": 1", NEW) "]",
         1, 2, 2, 0, 2, false, MB_DIST_SUMMARY},
        {"extremes elsewhere", "[" ENTRY("/", "2", "0", "\"3\": 1, \"110\": 1", NEW) "]",
         1, 2, 2, 0, 2, false, MB_DIST_SUMMARY},
        {"early, nothing failed",
         "[" ENTRY("/", "2", "0", "\"1\": 1, \"110\": 1", "") "]", 1, 2, 2, 0, 2, false,
         MB_DIST_BUCKETS},
        {"early, either way", "[" ENTRY("/", "2", "1", "\"1\": 1, \"110\": 1", "") "]", 1,
         -1, -1, 1, 2, true, MB_DIST_BUCKETS},
        {"early, more failed", "[" ENTRY("/", "2", "5", "\"1.0\": 1, \"110\": 1", "") "]",
         1, 7, 2, 5, 2, false, MB_DIST_BUCKETS},
        {"reports of two workers",
         "{\"stats\": [" ENTRY(
             "/", "2", "1", "\"1\": 1, \"110\": 1",
             NEW) "], \"errors\": {\"a\": {\"name\": \"/\", \"method\": "
                  "\"GET\", \"occurrences\": 1, \"error\": "
                  "\"HTTPError()\"}}}\n"
                  "{\"stats\": [" ENTRY("/", "1", "0", "\"1\": 1",
                                        NEW) "], \"errors\": {}}\n",
         1, 3, 2, 0, 3, true, MB_DIST_BUCKETS},
        {"no response times",
         "[" ENTRY("/", "2", "0", "", ", \"num_none_requests\": 2") "]", 1, 2, 2, 0, 0,
         false, MB_DIST_ABSENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        if (import_text(&fixture, cases[i].text) != MB_OK) {
            fail_msg("%s: %s", cases[i].name, fixture.err.message);
        }
        const struct mb_import_run *run = fixture.import.runs;
        const struct mb_counts *counts = &run->part.counts;
        const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
        if (fixture.import.count != cases[i].runs ||
            counts->intended != cases[i].intended || counts->ok != cases[i].ok ||
            counts->errors_by_kind[MB_ERROR_OTHER] != cases[i].other ||
            dist->type != cases[i].type ||
            (dist->type != MB_DIST_ABSENT &&
             (dist->n != cases[i].n || dist->mixed != cases[i].mixed))) {
            fail_msg("%s: %zu runs, intended %lld, ok %lld, other %lld, n %lld, mixed "
                     "%d, type %d",
                     cases[i].name, fixture.import.count, (long long)counts->intended,
                     (long long)counts->ok,
                     (long long)counts->errors_by_kind[MB_ERROR_OTHER],
                     (long long)dist->n, dist->mixed, (int)dist->type);
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
        {"[" ENTRY("/", "3", "0", "\"1\": 2", NEW) "]",
         "'/' counts other requests than its 'response_times'"},
        {"[" ENTRY("/", "-3", "0", "\"1\": 2", NEW) "]",
         "an entry has a count that is no number from 0"},
        {"[" ENTRY("/", "3", "0", "\"-1\": 3", NEW) "]",
         "an entry has 'response_times' that do not count times"},
        {"[" ENTRY("/", "3", "0", "\"1\": \"x\"", NEW) "]",
         "an entry has 'response_times' that do not count times"},
        {"[{\"name\": \"/\", \"num_requests\": 0, \"response_times\": {}, "
         "\"total_response_time\": -1}]",
         "an entry has a response time that is no number from 0"},
        {"[" ENTRY("/", "3", "0", "\"1\": 2", NEW), "the list of entries is cut off"},
        {"[\n" ENTRY("/", "3", "0", "\"1\": 2", NEW), "the JSON document is cut off"},
        {"{\"num_requests\": 1, \"of\": {\"response_times\": {}}}",
         "neither a list of entries nor 'stats'"},
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
    return cmocka_run_group_tests_name("exchange/import_locust", tests, NULL, NULL);
}
