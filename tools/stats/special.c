#include "stats/special.h"

#include <math.h>
#include <stdbool.h>

double mb_special_normal_cdf(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

// Rational start after P. J. Acklam (relative error 1.15e-9), then one step of Halley's
// method on the exact function, which cubes the error.
static double normal_quantile_start(double p)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                               -1.556989798598866e+02, 6.680131188771972e+01,
                               -1.328068155288572e+01};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                               -2.400758277161838e+00, -2.549732539343734e+00,
                               4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01,
                               2.445134137142996e+00, 3.754408661907416e+00};
    if (p < 0.02425) {
        double q = sqrt(-2.0 * log(p));
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
               ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1.0);
    }
    double q = p - 0.5;
    double r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
           (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1.0);
}

double mb_special_normal_quantile(double p)
{
    if (!(p > 0.0 && p < 1.0)) {
        return p == 0.0 ? -INFINITY : p == 1.0 ? INFINITY : NAN;
    }
    if (p > 0.5) {
        return -mb_special_normal_quantile(1.0 - p);
    }
    double z = normal_quantile_start(p);
    double error = mb_special_normal_cdf(z) - p;
    double step = error * sqrt(2.0 * M_PI) * exp(z * z / 2.0);
    return z - step / (1.0 + z * step / 2.0);
}

// Continued fraction DLMF 8.17.22 (https://dlmf.nist.gov/8.17) by Lentz's method;
// converges fast for x < (a + 1) / (a + b + 2).
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1.0;
    double d = 1.0 - (a + b) * x / (a + 1.0);
    d = 1.0 / (fabs(d) < tiny ? tiny : d);
    double fraction = d;
    for (int m = 1; m <= 10000; m++) {
        double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 + even * d;
        c = 1.0 + even / c;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        fraction *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 + odd * d;
        c = 1.0 + odd / c;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        double delta = d * c;
        fraction *= delta;
        if (fabs(delta - 1.0) < 1e-16) {
            break;
        }
    }
    return fraction;
}

// lgamma() writes the sign to a global, which threads would share.
static double log_gamma(double x)
{
    int sign = 0;
    return lgamma_r(x, &sign);
}

// Logarithm of 1 / B(a, b).
static double log_beta_inverse(double a, double b)
{
    return log_gamma(a + b) - log_gamma(a) - log_gamma(b);
}

// Regularised incomplete beta function I_x(a, b); a, b > 0, 0 <= x <= 1. The first
// argument is that of log_beta_inverse.
static double beta_regularised_with(double log_front, double a, double b, double x)
{
    if (!(x >= 0.0 && x <= 1.0)) {
        return NAN;
    }
    if (x == 0.0 || x == 1.0) {
        return x;
    }
    double front = exp(log_front + a * log(x) + b * log1p(-x));
    if (x < (a + 1.0) / (a + b + 2.0)) {
        return front * beta_fraction(a, b, x) / a;
    }
    return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

static double beta_regularised(double a, double b, double x)
{
    return beta_regularised_with(log_beta_inverse(a, b), a, b, x);
}

static double t_tails(double log_front, double t, double df)
{
    return isinf(t) ? 0.0
                    : beta_regularised_with(log_front, df / 2.0, 0.5, df / (df + t * t));
}

double mb_special_t_two_sided(double t, double df)
{
    return t_tails(log_beta_inverse(df / 2.0, 0.5), t, df);
}

double mb_special_t_cdf(double t, double df)
{
    double tail = 0.5 * mb_special_t_two_sided(t, df);
    return t > 0.0 ? 1.0 - tail : tail;
}

// What the logarithm of the density has beside t.
static double t_density_constant(double df)
{
    return log_gamma((df + 1.0) / 2.0) - log_gamma(df / 2.0) - 0.5 * log(df * M_PI);
}

static double t_density(double constant, double t, double df)
{
    return exp(constant - (df + 1.0) / 2.0 * log1p(t * t / df));
}

// Of the upper half: first terms of the expansion in 1/df (Abramowitz and Stegun 26.7.5)
// around the normal quantile; only a start.
static double t_quantile_start(double p, double df)
{
    double z = mb_special_normal_quantile(p);
    double start = z + (z * z * z + z) / (4.0 * df) +
                   (5.0 * pow(z, 5.0) + 16.0 * z * z * z + 3.0 * z) / (96.0 * df * df);
    return start > 0.0 && start < 1e300 ? start : 1.0;
}

// The two-sided tail falls monotonically in t: Newton's method on its logarithm, which is
// nearly straight, within a bracket that only shrinks; where a step leaves the bracket,
// half of it.
double mb_special_t_quantile(double p, double df)
{
    if (!(p > 0.0 && p < 1.0) || !(df > 0.0)) {
        return NAN;
    }
    if (p == 0.5) {
        return 0.0;
    }
    if (p < 0.5) {
        return -mb_special_t_quantile(1.0 - p, df);
    }
    double wanted = 2.0 * (1.0 - p);
    double low = 0.0;
    double high = INFINITY;
    double t = t_quantile_start(p, df);
    double log_front = log_beta_inverse(df / 2.0, 0.5);
    double constant = t_density_constant(df);
    for (int i = 0; i < 2000 && high - low > 1e-15 * t; i++) {
        double tail = t_tails(log_front, t, df);
        low = tail > wanted ? t : low;
        high = tail > wanted ? high : t;
        double step = tail * log(tail / wanted) / (2.0 * t_density(constant, t, df));
        double next = t + step;
        if (fabs(step) <= 1e-15 * t) {
            return next;
        }
        bool inside = next > low && next < high; // false for NaN
        double half = isinf(high) ? 2.0 * t : low + (high - low) / 2.0;
        t = inside ? next : half;
    }
    return t;
}

double mb_special_binomial_cdf(int64_t k, int64_t n, double p)
{
    if (k < 0) {
        return 0.0;
    }
    if (k >= n) {
        return 1.0;
    }
    return beta_regularised((double)(n - k), (double)k + 1.0, 1.0 - p);
}
