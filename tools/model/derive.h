// Numbers derived from raw data: the one place where a percentile, a rate or a cost is
// computed. show, compare, verify and the reports all ask here. Model floor.
// Definitions: spec/measurements.md.
#ifndef MB_MODEL_DERIVE_H
#define MB_MODEL_DERIVE_H

#include <stdbool.h>
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
    MB_VALUE_UNSUPPORTED, // too few samples for that percentile
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

// A percentile needs at least this many samples beyond it to be shown: n * (1 - share) >=
// 1 is not enough; see spec/measurements.md for the rule and its source.
bool mb_value_supported(int64_t n, int64_t share);

// One distribution of a trial or a cell, merged from its parts: hdr is NULL when only
// quantiles or a summary are known. `censored` timed-out requests rank above all values,
// all of them at least `censored_at_ns`.
struct mb_merged {
    const struct mb_dist *only; // the single source when there was nothing to merge
    struct mb_hdr *hdr;         // owned; NULL when the sources have no histograms
    int64_t n;
    int64_t censored;
    int64_t censored_at_ns;
};
MB_MUST_USE enum mb_status mb_merged_trial(const struct mb_cell *cell,
                                           const struct mb_trial *trial,
                                           enum mb_dist_metric metric,
                                           struct mb_merged *merged, struct mb_err *err);
MB_MUST_USE enum mb_status mb_merged_cell(const struct mb_cell *cell,
                                          enum mb_dist_metric metric,
                                          struct mb_merged *merged, struct mb_err *err);
void mb_merged_release(struct mb_merged *merged);
struct mb_value mb_merged_value(const struct mb_merged *merged, char statistic,
                                int64_t share);

// A metric of one trial, and of a cell (its complete trials together: histograms merged,
// counts summed).
struct mb_value mb_derive_trial(const struct mb_cell *cell, const struct mb_trial *trial,
                                const struct mb_metric *metric);
struct mb_value mb_derive_cell(const struct mb_cell *cell,
                               const struct mb_metric *metric);

// The promised keys of `show --format json`: one map for a cell with `trials[]`.
struct mb_node *mb_derive_cell_node(struct mb_arena *arena, const struct mb_cell *cell);

// The `derived` section of a result, and the differences between what a file claims and
// what its raw data gives: findings MB6xx with pointers, none when all is well.
struct mb_node *mb_derive_section(struct mb_arena *arena, const struct mb_result *result);
void mb_derive_verify(struct mb_arena *arena, const struct mb_result *result,
                      const struct mb_node *root, struct mb_diag *diag);

#endif
