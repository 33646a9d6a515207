// A run without processes, sockets or time: a spec from text, a clock that moves when it
// is asked to, a stage that is there at once.
#ifndef MB_TESTS_FAKE_RUN_H
#define MB_TESTS_FAKE_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "model/spec.h"
#include "run/stage.h"

// Three variants (a twin, and a proxy) at two points, six trials a block.
extern const char fake_run_spec_text[];

// Reads a spec; a text that cannot be read fails the test. Everything in arena.
void fake_run_spec(struct mb_arena *arena, const char *text, struct mb_spec *spec);

struct fake_run {
    struct mb_ctx ctx; // its clock starts at 2026-11-23T19:47:00Z and 1000 s
    volatile sig_atomic_t interrupted;
    int64_t now_ns;     // monotonic
    int64_t tick_ns;    // added each time somebody looks
    int64_t *driver_ns; // the fake driver's time, kept in step; NULL: none
    const char *kernel; // fact environment.host.kernel
    const char *proxy;  // fact variants.proxy.version, captured
    int64_t steal_ns;   // during each trial
    int ready_calls;
    int fail_ready_at; // 1-based call of ready that fails; 0: none
    int end_at;        // 1-based trial in which the variant ends; 0: none
    bool fail_up;
    bool is_up;
    int ups;
    int downs;
    int watched; // trials between watch and unwatch
    int unwatched;
};

void fake_run_init(struct fake_run *fake);

// Targets are "http://NAME/"; every trial gets one resource and a host state.
struct mb_stage fake_run_stage(struct fake_run *fake);

#endif
