// What the summaries of k6, as JSON and as text, have in common.
#include <stdlib.h>
#include <string.h>

#include "exchange/import_k6.h"
#include "exchange/import_report.h"

void mb_import_k6_trend_init(struct mb_import_k6_trend *trend)
{
    *trend = (struct mb_import_k6_trend){.mean_ns = -1, .min_ns = -1, .max_ns = -1};
}

bool mb_import_k6_trend_some(const struct mb_import_k6_trend *trend)
{
    return trend->quantiles.count > 0 || trend->mean_ns >= 0 || trend->max_ns >= 0;
}

// "p(99.9)", "p99.9", "med": the share in 1e-9.
static bool share_read(const char *name, int64_t *share)
{
    double percent = 50;
    bool good = strcmp(name, "med") == 0;
    if (!good && mb_import_text_word(&name, "p")) {
        bool bracket = mb_import_text_word(&name, "(");
        good = mb_import_text_field(&name, &percent) &&
               (!bracket || mb_import_text_word(&name, ")")) && *name == '\0';
    }
    return good && mb_import_text_scale(percent, 1e7, share) && *share <= 1000000000;
}

// In any order; quantiles_sort follows.
static void quantile_add(struct mb_import_quantiles *quantiles, struct mb_arena *arena,
                         int64_t share, int64_t value_ns)
{
    quantiles->items = mb_arena_grow(arena, quantiles->items, quantiles->count,
                                     &quantiles->capacity, sizeof *quantiles->items);
    quantiles->items[quantiles->count++] =
        (struct mb_dist_quantile){.share = share, .value = value_ns};
}

bool mb_import_k6_trend_take(struct mb_import_k6_trend *trend, struct mb_arena *arena,
                             const char *name, int64_t value_ns)
{
    int64_t share;
    if (strcmp(name, "avg") == 0) {
        trend->mean_ns = value_ns;
    } else if (strcmp(name, "min") == 0) {
        trend->min_ns = value_ns;
    } else if (strcmp(name, "max") == 0) {
        trend->max_ns = value_ns;
    } else if (share_read(name, &share)) {
        quantile_add(&trend->quantiles, arena, share, value_ns);
    } else {
        return false;
    }
    return true;
}

static int quantile_order(const void *left, const void *right)
{
    const struct mb_dist_quantile *a = left;
    const struct mb_dist_quantile *b = right;
    return (a->share > b->share) - (a->share < b->share);
}

// In ascending order, each share once: "med" and "p(50)" are one. False: the values do
// not ascend with them.
static bool quantiles_sort(struct mb_import_quantiles *quantiles)
{
    size_t kept = 0;
    if (quantiles->count == 0) {
        return true;
    }
    qsort(quantiles->items, quantiles->count, sizeof *quantiles->items, quantile_order);
    for (size_t i = 1; i < quantiles->count; i++) {
        if (quantiles->items[i].value < quantiles->items[kept].value) {
            return false;
        }
        if (quantiles->items[i].share > quantiles->items[kept].share) {
            quantiles->items[++kept] = quantiles->items[i];
        }
    }
    quantiles->count = kept + 1;
    return true;
}

static struct mb_dist dist_of(const struct mb_import_k6_trend *trend, int64_t n)
{
    return mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &trend->quantiles,
        .n = n,
        .mean_ns = trend->mean_ns,
        .min_ns = trend->min_ns,
        .max_ns = trend->max_ns,
    });
}

void mb_import_k6_dropped(struct mb_import *import, struct mb_import_run *run,
                          int64_t iterations)
{
    if (iterations <= 0) {
        return;
    }
    mb_import_fact_add(import, run, MB_IMPORT_K6_DROPPED,
                       mb_node_int(import->arena, iterations));
    mb_import_note_add(import, MB_IMPORT_DROPPED,
                       "k6 dropped %lld iterations that were due, because it had no free "
                       "VU: their requests are in no figure",
                       (long long)iterations);
}

enum mb_status mb_import_k6_summary_put(struct mb_import *import,
                                        struct mb_import_run *run,
                                        struct mb_import_k6_summary *summary,
                                        struct mb_err *err)
{
    int64_t requests = summary->requests;
    int64_t failed = summary->failed;
    bool apart = requests >= 0 && failed > 0 && mb_import_k6_trend_some(&summary->good);
    if (requests >= 0 && failed > requests) {
        return mb_err_set(err, MB_INVALID, "more requests failed than there were");
    }
    if (!quantiles_sort(&summary->all.quantiles) ||
        !quantiles_sort(&summary->good.quantiles)) {
        return mb_err_set(err, MB_INVALID,
                          "a higher percentile is less than a lower one");
    }
    if (requests >= 0 && failed >= 0) {
        mb_import_report_failures(run, requests, failed);
    } else {
        run->part.counts.intended = requests;
    }
    struct mb_dist dist = apart ? dist_of(&summary->good, requests - failed)
                                : dist_of(&summary->all, requests);
    if (failed >= 0 && failed == requests) {
        dist = mb_dist_absent("no request succeeded");
    }
    dist.mixed = dist.type != MB_DIST_ABSENT && !apart && failed != 0;
    mb_import_run_latency(import, run, dist);
    mb_import_k6_dropped(import, run, summary->dropped);
    return MB_OK;
}
