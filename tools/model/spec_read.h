// Reads the values of a spec's tree, one key at a time. Private to tools/model/spec*.c.
//
// A reader remembers the first failure and goes on with fallbacks, so that the code that
// fills a struct stays a list of fields; whoever began looks at `failed` at the end.
// Every function takes a map that may be NULL or no map at all: its keys are then absent.
#ifndef MB_MODEL_SPEC_READ_H
#define MB_MODEL_SPEC_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/units.h"
#include "format/node.h"
#include "model/spec.h"

struct mb_spec_read {
    struct mb_arena *arena;
    const char *file; // name for messages; NULL when there is no document
    const char *dir;  // folder that relative paths start from; NULL: files are not read
    const char *(*env)(const char *name); // NULL: secrets are not read
    struct mb_err *err;
    bool failed;
};

// Records a failure at the place of `node` (which may be NULL), unless there is one.
void mb_spec_read_fail(struct mb_spec_read *read, enum mb_status code,
                       const struct mb_node *node, const char *format, ...)
    MB_PRINTF(4, 5);

// Text without NULs; NULL when the key is absent.
const char *mb_spec_read_text(struct mb_spec_read *read, const struct mb_node *map,
                              const char *key);

// Same, for a key that has to be there: "" after a failure.
const char *mb_spec_read_needed(struct mb_spec_read *read, const struct mb_node *map,
                                const char *key);

// An integer in [min, max]; `fallback` when the key is absent.
struct mb_spec_range {
    int64_t min;
    int64_t max;
    int64_t fallback;
};
int64_t mb_spec_read_int(struct mb_spec_read *read, const struct mb_node *map,
                         const char *key, struct mb_spec_range range);

// A quantity in base units; 0 when the key is absent. mb_spec_read_quantity: of a node.
int64_t mb_spec_read_unit(struct mb_spec_read *read, const struct mb_node *map,
                          const char *key, enum mb_unit unit);
int64_t mb_spec_read_quantity(struct mb_spec_read *read, const struct mb_node *node,
                              const char *key, enum mb_unit unit);

bool mb_spec_read_bool(struct mb_spec_read *read, const struct mb_node *map,
                       const char *key, bool fallback);

// A list or map; NULL when the key is absent or of another type (that is a failure).
const struct mb_node *mb_spec_read_child(struct mb_spec_read *read,
                                         const struct mb_node *map, const char *key,
                                         enum mb_node_type type);

// In arena: a list of texts; *count is 0 when the key is absent.
const char **mb_spec_read_texts(struct mb_spec_read *read, const struct mb_node *map,
                                const char *key, size_t *count);

// Header fields under the key "headers", secrets read; in arena. *count is 0 when the key
// is absent.
struct mb_header *mb_spec_read_headers(struct mb_spec_read *read,
                                       const struct mb_node *map, size_t *count);

// Text of a scalar that was written as text, integer or boolean; "" after a failure.
const char *mb_spec_read_scalar(struct mb_spec_read *read, const struct mb_node *node,
                                const char *key);

// The parts of a spec, each in its own file.
void mb_spec_read_application(struct mb_spec_read *read, const struct mb_node *root,
                              struct mb_application *application);
void mb_spec_read_variants(struct mb_spec_read *read, struct mb_node *root,
                           struct mb_spec *spec);
void mb_spec_read_workloads(struct mb_spec_read *read, const struct mb_node *root,
                            struct mb_spec *spec);

// Fills limit and relative of a gate from its text ("+5ms", "10%"); metric and versus
// have to be there. MB_INVALID when the text does not suit the metric.
MB_MUST_USE enum mb_status mb_spec_gate_limit(const char *text, struct mb_gate *gate,
                                              struct mb_err *err);

#endif
