// Small samples: one value for each trial, and what can be said from them. Stats floor:
// may include base. Pure functions over arrays of doubles; nothing is kept.
//
// Checked against SciPy (tests/unit/stats/data, with the script that made the
// expectations).
#ifndef MB_STATS_SAMPLE_H
#define MB_STATS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

enum mb_sample_state {
    MB_SAMPLE_OK,
    MB_SAMPLE_TOO_FEW,      // fewer than two values (of each side, or pairs)
    MB_SAMPLE_ZERO_VARIANCE // all equal: the interval has no width and p says nothing new
};

// An effect with its interval. Fields other than state, n and value are NaN when the
// state is TOO_FEW.
struct mb_sample_estimate {
    enum mb_sample_state state;
    size_t n;     // pairs, or the smaller side
    double value; // the effect
    double low;   // interval of the confidence asked for
    double high;
    double sd;      // standard deviation of what was averaged; pooled for two samples
    double error;   // standard error of `value`
    double df;      // degrees of freedom
    double p_value; // two-sided, against no effect; 1 when nothing differs, 0 when every
                    // difference is the same and not zero
};

// Median; the middle two averaged. Sorts a copy.
double mb_sample_median(const double *values, size_t count);

// Mean of `values` with its t interval, tested against zero. For paired designs, `values`
// are the differences (or log-ratios) within blocks.
struct mb_sample_estimate mb_sample_paired(const double *values, size_t count,
                                           double confidence);

// Welch's t: mean(right) - mean(left), unequal variances (Welch 1947, Satterthwaite df).
struct mb_sample_estimate mb_sample_welch(const double *left, size_t left_count,
                                          const double *right, size_t right_count,
                                          double confidence);

// Two one-sided tests (TOST, Schuirmann 1987) that the effect lies within (-margin,
// margin): the larger of the two p-values. NaN when the estimate has no interval.
double mb_sample_equivalence(const struct mb_sample_estimate *estimate, double margin);

// Wilcoxon signed-rank test of the values against zero. Zeros are dropped, ties get
// middle ranks. The p-value is two-sided: exact (from the permutation distribution, ties
// included) up to 60 values, else normal with tie and continuity correction. 1 when
// nothing is left.
double mb_sample_signed_rank(const double *values, size_t count);

// Mann-Whitney U test. Two-sided p-value: exact (from the permutation distribution, ties
// included) while both sides together hold at most 60 values, else normal with tie and
// continuity correction. 1 when a side is empty.
double mb_sample_rank_sum(const double *left, size_t left_count, const double *right,
                          size_t right_count);

// Hodges-Lehmann shift: median of all right - left; for paired values the median of the
// Walsh averages (values[i] + values[j]) / 2, i <= j. 0 when empty.
double mb_sample_shift(const double *left, size_t left_count, const double *right,
                       size_t right_count);
double mb_sample_pseudo_median(const double *values, size_t count);

// Holm's step-down correction (Holm 1979): adjusted[i] >= p[i], in place order. NaN stays
// NaN and is not part of the family.
void mb_sample_holm(const double *p_values, size_t count, double *adjusted);

// The smallest true effect that a comparison as noisy as this one finds with the given
// power (0.5 or more), on the scale of `estimate`. Found means: certain at `confidence`,
// and larger than half the width of the interval of `twin`, which is what the baseline
// differs from itself; twin NULL: no such hurdle. Both hurdles are those of this sample,
// and the scatter that they have from sample to sample is allowed for, so that the effect
// is found as often in another sample of the kind (tests/bench/calibration.c). NaN when
// the estimate has no interval, or nothing varied.
double mb_sample_detectable(const struct mb_sample_estimate *estimate,
                            const struct mb_sample_estimate *twin, double confidence,
                            double power);

// Pairs (or values of each side) from which on an effect of the size of `estimate` is
// detectable in that sense, when spreads stay what they are; at least 2, at most `limit`
// (then: `limit`).
size_t mb_sample_pairs_needed(const struct mb_sample_estimate *estimate,
                              const struct mb_sample_estimate *twin, double confidence,
                              double power, size_t limit);

#endif
