#include "stats/narrowest.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/special.h"

enum {
    SEGMENT = MB_NARROWEST_SEGMENT,
    MEDIAN_SPAN = 2 * SEGMENT - 1, // shorter runs than SEGMENT lose in its median
    SCALES = 12,                   // lengths 1, 2, 4 .. 2048
    LONGEST = 8,                   // lengths are measured up to the count over this
    NEIGHBOURHOOD = 64             // values beside a point that decide about its place
};

static const double CLIP = 3.0;    // deviations from the running median that are kept
static const double CERTAIN = 6.0; // a jump of so many deviations is no noise
static const double KEPT = 0.8;    // share of the absolute differences that is averaged
static const double KEPT_MEAN = 0.5585961; // their mean for a standard normal
static const double UNSURE = 1.0; // standard errors that a long length may be too high
static const double PHI_UNSURE = 0.6; // the same for the AR(1) coefficient, over sqrt(n)
static const double LOOKS = 1.0;      // independent looks at a series, for each value
static const double DF = 0.5;         // what is known about the noise, for each value

// Interval and its best split.
struct split {
    size_t from;
    size_t at;
    size_t to;
    double z2; // squared difference of the means over its variance
};

struct search {
    size_t count;
    double *x;         // centred, scaled, outliers drawn in
    double *sum;       // prefix sums, count + 1: of x
    double *square;    // of x squared
    double *moment;    // of x times position
    double *roughness; // of squared first differences; [i]: up to x[i] - x[i - 1]
    double *scratch;
    double *variance;     // of the mean of m values, m <= count
    double step_variance; // of a first difference
    double df;            // of what is known about the noise
    uint32_t *jumps;      // prefix counts of certain jumps, count + 1
    double *inverse;      // 1 / m
    struct split *splits;
    size_t *points; // accepted, ascending
    size_t found;
    double limit2; // z2 that counts
};

// Puts the `rank` >= 1 smallest of the values first (Hoare's selection). Reorders.
static void select_smallest(double *values, size_t count, size_t rank)
{
    ptrdiff_t low = 0;
    ptrdiff_t high = (ptrdiff_t)count - 1;
    ptrdiff_t last = (ptrdiff_t)rank - 1;
    while (low < high) {
        double pivot = values[last];
        ptrdiff_t i = low;
        ptrdiff_t j = high;
        while (i <= j) {
            while (values[i] < pivot) {
                i++;
            }
            while (values[j] > pivot) {
                j--;
            }
            if (i <= j) {
                double swap = values[i];
                values[i] = values[j];
                values[j] = swap;
                i++;
                j--;
            }
        }
        if (j < last) {
            low = i;
        }
        if (last < i) {
            high = j;
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

static double median_of_span(const double *values)
{
    double sorted[MEDIAN_SPAN];
    for (size_t i = 0; i < MEDIAN_SPAN; i++) {
        size_t j = i;
        for (; j > 0 && sorted[j - 1] > values[i]; j--) {
            sorted[j] = sorted[j - 1];
        }
        sorted[j] = values[i];
    }
    return sorted[MEDIAN_SPAN / 2];
}

// Draws what lies further than CLIP deviations from the median of its neighbours in to
// that distance. At the ends the neighbours are the first and last MEDIAN_SPAN.
static void draw_in(const double *values, size_t count, double deviation, double *drawn)
{
    size_t half = MEDIAN_SPAN / 2;
    double reach = CLIP * deviation;
    for (size_t i = 0; i < count; i++) {
        size_t from = i < half ? 0 : i - half;
        if (from + MEDIAN_SPAN > count) {
            from = count - MEDIAN_SPAN;
        }
        double median = median_of_span(values + from);
        drawn[i] = fmin(fmax(values[i], median - reach), median + reach);
    }
}

// Deviation of the noise from first differences; never below what rounding makes of it.
static double small_deviation(const double *values, size_t count, double *scratch)
{
    double quantum = INFINITY;
    double largest = fabs(values[0]);
    for (size_t i = 1; i < count; i++) {
        double step = fabs(values[i] - values[i - 1]);
        scratch[i - 1] = step;
        quantum = step > 0.0 ? fmin(quantum, step) : quantum;
        largest = fmax(largest, fabs(values[i]));
    }
    if (isinf(quantum)) {
        return 0.0;
    }
    double noise = deviation_of(scratch, count - 1) * M_SQRT1_2;
    return fmax(fmax(noise, quantum / sqrt(12.0)), largest * 1e-9);
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

// The AR(1) coefficient at which variances of length 4 and 1 have this ratio.
static double ar_fit(double ratio)
{
    double low = 0.0;
    double high = 0.99;
    for (int i = 0; i < 30; i++) {
        double phi = (low + high) / 2.0;
        if (ar_variance(phi, 4) / ar_variance(phi, 1) < ratio) {
            low = phi;
        } else {
            high = phi;
        }
    }
    return low;
}

static double difference_at(const struct search *search, size_t at, size_t length)
{
    const double *sum = search->sum + at;
    return (sum[length] - 2.0 * sum[0] + *(sum - length)) / (double)length;
}

static size_t stride_of(size_t length)
{
    return length < 8 ? 1 : length / 4;
}

// Variance of the difference between adjacent means of `length`, over all places without
// a certain jump among the values; places with one are marked for the lengths that
// follow. `places` is set to how many there are.
static double variance_at(struct search *search, size_t length, size_t *places)
{
    size_t stride = stride_of(length);
    size_t found = 0;
    for (size_t at = length; at + length <= search->count; at += stride) {
        if (search->jumps[at + length - 1] == search->jumps[at - length]) {
            search->scratch[found] = fabs(difference_at(search, at, length));
            found++;
        }
    }
    *places = found;
    if (found == 0) {
        return 0.0;
    }
    double deviation = deviation_of(search->scratch, found);
    return deviation * deviation;
}

static bool is_peak(const struct search *search, size_t at, size_t length)
{
    double here = fabs(difference_at(search, at, length));
    size_t from = at > 2 * length ? at - length + 1 : length;
    size_t to = search->count - length;
    for (size_t k = from; k <= to && k < at + length; k++) {
        if (fabs(difference_at(search, k, length)) > here) {
            return false;
        }
    }
    return true;
}

// search->jumps[i] counts the jumps at 1..i; a jump is the largest difference of its
// length around, and too large for noise.
static void mark_jumps(struct search *search, size_t length, double variance)
{
    double limit = CERTAIN * sqrt(variance);
    uint32_t added = 0;
    for (size_t i = length; i <= search->count; i++) {
        if (i + length <= search->count &&
            fabs(difference_at(search, i, length)) > limit) {
            added += is_peak(search, i, length);
        }
        search->jumps[i] += added;
    }
}

// Fills search->variance[m], of a mean of m values. What counts is the noise that a mean
// of that length shows in this series. Short lengths are measured well: from them an
// AR(1) process is fitted and drawn out to the long ones. Long ones are measured badly,
// but show drift, seasons and slow waves that no short one does: taken at the lower end
// of their uncertainty, and then only if they are above. `least`: what a first difference
// varies by at least.
static void measure_noise(struct search *search, double least)
{
    double measured[SCALES];
    double floor[SCALES];
    size_t scales = 0;
    size_t length = 1;
    for (; scales < SCALES && length * LONGEST <= search->count; length *= 2) {
        size_t places = 0;
        measured[scales] = variance_at(search, length, &places);
        if (scales == 0) {
            measured[0] = fmax(measured[0], least);
        }
        if (scales > 0 && places * 4 * stride_of(length) < search->count) {
            break;
        }
        mark_jumps(search, length, measured[scales]);
        double independent = (double)(places * stride_of(length)) / (double)length;
        floor[scales] = measured[scales] * exp(-UNSURE * sqrt(2.6 / independent));
        scales++;
    }
    search->step_variance = measured[0];
    double phi = 0.0;
    if (scales > 2 && measured[0] > 0.0) {
        phi =
            ar_fit(measured[2] / measured[0]) - PHI_UNSURE / sqrt((double)search->count);
        phi = fmax(phi, 0.0);
    }
    double unit = measured[0] / ar_variance(phi, 1);
    double most = 0.0;
    size_t scale = 0;
    for (size_t m = 1; m <= search->count; m++) {
        if (m == (size_t)1 << scale && scale < SCALES) {
            most = fmax(most, unit * ar_variance(phi, m) * (double)m);
            if (scale < scales) {
                most = fmax(most, floor[scale] * (double)m);
            }
            scale++;
        }
        search->variance[m] = most / 2.0 / (double)m;
    }
}

static double sum_between(const double *sum, size_t from, size_t to)
{
    return sum[to] - sum[from];
}

// Squared errors of one level, and of a line, for x[from..to).
static double level_error(const struct search *search, size_t from, size_t to)
{
    double sum = sum_between(search->sum, from, to);
    return sum_between(search->square, from, to) - sum * sum / (double)(to - from);
}

static double line_error(const struct search *search, size_t from, size_t to)
{
    double n = (double)(to - from);
    double centre = (double)from + (n - 1.0) / 2.0;
    double across = sum_between(search->moment, from, to) -
                    centre * sum_between(search->sum, from, to);
    return level_error(search, from, to) - across * across / (n * (n * n - 1.0) / 12.0);
}

// How clear a split is: z2, less where the values around are rougher than elsewhere, and
// nothing where a straight line fits them as well as two levels.
static double judge(const struct search *search, size_t from, size_t at, size_t to)
{
    double left = (double)(at - from);
    double right = (double)(to - at);
    double difference = sum_between(search->sum, at, to) / right -
                        sum_between(search->sum, from, at) / left;
    double z2 = difference * difference /
                (search->variance[at - from] + search->variance[to - at]);
    if (z2 <= search->limit2) {
        return z2;
    }
    double levels = level_error(search, from, at) + level_error(search, at, to);
    if (levels >= line_error(search, from, to)) {
        return 0.0;
    }
    double rough = sum_between(search->roughness, from + 1, to) -
                   sum_between(search->roughness, at, at + 1);
    double length = (double)(to - from);
    double ratio = rough / (length - 2.0) / search->step_variance;
    return z2 / fmax(1.0, ratio / (1.0 + sqrt(3.0 / length)));
}

static struct split best_split(const struct search *search, size_t from, size_t to)
{
    struct split best = {from, from, to, 0.0};
    const double *sum = search->sum;
    for (size_t at = from + SEGMENT; at + SEGMENT <= to; at++) {
        double difference = (sum[to] - sum[at]) * search->inverse[to - at] -
                            (sum[at] - sum[from]) * search->inverse[at - from];
        double z2 = difference * difference /
                    (search->variance[at - from] + search->variance[to - at]);
        if (z2 > best.z2) {
            best.z2 = z2;
            best.at = at;
        }
    }
    if (best.z2 > search->limit2) {
        best.z2 = judge(search, from, best.at, to);
    }
    return best;
}

// Whether an accepted point lies inside the interval.
static bool is_taken(const struct search *search, size_t from, size_t to)
{
    size_t low = 0;
    size_t high = search->found;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (search->points[middle] <= from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < search->found && search->points[low] < to;
}

static void accept(struct search *search, size_t at)
{
    size_t place = search->found;
    while (place > 0 && search->points[place - 1] > at) {
        search->points[place] = search->points[place - 1];
        place--;
    }
    search->points[place] = at;
    search->found++;
}

static int clearer_first(const void *left, const void *right)
{
    const struct split *a = left;
    const struct split *b = right;
    if (a->z2 != b->z2) {
        return a->z2 < b->z2 ? 1 : -1;
    }
    return (a->from > b->from) - (a->from < b->from);
}

// Intervals of one length, each half over the one before, the last flush with the end.
static void search_length(struct search *search, size_t length)
{
    size_t shift = length / 2;
    size_t count = 0;
    for (size_t from = 0;; from += shift) {
        bool last = from + length >= search->count;
        from = last ? search->count - length : from;
        if (!is_taken(search, from, from + length)) {
            struct split split = best_split(search, from, from + length);
            if (split.z2 > search->limit2) {
                search->splits[count] = split;
                count++;
            }
        }
        if (last) {
            break;
        }
    }
    qsort(search->splits, count, sizeof(*search->splits), clearer_first);
    for (size_t i = 0; i < count; i++) {
        const struct split *split = &search->splits[i];
        if (!is_taken(search, split->from, split->to)) {
            accept(search, split->at);
        }
    }
}

static size_t segment_from(const struct search *search, size_t point)
{
    return point > 0 ? search->points[point - 1] : 0;
}

static size_t segment_to(const struct search *search, size_t point)
{
    return point + 1 < search->found ? search->points[point + 1] : search->count;
}

// Whole segments between the points may hold a move that no seeded interval shows.
static void search_segments(struct search *search)
{
    size_t segment = 0;
    while (segment <= search->found) {
        size_t from = segment > 0 ? search->points[segment - 1] : 0;
        size_t to = segment < search->found ? search->points[segment] : search->count;
        struct split split = {0};
        if (to - from >= (size_t)2 * SEGMENT) {
            split = best_split(search, from, to);
        }
        if (split.z2 > search->limit2) {
            accept(search, split.at);
        } else {
            segment++;
        }
    }
}

// The place of a point that its segments like best. It was found in a narrow interval.
static void settle(struct search *search, size_t point)
{
    size_t from = segment_from(search, point);
    size_t to = segment_to(search, point);
    if (to - from < (size_t)2 * SEGMENT) {
        return;
    }
    size_t at = search->points[point];
    size_t reach = NEIGHBOURHOOD;
    from = at - from > reach ? at - reach : from;
    to = to - at > reach ? at + reach : to;
    struct split split = best_split(search, from, to);
    if (split.at > from) {
        search->points[point] = split.at;
    }
}

// How clear a point is at the length at which it is clearest.
static double clearness(const struct search *search, size_t point)
{
    size_t at = search->points[point];
    size_t left = at - segment_from(search, point);
    size_t right = segment_to(search, point) - at;
    size_t longest = left > right ? left : right;
    double most = 0.0;
    for (size_t length = SEGMENT;; length *= 2) {
        size_t before = length < left ? length : left;
        size_t after = length < right ? length : right;
        most = fmax(most, judge(search, at - before, at, at + after));
        if (length >= longest) {
            return most;
        }
    }
}

// Takes the least clear point out until all are clear.
static void prune(struct search *search)
{
    while (search->found > 0) {
        size_t weakest = 0;
        double least = INFINITY;
        for (size_t i = 0; i < search->found; i++) {
            double clear = clearness(search, i);
            if (clear < least) {
                least = clear;
                weakest = i;
            }
        }
        if (least > search->limit2) {
            return;
        }
        search->found--;
        memmove(search->points + weakest, search->points + weakest + 1,
                (search->found - weakest) * sizeof(*search->points));
    }
}

// Two-sided, for as many looks as a series of that length offers.
static double p_value_of(const struct search *search, double z2)
{
    double looks = LOOKS * (double)search->count;
    return fmin(1.0, looks * mb_special_t_two_sided(sqrt(z2), search->df));
}

static double limit_of(const struct search *search, double p_value)
{
    double looks = LOOKS * (double)search->count;
    double z = mb_special_t_quantile(1.0 - p_value / looks / 2.0, search->df);
    return z * z;
}

static void search_init(struct search *search, size_t count)
{
    size_t room = count + 1;
    double *memory = mb_mem_alloc(room * 8, sizeof(double));
    *search = (struct search){.count = count,
                              .x = memory,
                              .sum = memory + room,
                              .square = memory + 2 * room,
                              .moment = memory + 3 * room,
                              .roughness = memory + 4 * room,
                              .scratch = memory + 5 * room,
                              .variance = memory + 6 * room,
                              .inverse = memory + 7 * room};
    search->jumps = mb_mem_alloc(room, sizeof(*search->jumps));
    search->splits = mb_mem_alloc(room, sizeof(*search->splits));
    search->points = mb_mem_alloc(room, sizeof(*search->points));
}

static void search_release(struct search *search)
{
    mb_mem_free(search->x);
    mb_mem_free(search->jumps);
    mb_mem_free(search->splits);
    mb_mem_free(search->points);
}

// Centres and scales to [-1, 1], so that squares neither overflow nor vanish; fills the
// prefix sums. Returns false when all values are the same.
static bool prepare(struct search *search, double *centre, double *scale)
{
    size_t count = search->count;
    *centre = search->x[count / 2];
    *scale = 0.0;
    for (size_t i = 0; i < count; i++) {
        search->x[i] -= *centre;
        *scale = fmax(*scale, fabs(search->x[i]));
    }
    if (*scale == 0.0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        double x = search->x[i] / *scale;
        double step = i > 0 ? x - search->x[i - 1] : 0.0;
        search->x[i] = x;
        search->sum[i + 1] = search->sum[i] + x;
        search->square[i + 1] = search->square[i] + x * x;
        search->moment[i + 1] = search->moment[i] + x * (double)i;
        search->roughness[i + 1] = search->roughness[i] + step * step;
        search->inverse[i + 1] = 1.0 / (double)(i + 1);
    }
    return true;
}

static void search_points(struct search *search)
{
    for (double length = 2 * SEGMENT; length < (double)search->count; length *= M_SQRT2) {
        search_length(search, (size_t)length);
    }
    search_segments(search);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < search->found; i++) {
            settle(search, i);
        }
    }
    prune(search);
}

size_t mb_narrowest_find(const double *values, size_t count, double p_value,
                         struct mb_narrowest_point *points)
{
    if (count < (size_t)2 * SEGMENT) {
        return 0;
    }
    struct search search;
    search_init(&search, count);
    double deviation = small_deviation(values, count, search.scratch);
    double centre = 0.0;
    double scale = 0.0;
    size_t found = 0;
    if (deviation > 0.0) {
        draw_in(values, count, deviation, search.x);
        if (prepare(&search, &centre, &scale)) {
            search.df = DF * (double)count;
            search.limit2 = limit_of(&search, p_value);
            double least = deviation / scale;
            measure_noise(&search, 2.0 * least * least);
            search_points(&search);
            found = search.found;
        }
    }
    for (size_t i = 0; i < found; i++) {
        size_t from = segment_from(&search, i);
        size_t at = search.points[i];
        size_t to = segment_to(&search, i);
        double before = sum_between(search.sum, from, at) / (double)(at - from);
        double after = sum_between(search.sum, at, to) / (double)(to - at);
        points[i] = (struct mb_narrowest_point){
            .index = at,
            .before = centre + scale * before,
            .after = centre + scale * after,
            .p_value = p_value_of(&search, clearness(&search, i))};
    }
    search_release(&search);
    return found;
}
