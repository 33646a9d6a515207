#include "stats/quantile.h"

#include <math.h>

#include "stats/special.h"

enum { SHARE_ONE = 1000000000 };

// The smallest k with P(X <= k) >= tail for X ~ B(n, p). Starts at the normal
// approximation, which is a few ranks off at most where it is good, and doubles its steps
// where it is not.
static int64_t binomial_quantile(int64_t n, double p, double tail)
{
    double mean = (double)n * p;
    double guess = mean + mb_special_normal_quantile(tail) * sqrt(mean * (1.0 - p));
    int64_t high = guess < 0.0 ? 0 : guess > (double)n ? n : (int64_t)guess;
    int64_t step = 1;
    while (high < n && mb_special_binomial_cdf(high, n, p) < tail) {
        high = high < n - step ? high + step : n;
        step *= 2;
    }
    // One below the answer at most; -1: nothing is below 0.
    int64_t low = high;
    for (step = 1; low >= 0 && mb_special_binomial_cdf(low, n, p) >= tail; step *= 2) {
        high = low;
        low = low >= step ? low - step : -1;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (mb_special_binomial_cdf(middle, n, p) >= tail) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

struct mb_quantile_ranks mb_quantile_interval(int64_t n, int64_t share, double confidence)
{
    double tail = (1.0 - confidence) / 2.0;
    double below = (double)share / SHARE_ONE;
    double above = (double)(SHARE_ONE - share) / SHARE_ONE;
    // Counted from the other end, an upper bound is a lower one.
    return (struct mb_quantile_ranks){.low = binomial_quantile(n, below, tail),
                                      .high = n + 1 - binomial_quantile(n, above, tail)};
}

int64_t mb_quantile_samples_needed(int64_t share, double confidence, int64_t spared)
{
    double above = (double)(SHARE_ONE - share) / SHARE_ONE;
    double tail = 1.0 - confidence;
    int64_t low = spared; // too few: none of them is left over
    int64_t high = spared + 1;
    while (mb_special_binomial_cdf(spared, high, above) > tail) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (mb_special_binomial_cdf(spared, middle, above) > tail) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}
