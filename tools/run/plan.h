// The plan of a run: which cell is measured when, and from which seed. Pure: the same
// spec and seed give the same plan on every machine. Run floor: may include base, format,
// stats, model, check, load, collect, mesh.
//
// Cells are variants (the A/A twin included) x the points of all workloads. A block is
// one pass over all cells. Interleaved: in each block the points come in random order,
// and at each point its variants follow each other in random order, so that what is
// compared was measured minutes apart at most (docs/why/blocks.md). Sequential: the
// order of the spec, variant after variant, in every block.
#ifndef MB_RUN_PLAN_H
#define MB_RUN_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/result.h"
#include "model/spec.h"

// More would be a mistake in the matrix: 100,000 trials of 10 s are eleven days.
enum { MB_PLAN_MAX_CELLS = 10000, MB_PLAN_MAX_TRIALS = 100000 };

struct mb_plan_cell {
    size_t variant; // index in spec->variants
    const struct mb_workload *workload;
    struct mb_point point;
};

struct mb_plan_trial {
    const char *id; // "b1/steady-c16-r100/baseline"
    size_t cell;    // index in plan->cells
    int block;      // 1-based
    int position;   // 1-based, in its block
    uint64_t seed;  // below 2^53; equal for all variants of a point in a block
};

struct mb_plan {
    const struct mb_spec *spec; // borrowed
    uint64_t seed;
    struct mb_plan_cell *cells; // point after point; variants in the order of the spec
    size_t cell_count;
    size_t point_count;
    struct mb_plan_trial *trials; // in the order of measuring
    size_t trial_count;
    size_t trial_capacity;
    int block_count; // blocks planned so far
    int block_limit; // most blocks there may be: trials.until.at_most, else block_count
};

// Plans the cells and the spec's blocks, from its seed. Everything in arena; borrows the
// spec. MB_INVALID names the limit that the spec goes beyond, or a point that occurs
// twice.
MB_MUST_USE enum mb_status mb_plan_init(struct mb_arena *arena,
                                        const struct mb_spec *spec, struct mb_plan *plan,
                                        struct mb_err *err);

// Adds the next block. Its order depends on the seed and its number only, so that a plan
// may be extended at any time. The caller stays below block_limit.
void mb_plan_extend(struct mb_arena *arena, struct mb_plan *plan);

// How long one trial takes, pause and warm-up included, if requests end soon after the
// window; and the trials from `first` on together.
int64_t mb_plan_trial_ns(const struct mb_plan *plan, const struct mb_plan_trial *trial);
int64_t mb_plan_estimate_ns(const struct mb_plan *plan, size_t first);

// The plan for people: what is measured, the order of each block, the estimated time.
void mb_plan_print(struct mb_arena *arena, const struct mb_plan *plan,
                   struct mb_buf *out);

// "1 h 33 min", "12 min", "45 s": a span of time for people, rounded.
void mb_plan_print_span(int64_t duration_ns, char *text, size_t size);

#endif
