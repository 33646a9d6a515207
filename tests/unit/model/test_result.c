// Names of load points, and finding cells.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_result.h"
#include "model/result.h"

static void names_points(void **state)
{
    (void)state;
    static const struct {
        struct mb_point point;
        const char *title;
        const char *id;
    } cases[] = {
        {{"steady", MB_LOAD_OPEN, 16, 100000000, 1},
         "steady · 16 connections · 100 rps",
         "steady-c16-r100"},
        {{"slow", MB_LOAD_OPEN, 1, 500000, 1},
         "slow · 1 connection · 0.5 rps",
         "slow-c1-r0.5"},
        {{"ceiling", MB_LOAD_CLOSED, 64, -1, 1},
         "ceiling · 64 connections · unpaced",
         "ceiling-c64-max"},
        {{"imported", MB_LOAD_OPEN, -1, -1, -1},
         "imported · rate not known",
         "imported-c0-max"},
        {{"imported", MB_LOAD_UNKNOWN, -1, -1, -1}, "imported", "imported-c0-max"},
    };
    struct mb_arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(mb_point_title(&arena, &cases[i].point), cases[i].title);
        assert_string_equal(mb_point_id(&arena, &cases[i].point), cases[i].id);
    }
    mb_arena_release(&arena);
}

static void finds_cells(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    mb_fake_result_build(&arena, &result);
    struct mb_point point = result.cells[1].point;
    assert_ptr_equal(mb_result_find_cell(&result, "proxy", &point), &result.cells[1]);
    point.connections++;
    assert_null(mb_result_find_cell(&result, "proxy", &point));
    mb_result_release(&result);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_points),
        cmocka_unit_test(finds_cells),
    };
    return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
