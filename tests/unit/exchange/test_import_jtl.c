#include "import_fixture.h"

// The same plan, recorded as CSV and as XML.
static void recorded(void **state)
{
    (void)state;
    static const char *const files[] = {"jtl/results.csv", "jtl/results.jtl"};
    for (size_t i = 0; i < 2; i++) {
        struct import_fixture fixture;
        const struct mb_import_run *run = import_file(&fixture, files[i], 2);
        assert_string_equal(fixture.importer->name, "jtl");
        assert_string_equal(run[0].workload, "GET slow");
        assert_string_equal(run[1].workload, "GET, \"faulty\"");
        assert_int_equal(run[0].point.load_model, MB_LOAD_UNKNOWN);
        assert_int_equal(run[0].part.counts.ok, 10);
        assert_int_equal(run[0].part.dist[MB_DIST_SERVICE].n, 10);
        assert_int_equal(run[0].part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
        assert_true(run[0].start_unix_ns > INT64_C(1700000000000000000));
        assert_int_equal(run[0].window_ns, run[1].window_ns);
        assert_int_equal(run[1].part.counts.intended, 10);
        assert_true(run[1].part.counts.errors_by_kind[MB_ERROR_STATUS] > 0);
        assert_int_equal(run[1].part.counts.statuses[1].status, 503);
        import_release(&fixture);
    }
}

static void columns_in_any_order(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture, "success\tresponseCode\tlabel\telapsed\ttimeStamp\tbytes\n"
                              "true\t200\ta\t5\t1000\t7\n"
                              "false\tNon HTTP response code: java.net."
                              "SocketTimeoutException\ta\t9\t1002\tnull\n"
                              "false\tNon HTTP response code: java.net."
                              "ConnectException\ta\t1\t1003\t0\n"),
        MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_counts *counts = &run->part.counts;
    assert_int_equal(fixture.import.count, 1);
    assert_int_equal(counts->intended, 3);
    assert_int_equal(counts->ok, 1);
    assert_int_equal(counts->errors_by_kind[MB_ERROR_TIMEOUT], 1);
    assert_int_equal(counts->errors_by_kind[MB_ERROR_CONNECT], 1);
    assert_int_equal(counts->bytes_received, -1);
    assert_int_equal(run->start_unix_ns, 1000000000);
    assert_int_equal(run->window_ns, 11000000);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].max, 5000000);
    assert_int_equal(run->part.dist[MB_DIST_ERROR_RESPONSE].n, 1); // not the late one
    import_release(&fixture);
}

// What lies inside a sample is part of it.
static void nested(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "<?xml version=\"1.0\"?><testResults version=\"1.2\">"
                    "<sample t=\"30\" s=\"true\" lb=\"transaction\" rc=\"200\">"
                    "<httpSample t=\"10\" s=\"true\" lb=\"a\" rc=\"200\"/>"
                    "<httpSample t=\"20\" s=\"true\" lb=\"b\" rc=\"200\"/></sample>"
                    "<a.plugin.Sample t=\"1\" s=\"true\" lb=\"plugin\" rc=\"\"/>"
                    "<sampleResult timeStamp=\"5\" time=\"7\" success=\"false\" "
                    "label=\"old\" responseCode=\"404\"/></testResults>"),
        MB_OK);
    assert_int_equal(fixture.import.count, 3);
    assert_string_equal(fixture.import.runs[0].workload, "transaction");
    assert_int_equal(fixture.import.runs[0].part.counts.intended, 1);
    assert_string_equal(fixture.import.runs[1].workload, "plugin");
    assert_int_equal(fixture.import.runs[2].part.counts.errors_by_kind[MB_ERROR_STATUS],
                     1);
    assert_int_equal(fixture.import.note_count, 1);
    assert_string_equal(fixture.import.notes[0].message,
                        "2 samples inside others (redirects, embedded resources, steps "
                        "of transactions) are parts of theirs");
    import_release(&fixture);
}

static void without_latencies(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(import_text(&fixture, "label,responseCode,success\na,200,true\n"),
                     MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    assert_int_equal(run->part.counts.ok, 1);
    assert_int_equal(run->window_ns, -1);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
        int line;
    } cases[] = {
        {"label,responseCode,elapsed,success\na,200,-5,true\n", "'-5' is no elapsed", 2},
        {"label,responseCode,elapsed,success\na,200,5,true\nb,200,5,perhaps\n",
         "'perhaps' is no success", 3},
        {"label,responseCode,elapsed,success\na,200,5\n",
         "it has 3 columns, 'success' is column 4", 2},
        {"<testResults version=\"1.2\">\n<sample t=\"1e9\" lb=\"a\" s=\"true\"/>",
         "'1e9' is no elapsed", 2},
        {"<!DOCTYPE testResults [<!ENTITY a \"b\">]>\n<testResults/>",
         "a document type is not accepted", 1},
        {"<other>\n<testResults/></other>", "the root is 'other', not 'testResults'", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        if (import_text(&fixture, cases[i].text) != MB_INVALID ||
            fixture.err.line != cases[i].line ||
            strcmp(fixture.err.message, cases[i].message) != 0) {
            fail_msg("%s: line %d: %s", cases[i].text, fixture.err.line,
                     fixture.err.message);
        }
        import_release(&fixture);
    }
}

static void bounds_labels(void **state)
{
    (void)state;
    struct import_fixture fixture;
    struct mb_buf text;
    mb_buf_init(&text, 0);
    mb_buf_append_string(&text, "label,responseCode,elapsed,success\n");
    for (int i = 0; i <= 1000; i++) {
        mb_buf_print(&text, "order %d,200,5,true\n", i);
    }
    assert_int_equal(import_text(&fixture, mb_buf_string(&text)), MB_INVALID);
    assert_string_equal(fixture.err.message, "more than 1000 different labels");
    assert_int_equal(fixture.err.line, 1002);
    import_release(&fixture);
    mb_buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded), cmocka_unit_test(columns_in_any_order),
        cmocka_unit_test(nested),   cmocka_unit_test(without_latencies),
        cmocka_unit_test(refuses),  cmocka_unit_test(bounds_labels),
    };
    return cmocka_run_group_tests_name("exchange/import_jtl", tests, NULL, NULL);
}
