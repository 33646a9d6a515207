// Rank tests of sample.h. Exact p-values come from the permutation distribution of the
// doubled middle ranks (whole numbers even with ties), counted by dynamic programming.
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/special.h"

// Above this many values the exact distribution costs more than it tells.
enum { EXACT_MAX = 60 };

struct ranked {
    double value;
    size_t index;
};

static int ranked_compare(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

// Doubled middle ranks of `values` into `doubled`; returns the sum of t^3 - t over ties.
static double ranks_double(const double *values, size_t count, size_t *doubled)
{
    struct ranked *order = mb_mem_alloc(count, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        order[i] = (struct ranked){.value = values[i], .index = i};
    }
    qsort(order, count, sizeof *order, ranked_compare);
    double ties = 0.0;
    for (size_t start = 0; start < count;) {
        size_t end = start + 1;
        while (end < count && order[end].value == order[start].value) {
            end++;
        }
        for (size_t i = start; i < end; i++) {
            doubled[order[i].index] = start + end + 1; // (start+1) + end, doubled middle
        }
        double size = (double)(end - start);
        ties += size * size * size - size;
        start = end;
    }
    mb_mem_free(order);
    return ties;
}

// Two-sided p from a discrete distribution over sums low..high: twice the smaller tail
// that includes the observed sum.
static double tails_fold(const double *ways, size_t low, size_t high, size_t observed)
{
    double total = 0.0;
    double below = 0.0;
    double above = 0.0;
    for (size_t sum = low; sum <= high; sum++) {
        total += ways[sum];
        below += sum <= observed ? ways[sum] : 0.0;
        above += sum >= observed ? ways[sum] : 0.0;
    }
    return fmin(1.0, 2.0 * fmin(below, above) / total);
}

static double signed_rank_exact(const size_t *doubled, size_t count, size_t observed)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++) {
        size += doubled[i];
    }
    double *ways = mb_mem_alloc(size, sizeof *ways);
    ways[0] = 1.0;
    size_t reach = 0;
    for (size_t i = 0; i < count; i++) {
        reach += doubled[i];
        for (size_t sum = reach; sum >= doubled[i]; sum--) {
            ways[sum] += ways[sum - doubled[i]];
        }
    }
    double p = tails_fold(ways, 0, size - 1, observed);
    mb_mem_free(ways);
    return p;
}

static double normal_two_sided(double difference, double variance)
{
    double corrected = fmax(0.0, fabs(difference) - 0.5);
    return variance > 0.0
               ? fmin(1.0, 2.0 * mb_special_normal_cdf(-corrected / sqrt(variance)))
               : 1.0;
}

double mb_sample_signed_rank(const double *values, size_t count)
{
    double *sizes = mb_mem_alloc(count, sizeof *sizes);
    bool *positive = mb_mem_alloc(count, sizeof *positive);
    size_t *doubled = mb_mem_alloc(count, sizeof *doubled);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (values[i] != 0.0) {
            sizes[kept] = fabs(values[i]);
            positive[kept++] = values[i] > 0.0;
        }
    }
    double ties = ranks_double(sizes, kept, doubled);
    size_t observed = 0;
    for (size_t i = 0; i < kept; i++) {
        observed += positive[i] ? doubled[i] : 0;
    }
    double n = (double)kept;
    double p = 1.0;
    if (kept > 0 && kept <= EXACT_MAX) {
        p = signed_rank_exact(doubled, kept, observed);
    } else if (kept > 0) {
        p = normal_two_sided((double)observed / 2.0 - n * (n + 1.0) / 4.0,
                             n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0);
    }
    mb_mem_free(sizes);
    mb_mem_free(positive);
    mb_mem_free(doubled);
    return p;
}

// How often each sum of so many ranks occurs, between the lowest and the highest one.
struct sums {
    double *ways; // of the sum 0 and up
    size_t low;
    size_t high;
};

// Adds the sums of one rank more: those of `from` and `rank`.
static void sums_extend(struct sums *to, const struct sums *from, size_t rank)
{
    double *restrict into = to->ways + rank;
    const double *restrict ways = from->ways;
    for (size_t sum = from->low; sum <= from->high; sum++) {
        into[sum] += ways[sum];
    }
    to->low = from->low + rank < to->low ? from->low + rank : to->low;
    to->high = from->high + rank > to->high ? from->high + rank : to->high;
}

// What divides all doubled ranks: 2, unless an even number of values are tied.
static size_t common_factor(const size_t *doubled, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (doubled[i] % 2 != 0) {
            return 1;
        }
    }
    return 2;
}

// Distribution of the sum of `left_count` of the doubled ranks, drawn without
// replacement.
static double rank_sum_exact(const size_t *doubled, size_t count, size_t left_count,
                             size_t observed)
{
    size_t factor = common_factor(doubled, count);
    size_t size = 1 + count * (count + 1) / factor; // the doubled ranks add up to that
    struct sums *taken = mb_mem_alloc(left_count + 1, sizeof *taken);
    double *ways = mb_mem_alloc((left_count + 1) * size, sizeof *ways);
    for (size_t k = 0; k <= left_count; k++) {
        taken[k] = (struct sums){.ways = ways + k * size, .low = k > 0 ? size : 0};
    }
    ways[0] = 1.0;
    for (size_t i = 0; i < count; i++) {
        size_t most = i + 1 < left_count ? i + 1 : left_count;
        size_t left = count - 1 - i;
        size_t least = left < left_count ? left_count - left : 1; // fewer lead nowhere
        for (size_t k = most; k >= least; k--) {
            sums_extend(&taken[k], &taken[k - 1], doubled[i] / factor);
        }
    }
    const struct sums *all = &taken[left_count];
    double p = tails_fold(all->ways, all->low, all->high, observed / factor);
    mb_mem_free(ways);
    mb_mem_free(taken);
    return p;
}

double mb_sample_rank_sum(const double *left, size_t left_count, const double *right,
                          size_t right_count)
{
    size_t count = left_count + right_count;
    if (left_count == 0 || right_count == 0) {
        return 1.0;
    }
    double *all = mb_mem_alloc(count, sizeof *all);
    size_t *doubled = mb_mem_alloc(count, sizeof *doubled);
    memcpy(all, left, left_count * sizeof *all);
    memcpy(all + left_count, right, right_count * sizeof *all);
    double ties = ranks_double(all, count, doubled);
    size_t observed = 0;
    for (size_t i = 0; i < left_count; i++) {
        observed += doubled[i];
    }
    double p;
    if (count <= EXACT_MAX) {
        p = rank_sum_exact(doubled, count, left_count, observed);
    } else {
        double n = (double)count;
        double product = (double)left_count * (double)right_count;
        double mean = (double)left_count * (n + 1.0) / 2.0;
        double variance = product / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
        p = normal_two_sided((double)observed / 2.0 - mean, variance);
    }
    mb_mem_free(all);
    mb_mem_free(doubled);
    return p;
}

double mb_sample_shift(const double *left, size_t left_count, const double *right,
                       size_t right_count)
{
    size_t count = left_count * right_count;
    if (count == 0) {
        return 0.0;
    }
    double *differences = mb_mem_alloc(count, sizeof *differences);
    size_t at = 0;
    for (size_t i = 0; i < left_count; i++) {
        for (size_t j = 0; j < right_count; j++) {
            differences[at++] = right[j] - left[i];
        }
    }
    double median = mb_sample_median(differences, count);
    mb_mem_free(differences);
    return median;
}

double mb_sample_pseudo_median(const double *values, size_t count)
{
    if (count == 0) {
        return 0.0;
    }
    double *averages = mb_mem_alloc(count * (count + 1) / 2, sizeof *averages);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i; j < count; j++) {
            averages[at++] = (values[i] + values[j]) / 2.0;
        }
    }
    double median = mb_sample_median(averages, at);
    mb_mem_free(averages);
    return median;
}
