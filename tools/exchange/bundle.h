// Bundles: a result with all that a reader needs to check it, as a folder of fixed layout
// (spec/bundle.md). Exchange floor: may include base, format, stats, cli, model, schema,
// check.
//
//     bundle.json     what this is; schema/bundle.schema.json
//     result.json     the result's exact bytes
//     spec.yaml       the spec's exact text; only where the result has it
//     configs/NAME    configurations, only such whose SHA-256 the result recorded
//     disclosure.md   what was measured, on what, and what is not disclosed
//     report.txt      the comparison, for people
//     SHA256SUMS      of all of them, as coreutils' sha256sum writes and reads it
//     SHA256SUMS.sig  optional: detached signature (exchange/sign.h)
#ifndef MB_EXCHANGE_BUNDLE_H
#define MB_EXCHANGE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "check/rules.h"
#include "format/node.h"
#include "model/result.h"

#define MB_BUNDLE_SUMS "SHA256SUMS"
#define MB_BUNDLE_SIGNATURE "SHA256SUMS.sig"

// Named limits.
enum {
    MB_BUNDLE_MAX_CONFIGS = 1000,
    MB_BUNDLE_MAX_NAME = 200,                // bytes of a configuration's name
    MB_BUNDLE_MAX_CONFIG = 16 << 20,         // bytes
    MB_BUNDLE_MAX_CONFIGS_BYTES = 256 << 20, // of all of them
    MB_BUNDLE_MAX_TEXT = 64 << 20,           // bytes of any other file but result.json
    MB_BUNDLE_MAX_FILES = MB_BUNDLE_MAX_CONFIGS + 16
};

struct mb_bundle_file {
    const char *name; // path in the bundle: "configs/envoy.yaml"
    const char *bytes;
    size_t size;
    char digest[MB_DIGEST_TEXT];
};

// The files, ordered by name (bytewise), SHA256SUMS and its signature among them. Lives
// in its arena.
struct mb_bundle {
    struct mb_arena *arena; // borrowed
    struct mb_bundle_file *files;
    size_t count;
    size_t capacity;
};

// What a bundle is made of; all borrowed.
struct mb_bundle_source {
    const struct mb_result *result;
    const char *result_bytes;
    size_t result_size;
    enum mb_level level;
    const char *report;                   // text of report.txt
    const char *availability;             // "available", "preview", "research"
    int64_t created_unix_ns;              // kept to the millisecond
    const char *tool_version;             // of the meshbench that makes the bundle
    const char *tool_commit;              // or NULL
    const struct mb_bundle_file *configs; // named without "configs/"
    size_t config_count;
};

// In arena: all files but the signature. The same source always gives the same bytes. A
// configuration that the result did not record, or whose name is no plain file name, is
// MB_INVALID.
MB_MUST_USE enum mb_status mb_bundle_build(struct mb_arena *arena,
                                           const struct mb_bundle_source *source,
                                           struct mb_bundle *bundle, struct mb_err *err);

// In arena: the name that a result's bundle goes by: "mb-" and 16 digits of its SHA-256.
const char *mb_bundle_id(struct mb_arena *arena, const char *result_digest);

// Adds a file (copied), or finds one: borrowed, NULL when there is none.
void mb_bundle_add(struct mb_bundle *bundle, const char *name, const char *bytes,
                   size_t size);
const struct mb_bundle_file *mb_bundle_find(const struct mb_bundle *bundle,
                                            const char *name);

// Writes the files into a new folder `dir` that exists entirely or not at all: built in
// a folder beside it, then renamed. An existing `dir` is MB_FAILED.
MB_MUST_USE enum mb_status mb_bundle_write(const struct mb_bundle *bundle,
                                           const char *dir, struct mb_err *err);

// Something in a bundle that is not as it should be.
struct mb_bundle_fault {
    const char *file; // path in the bundle
    int line;         // 0: the file as a whole
    const char *message;
};

struct mb_bundle_faults {
    struct mb_arena *arena; // borrowed; holds the strings
    struct mb_bundle_fault *items;
    size_t count;
    size_t capacity;
};

// Adds one, in the order of files and lines.
void mb_bundle_fault(struct mb_bundle_faults *faults, const char *file, int line,
                     const char *format, ...) MB_PRINTF(4, 5);

// Reads a folder. What does not belong there, is too large or is no regular file becomes
// a fault; symbolic links are not followed. MB_FAILED: the folder cannot be read.
MB_MUST_USE enum mb_status mb_bundle_read(struct mb_arena *arena, const char *dir,
                                          struct mb_bundle *bundle,
                                          struct mb_bundle_faults *faults,
                                          struct mb_err *err);

// What bundle.json says, read and checked against its schema.
struct mb_bundle_claim {
    const char *id;
    const char *result_digest;
    const char *level;
    const char *availability;
    const char *tool_version;
    const char *tool_commit; // NULL when not known
    int64_t created_unix_ns;
};

// Files that have to be there, SHA256SUMS byte for byte, bundle.json against its schema.
// False, and faults, when *claim could not be filled in.
bool mb_bundle_check_files(const struct mb_bundle *bundle, struct mb_bundle_claim *claim,
                           struct mb_bundle_faults *faults);

// Builds the bundle again from its result and holds every file against it. `source` as
// for mb_bundle_build; its claim's part and its configurations are filled in here.
// report.txt and disclosure.md are compared when the same meshbench made them: else
// *regenerated is false.
void mb_bundle_check_content(const struct mb_bundle *bundle,
                             const struct mb_bundle_claim *claim,
                             const struct mb_bundle_source *source, bool *regenerated,
                             struct mb_bundle_faults *faults);

#endif
