// What a history is made of: one value of one metric in one result, and the series that
// it belongs to. Model floor.
//
// A series is everything that has to be equal for values to follow one another: the
// comparability keys of application, workload and variant (a mesh's version is not in
// them, so releases share a series), the load point and the metric. The key of the
// benchmark is not part of it: another load point in a spec ends no series. The overhead
// of a variant against the baseline of the same run is a series of its own, because it
// survives a change of machine. The environment's key is not part of the series: where it
// changes, a new segment begins.
#ifndef MB_MODEL_SERIES_H
#define MB_MODEL_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/derive.h"
#include "model/result.h"

struct mb_series_key {
    const char *application; // digests, as in struct mb_keys
    const char *workload;
    const char *variant;
    const char *variant_name; // "istio-mtls"
    const char *point;        // mb_point_id: "steady-c16-r100"
    const char *metric;       // "response_time.p99"
    const char *baseline; // name of the variant that an overhead is against; NULL: the
                          // value itself
};

struct mb_series_value {
    struct mb_series_key key;
    const char *title;       // "istio-mtls · steady · 16 connections · 100 rps ·
                             // response_time.p99", "istio-mtls over baseline · ..."
    const char *environment; // digest
    const char *version;     // of the variant's mesh; NULL: none or not known
    int64_t time_unix_ns;    // when the result was finished
    double value;            // in the unit of the metric; overheads: difference
    double ratio;            // overheads: value over baseline; else NaN
    enum mb_metric_unit unit;
    bool higher_is_better;
    size_t trials; // behind it; for overheads the fewer of the two
};

struct mb_series_values {
    struct mb_series_value *items;
    size_t count;
    size_t capacity;
};

// All values that a history keeps of a result: the metrics of `metrics` (NULL: the
// default ones and the spec's primary ones; a name that is none is left out), for every
// cell, and the overheads of every variant against the first one without a mesh, where a
// spec says which that is. Values that are not known, unsupported or censored are left
// out; A/A twins too. Appends, in arena; strings are borrowed from the result.
void mb_series_extract(struct mb_arena *arena, const struct mb_result *result,
                       const char *const *metrics, size_t metric_count,
                       struct mb_series_values *values);

// True when both are values of the same series.
bool mb_series_key_equal(const struct mb_series_key *left,
                         const struct mb_series_key *right);

// SHA-256 in hexadecimal over the key: the name of a series in stores and links. In
// arena.
char *mb_series_id(struct mb_arena *arena, const struct mb_series_key *key);

#endif
