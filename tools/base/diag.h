// Findings: what a check has to say about a document. A finding is not an error: a check
// that finds faults has succeeded. Base floor: may include base only.
#ifndef MB_BASE_DIAG_H
#define MB_BASE_DIAG_H

#include <stddef.h>

#include "base/arena.h"

enum mb_severity { MB_SEVERITY_NOTE, MB_SEVERITY_WARNING, MB_SEVERITY_ERROR };

struct mb_finding {
    const char *code; // a rule's: "MB112"
    enum mb_severity severity;
    const char *file;    // as the user named it; "-" for standard input
    int line;            // 1-based; 0 when the place is unknown
    int column;          // 1-based, in characters
    int length;          // characters to underline; at least 1 when line is known
    const char *pointer; // JSON pointer (RFC 6901) into the document; "" is its root
    const char *message; // lower case, failure first, no final stop
    const char *hint;    // NULL when there is none
};

struct mb_diag {
    struct mb_arena *arena; // borrowed; holds the list and every string in it
    struct mb_finding *items;
    size_t count;
    size_t capacity;
    size_t errors;   // findings of severity error
    size_t warnings; // findings of severity warning
};

// Borrows the arena, which must outlive the list.
void mb_diag_init(struct mb_diag *diag, struct mb_arena *arena);

// Adds a copy of *finding (strings included). Strings may be NULL: they become "" (hint
// stays NULL). Returns the stored finding: borrowed, valid until the next addition.
struct mb_finding *mb_diag_add(struct mb_diag *diag, const struct mb_finding *finding);

// Orders by file (first seen first), line, column, code; equal ones keep their order.
void mb_diag_sort(struct mb_diag *diag);

// "note", "warning", "error".
const char *mb_severity_name(enum mb_severity severity);

#endif
