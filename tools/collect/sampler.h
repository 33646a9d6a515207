// CPU and memory of processes by role, while a trial runs. Collect floor: may include
// base, format, model. Source: /proc/PID/stat, /proc/PID/status (proc(5)).
#ifndef MB_COLLECT_SAMPLER_H
#define MB_COLLECT_SAMPLER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/result.h"

// The processes of one role: these and all their descendants, looked up at every sample.
struct mb_sampler_group {
    enum mb_role role;
    const pid_t *pids; // borrowed while the sampler runs
    size_t pid_count;
};

struct mb_sampler;

// Starts a thread that reads the groups every interval_ns and exactly at the two ends of
// the window (monotonic times), then waits for mb_sampler_stop. A role that occurs in
// several groups is summed. Returns owned; NULL with *err (MB_FAILED) when no thread can
// be had.
struct mb_sampler *mb_sampler_start(const struct mb_sampler_group *groups, size_t count,
                                    int64_t interval_ns, int64_t window_start_ns,
                                    int64_t window_end_ns, struct mb_err *err);

// Stops and frees it. In arena: one mb_resource for each role. A role whose processes
// ended before the end of the window keeps its last counters.
void mb_sampler_stop(struct mb_sampler *sampler, struct mb_arena *arena,
                     struct mb_resource **resources, size_t *count);

#endif
