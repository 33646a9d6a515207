// CPU and memory of groups of processes with all their descendants, from snapshots of the
// process table. Pure accounting, no I/O. Collect floor: may include base.
//
// What is counted, and how nothing is lost or counted twice when processes come and go:
// - A process belongs to the group of its nearest ancestor that is a root. Once seen it
//   stays there, also when its parent dies and init adopts it. Process ids are reused by
//   the system, so a process is its id and its start time together.
// - The kernel adds the CPU time of a child that its parent waits for to the parent's
//   counter of children. So while everybody waits for their children, the sum over the
//   living of own time and children's time is exact, and includes children that lived
//   and died between two snapshots.
// - A parent that ignores SIGCHLD gets nothing added. Therefore what a vanished process
//   had used when last seen is credited to its parent (to the group, when the parent is
//   not one of ours), and a parent counts the larger of that credit and what the kernel
//   added since we first saw it. The kernel shows the latter in ticks: it may be up to
//   two ticks short, never cumulatively.
// - When a child is itself the root of another group, its parent's counter is corrected
//   by what the child had used when last seen.
// A total never decreases.
#ifndef MB_COLLECT_PROCTREE_H
#define MB_COLLECT_PROCTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collect/procfs.h"

enum {
    MB_PROCTREE_GROUPS = 8, // more than there are roles
    MB_PROCTREE_ENDED = 256 // ended processes whose names are kept
};

struct mb_proctree_process {
    struct mb_procfs_stat last; // as last seen
    int group;
    int64_t children_first_ns; // counter of children when first seen
    int64_t credit_ns;         // of its children that vanished
    int64_t foreign_ns;        // of its children that vanished and had another group
    bool seen;                 // in the snapshot at hand
};

struct mb_proctree_ended {
    pid_t pid;
    int group;
    char name[MB_PROCFS_NAME];
};

struct mb_proctree_total {
    int64_t cpu_ns;
    int64_t rss_bytes;
    bool known;   // a process of the group was seen
    bool precise; // all CPU counters were in ns
};

struct mb_proctree {
    struct mb_proctree_process *items; // owned
    size_t count;
    size_t capacity;
    struct mb_proctree_ended ended[MB_PROCTREE_ENDED];
    size_t ended_count;
    int64_t ended_ns[MB_PROCTREE_GROUPS]; // credit of groups
    struct mb_proctree_total totals[MB_PROCTREE_GROUPS];
};

void mb_proctree_init(struct mb_proctree *tree);
void mb_proctree_release(struct mb_proctree *tree);

// Adds a root, before the first update. `stat` is the process as it is now.
void mb_proctree_add_root(struct mb_proctree *tree, int group,
                          const struct mb_procfs_stat *stat);

// Takes in a snapshot (any order) and brings `totals` up to date.
void mb_proctree_update(struct mb_proctree *tree, const struct mb_procfs_stat *stats,
                        size_t count);

#endif
