// Verdicts of compare.h: from estimates to words.
#include "compare/compare.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/workers.h"
#include "model/judge.h"

// Power for which "blocks needed" is stated, and where counting stops.
static const double POWER = 0.80;
enum { BLOCKS_LIMIT = 1000 };

const char *mb_compare_design_name(enum mb_compare_design design)
{
    static const char *const names[] = {"variant", "release", "overhead"};
    return names[design];
}

static const char *const verdict_names[] = {"better", "worse", "same", "inconclusive",
                                            "incomparable"};

const char *mb_compare_verdict_name(enum mb_compare_verdict verdict)
{
    return verdict_names[verdict];
}

bool mb_compare_verdict_find(const char *name, enum mb_compare_verdict *verdict)
{
    for (size_t i = 0; i < sizeof verdict_names / sizeof verdict_names[0]; i++) {
        if (strcmp(verdict_names[i], name) == 0) {
            *verdict = (enum mb_compare_verdict)i;
            return true;
        }
    }
    return false;
}

static void reason_add(struct mb_arena *arena, struct mb_comparison *effect,
                       const char *format, ...) MB_PRINTF(3, 4);

static void reason_add(struct mb_arena *arena, struct mb_comparison *effect,
                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    effect->reasons = mb_arena_grow(arena, effect->reasons, effect->reason_count,
                                    &effect->reason_capacity, sizeof *effect->reasons);
    effect->reasons[effect->reason_count++] = mb_arena_print_args(arena, format, args);
    va_end(args);
}

// The A/A difference of the same metric against the same baseline, on the same scale;
// NULL when there is none. Comparisons against one baseline stand side by side.
static const struct mb_sample_estimate *twin_find(const struct mb_compare_report *report,
                                                  const struct mb_comparison *effect)
{
    const struct mb_comparison *end = report->comparisons + report->count;
    const struct mb_comparison *twin = effect;
    if (effect->aa || effect->design != MB_COMPARE_VARIANT) {
        return NULL;
    }
    while (twin > report->comparisons && twin[-1].baseline == effect->baseline) {
        twin--;
    }
    for (; twin < end && twin->baseline == effect->baseline; twin++) {
        const struct mb_sample_estimate *noise = mb_compare_tested(twin);
        bool same_scale = (twin->log_ratio.n > 0) == (effect->log_ratio.n > 0);
        if (twin->aa && strcmp(twin->metric.name, effect->metric.name) == 0 &&
            same_scale && noise->state != MB_SAMPLE_TOO_FEW) {
            return noise;
        }
    }
    return NULL;
}

// Holm within each of two families: the primary comparisons, and the A/A ones, which tell
// whether the setup itself is biased.
static void family_adjust(struct mb_compare_report *report, bool aa)
{
    double *p_values = mb_mem_alloc(report->count, sizeof *p_values);
    double *adjusted = mb_mem_alloc(report->count, sizeof *adjusted);
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        bool member = aa ? effect->aa : effect->primary;
        p_values[i] = member ? effect->p_value : NAN;
        report->family += member && !aa && !isnan(effect->p_value);
    }
    mb_sample_holm(p_values, report->count, adjusted);
    for (size_t i = 0; i < report->count; i++) {
        if (!isnan(adjusted[i])) {
            report->comparisons[i].p_adjusted = adjusted[i];
        }
    }
    mb_mem_free(p_values);
    mb_mem_free(adjusted);
}

// The first value that a complete trial of these cells does not have; of percentiles with
// too few samples the one with the fewest.
static struct mb_value value_lost(const struct mb_comparison *effect)
{
    const struct {
        size_t side;
        const struct mb_cell *cell;
    } places[] = {{effect->baseline_side, effect->baseline},
                  {effect->side, effect->cell},
                  {effect->baseline_side, effect->baseline_reference},
                  {effect->side, effect->reference}};
    struct mb_value lost = {.state = MB_VALUE_KNOWN};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const struct mb_cell *cell = places[i].cell;
        for (size_t j = 0; cell != NULL && j < cell->trial_count; j++) {
            const struct mb_trial *trial = &cell->trials[j];
            if (trial->status != MB_TRIAL_COMPLETE) {
                continue;
            }
            struct mb_value value =
                mb_compare_trial_value(effect, places[i].side, cell, trial);
            bool first = lost.state == MB_VALUE_KNOWN && value.state != MB_VALUE_KNOWN;
            bool fewer = lost.state == MB_VALUE_UNSUPPORTED &&
                         value.state == MB_VALUE_UNSUPPORTED && value.value < lost.value;
            lost = first || fewer ? value : lost;
        }
    }
    return lost;
}

// Why blocks have no value. In arena.
static const char *lost_text(struct mb_arena *arena, const struct mb_comparison *effect)
{
    struct mb_value lost = value_lost(effect);
    switch (lost.state) {
    case MB_VALUE_UNSUPPORTED:
        return mb_arena_print(arena, "needs %lld requests in each trial, one has %.0f",
                              (long long)mb_value_samples_needed(effect->metric.share),
                              lost.value);
    case MB_VALUE_CENSORED:
        return "falls among requests that timed out";
    case MB_VALUE_UNKNOWN:
    case MB_VALUE_KNOWN:
        break;
    }
    return "is not known";
}

// Differences are listed side by side: the first of this one.
static size_t differences_start(const struct mb_compare_report *report, size_t side)
{
    size_t low = 0;
    size_t high = report->difference_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (report->differences[middle].side < side) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// The first disqualifying difference that stands in the way of an effect across results.
// Of the environment's, overheads are free: both sides were measured on one machine each.
static const struct mb_compare_difference *
obstacle_find(const struct mb_compare_report *report, const struct mb_comparison *effect)
{
    size_t start = differences_start(report, effect->side);
    for (size_t i = start; i < report->difference_count; i++) {
        const struct mb_compare_difference *difference = &report->differences[i];
        if (difference->side != effect->side) {
            break;
        }
        bool meant = difference->scope == NULL ||
                     strcmp(difference->scope, effect->cell->variant) == 0 ||
                     strcmp(difference->scope, effect->cell->point.workload) == 0;
        bool cancels = difference->environment && effect->design != MB_COMPARE_RELEASE;
        if (meant && !cancels && difference->class == MB_COMPARE_DISQUALIFYING &&
            !difference->allowed) {
            return difference;
        }
    }
    return NULL;
}

// Where response times are not known and service times are: how to compare those.
static const char *service_text(struct mb_arena *arena,
                                const struct mb_comparison *effect,
                                const struct mb_cell *cell)
{
    static const char response[] = "response_time.";
    size_t length = sizeof response - 1;
    if (strncmp(effect->metric.name, response, length) != 0 ||
        !mb_judge_service_only(cell)) {
        return "";
    }
    return mb_arena_print(arena, ", its service times are: '--metric service_time.%s'",
                          effect->metric.name + length);
}

// Rules 1 and 2: true when they settle it.
static bool missing_settle(struct mb_arena *arena, const struct mb_compare_report *report,
                           struct mb_comparison *effect)
{
    const struct mb_compare_difference *obstacle = obstacle_find(report, effect);
    if (obstacle != NULL) {
        effect->verdict = MB_COMPARE_INCOMPARABLE;
        reason_add(arena, effect, "%s differs between the results", obstacle->path);
        return true;
    }
    if (effect->obstacle != NULL) {
        effect->verdict = MB_COMPARE_INCOMPARABLE;
        reason_add(arena, effect, "%s is not that of '%s'", effect->obstacle,
                   effect->baseline->variant);
        return true;
    }
    // Percentiles without a histogram do not merge into a cell's; trials have theirs.
    bool left_unknown = effect->baseline_value.state == MB_VALUE_UNKNOWN;
    if (effect->blocks == 0 &&
        (left_unknown || effect->value.state == MB_VALUE_UNKNOWN)) {
        effect->verdict = MB_COMPARE_INCOMPARABLE;
        const struct mb_cell *unknown = left_unknown ? effect->baseline : effect->cell;
        reason_add(arena, effect, "%s of '%s' is not known%s", effect->metric.name,
                   unknown->variant, service_text(arena, effect, unknown));
        return true;
    }
    effect->verdict = MB_COMPARE_INCONCLUSIVE;
    if (effect->blocks_lost > 0) {
        reason_add(arena, effect, "%zu of %zu blocks have no value: %s %s",
                   effect->blocks_lost, effect->blocks_lost + effect->blocks,
                   effect->metric.name, lost_text(arena, effect));
        return true;
    }
    if (effect->difference.state == MB_SAMPLE_TOO_FEW) {
        reason_add(arena, effect, "%zu %s%s: an interval needs 2 or more", effect->blocks,
                   effect->design == MB_COMPARE_RELEASE ? "trial" : "paired block",
                   effect->blocks == 1 ? "" : "s");
        return true;
    }
    return false;
}

static bool margin_holds(const struct mb_compare_report *report,
                         const struct mb_comparison *effect)
{
    if (!(effect->margin > 0.0) || effect->log_ratio.n == 0) {
        return false;
    }
    double p = mb_sample_equivalence(&effect->log_ratio, log1p(effect->margin));
    return p < 1.0 - report->confidence;
}

// At which the effect is tested. A family of primary metrics is corrected: in the worst
// case, that of one effect among many that are none, by its size.
static double test_confidence(const struct mb_compare_report *report,
                              const struct mb_comparison *effect)
{
    bool corrected = effect->primary && report->family > 1;
    double alpha = 1.0 - report->confidence;
    return 1.0 - (corrected ? alpha / (double)report->family : alpha);
}

// "effects under 3.4%", "differences under 0.12 ms": what could go unseen. In arena.
static const char *unseen_text(struct mb_arena *arena, const struct mb_comparison *effect)
{
    char text[64];
    if (effect->log_ratio.n > 0) {
        mb_units_show_effect(effect->detectable, text, sizeof text);
        return mb_arena_print(arena, "effects under %s could go unseen", text);
    }
    switch (effect->metric.unit) {
    case MB_METRIC_NS:
    case MB_METRIC_NS_PER_REQUEST:
        mb_units_show(MB_UNIT_DURATION, effect->detectable, text, sizeof text);
        break;
    case MB_METRIC_RPS:
        mb_units_show(MB_UNIT_RATE, effect->detectable * 1e6, text, sizeof text);
        break;
    case MB_METRIC_RATIO:
        mb_units_show(MB_UNIT_SHARE, effect->detectable * 1e9, text, sizeof text);
        break;
    case MB_METRIC_BYTES:
        mb_units_show(MB_UNIT_SIZE, effect->detectable, text, sizeof text);
        break;
    }
    return mb_arena_print(arena, "differences under %s could go unseen", text);
}

// What would decide an effect of the size seen. In arena.
static const char *needed_text(struct mb_arena *arena, const struct mb_comparison *effect)
{
    if (effect->blocks_needed == 0) {
        return "an effect of this size is lost in this setup's noise";
    }
    return mb_arena_print(arena, "about %zu %s would decide an effect of this size",
                          effect->blocks_needed,
                          effect->design == MB_COMPARE_VARIANT ? "blocks" : "trials");
}

// Rule 5: says why the data cannot tell, and what would.
static void inconclusive_explain(struct mb_arena *arena, struct mb_comparison *effect)
{
    const struct mb_sample_estimate *estimate = mb_compare_tested(effect);
    effect->verdict = MB_COMPARE_INCONCLUSIVE;
    if (effect->aa) {
        reason_add(arena, effect, "the baseline against itself: the noise floor");
        return;
    }
    const char *unseen = isnan(effect->detectable) ? "" : unseen_text(arena, effect);
    const char *before_unseen = isnan(effect->detectable) ? "" : "; ";
    if (estimate->value == 0.0) {
        reason_add(arena, effect, "no difference was seen%s%s", before_unseen, unseen);
        return;
    }
    bool below = fabs(estimate->value) <= effect->noise;
    reason_add(arena, effect, "%s%s%s%s",
               below ? "below the noise floor (the baseline against itself): " : "",
               needed_text(arena, effect), before_unseen, unseen);
}

// No test finds the effect.
static bool is_unfound(const struct mb_compare_report *report,
                       const struct mb_comparison *effect)
{
    double p = isnan(effect->p_adjusted) ? effect->p_value : effect->p_adjusted;
    return effect->aa || p >= 1.0 - report->confidence ||
           fabs(mb_compare_tested(effect)->value) <= effect->noise;
}

// Rules 3 to 5, of an effect that the first two leave open and effect_weigh has seen.
static void effect_decide(struct mb_arena *arena, const struct mb_compare_report *report,
                          struct mb_comparison *effect)
{
    const struct mb_sample_estimate *estimate = mb_compare_tested(effect);
    if (margin_holds(report, effect)) {
        effect->verdict = MB_COMPARE_SAME;
        reason_add(arena, effect, "the effect lies within the margin of %.3g%%",
                   effect->margin * 100.0);
        return;
    }
    if (is_unfound(report, effect)) {
        inconclusive_explain(arena, effect);
        return;
    }
    if (estimate->state == MB_SAMPLE_ZERO_VARIANCE) {
        reason_add(arena, effect, "the same in all %zu blocks: the interval has no width",
                   effect->blocks);
    }
    bool good = (estimate->value > 0.0) == effect->metric.higher_is_better;
    effect->verdict = good ? MB_COMPARE_BETTER : MB_COMPARE_WORSE;
}

struct deciding {
    struct mb_compare_report *report;
    bool *open; // for each effect: rules 1 and 2 do not settle it
};

// How small an effect could be found and how many blocks would find this one: the part of
// a decision that takes long, and needs nothing but the effect and its twin. Nobody looks
// for an effect of a twin, which has none.
static void effect_weigh(void *state, size_t index)
{
    const struct deciding *deciding = state;
    const struct mb_compare_report *report = deciding->report;
    struct mb_comparison *effect = &report->comparisons[index];
    if (!deciding->open[index] || effect->aa) {
        return;
    }
    const struct mb_sample_estimate *twin = twin_find(report, effect);
    const struct mb_sample_estimate *estimate = mb_compare_tested(effect);
    double confidence = test_confidence(report, effect);
    effect->detectable = mb_sample_detectable(estimate, twin, confidence, POWER);
    if (estimate->value == 0.0 || margin_holds(report, effect) ||
        !is_unfound(report, effect)) {
        return;
    }
    size_t needed =
        mb_sample_pairs_needed(estimate, twin, confidence, POWER, BLOCKS_LIMIT);
    effect->blocks_needed = needed < BLOCKS_LIMIT ? needed : 0;
}

void mb_compare_decide(struct mb_arena *arena, struct mb_compare_report *report)
{
    struct deciding deciding = {
        .report = report, .open = mb_mem_alloc(report->count, sizeof *deciding.open)};
    family_adjust(report, false);
    family_adjust(report, true);
    for (size_t i = 0; i < report->count; i++) {
        struct mb_comparison *effect = &report->comparisons[i];
        const struct mb_sample_estimate *twin = twin_find(report, effect);
        effect->noise = twin != NULL ? (twin->high - twin->low) / 2.0 : 0.0;
        effect->detectable = NAN;
        deciding.open[i] = !missing_settle(arena, report, effect);
    }
    mb_workers_run(effect_weigh, &deciding, report->count);
    for (size_t i = 0; i < report->count; i++) {
        if (deciding.open[i]) {
            effect_decide(arena, report, &report->comparisons[i]);
        }
    }
    mb_mem_free(deciding.open);
}
