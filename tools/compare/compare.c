#include "compare/compare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "model/spec.h"

static const char *const default_metrics[] = {
    "response_time.p50", "response_time.p90", "response_time.p99",
    "throughput",        "cpu_per_request",   "memory",
    "error_ratio",
};

// What the builder of a report carries around.
struct builder {
    struct mb_arena *arena;
    const struct mb_result *result;
    const struct mb_compare_options *options;
    struct mb_compare_report *report;
    struct mb_spec spec; // of the result; empty when it has none
};

static bool variant_exists(const struct mb_result *result, const char *name)
{
    for (size_t i = 0; i < result->cell_count; i++) {
        if (strcmp(result->cells[i].variant, name) == 0) {
            return true;
        }
    }
    return false;
}

// The spec's baseline; without a spec the first cell's variant.
static const char *baseline_default(const struct builder *builder)
{
    const char *baseline = builder->spec.baseline;
    if (baseline != NULL && variant_exists(builder->result, baseline)) {
        return baseline;
    }
    return builder->result->cell_count > 0 ? builder->result->cells[0].variant : "";
}

static enum mb_status baseline_choose(struct builder *builder, struct mb_err *err)
{
    const struct mb_result *result = builder->result;
    const char *wanted = builder->options->baseline;
    const char *baseline = wanted != NULL ? wanted : baseline_default(builder);
    builder->report->baseline = baseline;
    if (!variant_exists(result, baseline)) {
        enum mb_status status =
            mb_err_set(err, MB_USAGE, "no variant '%s' in the result", baseline);
        mb_err_hint(err, "it has '%s' among others; see 'meshbench show'",
                    result->cell_count > 0 ? result->cells[0].variant : "");
        return status;
    }
    for (size_t i = 0; i < result->cell_count; i++) {
        if (strcmp(result->cells[i].variant, baseline) != 0) {
            return MB_OK;
        }
    }
    enum mb_status status = mb_err_set(
        err, MB_INVALID, "nothing to compare: '%s' is the only variant", baseline);
    mb_err_hint(err, "a spec needs two variants, or 'aa' for a noise floor");
    return status;
}

static double confidence_choose(const struct builder *builder)
{
    if (builder->options->confidence > 0.0) {
        return builder->options->confidence;
    }
    int64_t share = builder->spec.confidence_share;
    return share > 0 ? (double)share / 1e9 : 0.95;
}

static bool metric_is_primary(const struct mb_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->primary_count; i++) {
        if (strcmp(spec->primary[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static double metric_margin(const struct mb_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->margin_count; i++) {
        if (strcmp(spec->margins[i].metric, name) == 0) {
            return (double)spec->margins[i].share / 1e9;
        }
    }
    return 0.0;
}

static const struct mb_trial *trial_of_block(const struct mb_cell *cell, int block)
{
    for (size_t i = 0; i < cell->trial_count; i++) {
        const struct mb_trial *trial = &cell->trials[i];
        if (trial->block == block && trial->status == MB_TRIAL_COMPLETE) {
            return trial;
        }
    }
    return NULL;
}

void mb_compare_measure(struct mb_comparison *effect, double confidence)
{
    size_t most = effect->baseline->trial_count;
    double *differences = mb_mem_alloc(most, sizeof *differences);
    double *logs = mb_mem_alloc(most, sizeof *logs);
    bool positive = true;
    for (size_t i = 0; i < most; i++) {
        const struct mb_trial *left = &effect->baseline->trials[i];
        const struct mb_trial *right = trial_of_block(effect->cell, left->block);
        if (left->status != MB_TRIAL_COMPLETE || right == NULL) {
            continue;
        }
        struct mb_value base = mb_derive_trial(effect->baseline, left, &effect->metric);
        struct mb_value value = mb_derive_trial(effect->cell, right, &effect->metric);
        if (base.state != MB_VALUE_KNOWN || value.state != MB_VALUE_KNOWN) {
            effect->blocks_lost++;
            continue;
        }
        differences[effect->blocks] = value.value - base.value;
        positive = positive && base.value > 0.0 && value.value > 0.0;
        logs[effect->blocks++] = positive ? log(value.value / base.value) : 0.0;
    }
    effect->difference = mb_sample_paired(differences, effect->blocks, confidence);
    effect->log_ratio = mb_sample_paired(logs, positive ? effect->blocks : 0, confidence);
    effect->p_value = mb_compare_tested(effect)->p_value;
    effect->p_signed_rank =
        mb_sample_signed_rank(positive ? logs : differences, effect->blocks);
    mb_mem_free(differences);
    mb_mem_free(logs);
}

static void comparison_add(struct builder *builder, const struct mb_cell *baseline,
                           const struct mb_cell *cell, const char *name)
{
    struct mb_comparison effect = {.baseline = baseline,
                                   .cell = cell,
                                   .p_adjusted = NAN,
                                   .margin = metric_margin(&builder->spec, name)};
    if (!mb_metric_parse(name, &effect.metric)) {
        return; // a spec's own list, which its rules have judged
    }
    effect.aa = cell->aa_of != NULL && strcmp(cell->aa_of, baseline->variant) == 0;
    effect.primary = !effect.aa && metric_is_primary(&builder->spec, name);
    effect.baseline_value = mb_derive_cell(baseline, &effect.metric);
    effect.value = mb_derive_cell(cell, &effect.metric);
    struct mb_compare_report *report = builder->report;
    mb_compare_measure(&effect, report->confidence);
    report->comparisons =
        mb_arena_grow(builder->arena, report->comparisons, report->count,
                      &report->capacity, sizeof *report->comparisons);
    report->comparisons[report->count++] = effect;
}

static bool metric_is_default(const char *name)
{
    for (size_t i = 0; i < sizeof default_metrics / sizeof default_metrics[0]; i++) {
        if (strcmp(default_metrics[i], name) == 0) {
            return true;
        }
    }
    return false;
}

// The metrics asked for; else the default ones and what the spec calls primary beyond
// them.
static void metrics_add(struct builder *builder, const struct mb_cell *baseline,
                        const struct mb_cell *cell)
{
    const struct mb_compare_options *options = builder->options;
    for (size_t i = 0; i < options->metric_count; i++) {
        comparison_add(builder, baseline, cell, options->metrics[i]);
    }
    if (options->metric_count > 0) {
        return;
    }
    for (size_t i = 0; i < sizeof default_metrics / sizeof default_metrics[0]; i++) {
        comparison_add(builder, baseline, cell, default_metrics[i]);
    }
    for (size_t i = 0; i < builder->spec.primary_count; i++) {
        if (!metric_is_default(builder->spec.primary[i])) {
            comparison_add(builder, baseline, cell, builder->spec.primary[i]);
        }
    }
}

static enum mb_status metrics_check(const struct mb_compare_options *options,
                                    struct mb_err *err)
{
    for (size_t i = 0; i < options->metric_count; i++) {
        struct mb_metric metric;
        if (!mb_metric_parse(options->metrics[i], &metric)) {
            enum mb_status status =
                mb_err_set(err, MB_USAGE, "'%s' is not a metric", options->metrics[i]);
            mb_err_hint(err,
                        "for example response_time.p99, throughput, cpu_per_request, "
                        "memory.data_plane, error_ratio");
            return status;
        }
    }
    return MB_OK;
}

enum mb_status mb_compare_variants(struct mb_arena *arena, const struct mb_result *result,
                                   const struct mb_compare_options *options,
                                   struct mb_compare_report *report, struct mb_err *err)
{
    struct builder builder = {
        .arena = arena, .result = result, .options = options, .report = report};
    *report = (struct mb_compare_report){.result = result};
    enum mb_status status = metrics_check(options, err);
    if (status == MB_OK && result->spec_resolved != NULL) {
        status =
            mb_spec_from_node(arena, result->spec_resolved, NULL, &builder.spec, err);
    }
    if (status == MB_OK) {
        status = baseline_choose(&builder, err);
    }
    if (status != MB_OK) {
        return status;
    }
    report->confidence = confidence_choose(&builder);
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *baseline = &result->cells[i];
        if (strcmp(baseline->variant, report->baseline) != 0) {
            continue;
        }
        for (size_t j = 0; j < result->cell_count; j++) {
            const struct mb_cell *cell = &result->cells[j];
            if (cell != baseline && mb_point_equal(&cell->point, &baseline->point)) {
                metrics_add(&builder, baseline, cell);
            }
        }
    }
    mb_compare_decide(arena, report);
    mb_compare_gates(arena, &builder.spec, report);
    return MB_OK;
}

const struct mb_sample_estimate *mb_compare_tested(const struct mb_comparison *effect)
{
    return effect->log_ratio.n > 0 ? &effect->log_ratio : &effect->difference;
}

bool mb_compare_has(const struct mb_compare_report *report,
                    enum mb_compare_verdict verdict)
{
    for (size_t i = 0; i < report->count; i++) {
        if (report->comparisons[i].primary && report->comparisons[i].verdict == verdict) {
            return true;
        }
    }
    return false;
}
