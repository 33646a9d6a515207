// The load generator's interface: one trial in, one part out. Load floor: may include
// base, stats, model. Behind it stand the built-in engine (engine.c) and, in tests, a
// fake, so that planning, blocks, aggregation and resume are tested exactly and without
// time.
#ifndef MB_LOAD_LOAD_H
#define MB_LOAD_LOAD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "model/part.h"
#include "model/spec.h"

#define MB_LOAD_MAX_DURATION_NS INT64_C(604800000000000) // 7 days
#define MB_LOAD_MAX_TIMEOUT_NS MB_HDR_HIGHEST_NS         // what a histogram can hold
enum { MB_LOAD_MAX_CONNECTIONS = 1000000, MB_LOAD_MAX_THREADS = 1024 };

// Everything that one trial needs; borrowed by the engine while it runs.
struct mb_load_plan {
    const char *url;                  // http://host[:port][/path]
    const struct mb_request *request; // its path is appended to the url's
    const char *protocol;             // "http1"
    enum mb_load_model load_model;
    enum mb_arrivals arrivals;
    int64_t connections;    // in total, spread over the threads
    int64_t rate_micro_rps; // in total; -1: unpaced (closed only)
    int64_t duration_ns;
    int64_t warmup_ns;
    int threads;
    uint64_t seed;
    int first_cpu; // thread i is pinned to first_cpu + i; -1: not pinned
    bool series;   // one-second series
};

// A snapshot for progress, about twice a second, from the thread that called run.
struct mb_load_progress {
    int64_t elapsed_ns; // since the start of the warm-up
    int64_t completed;
    int64_t errors;
    int64_t p50_ns; // of the responses so far; 0 while there are none
    int64_t p99_ns;
};

// What the caller of a run is told. Every function may be NULL.
struct mb_load_observer {
    // The measured window will start and end at these monotonic times. Called once, from
    // the calling thread, before the first request.
    void (*window)(void *state, int64_t start_ns, int64_t end_ns);
    void (*progress)(void *state, const struct mb_load_progress *progress);
    void *state;
    const volatile sig_atomic_t *interrupted; // the engine stops soon after it is set
};

struct mb_load_driver {
    const char *name;
    const char *version;
    // Runs one trial to its end, drained. Fills *part (histograms owned by the caller,
    // arrays in arena). Requests that fail are counts in the part, not errors; the status
    // is MB_FAILED only when the trial could not be run at all (bad url, name not
    // resolved, no file descriptors), MB_INVALID for a plan that it does not support. An
    // interrupted trial is MB_OK with part->interrupted.
    enum mb_status (*run)(void *state, struct mb_arena *arena,
                          const struct mb_load_plan *plan,
                          const struct mb_load_observer *observer, struct mb_part *part,
                          struct mb_err *err);
    void *state;
};

// The built-in engine: epoll, one thread per plan->threads.
struct mb_load_driver mb_load_engine(void);

// Tries to reach the target once: one request, its status or the reason why not. For
// readiness checks and a clear message before a run. `timeout_ns` bounds all of it.
MB_MUST_USE enum mb_status mb_load_probe(const char *url,
                                         const struct mb_request *request,
                                         int64_t timeout_ns, int *status,
                                         struct mb_err *err);

#endif
