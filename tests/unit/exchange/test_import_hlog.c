#include "import_fixture.h"

// Three intervals with and without a tag, of 100 values each: 10 to 3000, and five times
// that.
static void intervals(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_file_as(&fixture, "hlog/log.hlog", (struct import_as){.unit_ns = 1}),
        MB_OK);
    assert_string_equal(fixture.importer->name, "hlog");
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *run = fixture.import.runs;
    assert_null(run[0].name);
    assert_string_equal(run[1].name, "slow");
    assert_int_equal(run[0].start_unix_ns, INT64_C(1700000000000000000));
    assert_int_equal(run[0].window_ns, 3000000000);
    const struct mb_dist *plain = &run[0].part.dist[MB_DIST_RESPONSE];
    const struct mb_dist *slow = &run[1].part.dist[MB_DIST_RESPONSE];
    assert_int_equal(plain->type, MB_DIST_HDR);
    assert_int_equal(plain->n, 300);
    assert_int_equal(mb_hdr_value_at_rank(plain->hdr, 300), 3001);
    assert_int_equal(slow->n, 300);
    assert_int_equal(slow->max, 15007);
    assert_int_equal(run[0].part.co_handling, MB_CO_UNKNOWN);
    import_release(&fixture);
}

// In another unit than ns the buckets remain.
static void unit(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_file_as(&fixture, "hlog/log.hlog", (struct import_as){.unit_ns = 1000}),
        MB_OK);
    const struct mb_dist *dist = &fixture.import.runs[0].part.dist[MB_DIST_RESPONSE];
    assert_int_equal(dist->type, MB_DIST_BUCKETS);
    assert_int_equal(dist->n, 300);
    assert_int_equal(dist->min, 10000);
    assert_int_equal(dist->buckets[0].high, 10999);
    import_release(&fixture);
    assert_int_equal(
        import_file_as(&fixture, "hlog/log.hlog", (struct import_as){.unit_ns = 0}),
        MB_INVALID);
    assert_string_equal(fixture.err.message,
                        "the log does not say the unit of its values");
    import_release(&fixture);
}

static void spectrum(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(import_file_as(&fixture, "hlog/spectrum.hgrm",
                                    (struct import_as){.unit_ns = 1000000}),
                     MB_OK);
    assert_string_equal(fixture.importer->name, "hgrm");
    const struct mb_dist *dist = &fixture.import.runs[0].part.dist[MB_DIST_RESPONSE];
    assert_int_equal(dist->type, MB_DIST_BUCKETS);
    assert_int_equal(dist->n, 1000);
    assert_int_equal(dist->min, 10000);
    assert_in_range(dist->max, 10000000, 10007000);
    import_release(&fixture);
    assert_int_equal(
        import_file_as(&fixture, "hlog/spectrum.hgrm", (struct import_as){.unit_ns = 0}),
        MB_INVALID);
    assert_string_equal(fixture.err.message,
                        "the spectrum does not say the unit of its values");
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
        {"#[Histogram log format version 1.2]\n0.1,1.0,2.0,HISTx\n",
         "its histogram cannot be read: ", 2},
        {"#[Histogram log format version 1.2]\n\n0.1,x,2.0,HISTF\n",
         "not a line of an interval: ", 3},
        {"#[Histogram log format version 1.2]\n", "there is no run of hdrhistogram in it",
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        if (import_text(&fixture, cases[i].text) != MB_INVALID ||
            fixture.err.line != cases[i].line ||
            strncmp(fixture.err.message, cases[i].message, strlen(cases[i].message)) !=
                0) {
            fail_msg("%zu: line %d: %s", i, fixture.err.line, fixture.err.message);
        }
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals),
        cmocka_unit_test(unit),
        cmocka_unit_test(spectrum),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_hlog", tests, NULL, NULL);
}
