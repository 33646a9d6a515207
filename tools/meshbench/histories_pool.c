#include "meshbench/histories_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MAX = 16 };

// What the threads share.
struct pool {
    const struct mb_histories_source *source;
    struct mb_history_judged *judged;
    atomic_size_t next;
    atomic_bool failed;
};

struct worker {
    struct pool *pool;
    struct mb_history_judge judge;
    pthread_t thread;
    bool started;
    enum mb_status status;
    struct mb_err err;
};

static enum mb_status series_judge(struct worker *worker, void *state)
{
    struct pool *pool = worker->pool;
    for (;;) {
        size_t at = atomic_fetch_add(&pool->next, 1);
        if (at >= pool->source->count || atomic_load(&pool->failed)) {
            return MB_OK;
        }
        struct mb_history_series series = {0};
        enum mb_status status = pool->source->load(state, at, &series, &worker->err);
        if (status != MB_OK) {
            return status;
        }
        mb_history_judge_series(&worker->judge, &series, &pool->judged[at]);
    }
}

static void *worker_run(void *given)
{
    struct worker *worker = given;
    const struct mb_histories_source *source = worker->pool->source;
    void *state = NULL;
    worker->status = source->open(source->shared, &state, &worker->err);
    if (worker->status == MB_OK) {
        worker->status = series_judge(worker, state);
    }
    if (worker->status != MB_OK) {
        atomic_store(&worker->pool->failed, true);
    }
    if (state != NULL) {
        source->close(state);
    }
    mb_history_judge_release(&worker->judge);
    return NULL;
}

static size_t thread_count(size_t series)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = processors > 0 ? (size_t)processors : 1;
    count = count < THREADS_MAX ? count : THREADS_MAX;
    count = count < series ? count : series;
    return count > 0 ? count : 1;
}

// Waits for the workers; the first one that failed says why.
static enum mb_status workers_join(struct worker *workers, size_t count,
                                   struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && workers[i].started) {
            (void)pthread_join(workers[i].thread, NULL);
        }
        if (status == MB_OK && workers[i].status != MB_OK) {
            status = workers[i].status;
            *err = workers[i].err;
        }
    }
    return status;
}

enum mb_status mb_histories_judge(const struct mb_histories_source *source,
                                  struct mb_histories *histories, struct mb_err *err)
{
    struct mb_arena *arena = &histories->arena;
    size_t count = thread_count(source->count);
    struct pool pool = {.source = source};
    pool.judged = mb_arena_alloc(arena, source->count, sizeof *pool.judged);
    struct worker *workers = mb_arena_alloc(arena, count, sizeof *workers);
    histories->arenas = mb_arena_alloc(arena, count, sizeof *histories->arenas);
    histories->arena_count = count;
    for (size_t i = 0; i < count; i++) {
        workers[i].pool = &pool;
        workers[i].judge = (struct mb_history_judge){.arena = &histories->arenas[i],
                                                     .history = &histories->history,
                                                     .options = &histories->options};
    }
    // The first of them is this thread. Where another cannot be started, those that run
    // do its part.
    for (size_t i = 1; i < count; i++) {
        workers[i].started =
            pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]) == 0;
    }
    (void)worker_run(&workers[0]);
    enum mb_status status = workers_join(workers, count, err);
    histories->judged = pool.judged;
    histories->count = status == MB_OK ? source->count : 0;
    return status;
}
