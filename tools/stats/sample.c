#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/special.h"

static double mean_of(const double *values, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return count > 0 ? sum / (double)count : NAN;
}

// Standard deviation with n - 1; NaN below two values.
static double deviation_of(const double *values, size_t count)
{
    if (count < 2) {
        return NAN;
    }
    double mean = mean_of(values, count);
    double squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    return sqrt(squares / (double)(count - 1));
}

static int double_compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double middle_of_three(double a, double b, double c)
{
    if (a > b) {
        return b > c ? b : (a > c ? c : a);
    }
    return a > c ? a : (b > c ? c : b);
}

// Moves values until that at `nth` is the one that a sorted list has there, none before
// it is larger and none behind it smaller (C. A. R. Hoare, "Algorithm 65: Find", 1961).
// What bad luck with pivots leaves is sorted.
static void values_select(double *values, size_t count, size_t nth)
{
    enum { ROUNDS_MAX = 64 };
    size_t low = 0;
    size_t end = count;
    for (int round = 0; end - low > 1 && round < ROUNDS_MAX; round++) {
        double pivot =
            middle_of_three(values[low], values[low + (end - low) / 2], values[end - 1]);
        size_t i = low; // all before it are at most the pivot
        size_t j = end; // that one and all behind are at least the pivot
        while (i < j) {
            while (values[i] < pivot) {
                i++;
            }
            while (values[j - 1] > pivot) {
                j--;
            }
            if (i < j) {
                double kept = values[i];
                values[i++] = values[--j];
                values[j] = kept;
            }
        }
        if (nth >= j && nth < i) {
            return;
        }
        low = nth >= i ? i : low;
        end = nth < j ? j : end;
    }
    qsort(values + low, end - low, sizeof *values, double_compare);
}

static double median_in_place(double *values, size_t count)
{
    size_t half = count / 2;
    values_select(values, count, half);
    if (count % 2 == 1) {
        return values[half];
    }
    double below = values[0];
    for (size_t i = 1; i < half; i++) {
        below = values[i] > below ? values[i] : below;
    }
    return (below + values[half]) / 2.0;
}

double mb_sample_median(const double *values, size_t count)
{
    if (count == 0) {
        return NAN;
    }
    double *copy = mb_mem_alloc(count, sizeof *copy);
    memcpy(copy, values, count * sizeof *copy);
    double median = median_in_place(copy, count);
    mb_mem_free(copy);
    return median;
}

// Rounding leaves a spread of some ulps in values that are equal: that is no variance.
static bool is_rounding(double value, double scale)
{
    return !(fabs(value) > 1e-12 * scale);
}

// Fills interval and p from value, standard error and df.
static void estimate_finish(struct mb_sample_estimate *estimate, double scale,
                            double confidence)
{
    if (is_rounding(estimate->error, scale)) {
        estimate->state = MB_SAMPLE_ZERO_VARIANCE;
        estimate->low = estimate->value;
        estimate->high = estimate->value;
        estimate->p_value = is_rounding(estimate->value, scale) ? 1.0 : 0.0;
        return;
    }
    double half =
        estimate->error * mb_special_t_quantile(0.5 + confidence / 2.0, estimate->df);
    estimate->state = MB_SAMPLE_OK;
    estimate->low = estimate->value - half;
    estimate->high = estimate->value + half;
    estimate->p_value =
        mb_special_t_two_sided(estimate->value / estimate->error, estimate->df);
}

static struct mb_sample_estimate estimate_empty(size_t n, double value)
{
    return (struct mb_sample_estimate){.state = MB_SAMPLE_TOO_FEW,
                                       .n = n,
                                       .value = value,
                                       .low = NAN,
                                       .high = NAN,
                                       .sd = NAN,
                                       .error = NAN,
                                       .df = NAN,
                                       .p_value = NAN};
}

static double largest_magnitude(const double *values, size_t count)
{
    double largest = 0.0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(values[i]));
    }
    return largest;
}

struct mb_sample_estimate mb_sample_paired(const double *values, size_t count,
                                           double confidence)
{
    struct mb_sample_estimate estimate = estimate_empty(count, mean_of(values, count));
    if (count < 2) {
        return estimate;
    }
    estimate.sd = deviation_of(values, count);
    estimate.df = (double)count - 1.0;
    estimate.error = estimate.sd / sqrt((double)count);
    estimate_finish(&estimate, largest_magnitude(values, count), confidence);
    return estimate;
}

struct mb_sample_estimate mb_sample_welch(const double *left, size_t left_count,
                                          const double *right, size_t right_count,
                                          double confidence)
{
    size_t n = left_count < right_count ? left_count : right_count;
    double value = mean_of(right, right_count) - mean_of(left, left_count);
    struct mb_sample_estimate estimate = estimate_empty(n, value);
    if (n < 2) {
        return estimate;
    }
    double left_share = pow(deviation_of(left, left_count), 2.0) / (double)left_count;
    double right_share = pow(deviation_of(right, right_count), 2.0) / (double)right_count;
    double variance = left_share + right_share;
    estimate.sd = sqrt(variance * (double)n / 2.0);
    estimate.df = variance * variance /
                  (left_share * left_share / (double)(left_count - 1) +
                   right_share * right_share / (double)(right_count - 1));
    double scale =
        fmax(largest_magnitude(left, left_count), largest_magnitude(right, right_count));
    estimate.error = sqrt(variance);
    estimate_finish(&estimate, scale, confidence);
    return estimate;
}

// P(T > t) without loss of digits in the tail.
static double upper_tail(double t, double df)
{
    double tail = 0.5 * mb_special_t_two_sided(t, df);
    return t > 0.0 ? tail : 1.0 - tail;
}

double mb_sample_equivalence(const struct mb_sample_estimate *estimate, double margin)
{
    switch (estimate->state) {
    case MB_SAMPLE_TOO_FEW:
        return NAN;
    case MB_SAMPLE_ZERO_VARIANCE:
        return fabs(estimate->value) < margin ? 0.0 : 1.0;
    case MB_SAMPLE_OK:
        break;
    }
    double lower = upper_tail((estimate->value + margin) / estimate->error, estimate->df);
    double upper = upper_tail((margin - estimate->value) / estimate->error, estimate->df);
    return fmax(lower, upper);
}

struct ranked_p {
    double p;
    size_t index;
};

static int ranked_p_compare(const void *left, const void *right)
{
    const struct ranked_p *a = left;
    const struct ranked_p *b = right;
    return (a->p > b->p) - (a->p < b->p);
}

void mb_sample_holm(const double *p_values, size_t count, double *adjusted)
{
    struct ranked_p *ranked = mb_mem_alloc(count, sizeof *ranked);
    size_t family = 0;
    for (size_t i = 0; i < count; i++) {
        adjusted[i] = NAN;
        if (!isnan(p_values[i])) {
            ranked[family++] = (struct ranked_p){.p = p_values[i], .index = i};
        }
    }
    qsort(ranked, family, sizeof *ranked, ranked_p_compare);
    double largest = 0.0;
    for (size_t i = 0; i < family; i++) {
        largest = fmax(largest, fmin(1.0, ranked[i].p * (double)(family - i)));
        adjusted[ranked[i].index] = largest;
    }
    mb_mem_free(ranked);
}

// What an effect has to overcome.
struct hurdles {
    double error; // standard error of the effect
    double df;
    double twin_error; // of the twin's difference; 0: no twin
    double twin_df;
    double twin_confidence; // of the twin's interval
};

static double quantile_two_sided(double confidence, double df)
{
    return mb_special_t_quantile(0.5 + confidence / 2.0, df);
}

static struct hurdles hurdles_of(const struct mb_sample_estimate *estimate,
                                 const struct mb_sample_estimate *twin)
{
    struct hurdles hurdles = {.error = estimate->error, .df = estimate->df};
    if (twin != NULL && twin->state == MB_SAMPLE_OK) {
        double half = (twin->high - twin->low) / 2.0;
        hurdles.twin_error = twin->error;
        hurdles.twin_df = twin->df;
        hurdles.twin_confidence =
            1.0 - mb_special_t_two_sided(half / twin->error, twin->df);
    }
    return hurdles;
}

// The higher hurdle, and above it a reserve for the scatter of the effect and that of the
// hurdle: a standard deviation is known to a share of 1 / sqrt(2 df) of itself, so a
// hurdle of `critical` errors scatters by critical / sqrt(2 df) of them. A hurdle above
// `ceiling` is given without the reserve, which costs another quantile.
static double detectable_beyond(const struct hurdles *hurdles, double confidence,
                                double power, double ceiling)
{
    double critical = quantile_two_sided(confidence, hurdles->df);
    double hurdle = critical * hurdles->error;
    if (hurdles->twin_error > 0.0) {
        hurdle = fmax(hurdle,
                      hurdles->twin_error *
                          quantile_two_sided(hurdles->twin_confidence, hurdles->twin_df));
    }
    if (hurdle > ceiling) {
        return hurdle;
    }
    double scatter = fmax(hurdles->error, hurdles->twin_error) *
                     sqrt(1.0 + critical * critical / (2.0 * hurdles->df));
    return hurdle + mb_special_t_quantile(power, hurdles->df) * scatter;
}

double mb_sample_detectable(const struct mb_sample_estimate *estimate,
                            const struct mb_sample_estimate *twin, double confidence,
                            double power)
{
    struct hurdles hurdles = hurdles_of(estimate, twin);
    bool varied = estimate->state == MB_SAMPLE_OK || hurdles.twin_error > 0.0;
    if (estimate->state == MB_SAMPLE_TOO_FEW || !varied) {
        return NAN;
    }
    return detectable_beyond(&hurdles, confidence, power, INFINITY);
}

// The hurdles as they would be with n values instead of those seen.
static struct hurdles hurdles_at(const struct hurdles *seen, size_t seen_n, size_t n)
{
    double shrink = sqrt((double)seen_n / (double)n);
    double growth = ((double)n - 1.0) / ((double)seen_n - 1.0);
    struct hurdles hurdles = *seen;
    hurdles.error *= shrink;
    hurdles.twin_error *= shrink;
    hurdles.df *= growth;
    hurdles.twin_df *= growth;
    return hurdles;
}

// What `n` values would let be found.
static bool is_enough(const struct mb_sample_estimate *estimate,
                      const struct hurdles *seen, size_t n, double confidence,
                      double power)
{
    struct hurdles hurdles = hurdles_at(seen, estimate->n, n);
    double size = fabs(estimate->value);
    return detectable_beyond(&hurdles, confidence, power, size) <= size;
}

// Where the normal distribution would have the answer.
static size_t pairs_guess(const struct mb_sample_estimate *estimate, double confidence,
                          double power, size_t limit)
{
    double z = mb_special_normal_quantile(0.5 + confidence / 2.0) +
               mb_special_normal_quantile(power);
    double share = z * estimate->error / estimate->value;
    double guess = (double)estimate->n * share * share + 2.0;
    return guess < (double)limit ? (size_t)guess : limit;
}

// What can be found shrinks as n grows. The search starts at a guess and widens from
// there by steps that double, because each look at a t quantile costs.
size_t mb_sample_pairs_needed(const struct mb_sample_estimate *estimate,
                              const struct mb_sample_estimate *twin, double confidence,
                              double power, size_t limit)
{
    if (estimate->state == MB_SAMPLE_TOO_FEW || !(fabs(estimate->value) > 0.0)) {
        return limit;
    }
    struct hurdles seen = hurdles_of(estimate, twin);
    size_t low = 2;
    size_t high = pairs_guess(estimate, confidence, power, limit);
    for (size_t step = 1; high < limit; step *= 2) {
        if (is_enough(estimate, &seen, high, confidence, power)) {
            break;
        }
        low = high + 1;
        high = limit - high > step ? high + step : limit;
    }
    // The answer is in low to high: steps down, until one is too far (0 from then on).
    for (size_t step = 1; low < high;) {
        size_t at = step > 0 && high - low > step ? high - step : low + (high - low) / 2;
        if (is_enough(estimate, &seen, at, confidence, power)) {
            high = at;
            step *= 2;
        } else {
            low = at + 1;
            step = 0;
        }
    }
    return high;
}
