// Results go in once and come out byte for byte; tags, removal, and what is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "base/rng.h"
#include "store/store_fixture.h"

static void brings_exact_bytes_back(void **state)
{
    (void)state;
    enum { NOISE_BYTES = 5000 };
    struct fixture fixture;
    struct mb_rng rng;
    char noise[NOISE_BYTES]; // hardly gets smaller, has zero bytes
    fixture_init(&fixture);
    mb_rng_init(&rng, 3);
    for (size_t i = 0; i < NOISE_BYTES; i++) {
        noise[i] = (char)mb_rng_below(&rng, 256);
    }
    const char *text = fixture_text(&fixture, 1);
    const struct {
        const char *bytes;
        size_t size;
    } cases[] = {{text, strlen(text)}, {noise, NOISE_BYTES}, {"x", 1}, {"\0", 1}};
    fixture_open(&fixture, MB_STORE_CREATE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char digest[MB_DIGEST_TEXT];
        bool added = false;
        struct mb_store_result result;
        struct mb_buf bytes = {0};
        mb_digest_text(cases[i].bytes, cases[i].size, digest);
        const struct mb_store_input input = {.name = "a.json",
                                             .bytes = cases[i].bytes,
                                             .size = cases[i].size,
                                             .digest = digest,
                                             .result = &fixture.result};
        for (int again = 0; again < 2; again++) {
            fixture_good(&fixture,
                         mb_store_add(fixture.store, &input, &added, &fixture.err));
            assert_int_equal(added, again == 0);
        }
        fixture_good(&fixture, mb_store_find(&fixture.arena, fixture.store, digest,
                                             &result, &fixture.err));
        assert_int_equal(result.size_bytes, cases[i].size);
        fixture_good(&fixture,
                     mb_store_read(fixture.store, &result, &bytes, &fixture.err));
        assert_int_equal(bytes.size, cases[i].size);
        assert_memory_equal(bytes.data, cases[i].bytes, cases[i].size);
        mb_buf_release(&bytes);
    }
    assert_int_equal(fixture_list(&fixture).count, sizeof cases / sizeof cases[0]);
    fixture_release(&fixture);
}

static void keeps_what_lists_show(void **state)
{
    (void)state;
    struct fixture fixture;
    bool added = false;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_good(&fixture, fixture_add(&fixture, 4, NULL, 0, &added));
    struct mb_store_results results = fixture_list(&fixture);
    const struct mb_store_result *result = &results.items[0];
    assert_int_equal(results.count, 1);
    assert_string_equal(result->digest, fixture_digest(&fixture, 4));
    assert_string_equal(result->name, "r4.json");
    assert_string_equal(result->spec_name, "small");
    assert_string_equal(result->environment, fixture.result.keys.environment);
    assert_int_equal(result->time_unix_ns, 4000000000);
    assert_int_equal(result->finished_unix_ns, 4000000000);
    assert_int_equal(result->added_unix_ns, FIXTURE_NOW);
    assert_true(result->complete);
    assert_false(result->imported);
    assert_true(result->kept);
    fixture_release(&fixture);
}

static void tags_and_labels(void **state)
{
    (void)state;
    struct mb_label labels[] = {
        {"release", "1.1"}, {"team", "mesh"}, {"empty", ""}, {"date", "no date"}};
    static const struct mb_label given[] = {{"release", "1.2"}, {"date", "2026-02-01"}};
    static const struct mb_label later[] = {
        {"team", ""}, {"branch", "main"}, {"date", ""}, {"absent", ""}};
    struct fixture fixture;
    bool added = false;
    fixture_init(&fixture);
    fixture.result.labels = labels;
    fixture.result.label_count = 4;
    fixture_open(&fixture, MB_STORE_CREATE);
    assert_int_equal(fixture_add(&fixture, 1, NULL, 0, &added), MB_INVALID);
    if (strstr(fixture.err.message, "tag 'date': 'no date' is no date") == NULL) {
        fail_msg("%s", fixture.err.message);
    }
    assert_int_equal(fixture_list(&fixture).count, 0);
    fixture_good(&fixture, fixture_add(&fixture, 1, given, 2, &added));
    struct mb_store_result first = fixture_list(&fixture).items[0];
    assert_int_equal(first.tag_count, 3);
    assert_string_equal(first.tags[0].name, "date");
    assert_string_equal(mb_store_tag_find(&first, "release"), "1.2");
    assert_string_equal(mb_store_tag_find(&first, "team"), "mesh");
    assert_null(mb_store_tag_find(&first, "empty"));
    assert_int_equal(first.time_unix_ns, INT64_C(1769904000000000000));
    fixture_good(&fixture, mb_store_tag(fixture.store, first.id, later, 4, &fixture.err));
    first = fixture_list(&fixture).items[0];
    assert_int_equal(first.tag_count, 2);
    assert_string_equal(mb_store_tag_find(&first, "branch"), "main");
    assert_int_equal(first.time_unix_ns, 1000000000); // when it was finished
    // Adding it again adds tags, and brings no label back.
    fixture_good(&fixture, fixture_add(&fixture, 1, later + 1, 1, &added));
    assert_false(added);
    assert_int_equal(fixture_list(&fixture).items[0].tag_count, 2);
    fixture_release(&fixture);
}

static void refuses_tags_that_are_none(void **state)
{
    (void)state;
    struct fixture fixture;
    bool added = false;
    fixture_init(&fixture);
    char *large = mb_arena_alloc(&fixture.arena, MB_STORE_MAX_TAG_BYTES + 2, 1);
    memset(large, 'x', MB_STORE_MAX_TAG_BYTES + 1);
    const struct {
        struct mb_label tag;
        const char *says;
    } cases[] = {
        {{"", "x"}, "'' is no name of a tag"},
        {{"a=b", "x"}, "'a=b' is no name of a tag"},
        {{large, "x"}, "1000 at most"},
        {{"a", large}, "1000 at most"},
        {{"date", "yesterday"}, "'yesterday' is no date"},
        {{"date", "2026-02-30"}, "'2026-02-30' is no date"},
    };
    fixture_open(&fixture, MB_STORE_CREATE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(fixture_add(&fixture, 1, &cases[i].tag, 1, &added), MB_INVALID);
        if (strstr(fixture.err.message, cases[i].says) == NULL) {
            fail_msg("%s", fixture.err.message);
        }
        assert_int_equal(fixture_list(&fixture).count, 0); // all or nothing
    }
    struct mb_label tags[MB_STORE_MAX_TAGS];
    for (size_t i = 0; i < MB_STORE_MAX_TAGS; i++) {
        tags[i] = (struct mb_label){mb_arena_print(&fixture.arena, "t%zu", i), "x"};
    }
    assert_int_equal(fixture_add(&fixture, 1, tags, MB_STORE_MAX_TAGS, &added),
                     MB_INVALID);
    size_t labels = fixture.result.label_count; // they are tags as well
    fixture_good(&fixture,
                 fixture_add(&fixture, 1, tags, MB_STORE_MAX_TAGS - labels, &added));
    fixture_release(&fixture);
}

static void parses_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_s; // -1: refused
    } cases[] = {
        {"1970-01-02", 86400},
        {"1970-01-02T00:00:01Z", 86401},
        {"1970-01-32", -1},
        {"1970-01-2", -1},
        {"1970-01-02 ", -1},
        {"70", -1},
        {"", -1},
        {"2026-11-23T12:00:00+01:00", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t unix_ns = -1;
        struct mb_err err = {0};
        enum mb_status status = mb_store_time_parse(cases[i].text, &unix_ns, &err);
        assert_int_equal(status, cases[i].unix_s < 0 ? MB_INVALID : MB_OK);
        assert_int_equal(unix_ns,
                         cases[i].unix_s < 0 ? -1 : cases[i].unix_s * 1000000000);
    }
}

static void finds_by_prefix(void **state)
{
    (void)state;
    struct fixture fixture;
    struct mb_store_result result;
    bool added = false;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_good(&fixture, fixture_add(&fixture, 1, NULL, 0, &added));
    const char *digest = fixture_digest(&fixture, 1);
    static const struct {
        size_t size;
        enum mb_status status;
    } cases[] = {{64, MB_OK}, {4, MB_OK}, {3, MB_INVALID}, {0, MB_INVALID}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *prefix = mb_arena_copy_bytes(&fixture.arena, digest, cases[i].size);
        mb_err_clear(&fixture.err);
        assert_int_equal(
            mb_store_find(&fixture.arena, fixture.store, prefix, &result, &fixture.err),
            cases[i].status);
    }
    mb_err_clear(&fixture.err);
    assert_int_equal(
        mb_store_find(&fixture.arena, fixture.store, "none", &result, &fixture.err),
        MB_INVALID);
    // A second one that begins like the first.
    fixture_sql(
        &fixture,
        "INSERT INTO result SELECT 2, substr(digest, 1, 10) || "
        "'ffffffffffffffffffffffffffffffffffffffffffffffffffffff', name, spec_name,"
        " environment, time_ns, finished_ns, added_ns, size, complete, imported"
        " FROM result");
    const char *prefix = mb_arena_copy_bytes(&fixture.arena, digest, 10);
    mb_err_clear(&fixture.err);
    assert_int_equal(
        mb_store_find(&fixture.arena, fixture.store, prefix, &result, &fixture.err),
        MB_INVALID);
    assert_non_null(strstr(fixture.err.message, "2 results in the store begin with"));
    fixture_release(&fixture);
}

static void prunes(void **state)
{
    (void)state;
    enum { RESULTS = 40 };
    struct fixture fixture;
    struct mb_buf bytes = {0};
    struct stat before;
    struct stat after;
    int64_t ids[RESULTS];
    bool added = false;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    for (int i = 0; i < RESULTS; i++) {
        fixture_good(&fixture, fixture_add(&fixture, i + 1, NULL, 0, &added));
    }
    struct mb_store_results results = fixture_list(&fixture);
    for (size_t i = 0; i < RESULTS; i++) {
        ids[i] = results.items[i].id;
    }
    fixture_close(&fixture);
    assert_int_equal(stat(fixture.path, &before), 0);
    fixture_open(&fixture, MB_STORE_WRITE);
    fixture_good(&fixture,
                 mb_store_prune(fixture.store, ids, RESULTS / 2, true, &fixture.err));
    results = fixture_list(&fixture);
    assert_int_equal(results.count, RESULTS);
    assert_false(results.items[0].kept);
    assert_true(results.items[RESULTS - 1].kept);
    assert_int_equal(
        mb_store_read(fixture.store, &results.items[0], &bytes, &fixture.err), MB_FAILED);
    assert_non_null(strstr(fixture.err.message, "they were pruned"));
    fixture_good(&fixture, fixture_add(&fixture, 1, NULL, 0, &added));
    assert_false(added); // but its bytes are back
    fixture_good(&fixture,
                 mb_store_read(fixture.store, &results.items[0], &bytes, &fixture.err));
    fixture_good(&fixture, mb_store_prune(fixture.store, ids + 1, RESULTS - 1, false,
                                          &fixture.err));
    assert_int_equal(fixture_list(&fixture).count, 1);
    fixture_good(&fixture, mb_store_check(fixture.store, &fixture.err));
    fixture_close(&fixture);
    assert_int_equal(stat(fixture.path, &after), 0);
    assert_true(after.st_size < before.st_size / 2);
    fixture_open(&fixture, MB_STORE_WRITE);
    fixture_good(&fixture, mb_store_prune(fixture.store, ids, 1, false, &fixture.err));
    struct mb_store_history history;
    fixture_good(&fixture,
                 mb_store_history(&fixture.arena, fixture.store,
                                  &(struct mb_store_filter){0}, &history, &fixture.err));
    assert_int_equal(history.series_count, 0); // none without points
    mb_buf_release(&bytes);
    fixture_release(&fixture);
}

// The digest stands guard over the bytes, whatever became of them.
static void tells_damaged_bytes(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "UPDATE content SET bytes = x'00'",
        "UPDATE content SET bytes = zeroblob(200000)",
        "UPDATE content SET bytes = CAST(substr(bytes, 2) AS BLOB)",
        "UPDATE content SET bytes = CAST(bytes || x'00' AS BLOB)",
        "UPDATE result SET size = size + 1",
        "UPDATE result SET size = 9223372036854775807",
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct fixture fixture;
        struct mb_buf bytes = {0};
        bool added = false;
        fixture_init(&fixture);
        fixture_open(&fixture, MB_STORE_CREATE);
        fixture_good(&fixture, fixture_add(&fixture, 1, NULL, 0, &added));
        fixture_close(&fixture);
        fixture_sql(&fixture, damages[i]);
        fixture_open(&fixture, MB_STORE_READ);
        struct mb_store_results results = fixture_list(&fixture);
        if (mb_store_read(fixture.store, &results.items[0], &bytes, &fixture.err) !=
            MB_INVALID) {
            fail_msg("%s: not seen", damages[i]);
        }
        mb_err_clear(&fixture.err);
        assert_int_equal(mb_store_check(fixture.store, &fixture.err), MB_INVALID);
        mb_buf_release(&bytes);
        fixture_release(&fixture);
    }
}

// As a store that was filled before the metric was known.
static void refreshes_values(void **state)
{
    (void)state;
    struct fixture fixture;
    struct mb_store_history history;
    const struct mb_store_filter all = {0};
    bool added = false;
    size_t values = 0;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_good(&fixture, fixture_add(&fixture, 1, NULL, 0, &added));
    fixture_close(&fixture);
    fixture_sql(&fixture, "DELETE FROM series WHERE metric = 'response_time.p99';"
                          "UPDATE point SET value = 1");
    fixture_open(&fixture, MB_STORE_WRITE);
    int64_t id = fixture_list(&fixture).items[0].id;
    for (size_t round = 0; round < 2; round++) {
        fixture_good(&fixture, mb_store_refresh(fixture.store, id, &fixture.result,
                                                &values, &fixture.err));
        assert_true(round == 0 ? values > 0 : values == 0);
        fixture_good(&fixture, mb_store_history(&fixture.arena, fixture.store, &all,
                                                &history, &fixture.err));
    }
    struct mb_store_points points = {0};
    size_t fresh = 0;
    for (size_t i = 0; i < history.series_count; i++) {
        const struct mb_store_series *series = &history.series[i];
        bool is_new = strcmp(series->key.metric, "response_time.p99") == 0;
        fixture_good(&fixture, mb_store_points_read(fixture.store, &history, series,
                                                    &points, &fixture.err));
        assert_int_equal(points.count, 1);
        assert_true((points.values[0] != 1.0) == is_new); // what was there stays
        fresh += is_new;
    }
    assert_true(fresh > 0);
    mb_store_points_release(&points);
    fixture_release(&fixture);
}

static void wants_a_date(void **state)
{
    (void)state;
    static const struct mb_label date[] = {{"date", "2026-02-01"}};
    static const struct mb_label none[] = {{"date", ""}};
    struct fixture fixture;
    bool added = true;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    assert_int_equal(fixture_add(&fixture, 0, NULL, 0, &added), MB_INVALID);
    assert_non_null(strstr(fixture.err.message, "does not say when it was measured"));
    mb_err_clear(&fixture.err);
    assert_int_equal(fixture_add(&fixture, 0, none, 1, &added), MB_INVALID);
    mb_err_clear(&fixture.err);
    assert_int_equal(fixture_list(&fixture).count, 0);
    fixture_good(&fixture, fixture_add(&fixture, 0, date, 1, &added));
    assert_true(added);
    struct mb_store_result result = fixture_list(&fixture).items[0];
    assert_int_equal(result.time_unix_ns, INT64_C(1769904000000000000));
    assert_int_equal(mb_store_tag(fixture.store, result.id, none, 1, &fixture.err),
                     MB_INVALID);
    assert_non_null(strstr(fixture.err.message, "cannot be taken away"));
    assert_int_equal(fixture_list(&fixture).items[0].tag_count, result.tag_count);
    fixture_release(&fixture);
}

static void refuses_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, (size_t)MB_STORE_MAX_RESULT_BYTES + 1};
    struct fixture fixture;
    bool added = true;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    for (size_t i = 0; i < 2; i++) {
        const struct mb_store_input input = {.name = "a.json",
                                             .bytes = "",
                                             .size = sizes[i],
                                             .digest = "",
                                             .result = &fixture.result};
        mb_err_clear(&fixture.err);
        assert_int_equal(mb_store_add(fixture.store, &input, &added, &fixture.err),
                         MB_INVALID);
        assert_false(added);
    }
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brings_exact_bytes_back),
        cmocka_unit_test(keeps_what_lists_show),
        cmocka_unit_test(tags_and_labels),
        cmocka_unit_test(refuses_tags_that_are_none),
        cmocka_unit_test(parses_dates),
        cmocka_unit_test(finds_by_prefix),
        cmocka_unit_test(prunes),
        cmocka_unit_test(tells_damaged_bytes),
        cmocka_unit_test(refreshes_values),
        cmocka_unit_test(wants_a_date),
        cmocka_unit_test(refuses_sizes),
    };
    return cmocka_run_group_tests_name("results", tests, NULL, NULL);
}
