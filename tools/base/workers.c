#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct work {
    mb_workers_job *job;
    void *state;
    size_t count;
    atomic_size_t next;
};

static void *work_do(void *given)
{
    struct work *work = given;
    for (size_t i = atomic_fetch_add(&work->next, 1); i < work->count;
         i = atomic_fetch_add(&work->next, 1)) {
        work->job(work->state, i);
    }
    return NULL;
}

static size_t threads_wanted(size_t count)
{
    cpu_set_t set;
    size_t cpus =
        sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
    size_t most = cpus < MB_WORKERS_MAX ? cpus : MB_WORKERS_MAX;
    return count < most ? count : most;
}

void mb_workers_run(mb_workers_job *job, void *state, size_t count)
{
    struct work work = {.job = job, .state = state, .count = count};
    pthread_t threads[MB_WORKERS_MAX];
    size_t wanted = threads_wanted(count);
    size_t started = 0;
    while (started + 1 < wanted &&
           pthread_create(&threads[started], NULL, work_do, &work) == 0) {
        started++;
    }
    (void)work_do(&work);
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}
