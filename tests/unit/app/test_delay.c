#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/delay.h"

enum { DRAWS = 200000 };

static void refuses_what_is_no_delay(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "",
        "5",
        "fast",
        "constant:",
        "uniform:5ms",
        "uniform:3ms-1ms",
        "exponential:5",
        "lognormal:5ms",
        "lognormal:5ms,-1",
        "lognormal:5ms,x",
        "normal:5ms",
        "2h",
        "uniform:1ms-99h",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mb_delay delay = {.first_ns = 42};
        struct mb_err err = {0};
        if (mb_delay_parse(texts[i], &delay, &err) != MB_INVALID) {
            fail_msg("'%s' was accepted", texts[i]);
        }
        assert_int_equal(delay.first_ns, 42);
    }
}

static int compare_values(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;
    return (*a > *b) - (*a < *b);
}

// Quantiles of many draws against those of the distribution.
static void draws_what_it_says(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        double p10_ms;
        double p50_ms;
        double p99_ms;
    } cases[] = {
        {"5ms", 5, 5, 5},
        {"constant:250us", 0.25, 0.25, 0.25},
        {"uniform:1ms-3ms", 1.2, 2, 2.98},
        {"exponential:5ms", 0.5268, 3.4657, 23.026},
        {"lognormal:5ms,0.5", 2.6346, 5, 15.999},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_delay delay;
        struct mb_err err = {0};
        struct mb_rng rng;
        static int64_t values[DRAWS];
        mb_rng_init(&rng, 3);
        assert_int_equal(mb_delay_parse(cases[i].text, &delay, &err), MB_OK);
        for (size_t k = 0; k < DRAWS; k++) {
            values[k] = mb_delay_draw(&delay, &rng);
        }
        qsort(values, DRAWS, sizeof values[0], compare_values);
        assert_true(fabs((double)values[DRAWS / 10] / 1e6 / cases[i].p10_ms - 1) < 0.02);
        assert_true(fabs((double)values[DRAWS / 2] / 1e6 / cases[i].p50_ms - 1) < 0.02);
        assert_true(fabs((double)values[DRAWS / 100 * 99] / 1e6 / cases[i].p99_ms - 1) <
                    0.03);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_no_delay),
        cmocka_unit_test(draws_what_it_says),
    };
    return cmocka_run_group_tests_name("app/delay", tests, NULL, NULL);
}
