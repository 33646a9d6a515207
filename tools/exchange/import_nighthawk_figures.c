#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_nighthawk.h"

enum { GOOD_CLASSES = 3, CLASSES = 6 }; // 1xx to 3xx are no failures to nighthawk

struct mb_import_nighthawk mb_import_nighthawk_begin(void)
{
    struct mb_import_nighthawk figures = {
        .sent = -1, .opened = -1, .bytes_received = -1, .bytes_sent = -1};
    for (int i = 0; i < MB_NIGHTHAWK_STATS; i++) {
        figures.stats[i] = (struct mb_import_nighthawk_stat){
            .n = -1, .mean_ns = -1, .min_ns = -1, .max_ns = -1};
    }
    return figures;
}

enum mb_import_nighthawk_id mb_import_nighthawk_find(const char *name)
{
    static const struct {
        const char *name;
        enum mb_import_nighthawk_id id;
    } names[] = {
        {"benchmark_http_client.request_to_response", MB_NIGHTHAWK_LATENCY},
        {"Request start to response end", MB_NIGHTHAWK_LATENCY},
        {"benchmark_http_client.latency_2xx", MB_NIGHTHAWK_2XX},
        {"benchmark_http_client.queue_to_connect", MB_NIGHTHAWK_QUEUE},
        {"Queueing and connection setup latency", MB_NIGHTHAWK_QUEUE},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i].name) == 0) {
            return names[i].id;
        }
    }
    return MB_NIGHTHAWK_STATS;
}

bool mb_import_nighthawk_row(struct mb_arena *arena,
                             struct mb_import_nighthawk_stat *stat, double percentile,
                             int64_t count, int64_t value_ns)
{
    static const double SHARE = 1e9;
    struct mb_dist_bucket *last =
        stat->bucket_count > 0 ? &stat->buckets[stat->bucket_count - 1] : NULL;
    if (!(percentile >= 0 && percentile <= 1)) {
        return false;
    }
    int64_t share = llround(percentile * SHARE);
    if (share > 0) {
        mb_import_text_quantile(arena, &stat->quantiles, share, value_ns);
    }
    if (count < 0) {
        return true;
    }
    if (count < stat->counted || (last != NULL && value_ns < last->high)) {
        return false;
    }
    int64_t n = count - stat->counted;
    stat->counted = count;
    if (last != NULL && last->high == value_ns) {
        last->n += n;
    } else if (n > 0) {
        int64_t low = last != NULL ? last->high + 1 : value_ns;
        stat->buckets = mb_arena_grow(arena, stat->buckets, stat->bucket_count,
                                      &stat->bucket_capacity, sizeof *stat->buckets);
        stat->buckets[stat->bucket_count++] =
            (struct mb_dist_bucket){.low = low, .high = value_ns, .n = n};
    }
    return true;
}

void mb_import_nighthawk_counter(struct mb_import_nighthawk *figures, const char *name,
                                 int64_t value)
{
    const struct {
        const char *name;
        int64_t *value;
        bool request; // says how a request ended
    } counters[] = {
        {"benchmark.http_1xx", &figures->classes[0], true},
        {"benchmark.http_2xx", &figures->classes[1], true},
        {"benchmark.http_3xx", &figures->classes[2], true},
        {"benchmark.http_4xx", &figures->classes[3], true},
        {"benchmark.http_5xx", &figures->classes[4], true},
        {"benchmark.http_xxx", &figures->classes[5], true},
        {"benchmark.pool_overflow", &figures->overflow, true},
        {"benchmark.pool_connection_failure", &figures->unconnected, true},
        {"benchmark.stream_resets", &figures->resets, true},
        {"upstream_rq_total", &figures->sent, false},
        {"upstream_cx_total", &figures->opened, false},
        {"upstream_cx_rx_bytes_total", &figures->bytes_received, false},
        {"upstream_cx_tx_bytes_total", &figures->bytes_sent, false},
    };
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        if (strcmp(name, counters[i].name) == 0) {
            *counters[i].value = value;
            figures->counted = figures->counted || counters[i].request;
        }
    }
}

// Every line of percentiles that nighthawk has counts the values up to it: buckets, if
// they are all there. The human form shows a few of them only.
static struct mb_dist stat_dist(const struct mb_import_nighthawk_stat *stat)
{
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &stat->quantiles,
        .n = stat->n,
        .mean_ns = stat->mean_ns,
        .min_ns = stat->min_ns,
        .max_ns = stat->max_ns,
    });
    if (dist.type == MB_DIST_QUANTILES && stat->bucket_count > 0 &&
        stat->counted == stat->n) {
        struct mb_dist_bucket *last = &stat->buckets[stat->bucket_count - 1];
        struct mb_dist_bucket *first = &stat->buckets[0];
        dist.type = MB_DIST_BUCKETS;
        dist.quantiles = NULL;
        dist.buckets = stat->buckets;
        dist.count = stat->bucket_count;
        // Percentiles are the largest values of a slot of its histogram, the least and
        // the largest value are exact.
        if (dist.min >= 0 && dist.min < first->low) {
            first->low = dist.min;
        }
        dist.min = dist.min >= first->low && dist.min <= first->high ? dist.min : -1;
        dist.max = dist.max >= last->low && dist.max <= last->high ? dist.max : -1;
    }
    return dist;
}

static int64_t answers_sum(const struct mb_import_nighthawk *figures, int first, int end)
{
    int64_t sum = 0;
    for (int i = first; i < end; i++) {
        sum += figures->classes[i];
    }
    return sum;
}

// Requests that were sent and neither answered nor reset were in flight at the end.
static void counts_put(const struct mb_import_nighthawk *figures,
                       struct mb_counts *counts)
{
    int64_t good = answers_sum(figures, 0, GOOD_CLASSES);
    int64_t wrong = answers_sum(figures, GOOD_CLASSES, CLASSES);
    int64_t ended = good + wrong + figures->resets;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = 0;
    }
    counts->errors_by_kind[MB_ERROR_STATUS] = wrong;
    counts->errors_by_kind[MB_ERROR_CONNECT] = figures->unconnected;
    counts->errors_by_kind[MB_ERROR_RESET] = figures->resets;
    counts->errors_by_kind[MB_ERROR_OTHER] = figures->overflow;
    counts->completed = good + wrong;
    counts->ok = good;
    if (figures->sent >= ended) {
        counts->unfinished = figures->sent - ended;
        counts->intended = figures->sent + figures->unconnected + figures->overflow;
    }
}

void mb_import_nighthawk_put(const struct mb_import_nighthawk *figures,
                             struct mb_import *import, struct mb_import_run *run)
{
    struct mb_counts *counts = &run->part.counts;
    const struct mb_import_nighthawk_stat *good = &figures->stats[MB_NIGHTHAWK_2XX];
    const struct mb_import_nighthawk_stat *queue = &figures->stats[MB_NIGHTHAWK_QUEUE];
    int64_t others = answers_sum(figures, 0, CLASSES) - figures->classes[1];
    if (figures->counted) {
        counts_put(figures, counts);
    }
    counts->connections_opened = figures->opened;
    counts->bytes_received = figures->bytes_received;
    counts->bytes_sent = figures->bytes_sent;
    // Where some answers failed, only the latencies of the good ones count, if it has
    // them apart.
    bool apart = counts->errors_by_kind[MB_ERROR_STATUS] > 0 && good->seen &&
                 good->n == figures->classes[1] &&
                 others == counts->errors_by_kind[MB_ERROR_STATUS];
    struct mb_dist latency =
        stat_dist(apart ? good : &figures->stats[MB_NIGHTHAWK_LATENCY]);
    latency.mixed = latency.type != MB_DIST_ABSENT && !apart &&
                    counts->errors_by_kind[MB_ERROR_STATUS] != 0;
    // The first answer of each worker, and one that comes after the end, is counted and
    // not measured.
    if (!latency.mixed && latency.n >= 0 && latency.n != counts->ok) {
        counts->ok = -1;
    }
    mb_import_run_latency(import, run, latency);
    if (queue->seen) {
        run->part.dist[MB_DIST_WAIT_FOR_CONNECTION] = stat_dist(queue);
    }
}
