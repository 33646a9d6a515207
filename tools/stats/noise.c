#include "stats/noise.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

enum {
    SEGMENT = MB_NOISE_SEGMENT,
    MEDIAN_SPAN = 2 * SEGMENT - 1, // shorter runs than SEGMENT lose in its median
    SCALES = 12,                   // lengths 1, 2, 4 .. 2048
    LONGEST = 8,                   // lengths are measured up to the count over this
    BLOCK = 32,                    // values that tell their own deviation
    PLACES = 1024,                 // at which a length is measured
    SAMPLE = 15,                   // values that guess a rank
    MANY = 100,                    // values from which guessing pays
    TAIL_COUNT = 100,              // differences from which a tail can be told
    RARE = 40                      // values for each jump that is news
};

static const double CLIP = 2.0;        // deviations from the running median that are kept
static const double BLOCK_RATIO = 1.5; // of deviations, beyond what chance does
static const double CERTAIN = 5.0;     // a jump of so many deviations is no noise
static const double KEPT = 0.8; // share of the absolute differences that is averaged
static const double KEPT_MEAN = 0.5585961; // their mean for a standard normal
static const double UNSURE = 2.0; // standard errors that a long length may be too high
static const double PHI_UNSURE = 1.0; // the same for the AR(1) coefficient, over sqrt(n)
static const double GROWTH = 2.0; // of the noise beyond what is measured: a random walk
static const double TAIL = 0.97;
static const double TAIL_QUANTILE = 2.170090; // of a standard normal's absolute value

// A series on whose differences is looked at every length.
struct series {
    size_t count;
    const double *sum; // prefix sums, count + 1
    double *scratch;
    uint32_t *jumps; // prefix counts of certain jumps, count + 1
    double certain;  // a jump of so many deviations is no noise
    double tail;     // how much more than a normal one a short mean scatters, squared
};

// Moves the values of [from, to) that are below the pivot (or, `equal`, not above it) to
// the front; returns one past them. Without a branch on the values, which none predicts.
static size_t partition(double *values, size_t from, size_t to, double pivot, bool equal)
{
    size_t front = from;
    for (size_t i = from; i < to; i++) {
        double value = values[i];
        values[i] = values[front];
        values[front] = value;
        front += equal ? value <= pivot : value < pivot;
    }
    return front;
}

// A guess at the `rank` smallest of [from, to): that of a sample, put in order.
static double guess(const double *values, size_t from, size_t to, size_t rank)
{
    double sample[SAMPLE];
    for (size_t i = 0; i < SAMPLE; i++) {
        double value = values[from + (to - from) * i / SAMPLE];
        size_t place = i;
        for (; place > 0 && sample[place - 1] > value; place--) {
            sample[place] = sample[place - 1];
        }
        sample[place] = value;
    }
    return sample[(rank - 1 - from) * SAMPLE / (to - from)];
}

// Puts the `rank` >= 1 smallest of the values first (Hoare's selection). Reorders.
static void select_smallest(double *values, size_t count, size_t rank)
{
    size_t from = 0;
    size_t to = count;
    while (to - from > 1) {
        double pivot =
            to - from < MANY ? values[rank - 1] : guess(values, from, to, rank);
        size_t below = partition(values, from, to, pivot, false);
        if (rank <= below) {
            to = below;
            continue;
        }
        from = partition(values, below, to, pivot, true);
        if (rank <= from) {
            return;
        }
    }
}

// Standard deviation of absolute differences whose centre is 0, from the smaller 80% of
// them: hardly moved by steps and outliers, and by rounding less than a median. Reorders.
static double deviation_of(double *absolute, size_t count)
{
    size_t kept = (size_t)(KEPT * (double)count);
    if (kept == 0) {
        kept = 1;
    }
    select_smallest(absolute, count, kept);
    double sum = 0.0;
    for (size_t i = 0; i < kept; i++) {
        sum += absolute[i];
    }
    return sum / (double)kept / KEPT_MEAN;
}

static void put_in_order(double *low, double *high)
{
    double smaller = *low < *high ? *low : *high;
    double larger = *low < *high ? *high : *low;
    *low = smaller;
    *high = larger;
}

// Of seven values, by a network of exchanges (Devillard 1998, after Paeth): it has no
// branch and stays in registers.
static double median_of_span(const double *values)
{
    static_assert(MEDIAN_SPAN == 7, "the network is for seven values");
    double a = values[0];
    double b = values[1];
    double c = values[2];
    double d = values[3];
    double e = values[4];
    double f = values[5];
    double g = values[6];
    put_in_order(&a, &f);
    put_in_order(&a, &d);
    put_in_order(&b, &g);
    put_in_order(&c, &e);
    put_in_order(&a, &b);
    put_in_order(&d, &f);
    put_in_order(&c, &g);
    put_in_order(&c, &d);
    put_in_order(&d, &g);
    put_in_order(&e, &f);
    put_in_order(&b, &e);
    put_in_order(&b, &d);
    put_in_order(&d, &e);
    return d;
}

// Draws what lies further than `reach` from the median of its neighbours in to that
// distance. At the ends the neighbours are the first and last MEDIAN_SPAN.
static double draw_in(const double *values, size_t count, size_t at, double reach)
{
    size_t half = MEDIAN_SPAN / 2;
    size_t from = at < half ? 0 : at - half;
    if (from + MEDIAN_SPAN > count) {
        from = count - MEDIAN_SPAN;
    }
    double value = values[at];
    size_t near = 0; // when most of them are, the median is
    for (size_t i = from; i < from + MEDIAN_SPAN; i++) {
        near += fabs(values[i] - value) <= reach;
    }
    if (2 * near > MEDIAN_SPAN) {
        return value;
    }
    double median = median_of_span(values + from);
    // Not fmin and fmax: they are calls.
    value = value < median - reach ? median - reach : value;
    return value > median + reach ? median + reach : value;
}

// Deviation of the noise from first differences; never below what rounding makes of it.
// `smallest` is set to the smallest difference that is none.
static double small_deviation(const double *values, size_t count, double *scratch,
                              double *smallest)
{
    double quantum = INFINITY;
    double largest = fabs(values[0]);
    for (size_t i = 1; i < count; i++) {
        double step = fabs(values[i] - values[i - 1]);
        double size = fabs(values[i]);
        scratch[i - 1] = step;
        quantum = step > 0.0 && step < quantum ? step : quantum;
        largest = size > largest ? size : largest;
    }
    *smallest = quantum;
    if (isinf(quantum)) {
        return 0.0;
    }
    double noise = deviation_of(scratch, count - 1) * M_SQRT1_2;
    return fmax(fmax(noise, quantum / sqrt(12.0)), largest * 1e-9);
}

// The deviation in a block, where it is clearly larger than that of the series: drawn in
// by the latter, the block would become a running median, which is smooth where the noise
// is not.
static double block_deviation(const double *values, size_t count, size_t at,
                              double deviation)
{
    double steps[BLOCK];
    size_t from = at + BLOCK < count ? at : count - BLOCK - 1;
    for (size_t i = 0; i < BLOCK; i++) {
        steps[i] = fabs(values[from + i + 1] - values[from + i]);
    }
    double own = deviation_of(steps, BLOCK) * M_SQRT1_2;
    return own > BLOCK_RATIO * deviation ? own : deviation;
}

double mb_noise_draw_in(const double *values, size_t count, double *drawn)
{
    double quantum = 0.0;
    double deviation = small_deviation(values, count, drawn, &quantum);
    double reach = fmax(CLIP * deviation, quantum);
    for (size_t i = 0; i < count; i++) {
        if (i % BLOCK == 0 && count > BLOCK) {
            double own = block_deviation(values, count, i, deviation);
            reach = fmax(CLIP * own, quantum);
        }
        drawn[i] = draw_in(values, count, i, reach);
    }
    return deviation;
}

// Variance of the difference between the means of two adjacent blocks of `length` values
// of an AR(1) process whose variance is 1.
static double ar_variance(double phi, size_t length)
{
    double h = (double)length;
    double power = pow(phi, h);
    double geometric = (1.0 - power) / (1.0 - phi);
    double weighted = phi / (1.0 - phi) * (h - geometric);
    double of_mean = (h + 2.0 * weighted) / (h * h);
    double between = phi * geometric * geometric / (h * h);
    return 2.0 * (of_mean - between);
}

// The AR(1) coefficient at which the variances of `length` and 1 have this ratio.
static double ar_fit(double ratio, size_t length)
{
    double low = 0.0;
    double high = 0.99;
    for (int i = 0; i < 30; i++) {
        double phi = (low + high) / 2.0;
        if (ar_variance(phi, length) / ar_variance(phi, 1) < ratio) {
            low = phi;
        } else {
            high = phi;
        }
    }
    return low;
}

// Difference between the sums of two adjacent blocks.
static double sums_apart(const struct series *series, size_t at, size_t length)
{
    const double *sum = series->sum + at;
    return fabs(sum[length] - 2.0 * sum[0] + *(sum - length));
}

// A mean of SEGMENT values of heavy-tailed noise has heavier tails than a normal one: the
// squared ratio of the TAIL quantile of its absolute differences to what their deviation
// says. `absolute` as deviation_of() left them.
static double tail_of(double *absolute, size_t count, double deviation)
{
    size_t rank = (size_t)(TAIL * (double)count);
    if (count < TAIL_COUNT) {
        return 1.0;
    }
    select_smallest(absolute, count, rank);
    double ratio = absolute[rank - 1] / (deviation * TAIL_QUANTILE);
    return fmax(1.0, ratio * ratio);
}

// Places next to each other say nearly the same, and PLACES of them say enough.
static size_t stride_of(size_t length, size_t count)
{
    size_t near = length < 8 ? 1 : length / 4;
    size_t enough = count / PLACES;
    return near > enough ? near : enough;
}

// Variance of the difference between adjacent means of `length`, over all places without
// a certain jump among the values; places with one are marked for the lengths that
// follow. `places` is set to how many there are.
static double variance_at(struct series *series, size_t length, size_t *places)
{
    size_t stride = stride_of(length, series->count);
    size_t found = 0;
    for (size_t at = length; at + length <= series->count; at += stride) {
        if (series->jumps[at + length - 1] == series->jumps[at - length]) {
            series->scratch[found] = sums_apart(series, at, length) / (double)length;
            found++;
        }
    }
    *places = found;
    if (found == 0) {
        return 0.0;
    }
    double deviation = deviation_of(series->scratch, found);
    if (length == SEGMENT && deviation > 0.0) {
        series->tail = tail_of(series->scratch, found, deviation);
    }
    return deviation * deviation;
}

static bool is_peak(const struct series *series, size_t at, size_t length)
{
    double here = sums_apart(series, at, length);
    size_t from = at > 2 * length ? at - length + 1 : length;
    size_t to = series->count - length;
    // Most are on the slope of one: their neighbour says so at once.
    if ((at > from && sums_apart(series, at - 1, length) > here) ||
        (at < to && length > 1 && sums_apart(series, at + 1, length) > here)) {
        return false;
    }
    for (size_t k = from; k <= to && k < at + length; k++) {
        if (sums_apart(series, k, length) > here) {
            return false;
        }
    }
    return true;
}

// series->jumps[i] counts the jumps at 1..i; a jump is the largest difference of its
// length around, and too large for noise.
static size_t mark_jumps(struct series *series, size_t length, double variance)
{
    double limit = series->certain * sqrt(variance) * (double)length;
    uint32_t added = 0;
    for (size_t i = length; i + length <= series->count; i++) {
        if (sums_apart(series, i, length) > limit) {
            added += is_peak(series, i, length);
        }
        series->jumps[i] += added;
    }
    for (size_t i = series->count - length + 1; i <= series->count; i++) {
        series->jumps[i] += added;
    }
    return added;
}

// What the series itself shows of its noise, at lengths 1, 2, 4 ..
struct scales {
    double variance[SCALES]; // of the difference between adjacent means of that length
    double least[SCALES];    // what it is at least, given how few places there are
    size_t count;
};

// `least`: what a first difference varies by at least; rounding may make longer ones
// vanish, and nothing is certain then. Returns false when jumps are so
// many that they are what the series does by itself.
static bool measure_scales(struct series *series, double least, struct scales *scales)
{
    scales->count = 0;
    for (size_t length = 1; scales->count < SCALES && length * LONGEST <= series->count;
         length *= 2) {
        size_t places = 0;
        double variance = variance_at(series, length, &places);
        places *= stride_of(length, series->count);
        if (length > 1 && places * 4 < series->count) {
            return true;
        }
        variance = fmax(variance, least / (double)length);
        size_t jumps = mark_jumps(series, length, variance);
        if (jumps * RARE > series->count) {
            return false;
        }
        double independent = (double)places / (double)length;
        scales->variance[scales->count] = variance;
        scales->least[scales->count] = variance * exp(-UNSURE * sqrt(2.6 / independent));
        scales->count++;
    }
    return true;
}

// How much more than an AR(1) process says the longer means scatter: excess[k] at length
// 2^k, never falling, drawn out beyond what was measured when it was still growing.
static void measure_excess(const struct scales *scales, double phi, double unit,
                           double *excess)
{
    double most = 1.0;
    double growth = 1.0;
    double last_ratio = 1.0;
    for (size_t scale = 0; scale <= SCALES; scale++) {
        double before = most;
        if (scale >= scales->count) {
            most *= growth;
        } else {
            double expected = unit * ar_variance(phi, (size_t)1 << scale);
            most = fmax(most, scales->least[scale] / expected);
            double ratio = fmin(most / before, GROWTH);
            growth = fmin(ratio, last_ratio);
            last_ratio = ratio;
        }
        excess[scale] = most;
    }
}

// Variance of means of m values, and the covariance of adjacent means, of an AR(1)
// process whose variance is `unit`.
static void fill_variance(const struct series *series, double phi, double unit,
                          const double *excess, struct mb_noise *noise)
{
    double power = 1.0;
    double sums = 1.0 / (1.0 - phi);
    double shared = sqrt(2.0 * phi * unit);
    size_t scale = 0;
    for (size_t m = 1; m <= series->count; m++) {
        power *= phi;
        double length = (double)m;
        double share = 1.0 / length;
        double geometric = (1.0 - power) * sums;
        double weighted = phi * sums * (length - geometric);
        double of_mean = (length + 2.0 * weighted) * share * share;
        while ((size_t)2 << scale <= m) {
            scale++;
        }
        double beyond = length / (double)((size_t)1 << scale) - 1.0;
        double more = excess[scale] + (excess[scale + 1] - excess[scale]) * beyond;
        double tail = 1.0 + (series->tail - 1.0) * (m < SEGMENT ? 1.0 : SEGMENT * share);
        noise->variance[m] = unit * of_mean * more * tail;
        noise->shared[m] = shared * geometric * share;
    }
}

// What counts is the noise that a mean of a length shows in this series. Short lengths
// are measured well: from them an AR(1) process is fitted and drawn out to the long ones.
// Long ones are measured badly, but show drift, seasons and slow waves that no short one
// does: taken at the lower end of their uncertainty, and then only if they are above.
void mb_noise_measure(const double *sum, size_t count, double least,
                      struct mb_noise *noise)
{
    struct series series = {.count = count,
                            .sum = sum,
                            .scratch = mb_mem_alloc(count + 1, sizeof(double)),
                            .jumps = mb_mem_alloc(count + 1, sizeof(uint32_t)),
                            .certain = CERTAIN,
                            .tail = 1.0};
    struct scales scales = {.count = 0};
    if (!measure_scales(&series, least, &scales)) {
        series.certain = INFINITY;
        memset(series.jumps, 0, (count + 1) * sizeof(uint32_t));
        (void)measure_scales(&series, least, &scales);
    }
    double phi = 0.0;
    if (scales.count > 1) {
        size_t scale = scales.count > 2 ? 2 : 1;
        phi = ar_fit(scales.variance[scale] / scales.variance[0], (size_t)1 << scale) -
              PHI_UNSURE / sqrt((double)count);
        phi = fmax(phi, 0.0);
    }
    double unit = scales.variance[0] / ar_variance(phi, 1);
    double excess[SCALES + 1];
    measure_excess(&scales, phi, unit, excess);
    noise->step = scales.variance[0];
    fill_variance(&series, phi, unit, excess, noise);
    mb_mem_free(series.scratch);
    mb_mem_free(series.jumps);
}
