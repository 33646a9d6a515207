// Both detectors behind their common face: kinds of input, values that are missing, and
// that asking after each value gives what asking once does.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "stats/change.h"
#include "stats/special.h"

static double normal(struct mb_rng *rng)
{
    return mb_special_normal_quantile(mb_rng_unit(rng));
}

// 100 with a deviation of 1, and `height` more in every second stretch of `period`
// values.
static double *waves(size_t count, size_t period, double height, uint64_t seed)
{
    struct mb_rng rng;
    mb_rng_init(&rng, seed);
    double *values = mb_mem_alloc(count, sizeof(double));
    for (size_t i = 0; i < count; i++) {
        values[i] = 100.0 + normal(&rng) + (i / period % 2 ? height : 0.0);
    }
    return values;
}

static void points_equal(const struct mb_change_point *got,
                         const struct mb_change_point *expected, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(got[i].index, expected[i].index);
        assert_int_equal(got[i].from, expected[i].from);
        assert_int_equal(got[i].to, expected[i].to);
        assert_true(got[i].before == expected[i].before);
        assert_true(got[i].after == expected[i].after);
        assert_true(got[i].p_value == expected[i].p_value);
        assert_int_equal(got[i].spread, expected[i].spread);
    }
}

static void finds_steps(void **state)
{
    (void)state;
    enum { COUNT = 400, PERIOD = 100 };
    double *values = waves(COUNT, PERIOD, 5.0, 7);
    for (int detector = MB_CHANGE_DEFAULT; detector <= MB_CHANGE_OTAVA; detector++) {
        struct mb_change_options options = {.detector = (enum mb_change_detector)detector,
                                            .p_value = 0.001};
        struct mb_change_point points[COUNT];
        size_t count = mb_change_find(values, COUNT, &options, points);
        assert_int_equal(count, 3);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(points[i].index, (i + 1) * PERIOD);
            assert_int_equal(points[i].from, i * PERIOD);
            assert_int_equal(points[i].to, (i + 2) * PERIOD);
            assert_true(fabs(fabs(points[i].after - points[i].before) - 5.0) < 0.6);
            assert_true(points[i].p_value >= 0.0 && points[i].p_value < 1e-6);
            assert_false(points[i].spread);
        }
        options.min_magnitude = 0.2;
        assert_int_equal(mb_change_find(values, COUNT, &options, points), 0);
    }
    mb_mem_free(values);
}

static void appending_equals_finding(void **state)
{
    (void)state;
    enum { COUNT = 5200, PERIOD = 130 };
    double *values = waves(COUNT, PERIOD, 3.0, 11);
    for (size_t i = 5; i < COUNT; i += 37) {
        values[i] = i % 2 ? NAN : INFINITY;
    }
    struct mb_change_point *expected = mb_mem_alloc(COUNT, sizeof(*expected));
    for (int detector = MB_CHANGE_DEFAULT; detector <= MB_CHANGE_OTAVA; detector++) {
        struct mb_change_options options = {.detector =
                                                (enum mb_change_detector)detector};
        struct mb_change_state *grown = mb_change_state_new(&options);
        size_t most = 0;
        for (size_t i = 0; i < COUNT; i++) {
            mb_change_state_append(grown, values[i]);
            if (i > 100 && i % 97 != 0 && i + 1 != COUNT) {
                continue;
            }
            const struct mb_change_point *points = NULL;
            size_t count = mb_change_state_points(grown, &points);
            assert_int_equal(count, mb_change_find(values, i + 1, &options, expected));
            points_equal(points, expected, count);
            most = count > most ? count : most;
        }
        mb_change_state_free(grown);
        assert_true(most >= 35);
        for (size_t i = 1; i < most; i++) {
            assert_true(expected[i].index > expected[i - 1].index);
        }
    }
    mb_mem_free(expected);
    mb_mem_free(values);
}

// Every step of a history of many buffers is found once, those at their borders too.
static void long_histories_lose_no_step(void **state)
{
    (void)state;
    enum { COUNT = 20000, PERIOD = 89 };
    double *values = waves(COUNT, PERIOD, 6.0, 13);
    struct mb_change_point *points = mb_mem_alloc(COUNT, sizeof(*points));
    struct mb_change_options options = {.detector = MB_CHANGE_DEFAULT, .p_value = 1e-4};
    size_t count = mb_change_find(values, COUNT, &options, points);
    assert_int_equal(count, (COUNT - 1) / PERIOD);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(points[i].index, (i + 1) * PERIOD - 1, (i + 1) * PERIOD + 1);
    }
    mb_mem_free(points);
    mb_mem_free(values);
}

// Three times the noise from the middle on: a point that says that it is the spread.
static void noise_that_changed_is_no_step(void **state)
{
    (void)state;
    enum { COUNT = 400, ROUNDS = 50 };
    size_t spreads = 0;
    size_t sized = 0;
    size_t levels = 0;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct mb_rng rng;
        mb_rng_init(&rng, seed);
        double values[COUNT];
        for (size_t i = 0; i < COUNT; i++) {
            values[i] = 100.0 + normal(&rng) * (i < COUNT / 2 ? 1.0 : 3.0);
        }
        struct mb_change_options options = {.detector = MB_CHANGE_DEFAULT,
                                            .p_value = 0.05};
        struct mb_change_point points[COUNT];
        size_t count = mb_change_find(values, COUNT, &options, points);
        for (size_t i = 0; i < count; i++) {
            if (!points[i].spread) {
                levels++;
            } else if (fabs((double)points[i].index - COUNT / 2) <= 25.0) {
                spreads++;
                sized += points[i].before > 0.7 && points[i].before < 1.3 &&
                         points[i].after > 2.3 && points[i].after < 3.7;
            }
        }
    }
    print_message("  %zu spreads, %zu of the right size, and %zu levels in %d series\n",
                  spreads, sized, levels, ROUNDS);
    assert_in_range(spreads, ROUNDS - 5, ROUNDS);
    assert_in_range(sized, ROUNDS - 5, ROUNDS);
    assert_in_range(levels, 0, ROUNDS / 5);
}

static void missing_values_keep_their_places(void **state)
{
    (void)state;
    enum { COUNT = 60 };
    double values[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = i < 30 ? 10.0 + (double)(i % 3) : 20.0 + (double)(i % 3);
    }
    values[0] = values[1] = values[29] = values[30] = NAN;
    for (int detector = MB_CHANGE_DEFAULT; detector <= MB_CHANGE_OTAVA; detector++) {
        struct mb_change_options options = {.detector =
                                                (enum mb_change_detector)detector};
        struct mb_change_point points[COUNT];
        assert_int_equal(mb_change_find(values, COUNT, &options, points), 1);
        assert_int_equal(points[0].index, 31);
        assert_int_equal(points[0].to, COUNT);
    }
}

static void survives_any_values(void **state)
{
    (void)state;
    enum { MOST = 300, ROUNDS = 3000 };
    static const double odd[] = {0.0,    -0.0,    NAN,    INFINITY, -INFINITY, 1e308,
                                 -1e308, 5e-324,  1e-310, 1.0,      1.0,       1.0,
                                 1e150,  -1e-150, 100.0,  100.0,    101.0,     99.0};
    struct mb_rng rng;
    mb_rng_init(&rng, 3);
    for (size_t round = 0; round < ROUNDS; round++) {
        double values[MOST];
        struct mb_change_point points[MOST];
        size_t count = round < 40 ? round / 4 : (size_t)mb_rng_below(&rng, MOST);
        size_t from = (size_t)mb_rng_below(&rng, sizeof odd / sizeof odd[0]);
        size_t kinds = 1 + (size_t)mb_rng_below(&rng, sizeof odd / sizeof odd[0] - from);
        for (size_t i = 0; i < count; i++) {
            values[i] = odd[from + mb_rng_below(&rng, kinds)];
        }
        for (int detector = MB_CHANGE_DEFAULT; detector <= MB_CHANGE_OTAVA; detector++) {
            struct mb_change_options options = {.detector =
                                                    (enum mb_change_detector)detector,
                                                .window = (size_t)mb_rng_below(&rng, 70)};
            size_t found = mb_change_find(values, count, &options, points);
            assert_true(found <= count);
            for (size_t i = 0; i < found; i++) {
                assert_true(points[i].from < points[i].index);
                assert_true(points[i].index < points[i].to && points[i].to <= count);
                assert_true(isfinite(points[i].before) && isfinite(points[i].after));
                assert_true(points[i].p_value >= 0.0 && points[i].p_value <= 1.0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_steps),
        cmocka_unit_test(appending_equals_finding),
        cmocka_unit_test(long_histories_lose_no_step),
        cmocka_unit_test(noise_that_changed_is_no_step),
        cmocka_unit_test(missing_values_keep_their_places),
        cmocka_unit_test(survives_any_values),
    };
    return cmocka_run_group_tests_name("stats/change", tests, NULL, NULL);
}
