// What a rule sees and how it reports. Only rules include this; others use check.h.
#ifndef MB_CHECK_RUN_H
#define MB_CHECK_RUN_H

#include "base/ctx.h"
#include "base/units.h"
#include "check/rules.h"
#include "format/doc.h"
#include "model/result.h"

// Something that a rule found, before it is known which severity it gets.
struct mb_check_hit {
    const struct mb_rule *rule;
    const char *pointer;
    bool at_key; // the place is the key, not the value
    const char *message;
    const char *hint; // NULL when there is none
};

struct mb_check {
    struct mb_arena *arena;
    const struct mb_ctx *ctx; // NULL: look at nothing outside the document
    struct mb_doc *doc;
    const struct mb_node *root;
    enum mb_document document;
    const struct mb_node *spec; // a benchmark's root, a result's resolved spec, or NULL
    const char *spec_at;        // pointer of `spec`
    const struct mb_result *result; // NULL unless this is a result that is sound so far
    const struct mb_diag *derived;  // what does not follow from its raw data, or NULL
    const struct mb_rule *rule;     // that is running
    const char *const *names;       // scratch of the running rule
    struct mb_check_hit *hits;
    size_t count;
    size_t capacity;
    size_t structural; // the first so many hits are about the structure
    size_t dropped;    // hits past MB_CHECK_MAX_FINDINGS
};

// Reports for the running rule. `pointer` may lead nowhere (a key that is missing): the
// place is then its nearest parent. `hint` may be NULL. Ignored when the structural stage
// already said something about that node, about what it is in, or about what is in it:
// one fault, one finding.
void mb_run_report(struct mb_check *check, const char *pointer, const char *hint,
                   const char *format, ...) MB_PRINTF(4, 5);

// The same, at the key of that pointer.
void mb_run_report_key(struct mb_check *check, const char *pointer, const char *hint,
                       const char *format, ...) MB_PRINTF(4, 5);

// Adds a hit as it is, strings borrowed from the arena or longer-lived.
void mb_run_add(struct mb_check *check, const struct mb_check_hit *hit);

// In arena: a pointer into the document, and one into its spec (`spec_at` put in front).
// The text is taken as it is: keys that the document chose go through
// mb_node_pointer_key.
const char *mb_run_at(struct mb_check *check, const char *format, ...) MB_PRINTF(2, 3);
const char *mb_run_spec_at(struct mb_check *check, const char *format, ...)
    MB_PRINTF(2, 3);

// Shorthands for rules about specs; all tolerate what the structural stage has refused.
// The spec's list below a key; NULL when it is none.
const struct mb_node *mb_run_list(const struct mb_check *check, const char *key);
// The index-th item; NULL when there is none.
const struct mb_node *mb_run_item(const struct mb_node *list, size_t index);
// Reads a quantity; false when it is missing or malformed.
bool mb_run_quantity(const struct mb_node *node, enum mb_unit unit, int64_t *value);
// The type of a variant's mesh, "none" for a baseline; NULL when it cannot be told.
const char *mb_run_mesh(const struct mb_node *variant);

#endif
