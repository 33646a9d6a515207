// What the files of the engine share. Internal to the schema floor.
//
//   uri.c      references into absolute URIs         set.c      documents, $id, $anchor
//   keywords.c the table of keywords                 compile.c  tree -> struct mb_schema
//   validate.c frames, findings                      branch.c   which branch came nearest
//   keyword_*.c  what each keyword checks            say.c      messages
//
// A keyword is a row of the table and a check function; nothing else knows its name.
#ifndef MB_SCHEMA_PARTS_H
#define MB_SCHEMA_PARTS_H

#include "schema/regex.h"
#include "schema/schema.h"

// What a keyword's value must be.
enum mb_keyword_value {
    MB_KEYWORD_ANY,
    MB_KEYWORD_STRING,
    MB_KEYWORD_BOOLEAN,
    MB_KEYWORD_NUMBER,
    MB_KEYWORD_COUNT, // an integer of at least 0
    MB_KEYWORD_LIST,
    MB_KEYWORD_TYPES,       // a type's name or a list of them
    MB_KEYWORD_STRINGS,     // a list of strings
    MB_KEYWORD_STRINGS_MAP, // a map of such lists
    MB_KEYWORD_PATTERN,
    MB_KEYWORD_UNIT,        // the name of a unit of base/units
    MB_KEYWORD_SCHEMA,      // from here on: schemas
    MB_KEYWORD_SCHEMAS,     // a list of them, not empty
    MB_KEYWORD_SCHEMA_MAP,  // a map of them
    MB_KEYWORD_PATTERN_MAP, // the same, keys are patterns
    MB_KEYWORD_REF
};

struct mb_schema_frame;
struct mb_schema_step;

struct mb_keyword {
    const char *name;
    enum mb_keyword_value value;
    bool in_place; // its schemas are about the same instance
    // True when the instance passes; else it has added findings. NULL: nothing to check.
    bool (*check)(struct mb_schema_frame *frame, const struct mb_schema_step *step);
};

// The rows in the order in which they are checked; ends with a row without a name.
extern const struct mb_keyword mb_keywords[];

// A keyword of one schema, compiled.
struct mb_schema_step {
    const struct mb_keyword *keyword;
    const struct mb_node *value;
    struct mb_schema **schemas; // of the value, in its order
    const struct mb_regex **patterns;
    size_t count; // of schemas or patterns
};

enum mb_schema_state { MB_SCHEMA_RAW, MB_SCHEMA_OPEN, MB_SCHEMA_DONE };

struct mb_schema {
    const struct mb_node *node; // as written: a map or a boolean
    const char *base;           // absolute URI that its references are resolved against
    const char *location;       // for people: URI, '#', pointer
    struct mb_schema_step *steps;
    size_t count;
    const char *code;        // x-meshbench-code or NULL
    const char *description; // or NULL
    const char *unit;        // x-meshbench-unit or NULL
    const char *form;        // x-meshbench-form or NULL
    enum mb_schema_state state;
    bool in_progress; // while it is looked for cycles
    bool acyclic;
    // Set for all schemas when one of the set has unevaluated...: marks must be kept.
    const bool *marks_wanted;
};

struct mb_schema_named {
    const char *uri; // without a fragment, or with an anchor's
    struct mb_schema *schema;
};

struct mb_schema_set {
    struct mb_arena *arena;
    struct mb_schema_named *names;
    size_t name_count;
    size_t name_capacity;
    struct mb_schema **slots; // hash table by node
    size_t slot_count;        // a power of two
    size_t slots_used;
    bool marks_wanted;
};

// In arena: `reference` resolved against `base` (RFC 3986, 5.2, without "//host"
// references).
char *mb_schema_uri_resolve(struct mb_arena *arena, const char *base,
                            const char *reference);

// In arena: a fragment with its %XX decoded.
char *mb_schema_uri_decode(struct mb_arena *arena, const char *fragment);

const struct mb_keyword *mb_keyword_find(const char *name);

// The schema that a URI names; NULL when there is none.
struct mb_schema *mb_schema_set_find(const struct mb_schema_set *set, const char *uri);
struct mb_schema *mb_schema_set_at(const struct mb_schema_set *set,
                                   const struct mb_node *node);

// Calls `visit` for each schema within a keyword's value, with the pointer to it.
struct mb_schema_visit {
    enum mb_status (*visit)(struct mb_schema_visit *self, const struct mb_node *node,
                            const char *pointer);
    struct mb_arena *arena;
    void *state;
    struct mb_err *err;
};
enum mb_status mb_schema_visit_value(struct mb_schema_visit *visit,
                                     const struct mb_keyword *keyword,
                                     const struct mb_node *value, const char *pointer);

// Where an instance stands.
struct mb_schema_path {
    const struct mb_schema_path *parent; // NULL: the root
    const char *key;                     // NULL: `index` counts
    size_t index;
    bool is_key; // the key itself, not its value
};

// In arena: the JSON pointer of a place.
char *mb_schema_path_print(struct mb_arena *arena, const struct mb_schema_path *path);

// One schema applied to one instance.
struct mb_schema_frame {
    const struct mb_schema_frame *parent;
    const struct mb_schema *schema;
    const struct mb_node *instance;
    const struct mb_schema_path *path;
    struct mb_schema_findings *findings; // NULL: only the verdict is wanted
    bool *marks; // of the instance's entries or items: evaluated; NULL: not kept
};

// Applies a schema to the same instance. `keep`: what it evaluated counts for this frame
// when it passes; `always`: also when it does not (its failure is the frame's).
enum mb_schema_keep { MB_SCHEMA_DROP, MB_SCHEMA_KEEP, MB_SCHEMA_KEEP_ALWAYS };
bool mb_schema_apply_here(struct mb_schema_frame *frame, const struct mb_schema *schema,
                          enum mb_schema_keep keep);

// Applies a schema to the same instance, with findings (or NULL) of its own.
bool mb_schema_apply_aside(struct mb_schema_frame *frame, const struct mb_schema *schema,
                           struct mb_schema_findings *findings, enum mb_schema_keep keep);

// Applies a schema to a part of the instance.
bool mb_schema_apply_below(struct mb_schema_frame *frame, const struct mb_schema *schema,
                           const struct mb_node *instance,
                           const struct mb_schema_path *path);

void mb_schema_mark(struct mb_schema_frame *frame, size_t index);
bool mb_schema_is_false(const struct mb_schema *schema);

// Starts a finding about the frame's instance, or about what is at `path` below it; the
// caller fills in the rest. NULL when no findings are wanted or there are enough.
struct mb_schema_finding *mb_schema_find_at(const struct mb_schema_frame *frame,
                                            const struct mb_schema_step *step,
                                            enum mb_schema_fault fault,
                                            const struct mb_schema_path *path);
struct mb_schema_finding *mb_schema_find(const struct mb_schema_frame *frame,
                                         const struct mb_schema_step *step,
                                         enum mb_schema_fault fault);

// The step of a keyword, NULL when the schema does not have it.
const struct mb_schema_step *mb_schema_step_find(const struct mb_schema *schema,
                                                 const char *name);

// In arena: copy of a list of names, with its end.
const char *const *mb_schema_names_copy(struct mb_arena *arena, const char *const *names,
                                        size_t count);

// When no branch of anyOf or oneOf matches: adds the findings of the nearest one.
void mb_schema_branch_report(struct mb_schema_frame *frame,
                             const struct mb_schema_step *step);

// Check functions of the keywords, by the file that holds them.
#define MB_KEYWORD_CHECK(name)                                                           \
    bool mb_keyword_##name(struct mb_schema_frame *frame,                                \
                           const struct mb_schema_step *step)
// keyword_value.c
MB_KEYWORD_CHECK(type);
MB_KEYWORD_CHECK(enum);
MB_KEYWORD_CHECK(const);
MB_KEYWORD_CHECK(limit);
MB_KEYWORD_CHECK(multiple);
// keyword_text.c
MB_KEYWORD_CHECK(text_length);
MB_KEYWORD_CHECK(pattern);
MB_KEYWORD_CHECK(unit);
// keyword_list.c
MB_KEYWORD_CHECK(prefix_items);
MB_KEYWORD_CHECK(items);
MB_KEYWORD_CHECK(contains);
MB_KEYWORD_CHECK(item_count);
MB_KEYWORD_CHECK(unique);
MB_KEYWORD_CHECK(unevaluated_items);
// keyword_map.c
MB_KEYWORD_CHECK(properties);
MB_KEYWORD_CHECK(pattern_properties);
MB_KEYWORD_CHECK(additional_properties);
MB_KEYWORD_CHECK(property_names);
MB_KEYWORD_CHECK(required);
MB_KEYWORD_CHECK(key_count);
MB_KEYWORD_CHECK(dependent_required);
MB_KEYWORD_CHECK(dependent_schemas);
MB_KEYWORD_CHECK(unevaluated_properties);
// keyword_combine.c
MB_KEYWORD_CHECK(ref);
MB_KEYWORD_CHECK(all_of);
MB_KEYWORD_CHECK(any_of);
MB_KEYWORD_CHECK(one_of);
MB_KEYWORD_CHECK(not );
MB_KEYWORD_CHECK(if);

#endif
