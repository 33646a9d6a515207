// What commands that measure share: reading a spec that is to be run, and telling how far
// it is. Meshbench floor.
#ifndef MB_MESHBENCH_RUNS_H
#define MB_MESHBENCH_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "format/doc.h"
#include "load/load.h"
#include "model/spec.h"
#include "run/run.h"

struct mb_runs_spec {
    bool quiet; // given: say nothing about what a conversion left out
    struct mb_doc doc;
    struct mb_spec spec;
};

// Reads a spec (or a test's configuration of SMP, which becomes one) and checks it.
// MB_INVALID when it is none, when it has errors (which are printed as `validate` prints
// them, with no message left), or when it needs what this build does not do yet.
// Everything in arena.
MB_MUST_USE enum mb_status mb_runs_read_spec(struct mb_ctx *ctx, struct mb_arena *arena,
                                             const char *path, struct mb_runs_spec *read,
                                             struct mb_err *err);

// The generator that the spec names, in arena: see mb_driver_open.
MB_MUST_USE enum mb_status mb_runs_driver(struct mb_arena *arena,
                                          const struct mb_spec *spec,
                                          struct mb_load_driver *driver,
                                          struct mb_err *err);

// A new seed where nobody gave one, short enough to be typed: it is recorded, and --seed
// brings the same plan back.
uint64_t mb_runs_seed(const struct mb_ctx *ctx);

// Progress on standard error: one line on a terminal that is written again and again, one
// line for each trial elsewhere. Filled with zeros but for `ctx`.
struct mb_runs_progress {
    struct mb_ctx *ctx; // borrowed
    bool line_open;     // the terminal's last line is ours and unfinished
};

// The observer to hand to mb_run_execute; valid as long as *progress. Close it after.
struct mb_run_observer mb_runs_observer(struct mb_runs_progress *progress);
void mb_runs_progress_close(struct mb_runs_progress *progress);

#endif
