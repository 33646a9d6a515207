#include "meshbench/choices.h"

#include <string.h>

#include "base/units.h"
#include "model/derive.h"
#include "model/spec.h"

bool mb_choices_wanted(const struct mb_choices_asked *asked)
{
    return asked->asked || asked->slo.count > 0 || asked->weights.count > 0;
}

struct mb_compare_options
mb_choices_compared(const struct mb_choices_comparison *comparison,
                    const struct mb_choices_asked *asked, size_t results)
{
    bool side_by_side = results > 1 && mb_choices_wanted(asked);
    return (struct mb_compare_options){
        .baseline = comparison->baseline,
        .by = comparison->by == NULL && side_by_side ? "mesh" : comparison->by,
        .metrics = comparison->metrics.items,
        .metric_count = comparison->metrics.count,
        .allowed = comparison->allow.items,
        .allowed_count = comparison->allow.count,
    };
}

enum mb_status mb_choices_gates(struct mb_arena *arena, const struct mb_opt_list *texts,
                                const struct mb_gate **gates, struct mb_err *err)
{
    struct mb_gate *read = mb_arena_alloc(arena, texts->count, sizeof *read);
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < texts->count && status == MB_OK; i++) {
        status = mb_spec_gate_parse(arena, texts->items[i], &read[i], err);
    }
    *gates = read;
    return status;
}

static enum mb_status weight_read(struct mb_arena *arena, const char *text,
                                  struct mb_choice_weight *weight, struct mb_err *err)
{
    struct mb_metric metric;
    const char *equals = strchr(text, '=');
    if (equals == NULL) {
        return mb_err_set(err, MB_USAGE,
                          "'%s' is not a weight: METRIC=NUMBER, as cpu_per_request=2",
                          text);
    }
    weight->metric = mb_arena_copy_bytes(arena, text, (size_t)(equals - text));
    if (!mb_metric_parse(weight->metric, &metric)) {
        return mb_err_set(err, MB_USAGE, "'%s' is not a metric", weight->metric);
    }
    struct mb_err ignored = {0};
    if (mb_units_parse_double(equals + 1, &weight->weight, &ignored) != MB_OK ||
        !(weight->weight > 0.0) || weight->weight > 1e6) {
        return mb_err_set(err, MB_USAGE,
                          "weight '%s' of '%s' is not a number above 0, at most 1000000",
                          equals + 1, weight->metric);
    }
    return MB_OK;
}

enum mb_status mb_choices_read(struct mb_arena *arena,
                               const struct mb_choices_asked *asked,
                               struct mb_choice_options *options, struct mb_err *err)
{
    size_t count = asked->weights.count;
    struct mb_choice_weight *weights = mb_arena_alloc(arena, count, sizeof *weights);
    enum mb_status status = mb_choices_gates(arena, &asked->slo, &options->limits, err);
    options->limit_count = asked->slo.count;
    for (size_t i = 0; i < count && status == MB_OK; i++) {
        status = weight_read(arena, asked->weights.items[i], &weights[i], err);
    }
    options->weights = weights;
    options->weight_count = count;
    return status;
}
