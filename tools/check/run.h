// What a rule sees and how it reports. Only rules include this; others use check.h.
#ifndef MB_CHECK_RUN_H
#define MB_CHECK_RUN_H

#include "base/ctx.h"
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
    const struct mb_doc *doc;
    const struct mb_node *root;
    enum mb_document document;
    const struct mb_result *result; // NULL unless this is a result that is sound so far
    const struct mb_rule *rule;     // that is running
    struct mb_check_hit *hits;
    size_t count;
    size_t capacity;
    size_t structural; // the first so many hits are about the structure
};

// Reports for the running rule. `pointer` may lead nowhere (a key that is missing): the
// place is then its nearest parent. `hint` may be NULL. Ignored when the structural stage
// already said something about that node, about what it is in, or about what is in it:
// one fault, one finding.
void mb_check_report(struct mb_check *check, const char *pointer, const char *hint,
                     const char *format, ...) MB_PRINTF(4, 5);

// The same, at the key of that pointer.
void mb_check_report_key(struct mb_check *check, const char *pointer, const char *hint,
                         const char *format, ...) MB_PRINTF(4, 5);

// In arena: a pointer below another: mb_check_pointer(check, "/gates/%zu/%s", i, "metric").
// The format's own text is taken as it is; keys from the document go through
// mb_node_pointer_key instead.
const char *mb_check_pointer(struct mb_check *check, const char *format, ...)
    MB_PRINTF(2, 3);

#endif
