// Load points of a result: each once, in the result's order, with all of its cells.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/points.h"

static struct mb_cell cell_make(const char *variant, const char *workload, int64_t rate)
{
    return (struct mb_cell){.variant = variant,
                            .point = {.workload = workload,
                                      .load_model = MB_LOAD_OPEN,
                                      .connections = 4,
                                      .rate_micro_rps = rate * 1000000}};
}

static void points_are_grouped(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_cell cells[] = {
        cell_make("a", "steady", 200), cell_make("b", "steady", 200),
        cell_make("a", "batch", 100),  cell_make("a", "steady", 100),
        cell_make("b", "batch", 100),  cell_make("b", "steady", 100),
    };
    const struct mb_result result = {.cells = cells, .cell_count = 6};
    struct mb_points points = mb_points_of(&arena, &result, NULL);
    assert_int_equal(points.count, 3);
    static const char *const titles[] = {"steady · 4 connections · 200 rps",
                                         "batch · 4 connections · 100 rps",
                                         "steady · 4 connections · 100 rps"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(points.items[i].title, titles[i]);
        assert_int_equal(points.items[i].count, 2);
        assert_string_equal(points.items[i].cells[0]->variant, "a");
        assert_string_equal(points.items[i].cells[1]->variant, "b");
    }
    mb_arena_release(&arena);
}

static void points_are_wanted(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_cell cells[] = {cell_make("a", "steady", 200), cell_make("a", "batch", 100),
                              cell_make("a", "steady", 100)};
    const struct mb_result result = {.cells = cells, .cell_count = 3};
    static const struct {
        const char *wanted;
        size_t count;
    } cases[] = {{"steady", 2}, {"100 rps", 2}, {"c4-r200", 1}, {"nowhere", 0}, {"", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_points points = mb_points_of(&arena, &result, cases[i].wanted);
        if (points.count != cases[i].count) {
            fail_msg("'%s': %zu points, not %zu", cases[i].wanted, points.count,
                     cases[i].count);
        }
    }
    assert_int_equal(mb_points_of(&arena, &(struct mb_result){0}, NULL).count, 0);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_grouped),
        cmocka_unit_test(points_are_wanted),
    };
    return cmocka_run_group_tests_name("points", tests, NULL, NULL);
}
