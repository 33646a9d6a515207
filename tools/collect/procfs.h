// Small reads from /proc and /sys, with another root for tests. Collect floor: may
// include base.
#ifndef MB_COLLECT_PROCFS_H
#define MB_COLLECT_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

enum {
    MB_PROCFS_MAX_BYTES = 256 * 1024, // of one file; /proc/cpuinfo of 100 CPUs fits
    MB_PROCFS_NAME = 32               // room for a command name (15 characters by kernel)
};

// One process, as /proc/PID/stat tells it.
struct mb_procfs_stat {
    pid_t pid;
    pid_t parent;
    char name[MB_PROCFS_NAME]; // unprintable bytes replaced by '?'
    int64_t start_ticks;       // since boot; with the pid it identifies a process
    int64_t cpu_ns;            // user + system, threads that ended included
    int64_t children_ns;       // of descendants that ended and were waited for
    int64_t rss_bytes;         // resident memory; pages shared by several count in each
    bool precise;              // cpu_ns is from the process's CPU clock, not in ticks
};

// In arena: the content of root + path, without white space at its end. NULL when it
// cannot be read, is empty or is larger than the limit. `root` is "" or a folder.
char *mb_procfs_read(struct mb_arena *arena, const char *root, const char *path);

// Parses one line of /proc/PID/stat. `tick_ns` is the length of a clock tick. False when
// it is not one; *stat then holds nothing useful.
bool mb_procfs_parse_stat(const char *text, int64_t tick_ns, struct mb_procfs_stat *stat);

// Reads root/proc/PID/stat and, on the live system (root ""), the process's CPU clock,
// which counts ns where stat counts ticks of 10 ms. False when there is no such process.
bool mb_procfs_stat_read(const char *root, pid_t pid, struct mb_procfs_stat *stat);

// Calls `each` for the id of every process in root/proc, in no special order.
void mb_procfs_each_pid(const char *root, void (*each)(void *state, pid_t pid),
                        void *state);

#endif
