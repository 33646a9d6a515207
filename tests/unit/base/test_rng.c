// Random numbers: the published sequence, no bias, independence of parts.
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

// From the reference sources, https://prng.di.unimi.it: xoshiro256** with state 1, 2,
// 3, 4.
static void sequence_is_xoshiro256starstar(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        UINT64_C(11520), UINT64_C(0), UINT64_C(1509978240), UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360)};
    struct mb_rng rng = {.state = {1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(mb_rng_next(&rng), expected[i]);
    }
}

// splitmix64 with seed 1234567, first outputs of the reference source.
static void seeding_is_splitmix64(void **state)
{
    (void)state;
    struct mb_rng rng;
    mb_rng_init(&rng, 1234567);
    assert_int_equal(rng.state[0], UINT64_C(6457827717110365317));
    assert_int_equal(rng.state[1], UINT64_C(3203168211198807973));
    assert_int_equal(rng.state[2], UINT64_C(9817491932198370423));
    assert_int_equal(rng.state[3], UINT64_C(4593380528125082431));
}

static void below_is_fair(void **state)
{
    (void)state;
    enum { BOUND = 7, DRAWS = 700000 };
    struct mb_rng rng;
    mb_rng_init(&rng, 42);
    unsigned counts[BOUND] = {0};
    for (int i = 0; i < DRAWS; i++) {
        uint64_t drawn = mb_rng_below(&rng, BOUND);
        assert_true(drawn < BOUND);
        counts[drawn]++;
    }
    double chi_squared = 0;
    for (size_t i = 0; i < BOUND; i++) {
        double excess = counts[i] - (double)DRAWS / BOUND;
        chi_squared += excess * excess / ((double)DRAWS / BOUND);
    }
    assert_true(chi_squared < 22.5); // 99.9% quantile with 6 degrees of freedom
    assert_int_equal(mb_rng_below(&rng, 1), 0);
    // A bound above 2^63 rejects nearly half of all draws and still ends.
    for (int i = 0; i < 100; i++) {
        assert_true(mb_rng_below(&rng, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
    }
}

static void unit_is_open_and_uniform(void **state)
{
    (void)state;
    struct mb_rng rng;
    mb_rng_init(&rng, 7);
    double sum = 0;
    for (int i = 0; i < 100000; i++) {
        double u = mb_rng_unit(&rng);
        assert_true(u > 0 && u < 1);
        sum += u;
    }
    assert_true(fabs(sum / 100000 - 0.5) < 0.005); // more than 5 standard errors
}

static void exponential_has_mean_and_median(void **state)
{
    (void)state;
    struct mb_rng rng;
    mb_rng_init(&rng, 8);
    double sum = 0;
    int below_median = 0;
    for (int i = 0; i < 100000; i++) {
        double x = mb_rng_exponential(&rng);
        assert_true(x > 0 && isfinite(x));
        sum += x;
        below_median += x < log(2);
    }
    assert_true(fabs(sum / 100000 - 1) < 0.02);
    assert_true(abs(below_median - 50000) < 1000);
}

static void shuffle_keeps_all(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    struct mb_rng rng;
    mb_rng_init(&rng, 9);
    size_t items[COUNT];
    mb_rng_shuffle(&rng, items, COUNT);
    bool seen[COUNT] = {false};
    size_t moved = 0;
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(items[i] < COUNT);
        assert_false(seen[items[i]]);
        seen[items[i]] = true;
        moved += items[i] != i;
    }
    assert_true(moved > COUNT / 2);
    mb_rng_shuffle(&rng, items, 0);
    mb_rng_shuffle(&rng, items, 1);
    assert_int_equal(items[0], 0);
}

// Each of the six orders of three comes up about as often.
static void shuffle_is_fair(void **state)
{
    (void)state;
    struct mb_rng rng;
    mb_rng_init(&rng, 10);
    unsigned counts[9] = {0};
    for (int i = 0; i < 60000; i++) {
        size_t items[3];
        mb_rng_shuffle(&rng, items, 3);
        counts[items[0] * 3 + items[1]]++;
    }
    for (size_t i = 0; i < 9; i++) {
        if (i % 4 != 0) { // 0, 4, 8 stand for equal items
            assert_true(counts[i] > 9600 && counts[i] < 10400);
        }
    }
}

static void seeds_repeat_and_derive(void **state)
{
    (void)state;
    struct mb_rng one;
    struct mb_rng two;
    mb_rng_init(&one, 5);
    mb_rng_init(&two, 5);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(mb_rng_next(&one), mb_rng_next(&two));
    }
    assert_int_equal(mb_rng_derive(5, "order"), mb_rng_derive(5, "order"));
    assert_int_not_equal(mb_rng_derive(5, "order"), mb_rng_derive(6, "order"));
    assert_int_not_equal(mb_rng_derive(5, "order"), mb_rng_derive(5, "ordes"));
    assert_int_not_equal(mb_rng_derive(5, ""), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_is_xoshiro256starstar),
        cmocka_unit_test(seeding_is_splitmix64),
        cmocka_unit_test(below_is_fair),
        cmocka_unit_test(unit_is_open_and_uniform),
        cmocka_unit_test(exponential_has_mean_and_median),
        cmocka_unit_test(shuffle_keeps_all),
        cmocka_unit_test(shuffle_is_fair),
        cmocka_unit_test(seeds_repeat_and_derive),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
