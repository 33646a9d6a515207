// Writers for findings: text for people, JSON for scripts, SARIF 2.1.0 for code scanning,
// JUnit XML for CI servers. A writer only prints. Report floor.
//
// A report owns copies of all that it prints, so documents can be let go as soon as they
// are added.
#ifndef MB_REPORT_FINDINGS_H
#define MB_REPORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "check/rules.h"
#include "format/doc.h"

// A finding with the piece of its source line to show.
struct mb_findings_item {
    struct mb_finding finding;
    const char *source; // made safe to print; NULL when there is no place, or a secret
    int caret;          // characters of `source` before the underlined ones
    int underline;      // how many of them are underlined
};

struct mb_findings_file {
    const char *path;
    const char *kind;    // "benchmark"; NULL when not known
    const char *failure; // why it could not be read; NULL when it was
    enum mb_level level; // reached
    struct mb_findings_item *items;
    size_t count;
    size_t errors;
    size_t warnings;
    size_t notes;
};

struct mb_findings {
    struct mb_arena *arena; // borrowed; holds everything
    enum mb_level wanted;
    struct mb_findings_file *files;
    size_t count;
    size_t capacity;
};

// Borrows the arena, which must outlive the report.
void mb_findings_init(struct mb_findings *findings, struct mb_arena *arena,
                      enum mb_level wanted);

// Adds a checked document with its findings, which are ordered by place. `doc` may be
// NULL: then no source lines are shown. Everything is copied.
void mb_findings_add(struct mb_findings *findings, const char *path,
                     const struct mb_doc *doc, enum mb_level level,
                     const struct mb_diag *diag);

// Adds a file that could not be read.
void mb_findings_add_failure(struct mb_findings *findings, const char *path,
                             const struct mb_err *err);

// True when a file has a finding of severity error.
bool mb_findings_failed(const struct mb_findings *findings);

// Text as in a compiler's output; `color` adds ANSI colours. A clean file gets one line.
void mb_findings_text(const struct mb_findings *findings, bool color, struct mb_buf *out);

// The other formats; `version` is the tool's own.
void mb_findings_json(const struct mb_findings *findings, struct mb_buf *out);
void mb_findings_sarif(const struct mb_findings *findings, const char *version,
                       struct mb_buf *out);
void mb_findings_junit(const struct mb_findings *findings, struct mb_buf *out);

#endif
