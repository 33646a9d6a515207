// Histograms by themselves: slots, ranks, walking, merging, configurations. Their values
// are held against another implementation's in test_hdr_codec.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stats/hdr.h"

static struct mb_hdr made_with(int64_t lowest, int64_t highest, int digits)
{
    struct mb_hdr hdr;
    struct mb_err err = {0};
    assert_int_equal(mb_hdr_init_with(&hdr, lowest, highest, digits, &err), MB_OK);
    return hdr;
}

static void clamps(void **state)
{
    (void)state;
    struct mb_hdr hdr = made_with(1, 1000000, 3);
    mb_hdr_record(&hdr, -5);
    mb_hdr_record(&hdr, INT64_MAX);
    mb_hdr_record_count(&hdr, INT64_MAX, 3);
    mb_hdr_record_count(&hdr, 7, 0);
    mb_hdr_record_count(&hdr, 7, -2);
    assert_int_equal(hdr.count, 5);
    assert_int_equal(hdr.min, 0);
    assert_int_equal(hdr.max, INT64_MAX);
    assert_int_equal(hdr.sum, INT64_MAX);
    assert_int_equal(hdr.counts[hdr.counts_size - 1], 4);
    assert_true(mb_hdr_quantile(&hdr, 1.0) >= hdr.highest);
    mb_hdr_reset(&hdr);
    for (int32_t i = 0; i < hdr.counts_size; i++) {
        assert_int_equal(hdr.counts[i], 0);
    }
    assert_int_equal(hdr.count, 0);
    assert_int_equal(mb_hdr_quantile(&hdr, 0.5), 0);
    mb_hdr_release(&hdr);
}

static void ranks_are_exact(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        int64_t share;
        int64_t rank;
    } cases[] = {
        {0, 500000000, 0},
        {1, 1, 1},
        {100, 70000000, 7}, // 0.07 * 100 is 7.000000000000001 in floating point
        {1000, 999000000, 999},
        {1001, 999000000, 1000},
        {10, 0, 1},
        {10, 1000000000, 10},
        {INT64_MAX, 1000000000, INT64_MAX},
        {INT64_MAX, 500000000, 4611686018427387904},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(mb_hdr_rank(cases[i].n, cases[i].share), cases[i].rank);
    }
}

static void walks_and_counts(void **state)
{
    (void)state;
    struct mb_hdr hdr = made_with(1, MB_HDR_HIGHEST_NS, 3);
    mb_hdr_record(&hdr, 5);
    mb_hdr_record_count(&hdr, 3000, 4);
    static const int64_t expected[2][3] = {{5, 5, 1}, {3000, 3001, 4}};
    int32_t position = 0;
    int64_t row[3];
    for (size_t i = 0; i < 2; i++) {
        assert_true(mb_hdr_next(&hdr, &position, &row[0], &row[1], &row[2]));
        assert_memory_equal(row, expected[i], sizeof row);
    }
    assert_false(mb_hdr_next(&hdr, &position, &row[0], &row[1], &row[2]));
    assert_false(mb_hdr_next(&hdr, &position, &row[0], &row[1], &row[2]));
    assert_int_equal(mb_hdr_count_at_or_below(&hdr, 4), 0);
    assert_int_equal(mb_hdr_count_at_or_below(&hdr, 5), 1);
    assert_int_equal(mb_hdr_count_at_or_below(&hdr, 3000), 5);
    assert_int_equal(mb_hdr_lowest_equivalent(&hdr, 3001), 3000);
    assert_int_equal(mb_hdr_highest_equivalent(&hdr, 3000), 3001);
    mb_hdr_release(&hdr);
}

static void merges_equal_only(void **state)
{
    (void)state;
    struct mb_hdr left = made_with(1, MB_HDR_HIGHEST_NS, 3);
    struct mb_hdr right = made_with(1, MB_HDR_HIGHEST_NS, 3);
    struct mb_hdr other = made_with(1, MB_HDR_HIGHEST_NS, 2);
    struct mb_err err = {0};
    mb_hdr_record(&left, 10);
    mb_hdr_record(&right, 900);
    mb_hdr_record(&other, 900);
    assert_int_equal(mb_hdr_merge(&left, &right, &err), MB_OK);
    assert_int_equal(left.count, 2);
    assert_int_equal(left.sum, 910);
    assert_int_equal(left.min, 10);
    assert_int_equal(left.max, 900);
    assert_int_equal(mb_hdr_merge(&left, &other, &err), MB_INVALID);
    assert_int_equal(left.count, 2);
    assert_non_null(strstr(err.message, "only equal ones"));
    mb_hdr_release(&left);
    mb_hdr_release(&right);
    mb_hdr_release(&other);
}

static void copies(void **state)
{
    (void)state;
    struct mb_hdr from = made_with(10, 100000, 2);
    struct mb_hdr copy;
    for (int filled = 0; filled < 2; filled++) {
        mb_hdr_copy(&copy, &from);
        assert_ptr_not_equal(copy.counts, from.counts);
        assert_memory_equal(copy.counts, from.counts,
                            (size_t)from.counts_size * sizeof *from.counts);
        mb_hdr_record_count(&from, 20, 2); // is its own
        assert_int_equal(copy.count, filled * 4);
        mb_hdr_record_count(&from, INT64_MAX, 2);
        assert_int_equal(copy.max, filled * INT64_MAX);
        assert_int_equal(copy.lowest, 10);
        assert_int_equal(copy.digits, 2);
        mb_hdr_release(&copy);
    }
    mb_hdr_release(&from);
}

static void refuses_configurations(void **state)
{
    (void)state;
    static const struct {
        int64_t lowest;
        int64_t highest;
        int digits;
    } cases[] = {
        {0, 100, 3},
        {-1, 100, 3},
        {10, 19, 3},
        {1, 100, 0},
        {1, 100, 6},
        {1, 1, 3},
        {INT64_MAX, INT64_MAX, 3},
        {INT64_C(1) << 60, INT64_MAX, 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_hdr hdr;
        struct mb_err err = {0};
        assert_int_equal(mb_hdr_init_with(&hdr, cases[i].lowest, cases[i].highest,
                                          cases[i].digits, &err),
                         MB_INVALID);
    }
    struct mb_hdr largest = made_with(1, INT64_MAX, 5);
    assert_int_equal(largest.counts_size, MB_HDR_MAX_SLOTS);
    mb_hdr_release(&largest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clamps),           cmocka_unit_test(ranks_are_exact),
        cmocka_unit_test(walks_and_counts), cmocka_unit_test(merges_equal_only),
        cmocka_unit_test(copies),           cmocka_unit_test(refuses_configurations),
    };
    return cmocka_run_group_tests_name("hdr", tests, NULL, NULL);
}
