// CPU and memory of processes by role, while a trial runs. Collect floor: may include
// base, format, model.
//
// Sources: the CPU clock of each process (clock_getcpuclockid(3): ns, threads that ended
// included; the kernel brings a thread that is running up to date at its scheduler tick,
// so a reading may be late by 1 to 10 ms of that thread), and /proc/PID/stat (proc(5))
// for parents, memory and the time of ended children. Where a CPU clock cannot be read,
// stat's counters of 10 ms ticks stand in. A resource's `source` says which: "cpuclock",
// or "procfs" when any counter was in ticks. How the time of processes that end is kept:
// collect/proctree.h. Memory is resident memory; pages that processes share count in
// each.
#ifndef MB_COLLECT_SAMPLER_H
#define MB_COLLECT_SAMPLER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/result.h"

// The processes of one role: these and all their descendants, looked up at every sample.
// A descendant that is listed in a group itself belongs to that one, with all below it.
struct mb_sampler_group {
    enum mb_role role;
    const pid_t *pids; // borrowed until mb_sampler_start returns
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

// Stops and frees it. In arena: one mb_resource for each role that had a process when the
// sampler was started. A role whose processes ended before the end of the window keeps
// its last counters. Stopped before the end, the last sample is taken now.
void mb_sampler_stop(struct mb_sampler *sampler, struct mb_arena *arena,
                     struct mb_resource **resources, size_t *count);

#endif
