// The store: a history of results in one file. It keeps the exact bytes of every result,
// and the values that a history is made of in tables of their own, so that thousands of
// series are read without opening a single result. Store floor: may include base, format,
// model. The home of sqlite3.h.
//
// What is acknowledged is durable: mb_store_add and every other change returns MB_OK only
// after its transaction is on the disk. Whatever happens before (a full disk, a failing
// write, a kill, a loss of power), the file holds either all of a change or nothing.
// Writers wait for one another.
//
// A store is used by one thread at a time; threads that read open it once each. The
// functions below are the boundary behind which another database can stand: no SQL and no
// type of SQLite crosses it (docs/why/store.md).
#ifndef MB_STORE_STORE_H
#define MB_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "format/node.h"
#include "model/result.h"
#include "model/series.h"

struct mb_store;

enum mb_store_mode {
    MB_STORE_READ,  // changes nothing; file and folder may be read-only
    MB_STORE_WRITE, // the store has to exist
    MB_STORE_CREATE // as WRITE; made when there is no file, or an empty one
};

struct mb_store_options {
    enum mb_store_mode mode;
    int64_t wait_ns; // how long to wait for other writers; 0: MB_STORE_WAIT_NS
    const char *vfs; // tests: name of the file system layer; NULL: the usual one
};

#define MB_STORE_WAIT_NS INT64_C(60000000000)

enum {
    MB_STORE_FORMAT = 1,                 // version of the tables that this build writes
    MB_STORE_MAX_RESULT_BYTES = 1 << 28, // of one result's file
    MB_STORE_MAX_TAG_BYTES = 1000,       // of a tag's name or value
    MB_STORE_MAX_TAGS = 100,             // of one result
    MB_STORE_MAX_TEXT_BYTES = 10000      // of an annotation
};

// Opens a store. MB_FAILED: it cannot be opened, read or written (the system's reason),
// or is in use for longer than the wait. MB_INVALID: the file is no store, is damaged, or
// was made by a newer meshbench. A store that its last writer left unfinished is
// recovered and checked for soundness first. On failure *store is NULL.
MB_MUST_USE enum mb_status mb_store_open(const char *path,
                                         const struct mb_store_options *options,
                                         struct mb_store **store, struct mb_err *err);

// Takes; NULL is fine.
void mb_store_close(struct mb_store *store);

// Looks at every page, index and reference of the file, and at the digest of every result
// in it. MB_INVALID names the first fault.
MB_MUST_USE enum mb_status mb_store_check(struct mb_store *store, struct mb_err *err);

// --- results

// A result as the store knows it without opening it.
struct mb_store_result {
    int64_t id; // within this store
    const char *digest;
    const char *name; // of the file that was added, without its folder
    const char *spec_name;
    const char *environment; // comparability key: digest
    int64_t time_unix_ns;    // its place in the history: the tag 'date', else the
                             // moment it was finished
    int64_t finished_unix_ns;
    int64_t added_unix_ns;
    int64_t size_bytes; // of the file
    bool complete;      // every planned trial is there
    bool imported;
    bool kept;             // its bytes are there; false once they were pruned
    struct mb_label *tags; // ordered by name
    size_t tag_count;
};

// The value of a tag; NULL when the result does not have it.
const char *mb_store_tag_find(const struct mb_store_result *result, const char *name);

// A date as tags and options give it: "2026-11-23", or a full time in UTC. MB_INVALID for
// anything else.
MB_MUST_USE enum mb_status mb_store_time_parse(const char *text, int64_t *unix_ns,
                                               struct mb_err *err);

// MB_INVALID: one of these is no tag, as mb_store_add would find.
MB_MUST_USE enum mb_status mb_store_tags_check(const struct mb_label *tags, size_t count,
                                               struct mb_err *err);

struct mb_store_results {
    struct mb_store_result *items;
    size_t count;
};

// A result to add. Everything is borrowed.
struct mb_store_input {
    const char *name;  // of the file, without its folder
    const void *bytes; // its exact content: a valid result; the caller has checked it
    size_t size;
    const char *digest;             // SHA-256 of the bytes
    const struct mb_result *result; // what the bytes say
    const struct mb_label *tags;    // beside the result's own labels; win over them
    size_t tag_count;
    int64_t now_unix_ns;
};

// Adds a result with the values that mb_series_extract finds in it. One that is there
// already stays as it is (*added is false), but gets the tags, and its bytes again when
// they had been pruned. MB_INVALID: a tag that is none, a result over the limits, or one
// that does not say when it was finished and has no tag 'date'.
MB_MUST_USE enum mb_status mb_store_add(struct mb_store *store,
                                        const struct mb_store_input *input, bool *added,
                                        struct mb_err *err);

// Adds the values of a result in the store that mb_series_extract finds in `read` (what
// its bytes say) and that are not there: those of metrics that came with a later
// meshbench. Values that are there stay. *added: how many were not.
MB_MUST_USE enum mb_status mb_store_refresh(struct mb_store *store, int64_t result,
                                            const struct mb_result *read, size_t *added,
                                            struct mb_err *err);

// Which results, or values of them. Zeros: all.
struct mb_store_filter {
    const char *metric;          // "response_time.p99"
    const char *variant;         // name
    const char *series;          // digest, or the beginning of one
    const struct mb_label *tags; // results that have all of these
    size_t tag_count;
    int64_t since_unix_ns;  // results of this time or later
    int64_t before_unix_ns; // results before this time; 0: no limit
};

// In arena: the results that pass the filter's tags and times, by time, then id.
MB_MUST_USE enum mb_status mb_store_list(struct mb_arena *arena, struct mb_store *store,
                                         const struct mb_store_filter *filter,
                                         struct mb_store_results *results,
                                         struct mb_err *err);

// In arena: the result whose digest starts with `prefix` (four characters at least).
// MB_INVALID: none does, or more than one.
MB_MUST_USE enum mb_status mb_store_find(struct mb_arena *arena, struct mb_store *store,
                                         const char *prefix,
                                         struct mb_store_result *result,
                                         struct mb_err *err);

// Appends the exact bytes to *bytes. They are held against the digest: MB_INVALID when
// they are damaged, MB_FAILED when they were pruned.
MB_MUST_USE enum mb_status mb_store_read(struct mb_store *store,
                                         const struct mb_store_result *result,
                                         struct mb_buf *bytes, struct mb_err *err);

// Sets tags of a result; an empty value takes the tag away. The tag 'date' moves it to
// that time in the history. MB_INVALID: a tag that is none, too many, or a date taken
// away from a result that does not say when it was finished.
MB_MUST_USE enum mb_status mb_store_tag(struct mb_store *store, int64_t result,
                                        const struct mb_label *tags, size_t tag_count,
                                        struct mb_err *err);

// Removes results, all or none of them: with their values and annotations, or
// (`keep_values`) their bytes only, so that the history stays and the file gets smaller.
MB_MUST_USE enum mb_status mb_store_prune(struct mb_store *store, const int64_t *results,
                                          size_t count, bool keep_values,
                                          struct mb_err *err);

// --- histories

struct mb_store_series {
    int64_t id; // within this store
    struct mb_series_key key;
    const char *digest; // mb_series_id: its name in every store
    const char *title;
    enum mb_metric_unit unit;
    bool higher_is_better;
};

// "ns", "rps", "ratio", "ns_per_request", "bytes".
const char *mb_store_unit_name(enum mb_metric_unit unit);

struct mb_store_version {
    int64_t id;
    const char *text;
};

// The results and series that pass a filter, in arena. It does not change, and may be
// shared by threads; points are read through a store of each thread's own.
struct mb_store_history {
    struct mb_store_results results; // by time, then id
    struct mb_store_series *series;  // by title, then id
    size_t series_count;
    const size_t *by_id;               // internal: indexes of `results`, by id
    struct mb_store_version *versions; // internal: by id
    size_t version_count;
};

MB_MUST_USE enum mb_status mb_store_history(struct mb_arena *arena,
                                            struct mb_store *store,
                                            const struct mb_store_filter *filter,
                                            struct mb_store_history *history,
                                            struct mb_err *err);

// The points of one series, by time, then id of the result: arrays of `count` items each.
// The memory is reused by the next read.
struct mb_store_points {
    size_t count;
    size_t capacity;
    double *values;
    double *ratios; // NaN where there is none
    int64_t *times_unix_ns;
    const struct mb_store_result **results; // borrowed from the history: digest,
                                            // environment, tags
    const char **versions;                  // borrowed from the history; NULL: not known
    uint32_t *trials;
};

// Reads one series of a history. Results that were added after the history was made are
// left out.
MB_MUST_USE enum mb_status mb_store_points_read(struct mb_store *store,
                                                const struct mb_store_history *history,
                                                const struct mb_store_series *series,
                                                struct mb_store_points *points,
                                                struct mb_err *err);
void mb_store_points_release(struct mb_store_points *points);

// --- what people know about changes

// An explanation of what happened at a result. It acknowledges the change points that lie
// there: they fail no gate any more.
struct mb_store_annotation {
    int64_t id;
    const char *series; // digest; NULL: every series
    const char *result; // digest: the first one of the new level
    const char *text;
    const char *author; // "" when not known
    int64_t at_unix_ns; // when it was written
};

struct mb_store_annotations {
    struct mb_store_annotation *items;
    size_t count;
};

// In arena: all of them, by id.
MB_MUST_USE enum mb_status mb_store_annotations(struct mb_arena *arena,
                                                struct mb_store *store,
                                                struct mb_store_annotations *annotations,
                                                struct mb_err *err);

// Adds one (its id is chosen here). MB_INVALID: series or result is not in the store.
MB_MUST_USE enum mb_status mb_store_annotate(struct mb_store *store,
                                             const struct mb_store_annotation *annotation,
                                             struct mb_err *err);

// Removes one. MB_INVALID: there is none of this id.
MB_MUST_USE enum mb_status mb_store_annotation_remove(struct mb_store *store, int64_t id,
                                                      struct mb_err *err);

// A change that was reported, so that it is reported once.
struct mb_store_report {
    const char *series; // digest
    const char *result; // digest: the first one of the new level
    double before;      // levels, as they were reported
    double after;
    int64_t at_unix_ns;
};

struct mb_store_reports {
    struct mb_store_report *items;
    size_t count;
};

// In arena: all of them, by series, then time.
MB_MUST_USE enum mb_status mb_store_reports(struct mb_arena *arena,
                                            struct mb_store *store,
                                            struct mb_store_reports *reports,
                                            struct mb_err *err);

// Remembers reports, all or none of them. One that is there already (same series and
// result) stays as it is. MB_INVALID: series or result is not in the store.
MB_MUST_USE enum mb_status mb_store_reports_add(struct mb_store *store,
                                                const struct mb_store_report *reports,
                                                size_t count, struct mb_err *err);

// --- for programs: parts of what schema/store.schema.json describes, in arena

struct mb_node *mb_store_result_node(struct mb_arena *arena,
                                     const struct mb_store_result *result);
struct mb_node *mb_store_series_node(struct mb_arena *arena,
                                     const struct mb_store_series *series);
struct mb_node *mb_store_annotation_node(struct mb_arena *arena,
                                         const struct mb_store_annotation *annotation);

#endif
