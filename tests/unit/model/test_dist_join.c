// Joining buckets: what fits, what is cut at the ends, what does not fit.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/dist_join.h"

enum { ROWS = 6 };

struct join_case {
    const char *name;
    int64_t left[ROWS][3]; // ends with a row of zeros
    int64_t right[ROWS][3];
    bool fits;
    int64_t joined[ROWS][3];
};

static const struct join_case cases[] = {
    {"equal",
     {{1, 10, 2}, {11, 20, 3}},
     {{1, 10, 5}, {11, 20, 7}},
     true,
     {{1, 10, 7}, {11, 20, 10}}},
    {"apart",
     {{1, 10, 2}, {31, 40, 1}},
     {{11, 20, 5}},
     true,
     {{1, 10, 2}, {11, 20, 5}, {31, 40, 1}}},
    {"nothing on one side", {{1, 10, 2}}, {{0, 0, 0}}, true, {{1, 10, 2}}},
    {"first cut",
     {{4, 10, 2}, {11, 20, 1}},
     {{6, 10, 1}, {11, 20, 1}},
     true,
     {{4, 10, 3}, {11, 20, 2}}},
    {"last cut",
     {{1, 10, 2}, {11, 14, 1}},
     {{1, 10, 1}, {11, 20, 1}, {21, 25, 1}},
     true,
     {{1, 10, 3}, {11, 20, 2}, {21, 25, 1}}},
    {"the end of one, the start of the other",
     {{1, 10, 2}, {11, 17, 1}},
     {{13, 20, 4}, {21, 30, 1}},
     true,
     {{1, 10, 2}, {11, 20, 5}, {21, 30, 1}}},
    {"one bucket over several",
     {{1, 40, 2}},
     {{1, 10, 1}, {11, 20, 1}, {31, 40, 1}},
     true,
     {{1, 40, 5}}},
    {"other bounds",
     {{1, 10, 1}, {11, 20, 1}, {21, 30, 1}},
     {{1, 5, 1}, {6, 15, 1}, {16, 30, 1}},
     false,
     {{0, 0, 0}}},
    {"shifted in the middle",
     {{1, 10, 1}, {11, 20, 1}, {21, 30, 1}},
     {{1, 10, 1}, {15, 24, 1}, {31, 40, 1}},
     false,
     {{0, 0, 0}}},
    {"too many", {{1, 10, INT64_MAX}}, {{1, 10, 1}}, false, {{0, 0, 0}}},
};

static struct mb_dist dist_of(const int64_t rows[ROWS][3], struct mb_dist_bucket *buckets)
{
    struct mb_dist dist = {.type = MB_DIST_BUCKETS, .buckets = buckets};
    while (dist.count < ROWS && rows[dist.count][1] > 0) {
        const int64_t *row = rows[dist.count];
        buckets[dist.count++] = (struct mb_dist_bucket){row[0], row[1], row[2]};
    }
    return dist;
}

static void join_one(const struct join_case *at, bool swapped)
{
    struct mb_dist_bucket room[3][ROWS];
    struct mb_dist left = dist_of(at->left, room[0]);
    struct mb_dist right = dist_of(at->right, room[1]);
    struct mb_dist expected = dist_of(at->joined, room[2]);
    struct mb_dist joined;
    bool fits = mb_dist_join(swapped ? &right : &left, swapped ? &left : &right, &joined);
    if (fits != at->fits) {
        fail_msg("%s: %s", at->name, fits ? "fits" : "does not fit");
    }
    if (!fits) {
        return;
    }
    assert_int_equal(joined.count, expected.count);
    for (size_t i = 0; i < joined.count; i++) {
        const struct mb_dist_bucket *a = &joined.buckets[i];
        const struct mb_dist_bucket *b = &expected.buckets[i];
        if (a->low != b->low || a->high != b->high || a->n != b->n) {
            fail_msg("%s: row %zu is %lld %lld %lld", at->name, i, (long long)a->low,
                     (long long)a->high, (long long)a->n);
        }
    }
    mb_mem_free(joined.buckets);
}

static void joins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        join_one(&cases[i], false);
        join_one(&cases[i], true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(joins)};
    return cmocka_run_group_tests_name("model/dist_join", tests, NULL, NULL);
}
