// What nighthawk measured, whichever form says it: latencies and counters of all workers
// together. For its importers. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_NIGHTHAWK_H
#define MB_EXCHANGE_IMPORT_NIGHTHAWK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/import.h"
#include "exchange/import_text.h"

// A statistic; -1: not known. Lines of its percentiles come with the number of values at
// or below them in some forms: then they become buckets.
struct mb_import_nighthawk_stat {
    bool seen;
    int64_t n;
    int64_t mean_ns;
    int64_t min_ns;
    int64_t max_ns;
    struct mb_import_quantiles quantiles;
    struct mb_dist_bucket *buckets; // only where all lines are there
    size_t bucket_count;
    size_t bucket_capacity;
    int64_t counted; // values in the buckets
};

enum mb_import_nighthawk_id {
    MB_NIGHTHAWK_LATENCY, // request_to_response: of all answers
    MB_NIGHTHAWK_2XX,     // latency_2xx
    MB_NIGHTHAWK_QUEUE,   // queue_to_connect
    MB_NIGHTHAWK_STATS    // none of these
};

// Counters that are zero are not written at all.
struct mb_import_nighthawk {
    struct mb_import_nighthawk_stat stats[MB_NIGHTHAWK_STATS];
    int64_t classes[6]; // answers 1xx to 5xx, and others
    int64_t overflow;   // no room in the pool: never sent
    int64_t unconnected;
    int64_t resets;
    int64_t sent;   // -1: not written
    int64_t opened; // connections, likewise
    int64_t bytes_received;
    int64_t bytes_sent;
    bool counted; // there was some counter of requests
};

struct mb_import_nighthawk mb_import_nighthawk_begin(void);

// The statistic of an id ("benchmark_http_client.request_to_response") or of what the
// human form calls it.
enum mb_import_nighthawk_id mb_import_nighthawk_find(const char *name);

// A line of a statistic's percentiles: `count` values are at or below `value_ns`; -1: not
// all lines are there. False when they go back.
bool mb_import_nighthawk_row(struct mb_arena *arena,
                             struct mb_import_nighthawk_stat *stat, double percentile,
                             int64_t count, int64_t value_ns);

// Takes a counter in; others than those of requests and connections are passed over.
void mb_import_nighthawk_counter(struct mb_import_nighthawk *figures, const char *name,
                                 int64_t value);

// Fills the run's counts and distributions; the point has to be filled in.
void mb_import_nighthawk_put(const struct mb_import_nighthawk *figures,
                             struct mb_import *import, struct mb_import_run *run);

#endif
