// fortio's JSON: recorded runs, and documents that are wrong in one place.
#include "import_fixture.h"

#include <stdio.h>

#include "base/buf.h"
#include "exchange/import_fortio.h"

// A run with the given lines in place of those that it has.
static const char *document(struct mb_buf *out, const char *histogram, const char *codes,
                            const char *more)
{
    mb_buf_reset(out);
    mb_buf_print(out,
                 "{\"RunType\": \"HTTP\", \"Labels\": \"run\", \"Version\": \"1.28.0\",\n"
                 "\"StartTime\": \"2022-03-19T15:34:23.279389-07:00\",\n"
                 "\"RequestedDuration\": \"10s\", \"ActualDuration\": 10000000000,\n"
                 "\"NumThreads\": 4,\n"
                 "%s\n"
                 "\"DurationHistogram\": %s,\n"
                 "\"RetCodes\": %s}\n",
                 more, histogram, codes);
    return mb_buf_string(out);
}

#define HISTOGRAM                                                                        \
    "{\"Count\": 10, \"Min\": 0.0009, \"Max\": 0.0035, \"Sum\": 0.0162, \"Data\": ["     \
    "{\"Start\": 0.0009, \"End\": 0.001, \"Count\": 4},"                                 \
    "{\"Start\": 0.001, \"End\": 0.0020000000000000002, \"Count\": 5},"                  \
    "{\"Start\": 0.003, \"End\": 0.0035, \"Count\": 1}]}"

static void a_paced_run(void **state)
{
    (void)state;
    struct import_fixture fixture;
    struct mb_buf text = {0};
    enum mb_status status = import_text(
        &fixture, document(&text, HISTOGRAM, "{\"200\": 10}",
                           "\"RequestedQPS\": \"2.5\", \"HTTPReqTimeOut\": 750000000,"));
    assert_int_equal(status, MB_OK);
    assert_int_equal(fixture.import.count, 1);
    const struct mb_import_run *run = &fixture.import.runs[0];
    assert_string_equal(run->name, "run");
    assert_string_equal(run->version, "1.28.0");
    assert_int_equal(run->start_unix_ns, INT64_C(1647729263279389000));
    assert_int_equal(run->window_ns, INT64_C(10000000000));
    assert_int_equal(run->point.load_model, MB_LOAD_PACED);
    assert_int_equal(run->point.rate_micro_rps, 2500000);
    assert_int_equal(run->point.connections, 4);
    assert_int_equal(run->point.timeout_ns, 750000000);
    assert_int_equal(run->part.co_handling, MB_CO_NONE);
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_false(service->mixed);
    assert_int_equal(service->sum, 16200000);
    static const int64_t rows[][3] = {
        {900000, 1000000, 4}, {1000001, 2000000, 5}, {3000001, 3500000, 1}};
    assert_int_equal(service->count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(service->buckets[i].low, rows[i][0]);
        assert_int_equal(service->buckets[i].high, rows[i][1]);
        assert_int_equal(service->buckets[i].n, rows[i][2]);
    }
    assert_int_equal(run->part.counts.ok, 10);
    assert_int_equal(mb_counts_errors(&run->part.counts), 0);
    assert_null(run->cut_off);
    import_release(&fixture);
    mb_buf_release(&text);
}

#define FAILED(low, high)                                                                \
    "\"ErrorsDurationHistogram\": {\"Count\": 2, \"Min\": " low ", \"Max\": " high       \
    ", \"Sum\": 0.0020, \"Data\": [{\"Start\": " low ", \"End\": " high                  \
    ", \"Count\": 2}]},"

// Good and failed requests: apart where fortio says which is which, else mixed.
static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *more;
        const char *codes;
        int64_t ok;
        int64_t status;
        int64_t other;
        bool mixed;
        int64_t min;
        int64_t first; // values in the first bucket of the good ones
    } cases[] = {
        {"old versions", "", "{\"200\": 8, \"503\": 2}", 8, 2, 0, true, 900000, 4},
        {"sockets too", "", "{\"200\": 7, \"503\": 2, \"-1\": 1}", 7, 2, 1, true, 900000,
         4},
        {"a teapot is good", "", "{\"200\": 7, \"418\": 2, \"299\": 1}", 10, 0, 0, false,
         900000, 4},
        {"apart", FAILED("0.00095", "0.001"), "{\"200\": 8, \"503\": 2}", 8, 2, 0, false,
         900000, 2},
        {"the least failed", FAILED("0.0009", "0.001"), "{\"200\": 8, \"503\": 2}", 8, 2,
         0, false, -1, 2},
        {"they do not fit", FAILED("0.0005", "0.001"), "{\"200\": 8, \"503\": 2}", 8, 2,
         0, true, 900000, 4},
        {"no codes", "", "{}", 10, 0, 0, false, 900000, 4},
        {"no codes at all", "", "null", 10, 0, 0, false, 900000, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        struct mb_buf text = {0};
        char more[512];
        (void)snprintf(more, sizeof more, "\"RequestedQPS\": \"max\", %s", cases[i].more);
        enum mb_status status =
            import_text_as(&fixture, document(&text, HISTOGRAM, cases[i].codes, more),
                           (struct import_as){.from = "fortio"});
        if (status != MB_OK) {
            fail_msg("%s: %s", cases[i].name, fixture.err.message);
        }
        const struct mb_part *part = &fixture.import.runs[0].part;
        const struct mb_dist *response = &part->dist[MB_DIST_RESPONSE];
        assert_int_equal(part->counts.ok, cases[i].ok);
        assert_int_equal(part->counts.errors_by_kind[MB_ERROR_STATUS], cases[i].status);
        assert_int_equal(part->counts.errors_by_kind[MB_ERROR_OTHER], cases[i].other);
        if (response->mixed != cases[i].mixed || response->min != cases[i].min ||
            response->buckets[0].n != cases[i].first) {
            fail_msg("%s: mixed %d, min %lld, %lld values", cases[i].name,
                     response->mixed, (long long)response->min,
                     (long long)response->buckets[0].n);
        }
        assert_int_equal(response->n, response->mixed ? 10 : cases[i].ok);
        bool apart = cases[i].more[0] != '\0' && !cases[i].mixed;
        assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].type,
                         apart ? MB_DIST_BUCKETS : MB_DIST_ABSENT);
        import_release(&fixture);
        mb_buf_release(&text);
    }
}

// How runs end early, and what only looks like that.
static void endings(void **state)
{
    (void)state;
    static const struct {
        const char *more; // a later key of the same name would be refused: see document
        const char *cut_off;
    } cases[] = {
        {"exactly 10 calls", NULL},
        {"exactly 20 calls, interrupted after 10",
         "asked for exactly 20 calls, interrupted after 10"},
        {"10.5s", NULL},
        {"1m0s", "ended after 10.0 s of 1m0s"},
        {"until stop", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        struct mb_buf text = {0};
        struct mb_buf changed = {0};
        const char *all =
            document(&text, HISTOGRAM, "{\"200\": 10}", "\"RequestedQPS\": \"max\",");
        const char *at = strstr(all, "10s");
        assert_non_null(at);
        mb_buf_append(&changed, all, (size_t)(at - all));
        mb_buf_print(&changed, "%s%s", cases[i].more, at + 3);
        enum mb_status status = import_text(&fixture, mb_buf_string(&changed));
        assert_int_equal(status, MB_OK);
        const char *cut_off = fixture.import.runs[0].cut_off;
        if (cases[i].cut_off == NULL
                ? cut_off != NULL
                : cut_off == NULL || strcmp(cut_off, cases[i].cut_off) != 0) {
            fail_msg("%s: %s", cases[i].more, cut_off != NULL ? cut_off : "whole");
        }
        import_release(&fixture);
        mb_buf_release(&changed);
        mb_buf_release(&text);
    }
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *histogram;
        const char *codes;
        const char *more;
        int line;
        const char *message;
    } cases[] = {
        {"{\"Count\": -1}", "{}", "", 6, "'Count' of the histogram is not"},
        {"{\"Count\": 1, \"Min\": -0.1}", "{}", "", 6, "'Min' of the histogram is not"},
        {"{\"Count\": 1, \"Min\": 0.1, \"Max\": 1e300}", "{}", "", 6,
         "'Max' of the histogram is not"},
        {"{\"Count\": 1, \"Min\": 0.2, \"Max\": 0.1, \"Sum\": 1}", "{}", "", 6,
         "'Min' of the histogram is above its 'Max'"},
        {"{\"Count\": 1, \"Min\": 0.1, \"Max\": 0.2, \"Sum\": -1}", "{}", "", 6,
         "'Sum' of the histogram is not"},
        {"{\"Count\": 2, \"Min\": 0.1, \"Max\": 0.2, \"Sum\": 1, \"Data\": [{\"Start\": "
         "0.1, \"End\": 0.2, \"Count\": 1}]}",
         "{}", "", 6, "hold 1 values, 'Count' says 2"},
        {"{\"Count\": 2, \"Min\": 0.1, \"Max\": 0.2, \"Sum\": 1, \"Data\": [{\"Start\": "
         "0.1, \"End\": 0.2, \"Count\": 1}, {\"Start\": 0.1, \"End\": 0.15, \"Count\": "
         "1}]}",
         "{}", "", 6, "does not lie above the one before it"},
        {"{\"Count\": 1, \"Min\": 0.1}", "{}", "", 6, "'Max' of the histogram is not"},
        {HISTOGRAM, "{\"200\": 11}", "", 7, "11 return codes of 10 requests"},
        {HISTOGRAM, "{\"200\": \"many\"}", "", 7, "'RetCodes' of '200' is not a number"},
        {HISTOGRAM, "{}", "\"RequestedQPS\": \"fast\",", 5, "neither a rate nor 'max'"},
        {HISTOGRAM, "{}", "\"RequestedQPS\": 1e300,", 5, "is out of range"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        struct mb_buf text = {0};
        enum mb_status status = import_text_as(
            &fixture, document(&text, cases[i].histogram, cases[i].codes, cases[i].more),
            (struct import_as){.from = "fortio"});
        if (status != MB_INVALID || fixture.err.line != cases[i].line ||
            fixture.err.column < 1 ||
            strstr(fixture.err.message, cases[i].message) == NULL) {
            fail_msg("case %zu: line %d: %s", i, fixture.err.line, fixture.err.message);
        }
        assert_int_equal(fixture.import.count, 0);
        import_release(&fixture);
        mb_buf_release(&text);
    }
}

// Zero requests is a run without values, not a fault.
static void no_requests(void **state)
{
    (void)state;
    struct import_fixture fixture;
    struct mb_buf text = {0};
    enum mb_status status = import_text(
        &fixture, document(&text,
                           "{\"Count\": 0, \"Min\": 0, \"Max\": 0, \"Sum\": 0, \"Data\": "
                           "null, \"Percentiles\": null}",
                           "{}", "\"RequestedQPS\": \"max\","));
    assert_int_equal(status, MB_OK);
    const struct mb_part *part = &fixture.import.runs[0].part;
    assert_int_equal(part->counts.intended, 0);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].n, 0);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].min, -1);
    import_release(&fixture);
    mb_buf_release(&text);
}

// Documents one after another, in lists and wrappers, with words around them.
static void several(void **state)
{
    (void)state;
    struct import_fixture fixture;
    struct mb_buf text = {0};
    struct mb_buf all = {0};
    const char *one =
        document(&text, HISTOGRAM, "{\"200\": 10}", "\"RequestedQPS\": \"max\",");
    mb_buf_print(&all, "[gomax 2] go {\n{\"ts\": 1, \"msg\": \"started\"}\n%s\n", one);
    mb_buf_print(&all, "[%s, %s]\nthe end\n{\"TestRun\": %s}", one, one, one);
    enum mb_status status = import_text(&fixture, mb_buf_string(&all));
    if (status != MB_OK) {
        fail_msg("%d: %s", fixture.err.line, fixture.err.message);
    }
    assert_int_equal(fixture.import.count, 4);
    import_release(&fixture);
    mb_buf_reset(&all);
    mb_buf_print(&all, "words\n%s\nmore\n%.*s", one, (int)strlen(one) - 40, one);
    status = import_text(&fixture, mb_buf_string(&all));
    assert_int_equal(status, MB_INVALID);
    assert_int_equal(fixture.err.line, 11);
    assert_string_equal(fixture.err.message, "the JSON document is cut off");
    import_release(&fixture);
    mb_buf_release(&all);
    mb_buf_release(&text);
}

static void meshery(void **state)
{
    (void)state;
    struct import_fixture fixture;
    struct mb_buf text = {0};
    struct mb_buf all = {0};
    const char *one =
        document(&text, HISTOGRAM, "{\"200\": 10}", "\"RequestedQPS\": \"max\",");
    mb_buf_print(&all,
                 "{\"page\": 0, \"results\": [{\"meshery_id\": \"a\", \"name\": \"n\", "
                 "\"mesh\": \"istio\", \"runner_results\": %s},\n{\"name\": \"m\", "
                 "\"runner_results\": [%s, %s]}, {\"runner_results\": null}]}",
                 one, one, one);
    enum mb_status status = import_text(&fixture, mb_buf_string(&all));
    assert_int_equal(status, MB_OK);
    assert_int_equal(fixture.import.count, 3);
    assert_string_equal(fixture.import.runs[0].name, "n");
    assert_string_equal(fixture.import.runs[2].name, "m");
    import_release(&fixture);
    status = import_text(&fixture, "{\"meshery_id\": 1, \"runner_results\": {\"a\": 1}}");
    assert_int_equal(status, MB_INVALID);
    assert_string_equal(fixture.err.message,
                        "'runner_results' is not what fortio writes");
    import_release(&fixture);
    mb_buf_release(&all);
    mb_buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_paced_run), cmocka_unit_test(errors),
        cmocka_unit_test(endings),     cmocka_unit_test(refusals),
        cmocka_unit_test(no_requests), cmocka_unit_test(several),
        cmocka_unit_test(meshery),
    };
    return cmocka_run_group_tests_name("exchange/import_fortio", tests, NULL, NULL);
}
