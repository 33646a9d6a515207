#include "exchange/export_values.h"

#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "base/units.h"
#include "format/number.h"
#include "model/field.h"

// --- latencies ---

static bool is_known(const struct mb_merged *merged)
{
    return merged->hdr != NULL || merged->only != NULL;
}

enum mb_status mb_export_merge(const struct mb_export_run *run,
                               enum mb_dist_metric metric, struct mb_merged *merged,
                               struct mb_err *err)
{
    enum mb_status status =
        run->trial != NULL ? mb_merged_trial(run->cell, run->trial, metric, merged, err)
                           : mb_merged_cell(run->cell, metric, merged, err);
    if (status != MB_OK && run->trial == NULL) {
        mb_err_hint(err, "--trials exports the trials one by one");
    }
    return status;
}

enum mb_status mb_export_latency_take(struct mb_export *export,
                                      const struct mb_export_run *run,
                                      struct mb_export_latency *latency,
                                      struct mb_err *err)
{
    bool response = export->options.latency == MB_DIST_RESPONSE;
    const enum mb_dist_metric order[] = {export->options.latency,
                                         response ? MB_DIST_SERVICE : MB_DIST_RESPONSE};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        latency->metric = order[i];
        enum mb_status status = mb_export_merge(run, order[i], &latency->merged, err);
        if (status != MB_OK) {
            return status;
        }
        if (is_known(&latency->merged)) {
            if (i > 0) {
                mb_export_note(export, "%s times stand for those that the result lacks",
                               mb_dist_metric_name(order[i]));
            }
            return MB_OK;
        }
    }
    return mb_err_set(err, MB_INVALID, "its latencies are not known");
}

void mb_export_latency_release(struct mb_export_latency *latency)
{
    mb_merged_release(&latency->merged);
}

struct mb_value mb_export_latency_value(struct mb_export *export,
                                        const struct mb_export_latency *latency,
                                        const char *statistic)
{
    struct mb_metric metric;
    const char *name = mb_arena_print(&export->scratch, "response_time.%s", statistic);
    if (!mb_metric_parse(name, &metric)) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    return mb_merged_value(&latency->merged, metric.statistic, metric.share);
}

static void bucket_add(struct mb_arena *arena, struct mb_dist *buckets, size_t *capacity,
                       struct mb_dist_bucket bucket)
{
    buckets->buckets = mb_arena_grow(arena, buckets->buckets, buckets->count, capacity,
                                     sizeof *buckets->buckets);
    buckets->buckets[buckets->count++] = bucket;
    buckets->n += bucket.n;
}

enum mb_status mb_export_buckets_take(struct mb_arena *arena,
                                      const struct mb_merged *merged,
                                      struct mb_dist *buckets, struct mb_err *err)
{
    const struct mb_dist *only = merged->only;
    struct mb_dist_bucket bucket;
    int32_t position = 0;
    size_t capacity = 0;
    *buckets = (struct mb_dist){.type = MB_DIST_BUCKETS,
                                .mixed = only != NULL && only->mixed,
                                .sum = merged->sum,
                                .min = merged->min,
                                .max = merged->max};
    if (merged->hdr == NULL && only->type != MB_DIST_BUCKETS) {
        return mb_err_set(
            err, MB_INVALID, "its latencies are %s, and the format needs a histogram",
            only->type == MB_DIST_QUANTILES ? "percentiles only" : "a summary only");
    }
    while (merged->hdr != NULL &&
           mb_hdr_next(merged->hdr, &position, &bucket.low, &bucket.high, &bucket.n)) {
        bucket_add(arena, buckets, &capacity, bucket);
    }
    for (size_t i = 0; merged->hdr == NULL && i < only->count; i++) {
        if (only->buckets[i].n > 0) {
            bucket_add(arena, buckets, &capacity, only->buckets[i]);
        }
    }
    if (buckets->count > 0 && buckets->min < 0) {
        buckets->min = buckets->buckets[0].low;
    }
    if (buckets->count > 0 && buckets->max < 0) {
        buckets->max = buckets->buckets[buckets->count - 1].high;
    }
    return MB_OK;
}

enum mb_status mb_export_values_take(struct mb_export *export,
                                     const struct mb_export_run *run,
                                     struct mb_export_latency *latency,
                                     struct mb_dist *buckets, struct mb_err *err)
{
    enum mb_status status = mb_export_latency_take(export, run, latency, err);
    if (status != MB_OK) {
        return status;
    }
    status = mb_export_buckets_take(&export->scratch, &latency->merged, buckets, err);
    if (status == MB_OK && buckets->n == 0) {
        status = mb_err_set(err, MB_INVALID, "it has no latencies");
    }
    if (status != MB_OK) {
        mb_export_latency_release(latency);
        return status;
    }
    if (latency->merged.censored > 0) {
        mb_export_note(export,
                       "%s: %lld requests that timed out or were cut off are not among "
                       "the values",
                       run->title, (long long)latency->merged.censored);
    }
    if (buckets->mixed) {
        mb_export_note(export, "failed requests are among the values");
    }
    return MB_OK;
}

static double middle(const struct mb_dist_bucket *bucket)
{
    return ((double)bucket->low + (double)bucket->high) / 2;
}

double mb_export_buckets_sum(const struct mb_dist *buckets, bool *exact)
{
    double sum = 0;
    *exact = buckets->sum >= 0;
    for (size_t i = 0; i < buckets->count; i++) {
        sum += middle(&buckets->buckets[i]) * (double)buckets->buckets[i].n;
    }
    return *exact ? (double)buckets->sum : sum;
}

double mb_export_buckets_deviation(const struct mb_dist *buckets)
{
    double n = buckets->n > 0 ? (double)buckets->n : 1;
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < buckets->count; i++) {
        mean += middle(&buckets->buckets[i]) * (double)buckets->buckets[i].n / n;
    }
    for (size_t i = 0; i < buckets->count; i++) {
        double away = middle(&buckets->buckets[i]) - mean;
        squares += away * away * (double)buckets->buckets[i].n;
    }
    return sqrt(squares / n);
}

// --- numbers ---

struct mb_value mb_export_value(const struct mb_export_run *run, const char *name)
{
    struct mb_metric metric;
    if (!mb_metric_parse(name, &metric)) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    return run->trial != NULL ? mb_derive_trial(run->cell, run->trial, &metric)
                              : mb_derive_cell(run->cell, &metric);
}

struct mb_export_counts mb_export_counts_take(struct mb_arena *arena,
                                              const struct mb_export_run *run)
{
    struct mb_export_counts counts;
    counts.elapsed_ns = mb_derive_counts(arena, run->cell, run->trial, &counts.counts);
    counts.errors = mb_counts_errors(&counts.counts);
    return counts;
}

struct mb_export_time mb_export_time_take(const struct mb_export_run *run)
{
    struct mb_export_time time = {0};
    struct mb_derive_scope scope = mb_derive_scope(run->cell, run->trial);
    size_t position = 0;
    bool started = true;
    bool ended = true;
    for (const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
         trial != NULL; trial = mb_derive_scope_next(&scope, &position)) {
        int64_t start_ns = trial->start_unix_ns;
        started = started && start_ns > 0;
        ended = ended && started && trial->window_ns >= 0 &&
                trial->window_ns <= INT64_MAX - start_ns;
        if (time.start_unix_ns == 0 || start_ns < time.start_unix_ns) {
            time.start_unix_ns = start_ns;
        }
        if (ended && start_ns + trial->window_ns > time.end_unix_ns) {
            time.end_unix_ns = start_ns + trial->window_ns;
        }
    }
    return (struct mb_export_time){.start_unix_ns = started ? time.start_unix_ns : 0,
                                   .end_unix_ns = ended ? time.end_unix_ns : 0};
}

// --- names ---

const char *mb_export_url(const struct mb_export *export, const struct mb_export_run *run)
{
    for (size_t i = 0; i < export->result->target_count; i++) {
        const struct mb_target *target = &export->result->targets[i];
        if (strcmp(target->variant, run->cell->variant) == 0) {
            return target->url;
        }
    }
    return NULL;
}

static const struct mb_node *fact_find(const struct mb_result *result, const char *path)
{
    for (size_t i = 0; i < result->facts.count; i++) {
        if (strcmp(result->facts.items[i].path, path) == 0) {
            return result->facts.items[i].captured;
        }
    }
    return NULL;
}

const struct mb_node *mb_export_fact(struct mb_export *export,
                                     const struct mb_export_run *run, const char *path)
{
    const char *dot = strchr(path, '.');
    const char *own = mb_arena_print(&export->scratch, "variants.%s.%s",
                                     run->cell->variant, dot != NULL ? dot + 1 : path);
    const struct mb_node *found = fact_find(export->result, own);
    return found != NULL ? found : fact_find(export->result, path);
}

const char *mb_export_rate(struct mb_arena *arena, const struct mb_point *point)
{
    char text[32];
    if (point->rate_micro_rps < 0) {
        return NULL;
    }
    mb_units_print(MB_UNIT_RATE, point->rate_micro_rps, text, sizeof text);
    return mb_arena_copy_bytes(arena, text, strcspn(text, "r"));
}

static void label_put(struct mb_export *export, struct mb_node *map, const char *key,
                      const char *value)
{
    if (value != NULL) {
        mb_field_put_text(&export->scratch, map, key, value);
    }
}

void mb_export_labels_put(struct mb_export *export, const struct mb_export_run *run,
                          struct mb_node *map)
{
    struct mb_arena *arena = &export->scratch;
    const struct mb_point *point = &run->cell->point;
    label_put(export, map, "variant", run->cell->variant);
    label_put(export, map, "workload", point->workload);
    if (point->connections >= 0) {
        label_put(export, map, "connections",
                  mb_arena_print(arena, "%lld", (long long)point->connections));
    }
    label_put(export, map, "load_model", mb_load_model_name(point->load_model));
    label_put(export, map, "rate_rps", mb_export_rate(arena, point));
    if (run->trial != NULL) {
        label_put(export, map, "block", mb_arena_print(arena, "%d", run->trial->block));
        label_put(export, map, "trial", run->trial->id);
    }
}

const char *mb_export_uuid(struct mb_export *export, const struct mb_export_run *run)
{
    char digest[MB_DIGEST_TEXT];
    const char *named =
        mb_arena_print(&export->scratch, "%s %s", export->digest, run->id);
    mb_digest_text(named, strlen(named), digest);
    return mb_arena_print(&export->scratch, "%.8s-%.4s-8%.3s-8%.3s-%.12s", digest,
                          digest + 8, digest + 12, digest + 15, digest + 18);
}

void mb_export_number(double value, struct mb_buf *out)
{
    const struct mb_node node = {.type = MB_NODE_FLOAT, .as.number = value};
    mb_number_print(&node, out);
}
