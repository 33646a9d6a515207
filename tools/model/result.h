// The result: everything that one run of a spec produced. Immutable once written; its
// digest is the SHA-256 of the file's exact bytes and is never inside it. Model floor:
// may include base, format, stats. Its JSON form is schema/result.schema.json.
#ifndef MB_MODEL_RESULT_H
#define MB_MODEL_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "format/node.h"
#include "model/part.h"

enum {
    MB_RESULT_MINOR = 0,        // minor version that this build writes
    MB_RESULT_MAX_CELLS = 10000 // of one result; more are refused
};

enum mb_trial_status { MB_TRIAL_COMPLETE, MB_TRIAL_PARTIAL, MB_TRIAL_DISCARDED };
const char *mb_trial_status_name(enum mb_trial_status status); // "complete", ...

// Who used the resource. "other" is for hops that are neither.
enum mb_role {
    MB_ROLE_APPLICATION,
    MB_ROLE_DATA_PLANE,
    MB_ROLE_CONTROL_PLANE,
    MB_ROLE_GENERATOR,
    MB_ROLE_OTHER,
    MB_ROLES
};
const char *mb_role_name(enum mb_role role); // "application", "data_plane", ...
bool mb_role_find(const char *name, enum mb_role *value);

struct mb_resource_sample {
    int64_t at_ns;  // since the start of the trial's window; may be negative in warm-up
    int64_t cpu_ns; // counter: user + system since the processes began
    int64_t rss_bytes; // gauge: resident memory, summed
};

struct mb_resource_process {
    int64_t pid;
    const char *name;
};

// Counters at the start and end of the window, over all processes of a role. -1 in any of
// the five: not known.
struct mb_resource {
    enum mb_role role;
    const char *source; // "cpuclock", "procfs"
    const char *scope;  // "process"
    int64_t cpu_start_ns;
    int64_t cpu_end_ns;
    int64_t rss_start_bytes;
    int64_t rss_end_bytes;
    int64_t rss_max_bytes; // largest sample
    struct mb_resource_process *processes;
    size_t process_count;
    struct mb_resource_sample *samples;
    size_t sample_count;
    struct mb_node *unknown; // as in struct mb_part
};

struct mb_trial {
    const char *id; // "b1/steady-c16-r100/baseline"; unique in the result
    int block;      // 1-based
    int position;   // 1-based place of this cell in its block
    uint64_t seed;  // below 2^53
    enum mb_trial_status status;
    const char *reason;    // for partial and discarded; else NULL
    int64_t start_unix_ns; // UTC start of the measured window; 0: not known
    int64_t window_ns;     // monotonic; -1: not known (imports)
    int64_t warmup_ns;     // cut away before the window; -1: not known
    struct mb_part *parts;
    size_t part_count;
    struct mb_resource *resources;
    size_t resource_count;
    struct mb_node
        *host; // load average and steal around the trial; NULL when not captured
    struct mb_node *unknown; // as in struct mb_part
};

// One point of a workload's matrix.
struct mb_point {
    const char *workload;
    enum mb_load_model load_model;
    int64_t connections; // -1: not known
    int64_t
        rate_micro_rps; // 1e-6 requests per second; -1: unpaced, or not known (imports)
    int64_t timeout_ns; // -1: not known
};

struct mb_cell {
    const char *variant;
    struct mb_point point;
    const char *aa_of; // the variant that this one measures again; NULL when none
    struct mb_trial *trials;
    size_t trial_count;
    size_t trial_capacity;
    struct mb_node *unknown; // as in struct mb_part
};

struct mb_fact {
    const char *path;         // "environment.host.cpu_model"
    struct mb_node *declared; // NULL when not declared
    struct mb_node *captured; // NULL when not captured
    const char *source;       // "/proc/cpuinfo"; NULL when only declared
    int64_t at_unix_ns;       // 0 when only declared
    bool redacted;            // the value is withheld
};

struct mb_fact_list {
    struct mb_fact *items;
    size_t count;
    size_t capacity;
};

struct mb_target_hop {
    const char *name; // "application", "envoy"
    enum mb_role role;
    const char *url; // where it listens; NULL when not known
};

struct mb_target {
    const char *variant;
    const char *url; // what the generator asked
    struct mb_target_hop *hops;
    size_t hop_count;
};

struct mb_key {
    const char *name;   // workload or variant it stands for; "" for the single ones
    const char *digest; // hexadecimal SHA-256
};

// Comparability keys, scheme 1: digests of what has to be equal for numbers to be
// comparable (spec/comparability.md).
struct mb_keys {
    int scheme;
    const char *benchmark;
    const char *application;
    const char *environment;
    struct mb_key *workloads;
    size_t workload_count;
    struct mb_key *variants;
    size_t variant_count;
};

struct mb_label {
    const char *name;
    const char *value;
};

struct mb_result {
    int minor;
    const char *tool_name;
    const char *tool_version;
    const char *tool_commit; // NULL when not known
    const char *id;          // unique: time and randomness
    struct mb_label *labels;
    size_t label_count;
    bool imported; // origin: measured or imported
    const char *import_tool;
    const char *import_version; // NULL when not known
    const char *import_digest;
    const char *import_importer;
    int64_t started_unix_ns;  // 0: not known (imports)
    int64_t finished_unix_ns; // likewise
    bool complete;            // every planned trial is there and complete
    const char *spec_name;
    const char *spec_path;         // as given; NULL for `load` and imports
    const char *spec_text;         // exact text; NULL when there was none
    const char *spec_digest;       // SHA-256 of that text
    struct mb_node *spec_resolved; // with every default written out; NULL for imports
    uint64_t seed;
    struct mb_keys keys;
    struct mb_fact_list facts;
    struct mb_target *targets;
    size_t target_count;
    struct mb_cell *cells;
    size_t cell_count;
    struct mb_node *derived; // optional cache; NULL when absent
    struct mb_finding *findings;
    size_t finding_count;
    struct mb_node *unknown; // keys of a newer minor version, kept for rewriting; or NULL
};

// Node <-> struct; as in part.h. Strings are borrowed from the tree, arrays in arena.
// Times are kept to the millisecond. Histograms are opened with mb_dist_open.
struct mb_node *mb_result_to_node(struct mb_arena *arena, const struct mb_result *result);
MB_MUST_USE enum mb_status mb_result_from_node(struct mb_arena *arena,
                                               const struct mb_node *node,
                                               struct mb_result *result,
                                               struct mb_err *err);
struct mb_node *mb_trial_to_node(struct mb_arena *arena, const struct mb_trial *trial);
MB_MUST_USE enum mb_status mb_trial_from_node(struct mb_arena *arena,
                                              const struct mb_node *node,
                                              struct mb_trial *trial, struct mb_err *err);

// Frees the histograms of all trials (everything else is in the arena).
void mb_result_release(struct mb_result *result);

// The cell of a variant at a point (by point name); NULL when there is none.
struct mb_cell *mb_result_find_cell(const struct mb_result *result, const char *variant,
                                    const struct mb_point *point);

// The complete trial of a cell in a block; NULL when there is none.
const struct mb_trial *mb_cell_find_trial(const struct mb_cell *cell, int block);

// In arena: "steady · 16 connections · 100 rps", and "steady-c16-r100" for ids.
char *mb_point_title(struct mb_arena *arena, const struct mb_point *point);
char *mb_point_id(struct mb_arena *arena, const struct mb_point *point);
// Same workload, load model, connections and rate.
bool mb_point_equal(const struct mb_point *left, const struct mb_point *right);

// Adds a fact (its nodes are borrowed).
void mb_fact_add(struct mb_arena *arena, struct mb_fact_list *facts, struct mb_fact fact);

#endif
