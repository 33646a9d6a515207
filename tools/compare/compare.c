#include "compare/compare.h"

#include <math.h>
#include <string.h>

#include "base/workers.h"
#include "compare/attribute.h"
#include "compare/index.h"
#include "compare/values.h"
#include "model/judge.h"
#include "model/spec.h"

// What the builder of a report carries around.
struct builder {
    struct mb_arena *arena;
    const struct mb_result *result; // the first side's
    const struct mb_compare_options *options;
    struct mb_compare_report *report;
    struct mb_spec spec;           // of the result; empty when it has none
    struct mb_compare_index index; // of the result
    struct mb_metric *metrics;     // that are compared, in this order
    size_t metric_count;
    struct mb_compare_values *values;
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
        if (strcmp(result->cells[i].variant, baseline) != 0 ||
            builder->report->side_count > 1) {
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

// What decides where no spec says it: the default of a spec (spec/documents.md).
static bool metric_is_primary(const struct mb_spec *spec, const char *name)
{
    if (spec->resolved == NULL) {
        return strcmp(name, "response_time.p50") == 0 ||
               strcmp(name, "response_time.p99") == 0;
    }
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

static void comparison_add(struct builder *builder, const struct mb_comparison *like,
                           size_t metric)
{
    struct mb_compare_report *report = builder->report;
    struct mb_comparison effect = *like;
    const char *name = builder->metrics[metric].name;
    effect.metric = builder->metrics[metric];
    effect.known = builder->values;
    effect.known_metric = metric;
    effect.p_adjusted = NAN;
    effect.margin = metric_margin(&builder->spec, name);
    effect.aa = like->design == MB_COMPARE_VARIANT && like->cell->aa_of != NULL &&
                strcmp(like->cell->aa_of, like->baseline->variant) == 0;
    effect.primary = !effect.aa && metric_is_primary(&builder->spec, name);
    effect.baseline_value = mb_compare_values_cell(builder->values, metric,
                                                   effect.baseline_side, effect.baseline);
    effect.value =
        mb_compare_values_cell(builder->values, metric, effect.side, effect.cell);
    report->comparisons =
        mb_arena_grow(builder->arena, report->comparisons, report->count,
                      &report->capacity, sizeof *report->comparisons);
    report->comparisons[report->count++] = effect;
}

static bool metric_is_default(const char *name)
{
    size_t count = 0;
    const char *const *defaults = mb_metric_defaults(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(defaults[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void metric_add(struct builder *builder, const char *name)
{
    struct mb_metric metric;
    if (mb_metric_parse(name, &metric)) { // a spec's own list has been judged by rules
        builder->metrics[builder->metric_count++] = metric;
    }
}

static bool service_only(const struct mb_compare_report *report)
{
    for (size_t i = 0; i < report->side_count; i++) {
        const struct mb_result *result = report->sides[i].result;
        for (size_t j = 0; j < result->cell_count; j++) {
            if (!mb_judge_service_only(&result->cells[j])) {
                return false;
            }
        }
    }
    return true;
}

// A default metric; of service times where nothing has response times.
static void default_add(struct builder *builder, const char *name, bool service)
{
    static const char response[] = "response_time.";
    size_t length = sizeof response - 1;
    bool other = service && strncmp(name, response, length) == 0;
    metric_add(builder,
               other ? mb_arena_print(builder->arena, "service_time.%s", name + length)
                     : name);
}

// The metrics asked for; else the default ones and what the spec calls primary beyond
// them.
static void metrics_choose(struct builder *builder)
{
    const struct mb_compare_options *options = builder->options;
    size_t count = 0;
    const char *const *defaults = mb_metric_defaults(&count);
    builder->metrics = mb_arena_alloc(
        builder->arena, options->metric_count + count + builder->spec.primary_count,
        sizeof *builder->metrics);
    for (size_t i = 0; i < options->metric_count; i++) {
        metric_add(builder, options->metrics[i]);
    }
    if (options->metric_count > 0) {
        return;
    }
    bool service = service_only(builder->report);
    for (size_t i = 0; i < count; i++) {
        default_add(builder, defaults[i], service);
    }
    for (size_t i = 0; i < builder->spec.primary_count; i++) {
        if (!metric_is_default(builder->spec.primary[i])) {
            metric_add(builder, builder->spec.primary[i]);
        }
    }
}

static void metrics_add(struct builder *builder, const struct mb_comparison *like)
{
    for (size_t i = 0; i < builder->metric_count; i++) {
        comparison_add(builder, like, i);
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

static void variants_add(struct builder *builder, size_t side)
{
    const struct mb_result *result = builder->report->sides[side].result;
    const struct mb_compare_index index = mb_compare_index_make(builder->arena, result);
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *baseline = &result->cells[i];
        if (strcmp(baseline->variant, builder->report->baseline) != 0) {
            continue;
        }
        size_t position = 0;
        const struct mb_cell *cell =
            mb_compare_index_next(&index, &baseline->point, &position);
        while (cell != NULL) {
            if (cell != baseline) {
                metrics_add(builder, &(struct mb_comparison){
                                         .baseline_side = side,
                                         .side = side,
                                         .baseline = baseline,
                                         .cell = cell,
                                         .obstacle = mb_compare_generators_differ(
                                             builder->options, baseline, cell),
                                     });
            }
            cell = mb_compare_index_next(&index, &baseline->point, &position);
        }
    }
}

// Every cell of the first result that this one has as well; returns how many.
static size_t side_add(struct builder *builder, size_t side)
{
    const struct mb_result *left = builder->result;
    const struct mb_result *right = builder->report->sides[side].result;
    const struct mb_compare_index index = mb_compare_index_make(builder->arena, right);
    const char *base = builder->report->baseline;
    size_t matched = 0;
    for (size_t i = 0; i < left->cell_count; i++) {
        const struct mb_cell *from = &left->cells[i];
        const struct mb_cell *to =
            mb_compare_index_find(&index, from->variant, &from->point);
        if (to == NULL) {
            continue;
        }
        struct mb_comparison like = {
            .design = MB_COMPARE_RELEASE, .side = side, .baseline = from, .cell = to};
        metrics_add(builder, &like);
        matched++;
        like.baseline_reference =
            mb_compare_index_find(&builder->index, base, &from->point);
        like.reference = mb_compare_index_find(&index, base, &from->point);
        if (like.baseline_reference != NULL && like.reference != NULL &&
            strcmp(from->variant, base) != 0 && from->aa_of == NULL) {
            like.design = MB_COMPARE_OVERHEAD;
            metrics_add(builder, &like);
        }
    }
    return matched;
}

static enum mb_status sides_add(struct builder *builder, struct mb_err *err)
{
    for (size_t side = 1; side < builder->report->side_count; side++) {
        if (side_add(builder, side) == 0) {
            enum mb_status status = mb_err_set(
                err, MB_INVALID, "nothing to compare: '%s' and '%s' share no cell",
                builder->report->sides[0].name, builder->report->sides[side].name);
            mb_err_hint(err, "a cell is a variant at a load point: both have to be equal "
                             "by name, connections and rate");
            return status;
        }
        mb_compare_differ(builder->arena, builder->options, side, builder->report);
    }
    return MB_OK;
}

// Every variant against the baseline of its own result.
static enum mb_status groups_add(struct builder *builder, struct mb_err *err)
{
    struct mb_compare_report *report = builder->report;
    for (size_t side = 0; side < report->side_count; side++) {
        variants_add(builder, side);
        if (side > 0) {
            mb_compare_differ(builder->arena, builder->options, side, report);
        }
    }
    if (report->count == 0) {
        enum mb_status status = mb_err_set(
            err, MB_INVALID, "nothing to compare: no result has '%s' and another variant",
            report->baseline);
        mb_err_hint(err, "'--baseline VARIANT' names another one");
        return status;
    }
    return MB_OK;
}

// The spec's gates, then those asked for; one of these that holds nowhere is a mistake.
static enum mb_status gates_add(struct builder *builder, struct mb_err *err)
{
    const struct mb_compare_options *options = builder->options;
    for (size_t i = 0; i < builder->spec.gate_count; i++) {
        (void)mb_compare_gate_add(builder->arena, &builder->spec.gates[i],
                                  builder->report);
    }
    for (size_t i = 0; i < options->gate_count; i++) {
        const struct mb_gate *gate = &options->gates[i];
        if (gate->versus != NULL && strcmp(gate->versus, MB_SPEC_FIRST) != 0 &&
            !variant_exists(builder->result, gate->versus)) {
            return mb_err_set(err, MB_USAGE, "no variant '%s' to hold '%s' against",
                              gate->versus, gate->metric);
        }
        if (mb_compare_gate_add(builder->arena, gate, builder->report) == 0) {
            return mb_err_set(err, MB_USAGE, "the gate of '%s' holds for no cell of '%s'",
                              gate->metric,
                              gate->variant != NULL ? gate->variant : "any variant");
        }
    }
    return MB_OK;
}

// Effects do not depend on each other: a few at a time, on all CPUs.
enum { MEASURED_TOGETHER = 64 };

static void some_measure(void *state, size_t index)
{
    struct mb_compare_report *report = state;
    size_t end = (index + 1) * MEASURED_TOGETHER;
    for (size_t i = index * MEASURED_TOGETHER; i < end && i < report->count; i++) {
        mb_compare_measure(&report->comparisons[i], report->confidence);
    }
}

static void effects_measure(struct mb_compare_report *report)
{
    size_t pieces = (report->count + MEASURED_TOGETHER - 1) / MEASURED_TOGETHER;
    mb_workers_run(some_measure, report, pieces);
}

enum mb_status mb_compare(struct mb_arena *arena, const struct mb_compare_side *sides,
                          size_t count, const struct mb_compare_options *options,
                          struct mb_compare_report *report, struct mb_err *err)
{
    const struct mb_result *first = sides[0].result;
    struct builder builder = {
        .arena = arena, .result = first, .options = options, .report = report};
    *report = (struct mb_compare_report){
        .sides = sides, .side_count = count, .by = options->by};
    enum mb_status status = metrics_check(options, err);
    if (status == MB_OK && options->by != NULL &&
        !mb_compare_attribute_known(options->by)) {
        status =
            mb_err_set(err, MB_USAGE, "results are not grouped by '%s'", options->by);
        mb_err_hint(err, "known are %s", mb_compare_attribute_names());
    }
    if (status == MB_OK && first->spec_resolved != NULL) {
        status = mb_spec_from_node(arena, first->spec_resolved, NULL, &builder.spec, err);
    }
    if (status == MB_OK) {
        status = baseline_choose(&builder, err);
    }
    if (status != MB_OK) {
        return status;
    }
    report->confidence = confidence_choose(&builder);
    builder.index = mb_compare_index_make(arena, first);
    metrics_choose(&builder);
    status = mb_compare_values_make(arena, report, builder.metrics, builder.metric_count,
                                    &builder.values, err);
    if (status == MB_OK && options->by != NULL) {
        status = groups_add(&builder, err);
    } else if (status == MB_OK && count == 1) {
        variants_add(&builder, 0);
    } else if (status == MB_OK) {
        status = sides_add(&builder, err);
    }
    if (status == MB_OK) {
        effects_measure(report);
        mb_compare_decide(arena, report);
        status = gates_add(&builder, err);
    }
    if (status == MB_OK) {
        mb_compare_notes(arena, report);
        if (report->by != NULL) {
            mb_compare_group(arena, report);
        }
    }
    return status;
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
