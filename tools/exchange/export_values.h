// What exporters ask a run for. Exchange floor.
#ifndef MB_EXCHANGE_EXPORT_VALUES_H
#define MB_EXCHANGE_EXPORT_VALUES_H

#include "exchange/export.h"
#include "model/derive.h"

// The latencies of a run, as one distribution.
struct mb_export_latency {
    enum mb_dist_metric metric; // which of them it is
    struct mb_merged merged;    // released by mb_export_latency_release
};

// Any distribution of a run (model/derive.h), with a hint when trials do not merge.
MB_MUST_USE enum mb_status mb_export_merge(const struct mb_export_run *run,
                                           enum mb_dist_metric metric,
                                           struct mb_merged *merged, struct mb_err *err);

// Those that were asked for; where a run has none of them, the others (response for
// service and the other way), with a note. MB_INVALID: it has neither, or a histogram is
// damaged; nothing has to be released then.
MB_MUST_USE enum mb_status mb_export_latency_take(struct mb_export *export,
                                                  const struct mb_export_run *run,
                                                  struct mb_export_latency *latency,
                                                  struct mb_err *err);
void mb_export_latency_release(struct mb_export_latency *latency);

// A statistic of the latencies: "p99", "p99.9", "mean", "min", "max".
struct mb_value mb_export_latency_value(struct mb_export *export,
                                        const struct mb_export_latency *latency,
                                        const char *statistic);

// Values as buckets (MB_DIST_BUCKETS, in arena), with the least and the largest value, of
// the buckets where they are not known better. MB_INVALID where the result has only
// percentiles or a summary.
MB_MUST_USE enum mb_status mb_export_buckets_take(struct mb_arena *arena,
                                                  const struct mb_merged *merged,
                                                  struct mb_dist *buckets,
                                                  struct mb_err *err);

// Sum of the values in them: the exact one, else from the middles of the buckets (*exact
// is false then).
double mb_export_buckets_sum(const struct mb_dist *buckets, bool *exact);
// Standard deviation from the middles of the buckets; 0 for none.
double mb_export_buckets_deviation(const struct mb_dist *buckets);

// For a format that holds the values themselves: MB_INVALID without buckets, or without a
// single value. Notes requests that are not among the values.
MB_MUST_USE enum mb_status mb_export_values_take(struct mb_export *export,
                                                 const struct mb_export_run *run,
                                                 struct mb_export_latency *latency,
                                                 struct mb_dist *buckets,
                                                 struct mb_err *err);

// A metric of a run by its name (model/derive.h).
struct mb_value mb_export_value(const struct mb_export_run *run, const char *metric);

// Counts of a run; elapsed_ns is what they took, -1: not known. In arena.
struct mb_export_counts {
    struct mb_counts counts;
    int64_t errors;     // -1: not known
    int64_t elapsed_ns; // all trials of a cell together
};
struct mb_export_counts mb_export_counts_take(struct mb_arena *arena,
                                              const struct mb_export_run *run);

// When a run began and when the last of its trials had ended, ns since 1970; 0: not
// known.
struct mb_export_time {
    int64_t start_unix_ns;
    int64_t end_unix_ns;
};
struct mb_export_time mb_export_time_take(const struct mb_export_run *run);

// What was asked for a run; NULL when not known.
const char *mb_export_url(const struct mb_export *export,
                          const struct mb_export_run *run);

// What an import kept of a run as a fact, as "run.run_type": that of its variant, else
// that of all runs. NULL: there is none.
const struct mb_node *mb_export_fact(struct mb_export *export,
                                     const struct mb_export_run *run, const char *path);

// Puts what tells a run from others into a map of texts: variant, workload, connections,
// load_model, rate_rps, block, trial.
void mb_export_labels_put(struct mb_export *export, const struct mb_export_run *run,
                          struct mb_node *map);

// In arena: the rate that was asked for, as "1000"; NULL when unpaced.
const char *mb_export_rate(struct mb_arena *arena, const struct mb_point *point);

// A UUID (RFC 9562, version 8) that stands for a run: the same each time.
const char *mb_export_uuid(struct mb_export *export, const struct mb_export_run *run);

// Appends a number with the fewest digits that read back the same.
void mb_export_number(double value, struct mb_buf *out);

#endif
