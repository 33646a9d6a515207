// One trial: a plan's trial in, a result's trial out. Run floor.
#ifndef MB_RUN_TRIAL_H
#define MB_RUN_TRIAL_H

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "load/load.h"
#include "model/result.h"
#include "run/plan.h"
#include "run/stage.h"

// Who measures; everything is borrowed.
struct mb_trial_bench {
    struct mb_ctx *ctx;
    const struct mb_plan *plan;
    const struct mb_stage *stage;
    const struct mb_stage_view *view;
    const struct mb_load_driver *driver;
    // Told about twice a second; NULL: nobody.
    void (*progress)(void *state, const struct mb_load_progress *progress);
    void *progress_state;
};

// Runs it, drained. Fills *trial (in arena; histograms owned by the caller, who frees
// them with mb_part_release on each part). A trial that was interrupted, or whose
// variant ended meanwhile, is MB_OK with status partial and a reason; one that was
// interrupted before its window began has measured nothing and is MB_INTERRUPTED. On
// failure *trial holds nothing to free.
MB_MUST_USE enum mb_status mb_trial_run(struct mb_arena *arena,
                                        const struct mb_trial_bench *bench,
                                        const struct mb_plan_trial *planned,
                                        struct mb_trial *trial, struct mb_err *err);

#endif
