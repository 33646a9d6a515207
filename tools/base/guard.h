// A guard for what we started: a small process beside us that ends the program
// and removes its folder when we die without doing so, whatever kills us (SIGKILL
// included). Base floor.
//
// A death signal set by prctl(2) is not enough: it reaches the direct child only, once,
// and a program may ignore it; and nobody would remove the folder.
#ifndef MB_BASE_GUARD_H
#define MB_BASE_GUARD_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct mb_guard {
    pid_t pid; // 0: there is none
    int fd;    // our end of the pipe; the guard acts when it closes
};

// Starts it. The folder will be removed at our death.
MB_MUST_USE enum mb_status mb_guard_start(const char *dir, int64_t grace_ns,
                                          struct mb_guard *guard, struct mb_err *err);

// From now on this process group is ended at our death, too; 0: none any more.
void mb_guard_watch(struct mb_guard *guard, pid_t group);

// Dismisses it: it ends without doing anything. Fine when there is none.
void mb_guard_end(struct mb_guard *guard);

#endif
