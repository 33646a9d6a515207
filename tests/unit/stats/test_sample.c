// Small-sample statistics against SciPy: data/sample.txt, made by data/make_sample.py.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stats/sample.h"
#include "stats/special.h"

enum { VALUES_MAX = 128 };

struct sample {
    double values[VALUES_MAX];
    size_t count;
};

static double number_next(void)
{
    const char *word = strtok(NULL, " \n");
    assert_non_null(word);
    return strtod(word, NULL);
}

static struct sample sample_next(void)
{
    struct sample sample = {.count = (size_t)number_next()};
    assert_true(sample.count <= VALUES_MAX);
    for (size_t i = 0; i < sample.count; i++) {
        sample.values[i] = number_next();
    }
    return sample;
}

static void equals_sign(void)
{
    assert_string_equal(strtok(NULL, " \n"), "=");
}

static void near(const char *what, int line, double got, double expected,
                 double tolerance)
{
    double scale = fmax(1e-300, fabs(expected));
    if (fabs(got - expected) > tolerance * scale && fabs(got - expected) > 1e-13) {
        fail_msg("sample.txt:%d: %s: got %.17g, expected %.17g", line, what, got,
                 expected);
    }
}

static void estimate_check(const char *kind, int line, struct mb_sample_estimate got)
{
    assert_int_equal(got.state, MB_SAMPLE_OK);
    near(kind, line, got.value, number_next(), 1e-9);
    near(kind, line, got.low, number_next(), 1e-9);
    near(kind, line, got.high, number_next(), 1e-9);
    near(kind, line, got.p_value, number_next(), 1e-9);
}

static void paired_line(int line)
{
    double confidence = number_next();
    struct sample x = sample_next();
    equals_sign();
    estimate_check("paired", line, mb_sample_paired(x.values, x.count, confidence));
}

static void welch_line(int line)
{
    double confidence = number_next();
    struct sample x = sample_next();
    struct sample y = sample_next();
    equals_sign();
    estimate_check("welch", line,
                   mb_sample_welch(x.values, x.count, y.values, y.count, confidence));
}

static void signed_line(int line)
{
    (void)number_next();
    struct sample x = sample_next();
    equals_sign();
    near("signed rank", line, mb_sample_signed_rank(x.values, x.count), number_next(),
         1e-9);
}

static void ranksum_line(int line)
{
    (void)number_next();
    struct sample x = sample_next();
    struct sample y = sample_next();
    equals_sign();
    double got = mb_sample_rank_sum(x.values, x.count, y.values, y.count);
    near("rank sum", line, got, number_next(), 1e-9);
}

static void shift_line(int line)
{
    (void)number_next();
    struct sample x = sample_next();
    struct sample y = sample_next();
    equals_sign();
    near("shift", line, mb_sample_shift(x.values, x.count, y.values, y.count),
         number_next(), 1e-9);
    near("pseudo median", line, mb_sample_pseudo_median(x.values, x.count), number_next(),
         1e-9);
}

static void tost_line(int line)
{
    double margin = number_next();
    struct sample x = sample_next();
    equals_sign();
    struct mb_sample_estimate estimate = mb_sample_paired(x.values, x.count, 0.95);
    near("equivalence", line, mb_sample_equivalence(&estimate, margin), number_next(),
         1e-9);
}

// The test at its confidence, the twin's interval at 95%, a power of 80%.
static void detectable_line(int line)
{
    double confidence = number_next();
    struct sample x = sample_next();
    struct sample twin = sample_next();
    equals_sign();
    struct mb_sample_estimate seen = mb_sample_paired(x.values, x.count, confidence);
    struct mb_sample_estimate floor = mb_sample_paired(twin.values, twin.count, 0.95);
    near("detectable", line, mb_sample_detectable(&seen, NULL, confidence, 0.8),
         number_next(), 1e-9);
    near("beyond a twin", line, mb_sample_detectable(&seen, &floor, confidence, 0.8),
         number_next(), 1e-9);
    size_t alone = mb_sample_pairs_needed(&seen, NULL, confidence, 0.8, 200);
    size_t beyond = mb_sample_pairs_needed(&seen, &floor, confidence, 0.8, 200);
    near("pairs", line, (double)alone, number_next(), 1e-9);
    near("pairs beyond a twin", line, (double)beyond, number_next(), 1e-9);
}

static void holm_line(int line)
{
    (void)number_next();
    struct sample x = sample_next();
    equals_sign();
    double adjusted[VALUES_MAX];
    mb_sample_holm(x.values, x.count, adjusted);
    for (size_t i = 0; i < x.count; i++) {
        near("holm", line, adjusted[i], number_next(), 1e-12);
    }
}

static void special_line(int line)
{
    double df = number_next();
    double t = number_next();
    double p = number_next();
    equals_sign();
    near("t cdf", line, mb_special_t_cdf(t, df), number_next(), 1e-10);
    near("t two-sided", line, mb_special_t_two_sided(t, df), number_next(), 1e-10);
    near("t quantile", line, mb_special_t_quantile(p, df), number_next(), 1e-9);
    near("normal cdf", line, mb_special_normal_cdf(t), number_next(), 1e-12);
    near("normal quantile", line, mb_special_normal_quantile(p), number_next(), 1e-12);
}

static void binomial_line(int line)
{
    int64_t n = (int64_t)number_next();
    int64_t k = (int64_t)number_next();
    double p = number_next();
    equals_sign();
    near("binomial", line, mb_special_binomial_cdf(k, n, p), number_next(), 1e-8);
}

static const struct {
    const char *name;
    void (*check)(int line);
} kinds[] = {
    {"paired", paired_line},         {"welch", welch_line},     {"signed", signed_line},
    {"shift", shift_line},           {"ranksum", ranksum_line}, {"tost", tost_line},
    {"detectable", detectable_line}, {"holm", holm_line},       {"special", special_line},
    {"binomial", binomial_line},
};

static void agrees_with_scipy(void **state)
{
    (void)state;
    static char text[65536];
    size_t seen[sizeof kinds / sizeof kinds[0]] = {0};
    FILE *file = fopen("tests/unit/stats/data/sample.txt", "r");
    assert_non_null(file);
    for (int line = 1; fgets(text, sizeof text, file) != NULL; line++) {
        const char *kind = strtok(text, " \n");
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            if (strcmp(kind, kinds[i].name) == 0) {
                kinds[i].check(line);
                seen[i]++;
            }
        }
    }
    (void)fclose(file);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        assert_true(seen[i] >= 60);
    }
}

static void degenerate_samples(void **state)
{
    (void)state;
    const double same[] = {0.1, 0.1, 0.1};
    const double zero[] = {0.0, 0.0, 0.0, 0.0};
    struct mb_sample_estimate one = mb_sample_paired(same, 1, 0.95);
    assert_int_equal(one.state, MB_SAMPLE_TOO_FEW);
    assert_true(isnan(one.low) && isnan(one.p_value) && one.value == 0.1);
    struct mb_sample_estimate equal = mb_sample_paired(same, 3, 0.95);
    assert_int_equal(equal.state, MB_SAMPLE_ZERO_VARIANCE);
    assert_true(equal.p_value == 0.0 && equal.low == equal.value);
    const double less[] = {-0.3, -0.3, -0.3};
    assert_true(mb_sample_paired(less, 3, 0.95).p_value == 0.0);
    assert_true(mb_sample_paired(zero, 4, 0.95).p_value == 1.0);
    assert_true(mb_sample_signed_rank(zero, 4) == 1.0);
    assert_true(mb_sample_rank_sum(zero, 0, same, 3) == 1.0);
    assert_true(mb_sample_rank_sum(zero, 3, zero, 4) == 1.0);
    assert_true(mb_sample_equivalence(&equal, 0.2) == 0.0);
    assert_true(mb_sample_equivalence(&equal, 0.05) == 1.0);
    assert_true(isnan(mb_sample_equivalence(&one, 1.0)));
    struct mb_sample_estimate nothing = mb_sample_paired(zero, 4, 0.95);
    struct mb_sample_estimate wide = mb_sample_paired((double[]){1.0, -1.0}, 2, 0.95);
    assert_int_equal(mb_sample_pairs_needed(&nothing, NULL, 0.95, 0.8, 99), 99);
    assert_int_equal(mb_sample_pairs_needed(&one, NULL, 0.95, 0.8, 99), 99);
    assert_int_equal(mb_sample_pairs_needed(&equal, NULL, 0.95, 0.8, 99), 2);
    assert_true(isnan(mb_sample_detectable(&one, NULL, 0.95, 0.8)));
    assert_true(isnan(mb_sample_detectable(&equal, &nothing, 0.95, 0.8)));
    assert_true(mb_sample_detectable(&equal, &wide, 0.95, 0.8) > wide.high);
    assert_true(isnan(mb_sample_median(zero, 0)));
    double adjusted[3];
    mb_sample_holm((const double[]){NAN, 0.01, 0.02}, 3, adjusted);
    assert_true(isnan(adjusted[0]) && adjusted[1] == 0.02 && adjusted[2] == 0.02);
}

static int number_compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

// Ascending, descending, all equal, two values in turns, a saw, and a scramble.
static double shaped_value(int shape, size_t index, size_t count)
{
    switch (shape) {
    case 0:
        return (double)index;
    case 1:
        return (double)(count - index);
    case 2:
        return 7.0;
    case 3:
        return (double)(index % 2);
    case 4:
        return (double)(index % 5) - (double)(index / 5);
    default:
        return (double)(index * 7919 % 257);
    }
}

static void median_is_that_of_the_sorted_list(void **state)
{
    (void)state;
    enum { SHAPES = 6, MOST = 300 };
    double values[MOST];
    double sorted[MOST];
    for (size_t i = 0; i < SHAPES * MOST; i++) {
        int shape = (int)(i % SHAPES);
        size_t count = i / SHAPES + 1;
        for (size_t k = 0; k < count; k++) {
            values[k] = shaped_value(shape, k, count);
        }
        memcpy(sorted, values, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, number_compare);
        double upper = sorted[count / 2];
        double lower = count % 2 == 1 ? upper : sorted[count / 2 - 1];
        if (mb_sample_median(values, count) != (lower + upper) / 2.0) {
            fail_msg("shape %d of %zu values", shape, count);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_scipy),
        cmocka_unit_test(degenerate_samples),
        cmocka_unit_test(median_is_that_of_the_sorted_list),
    };
    return cmocka_run_group_tests_name("stats/sample", tests, NULL, NULL);
}
