// Gates of compare.h: limits of a spec, decided on intervals.
#include "compare/compare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

const char *mb_compare_gate_name(enum mb_compare_gate_state state)
{
    static const char *const names[] = {"passed", "failed", "undecided"};
    return names[state];
}

// Limits of specs are in the base units of quantities; metrics are in their own.
static double limit_scaled(const struct mb_gate *gate, const struct mb_metric *metric)
{
    double limit = (double)gate->limit;
    if (gate->relative) {
        return limit / 1e9;
    }
    switch (metric->unit) {
    case MB_METRIC_RPS:
        return limit / 1e6;
    case MB_METRIC_RATIO:
        return limit / 1e9;
    case MB_METRIC_NS:
    case MB_METRIC_NS_PER_REQUEST:
    case MB_METRIC_BYTES:
        return limit;
    }
    return limit;
}

// Absolute gates: the cell's value, its interval from the trials.
static void absolute_measure(struct mb_compare_gate *gate, double confidence)
{
    const struct mb_cell *cell = gate->cell;
    double *values = mb_mem_alloc(cell->trial_count, sizeof *values);
    size_t known = 0;
    size_t complete = 0;
    bool positive = true; // then of the logs, as for effects: a time is never below zero
    for (size_t i = 0; i < cell->trial_count; i++) {
        if (cell->trials[i].status != MB_TRIAL_COMPLETE) {
            continue;
        }
        struct mb_value value = mb_derive_trial(cell, &cell->trials[i], &gate->parsed);
        complete++;
        if (value.state == MB_VALUE_KNOWN) {
            values[known++] = value.value;
            positive = positive && value.value > 0.0;
        }
    }
    struct mb_value whole = mb_derive_cell(cell, &gate->parsed);
    gate->value = whole.state == MB_VALUE_KNOWN ? whole.value : NAN;
    if (known == complete) {
        for (size_t i = 0; positive && i < known; i++) {
            values[i] = log(values[i]);
        }
        struct mb_sample_estimate estimate = mb_sample_paired(values, known, confidence);
        gate->low = positive ? exp(estimate.low) : estimate.low;
        gate->high = positive ? exp(estimate.high) : estimate.high;
    }
    // A percentile among timed-out requests is at least the time-out: enough to fail on.
    if (whole.state == MB_VALUE_CENSORED && gate->at_most && whole.value >= gate->limit) {
        gate->low = whole.value;
        gate->high = INFINITY;
    }
    mb_mem_free(values);
}

static void relative_measure(struct mb_compare_gate *gate, enum mb_compare_design design,
                             double confidence)
{
    struct mb_comparison effect = {.design = design,
                                   .baseline = gate->versus,
                                   .cell = gate->cell,
                                   .metric = gate->parsed};
    mb_compare_measure(&effect, confidence);
    if (effect.blocks_lost > 0) {
        return;
    }
    if (!gate->relative) {
        effect.baseline_value = mb_derive_cell(gate->versus, &gate->parsed);
        struct mb_compare_added added = mb_compare_added(&effect);
        gate->value = added.value;
        gate->low = added.low;
        gate->high = added.high;
    } else if (effect.log_ratio.n > 0) {
        gate->value = expm1(effect.log_ratio.value);
        gate->low = expm1(effect.log_ratio.low);
        gate->high = expm1(effect.log_ratio.high);
    }
}

static void gate_decide(struct mb_compare_gate *gate)
{
    if (isnan(gate->low) || isnan(gate->high)) {
        gate->state = MB_COMPARE_GATE_UNDECIDED;
        gate->reason = "no interval: it needs two complete trials with a known value";
        return;
    }
    bool keeps = gate->at_most ? gate->high <= gate->limit : gate->low >= gate->limit;
    bool breaks = gate->at_most ? gate->low > gate->limit : gate->high < gate->limit;
    gate->state = keeps    ? MB_COMPARE_GATE_PASSED
                  : breaks ? MB_COMPARE_GATE_FAILED
                           : MB_COMPARE_GATE_UNDECIDED;
    gate->reason = keeps || breaks ? NULL : "the interval holds the limit";
}

// Value and interval: of the cell, or against the one that it is held against.
static void gate_measure(const struct mb_compare_report *report,
                         const struct mb_gate *wanted, struct mb_compare_gate *gate)
{
    const struct mb_result *result = report->sides[gate->side].result;
    const char *variant = wanted->versus;
    enum mb_compare_design design = MB_COMPARE_VARIANT;
    if (variant == NULL) {
        absolute_measure(gate, report->confidence);
        return;
    }
    gate->against = variant;
    if (strcmp(variant, MB_SPEC_FIRST) == 0) {
        gate->against = report->sides[0].name;
        result = gate->side > 0 ? report->sides[0].result : NULL;
        variant = gate->cell->variant;
        design = MB_COMPARE_RELEASE;
    }
    gate->versus =
        result != NULL ? mb_result_find_cell(result, variant, &gate->cell->point) : NULL;
    if (gate->versus != NULL) {
        relative_measure(gate, design, report->confidence);
    }
}

bool mb_compare_gate_judge(const struct mb_compare_report *report,
                           const struct mb_gate *wanted, struct mb_compare_gate *gate)
{
    *gate = (struct mb_compare_gate){.side = gate->side,
                                     .cell = gate->cell,
                                     .metric = wanted->metric,
                                     .at_most = wanted->at_most,
                                     .relative = wanted->relative,
                                     .value = NAN,
                                     .low = NAN,
                                     .high = NAN};
    if (!mb_metric_parse(wanted->metric, &gate->parsed)) {
        return false;
    }
    gate->limit = limit_scaled(wanted, &gate->parsed);
    gate_measure(report, wanted, gate);
    gate_decide(gate);
    if (wanted->versus != NULL && gate->versus == NULL) {
        gate->reason = "there is nothing that it could be held against";
    }
    return true;
}

// True when the gate holds for the cell.
static bool gate_means(const struct mb_gate *wanted, const struct mb_cell *cell)
{
    bool own = wanted->versus != NULL && strcmp(cell->variant, wanted->versus) == 0;
    return wanted->variant != NULL ? strcmp(cell->variant, wanted->variant) == 0
                                   : cell->aa_of == NULL && !own;
}

static size_t side_judge(struct mb_arena *arena, const struct mb_gate *wanted,
                         size_t side, struct mb_compare_report *report)
{
    const struct mb_result *result = report->sides[side].result;
    size_t judged = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        struct mb_compare_gate gate = {.side = side, .cell = &result->cells[i]};
        if (!gate_means(wanted, gate.cell) ||
            !mb_compare_gate_judge(report, wanted, &gate)) {
            continue;
        }
        report->gates = mb_arena_grow(arena, report->gates, report->gate_count,
                                      &report->gate_capacity, sizeof *report->gates);
        report->gates[report->gate_count++] = gate;
        judged++;
    }
    return judged;
}

size_t mb_compare_gate_add(struct mb_arena *arena, const struct mb_gate *wanted,
                           struct mb_compare_report *report)
{
    size_t judged = 0;
    // Side by side each result is judged; else the newest one.
    for (size_t side = report->by != NULL ? 0 : report->side_count - 1;
         side < report->side_count; side++) {
        judged += side_judge(arena, wanted, side, report);
    }
    return judged;
}
