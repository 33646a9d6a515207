// The default detector on noise that is no change and on changes in such noise. Seeded:
// what is counted here never varies. Rates: tests/bench/change.sh.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "stats/narrowest.h"
#include "stats/special.h"

enum { COUNT = 300, ROUNDS = 100 };

static double normal(struct mb_rng *rng)
{
    return mb_special_normal_quantile(mb_rng_unit(rng));
}

static double plain(struct mb_rng *rng, size_t i, double before)
{
    (void)i;
    (void)before;
    return normal(rng);
}

static double autocorrelated(struct mb_rng *rng, size_t i, double before)
{
    (void)i;
    return 0.7 * before + normal(rng);
}

static double outliers(struct mb_rng *rng, size_t i, double before)
{
    (void)i;
    (void)before;
    return mb_rng_below(rng, 20) == 0 ? 30.0 : normal(rng);
}

static double rounded(struct mb_rng *rng, size_t i, double before)
{
    (void)i;
    (void)before;
    return round(normal(rng) / 2.0) * 2.0;
}

static double drifting(struct mb_rng *rng, size_t i, double before)
{
    (void)before;
    return (double)i / 30.0 + normal(rng);
}

static double seasonal(struct mb_rng *rng, size_t i, double before)
{
    (void)before;
    return 2.0 * sin((double)i * 2.0 * M_PI / 40.0) + normal(rng);
}

// Two states, some ten values each: where it is next is no news.
static double flapping(struct mb_rng *rng, size_t i, double before)
{
    (void)i;
    bool high = before > 3.0;
    bool stays = mb_rng_below(rng, 10) > 0;
    return (high == stays ? 6.0 : 0.0) + normal(rng);
}

static const struct {
    const char *name;
    double (*next)(struct mb_rng *rng, size_t i, double before);
    double height; // of the step that must be found
    size_t alarms; // at most, in ROUNDS series without a step
    size_t least;  // steps found at least, of ROUNDS
} cases[] = {
    {"plain", plain, 1.5, 5, 90},         {"autocorrelated", autocorrelated, 5.0, 30, 90},
    {"outliers", outliers, 2.0, 12, 85},  {"rounded", rounded, 2.0, 5, 90},
    {"drifting", drifting, 4.0, 5, 90},   {"seasonal", seasonal, 8.0, 5, 90},
    {"flapping", flapping, 40.0, 40, 90},
};

static const struct mb_narrowest_options options = {.p_value = 0.05};

static void fill(size_t row, uint64_t seed, double height, double *values)
{
    struct mb_rng rng;
    mb_rng_init(&rng, seed);
    double before = 0.0;
    for (size_t i = 0; i < COUNT; i++) {
        before = cases[row].next(&rng, i, before);
        values[i] = 100.0 + before + (i >= COUNT / 3 ? height : 0.0);
    }
}

static void noise_is_no_change(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof cases / sizeof cases[0]; row++) {
        size_t alarms = 0;
        for (uint64_t seed = 0; seed < ROUNDS; seed++) {
            double values[COUNT];
            struct mb_narrowest_point points[COUNT];
            fill(row, seed, 0.0, values);
            alarms += mb_narrowest_find(values, COUNT, &options, points) > 0;
        }
        print_message("  %s: %zu of %d\n", cases[row].name, alarms, ROUNDS);
        assert_in_range(alarms, 0, cases[row].alarms);
    }
}

static void steps_are_found(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof cases / sizeof cases[0]; row++) {
        size_t hits = 0;
        for (uint64_t seed = 0; seed < ROUNDS; seed++) {
            double values[COUNT];
            struct mb_narrowest_point points[COUNT];
            fill(row, seed, cases[row].height, values);
            size_t count = mb_narrowest_find(values, COUNT, &options, points);
            for (size_t i = 0; i < count; i++) {
                if (fabs((double)points[i].index - COUNT / 3) <= 5.0) {
                    hits++;
                    break;
                }
            }
        }
        print_message("  %s: %zu of %d\n", cases[row].name, hits, ROUNDS);
        assert_in_range(hits, cases[row].least, ROUNDS);
    }
}

// Nobody waits for many runs to hear of a regression.
static void four_values_show_a_step(void **state)
{
    (void)state;
    enum { BEFORE = 40 };
    size_t hits = 0;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct mb_rng rng;
        mb_rng_init(&rng, seed);
        double values[BEFORE + MB_NARROWEST_SEGMENT];
        for (size_t i = 0; i < BEFORE + MB_NARROWEST_SEGMENT; i++) {
            values[i] = 100.0 + normal(&rng) + (i >= BEFORE ? 6.0 : 0.0);
        }
        struct mb_narrowest_point points[COUNT];
        size_t count =
            mb_narrowest_find(values, BEFORE + MB_NARROWEST_SEGMENT, &options, points);
        hits += count > 0 && points[count - 1].index == BEFORE;
    }
    assert_in_range(hits, ROUNDS - 2, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_no_change),
        cmocka_unit_test(steps_are_found),
        cmocka_unit_test(four_values_show_a_step),
    };
    return cmocka_run_group_tests_name("stats/narrowest", tests, NULL, NULL);
}
