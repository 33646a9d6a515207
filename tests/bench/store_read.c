// usage: store_read STORE THREADS: reads every point of every series; prints how long it
// took.
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/units.h"
#include "store/store.h"

struct reader {
    pthread_t thread;
    const char *path;
    const struct mb_store_history *history;
    size_t first;
    size_t step;
    size_t count;
    double sum;
};

static void must(enum mb_status status, const struct mb_err *err)
{
    if (status != MB_OK) {
        (void)fprintf(stderr, "store_read: %s\n", err->message);
        exit(3);
    }
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *read_all(void *state)
{
    struct reader *reader = state;
    struct mb_store_points points = {0};
    struct mb_store *store = NULL;
    struct mb_err err = {0};
    must(mb_store_open(reader->path, &(struct mb_store_options){0}, &store, &err), &err);
    for (size_t i = reader->first; i < reader->history->series_count; i += reader->step) {
        must(mb_store_points_read(store, reader->history, &reader->history->series[i],
                                  &points, &err),
             &err);
        reader->count += points.count;
        for (size_t j = 0; j < points.count; j++) {
            reader->sum += points.values[j];
        }
    }
    mb_store_points_release(&points);
    mb_store_close(store);
    return NULL;
}

int main(int argc, char **argv)
{
    enum { MAX_THREADS = 64 };
    struct reader readers[MAX_THREADS] = {0};
    struct mb_arena arena = {0};
    struct mb_store *store = NULL;
    struct mb_store_history history;
    struct mb_err err = {0};
    int64_t threads = 0;
    if (argc != 3 ||
        mb_units_parse_int(argv[2], 1, MAX_THREADS, &threads, &err) != MB_OK) {
        (void)fprintf(stderr, "usage: store_read STORE THREADS\n");
        return 2;
    }
    double start_s = now_s();
    must(mb_store_open(argv[1], &(struct mb_store_options){0}, &store, &err), &err);
    must(mb_store_history(&arena, store, &(struct mb_store_filter){0}, &history, &err),
         &err);
    double opened_s = now_s();
    size_t count = 0;
    for (int64_t i = 0; i < threads; i++) {
        readers[i] = (struct reader){.path = argv[1],
                                     .history = &history,
                                     .first = (size_t)i,
                                     .step = (size_t)threads};
        if (pthread_create(&readers[i].thread, NULL, read_all, &readers[i]) != 0) {
            return 3;
        }
    }
    for (int64_t i = 0; i < threads; i++) {
        (void)pthread_join(readers[i].thread, NULL);
        count += readers[i].count;
    }
    double end_s = now_s();
    (void)printf("%zu points of %zu series with %" PRId64 " threads: %.2f s to open, "
                 "%.2f s to read\n",
                 count, history.series_count, threads, opened_s - start_s,
                 end_s - opened_s);
    mb_store_close(store);
    mb_arena_release(&arena);
    return 0;
}
