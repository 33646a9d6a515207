// The noise of a series, measured from itself: how much the mean of m values scatters,
// for every m, when steps, outliers, autocorrelation, drift and seasons may all be there.
// The variance of the difference between adjacent means is twice Allan's variance (1966,
// https://doi.org/10.1109/PROC.1966.4634). Stats floor: may include base.
#ifndef MB_STATS_NOISE_H
#define MB_STATS_NOISE_H

#include <stddef.h>

enum {
    MB_NOISE_SEGMENT = 4, // values that make a level; shorter runs are outliers
    MB_NOISE_LEAST = 8,   // values of a series at least
    MB_NOISE_MOST = 2048  // and at most
};

// Arrays of the caller, by number of values: [1]..[count].
struct mb_noise {
    double *variance; // of a mean
    double *shared;   // the covariance of adjacent means is half the product of theirs
    double step;      // variance of a first difference
};

// Copies finite values, those far from the median of their neighbours drawn in towards
// it: an outlier loses its weight, a level of MB_NOISE_SEGMENT values does not. Returns
// the standard deviation of the noise as first differences show it, never below what
// rounding makes of it; 0 when all values are the same. MB_NOISE_LEAST <= count.
double mb_noise_draw_in(const double *values, size_t count, double *drawn);

// Measures the noise from the prefix sums sum[0] = 0 .. sum[count] of values that were
// drawn in; `least` > 0 is a lower bound for noise->step. MB_NOISE_LEAST <= count <=
// MB_NOISE_MOST. O(count log count).
void mb_noise_measure(const double *sum, size_t count, double least,
                      struct mb_noise *noise);

#endif
