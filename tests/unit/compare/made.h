// Results made here, from a table of percentiles: the tests of compare/ share them.
#ifndef MB_UNIT_COMPARE_MADE_H
#define MB_UNIT_COMPARE_MADE_H

#include <string.h>

#include "compare/compare.h"

enum { MADE_TRIALS_MAX = 8, MADE_COMPLETED = 60000 };

// One cell: a p50 and a p99 for each trial, in ns; 0 ends the list.
struct made_cell {
    const char *variant;
    const char *aa_of;
    int64_t p50[MADE_TRIALS_MAX];
    int64_t p99[MADE_TRIALS_MAX];
    int64_t cpu_ns; // of the data plane in each trial; 0: not known
    int64_t rate_micro_rps;
};

static struct mb_trial made_trial(struct mb_arena *arena, const struct made_cell *from,
                                  int block)
{
    struct mb_part *part = mb_arena_alloc(arena, 1, sizeof *part);
    struct mb_dist_quantile *quantiles = mb_arena_alloc(arena, 2, sizeof *quantiles);
    quantiles[0] = (struct mb_dist_quantile){500000000, from->p50[block - 1]};
    quantiles[1] = (struct mb_dist_quantile){990000000, from->p99[block - 1]};
    *part = (struct mb_part){.worker = "w",
                             .load_model = MB_LOAD_OPEN,
                             .threads = 1,
                             .window_ns = 60000000000,
                             .elapsed_ns = 60000000000,
                             .cpu_ns = -1,
                             .run_delay_ns = -1};
    part->counts.intended = MADE_COMPLETED;
    part->counts.sent = MADE_COMPLETED;
    part->counts.completed = MADE_COMPLETED;
    part->counts.ok = MADE_COMPLETED;
    part->dist = mb_dist_list(arena, "made");
    part->dist[MB_DIST_RESPONSE] = (struct mb_dist){.type = MB_DIST_QUANTILES,
                                                    .n = MADE_COMPLETED,
                                                    .sum = -1,
                                                    .min = -1,
                                                    .max = -1,
                                                    .quantiles = quantiles,
                                                    .count = 2};
    struct mb_trial trial = {.id = "t",
                             .block = block,
                             .position = 1,
                             .status = MB_TRIAL_COMPLETE,
                             .window_ns = part->window_ns,
                             .warmup_ns = 1000000000,
                             .parts = part,
                             .part_count = 1};
    if (from->cpu_ns > 0) {
        trial.resources = mb_arena_alloc(arena, 1, sizeof *trial.resources);
        trial.resource_count = 1;
        trial.resources[0] = (struct mb_resource){.role = MB_ROLE_DATA_PLANE,
                                                  .source = "made",
                                                  .scope = "process",
                                                  .cpu_start_ns = 0,
                                                  .cpu_end_ns = from->cpu_ns,
                                                  .rss_start_bytes = 1 << 20,
                                                  .rss_end_bytes = 1 << 20,
                                                  .rss_max_bytes = 1 << 20};
    }
    return trial;
}

static void made_result(struct mb_arena *arena, const struct made_cell *from,
                        size_t count, struct mb_result *result)
{
    *result =
        (struct mb_result){.cells = mb_arena_alloc(arena, count, sizeof *result->cells),
                           .cell_count = count};
    for (size_t i = 0; i < count; i++) {
        int64_t rate = from[i].rate_micro_rps;
        struct mb_cell *cell = &result->cells[i];
        *cell = (struct mb_cell){
            .variant = from[i].variant,
            .aa_of = from[i].aa_of,
            .trials = mb_arena_alloc(arena, MADE_TRIALS_MAX, sizeof *cell->trials),
            .point = {.workload = "steady",
                      .load_model = MB_LOAD_OPEN,
                      .connections = 16,
                      .rate_micro_rps = rate != 0 ? rate : INT64_C(1000000000),
                      .timeout_ns = -1}};
        while (cell->trial_count < MADE_TRIALS_MAX &&
               from[i].p50[cell->trial_count] > 0) {
            cell->trials[cell->trial_count] =
                made_trial(arena, &from[i], (int)cell->trial_count + 1);
            cell->trial_count++;
        }
    }
}

#endif
