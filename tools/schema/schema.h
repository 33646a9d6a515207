// A JSON Schema engine for the part of draft 2020-12 that our schemas use. Schema floor:
// may include base, format, model.
//
// Which keywords it has, and what is left out and why, is in docs/json-schema.md. A
// keyword that it lacks, a reference that leads nowhere and a pattern that it cannot read
// are errors when a schema is compiled; nothing is ignored. Schemas are trees of nodes
// like every document.
//
//     struct mb_schema_set *set = mb_schema_set_new(arena);
//     status = mb_schema_set_add(set, "common.schema.json", tree, err);   // each
//     document status = mb_schema_compile(set, "benchmark.schema.json", &schema, err);
//     mb_schema_validate(schema, doc.root, &findings);
#ifndef MB_SCHEMA_SCHEMA_H
#define MB_SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/node.h"

enum {
    MB_SCHEMA_MAX_FINDINGS = 1000 // of one validation; the rest is counted only
};

// Documents that may refer to each other, and what was compiled from them.
struct mb_schema_set;

// A compiled schema. Read-only from then on: threads may share it.
struct mb_schema;

// In arena: an empty set.
struct mb_schema_set *mb_schema_set_new(struct mb_arena *arena);

// Adds a document under `uri` and, if it has one, under its $id (resolved against `uri`).
// Borrows `document`. MB_INVALID: a URI that is there already, or an $id or $anchor that
// is no string.
MB_MUST_USE enum mb_status mb_schema_set_add(struct mb_schema_set *set, const char *uri,
                                             const struct mb_node *document,
                                             struct mb_err *err);

// Compiles a document of the set, or a part of it ("common.schema.json#/$defs/rate"),
// with all that it refers to. MB_INVALID: the message says what, the error's file is the
// schema's location. *schema lives in the set's arena.
MB_MUST_USE enum mb_status mb_schema_compile(struct mb_schema_set *set, const char *uri,
                                             const struct mb_schema **schema,
                                             struct mb_err *err);

// What is wrong with a value, or with a key's text (propertyNames; `at_key`). What
// `expected` and `names` hold for each is said here.
enum mb_schema_fault {
    MB_SCHEMA_TYPE,        // names: the types allowed ("string", ...)
    MB_SCHEMA_ENUM,        // expected: list of the values allowed
    MB_SCHEMA_CONST,       // expected: the value
    MB_SCHEMA_UNKNOWN_KEY, // at its key; names: known keys that are not there yet
    MB_SCHEMA_MISSING_KEY, // at the map; names: the key, or several of which one is
                           // needed
    MB_SCHEMA_PATTERN,   // expected: the pattern; `unit` and `detail` if it is a quantity
    MB_SCHEMA_UNIT,      // passes its pattern, but base/units refuses it; `detail`
    MB_SCHEMA_RANGE,     // number: expected is the limit, `keyword` tells which
    MB_SCHEMA_MULTIPLE,  // number: expected is the divisor
    MB_SCHEMA_LENGTH,    // string, list or map: expected is the limit
    MB_SCHEMA_REPEATED,  // list: `other` is the index of the earlier, equal item
    MB_SCHEMA_CONTAINS,  // list: too few or too many items of a kind; expected: limit
    MB_SCHEMA_FORBIDDEN, // nothing may stand here
    MB_SCHEMA_NOT,       // matches what it must not
    MB_SCHEMA_BRANCHES   // oneOf: more than one matches; names: the keys that tell them
                         // apart, if that is what they do
};

struct mb_schema_finding {
    enum mb_schema_fault fault;
    const char *pointer;            // JSON pointer into the instance
    bool at_key;                    // it is about the key there, not about the value
    const struct mb_node *instance; // the value or key at fault: borrowed
    const char *keyword;            // "additionalProperties"
    const char *location; // of the keyword: "common.schema.json#/$defs/rate/type"
    const char *code;     // nearest x-meshbench-code of a schema for this value, or NULL
    const char *description; // nearest description likewise, or NULL
    const char *unit;        // x-meshbench-unit beside the keyword, or NULL
    const char *form;   // nearest x-meshbench-form, what the text should be ("a name")
    const char *detail; // what base/units says of the text, or NULL
    const char *key;    // the key at fault (unknown, named wrongly), or NULL
    const struct mb_node *expected; // see enum mb_schema_fault; else NULL
    const char *const *names;       // likewise, ends with NULL; NULL when there are none
    size_t other;                   // likewise
    bool unquoted; // a number, boolean or null that would be right as a string, in quotes
};

struct mb_schema_findings {
    struct mb_arena *arena; // borrowed; holds the list and its strings
    struct mb_schema_finding *items;
    size_t count;
    size_t capacity;
    size_t dropped; // found beyond MB_SCHEMA_MAX_FINDINGS
};

void mb_schema_findings_init(struct mb_schema_findings *findings, struct mb_arena *arena);

// True when the instance satisfies the schema; else adds all findings. Where no branch of
// anyOf or oneOf matches, they are those of the branch that comes nearest: right type
// first, then the right value of a key that tells branches apart. `findings` may be NULL:
// then the first fault ends it.
bool mb_schema_validate(const struct mb_schema *schema, const struct mb_node *instance,
                        struct mb_schema_findings *findings);

// In arena: a message for people, and a hint or NULL.
const char *mb_schema_say(struct mb_arena *arena, const struct mb_schema_finding *finding,
                          const char **hint);

#endif
