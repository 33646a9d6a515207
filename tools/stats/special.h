// Distribution functions that the tests and intervals need. Stats floor: includes nothing
// of ours. Pure functions; NaN in gives NaN out.
#ifndef MB_STATS_SPECIAL_H
#define MB_STATS_SPECIAL_H

#include <stdint.h>

// Standard normal: P(Z <= z), and its inverse for 0 < p < 1 (relative error below 1e-14).
double mb_special_normal_cdf(double z);
double mb_special_normal_quantile(double p);

// Student's t with `df` > 0 degrees of freedom (need not be whole): P(T <= t), the
// two-sided tail P(|T| >= |t|) without loss of digits, and the quantile for 0 < p < 1.
double mb_special_t_cdf(double t, double df);
double mb_special_t_two_sided(double t, double df);
double mb_special_t_quantile(double p, double df);

// Binomial: P(X <= k) for X ~ B(n, p); 0 <= k <= n.
double mb_special_binomial_cdf(int64_t k, int64_t n, double p);

#endif
