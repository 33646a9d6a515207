// What a run has to say against itself: findings that go into its result. Run floor.
#ifndef MB_RUN_JUDGE_H
#define MB_RUN_JUDGE_H

#include "base/arena.h"
#include "base/diag.h"
#include "model/result.h"
#include "model/spec.h"

// Share of the asked rate that an open or paced cell has to achieve, in 1e-9: below it
// the cell is saturated.
#define MB_JUDGE_ACHIEVED_SHARE INT64_C(990000000)

// The generator's own lateness may be this share of the response time at the same
// percentile (p99), in 1e-9: above it the generator is part of what was measured.
#define MB_JUDGE_LAG_SHARE INT64_C(100000000)

// Adds findings about the measured cells: saturated ones, a generator that was late,
// requests that all failed. Pointers lead into the result's document.
void mb_judge_cells(const struct mb_result *result, struct mb_diag *diag);

// Adds findings about facts that were declared and captured as something else.
void mb_judge_facts(const struct mb_fact_list *facts, struct mb_diag *diag);

#endif
