// The environment of this host, captured as facts. Collect floor: may include base,
// format, model. Sources: /proc, /sys, /etc/os-release.
#ifndef MB_COLLECT_HOST_H
#define MB_COLLECT_HOST_H

#include "base/arena.h"
#include "base/ctx.h"
#include "base/diag.h"
#include "model/result.h"

// Adds facts below "environment.host.": cpu_model, cpus (online), cpus_allowed (affinity
// of this process), cpu_limit_milli (cgroup quota, thousandths of a CPU), cpus_isolated,
// memory_bytes, memory_limit_bytes (cgroup), kernel, os, arch, governor, turbo, smt,
// virtualization ("none", "kvm", "vmware", ..., "vm" for one that is not known), machine,
// container ("none", "docker", "podman", "kubernetes", ...), clocksource, numa_nodes,
// transparent_hugepage, mitigations (as the kernel was booted with),
// load_average_1m_milli and hostname (redacted). A fact that this host does not offer is
// absent: captured is NULL, and the source says where it was looked for. `root` is "" or
// a folder with a recorded /proc, /sys and /etc, for tests.
void mb_host_capture(struct mb_arena *arena, const struct mb_ctx *ctx, const char *root,
                     struct mb_fact_list *facts);

// Counters to take before and after a trial. -1: not known.
struct mb_host_state {
    int64_t load_average_1m_milli;
    int64_t steal_ns; // the hypervisor ran somebody else while we wanted to run
    int64_t busy_ns;  // all CPUs, steal not included
    int64_t idle_ns;  // waiting for I/O included
};
void mb_host_state_read(const char *root, struct mb_host_state *state);

// Their difference as the trial's `host` node: load_average_1m_milli (at its start),
// steal_ns, busy_ns, idle_ns, all integers; a key whose value is not known is left out.
struct mb_node *mb_host_state_node(struct mb_arena *arena,
                                   const struct mb_host_state *before,
                                   const struct mb_host_state *after);

// Findings about a host that would spoil a measurement (rules MB401 and MB403 to MB407,
// spec/rules/mb4xx.md): load before the run, governor, turbo, few CPUs, clock source,
// virtual machine. Pointers lead to the fact in the list ("/facts/3").
void mb_host_judge(const struct mb_fact_list *facts, struct mb_diag *diag);

// The same for a trial's `host` node (MB402: steal time). NULL: nothing to say. `pointer`
// leads to the node in the result's document.
void mb_host_judge_trial(const struct mb_node *host, const char *pointer,
                         struct mb_diag *diag);

#endif
