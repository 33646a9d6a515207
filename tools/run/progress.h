// What a run says while it goes on, as text; who prints it decides where. Run floor.
#ifndef MB_RUN_PROGRESS_H
#define MB_RUN_PROGRESS_H

#include "base/buf.h"
#include "load/load.h"
#include "model/result.h"
#include "run/run.h"

// One line without its end, cut to `width` columns: "block 2/6 · cell 3/10 · nginx ·
// steady · 1000 rps · p50 1.2 ms p99 3.1 ms · 0 errors · 7 min left".
void mb_progress_running(const struct mb_run_place *place,
                         const struct mb_load_progress *progress, int width,
                         struct mb_buf *out);

// One line with its end for a trial that has ended: "12/60 b1/steady-c16-r1000/nginx  998
// rps  p50 1.21 ms  p99 3.02 ms  0 errors  (7 min left)".
void mb_progress_trial(const struct mb_run_place *place, const struct mb_cell *cell,
                       const struct mb_trial *trial, struct mb_buf *out);

// The end: how much was measured, the findings, the result and the next step.
void mb_progress_summary(const struct mb_run_outcome *outcome, const char *path,
                         struct mb_buf *out);

#endif
