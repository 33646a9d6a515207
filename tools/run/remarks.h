// What a run has to say against itself: findings that go into its result. Run floor.
#ifndef MB_RUN_REMARKS_H
#define MB_RUN_REMARKS_H

#include "base/arena.h"
#include "base/diag.h"
#include "model/result.h"

// Adds findings about the measured cells: saturated ones, a generator that was late,
// requests that all failed (model/judge.h). Pointers lead into the result's document.
void mb_remarks_cells(const struct mb_result *result, struct mb_diag *diag);

// Adds findings about the host during the trials (MB402).
void mb_remarks_hosts(const struct mb_result *result, struct mb_diag *diag);

// Adds findings about facts that were declared and captured as something else.
void mb_remarks_facts(const struct mb_fact_list *facts, struct mb_diag *diag);

#endif
