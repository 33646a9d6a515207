// The noise of means against processes whose noise is known by formula.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "stats/noise.h"
#include "stats/special.h"

enum { COUNT = 2000 };

static double normal(struct mb_rng *rng)
{
    return mb_special_normal_quantile(mb_rng_unit(rng));
}

// AR(1) of variance 1 around levels that step up by `step` every 400 values.
static void fill(double phi, double step, double *values)
{
    struct mb_rng rng;
    mb_rng_init(&rng, 5);
    double x = normal(&rng);
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = x + step * (double)(i / 400);
        x = phi * x + sqrt(1.0 - phi * phi) * normal(&rng);
    }
}

static void means_scatter_as_they_should(void **state)
{
    (void)state;
    static const double phis[] = {0.0, 0.3, 0.7, 0.9};
    static const double steps[] = {0.0, 8.0};
    for (size_t row = 0; row < 8; row++) {
        double phi = phis[row / 2];
        double values[COUNT];
        double sum[COUNT + 1] = {0.0};
        double variance[COUNT + 1];
        double shared[COUNT + 1];
        struct mb_noise noise = {.variance = variance, .shared = shared};
        fill(phi, steps[row % 2], values);
        for (size_t i = 0; i < COUNT; i++) {
            sum[i + 1] = sum[i] + values[i];
        }
        mb_noise_measure(sum, COUNT, 1e-6, &noise);
        double power = 1.0;
        for (size_t m = 1; m <= 64; m++) {
            // Variance of a mean of m values of an AR(1) process of variance 1.
            power *= phi;
            double length = (double)m;
            double expected = (length + 2.0 * phi / (1.0 - phi) *
                                            (length - (1.0 - power) / (1.0 - phi))) /
                              (length * length);
            if (fabs(log(variance[m] / expected)) > 0.5) {
                fail_msg("phi %g, step %g, m %zu: got %g, expected %g", phi,
                         steps[row % 2], m, variance[m], expected);
            }
        }
    }
}

static void outliers_are_drawn_in(void **state)
{
    (void)state;
    double values[] = {1.0, 1.1, 0.9, 1.0, 50.0, 60.0, 1.1, 1.0, 0.9, 1.0, 1.1,
                       9.0, 9.1, 8.9, 9.0, 9.1,  9.0,  8.9, 9.1, 9.0, 9.1, 8.9};
    enum { LENGTH = sizeof values / sizeof values[0] };
    double drawn[LENGTH];
    double deviation = mb_noise_draw_in(values, LENGTH, drawn);
    assert_true(deviation > 0.05 && deviation < 0.3);
    for (size_t i = 0; i < LENGTH; i++) {
        assert_true(fabs(drawn[i] - (i < 11 ? 1.0 : 9.0)) < 0.7);
    }
    double same[MB_NOISE_LEAST] = {3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0};
    assert_true(mb_noise_draw_in(same, MB_NOISE_LEAST, drawn) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_scatter_as_they_should),
        cmocka_unit_test(outliers_are_drawn_in),
    };
    return cmocka_run_group_tests_name("stats/noise", tests, NULL, NULL);
}
