// Quantiles of one sample, bounded by its own ranks: whatever the distribution, as long
// as the values are independent. Stats floor: may include base. Pure functions.
//
// The number of values at or below the true p-quantile is binomial (n, p), so the ranks
// between which it lies with a given confidence are quantiles of that distribution. They
// are exact, never approximated, and so a little conservative: ranks are whole numbers.
// Checked against SciPy (tests/unit/stats/data/make_quantile.py).
//
// A share is in 1e-9: 0 < share < 1,000,000,000. A confidence is between 0 and 1.
#ifndef MB_STATS_QUANTILE_H
#define MB_STATS_QUANTILE_H

#include <stdint.h>

// Ranks of the sorted values, from 1.
struct mb_quantile_ranks {
    int64_t low;  // 0: not even the smallest value is a lower bound
    int64_t high; // n + 1: not even the largest value is an upper bound
};

// The narrowest ranks with equal tails: the quantile lies below the value at `low` with a
// probability of at most (1 - confidence) / 2, and above that at `high` likewise. n >= 0.
struct mb_quantile_ranks mb_quantile_interval(int64_t n, int64_t share,
                                              double confidence);

// The least n for which the (spared + 1)-th largest of n values is above the quantile
// with this one-sided confidence; spared >= 0. With spared 0 it is the n from which on an
// upper bound exists at all; with 1 it is the least number of queries of MLPerf's early
// stopping at a tolerance of 0 (64 for p90 at 99%, 662 for p99).
int64_t mb_quantile_samples_needed(int64_t share, double confidence, int64_t spared);

#endif
