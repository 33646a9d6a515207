// Histories: segments, directions, marks, the latest value, results as series.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compare/history.h"
#include "fake_result.h"

enum { POINTS = 60 };

struct world {
    struct mb_arena arena;
    struct mb_history history;
    struct mb_history_series series;
    struct mb_history_options options;
    struct mb_history_judged judged;
    double values[POINTS];
};

// A little noise that is the same every time, in (-1, 1).
static double noise(size_t i)
{
    return (double)(i * 7919 % 101) / 50.5 - 1.0;
}

// 60 points at `level`, and at `after` from `step` on.
static void world_make(struct world *world, size_t step, double level, double after)
{
    memset(world, 0, sizeof *world);
    world->history.source = "made";
    world->history.row_count = POINTS;
    world->history.rows =
        mb_arena_alloc(&world->arena, POINTS, sizeof *world->history.rows);
    for (size_t i = 0; i < POINTS; i++) {
        world->values[i] = (i < step ? level : after) * (1.0 + 0.005 * noise(i));
        world->history.rows[i] = (struct mb_history_row){
            .time_unix_ns = (int64_t)(i + 1) * INT64_C(86400000000000),
            .environment = "here",
            .result = mb_arena_print(&world->arena, "%02zu345678", i)};
    }
    world->series = (struct mb_history_series){.name = "s",
                                               .metric = "m",
                                               .id = "id",
                                               .scale = MB_HISTORY_PLAIN,
                                               .count = POINTS,
                                               .values = world->values};
}

static void world_judge(struct world *world)
{
    struct mb_history_judge judge = {
        .arena = &world->arena, .history = &world->history, .options = &world->options};
    mb_history_judge_series(&judge, &world->series, &world->judged);
    mb_history_latest_decide(&world->judged, 1, &world->options.change);
    mb_history_judge_release(&judge);
}

static void world_release(struct world *world)
{
    mb_arena_release(&world->arena);
}

static void test_directions(void **state)
{
    (void)state;
    const struct {
        const char *name;
        double level;
        double after;
        bool higher_is_better;
        enum mb_history_direction direction;
        int fails_on;
    } cases[] = {
        {"slower", 10.0, 12.0, false, MB_HISTORY_WORSE, MB_HISTORY_FAIL_WORSE},
        {"faster", 10.0, 8.0, false, MB_HISTORY_BETTER, MB_HISTORY_FAIL_BETTER},
        {"more throughput", 10.0, 12.0, true, MB_HISTORY_BETTER, MB_HISTORY_FAIL_BETTER},
        {"less throughput", 10.0, 8.0, true, MB_HISTORY_WORSE, MB_HISTORY_FAIL_WORSE},
        {"below zero", -10.0, -8.0, false, MB_HISTORY_WORSE, MB_HISTORY_FAIL_WORSE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        world_make(&world, 30, cases[i].level, cases[i].after);
        world.series.higher_is_better = cases[i].higher_is_better;
        world_judge(&world);
        const struct mb_history_change *change = mb_history_worst(&world.judged);
        double share = (cases[i].after - cases[i].level) / fabs(cases[i].level);
        int others =
            (MB_HISTORY_FAIL_WORSE | MB_HISTORY_FAIL_BETTER | MB_HISTORY_FAIL_NOISE) &
            ~cases[i].fails_on;
        if (world.judged.change_count != 1 || change->index != 30 || change->row != 30 ||
            change->direction != cases[i].direction ||
            fabs(change->change - share) > 0.02 ||
            !mb_history_fails(&world.judged, cases[i].fails_on) ||
            mb_history_fails(&world.judged, others)) {
            fail_msg("%s: %zu changes", cases[i].name, world.judged.change_count);
        }
        world_release(&world);
    }
}

// A step where the machine changes is none, unless values are overheads.
static void test_environments(void **state)
{
    (void)state;
    const struct {
        const char *name;
        enum mb_history_scale scale;
        bool known;
        size_t segments;
        size_t changes;
    } cases[] = {
        {"a new machine", MB_HISTORY_METRIC, true, 2, 0},
        {"an overhead goes across", MB_HISTORY_RATIO, true, 2, 1},
        {"machines that are not known", MB_HISTORY_METRIC, false, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        world_make(&world, 30, 10.0, 12.0);
        world.series.scale = cases[i].scale;
        for (size_t k = 30; k < POINTS; k++) {
            world.history.rows[k].environment = cases[i].known ? "there" : NULL;
        }
        world_judge(&world);
        if (world.judged.segment_count != cases[i].segments ||
            world.judged.change_count != cases[i].changes ||
            world.judged.segments[world.judged.segment_count - 1].to != POINTS) {
            fail_msg("%s: %zu segments, %zu changes", cases[i].name,
                     world.judged.segment_count, world.judged.change_count);
        }
        world_release(&world);
    }
}

static void test_marks(void **state)
{
    (void)state;
    const struct {
        const char *name;
        struct mb_history_mark mark;
        bool reported;
        bool acknowledged;
    } cases[] = {
        {"reported at this very row",
         {.series = "id", .row = 30, .up = true},
         true,
         false},
        {"reported when it seemed a bit later",
         {.series = "id", .row = 30 + MB_HISTORY_SLACK, .up = true},
         true,
         false},
        {"or earlier",
         {.series = "id", .row = 30 - MB_HISTORY_SLACK, .up = true},
         true,
         false},
        {"too far",
         {.series = "id", .row = 31 + MB_HISTORY_SLACK, .up = true},
         false,
         false},
        {"the other way", {.series = "id", .row = 30, .up = false}, false, false},
        {"another series", {.series = "ie", .row = 30, .up = true}, false, false},
        {"a series before it", {.series = "aa", .row = 30, .up = true}, false, false},
        {"acknowledged",
         {.series = "id", .row = 30, .acknowledged = "known"},
         false,
         true},
        {"for every series",
         {.series = "", .row = 29, .acknowledged = "known"},
         false,
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        world_make(&world, 30, 10.0, 12.0);
        world.options.marks = &cases[i].mark;
        world.options.mark_count = 1;
        world_judge(&world);
        assert_int_equal(world.judged.change_count, 1);
        const struct mb_history_change *change = &world.judged.changes[0];
        bool quiet = cases[i].reported || cases[i].acknowledged;
        if (change->reported != cases[i].reported ||
            (change->acknowledged != NULL) != cases[i].acknowledged ||
            mb_history_fails(&world.judged, MB_HISTORY_FAIL_WORSE) == quiet) {
            fail_msg("%s", cases[i].name);
        }
        world_release(&world);
    }
}

static void test_latest(void **state)
{
    (void)state;
    const struct {
        const char *name;
        double last; // NaN: missing, so the one before it is the latest
        size_t window;
        size_t since; // row before which nothing is reported
        size_t count; // of the values that it is compared with
        double min_magnitude;
        bool judged;
        bool outlier;
        enum mb_history_direction direction;
    } cases[] = {
        {"not asked for", 20.0, 0, 0, 0, 0.0, false, false, MB_HISTORY_BETTER},
        {"far off", 20.0, 20, 0, 20, 0.0, true, true, MB_HISTORY_WORSE},
        {"far below", 5.0, 20, 0, 20, 0.0, true, true, MB_HISTORY_BETTER},
        {"this level only", 20.0, 40, 0, 29, 0.0, true, true, MB_HISTORY_WORSE},
        {"a level of old", 20.0, 40, 40, 29, 0.0, true, true, MB_HISTORY_WORSE},
        {"as ever", 12.01, 20, 0, 20, 0.0, true, false, MB_HISTORY_WORSE},
        {"too small to matter", 12.5, 20, 0, 20, 0.1, true, false, MB_HISTORY_WORSE},
        {"missing", NAN, 20, 0, 20, 0.0, true, false, MB_HISTORY_WORSE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        // The level before the step would make every value of today an outlier.
        world_make(&world, 30, 1.0, 12.0);
        world.values[POINTS - 1] = cases[i].last;
        world.options.latest_window = cases[i].window;
        world.options.since_row = cases[i].since;
        world.options.change.min_magnitude = cases[i].min_magnitude;
        world_judge(&world);
        const struct mb_history_latest *latest = &world.judged.latest;
        bool at =
            !latest->judged || latest->index == POINTS - (isnan(cases[i].last) ? 2 : 1);
        if (latest->judged != cases[i].judged || latest->outlier != cases[i].outlier ||
            (latest->outlier && latest->direction != cases[i].direction) || !at ||
            (latest->judged && latest->count != cases[i].count)) {
            fail_msg("%s: judged %d, outlier %d, p %g over %zu", cases[i].name,
                     latest->judged, latest->outlier, latest->p_adjusted, latest->count);
        }
        world_release(&world);
    }
}

// Few values, all alike, or none known: nothing is found and nothing is out of bounds.
static void test_small(void **state)
{
    (void)state;
    for (size_t count = 0; count < 12; count++) {
        struct world world;
        world_make(&world, POINTS, 10.0, 10.0);
        for (size_t i = 0; i < POINTS; i++) {
            world.values[i] = count % 2 == 0 ? NAN : 3.0;
        }
        world.series.count = count;
        world.options.latest_window = 5;
        world_judge(&world);
        assert_false(mb_history_moved(&world.judged));
        assert_int_equal(world.judged.segment_count, 1);
        assert_int_equal(world.judged.spark_count, count);
        world_release(&world);
    }
}

static void test_find(void **state)
{
    (void)state;
    struct world world;
    world_make(&world, POINTS, 10.0, 10.0);
    const char *names[] = {"release"};
    const char *values[] = {"1.9"};
    const char *none[] = {NULL};
    world.history.attribute_names = names;
    world.history.attribute_count = 1;
    for (size_t i = 0; i < POINTS; i++) {
        world.history.rows[i].attributes = i >= 40 ? values : none;
    }
    const struct {
        const char *text;
        size_t row; // SIZE_MAX: nowhere
    } cases[] = {
        {"1.9", 40},
        {"07345678", 7},
        {"0734567", SIZE_MAX},
        {"1970-01-05", 3},
        {"1970-01-05 12:00", 4},
        {"1960-01-01", SIZE_MAX},
        {"2026-01-01", POINTS},
        {"1.8", SIZE_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t row = SIZE_MAX;
        bool found = mb_history_find(&world.history, cases[i].text, &row);
        if (found != (cases[i].row != SIZE_MAX) || (found && row != cases[i].row)) {
            fail_msg("'%s': %d, row %zu", cases[i].text, found, row);
        }
    }
    world.options.since_row = 31;
    world.series.count = POINTS;
    for (size_t i = 30; i < POINTS; i++) {
        world.values[i] *= 1.5;
    }
    world_judge(&world);
    assert_int_equal(world.judged.change_count, 0);
    world_release(&world);
}

static void test_order(void **state)
{
    (void)state;
    struct mb_history_change small = {.change = 0.1, .direction = MB_HISTORY_WORSE};
    struct mb_history_change large = {.change = 0.5, .direction = MB_HISTORY_WORSE};
    struct mb_history_change better = {.change = -0.9, .direction = MB_HISTORY_BETTER};
    struct mb_history_change endless = {.change = NAN, .direction = MB_HISTORY_WORSE};
    struct mb_history_judged judged[] = {
        {.series = {.name = "b quiet", .metric = "m"}},
        {.series = {.name = "a quiet", .metric = "m"}},
        {.series = {.name = "noisy", .metric = "m"}, .noise = &small, .noise_count = 1},
        {.series = {.name = "better", .metric = "m"},
         .changes = &better,
         .change_count = 1},
        {.series = {.name = "small", .metric = "m"},
         .changes = &small,
         .change_count = 1},
        {.series = {.name = "endless", .metric = "m"},
         .changes = &endless,
         .change_count = 1},
        {.series = {.name = "large", .metric = "m"},
         .changes = &large,
         .change_count = 1},
    };
    const char *expected[] = {"endless", "large",   "small",  "better",
                              "noisy",   "a quiet", "b quiet"};
    size_t count = sizeof judged / sizeof *judged;
    mb_history_sort(judged, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(judged[i].series.name, expected[i]);
    }
}

// Three times the same result: every series has three points, overheads beside values.
static void test_results(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_history history;
    struct mb_history_series_list series;
    struct mb_label labels[] = {{.name = "release", .value = "1.9"}};
    const char *const metrics[] = {"response_time.p50", "throughput"};
    mb_fake_result_build(&arena, &result);
    result.labels = labels;
    result.label_count = 1;
    const struct mb_history_result items[] = {{.result = &result, .digest = "d1"},
                                              {.result = &result, .digest = "d2"},
                                              {.result = &result, .digest = "d3"}};
    const struct mb_history_results results = {
        .items = items, .count = 3, .metrics = metrics, .metric_count = 2};
    mb_history_of_results(&arena, &results, &history, &series);
    assert_int_equal(history.row_count, 3);
    assert_string_equal(history.rows[2].attributes[0], "1.9");
    size_t overheads = 0;
    for (size_t i = 0; i < series.count; i++) {
        const struct mb_history_series *one = &series.items[i];
        assert_int_equal(one->count, 3);
        assert_int_equal(one->rows[2], 2);
        assert_true(one->values[0] == one->values[2]);
        assert_string_equal(one->metric, one->higher_is_better ? metrics[1] : metrics[0]);
        if (one->baseline != NULL) {
            assert_int_equal(one->scale, MB_HISTORY_RATIO);
            assert_true(one->values[0] > 0.01 && one->values[0] < 100.0);
            overheads++;
        }
    }
    // Two variants and two points, two metrics; at each point one overhead.
    assert_int_equal(series.count, 12);
    assert_int_equal(overheads, 4);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directions), cmocka_unit_test(test_environments),
        cmocka_unit_test(test_marks),      cmocka_unit_test(test_latest),
        cmocka_unit_test(test_small),      cmocka_unit_test(test_find),
        cmocka_unit_test(test_order),      cmocka_unit_test(test_results),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
