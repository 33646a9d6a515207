#include "import_fixture.h"

static void every_request(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "h2load/log.tsv", 1);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(fixture.importer->name, "h2load-log");
    assert_int_equal(run->start_unix_ns, INT64_C(1795488100374448000));
    assert_int_equal(run->window_ns, 42613000);
    assert_int_equal(run->part.counts.ok, 40);
    assert_int_equal(run->part.counts.intended, -1);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_TIMEOUT], -1);
    assert_int_equal(run->point.load_model, MB_LOAD_UNKNOWN);
    assert_int_equal(run->part.co_handling, MB_CO_NONE);
    assert_int_equal(service->type, MB_DIST_HDR);
    assert_int_equal(service->n, 40);
    assert_int_equal(service->min, 1115000);
    assert_int_equal(service->max, 9610000);
    assert_int_equal(service->sum, INT64_C(164666000));
    assert_int_equal(run->part.dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    import_release(&fixture);
}

static void failures(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "h2load/log-errors.tsv", 1);
    assert_int_equal(run->part.counts.ok, 21);
    assert_int_equal(run->part.counts.completed, 30);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 9);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 0);
    assert_int_equal(run->part.counts.status_count, 2);
    assert_int_equal(run->part.counts.statuses[1].status, 503);
    assert_int_equal(run->part.counts.statuses[1].n, 9);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].max, 190000);
    assert_int_equal(run->part.dist[MB_DIST_ERROR_RESPONSE].max, 182000);
    import_release(&fixture);
    run = import_file(&fixture, "h2load/log-failed.tsv", 1);
    assert_int_equal(run->part.counts.ok, 15);
    assert_int_equal(run->part.counts.completed, 15);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 5);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].max, 8873000);
    assert_int_equal(run->part.dist[MB_DIST_ERROR_RESPONSE].max, 8864000);
    import_release(&fixture);
}

static void takes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        int64_t ok;
    } cases[] = {
        {"one line without its end", "1795488100374448\t200\t1", 1},
        {"CRLF, empty lines",
         "1795488100374448\t200\t1\r\n1795488100374449\t200\t0\r\n\r\n", 2},
        {"columns of a later version",
         "1795488100374448\t200\t1\tx\n1795488100374449\t200\t2\ty z\n", 2},
        {"only failures", "1795488100374448\t-1\t5\n1795488100374448\t-1\t6\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        if (import_text(&fixture, cases[i].text) != MB_OK || fixture.import.count != 1) {
            fail_msg("%s: %s", cases[i].name, fixture.err.message);
        }
        assert_string_equal(fixture.importer->name, "h2load-log");
        assert_int_equal(fixture.import.runs[0].part.counts.ok, cases[i].ok);
        import_release(&fixture);
    }
}

// A third line that is wrong: the first two say whose file it is.
static void refuses(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "1795488100374",
        "1795488100374448\t200",
        "1795488100374448\t200\t",
        "1795488100374448\t200\t-1",
        "1795488100374448\t200\tnan",
        "1795488100374448\t-2\t1",
        "1795488100374448\t1000\t1",
        "99999999999999999\t200\t1",
        "1795488100374448\t200\t9007199254741",
        "finished in 1s",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct import_fixture fixture;
        char text[200] = "1795488100374448\t200\t1\n1795488100374448\t200\t1\n";
        memcpy(text + strlen(text), lines[i], strlen(lines[i]) + 1);
        if (import_text(&fixture, text) != MB_INVALID || fixture.err.line != 3 ||
            strstr(fixture.err.message, "not a row of h2load's log") == NULL) {
            fail_msg("'%s': %s", lines[i], fixture.err.message);
        }
        import_release(&fixture);
    }
}

static void not_its_own(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1795488100374448\t200\n",                // a column less
        "1795488100374\t200\t12\n",               // ms
        "1795488100374448,200,12\n",              // commas
        "1795488100374448\t200\t12\nsomething\n", // only the first line
        "\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, texts[i]), MB_INVALID);
        assert_null(fixture.importer);
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request), cmocka_unit_test(failures),
        cmocka_unit_test(takes),         cmocka_unit_test(refuses),
        cmocka_unit_test(not_its_own),
    };
    return cmocka_run_group_tests_name("exchange/import_h2load_log", tests, NULL, NULL);
}
