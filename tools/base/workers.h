// Independent pieces of work, spread over the CPUs. Base floor.
#ifndef MB_BASE_WORKERS_H
#define MB_BASE_WORKERS_H

#include <stddef.h>

enum { MB_WORKERS_MAX = 16 }; // threads at most, the caller's among them

// One piece of work. Pieces run at the same time, in no order: each writes only to what
// is its own.
typedef void mb_workers_job(void *state, size_t index);

// Runs job(state, 0) to job(state, count - 1), on as many threads as this process may use
// CPUs, and returns when all are done. Threads that cannot be started are done without.
void mb_workers_run(mb_workers_job *job, void *state, size_t count);

#endif
