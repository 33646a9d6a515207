// The rule catalogue: every code that meshbench can report, in one table. Check floor.
// Its pages are spec/rules/mbNxx.md, one a family, one section a code.
#ifndef MB_CHECK_RULES_H
#define MB_CHECK_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

enum mb_level { // conformance levels, each includes the ones before it
    MB_LEVEL_NONE,
    MB_LEVEL_VALID,
    MB_LEVEL_DISCLOSED,
    MB_LEVEL_RIGOROUS,
    MB_LEVEL_PUBLISHABLE
};

// "none", "valid", ... The finder knows the four that can be asked for; it gives false
// for another name and leaves *level alone.
const char *mb_level_name(enum mb_level level);
bool mb_level_find(const char *name, enum mb_level *level);

// What a document is; bits, so that a rule can be about several.
enum mb_document {
    MB_DOCUMENT_BENCHMARK = 1,
    MB_DOCUMENT_ADAPTER = 2,
    MB_DOCUMENT_RESULT = 4,
    MB_DOCUMENT_COMPARISON = 8 // several results; checked by `compare`
};

struct mb_check;

struct mb_rule {
    const char *code;          // "MB112"
    const char *name;          // "not-a-quantity": for people and tools that show names
    enum mb_level level;       // the lowest level that asks for it
    enum mb_severity severity; // while that level is not asked for
    unsigned documents;        // bits of enum mb_document
    const char *summary;       // one sentence, no final stop
    // Looks at the document and reports; NULL when it is reported from elsewhere: by the
    // structural stage, or by the module that its page names.
    void (*check)(struct mb_check *check);
};

// All rules, ordered by code.
const struct mb_rule *mb_rules_list(size_t *count);

// Borrowed; NULL when there is no such code.
const struct mb_rule *mb_rules_find(const char *code);

// A family is a hundred codes with one page.
struct mb_rule_family {
    const char *prefix; // "MB1"
    const char *title;  // "Structure and sense of documents"
    const char *page;   // "spec/rules/mb1xx.md", also its name among the embedded files
};
const struct mb_rule_family *mb_rules_families(size_t *count);

#endif
