// A run: from a spec to a result, block after block, saved after every trial. Run floor.
#ifndef MB_RUN_RUN_H
#define MB_RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "load/load.h"
#include "model/result.h"
#include "model/spec.h"
#include "run/plan.h"
#include "run/resume.h"
#include "run/stage.h"

// Where a run is.
struct mb_run_place {
    const struct mb_plan *plan;
    const struct mb_plan_trial *trial;
    size_t done;     // trials that are complete, resumed ones included
    int64_t left_ns; // what the rest will take, the running trial included
};

// Who is told. Every function may be NULL.
struct mb_run_observer {
    void (*up)(void *state); // application and adapters are being started
    void (*trial_begin)(void *state, const struct mb_run_place *place);
    void (*trial_progress)(void *state, const struct mb_run_place *place,
                           const struct mb_load_progress *progress);
    // `cell` holds the trial only; both end with the call.
    void (*trial_end)(void *state, const struct mb_run_place *place,
                      const struct mb_cell *cell, const struct mb_trial *trial);
    void *state;
};

struct mb_run_setup { // all borrowed
    struct mb_ctx *ctx;
    const struct mb_spec *spec; // its seed is set
    int declared_blocks; // what the spec's text asks for; spec->block_count is measured
    struct mb_load_driver driver;
    struct mb_stage stage;
    const struct mb_run_observer *observer; // NULL: nobody
    const struct mb_resume *resume;         // NULL: from the start
    const char *out_path;
    const char *partial_path;
    // Asked after each block but the last that is allowed: is another one wanted? NULL:
    // what `trials.until` says decides. `result` has the cells of the plan, with all
    // trials of the blocks planned so far.
    bool (*wants_more)(void *state, const struct mb_plan *plan,
                       const struct mb_result *result);
    void *wants_more_state;
    int block_limit; // with wants_more: blocks at most
};

// What came of it; in the arena of the run.
struct mb_run_outcome {
    size_t complete; // trials
    size_t planned;
    struct mb_finding *findings; // those of the result
    size_t finding_count;
};

// Runs to the end and writes the result. Whatever the status, nothing is left running.
// Interrupted (MB_INTERRUPTED) or failed (MB_FAILED), what was measured is in the partial
// result, and the hint says how to go on. *outcome is filled in any case.
MB_MUST_USE enum mb_status mb_run_execute(struct mb_arena *arena,
                                          const struct mb_run_setup *setup,
                                          struct mb_run_outcome *outcome,
                                          struct mb_err *err);

// Measures exactly this many blocks instead of those that the spec asks for: in the
// struct and in `resolved`.
void mb_run_set_blocks(struct mb_arena *arena, struct mb_spec *spec, int blocks);

// In arena: "NAME.partial.json" for "NAME.json" or "NAME".
char *mb_run_partial_path(struct mb_arena *arena, const char *out_path);

// In arena: the way back: "NAME.json" for "NAME.partial.json"; "NAME.complete.json" for
// another NAME.
char *mb_run_complete_path(struct mb_arena *arena, const char *partial_path);

// In arena: "<name>-<UTC time>.json", the place of a result when none is given.
char *mb_run_default_path(struct mb_arena *arena, const char *name, int64_t unix_ns);

#endif
