// What one worker measured of a trial: counts, distributions, series. Model floor: may
// include base, format, stats.
//
// The accounting identities that `verify` checks:
//   intended  = ok + errors + unfinished
//   errors    = sum of errors_by_kind
//   completed = ok + errors_by_kind[MB_ERROR_STATUS]     (a full response was read)
//   sent      = completed + errors after sending
// Distributions: response and service hold the ok population; error_response the failed
// requests that ended before their time-out; a request that timed out is only counted,
// and is right-censored at the time-out (see spec/measurements.md).
#ifndef MB_MODEL_PART_H
#define MB_MODEL_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/node.h"
#include "stats/hdr.h"

enum mb_load_model { MB_LOAD_OPEN, MB_LOAD_CLOSED, MB_LOAD_PACED, MB_LOAD_UNKNOWN };
enum mb_arrivals { MB_ARRIVALS_CONSTANT, MB_ARRIVALS_POISSON };

// How response times relate to intended times (coordinated omission).
enum mb_co_handling {
    MB_CO_NONE,       // counted from the actual sending
    MB_CO_INTENDED,   // counted from the intended moment
    MB_CO_BACKFILLED, // corrected afterwards
    MB_CO_UNKNOWN
};

enum mb_error_kind {
    MB_ERROR_CONNECT, // no connection: refused, unreachable, reset while connecting
    MB_ERROR_TIMEOUT, // sent, no full response within the time-out
    MB_ERROR_TIMEOUT_UNSENT, // still waited for a connection when its time-out passed
    MB_ERROR_RESET,          // reset, or another socket error, after sending began
    MB_ERROR_CLOSED,         // closed by the server before a full response
    MB_ERROR_PROTOCOL,       // not HTTP
    MB_ERROR_STATUS,         // a full response whose status was not an expected one
    MB_ERROR_OTHER,          // imported, and not one of these
    MB_ERROR_KINDS
};

// Names in documents: "connect", "timeout", "timeout_unsent", "reset", "closed",
// "protocol", "status", "other"; "open", "closed", "paced", "unknown"; and so on. The
// finders give false for an unknown name and leave *value alone.
const char *mb_error_kind_name(enum mb_error_kind kind);
const char *mb_load_model_name(enum mb_load_model model);
const char *mb_arrivals_name(enum mb_arrivals arrivals);
const char *mb_co_handling_name(enum mb_co_handling handling);
bool mb_load_model_find(const char *name, enum mb_load_model *value);
bool mb_arrivals_find(const char *name, enum mb_arrivals *value);
bool mb_co_handling_find(const char *name, enum mb_co_handling *value);

enum mb_dist_metric {
    MB_DIST_RESPONSE, // ok population, from the intended moment to the last byte
    MB_DIST_SERVICE,  // ok population, from the actual sending to the last byte
    MB_DIST_CONNECT,
    MB_DIST_TLS,
    MB_DIST_WAIT_FOR_CONNECTION,
    MB_DIST_DISPATCH_LAG,
    MB_DIST_ERROR_RESPONSE, // error population, from the intended moment
    MB_DIST_METRICS
};
const char *mb_dist_metric_name(enum mb_dist_metric metric); // "response", ...

enum mb_dist_type {
    MB_DIST_ABSENT, // not known; `reason` says why
    MB_DIST_HDR,
    MB_DIST_BUCKETS,   // [low, high, n]: n values in [low, high]
    MB_DIST_QUANTILES, // [share in 1e-9, value]
    MB_DIST_SUMMARY    // n, sum, min, max at most
};

struct mb_dist_bucket {
    int64_t low;
    int64_t high;
    int64_t n;
};

struct mb_dist_quantile {
    int64_t share; // 1e-9: 990000000 is p99
    int64_t value;
};

// Every value in ns. -1 in n, sum, min, max: not known (zero is zero). A sum over 2^53 -
// 1 is written as not known.
//
// An HDR distribution that was measured here has `hdr`; one that was read from a document
// has only its encoded `payload`, because inflating all of a large result takes long and
// seldom all are needed. Call mb_dist_open before using `hdr` of something that was read.
struct mb_dist {
    enum mb_dist_type type;
    bool mixed;         // failed requests are among the values (imports only)
    const char *reason; // for ABSENT
    int64_t n;
    int64_t sum;
    int64_t min;
    int64_t max;
    struct mb_hdr *hdr;  // for HDR; from mb_mem_alloc, freed by mb_part_release
    const char *payload; // for HDR that was read: V2 payload in Base64; borrowed from the
                         // tree
    size_t payload_size;
    struct mb_dist_bucket *buckets;     // for BUCKETS, ascending, in arena
    struct mb_dist_quantile *quantiles; // for QUANTILES, ascending, in arena
    size_t count;                       // of buckets or quantiles
};

struct mb_status_count {
    int status; // HTTP status, or another protocol's code
    int64_t n;
};

// -1: not known (imports only; zero is zero).
struct mb_counts {
    int64_t intended;
    int64_t sent;
    int64_t completed;
    int64_t ok;
    int64_t errors_by_kind[MB_ERROR_KINDS];
    int64_t unfinished; // cut off by an interruption
    int64_t bytes_sent;
    int64_t bytes_received;
    int64_t connections_opened;
    struct mb_status_count *statuses; // ascending, in arena
    size_t status_count;
};

// One interval of the series. Requests are counted where they were intended; completions,
// errors and the distribution where they ended.
struct mb_interval {
    int64_t intended;
    int64_t sent;
    int64_t completed;
    int64_t errors;
    struct mb_dist response; // HDR or ABSENT
};

struct mb_part {
    const char *worker;         // "local"
    int64_t clock_offset_ns;    // this worker's clock minus the coordinator's
    const char *generator_name; // "meshbench"
    const char *generator_version;
    enum mb_load_model load_model;
    enum mb_co_handling co_handling;
    int threads;        // 0: not known
    int64_t window_ns;  // length of the measured window; -1: not known (imports)
    int64_t elapsed_ns; // from its start to the later of its end and the last completion;
                        // -1: not known (imports)
    struct mb_counts counts;
    struct mb_dist *dist; // by enum mb_dist_metric, in arena; where all are absent, parts
                          // may share them
    int64_t interval_ns;  // 0: no series
    struct mb_interval *intervals; // in arena
    size_t interval_count;
    int64_t run_delay_ns; // generator threads runnable but not running; -1: not known
    int64_t cpu_ns; // generator threads, user and system, in the window; -1: not known
    bool interrupted;
    struct mb_node *unknown; // keys of a newer minor version, kept for rewriting; or NULL
};

// Fills dist->hdr from its payload, once. MB_INVALID when the payload is none; nothing to
// do for other types. The histogram is freed by mb_part_release.
MB_MUST_USE enum mb_status mb_dist_open(struct mb_dist *dist, struct mb_err *err);

// Frees dist->hdr; one that has a payload can be opened again.
void mb_dist_close(struct mb_dist *dist);

// Not known, and why. `reason` is borrowed.
struct mb_dist mb_dist_absent(const char *reason);

// In arena: one a metric, all absent. `reason` is borrowed.
struct mb_dist *mb_dist_list(struct mb_arena *arena, const char *reason);

// Frees the histograms of a part (its arrays are in the arena).
void mb_part_release(struct mb_part *part);

// Node <-> struct. Reading expects a tree that the result schema accepted; another one is
// MB_INVALID with a pointer in the message, never a crash. Sums and identities are not
// looked at here (mb_derive_verify does), payloads not before mb_dist_open. Strings are
// borrowed from the tree.
struct mb_node *mb_part_to_node(struct mb_arena *arena, const struct mb_part *part);
MB_MUST_USE enum mb_status mb_part_from_node(struct mb_arena *arena,
                                             const struct mb_node *node,
                                             struct mb_part *part, struct mb_err *err);

// All errors together; -1 when none of the kinds is known.
int64_t mb_counts_errors(const struct mb_counts *counts);

#endif
