#include "stats/narrowest.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/noise.h"
#include "stats/special.h"

enum {
    SEGMENT = MB_NARROWEST_SEGMENT,
    AROUND = 64, // values by which roughness is judged
    SPLITS = 64  // tried in a long interval
};

static const double FAR_APART = 3.0;  // levels, as a ratio
static const double LOOKS = 1.4;      // independent looks at a series, for each value
static const double CREDIT = 1.4;     // what longer segments are let off, see credit_of()
static const double DF = 0.7;         // what is known about the noise, for each value
static const double DRIFT_STEP = 0.4; // share of the limit that a step beside drift needs

// Interval and its best split.
struct split {
    size_t from;
    size_t at;
    size_t to;
    double clear; // squared difference of the means over its variance, and the credit
};

struct search {
    size_t count;
    size_t segment; // shortest level
    double centre;
    double scale;
    bool logarithmic;
    double *x;         // centred, scaled, outliers drawn in
    double *sum;       // prefix sums, count + 1: of x
    double *square;    // of x squared
    double *moment;    // of x times position
    double *moment2;   // of x times position squared
    double *roughness; // of squared first differences; [i]: up to x[i] - x[i - 1]
    struct mb_noise noise;
    double df;       // of what is known about the noise
    double *inverse; // 1 / m
    size_t weighed;  // the length that these are for, see weigh():
    double *whole;   // what the sum of the whole counts for, [left]
    double *part;    // and that of the left part
    double least;    // z2 that may count
    struct split *splits;
    size_t *points;  // accepted, ascending
    double *weights; // of the points
    size_t found;
    double limit; // clearness that counts
};

static double sum_between(const double *sum, size_t from, size_t to)
{
    return sum[to] - sum[from];
}

// Squared errors of one level, and of a parabola, for x[from..to).
static double level_error(const struct search *search, size_t from, size_t to)
{
    double sum = sum_between(search->sum, from, to);
    return sum_between(search->square, from, to) - sum * sum / (double)(to - from);
}

static double curve_error(const struct search *search, size_t from, size_t to)
{
    double n = (double)(to - from);
    double centre = (double)from + (n - 1.0) / 2.0;
    double sum = sum_between(search->sum, from, to);
    double first = sum_between(search->moment, from, to);
    double second = sum_between(search->moment2, from, to);
    // Legendre's discrete polynomials of degree 1 and 2, and the squares of their norms.
    double line = first - centre * sum;
    double bend =
        second - 2.0 * centre * first + (centre * centre - (n * n - 1.0) / 12.0) * sum;
    double line_norm = n * (n * n - 1.0) / 12.0;
    double bend_norm = line_norm * (n * n - 4.0) / 15.0;
    return level_error(search, from, to) - line * line / line_norm -
           bend * bend / bend_norm;
}

// Of the difference between the means of two adjacent segments.
static double variance_between(const struct search *search, size_t left, size_t right)
{
    return search->noise.variance[left] + search->noise.variance[right] -
           search->noise.shared[left] * search->noise.shared[right];
}

// How much rougher x[from..to) is than the series, squared; 1 unless it is more than
// chance does to so few values.
static double roughness_of(const struct search *search, size_t from, size_t to)
{
    double steps = (double)(to - from - 1);
    double ratio =
        sum_between(search->roughness, from + 1, to) / steps / search->noise.step;
    return ratio > 1.0 + sqrt(3.0 / steps) ? ratio : 1.0;
}

// variance_between() where one side or both are rougher than the series. Few values tell
// little: up to AROUND of them on each side are asked.
static double rough_variance(const struct search *search, size_t from, size_t at,
                             size_t to)
{
    size_t first = at - from < AROUND ? (at > AROUND ? at - AROUND : 0) : from;
    size_t last = to - at < AROUND ? at + AROUND : to;
    last = last < search->count ? last : search->count;
    double left = search->noise.variance[at - from];
    double right = search->noise.variance[to - at];
    return variance_between(search, at - from, to - at) +
           (roughness_of(search, first, at) - 1.0) * left +
           (roughness_of(search, at, last) - 1.0) * right;
}

// Squared difference of the means over its variance.
static double z2_of(const struct search *search, size_t from, size_t at, size_t to)
{
    double difference = sum_between(search->sum, at, to) * search->inverse[to - at] -
                        sum_between(search->sum, from, at) * search->inverse[at - from];
    return difference * difference / variance_between(search, at - from, to - at);
}

// A series offers fewer places for long segments than for short ones, so the same z2 is
// less likely by chance. Were all lengths to raise as many false alarms, CREDIT would be
// 2 (Duembgen and Spokoiny 2001, https://doi.org/10.1214/aos/996986504).
static double credit_of(size_t left, size_t right)
{
    size_t shorter = left < right ? left : right;
    return CREDIT * log((double)shorter / SEGMENT);
}

// How clear a split is: z2 and its credit, less where the values around are rougher than
// elsewhere, and nothing where a slow curve fits them as well as two levels. A parabola
// has as many parameters as a step; a true step leaves it a fifth of its height squared
// and more.
static double judge(const struct search *search, size_t from, size_t at, size_t to)
{
    double credit = credit_of(at - from, to - at);
    double z2 = z2_of(search, from, at, to);
    if (z2 + credit <= search->limit) {
        return z2 + credit;
    }
    double levels = level_error(search, from, at) + level_error(search, at, to);
    if (levels >= curve_error(search, from, to)) {
        return 0.0;
    }
    return z2 * variance_between(search, at - from, to - at) /
               rough_variance(search, from, at, to) +
           credit;
}

// Whether the whole segments beside a point are a slow curve rather than two levels, on
// which a step adds nothing clear.
static bool is_drift(const struct search *search, size_t from, size_t at, size_t to)
{
    double levels = level_error(search, from, at) + level_error(search, at, to);
    if (levels < curve_error(search, from, to)) {
        return false;
    }
    double n = (double)(to - from);
    double left = (double)(at - from);
    double right = (double)(to - at);
    double centre = (double)from + (n - 1.0) / 2.0;
    double line_norm = n * (n * n - 1.0) / 12.0;
    double bend_norm = line_norm * (n * n - 4.0) / 15.0;
    // The step (1 from `at` on) and the values, each along the two polynomials.
    double line = left * right / 2.0;
    double bend = line * (right - left) / 3.0;
    double sum = sum_between(search->sum, from, to);
    double first = sum_between(search->moment, from, to);
    double second = sum_between(search->moment2, from, to);
    double x_line = first - centre * sum;
    double x_bend =
        second - 2.0 * centre * first + (centre * centre - (n * n - 1.0) / 12.0) * sum;
    double own = left * right / n - line * line / line_norm - bend * bend / bend_norm;
    double shared = sum_between(search->sum, at, to) - sum * right / n -
                    x_line * line / line_norm - x_bend * bend / bend_norm;
    size_t shorter = at - from < to - at ? at - from : to - at;
    double noise = search->noise.variance[shorter] * (double)shorter;
    return !(shared * shared > DRIFT_STEP * search->limit * noise * own);
}

static size_t stride_of(size_t length)
{
    return length < 2 * SPLITS ? 1 : length / SPLITS;
}

// Fills what the splits of all intervals of this length have in common: the root of z2 is
// the sum of the whole times whole[left] less that of the left part times part[left].
static void weigh(struct search *search, size_t length)
{
    if (search->weighed == length) {
        return;
    }
    search->weighed = length;
    search->least = search->limit - credit_of(length / 2, length / 2);
    size_t stride = stride_of(length);
    size_t segment = search->segment;
    for (size_t left = segment; left + segment <= length; left += stride) {
        size_t right = length - left;
        double weight = 1.0 / sqrt(variance_between(search, left, right));
        search->whole[left] = weight * search->inverse[right];
        search->part[left] = weight * (search->inverse[left] + search->inverse[right]);
    }
}

// Tries every split of short intervals. In long ones neighbouring splits say nearly the
// same: there some SPLITS are tried, and then those around the best.
static struct split best_split(struct search *search, size_t from, size_t to)
{
    size_t length = to - from;
    size_t stride = stride_of(length);
    weigh(search, length);
    const double *sum = search->sum + from;
    double total = sum[length] - sum[0];
    double most = 0.0;
    size_t segment = search->segment;
    size_t best = segment;
    for (size_t left = segment; left + segment <= length; left += stride) {
        double z =
            total * search->whole[left] - (sum[left] - sum[0]) * search->part[left];
        if (z * z > most) {
            most = z * z;
            best = left;
        }
    }
    if (stride > 1) {
        size_t first = best < segment + stride ? segment : best - stride;
        for (size_t left = first; left < best + stride && left + segment <= length;
             left++) {
            double z2 = z2_of(search, from, from + left, to);
            if (z2 > most) {
                most = z2;
                best = left;
            }
        }
    }
    double clear = most > search->least ? judge(search, from, from + best, to) : 0.0;
    return (struct split){from, from + best, to, clear};
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
    if (a->clear != b->clear) {
        return a->clear < b->clear ? 1 : -1;
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
            if (split.clear > search->limit) {
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
        if (to - from >= 2 * search->segment) {
            split = best_split(search, from, to);
        }
        if (split.clear > search->limit) {
            accept(search, split.at);
        } else {
            segment++;
        }
    }
}

// How clear a point is at the length at which it is clearest; that length, within the
// neighbouring segments, is put into `from` and `to`.
static double clearness(const struct search *search, size_t point, size_t *from,
                        size_t *to)
{
    size_t at = search->points[point];
    size_t left = at - segment_from(search, point);
    size_t right = segment_to(search, point) - at;
    size_t longest = left > right ? left : right;
    double most = -1.0;
    for (size_t length = search->segment;; length *= 2) {
        size_t before = length < left ? length : left;
        size_t after = length < right ? length : right;
        double clear = judge(search, at - before, at, at + after);
        if (clear > most) {
            most = clear;
            *from = at - before;
            *to = at + after;
        }
        if (length >= longest) {
            break;
        }
    }
    return is_drift(search, at - left, at, at + right) ? 0.0 : most;
}

// Moves a point to the clearest place at the length at which it is clearest: it was found
// in an interval that need not be the best to place it.
static void settle(struct search *search, size_t point)
{
    size_t from = 0;
    size_t to = 0;
    double clear = clearness(search, point, &from, &to);
    if (to - from >= 2 * search->segment) {
        struct split split = best_split(search, from, to);
        if (split.clear > clear) {
            search->points[point] = split.at;
        }
    }
}

// Two-sided, for as many looks as a series of that length offers.
static double p_value_of(const struct search *search, double clear)
{
    double looks = LOOKS * (double)search->count;
    return fmin(1.0, looks * mb_special_t_two_sided(sqrt(clear), search->df));
}

static struct mb_narrowest_point describe(const struct search *search, size_t point)
{
    size_t from = segment_from(search, point);
    size_t at = search->points[point];
    size_t to = segment_to(search, point);
    double before = sum_between(search->sum, from, at) / (double)(at - from);
    double after = sum_between(search->sum, at, to) / (double)(to - at);
    before = search->centre + search->scale * before;
    after = search->centre + search->scale * after;
    double clear = clearness(search, point, &from, &to);
    return (struct mb_narrowest_point){.index = at,
                                       .before =
                                           search->logarithmic ? exp(before) : before,
                                       .after = search->logarithmic ? exp(after) : after,
                                       .p_value = p_value_of(search, clear)};
}

static double clearness_of(const struct search *search, size_t point)
{
    size_t from = 0;
    size_t to = 0;
    return clearness(search, point, &from, &to);
}

static double magnitude_of(const struct search *search, size_t point)
{
    struct mb_narrowest_point described = describe(search, point);
    double level = fmin(fabs(described.before), fabs(described.after));
    return fabs(described.after - described.before) / level;
}

// Takes the weakest point out until all are above the limit. A point's weight depends on
// its neighbours only.
static void prune(struct search *search,
                  double (*weight)(const struct search *search, size_t point),
                  double limit)
{
    double *weights = search->weights;
    for (size_t i = 0; i < search->found; i++) {
        weights[i] = weight(search, i);
    }
    while (search->found > 0) {
        size_t weakest = 0;
        for (size_t i = 1; i < search->found; i++) {
            weakest = weights[i] < weights[weakest] ? i : weakest;
        }
        if (!(weights[weakest] <= limit)) {
            return;
        }
        search->found--;
        size_t behind = search->found - weakest;
        memmove(search->points + weakest, search->points + weakest + 1,
                behind * sizeof(*search->points));
        memmove(weights + weakest, weights + weakest + 1, behind * sizeof(*weights));
        if (weakest > 0) {
            weights[weakest - 1] = weight(search, weakest - 1);
        }
        if (weakest < search->found) {
            weights[weakest] = weight(search, weakest);
        }
    }
}

static double limit_of(const struct search *search, double p_value)
{
    double looks = LOOKS * (double)search->count;
    double z = mb_special_t_quantile(p_value / looks / 2.0, search->df);
    return z * z;
}

static void search_init(struct search *search, size_t count, size_t segment)
{
    size_t room = count + 1;
    double *memory = mb_mem_alloc(room * 12, sizeof(double));
    *search = (struct search){
        .count = count,
        .segment = segment,
        .x = memory,
        .sum = memory + room,
        .square = memory + 2 * room,
        .moment = memory + 3 * room,
        .roughness = memory + 4 * room,
        .moment2 = memory + 5 * room,
        .inverse = memory + 6 * room,
        .weights = memory + 9 * room,
        .whole = memory + 10 * room,
        .part = memory + 11 * room,
        .noise = {.variance = memory + 7 * room, .shared = memory + 8 * room}};
    search->splits = mb_mem_alloc(room, sizeof(*search->splits));
    search->points = mb_mem_alloc(room, sizeof(*search->points));
}

static void search_release(struct search *search)
{
    mb_mem_free(search->x);
    mb_mem_free(search->splits);
    mb_mem_free(search->points);
}

// Centres and scales to [-1, 1], so that squares neither overflow nor vanish; fills the
// prefix sums. Returns false when all values are the same.
static bool prepare(struct search *search)
{
    size_t count = search->count;
    search->centre = search->x[count / 2];
    double scale = 0.0;
    for (size_t i = 0; i < count; i++) {
        search->x[i] -= search->centre;
        double size = fabs(search->x[i]);
        scale = size > scale ? size : scale;
    }
    search->scale = scale;
    if (scale == 0.0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        double place = (double)i;
        double x = search->x[i] / scale;
        double step = i > 0 ? x - search->x[i - 1] : 0.0;
        search->x[i] = x;
        search->sum[i + 1] = search->sum[i] + x;
        search->square[i + 1] = search->square[i] + x * x;
        search->moment[i + 1] = search->moment[i] + x * place;
        search->moment2[i + 1] = search->moment2[i] + x * place * place;
        search->roughness[i + 1] = search->roughness[i] + step * step;
        search->inverse[i + 1] = 1.0 / (place + 1.0);
    }
    return true;
}

static void search_points(struct search *search)
{
    for (size_t length = 2 * search->segment; length < search->count; length *= 2) {
        search_length(search, length);
        size_t between = (size_t)((double)length * M_SQRT2);
        if (between < search->count) {
            search_length(search, between);
        }
    }
    search_segments(search);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < search->found; i++) {
            settle(search, i);
        }
    }
    prune(search, clearness_of, search->limit);
}

// Noise grows with the level: where levels lie far apart, logarithms make it even.
static bool take_logarithms(const double *drawn, const double *values, size_t count,
                            double *logarithms)
{
    double least = INFINITY;
    double most = 0.0;
    double least_value = INFINITY;
    for (size_t i = 0; i < count; i++) {
        least = drawn[i] < least ? drawn[i] : least;
        most = drawn[i] > most ? drawn[i] : most;
        least_value = values[i] < least_value ? values[i] : least_value;
    }
    if (!(least_value > 0.0 && least > 0.0 && most > FAR_APART * least)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        logarithms[i] = log(values[i]);
    }
    return true;
}

size_t mb_narrowest_find(const double *values, size_t count,
                         const struct mb_narrowest_options *options,
                         struct mb_narrowest_point *points)
{
    size_t segment = options->segment > SEGMENT ? options->segment : SEGMENT;
    if (count < 2 * segment) {
        return 0;
    }
    struct search search;
    search_init(&search, count, segment);
    double deviation = mb_noise_draw_in(values, count, search.x);
    search.logarithmic =
        !options->additive && take_logarithms(search.x, values, count, search.inverse);
    if (search.logarithmic) {
        deviation = mb_noise_draw_in(search.inverse, count, search.x);
    }
    if (deviation > 0.0 && prepare(&search)) {
        double least = deviation / search.scale;
        search.df = DF * (double)count;
        search.limit = limit_of(&search, options->p_value);
        mb_noise_measure(search.sum, count, 2.0 * least * least, &search.noise);
        search_points(&search);
        if (options->min_magnitude > 0.0) {
            prune(&search, magnitude_of, options->min_magnitude);
        }
    }
    size_t found = search.found;
    for (size_t i = 0; i < found; i++) {
        points[i] = describe(&search, i);
    }
    search_release(&search);
    return found;
}
