#include "import_fixture.h"

static void reports(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        int64_t intended;
        int64_t ok;
        int64_t wrong; // statuses
        int64_t refused;
        int64_t window_ns;
        int64_t p95_ns;
        int64_t sum_ns;
        bool mixed;
        bool dated;
    } cases[] = {
        {"vegeta/errors.txt", 50, 38, 12, 0, 490250000, 308841, 11820800, true, false},
        {"vegeta/refused.txt", 10, 0, 0, 10, 180571000, -1, -1, false, false},
        {"vegeta/paced.json", 100, 100, 0, 0, 992096971, 3081816, 218554882, false, true},
        {"vegeta/errors.json", 50, 38, 12, 0, 490249712, 308841, 11820837, true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        const struct mb_import_run *run = import_file(&fixture, cases[i].file, 1);
        const struct mb_counts *counts = &run->part.counts;
        const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
        assert_string_equal(fixture.importer->name, "vegeta");
        assert_int_equal(run->point.load_model, MB_LOAD_OPEN);
        assert_int_equal(run->part.co_handling, MB_CO_NONE);
        assert_int_equal(run->window_ns, cases[i].window_ns);
        assert_int_equal(run->start_unix_ns > 0, cases[i].dated);
        assert_int_equal(counts->intended, cases[i].intended);
        assert_int_equal(counts->ok, cases[i].ok);
        assert_int_equal(counts->completed, cases[i].ok + cases[i].wrong);
        assert_int_equal(counts->errors_by_kind[MB_ERROR_STATUS], cases[i].wrong);
        assert_int_equal(counts->errors_by_kind[MB_ERROR_CONNECT], cases[i].refused);
        assert_int_equal(counts->bytes_received, 64 * (cases[i].ok + cases[i].wrong));
        assert_int_equal(service->type,
                         cases[i].ok > 0 ? MB_DIST_QUANTILES : MB_DIST_ABSENT);
        assert_int_equal(import_quantile(service, 950000000), cases[i].p95_ns);
        assert_int_equal(service->sum, cases[i].sum_ns);
        assert_int_equal(service->mixed, cases[i].mixed);
        assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
        import_release(&fixture);
    }
}

#define HEADING "Requests      [total, rate, throughput] 1200, 120.00, 65.87\n"
#define FIGURES                                                                          \
    "Duration      [total, attack, wait]    1m0.5s, 1m0s, 500ms\n"                       \
    "Latencies     [mean, 50, 95, 99, max]  113\xce\xbcs, 108\xc2\xb5s, 140ms, 1.5s, "   \
    "1h0m1s\n"                                                                           \
    "Bytes In      [total, mean]            3714690, 3095.57\n"                          \
    "Success       [ratio]                  55.42%\n"
#define CODES "Status Codes  [code:count]              0:535  200:665  \nError Set:\n"

// Reports of several ages, one behind the other, with other text around them.
static void texts(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "\xef\xbb\xbf$ vegeta report\r\n" HEADING FIGURES CODES
                    "Get http://a: dial tcp 127.0.0.1:6060: refused\n"
                    "Get http://a: read: connection reset by peer\n"
                    "503 Service Unavailable\n```\nmore words\n" HEADING FIGURES CODES
                    "Get http://a: EOF\n"),
        MB_OK);
    assert_int_equal(fixture.import.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct mb_import_run *run = &fixture.import.runs[i];
        const struct mb_counts *counts = &run->part.counts;
        const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
        assert_int_equal(run->window_ns, 60500000000);
        assert_int_equal(service->count, 3);
        assert_int_equal(service->n, 1200);
        assert_int_equal(service->sum, 113000 * 1200);
        assert_int_equal(service->min, -1);
        assert_int_equal(service->max, 3601000000000);
        assert_int_equal(import_quantile(service, 500000000), 108000);
        assert_true(service->mixed);
        assert_int_equal(counts->intended, 1200);
        assert_int_equal(counts->completed, 665);
        // Which of two kinds it was, only the second report tells.
        assert_int_equal(counts->errors_by_kind[MB_ERROR_OTHER], i == 0 ? 535 : 0);
        assert_int_equal(counts->errors_by_kind[MB_ERROR_CLOSED], i == 0 ? 0 : 535);
        assert_int_equal(counts->errors_by_kind[MB_ERROR_CONNECT], i == 0 ? -1 : 0);
        assert_int_equal(counts->errors_by_kind[MB_ERROR_RESET], i == 0 ? -1 : 0);
    }
    import_release(&fixture);
}

static void tables(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run =
        import_file(&fixture, "vegeta/paced.hdrplot.txt", 1);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(service->type, MB_DIST_QUANTILES);
    assert_int_equal(service->n, 100);
    assert_int_equal(service->min, 1146230);
    assert_int_equal(service->max, 6526604);
    assert_int_equal(import_quantile(service, 900000000), 2990005);
    assert_true(service->mixed);
    assert_int_equal(run->part.counts.ok, -1);
    import_release(&fixture);
    run = import_file(&fixture, "vegeta/errors.hist.txt", 1);
    service = &run->part.dist[MB_DIST_SERVICE];
    assert_int_equal(service->type, MB_DIST_BUCKETS);
    assert_int_equal(service->n, 50);
    assert_int_equal(service->count, 1);
    assert_int_equal(service->buckets[0].low, 0);
    assert_int_equal(service->buckets[0].high, 999999);
    import_release(&fixture);
    run = import_file(&fixture, "vegeta/paced.hist.txt", 1); // 3 above 4 ms
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_int_equal(run->part.counts.intended, 100);
    assert_string_equal(fixture.import.notes[0].code, MB_IMPORT_DROPPED);
    import_release(&fixture);
}

static void requests(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *runs = import_file(&fixture, "vegeta/two.csv", 2);
    const struct mb_part *part = &runs[0].part;
    assert_string_equal(runs[0].name, "paced");
    assert_string_equal(runs[0].url, "http://127.0.0.1:18720/");
    assert_int_equal(runs[0].start_unix_ns, 1795488894523031982);
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_HDR);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, 12);
    assert_int_equal(part->counts.bytes_received, 12 * 64);
    part = &runs[1].part;
    assert_null(runs[1].name);
    assert_null(runs[1].url); // they differ
    assert_int_equal(part->counts.intended, 13);
    assert_int_equal(part->counts.ok, 6);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_STATUS], 4);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_CONNECT], 3);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, 6);
    assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].n, 7);
    assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].max, 583710);
    import_release(&fixture);
    runs = import_file(&fixture, "vegeta/errors.lines.json", 1);
    assert_int_equal(runs[0].part.dist[MB_DIST_SERVICE].max, 961804);
    assert_int_equal(runs[0].start_unix_ns, 1795488895532442286);
    assert_int_equal(runs[0].part.counts.intended, 12);
    assert_int_equal(runs[0].window_ns, 109968877);
    import_release(&fixture);
}

#define LINE(code, latency)                                                              \
    "{\"attack\":\"\",\"seq\":0,\"code\":" code                                          \
    ",\"timestamp\":\"2026-11-24T00:00:01Z\",\"latency\":" latency ",\"error\":\"\"}\n"
#define ROW "1795488894523031982,200,1885613,0,64,,,,0,GET,http://a/,\n"
#define PLOT "Value(ms)  Percentile  TotalCount  1/(1-Percentile)\n"
#define HIST "Bucket # % Histogram\n"

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
        int line;
    } cases[] = {
        {HEADING FIGURES "Status Codes [code:count] 200:665\n",
         "the report that begins here has a number of requests that its statuses do not "
         "add up to",
         1},
        {"$ vegeta report\n" HEADING FIGURES "Status Codes [code",
         "the report that begins here ends before its statuses", 2},
        {HEADING FIGURES "Status Codes [code:count] 200:665  1000:535\n",
         "not a line of vegeta's report: 'Status Codes [code:count] 200:665  1000:535'",
         6},
        {HEADING "Latencies [50, 95] 2ms, 1ms\n" CODES,
         "not a line of vegeta's report: 'Latencies [50, 95] 2ms, 1ms'", 2},
        {HEADING "Latencies [50, 95] 2ms\n" CODES,
         "not a line of vegeta's report: 'Latencies [50, 95] 2ms'", 2},
        {HEADING "Latencies [50, 95] NaN, 1ms\n" CODES,
         "not a line of vegeta's report: 'Latencies [50, 95] NaN, 1ms'", 2},
        {"\n{\"latencies\":{\"mean\":1},\n\"bytes_in\":{},\"bytes_out\":{},"
         "\"requests\":2,\"status_codes\":{\"200\":1}}",
         "the report that begins here has a number of requests that its statuses do not "
         "add up to",
         2},
        {"{\"latencies\":{\"mean\":1,\n\"50th\":-1},\"bytes_in\":{},\"bytes_out\":{}}",
         "'50th' is not a time in ns, or less than the percentile before it", 2},
        {"{\"latencies\":{\"mean\":1},\"bytes_in\":{},\"bytes_out\":{},\n"
         "\"requests\":-2}",
         "'requests' is not a whole number from 0 to 2^53 - 1", 2},
        {LINE("200", "1") LINE("200", "-1"),
         "not a request of vegeta: it needs 'code', 'timestamp' and 'latency'", 2},
        {LINE("200", "1") LINE("1000", "1"), "1000 is not a status", 2},
        {LINE("200", "1") "{\"attack\":", NULL, 2},
        {ROW "1795488894523031982,200,18\n",
         "3 columns, where the first row has 12: cut off?", 2},
        {"1795488894523031982,200,-5,0,64,,\n",
         "not the output of a load tool that is known here", 0},
        {ROW "1795488894523031982,200,-5,0,64,,,,0,GET,http://a/,\n",
         "not a request of vegeta: time in ns, status, latency in ns, bytes out, bytes "
         "in, error, body, ...",
         2},
        {PLOT "1.5 0.000000 0 1.000000\n1.6 0.5 1 2.0\n",
         "the hdrplot ends before its largest value", 3},
        {PLOT "1.5 0.000000 0 1.000000\n1.4 0.5 1 2.0\n",
         "not a line of vegeta's hdrplot, or one that goes back: '1.4 0.5 1 2.0'", 3},
        {HIST "[0s, 1ms] 1 1%\n[0s, 1ms] 1 1%\n",
         "not a line of vegeta's histogram, or one that goes back: '[0s, 1ms] 1 1%'", 3},
        {HIST "[0s, 1ms] 1 1%\n", "the histogram ends before its last bar, to +Inf", 2},
        {HIST "[0s, 1ms] 1 1%\n" HIST, "a second table begins here: one file holds one",
         3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        if (cases[i].message != NULL) {
            assert_string_equal(fixture.err.message, cases[i].message);
        }
        assert_int_equal(fixture.err.line, cases[i].line);
        import_release(&fixture);
    }
}

// No request, no answer: nothing is measured, and nothing invented.
static void nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Requests [total, rate, throughput] 0, 0.00, 0.00\n"
        "Duration [total, attack, wait] 0s, 0s, 0s\n"
        "Latencies [min, mean, 50, 90, 95, 99, max] 0s, 0s, 0s, 0s, 0s, 0s, 0s\n"
        "Bytes In [total, mean] 0, 0.00\nStatus Codes [code:count]\nError Set:\n",
        "{\"latencies\":{\"total\":0,\"mean\":0,\"50th\":0,\"max\":0},"
        "\"bytes_in\":{\"total\":0},\"bytes_out\":{\"total\":0},"
        "\"earliest\":\"0001-01-01T00:00:00Z\",\"duration\":0,\"wait\":0,\"requests\":0,"
        "\"status_codes\":{},\"errors\":[]}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, texts[i]), MB_OK);
        const struct mb_import_run *run = fixture.import.runs;
        assert_int_equal(run->part.counts.intended, 0);
        assert_int_equal(run->start_unix_ns, 0);
        assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
        import_release(&fixture);
    }
}

static void binary(void **state)
{
    (void)state;
    struct import_fixture fixture = {.importer = NULL};
    struct mb_input *input = NULL;
    assert_int_equal(
        mb_input_open("fixtures/imports/vegeta/paced.bin", NULL, &input, &fixture.err),
        MB_OK);
    assert_int_equal(import_read(&fixture, input), MB_INVALID);
    assert_string_equal(fixture.err.message,
                        "vegeta's binary results (gob) are not read");
    import_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports),  cmocka_unit_test(texts),   cmocka_unit_test(tables),
        cmocka_unit_test(requests), cmocka_unit_test(refuses), cmocka_unit_test(nothing),
        cmocka_unit_test(binary),
    };
    return cmocka_run_group_tests_name("exchange/import_vegeta", tests, NULL, NULL);
}
