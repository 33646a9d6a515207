#include "model/series.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "format/emit.h"
#include "model/spec.h"

// Goes into every id, so that another way to make them gives other ones.
static const char ID_SCHEME[] = "meshbench series 1";

// What the reading of one result carries around.
struct reader {
    struct mb_arena *arena;
    const struct mb_result *result;
    const char *baseline; // variant; NULL: none
    struct mb_series_values *values;
};

static const char *key_find(const struct mb_key *keys, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return keys[i].digest;
        }
    }
    return "";
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

// Captured, else as it was declared.
static const char *version_find(const struct reader *reader, const char *variant)
{
    const struct mb_fact_list *facts = &reader->result->facts;
    const char *path = mb_arena_print(reader->arena, "variants.%s.version", variant);
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(facts->items[i].path, path) == 0) {
            const char *declared = mb_node_text(facts->items[i].declared, NULL);
            return mb_node_text(facts->items[i].captured, declared);
        }
    }
    return NULL;
}

static size_t trial_count(const struct mb_cell *cell)
{
    struct mb_derive_scope scope = mb_derive_scope(cell, NULL);
    size_t position = 0;
    size_t count = 0;
    while (mb_derive_scope_next(&scope, &position) != NULL) {
        count++;
    }
    return count;
}

static const struct mb_cell *baseline_cell(const struct reader *reader,
                                           const struct mb_cell *cell)
{
    if (reader->baseline == NULL || strcmp(cell->variant, reader->baseline) == 0) {
        return NULL;
    }
    for (size_t i = 0; i < reader->result->cell_count; i++) {
        const struct mb_cell *other = &reader->result->cells[i];
        if (strcmp(other->variant, reader->baseline) == 0 &&
            mb_point_equal(&other->point, &cell->point)) {
            return other;
        }
    }
    return NULL;
}

static void value_push(const struct reader *reader, struct mb_series_value value)
{
    struct mb_series_values *values = reader->values;
    values->items = mb_arena_grow(reader->arena, values->items, values->count,
                                  &values->capacity, sizeof *values->items);
    values->items[values->count++] = value;
}

static const char *title_print(const struct reader *reader, const struct mb_cell *cell,
                               const struct mb_series_key *key)
{
    const char *point = mb_point_title(reader->arena, &cell->point);
    if (key->baseline == NULL) {
        return mb_arena_print(reader->arena, "%s · %s · %s", key->variant_name, point,
                              key->metric);
    }
    return mb_arena_print(reader->arena, "%s over %s · %s · %s", key->variant_name,
                          key->baseline, point, key->metric);
}

// What a variant adds: the difference, and how many times the baseline it is.
static void overhead_push(const struct reader *reader, const struct mb_cell *cell,
                          const struct mb_metric *metric, struct mb_series_value value)
{
    const struct mb_cell *other = baseline_cell(reader, cell);
    if (other == NULL) {
        return;
    }
    struct mb_value baseline = mb_derive_cell(other, metric);
    if (baseline.state != MB_VALUE_KNOWN) {
        return;
    }
    size_t trials = trial_count(other);
    value.key.baseline = reader->baseline;
    value.title = title_print(reader, cell, &value.key);
    value.ratio = baseline.value > 0.0 ? value.value / baseline.value : NAN;
    value.value -= baseline.value;
    value.trials = trials < value.trials ? trials : value.trials;
    value_push(reader, value);
}

static void metric_add(const struct reader *reader, const struct mb_cell *cell,
                       const char *name)
{
    struct mb_metric metric;
    if (!mb_metric_parse(name, &metric)) {
        return;
    }
    struct mb_value derived = mb_derive_cell(cell, &metric);
    if (derived.state != MB_VALUE_KNOWN || !isfinite(derived.value)) {
        return;
    }
    const struct mb_keys *keys = &reader->result->keys;
    struct mb_series_value value = {
        .key = {.application = or_empty(keys->application),
                .workload =
                    key_find(keys->workloads, keys->workload_count, cell->point.workload),
                .variant = key_find(keys->variants, keys->variant_count, cell->variant),
                .variant_name = cell->variant,
                .point = mb_point_id(reader->arena, &cell->point),
                .metric = name},
        .environment = or_empty(keys->environment),
        .version = version_find(reader, cell->variant),
        .time_unix_ns = reader->result->finished_unix_ns,
        .value = derived.value,
        .ratio = NAN,
        .unit = metric.unit,
        .higher_is_better = metric.higher_is_better,
        .trials = trial_count(cell),
    };
    value.title = title_print(reader, cell, &value.key);
    value_push(reader, value);
    overhead_push(reader, cell, &metric, value);
}

static bool name_is_in(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

void mb_series_extract(struct mb_arena *arena, const struct mb_result *result,
                       const char *const *metrics, size_t metric_count,
                       struct mb_series_values *values)
{
    struct reader reader = {.arena = arena, .result = result, .values = values};
    struct mb_spec spec = {0};
    struct mb_err ignored = {0}; // a spec that cannot be read names no baseline
    if (result->spec_resolved != NULL &&
        mb_spec_from_node(arena, result->spec_resolved, NULL, &spec, &ignored) == MB_OK) {
        reader.baseline = spec.baseline;
    } else {
        spec = (struct mb_spec){0};
    }
    size_t primary_count = metrics == NULL ? spec.primary_count : 0;
    if (metrics == NULL) {
        metrics = mb_metric_defaults(&metric_count);
    }
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        if (cell->aa_of != NULL) {
            continue;
        }
        for (size_t j = 0; j < metric_count; j++) {
            metric_add(&reader, cell, metrics[j]);
        }
        for (size_t j = 0; j < primary_count; j++) {
            if (!name_is_in(spec.primary[j], metrics, metric_count)) {
                metric_add(&reader, cell, spec.primary[j]);
            }
        }
    }
}

static bool text_equal(const char *left, const char *right)
{
    if (left == NULL || right == NULL) {
        return left == right;
    }
    return strcmp(left, right) == 0;
}

bool mb_series_key_equal(const struct mb_series_key *left,
                         const struct mb_series_key *right)
{
    return text_equal(left->application, right->application) &&
           text_equal(left->workload, right->workload) &&
           text_equal(left->variant, right->variant) &&
           text_equal(left->variant_name, right->variant_name) &&
           text_equal(left->point, right->point) &&
           text_equal(left->metric, right->metric) &&
           text_equal(left->baseline, right->baseline);
}

// A JSON list, so that no two keys give the same text.
char *mb_series_id(struct mb_arena *arena, const struct mb_series_key *key)
{
    const char *const texts[] = {ID_SCHEME,    key->application,  key->workload,
                                 key->variant, key->variant_name, key->point,
                                 key->metric,  key->baseline};
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mb_node_push(arena, list, mb_node_string(arena, texts[i]));
    }
    struct mb_buf text = {0};
    char digest[MB_DIGEST_TEXT];
    mb_emit_json_compact(list, &text);
    mb_digest_text(mb_buf_string(&text), text.size, digest);
    mb_buf_release(&text);
    return mb_arena_copy_string(arena, digest);
}
