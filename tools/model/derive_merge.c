// Merging the distributions of parts and trials, and reading values off them.
#include "base/mem.h"
#include "model/derive.h"
#include "model/dist_join.h"

// Adds counts of which either may be unknown.
static int64_t add_known(int64_t left, int64_t right)
{
    return left < 0 || right < 0 || left > INT64_MAX - right ? -1 : left + right;
}

static int64_t least_known(int64_t left, int64_t right)
{
    return right < 0 || (left >= 0 && left < right) ? left : right;
}

static int64_t known(int64_t n)
{
    return n > 0 ? n : 0;
}

// Requests of a part that rank above all values of the metric.
static int64_t part_censored(const struct mb_part *part, enum mb_dist_metric metric)
{
    const struct mb_counts *counts = &part->counts;
    int64_t timed_out = known(counts->errors_by_kind[MB_ERROR_TIMEOUT]);
    int64_t unsent = known(counts->errors_by_kind[MB_ERROR_TIMEOUT_UNSENT]);
    if (part->dist[metric].mixed) {
        return 0;
    }
    switch (metric) {
    case MB_DIST_RESPONSE:
        return timed_out + unsent + known(counts->unfinished);
    case MB_DIST_SERVICE:
        return timed_out + known(counts->unfinished);
    case MB_DIST_WAIT_FOR_CONNECTION:
        return unsent;
    case MB_DIST_CONNECT:
    case MB_DIST_TLS:
    case MB_DIST_DISPATCH_LAG:
    case MB_DIST_ERROR_RESPONSE:
    case MB_DIST_METRICS:
        break;
    }
    return 0;
}

// Merges a histogram into *merged; opens a copy of the distribution when it is still
// encoded, so that the result stays as small as it was read.
static enum mb_status hdr_add(struct mb_merged *merged, const struct mb_dist *dist,
                              struct mb_err *err)
{
    struct mb_dist opened = *dist;
    enum mb_status status = mb_dist_open(&opened, err);
    if (status != MB_OK) {
        return status;
    }
    bool ours = dist->hdr == NULL;
    if (merged->hdr == NULL) {
        merged->own = ours ? opened.hdr : NULL;
        merged->hdr = opened.hdr;
        return MB_OK;
    }
    if (merged->own == NULL) {
        merged->own = mb_mem_alloc(1, sizeof *merged->own);
        mb_hdr_copy(merged->own, merged->hdr);
        merged->hdr = merged->own;
    }
    status = mb_hdr_merge(merged->own, opened.hdr, err);
    if (ours) {
        mb_dist_close(&opened);
    }
    return status;
}

// Joins buckets into *merged, whose own they become.
static enum mb_status buckets_add(struct mb_merged *merged, const struct mb_dist *dist,
                                  struct mb_err *err)
{
    struct mb_dist joined;
    if (!mb_dist_join(merged->only, dist, &joined)) {
        return mb_err_set(err, MB_INVALID,
                          "distributions whose buckets have other bounds cannot be "
                          "merged");
    }
    if (merged->joined != NULL) {
        mb_mem_free(merged->joined->buckets);
    } else {
        merged->joined = mb_mem_alloc(1, sizeof *merged->joined);
    }
    *merged->joined = joined;
    merged->only = merged->joined;
    return MB_OK;
}

struct merge {
    struct mb_merged merged;
    size_t sources; // distributions seen
    bool absent;    // one of them was
};

static enum mb_status merge_part(struct merge *merge, const struct mb_part *part,
                                 enum mb_dist_metric metric, struct mb_err *err)
{
    struct mb_merged *merged = &merge->merged;
    const struct mb_dist *dist = &part->dist[metric];
    bool first = merge->sources++ == 0;
    merged->censored += part_censored(part, metric);
    if (part->counts.unfinished > 0) {
        merged->censored_at_ns = -1;
    }
    if (dist->type == MB_DIST_ABSENT) {
        merge->absent = true;
        return MB_OK;
    }
    bool buckets = dist->type == MB_DIST_BUCKETS && merged->only != NULL &&
                   merged->only->type == MB_DIST_BUCKETS;
    if (!first && !buckets && (dist->type != MB_DIST_HDR || merged->only != NULL)) {
        return mb_err_set(err, MB_INVALID,
                          "distributions other than histograms and buckets cannot be "
                          "merged");
    }
    merged->n = first ? dist->n : add_known(merged->n, dist->n);
    merged->sum = first ? dist->sum : add_known(merged->sum, dist->sum);
    merged->min = least_known(merged->min, dist->min);
    merged->max = dist->max > merged->max ? dist->max : merged->max;
    if (buckets) {
        return buckets_add(merged, dist, err);
    }
    if (dist->type != MB_DIST_HDR) {
        merged->only = dist;
        return MB_OK;
    }
    return hdr_add(merged, dist, err);
}

static enum mb_status merge_trial(struct merge *merge, const struct mb_trial *trial,
                                  enum mb_dist_metric metric, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < trial->part_count && status == MB_OK; i++) {
        status = merge_part(merge, &trial->parts[i], metric, err);
    }
    return status;
}

static struct merge merge_begin(const struct mb_cell *cell, enum mb_dist_metric metric)
{
    struct merge merge = {.merged = {.n = -1,
                                     .sum = -1,
                                     .min = -1,
                                     .max = -1,
                                     .censored_at_ns = cell->point.timeout_ns}};
    if (metric == MB_DIST_SERVICE) {
        merge.merged.censored_at_ns = -1; // sent late, it had less than the time-out
    }
    return merge;
}

static enum mb_status merge_end(struct merge *merge, enum mb_status status,
                                struct mb_merged *merged)
{
    if (status != MB_OK || merge->absent) {
        int64_t censored = merge->merged.censored;
        mb_merged_release(&merge->merged);
        merge->merged = (struct mb_merged){.n = -1,
                                           .sum = -1,
                                           .min = -1,
                                           .max = -1,
                                           .censored = censored,
                                           .censored_at_ns = -1};
    }
    *merged = merge->merged;
    return status;
}

enum mb_status mb_merged_trial(const struct mb_cell *cell, const struct mb_trial *trial,
                               enum mb_dist_metric metric, struct mb_merged *merged,
                               struct mb_err *err)
{
    struct merge merge = merge_begin(cell, metric);
    return merge_end(&merge, merge_trial(&merge, trial, metric, err), merged);
}

enum mb_status mb_merged_cell(const struct mb_cell *cell, enum mb_dist_metric metric,
                              struct mb_merged *merged, struct mb_err *err)
{
    struct merge merge = merge_begin(cell, metric);
    enum mb_status status = MB_OK;
    struct mb_derive_scope scope = mb_derive_scope(cell, NULL);
    size_t position = 0;
    for (const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
         trial != NULL && status == MB_OK;
         trial = mb_derive_scope_next(&scope, &position)) {
        status = merge_trial(&merge, trial, metric, err);
    }
    return merge_end(&merge, status, merged);
}

void mb_merged_release(struct mb_merged *merged)
{
    if (merged->own != NULL) {
        mb_hdr_release(merged->own);
        mb_mem_free(merged->own);
        merged->own = NULL;
    }
    merged->hdr = NULL;
    if (merged->joined != NULL) {
        mb_mem_free(merged->joined->buckets);
        mb_mem_free(merged->joined);
        merged->joined = NULL;
        merged->only = NULL;
    }
}

// --- values ---

static struct mb_value value_known(int64_t value)
{
    return (struct mb_value){.state = value < 0 ? MB_VALUE_UNKNOWN : MB_VALUE_KNOWN,
                             .value = value < 0 ? 0 : (double)value};
}

// More than `least`, because censored requests are among the values.
static struct mb_value value_censored(const struct mb_merged *merged, double least)
{
    if (merged->censored_at_ns < 0) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    return (struct mb_value){.state = MB_VALUE_CENSORED, .value = least};
}

static int64_t rank_in_buckets(const struct mb_dist *dist, int64_t rank)
{
    int64_t seen = 0;
    for (size_t i = 0; i < dist->count; i++) {
        int64_t n = dist->buckets[i].n;
        seen = n > INT64_MAX - seen ? INT64_MAX : seen + n;
        if (seen >= rank) {
            return dist->buckets[i].high;
        }
    }
    return -1;
}

// Only a quantile that the source gave, and only where nothing shifts the ranks.
static struct mb_value listed_quantile(const struct mb_merged *merged, int64_t share)
{
    const struct mb_dist *dist = merged->only;
    for (size_t i = 0; merged->censored == 0 && i < dist->count; i++) {
        if (dist->quantiles[i].share == share) {
            return value_known(dist->quantiles[i].value);
        }
    }
    return (struct mb_value){.state = MB_VALUE_UNKNOWN};
}

static struct mb_value quantile(const struct mb_merged *merged, int64_t share)
{
    const struct mb_dist *only = merged->only;
    int64_t n = merged->hdr != NULL ? merged->hdr->count : merged->n;
    int64_t all = n < 0 ? -1 : add_known(n, merged->censored);
    if (all >= 0 && !mb_value_supported(all, share)) {
        return (struct mb_value){.state =
                                     all > 0 ? MB_VALUE_UNSUPPORTED : MB_VALUE_UNKNOWN,
                                 .value = (double)all};
    }
    if (only != NULL && only->type == MB_DIST_QUANTILES) {
        return listed_quantile(merged, share);
    }
    bool ranked = merged->hdr != NULL || (only != NULL && only->type == MB_DIST_BUCKETS);
    if (all < 0 || !ranked) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    int64_t rank = mb_hdr_rank(all, share);
    if (rank > n) {
        return value_censored(merged, (double)merged->censored_at_ns);
    }
    int64_t value = merged->hdr != NULL ? mb_hdr_value_at_rank(merged->hdr, rank)
                                        : rank_in_buckets(only, rank);
    // The highest value of the last bucket may not have occurred.
    return value_known(merged->max >= 0 && value > merged->max ? merged->max : value);
}

// Sum of the values; from the middles of buckets where the exact one is not known, which
// gives the same whether the histogram was measured here or read.
static double sum_of(const struct mb_merged *merged)
{
    if (merged->sum >= 0 || merged->hdr == NULL) {
        return (double)merged->sum;
    }
    double sum = 0;
    int32_t position = 0;
    int64_t low = 0;
    int64_t high = 0;
    int64_t count = 0;
    while (mb_hdr_next(merged->hdr, &position, &low, &high, &count)) {
        sum += ((double)low + ((double)high - (double)low + 1) / 2) * (double)count;
    }
    return sum;
}

static struct mb_value mean(const struct mb_merged *merged)
{
    double sum = sum_of(merged);
    if (merged->n < 0 || sum < 0 || merged->n + merged->censored == 0) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    if (merged->censored > 0) {
        double least = sum + (double)merged->censored * (double)merged->censored_at_ns;
        return value_censored(merged, least / (double)(merged->n + merged->censored));
    }
    return (struct mb_value){.state = MB_VALUE_KNOWN, .value = sum / (double)merged->n};
}

static int64_t least(const struct mb_merged *merged)
{
    bool from_hdr = merged->min < 0 && merged->hdr != NULL && merged->hdr->count > 0;
    return from_hdr ? mb_hdr_lowest_equivalent(merged->hdr, merged->hdr->min)
                    : merged->min;
}

static struct mb_value largest(const struct mb_merged *merged)
{
    if (merged->censored > 0) {
        return value_censored(merged, (double)merged->censored_at_ns);
    }
    bool from_hdr = merged->max < 0 && merged->hdr != NULL && merged->hdr->count > 0;
    return value_known(from_hdr ? mb_hdr_highest_equivalent(merged->hdr, merged->hdr->max)
                                : merged->max);
}

struct mb_value mb_merged_value(const struct mb_merged *merged, char statistic,
                                int64_t share)
{
    switch (statistic) {
    case 'q':
        return quantile(merged, share);
    case 'm':
        return mean(merged);
    case '<':
        return value_known(least(merged));
    case '>':
        return largest(merged);
    }
    return (struct mb_value){.state = MB_VALUE_UNKNOWN};
}
