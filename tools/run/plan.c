#include "run/plan.h"

#include <assert.h>

#include "base/rng.h"
#include "base/units.h"

// Between the end of a window and the next warm-up: draining, reading counters, saving.
static const int64_t OVERHEAD_NS = 50000000;

static uint64_t seed_derive(uint64_t seed, const char *label)
{
    return mb_rng_derive(seed, label) & (uint64_t)MB_UNITS_SAFE_MAX;
}

// Two cells of one name could not be told apart in the result.
static enum mb_status check_points(struct mb_arena *arena,
                                   const struct mb_workload *workload, struct mb_err *err)
{
    size_t count;
    const struct mb_point *points = mb_spec_points(arena, workload, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (mb_point_equal(&points[i], &points[j])) {
                return mb_err_set(err, MB_INVALID, "load point '%s' occurs twice",
                                  mb_point_title(arena, &points[i]));
            }
        }
    }
    return MB_OK;
}

static enum mb_status count_cells(struct mb_arena *arena, const struct mb_spec *spec,
                                  struct mb_plan *plan, struct mb_err *err)
{
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct mb_workload *workload = &spec->workloads[w];
        size_t connections = workload->connection_count;
        size_t rates = workload->rate_count;
        if (connections > MB_PLAN_MAX_CELLS || rates > MB_PLAN_MAX_CELLS ||
            plan->point_count + connections * rates > MB_PLAN_MAX_CELLS) {
            return mb_err_set(
                err, MB_INVALID,
                "the workloads have more than %d load points (workload '%s': "
                "%zu connections x %zu rates)",
                MB_PLAN_MAX_CELLS, workload->name, connections, rates);
        }
        plan->point_count += connections * rates;
        enum mb_status status = check_points(arena, workload, err);
        if (status != MB_OK) {
            return status;
        }
    }
    size_t variants = spec->variant_count;
    if (variants > MB_PLAN_MAX_CELLS ||
        plan->point_count * variants > MB_PLAN_MAX_CELLS) {
        return mb_err_set(err, MB_INVALID,
                          "the spec has %zu variants x %zu load points; at most %d cells",
                          variants, plan->point_count, MB_PLAN_MAX_CELLS);
    }
    plan->cell_count = plan->point_count * variants;
    if (plan->cell_count == 0) {
        return mb_err_set(err, MB_INVALID, "the spec has nothing to measure");
    }
    return MB_OK;
}

static void fill_cells(struct mb_arena *arena, struct mb_plan *plan)
{
    const struct mb_spec *spec = plan->spec;
    plan->cells = mb_arena_alloc(arena, plan->cell_count, sizeof *plan->cells);
    size_t next = 0;
    for (size_t w = 0; w < spec->workload_count; w++) {
        size_t count;
        const struct mb_point *points =
            mb_spec_points(arena, &spec->workloads[w], &count);
        for (size_t p = 0; p < count; p++) {
            for (size_t v = 0; v < spec->variant_count; v++) {
                plan->cells[next++] = (struct mb_plan_cell){
                    .variant = v,
                    .workload = &spec->workloads[w],
                    .point = points[p],
                };
            }
        }
    }
    assert(next == plan->cell_count);
}

enum mb_status mb_plan_init(struct mb_arena *arena, const struct mb_spec *spec,
                            struct mb_plan *plan, struct mb_err *err)
{
    int block_count = spec->block_count;
    *plan = (struct mb_plan){.spec = spec, .seed = spec->seed};
    enum mb_status status = count_cells(arena, spec, plan, err);
    if (status != MB_OK) {
        return status;
    }
    plan->block_limit = block_count;
    if (spec->until.metric != NULL && spec->until.at_most > block_count) {
        plan->block_limit = spec->until.at_most;
    }
    if (block_count < 1 ||
        (size_t)plan->block_limit > MB_PLAN_MAX_TRIALS / plan->cell_count) {
        return mb_err_set(err, MB_INVALID, "%d blocks x %zu cells: at most %d trials",
                          plan->block_limit, plan->cell_count, MB_PLAN_MAX_TRIALS);
    }
    fill_cells(arena, plan);
    for (int block = 0; block < block_count; block++) {
        mb_plan_extend(arena, plan);
    }
    return MB_OK;
}

static void add_trial(struct mb_arena *arena, struct mb_plan *plan, size_t cell,
                      int position)
{
    const struct mb_plan_cell *what = &plan->cells[cell];
    int block = plan->block_count;
    // Variants of a point share the seed: the same random schedule for each of them makes
    // their difference smaller in variance, and the twin shares it as well.
    const char *point =
        mb_arena_print(arena, "b%d/%s", block, mb_point_id(arena, &what->point));
    plan->trials = mb_arena_grow(arena, plan->trials, plan->trial_count,
                                 &plan->trial_capacity, sizeof *plan->trials);
    plan->trials[plan->trial_count++] = (struct mb_plan_trial){
        .id = mb_arena_print(arena, "%s/%s", point,
                             plan->spec->variants[what->variant].name),
        .cell = cell,
        .block = block,
        .position = position,
        .seed = seed_derive(plan->seed, point),
    };
}

static void add_interleaved(struct mb_arena *arena, struct mb_plan *plan)
{
    size_t variant_count = plan->spec->variant_count;
    size_t *points = mb_arena_alloc(arena, plan->point_count, sizeof *points);
    size_t *variants = mb_arena_alloc(arena, variant_count, sizeof *variants);
    struct mb_rng rng;
    mb_rng_init(&rng, seed_derive(plan->seed,
                                  mb_arena_print(arena, "order/b%d", plan->block_count)));
    mb_rng_shuffle(&rng, points, plan->point_count);
    int position = 0;
    for (size_t p = 0; p < plan->point_count; p++) {
        mb_rng_shuffle(&rng, variants, variant_count);
        for (size_t v = 0; v < variant_count; v++) {
            add_trial(arena, plan, points[p] * variant_count + variants[v], ++position);
        }
    }
}

static void add_sequential(struct mb_arena *arena, struct mb_plan *plan)
{
    int position = 0;
    for (size_t v = 0; v < plan->spec->variant_count; v++) {
        for (size_t p = 0; p < plan->point_count; p++) {
            add_trial(arena, plan, p * plan->spec->variant_count + v, ++position);
        }
    }
}

void mb_plan_extend(struct mb_arena *arena, struct mb_plan *plan)
{
    assert(plan->block_count < plan->block_limit);
    plan->block_count++;
    if (plan->spec->interleaved) {
        add_interleaved(arena, plan);
    } else {
        add_sequential(arena, plan);
    }
}

int64_t mb_plan_trial_ns(const struct mb_plan *plan, const struct mb_plan_trial *trial)
{
    const struct mb_workload *workload = plan->cells[trial->cell].workload;
    return workload->warmup_ns + workload->duration_ns + plan->spec->pause_ns +
           OVERHEAD_NS;
}

int64_t mb_plan_estimate_ns(const struct mb_plan *plan, size_t first)
{
    int64_t sum_ns = 0;
    for (size_t i = first; i < plan->trial_count; i++) {
        sum_ns += mb_plan_trial_ns(plan, &plan->trials[i]);
    }
    return sum_ns;
}
