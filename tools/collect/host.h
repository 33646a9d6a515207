// The environment of this host, captured as facts. Collect floor: may include base,
// format, model. Sources: /proc, /sys, uname(2), /etc/os-release.
#ifndef MB_COLLECT_HOST_H
#define MB_COLLECT_HOST_H

#include "base/arena.h"
#include "base/ctx.h"
#include "base/diag.h"
#include "model/result.h"

// Adds facts below "environment.host.": cpu_model, cpus, cpus_allowed, memory_bytes,
// kernel, os, arch, governor, turbo, smt, virtualization, container, clocksource,
// numa_nodes, load_average_1m, hostname (redacted) ... A fact that this host does not
// offer is absent (captured NULL, the source says why). `root` is "" or a folder with a
// recorded /proc and /sys, for tests.
void mb_host_capture(struct mb_arena *arena, const struct mb_ctx *ctx, const char *root,
                     struct mb_fact_list *facts);

// Counters to take before and after a trial, and their difference as the trial's `host`
// node: load_average_1m_milli, steal_ns, busy_ns, idle_ns, and so on, all integers.
struct mb_host_state {
    int64_t load_average_1m_milli; // -1: not known
    int64_t steal_ns;
    int64_t busy_ns; // all CPUs, steal not included
    int64_t idle_ns;
};
void mb_host_state_read(const char *root, struct mb_host_state *state);
struct mb_node *mb_host_state_node(struct mb_arena *arena,
                                   const struct mb_host_state *before,
                                   const struct mb_host_state *after);

// Findings about a host that would spoil a measurement (rule family MB4xx): governor,
// turbo, load before the run, steal, few CPUs, clock source.
void mb_host_judge(const struct mb_fact_list *facts, struct mb_diag *diag);

#endif
