// Pictures from gnuplot: all of them, and those that can be drawn when one cannot.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/proc.h"
#include "report/chart.h"

static const char good[] = "reset\nif (!exists(\"PNG\")) { PNG = 0 }\n"
                           "if (PNG) { set terminal pngcairo size 90,90 } "
                           "else { set terminal svg size 90,90 }\n"
                           "set output (PNG ? \"%s.png\" : \"%s.svg\")\n"
                           "plot \"%s.dat\" using 1:2\nunset output\n";

static struct mb_chart chart_make(struct mb_arena *arena, const char *stem, bool broken)
{
    return (struct mb_chart){.stem = stem,
                             .heading = "Kind",
                             .title = stem,
                             .data = "1 2\n2 3\n",
                             .script =
                                 broken ? "plot nothing that there is\n"
                                        : mb_arena_print(arena, good, stem, stem, stem)};
}

static void draws(bool with_broken, int formats)
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    char *dir = NULL;
    struct mb_chart items[] = {chart_make(&arena, "a-1", false),
                               chart_make(&arena, "b-1", with_broken),
                               chart_make(&arena, "c-1", false)};
    struct mb_charts charts = {.items = items, .count = 3};
    if (mb_proc_find(&arena, "gnuplot", NULL) == NULL) {
        mb_arena_release(&arena);
        skip(); // gnuplot is not installed
    }
    assert_int_equal(mb_file_make_temp_dir(&arena, "test-chart", &dir, &err), MB_OK);
    assert_int_equal(mb_charts_save(&arena, &charts, dir, &err), MB_OK);
    assert_int_equal(mb_charts_draw(&arena, &charts, dir, formats, &err),
                     with_broken ? MB_FAILED : MB_OK);
    assert_true(!with_broken || strstr(err.message, "'b-1'") != NULL);
    for (size_t i = 0; i < 3; i++) {
        bool drawn = i != 1 || !with_broken;
        const char *png = mb_arena_print(&arena, "%s/%s.png", dir, items[i].stem);
        assert_int_equal(items[i].svg != NULL, drawn && (formats & MB_CHART_SVG) != 0);
        assert_int_equal(mb_file_exists(png), drawn && (formats & MB_CHART_PNG) != 0);
    }
    assert_int_equal(mb_file_remove_tree(dir, &err), MB_OK);
    mb_arena_release(&arena);
}

static void all_are_drawn(void **state)
{
    (void)state;
    draws(false, MB_CHART_SVG);
    draws(false, MB_CHART_PNG);
    draws(false, MB_CHART_SVG | MB_CHART_PNG);
}

static void one_that_fails_is_alone(void **state)
{
    (void)state;
    draws(true, MB_CHART_SVG | MB_CHART_PNG);
}

// gnuplot that is not there fails, with the way to get it.
static void no_gnuplot_is_said(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_chart item = chart_make(&arena, "a-1", false);
    struct mb_charts charts = {.items = &item, .count = 1};
    const char *path = mb_arena_copy_string(&arena, getenv("PATH"));
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    assert_int_equal(mb_charts_draw(&arena, &charts, "/tmp", MB_CHART_SVG, &err),
                     MB_FAILED);
    assert_int_equal(setenv("PATH", path, 1), 0);
    assert_non_null(strstr(err.hint, "gnuplot-nox"));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_drawn),
        cmocka_unit_test(one_that_fails_is_alone),
        cmocka_unit_test(no_gnuplot_is_said),
    };
    return cmocka_run_group_tests_name("chart_draw", tests, NULL, NULL);
}
