// The benchmark spec as structs, with every default filled in. Model floor: may include
// base, format, stats. Its YAML form is schema/benchmark.schema.json.
#ifndef MB_MODEL_SPEC_H
#define MB_MODEL_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/node.h"
#include "model/part.h"
#include "model/result.h"

enum { MB_SPEC_MAX_BYTES = 4 << 20 };

struct mb_header {
    const char *name;
    const char *value;
};

struct mb_request {
    const char *method;        // "GET"
    const char *path;          // appended to the variant's url; "" when none
    struct mb_header *headers; // secrets already read from env: or file: references
    size_t header_count;
    const char *body; // NULL when none
    size_t body_size;
    int64_t timeout_ns; // counted from the intended moment
    bool keepalive;
    int *expect_status; // statuses that are ok; none: 200 to 399
    size_t expect_count;
};

// A workload with its matrix: connections x rate.
struct mb_workload {
    const char *name;
    const char *type;     // "load"
    const char *protocol; // "http1"
    enum mb_load_model load_model;
    enum mb_arrivals arrivals;
    int64_t *connections;
    size_t connection_count;
    int64_t *rates_micro_rps; // one -1 when unpaced
    size_t rate_count;
    int64_t duration_ns;
    int64_t warmup_ns;
    int threads; // generator threads
    struct mb_request request;
};

struct mb_parameter {
    const char *name;
    const char *value;
};

struct mb_variant {
    const char *name;
    const char *mesh_type;    // "none" for a baseline
    const char *mesh_version; // NULL: to be captured
    const char *url;          // NULL: from the adapter, or the application's own
    const char *adapter; // built-in name or path of an adapter file; NULL: nothing to do
    struct mb_parameter *parameters; // for the adapter's template
    size_t parameter_count;
    const char **config_files; // resolved against the spec's folder
    size_t config_file_count;
    const char *aa_of; // set on the twin that `trials.aa` adds; else NULL
};

struct mb_application {
    const char *name;
    const char *version;    // NULL when not declared
    const char *builtin;    // "echo": `run` starts it; NULL: it is there already
    const char **arguments; // for the built-in one
    size_t argument_count;
    int cpu; // to pin the built-in one to; -1: any
};

struct mb_until {
    const char *metric;     // NULL: a fixed number of blocks
    int64_t interval_share; // wanted relative half width, 1e-9
    int at_most;            // blocks
};

struct mb_gate {
    const char *metric;
    const char *variant; // NULL: every variant
    const char *versus;  // NULL: absolute
    int64_t limit;       // base units of the metric (ns, 1e-9 share, micro-rps, bytes)
    bool at_most;        // else at least
    bool relative;       // the limit is a share of `versus`
};

struct mb_margin {
    const char *metric;
    int64_t share; // 1e-9
};

struct mb_spec {
    const char *name;
    const char *path; // as given
    const char *text; // exact bytes
    size_t text_size;
    struct mb_node *root;     // as read
    struct mb_node *resolved; // with every default written out (secrets as references)
    struct mb_application application;
    struct mb_variant *variants;
    size_t variant_count;
    struct mb_workload *workloads;
    size_t workload_count;
    int block_count;      // trials.count
    bool interleaved;     // trials.order
    const char *aa;       // variant to measure twice; NULL: none
    const char *baseline; // name of the first variant with mesh none
    int64_t pause_ns;     // between trials
    bool seed_given;
    uint64_t seed;
    struct mb_until until;
    int64_t confidence_share; // 950000000
    const char **primary;     // gated primary metrics
    size_t primary_count;
    struct mb_margin *margins;
    size_t margin_count;
    struct mb_gate *gates;
    size_t gate_count;
    int64_t sample_ns; // collect.interval: how often resources are read
    int generator_cpu; // CPU of the first generator thread; -1: any
};

// Tree -> struct, defaults filled in and written into `resolved`. Expects a tree that the
// benchmark schema and the rules accepted without error; still never crashes on another.
// `env` looks up secret references. Everything in arena.
MB_MUST_USE enum mb_status mb_spec_from_node(struct mb_arena *arena, struct mb_node *root,
                                             const char *(*env)(const char *name),
                                             struct mb_spec *spec, struct mb_err *err);

// Comparability keys, scheme 1, from the resolved spec and the captured facts.
void mb_spec_keys(struct mb_arena *arena, const struct mb_spec *spec,
                  const struct mb_fact_list *facts, struct mb_keys *keys);

const struct mb_variant *mb_spec_find_variant(const struct mb_spec *spec,
                                              const char *name);
const struct mb_workload *mb_spec_find_workload(const struct mb_spec *spec,
                                                const char *name);

#endif
