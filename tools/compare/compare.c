#include "compare/compare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "format/node.h"

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
    const struct mb_node *analysis; // of the resolved spec; NULL when absent
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

// The first variant without a mesh in the resolved spec; without a spec the first cell's.
static const char *baseline_default(const struct mb_result *result)
{
    const struct mb_node *variants = mb_node_find(result->spec_resolved, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const struct mb_node *variant = variants->as.list.items[i];
        const char *name = mb_node_text(mb_node_find(variant, "name"), "");
        const char *mesh = mb_node_text(mb_node_find(variant, "mesh"), "");
        if (strcmp(mesh, "none") == 0 && variant_exists(result, name)) {
            return name;
        }
    }
    return result->cell_count > 0 ? result->cells[0].variant : "";
}

static enum mb_status baseline_choose(struct builder *builder, struct mb_err *err)
{
    const struct mb_result *result = builder->result;
    const char *wanted = builder->options->baseline;
    const char *baseline = wanted != NULL ? wanted : baseline_default(result);
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

static bool share_read(const struct mb_node *node, double *share)
{
    int64_t value = 0;
    struct mb_err ignored = {0};
    const char *text = mb_node_text(node, NULL);
    if (text == NULL || mb_units_parse(MB_UNIT_SHARE, text, &value, &ignored) != MB_OK) {
        return false;
    }
    *share = (double)value / 1e9;
    return true;
}

static double confidence_choose(const struct builder *builder)
{
    double share = builder->options->confidence;
    if (share > 0.0) {
        return share;
    }
    bool declared = share_read(mb_node_find(builder->analysis, "confidence"), &share);
    return declared && share > 0.0 && share < 1.0 ? share : 0.95;
}

static bool metric_is_primary(const struct builder *builder, const char *name)
{
    const struct mb_node *primary = mb_node_find(builder->analysis, "primary");
    for (size_t i = 0; i < mb_node_count(primary); i++) {
        if (strcmp(mb_node_text(primary->as.list.items[i], ""), name) == 0) {
            return true;
        }
    }
    return false;
}

static double metric_margin(const struct builder *builder, const char *name)
{
    double share = 0.0;
    const struct mb_node *margins = mb_node_find(builder->analysis, "margin");
    return share_read(mb_node_find(margins, name), &share) ? share : 0.0;
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

static void comparison_measure(const struct builder *builder,
                               struct mb_comparison *effect)
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
    double confidence = builder->report->confidence;
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
                                   .margin = metric_margin(builder, name)};
    if (!mb_metric_parse(name, &effect.metric)) {
        return; // a spec's own list, which its rules have judged
    }
    effect.aa = cell->aa_of != NULL && strcmp(cell->aa_of, baseline->variant) == 0;
    effect.primary = !effect.aa && metric_is_primary(builder, name);
    effect.baseline_value = mb_derive_cell(baseline, &effect.metric);
    effect.value = mb_derive_cell(cell, &effect.metric);
    comparison_measure(builder, &effect);
    struct mb_compare_report *report = builder->report;
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
    const struct mb_node *primary = mb_node_find(builder->analysis, "primary");
    for (size_t i = 0; i < mb_node_count(primary); i++) {
        const char *name = mb_node_text(primary->as.list.items[i], "");
        if (!metric_is_default(name)) {
            comparison_add(builder, baseline, cell, name);
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
    struct builder builder = {.arena = arena,
                              .result = result,
                              .options = options,
                              .report = report,
                              .analysis =
                                  mb_node_find(result->spec_resolved, "analysis")};
    *report = (struct mb_compare_report){.result = result};
    enum mb_status status = metrics_check(options, err);
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
