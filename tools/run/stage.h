// What has to stand before a trial can be measured: the application, the proxies in front
// of it, and the counters beside them. Run floor.
//
// An interface, so that planning, saving and resuming are tested without a process.
// mb_stage_local() is the one for this machine.
#ifndef MB_RUN_STAGE_H
#define MB_RUN_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/diag.h"
#include "base/err.h"
#include "model/result.h"
#include "model/spec.h"

// What a stage tells about itself once it is up; everything in the arena it was given.
struct mb_stage_view {
    struct mb_fact_list facts; // declared and captured
    struct mb_target *targets; // one for each variant, in the order of the spec
    size_t target_count;
};

struct mb_stage {
    // Brings everything up and captures the facts. On failure nothing is left running.
    enum mb_status (*up)(void *state, struct mb_arena *arena, const struct mb_spec *spec,
                         struct mb_stage_view *view, struct mb_err *err);
    // Waits until the variant answers, or says why it does not (MB_FAILED), or
    // MB_INTERRUPTED.
    enum mb_status (*ready)(void *state, size_t variant, struct mb_err *err);
    // MB_FAILED when a program that serves the variant has ended. Never waits.
    enum mb_status (*alive)(void *state, size_t variant, struct mb_err *err);
    // The window of a trial of that variant will be at these monotonic times: counters
    // start. Called before the warm-up; failing to count is told by unwatch.
    void (*watch)(void *state, size_t variant, int64_t start_ns, int64_t end_ns);
    // The trial is over: adds resources and host state to it, in arena. Fine without
    // watch.
    void (*unwatch)(void *state, struct mb_arena *arena, struct mb_trial *trial);
    // Findings about the machine (MB4xx).
    void (*judge)(void *state, const struct mb_stage_view *view, struct mb_diag *diag);
    // Takes everything down. Fine on a stage that is not up.
    void (*down)(void *state);
    void *state;
};

struct mb_stage_local;

// This machine: starts the built-in application and the adapters as child processes and
// reads /proc. Borrows ctx. Returns owned.
struct mb_stage_local *mb_stage_local_new(struct mb_ctx *ctx);
void mb_stage_local_free(struct mb_stage_local *local); // takes it down first

// The interface of it; valid as long as `local`.
struct mb_stage mb_stage_local(struct mb_stage_local *local);

#endif
