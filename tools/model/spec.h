// The benchmark spec as structs, with every default filled in. Model floor: may include
// base, format, stats. Its YAML form is schema/benchmark.schema.json; the meaning of
// every key is in spec/documents.md.
#ifndef MB_MODEL_SPEC_H
#define MB_MODEL_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/doc.h"
#include "format/node.h"
#include "model/part.h"
#include "model/result.h"

// Named limits; each refuses with its value in the message.
enum {
    MB_SPEC_MAX_BYTES = 4 << 20,        // of a spec
    MB_SPEC_MAX_BODY_BYTES = 16 << 20,  // of a request's body
    MB_SPEC_MAX_SECRET_BYTES = 1 << 16, // of a file that holds a secret
    MB_SPEC_MAX_CONFIG_BYTES = 1 << 26, // of a variant's config file
    MB_SPEC_MAX_POINTS = 10000,         // of one workload's matrix
    MB_SPEC_MAX_CONNECTIONS = 100000,
    MB_SPEC_MAX_BLOCKS = 1000,
    MB_SPEC_MAX_THREADS = 1024
};

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
    struct mb_header *headers; // for its requests, over those of the workload
    size_t header_count;
    const char **config_files;   // resolved against the spec's folder
    const char **config_digests; // SHA-256 of each; an entry is NULL when not known
    size_t config_file_count;
    const char *aa_of; // set on the twin that `trials.aa` adds; else NULL
};

struct mb_application {
    const char *name;
    const char *version; // NULL when not declared
    const char *url;     // where it listens by itself; NULL when not declared
    const char *builtin; // "echo": `run` starts it; NULL: it is there already
    const char *program; // that has the built-in one: another build of this tool; NULL:
                         // the one that runs. Never set by a spec
    const char **arguments; // for the built-in one
    size_t argument_count;
    int cpu; // to pin the built-in one to; -1: any
};

struct mb_until {
    const char *metric;     // NULL: a fixed number of blocks
    int64_t interval_share; // wanted relative half width, 1e-9
    int at_most;            // blocks
};

// What a gate holds a variant against to compare it with itself in an earlier result.
#define MB_SPEC_FIRST "@first"

struct mb_gate {
    const char *metric;
    const char *variant; // NULL: every variant
    const char *versus;  // NULL: absolute; MB_SPEC_FIRST: the same in the first result
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
    const char *path; // as given; NULL when it was not read from a document
    const char *text; // exact bytes; NULL likewise
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
    int64_t sample_ns;     // collect.interval: how often resources are read
    const char *generator; // its name: "meshbench", "wrk2"
    int generator_cpu;     // CPU of the first generator thread; -1: any
};

// Document -> struct, defaults filled in and written into `resolved`. Expects a document
// that the benchmark schema and the rules accepted without error; still never crashes on
// another: MB_INVALID with the place. `env` looks up secrets given as {env: NAME}; NULL:
// secrets are not read and their values are "". Config files are read for their digests
// (MB_FAILED when one cannot be, MB_INVALID when it differs from a digest that the spec
// pins). Everything in arena; after a failure *spec must not be used.
MB_MUST_USE enum mb_status mb_spec_from_doc(struct mb_arena *arena,
                                            const struct mb_doc *doc,
                                            const char *(*env)(const char *name),
                                            struct mb_spec *spec, struct mb_err *err);

// Same for a tree without its document, as a result's `resolved` is: path and text stay
// NULL, config files keep the digests that the tree has and are not read, paths count
// from the working folder.
MB_MUST_USE enum mb_status mb_spec_from_node(struct mb_arena *arena, struct mb_node *root,
                                             const char *(*env)(const char *name),
                                             struct mb_spec *spec, struct mb_err *err);

// In arena: a copy of a spec's tree with every default written out, single connections,
// rates and adapters in their long form. Valid against the schema again, and resolving it
// once more changes nothing. Never fails: what it does not understand it copies.
struct mb_node *mb_spec_resolve(struct mb_arena *arena, const struct mb_node *root);

// True when the name of an adapter is a file's: it has a '/' or ends as a document does.
// Else it is that of a built-in adapter.
bool mb_spec_adapter_is_file(const char *name);

// Sets the seed that a run has chosen, in the struct and in `resolved`.
void mb_spec_set_seed(struct mb_arena *arena, struct mb_spec *spec, uint64_t seed);

// In arena: the points of a workload's matrix, connections outermost, rates innermost.
struct mb_point *mb_spec_points(struct mb_arena *arena,
                                const struct mb_workload *workload, size_t *count);

// Comparability keys, scheme 1 (spec/comparability.md), from the spec and the captured
// facts (NULL: none). Everything in arena.
void mb_spec_keys(struct mb_arena *arena, const struct mb_spec *spec,
                  const struct mb_fact_list *facts, struct mb_keys *keys);

// Borrowed; NULL when there is none of this name. The A/A twin is found too.
const struct mb_variant *mb_spec_find_variant(const struct mb_spec *spec,
                                              const char *name);
const struct mb_workload *mb_spec_find_workload(const struct mb_spec *spec,
                                                const char *name);

// The request of a workload as a variant is asked it: its header fields replace those of
// the workload with the same name and stand beside the others. Headers in arena.
struct mb_request mb_spec_request(struct mb_arena *arena,
                                  const struct mb_workload *workload,
                                  const struct mb_variant *variant);

// A gate in one line, with the grammar of the spec's: "[VARIANT:]METRIC<=LIMIT[ versus
// VARIANT]", or ">=" for at_least; VARIANT after versus may be MB_SPEC_FIRST. In arena.
// MB_USAGE when the text is none.
MB_MUST_USE enum mb_status mb_spec_gate_parse(struct mb_arena *arena, const char *text,
                                              struct mb_gate *gate, struct mb_err *err);

#endif
