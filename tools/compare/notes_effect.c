// Notes of compare.h about effects: what makes one mean something else than it seems to.
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "compare/attribute.h"
#include "compare/notes.h"
#include "model/judge.h"

// A first block stands apart when chance would do that to one of all effects once in a
// hundred comparisons, and it is off by more than a reader would overlook.
static const double FIRST_CHANCE = 0.01;

// Steps of more than this share of an effect make most of its digits.
static const double GRID_SHARE = 0.25;

// Linux sends a lost SYN again after 1, 3 and 7 s (initial RTO 1 s, doubled: RFC 6298,
// tcp_syn_retries); a percentile this little above one of them, and far above the median,
// is made of lost packets.
static const double SYN_AGAIN_NS[] = {1e9, 3e9, 7e9};
static const double SYN_ABOVE = 1.05;
static const double SYN_MEDIAN = 0.5;

struct scan {
    struct mb_arena *arena;
    struct mb_compare_report *report;
    size_t start; // of the comparisons with the same baseline cell
    size_t end;
};

typedef void effect_note(const struct scan *scan, const struct mb_comparison *effect,
                         struct mb_notes_tally *tally);

// "response_time.p99 of 'proxy' (steady · 16 connections · 1000 rps)".
static const char *title(const struct scan *scan, const struct mb_comparison *effect)
{
    return mb_arena_print(scan->arena, "%s%s of '%s' (%s)",
                          mb_notes_side(scan->arena, scan->report, effect->side),
                          effect->metric.name, effect->cell->variant,
                          mb_point_title(scan->arena, &effect->cell->point));
}

static bool is_latency(const struct mb_comparison *effect)
{
    return effect->metric.family == MB_METRIC_DIST;
}

static void note_bias(const struct scan *scan, const struct mb_comparison *effect,
                      struct mb_notes_tally *tally)
{
    if (effect->aa && effect->log_ratio.n > 0 &&
        effect->p_adjusted < 1.0 - scan->report->confidence) {
        char size[32];
        mb_units_show_effect(effect->log_ratio.value, size, sizeof size);
        mb_notes_count(scan->arena, tally,
                       "%s of '%s' differs from its own twin by %s (%s): this setup "
                       "has a bias, effects of that size mean nothing",
                       effect->metric.name, effect->baseline->variant, size,
                       mb_point_title(scan->arena, &effect->cell->point));
    }
}

static void note_first(const struct scan *scan, const struct mb_comparison *effect,
                       struct mb_notes_tally *tally)
{
    if (effect->first_p < FIRST_CHANCE / (double)scan->report->count) {
        mb_notes_count(scan->arena, tally,
                       "%s: block 1 stands apart from the others, as a first trial does "
                       "that was not warmed up long enough",
                       title(scan, effect));
    }
}

// The smallest steps that the values could have: what lies between two of them was not
// seen. Where nothing differs, a step of a hundredth is coarse.
static void note_coarse(const struct scan *scan, const struct mb_comparison *effect,
                        struct mb_notes_tally *tally)
{
    double seen = fabs(effect->value.value - effect->baseline_value.value);
    bool known = effect->value.state == MB_VALUE_KNOWN &&
                 effect->baseline_value.state == MB_VALUE_KNOWN &&
                 effect->design != MB_COMPARE_OVERHEAD;
    if (!known || !is_latency(effect) || effect->grid <= 1.0 ||
        effect->grid < GRID_SHARE * seen ||
        (seen == 0.0 && effect->grid < 0.01 * effect->value.value)) {
        return;
    }
    mb_notes_count(scan->arena, tally,
                   "%s: values are multiples of %.3g ms and the effect is %.3g ms: its "
                   "digits are those of the rounding",
                   title(scan, effect), effect->grid / 1e6, seen / 1e6);
}

// The A/A comparison of the same metric at the same point.
static const struct mb_comparison *twin_of(const struct scan *scan,
                                           const struct mb_comparison *effect)
{
    for (size_t i = scan->start; i < scan->end; i++) {
        const struct mb_comparison *twin = &scan->report->comparisons[i];
        if (twin->aa && strcmp(twin->metric.name, effect->metric.name) == 0) {
            return twin;
        }
    }
    return NULL;
}

static double seen_difference(const struct mb_comparison *effect)
{
    bool known = effect->value.state == MB_VALUE_KNOWN &&
                 effect->baseline_value.state == MB_VALUE_KNOWN;
    return known ? effect->value.value - effect->baseline_value.value : NAN;
}

// With intervals the noise floor is known; with one trial each, what a variant differs
// from itself by is the least that it can be.
static void note_noise(const struct scan *scan, const struct mb_comparison *effect,
                       struct mb_notes_tally *tally)
{
    if (effect->aa || effect->design != MB_COMPARE_VARIANT) {
        return;
    }
    const struct mb_sample_estimate *estimate = mb_compare_tested(effect);
    if (estimate->state != MB_SAMPLE_TOO_FEW) {
        if (effect->verdict == MB_COMPARE_INCONCLUSIVE && effect->noise > 0.0 &&
            estimate->value != 0.0 && fabs(estimate->value) <= effect->noise &&
            effect->p_value < 1.0 - scan->report->confidence) {
            mb_notes_count(scan->arena, tally,
                           "%s: the effect is steady, and below the noise floor, which "
                           "is how far '%s' differs from itself: it is not a change",
                           title(scan, effect), effect->baseline->variant);
        }
        return;
    }
    const struct mb_comparison *twin = twin_of(scan, effect);
    double noise = twin != NULL ? fabs(seen_difference(twin)) : NAN;
    double seen = fabs(seen_difference(effect));
    if (noise > 0.0 && seen <= noise) {
        char floor[32];
        char size[32];
        double base = effect->baseline_value.value;
        mb_units_show_number(100.0 * noise / base, floor, sizeof floor);
        mb_units_show_number(100.0 * seen / base, size, sizeof size);
        mb_notes_count(scan->arena, tally,
                       "%s: '%s' differs from itself by as much (%s%%, effect %s%%): "
                       "the effect is below the noise",
                       title(scan, effect), effect->baseline->variant, floor, size);
    }
}

// A mesh does work that the baseline does not; more of it cannot take less time.
static void note_faster(const struct scan *scan, const struct mb_comparison *effect,
                        struct mb_notes_tally *tally)
{
    const struct mb_compare_side *side = &scan->report->sides[effect->side];
    const char *baseline = scan->report->baseline;
    bool cost = is_latency(effect) || effect->metric.family == MB_METRIC_CPU_PER_REQUEST;
    bool alone = mb_compare_tested(effect)->state == MB_SAMPLE_TOO_FEW;
    bool less =
        effect->verdict == MB_COMPARE_BETTER || (alone && seen_difference(effect) < 0.0);
    if (effect->aa || effect->design != MB_COMPARE_VARIANT || !cost || !less ||
        mb_compare_attribute_meshed(side, effect->baseline, baseline) ||
        !mb_compare_attribute_meshed(side, effect->cell, baseline)) {
        return;
    }
    if (!mb_compare_attribute_mesh_said(side, effect->baseline)) {
        // An import says seldom what its variants are.
        mb_notes_count(scan->arena, tally,
                       "%s is less than for '%s': if that is the one without a mesh, "
                       "this is noise, or the two were not set up alike",
                       title(scan, effect), effect->baseline->variant);
        return;
    }
    mb_notes_count(
        scan->arena, tally,
        alone
            ? "%s is less than without a mesh ('%s'), in one trial each: that is noise, "
              "or the two were not set up alike"
            : "%s is less than without a mesh ('%s'), and surely so: the two are not "
              "set up alike (connections kept, protocol, CPUs, what the mesh answers "
              "itself)",
        title(scan, effect), effect->baseline->variant);
}

static bool is_syn_again(double value_ns)
{
    for (size_t i = 0; i < sizeof SYN_AGAIN_NS / sizeof *SYN_AGAIN_NS; i++) {
        if (value_ns >= SYN_AGAIN_NS[i] && value_ns <= SYN_ABOVE * SYN_AGAIN_NS[i]) {
            return true;
        }
    }
    return false;
}

// Median of the same cell, or of its baseline, among what is compared.
static double median_of(const struct scan *scan, const struct mb_comparison *effect,
                        bool of_baseline)
{
    for (size_t i = scan->start; i < scan->end; i++) {
        const struct mb_comparison *other = &scan->report->comparisons[i];
        if (other->cell == effect->cell && other->design == effect->design &&
            other->metric.dist == effect->metric.dist && is_latency(other) &&
            other->metric.statistic == 'q' && other->metric.share == 500000000) {
            const struct mb_value *value =
                of_baseline ? &other->baseline_value : &other->value;
            return value->state == MB_VALUE_KNOWN ? value->value : NAN;
        }
    }
    return NAN;
}

static void again_count(const struct scan *scan, const struct mb_comparison *effect,
                        bool of_baseline, struct mb_notes_tally *tally)
{
    const struct mb_value *value = of_baseline ? &effect->baseline_value : &effect->value;
    if (value->state != MB_VALUE_KNOWN || !is_syn_again(value->value) ||
        !(median_of(scan, effect, of_baseline) < SYN_MEDIAN * value->value)) {
        return;
    }
    mb_notes_count(scan->arena, tally,
                   "%s%s of '%s' (%s) is %.3g s, just above the time after which a lost "
                   "SYN is sent again: it tells of lost packets, not of work",
                   mb_notes_side(scan->arena, scan->report,
                                 of_baseline ? effect->baseline_side : effect->side),
                   effect->metric.name,
                   of_baseline ? effect->baseline->variant : effect->cell->variant,
                   mb_point_title(scan->arena, &effect->cell->point), value->value / 1e9);
}

static void note_again(const struct scan *scan, const struct mb_comparison *effect,
                       struct mb_notes_tally *tally)
{
    const struct mb_comparison *first = &scan->report->comparisons[scan->start];
    if (!is_latency(effect) || effect->design == MB_COMPARE_OVERHEAD) {
        return;
    }
    if (effect->cell == first->cell && effect->design == first->design) {
        again_count(scan, effect, true, tally); // once for all that stand against it
    }
    again_count(scan, effect, false, tally);
}

static void code_add(struct mb_arena *arena, struct mb_comparison *effect,
                     const char *code)
{
    effect->notes = effect->notes == NULL
                        ? code
                        : mb_arena_print(arena, "%s %s", effect->notes, code);
}

// Effects of saturated cells carry that code; the note itself is the result's.
static void saturated_mark(struct mb_arena *arena, struct mb_compare_report *report)
{
    bool saturated = false;
    for (size_t i = 0; i < report->count; i++) {
        struct mb_comparison *effect = &report->comparisons[i];
        if (i == 0 || effect->cell != effect[-1].cell ||
            effect->baseline != effect[-1].baseline) {
            double share;
            saturated = mb_judge_saturated(effect->cell, &share) ||
                        mb_judge_saturated(effect->baseline, &share);
        }
        if (saturated) {
            code_add(arena, effect, "MB801");
        }
    }
}

void mb_notes_effects(struct mb_arena *arena, struct mb_compare_report *report)
{
    static const struct {
        const char *code;
        effect_note *note;
    } rules[] = {
        {"MB802", note_bias},  {"MB803", note_first},  {"MB806", note_coarse},
        {"MB807", note_noise}, {"MB808", note_faster}, {"MB810", note_again},
    };
    saturated_mark(arena, report);
    for (size_t rule = 0; rule < sizeof rules / sizeof *rules; rule++) {
        struct mb_notes_tally tally = {.code = rules[rule].code};
        struct scan scan = {.arena = arena, .report = report};
        for (size_t i = 0; i < report->count; i++) {
            if (i >= scan.end) {
                scan.start = i;
                while (scan.end < report->count &&
                       report->comparisons[scan.end].baseline ==
                           report->comparisons[i].baseline) {
                    scan.end++;
                }
            }
            size_t before = tally.count;
            rules[rule].note(&scan, &report->comparisons[i], &tally);
            if (tally.count > before) {
                code_add(arena, &report->comparisons[i], rules[rule].code);
            }
        }
        mb_notes_end(arena, &tally, report);
    }
}
