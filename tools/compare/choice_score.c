#include "compare/choice_score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

// A candidate and what it is measured against at each load point.
struct pairs {
    const struct mb_cell **cells;
    const struct mb_cell **baselines;
    size_t count; // 0: one of them is missing
};

static struct pairs pairs_find(struct mb_arena *arena,
                               const struct mb_compare_report *report,
                               const struct mb_choice *choice,
                               const struct mb_choice_candidate *candidate)
{
    const struct mb_result *result = report->sides[candidate->side].result;
    struct pairs pairs = {
        .cells = mb_arena_alloc(arena, choice->point_count, sizeof *pairs.cells),
        .baselines = mb_arena_alloc(arena, choice->point_count, sizeof *pairs.baselines)};
    for (size_t i = 0; i < choice->point_count; i++) {
        const struct mb_point *point = &choice->points[i];
        pairs.cells[i] = mb_result_find_cell(result, candidate->variant, point);
        pairs.baselines[i] = mb_result_find_cell(result, report->baseline, point);
        if (pairs.cells[i] == NULL || pairs.baselines[i] == NULL) {
            return (struct pairs){0};
        }
    }
    pairs.count = choice->point_count;
    return pairs;
}

struct block_value {
    double log;   // mean over the points of ln(value / baseline value); NaN: none
    double plain; // mean over the points of the difference; NaN: not known
};

static struct block_value block_measure(const struct pairs *pairs, int block,
                                        const struct mb_metric *metric)
{
    struct block_value sum = {.log = 0.0, .plain = 0.0};
    for (size_t i = 0; i < pairs->count; i++) {
        const struct mb_trial *left = mb_cell_find_trial(pairs->baselines[i], block);
        const struct mb_trial *right = mb_cell_find_trial(pairs->cells[i], block);
        if (left == NULL || right == NULL) {
            return (struct block_value){NAN, NAN};
        }
        struct mb_value base = mb_derive_trial(pairs->baselines[i], left, metric);
        struct mb_value value = mb_derive_trial(pairs->cells[i], right, metric);
        if (base.state != MB_VALUE_KNOWN || value.state != MB_VALUE_KNOWN) {
            return (struct block_value){NAN, NAN};
        }
        bool positive = base.value > 0.0 && value.value > 0.0;
        sum.log += positive ? log(value.value / base.value) : NAN;
        sum.plain += value.value - base.value;
    }
    return (struct block_value){sum.log / (double)pairs->count,
                                sum.plain / (double)pairs->count};
}

// Estimate over the values that there are; TOO_FEW when one of them is missing.
static struct mb_sample_estimate estimate_all(const double *values, size_t count,
                                              double confidence)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        known += !isnan(values[i]);
    }
    return mb_sample_paired(values, known == count ? count : 0, confidence);
}

// One metric over all blocks; adds its share to each block's score.
static void cost_measure(const struct pairs *pairs, double confidence, double share,
                         struct mb_choice_candidate *candidate,
                         struct mb_comparison *effect)
{
    size_t count = candidate->block_count;
    double *logs = mb_mem_alloc(count, sizeof *logs);
    double *plain = mb_mem_alloc(count, sizeof *plain);
    double sign = effect->metric.higher_is_better ? -1.0 : 1.0;
    for (size_t i = 0; i < count; i++) {
        struct block_value value =
            block_measure(pairs, candidate->blocks[i], &effect->metric);
        logs[i] = value.log;
        plain[i] = value.plain;
        if (share > 0.0) {
            candidate->scores[i] += share * sign * value.log;
        }
    }
    effect->log_ratio = estimate_all(logs, count, confidence);
    effect->difference = estimate_all(plain, count, confidence);
    effect->blocks = count;
    effect->p_value = NAN;
    effect->p_adjusted = NAN;
    mb_mem_free(logs);
    mb_mem_free(plain);
}

static void blocks_find(struct mb_arena *arena, const struct mb_cell *baseline,
                        struct mb_choice_candidate *candidate)
{
    candidate->blocks =
        mb_arena_alloc(arena, baseline->trial_count, sizeof *candidate->blocks);
    candidate->scores =
        mb_arena_alloc(arena, baseline->trial_count, sizeof *candidate->scores);
    for (size_t i = 0; i < baseline->trial_count; i++) {
        if (baseline->trials[i].status == MB_TRIAL_COMPLETE) {
            candidate->blocks[candidate->block_count] = baseline->trials[i].block;
            candidate->scores[candidate->block_count++] = 0.0;
        }
    }
}

void mb_choice_score(struct mb_arena *arena, const struct mb_compare_report *report,
                     const struct mb_choice *choice,
                     struct mb_choice_candidate *candidate)
{
    struct pairs pairs = pairs_find(arena, report, choice, candidate);
    double total = 0.0;
    for (size_t i = 0; i < choice->metric_count; i++) {
        total += candidate->costs[i].weight;
    }
    if (pairs.count > 0) {
        blocks_find(arena, pairs.baselines[0], candidate);
    }
    for (size_t i = 0; i < choice->metric_count; i++) {
        struct mb_choice_cost *cost = &candidate->costs[i];
        cost->effect.cell = pairs.count == 1 ? pairs.cells[0] : NULL;
        cost->effect.baseline = pairs.count == 1 ? pairs.baselines[0] : NULL;
        if (pairs.count == 1) {
            cost->effect.baseline_value =
                mb_derive_cell(pairs.baselines[0], &cost->effect.metric);
            cost->effect.value = mb_derive_cell(pairs.cells[0], &cost->effect.metric);
        }
        cost_measure(&pairs, report->confidence, total > 0.0 ? cost->weight / total : 0.0,
                     candidate, &cost->effect);
    }
    for (size_t i = 0; i < candidate->block_count && !(total > 0.0); i++) {
        candidate->scores[i] = NAN; // nothing counts: no cost, rather than that of 1
    }
    candidate->score =
        estimate_all(candidate->scores, candidate->block_count, report->confidence);
}

// What the right one costs more than the left one: paired where both are of one run,
// Welch's where not.
static struct mb_sample_estimate score_difference(const struct mb_choice_candidate *left,
                                                  const struct mb_choice_candidate *right,
                                                  double confidence)
{
    if (left->side != right->side) {
        return mb_sample_welch(left->scores, left->block_count, right->scores,
                               right->block_count, confidence);
    }
    size_t most =
        left->block_count < right->block_count ? left->block_count : right->block_count;
    double *differences = mb_mem_alloc(most, sizeof *differences);
    size_t count = 0;
    for (size_t i = 0; i < left->block_count; i++) {
        for (size_t j = 0; j < right->block_count && count < most; j++) {
            if (left->blocks[i] == right->blocks[j]) {
                differences[count++] = right->scores[j] - left->scores[i];
            }
        }
    }
    struct mb_sample_estimate estimate = mb_sample_paired(differences, count, confidence);
    mb_mem_free(differences);
    return estimate;
}

// Baselines first, then what meets the limits by cost, then the undecided, then the rest;
// a cost that is not known comes last among its like.
static int candidate_order(const void *left, const void *right)
{
    static const int places[] = {1, 3, 2}; // of enum mb_choice_state
    const struct mb_choice_candidate *a = left;
    const struct mb_choice_candidate *b = right;
    int place_a = a->is_baseline || a->is_twin ? 0 : places[a->state];
    int place_b = b->is_baseline || b->is_twin ? 0 : places[b->state];
    if (place_a != place_b) {
        return place_a - place_b;
    }
    bool known_a = a->score.n > 0;
    bool known_b = b->score.n > 0;
    if (place_a > 0 && known_a != known_b) {
        return known_a ? -1 : 1;
    }
    if (place_a > 0 && known_a && a->score.value != b->score.value) {
        return a->score.value < b->score.value ? -1 : 1;
    }
    return a->side != b->side ? (a->side < b->side ? -1 : 1)
                              : strcmp(a->variant, b->variant);
}

static bool ranked(const struct mb_choice_candidate *candidate)
{
    return !candidate->is_baseline && !candidate->is_twin &&
           candidate->state == MB_CHOICE_MEETS && candidate->score.n > 0;
}

void mb_choice_score_rank(struct mb_choice *choice, double noise, double confidence)
{
    struct mb_choice_candidate *all = choice->candidates;
    qsort(all, choice->count, sizeof *all, candidate_order);
    size_t first = 0;
    while (first < choice->count && !ranked(&all[first])) {
        first++;
    }
    size_t count = 0;
    while (first + count < choice->count && ranked(&all[first + count])) {
        count++;
    }
    double *p_values = mb_mem_alloc(count, sizeof *p_values);
    double *adjusted = mb_mem_alloc(count, sizeof *adjusted);
    for (size_t i = 0; i < count; i++) {
        struct mb_sample_estimate more =
            score_difference(&all[first], &all[first + i], confidence);
        p_values[i] = i > 0 && more.state != MB_SAMPLE_TOO_FEW ? more.p_value : NAN;
    }
    mb_sample_holm(p_values, count, adjusted);
    size_t tied = 0;
    for (size_t i = 0; i < count; i++) {
        double more = all[first + i].score.value - all[first].score.value;
        bool sure = adjusted[i] < 1.0 - confidence && more > noise;
        all[first + i].tied = !sure;
        all[first + i].rank = sure ? i + 1 : 1;
        tied += !sure;
    }
    if (tied == 1) {
        all[first].tied = false; // with itself only
    }
    mb_mem_free(p_values);
    mb_mem_free(adjusted);
}
