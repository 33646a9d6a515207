// Ranks around quantiles against SciPy: data/quantile.txt, made by data/make_quantile.py.
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stats/quantile.h"
#include "stats/special.h"

enum { VALUES_MAX = 128, LINE_BYTES = 4096 };

static const char *word_next(void)
{
    const char *word = strtok(NULL, " \n");
    assert_non_null(word);
    return word;
}

static int64_t integer_next(void)
{
    return strtoll(word_next(), NULL, 10);
}

static double number_next(void)
{
    return strtod(word_next(), NULL);
}

static void same(const char *what, int line, int64_t got, int64_t expected)
{
    if (got != expected) {
        fail_msg("quantile.txt:%d: %s: got %" PRId64 ", expected %" PRId64, line, what,
                 got, expected);
    }
}

static void ranks_line(int line)
{
    int64_t n = integer_next();
    int64_t share = integer_next();
    struct mb_quantile_ranks ranks = mb_quantile_interval(n, share, number_next());
    assert_string_equal(word_next(), "=");
    same("low", line, ranks.low, integer_next());
    same("high", line, ranks.high, integer_next());
}

// SciPy says nan where no value is a bound.
static void bound_check(const char *what, int line, double got, double expected)
{
    if (!(got == expected || (isnan(got) && isnan(expected)))) {
        fail_msg("quantile.txt:%d: %s: got %.17g, expected %.17g", line, what, got,
                 expected);
    }
}

static void interval_line(int line)
{
    int64_t share = integer_next();
    double confidence = number_next();
    int64_t n = integer_next();
    double values[VALUES_MAX];
    assert_in_range(n, 1, VALUES_MAX);
    for (int64_t i = 0; i < n; i++) {
        values[i] = number_next();
    }
    assert_string_equal(word_next(), "=");
    struct mb_quantile_ranks ranks = mb_quantile_interval(n, share, confidence);
    assert_in_range(ranks.low, 0, n);
    assert_in_range(ranks.high, 1, n + 1);
    bound_check("low", line, ranks.low > 0 ? values[ranks.low - 1] : NAN, number_next());
    bound_check("high", line, ranks.high <= n ? values[ranks.high - 1] : NAN,
                number_next());
}

static void needed_line(int line)
{
    int64_t share = integer_next();
    double confidence = number_next();
    int64_t spared = integer_next();
    assert_string_equal(word_next(), "=");
    same("needed", line, mb_quantile_samples_needed(share, confidence, spared),
         integer_next());
}

static const struct {
    const char *name;
    void (*check)(int line);
} kinds[] = {{"ranks", ranks_line}, {"interval", interval_line}, {"needed", needed_line}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void agrees_with_scipy(void **state)
{
    (void)state;
    char text[LINE_BYTES];
    size_t seen[KINDS] = {0};
    FILE *file = fopen("tests/unit/stats/data/quantile.txt", "r");
    assert_non_null(file);
    for (int line = 1; fgets(text, sizeof text, file) != NULL; line++) {
        const char *kind = strtok(text, " \n");
        for (size_t i = 0; i < KINDS; i++) {
            if (strcmp(kind, kinds[i].name) == 0) {
                kinds[i].check(line);
                seen[i]++;
            }
        }
    }
    (void)fclose(file);
    for (size_t i = 0; i < KINDS; i++) {
        assert_true(seen[i] >= 300);
    }
}

// Figures that others publish, and the smallest cases by hand.
static void known_figures(void **state)
{
    (void)state;
    assert_int_equal(mb_quantile_samples_needed(900000000, 0.99, 1), 64);  // MLPerf
    assert_int_equal(mb_quantile_samples_needed(990000000, 0.99, 1), 662); // MLPerf
    assert_int_equal(mb_quantile_samples_needed(950000000, 0.95, 0), 59);  // Wilks 1941
    assert_int_equal(mb_quantile_samples_needed(500000000, 0.75, 0), 2);
    struct mb_quantile_ranks none = mb_quantile_interval(0, 500000000, 0.95);
    assert_true(none.low == 0 && none.high == 1);
    struct mb_quantile_ranks five = mb_quantile_interval(5, 500000000, 0.95);
    assert_true(five.low == 0 && five.high == 6); // 2 / 2^5 is more than 5%
    struct mb_quantile_ranks six = mb_quantile_interval(6, 500000000, 0.95);
    assert_true(six.low == 1 && six.high == 6);
}

// What the ranks promise, at sizes that nobody tabulates: each tail holds, and the next
// rank inwards would not.
static void tails_hold_at_any_size(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        int64_t share;
    } cases[] = {{INT64_C(1000000000), 500000000}, {INT64_C(1000000000), 999999999},
                 {INT64_C(20000000), 1},           {INT64_C(4000000000), 999000000},
                 {INT64_C(1), 999999999},          {INT64_C(100), 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t n = cases[i].n;
        double p = (double)cases[i].share / 1e9;
        struct mb_quantile_ranks ranks = mb_quantile_interval(n, cases[i].share, 0.95);
        assert_true(ranks.low >= 0 && ranks.low < ranks.high && ranks.high <= n + 1);
        assert_true(mb_special_binomial_cdf(ranks.low - 1, n, p) <= 0.0251);
        assert_true(mb_special_binomial_cdf(ranks.low, n, p) >= 0.0249);
        assert_true(mb_special_binomial_cdf(ranks.high - 1, n, p) >= 0.9749);
        assert_true(ranks.high - 2 < 0 ||
                    mb_special_binomial_cdf(ranks.high - 2, n, p) <= 0.9751);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_scipy),
        cmocka_unit_test(known_figures),
        cmocka_unit_test(tails_hold_at_any_size),
    };
    return cmocka_run_group_tests_name("stats/quantile", tests, NULL, NULL);
}
