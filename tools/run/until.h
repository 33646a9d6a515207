// Whether a run goes on: `trials.until` asks for whole blocks until a metric is known
// well enough. Run floor.
//
// What is looked at is the width of the interval, never its place, so that stopping does
// not favour an outcome (docs/why/blocks.md).
#ifndef MB_RUN_UNTIL_H
#define MB_RUN_UNTIL_H

#include <stdbool.h>

#include "base/diag.h"
#include "model/result.h"
#include "run/plan.h"

// True when another block is wanted and allowed: some variant at some point has a ratio
// against the baseline (paired within blocks, t interval of the mean log-ratio) whose
// half width is above the share asked for, or not known yet. `result` has the cells of
// the plan, in its order, with all trials of the blocks planned so far.
bool mb_until_wants_more(const struct mb_plan *plan, const struct mb_result *result);

// Adds a finding for each ratio that is still not known well enough.
void mb_until_judge(const struct mb_plan *plan, const struct mb_result *result,
                    struct mb_diag *diag);

#endif
