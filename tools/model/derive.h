// Numbers derived from raw data: the one place where a percentile, a rate or a cost is
// computed. show, compare, verify and the reports all ask here. Model floor.
// Definitions: spec/measurements.md.
#ifndef MB_MODEL_DERIVE_H
#define MB_MODEL_DERIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/result.h"

// A metric is named as users write it: "response_time.p99", "service_time.mean",
// "dispatch_lag.p99.9", "connect_time.p50", "wait_for_connection.p99", "throughput",
// "error_ratio", "cpu_per_request" (application and data plane together),
// "cpu_per_request.data_plane", "cpu_per_request.generator", "memory.data_plane",
// "memory" (largest resident memory in the window, application and data plane together).
enum mb_value_state {
    MB_VALUE_KNOWN,
    MB_VALUE_UNKNOWN,     // the source does not have it
    MB_VALUE_UNSUPPORTED, // too few samples for that percentile: `value` says how many
    MB_VALUE_CENSORED     // falls among timed-out requests: more than `value`
};

struct mb_value {
    enum mb_value_state state;
    double value; // ns, rps, ratio, ns per request, bytes: see mb_metric.unit
};

enum mb_metric_unit {
    MB_METRIC_NS,
    MB_METRIC_RPS,
    MB_METRIC_RATIO,
    MB_METRIC_NS_PER_REQUEST,
    MB_METRIC_BYTES
};

enum mb_metric_family {
    MB_METRIC_DIST, // uses `dist` and either `share` or `statistic`
    MB_METRIC_THROUGHPUT,
    MB_METRIC_ERROR_RATIO,
    MB_METRIC_CPU_PER_REQUEST,
    MB_METRIC_MEMORY
};

struct mb_metric {
    const char *name; // borrowed
    enum mb_metric_family family;
    enum mb_metric_unit unit;
    enum mb_dist_metric dist;
    char statistic; // 'q' quantile, 'm' mean, '<' min, '>' max
    int64_t share;  // 1e-9, for 'q'
    int roles;      // bit set of 1 << enum mb_role, for CPU and memory
    bool higher_is_better;
};

// Parses a metric's name. False when it is none.
bool mb_metric_parse(const char *name, struct mb_metric *metric);

// The metrics that are looked at when nobody names any, most telling first.
const char *const *mb_metric_defaults(size_t *count);

// A percentile needs this many samples beyond it to be shown: n * (1 - share) >= 10, n
// with the censored ones (spec/measurements.md).
enum { MB_DERIVE_TAIL_SAMPLES = 10 };
bool mb_value_supported(int64_t n, int64_t share);
// The least n with which it is; -1 for a share of 1 or more, which has nothing beyond.
int64_t mb_value_samples_needed(int64_t share);

// One distribution of a trial or a cell, merged from its parts. hdr is NULL when only
// buckets, quantiles or a summary are known. `censored` requests that timed out or were
// cut off rank above all values:
//   response             all of them, at least `censored_at_ns`
//   service              those that were sent; how long they took is not known
//   wait_for_connection  those that never got one, at least `censored_at_ns`
// Requests that were cut off by an interruption may have waited less than the time-out:
// with one of them `censored_at_ns` is not known.
// In the other distributions, and where failed requests are among the values (mixed),
// nothing is censored.
struct mb_merged {
    const struct mb_dist *only; // the single source when there was nothing to merge, or
                                // `joined`
    struct mb_dist *joined;     // owned; buckets of several sources together
    const struct mb_hdr *hdr;   // NULL when the sources have no histograms; that of the
                                // single source where it is open there, else `own`
    struct mb_hdr *own;         // owned
    int64_t n;                  // values; -1: not known
    int64_t sum;                // exact; -1: not known
    int64_t min;
    int64_t max;
    int64_t censored;
    int64_t censored_at_ns; // -1: not known
};

// Merging needs histograms of one configuration, or buckets whose bounds fit each other
// (mb_dist_join): other types stand alone (two of them, or one beside a histogram, are
// MB_INVALID), and a part without the distribution makes
// the whole unknown (MB_OK, n is -1). After failure nothing has to be released.
MB_MUST_USE enum mb_status mb_merged_trial(const struct mb_cell *cell,
                                           const struct mb_trial *trial,
                                           enum mb_dist_metric metric,
                                           struct mb_merged *merged, struct mb_err *err);
MB_MUST_USE enum mb_status mb_merged_cell(const struct mb_cell *cell,
                                          enum mb_dist_metric metric,
                                          struct mb_merged *merged, struct mb_err *err);
void mb_merged_release(struct mb_merged *merged);
// `statistic` and `share` as in struct mb_metric. A mean or a largest value with censored
// requests is CENSORED: it is more than `value`.
struct mb_value mb_merged_value(const struct mb_merged *merged, char statistic,
                                int64_t share);

// A metric of one trial, and of a cell (its complete trials together: histograms merged,
// counts summed; while it has none, its partial ones; discarded ones never).
//   throughput       completed / elapsed, the longest elapsed of the parts
//   error_ratio      errors / intended
//   cpu_per_request  CPU time of the roles in the window / completed; a generator without
//                    resources of its own counts by its parts' cpu_ns
//   memory           sum over the roles of the largest resident memory; of a cell, the
//                    largest of its trials
// A role without resources counts as nothing; when none of the roles has one, or one has
// resources whose counters are not known, the value is UNKNOWN.
struct mb_value mb_derive_trial(const struct mb_cell *cell, const struct mb_trial *trial,
                                const struct mb_metric *metric);
struct mb_value mb_derive_cell(const struct mb_cell *cell,
                               const struct mb_metric *metric);

// The same for several metrics at once: each distribution is merged only once. `values`
// has room for `count`; all are filled in whatever is returned. MB_INVALID when a
// histogram that was needed is none, or does not hold its n values (MB519, MB520): such
// a distribution's values are UNKNOWN.
MB_MUST_USE enum mb_status mb_derive_values(const struct mb_cell *cell,
                                            const struct mb_trial *trial, // NULL: cell
                                            const struct mb_metric *metrics, size_t count,
                                            struct mb_value *values, struct mb_err *err);

// Where a percentile lies, from the ranks around it (stats/quantile.h): of a cell with
// one trial only, since several tell more by how far they differ. It treats requests as
// independent, so it is a least interval: another trial may well fall outside.
// Both ends are as uncertain as their buckets: `low` is the lowest value of its bucket,
// `high` the highest. They exist also for a percentile that too few samples support.
// CENSORED beyond the time-out; UNKNOWN where there is no such bound, or no interval:
// several trials, no histogram, a metric that is no percentile.
#define MB_DERIVE_INTERVAL_CONFIDENCE 0.95
struct mb_derive_interval {
    struct mb_value low;
    struct mb_value high;
};
struct mb_derive_interval mb_derive_interval(const struct mb_cell *cell,
                                             const struct mb_metric *metric);

// Puts the intervals of the response time's percentiles into the node of a cell that has
// one trial, as `show` and `load` print it: response_time_interval_ms. The `derived`
// section has none.
void mb_derive_interval_put(struct mb_arena *arena, const struct mb_cell *cell,
                            struct mb_node *node);

// The trials that a number is about: one, or (`one` NULL) those that stand for the cell,
// as above.
struct mb_derive_scope {
    const struct mb_cell *cell;
    const struct mb_trial *one;
    enum mb_trial_status status; // of the trials that stand for the cell
};
struct mb_derive_scope mb_derive_scope(const struct mb_cell *cell,
                                       const struct mb_trial *one);
// The next of them; *position starts at 0. NULL at the end.
const struct mb_trial *mb_derive_scope_next(const struct mb_derive_scope *scope,
                                            size_t *position);

// Counts of one trial, or (trial NULL) of those that stand for the cell, added up; -1
// where one does not know. Statuses in arena; with arena NULL they are left out. Returns
// the elapsed time, added up likewise.
int64_t mb_derive_counts(struct mb_arena *arena, const struct mb_cell *cell,
                         const struct mb_trial *trial, struct mb_counts *counts);

// The promised keys of `show --format json`: one map for a cell with `trials[]`.
struct mb_node *mb_derive_cell_node(struct mb_arena *arena, const struct mb_cell *cell);

// The `derived` section of a result: {"cells": [...]}, each as above, in the order of the
// result's cells.
struct mb_node *mb_derive_section(struct mb_arena *arena, const struct mb_result *result);

// What verification looked at.
struct mb_derive_checked {
    size_t numbers;    // derived numbers recomputed and compared
    size_t histograms; // decoded
    size_t keys;       // comparability keys recomputed
};

// Recomputes from a result's raw data what can be, and adds the differences to *diag:
// severity error, with pointers into its document `root`, none when all is well.
//   MB519 a payload that is no histogram
//   MB520 a histogram that does not hold n values
//   MB521 sum, min or max that the values cannot have
//   MB522 series that do not add up to the counts
//   MB601 a derived number that is another, or derived cells that are not the result's
//   MB602 comparability keys that are not those of the resolved spec and the facts
// Sums and identities of counts are rules of check/ (MB501 to MB518).
struct mb_derive_checked mb_derive_verify(struct mb_arena *arena,
                                          const struct mb_result *result,
                                          const struct mb_node *root,
                                          struct mb_diag *diag);

// The part of it that is about one histogram, which is open: false for MB520, MB521.
bool mb_derive_holds(const struct mb_dist *open);

// The part of it that opens no histogram and costs next to nothing: MB602.
void mb_derive_verify_keys(struct mb_arena *arena, const struct mb_result *result,
                           struct mb_diag *diag);

#endif
