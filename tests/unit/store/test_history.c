// Reading histories: which results and series, in which order, and every value of them.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/store_fixture.h"

static void history_read(struct fixture *fixture, const struct mb_store_filter *filter,
                         struct mb_store_history *history)
{
    fixture_good(fixture, mb_store_history(&fixture->arena, fixture->store, filter,
                                           history, &fixture->err));
}

static void points_read(struct fixture *fixture, const struct mb_store_history *history,
                        size_t series, struct mb_store_points *points)
{
    fixture_good(fixture,
                 mb_store_points_read(fixture->store, history, &history->series[series],
                                      points, &fixture->err));
}

static void add(struct fixture *fixture, int number, const struct mb_label *tags,
                size_t tag_count)
{
    bool added = false;
    fixture_good(fixture, fixture_add(fixture, number, tags, tag_count, &added));
    assert_true(added);
}

// What extraction finds comes out of the store as it was.
static void gives_back_what_was_extracted(void **state)
{
    (void)state;
    struct fixture fixture;
    struct mb_store_history history;
    struct mb_store_points points = {0};
    struct mb_series_values values = {0};
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    add(&fixture, 1, NULL, 0);
    mb_series_extract(&fixture.arena, &fixture.result, NULL, 0, &values);
    history_read(&fixture, &(struct mb_store_filter){0}, &history);
    assert_int_equal(history.series_count, values.count);
    assert_int_equal(history.results.count, 1);
    for (size_t i = 0; i < history.series_count; i++) {
        const struct mb_store_series *series = &history.series[i];
        const struct mb_series_value *value = NULL;
        for (size_t j = 0; j < values.count; j++) {
            if (mb_series_key_equal(&values.items[j].key, &series->key)) {
                value = &values.items[j];
            }
        }
        assert_non_null(value);
        assert_string_equal(series->title, value->title);
        assert_string_equal(series->digest, mb_series_id(&fixture.arena, &value->key));
        assert_int_equal(series->unit, value->unit);
        assert_int_equal(series->higher_is_better, value->higher_is_better);
        assert_true(i == 0 || strcmp(history.series[i - 1].title, series->title) <= 0);
        points_read(&fixture, &history, i, &points);
        assert_int_equal(points.count, 1);
        assert_true(points.values[0] == value->value);
        assert_true(points.ratios[0] == value->ratio ||
                    (isnan(points.ratios[0]) && isnan(value->ratio)));
        assert_int_equal(points.trials[0], value->trials);
        assert_int_equal(points.times_unix_ns[0], 1000000000);
        assert_ptr_equal(points.results[0], &history.results.items[0]);
        if (value->version == NULL) {
            assert_null(points.versions[0]);
        } else {
            assert_string_equal(points.versions[0], value->version);
        }
    }
    mb_store_points_release(&points);
    fixture_release(&fixture);
}

static void orders_by_time(void **state)
{
    (void)state;
    static const int numbers[] = {3, 1, 2, 5};
    static const int64_t expected_s[] = {1, 2, 3, 86400};
    struct fixture fixture;
    struct mb_store_history history;
    struct mb_store_points points = {0};
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    for (size_t i = 0; i < 4; i++) {
        // The last one was built on the second of January, whenever it was measured.
        const struct mb_label date = {"date", "1970-01-02"};
        add(&fixture, numbers[i], &date, numbers[i] == 5 ? 1 : 0);
    }
    history_read(&fixture, &(struct mb_store_filter){.metric = "throughput"}, &history);
    assert_string_equal(fixture_names(&fixture, &history.results),
                        "r1.json r2.json r3.json r5.json");
    assert_int_equal(history.series_count, 6);
    for (size_t i = 0; i < history.series_count; i++) {
        points_read(&fixture, &history, i, &points);
        assert_int_equal(points.count, 4);
        for (size_t j = 0; j < 4; j++) {
            assert_int_equal(points.times_unix_ns[j], expected_s[j] * 1000000000);
            assert_ptr_equal(points.results[j], &history.results.items[j]);
        }
    }
    mb_store_points_release(&points);
    fixture_release(&fixture);
}

static void filters(void **state)
{
    (void)state;
    static const struct mb_label main_tag = {"branch", "main"};
    static const struct mb_label both[] = {{"branch", "main"}, {"release", "1.2"}};
    static const struct mb_label none = {"branch", "mai"};
    static const int64_t second = 1000000000;
    static const struct {
        const char *name;
        struct mb_store_filter filter;
        const char *results;
        size_t series;
    } cases[] = {
        {"all", {0}, "r1.json r2.json r3.json", 42},
        {"metric", {.metric = "memory"}, "r1.json r2.json r3.json", 6},
        {"variant", {.variant = "baseline"}, "r1.json r2.json r3.json", 14},
        {"both", {.metric = "memory", .variant = "proxy"}, "r1.json r2.json r3.json", 4},
        {"no metric", {.metric = "memor"}, "r1.json r2.json r3.json", 0},
        {"tag", {.tags = &main_tag, .tag_count = 1}, "r2.json r3.json", 42},
        {"tags", {.tags = both, .tag_count = 2}, "r3.json", 42},
        {"no tag", {.tags = &none, .tag_count = 1}, "", 42},
        {"since", {.since_unix_ns = 2 * second}, "r2.json r3.json", 42},
        {"before", {.before_unix_ns = 2 * second}, "r1.json", 42},
        {"between",
         {.since_unix_ns = 2 * second, .before_unix_ns = 3 * second},
         "r2.json",
         42},
    };
    struct fixture fixture;
    struct mb_store_points points = {0};
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    add(&fixture, 1, NULL, 0);
    add(&fixture, 2, &main_tag, 1);
    add(&fixture, 3, both, 2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_store_history history;
        history_read(&fixture, &cases[i].filter, &history);
        const char *names = fixture_names(&fixture, &history.results);
        if (strcmp(names, cases[i].results) != 0 ||
            history.series_count != cases[i].series) {
            fail_msg("%s: '%s', %zu series", cases[i].name, names, history.series_count);
        }
        if (history.series_count > 0) {
            points_read(&fixture, &history, 0, &points);
            assert_int_equal(points.count, history.results.count);
        }
    }
    struct mb_store_history history;
    history_read(&fixture, &(struct mb_store_filter){0}, &history);
    const char *digest = history.series[7].digest;
    const char *prefix = mb_arena_copy_bytes(&fixture.arena, digest, 10);
    history_read(&fixture, &(struct mb_store_filter){.series = prefix}, &history);
    assert_int_equal(history.series_count, 1);
    assert_string_equal(history.series[0].digest, digest);
    mb_store_points_release(&points);
    fixture_release(&fixture);
}

// What others add and remove meanwhile disturbs nobody.
static void stands_beside_writers(void **state)
{
    (void)state;
    struct fixture fixture;
    struct mb_store_history history;
    struct mb_store_points points = {0};
    struct mb_store *reader = NULL;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    add(&fixture, 1, NULL, 0);
    add(&fixture, 2, NULL, 0);
    fixture_good(&fixture, mb_store_open(fixture.path, &(struct mb_store_options){0},
                                         &reader, &fixture.err));
    fixture_good(&fixture,
                 mb_store_history(&fixture.arena, reader, &(struct mb_store_filter){0},
                                  &history, &fixture.err));
    fixture_good(&fixture, mb_store_prune(fixture.store, &history.results.items[1].id, 1,
                                          false, &fixture.err));
    add(&fixture, 3, NULL, 0);
    fixture_good(&fixture, mb_store_points_read(reader, &history, &history.series[0],
                                                &points, &fixture.err));
    assert_int_equal(points.count, 1);
    assert_string_equal(points.results[0]->name, "r1.json");
    mb_store_close(reader);
    mb_store_points_release(&points);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_was_extracted),
        cmocka_unit_test(orders_by_time),
        cmocka_unit_test(filters),
        cmocka_unit_test(stands_beside_writers),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
