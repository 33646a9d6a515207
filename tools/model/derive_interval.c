// Intervals of percentiles from the ranks of one trial.
#include "model/derive.h"
#include "stats/quantile.h"

static const double NS_PER_MS = 1e6;

static struct mb_value value_unknown(void)
{
    return (struct mb_value){.state = MB_VALUE_UNKNOWN};
}

static struct mb_value value_known(int64_t value)
{
    return (struct mb_value){.state = MB_VALUE_KNOWN, .value = (double)value};
}

// One trial's values that can be ranked: recorded ones, then censored ones.
struct ranked {
    const struct mb_merged *merged;
    int64_t recorded;
    int64_t all;
};

// Limits of the bucket that holds a rank from 1 to `recorded`.
static void bucket_find(const struct ranked *ranked, int64_t rank, int64_t *low,
                        int64_t *high)
{
    const struct mb_hdr *hdr = ranked->merged->hdr;
    const struct mb_dist *only = ranked->merged->only;
    if (hdr != NULL) {
        *high = mb_hdr_value_at_rank(hdr, rank);
        *low = mb_hdr_lowest_equivalent(hdr, *high);
        return;
    }
    size_t at = 0;
    for (int64_t left = rank; at + 1 < only->count && left > only->buckets[at].n; at++) {
        left -= only->buckets[at].n;
    }
    *low = only->buckets[at].low;
    *high = only->buckets[at].high;
}

static struct mb_value bound_at(const struct ranked *ranked, int64_t rank, bool upper)
{
    const struct mb_merged *merged = ranked->merged;
    int64_t low = 0;
    int64_t high = 0;
    bool censored = rank > ranked->recorded;
    if (rank < 1 || rank > ranked->all || (censored && merged->censored_at_ns < 0)) {
        return value_unknown();
    }
    if (censored) {
        return (struct mb_value){.state = MB_VALUE_CENSORED,
                                 .value = (double)merged->censored_at_ns};
    }
    bucket_find(ranked, rank, &low, &high);
    // What was recorded does not fill the outermost buckets.
    if (upper) {
        return value_known(merged->max >= 0 && high > merged->max ? merged->max : high);
    }
    return value_known(low < merged->min ? merged->min : low);
}

static struct mb_derive_interval merged_interval(const struct mb_merged *merged,
                                                 int64_t share)
{
    struct mb_derive_interval interval = {value_unknown(), value_unknown()};
    bool buckets = merged->only != NULL && merged->only->type == MB_DIST_BUCKETS &&
                   merged->only->count > 0;
    struct ranked ranked = {.merged = merged,
                            .recorded =
                                merged->hdr != NULL ? merged->hdr->count : merged->n};
    if (ranked.recorded < 0 || (merged->hdr == NULL && !buckets) ||
        merged->censored > INT64_MAX - 1 - ranked.recorded) {
        return interval;
    }
    ranked.all = ranked.recorded + merged->censored;
    struct mb_quantile_ranks ranks =
        mb_quantile_interval(ranked.all, share, MB_DERIVE_INTERVAL_CONFIDENCE);
    interval.low = bound_at(&ranked, ranks.low, false);
    interval.high = bound_at(&ranked, ranks.high, true);
    return interval;
}

// Of a cell with one trial that stands for it.
static bool is_alone(const struct mb_cell *cell)
{
    struct mb_derive_scope scope = mb_derive_scope(cell, NULL);
    size_t position = 0;
    return mb_derive_scope_next(&scope, &position) != NULL &&
           mb_derive_scope_next(&scope, &position) == NULL;
}

struct mb_derive_interval mb_derive_interval(const struct mb_cell *cell,
                                             const struct mb_metric *metric)
{
    struct mb_derive_interval interval = {value_unknown(), value_unknown()};
    struct mb_merged merged;
    struct mb_err ignored = {0}; // verify reports it; here it has no values
    if (metric->family != MB_METRIC_DIST || metric->statistic != 'q' || !is_alone(cell) ||
        mb_merged_cell(cell, metric->dist, &merged, &ignored) != MB_OK) {
        return interval;
    }
    interval = merged_interval(&merged, metric->share);
    mb_merged_release(&merged);
    return interval;
}

static void bound_put(struct mb_arena *arena, struct mb_node *map, const char *key,
                      const struct mb_value *value)
{
    mb_node_put(arena, map, key,
                value->state == MB_VALUE_KNOWN
                    ? mb_node_float(arena, value->value / NS_PER_MS)
                    : mb_node_null(arena));
}

void mb_derive_interval_put(struct mb_arena *arena, const struct mb_cell *cell,
                            struct mb_node *node)
{
    static const char *const names[] = {"response_time.p50", "response_time.p75",
                                        "response_time.p90", "response_time.p95",
                                        "response_time.p99", "response_time.p99.9"};
    static const size_t prefix = sizeof "response_time." - 1;
    if (!is_alone(cell)) {
        return;
    }
    struct mb_merged merged;
    struct mb_err ignored = {0};
    bool known = mb_merged_cell(cell, MB_DIST_RESPONSE, &merged, &ignored) == MB_OK;
    struct mb_node *map = mb_node_map(arena);
    mb_node_put(arena, map, "confidence",
                mb_node_float(arena, MB_DERIVE_INTERVAL_CONFIDENCE));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct mb_metric metric;
        struct mb_node *ends = mb_node_map(arena);
        struct mb_derive_interval interval = {value_unknown(), value_unknown()};
        if (known && mb_metric_parse(names[i], &metric)) {
            interval = merged_interval(&merged, metric.share);
        }
        bound_put(arena, ends, "low", &interval.low);
        bound_put(arena, ends, "high", &interval.high);
        mb_node_put(arena, map, names[i] + prefix, ends);
    }
    if (known) {
        mb_merged_release(&merged);
    }
    mb_node_put(arena, node, "response_time_interval_ms", map);
}
