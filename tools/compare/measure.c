// Estimates of compare.h: from the trials of two cells, or four, to an effect.
#include "compare/compare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "stats/special.h"

// Blocks from which on it can be said that the first one is unlike the others.
enum { FIRST_BLOCKS_LEAST = 4 };
static const double FIRST_NEAR = 3.0;
#include "compare/values.h"

// Values of a cell's trials, block by block: log-values where all are positive.
struct values {
    double *plain;
    double *logs;
    size_t count;
    size_t lost;
    bool positive;
    size_t first;   // index of block 1; SIZE_MAX: it is not there
    int64_t common; // largest integer that divides every value seen; 0: none seen yet
};

static struct values values_init(size_t most)
{
    return (struct values){.plain = mb_mem_alloc(most, sizeof(double)),
                           .logs = mb_mem_alloc(most, sizeof(double)),
                           .positive = true,
                           .first = SIZE_MAX};
}

static void values_release(struct values *values)
{
    mb_mem_free(values->plain);
    mb_mem_free(values->logs);
}

static int64_t common_divisor(int64_t left, int64_t right)
{
    while (right != 0) {
        int64_t rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

// A time that was rounded is a whole number of its unit; an average is not.
static void values_see(struct values *values, double value)
{
    bool whole = value > 0.0 && value < 0x1p53 && floor(value) == value;
    values->common = whole ? common_divisor(values->common, (int64_t)value) : 1;
}

static void values_push(struct values *values, double plain, double log_value)
{
    values->plain[values->count] = plain;
    values->logs[values->count++] = log_value;
    values->positive = values->positive && isfinite(log_value);
}

struct mb_value mb_compare_trial_value(const struct mb_comparison *effect, size_t side,
                                       const struct mb_cell *cell,
                                       const struct mb_trial *trial)
{
    return effect->known != NULL
               ? mb_compare_values_trial(effect->known, effect->known_metric, side, cell,
                                         trial)
               : mb_derive_trial(cell, trial, &effect->metric);
}

// Within one run: per block the difference and the log-ratio of a cell and its reference.
static struct values values_paired(const struct mb_comparison *effect, size_t side,
                                   const struct mb_cell *reference,
                                   const struct mb_cell *cell)
{
    struct values values = values_init(reference->trial_count);
    for (size_t i = 0; i < reference->trial_count; i++) {
        const struct mb_trial *left = &reference->trials[i];
        const struct mb_trial *right = mb_cell_find_trial(cell, left->block);
        if (left->status != MB_TRIAL_COMPLETE || right == NULL) {
            continue;
        }
        struct mb_value base = mb_compare_trial_value(effect, side, reference, left);
        struct mb_value value = mb_compare_trial_value(effect, side, cell, right);
        if (base.state != MB_VALUE_KNOWN || value.state != MB_VALUE_KNOWN) {
            values.lost++;
            continue;
        }
        bool positive = base.value > 0.0 && value.value > 0.0;
        values.first = left->block == 1 ? values.count : values.first;
        values_see(&values, base.value);
        values_see(&values, value.value);
        values_push(&values, value.value - base.value,
                    positive ? log(value.value / base.value) : -INFINITY);
    }
    return values;
}

// Of one cell alone.
static struct values values_single(const struct mb_comparison *effect, size_t side,
                                   const struct mb_cell *cell)
{
    struct values values = values_init(cell->trial_count);
    for (size_t i = 0; i < cell->trial_count; i++) {
        if (cell->trials[i].status != MB_TRIAL_COMPLETE) {
            continue;
        }
        struct mb_value value =
            mb_compare_trial_value(effect, side, cell, &cell->trials[i]);
        if (value.state == MB_VALUE_KNOWN) {
            values.first = cell->trials[i].block == 1 ? values.count : values.first;
            values_see(&values, value.value);
            values_push(&values, value.value,
                        value.value > 0.0 ? log(value.value) : -INFINITY);
        } else {
            values.lost++;
        }
    }
    return values;
}

// The largest power of ten that divides every value: a unit that they were rounded to.
static double values_grid(const struct values *values)
{
    int64_t grid = values->common > 0 ? 1 : 0;
    while (grid > 0 && values->common % (grid * 10) == 0) {
        grid *= 10;
    }
    return (double)grid;
}

// How likely block 1 is so far from the others by chance: Student's t of a prediction. 1
// for whatever is nearer than FIRST_NEAR standard errors: it is never told.
static double values_first_p(const struct values *values)
{
    size_t count = values->count - 1;
    if (values->first == SIZE_MAX || values->count < FIRST_BLOCKS_LEAST ||
        !values->positive) {
        return NAN;
    }
    double sum = 0.0;
    double squares = 0.0;
    for (size_t i = 0; i < values->count; i++) {
        sum += i != values->first ? values->logs[i] : 0.0;
    }
    double mean = sum / (double)count;
    for (size_t i = 0; i < values->count; i++) {
        double off = i != values->first ? values->logs[i] - mean : 0.0;
        squares += off * off;
    }
    double df = (double)(count - 1);
    double error = sqrt(squares / df * (1.0 + 1.0 / (double)count));
    double off = fabs(values->logs[values->first] - mean);
    if (!(error > 0.0)) {
        return NAN; // all others are equal: nothing says how far chance goes
    }
    return off < FIRST_NEAR * error ? 1.0 : mb_special_t_two_sided(off / error, df);
}

static void paired_measure(struct mb_comparison *effect, double confidence)
{
    struct values values =
        values_paired(effect, effect->side, effect->baseline, effect->cell);
    effect->blocks = values.count;
    effect->blocks_lost = values.lost;
    effect->difference = mb_sample_paired(values.plain, values.count, confidence);
    effect->log_ratio =
        mb_sample_paired(values.logs, values.positive ? values.count : 0, confidence);
    effect->p_rank =
        mb_sample_signed_rank(values.positive ? values.logs : values.plain, values.count);
    effect->shift = mb_sample_pseudo_median(values.positive ? values.logs : values.plain,
                                            values.count);
    effect->first_p = values_first_p(&values);
    effect->grid = values_grid(&values);
    values_release(&values);
}

// Across runs nothing pairs the blocks: Welch, on logs where there are logs.
static void unpaired_measure(struct mb_comparison *effect, double confidence)
{
    bool overhead = effect->design == MB_COMPARE_OVERHEAD;
    size_t from = effect->baseline_side;
    struct values left =
        overhead
            ? values_paired(effect, from, effect->baseline_reference, effect->baseline)
            : values_single(effect, from, effect->baseline);
    struct values right =
        overhead ? values_paired(effect, effect->side, effect->reference, effect->cell)
                 : values_single(effect, effect->side, effect->cell);
    bool positive = left.positive && right.positive;
    effect->blocks = left.count < right.count ? left.count : right.count;
    effect->blocks_lost = left.lost + right.lost;
    effect->difference =
        mb_sample_welch(left.plain, left.count, right.plain, right.count, confidence);
    effect->log_ratio = mb_sample_welch(left.logs, positive ? left.count : 0, right.logs,
                                        positive ? right.count : 0, confidence);
    effect->p_rank = mb_sample_rank_sum(positive ? left.logs : left.plain, left.count,
                                        positive ? right.logs : right.plain, right.count);
    effect->shift = mb_sample_shift(positive ? left.logs : left.plain, left.count,
                                    positive ? right.logs : right.plain, right.count);
    effect->first_p = fmin(values_first_p(&left), values_first_p(&right));
    left.common = common_divisor(left.common, right.common);
    effect->grid = values_grid(&left);
    values_release(&left);
    values_release(&right);
}

void mb_compare_measure(struct mb_comparison *effect, double confidence)
{
    switch (effect->design) {
    case MB_COMPARE_VARIANT:
        paired_measure(effect, confidence);
        break;
    case MB_COMPARE_RELEASE:
    case MB_COMPARE_OVERHEAD:
        unpaired_measure(effect, confidence);
        break;
    }
    effect->p_value = mb_compare_tested(effect)->p_value;
}

struct mb_compare_added mb_compare_added(const struct mb_comparison *effect)
{
    const struct mb_sample_estimate *ratio = &effect->log_ratio;
    double base = effect->baseline_value.value;
    if (ratio->n == 0 || effect->baseline_value.state != MB_VALUE_KNOWN) {
        return (struct mb_compare_added){.value = effect->difference.value,
                                         .low = effect->difference.low,
                                         .high = effect->difference.high};
    }
    return (struct mb_compare_added){.value = base * expm1(ratio->value),
                                     .low = base * expm1(ratio->low),
                                     .high = base * expm1(ratio->high)};
}
