// JSON form of a comparison: schema/comparison.schema.json.
#include "report/compare.h"

#include <math.h>

#include "compare/choice.h"

double mb_report_compare_scale(enum mb_metric_unit unit)
{
    switch (unit) {
    case MB_METRIC_NS:
        return 1e-6;
    case MB_METRIC_NS_PER_REQUEST:
        return 1e-3;
    case MB_METRIC_RPS:
    case MB_METRIC_RATIO:
    case MB_METRIC_BYTES:
        return 1.0;
    }
    return 1.0;
}

const char *mb_report_compare_unit(enum mb_metric_unit unit)
{
    switch (unit) {
    case MB_METRIC_NS:
        return "ms";
    case MB_METRIC_NS_PER_REQUEST:
        return "us/request";
    case MB_METRIC_RPS:
        return "rps";
    case MB_METRIC_RATIO:
        return "ratio";
    case MB_METRIC_BYTES:
        return "bytes";
    }
    return "";
}

struct target {
    struct mb_arena *arena;
    struct mb_node *map;
};

static void number_put(struct target target, const char *key, double value)
{
    mb_node_put(target.arena, target.map, key, mb_node_float(target.arena, value));
}

static void text_put(struct target target, const char *key, const char *text)
{
    mb_node_put(target.arena, target.map, key, mb_node_string(target.arena, text));
}

static void count_put(struct target target, const char *key, size_t count)
{
    mb_node_put(target.arena, target.map, key, mb_node_int(target.arena, (int64_t)count));
}

static void flag_put(struct target target, const char *key, bool flag)
{
    mb_node_put(target.arena, target.map, key, mb_node_bool(target.arena, flag));
}

static void value_put(struct target target, const char *key, struct mb_value value,
                      double scale)
{
    number_put(target, key, value.state == MB_VALUE_KNOWN ? value.value * scale : NAN);
}

static struct mb_node *point_node(struct mb_arena *arena, const struct mb_point *point)
{
    struct target target = {.arena = arena, .map = mb_node_map(arena)};
    text_put(target, "workload", point->workload);
    text_put(target, "load_model", mb_load_model_name(point->load_model));
    mb_node_put(arena, target.map, "connections", mb_node_int(arena, point->connections));
    number_put(target, "rate_rps",
               point->rate_micro_rps < 0 ? NAN : (double)point->rate_micro_rps / 1e6);
    return target.map;
}

static void estimates_put(struct target target, const struct mb_comparison *effect)
{
    double scale = mb_report_compare_scale(effect->metric.unit);
    value_put(target, "baseline_value", effect->baseline_value, scale);
    value_put(target, "value", effect->value, scale);
    number_put(target, "difference", effect->difference.value * scale);
    number_put(target, "difference_low", effect->difference.low * scale);
    number_put(target, "difference_high", effect->difference.high * scale);
    struct mb_compare_added added = mb_compare_added(effect);
    number_put(target, "added", added.value * scale);
    number_put(target, "added_low", added.low * scale);
    number_put(target, "added_high", added.high * scale);
    bool ratio = effect->log_ratio.n > 0;
    number_put(target, "ratio", ratio ? exp(effect->log_ratio.value) : NAN);
    number_put(target, "ratio_low", ratio ? exp(effect->log_ratio.low) : NAN);
    number_put(target, "ratio_high", ratio ? exp(effect->log_ratio.high) : NAN);
}

static const char *method_name(const struct mb_comparison *effect)
{
    bool ratio = effect->log_ratio.n > 0;
    if (effect->design == MB_COMPARE_VARIANT) {
        return ratio ? "paired_t_log_ratio" : "paired_t_difference";
    }
    return ratio ? "welch_log_ratio" : "welch_difference";
}

static struct mb_node *value_node(struct mb_arena *arena, const struct mb_node *value)
{
    return value != NULL ? mb_node_copy(arena, value) : mb_node_null(arena);
}

static struct mb_node *difference_node(struct mb_arena *arena,
                                       const struct mb_compare_report *report,
                                       const struct mb_compare_difference *difference)
{
    struct target target = {.arena = arena, .map = mb_node_map(arena)};
    text_put(target, "result", report->sides[difference->side].digest);
    text_put(target, "path", difference->path);
    mb_node_put(arena, target.map, "left", value_node(arena, difference->left));
    mb_node_put(arena, target.map, "right", value_node(arena, difference->right));
    text_put(target, "class", mb_compare_class_name(difference->class));
    flag_put(target, "allowed", difference->allowed);
    return target.map;
}

static struct mb_node *comparison_node(struct mb_arena *arena,
                                       const struct mb_compare_report *report,
                                       const struct mb_comparison *effect)
{
    struct target target = {.arena = arena, .map = mb_node_map(arena)};
    bool ratio = effect->log_ratio.n > 0;
    text_put(target, "effect", mb_compare_design_name(effect->design));
    text_put(target, "baseline_result", report->sides[effect->baseline_side].digest);
    text_put(target, "result", report->sides[effect->side].digest);
    text_put(target, "baseline", effect->baseline->variant);
    text_put(target, "variant", effect->cell->variant);
    mb_node_put(arena, target.map, "point", point_node(arena, &effect->cell->point));
    text_put(target, "group", effect->group);
    text_put(target, "metric", effect->metric.name);
    text_put(target, "unit", mb_report_compare_unit(effect->metric.unit));
    flag_put(target, "higher_is_better", effect->metric.higher_is_better);
    flag_put(target, "primary", effect->primary);
    flag_put(target, "aa", effect->aa);
    estimates_put(target, effect);
    number_put(target, "confidence", report->confidence);
    count_put(target, "n", effect->blocks);
    text_put(target, "method", method_name(effect));
    number_put(target, "p_value", effect->p_value);
    number_put(target, "p_adjusted", effect->p_adjusted);
    number_put(target, "p_rank", effect->p_rank);
    bool shifted = effect->blocks > 0;
    number_put(target, "shift_ratio", shifted && ratio ? exp(effect->shift) : NAN);
    number_put(target, "shift_difference",
               shifted && !ratio
                   ? effect->shift * mb_report_compare_scale(effect->metric.unit)
                   : NAN);
    number_put(target, "margin", effect->margin > 0.0 ? effect->margin : NAN);
    number_put(target, "noise_floor_ratio",
               effect->noise > 0.0 && ratio ? exp(effect->noise) : NAN);
    number_put(target, "detectable_ratio", ratio ? exp(effect->detectable) : NAN);
    number_put(target, "detectable_difference",
               ratio ? NAN
                     : effect->detectable * mb_report_compare_scale(effect->metric.unit));
    text_put(target, "verdict", mb_compare_verdict_name(effect->verdict));
    mb_node_put(arena, target.map, "blocks_needed",
                effect->blocks_needed > 0
                    ? mb_node_int(arena, (int64_t)effect->blocks_needed)
                    : mb_node_null(arena));
    struct mb_node *reasons = mb_node_list(arena);
    for (size_t i = 0; i < effect->reason_count; i++) {
        mb_node_push(arena, reasons, mb_node_string(arena, effect->reasons[i]));
    }
    mb_node_put(arena, target.map, "reasons", reasons);
    text_put(target, "notes", effect->notes);
    return target.map;
}

static struct mb_node *gate_node(struct mb_arena *arena,
                                 const struct mb_compare_report *report,
                                 const struct mb_compare_gate *gate)
{
    struct target target = {.arena = arena, .map = mb_node_map(arena)};
    double scale = gate->relative ? 1.0 : mb_report_compare_scale(gate->parsed.unit);
    text_put(target, "result", report->sides[gate->side].digest);
    text_put(target, "metric", gate->metric);
    text_put(target, "variant", gate->cell->variant);
    text_put(target, "versus", gate->against);
    mb_node_put(arena, target.map, "point", point_node(arena, &gate->cell->point));
    text_put(target, "unit",
             gate->relative ? "ratio" : mb_report_compare_unit(gate->parsed.unit));
    text_put(target, "limit_kind", gate->at_most ? "at_most" : "at_least");
    number_put(target, "limit", gate->limit * scale);
    number_put(target, "value", gate->value * scale);
    number_put(target, "low", gate->low * scale);
    number_put(target, "high", gate->high * scale);
    text_put(target, "state", mb_compare_gate_name(gate->state));
    text_put(target, "reason", gate->reason);
    return target.map;
}

static struct mb_node *cost_node(struct mb_arena *arena,
                                 const struct mb_choice_cost *cost)
{
    struct target target = {.arena = arena, .map = mb_node_map(arena)};
    const struct mb_comparison *effect = &cost->effect;
    double scale = mb_report_compare_scale(effect->metric.unit);
    bool ratio = effect->log_ratio.n > 0;
    text_put(target, "metric", effect->metric.name);
    text_put(target, "unit", mb_report_compare_unit(effect->metric.unit));
    number_put(target, "weight", cost->weight);
    number_put(target, "difference",
               effect->difference.n > 0 ? effect->difference.value * scale : NAN);
    number_put(target, "difference_low", effect->difference.low * scale);
    number_put(target, "difference_high", effect->difference.high * scale);
    number_put(target, "ratio", ratio ? exp(effect->log_ratio.value) : NAN);
    number_put(target, "ratio_low", ratio ? exp(effect->log_ratio.low) : NAN);
    number_put(target, "ratio_high", ratio ? exp(effect->log_ratio.high) : NAN);
    return target.map;
}

static struct mb_node *candidate_node(struct mb_arena *arena,
                                      const struct mb_compare_report *report,
                                      const struct mb_choice_candidate *candidate)
{
    struct target target = {.arena = arena, .map = mb_node_map(arena)};
    bool scored = candidate->score.n > 0;
    text_put(target, "result", report->sides[candidate->side].digest);
    text_put(target, "variant", candidate->variant);
    flag_put(target, "baseline", candidate->is_baseline);
    flag_put(target, "aa", candidate->is_twin);
    text_put(target, "limits", mb_choice_state_name(candidate->state));
    mb_node_put(arena, target.map, "rank",
                candidate->rank > 0 ? mb_node_int(arena, (int64_t)candidate->rank)
                                    : mb_node_null(arena));
    flag_put(target, "tied", candidate->tied);
    number_put(target, "cost", scored ? exp(candidate->score.value) : NAN);
    number_put(target, "cost_low", scored ? exp(candidate->score.low) : NAN);
    number_put(target, "cost_high", scored ? exp(candidate->score.high) : NAN);
    count_put(target, "n", candidate->score.n);
    struct mb_node *costs = mb_node_list(arena);
    for (size_t i = 0; i < report->choice->metric_count; i++) {
        mb_node_push(arena, costs, cost_node(arena, &candidate->costs[i]));
    }
    mb_node_put(arena, target.map, "costs", costs);
    struct mb_node *gates = mb_node_list(arena);
    for (size_t i = 0; i < candidate->gate_count; i++) {
        mb_node_push(arena, gates, gate_node(arena, report, &candidate->gates[i]));
    }
    mb_node_put(arena, target.map, "gates", gates);
    return target.map;
}

static struct mb_node *choice_node(struct mb_arena *arena,
                                   const struct mb_compare_report *report)
{
    struct target target = {.arena = arena, .map = mb_node_map(arena)};
    const struct mb_choice *choice = report->choice;
    text_put(target, "answer", choice->answer);
    struct mb_node *points = mb_node_list(arena);
    for (size_t i = 0; i < choice->point_count; i++) {
        mb_node_push(arena, points, point_node(arena, &choice->points[i]));
    }
    mb_node_put(arena, target.map, "points", points);
    struct mb_node *candidates = mb_node_list(arena);
    for (size_t i = 0; i < choice->count; i++) {
        mb_node_push(arena, candidates,
                     candidate_node(arena, report, &choice->candidates[i]));
    }
    mb_node_put(arena, target.map, "candidates", candidates);
    struct mb_node *unknown = mb_node_list(arena);
    for (size_t i = 0; i < choice->unknown_count; i++) {
        mb_node_push(arena, unknown, mb_node_string(arena, choice->unknown[i]));
    }
    mb_node_put(arena, target.map, "unknown", unknown);
    return target.map;
}

static struct mb_node *notes_node(struct mb_arena *arena,
                                  const struct mb_compare_report *report)
{
    struct mb_node *notes = mb_node_list(arena);
    for (size_t i = 0; i < report->note_count; i++) {
        struct target note = {.arena = arena, .map = mb_node_map(arena)};
        text_put(note, "code", report->notes[i].code);
        text_put(note, "message", report->notes[i].message);
        count_put(note, "count", report->notes[i].count);
        mb_node_push(arena, notes, note.map);
    }
    return notes;
}

struct mb_node *mb_report_compare_node(struct mb_arena *arena,
                                       const struct mb_compare_report *report)
{
    struct target target = {.arena = arena, .map = mb_node_map(arena)};
    text_put(target, "meshbench", "v1");
    text_put(target, "kind", "comparison");
    text_put(target, "baseline", report->baseline);
    text_put(target, "by", report->by);
    number_put(target, "confidence", report->confidence);
    count_put(target, "family", report->family);
    struct mb_node *comparisons = mb_node_list(arena);
    for (size_t i = 0; i < report->count; i++) {
        mb_node_push(arena, comparisons,
                     comparison_node(arena, report, &report->comparisons[i]));
    }
    mb_node_put(arena, target.map, "comparisons", comparisons);
    struct mb_node *confounders = mb_node_list(arena);
    for (size_t i = 0; i < report->difference_count; i++) {
        mb_node_push(arena, confounders,
                     difference_node(arena, report, &report->differences[i]));
    }
    mb_node_put(arena, target.map, "confounders", confounders);
    mb_node_put(arena, target.map, "notes", notes_node(arena, report));
    struct mb_node *gates = mb_node_list(arena);
    for (size_t i = 0; i < report->gate_count; i++) {
        mb_node_push(arena, gates, gate_node(arena, report, &report->gates[i]));
    }
    mb_node_put(arena, target.map, "gates", gates);
    mb_node_put(arena, target.map, "choice",
                report->choice != NULL ? choice_node(arena, report)
                                       : mb_node_null(arena));
    return target.map;
}
