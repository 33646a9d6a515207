// Annotations and reports: about a result that is there, kept in order, gone with it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/store_fixture.h"

static const char absent[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

// A store with two results; gives the digest of one of its series.
static const char *fill(struct fixture *fixture)
{
    struct mb_store_history history;
    bool added = false;
    fixture_init(fixture);
    fixture_open(fixture, MB_STORE_CREATE);
    fixture_good(fixture, fixture_add(fixture, 1, NULL, 0, &added));
    fixture_good(fixture, fixture_add(fixture, 2, NULL, 0, &added));
    fixture_good(fixture,
                 mb_store_history(&fixture->arena, fixture->store,
                                  &(struct mb_store_filter){0}, &history, &fixture->err));
    return history.series[0].digest;
}

static struct mb_store_annotations annotations_of(struct fixture *fixture)
{
    struct mb_store_annotations annotations;
    fixture_good(fixture, mb_store_annotations(&fixture->arena, fixture->store,
                                               &annotations, &fixture->err));
    return annotations;
}

static void annotates(void **state)
{
    (void)state;
    struct fixture fixture;
    const char *series = fill(&fixture);
    const char *result = fixture_digest(&fixture, 2);
    const struct mb_store_annotation given[] = {
        {.series = series,
         .result = result,
         .text = "a new kernel",
         .author = "ann",
         .at_unix_ns = 5},
        {.result = result, .text = "moved house", .author = "", .at_unix_ns = 6},
    };
    for (size_t i = 0; i < 2; i++) {
        fixture_good(&fixture, mb_store_annotate(fixture.store, &given[i], &fixture.err));
    }
    struct mb_store_annotations all = annotations_of(&fixture);
    assert_int_equal(all.count, 2);
    assert_string_equal(all.items[0].series, series);
    assert_string_equal(all.items[0].result, result);
    assert_string_equal(all.items[0].text, "a new kernel");
    assert_string_equal(all.items[0].author, "ann");
    assert_int_equal(all.items[0].at_unix_ns, 5);
    assert_null(all.items[1].series);
    assert_string_equal(all.items[1].author, "");
    fixture_good(&fixture, mb_store_annotation_remove(fixture.store, all.items[0].id,
                                                      &fixture.err));
    assert_int_equal(
        mb_store_annotation_remove(fixture.store, all.items[0].id, &fixture.err),
        MB_INVALID);
    all = annotations_of(&fixture);
    assert_int_equal(all.count, 1);
    assert_string_equal(all.items[0].text, "moved house");
    struct mb_store_results results = fixture_list(&fixture);
    mb_err_clear(&fixture.err);
    fixture_good(&fixture, mb_store_prune(fixture.store, &results.items[1].id, 1, false,
                                          &fixture.err));
    assert_int_equal(annotations_of(&fixture).count, 0);
    fixture_release(&fixture);
}

static void refuses_what_belongs_to_nothing(void **state)
{
    (void)state;
    struct fixture fixture;
    const char *series = fill(&fixture);
    const char *result = fixture_digest(&fixture, 1);
    char *large = mb_arena_alloc(&fixture.arena, MB_STORE_MAX_TEXT_BYTES + 2, 1);
    memset(large, 'x', MB_STORE_MAX_TEXT_BYTES + 1);
    const struct mb_store_annotation cases[] = {
        {.series = absent, .result = result, .text = "a", .author = ""},
        {.series = series, .result = absent, .text = "a", .author = ""},
        {.result = absent, .text = "a", .author = ""},
        {.result = result, .text = "", .author = ""},
        {.result = result, .text = large, .author = ""},
        {.result = result, .text = "a", .author = large},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mb_err_clear(&fixture.err);
        assert_int_equal(mb_store_annotate(fixture.store, &cases[i], &fixture.err),
                         MB_INVALID);
    }
    assert_int_equal(annotations_of(&fixture).count, 0);
    fixture_release(&fixture);
}

static void remembers_reports_once(void **state)
{
    (void)state;
    struct fixture fixture;
    struct mb_store_reports reports;
    const char *series = fill(&fixture);
    const struct mb_store_report given[] = {
        {.series = series,
         .result = fixture_digest(&fixture, 2),
         .before = 1.5,
         .after = 2.5,
         .at_unix_ns = 7},
        {.series = series,
         .result = fixture_digest(&fixture, 1),
         .before = 1,
         .after = 1.5,
         .at_unix_ns = 8},
        {.series = series,
         .result = fixture_digest(&fixture, 2),
         .before = 9,
         .after = 9,
         .at_unix_ns = 9},
        {.series = series, .result = absent, .before = 9, .after = 9, .at_unix_ns = 9},
    };
    // The last one belongs to nothing: then none is remembered.
    assert_int_equal(mb_store_reports_add(fixture.store, given, 4, &fixture.err),
                     MB_INVALID);
    mb_err_clear(&fixture.err);
    fixture_good(&fixture,
                 mb_store_reports(&fixture.arena, fixture.store, &reports, &fixture.err));
    assert_int_equal(reports.count, 0);
    fixture_good(&fixture, mb_store_reports_add(fixture.store, given, 3, &fixture.err));
    fixture_good(&fixture,
                 mb_store_reports(&fixture.arena, fixture.store, &reports, &fixture.err));
    assert_int_equal(reports.count, 2);
    assert_string_equal(reports.items[0].result, given[1].result);
    assert_string_equal(reports.items[1].series, series);
    assert_true(reports.items[1].before == 1.5 && reports.items[1].after == 2.5);
    assert_int_equal(reports.items[1].at_unix_ns, 7);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(annotates),
        cmocka_unit_test(refuses_what_belongs_to_nothing),
        cmocka_unit_test(remembers_reports_once),
    };
    return cmocka_run_group_tests_name("notes", tests, NULL, NULL);
}
