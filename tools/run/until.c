#include "run/until.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "model/derive.h"
#include "stats/sample.h"

static const double SHARE_ONE = 1e9;

static const struct mb_trial *trial_of_block(const struct mb_cell *cell, int block)
{
    for (size_t i = 0; i < cell->trial_count; i++) {
        if (cell->trials[i].block == block &&
            cell->trials[i].status == MB_TRIAL_COMPLETE) {
            return &cell->trials[i];
        }
    }
    return NULL;
}

static bool log_ratio(const struct mb_cell *base, const struct mb_cell *cell, int block,
                      const struct mb_metric *metric, double *value)
{
    const struct mb_trial *left = trial_of_block(base, block);
    const struct mb_trial *right = trial_of_block(cell, block);
    if (left == NULL || right == NULL) {
        return false;
    }
    struct mb_value from = mb_derive_trial(base, left, metric);
    struct mb_value to = mb_derive_trial(cell, right, metric);
    if (from.state != MB_VALUE_KNOWN || to.state != MB_VALUE_KNOWN || from.value <= 0 ||
        to.value <= 0) {
        return false;
    }
    *value = log(to.value / from.value);
    return true;
}

// Half width of the interval as a share of the ratio; infinite while it is not known.
static double half_width(const struct mb_plan *plan, const struct mb_cell *base,
                         const struct mb_cell *cell, const struct mb_metric *metric)
{
    double *values = mb_mem_alloc((size_t)plan->block_count, sizeof *values);
    size_t count = 0;
    for (int block = 1; block <= plan->block_count; block++) {
        count += log_ratio(base, cell, block, metric, &values[count]);
    }
    double confidence = (double)plan->spec->confidence_share / SHARE_ONE;
    struct mb_sample_estimate estimate = mb_sample_paired(values, count, confidence);
    mb_mem_free(values);
    if (estimate.state == MB_SAMPLE_TOO_FEW) {
        return INFINITY;
    }
    return expm1((estimate.high - estimate.low) / 2);
}

// Cells are point after point, so a cell's baseline is in its own group.
static const struct mb_cell *baseline_of(const struct mb_plan *plan,
                                         const struct mb_result *result, size_t cell)
{
    const struct mb_spec *spec = plan->spec;
    size_t first = cell - plan->cells[cell].variant;
    for (size_t v = 0; v < spec->variant_count; v++) {
        if (spec->baseline != NULL &&
            strcmp(spec->variants[v].name, spec->baseline) == 0) {
            return &result->cells[first + v];
        }
    }
    return NULL;
}

// The first cell from *next on that is not known well enough; false when all are.
static bool find_wide(const struct mb_plan *plan, const struct mb_result *result,
                      size_t *next, double *width)
{
    struct mb_metric metric;
    const struct mb_spec *spec = plan->spec;
    if (spec->until.metric == NULL || !mb_metric_parse(spec->until.metric, &metric)) {
        return false;
    }
    double wanted = (double)spec->until.interval_share / SHARE_ONE;
    for (; *next < plan->cell_count; (*next)++) {
        const struct mb_cell *base = baseline_of(plan, result, *next);
        const struct mb_cell *cell = &result->cells[*next];
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): cell_count > 0 has cells
        if (base == NULL || base == cell || cell->aa_of != NULL) {
            continue;
        }
        *width = half_width(plan, base, cell, &metric);
        if (!(*width <= wanted)) {
            return true;
        }
    }
    return false;
}

bool mb_until_wants_more(const struct mb_plan *plan, const struct mb_result *result)
{
    size_t next = 0;
    double width;
    return plan->block_count < plan->block_limit &&
           find_wide(plan, result, &next, &width);
}

void mb_until_judge(const struct mb_plan *plan, const struct mb_result *result,
                    struct mb_diag *diag)
{
    const struct mb_spec *spec = plan->spec;
    char wanted[32];
    char reached[32];
    mb_units_show(MB_UNIT_SHARE, (double)spec->until.interval_share, wanted,
                  sizeof wanted);
    double width;
    for (size_t next = 0; find_wide(plan, result, &next, &width); next++) {
        if (isinf(width)) {
            (void)snprintf(reached, sizeof reached, "no share");
        } else {
            mb_units_show(MB_UNIT_SHARE, width * SHARE_ONE, reached, sizeof reached);
        }
        const struct mb_cell *cell = &result->cells[next];
        mb_diag_add(
            diag,
            &(struct mb_finding){
                .code = "MB424",
                .severity = MB_SEVERITY_NOTE,
                .pointer = mb_arena_print(diag->arena, "/cells/%zu", next),
                .message = mb_arena_print(
                    diag->arena,
                    "%s of '%s' at '%s' is known to %s after %d blocks, asked for %s",
                    spec->until.metric, cell->variant,
                    mb_point_title(diag->arena, &cell->point), reached, plan->block_count,
                    wanted),
            });
    }
}
