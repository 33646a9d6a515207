// What Locust says of the requests of one name, whatever the form: JSON, csv, text. For
// its importers. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_LOCUST_H
#define MB_EXCHANGE_IMPORT_LOCUST_H

#include <stdbool.h>
#include <stdint.h>

#include "exchange/import.h"
#include "exchange/import_text.h"

// Until 0.9 Locust counted failed requests apart, since 0.10 they are among the requests.
enum mb_import_locust_counting {
    MB_IMPORT_LOCUST_ALL,
    MB_IMPORT_LOCUST_GOOD,
    MB_IMPORT_LOCUST_EITHER
};

// -1: not known.
struct mb_import_locust {
    const char *method; // "GET"; "": none, or it is part of the name
    const char *name;
    enum mb_import_locust_counting counting;
    int64_t requests;
    int64_t failures;
    int64_t timeless; // of the requests: no response time was reported
    bool errors_known;
    int64_t errors_by_kind[MB_ERROR_KINDS];
    int64_t median_ns; // where there are no other percentiles
    int64_t mean_ns;
    int64_t sum_ns; // more exact than the mean
    int64_t min_ns;
    int64_t max_ns;
    struct mb_import_quantiles quantiles;
    struct mb_dist_bucket *buckets; // in arena; NULL: none
    size_t bucket_count;
};

void mb_import_locust_init(struct mb_import_locust *figures);

// How response times were rounded: true with the bounds of those that became `key_ms`,
// false when Locust's own rounding gives no such value.
bool mb_import_locust_bounds(int64_t key_ms, int64_t *low_ns, int64_t *high_ns);

// What became of a request, by Locust's text of its exception.
enum mb_error_kind mb_import_locust_error_kind(const char *error);

// More errors of a kind, as a report of failures lists them.
void mb_import_locust_error_add(struct mb_import_locust *figures, const char *error,
                                int64_t n);

// True for the line of all requests together.
bool mb_import_locust_is_total(const struct mb_import_locust *figures);

// Fills a run: workload, load model, counts, latencies.
void mb_import_locust_put(struct mb_import *import, struct mb_import_run *run,
                          const struct mb_import_locust *figures);

#endif
