// Subprocesses: started in a process group of their own, so that nothing of them is left
// when we stop. Base floor. Never goes through a shell.
#ifndef MB_BASE_PROC_H
#define MB_BASE_PROC_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct mb_proc_spec {
    const char *const *argv; // NULL-terminated; argv[0] is looked up on PATH
    const char *const *env;  // extra NAME=VALUE, NULL-terminated; or NULL
    const char *cwd;         // or NULL
    const char *input_path;  // stdin; NULL: /dev/null
    const char
        *output_path; // stdout and stderr go there (created, appended); NULL: /dev/null
    int cpu;          // pins to this CPU; -1: inherits
    int cpu_count;    // and to so many from there on; 0 and 1: to that one
    bool detached;    // a session of its own: it outlives us and hears no interrupt
};

struct mb_proc {
    pid_t pid;       // also its process group; 0 when not running
    bool exited;     // reaped
    int wait_status; // as waitpid gives it, when exited
};

// Starts it. A program that is missing is MB_FAILED, message "cannot start 'x': not found
// on PATH". The child gets SIGTERM when we die, whatever kills us (PR_SET_PDEATHSIG),
// unless it is detached. To the kernel "we" is the calling thread: call it from one that
// lives as long as the child shall. File descriptors of ours reach the child only if they
// lack close-on-exec; nothing in this tree opens such a one.
MB_MUST_USE enum mb_status mb_proc_start(const struct mb_proc_spec *spec,
                                         struct mb_proc *proc, struct mb_err *err);

// True while it runs; when it has ended, kills what is left of its group and reaps it.
// Never blocks.
bool mb_proc_running(struct mb_proc *proc);

// Ends the whole group: SIGTERM, after grace_ns SIGKILL; reaps. Fine on one that has
// ended.
void mb_proc_stop(struct mb_proc *proc, int64_t grace_ns);

// Runs to the end, collecting stdout (and stderr when `both`) into *output, which has a
// cap: what does not fit is read and dropped, output->overflowed tells. Over timeout_ns
// the group is killed and the result is MB_FAILED. Returns MB_OK whatever the exit
// status; *exit_status holds it (128 + signal when killed).
MB_MUST_USE enum mb_status mb_proc_capture(const struct mb_proc_spec *spec, bool both,
                                           int64_t timeout_ns, struct mb_buf *output,
                                           int *exit_status, struct mb_err *err);

// Looks a program up on PATH, then in `also` (a ':'-separated list or NULL). In arena, or
// NULL when there is none.
char *mb_proc_find(struct mb_arena *arena, const char *name, const char *also);

#endif
