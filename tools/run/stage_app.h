// The application under all variants: the built-in one is started as a child process,
// another one is where the spec says. Run floor.
#ifndef MB_RUN_STAGE_APP_H
#define MB_RUN_STAGE_APP_H

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "base/proc.h"
#include "model/spec.h"

struct mb_stage_app {
    const char *url;     // where it listens; NULL when the spec does not say
    struct mb_proc proc; // of the built-in one; pid 0 when there is none
};

// Starts the built-in application (`meshbench app NAME`) with our own program, or the one
// that `application` names, on a free port and waits until it says where it listens; its
// log goes into `dir`. With another application there is nothing to do. Strings in arena;
// a failure leaves nothing running once mb_stage_app_down has been called.
MB_MUST_USE enum mb_status mb_stage_app_up(struct mb_arena *arena, struct mb_ctx *ctx,
                                           const struct mb_application *application,
                                           const char *dir, struct mb_stage_app *app,
                                           struct mb_err *err);

// Stops it. Fine on one that never started.
void mb_stage_app_down(struct mb_stage_app *app);

#endif
